#include "senml.h"

#include "cbor.h"

/* Labels of RFC 8428, table 4; an object link has a label in text (LwM2M Core 1.1, table 7.4.4-1). */
enum { LABEL_BASE_NAME = -2, LABEL_NAME = 0, LABEL_VALUE = 2, LABEL_STRING = 3, LABEL_BOOLEAN = 4, LABEL_DATA = 8 };
static const char label_link[] = "vlo";

enum { NAME_SIZE = 4 * 6, LINK_SIZE = 11 };

struct senml_pack senml_begin(struct buffer *buffer)
{
    return (struct senml_pack){.buffer = buffer, .start = buffer->length, .records = 0};
}

static void put_ids(struct buffer *name, const struct path *path, uint8_t first, uint8_t end)
{
    for (uint8_t i = first; i < end; i++) {
        if (i != RESOURCE_ID) {
            buffer_put_byte(name, '/');
        }
        buffer_put_decimal(name, path->ids[i]);
    }
}

static void put_value(struct cbor_writer *writer, const struct value *value)
{
    switch (value->type) {
    case VALUE_TEXT:
        cbor_put_int(writer, LABEL_STRING);
        cbor_put_string(writer, CBOR_TEXT, value->text.data, value->text.length);
        break;
    case VALUE_INTEGER:
        cbor_put_int(writer, LABEL_VALUE);
        cbor_put_int(writer, value->integer);
        break;
    case VALUE_BOOLEAN:
        cbor_put_int(writer, LABEL_BOOLEAN);
        cbor_put_bool(writer, value->boolean);
        break;
    case VALUE_OPAQUE:
        cbor_put_int(writer, LABEL_DATA);
        cbor_put_string(writer, CBOR_BYTES, value->opaque.data, value->opaque.length);
        break;
    case VALUE_LINK: {
        uint8_t data[LINK_SIZE];
        struct buffer text = {.data = data, .capacity = sizeof data};
        buffer_put_decimal(&text, value->link.object);
        buffer_put_byte(&text, ':');
        buffer_put_decimal(&text, value->link.instance);
        cbor_put_string(writer, CBOR_TEXT, label_link, sizeof label_link - 1);
        cbor_put_string(writer, CBOR_TEXT, text.data, text.length);
        break;
    }
    }
}

void senml_put(struct senml_pack *pack, const struct path *path, const struct value *value)
{
    struct buffer *buffer = pack->buffer;
    if (buffer->failed) {
        return;
    }
    uint8_t data[NAME_SIZE];
    struct buffer name = {.data = data, .capacity = sizeof data};
    struct cbor_writer writer = {.next = buffer->data + buffer->length, .end = buffer->data + buffer->capacity};
    bool first = pack->records++ == 0;
    cbor_put_head(&writer, CBOR_MAP, first ? 3 : 2);
    if (first) {
        /* All records are of one instance: its path is written once, as the base name. */
        put_ids(&name, path, OBJECT_ID, RESOURCE_ID);
        buffer_put_byte(&name, '/');
        cbor_put_int(&writer, LABEL_BASE_NAME);
        cbor_put_string(&writer, CBOR_TEXT, name.data, name.length);
        name.length = 0;
    }
    put_ids(&name, path, RESOURCE_ID, path->depth);
    cbor_put_int(&writer, LABEL_NAME);
    cbor_put_string(&writer, CBOR_TEXT, name.data, name.length);
    put_value(&writer, value);
    buffer->failed = writer.failed;
    buffer->length = (size_t)(writer.next - buffer->data);
}

void senml_end(struct senml_pack *pack)
{
    uint8_t head[9];
    struct cbor_writer writer = {.next = head, .end = head + sizeof head};
    cbor_put_head(&writer, CBOR_ARRAY, pack->records);
    buffer_insert(pack->buffer, pack->start, head, (size_t)(writer.next - head));
}
