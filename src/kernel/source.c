/* Twin of the band limit in morphkit.engine.source: whole numbers, down first, then across.

   A row of the photo is decoded once, colour by colour, and kept as long as rows of the
   result need it.  Taps of a pixel sum to 2¹⁴ and, signs dropped, to at most 1.5 · 2¹⁴: then
   light between the two passes lies in −8192 … 40959, and less 2¹⁴ it fits into an int16.
*/
#include "kernel.h"

enum {
    TAP_BITS = 14,
    ONE = 1 << TAP_BITS,
    WHITE = 32767,
    COLOURS = 3,
    CHUNK = 1024 /* values filtered together, so that their sums stay in the first cache */
};

/* For each of `size` pixels along a side the first of `count` places in the photo, and their
   taps; places beyond the photo stand for its edge. */
typedef struct {
    const int64_t *first;
    const int32_t *taps;
    Py_ssize_t size, count, length;
} Side;

typedef struct {
    const uint8_t *image;
    const int16_t *table;
    int16_t *out;
    Side rows, columns;
    int64_t low;        /* the leftmost place, perhaps beyond the photo, */
    Py_ssize_t width;   /* and how many places there are from it */
    Py_ssize_t *column; /* where in a row of the photo each of them is */
    int16_t *kept;      /* decoded rows, as many as a pixel has taps, */
    int64_t decoded;    /* up to before this one */
    int16_t *line;      /* one row after the first pass, less 2¹⁴ */
    int16_t *taps;      /* the columns' taps, for each pixel a multiple of eight, */
    Py_ssize_t count;   /* which is this */
} Job;

static int64_t within(int64_t place, Py_ssize_t length)
{
    return place < 0 ? 0 : place < length ? place : length - 1;
}

static int16_t *kept(const Job *job, int64_t row)
{
    return job->kept + row % job->rows.count * COLOURS * job->width;
}

static void decode(const Job *job, int64_t row)
{
    const uint8_t *from = job->image + row * job->columns.length * COLOURS;
    for (int colour = 0; colour < COLOURS; colour++) {
        int16_t *to = kept(job, row) + colour * job->width;
        for (Py_ssize_t x = 0; x < job->width; x++)
            to[x] = job->table[from[job->column[x] + colour]];
    }
}

WIDE static void add(int32_t *restrict sums, const int16_t *row, int16_t tap, Py_ssize_t count)
{
    for (Py_ssize_t x = 0; x < count; x++) sums[x] += row[x] * tap;
}

/* Filters a row of the result down, for every place along it. */
static void down(Job *job, Py_ssize_t y)
{
    const Side *rows = &job->rows;
    const int64_t first = rows->first[y], last = within(first + rows->count - 1, rows->length);
    if (job->decoded < within(first, rows->length)) job->decoded = within(first, rows->length);
    while (job->decoded <= last) decode(job, job->decoded++);
    const Py_ssize_t width = COLOURS * job->width;
    for (Py_ssize_t x = 0; x < width; x += CHUNK) {
        const Py_ssize_t count = width - x < CHUNK ? width - x : CHUNK;
        int32_t sums[CHUNK];
        for (Py_ssize_t i = 0; i < count; i++) sums[i] = ONE / 2;
        for (Py_ssize_t i = 0; i < rows->count; i++) {
            const int64_t place = within(first + i, rows->length);
            add(sums, kept(job, place) + x, (int16_t)rows->taps[y * rows->count + i], count);
        }
        for (Py_ssize_t i = 0; i < count; i++)
            job->line[x + i] = (int16_t)((sums[i] >> TAP_BITS) - ONE);
    }
}

/* Filters it across. */
WIDE static void across(const Job *job, Py_ssize_t y)
{
    const Py_ssize_t count = job->count & ~(Py_ssize_t)7;
    int16_t *to = job->out + y * job->columns.size * COLOURS;
    for (Py_ssize_t x = 0; x < job->columns.size; x++) {
        const int16_t *taps = job->taps + x * count;
        for (int colour = 0; colour < COLOURS; colour++) {
            const int16_t *from =
                job->line + colour * job->width + (job->columns.first[x] - job->low);
            int32_t sum = 0;
            for (Py_ssize_t i = 0; i < count; i++) sum += from[i] * taps[i];
            sum = (sum + ONE * ONE + ONE / 2) >> TAP_BITS;
            *to++ = (int16_t)(sum < 0 ? 0 : sum > WHITE ? WHITE : sum);
        }
    }
}

/* Takes one side's firsts (P,) and taps (P, N), and looks whether the passes can rely on them. */
static int taken(Held *held, PyObject *firsts, PyObject *tap_rows, Py_ssize_t length,
                 const char *name, Side *side)
{
    Array first, taps;
    if (!hold(held, firsts, INT64, 1, 0, name, &first) ||
        !hold(held, tap_rows, INT32, 2, 0, name, &taps) || !same_sides(&first, &taps, 1, name))
        return 0;
    *side = (Side){first.data, taps.data, taps.shape[0], taps.shape[1], length};
    int64_t lowest = -(int64_t)side->count;
    int fits = length > 0;
    for (Py_ssize_t i = 0; i < side->size; i++) {
        int64_t sum = 0, size = 0;
        for (Py_ssize_t j = 0; j < side->count; j++) {
            const int64_t tap = side->taps[i * side->count + j];
            sum += tap;
            size += tap < 0 ? -tap : tap;
        }
        fits = fits && sum == ONE && 2 * size <= 3 * ONE && side->first[i] >= lowest &&
               side->first[i] <= length;
        lowest = side->first[i];
    }
    if (!fits) PyErr_Format(PyExc_ValueError, "%s: places or taps are none of a photo's", name);
    return fits;
}

/* Lays out what the passes need. */
static int ready(Held *held, Job *job)
{
    const Side *columns = &job->columns;
    const Py_ssize_t size = columns->size, count = columns->count;
    job->low = columns->first[0];
    job->width = (Py_ssize_t)(columns->first[size - 1] - job->low) + count;
    job->count = (count + 7) / 8 * 8;
    const Py_ssize_t line = COLOURS * job->width + job->count;
    job->column = room(held, job->width * sizeof(Py_ssize_t));
    job->kept = room(held, job->rows.count * COLOURS * job->width * sizeof(int16_t));
    job->line = room(held, line * sizeof(int16_t));
    job->taps = room(held, size * job->count * sizeof(int16_t));
    if (!job->column || !job->kept || !job->line || !job->taps) return 0;
    for (Py_ssize_t x = 0; x < job->width; x++)
        job->column[x] = within(job->low + x, columns->length) * COLOURS;
    for (Py_ssize_t x = 0; x < line; x++) job->line[x] = 0;
    for (Py_ssize_t x = 0; x < size; x++)
        for (Py_ssize_t i = 0; i < job->count; i++)
            job->taps[x * job->count + i] =
                (int16_t)(i < count ? columns->taps[x * count + i] : 0);
    return 1;
}

static int is_light(const Array *table)
{
    int fits = table->shape[0] == 256;
    for (int i = 0; fits && i < 256; i++) fits = ((const int16_t *)table->data)[i] >= 0;
    if (!fits) PyErr_SetString(PyExc_ValueError, "table: wanted 256 values of 0 or more");
    return fits;
}

/* (image (H, W, 3), table (256,), rows' firsts (R,) and taps (R, N), columns' firsts (C,) and
   taps (C, M), out (R, C, 3)) */
static PyObject *band_limited(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *images, *tables, *rows[2], *columns[2], *result;
    Array image, table, out;
    Job job = {0};
    Held held = {0};
    if (PyArg_ParseTuple(args, "OOOOOOO", &images, &tables, rows, rows + 1, columns, columns + 1,
                         &result) &&
        hold(&held, images, UINT8, 3, 0, "image", &image) &&
        hold(&held, tables, INT16, 1, 0, "table", &table) && is_light(&table) &&
        taken(&held, rows[0], rows[1], image.shape[0], "rows", &job.rows) &&
        taken(&held, columns[0], columns[1], image.shape[1], "columns", &job.columns) &&
        hold(&held, result, INT16, 3, 1, "out", &out)) {
        const Array like = {NULL, {job.rows.size, job.columns.size, COLOURS}};
        const Array photo = {NULL, {image.shape[0], image.shape[1], COLOURS}};
        if (same_sides(&photo, &image, 3, "image") && same_sides(&like, &out, 3, "out") &&
            job.rows.size && job.columns.size && ready(&held, &job)) {
            job.image = image.data;
            job.table = table.data;
            job.out = out.data;
            Py_BEGIN_ALLOW_THREADS
            for (Py_ssize_t y = 0; y < job.rows.size; y++) {
                down(&job, y);
                across(&job, y);
            }
            Py_END_ALLOW_THREADS
        }
    }
    return finished(&held);
}

PyMethodDef source_functions[] = {
    {"band_limited", band_limited, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
