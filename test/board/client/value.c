#include "value.h"

#include <string.h>

struct value value_text(const char *text)
{
    return (struct value){.type = VALUE_TEXT, .text = {.data = text, .length = strlen(text)}};
}

struct value value_integer(int64_t integer)
{
    return (struct value){.type = VALUE_INTEGER, .integer = integer};
}

struct value value_boolean(bool boolean)
{
    return (struct value){.type = VALUE_BOOLEAN, .boolean = boolean};
}

struct value value_link(uint16_t object, uint16_t instance)
{
    return (struct value){.type = VALUE_LINK, .link = {.object = object, .instance = instance}};
}

struct value value_opaque(const uint8_t *data, size_t length)
{
    return (struct value){.type = VALUE_OPAQUE, .opaque = {.data = data, .length = length}};
}

static bool text_integer(const struct input *input, int64_t *integer)
{
    bool negative = input->length > 0 && input->data[0] == '-';
    size_t first = negative ? 1 : 0;
    /* 18 digits always fit, and nothing here is larger. */
    if (input->length == first || input->length - first > 18) {
        return false;
    }
    int64_t value = 0;
    for (size_t i = first; i < input->length; i++) {
        if (input->data[i] < '0' || input->data[i] > '9') {
            return false;
        }
        value = value * 10 + (input->data[i] - '0');
    }
    *integer = negative ? -value : value;
    return true;
}

static bool tlv_integer(const struct input *input, int64_t *integer)
{
    size_t length = input->length;
    if (length != 1 && length != 2 && length != 4 && length != 8) {
        return false;
    }
    uint64_t value = input->data[0] & 0x80u ? UINT64_MAX : 0; /* carries the sign on */
    for (size_t i = 0; i < length; i++) {
        value = value << 8 | input->data[i];
    }
    *integer = (int64_t)value;
    return true;
}

bool input_integer(const struct input *input, int64_t *integer)
{
    switch (input->format) {
    case FORMAT_TEXT:
        return text_integer(input, integer);
    case FORMAT_TLV:
        return tlv_integer(input, integer);
    default:
        return false;
    }
}

bool input_boolean(const struct input *input, bool *boolean)
{
    int64_t integer;
    if (!input_integer(input, &integer) || integer < 0 || integer > 1) {
        return false;
    }
    *boolean = integer == 1;
    return true;
}
