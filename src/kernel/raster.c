/* Twin of morphkit.engine.raster: triangles by pixel centres, outlines by area. */
#include "raster.h"

#include <string.h>

enum { FINE = 8 };
static const int64_t FARTHEST = (int64_t)1 << 27; /* 131072 px: products stay in 64 bits */

static int near_enough(const Array *points, const char *name)
{
    const int64_t *values = points->data;
    for (Py_ssize_t i = 0; i < 2 * points->shape[0]; i++)
        if (points->shape[1] != 2 || values[i] < -FARTHEST || values[i] > FARTHEST) {
            PyErr_Format(PyExc_ValueError, "%s: point %zd is too far away", name, i / 2);
            return 0;
        }
    return 1;
}

static int64_t smallest(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t largest(int64_t a, int64_t b) { return a > b ? a : b; }

/* An edge of a triangle, row by row: pixels inside have x <= last (side 1), x >= -last
   (side -1), or are inside on the whole row where last >= 0 (side 0, a level edge). */
typedef struct {
    int64_t last, rest, step, step_rest, unit;
    int side;
} Edge;

static Edge edge_at(const int64_t *a, const int64_t *b, int64_t row)
{
    const int64_t dx = b[0] - a[0], dy = b[1] - a[1], one = 1 << GRID_BITS;
    const int takes_its_pixels = dy < 0 || (dy == 0 && dx > 0);
    /* inside: dx (y - ay) - dy (x - ax) >= 0, or > 0 */
    const int64_t value = dx * (row * one - a[1]) + dy * a[0] - !takes_its_pixels;
    Edge edge = {.side = (dy > 0) - (dy < 0)};
    if (dy == 0) {
        edge.last = value;
        edge.step = dx * one;
        return edge;
    }
    edge.unit = (dy > 0 ? dy : -dy) * one;
    edge.last = floored(value, edge.unit);
    edge.rest = value - edge.last * edge.unit;
    edge.step = floored(dx * one, edge.unit);
    edge.step_rest = dx * one - edge.step * edge.unit;
    return edge;
}

static void next_row(Edge *edge)
{
    edge->last += edge->step;
    if (edge->side == 0) return;
    edge->rest += edge->step_rest;
    if (edge->rest >= edge->unit) {
        edge->rest -= edge->unit;
        edge->last++;
    }
}

static void draw(const int64_t *corners[3], int32_t index, Py_ssize_t width, Py_ssize_t height,
                 int32_t *owner)
{
    const int64_t *a = corners[0], *b = corners[1], *c = corners[2], one = 1 << GRID_BITS;
    const int64_t low = smallest(a[1], smallest(b[1], c[1]));
    const int64_t high = largest(a[1], largest(b[1], c[1]));
    const int64_t top = largest(-floored(-low, one), 0);
    const int64_t bottom = smallest(floored(high, one) + 1, height);
    if (top >= bottom) return;
    Edge edges[3] = {edge_at(a, b, top), edge_at(b, c, top), edge_at(c, a, top)};
    for (int64_t y = top; y < bottom; y++) {
        int64_t first = 0, last = width - 1;
        for (int i = 0; i < 3; i++) {
            Edge *edge = edges + i;
            if (edge->side > 0) last = smallest(last, edge->last);
            else if (edge->side < 0) first = largest(first, -edge->last);
            else if (edge->last < 0) last = -1;
            next_row(edge);
        }
        int32_t *row = owner + y * width;
        for (int64_t x = first; x <= last; x++) row[x] = index;
    }
}

int fit_to_draw(const Array *vertices, const Array *triangles, Triangles *out)
{
    const int64_t *corners = triangles->data;
    const Py_ssize_t count = vertices->shape[0];
    if (!near_enough(vertices, "vertices")) return 0;
    if (triangles->shape[1] != 3) {
        PyErr_SetString(PyExc_ValueError, "triangles: wanted 3 corners");
        return 0;
    }
    for (Py_ssize_t i = 0; i < 3 * triangles->shape[0]; i++)
        if (corners[i] < 0 || corners[i] >= count) {
            PyErr_Format(PyExc_ValueError, "triangles: %zd has no such vertex", i / 3);
            return 0;
        }
    *out = (Triangles){vertices->data, corners, triangles->shape[0]};
    return 1;
}

void draw_owners(const Triangles *mesh, Py_ssize_t width, Py_ssize_t height, int32_t *owner)
{
    memset(owner, -1, width * height * sizeof *owner);
    for (Py_ssize_t i = 0; i < mesh->count; i++) {
        const int64_t *t = mesh->triangles + 3 * i;
        const int64_t *corners[3] = {mesh->vertices + 2 * t[0], mesh->vertices + 2 * t[1],
                                     mesh->vertices + 2 * t[2]};
        draw(corners, (int32_t)i, width, height, owner);
    }
}

/* (vertices (V, 2), triangles (T, 3), out (H, W)) */
static PyObject *owners(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *points, *corners, *result;
    Array vertices, triangles, out;
    Triangles mesh;
    Held held = {0};
    if (PyArg_ParseTuple(args, "OOO", &points, &corners, &result) &&
        hold(&held, points, INT64, 2, 0, "vertices", &vertices) &&
        hold(&held, corners, INT64, 2, 0, "triangles", &triangles) &&
        hold(&held, result, INT32, 2, 1, "out", &out) &&
        fit_to_draw(&vertices, &triangles, &mesh)) {
        Py_BEGIN_ALLOW_THREADS
        draw_owners(&mesh, out.shape[1], out.shape[0], out.data);
        Py_END_ALLOW_THREADS
    }
    return finished(&held);
}

/* Turns the places of one fine row where a side is crossed: odd ones open, even ones close. */
static void cross(const int64_t *a, const int64_t *b, int64_t first_x, int64_t first_y,
                  Py_ssize_t rows, Py_ssize_t columns, uint8_t *crossed)
{
    if (a[1] > b[1]) {
        const int64_t *other = a;
        a = b;
        b = other;
    }
    const int64_t step = (1 << GRID_BITS) / FINE, height = b[1] - a[1];
    if (height == 0) return;
    const int64_t from = largest(-floored(first_y - a[1], step), 0);
    const int64_t to = smallest(-floored(first_y - b[1], step), rows);
    for (int64_t row = from; row < to; row++) {
        const int64_t down = first_y + row * step - a[1];
        const int64_t place =
            floored((b[0] - a[0]) * down + (a[0] - first_x) * height, step * height) + 1;
        crossed[row * (columns + 1) + smallest(largest(place, 0), columns)] ^= 1;
    }
}

static void add_parts(const uint8_t *crossed, Py_ssize_t height, Py_ssize_t width, uint8_t *parts)
{
    const Py_ssize_t line = width * FINE + 1;
    for (Py_ssize_t row = 0; row < height * FINE; row++, crossed += line) {
        uint8_t *out = parts + row / FINE * width;
        uint8_t inside = 0;
        for (Py_ssize_t x = 0; x < width; x++)
            for (int i = 0; i < FINE; i++) out[x] += inside ^= crossed[x * FINE + i];
    }
}

/* (ring (N, 2), left, top, out (h, w) of zeros) */
static PyObject *cover(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *outline, *result;
    long long left, top;
    Array ring, out;
    Held held = {0};
    uint8_t *crossed = NULL;
    if (PyArg_ParseTuple(args, "OLLO", &outline, &left, &top, &result) &&
        hold(&held, outline, INT64, 2, 0, "ring", &ring) && near_enough(&ring, "ring") &&
        hold(&held, result, UINT8, 2, 1, "out", &out)) {
        const Py_ssize_t rows = out.shape[0] * FINE, columns = out.shape[1] * FINE;
        const int64_t one = 1 << GRID_BITS, inner = one / FINE / 2 - one / 2;
        crossed = room(&held, rows * (columns + 1));
        if (crossed) {
            Py_BEGIN_ALLOW_THREADS
            memset(crossed, 0, rows * (columns + 1));
            const int64_t *points = ring.data;
            for (Py_ssize_t i = 0, count = ring.shape[0]; i < count; i++)
                cross(points + 2 * i, points + 2 * ((i + 1) % count), left * one + inner,
                      top * one + inner, rows, columns, crossed);
            add_parts(crossed, out.shape[0], out.shape[1], out.data);
            Py_END_ALLOW_THREADS
        }
    }
    return finished(&held);
}

PyMethodDef raster_functions[] = {
    {"owners", owners, METH_VARARGS, NULL},
    {"cover", cover, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
