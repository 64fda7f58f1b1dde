#ifndef FIRMWARE_OBJECT_H
#define FIRMWARE_OBJECT_H

/*
 * Object 5, Firmware Update (OMA Firmware Update 1.0): a package is pushed into the slot that doesn't run, verified,
 * and handed to the bootloader, which tries it; it is the running image once it has registered.
 */

#include <stdint.h>

/* What the last boot came to: the result of an update, or one on trial. */
void firmware_start(void);

/* Verifies a package that is complete, and gives up on one that stopped coming. */
void firmware_poll(uint32_t now_ms);

/* The running image works: if it is on trial it stays from now on. */
void firmware_confirm(void);

#endif
