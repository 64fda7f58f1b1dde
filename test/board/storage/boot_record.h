#ifndef BOOT_RECORD_H
#define BOOT_RECORD_H

/* What bootloader and application tell each other across a reset: which slot runs, and what becomes of an update. */

#include <stdint.h>

#include "slot.h"

enum trial {
    TRIAL_NONE,
    TRIAL_ARMED,   /* the next boot tries the slot that is not active */
    TRIAL_RUNNING, /* it is being tried; whoever finds this at boot knows that it did not confirm itself */
};

struct boot_record {
    uint32_t magic;
    uint32_t generation;
    uint8_t active; /* enum slot_name */
    uint8_t trial;  /* enum trial */
    uint8_t result; /* Update Result (5/0/5) to report */
    uint8_t reserved;
    uint32_t boots;    /* since the factory */
    uint64_t sequence; /* the highest SUIT sequence number that was confirmed */
    uint32_t reserved2;
    uint32_t crc32;
};

/* That of a board fresh from the factory if there is none: slot A is active. */
struct boot_record boot_record_read(void);
void boot_record_write(struct boot_record *record);

enum slot_name boot_record_spare_slot(const struct boot_record *record);

#endif
