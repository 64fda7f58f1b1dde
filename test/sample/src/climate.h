#ifndef CLIMATE_H
#define CLIMATE_H

#include <stdint.h>

/* What the vents should do for a temperature. */
enum vent { VENT_CLOSED, VENT_HALF_OPEN, VENT_OPEN };

/* Temperature in milli-degrees Celsius for a reading of the 14-bit converter. */
int32_t temperature_of(uint16_t reading);

/* Decides for the vents, with hysteresis around the present position. */
enum vent decide_vent(enum vent now, int32_t millidegrees);

#endif
