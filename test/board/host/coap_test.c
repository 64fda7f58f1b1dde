#include "coap.h"

#include <string.h>

#include "check.h"
#include "fuzz.h"

static struct coap_message message;

static enum coap_verdict parse(const char *digits)
{
    struct cbor_bytes datagram = hex(digits);
    return coap_parse(&message, datagram.data, datagram.length);
}

TEST(coap, "parses a request with path, query, format, accept, observe and blocks")
{
    /* GET /3/0 ?a=b, token 0102, observe 0, accept 112, block2 2/0/1024. */
    CHECK_EQUAL(parse("42 01 beef 0102 60 5133 0130 43613d62 2170 6126"), COAP_GOOD);
    CHECK_EQUAL(message.type, COAP_CON);
    CHECK_EQUAL(message.code, COAP_GET);
    CHECK_EQUAL(message.id, 0xbeef);
    CHECK_BYTES(message.token, message.token_length, "0102");
    CHECK_EQUAL(message.path_count, 2);
    CHECK_BYTES(message.path[0].data, message.path[0].length, "33");
    CHECK_BYTES(message.query[0].data, message.query[0].length, "613d62");
    CHECK_EQUAL(message.observe, 0);
    CHECK_EQUAL(message.accept, 112);
    CHECK_EQUAL(message.content_format, COAP_NO_VALUE);
    CHECK(message.block2.present && !message.block2.more && !message.block1.present);
    CHECK_EQUAL(message.block2.number, 2);
    CHECK_EQUAL(message.block2.szx, 6);
    CHECK_EQUAL(message.payload.length, 0);
}

TEST(coap, "parses deltas and lengths of all sizes, and the payload")
{
    /* Block1 1/1/16 by a delta of 13 + 14, Size1 300 by 13 + 20, an elective option 600 by 269 + 271 with 13 bytes. */
    CHECK_EQUAL(parse("40 03 0001 d10e18 d214012c ed010f00 00000000000000000000000000 ff 6869"), COAP_GOOD);
    CHECK(message.block1.present && message.block1.more && !message.bad_option);
    CHECK_EQUAL(message.block1.number, 1);
    CHECK_EQUAL(message.size1, 300);
    CHECK_BYTES(message.payload.data, message.payload.length, "6869");
}

TEST(coap, "refuses what is malformed, and says which message it was")
{
    static const char *const broken[] = {
        "49 01 1234 010203040506070809", /* a token of nine bytes */
        "42 01 1234 01",                 /* a token that is cut off */
        "40 00 1234 00",                 /* an empty message with content */
        "41 00 1234 01",                 /* and with a token */
        "40 01 1234 ff",                 /* a marker with nothing behind it */
        "40 01 1234 f0",                 /* the reserved delta */
        "40 01 1234 bf",                 /* the reserved length */
        "40 01 1234 d0",                 /* an extension that is cut off */
        "40 01 1234 ed00",               /* and of two bytes */
        "40 01 1234 b5 33",              /* a value that is cut off */
        "40 01 1234 d40a 00000000",      /* a block option of four bytes */
        "40 01 1234 d10a07",             /* the reserved block size */
        "40 01 1234 b0 00 00 00 00 00",  /* a path that is too deep for LwM2M */
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        CHECK_EQUAL(parse(broken[i]), COAP_MALFORMED);
        CHECK_EQUAL(message.type, COAP_CON);
        CHECK_EQUAL(message.id, 0x1234);
    }
}

TEST(coap, "takes what has no header of this version for foreign")
{
    static const char *const foreign[] = {"", "40", "400112", "80011234", "00011234", "c0011234ff"};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        CHECK_EQUAL(parse(foreign[i]), COAP_FOREIGN);
    }
}

TEST(coap, "marks a critical option that it doesn't know, and skips an elective one")
{
    CHECK_EQUAL(parse("40 01 1234 9131"), COAP_GOOD); /* option 9 */
    CHECK(message.bad_option);
    CHECK_EQUAL(parse("40 01 1234 e0fef3"), COAP_GOOD); /* option 65535 + 1 */
    CHECK(!message.bad_option);
    CHECK_EQUAL(parse("40 01 1234 3161 4162"), COAP_GOOD); /* Uri-Host, Uri-Port */
    CHECK(!message.bad_option);
}

TEST(coap, "builds a message")
{
    uint8_t data[64];
    struct coap_builder builder;
    coap_begin(&builder, data, sizeof data, COAP_CON, COAP_POST, 0x0102, (const uint8_t *)"T", 1);
    coap_add_option(&builder, COAP_OPTION_URI_PATH, "rd", 2);
    coap_add_uint(&builder, COAP_OPTION_CONTENT_FORMAT, 40);
    coap_add_option(&builder, COAP_OPTION_URI_QUERY, "ep=a-long-name", 14);
    coap_add_block(&builder, COAP_OPTION_BLOCK1, (struct coap_block){.number = 3, .more = true, .szx = 6});
    coap_add_uint(&builder, COAP_OPTION_SIZE1, 0);
    size_t room;
    memcpy(coap_begin_payload(&builder, &room), "hi", 2);
    coap_end_payload(&builder, 2);
    CHECK(!builder.failed);
    CHECK_BYTES(data, builder.length, "41020102 54 b27264 1128 3d0165703d612d6c6f6e672d6e616d65 c13e d014 ff6869");
}

TEST(coap, "builds no message that doesn't fit, whatever the room")
{
    for (size_t capacity = 0; capacity < 11; capacity++) {
        uint8_t *data = (uint8_t *)(uintptr_t)hex("0000000000000000000000").data + 11 - capacity;
        struct coap_builder builder;
        size_t room;
        coap_begin(&builder, data, capacity, COAP_NON, COAP_CONTENT, 1, NULL, 0);
        coap_add_option(&builder, COAP_OPTION_URI_PATH, "abcd", 4);
        (void)coap_begin_payload(&builder, &room);
        CHECK_EQUAL(builder.failed, capacity < 10);
        CHECK_EQUAL(room, capacity < 10 ? 0 : capacity - 10);
        coap_end_payload(&builder, 0);
        CHECK(builder.failed || builder.length == 9);
    }
}

static void take_datagram(const uint8_t *data, size_t length)
{
    if (coap_parse(&message, data, length) == COAP_GOOD && message.payload.length > 0) {
        CHECK(message.payload.data + message.payload.length == data + length);
    }
    for (uint8_t i = 0; i < message.path_count; i++) {
        const uint8_t *end = message.path[i].data + message.path[i].length;
        CHECK(message.path[i].data >= data && end <= data + length);
    }
}

TEST(fuzz, "CoAP")
{
    static const char *const corpus[] = {
        "4201beef0102605133013043613d6221706126",
        "40030001d10e18d214012ced010f0000000000000000000000000000ff6869",
        "410201025 4b272641128 3d0165703d612d6c6f6e672d6e616d65c13ed014ff6869",
        "62411234cafe8272640574657374310d",
        "7000bad0",
    };
    FUZZ(take_datagram, corpus, 100000);
}
