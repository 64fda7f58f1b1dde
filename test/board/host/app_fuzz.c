#include <string.h>

#include "board.h"
#include "check.h"
#include "component_store.h"
#include "firmware_object.h"
#include "fuzz.h"
#include "golden.h"
#include "lwm2m.h"
#include "machine.h"
#include "server_object.h"
#include "shell.h"
#include "software_object.h"

/* The board's objects behind its client, as the application has them. */

static const struct object *const objects[] = {&server_object, &device_object, &firmware_object, &software_object,
                                               &component_object, &delta_object};
static struct lwm2m client;

static void send(const uint8_t *message, size_t length)
{
    struct coap_message parsed;
    CHECK_EQUAL(coap_parse(&parsed, message, length), COAP_GOOD);
}

static void registered(void)
{
}

static const struct lwm2m_config config = {"fuzz", {objects, 6}, server_lifetime_s, send, registered};

static void take_message(const uint8_t *data, size_t length)
{
    lwm2m_receive(&client, data, length, machine->now_ms);
    machine->now_ms += 250;
    lwm2m_poll(&client, machine->now_ms);
    firmware_poll(machine->now_ms);
}

TEST(fuzz, "the client with all objects of the board")
{
    static const char *const corpus[] = {
        "6441000002000000 827264 0131",                              /* registered */
        "41010001 54 b133 0130 0130",                                /* read */
        "41010002 54 b133 622d16", "41010003 54 b139 0130 6170",     /* TLV and SenML */
        "41010004 54 60 5135 0130 0133", "41010005 54 60 5239 0130", /* observe */
        "41010006 54 b135 6128",                                     /* discover */
        "41030007 54 b131 0130 0131 10 ff 3630", "41030008 54 b131 0130 122d16 ff c1013c",
        "41020009 54 b139 0130 0134", "4102000a 54 b139 0130 0136", "4102000b 54 b139 0130 023130",
        "4102000c 54 b139 0130 023131", "4102000d 54 b135 0130 0132",
        "4103000e 54 b139 0130 0132 112a ff 6772656574696e6720312e300a68656c6c6f",
        "4103000f 54 b135 0130 0130 112a d10204 ff 00", "41030010 54 b135 0130 0131 10",
        "41030011 54 b135 0130 0130 112a d102 08 ff d86ba2025873825824822f58200102",
        "41010012 54 b133 c106", "41010015 54 b23139 622d16", "60000001", "70000001", "40000013",
        "41030014 54 b135 0130 0130 112a ff" GOLDEN_PACKAGE,
        "41030016 54 b135 0130 0130 112a ff" GOLDEN_PATCH_PACKAGE,
    };
    machine_provision();
    lwm2m_init(&client, &config, 0, 0);
    firmware_start();
    software_start();
    FUZZ(take_message, corpus, 30000);
}

static void take_component(const uint8_t *data, size_t length)
{
    static uint8_t half;
    struct component_record record = {.half = half, .state = COMPONENT_INSTALLED, .active = 1, .length = (uint32_t)length};
    CHECK(component_write(half, 0, data, length));
    component_record_write(&record);
    half ^= 1;
    software_start();
}

TEST(fuzz, "component scripts")
{
    static const char *const corpus[] = {"6772656574696e6720312e300a68656c6c6f0a776f726c64", "6120620a", "610a62"};
    (void)machine_flash();
    FUZZ(take_component, corpus, 10000);
}

TEST(fuzz, "the shell")
{
    static const char *const corpus[] = {"736c6f74730d", "68656c700a0d0a", "76657273696f6e08087f0d", "7265626f6f740d"};
    machine_provision();
    FUZZ(shell_input, corpus, 3000);
}
