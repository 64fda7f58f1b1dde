#include "buffer.h"

#include <string.h>

void buffer_put(struct buffer *buffer, const void *data, size_t length)
{
    buffer_insert(buffer, buffer->length, data, length);
}

void buffer_put_byte(struct buffer *buffer, uint8_t byte)
{
    buffer_put(buffer, &byte, 1);
}

void buffer_put_text(struct buffer *buffer, const char *text)
{
    buffer_put(buffer, text, strlen(text));
}

void buffer_put_decimal(struct buffer *buffer, int64_t value)
{
    char digits[20]; /* of 9223372036854775808, and the sign */
    size_t at = sizeof digits;
    /* Negated, the smallest number has no type of its own. */
    uint64_t rest = value < 0 ? 0u - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + rest % 10u);
        rest /= 10u;
    } while (rest > 0);
    if (value < 0) {
        digits[--at] = '-';
    }
    buffer_put(buffer, digits + at, sizeof digits - at);
}

void buffer_insert(struct buffer *buffer, size_t at, const void *data, size_t length)
{
    if (buffer->failed || length > buffer->capacity - buffer->length || at > buffer->length) {
        buffer->failed = true;
        return;
    }
    if (length == 0) {
        return; /* memcpy takes no null pointer, not even for nothing */
    }
    memmove(buffer->data + at + length, buffer->data + at, buffer->length - at);
    memcpy(buffer->data + at, data, length);
    buffer->length += length;
}
