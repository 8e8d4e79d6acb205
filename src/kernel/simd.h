/* Eight 16-bit or four 32-bit whole numbers at a time: SSE2, NEON, or plain C with the same
   results.  Every x86-64 and arm64 processor has the first or the second; MORPHKIT_PLAIN asks
   for the third, which tests do. */
#ifndef MORPHKIT_SIMD_H
#define MORPHKIT_SIMD_H

#include <stdint.h>
#include <string.h>

#if (defined(__SSE2__) || defined(_M_X64)) && !defined(MORPHKIT_PLAIN)
#include <emmintrin.h>

typedef __m128i Shorts;
typedef __m128i Ints;

static inline Shorts load(const int16_t *from) { return _mm_loadu_si128((const __m128i *)from); }
static inline Ints load_ints(const int32_t *from) { return _mm_loadu_si128((const __m128i *)from); }
static inline void store_ints(int32_t *to, Ints a) { _mm_storeu_si128((__m128i *)to, a); }
static inline Ints four(int32_t value) { return _mm_set1_epi32(value); }
static inline Ints plus(Ints a, Ints b) { return _mm_add_epi32(a, b); }
#define shifted(a, bits) _mm_srai_epi32(a, bits)
/* a0 b0 a1 b1 a2 b2 a3 b3, and the same of the other halves */
static inline Shorts low_pairs(Shorts a, Shorts b) { return _mm_unpacklo_epi16(a, b); }
static inline Shorts high_pairs(Shorts a, Shorts b) { return _mm_unpackhi_epi16(a, b); }
/* a0 b0 + a1 b1, a2 b2 + a3 b3, ... */
static inline Ints dot(Shorts a, Shorts b) { return _mm_madd_epi16(a, b); }
/* a, then b, in 16 bits; what does not fit is cut */
static inline Shorts narrow(Ints a, Ints b) { return _mm_packs_epi32(a, b); }
static inline void store_low(int16_t *to, Shorts a) { _mm_storel_epi64((__m128i *)to, a); }
static inline Shorts positive(Shorts a) { return _mm_max_epi16(a, _mm_setzero_si128()); }

#elif (defined(__aarch64__) || defined(_M_ARM64)) && !defined(MORPHKIT_PLAIN)
#include <arm_neon.h>

typedef int16x8_t Shorts;
typedef int32x4_t Ints;

static inline Shorts load(const int16_t *from) { return vld1q_s16(from); }
static inline Ints load_ints(const int32_t *from) { return vld1q_s32(from); }
static inline void store_ints(int32_t *to, Ints a) { vst1q_s32(to, a); }
static inline Ints four(int32_t value) { return vdupq_n_s32(value); }
static inline Ints plus(Ints a, Ints b) { return vaddq_s32(a, b); }
#define shifted(a, bits) vshrq_n_s32(a, bits)
static inline Shorts low_pairs(Shorts a, Shorts b) { return vzip1q_s16(a, b); }
static inline Shorts high_pairs(Shorts a, Shorts b) { return vzip2q_s16(a, b); }
static inline Ints dot(Shorts a, Shorts b)
{
    return vpaddq_s32(vmull_s16(vget_low_s16(a), vget_low_s16(b)), vmull_high_s16(a, b));
}
static inline Shorts narrow(Ints a, Ints b)
{
    return vcombine_s16(vqmovn_s32(a), vqmovn_s32(b));
}
static inline void store_low(int16_t *to, Shorts a) { vst1_s16(to, vget_low_s16(a)); }
static inline Shorts positive(Shorts a) { return vmaxq_s16(a, vdupq_n_s16(0)); }

#else

typedef struct {
    int16_t at[8];
} Shorts;
typedef struct {
    int32_t at[4];
} Ints;

static inline Shorts load(const int16_t *from)
{
    Shorts a;
    memcpy(a.at, from, sizeof a.at);
    return a;
}
static inline Ints load_ints(const int32_t *from)
{
    Ints a;
    memcpy(a.at, from, sizeof a.at);
    return a;
}
static inline void store_ints(int32_t *to, Ints a) { memcpy(to, a.at, sizeof a.at); }
static inline Ints four(int32_t value) { return (Ints){{value, value, value, value}}; }
static inline Ints plus(Ints a, Ints b)
{
    for (int i = 0; i < 4; i++) a.at[i] += b.at[i];
    return a;
}
static inline Ints shifted(Ints a, int bits)
{
    for (int i = 0; i < 4; i++) a.at[i] >>= bits;
    return a;
}
static inline Shorts pairs(const int16_t *a, const int16_t *b)
{
    return (Shorts){{a[0], b[0], a[1], b[1], a[2], b[2], a[3], b[3]}};
}
static inline Shorts low_pairs(Shorts a, Shorts b) { return pairs(a.at, b.at); }
static inline Shorts high_pairs(Shorts a, Shorts b) { return pairs(a.at + 4, b.at + 4); }
static inline Ints dot(Shorts a, Shorts b)
{
    Ints sum;
    for (int i = 0; i < 4; i++)
        sum.at[i] = a.at[2 * i] * b.at[2 * i] + a.at[2 * i + 1] * b.at[2 * i + 1];
    return sum;
}
static inline int16_t cut(int32_t a)
{
    return (int16_t)(a < INT16_MIN ? INT16_MIN : a > INT16_MAX ? INT16_MAX : a);
}
static inline Shorts narrow(Ints a, Ints b)
{
    Shorts out;
    for (int i = 0; i < 4; i++) {
        out.at[i] = cut(a.at[i]);
        out.at[4 + i] = cut(b.at[i]);
    }
    return out;
}
static inline void store_low(int16_t *to, Shorts a) { memcpy(to, a.at, 4 * sizeof *to); }
static inline Shorts positive(Shorts a)
{
    for (int i = 0; i < 8; i++) a.at[i] = a.at[i] > 0 ? a.at[i] : 0;
    return a;
}

#endif

/* The two 16-bit numbers at `from`, four times. */
static inline Shorts two(const int16_t *from)
{
    int32_t both;
    memcpy(&both, from, sizeof both);
    Ints all = four(both);
    Shorts out;
    memcpy(&out, &all, sizeof out);
    return out;
}

#endif
