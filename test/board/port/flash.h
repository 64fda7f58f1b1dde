#ifndef FLASH_H
#define FLASH_H

/* The board's flash. It can be read as memory; offsets are those of flash_map.h. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

const uint8_t *flash_at(uint32_t offset);

/* False for what lies outside, and when the flash refuses. Bytes become what they should be, whatever they were. */
bool flash_write(uint32_t offset, const void *data, size_t length);

#endif
