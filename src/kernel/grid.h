/* Twin of morphkit.engine.grid: values between the nodes of a coarse grid. */
#ifndef MORPHKIT_GRID_H
#define MORPHKIT_GRID_H

#include "kernel.h"

enum { CELL_BITS = 3 + 10 }; /* a node every 8 px, places in 1/1024 px */

/* (rows, columns, count) values, at least two nodes a side. */
typedef struct {
    const float *values;
    int64_t rows, columns, count;
} Grid;

/* A place along one side: the node before it, and how far beyond it it lies. */
typedef struct {
    int64_t node;
    float part;
} Cell;

static inline Cell cell_of(int64_t place, int64_t nodes)
{
    const int64_t most = ((nodes - 1) << CELL_BITS) - 1;
    const int64_t inside = place < 0 ? 0 : place > most ? most : place;
    return (Cell){inside >> CELL_BITS,
                  (float)(inside & ((1 << CELL_BITS) - 1)) * (1.0f / (1 << CELL_BITS))};
}

/* The four nodes around a place. */
typedef struct {
    const float *above, *below;
    float right, down;
} Corners;

static inline Corners corners_of(const Grid *grid, int64_t x, int64_t y)
{
    const Cell across = cell_of(x, grid->columns), down = cell_of(y, grid->rows);
    const float *above =
        grid->values + (down.node * grid->columns + across.node) * grid->count;
    return (Corners){above, above + grid->columns * grid->count, across.part, down.part};
}

/* Three times linear, in the reference's order. */
static inline float mixed(const Corners *at, int64_t i, int64_t count)
{
    const float upper = at->above[i] + (at->above[count + i] - at->above[i]) * at->right;
    const float lower = at->below[i] + (at->below[count + i] - at->below[i]) * at->right;
    return upper + (lower - upper) * at->down;
}

static inline void look_up(const Grid *grid, int64_t x, int64_t y, float *out)
{
    const Corners at = corners_of(grid, x, y);
    for (int64_t i = 0; i < grid->count; i++) out[i] = mixed(&at, i, grid->count);
}

#endif
