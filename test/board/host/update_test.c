#include <stdlib.h>
#include <string.h>

#include "boot_record.h"
#include "check.h"
#include "coap.h"
#include "component_store.h"
#include "golden.h"
#include "machine.h"
#include "programs.h"
#include "slipmux.h"
#include "slot.h"

/* The whole application on its line, with a server that takes its registration and then works off a list of requests. */

enum { OPAQUE = 42, TEXT = 0, NO_BLOCK = -1, WINDUP_MS = 500 };

struct step {
    uint8_t method;
    const char *path; /* with its slashes */
    struct cbor_bytes payload;
    int32_t block1; /* as the option has it, or NO_BLOCK */
    uint8_t answer;
    const char *text; /* the payload that is expected, or NULL */
    uint32_t wait_ms; /* before it is sent */
};

static struct step steps[32];
static size_t step_count;
static size_t done;
static bool waits;
static bool silent; /* the server answers nothing */
static bool registered;
static uint32_t send_at;
static size_t seen;
static struct slipmux_decoder decoder;

static void add(struct step step)
{
    CHECK(step_count < sizeof steps / sizeof *steps);
    steps[step_count++] = step;
}

static struct cbor_bytes bytes_of(const char *text)
{
    return (struct cbor_bytes){(const uint8_t *)text, strlen(text)};
}

static void add_read(const char *path, const char *text, uint32_t wait_ms)
{
    add((struct step){COAP_GET, path, {NULL, 0}, NO_BLOCK, COAP_CONTENT, text, wait_ms});
}

static void add_execute(const char *path, uint8_t answer)
{
    add((struct step){COAP_POST, path, {NULL, 0}, NO_BLOCK, answer, NULL, 0});
}

/* In blocks of 256 bytes, from the one of that number. */
static void add_push(const char *path, struct cbor_bytes package, uint32_t from, uint32_t to)
{
    for (uint32_t number = from; number < to && number * 256u < package.length; number++) {
        size_t rest = package.length - number * 256u;
        bool more = rest > 256u;
        add((struct step){COAP_PUT, path, {package.data + number * 256u, more ? 256u : rest},
                          (int32_t)(number << 4 | (more ? 8u : 0u) | 4u), more ? COAP_CONTINUE : COAP_CHANGED, NULL, 0});
    }
}

static void send_step(const struct step *step)
{
    uint8_t data[512];
    struct coap_builder builder;
    size_t room;
    coap_begin(&builder, data, sizeof data, COAP_CON, step->method, (uint16_t)(0x7000 + done), NULL, 0);
    for (const char *from = step->path + 1; from != NULL;) {
        const char *slash = strchr(from, '/');
        coap_add_option(&builder, COAP_OPTION_URI_PATH, from, slash != NULL ? (size_t)(slash - from) : strlen(from));
        from = slash != NULL ? slash + 1 : NULL;
    }
    if (step->payload.length > 0) {
        coap_add_uint(&builder, COAP_OPTION_CONTENT_FORMAT, OPAQUE);
    }
    if (step->block1 != NO_BLOCK) {
        coap_add_uint(&builder, COAP_OPTION_BLOCK1, (uint32_t)step->block1);
    }
    uint8_t *payload = coap_begin_payload(&builder, &room);
    CHECK(step->payload.length <= room);
    if (step->payload.length > 0) {
        memcpy(payload, step->payload.data, step->payload.length);
    }
    coap_end_payload(&builder, step->payload.length);
    machine_send_coap(data, builder.length);
    waits = true;
}

static void take_message(const uint8_t *data, size_t length)
{
    struct coap_message message;
    uint8_t answer[64];
    struct coap_builder builder;
    CHECK_EQUAL(coap_parse(&message, data, length), COAP_GOOD);
    if (message.code == COAP_POST && message.path_count > 0) {
        coap_begin(&builder, answer, sizeof answer, COAP_ACK, message.path_count == 1 ? COAP_CREATED : COAP_CHANGED,
                   message.id, message.token, message.token_length);
        if (message.path_count == 1) {
            coap_add_option(&builder, COAP_OPTION_LOCATION_PATH, "rd", 2);
            coap_add_option(&builder, COAP_OPTION_LOCATION_PATH, "7", 1);
        }
        machine_send_coap(answer, builder.length);
        registered = true;
        send_at = machine->now_ms;
    } else if (waits && message.id == 0x7000 + done) {
        const struct step *step = &steps[done];
        CHECK_EQUAL(message.code, step->answer);
        CHECK(step->text == NULL || (message.payload.length == strlen(step->text) &&
                                     memcmp(message.payload.data, step->text, message.payload.length) == 0));
        done++;
        waits = false;
        send_at = machine->now_ms + (done < step_count ? steps[done].wait_ms : 0u);
    }
}

/* Called each millisecond: takes what the board has sent, and sends what is next. */
static void serve(void)
{
    while (seen < machine->output_length) {
        const uint8_t *content;
        size_t length;
        if (slipmux_take(&decoder, machine->output[seen++], &content, &length) == SLIPMUX_COAP && !silent) {
            take_message(content, length);
        }
    }
    if (registered && !waits && done < step_count && machine->now_ms >= send_at) {
        send_step(&steps[done]);
    }
    if (registered && done == step_count && machine->until_ms > machine->now_ms + WINDUP_MS) {
        machine->until_ms = machine->now_ms + WINDUP_MS;
    }
}

static enum machine_end power_on(int (*program)(void))
{
    machine->now_ms = 0;
    machine->until_ms = 10000;
    machine->input_length = machine->input_taken = 0;
    machine->output_length = 0;
    seen = 0;
    return machine_run(program, program == app_main ? serve : NULL);
}

static enum machine_end run_app(void)
{
    return power_on(app_main);
}

/* Whether the console said so. */
static bool said(const char *text)
{
    static char console[0x10000];
    size_t used = 0;
    struct slipmux_decoder reader = {.length = 0};
    for (size_t i = 0; i < machine->output_length; i++) {
        const uint8_t *content;
        size_t length;
        if (slipmux_take(&reader, machine->output[i], &content, &length) == SLIPMUX_DIAGNOSTIC &&
            used + length < sizeof console) {
            memcpy(console + used, content, length);
            used += length;
        }
    }
    console[used] = '\0';
    return strstr(console, text) != NULL;
}

static void deliver(void)
{
    machine_provision();
    CHECK(slot_write(SLOT_A, 0, GOLDEN_FACTORY_IMAGE, strlen(GOLDEN_FACTORY_IMAGE)));
    CHECK(slot_seal(SLOT_A, SLOT_FACTORY, strlen(GOLDEN_FACTORY_IMAGE)));
}

static void add_update(void)
{
    add_push("/5/0/0", hex(GOLDEN_PACKAGE), 0, 99);
    add_read("/5/0/3", "2", 50);
    add_execute("/5/0/2", COAP_CHANGED);
}

static bool starts_factory(void)
{
    CHECK_EQUAL(power_on(boot_main), MACHINE_STARTED);
    return machine->started_length == strlen(GOLDEN_FACTORY_IMAGE);
}

TEST(boot, "starts the factory's image, and nothing when it was changed")
{
    deliver();
    CHECK(starts_factory());
    CHECK_EQUAL(boot_record_read().boots, 1);
    CHECK_EQUAL(machine->watchdog_s, 0);
    machine_flash()[SLOT_HEADER_SIZE] ^= 1;
    CHECK_EQUAL(power_on(boot_main), MACHINE_IDLE);
    CHECK(said("boot: no image to run"));
}

TEST(boot, "starts nothing on a board that is not provisioned, or has an empty flash")
{
    machine_provision();
    CHECK_EQUAL(power_on(boot_main), MACHINE_IDLE);
    deliver();
    machine_flash()[FLASH_PROVISIONING] = 0;
    CHECK_EQUAL(power_on(boot_main), MACHINE_IDLE);
}

TEST(boot, "starts the slot before when the active one is damaged")
{
    deliver();
    struct boot_record record = {.active = SLOT_B};
    boot_record_write(&record);
    CHECK(starts_factory());
    CHECK_EQUAL(boot_record_read().active, SLOT_A);
}

TEST(update, "is tried under the watchdog, confirms itself by registering, and stays")
{
    deliver();
    CHECK(starts_factory());
    add_update();
    CHECK_EQUAL(run_app(), MACHINE_RESET);
    CHECK(said("version 1.2.3, signature good"));
    CHECK_EQUAL(power_on(boot_main), MACHINE_STARTED);
    CHECK(said("boot: slot B, version 1.2.3"));
    CHECK_EQUAL(machine->started_length, 152);
    CHECK_EQUAL(machine->watchdog_s, 60);
    CHECK_EQUAL(boot_record_read().trial, TRIAL_RUNNING);
    step_count = 0;
    add_read("/5/0/5", "1", 0);
    CHECK_EQUAL(run_app(), MACHINE_IDLE);
    CHECK(said("firmware: confirmed"));
    CHECK_EQUAL(machine->watchdog_s, 0);
    struct boot_record record = boot_record_read();
    CHECK(record.active == SLOT_B && record.trial == TRIAL_NONE && record.sequence == 7);
    CHECK_EQUAL(power_on(boot_main), MACHINE_STARTED);
    CHECK_EQUAL(machine->started_length, 152);
}

TEST(update, "is rolled back when it doesn't register")
{
    deliver();
    add_update();
    CHECK_EQUAL(run_app(), MACHINE_RESET);
    CHECK_EQUAL(power_on(boot_main), MACHINE_STARTED);
    silent = true;
    machine->until_ms = 0;
    CHECK_EQUAL(run_app(), MACHINE_IDLE);
    CHECK(starts_factory());
    CHECK(said("rolled back"));
    silent = false;
    step_count = 0;
    add_read("/5/0/5", "8", 0);
    CHECK_EQUAL(run_app(), MACHINE_IDLE);
}

TEST(update, "of a damaged slot is not tried")
{
    deliver();
    add_update();
    CHECK_EQUAL(run_app(), MACHINE_RESET);
    machine_flash()[FLASH_SLOT_B + SLOT_HEADER_SIZE + slot_read(SLOT_B).length - 1] ^= 1;
    CHECK(starts_factory());
    CHECK_EQUAL(boot_record_read().result, 5);
    CHECK_EQUAL(boot_record_read().trial, TRIAL_NONE);
}

TEST(update, "is refused with its result, and leaves the slot empty")
{
    static uint8_t package[1024];
    struct cbor_bytes golden = hex(GOLDEN_PACKAGE);
    deliver();
    memcpy(package, golden.data, golden.length);
    package[golden.length - 1] ^= 1;
    add_push("/5/0/0", (struct cbor_bytes){package, golden.length}, 0, 99);
    add_read("/5/0/3", "0", 50);
    add_read("/5/0/5", "5", 0);
    add_execute("/5/0/2", COAP_NOT_ALLOWED);
    CHECK_EQUAL(run_app(), MACHINE_IDLE);
    CHECK_EQUAL(slot_read(SLOT_B).kind, SLOT_EMPTY);
}

TEST(update, "that was reset in the middle takes no more blocks")
{
    deliver();
    add_push("/5/0/0", hex(GOLDEN_PACKAGE), 0, 1);
    add((struct step){COAP_PUT, "/5/0/0", {(const uint8_t *)"", 1}, NO_BLOCK, COAP_CHANGED, NULL, 0});
    add_push("/5/0/0", hex(GOLDEN_PACKAGE), 1, 2);
    steps[step_count - 1].answer = COAP_INCOMPLETE;
    add_read("/5/0/3", "0", 0);
    add_update();
    CHECK_EQUAL(run_app(), MACHINE_RESET);
}

TEST(update, "leaves a board that starts, wherever in it the power is cut")
{
    bool whole = false;
    for (uint32_t written = 0; !whole; written += 23) {
        memset(machine_flash() + FLASH_BOOT_RECORD_0, 0, 0x2000);
        deliver();
        step_count = 0;
        add_update();
        machine->writes_left = written;
        enum machine_end end = run_app();
        if (end == MACHINE_RESET) {
            whole = power_on(boot_main) == MACHINE_STARTED;
        }
        machine->writes_left = UINT32_MAX;
        CHECK_EQUAL(power_on(boot_main), MACHINE_STARTED);
    }
    CHECK(starts_factory()); /* since nothing has confirmed it */
}

static void add_patch(void)
{
    add_push("/5/0/0", hex(GOLDEN_PATCH_PACKAGE), 0, 99);
    add_read("/5/0/3", "2", 50);
    add_execute("/5/0/2", COAP_CHANGED);
}

TEST(update, "that brings a patch makes its image of the one that runs, and starts that")
{
    deliver();
    CHECK(starts_factory());
    add_patch();
    CHECK_EQUAL(run_app(), MACHINE_RESET);
    CHECK(said("a patch that makes 152 bytes, version 1.2.3, signature good"));
    CHECK_EQUAL(slot_read(SLOT_B).kind, SLOT_PATCHED);
    CHECK_EQUAL(power_on(boot_main), MACHINE_STARTED);
    CHECK_EQUAL(machine->started_length, 152);
    step_count = 0;
    add_read("/5/0/5", "1", 0);
    add_read("/19/0/3", "SUIT delta base", 0);
    CHECK_EQUAL(run_app(), MACHINE_IDLE);
    CHECK_EQUAL(boot_record_read().active, SLOT_B);
    CHECK_EQUAL(power_on(boot_main), MACHINE_STARTED);
    CHECK_EQUAL(machine->started_length, 152);

    /* It isn't the base any more that the patch is for. */
    step_count = 0;
    add_push("/5/0/0", hex(GOLDEN_PATCH_PACKAGE), 0, 99);
    add_read("/5/0/3", "0", 50);
    add_read("/5/0/5", "8", 0);
    CHECK_EQUAL(run_app(), MACHINE_IDLE);
    CHECK(said("refused, a patch for another image than the one that runs"));
    CHECK_EQUAL(slot_read(SLOT_A).kind, SLOT_EMPTY);
}

TEST(update, "whose made image was damaged is not tried")
{
    deliver();
    add_patch();
    CHECK_EQUAL(run_app(), MACHINE_RESET);
    machine_flash()[FLASH_SLOT_B + SLOT_HEADER_SIZE + slot_made_offset(slot_read(SLOT_B).length) + 151] ^= 1;
    CHECK(starts_factory());
    CHECK_EQUAL(boot_record_read().result, 5);
}

TEST(update, "by a patch leaves a board that starts, wherever in it the power is cut")
{
    bool whole = false;
    for (uint32_t written = 0; !whole; written += 23) {
        memset(machine_flash() + FLASH_BOOT_RECORD_0, 0, 0x2000);
        deliver();
        step_count = 0;
        add_patch();
        machine->writes_left = written;
        enum machine_end end = run_app();
        if (end == MACHINE_RESET) {
            whole = power_on(boot_main) == MACHINE_STARTED;
        }
        machine->writes_left = UINT32_MAX;
        CHECK_EQUAL(power_on(boot_main), MACHINE_STARTED);
    }
    CHECK(starts_factory()); /* since nothing has confirmed it */
}

TEST(software, "is delivered, installed, activated and shown, also after a reset")
{
    deliver();
    add_push("/9/0/2", bytes_of("greeting 1.0\nhello\nworld"), 0, 1);
    add_read("/9/0/7", "3", 0);
    add_execute("/9/0/4", COAP_CHANGED);
    add_execute("/9/0/10", COAP_CHANGED);
    add_read("/14/0/0", "greeting", 0);
    CHECK_EQUAL(run_app(), MACHINE_IDLE);
    CHECK(said("display: world"));
    step_count = 0;
    add_read("/9/0/12", "1", 0);
    add_execute("/9/0/11", COAP_CHANGED);
    add_execute("/9/0/6", COAP_CHANGED);
    add_read("/9/0/7", "0", 0);
    add_execute("/9/0/10", COAP_NOT_ALLOWED);
    CHECK_EQUAL(run_app(), MACHINE_IDLE);
    CHECK(said("display: hello"));
    CHECK_EQUAL(component_record_read().state, COMPONENT_NONE);
}

TEST(software, "whose package has no name and version is refused")
{
    deliver();
    add_push("/9/0/2", bytes_of("nothing"), 0, 1);
    add_read("/9/0/7", "0", 0);
    add_read("/9/0/9", "54", 0);
    CHECK_EQUAL(run_app(), MACHINE_IDLE);
}

static int app_with_input(void)
{
    machine_send_text("slots\r\nver");
    machine_send_text("x\bsion\rhel");
    machine_send_text("p\n\rnonsense that is longer than a command can be\r");
    machine_send_text("reboot\r");
    return app_main();
}

TEST(shell, "knows its commands, in whatever pieces they come")
{
    deliver();
    machine->until_ms = 1000;
    CHECK_EQUAL(machine_run(app_with_input, NULL), MACHINE_RESET);
    CHECK(said("A: 32 bytes from the factory, active"));
    CHECK(said("B: empty, spare"));
    CHECK(said("\r\n1.0.0\r\n"));
    CHECK(said("help: this list"));
    CHECK(said("nonsense that is longer than a c: unknown, try help"));
}
