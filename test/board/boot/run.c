#include "run.h"

#include <string.h>

/* Vector Table Offset Register (Armv7-M, §B3.2.5). */
static volatile uint32_t *const vector_table_offset = (volatile uint32_t *)0xe000ed08;

noreturn void run(const uint8_t *image, size_t length)
{
    const uint32_t *vectors = (const uint32_t *)RUN_ADDRESS;
    memcpy((void *)RUN_ADDRESS, image, length);
    *vector_table_offset = RUN_ADDRESS;
    /* In one go: with the stack moved, nothing of this program can be called any more. */
    __asm volatile("dsb\n"
                   "isb\n"
                   "msr msp, %0\n"
                   "bx %1\n"
                   :
                   : "r"(vectors[0]), "r"(vectors[1])
                   : "memory");
    __builtin_unreachable();
}
