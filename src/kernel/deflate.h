/* Deflate (RFC 1951): what the files of the PNG encoder share.

   A stream is written block by block.  The bytes of a block lie in memory behind those of
   the blocks before: `add_pixels` looks for what repeats in them, `end_block` makes codes for
   what it found, and writes it.
*/
#ifndef MORPHKIT_DEFLATE_H
#define MORPHKIT_DEFLATE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    BLOCK = 65535,  /* the most bytes of a block: as many as one that is stored may have */
    WINDOW = 32768, /* how far back a match may reach */
    SLACK = 16,     /* how far past an end may be read or written, eight bytes at a time */
    LONGEST = 258,  /* the longest match */
    FEWEST = 3,     /* the shortest */
    PLACES = 1 << 15,
};

/* Symbols: bytes, the end of a block, lengths; and those of distances. */
enum { END = 256, LENGTHS, SYMBOLS = 286, DISTANCES = 30 };

/* Bytes as they are, then a match: `length` bytes as they were `distance` before. */
typedef struct {
    uint16_t literals, length, distance;
} Token;

typedef struct {
    uint8_t *block, *end;      /* its bytes so far */
    const uint8_t *literal;    /* the first that is in no token yet */
    uint32_t tokens, moved;    /* how many; how far bytes were moved to the front, in all */
    uint32_t literals[4][256]; /* how often; four take turns, so that none waits for itself */
    uint32_t lengths[LONGEST + 1], distances[DISTANCES]; /* how often */
    uint16_t recent[PLACES];   /* where six bytes began last, by their hash */
    Token token[BLOCK / 6 + 1]; /* only what is left of a long run is shorter than six bytes */
    uint8_t memory[WINDOW + 4 * BLOCK + SLACK];
} Deflate;

/* Where bits go: whole bytes to `next`, fewer than eight bits wait. */
typedef struct {
    uint8_t *next;
    uint64_t bits;
    unsigned waiting;
} Pen;

/* A code as it is written, the first bit lowest, over its length: bits << 5 | length. */
typedef uint32_t Code;

/* The effect on a CRC of each byte with so many others after it. */
typedef struct {
    uint32_t of[16][256];
} CrcTables;

void begin_stream(Deflate *deflate);

/* Takes a byte as it is. */
void add_byte(Deflate *deflate, uint8_t byte);

/* Takes pixels of one row, which were put at the end of the block.  If `back`, these are of
   three bytes, and are looked for in the window; otherwise only in the pixel before. */
void add_pixels(Deflate *deflate, unsigned count, unsigned pixel, int back);

/* Writes the block, and begins the next. */
void end_block(Deflate *deflate, Pen *pen, int last);

/* The lengths of short codes with none above `limit`, by how often each symbol is used,
   below 2^16; 0 for what is not. */
void code_lengths(const uint32_t *used, int symbols, unsigned limit, uint8_t *lengths);

/* The codes of these lengths. */
void codes_of(const uint8_t *lengths, int symbols, Code *codes);

void fill_crc_tables(CrcTables *tables);

uint32_t crc32_of(const CrcTables *tables, const uint8_t *bytes, size_t count);

/* Goes on with an Adler-32; the first is 1. */
uint32_t adler32_of(uint32_t sum, const uint8_t *bytes, size_t count);

static inline unsigned room_in_block(const Deflate *deflate)
{
    return BLOCK - (unsigned)(deflate->end - deflate->block);
}

/* A number as Deflate writes it: a symbol for its highest bits, and how many lower bits
   follow as they are. */
typedef struct {
    unsigned symbol, follow;
} Split;

/* Splits a length - 3 (`finer` is 2) or a distance - 1 (1): so many bits below the highest go
   into the symbol. */
static inline Split split(uint32_t number, unsigned finer)
{
    unsigned highest = 0;
#if defined(__GNUC__) && !defined(MORPHKIT_PLAIN)
    highest = 31 ^ (unsigned)__builtin_clz(number | 1);
#else
    while (number >> highest > 1) highest++;
#endif
    const unsigned follow = highest > finer ? highest - finer : 0;
    return (Split){(follow << finer) + (number >> follow), follow};
}

/* From the machine's order of bytes to the first lowest, or back. */
static inline uint64_t first_lowest(uint64_t bytes)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    bytes = __builtin_bswap64(bytes);
#endif
    return bytes;
}

static inline uint64_t load(const uint8_t *at)
{
    uint64_t bytes;
    memcpy(&bytes, at, sizeof bytes);
    return first_lowest(bytes);
}

#endif
