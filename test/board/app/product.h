#ifndef PRODUCT_H
#define PRODUCT_H

/* What this firmware is for; the rest of the folder keeps it up to date. Change it, and push it to the board. */

#include <stddef.h>
#include <stdint.h>

/* One line that the console shows when the firmware starts. */
#define PRODUCT_MESSAGE "Platform display: factory firmware"

void product_start(void);

/* Called every few milliseconds. */
void product_poll(uint32_t now_ms);

/* The text of the software component that is active from now on (object 9), or NULL when none is. */
void product_use_component(const uint8_t *text, size_t length);

#endif
