#ifndef RUNNING_IMAGE_H
#define RUNNING_IMAGE_H

#include <stdbool.h>

#include "image.h"

/*
 * The image that runs, in its slot: payload, length and digest, as the bootloader verified them at this start. False
 * where it is nowhere to be found, as on a board that was started by other means.
 */
bool running_image(struct image *image);

#endif
