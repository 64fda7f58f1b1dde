#ifndef TLV_H
#define TLV_H

/* TLV, the format of LwM2M (Core 1.1 §7.4.3): a writer of values, and a reader of what a server writes. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"
#include "value.h"

enum tlv_kind { TLV_OBJECT_INSTANCE, TLV_RESOURCE_INSTANCE, TLV_MULTIPLE_RESOURCE, TLV_RESOURCE };

void tlv_put(struct buffer *buffer, enum tlv_kind kind, uint16_t id, const struct value *value);

/* Makes what was put since `start` the content of one TLV. */
void tlv_wrap(struct buffer *buffer, size_t start, enum tlv_kind kind, uint16_t id);

struct tlv_item {
    enum tlv_kind kind;
    uint16_t id;
    const uint8_t *data;
    size_t length;
};

struct tlv_reader {
    const uint8_t *next;
    const uint8_t *end;
    bool failed; /* something ran past the end */
};

struct tlv_reader tlv_read(const uint8_t *data, size_t length);

/* False at the end, and at what is malformed. */
bool tlv_next(struct tlv_reader *reader, struct tlv_item *item);

#endif
