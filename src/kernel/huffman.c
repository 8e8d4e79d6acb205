/* Codes for symbols, short for those that come often (Huffman's; canonical, as RFC 1951 has
   them). */
#include "deflate.h"

/* Used symbols in rising order of use, equal ones in their own; returns how many.  A key is
   use << 9 | symbol; use is below 2^16, so two rounds of a radix sort do. */
static int sorted(const uint32_t *used, int symbols, uint32_t *keys)
{
    uint32_t other[SYMBOLS], *from = keys, *to = other;
    int count = 0;
    for (int i = 0; i < symbols; i++)
        if (used[i]) keys[count++] = used[i] << 9 | (uint32_t)i;
    for (int shift = 9; shift <= 17; shift += 8) {
        int starts[257] = {0};
        for (int i = 0; i < count; i++) starts[(from[i] >> shift & 255) + 1]++;
        for (int i = 1; i < 256; i++) starts[i] += starts[i - 1];
        for (int i = 0; i < count; i++) to[starts[from[i] >> shift & 255]++] = from[i];
        uint32_t *const swapped = from;
        from = to;
        to = swapped;
    }
    return count;
}

/* Turns uses in rising order into the lengths of their codes, in place, after Moffat and
   Katajainen (1995): first into a tree, where an inner node knows its parent, then into
   depths of inner nodes, then of leaves. */
static void into_lengths(uint32_t *nodes, int count)
{
    int leaf = 0, inner = 0;
    for (int made = 0; made < count - 1; made++) {
        uint32_t sum = 0;
        for (int child = 0; child < 2; child++) {
            if (leaf < count && (inner == made || nodes[leaf] <= nodes[inner])) {
                sum += nodes[leaf++];
            } else {
                sum += nodes[inner];
                nodes[inner++] = (uint32_t)made;
            }
        }
        nodes[made] = sum;
    }
    if (count > 1) nodes[count - 2] = 0;
    for (int i = count - 3; i >= 0; i--) nodes[i] = nodes[nodes[i]] + 1;
    int free = 1, next = count - 1;
    inner = count - 2;
    for (uint32_t depth = 0; free > 0; depth++) {
        int inside = 0;
        for (; inner >= 0 && nodes[inner] == depth; inner--) inside++;
        for (; free > inside; free--) nodes[next--] = depth;
        free = 2 * inside;
    }
}

void code_lengths(const uint32_t *used, int symbols, unsigned limit, uint8_t *lengths)
{
    uint32_t use[SYMBOLS], keys[SYMBOLS], nodes[SYMBOLS];
    memcpy(use, used, (size_t)symbols * sizeof *use);
    memset(lengths, 0, (size_t)symbols);
    for (;;) {
        const int count = sorted(use, symbols, keys);
        if (!count) return;
        for (int i = 0; i < count; i++) nodes[i] = keys[i] >> 9;
        into_lengths(nodes, count);
        for (int i = 0; i < count; i++) lengths[keys[i] & 511] = (uint8_t)nodes[i];
        if (count == 1) lengths[keys[0] & 511] = 1;
        if (nodes[0] <= limit) return;
        /* The rarest code is too long: make uses more alike, as bzip2 does. */
        for (int i = 0; i < symbols; i++)
            if (use[i]) use[i] = use[i] / 2 + 1;
    }
}

void codes_of(const uint8_t *lengths, int symbols, Code *codes)
{
    uint32_t of_length[16] = {0}, next[16] = {0};
    for (int i = 0; i < symbols; i++) of_length[lengths[i]]++;
    for (int i = 2; i < 16; i++) next[i] = (next[i - 1] + of_length[i - 1]) << 1;
    for (int i = 0; i < symbols; i++) {
        Code reversed = 0;
        if (lengths[i]) {
            const uint32_t code = next[lengths[i]]++;
            for (int bit = 0; bit < lengths[i]; bit++) reversed = reversed << 1 | (code >> bit & 1);
        }
        codes[i] = reversed << 5 | lengths[i];
    }
}
