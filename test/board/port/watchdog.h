#ifndef WATCHDOG_H
#define WATCHDOG_H

#include <stdint.h>

/*
 * After that time, at most 171 s, it raises the NMI, whose handler resets the board; after twice that time it resets
 * the board itself, if there is no handler any more.
 */
void watchdog_start(uint32_t seconds);
void watchdog_stop(void);

#endif
