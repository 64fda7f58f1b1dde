#ifndef OBJECT_H
#define OBJECT_H

/* What an object of LwM2M is to the client. All have one instance, 0. Constant tables: they cost no RAM. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "value.h"

enum { RESOURCE_READ = 1, RESOURCE_WRITE = 2, RESOURCE_EXECUTE = 4 };

struct resource {
    uint16_t id;
    uint8_t operations;
    bool multiple; /* with one instance, 0 */
};

/*
 * Takes a package that comes in blocks; a single zero byte goes to the object's `write` instead. Each returns 0 to go
 * on, or the CoAP code of the error to answer with.
 */
struct package_sink {
    uint16_t resource;
    uint32_t capacity;
    uint8_t (*begin)(void);
    uint8_t (*write)(uint32_t offset, const uint8_t *data, size_t length);
    uint8_t (*end)(uint32_t length);
};

struct object {
    uint16_t id;
    const char *version; /* NULL for 1.0, which nobody needs to announce */
    const struct resource *resources;
    size_t resource_count;
    /* False when the resource has no value now. */
    bool (*read)(uint16_t resource, struct value *value);
    /* These return the CoAP code to answer with; NULL where no resource can be written or executed. */
    uint8_t (*write)(uint16_t resource, const struct input *input);
    uint8_t (*execute)(uint16_t resource, const uint8_t *arguments, size_t length);
    const struct package_sink *sink;
};

/* All objects of the board, in rising order of their ids. */
struct object_list {
    const struct object *const *objects;
    size_t count;
};

const struct object *object_find(const struct object_list *list, uint16_t id);
const struct resource *object_resource(const struct object *object, uint16_t id);

#endif
