/* Twin of morphkit.engine.sample: light between the pixels of a source. */
#ifndef MORPHKIT_SAMPLE_H
#define MORPHKIT_SAMPLE_H

#include "kernel.h"
#include "simd.h"

enum {
    PAD = 3,
    MAP_BITS = 28,
    PHASE_BITS = 10,
    PHASES = 1 << PHASE_BITS,
    TAP_BITS = 14,
    DRIFT_BITS = 14,
    ONE_BITS = 15,
    LOWEST = -(1 << 14), /* of the light of a sample; what is returned is counted from MIDDLE */
    MIDDLE = LOWEST - INT16_MIN,
};

/* A photo of (height, width, 4) light, both with the padding. */
typedef struct {
    const int16_t *pixels;
    int64_t width, height;
} Source;

/* A place that moves along a row, in 2^-28 px; two's complement, so that nothing overflows.
   It is counted from the padding, and half of 1/1024 px is added, so that shifting rounds. */
typedef struct {
    uint64_t u, v, du, dv;
} Place;

static inline Place place_on(const int64_t *map, int64_t x, int64_t y)
{
    const uint64_t dx = (uint64_t)x, dy = (uint64_t)y;
    const uint64_t start = ((uint64_t)PAD << MAP_BITS) + (1 << (MAP_BITS - PHASE_BITS - 1));
    return (Place){
        (uint64_t)map[0] * dx + (uint64_t)map[1] * dy + (uint64_t)map[2] + start,
        (uint64_t)map[3] * dx + (uint64_t)map[4] * dy + (uint64_t)map[5] + start,
        (uint64_t)map[0],
        (uint64_t)map[3],
    };
}

/* In 1/1024 px of one side of a photo. */
static inline int64_t rounded(uint64_t fixed) { return (int64_t)fixed >> (MAP_BITS - PHASE_BITS); }

/* The same, kept within a pixel of the photo. */
static inline int64_t near_photo(int64_t place, int64_t padded)
{
    const int64_t least = (PAD - 1) * PHASES, most = (padded - PAD) * PHASES;
    return place < least ? least : place > most ? most : place;
}

/* Four columns of four, or two of two, then a row; light - MIDDLE in the low half. */
static inline Shorts sampled(const Source *source, int64_t u, int64_t v, const int16_t *taps,
                             int bilinear)
{
    const int16_t *across = taps + 4 * (u & (PHASES - 1)), *down = taps + 4 * (v & (PHASES - 1));
    const int64_t line = 4 * source->width;
    const int16_t *from = source->pixels + (v >> PHASE_BITS) * line + 4 * (u >> PHASE_BITS);
    const Ints half = four(1 << TAP_BITS);
    const Ints last = four((1 << (TAP_BITS - 2)) - (MIDDLE << (TAP_BITS - 1)));
    Ints sum;
    if (bilinear) {
        const Shorts upper = load(from), lower = load(from + line), tap = two(down + 1);
        const Ints left = shifted(plus(dot(low_pairs(upper, lower), tap), half), TAP_BITS + 1);
        const Ints right = shifted(plus(dot(high_pairs(upper, lower), tap), half), TAP_BITS + 1);
        const Shorts first = narrow(left, left), second = narrow(right, right);
        sum = dot(low_pairs(first, second), two(across + 1));
    } else {
        const Shorts early = two(down), late = two(down + 2);
        Ints column[4];
        from -= line + 4;
        for (int i = 0; i < 4; i += 2, from += 8) {
            const Shorts a = load(from), b = load(from + line);
            const Shorts c = load(from + 2 * line), d = load(from + 3 * line);
            column[i] = plus(dot(low_pairs(a, b), early), dot(low_pairs(c, d), late));
            column[i + 1] = plus(dot(high_pairs(a, b), early), dot(high_pairs(c, d), late));
            column[i] = shifted(plus(column[i], half), TAP_BITS + 1);
            column[i + 1] = shifted(plus(column[i + 1], half), TAP_BITS + 1);
        }
        const Shorts even = narrow(column[0], column[2]), odd = narrow(column[1], column[3]);
        sum = plus(dot(low_pairs(even, odd), two(across)),
                   dot(high_pairs(even, odd), two(across + 2)));
    }
    sum = shifted(plus(sum, last), TAP_BITS - 1);
    return narrow(sum, sum);
}

#endif
