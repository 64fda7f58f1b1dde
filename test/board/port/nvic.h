#ifndef NVIC_H
#define NVIC_H

#include <stdint.h>

/* Lets the external interrupt of this number (below 32) through (Armv7-M, §B3.4.3). */
static inline void nvic_enable(unsigned irq)
{
    *(volatile uint32_t *)0xe000e100 = UINT32_C(1) << irq;
}

#endif
