#include "firmware_object.h"

#include <string.h>

#include "board.h"
#include "boot_record.h"
#include "clock.h"
#include "coap.h"
#include "console.h"
#include "crypto.h"
#include "elapsed.h"
#include "image.h"
#include "patch.h"
#include "provisioning.h"
#include "running_image.h"
#include "slot.h"
#include "watchdog.h"

enum { PACKAGE = 0, PACKAGE_URI = 1, UPDATE = 2, STATE = 3, RESULT = 5, NAME = 6, VERSION = 7, DELIVERY_METHOD = 9 };

enum state { IDLE = 0, DOWNLOADING = 1, DOWNLOADED = 2, UPDATING = 3 };

enum { RESULT_INITIAL = 0, RESULT_SUCCESS = 1, RESULT_NO_FLASH = 2, RESULT_CONNECTION_LOST = 4, RESULT_PROTOCOL = 9 };

/* Packages are pushed only: nothing on this board could fetch one. */
enum { DELIVERY_PUSH = 1 };

/* Longer than a server tries to get a block through (MAX_TRANSMIT_WAIT of RFC 7252 §4.8.2 is 93 s). */
enum { DOWNLOAD_TIMEOUT_MS = 120000 };

static const struct resource resources[] = {
    {PACKAGE, RESOURCE_WRITE, false}, {PACKAGE_URI, RESOURCE_WRITE, false}, {UPDATE, RESOURCE_EXECUTE, false},
    {STATE, RESOURCE_READ, false},    {RESULT, RESOURCE_READ, false},       {NAME, RESOURCE_READ, false},
    {VERSION, RESOURCE_READ, false},  {DELIVERY_METHOD, RESOURCE_READ, false},
};

static enum state state;
static int result;
static uint32_t package_length; /* once it is complete, else 0 */
static struct image image;      /* what was downloaded */
static uint32_t last_block_ms;

static enum slot_name spare_slot(void)
{
    struct boot_record record = boot_record_read();
    return boot_record_spare_slot(&record);
}

static void enter(enum state next, int update_result)
{
    state = next;
    result = update_result;
    board_changed(firmware_object.id, STATE);
    board_changed(firmware_object.id, RESULT);
}

static void discard(void)
{
    slot_erase(spare_slot());
    package_length = 0;
}

void firmware_start(void)
{
    struct boot_record record = boot_record_read();
    /* On trial it is being updated still: it succeeds by confirming itself. */
    state = record.trial == TRIAL_RUNNING ? UPDATING : IDLE;
    result = record.trial == TRIAL_RUNNING ? RESULT_INITIAL : record.result;
}

void firmware_confirm(void)
{
    struct boot_record record = boot_record_read();
    if (record.trial != TRIAL_RUNNING) {
        return;
    }
    enum slot_name slot = spare_slot(); /* the one on trial */
    struct slot_content content = slot_read(slot);
    struct image running;
    if (image_check(content.data, content.length, content.made, provisioning_read(), record.sequence, &running) !=
        IMAGE_GOOD) {
        return; /* the bootloader thought otherwise a moment ago: let it roll back */
    }
    record.active = (uint8_t)slot;
    record.trial = TRIAL_NONE;
    record.result = RESULT_SUCCESS;
    record.sequence = running.sequence;
    boot_record_write(&record);
    watchdog_stop();
    enter(IDLE, RESULT_SUCCESS);
    console_line("firmware: confirmed");
}

static uint8_t begin(void)
{
    if (state != IDLE && state != DOWNLOADING) {
        return COAP_NOT_ALLOWED; /* a package that waits to be applied is not overwritten */
    }
    discard();
    struct boot_record record = boot_record_read();
    if (record.result != RESULT_INITIAL) {
        record.result = RESULT_INITIAL; /* of the update before this one */
        boot_record_write(&record);
    }
    last_block_ms = clock_ms();
    enter(DOWNLOADING, RESULT_INITIAL);
    console_line("firmware: download started");
    return 0;
}

static uint8_t store(uint32_t offset, const uint8_t *data, size_t length)
{
    if (state != DOWNLOADING) {
        return COAP_INCOMPLETE; /* given up or reset since its first block: only a new one begins it again */
    }
    last_block_ms = clock_ms();
    if (!slot_write(spare_slot(), offset, data, length)) {
        discard();
        enter(IDLE, RESULT_NO_FLASH);
        return COAP_TOO_LARGE;
    }
    return 0;
}

/* Verifying takes longer than a server likes to wait for an answer: it is left to the poll. */
static uint8_t end(uint32_t length)
{
    package_length = length;
    return 0;
}

static const struct package_sink sink = {
    .resource = PACKAGE, .capacity = SLOT_CAPACITY, .begin = begin, .write = store, .end = end};

static bool write_made(void *context, size_t offset, const uint8_t *data, size_t length)
{
    const size_t *start = context;
    return slot_write(spare_slot(), *start + offset, data, length);
}

/* Makes the image of a good patch, behind its package in the spare slot, and judges it. */
static enum image_verdict make_image(void)
{
    size_t start = slot_made_offset(package_length);
    struct image base;
    if (!running_image(&base) || memcmp(base.digest, image.base_digest, SHA256_SIZE) != 0) {
        return IMAGE_WRONG_BASE;
    }
    if (image.length > SLOT_CAPACITY || start > SLOT_CAPACITY - image.length) {
        return IMAGE_TOO_LARGE;
    }
    const struct patch_job job = {.base = base.payload,
                                  .base_length = base.length,
                                  .patch = image.patch.data,
                                  .patch_length = image.patch.length,
                                  .result_length = image.length,
                                  .write = write_made,
                                  .context = &start};
    switch (patch_apply(&job)) {
    case PATCH_GOOD:
        return image_check_made(&image, slot_data(spare_slot()) + start);
    case PATCH_UNSUPPORTED:
        return IMAGE_UNSUPPORTED;
    case PATCH_NOT_WRITTEN:
        return IMAGE_TOO_LARGE;
    case PATCH_MALFORMED:
        break;
    }
    return IMAGE_MALFORMED;
}

static void verify(void)
{
    struct boot_record record = boot_record_read();
    const uint8_t *package = slot_data(spare_slot());
    enum image_verdict verdict =
        image_check(package, package_length, NULL, provisioning_read(), record.sequence, &image);
    bool patched = verdict == IMAGE_PATCH;
    if (patched) {
        verdict = make_image();
    }
    if (verdict == IMAGE_GOOD && !slot_seal(spare_slot(), patched ? SLOT_PATCHED : SLOT_ENVELOPE, package_length)) {
        verdict = IMAGE_TOO_LARGE;
    }
    if (verdict != IMAGE_GOOD) {
        discard();
        enter(IDLE, image_update_result(verdict));
        console_begin("firmware: refused, ");
        console_add(image_verdict_text(verdict));
        console_end();
        return;
    }
    console_begin("firmware: ");
    console_add_number(package_length);
    if (patched) {
        console_add(" bytes, a patch that makes ");
        console_add_number((uint32_t)image.length);
    }
    console_add(" bytes, version ");
    console_add(image.version);
    console_add(", signature good");
    console_end();
    package_length = 0;
    enter(DOWNLOADED, RESULT_INITIAL);
    board_changed(firmware_object.id, VERSION);
}

void firmware_poll(uint32_t now_ms)
{
    if (state != DOWNLOADING) {
        return;
    }
    if (package_length > 0) {
        verify();
    } else if (time_reached(now_ms, last_block_ms + DOWNLOAD_TIMEOUT_MS)) {
        discard();
        enter(IDLE, RESULT_CONNECTION_LOST);
        console_line("firmware: download given up, no more blocks came");
    }
}

static bool read(uint16_t resource, struct value *value)
{
    switch (resource) {
    case STATE:
        *value = value_integer(state);
        return true;
    case RESULT:
        *value = value_integer(result);
        return true;
    case NAME:
        *value = value_text("app");
        return state == DOWNLOADED;
    case VERSION:
        *value = value_text(image.version);
        return state == DOWNLOADED && image.version[0] != '\0';
    case DELIVERY_METHOD:
        *value = value_integer(DELIVERY_PUSH);
        return true;
    default:
        return false;
    }
}

static uint8_t reset_state(void)
{
    if (state == UPDATING) {
        return COAP_NOT_ALLOWED;
    }
    discard();
    enter(IDLE, RESULT_INITIAL);
    return COAP_CHANGED;
}

static uint8_t write(uint16_t resource, const struct input *input)
{
    /* A package comes through the sink: what arrives here is the zero byte that resets, as an empty URI does. */
    if (resource == PACKAGE || input->length == 0) {
        bool resets = input->length == 0 || (input->length == 1 && input->data[0] == 0);
        return resets ? reset_state() : (uint8_t)COAP_UNSUPPORTED_FORMAT;
    }
    if (state != IDLE) {
        return COAP_NOT_ALLOWED;
    }
    enter(IDLE, RESULT_PROTOCOL);
    return COAP_BAD_REQUEST;
}

static uint8_t execute(uint16_t resource, const uint8_t *arguments, size_t length)
{
    (void)resource;
    (void)arguments;
    (void)length;
    if (state != DOWNLOADED) {
        return COAP_NOT_ALLOWED;
    }
    struct boot_record record = boot_record_read();
    record.trial = TRIAL_ARMED;
    boot_record_write(&record);
    enter(UPDATING, RESULT_INITIAL);
    console_line("firmware: update, rebooting");
    board_reset_soon();
    return COAP_CHANGED;
}

const struct object firmware_object = {
    .id = 5,
    .resources = resources,
    .resource_count = sizeof resources / sizeof *resources,
    .read = read,
    .write = write,
    .execute = execute,
    .sink = &sink,
};
