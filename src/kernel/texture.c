/* Twin of morphkit.engine.texture: the fine bands of a frame, taken out and added. */
#include "blur.h"
#include "grid.h"
#include "kernel.h"
#include "luminance.h"

#include <string.h>

enum { BANDS = 2, SPACING = 8, GAIN_BITS = 12, PART_BITS = 6, ALL_PARTS = 64, FACTOR_BITS = 14 };

/* Part of a frame: its first pixel, and the frame's width. */
typedef struct {
    int32_t *light;
    int64_t line, width, height;
} Window;

static int32_t tone_of(const int32_t *light) { return luminance(light[0], light[1], light[2]); }

static int take_window(Held *held, PyObject *frame, long long left, long long top, int64_t width,
                       int64_t height, int written, Window *window)
{
    Array light;
    if (!hold(held, frame, INT32, 3, written, "light", &light)) return 0;
    if (light.shape[2] != 3 || left < 0 || top < 0 || left + width > light.shape[1] ||
        top + height > light.shape[0]) {
        PyErr_SetString(PyExc_ValueError, "light: wanted three channels, and the window inside");
        return 0;
    }
    *window = (Window){(int32_t *)light.data + 3 * (top * light.shape[1] + left),
                       3 * light.shape[1], width, height};
    return 1;
}

static void split(const float *rest, const float *smooth, int64_t count, int32_t *band)
{
    const float shifter = 12582912.0f; /* 1.5 * 2^23: leaves a whole number, ties to even */
    for (int64_t i = 0; i < count; i++)
        band[i] = (int32_t)(((rest[i] - smooth[i]) + shifter) - shifter);
}

static int64_t near(int64_t place, int64_t side)
{
    return place < 0 ? 0 : place >= side ? side - 1 : place;
}

/* Sums of squares of the blocks around nodes; beyond the edge a band goes on as it ends. */
static void add_powers(const int32_t *band, int64_t width, int64_t height, int64_t *powers)
{
    const int64_t rows = (height - 1) / SPACING + 2, columns = (width - 1) / SPACING + 2;
    for (int64_t row = 0; row < rows; row++, powers += columns)
        for (int64_t i = 0; i < SPACING; i++) {
            const int32_t *line = band + near(row * SPACING + i - SPACING / 2, height) * width;
            for (int64_t column = 0; column < columns; column++) {
                const int64_t first = column * SPACING - SPACING / 2;
                const int inside = first >= 0 && first + SPACING <= width;
                int64_t sum = 0;
                for (int64_t j = 0; j < SPACING; j++) {
                    const int64_t value = line[inside ? first + j : near(first + j, width)];
                    sum += value * value;
                }
                powers[column] += sum;
            }
        }
}

/* (light (H, W, 3), left, top, taps of each band, parts (2, h, w), powers (2, r, c) of zeros) */
static PyObject *bands(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *frame, *weights[BANDS], *result, *sums;
    long long left, top;
    Array taps[BANDS], parts, powers;
    Window window;
    Held held = {0};
    if (!PyArg_ParseTuple(args, "OLLOOOO", &frame, &left, &top, &weights[0], &weights[1], &result,
                          &sums) ||
        !hold(&held, weights[0], FLOAT32, 1, 0, "taps", &taps[0]) ||
        !hold(&held, weights[1], FLOAT32, 1, 0, "taps", &taps[1]) ||
        !hold(&held, result, INT32, 3, 1, "parts", &parts) ||
        !hold(&held, sums, INT64, 3, 1, "powers", &powers) ||
        !take_window(&held, frame, left, top, parts.shape[2], parts.shape[1], 0, &window))
        return finished(&held);
    const int64_t width = window.width, height = window.height, count = width * height;
    const Py_ssize_t longest =
        taps[0].shape[0] > taps[1].shape[0] ? taps[0].shape[0] : taps[1].shape[0];
    if (parts.shape[0] != BANDS || powers.shape[0] != BANDS || count == 0 || longest == 0 ||
        powers.shape[1] != (height - 1) / SPACING + 2 ||
        powers.shape[2] != (width - 1) / SPACING + 2) {
        PyErr_SetString(PyExc_ValueError, "parts, powers: wanted two bands and their nodes");
        return finished(&held);
    }
    float *tone = room(&held, count * sizeof(float));
    float *smooth[BANDS] = {room(&held, count * sizeof(float)), room(&held, count * sizeof(float))};
    float *line = room(&held, (width + 2 * longest) * sizeof(float));
    if (tone && smooth[0] && smooth[1] && line) {
        Py_BEGIN_ALLOW_THREADS
        for (int64_t y = 0; y < height; y++)
            for (int64_t x = 0; x < width; x++)
                tone[y * width + x] = (float)tone_of(window.light + y * window.line + 3 * x);
        for (int i = 0; i < BANDS; i++) {
            int32_t *band = (int32_t *)parts.data + i * count;
            blur_into(tone, smooth[i], line, taps[i].data, taps[i].shape[0] - 1, height, width);
            split(i ? smooth[i - 1] : tone, smooth[i], count, band);
            add_powers(band, width, height,
                       (int64_t *)powers.data + i * powers.shape[1] * powers.shape[2]);
        }
        Py_END_ALLOW_THREADS
    }
    return finished(&held);
}

/* A pixel's light with what is added to its luminance: by one factor, between a half and two. */
static inline void brighten(int32_t *light, int64_t added)
{
    const int32_t tone = tone_of(light);
    const int64_t whole = tone > 1 ? tone : 1;
    /* exact: both are whole and the quotient's fraction is far from the last place */
    const double ratio = (double)((whole + added) * (1 << FACTOR_BITS)) / (double)whole;
    const double least = 1 << (FACTOR_BITS - 1), most = 1 << (FACTOR_BITS + 1);
    const int64_t factor = (int64_t)(ratio < least ? least : ratio > most ? most : ratio);
    for (int i = 0; i < 3; i++)
        light[i] = (int32_t)((light[i] * factor + (1 << (FACTOR_BITS - 1))) >> FACTOR_BITS);
}

/* What a band is multiplied by along a row of pixels, in 2^-12 and 64ths, at each node. */
static void between_rows(const int32_t *more, int64_t columns, int64_t y, int32_t *row)
{
    const int32_t *above = more + y / SPACING * BANDS * columns, *below = above + BANDS * columns;
    const int32_t down = (int32_t)(y % SPACING);
    for (int64_t i = 0; i < BANDS * columns; i++)
        row[i] = above[i] * (SPACING - down) + below[i] * down;
}

static void add_row(int32_t *light, const int32_t *const part[BANDS], const int32_t *row,
                    const uint8_t *spared, int64_t width)
{
    for (int64_t x = 0; x < width; x++, light += 3) {
        if (spared[x] == ALL_PARTS) continue;
        const int32_t *node = row + x / SPACING * BANDS, right = (int32_t)(x % SPACING);
        int64_t added = 0;
        for (int i = 0; i < BANDS; i++) {
            const int32_t mixed = node[i] * (SPACING - right) + node[BANDS + i] * right;
            added += (int64_t)((mixed + 32) >> 6) * part[i][x];
        }
        brighten(light, added * (ALL_PARTS - spared[x]) >> (GAIN_BITS + PART_BITS));
    }
}

/* (light (H, W, 3), left, top, parts (2, h, w), more (r, c, 2), spared (H, W)) */
static PyObject *add_bands(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *frame, *given, *gains, *kept;
    long long left, top;
    Array parts, more, spared;
    Window window;
    int32_t *row;
    Held held = {0};
    if (!PyArg_ParseTuple(args, "OLLOOO", &frame, &left, &top, &given, &gains, &kept) ||
        !hold(&held, given, INT32, 3, 0, "parts", &parts) ||
        !hold(&held, gains, INT32, 3, 0, "more", &more) ||
        !hold(&held, kept, UINT8, 2, 0, "spared", &spared) ||
        !take_window(&held, frame, left, top, parts.shape[2], parts.shape[1], 1, &window) ||
        !(row = room(&held, BANDS * more.shape[1] * sizeof(int32_t))))
        return finished(&held);
    const int64_t width = window.width, height = window.height, count = width * height;
    if (parts.shape[0] != BANDS || count == 0 || more.shape[0] != (height - 1) / SPACING + 2 ||
        more.shape[1] != (width - 1) / SPACING + 2 || more.shape[2] != BANDS ||
        3 * spared.shape[1] != window.line || spared.shape[0] < top + height) {
        PyErr_SetString(PyExc_ValueError, "parts, more, spared: wanted those of the window");
        return finished(&held);
    }
    Py_BEGIN_ALLOW_THREADS
    for (int64_t y = 0; y < height; y++) {
        const int32_t *first = (const int32_t *)parts.data + y * width;
        const int32_t *part[BANDS] = {first, first + count};
        between_rows(more.data, more.shape[1], y, row);
        add_row(window.light + y * window.line, part, row,
                (const uint8_t *)spared.data + (top + y) * spared.shape[1] + left, width);
    }
    Py_END_ALLOW_THREADS
    return finished(&held);
}

/* (amplitude (r, c, n), maps (T, 6), owner (r, c), out (r, c, n)): where nodes come from */
static PyObject *carry(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *values, *ways, *triangles, *result;
    Array amplitude, maps, owner, out;
    Held held = {0};
    if (!PyArg_ParseTuple(args, "OOOO", &values, &ways, &triangles, &result) ||
        !hold(&held, values, FLOAT32, 3, 0, "amplitude", &amplitude) ||
        !hold(&held, ways, INT64, 2, 0, "maps", &maps) ||
        !hold(&held, triangles, INT32, 2, 0, "owner", &owner) ||
        !hold(&held, result, FLOAT32, 3, 1, "out", &out) ||
        !same_sides(&amplitude, &out, 3, "out") || !same_sides(&amplitude, &owner, 2, "owner"))
        return finished(&held);
    const int64_t rows = owner.shape[0], columns = owner.shape[1], count = out.shape[2];
    if (rows < 2 || columns < 2 || maps.shape[0] == 0 || maps.shape[1] != 6) {
        PyErr_SetString(PyExc_ValueError, "maps: wanted six numbers each, for two nodes a side");
        return finished(&held);
    }
    const Grid grid = {amplitude.data, rows, columns, count};
    const int32_t *own = owner.data;
    Py_BEGIN_ALLOW_THREADS
    for (int64_t i = 0; i < rows * columns; i++) {
        const int64_t x = i % columns * SPACING, y = i / columns * SPACING;
        const int64_t t = own[i] < 0 || own[i] >= maps.shape[0] ? maps.shape[0] - 1 : own[i];
        const uint64_t *m = (const uint64_t *)maps.data + 6 * t;
        const int64_t u = (int64_t)(m[0] * (uint64_t)x + m[1] * (uint64_t)y + m[2]) >> 18;
        const int64_t v = (int64_t)(m[3] * (uint64_t)x + m[4] * (uint64_t)y + m[5]) >> 18;
        look_up(&grid, u, v, (float *)out.data + i * count);
    }
    Py_END_ALLOW_THREADS
    return finished(&held);
}

PyMethodDef texture_functions[] = {
    {"bands", bands, METH_VARARGS, NULL},
    {"add_bands", add_bands, METH_VARARGS, NULL},
    {"carry", carry, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
