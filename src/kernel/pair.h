/* Two sources at once; see pair.c. */
#ifndef MORPHKIT_PAIR_H
#define MORPHKIT_PAIR_H

#include "sample.h"

/* Two sources along a run: where they are sampled, their shares (see `halves`), and what is
   added to their places: at lane[i] and the next, `lanes` numbers a pixel, or `away` is NULL.
   `inside` promises that no place leaves its photo.  `first` are the sources that begin the
   sums, at `start`; after the `last` the sums become light. */
typedef struct {
    const Source *source[2];
    Place at[2];
    Shorts share[2];
    const int32_t *away;
    int64_t lane[2], lanes;
    int32_t start;
    int inside, first, last;
} Pair;

/* Whether this processor, and this build, have `add_pair`. */
int pairs_are_ready(void);

/* Adds their light to `count` pixels of `out`. */
void add_pair(const Pair *pair, const int16_t *taps, int bilinear, int64_t count, int32_t *out);

#endif
