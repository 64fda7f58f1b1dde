#ifndef ELAPSED_H
#define ELAPSED_H

/* Times are milliseconds in 32 bits, which wrap after 49 days: compare them by their difference only. */

#include <stdbool.h>
#include <stdint.h>

static inline bool time_reached(uint32_t now, uint32_t deadline)
{
    return (int32_t)(now - deadline) >= 0;
}

#endif
