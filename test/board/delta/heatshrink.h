#ifndef HEATSHRINK_H
#define HEATSHRINK_H

/*
 * The decompressor of heatshrink, an LZSS for small memories: a bit 1 and a byte, or a bit 0, a distance less one, and a
 * length less one, the most significant bit first. Window of 8 bits, lookahead of 7; its memory is the window.
 */

#include <stddef.h>
#include <stdint.h>

enum { HEATSHRINK_WINDOW_BITS = 8, HEATSHRINK_LOOKAHEAD_BITS = 7, HEATSHRINK_WINDOW = 1 << HEATSHRINK_WINDOW_BITS };

/* The byte by which detools tells these settings: four bits of each, less what is the least. */
enum { HEATSHRINK_SETTINGS = (HEATSHRINK_WINDOW_BITS - 4) << 4 | (HEATSHRINK_LOOKAHEAD_BITS - 3) };

enum { HEATSHRINK_END = -1 };

struct heatshrink {
    const uint8_t *next;
    const uint8_t *end;
    uint32_t bits; /* those taken from the input and not used yet, the latest lowest */
    unsigned bit_count;
    uint8_t window[HEATSHRINK_WINDOW];
    uint8_t head; /* where the next byte goes */
    uint8_t distance;
    unsigned left; /* bytes to come from that far back */
};

void heatshrink_begin(struct heatshrink *stream, const uint8_t *data, size_t length);

/* The next byte, or HEATSHRINK_END where the input has no whole token any more. */
int heatshrink_next(struct heatshrink *stream);

#endif
