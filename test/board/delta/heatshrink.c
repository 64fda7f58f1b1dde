#include "heatshrink.h"

#include <string.h>

void heatshrink_begin(struct heatshrink *stream, const uint8_t *data, size_t length)
{
    memset(stream, 0, sizeof *stream); /* the window starts out as zeros */
    stream->next = data;
    stream->end = data + length;
}

/* At most 8 bits, or HEATSHRINK_END. */
static int take(struct heatshrink *stream, unsigned count)
{
    while (stream->bit_count < count) {
        if (stream->next == stream->end) {
            return HEATSHRINK_END;
        }
        stream->bits = stream->bits << 8 | *stream->next++;
        stream->bit_count += 8;
    }
    stream->bit_count -= count;
    return (int)(stream->bits >> stream->bit_count & ((1u << count) - 1u));
}

static int put(struct heatshrink *stream, uint8_t byte)
{
    stream->window[stream->head++] = byte;
    return byte;
}

int heatshrink_next(struct heatshrink *stream)
{
    if (stream->left == 0) {
        int literal = take(stream, 1);
        if (literal == HEATSHRINK_END) {
            return HEATSHRINK_END;
        }
        if (literal == 1) {
            int byte = take(stream, 8);
            return byte == HEATSHRINK_END ? HEATSHRINK_END : put(stream, (uint8_t)byte);
        }
        int distance = take(stream, HEATSHRINK_WINDOW_BITS);
        int length = distance == HEATSHRINK_END ? HEATSHRINK_END : take(stream, HEATSHRINK_LOOKAHEAD_BITS);
        if (length == HEATSHRINK_END) {
            return HEATSHRINK_END;
        }
        stream->distance = (uint8_t)distance;
        stream->left = (unsigned)length + 1u;
    }
    stream->left--;
    return put(stream, stream->window[(uint8_t)(stream->head - stream->distance - 1)]);
}
