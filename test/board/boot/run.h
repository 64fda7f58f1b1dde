#ifndef RUN_H
#define RUN_H

#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

/* Memory that images are linked for. */
enum { RUN_ADDRESS = 0x00010000, RUN_CAPACITY = 960 * 1024 };

/* Copies an image there and starts it by its vector table. */
noreturn void run(const uint8_t *image, size_t length);

#endif
