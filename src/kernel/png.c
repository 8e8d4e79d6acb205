/* Pixels to a PNG file: rows, filters, chunks.

   A row is written as its differences from a guess, made of the pixels before and the row
   above; the differences are compressed (deflate.h).  It is all whole numbers: equal pixels
   make equal files on every machine.  This is no twin: the file that Pillow writes where there
   is no kernel has the same pixels in other bytes.
*/
#include "kernel.h"

#include "deflate.h"

#include <stdlib.h>

/* The guesses that PNG has; to guess nothing, 0, is never the best for a face. */
enum { LEFT = 1, ABOVE, MEAN, PAETH };

enum { CHUNK = 1 << 20 }; /* an IDAT ends with the block that makes it longer than this */

typedef struct {
    const uint8_t *pixels;
    size_t height, width;         /* width in bytes */
    unsigned pixel;               /* bytes of one */
    const uint8_t *black;         /* the row above the first */
    uint8_t *left, *mean, *paeth; /* guesses for a row */
} Picture;

/* The file as far as it is written: the last chunk begins at `chunk`, and goes on at the pen. */
typedef struct {
    uint8_t *chunk;
    Pen pen;
    Deflate *deflate;
    uint32_t adler;
    CrcTables crc;
} File;

static inline uint8_t lower(uint8_t a, uint8_t b)
{
    return a < b ? a : b;
}

static inline uint8_t higher(uint8_t a, uint8_t b)
{
    return a < b ? b : a;
}

WIDE static void guess_mean(const uint8_t *here, const uint8_t *above, unsigned pixel,
                            size_t width, uint8_t *restrict guess)
{
    for (size_t i = 0; i < pixel; i++) guess[i] = above[i] / 2;
    for (size_t i = pixel; i < width; i++) {
        const uint8_t left = here[i - pixel];
        guess[i] = (uint8_t)((left & above[i]) + ((left ^ above[i]) >> 1));
    }
}

/* Of left, above and the corner between them, what is nearest to left + above - corner.  That
   sum is `up` from the lower one, `down` from the higher, and their difference from the
   corner.  Bytes hold all of it, so that many fit into a vector. */
WIDE static void guess_paeth(const uint8_t *here, const uint8_t *above, unsigned pixel,
                             size_t width, uint8_t *restrict guess)
{
    for (size_t i = 0; i < pixel; i++) guess[i] = above[i];
    for (size_t i = pixel; i < width; i++) {
        const uint8_t left = here[i - pixel], corner = above[i - pixel];
        const uint8_t low = lower(left, above[i]), high = higher(left, above[i]);
        const uint8_t up = (uint8_t)(higher(high, corner) - corner);
        const uint8_t down = (uint8_t)(higher(corner, low) - low);
        const uint8_t up_is_less_by = (uint8_t)(higher(down, up) - up);
        const uint8_t down_is_less_by = (uint8_t)(higher(up, down) - down);
        const uint8_t not_low = down_is_less_by >= down ? high : corner;
        guess[i] = up_is_less_by >= up ? low : not_low;
    }
}

static void guess_left(const uint8_t *here, unsigned pixel, size_t width, uint8_t *restrict guess)
{
    memset(guess, 0, pixel);
    memcpy(guess + pixel, here, width - pixel);
}

/* How far guesses are off.  May wrap in a row of 16 million bytes, where it hardly matters. */
WIDE static uint32_t error(const uint8_t *here, const uint8_t *guess, size_t width)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < width; i++) sum += (uint32_t)abs(here[i] - guess[i]);
    return sum;
}

WIDE static void subtract(const uint8_t *here, const uint8_t *guess, size_t width,
                          uint8_t *restrict out)
{
    for (size_t i = 0; i < width; i++) out[i] = (uint8_t)(here[i] - guess[i]);
}

/* Fills in guesses, and says which is the nearest to the row. */
static int best_guess(const Picture *picture, const uint8_t *here, const uint8_t *above)
{
    const size_t width = picture->width, pixel = picture->pixel;
    if (!memcmp(here, above, width)) return ABOVE;
    guess_mean(here, above, picture->pixel, width, picture->mean);
    guess_paeth(here, above, picture->pixel, width, picture->paeth);
    const uint32_t errors[] = {
        [LEFT] = error(here, picture->black, pixel) + error(here + pixel, here, width - pixel),
        [ABOVE] = error(here, above, width),
        [MEAN] = error(here, picture->mean, width),
        [PAETH] = error(here, picture->paeth, width),
    };
    int best = PAETH;
    for (int i = LEFT; i < PAETH; i++)
        if (errors[i] < errors[best]) best = i;
    if (best == LEFT) guess_left(here, picture->pixel, width, picture->left);
    return best;
}

/* Says whether rows look like those of a photo that was a JPEG: where pixels differ from
   those above, all three channels mostly differ by the same. */
static int like_a_jpeg(const Picture *picture, size_t from, size_t to)
{
    enum { ROWS = 4, PIXELS = 8 }; /* one of so many is looked at */
    uint64_t differ = 0, same = 0;
    if (picture->pixel != 3) return 0;
    for (size_t y = from ? from : 1; y < to; y += ROWS) {
        const uint8_t *const here = picture->pixels + y * picture->width;
        for (size_t i = 0; i < picture->width; i += PIXELS * 3) {
            const uint8_t *const above = here + i - picture->width;
            const uint8_t red = (uint8_t)(here[i] - above[0]);
            const uint8_t green = (uint8_t)(here[i + 1] - above[1]);
            const uint8_t blue = (uint8_t)(here[i + 2] - above[2]);
            differ += (red | green | blue) != 0;
            same += red && red == green && red == blue;
        }
    }
    return same * 5 > differ * 2;
}

static uint8_t *put32(uint8_t *to, uint64_t number)
{
    for (int i = 0; i < 4; i++) to[i] = (uint8_t)(number >> (24 - 8 * i));
    return to + 4;
}

/* Ends the chunk at the pen, and begins the next one. */
static void end_chunk(File *file, const char *name)
{
    uint8_t *const chunk = file->chunk, *const end = file->pen.next;
    put32(chunk, (uint64_t)(end - chunk - 8));
    memcpy(chunk + 4, name, 4);
    file->chunk = put32(end, crc32_of(&file->crc, chunk + 4, (size_t)(end - chunk - 4)));
    file->pen.next = file->chunk + 8;
}

/* Ends a block, and the chunk if it is long. */
static void finish_block(File *file, int last)
{
    Deflate *const deflate = file->deflate;
    const size_t count = (size_t)(deflate->end - deflate->block);
    file->adler = adler32_of(file->adler, deflate->block, count);
    end_block(deflate, &file->pen, last);
    if (!last && file->pen.next - file->chunk > CHUNK) end_chunk(file, "IDAT");
}

static void add_row(const Picture *picture, size_t y, int back, File *file)
{
    const uint8_t *const here = picture->pixels + y * picture->width;
    const uint8_t *const above = y ? here - picture->width : picture->black;
    const int best = back && y ? ABOVE : best_guess(picture, here, above);
    const uint8_t *const guess = best == LEFT    ? picture->left
                                 : best == ABOVE ? above
                                 : best == MEAN  ? picture->mean
                                                 : picture->paeth;
    Deflate *const deflate = file->deflate;
    if (room_in_block(deflate) <= picture->pixel) finish_block(file, 0);
    add_byte(deflate, (uint8_t)best);
    for (size_t done = 0; done < picture->width;) {
        const size_t left = picture->width - done;
        size_t count = room_in_block(deflate) / picture->pixel * picture->pixel;
        if (count > left) count = left;
        subtract(here + done, guess + done, count, deflate->end);
        add_pixels(deflate, (unsigned)count, picture->pixel, back);
        done += count;
        if (count < left) finish_block(file, 0);
    }
}

static void add_rows(const Picture *picture, File *file)
{
    const size_t fit = BLOCK / (picture->width + 1), rows = fit ? fit : 1;
    int back = 0;
    for (size_t y = 0; y < picture->height; y++) {
        if (y % rows == 0) {
            const size_t left = picture->height - y;
            back = like_a_jpeg(picture, y, left < rows ? picture->height : y + rows);
            if (y) finish_block(file, 0);
        }
        add_row(picture, y, back, file);
    }
}

static void put_bytes(File *file, const void *bytes, size_t count)
{
    memcpy(file->pen.next, bytes, count);
    file->pen.next += count;
}

/* Returns the end of the file. */
static uint8_t *write_png(const Picture *picture, Deflate *deflate, uint8_t *to)
{
    const uint8_t kind[] = {8, picture->pixel == 3 ? 2 : 0, 0, 0, 0}; /* 8 bits, RGB or grey */
    File file = {.chunk = to + 8, .pen = {to + 16, 0, 0}, .deflate = deflate, .adler = 1};
    fill_crc_tables(&file.crc);
    memcpy(to, "\x89PNG\r\n\x1a\n", 8);
    file.pen.next = put32(file.pen.next, picture->width / picture->pixel);
    file.pen.next = put32(file.pen.next, picture->height);
    put_bytes(&file, kind, sizeof kind);
    end_chunk(&file, "IHDR");
    put_bytes(&file, "\0", 1); /* perceptual */
    end_chunk(&file, "sRGB");
    put_bytes(&file, "\x78\x01", 2); /* zlib: Deflate, a window of 32 KiB, compressed fast */
    begin_stream(deflate);
    add_rows(picture, &file);
    finish_block(&file, 1);
    if (file.pen.waiting) *file.pen.next++ = (uint8_t)file.pen.bits;
    file.pen.next = put32(file.pen.next, file.adler);
    end_chunk(&file, "IDAT");
    end_chunk(&file, "IEND");
    return file.chunk;
}

/* The most bytes that a file of these pixels can have: what cannot be compressed is stored,
   with six bytes more for each of at most two blocks in BLOCK bytes.  0, with an error set, if there can be no such file. */
static Py_ssize_t most_bytes(const Array *pixels)
{
    const Py_ssize_t height = pixels->shape[0], width = pixels->shape[1], pixel = pixels->shape[2];
    if (pixel != 1 && pixel != 3)
        PyErr_Format(PyExc_ValueError, "pixels: wanted 1 or 3 channels, got %zd", pixel);
    else if (height < 1 || width < 1 || height > INT32_MAX || width > INT32_MAX)
        PyErr_Format(PyExc_ValueError, "pixels: no PNG has %zd rows of %zd", height, width);
    else if (height > PY_SSIZE_T_MAX / 4 / (width * pixel + 1))
        PyErr_NoMemory();
    else
        return height * (width * pixel + 1) / 4096 * 4097 + 8192;
    return 0;
}

static PyObject *encoded(Held *held, const Array *pixels)
{
    const Py_ssize_t most = most_bytes(pixels), width = pixels->shape[1] * pixels->shape[2];
    Deflate *const deflate = most ? room(held, sizeof *deflate) : NULL;
    uint8_t *const rows = deflate ? room(held, 4 * width) : NULL;
    uint8_t *const file = rows ? room(held, most) : NULL, *end;
    if (!file) return NULL;
    memset(rows, 0, (size_t)width);
    const Picture picture = {
        pixels->data, (size_t)pixels->shape[0], (size_t)width, (unsigned)pixels->shape[2],
        rows, rows + width, rows + 2 * width, rows + 3 * width,
    };
    Py_BEGIN_ALLOW_THREADS
    end = write_png(&picture, deflate, file);
    Py_END_ALLOW_THREADS
    return PyBytes_FromStringAndSize((const char *)file, end - file);
}

/* (pixels (H, W, 1 or 3)) -> the file */
static PyObject *png(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *given, *file = NULL;
    Array pixels;
    Held held = {0};
    if (PyArg_ParseTuple(args, "O", &given) &&
        hold(&held, given, UINT8, 3, 0, "pixels", &pixels))
        file = encoded(&held, &pixels);
    PyObject *const none = finished(&held);
    Py_XDECREF(none);
    return file;
}

PyMethodDef png_functions[] = {
    {"png", png, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
