#ifndef SLIPMUX_H
#define SLIPMUX_H

/*
 * Slipmux: CoAP and console text share one UART (draft-bormann-t2trg-slipmux).
 * A frame is C0, a type byte, the content with C0 and DB escaped, and C0.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest content of a frame that is taken: a CoAP message with a 1 KiB block and its options. */
#define SLIPMUX_MAX_CONTENT 1200u

enum slipmux_kind {
    SLIPMUX_NONE,       /* nothing complete yet */
    SLIPMUX_COAP,       /* a CoAP message whose checksum is good */
    SLIPMUX_DIAGNOSTIC, /* console input */
};

struct slipmux_decoder {
    uint8_t content[1u + SLIPMUX_MAX_CONTENT + 2u]; /* type, content, FCS-16 */
    size_t length;
    bool escaped;
    bool discard; /* too long, or a broken escape: skip to the next C0 */
};

void slipmux_reset(struct slipmux_decoder *decoder);

/*
 * Takes one byte from the line. On SLIPMUX_COAP and SLIPMUX_DIAGNOSTIC, *content and *length are the frame's,
 * valid until the next call. Broken, unknown and empty frames are dropped without a word, as the draft asks.
 */
enum slipmux_kind slipmux_take(struct slipmux_decoder *decoder, uint8_t byte, const uint8_t **content,
                               size_t *length);

/* Sends one frame, byte by byte, through put. */
void slipmux_send_coap(const uint8_t *message, size_t length, void (*put)(uint8_t));
void slipmux_send_diagnostic(const char *text, size_t length, void (*put)(uint8_t));

/* FCS-16 of RFC 1662, appendix C.2, over length bytes, going on from fcs (0xffff to begin). */
uint16_t slipmux_fcs(uint16_t fcs, const uint8_t *data, size_t length);

#endif
