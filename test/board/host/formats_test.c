#include <string.h>

#include "buffer.h"
#include "cbor.h"
#include "check.h"
#include "fuzz.h"
#include "path.h"
#include "senml.h"
#include "tlv.h"
#include "value.h"

static uint8_t room[128];

TEST(buffer, "holds as much as fits, and fails from then on")
{
    struct buffer buffer = {.data = room, .capacity = 4};
    buffer_put(&buffer, "abc", 3);
    buffer_insert(&buffer, 0, "d", 1);
    CHECK_BYTES(room, buffer.length, "64616263");
    buffer_put(&buffer, NULL, 0);
    CHECK(!buffer.failed);
    buffer_put_byte(&buffer, 'e');
    CHECK(buffer.failed && buffer.length == 4);
    struct buffer other = {.data = room, .capacity = 4, .length = 1};
    buffer_insert(&other, 2, "x", 1);
    CHECK(other.failed);
}

TEST(buffer, "writes every number in decimal")
{
    static const struct {
        int64_t value;
        const char *text;
    } cases[] = {{0, "0"}, {-1, "-1"}, {65535, "65535"}, {INT64_MAX, "9223372036854775807"},
                 {INT64_MIN, "-9223372036854775808"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer buffer = {.data = room, .capacity = sizeof room};
        buffer_put_decimal(&buffer, cases[i].value);
        CHECK(buffer.length == strlen(cases[i].text) && memcmp(room, cases[i].text, buffer.length) == 0);
    }
}

/* RFC 8949, appendix A. */
TEST(cbor, "reads and writes integers")
{
    static const struct {
        const char *encoded;
        int64_t value;
    } cases[] = {
        {"00", 0}, {"17", 23}, {"1818", 24}, {"18ff", 255}, {"190100", 256}, {"1a000f4240", 1000000},
        {"1b000000e8d4a51000", 1000000000000}, {"1b7fffffffffffffff", INT64_MAX}, {"20", -1}, {"3863", -100},
        {"3903e7", -1000}, {"3b7fffffffffffffff", INT64_MIN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cbor_bytes encoded = hex(cases[i].encoded);
        struct cbor_reader reader = cbor_read(encoded.data, encoded.length);
        CHECK_EQUAL(cbor_int(&reader), cases[i].value);
        CHECK(cbor_done(&reader));
        struct cbor_writer writer = {.next = room, .end = room + sizeof room};
        cbor_put_int(&writer, cases[i].value);
        CHECK(!writer.failed);
        CHECK_BYTES(room, (size_t)(writer.next - room), cases[i].encoded);
    }
}

TEST(cbor, "refuses what is cut off, too large, indefinite, or not in its shortest form")
{
    static const char *const broken[] = {"",       "18",         "1817",       "1900ff",             "1a0000ffff",
                                         "1b00000000ffffffff",   "1c",         "1f",                 "1bffffffffffffffff",
                                         "3bffffffffffffffff",   "40",         "f6"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct cbor_bytes encoded = hex(broken[i]);
        struct cbor_reader reader = cbor_read(encoded.data, encoded.length);
        (void)cbor_int(&reader);
        CHECK(reader.failed);
        CHECK_EQUAL(cbor_peek(&reader), -1);
        CHECK(!cbor_null(&reader) && !cbor_done(&reader));
    }
}

TEST(cbor, "never believes the length of a string")
{
    static const char *const broken[] = {"43 0102", "5affffffff 01", "5bffffffffffffffff 01", "5f4101ff"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct cbor_bytes encoded = hex(broken[i]);
        struct cbor_reader reader = cbor_read(encoded.data, encoded.length);
        CHECK_EQUAL(cbor_string(&reader, CBOR_BYTES).length, 0);
        CHECK(reader.failed);
    }
}

TEST(cbor, "skips any item, floats and simple values too")
{
    static const char *const whole[] = {"00",     "3863",       "4401020304",         "6161",   "83010203",
                                        "a201020304", "c074323031332d30332d32315432303a30343a30305a",
                                        "f4",     "f6",         "f90000",             "f97e00", "fa00000000",
                                        "fb0000000000000000",   "f8ff",               "8181818181818100"};
    static const char *const broken[] = {"83 0102", "a1 01", "ff", "9f01ff", "f818", "f81f", "818181818181818100",
                                         "9bffffffffffffffff00", "bbffffffffffffffff0000", "c0"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        struct cbor_bytes encoded = hex(whole[i]);
        struct cbor_reader reader = cbor_read(encoded.data, encoded.length);
        cbor_skip(&reader);
        CHECK(cbor_done(&reader));
    }
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct cbor_bytes encoded = hex(broken[i]);
        struct cbor_reader reader = cbor_read(encoded.data, encoded.length);
        cbor_skip(&reader);
        CHECK(reader.failed);
    }
}

TEST(cbor, "writes nothing past the end")
{
    struct cbor_writer writer = {.next = room, .end = room + 3};
    cbor_put_string(&writer, CBOR_TEXT, "abc", 3);
    CHECK(writer.failed);
    cbor_put_bool(&writer, true);
    CHECK(writer.next <= room + 3);
}

/* The examples of LwM2M Core 1.1 §7.4.3.2. */
TEST(tlv, "writes values as the specification shows them")
{
    static const struct {
        const char *encoded;
        uint16_t id;
        struct value value;
    } cases[] = {
        {"c8 00 14 4f70656e204d6f62696c6520416c6c69616e6365", 0,
         {.type = VALUE_TEXT, .text = {"Open Mobile Alliance", 20}}},
        {"c3 03 312e30", 3, {.type = VALUE_TEXT, .text = {"1.0", 3}}},
        {"c1 09 64", 9, {.type = VALUE_INTEGER, .integer = 100}},
        {"c4 0d 5182428f", 13, {.type = VALUE_INTEGER, .integer = 0x5182428f}},
        {"c2 01 ff7f", 1, {.type = VALUE_INTEGER, .integer = -129}},
        {"c8 01 08 ffffffff7fffffff", 1, {.type = VALUE_INTEGER, .integer = (int64_t)INT32_MIN - 1}},
        {"c1 06 01", 6, {.type = VALUE_BOOLEAN, .boolean = true}},
        {"c4 11 000e0000", 17, {.type = VALUE_LINK, .link = {14, 0}}},
        {"e1 0101 05", 257, {.type = VALUE_INTEGER, .integer = 5}},
        {"c3 00 a1b2c3", 0, {.type = VALUE_OPAQUE, .opaque = {(const uint8_t *)"\xa1\xb2\xc3", 3}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer buffer = {.data = room, .capacity = sizeof room};
        tlv_put(&buffer, TLV_RESOURCE, cases[i].id, &cases[i].value);
        CHECK(!buffer.failed);
        CHECK_BYTES(room, buffer.length, cases[i].encoded);
        struct tlv_reader reader = tlv_read(room, buffer.length);
        struct tlv_item item;
        CHECK(tlv_next(&reader, &item));
        CHECK_EQUAL(item.id, cases[i].id);
        CHECK_EQUAL(item.kind, TLV_RESOURCE);
        CHECK(!tlv_next(&reader, &item) && !reader.failed);
    }
}

TEST(tlv, "tells longer lengths in two and three bytes")
{
    static uint8_t large[70000];
    static const struct {
        size_t length;
        const char *head;
    } cases[] = {{7, "c700"}, {8, "c80008"}, {256, "d0000100"}, {65536, "d800010000"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer buffer = {.data = large, .capacity = sizeof large, .length = cases[i].length};
        tlv_wrap(&buffer, 0, TLV_RESOURCE, 0);
        CHECK_BYTES(large, buffer.length - cases[i].length, cases[i].head);
        struct tlv_reader reader = tlv_read(large, buffer.length);
        struct tlv_item item;
        CHECK(tlv_next(&reader, &item));
        CHECK_EQUAL(item.length, cases[i].length);
    }
}

TEST(tlv, "refuses what runs past the end")
{
    static const char *const broken[] = {"c1", "c101", "e1", "e101", "c801", "c80105 00", "d00100", "d801000001", "f8"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct cbor_bytes encoded = hex(broken[i]);
        struct tlv_reader reader = tlv_read(encoded.data, encoded.length);
        struct tlv_item item;
        CHECK(!tlv_next(&reader, &item) && reader.failed);
        CHECK(!tlv_next(&reader, &item));
    }
}

TEST(senml, "writes the base name once, and each kind of value")
{
    struct buffer buffer = {.data = room, .capacity = sizeof room};
    struct senml_pack pack = senml_begin(&buffer);
    const struct value values[] = {value_text("hi"), value_integer(-2), value_boolean(true), value_link(14, 0)};
    for (uint16_t i = 0; i < 4; i++) {
        const struct path path = {.depth = i == 3 ? 4 : 3, .ids = {9, 0, i, 0}};
        senml_put(&pack, &path, &values[i]);
    }
    senml_end(&pack);
    CHECK(!buffer.failed);
    CHECK_BYTES(room, buffer.length,
                "84 a3 21652f392f302f 006130 03626869  a2 006131 0221  a2 006132 04f5"
                "  a2 0063332f30 63766c6f 6431343a30");
}

TEST(senml, "fails when it doesn't fit, and writes an empty pack")
{
    const struct path path = {.depth = 3, .ids = {65535, 65535, 65535}};
    const struct value value = value_text("a text");
    for (size_t capacity = 0; capacity < 35; capacity++) {
        struct buffer buffer = {.data = room, .capacity = capacity};
        struct senml_pack pack = senml_begin(&buffer);
        senml_put(&pack, &path, &value);
        senml_end(&pack);
        CHECK_EQUAL(buffer.failed, capacity < 32);
    }
    struct buffer buffer = {.data = room, .capacity = sizeof room};
    struct senml_pack pack = senml_begin(&buffer);
    senml_end(&pack);
    CHECK_BYTES(room, buffer.length, "80");
}

static struct coap_slice slice(const char *text)
{
    return (struct coap_slice){(const uint8_t *)text, strlen(text)};
}

TEST(path, "takes ids of 16 bits, and nothing else")
{
    static const char *const broken[] = {"", "00", "01", "65536", "99999", "123456", "-1", "1a", " 1"};
    struct path path;
    struct coap_slice good[] = {slice("0"), slice("65535"), slice("10"), slice("9"), slice("1")};
    CHECK(path_parse(&path, good, 4));
    CHECK_EQUAL(path.ids[1], 65535);
    CHECK(!path_parse(&path, good, 5));
    CHECK(path_parse(&path, good, 0) && path.depth == DEPTH_ROOT);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct coap_slice segment = slice(broken[i]);
        CHECK(!path_parse(&path, &segment, 1));
    }
}

TEST(path, "contains itself and what lies below it")
{
    const struct path object = {1, {3}};
    const struct path resource = {3, {3, 0, 4}};
    const struct path other = {3, {3, 0, 5}};
    CHECK(path_contains(&object, &resource) && !path_contains(&resource, &object));
    CHECK(path_contains(&resource, &resource) && path_equal(&resource, &resource));
    CHECK(!path_contains(&resource, &other) && !path_equal(&object, &resource));
}

static bool integer(enum content_format format, const char *digits, int64_t *value)
{
    struct cbor_bytes bytes = hex(digits);
    const struct input input = {.format = format, .data = bytes.data, .length = bytes.length};
    return input_integer(&input, value);
}

TEST(value, "reads integers of text and TLV")
{
    int64_t value;
    CHECK(integer(FORMAT_TEXT, "2d3432", &value));
    CHECK_EQUAL(value, -42);
    CHECK(integer(FORMAT_TEXT, "393939393939393939393939393939393939", &value));
    CHECK_EQUAL(value, 999999999999999999);
    CHECK(integer(FORMAT_TLV, "ff", &value) && value == -1);
    CHECK(integer(FORMAT_TLV, "8000", &value) && value == -32768);
    CHECK(integer(FORMAT_TLV, "8000000000000000", &value) && value == INT64_MIN);
    CHECK(!integer(FORMAT_TEXT, "", &value) && !integer(FORMAT_TEXT, "2d", &value));
    CHECK(!integer(FORMAT_TEXT, "31393939393939393939393939393939393939", &value));
    CHECK(!integer(FORMAT_TEXT, "3132 2c", &value) && !integer(FORMAT_TLV, "", &value));
    CHECK(!integer(FORMAT_TLV, "010203", &value) && !integer(FORMAT_OPAQUE, "31", &value));
}

TEST(value, "takes 0 and 1 for booleans alone")
{
    bool boolean = false;
    const struct input yes = {.format = FORMAT_TEXT, .data = (const uint8_t *)"1", .length = 1};
    const struct input two = {.format = FORMAT_TEXT, .data = (const uint8_t *)"2", .length = 1};
    CHECK(input_boolean(&yes, &boolean) && boolean);
    CHECK(!input_boolean(&two, &boolean));
}

static void take_cbor(const uint8_t *data, size_t length)
{
    struct cbor_reader reader = cbor_read(data, length);
    while (!reader.failed && reader.next != reader.end) {
        cbor_skip(&reader);
    }
    reader = cbor_read(data, length);
    struct cbor_bytes text = cbor_string(&reader, CBOR_TEXT);
    CHECK(text.data >= data && text.data + text.length <= data + length);
}

TEST(fuzz, "CBOR")
{
    static const char *const corpus[] = {"83010203", "a201020304", "6568656c6c6f", "5818000102030405060708090a0b0c0d0e0f1011",
                                         "d28443a10126a0f64401020304", "fb3ff0000000000000"};
    FUZZ(take_cbor, corpus, 100000);
}

static void take_tlv(const uint8_t *data, size_t length)
{
    struct tlv_reader reader = tlv_read(data, length);
    struct tlv_item item;
    int64_t value;
    while (tlv_next(&reader, &item)) {
        CHECK(item.data >= data && item.data + item.length <= data + length);
        const struct input input = {.format = FORMAT_TLV, .data = item.data, .length = item.length};
        (void)input_integer(&input, &value);
    }
}

TEST(fuzz, "TLV")
{
    static const char *const corpus[] = {"c800144f70656e204d6f62696c6520416c6c69616e6365c10964", "e1010105",
                                         "860641000141010588070842000ed842011388", "c801080102030405060708"};
    FUZZ(take_tlv, corpus, 100000);
}
