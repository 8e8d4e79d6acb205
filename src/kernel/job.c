/* Frames for Python: how a morphkit.engine.warp.Job comes in, and what is made of it. */
#include "warp.h"

#include <string.h>

static int wrong(const char *text)
{
    PyErr_SetString(PyExc_ValueError, text);
    return 0;
}

/* Two and two of the sources that have a weight; one group of none where none has. */
static int group_sources(Held *held, Py_ssize_t count, Layer *layer)
{
    layer->groups = room(held, (count / 2 + 1) * sizeof(Group));
    if (!layer->groups) return 0;
    Group *group = layer->groups;
    *group = (Group){.first = 1};
    for (Py_ssize_t k = 0; k < count; k++) {
        const int64_t weight = layer->weights[k];
        if (weight == 0) continue;
        if (group->count == 2) *++group = (Group){.count = 0};
        const int16_t halves[2] = {(int16_t)(weight >> 1), (int16_t)(weight - (weight >> 1))};
        group->k[group->count] = k;
        group->share[group->count++] = two(halves);
    }
    group->last = 1;
    layer->groups_count = group - layer->groups + 1;
    layer->groups->start = (int32_t)(MIDDLE * layer->all + ONE / 2);
    return 1;
}

/* Maps of each source in each triangle, and the sources' weights. */
static int take_layer(Held *held, PyObject *maps, PyObject *weights, const Job *job, Layer *layer)
{
    Array all, each;
    if (!hold(held, maps, INT64, 3, 0, "maps", &all) ||
        !hold(held, weights, INT64, 1, 0, "weights", &each))
        return 0;
    if (all.shape[0] != job->count || all.shape[1] != job->mesh.count || all.shape[2] != 6 ||
        each.shape[0] != job->count)
        return wrong("maps, weights: wanted one for each source and triangle");
    *layer = (Layer){.maps = all.data, .weights = each.data};
    int64_t size = 0;
    for (Py_ssize_t k = 0; k < job->count; k++) {
        const int64_t weight = layer->weights[k];
        if (weight > INT32_MAX || weight < -INT32_MAX) return wrong("weights: too large");
        layer->all += weight;
        size += weight < 0 ? -weight : weight;
    }
    layer->wide = size > NARROW;
    return layer->wide || group_sources(held, job->count, layer);
}

static int take_sources(Held *held, PyObject *sources, Job *job)
{
    job->count = PyTuple_Size(sources);
    if (job->count < 0) return 0;
    job->sources = room(held, job->count * sizeof(Source));
    if (!job->sources) return 0;
    for (Py_ssize_t k = 0; k < job->count; k++) {
        Array pixels;
        if (!hold(held, PyTuple_GetItem(sources, k), INT16, 3, 0, "source", &pixels)) return 0;
        if (pixels.shape[2] != CHANNELS || pixels.shape[0] <= 2 * PAD || pixels.shape[1] <= 2 * PAD)
            return wrong("source: wanted padded pixels of four channels");
        job->sources[k] = (Source){pixels.data, pixels.shape[1], pixels.shape[0]};
    }
    return 1;
}

static int take_drift(Held *held, PyObject *drift, Job *job)
{
    if (drift == Py_None) return 1;
    PyObject *to_mean, *nodes;
    Array maps, grid;
    if (!PyArg_ParseTuple(drift, "OO", &to_mean, &nodes) ||
        !hold(held, to_mean, INT64, 2, 0, "drift maps", &maps) ||
        !hold(held, nodes, FLOAT32, 3, 0, "drift grid", &grid))
        return 0;
    if (maps.shape[0] != job->mesh.count || maps.shape[1] != 6)
        return wrong("drift maps: wanted one for each triangle");
    if (grid.shape[0] < 2 || grid.shape[1] < 2 || grid.shape[2] != 2 * job->count)
        return wrong("drift grid: wanted x and y for each source at two nodes or more a side");
    const float *values = grid.data, most = 1 << 22;
    for (Py_ssize_t i = 0; i < grid.shape[0] * grid.shape[1] * grid.shape[2]; i++)
        if (!(values[i] > -most && values[i] < most)) return wrong("drift grid: too far");
    job->drift_maps = maps.data;
    job->drift = (Grid){grid.data, grid.shape[0], grid.shape[1], grid.shape[2]};
    return 1;
}

static int take_opening(Held *held, PyObject *given, const Job *job, int64_t width, int64_t height,
                        Opening *opening)
{
    PyObject *covered, *maps, *weights, *balls;
    long long left, top;
    Array parts;
    if (!PyArg_ParseTuple(given, "LLOOOO", &left, &top, &covered, &weights, &maps, &balls) ||
        !hold(held, covered, UINT8, 2, 0, "parts", &parts) ||
        !take_layer(held, maps, weights, job, &opening->layer))
        return 0;
    if (left < 0 || top < 0 || left > width - parts.shape[1] || top > height - parts.shape[0])
        return wrong("opening: outside the canvas");
    opening->parts = parts.data;
    opening->left = left;
    opening->top = top;
    opening->width = parts.shape[1];
    opening->height = parts.shape[0];
    opening->balls = NULL;
    if (balls != Py_None) {
        Array each;
        if (!hold(held, balls, INT64, 2, 0, "balls", &each)) return 0;
        if (each.shape[0] != job->count || each.shape[1] != 6)
            return wrong("balls: wanted one map for each source");
        opening->balls = each.data;
    }
    return 1;
}

static int take_openings(Held *held, PyObject *openings, int64_t width, int64_t height, Job *job)
{
    job->openings_count = PyTuple_Size(openings);
    if (job->openings_count < 0) return 0;
    job->openings = room(held, job->openings_count * sizeof(Opening));
    if (!job->openings) return 0;
    for (Py_ssize_t i = 0; i < job->openings_count; i++)
        if (!take_opening(held, PyTuple_GetItem(openings, i), job, width, height,
                          job->openings + i))
            return 0;
    return 1;
}

/* A Job as `_packed` of morphkit.engine.warp gives it. */
static int take_job(Held *held, PyObject *given, int64_t width, int64_t height, Job *job)
{
    PyObject *points, *corners, *maps, *sources, *weights, *phases, *drift, *openings;
    Array vertices, triangles, taps;
    *job = (Job){0};
    if (!PyArg_ParseTuple(given, "OOOOOOpOO", &points, &corners, &maps, &sources, &weights,
                          &phases, &job->bilinear, &drift, &openings) ||
        !hold(held, points, INT64, 2, 0, "vertices", &vertices) ||
        !hold(held, corners, INT64, 2, 0, "triangles", &triangles) ||
        !fit_to_draw(&vertices, &triangles, &job->mesh) || !take_sources(held, sources, job) ||
        !take_layer(held, maps, weights, job, &job->whole) ||
        !hold(held, phases, INT16, 2, 0, "taps", &taps))
        return 0;
    if (job->mesh.count == 0) return wrong("triangles: there are none");
    if (taps.shape[0] != PHASES || taps.shape[1] != 4) return wrong("taps: wanted 1024 of 4");
    job->taps = taps.data;
    return take_drift(held, drift, job) && take_openings(held, openings, width, height, job);
}

/* Room for a row, and who owns each pixel of the frame. */
static int prepare(Held *held, const Job *job, int64_t width, int64_t height, Row *row,
                   int32_t **owner)
{
    const int64_t sums = CHANNELS * width;
    row->light = room(held, sums * sizeof(int32_t));
    row->inside = room(held, sums * sizeof(int32_t));
    row->sums = room(held, sums * sizeof(int64_t));
    row->away = room(held, 2 * job->count * width * sizeof(int32_t));
    *owner = room(held, width * height * sizeof(int32_t));
    return row->light && row->inside && row->sums && row->away && *owner;
}

static inline uint8_t code_of(int64_t light, const uint8_t *encode)
{
    return encode[clipped(light, 0, WHITE)];
}

/* Masked, clipped, encoded: a row of pixels of `channels` numbers. */
static inline void write_row(const int32_t *light, int channels, const int32_t *mask,
                             int64_t width, int32_t background, const uint8_t *encode,
                             uint8_t *out)
{
    for (int64_t x = 0; x < width; x++, light += channels, out += 3) {
        const int64_t alpha = mask[x];
        if (alpha <= 0) memset(out, encode[background], 3);
        else if (alpha == ONE && channels == CHANNELS) {
            int16_t shown[CHANNELS]; /* narrowing cuts at WHITE */
            store_low(shown, positive(narrow(load_ints(light), four(0))));
            for (int i = 0; i < 3; i++) out[i] = encode[shown[i]];
        } else if (alpha == ONE)
            for (int i = 0; i < 3; i++) out[i] = code_of(light[i], encode);
        else {
            const int64_t ground = background * (ONE - alpha) + ONE / 2;
            for (int i = 0; i < 3; i++)
                out[i] = code_of((light[i] * alpha + ground) >> ONE_BITS, encode);
        }
    }
}

/* (job, where (H, W), out (H, W, 3) of zeros): light of some pixels */
static PyObject *light(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *given, *wanted, *result;
    Array where, out;
    Job job;
    Row row;
    int32_t *owner;
    Held held = {0};
    if (PyArg_ParseTuple(args, "OOO", &given, &wanted, &result) &&
        hold(&held, wanted, UINT8, 2, 0, "where", &where) &&
        hold(&held, result, INT32, 3, 1, "out", &out) && same_sides(&where, &out, 2, "out") &&
        (out.shape[2] == 3 || wrong("out: wanted three channels")) &&
        take_job(&held, given, where.shape[1], where.shape[0], &job) &&
        prepare(&held, &job, where.shape[1], where.shape[0], &row, &owner)) {
        const int64_t width = where.shape[1], height = where.shape[0];
        Py_BEGIN_ALLOW_THREADS
        draw_owners(&job.mesh, width, height, owner);
        for (int64_t y = 0; y < height; y++) {
            const uint8_t *shown = (const uint8_t *)where.data + y * width;
            int32_t *to = (int32_t *)out.data + 3 * y * width;
            light_row(&job, shown, owner + y * width, width, y, &row);
            for (int64_t x = 0; x < width; x++)
                if (shown[x]) memcpy(to + 3 * x, row.light + CHANNELS * x, 3 * sizeof *to);
        }
        Py_END_ALLOW_THREADS
    }
    return finished(&held);
}

/* What a frame is written with: mask, background, table, and the codes to be written. */
typedef struct {
    Array mask, encode, out;
    int background;
} Page;

static int take_page(Held *held, PyObject *mask, int background, PyObject *encode,
                     PyObject *result, Page *page)
{
    page->background = background;
    if (!hold(held, mask, INT32, 2, 0, "mask", &page->mask) ||
        !hold(held, encode, UINT8, 1, 0, "encode", &page->encode) ||
        !hold(held, result, UINT8, 3, 1, "out", &page->out) ||
        !same_sides(&page->mask, &page->out, 2, "out"))
        return 0;
    if (page->encode.shape[0] != WHITE + 1 || background < 0 || background > WHITE)
        return wrong("encode, background: wanted 32768 codes, and light in their range");
    return page->out.shape[2] == 3 || wrong("out: wanted three channels");
}

/* (job, mask (H, W), background, encode (32768,), out (H, W, 3)): codes of a frame */
static PyObject *render(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *given, *mask, *encode, *result;
    int background;
    Page page;
    Job job;
    Row row;
    int32_t *owner;
    uint8_t *shown;
    Held held = {0};
    if (PyArg_ParseTuple(args, "OOiOO", &given, &mask, &background, &encode, &result) &&
        take_page(&held, mask, background, encode, result, &page) &&
        take_job(&held, given, page.mask.shape[1], page.mask.shape[0], &job) &&
        prepare(&held, &job, page.mask.shape[1], page.mask.shape[0], &row, &owner) &&
        (shown = room(&held, page.mask.shape[1]))) {
        const int64_t width = page.mask.shape[1], height = page.mask.shape[0];
        Py_BEGIN_ALLOW_THREADS
        draw_owners(&job.mesh, width, height, owner);
        for (int64_t y = 0; y < height; y++) {
            const int32_t *alpha = (const int32_t *)page.mask.data + y * width;
            for (int64_t x = 0; x < width; x++) shown[x] = alpha[x] > 0;
            light_row(&job, shown, owner + y * width, width, y, &row);
            write_row(row.light, CHANNELS, alpha, width, background, page.encode.data,
                      (uint8_t *)page.out.data + 3 * y * width);
        }
        Py_END_ALLOW_THREADS
    }
    return finished(&held);
}

/* (light (H, W, 3), mask (H, W), background, encode (32768,), out (H, W, 3)): its codes */
static PyObject *written(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *given, *mask, *encode, *result;
    int background;
    Page page;
    Array frame;
    Held held = {0};
    if (PyArg_ParseTuple(args, "OOiOO", &given, &mask, &background, &encode, &result) &&
        take_page(&held, mask, background, encode, result, &page) &&
        hold(&held, given, INT32, 3, 0, "light", &frame) &&
        same_sides(&page.out, &frame, 3, "light")) {
        const int64_t width = page.mask.shape[1], height = page.mask.shape[0];
        Py_BEGIN_ALLOW_THREADS
        for (int64_t y = 0; y < height; y++)
            write_row((const int32_t *)frame.data + 3 * y * width, 3,
                      (const int32_t *)page.mask.data + y * width, width, background,
                      page.encode.data, (uint8_t *)page.out.data + 3 * y * width);
        Py_END_ALLOW_THREADS
    }
    return finished(&held);
}

PyMethodDef job_functions[] = {
    {"light", light, METH_VARARGS, NULL},
    {"render", render, METH_VARARGS, NULL},
    {"written", written, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
