/* What the kernel's files share: how arrays come in, and how to say what is wrong with one.

   Each other file holds the compiled twin of one module in morphkit; the Python side is the
   reference, and the twin must give the same bits.  So: integers where the reference has
   integers, floats of the same size added in the same order, no contraction to fused
   multiply-add (see hatch_build.py).  No NumPy headers: arrays arrive by the buffer protocol.
   The twin trusts values only as far as the reference does: what decides an address is
   checked here, not in Python.
*/
#ifndef MORPHKIT_KERNEL_H
#define MORPHKIT_KERNEL_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <float.h>
#include <stdint.h>

/* Where floats are not what NumPy has, there is no kernel: the build goes on without. */
#if defined(__FAST_MATH__) || FLT_EVAL_METHOD != 0 || UINTPTR_MAX < UINT64_MAX
#error "the kernel needs a 64-bit machine, and floats as IEEE 754 has them"
#endif
#ifdef _MSC_VER
#pragma fp_contract(off)
#endif

/* Compiled twice, for processors with AVX2 too, and chosen between when the kernel is loaded:
   the same operations on more values at once, so the same bits. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && \
    !defined(__clang__) && !defined(MORPHKIT_PLAIN) && !defined(MORPHKIT_BASELINE)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

/* Arrays and memory in use by a call; `finished` gives all of it back.  Starts as {0}. */
typedef struct {
    Py_buffer *views;
    int views_used, views_room;
    void **rooms;
    int rooms_used, rooms_room;
} Held;

/* An array that came in: its memory and its sides. */
typedef struct {
    void *data;
    Py_ssize_t shape[4];
} Array;

typedef enum { UINT8, INT16, INT32, INT64, FLOAT32, FLOAT64 } Kind;

/* Takes a C-contiguous array of the given kind and number of sides, to be written into if
   `written`; on a mismatch sets a TypeError that names the argument and returns 0. */
int hold(Held *held, PyObject *object, Kind kind, int sides, int written, const char *name,
         Array *array);

/* Says whether two arrays have the same first sides; if not, sets a ValueError. */
int same_sides(const Array *one, const Array *other, int sides, const char *name);

/* Memory for the length of the call, of at least one byte; NULL with MemoryError set. */
void *room(Held *held, Py_ssize_t bytes);

/* Gives everything back; None, or NULL when an error is set. */
PyObject *finished(Held *held);

static inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t clipped(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

/* a / b, rounded down; b > 0. */
static inline int64_t floored(int64_t a, int64_t b)
{
    const int64_t quotient = a / b;
    return quotient - (a % b < 0);
}

/* The nearest whole number, ties to even, of what lies within 2^22 of 0. */
static inline int32_t nearest(float value)
{
    const float shifter = 12582912.0f; /* 1.5 * 2^23: no bits are left for a fraction */
    return (int32_t)((value + shifter) - shifter);
}

/* Each file adds its functions to the module. */
extern PyMethodDef blur_functions[];
extern PyMethodDef evidence_functions[];
extern PyMethodDef flow_functions[];
extern PyMethodDef job_functions[];
extern PyMethodDef png_functions[];
extern PyMethodDef raster_functions[];
extern PyMethodDef source_functions[];
extern PyMethodDef texture_functions[];
extern PyMethodDef tone_functions[];

#endif
