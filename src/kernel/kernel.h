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
#include <stdint.h>

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

/* a / b, rounded down; b > 0. */
static inline int64_t floored(int64_t a, int64_t b)
{
    const int64_t whole = a / b;
    return whole - (a % b < 0);
}

/* Each file adds its functions to the module. */
extern PyMethodDef blur_functions[];
extern PyMethodDef evidence_functions[];
extern PyMethodDef flow_functions[];
extern PyMethodDef job_functions[];
extern PyMethodDef raster_functions[];
extern PyMethodDef source_functions[];
extern PyMethodDef texture_functions[];
extern PyMethodDef tone_functions[];

#endif
