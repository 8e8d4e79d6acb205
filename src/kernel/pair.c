/* Two sources at once, one in each half of a 256-bit vector: what `add_along` of warp.c does
   with Catmull-Rom taps, the same numbers in the same places, on processors that have AVX2. */
#include "pair.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(MORPHKIT_PLAIN) && \
    !defined(MORPHKIT_BASELINE)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))
#define INLINE_AVX2 __attribute__((target("avx2"), always_inline)) static inline

int pairs_are_ready(void) { return __builtin_cpu_supports("avx2"); }

INLINE_AVX2 __m256i both(__m128i one, __m128i other)
{
    return _mm256_inserti128_si256(_mm256_castsi128_si256(one), other, 1);
}

/* Four taps of each source: the first two in `early`, four times over, the others in `late`. */
INLINE_AVX2 void spread(const int16_t *one, const int16_t *other, __m256i *early, __m256i *late)
{
    const __m256i taps = both(_mm_loadl_epi64((const __m128i *)one),
                              _mm_loadl_epi64((const __m128i *)other));
    *early = _mm256_shuffle_epi32(taps, 0x00);
    *late = _mm256_shuffle_epi32(taps, 0x55);
}

INLINE_AVX2 __m256i pixels(const int16_t *const from[2], int64_t offset0, int64_t offset1)
{
    return both(load(from[0] + offset0), load(from[1] + offset1));
}

INLINE_AVX2 __m256i column(__m256i low, __m256i high, __m256i early, __m256i late)
{
    const __m256i half = _mm256_set1_epi32(1 << TAP_BITS);
    const __m256i sum =
        _mm256_add_epi32(_mm256_madd_epi16(low, early), _mm256_madd_epi16(high, late));
    return _mm256_srai_epi32(_mm256_add_epi32(sum, half), TAP_BITS + 1);
}

/* The samples of both sources, as `sampled` of sample.h. */
INLINE_AVX2 __m256i sampled_both(const Source *const source[2], const int64_t u[2],
                                 const int64_t v[2], const int16_t *taps)
{
    const int64_t line[2] = {4 * source[0]->width, 4 * source[1]->width};
    const int16_t *from[2], *across[2], *down[2];
    for (int i = 0; i < 2; i++) {
        from[i] = source[i]->pixels + ((v[i] >> PHASE_BITS) - 1) * line[i] +
                  4 * ((u[i] >> PHASE_BITS) - 1);
        across[i] = taps + 4 * (u[i] & (PHASES - 1));
        down[i] = taps + 4 * (v[i] & (PHASES - 1));
    }
    __m256i early, late, columns[4];
    spread(down[0], down[1], &early, &late);
    for (int i = 0; i < 4; i += 2) {
        const int64_t x = 4 * i;
        const __m256i a = pixels(from, x, x), b = pixels(from, x + line[0], x + line[1]);
        const __m256i c = pixels(from, x + 2 * line[0], x + 2 * line[1]);
        const __m256i d = pixels(from, x + 3 * line[0], x + 3 * line[1]);
        columns[i] = column(_mm256_unpacklo_epi16(a, b), _mm256_unpacklo_epi16(c, d), early, late);
        columns[i + 1] =
            column(_mm256_unpackhi_epi16(a, b), _mm256_unpackhi_epi16(c, d), early, late);
    }
    spread(across[0], across[1], &early, &late);
    const __m256i even = _mm256_packs_epi32(columns[0], columns[2]);
    const __m256i odd = _mm256_packs_epi32(columns[1], columns[3]);
    const __m256i last =
        _mm256_set1_epi32((1 << (TAP_BITS - 2)) - (MIDDLE << (TAP_BITS - 1)));
    const __m256i sum = _mm256_add_epi32(
        _mm256_madd_epi16(_mm256_unpacklo_epi16(even, odd), early),
        _mm256_madd_epi16(_mm256_unpackhi_epi16(even, odd), late));
    const __m256i light = _mm256_srai_epi32(_mm256_add_epi32(sum, last), TAP_BITS - 1);
    return _mm256_packs_epi32(light, light);
}

AVX2 void add_pair(const Pair *pair, const int16_t *taps, int64_t count, int32_t start, int first,
                   int32_t *out)
{
    const Source *const source[2] = {pair->source[0], pair->source[1]};
    const __m256i share = both(pair->share[0], pair->share[1]);
    const int32_t *away = pair->away;
    Place at[2] = {pair->at[0], pair->at[1]};
    for (int64_t x = 0; x < count; x++, out += 4) {
        int64_t u[2], v[2];
        for (int i = 0; i < 2; i++) {
            uint64_t fixed_u = at[i].u, fixed_v = at[i].v;
            if (away) {
                fixed_u += (uint64_t)(int64_t)away[pair->lane[i]] << (MAP_BITS - DRIFT_BITS);
                fixed_v += (uint64_t)(int64_t)away[pair->lane[i] + 1] << (MAP_BITS - DRIFT_BITS);
            }
            u[i] = rounded(fixed_u);
            v[i] = rounded(fixed_v);
            if (!pair->inside) {
                u[i] = kept_near(u[i], source[i]->width);
                v[i] = kept_near(v[i], source[i]->height);
            }
            at[i].u += at[i].du;
            at[i].v += at[i].dv;
        }
        if (away) away += pair->lanes;
        const __m256i seen = sampled_both(source, u, v, taps);
        const __m256i part = _mm256_madd_epi16(_mm256_unpacklo_epi16(seen, seen), share);
        const Ints sum = plus(_mm256_castsi256_si128(part), _mm256_extracti128_si256(part, 1));
        store_ints(out, plus(sum, first ? four(start) : load_ints(out)));
    }
}

#else

int pairs_are_ready(void) { return 0; }

void add_pair(const Pair *pair, const int16_t *taps, int64_t count, int32_t start, int first,
              int32_t *out)
{
    (void)pair, (void)taps, (void)count, (void)start, (void)first, (void)out;
}

#endif
