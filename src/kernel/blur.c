/* Twin of morphkit.engine.blur: plain sums in the reference's order. */
#include "kernel.h"

#include <string.h>

#define NAME blur32
#define REAL float
#define KIND FLOAT32
#include "blur_of.h"

#define NAME blur64
#define REAL double
#define KIND FLOAT64
#include "blur_of.h"

PyMethodDef blur_functions[] = {
    {"blur32", blur32, METH_VARARGS, NULL},
    {"blur64", blur64, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
