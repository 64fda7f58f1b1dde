#include "tlv.h"

/* Type byte: kind in bits 7–6, bit 5 for an id of 16 bits, bits 4–3 for the size of the length field. */
enum { KIND_SHIFT = 6, WIDE_ID = 0x20, LENGTH_SHIFT = 3, SHORT_LENGTH = 7 };

void tlv_wrap(struct buffer *buffer, size_t start, enum tlv_kind kind, uint16_t id)
{
    if (buffer->failed) {
        return;
    }
    size_t length = buffer->length - start;
    size_t length_size = length <= SHORT_LENGTH ? 0 : length <= 0xffu ? 1 : length <= 0xffffu ? 2 : 3;
    uint8_t head[6];
    size_t size = 0;
    head[size++] = (uint8_t)((unsigned)kind << KIND_SHIFT | (id > 0xffu ? WIDE_ID : 0u) |
                             (unsigned)length_size << LENGTH_SHIFT | (length_size == 0 ? (unsigned)length : 0u));
    if (id > 0xffu) {
        head[size++] = (uint8_t)(id >> 8);
    }
    head[size++] = (uint8_t)id;
    for (size_t i = length_size; i > 0; i--) {
        head[size++] = (uint8_t)(length >> (8u * (i - 1u)));
    }
    buffer_insert(buffer, start, head, size);
}

static void put_big_endian(struct buffer *buffer, uint64_t value, size_t size)
{
    for (size_t i = size; i > 0; i--) {
        buffer_put_byte(buffer, (uint8_t)(value >> (8u * (i - 1u))));
    }
}

static size_t integer_size(int64_t value)
{
    if (value >= INT8_MIN && value <= INT8_MAX) {
        return 1;
    }
    if (value >= INT16_MIN && value <= INT16_MAX) {
        return 2;
    }
    return value >= INT32_MIN && value <= INT32_MAX ? 4 : 8;
}

void tlv_put(struct buffer *buffer, enum tlv_kind kind, uint16_t id, const struct value *value)
{
    size_t start = buffer->length;
    switch (value->type) {
    case VALUE_TEXT:
        buffer_put(buffer, value->text.data, value->text.length);
        break;
    case VALUE_INTEGER:
        put_big_endian(buffer, (uint64_t)value->integer, integer_size(value->integer));
        break;
    case VALUE_BOOLEAN:
        buffer_put_byte(buffer, value->boolean ? 1 : 0);
        break;
    case VALUE_OPAQUE:
        buffer_put(buffer, value->opaque.data, value->opaque.length);
        break;
    case VALUE_LINK:
        put_big_endian(buffer, (uint64_t)value->link.object << 16 | value->link.instance, 4);
        break;
    }
    tlv_wrap(buffer, start, kind, id);
}

struct tlv_reader tlv_read(const uint8_t *data, size_t length)
{
    return (struct tlv_reader){.next = data, .end = data + length, .failed = false};
}

static uint32_t take(struct tlv_reader *reader, size_t size)
{
    if (reader->failed || (size_t)(reader->end - reader->next) < size) {
        reader->failed = true;
        return 0;
    }
    uint32_t value = 0;
    for (size_t i = 0; i < size; i++) {
        value = value << 8 | *reader->next++;
    }
    return value;
}

bool tlv_next(struct tlv_reader *reader, struct tlv_item *item)
{
    if (reader->failed || reader->next == reader->end) {
        return false;
    }
    uint8_t type = (uint8_t)take(reader, 1);
    size_t length_size = type >> LENGTH_SHIFT & 3u;
    item->kind = (enum tlv_kind)(type >> KIND_SHIFT);
    item->id = (uint16_t)take(reader, type & WIDE_ID ? 2 : 1);
    item->length = length_size == 0 ? type & SHORT_LENGTH : take(reader, length_size);
    if (reader->failed || item->length > (size_t)(reader->end - reader->next)) {
        reader->failed = true;
        return false;
    }
    item->data = reader->next;
    reader->next += item->length;
    return true;
}
