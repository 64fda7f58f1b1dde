#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

void clock_init(void);

/* Milliseconds since clock_init; wraps after 49 days. */
uint32_t clock_ms(void);

/* Sleeps until the next interrupt: a millisecond at most. */
void clock_sleep(void);

/* In the vector table. */
void clock_tick_handler(void);

#endif
