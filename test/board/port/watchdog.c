#include "watchdog.h"

/* CMSDK APB watchdog (Arm DDI 0479D, §4.5). */
struct watchdog_registers {
    volatile uint32_t load;
    volatile uint32_t value;
    volatile uint32_t control;
    volatile uint32_t clear;
};

enum { INTERRUPT_ENABLE = 1u << 0, RESET_ENABLE = 1u << 1 };
enum { CLOCK_HZ = 25000000, UNLOCK = 0x1acce551 };

static struct watchdog_registers *const watchdog = (struct watchdog_registers *)0x40008000;
static volatile uint32_t *const lock = (volatile uint32_t *)0x40008c00;

void watchdog_start(uint32_t seconds)
{
    uint64_t ticks = (uint64_t)seconds * CLOCK_HZ;
    *lock = UNLOCK;
    watchdog->load = ticks > UINT32_MAX ? UINT32_MAX : (uint32_t)ticks;
    watchdog->control = INTERRUPT_ENABLE | RESET_ENABLE;
}

void watchdog_stop(void)
{
    *lock = UNLOCK;
    watchdog->control = 0;
    watchdog->clear = 1;
}
