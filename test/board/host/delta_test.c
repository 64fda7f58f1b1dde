#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "golden.h"
#include "heatshrink.h"
#include "patch.h"

enum { BASE_SIZE = 2000, RESULT_SIZE = 1400 + 9 + 700 };

static uint8_t base[BASE_SIZE];
static uint8_t expected[RESULT_SIZE];
static uint8_t result[RESULT_SIZE];
static size_t written;
static size_t room = RESULT_SIZE;

static bool write_result(void *context, size_t offset, const uint8_t *data, size_t length)
{
    CHECK(context == result);
    CHECK_EQUAL(offset, written);
    CHECK(length > 0 && length <= RESULT_SIZE - offset);
    if (offset + length > room) {
        return false;
    }
    memcpy(result + offset, data, length);
    written += length;
    return true;
}

/* Two images: of the base, pieces moved, one byte changed, some new. */
static void make_images(void)
{
    for (size_t i = 0; i < BASE_SIZE; i++) {
        base[i] = (uint8_t)(i * 7u + (i >> 4) * 13u);
    }
    memcpy(expected, base + 100, 1400);
    memcpy(expected + 1400, "new bytes", 9);
    memcpy(expected + 1409, base, 700);
    expected[50] ^= 0x55;
}

static enum patch_verdict apply(struct cbor_bytes patch, size_t base_length, size_t result_length)
{
    const struct patch_job job = {base, base_length, patch.data, patch.length, result_length, write_result, result};
    make_images();
    written = 0;
    return patch_apply(&job);
}

static enum patch_verdict apply_digits(const char *digits, size_t result_length)
{
    return apply(hex(digits), BASE_SIZE, result_length);
}

TEST(delta, "makes the image of Slipway's patch")
{
    CHECK_EQUAL(apply_digits(GOLDEN_PATCH, RESULT_SIZE), PATCH_GOOD);
    CHECK_EQUAL(written, RESULT_SIZE);
    CHECK(memcmp(result, expected, RESULT_SIZE) == 0);
}

TEST(delta, "refuses a patch that is cut off, wherever, or goes on")
{
    struct cbor_bytes patch = hex(GOLDEN_PATCH);
    for (size_t length = 0; length < patch.length; length++) {
        uint8_t exact[256];
        memcpy(exact + sizeof exact - length, patch.data, length);
        CHECK_EQUAL(apply((struct cbor_bytes){exact + sizeof exact - length, length}, BASE_SIZE, RESULT_SIZE),
                    PATCH_MALFORMED);
    }
    CHECK_EQUAL(apply_digits(GOLDEN_PATCH "ffff", RESULT_SIZE), PATCH_MALFORMED);
}

TEST(delta, "refuses another size, another base, and what it has no decoder for")
{
    CHECK_EQUAL(apply_digits(GOLDEN_PATCH, RESULT_SIZE - 1), PATCH_MALFORMED);
    CHECK_EQUAL(apply(hex(GOLDEN_PATCH), 1000, RESULT_SIZE), PATCH_MALFORMED);
    CHECK_EQUAL(apply_digits("10 01 44", 1), PATCH_UNSUPPORTED); /* in-place */
    CHECK_EQUAL(apply_digits("02 01", 1), PATCH_UNSUPPORTED);    /* CRLE */
    CHECK_EQUAL(apply_digits("04 01 54", 1), PATCH_UNSUPPORTED); /* a window of 9 bits */
    CHECK_EQUAL(apply_digits("04 41 44", 1), PATCH_MALFORMED);   /* a result of -1 bytes */
    CHECK_EQUAL(apply_digits("04 ffffffffffff", 1), PATCH_MALFORMED);
    room = 100;
    CHECK_EQUAL(apply_digits(GOLDEN_PATCH, RESULT_SIZE), PATCH_NOT_WRITTEN);
    CHECK(written <= room);
}

/* Literals of heatshrink: a bit 1 and a byte each, most significant bit first. */
TEST(delta, "decompresses literals and references into the window, and stops at padding")
{
    struct heatshrink stream;
    struct cbor_bytes data = hex("b0 80 03 00"); /* 'a', then seven bytes from one byte back */
    heatshrink_begin(&stream, data.data, data.length);
    CHECK_EQUAL(heatshrink_next(&stream), 0x61);
    int count = 0;
    for (int byte; (byte = heatshrink_next(&stream)) != HEATSHRINK_END; count++) {
        CHECK_EQUAL(byte, 0x61);
    }
    CHECK_EQUAL(count, 7);
    CHECK_EQUAL(heatshrink_next(&stream), HEATSHRINK_END);
    data = hex("7f 80 00"); /* before the first byte the window holds zeros */
    heatshrink_begin(&stream, data.data, data.length);
    CHECK_EQUAL(heatshrink_next(&stream), 0);
}

static void take_patch(const uint8_t *data, size_t length)
{
    enum patch_verdict verdict = apply((struct cbor_bytes){data, length}, BASE_SIZE, RESULT_SIZE);
    CHECK(verdict != PATCH_GOOD || written == RESULT_SIZE);
}

TEST(fuzz, "patches")
{
    static const char *const corpus[] = {GOLDEN_PATCH, "04 bd20 44 804000", "04 bd20 44 ffff"};
    FUZZ(take_patch, corpus, 100000);
}
