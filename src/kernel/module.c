/* The module morphkit._kernel: its functions, and the arrays that come in. */
#include "kernel.h"

#include <string.h>

static const struct {
    const char *name, *letters;
    Py_ssize_t size;
} KINDS[] = {
    [UINT8] = {"uint8", "B?", 1},    [INT16] = {"int16", "h", 2},
    [INT32] = {"int32", "il", 4},    [INT64] = {"int64", "lq", 8},
    [FLOAT32] = {"float32", "f", 4}, [FLOAT64] = {"float64", "d", 8},
};

/* A list with room for one more, or NULL with MemoryError set. */
static void *grown(void *list, int used, int *rooms, size_t size)
{
    if (used < *rooms) return list;
    int more = *rooms ? 2 * *rooms : 16;
    void *longer = PyMem_Realloc(list, more * size);
    if (!longer) return PyErr_NoMemory();
    *rooms = more;
    return longer;
}

int hold(Held *held, PyObject *object, Kind kind, int sides, int written, const char *name,
         Array *array)
{
    void *views = grown(held->views, held->views_used, &held->views_room, sizeof(Py_buffer));
    if (!views) return 0;
    held->views = views;
    Py_buffer *view = held->views + held->views_used;
    int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (written ? PyBUF_WRITABLE : 0);
    if (PyObject_GetBuffer(object, view, flags) < 0) return 0;
    held->views_used++;
    const char *format = view->format ? view->format : "B";
    if (!strchr(KINDS[kind].letters, format[0]) || format[1] ||
        view->itemsize != KINDS[kind].size || view->ndim != sides) {
        PyErr_Format(PyExc_TypeError, "%s: wanted %s with %d sides, got format %s with %d", name,
                     KINDS[kind].name, sides, format, view->ndim);
        return 0;
    }
    array->data = view->buf;
    for (int i = 0; i < sides; i++) array->shape[i] = view->shape[i];
    return 1;
}

int same_sides(const Array *one, const Array *other, int sides, const char *name)
{
    for (int i = 0; i < sides; i++)
        if (one->shape[i] != other->shape[i]) {
            PyErr_Format(PyExc_ValueError, "%s: side %d is %zd, wanted %zd", name, i,
                         other->shape[i], one->shape[i]);
            return 0;
        }
    return 1;
}

void *room(Held *held, Py_ssize_t bytes)
{
    void *rooms = grown(held->rooms, held->rooms_used, &held->rooms_room, sizeof(void *));
    if (!rooms) return NULL;
    held->rooms = rooms;
    void *memory = PyMem_Malloc(bytes > 0 ? bytes : 1);
    if (!memory) return PyErr_NoMemory();
    return held->rooms[held->rooms_used++] = memory;
}

PyObject *finished(Held *held)
{
    while (held->views_used) PyBuffer_Release(held->views + --held->views_used);
    while (held->rooms_used) PyMem_Free(held->rooms[--held->rooms_used]);
    PyMem_Free(held->views);
    PyMem_Free(held->rooms);
    if (PyErr_Occurred()) return NULL;
    Py_RETURN_NONE;
}

static int filled(PyObject *module)
{
    PyMethodDef *functions[] = {
        blur_functions, evidence_functions, flow_functions,    job_functions,
        raster_functions, source_functions, texture_functions, tone_functions,
    };
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (PyModule_AddFunctions(module, functions[i]) < 0) return -1;
    if (PyModule_AddStringConstant(module, "version", MORPHKIT_VERSION) < 0) return -1;
    return PyModule_AddStringConstant(module, "source", MORPHKIT_SOURCE);
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, (void *)filled}, {0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "morphkit._kernel",
    .m_doc = "The compiled twin of morphkit's pixel path.",
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__kernel(void)
{
    return PyModuleDef_Init(&definition);
}
