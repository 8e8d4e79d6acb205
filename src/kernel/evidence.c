/* Twin of morphkit.engine.evidence: the pictures are read once, row after row, and nothing
   as large as they are is written.

   Kept are the rows of the motion at the two nodes around a row of pixels, three rows of what
   is seen (slopes look up and down), and the sums down the columns of one row of cells.  Where
   nothing is trusted nothing is looked up: the reference adds zeros there.
*/
#include "kernel.h"

#include <string.h>

enum {
    SUMS = 5,       /* rr, rd, dd, rt, dt */
    LARGEST = 1024, /* cell */
    CHUNK = 128     /* pixels looked up together: what is in between stays in the first cache */
};

/* A picture, and where in it each pixel lies. */
typedef struct {
    const float *picture, *x, *y;
    int32_t width, height;
} View;

/* Columns of a row, from the first to before the last. */
typedef struct { Py_ssize_t first, stop; } Span;

typedef struct {
    View a, b;
    const float *trust, *field; /* field: half of the motion, x and y, at the nodes */
    float *out, doubt;          /* doubt: by which a difference is multiplied */
    Py_ssize_t height, width, cell, rows, columns;
    Span *spans, whole;  /* what is trusted of each row, and of them all with a margin */
    int32_t *before;     /* for each column the node before it, */
    float *beyond;       /* and how far beyond that it lies */
    Py_ssize_t nodes;    /* rows of nodes that have been brought to pixels; */
    float *motion[2][2]; /* the last two of them, x and y */
    float *apart[3], *middle[3], *sums[SUMS];
} Search;

static Py_ssize_t least(Py_ssize_t a, Py_ssize_t b) { return a < b ? a : b; }
static Py_ssize_t most(Py_ssize_t a, Py_ssize_t b) { return a > b ? a : b; }
static Span both(Span a, Span b)
{
    if (a.first >= a.stop) return b;
    if (b.first >= b.stop) return a;
    return (Span){least(a.first, b.first), most(a.stop, b.stop)};
}

/* From the first to the last that is not 0; read as bits, any of which counts. */
WIDE static Span trusted(const float *row, Py_ssize_t width)
{
    const uint32_t *bits = (const uint32_t *)row;
    uint32_t any = 0;
    for (Py_ssize_t x = 0; x < width; x++) any |= bits[x];
    if (!any) return (Span){0, 0};
    Span found = {0, width};
    while (!bits[found.first]) found.first++;
    while (!bits[found.stop - 1]) found.stop--;
    return found;
}

/* The node before the centre of a pixel, among `count` of them; sets how far beyond it lies. */
static Py_ssize_t node(Py_ssize_t pixel, Py_ssize_t cell, Py_ssize_t count, float *beyond)
{
    const double last = (double)(count - 1);
    double place = ((double)pixel + 0.5) / (double)cell - 0.5;
    place = place > 0 ? place < last ? place : last : 0;
    const Py_ssize_t before = least((Py_ssize_t)place, most(count - 2, 0));
    *beyond = (float)(place - (double)before);
    return before;
}

/* Brings the next row of nodes to every column of pixels. */
WIDE static void next_nodes(Search *s)
{
    const Py_ssize_t row = s->nodes++, ahead = s->columns > 1, stop = s->whole.stop;
    const float *from_x = s->field + row * s->columns, *from_y = from_x + s->rows * s->columns;
    const int32_t *before = s->before;
    const float *beyond = s->beyond;
    float *restrict to_x = s->motion[row & 1][0], *restrict to_y = s->motion[row & 1][1];
    for (Py_ssize_t x = s->whole.first; x < stop; x++) {
        const float *x_here = from_x + before[x], *y_here = from_y + before[x], part = beyond[x];
        to_x[x] = x_here[0] * (1 - part) + x_here[ahead] * part;
        to_y[x] = y_here[0] * (1 - part) + y_here[ahead] * part;
    }
}

/* Linear between four pixels at `count` places, at most CHUNK. */
WIDE static void between(const View *view, const float *x, const float *y, float *seen, int count)
{
    const int32_t width = view->width, last_left = width - 2, last_top = view->height - 2;
    const float right = (float)(width - 1), bottom = (float)(view->height - 1);
    int32_t start[CHUNK];
    float across[CHUNK], down[CHUNK], upper[2 * CHUNK], lower[2 * CHUNK];
    for (int i = 0; i < count; i++) {
        const float u = x[i] > 0 ? x[i] < right ? x[i] : right : 0;
        const float v = y[i] > 0 ? y[i] < bottom ? y[i] : bottom : 0;
        const int32_t whole_u = (int32_t)u, whole_v = (int32_t)v;
        const int32_t left = whole_u < last_left ? whole_u : last_left;
        const int32_t top = whole_v < last_top ? whole_v : last_top;
        across[i] = u - (float)left;
        down[i] = v - (float)top;
        start[i] = top * width + left;
    }
    for (int i = 0; i < count; i++) {
        const float *here = view->picture + start[i];
        memcpy(upper + 2 * i, here, 2 * sizeof(float));
        memcpy(lower + 2 * i, here + width, 2 * sizeof(float));
    }
    for (int i = 0; i < count; i++) {
        const float above = upper[2 * i] * (1 - across[i]) + upper[2 * i + 1] * across[i];
        const float below = lower[2 * i] * (1 - across[i]) + lower[2 * i + 1] * across[i];
        seen[i] = above * (1 - down[i]) + below * down[i];
    }
}

/* What a row shows of both: where it is trusted itself, and where slopes look at it. */
WIDE static void look(Search *s, Py_ssize_t y)
{
    Span span = both(s->spans[most(y - 1, 0)], s->spans[least(y + 1, s->height - 1)]);
    span = both(span, s->spans[y]);
    if (span.first >= span.stop) return;
    span = (Span){most(span.first - 1, 0), least(span.stop + 1, s->width)};
    float part;
    const Py_ssize_t above = node(y, s->cell, s->rows, &part);
    const Py_ssize_t below = least(above + 1, s->rows - 1);
    while (s->nodes <= below) next_nodes(s);
    float *const *upper = s->motion[above & 1], *const *lower = s->motion[below & 1];
    float *apart = s->apart[y % 3], *middle = s->middle[y % 3];
    for (Py_ssize_t x = span.first; x < span.stop; x += CHUNK) {
        const int count = (int)least(CHUNK, span.stop - x);
        const Py_ssize_t at = y * s->width + x;
        float ax[CHUNK], ay[CHUNK], bx[CHUNK], by[CHUNK], a[CHUNK], b[CHUNK];
        for (int i = 0; i < count; i++) {
            const float u = upper[0][x + i] * (1 - part) + lower[0][x + i] * part;
            const float v = upper[1][x + i] * (1 - part) + lower[1][x + i] * part;
            ax[i] = s->a.x[at + i] - u;
            ay[i] = s->a.y[at + i] - v;
            bx[i] = s->b.x[at + i] + u;
            by[i] = s->b.y[at + i] + v;
        }
        between(&s->a, ax, ay, a, count);
        between(&s->b, bx, by, b, count);
        for (int i = 0; i < count; i++) {
            apart[x + i] = a[i] - b[i];
            middle[x + i] = (a[i] + b[i]) / 2;
        }
    }
    middle[-1] = middle[0];
    middle[s->width] = middle[s->width - 1];
}

/* Adds a row's products to the sums, `times` over. */
WIDE static void gather(Search *s, Py_ssize_t y, Py_ssize_t times)
{
    const Span span = s->spans[y];
    const float doubt = s->doubt;
    for (Py_ssize_t x = span.first; x < span.stop; x += CHUNK) {
        const int count = (int)least(CHUNK, span.stop - x);
        const float *here = s->middle[y % 3] + x, *apart = s->apart[y % 3] + x;
        const float *above = s->middle[most(y - 1, 0) % 3] + x;
        const float *below = s->middle[least(y + 1, s->height - 1) % 3] + x;
        const float *trust = s->trust + y * s->width + x;
        float products[SUMS][CHUNK];
        for (int i = 0; i < count; i++) {
            const float right = (here[i + 1] - here[i - 1]) / 2, down = (below[i] - above[i]) / 2;
            const float odd = apart[i] * doubt, weight = trust[i] / (1 + odd * odd);
            const float more_right = right * weight, more_down = down * weight;
            products[0][i] = right * more_right;
            products[1][i] = down * more_right;
            products[2][i] = down * more_down;
            products[3][i] = apart[i] * more_right;
            products[4][i] = apart[i] * more_down;
        }
        for (int k = 0; k < SUMS; k++)
            for (Py_ssize_t time = 0; time < times; time++)
                for (int i = 0; i < count; i++) s->sums[k][x + i] += products[k][i];
    }
}

/* Adds up across the cells of a row what has been added up down their columns. */
static void cells_of(Search *s, Py_ssize_t row)
{
    const float side = (float)s->cell;
    const Py_ssize_t last = s->width - 1;
    for (int i = 0; i < SUMS; i++) {
        float *sums = s->sums[i], *out = s->out + (i * s->rows + row) * s->columns;
        for (Py_ssize_t x = s->whole.first / s->cell * s->cell; x < s->whole.stop; x += s->cell) {
            float total = 0;
            for (Py_ssize_t j = x; j < x + s->cell; j++) total += sums[least(j, last)];
            out[x / s->cell] = total / side / side;
        }
        memset(sums, 0, s->width * sizeof(float));
    }
}

static void searched(Search *s)
{
    for (Py_ssize_t y = 0; y < s->height; y++)
        s->whole = both(s->whole, s->spans[y] = trusted(s->trust + y * s->width, s->width));
    s->whole = (Span){most(s->whole.first - 1, 0), least(s->whole.stop + 1, s->width)};
    for (Py_ssize_t x = 0; x < s->width; x++)
        s->before[x] = (int32_t)node(x, s->cell, s->columns, s->beyond + x);
    look(s, 0);
    for (Py_ssize_t row = 0; row < s->rows; row++) {
        const Py_ssize_t stop = (row + 1) * s->cell;
        for (Py_ssize_t y = row * s->cell; y < least(stop, s->height); y++) {
            if (y + 1 < s->height) look(s, y + 1);
            /* the last row of pixels stands for those that a cell lacks */
            gather(s, y, y + 1 < s->height ? 1 : stop - y);
        }
        cells_of(s, row);
    }
}

/* Rows of floats for the length of the call, all 0, each with one more on either side. */
static int rows_of(Held *held, Search *s)
{
    float **rows[] = {s->motion[0],  s->motion[0] + 1, s->motion[1],  s->motion[1] + 1,
                      s->apart,      s->apart + 1,     s->apart + 2,  s->middle,
                      s->middle + 1, s->middle + 2,    s->sums,       s->sums + 1,
                      s->sums + 2,   s->sums + 3,      s->sums + 4,   &s->beyond};
    const Py_ssize_t count = sizeof rows / sizeof *rows, length = s->width + 2;
    float *memory = room(held, count * length * sizeof(float));
    s->spans = room(held, s->height * sizeof(Span));
    s->before = room(held, s->width * sizeof(int32_t));
    if (!memory || !s->spans || !s->before) return 0;
    memset(memory, 0, count * length * sizeof(float));
    for (Py_ssize_t i = 0; i < count; i++) *rows[i] = memory + i * length + 1;
    return 1;
}

/* Takes (picture (h, w), x (H, W), y (H, W)), with H and W as `like` has them. */
static int taken(Held *held, PyObject *const objects[3], const Array *like, View *view)
{
    Array picture, x, y;
    if (!hold(held, objects[0], FLOAT32, 2, 0, "picture", &picture) ||
        !hold(held, objects[1], FLOAT32, 2, 0, "x", &x) ||
        !hold(held, objects[2], FLOAT32, 2, 0, "y", &y) || !same_sides(like, &x, 2, "x") ||
        !same_sides(like, &y, 2, "y"))
        return 0;
    const Py_ssize_t height = picture.shape[0], width = picture.shape[1];
    if (height < 2 || width < 2 || height > INT32_MAX / width) {
        PyErr_Format(PyExc_ValueError, "picture: %zd x %zd pixels do not do", width, height);
        return 0;
    }
    *view = (View){picture.data, x.data, y.data, (int32_t)width, (int32_t)height};
    return 1;
}

/* Takes the rest; the trust decides all sides. */
static int ready(Held *held, Search *s, PyObject *fields, const Array *trust, PyObject *result)
{
    Array field, out;
    if (s->cell < 1 || s->cell > LARGEST) {
        PyErr_Format(PyExc_ValueError, "cell: wanted 1 to %d, got %zd", LARGEST, s->cell);
        return 0;
    }
    s->trust = trust->data;
    s->height = trust->shape[0];
    s->width = trust->shape[1];
    s->rows = s->height / s->cell + (s->height % s->cell > 0);
    s->columns = s->width / s->cell + (s->width % s->cell > 0);
    const Array two = {NULL, {2, s->rows, s->columns}}, five = {NULL, {SUMS, s->rows, s->columns}};
    if (!hold(held, fields, FLOAT32, 3, 0, "field", &field) ||
        !same_sides(&two, &field, 3, "field") || !hold(held, result, FLOAT32, 3, 1, "out", &out) ||
        !same_sides(&five, &out, 3, "out"))
        return 0;
    s->field = field.data;
    s->out = out.data;
    return rows_of(held, s);
}

/* ((picture, x, y) of a, the same of b, half of the field (2, r, c), trust (H, W), cell,
   doubt, out (5, r, c)) */
static PyObject *evidence(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *a[3], *b[3], *field, *trusts, *out;
    Array trust;
    Search s = {0};
    double doubt;
    Held held = {0};
    if (PyArg_ParseTuple(args, "(OOO)(OOO)OOndO", a, a + 1, a + 2, b, b + 1, b + 2, &field, &trusts,
                         &s.cell, &doubt, &out) &&
        hold(&held, trusts, FLOAT32, 2, 0, "trust", &trust) && taken(&held, a, &trust, &s.a) &&
        taken(&held, b, &trust, &s.b) && ready(&held, &s, field, &trust, out)) {
        s.doubt = (float)doubt;
        Py_BEGIN_ALLOW_THREADS
        memset(s.out, 0, SUMS * s.rows * s.columns * sizeof(float));
        if (s.height && s.width) searched(&s);
        Py_END_ALLOW_THREADS
    }
    return finished(&held);
}

PyMethodDef evidence_functions[] = {
    {"evidence", evidence, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
