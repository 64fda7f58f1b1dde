#ifndef COMPONENT_STORE_H
#define COMPONENT_STORE_H

/*
 * Where the software component of object 9 lies: two halves, so that a new package never touches the one in use, and a
 * record of what is in which.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COMPONENT_CAPACITY = 64 * 1024 };

enum component_state { COMPONENT_NONE, COMPONENT_DELIVERED, COMPONENT_INSTALLED };

struct component_record {
    uint32_t magic;
    uint32_t generation;
    uint8_t half;  /* where the package is */
    uint8_t state; /* enum component_state */
    uint8_t active;
    uint8_t reserved;
    uint32_t length;
    uint32_t crc32;
};

struct component_record component_record_read(void);
void component_record_write(struct component_record *record);

/* The package in that half. */
const uint8_t *component_data(uint8_t half);
bool component_write(uint8_t half, uint32_t offset, const uint8_t *data, size_t length);

#endif
