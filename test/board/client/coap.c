#include "coap.h"

#include <string.h>

enum { HEADER_SIZE = 4, VERSION_1 = 1, PAYLOAD_MARKER = 0xff };

static uint32_t option_uint(struct coap_slice value)
{
    uint32_t number = 0;
    for (size_t i = 0; i < value.length; i++) {
        number = number << 8 | value.data[i];
    }
    return number;
}

/* A delta or length nibble with its extension bytes (RFC 7252 §3.1). */
static bool take_extended(const uint8_t **next, const uint8_t *end, unsigned nibble, uint32_t *value)
{
    if (nibble < 13) {
        *value = nibble;
        return true;
    }
    size_t size = nibble - 12u;
    if (nibble == 15 || (size_t)(end - *next) < size) {
        return false;
    }
    *value = size == 1 ? (*next)[0] + 13u : ((uint32_t)(*next)[0] << 8 | (*next)[1]) + 269u;
    *next += size;
    return true;
}

static bool add_slice(struct coap_slice *list, uint8_t *count, uint8_t limit, struct coap_slice value)
{
    if (*count == limit) {
        return false;
    }
    list[(*count)++] = value;
    return true;
}

static bool take_uint(int32_t *target, struct coap_slice value)
{
    if (value.length > 3) {
        return false;
    }
    *target = (int32_t)option_uint(value);
    return true;
}

static bool take_block(struct coap_block *block, struct coap_slice value)
{
    if (value.length > 3) {
        return false;
    }
    uint32_t bits = option_uint(value);
    block->present = true;
    block->szx = bits & 7u;
    block->more = (bits & 8u) != 0;
    block->number = bits >> 4;
    return block->szx != 7;
}

/* False where the option's value breaks the message; an unknown critical option only marks it. */
static bool take_option(struct coap_message *message, uint32_t number, struct coap_slice value)
{
    switch (number) {
    case COAP_OPTION_OBSERVE:
        return take_uint(&message->observe, value);
    case COAP_OPTION_LOCATION_PATH:
        return add_slice(message->location, &message->location_count, COAP_MAX_SEGMENTS, value);
    case COAP_OPTION_URI_PATH:
        return add_slice(message->path, &message->path_count, COAP_MAX_SEGMENTS, value);
    case COAP_OPTION_CONTENT_FORMAT:
        return take_uint(&message->content_format, value);
    case COAP_OPTION_URI_QUERY:
        return add_slice(message->query, &message->query_count, COAP_MAX_QUERIES, value);
    case COAP_OPTION_ACCEPT:
        return take_uint(&message->accept, value);
    case COAP_OPTION_BLOCK1:
        return take_block(&message->block1, value);
    case COAP_OPTION_BLOCK2:
        return take_block(&message->block2, value);
    case COAP_OPTION_SIZE1:
        message->size1 = option_uint(value);
        return value.length <= 4;
    default:
        /* Odd numbers are critical; Uri-Host (3) and Uri-Port (7) name this board whatever they say. */
        message->bad_option |= (number & 1u) != 0 && number != 3 && number != 7;
        return true;
    }
}

enum coap_verdict coap_parse(struct coap_message *message, const uint8_t *data, size_t length)
{
    memset(message, 0, sizeof *message);
    message->content_format = message->accept = message->observe = COAP_NO_VALUE;
    if (length < HEADER_SIZE || data[0] >> 6 != VERSION_1) {
        return COAP_FOREIGN;
    }
    message->type = (enum coap_type)(data[0] >> 4 & 3);
    message->code = data[1];
    message->id = (uint16_t)(data[2] << 8 | data[3]);
    message->token_length = data[0] & 0x0f;
    const uint8_t *next = data + HEADER_SIZE;
    const uint8_t *end = data + length;
    message->payload = (struct coap_slice){end, 0}; /* no null pointer, so that readers can compute with it */
    if (message->token_length > COAP_MAX_TOKEN || (size_t)(end - next) < message->token_length) {
        message->token_length = 0;
        return COAP_MALFORMED;
    }
    memcpy(message->token, next, message->token_length);
    next += message->token_length;
    if (message->code == COAP_EMPTY) {
        return message->token_length == 0 && next == end ? COAP_GOOD : COAP_MALFORMED;
    }

    uint32_t number = 0;
    while (next < end && *next != PAYLOAD_MARKER) {
        uint8_t head = *next++;
        uint32_t delta;
        uint32_t size;
        if (!take_extended(&next, end, head >> 4, &delta) || !take_extended(&next, end, head & 0x0f, &size) ||
            (size_t)(end - next) < size) {
            return COAP_MALFORMED;
        }
        number += delta;
        if (!take_option(message, number, (struct coap_slice){next, size})) {
            return COAP_MALFORMED;
        }
        next += size;
    }
    if (next < end) {
        next++;
        if (next == end) {
            return COAP_MALFORMED; /* a marker with no payload behind it (RFC 7252 §3) */
        }
        message->payload = (struct coap_slice){next, (size_t)(end - next)};
    }
    return COAP_GOOD;
}

static void put(struct coap_builder *builder, const void *data, size_t length)
{
    if (builder->failed || builder->capacity - builder->length < length) {
        builder->failed = true;
        return;
    }
    if (length == 0) {
        return; /* memcpy takes no null pointer, not even for nothing */
    }
    memcpy(builder->data + builder->length, data, length);
    builder->length += length;
}

void coap_begin(struct coap_builder *builder, uint8_t *data, size_t capacity, enum coap_type type, uint8_t code,
                uint16_t id, const uint8_t *token, uint8_t token_length)
{
    *builder = (struct coap_builder){.data = data, .capacity = capacity};
    const uint8_t header[HEADER_SIZE] = {
        (uint8_t)(VERSION_1 << 6 | (unsigned)type << 4 | token_length),
        code,
        (uint8_t)(id >> 8),
        (uint8_t)id,
    };
    put(builder, header, sizeof header);
    put(builder, token, token_length);
}

static unsigned extend(uint32_t value, uint8_t *bytes, size_t *count)
{
    if (value < 13) {
        return value;
    }
    if (value < 269) {
        bytes[(*count)++] = (uint8_t)(value - 13);
        return 13;
    }
    bytes[(*count)++] = (uint8_t)((value - 269) >> 8);
    bytes[(*count)++] = (uint8_t)(value - 269);
    return 14;
}

void coap_add_option(struct coap_builder *builder, enum coap_option option, const void *value, size_t length)
{
    uint8_t head[5];
    size_t count = 1;
    unsigned delta = extend((uint32_t)option - builder->last_option, head, &count);
    unsigned size = extend((uint32_t)length, head, &count);
    head[0] = (uint8_t)(delta << 4 | size);
    put(builder, head, count);
    put(builder, value, length);
    builder->last_option = (uint16_t)option;
}

void coap_add_uint(struct coap_builder *builder, enum coap_option option, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};
    size_t skip = 0;
    while (skip < sizeof bytes && bytes[skip] == 0) {
        skip++;
    }
    coap_add_option(builder, option, bytes + skip, sizeof bytes - skip);
}

void coap_add_block(struct coap_builder *builder, enum coap_option option, struct coap_block block)
{
    coap_add_uint(builder, option, block.number << 4 | (block.more ? 8u : 0u) | block.szx);
}

uint8_t *coap_begin_payload(struct coap_builder *builder, size_t *room)
{
    const uint8_t marker = PAYLOAD_MARKER;
    put(builder, &marker, 1);
    *room = builder->failed ? 0 : builder->capacity - builder->length;
    return builder->data + builder->length;
}

void coap_end_payload(struct coap_builder *builder, size_t length)
{
    if (builder->failed) {
        return;
    }
    if (length == 0) {
        builder->length--; /* the marker must not stand alone */
    } else {
        builder->length += length;
    }
}
