#include "data_model.h"

#include "coap.h"
#include "senml.h"
#include "tlv.h"

/* The object at the path, its resource where the path goes that deep; false if one of them is not there. */
static bool resolve(const struct object_list *list, const struct path *path, const struct object **object,
                    const struct resource **resource)
{
    *resource = NULL;
    *object = path->depth >= DEPTH_OBJECT ? object_find(list, path->ids[OBJECT_ID]) : NULL;
    if (*object == NULL || (path->depth >= DEPTH_INSTANCE && path->ids[INSTANCE_ID] != 0)) {
        return false;
    }
    if (path->depth >= DEPTH_RESOURCE) {
        *resource = object_resource(*object, path->ids[RESOURCE_ID]);
        if (*resource == NULL) {
            return false;
        }
    }
    return path->depth < DEPTH_RESOURCE_INSTANCE ||
           ((*resource)->multiple && path->ids[RESOURCE_INSTANCE_ID] == 0);
}

/* An opaque value has a format of its own. */
static void put_plain(struct buffer *buffer, const struct value *value)
{
    switch (value->type) {
    case VALUE_TEXT:
        buffer_put(buffer, value->text.data, value->text.length);
        break;
    case VALUE_INTEGER:
        buffer_put_decimal(buffer, value->integer);
        break;
    case VALUE_BOOLEAN:
        buffer_put_byte(buffer, value->boolean ? '1' : '0');
        break;
    case VALUE_OPAQUE:
        buffer_put(buffer, value->opaque.data, value->opaque.length);
        break;
    case VALUE_LINK:
        buffer_put_decimal(buffer, value->link.object);
        buffer_put_byte(buffer, ':');
        buffer_put_decimal(buffer, value->link.instance);
        break;
    }
}

static void put_tlv(struct buffer *buffer, const struct resource *resource, const struct value *value)
{
    if (!resource->multiple) {
        tlv_put(buffer, TLV_RESOURCE, resource->id, value);
        return;
    }
    size_t start = buffer->length;
    tlv_put(buffer, TLV_RESOURCE_INSTANCE, 0, value);
    tlv_wrap(buffer, start, TLV_MULTIPLE_RESOURCE, resource->id);
}

static void put_senml(struct senml_pack *pack, const struct object *object, const struct resource *resource,
                      const struct value *value)
{
    struct path path = {.depth = resource->multiple ? 4 : 3, .ids = {object->id, 0, resource->id, 0}};
    senml_put(pack, &path, value);
}

static uint8_t read_one(const struct object *object, const struct resource *resource, bool instance,
                        int32_t *format, struct buffer *buffer)
{
    struct value value;
    if ((resource->operations & RESOURCE_READ) == 0) {
        return COAP_NOT_ALLOWED;
    }
    if (!object->read(resource->id, &value)) {
        return COAP_NOT_FOUND;
    }
    bool single = instance || !resource->multiple;
    int32_t plain = value.type == VALUE_OPAQUE ? FORMAT_OPAQUE : FORMAT_TEXT;
    if (*format == COAP_NO_VALUE) {
        *format = single ? plain : FORMAT_TLV;
    }
    switch (*format) {
    case FORMAT_TEXT:
    case FORMAT_OPAQUE:
        if (!single || *format != plain) {
            return COAP_NOT_ACCEPTABLE;
        }
        put_plain(buffer, &value);
        return COAP_CONTENT;
    case FORMAT_TLV:
        if (instance) {
            tlv_put(buffer, TLV_RESOURCE_INSTANCE, 0, &value);
        } else {
            put_tlv(buffer, resource, &value);
        }
        return COAP_CONTENT;
    case FORMAT_SENML_CBOR: {
        struct senml_pack pack = senml_begin(buffer);
        put_senml(&pack, object, resource, &value);
        senml_end(&pack);
        return COAP_CONTENT;
    }
    default:
        return COAP_NOT_ACCEPTABLE;
    }
}

static uint8_t read_all(const struct object *object, bool whole_object, int32_t *format, struct buffer *buffer)
{
    if (*format == COAP_NO_VALUE) {
        *format = FORMAT_TLV;
    }
    if (*format != FORMAT_TLV && *format != FORMAT_SENML_CBOR) {
        return COAP_NOT_ACCEPTABLE;
    }
    size_t start = buffer->length;
    struct senml_pack pack = senml_begin(buffer);
    for (size_t i = 0; i < object->resource_count; i++) {
        const struct resource *resource = &object->resources[i];
        struct value value;
        if ((resource->operations & RESOURCE_READ) == 0 || !object->read(resource->id, &value)) {
            continue;
        }
        if (*format == FORMAT_TLV) {
            put_tlv(buffer, resource, &value);
        } else {
            put_senml(&pack, object, resource, &value);
        }
    }
    if (*format == FORMAT_SENML_CBOR) {
        senml_end(&pack);
    } else if (whole_object) {
        tlv_wrap(buffer, start, TLV_OBJECT_INSTANCE, 0);
    }
    return COAP_CONTENT;
}

uint8_t data_model_read(const struct object_list *list, const struct path *path, int32_t *format,
                        struct buffer *buffer)
{
    const struct object *object;
    const struct resource *resource;
    if (path->depth == DEPTH_ROOT) {
        return COAP_NOT_ALLOWED;
    }
    if (!resolve(list, path, &object, &resource)) {
        return COAP_NOT_FOUND;
    }
    uint8_t code = resource != NULL
                       ? read_one(object, resource, path->depth == DEPTH_RESOURCE_INSTANCE, format, buffer)
                       : read_all(object, path->depth == DEPTH_OBJECT, format, buffer);
    return buffer->failed ? (uint8_t)COAP_INTERNAL_ERROR : code;
}

static uint8_t write_resource(const struct object *object, uint16_t id, const struct input *input)
{
    const struct resource *resource = object_resource(object, id);
    if (resource == NULL) {
        return COAP_NOT_FOUND;
    }
    if ((resource->operations & RESOURCE_WRITE) == 0 || object->write == NULL) {
        return COAP_NOT_ALLOWED;
    }
    return object->write(id, input);
}

/* Whether it is resources to the end, or the one; nothing is written before that is known. */
static bool is_writable_tlv(const struct resource *only, const struct input *input)
{
    struct tlv_reader reader = tlv_read(input->data, input->length);
    struct tlv_item item;
    while (tlv_next(&reader, &item)) {
        if (item.kind != TLV_RESOURCE || (only != NULL && item.id != only->id)) {
            return false;
        }
    }
    return !reader.failed;
}

/* Each resource of the TLV in turn, up to the first that refuses. */
static uint8_t write_tlv(const struct object *object, const struct resource *only, const struct input *input)
{
    struct tlv_reader reader = tlv_read(input->data, input->length);
    struct tlv_item item;
    uint8_t code = COAP_BAD_REQUEST; /* of nothing */
    if (!is_writable_tlv(only, input)) {
        return COAP_BAD_REQUEST;
    }
    while (tlv_next(&reader, &item)) {
        struct input value = {.format = FORMAT_TLV, .data = item.data, .length = item.length};
        code = write_resource(object, item.id, &value);
        if (code != COAP_CHANGED) {
            return code;
        }
    }
    return code;
}

uint8_t data_model_write(const struct object_list *list, const struct path *path, const struct input *input)
{
    const struct object *object;
    const struct resource *resource;
    if (path->depth < DEPTH_INSTANCE) {
        return COAP_NOT_ALLOWED;
    }
    if (!resolve(list, path, &object, &resource)) {
        return COAP_NOT_FOUND;
    }
    switch (input->format) {
    case FORMAT_TLV:
        return write_tlv(object, resource, input);
    case FORMAT_TEXT:
    case FORMAT_OPAQUE:
        return resource != NULL ? write_resource(object, resource->id, input) : (uint8_t)COAP_BAD_REQUEST;
    default:
        return COAP_UNSUPPORTED_FORMAT;
    }
}

uint8_t data_model_execute(const struct object_list *list, const struct path *path, const uint8_t *arguments,
                           size_t length)
{
    const struct object *object;
    const struct resource *resource;
    if (!resolve(list, path, &object, &resource)) {
        return COAP_NOT_FOUND;
    }
    if (path->depth != DEPTH_RESOURCE || (resource->operations & RESOURCE_EXECUTE) == 0) {
        return COAP_NOT_ALLOWED;
    }
    return object->execute(resource->id, arguments, length);
}

static void begin_link(struct buffer *buffer)
{
    if (buffer->length > 0) {
        buffer_put_byte(buffer, ',');
    }
    buffer_put_text(buffer, "</");
}

static void put_object_link(struct buffer *buffer, const struct object *object)
{
    begin_link(buffer);
    buffer_put_decimal(buffer, object->id);
    buffer_put_byte(buffer, '>');
    if (object->version != NULL) {
        buffer_put_text(buffer, ";ver=");
        buffer_put_text(buffer, object->version);
    }
}

static void put_instance_link(struct buffer *buffer, const struct object *object)
{
    begin_link(buffer);
    buffer_put_decimal(buffer, object->id);
    buffer_put_text(buffer, "/0>");
}

static void put_resource_link(struct buffer *buffer, const struct object *object, const struct resource *resource)
{
    begin_link(buffer);
    buffer_put_decimal(buffer, object->id);
    buffer_put_text(buffer, "/0/");
    buffer_put_decimal(buffer, resource->id);
    buffer_put_byte(buffer, '>');
}

uint8_t data_model_discover(const struct object_list *list, const struct path *path, struct buffer *buffer)
{
    const struct object *object;
    const struct resource *resource;
    if (!resolve(list, path, &object, &resource)) {
        return COAP_NOT_FOUND;
    }
    if (resource != NULL) {
        put_resource_link(buffer, object, resource);
    } else {
        if (path->depth == DEPTH_OBJECT) {
            put_object_link(buffer, object);
        }
        put_instance_link(buffer, object);
        for (size_t i = 0; i < object->resource_count; i++) {
            put_resource_link(buffer, object, &object->resources[i]);
        }
    }
    return buffer->failed ? (uint8_t)COAP_INTERNAL_ERROR : (uint8_t)COAP_CONTENT;
}

void data_model_links(const struct object_list *list, struct buffer *buffer)
{
    buffer_put_text(buffer, "</>;rt=\"oma.lwm2m\";ct=\"112 11542\"");
    for (size_t i = 0; i < list->count; i++) {
        if (list->objects[i]->version != NULL) {
            put_object_link(buffer, list->objects[i]);
        }
        put_instance_link(buffer, list->objects[i]);
    }
}
