#ifndef BUFFER_H
#define BUFFER_H

/* Bytes that grow up to a limit. What doesn't fit sets `failed`, after which nothing is added: ask once, at the end. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
    uint8_t *data;
    size_t capacity;
    size_t length;
    bool failed;
};

void buffer_put(struct buffer *buffer, const void *data, size_t length);
void buffer_put_byte(struct buffer *buffer, uint8_t byte);
void buffer_put_text(struct buffer *buffer, const char *text);
void buffer_put_decimal(struct buffer *buffer, int64_t value);

/* Puts the bytes at `at`, before what is there: for heads that tell the length of what follows. */
void buffer_insert(struct buffer *buffer, size_t at, const void *data, size_t length);

#endif
