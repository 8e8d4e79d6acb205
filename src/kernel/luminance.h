/* Twin of morphkit.engine.luminance: BT.709, in whole numbers. */
#ifndef MORPHKIT_LUMINANCE_H
#define MORPHKIT_LUMINANCE_H

#include <stdint.h>

static inline int32_t luminance(int64_t red, int64_t green, int64_t blue)
{
    return (int32_t)((6966 * red + 23436 * green + 2366 * blue + (1 << 14)) >> 15);
}

#endif
