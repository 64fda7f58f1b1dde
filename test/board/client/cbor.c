#include "cbor.h"

#include <string.h>

struct cbor_reader cbor_read(const uint8_t *data, size_t length)
{
    return (struct cbor_reader){.next = data, .end = data + length, .failed = false};
}

int cbor_peek(const struct cbor_reader *reader)
{
    return reader->failed || reader->next == reader->end ? -1 : *reader->next >> 5;
}

/*
 * Value of the next head, shortest form only (RFC 8949 §4.2.1). Behind major type 7 it is no number but the bits of a
 * float, or a simple value of 32 or more (§3.3).
 */
static uint64_t take_head(struct cbor_reader *reader)
{
    static const uint64_t smallest[] = {24u, 0x100u, 0x10000u, 0x100000000u};
    static const uint64_t smallest_simple[] = {32u, 0, 0, 0};
    bool simple = *reader->next >> 5 == CBOR_SIMPLE;
    uint8_t info = *reader->next++ & 0x1fu;
    if (info < 24) {
        return info;
    }
    size_t size = (size_t)1 << (info - 24u);
    if (info > 27 || (size_t)(reader->end - reader->next) < size) {
        reader->failed = true;
        return 0;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++) {
        value = value << 8 | *reader->next++;
    }
    if (value < (simple ? smallest_simple : smallest)[info - 24u]) {
        reader->failed = true;
        return 0;
    }
    return value;
}

uint64_t cbor_head(struct cbor_reader *reader, enum cbor_major major)
{
    if (cbor_peek(reader) != (int)major) {
        reader->failed = true;
        return 0;
    }
    return take_head(reader);
}

int64_t cbor_int(struct cbor_reader *reader)
{
    int major = cbor_peek(reader);
    if (major != CBOR_UINT && major != CBOR_NEGATIVE) {
        reader->failed = true;
        return 0;
    }
    uint64_t value = take_head(reader);
    if (value > INT64_MAX) {
        reader->failed = true;
        return 0;
    }
    return major == CBOR_UINT ? (int64_t)value : -1 - (int64_t)value;
}

struct cbor_bytes cbor_string(struct cbor_reader *reader, enum cbor_major major)
{
    uint64_t length = cbor_head(reader, major);
    if (reader->failed || length > (size_t)(reader->end - reader->next)) {
        reader->failed = true;
        return (struct cbor_bytes){.data = reader->end, .length = 0};
    }
    struct cbor_bytes bytes = {.data = reader->next, .length = (size_t)length};
    reader->next += length;
    return bytes;
}

bool cbor_null(struct cbor_reader *reader)
{
    if (reader->failed || reader->next == reader->end || *reader->next != 0xf6) {
        return false;
    }
    reader->next++;
    return true;
}

static void skip(struct cbor_reader *reader, int depth)
{
    int major = cbor_peek(reader);
    if (major < 0 || depth == 0) {
        reader->failed = true;
        return;
    }
    if (major == CBOR_BYTES || major == CBOR_TEXT) {
        (void)cbor_string(reader, (enum cbor_major)major);
        return;
    }
    uint64_t count = take_head(reader);
    if (major == CBOR_TAG) {
        count = 1;
    } else if (major == CBOR_MAP) {
        count = count > UINT32_MAX ? UINT32_MAX : count * 2;
    } else if (major != CBOR_ARRAY) {
        count = 0;
    }
    for (; count > 0 && !reader->failed; count--) {
        skip(reader, depth - 1);
    }
}

void cbor_skip(struct cbor_reader *reader)
{
    skip(reader, 8);
}

bool cbor_done(const struct cbor_reader *reader)
{
    return !reader->failed && reader->next == reader->end;
}

static void put(struct cbor_writer *writer, const void *data, size_t length)
{
    if (writer->failed || (size_t)(writer->end - writer->next) < length) {
        writer->failed = true;
        return;
    }
    memcpy(writer->next, data, length);
    writer->next += length;
}

void cbor_put_head(struct cbor_writer *writer, enum cbor_major major, uint64_t value)
{
    size_t size = value < 24 ? 0 : value < 0x100u ? 1 : value < 0x10000u ? 2 : value < 0x100000000u ? 4 : 8;
    static const uint8_t info[] = {[1] = 24, [2] = 25, [4] = 26, [8] = 27};
    uint8_t head[9] = {(uint8_t)((unsigned)major << 5 | (size == 0 ? (unsigned)value : info[size]))};
    for (size_t i = 0; i < size; i++) {
        head[size - i] = (uint8_t)(value >> (8 * i));
    }
    put(writer, head, size + 1);
}

void cbor_put_int(struct cbor_writer *writer, int64_t value)
{
    if (value < 0) {
        cbor_put_head(writer, CBOR_NEGATIVE, (uint64_t)(-1 - value));
    } else {
        cbor_put_head(writer, CBOR_UINT, (uint64_t)value);
    }
}

void cbor_put_string(struct cbor_writer *writer, enum cbor_major major, const void *data, size_t length)
{
    cbor_put_head(writer, major, length);
    put(writer, data, length);
}

void cbor_put_bool(struct cbor_writer *writer, bool value)
{
    uint8_t simple = value ? 0xf5 : 0xf4;
    put(writer, &simple, 1);
}
