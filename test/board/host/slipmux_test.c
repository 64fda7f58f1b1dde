#include "slipmux.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fuzz.h"


static uint8_t sent[4096];
static size_t sent_length;

static void put(uint8_t byte)
{
    sent[sent_length++] = byte;
}

/* The frames that bytes from the line come to, one letter each: C and D; the last one's content is kept. */
static const uint8_t *content;
static size_t content_length;

static const char *take(struct slipmux_decoder *decoder, struct cbor_bytes line)
{
    static char kinds[64];
    size_t count = 0;
    for (size_t i = 0; i < line.length; i++) {
        enum slipmux_kind kind = slipmux_take(decoder, line.data[i], &content, &content_length);
        if (kind != SLIPMUX_NONE) {
            kinds[count++] = kind == SLIPMUX_COAP ? 'C' : 'D';
        }
    }
    kinds[count] = '\0';
    return kinds;
}

TEST(slipmux, "computes FCS-16 as RFC 1662 and the check value of CRC-16/X-25 have it")
{
    uint16_t fcs = slipmux_fcs(0xffff, (const uint8_t *)"123456789", 9) ^ 0xffffu;
    CHECK_EQUAL(fcs, 0x906e);
}

TEST(slipmux, "sends a message with its checksum, low byte first")
{
    slipmux_send_coap(hex("40001234").data, 4, put);
    struct slipmux_decoder decoder = {.length = 0};
    CHECK_EQUAL(sent_length, 9);
    CHECK_BYTES(sent, 6, "c0a940001234");
    CHECK(strcmp(take(&decoder, (struct cbor_bytes){sent, sent_length}), "C") == 0);
    CHECK_BYTES(content, content_length, "40001234");
}

TEST(slipmux, "escapes C0 and DB in both directions")
{
    slipmux_send_diagnostic("\xc0\xdb", 2, put);
    CHECK_BYTES(sent, sent_length, "c0 0a dbdc dbdd c0");
    struct slipmux_decoder decoder = {.length = 0};
    CHECK(strcmp(take(&decoder, (struct cbor_bytes){sent, sent_length}), "D") == 0);
    CHECK_BYTES(content, content_length, "c0db");
}

TEST(slipmux, "drops what is no good, and takes the next frame")
{
    static const char *const broken[] = {
        "c0 c0 c0",                  /* nothing */
        "c0 a9 c0",                  /* no content */
        "c0 a9 40001234 0000 c0",    /* a wrong checksum */
        "c0 a9 4000db34 8b27 c0",    /* a broken escape */
        "c0 a9 40001234 8b db c0",   /* an escape with nothing behind it */
        "c0 55 40001234 c0",         /* an unknown kind */
        "68656c6c6f c0",             /* text outside of frames */
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct slipmux_decoder decoder;
        slipmux_reset(&decoder);
        CHECK(strcmp(take(&decoder, hex(broken[i])), "") == 0);
        CHECK(strcmp(take(&decoder, hex("c0 0a 6f6b c0")), "D") == 0);
        CHECK_BYTES(content, content_length, "6f6b");
    }
}

TEST(slipmux, "takes the longest frame, and drops one that is longer")
{
    static uint8_t message[SLIPMUX_MAX_CONTENT + 1];
    memset(message, 0xc0, sizeof message);
    for (size_t extra = 0; extra < 2; extra++) {
        struct slipmux_decoder decoder;
        slipmux_reset(&decoder);
        sent_length = 0;
        slipmux_send_coap(message, SLIPMUX_MAX_CONTENT + extra, put);
        CHECK(strcmp(take(&decoder, (struct cbor_bytes){sent, sent_length}), extra == 0 ? "C" : "") == 0);
        CHECK(extra > 0 || content_length == SLIPMUX_MAX_CONTENT);
    }
}

/* Whatever frame comes out of a line can be sent, and comes out again. */
static void take_line(const uint8_t *data, size_t length)
{
    static struct slipmux_decoder decoder; /* goes on from one input to the next, as on a line */
    static struct slipmux_decoder second;
    for (size_t i = 0; i < length; i++) {
        if (slipmux_take(&decoder, data[i], &content, &content_length) != SLIPMUX_COAP) {
            continue;
        }
        sent_length = 0;
        slipmux_send_coap(content, content_length, put);
        struct cbor_bytes before = {content, content_length};
        slipmux_reset(&second);
        CHECK(strcmp(take(&second, (struct cbor_bytes){sent, sent_length}), "C") == 0);
        CHECK(content_length == before.length && memcmp(content, before.data, before.length) == 0);
    }
}

TEST(fuzz, "slipmux")
{
    static const char *const corpus[] = {
        "c0a9400012348b27c0", "c00a68656c70dbdc0dc0",
        "c0a94502303901424242424242b372640af3c0c0a9400012348b27c0",
    };
    FUZZ(take_line, corpus, 50000);
}
