#ifndef VALUE_H
#define VALUE_H

/* Values of resources, by the data types of LwM2M Core 1.1, appendix C. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum value_type { VALUE_TEXT, VALUE_INTEGER, VALUE_BOOLEAN, VALUE_LINK, VALUE_OPAQUE };

struct value {
    enum value_type type;
    union {
        struct {
            const char *data;
            size_t length;
        } text;
        struct {
            const uint8_t *data;
            size_t length;
        } opaque;
        int64_t integer;
        bool boolean;
        struct {
            uint16_t object;
            uint16_t instance;
        } link;
    };
};

struct value value_text(const char *text);
struct value value_integer(int64_t integer);
struct value value_boolean(bool boolean);
struct value value_link(uint16_t object, uint16_t instance);
struct value value_opaque(const uint8_t *data, size_t length);

/* Content-Formats (CoAP registry; LwM2M Core 1.1 §7.4). */
enum content_format {
    FORMAT_TEXT = 0,
    FORMAT_LINK = 40,
    FORMAT_OPAQUE = 42,
    FORMAT_SENML_CBOR = 112,
    FORMAT_TLV = 11542,
};

/* What a server wrote to one resource: the bytes of a text, of an opaque value, or of a TLV's value. */
struct input {
    enum content_format format;
    const uint8_t *data;
    size_t length;
};

/* False for what is no number: of digits in text, of 1, 2, 4 or 8 bytes in TLV. */
bool input_integer(const struct input *input, int64_t *integer);
bool input_boolean(const struct input *input, bool *boolean);

#endif
