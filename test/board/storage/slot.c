#include "slot.h"

#include <string.h>

#include "crc32.h"
#include "flash.h"

enum { SLOT_MAGIC = 0x544f4c53 }; /* SLOT */

struct header {
    uint32_t magic;
    uint32_t kind;
    uint32_t length;
    uint32_t crc32; /* of the fields before */
};

static uint32_t offset_of(enum slot_name slot)
{
    return slot == SLOT_A ? FLASH_SLOT_A : FLASH_SLOT_B;
}

struct slot_content slot_read(enum slot_name slot)
{
    struct header header;
    memcpy(&header, flash_at(offset_of(slot)), sizeof header);
    bool good = header.magic == SLOT_MAGIC && header.crc32 == crc32(&header, offsetof(struct header, crc32)) &&
                header.kind >= SLOT_ENVELOPE && header.kind <= SLOT_PATCHED && header.length <= SLOT_CAPACITY;
    return (struct slot_content){
        .kind = good ? (enum slot_kind)header.kind : SLOT_EMPTY,
        .data = slot_data(slot),
        .length = good ? header.length : 0,
        .made = good && header.kind == SLOT_PATCHED ? slot_data(slot) + slot_made_offset(header.length) : NULL,
    };
}

size_t slot_made_offset(size_t package_length)
{
    return (package_length + 3u) & ~(size_t)3u; /* the bootloader reads its vectors as words */
}

void slot_erase(enum slot_name slot)
{
    static const struct header none;
    (void)flash_write(offset_of(slot), &none, sizeof none);
}

bool slot_write(enum slot_name slot, size_t offset, const void *data, size_t length)
{
    return offset <= SLOT_CAPACITY && length <= SLOT_CAPACITY - offset &&
           flash_write(offset_of(slot) + SLOT_HEADER_SIZE + (uint32_t)offset, data, length);
}

const uint8_t *slot_data(enum slot_name slot)
{
    return flash_at(offset_of(slot) + SLOT_HEADER_SIZE);
}

bool slot_seal(enum slot_name slot, enum slot_kind kind, size_t length)
{
    if (length > SLOT_CAPACITY) {
        return false;
    }
    struct header header = {.magic = SLOT_MAGIC, .kind = (uint32_t)kind, .length = (uint32_t)length};
    header.crc32 = crc32(&header, offsetof(struct header, crc32));
    return flash_write(offset_of(slot), &header, sizeof header);
}
