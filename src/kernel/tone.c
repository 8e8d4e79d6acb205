/* Twin of morphkit.engine.tone, as far as it is done for each frame. */
#include "kernel.h"
#include "luminance.h"

enum { GAIN_BITS = 14, RATIO_BITS = 12, MOST = 3 << (RATIO_BITS - 1), SPARE = 1 << 14 };

static int64_t kept(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

static void lift_pixel(const int16_t *light, int64_t centre, int64_t gain, int16_t *out)
{
    const int64_t old = luminance(light[0], light[1], light[2]);
    const int64_t half = 1 << (GAIN_BITS - 1);
    const int64_t new = (((old - centre) * gain + half) >> GAIN_BITS) + centre;
    const int64_t ratio = floored(new * (1 << RATIO_BITS), old > 1 ? old : 1);
    const int64_t share = kept(ratio, 0, MOST);
    for (int i = 0; i < 3; i++)
        out[i] = (int16_t)kept(new + (((light[i] - old) * share) >> RATIO_BITS), -SPARE, INT16_MAX);
    out[3] = light[3];
}

/* (pixels (H, W, 4), centre, gain, out (H, W, 4)): contrast changed about a luminance */
static PyObject *lift(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *given, *result;
    int centre, gain;
    Array pixels, out;
    Held held = {0};
    if (PyArg_ParseTuple(args, "OiiO", &given, &centre, &gain, &result) &&
        hold(&held, given, INT16, 3, 0, "pixels", &pixels) &&
        hold(&held, result, INT16, 3, 1, "out", &out) && same_sides(&pixels, &out, 3, "out")) {
        if (pixels.shape[2] != 4) {
            PyErr_SetString(PyExc_ValueError, "pixels: wanted four channels");
            return finished(&held);
        }
        const int64_t count = 4 * pixels.shape[0] * pixels.shape[1];
        Py_BEGIN_ALLOW_THREADS
        for (int64_t i = 0; i < count; i += 4)
            lift_pixel((const int16_t *)pixels.data + i, centre, gain, (int16_t *)out.data + i);
        Py_END_ALLOW_THREADS
    }
    return finished(&held);
}

PyMethodDef tone_functions[] = {
    {"lift", lift, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
