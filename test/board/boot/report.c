#include "report.h"

#include "buffer.h"
#include "slipmux.h"
#include "uart.h"

enum { LINE_SIZE = 128 };

void report(const char *what, const char *detail)
{
    uint8_t data[LINE_SIZE];
    struct buffer line = {.data = data, .capacity = sizeof data};
    buffer_put_text(&line, what);
    buffer_put_text(&line, detail);
    buffer_put_text(&line, "\r\n");
    slipmux_send_diagnostic((const char *)line.data, line.length, uart_put);
}
