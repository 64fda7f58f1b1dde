#ifndef SHELL_H
#define SHELL_H

/* The tiny command shell of the console. */

#include <stddef.h>
#include <stdint.h>

/* Takes input as it comes, echoes it, and runs each finished line. */
void shell_input(const uint8_t *data, size_t length);

#endif
