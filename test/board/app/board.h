#ifndef BOARD_H
#define BOARD_H

/* What the objects of this board ask of the program around them. */

#include <stdint.h>

#include "object.h"

extern const struct object server_object;    /* 1 */
extern const struct object device_object;    /* 3 */
extern const struct object firmware_object;  /* 5 */
extern const struct object software_object;  /* 9 */
extern const struct object component_object; /* 14 */
extern const struct object delta_object;     /* 19 */

/* Tells whoever observes the resource. */
void board_changed(uint16_t object, uint16_t resource);

void board_update_registration(void);

/* Resets, once the answer to what asked for it is on its way. */
void board_reset_soon(void);

#endif
