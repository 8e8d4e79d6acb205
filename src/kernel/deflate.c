/* A block of a Deflate stream (RFC 1951): its codes, how they are told, its bits. */
#include "deflate.h"

enum {
    LIMIT = 14, /* bits of a code; 15 may be, but with 14 four fit between two flushes */
    TOLD = 19,  /* the symbols in which lengths of codes are told: 0...15, and three repeats */
    AGAIN = 16, /* the length before, 3...6 times */
    ZEROS,      /* 3...10 of them */
    MORE_ZEROS, /* 11...138 */
};

/* The lengths of codes as they are told, with codes of their own. */
typedef struct {
    int count, kinds; /* how many; up to which kind any is used */
    uint8_t told[SYMBOLS + DISTANCES], more[SYMBOLS + DISTANCES];
    uint8_t lengths[TOLD];
    Code code[TOLD];
} Telling;

/* The codes of a block, up to the last that is used. */
typedef struct {
    int symbols, distances;
    uint32_t used[SYMBOLS];
    uint8_t lengths[SYMBOLS + DISTANCES]; /* those of distances right behind the others */
    Code symbol[SYMBOLS], distance[DISTANCES];
    Telling telling;
} Codes;

/* The order in which lengths of the codes for lengths are told. */
static const uint8_t ORDER[TOLD] = {16, 17, 18, 0,  8, 7,  9, 6,  10, 5,
                                    11, 4,  12, 3, 13, 2, 14, 1, 15};
static const uint8_t FOLLOW[TOLD] = {[AGAIN] = 2, [ZEROS] = 3, [MORE_ZEROS] = 7};

static inline void put(Pen *pen, uint64_t bits, unsigned length)
{
    pen->bits |= bits << pen->waiting;
    pen->waiting += length;
}

static inline void put_code(Pen *pen, Code code)
{
    put(pen, code >> 5, code & 31);
}

/* Writes what is whole of at most 63 bits. */
static inline void flush(Pen *pen)
{
    const uint64_t bytes = first_lowest(pen->bits);
    memcpy(pen->next, &bytes, sizeof bytes);
    pen->next += pen->waiting / 8;
    pen->bits >>= pen->waiting / 8 * 8;
    pen->waiting %= 8;
}

static Split split_length(unsigned length)
{
    Split number = split(length - FEWEST, 2);
    if (length == LONGEST) number = (Split){SYMBOLS - 1 - LENGTHS, 0};
    number.symbol += LENGTHS;
    return number;
}

static void tell(const uint8_t *lengths, int count, Telling *telling)
{
    uint32_t used[TOLD] = {0};
    telling->count = 0;
    for (int i = 0, run; i < count; i += run) {
        int kind = lengths[i], least = 1, most = 1;
        for (run = 1; i + run < count && lengths[i + run] == lengths[i];) run++;
        if (!kind && run > 10)
            kind = MORE_ZEROS, least = 11, most = 138;
        else if (!kind && run > 2)
            kind = ZEROS, least = 3, most = 10;
        else if (i && run > 2 && lengths[i - 1] == kind)
            kind = AGAIN, least = 3, most = 6;
        if (run > most) run = most;
        telling->told[telling->count] = (uint8_t)kind;
        telling->more[telling->count++] = (uint8_t)(run - least);
        used[kind]++;
    }
    code_lengths(used, TOLD, 7, telling->lengths);
    codes_of(telling->lengths, TOLD, telling->code);
    for (telling->kinds = TOLD; telling->kinds > 4 && !used[ORDER[telling->kinds - 1]];)
        telling->kinds--;
}

static void make_codes(const Deflate *deflate, Codes *codes)
{
    const uint32_t(*const literals)[256] = deflate->literals;
    const uint32_t *const distances = deflate->distances;
    uint32_t *const used = codes->used;
    memset(used, 0, sizeof codes->used);
    for (int i = 0; i < END; i++)
        used[i] = literals[0][i] + literals[1][i] + literals[2][i] + literals[3][i];
    used[END] = 1;
    for (unsigned i = FEWEST; i <= LONGEST; i++)
        used[split_length(i).symbol] += deflate->lengths[i];
    for (codes->symbols = SYMBOLS; !used[codes->symbols - 1];) codes->symbols--;
    for (codes->distances = DISTANCES; codes->distances > 1 && !distances[codes->distances - 1];)
        codes->distances--;
    uint8_t *const behind = codes->lengths + codes->symbols;
    code_lengths(used, codes->symbols, LIMIT, codes->lengths);
    code_lengths(distances, codes->distances, LIMIT, behind);
    codes_of(codes->lengths, codes->symbols, codes->symbol);
    codes_of(behind, codes->distances, codes->distance);
    tell(codes->lengths, codes->symbols + codes->distances, &codes->telling);
}

/* How many bits a block takes with its codes. */
static uint64_t size_of_block(const Deflate *deflate, const Codes *codes)
{
    const Telling *const telling = &codes->telling;
    uint64_t bits = 3 + 5 + 5 + 4 + 3 * (uint64_t)telling->kinds;
    for (int i = 0; i < telling->count; i++)
        bits += telling->lengths[telling->told[i]] + FOLLOW[telling->told[i]];
    for (int i = 0; i < codes->symbols; i++) bits += (uint64_t)codes->used[i] * codes->lengths[i];
    for (unsigned i = FEWEST; i <= LONGEST; i++)
        bits += (uint64_t)deflate->lengths[i] * split_length(i).follow;
    for (int i = 0; i < codes->distances; i++) {
        const unsigned follow = i < 4 ? 0 : (unsigned)i / 2 - 1;
        bits += (uint64_t)deflate->distances[i] * (codes->lengths[codes->symbols + i] + follow);
    }
    return bits;
}

static void write_codes(const Codes *codes, Pen *pen)
{
    const Telling *const telling = &codes->telling;
    put(pen, (uint64_t)codes->symbols - LENGTHS, 5);
    put(pen, (uint64_t)codes->distances - 1, 5);
    put(pen, (uint64_t)telling->kinds - 4, 4);
    flush(pen);
    for (int i = 0; i < telling->kinds; i++) {
        put(pen, telling->lengths[ORDER[i]], 3);
        flush(pen);
    }
    for (int i = 0; i < telling->count; i++) {
        put_code(pen, telling->code[telling->told[i]]);
        put(pen, telling->more[i], FOLLOW[telling->told[i]]);
        flush(pen);
    }
}

static inline void write_literals(const Code *symbol, const uint8_t *at, unsigned count, Pen *pen)
{
    for (; count >= 4; count -= 4, at += 4) {
        for (int i = 0; i < 4; i++) put_code(pen, symbol[at[i]]);
        flush(pen);
    }
    for (; count; count--) put_code(pen, symbol[*at++]);
    flush(pen);
}

static void write_tokens(const Deflate *deflate, const Codes *codes, Pen *given)
{
    Pen pen = *given;         /* of its own, that it may stay in registers */
    Code length[LONGEST + 1]; /* with the bits that follow */
    for (unsigned i = FEWEST; i <= LONGEST; i++) {
        const Split number = split_length(i);
        const Code code = (int)number.symbol < codes->symbols ? codes->symbol[number.symbol] : 0;
        const Code low = (i - FEWEST) & ((1u << number.follow) - 1);
        length[i] = (code >> 5 | low << (code & 31)) << 5 | ((code & 31) + number.follow);
    }
    const uint8_t *at = deflate->block;
    for (const Token *token = deflate->token; token < deflate->token + deflate->tokens; token++) {
        const uint32_t distance = token->distance - 1u;
        const Split number = split(distance, 1);
        write_literals(codes->symbol, at, token->literals, &pen);
        put_code(&pen, length[token->length]);
        put_code(&pen, codes->distance[number.symbol]);
        put(&pen, distance & ((1u << number.follow) - 1), number.follow);
        flush(&pen);
        at += token->literals + token->length;
    }
    write_literals(codes->symbol, at, (unsigned)(deflate->end - at), &pen);
    put_code(&pen, codes->symbol[END]);
    flush(&pen);
    *given = pen;
}

static void write_stored(const Deflate *deflate, Pen *pen)
{
    const size_t count = (size_t)(deflate->end - deflate->block);
    pen->waiting = (pen->waiting + 7) / 8 * 8;
    put(pen, count | (uint64_t)(count ^ 0xffff) << 16, 32);
    flush(pen);
    memcpy(pen->next, deflate->block, count);
    pen->next += count;
}

static void next_block(Deflate *deflate)
{
    if (deflate->memory + sizeof deflate->memory - deflate->end < BLOCK + SLACK) {
        const uint8_t *const kept = deflate->end - WINDOW;
        deflate->moved += (uint32_t)(kept - deflate->memory);
        memcpy(deflate->memory, kept, WINDOW);
        deflate->end = deflate->memory + WINDOW;
    }
    deflate->block = deflate->end;
    deflate->literal = deflate->end;
    deflate->tokens = 0;
    memset(deflate->literals, 0, sizeof deflate->literals);
    memset(deflate->lengths, 0, sizeof deflate->lengths);
    memset(deflate->distances, 0, sizeof deflate->distances);
}

void end_block(Deflate *deflate, Pen *pen, int last)
{
    Codes codes;
    make_codes(deflate, &codes);
    put(pen, (uint64_t)last, 1);
    if (size_of_block(deflate, &codes) < 8 * (uint64_t)(deflate->end - deflate->block) + 32) {
        put(pen, 2, 2);
        write_codes(&codes, pen);
        write_tokens(deflate, &codes, pen);
    } else {
        put(pen, 0, 2);
        write_stored(deflate, pen);
    }
    next_block(deflate);
}
