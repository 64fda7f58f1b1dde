#include "flash.h"

#include <string.h>

/*
 * The 16 MiB PSRAM of the mps2 boards keeps its content over a reset, and over a restart of the emulator where a file
 * backs it. A board with real flash erases and programs here.
 */
enum { FLASH_SIZE = 0x1000000 };
static uint8_t *const flash = (uint8_t *)0x21000000;

const uint8_t *flash_at(uint32_t offset)
{
    return flash + offset;
}

bool flash_write(uint32_t offset, const void *data, size_t length)
{
    if (offset > FLASH_SIZE || length > FLASH_SIZE - offset) {
        return false;
    }
    memcpy(flash + offset, data, length);
    return true;
}
