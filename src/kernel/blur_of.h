/* Blur for one kind of float; blur.c includes this once for each.
   Needs NAME (of the function), REAL (its type), KIND (its Kind). */

#define JOINED(a, b) a##b
#define PART(a, b) JOINED(a, b)

static void PART(NAME, _added)(REAL *restrict sums, const REAL *before, const REAL *after,
                               REAL tap, Py_ssize_t width)
{
    for (Py_ssize_t x = 0; x < width; x++) sums[x] += (before[x] + after[x]) * tap;
}

/* Row by row, first down, then across.  `line` has room for a row and `reach` values on either
   side. */
WIDE static void PART(NAME, _both)(const REAL *in, REAL *out, REAL *line, const REAL *taps,
                                   Py_ssize_t reach, Py_ssize_t height, Py_ssize_t width)
{
    REAL *middle = line + reach;
    for (Py_ssize_t y = 0; y < height; y++, out += width) {
        const REAL *here = in + y * width;
        for (Py_ssize_t x = 0; x < width; x++) middle[x] = here[x] * taps[0];
        for (Py_ssize_t i = 1; i <= reach; i++) {
            const REAL *above = in + (y < i ? 0 : y - i) * width;
            const REAL *below = in + (y + i < height ? y + i : height - 1) * width;
            PART(NAME, _added)(middle, above, below, taps[i], width);
        }
        for (Py_ssize_t i = 1; i <= reach; i++) {
            middle[-i] = middle[0];
            middle[width - 1 + i] = middle[width - 1];
        }
        for (Py_ssize_t x = 0; x < width; x++) out[x] = middle[x] * taps[0];
        for (Py_ssize_t i = 1; i <= reach; i++)
            PART(NAME, _added)(out, middle - i, middle + i, taps[i], width);
    }
}

/* (values (H, W), taps (N,), out (H, W)) */
static PyObject *NAME(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *values, *weights, *result;
    Array in, taps, out;
    Held held = {0};
    if (PyArg_ParseTuple(args, "OOO", &values, &weights, &result) &&
        hold(&held, values, KIND, 2, 0, "values", &in) &&
        hold(&held, weights, KIND, 1, 0, "taps", &taps) &&
        hold(&held, result, KIND, 2, 1, "out", &out) && same_sides(&in, &out, 2, "out")) {
        const Py_ssize_t height = in.shape[0], width = in.shape[1], reach = taps.shape[0] - 1;
        REAL *line = room(&held, (width + 2 * reach) * sizeof(REAL));
        if (line && reach >= 0 && height && width) {
            Py_BEGIN_ALLOW_THREADS
            PART(NAME, _both)(in.data, out.data, line, taps.data, reach, height, width);
            Py_END_ALLOW_THREADS
        }
    }
    return finished(&held);
}

#undef JOINED
#undef PART
#undef NAME
#undef REAL
#undef KIND
