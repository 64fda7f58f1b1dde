#include "console.h"

#include <string.h>

#include "buffer.h"
#include "slipmux.h"
#include "uart.h"

enum { LINE_SIZE = 160 };

static const char line_end[] = "\r\n";
static uint8_t line[LINE_SIZE + sizeof line_end];
static size_t line_length;

void console_write(const char *text, size_t length)
{
    slipmux_send_diagnostic(text, length, uart_put);
}

void console_add_bytes(const uint8_t *text, size_t length)
{
    size_t room = LINE_SIZE - line_length;
    size_t fits = length < room ? length : room;
    if (fits > 0) {
        memcpy(&line[line_length], text, fits);
        line_length += fits;
    }
}

void console_add(const char *text)
{
    console_add_bytes((const uint8_t *)text, strlen(text));
}

void console_add_number(uint32_t number)
{
    uint8_t digits[10];
    struct buffer text = {.data = digits, .capacity = sizeof digits};
    buffer_put_decimal(&text, number);
    console_add_bytes(text.data, text.length);
}

void console_begin(const char *text)
{
    line_length = 0;
    console_add(text);
}

void console_end(void)
{
    memcpy(&line[line_length], line_end, sizeof line_end - 1);
    console_write((const char *)line, line_length + sizeof line_end - 1);
}

void console_line(const char *text)
{
    console_begin(text);
    console_end();
}
