/* Twin of morphkit.engine.raster: which pixels a shape covers, in whole numbers. */
#ifndef MORPHKIT_RASTER_H
#define MORPHKIT_RASTER_H

#include "kernel.h"

enum { GRID_BITS = 10 }; /* corners are in 1/1024 px */

/* Vertices (V, 2) and triangles (T, 3) that have passed `fit_to_draw`. */
typedef struct {
    const int64_t *vertices, *triangles;
    Py_ssize_t count;
} Triangles;

/* Takes them from two arrays; sets a ValueError where a triangle has no such vertex, or a
   vertex lies too far away for 64-bit products. */
int fit_to_draw(const Array *vertices, const Array *triangles, Triangles *out);

/* Writes which triangle each pixel centre lies in, or -1; the last one where some overlap. */
void draw_owners(const Triangles *mesh, Py_ssize_t width, Py_ssize_t height, int32_t *owner);

#endif
