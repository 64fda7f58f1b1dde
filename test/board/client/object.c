#include "object.h"

const struct object *object_find(const struct object_list *list, uint16_t id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->objects[i]->id == id) {
            return list->objects[i];
        }
    }
    return NULL;
}

const struct resource *object_resource(const struct object *object, uint16_t id)
{
    for (size_t i = 0; i < object->resource_count; i++) {
        if (object->resources[i].id == id) {
            return &object->resources[i];
        }
    }
    return NULL;
}
