#include "climate.h"

enum { HALF_OPEN_AT = 24000, OPEN_AT = 29000, HYSTERESIS = 1500 };

enum vent decide_vent(enum vent now, int32_t millidegrees)
{
    const int32_t half_open_at = now >= VENT_HALF_OPEN ? HALF_OPEN_AT - HYSTERESIS : HALF_OPEN_AT;
    const int32_t open_at = now == VENT_OPEN ? OPEN_AT - HYSTERESIS : OPEN_AT;
    if (millidegrees >= open_at) {
        return VENT_OPEN;
    }
    return millidegrees >= half_open_at ? VENT_HALF_OPEN : VENT_CLOSED;
}
