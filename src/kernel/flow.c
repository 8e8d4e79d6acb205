/* Twin of the sweeps in morphkit.engine.flow: set up in doubles, swept in floats. */
#include "kernel.h"

#include <math.h>
#include <string.h>

/* What a cell is told, and what becomes of its neighbours' motion; one value per cell. */
typedef struct {
    const float *own_x, *own_y, *a, *b, *c;
} Rules;

/* Motion on a grid with an edge of one cell around it, which repeats what it borders on. */
typedef struct {
    float *x, *y;
} Motion;

typedef struct {
    const double *field, *creases;
    const float *found;
    double scale, bend, farthest;
    Py_ssize_t height, width;
} Search;

/* Writes the rules of all cells, one kind after the other. */
WIDE static void ruled(const Search *s, float *restrict rules)
{
    const Py_ssize_t size = s->height * s->width;
    const float *found = s->found;
    const double *field = s->field, *creases = s->creases, scale = s->scale, bend = s->bend;
    for (Py_ssize_t i = 0; i < size; i++) {
        double xx = found[i] * scale, yy = found[2 * size + i] * scale;
        const double xy = found[size + i] * scale;
        const double xt = found[3 * size + i] * scale, yt = found[4 * size + i] * scale;
        const double x = field[i], y = field[size + i];
        const double px = xx * x + xy * y + xt + creases[i];
        const double py = xy * x + yy * y + yt + creases[size + i];
        xx += 4 * bend;
        yy += 4 * bend;
        const double part = 1 / (xx * yy - xy * xy), near = bend * part;
        rules[i] = (float)((yy * px - xy * py) * part);
        rules[size + i] = (float)((xx * py - xy * px) * part);
        rules[2 * size + i] = (float)(yy * near);
        rules[3 * size + i] = (float)(-xy * near);
        rules[4 * size + i] = (float)(xx * near);
    }
}

/* Repeats the edge of one direction of motion; `grid` starts at the edge's corner. */
static void edged(float *grid, Py_ssize_t height, Py_ssize_t width)
{
    const Py_ssize_t stride = width + 2;
    for (float *row = grid + stride; row < grid + (height + 1) * stride; row += stride) {
        row[0] = row[1];
        row[width + 1] = row[width];
    }
    memcpy(grid, grid + stride, stride * sizeof(float));
    memcpy(grid + (height + 1) * stride, grid + height * stride, stride * sizeof(float));
}

/* One row of one sweep; `stride` apart lie the rows above and below. */
WIDE static void row_swept(const float *x, const float *y, Rules rules, float *restrict to_x,
                      float *restrict to_y, Py_ssize_t stride, Py_ssize_t width)
{
    for (Py_ssize_t i = 0; i < width; i++) {
        const float near_x = (x[i - stride] + x[i + stride]) + (x[i - 1] + x[i + 1]);
        const float near_y = (y[i - stride] + y[i + stride]) + (y[i - 1] + y[i + 1]);
        to_x[i] = rules.own_x[i] + (rules.a[i] * near_x + rules.b[i] * near_y);
        to_y[i] = rules.own_y[i] + (rules.b[i] * near_x + rules.c[i] * near_y);
    }
}

static void swept(const Search *s, Rules rules, Motion from, Motion to)
{
    const Py_ssize_t width = s->width, stride = width + 2;
    for (Py_ssize_t row = 0; row < s->height; row++) {
        const Py_ssize_t at = (row + 1) * stride + 1, own = row * width;
        const Rules here = {rules.own_x + own, rules.own_y + own, rules.a + own, rules.b + own,
                            rules.c + own};
        row_swept(from.x + at, from.y + at, here, to.x + at, to.y + at, stride, width);
    }
    edged(to.x, s->height, width);
    edged(to.y, s->height, width);
}

static void relax(const Search *s, float *memory, Py_ssize_t sweeps, double *out)
{
    const Py_ssize_t height = s->height, width = s->width, stride = width + 2;
    const Py_ssize_t size = height * width, edge = (height + 2) * stride;
    float *own = memory + 4 * edge;
    const Rules rules = {own, own + size, own + 2 * size, own + 3 * size, own + 4 * size};
    ruled(s, own);
    const double most = s->farthest * s->farthest;
    Motion now = {memory, memory + edge}, next = {memory + 2 * edge, memory + 3 * edge};
    for (Py_ssize_t row = 0; row < height; row++)
        for (Py_ssize_t i = 0; i < width; i++) {
            now.x[(row + 1) * stride + 1 + i] = (float)s->field[row * width + i];
            now.y[(row + 1) * stride + 1 + i] = (float)s->field[size + row * width + i];
        }
    edged(now.x, height, width);
    edged(now.y, height, width);
    while (sweeps-- > 0) {
        swept(s, rules, now, next);
        const Motion last = now;
        now = next;
        next = last;
    }
    for (Py_ssize_t row = 0; row < height; row++)
        for (Py_ssize_t i = 0; i < width; i++) {
            const double x = now.x[(row + 1) * stride + 1 + i];
            const double y = now.y[(row + 1) * stride + 1 + i];
            const double square = x * x + y * y;
            const double part = square > most ? s->farthest / sqrt(square) : 1;
            out[row * width + i] = x * part;
            out[size + row * width + i] = y * part;
        }
}

/* (field (2, r, c), found (5, r, c), scale, bend, creases (2, r, c), farthest, sweeps,
   out (2, r, c)) */
static PyObject *relaxed(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *fields, *founds, *bends, *result;
    Array field, found, creases, out;
    Search s = {0};
    Py_ssize_t sweeps;
    Held held = {0};
    if (PyArg_ParseTuple(args, "OOddOdnO", &fields, &founds, &s.scale, &s.bend, &bends, &s.farthest,
                         &sweeps, &result) &&
        hold(&held, fields, FLOAT64, 3, 0, "field", &field) &&
        hold(&held, founds, FLOAT32, 3, 0, "found", &found) &&
        hold(&held, bends, FLOAT64, 3, 0, "creases", &creases) &&
        hold(&held, result, FLOAT64, 3, 1, "out", &out)) {
        s.height = field.shape[1];
        s.width = field.shape[2];
        const Array two = {NULL, {2, s.height, s.width}}, five = {NULL, {5, s.height, s.width}};
        float *memory = room(
            &held, (4 * (s.height + 2) * (s.width + 2) + 5 * s.height * s.width) * sizeof(float));
        if (memory && same_sides(&two, &field, 3, "field") &&
            same_sides(&five, &found, 3, "found") && same_sides(&two, &creases, 3, "creases") &&
            same_sides(&two, &out, 3, "out") && s.height && s.width) {
            s.field = field.data;
            s.found = found.data;
            s.creases = creases.data;
            Py_BEGIN_ALLOW_THREADS
            relax(&s, memory, sweeps, out.data);
            Py_END_ALLOW_THREADS
        }
    }
    return finished(&held);
}

PyMethodDef flow_functions[] = {
    {"relaxed", relaxed, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
