#ifndef CONSOLE_H
#define CONSOLE_H

/* The console: lines of text as slipmux diagnostic frames, on the UART that CoAP uses too. */

#include <stddef.h>
#include <stdint.h>

void console_line(const char *text);

/* A line made of parts; what is longer than a line holds is cut off. */
void console_begin(const char *text);
void console_add(const char *text);
void console_add_bytes(const uint8_t *text, size_t length);
void console_add_number(uint32_t number);
void console_end(void);

/* Text as it is, with no line end added: echo and prompt. */
void console_write(const char *text, size_t length);

#endif
