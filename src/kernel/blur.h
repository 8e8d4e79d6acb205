/* Twin of morphkit.engine.blur, for other files of the kernel. */
#ifndef MORPHKIT_BLUR_H
#define MORPHKIT_BLUR_H

#include "kernel.h"

/* Blurs (height, width) values into `out`; `line` has room for a row and `reach` values on
   either side; taps are `reach` + 1. */
void blur_into(const float *in, float *out, float *line, const float *taps, Py_ssize_t reach,
               Py_ssize_t height, Py_ssize_t width);

#endif
