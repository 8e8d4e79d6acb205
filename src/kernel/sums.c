/* The check sums of a PNG: CRC-32 of a chunk, Adler-32 of what is compressed. */
#include "kernel.h"

#include "deflate.h"

void fill_crc_tables(CrcTables *tables)
{
    uint32_t(*const of)[256] = tables->of;
    for (uint32_t byte = 0; byte < 256; byte++) {
        of[0][byte] = byte;
        for (int bit = 0; bit < 8; bit++)
            of[0][byte] = of[0][byte] >> 1 ^ (of[0][byte] & 1 ? 0xEDB88320u : 0);
    }
    for (int after = 1; after < 16; after++)
        for (int byte = 0; byte < 256; byte++)
            of[after][byte] = of[after - 1][byte] >> 8 ^ of[0][of[after - 1][byte] & 255];
}

uint32_t crc32_of(const CrcTables *tables, const uint8_t *bytes, size_t count)
{
    uint32_t crc = ~(uint32_t)0;
    for (; count >= 16; count -= 16, bytes += 16) {
        const uint64_t first = load(bytes) ^ crc, second = load(bytes + 8);
        crc = 0;
        for (int i = 0; i < 8; i++)
            crc ^= tables->of[15 - i][first >> 8 * i & 255] ^
                   tables->of[7 - i][second >> 8 * i & 255];
    }
    for (; count; count--) crc = crc >> 8 ^ tables->of[0][(crc ^ *bytes++) & 255];
    return ~crc;
}

WIDE uint32_t adler32_of(uint32_t sum, const uint8_t *bytes, size_t count)
{
    enum { MODULUS = 65521, LANES = 32, ROUNDS = 172 }; /* more would not fit into 32 bits */
    uint32_t low = sum & 0xffff, high = sum >> 16;
    while (count) {
        /* Side by side, so that compilers make vectors of it: the sum of a lane's bytes, and
           the sum of those sums before each round. */
        uint16_t once[LANES] = {0};
        uint32_t often[LANES] = {0};
        const uint32_t whole = count / LANES < ROUNDS ? (uint32_t)(count / LANES) : ROUNDS;
        for (uint32_t round = 0; round < whole; round++, bytes += LANES) {
            for (int i = 0; i < LANES; i++) often[i] += once[i];
            for (int i = 0; i < LANES; i++) once[i] = (uint16_t)(once[i] + bytes[i]);
        }
        high += whole * LANES * low;
        for (uint32_t i = 0; i < LANES; i++) {
            low += once[i];
            high += LANES * often[i] + (LANES - i) * once[i];
        }
        count -= whole * LANES;
        if (whole < ROUNDS)
            for (; count; count--) high += low += *bytes++;
        low %= MODULUS;
        high %= MODULUS;
    }
    return high << 16 | low;
}
