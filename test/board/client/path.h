#ifndef PATH_H
#define PATH_H

/* A place in the LwM2M data model: /object/instance/resource/resource instance. */

#include <stdbool.h>
#include <stdint.h>

#include "coap.h"

enum path_depth { DEPTH_ROOT, DEPTH_OBJECT, DEPTH_INSTANCE, DEPTH_RESOURCE, DEPTH_RESOURCE_INSTANCE };

enum { OBJECT_ID, INSTANCE_ID, RESOURCE_ID, RESOURCE_INSTANCE_ID };

struct path {
    uint8_t depth; /* as many of the ids there are */
    uint16_t ids[DEPTH_RESOURCE_INSTANCE];
};

/* False if a segment is no number of 16 bits, has a leading zero, or there are too many. */
bool path_parse(struct path *path, const struct coap_slice *segments, uint8_t count);

bool path_equal(const struct path *a, const struct path *b);

/* Whether the inner one is the outer one or lies below it. */
bool path_contains(const struct path *outer, const struct path *inner);

#endif
