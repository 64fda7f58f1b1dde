#include "slipmux.h"

enum {
    END = 0xc0,
    ESC = 0xdb,
    ESC_END = 0xdc,
    ESC_ESC = 0xdd,
    TYPE_COAP = 0xa9,
    TYPE_DIAGNOSTIC = 0x0a,
};

/* RFC 1662, C.2: the residue of a good frame, FCS included. */
#define FCS_INITIAL 0xffffu
#define FCS_GOOD 0xf0b8u

uint16_t slipmux_fcs(uint16_t fcs, const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        fcs ^= data[i];
        for (int bit = 0; bit < 8; bit++) {
            fcs = (uint16_t)((fcs & 1u) ? (fcs >> 1) ^ 0x8408u : fcs >> 1);
        }
    }
    return fcs;
}

void slipmux_reset(struct slipmux_decoder *decoder)
{
    decoder->length = 0;
    decoder->escaped = false;
    decoder->discard = false;
}

static enum slipmux_kind finish(struct slipmux_decoder *decoder, const uint8_t **content, size_t *length)
{
    const uint8_t *frame = decoder->content;
    size_t size = decoder->length;
    bool usable = !decoder->discard && !decoder->escaped;
    slipmux_reset(decoder);
    if (!usable || size < 2) {
        return SLIPMUX_NONE;
    }
    *content = frame + 1;
    if (frame[0] == TYPE_COAP && size > 3 && slipmux_fcs(FCS_INITIAL, frame, size) == FCS_GOOD) {
        *length = size - 3;
        return SLIPMUX_COAP;
    }
    if (frame[0] == TYPE_DIAGNOSTIC) {
        *length = size - 1;
        return SLIPMUX_DIAGNOSTIC;
    }
    return SLIPMUX_NONE;
}

enum slipmux_kind slipmux_take(struct slipmux_decoder *decoder, uint8_t byte, const uint8_t **content,
                               size_t *length)
{
    if (byte == END) {
        return finish(decoder, content, length);
    }
    if (decoder->escaped) {
        decoder->escaped = false;
        if (byte == ESC_END) {
            byte = END;
        } else if (byte == ESC_ESC) {
            byte = ESC;
        } else {
            decoder->discard = true;
        }
    } else if (byte == ESC) {
        decoder->escaped = true;
        return SLIPMUX_NONE;
    }
    if (decoder->length == sizeof decoder->content) {
        decoder->discard = true;
    }
    if (!decoder->discard) {
        decoder->content[decoder->length++] = byte;
    }
    return SLIPMUX_NONE;
}

static void put_escaped(uint8_t byte, void (*put)(uint8_t))
{
    if (byte == END || byte == ESC) {
        put(ESC);
        put(byte == END ? ESC_END : ESC_ESC);
    } else {
        put(byte);
    }
}

void slipmux_send_coap(const uint8_t *message, size_t length, void (*put)(uint8_t))
{
    const uint8_t type = TYPE_COAP;
    uint16_t fcs = slipmux_fcs(slipmux_fcs(FCS_INITIAL, &type, 1), message, length) ^ 0xffffu;
    put(END);
    put(TYPE_COAP);
    for (size_t i = 0; i < length; i++) {
        put_escaped(message[i], put);
    }
    put_escaped((uint8_t)fcs, put);
    put_escaped((uint8_t)(fcs >> 8), put);
    put(END);
}

void slipmux_send_diagnostic(const char *text, size_t length, void (*put)(uint8_t))
{
    put(END);
    put(TYPE_DIAGNOSTIC);
    for (size_t i = 0; i < length; i++) {
        put_escaped((uint8_t)text[i], put);
    }
    put(END);
}
