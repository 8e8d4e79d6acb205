/* A frame to be made, as morphkit.engine.warp describes it. */
#ifndef MORPHKIT_WARP_H
#define MORPHKIT_WARP_H

#include "grid.h"
#include "raster.h"
#include "sample.h"

enum {
    ONE = 1 << ONE_BITS,
    WHITE = 32767,
    CHANNELS = 4,
    /* weights that sum, signs dropped, to no more than this leave 32-bit sums room */
    NARROW = 43690,
};

/* One or two sources that are added up together, with their weights as two halves each, since
   a whole one does not fit 16 bits.  Samples are counted from MIDDLE: `start` makes that good,
   and rounds. */
typedef struct {
    Py_ssize_t k[2];
    Shorts share[2];
    int count, first, last;
    int32_t start;
} Group;

/* What is seen by the mesh: all of a frame, or what lies inside an opening. */
typedef struct {
    const int64_t *maps, *weights;
    int64_t all; /* sum of the weights */
    int wide;    /* sums need 64 bits, and sources are not grouped */
    Group *groups;
    Py_ssize_t groups_count;
} Layer;

typedef struct {
    Layer layer;
    const uint8_t *parts;
    const int64_t *balls; /* or NULL */
    int64_t left, top, width, height;
} Opening;

typedef struct {
    Triangles mesh;
    Source *sources;
    Py_ssize_t count;
    const int16_t *taps;
    int bilinear;
    const int64_t *drift_maps; /* or NULL */
    Grid drift;
    Layer whole;
    Opening *openings;
    Py_ssize_t openings_count;
} Job;

/* Room for one row: sums or light of each pixel, what lies inside, drift of each source. */
typedef struct {
    int32_t *light, *inside, *away;
    int64_t *sums;
} Row;

/* Light of the wanted pixels of a row, four channels each, into row->light.  `where` and
   `owner` are those of the row. */
void light_row(const Job *job, const uint8_t *where, const int32_t *owner, int64_t width,
               int64_t y, Row *row);

#endif
