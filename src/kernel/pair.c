/* Two sources at once, one in each half of a 256-bit vector: what `add_along` of warp.c does,
   the same numbers in the same places, on processors that have AVX2. */
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

/* The second and third tap of each source, four times over. */
INLINE_AVX2 __m256i middle(const int16_t *one, const int16_t *other)
{
    return both(two(one + 1), two(other + 1));
}

/* The same pixels of both sources. */
INLINE_AVX2 __m256i pixels(const int16_t *one, const int16_t *other)
{
    return both(load(one), load(other));
}

INLINE_AVX2 __m256i shifted_by(__m256i sum, int32_t added, int bits)
{
    return _mm256_srai_epi32(_mm256_add_epi32(sum, _mm256_set1_epi32(added)), bits);
}

INLINE_AVX2 __m256i column(__m256i low, __m256i high, __m256i early, __m256i late)
{
    const __m256i sum =
        _mm256_add_epi32(_mm256_madd_epi16(low, early), _mm256_madd_epi16(high, late));
    return shifted_by(sum, 1 << TAP_BITS, TAP_BITS + 1);
}

/* Four columns of four, then a row; `one` and `other` are the first pixels that count. */
INLINE_AVX2 __m256i cubic(const int16_t *one, const int16_t *other, int64_t line, int64_t other_line,
                          const int16_t *const down[2], const int16_t *const across[2])
{
    __m256i early, late, columns[4];
    spread(down[0], down[1], &early, &late);
    for (int i = 0; i < 4; i += 2, one += 8, other += 8) {
        const __m256i a = pixels(one, other), b = pixels(one + line, other + other_line);
        const __m256i c = pixels(one + 2 * line, other + 2 * other_line);
        const __m256i d = pixels(one + 3 * line, other + 3 * other_line);
        columns[i] = column(_mm256_unpacklo_epi16(a, b), _mm256_unpacklo_epi16(c, d), early, late);
        columns[i + 1] =
            column(_mm256_unpackhi_epi16(a, b), _mm256_unpackhi_epi16(c, d), early, late);
    }
    spread(across[0], across[1], &early, &late);
    const __m256i even = _mm256_packs_epi32(columns[0], columns[2]);
    const __m256i odd = _mm256_packs_epi32(columns[1], columns[3]);
    return _mm256_add_epi32(_mm256_madd_epi16(_mm256_unpacklo_epi16(even, odd), early),
                            _mm256_madd_epi16(_mm256_unpackhi_epi16(even, odd), late));
}

/* Two columns of two, then a row: the middle taps of four. */
INLINE_AVX2 __m256i linear(const int16_t *one, const int16_t *other, int64_t line, int64_t other_line,
                           const int16_t *const down[2], const int16_t *const across[2])
{
    __m256i tap = middle(down[0], down[1]);
    const __m256i upper = pixels(one, other), lower = pixels(one + line, other + other_line);
    const __m256i left = shifted_by(_mm256_madd_epi16(_mm256_unpacklo_epi16(upper, lower), tap),
                                    1 << TAP_BITS, TAP_BITS + 1);
    const __m256i right = shifted_by(_mm256_madd_epi16(_mm256_unpackhi_epi16(upper, lower), tap),
                                     1 << TAP_BITS, TAP_BITS + 1);
    tap = middle(across[0], across[1]);
    const __m256i first = _mm256_packs_epi32(left, left), second = _mm256_packs_epi32(right, right);
    return _mm256_madd_epi16(_mm256_unpacklo_epi16(first, second), tap);
}

INLINE_AVX2 void along(const Pair *pair, const int16_t *taps, int64_t count,
                       int32_t *restrict out, int bilinear, int inside)
{
    const int16_t *const base[2] = {pair->source[0]->pixels, pair->source[1]->pixels};
    const int64_t width[2] = {pair->source[0]->width, pair->source[1]->width};
    const int64_t height[2] = {pair->source[0]->height, pair->source[1]->height};
    const int64_t line[2] = {4 * width[0], 4 * width[1]};
    const __m256i share = both(pair->share[0], pair->share[1]);
    const int32_t *away = inside ? NULL : pair->away;
    const int before = bilinear ? 0 : 1, first = pair->first, last = pair->last;
    Place at[2] = {pair->at[0], pair->at[1]};
    for (int64_t x = 0; x < count; x++, out += 4) {
        const int16_t *from[2], *across[2], *down[2];
        for (int i = 0; i < 2; i++) {
            uint64_t fixed_u = at[i].u, fixed_v = at[i].v;
            if (away) {
                fixed_u += (uint64_t)(int64_t)away[pair->lane[i]] << (MAP_BITS - DRIFT_BITS);
                fixed_v += (uint64_t)(int64_t)away[pair->lane[i] + 1] << (MAP_BITS - DRIFT_BITS);
            }
            const int64_t u = inside ? rounded(fixed_u) : near_photo(rounded(fixed_u), width[i]);
            const int64_t v = inside ? rounded(fixed_v) : near_photo(rounded(fixed_v), height[i]);
            from[i] = base[i] + ((v >> PHASE_BITS) - before) * line[i] +
                      4 * ((u >> PHASE_BITS) - before);
            across[i] = taps + 4 * (u & (PHASES - 1));
            down[i] = taps + 4 * (v & (PHASES - 1));
            at[i].u += at[i].du;
            at[i].v += at[i].dv;
        }
        if (away) away += pair->lanes;
        const __m256i sum = bilinear ? linear(from[0], from[1], line[0], line[1], down, across)
                                     : cubic(from[0], from[1], line[0], line[1], down, across);
        const __m256i light = shifted_by(
            sum, (1 << (TAP_BITS - 2)) - (MIDDLE << (TAP_BITS - 1)), TAP_BITS - 1);
        const __m256i seen = _mm256_packs_epi32(light, light);
        const __m256i part = _mm256_madd_epi16(_mm256_unpacklo_epi16(seen, seen), share);
        Ints total = plus(_mm256_castsi256_si128(part), _mm256_extracti128_si256(part, 1));
        total = plus(total, first ? four(pair->start) : load_ints(out));
        store_ints(out, last ? shifted(total, ONE_BITS) : total);
    }
}

AVX2 void add_pair(const Pair *pair, const int16_t *taps, int bilinear, int64_t count, int32_t *out)
{
    if (bilinear && pair->inside) along(pair, taps, count, out, 1, 1);
    else if (bilinear) along(pair, taps, count, out, 1, 0);
    else if (pair->inside) along(pair, taps, count, out, 0, 1);
    else along(pair, taps, count, out, 0, 0);
}

#else

int pairs_are_ready(void) { return 0; }

void add_pair(const Pair *pair, const int16_t *taps, int bilinear, int64_t count, int32_t *out)
{
    (void)pair, (void)taps, (void)bilinear, (void)count, (void)out;
}

#endif
