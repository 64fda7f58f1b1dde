#ifndef SLOT_H
#define SLOT_H

/*
 * The two slots for firmware. A slot holds a SUIT envelope as it was received, or the image that the factory put there. An
 * envelope that brought a patch is followed by the image that was made of it. The header is written last, and taken away first: a slot that was cut off in the middle is an empty one.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flash_map.h"

enum slot_name { SLOT_A, SLOT_B };

enum slot_kind { SLOT_EMPTY, SLOT_ENVELOPE, SLOT_FACTORY, SLOT_PATCHED };

enum { SLOT_HEADER_SIZE = 16, SLOT_CAPACITY = FLASH_SLOT_SIZE - SLOT_HEADER_SIZE };

struct slot_content {
    enum slot_kind kind;
    const uint8_t *data;
    size_t length; /* of the envelope or the factory's image */
    const uint8_t *made; /* the image that was made of a patch, or NULL */
};

struct slot_content slot_read(enum slot_name slot);
void slot_erase(enum slot_name slot);

/* False for what lies outside of the slot, and when the flash can't be written. */
bool slot_write(enum slot_name slot, size_t offset, const void *data, size_t length);

/* Where the image goes that is made of a patch in a package of that length. */
size_t slot_made_offset(size_t package_length);

/* What was written, sealed or not. */
const uint8_t *slot_data(enum slot_name slot);

/* Makes the first `length` bytes that were written the slot's content. */
bool slot_seal(enum slot_name slot, enum slot_kind kind, size_t length);

#endif
