#include "server_object.h"

#include "board.h"
#include "coap.h"

enum { SHORT_SERVER_ID = 0, LIFETIME = 1, STORE_NOTIFICATIONS = 6, BINDING = 7, UPDATE_TRIGGER = 8 };

static const struct resource resources[] = {
    {SHORT_SERVER_ID, RESOURCE_READ, false},
    {LIFETIME, RESOURCE_READ | RESOURCE_WRITE, false},
    {STORE_NOTIFICATIONS, RESOURCE_READ, false},
    {BINDING, RESOURCE_READ, false},
    {UPDATE_TRIGGER, RESOURCE_EXECUTE, false},
};

static uint32_t lifetime_s = 300;

uint32_t server_lifetime_s(void)
{
    return lifetime_s;
}

static bool read(uint16_t resource, struct value *value)
{
    switch (resource) {
    case SHORT_SERVER_ID:
        *value = value_integer(1);
        return true;
    case LIFETIME:
        *value = value_integer(lifetime_s);
        return true;
    case STORE_NOTIFICATIONS:
        *value = value_boolean(false);
        return true;
    case BINDING:
        *value = value_text("U");
        return true;
    default:
        return false;
    }
}

static uint8_t write(uint16_t resource, const struct input *input)
{
    int64_t seconds;
    (void)resource; /* the one that can be written */
    if (!input_integer(input, &seconds) || seconds < 1 || seconds > UINT32_MAX) {
        return COAP_BAD_REQUEST;
    }
    lifetime_s = (uint32_t)seconds;
    board_changed(server_object.id, LIFETIME);
    board_update_registration(); /* the server has to be told (§6.2.2) */
    return COAP_CHANGED;
}

static uint8_t execute(uint16_t resource, const uint8_t *arguments, size_t length)
{
    (void)resource;
    (void)arguments;
    (void)length;
    board_update_registration();
    return COAP_CHANGED;
}

const struct object server_object = {
    .id = 1,
    .version = "1.1",
    .resources = resources,
    .resource_count = sizeof resources / sizeof *resources,
    .read = read,
    .write = write,
    .execute = execute,
};
