#include "clock.h"

/* SysTick (Armv7-M, §B3.3). */
struct systick_registers {
    volatile uint32_t control;
    volatile uint32_t reload;
    volatile uint32_t value;
};

enum { ENABLE = 1u << 0, INTERRUPT = 1u << 1, PROCESSOR_CLOCK = 1u << 2 };
enum { SYSTEM_CLOCK_HZ = 25000000, TICKS_HZ = 1000 };

static struct systick_registers *const systick = (struct systick_registers *)0xe000e010;
static volatile uint32_t milliseconds;

void clock_init(void)
{
    systick->reload = SYSTEM_CLOCK_HZ / TICKS_HZ - 1;
    systick->value = 0;
    systick->control = ENABLE | INTERRUPT | PROCESSOR_CLOCK;
}

uint32_t clock_ms(void)
{
    return milliseconds;
}

void clock_sleep(void)
{
    __asm volatile("wfi");
}

void clock_tick_handler(void)
{
    milliseconds++;
}
