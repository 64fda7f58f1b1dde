#ifndef RECORD_PAIR_H
#define RECORD_PAIR_H

/*
 * A record kept twice, so that a power cut in the middle of a write leaves the one before: the valid copy with the
 * higher generation counts, and a write goes to the other one. A record begins with this head and ends with the
 * CRC-32 of all that is before it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record_head {
    uint32_t magic;
    uint32_t generation;
};

struct record_pair {
    uint32_t offsets[2]; /* in flash */
    uint32_t magic;
    size_t size;
};

/* False if neither copy is valid; `record` is untouched then. */
bool record_pair_read(const struct record_pair *pair, void *record);

/* Fills in head and CRC, and writes. */
void record_pair_write(const struct record_pair *pair, void *record);

#endif
