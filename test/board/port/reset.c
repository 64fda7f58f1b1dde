#include "reset.h"

#include <stdint.h>

/* AIRCR (Armv7-M, §B3.2.6). */
static volatile uint32_t *const application_interrupt_and_reset = (volatile uint32_t *)0xe000ed0c;
enum { VECTKEY = 0x05fa0000, SYSRESETREQ = 1u << 2 };

noreturn void reset_board(void)
{
    *application_interrupt_and_reset = VECTKEY | SYSRESETREQ;
    for (;;) {
    }
}
