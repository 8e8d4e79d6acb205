/* What repeats in the rows of a picture: bytes become literals and matches.

   Where differences are noise, repeats are chance and cost more than they save; there only
   runs count, such as a flat ground leaves.  In a photo that was a JPEG, colour is coarser
   than light: most pixels differ from the one above by the same in all three channels.  So
   there are few kinds of pixels, and two or more of them are soon found again.
*/
#include "deflate.h"

static inline unsigned lowest_bit(uint64_t bits)
{
#if defined(__GNUC__) && !defined(MORPHKIT_PLAIN)
    return (unsigned)__builtin_ctzll(bits);
#else
    unsigned index = 0;
    for (; !(bits & 255); bits >>= 8) index += 8;
    for (; !(bits & 1); bits >>= 1) index++;
    return index;
#endif
}

/* How many bytes are the same in two places, at most `limit`. */
static inline unsigned same_bytes(const uint8_t *here, const uint8_t *there, unsigned limit)
{
    for (unsigned count = 0; count < limit; count += 8) {
        const uint64_t differ = load(here + count) ^ load(there + count);
        if (!differ) continue;
        count += lowest_bit(differ) / 8;
        return count < limit ? count : limit;
    }
    return limit;
}

/* The same in bytes of whole pixels of three, where two pixels are known to be the same. */
static inline unsigned same_pixels(const uint8_t *here, const uint8_t *there, unsigned limit)
{
    const uint64_t differ = load(here + 6) ^ load(there + 6);
    if (differ && limit >= 12) {
        const unsigned bit = lowest_bit(differ);
        return 6u + (bit >= 24 ? 3 : 0) + (bit >= 48 ? 3 : 0);
    }
    const unsigned count = same_bytes(here, there, limit < LONGEST ? limit : LONGEST);
    return count - count % 3;
}

static inline void put_literals(Deflate *deflate, const uint8_t *at, unsigned count)
{
    for (unsigned i = 0; i < count; i++) deflate->literals[i % 4][at[i]]++;
}

static inline void put_match(Deflate *deflate, const uint8_t *at, unsigned length,
                             unsigned distance)
{
    const unsigned before = (unsigned)(at - deflate->literal);
    deflate->token[deflate->tokens++] =
        (Token){(uint16_t)before, (uint16_t)length, (uint16_t)distance};
    deflate->literal = at + length;
    deflate->lengths[length]++;
    deflate->distances[split(distance - 1, 1).symbol]++;
}

/* Bytes that are as in the pixel before, eight or more.  Looks at every eighth place only:
   what is found there is followed to both sides. */
static void runs(Deflate *deflate, const uint8_t *at, unsigned pixel)
{
    const uint8_t *const end = deflate->end, *from = at + pixel;
    put_literals(deflate, at, pixel);
    for (at = from; end - at >= 8;) {
        if (load(at) != load(at - pixel)) {
            put_literals(deflate, at, 8);
            at += 8;
            continue;
        }
        for (; at > from && at[-1] == (at - pixel)[-1]; at--) deflate->literals[0][at[-1]]--;
        unsigned left = same_bytes(at, at - pixel, (unsigned)(end - at));
        while (left >= FEWEST) {
            const unsigned length = left < LONGEST ? left : LONGEST;
            put_match(deflate, at, length, pixel);
            at += length;
            left -= length;
        }
        from = at;
    }
    put_literals(deflate, at, (unsigned)(end - at));
}

/* Where the first six of eight bytes began last. */
static inline uint16_t *recent(Deflate *deflate, uint64_t bytes)
{
    return deflate->recent + ((bytes << 16) * 0x9E3779B97F4A7C15u >> 49);
}

/* Pixels of three bytes, two or more of which were in the window.  Places are counted modulo
   2^16, so that what is long gone may seem near; but bytes are compared. */
static void look_back(Deflate *deflate, const uint8_t *at)
{
    const uint8_t *const end = deflate->end;
    const unsigned before = (unsigned)(at - deflate->memory);
    const unsigned window = before < WINDOW ? before : WINDOW;
    uint16_t place = (uint16_t)(deflate->moved + before);
    while (end - at >= 8) {
        const uint64_t bytes = load(at);
        uint16_t *const last = recent(deflate, bytes);
        const unsigned distance = (uint16_t)(place - *last);
        unsigned length = 3;
        *last = place;
        if (distance - 1 < window && (load(at - distance) ^ bytes) << 16 == 0) {
            length = same_pixels(at, at - distance, (unsigned)(end - at));
            put_match(deflate, at, length, distance);
            for (unsigned i = 3; i < length; i += 3)
                *recent(deflate, load(at + i)) = (uint16_t)(place + i);
        } else {
            put_literals(deflate, at, 3);
        }
        at += length;
        place = (uint16_t)(place + length);
    }
    put_literals(deflate, at, (unsigned)(end - at));
}

void begin_stream(Deflate *deflate)
{
    memset(deflate, 0, sizeof *deflate);
    deflate->block = deflate->end = deflate->memory;
    deflate->literal = deflate->memory;
}

void add_byte(Deflate *deflate, uint8_t byte)
{
    *deflate->end++ = byte;
    deflate->literals[0][byte]++;
}

void add_pixels(Deflate *deflate, unsigned count, unsigned pixel, int back)
{
    const uint8_t *const at = deflate->end;
    deflate->end += count;
    if (back)
        look_back(deflate, at);
    else
        runs(deflate, at, pixel);
}
