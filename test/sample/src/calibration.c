#include "climate.h"

static const int32_t table[] = {
#include "calibration_table.h"
};

int32_t temperature_of(uint16_t reading)
{
    const uint16_t last = sizeof table / sizeof table[0] - 1;
    return table[reading < last ? reading : last];
}
