#ifndef CBOR_H
#define CBOR_H

/*
 * A reader of deterministic CBOR (RFC 8949) over a bounded buffer, and the few writers that SenML needs.
 * The reader never trusts a length: anything that runs past the end, is indefinite or not in its shortest form
 * sets `failed`, after which every call fails. Ask once, at the end.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cbor_major { CBOR_UINT, CBOR_NEGATIVE, CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY, CBOR_MAP, CBOR_TAG, CBOR_SIMPLE };

struct cbor_reader {
    const uint8_t *next;
    const uint8_t *end;
    bool failed;
};

struct cbor_bytes {
    const uint8_t *data;
    size_t length;
};

struct cbor_reader cbor_read(const uint8_t *data, size_t length);

/* Major type of the next item, or -1 at the end. */
int cbor_peek(const struct cbor_reader *reader);

/* Head of the next item if it is of that major type: its value or count. */
uint64_t cbor_head(struct cbor_reader *reader, enum cbor_major major);

int64_t cbor_int(struct cbor_reader *reader);
struct cbor_bytes cbor_string(struct cbor_reader *reader, enum cbor_major major); /* CBOR_BYTES or CBOR_TEXT */
bool cbor_null(struct cbor_reader *reader);                                       /* takes a null if it is next */
void cbor_skip(struct cbor_reader *reader);                                       /* any item, nested to a depth of 8 */
bool cbor_done(const struct cbor_reader *reader); /* no failure, nothing left */

struct cbor_writer {
    uint8_t *next;
    uint8_t *end;
    bool failed;
};

void cbor_put_head(struct cbor_writer *writer, enum cbor_major major, uint64_t value);
void cbor_put_int(struct cbor_writer *writer, int64_t value);
void cbor_put_string(struct cbor_writer *writer, enum cbor_major major, const void *data, size_t length);
void cbor_put_bool(struct cbor_writer *writer, bool value);

#endif
