#include "app_info.h"
#include "board.h"
#include "coap.h"
#include "slot.h"

/* Object 3, Device (LwM2M Core 1.1, appendix E.4). */

enum {
    MANUFACTURER = 0,
    MODEL = 1,
    SERIAL_NUMBER = 2,
    FIRMWARE = 3,
    REBOOT = 4,
    MEMORY_FREE = 10,
    ERROR_CODE = 11,
    BINDING = 16,
    DEVICE_TYPE = 17,
};

static const struct resource resources[] = {
    {MANUFACTURER, RESOURCE_READ, false}, {MODEL, RESOURCE_READ, false},      {SERIAL_NUMBER, RESOURCE_READ, false},
    {FIRMWARE, RESOURCE_READ, false},     {REBOOT, RESOURCE_EXECUTE, false},  {MEMORY_FREE, RESOURCE_READ, false},
    {ERROR_CODE, RESOURCE_READ, true},    {BINDING, RESOURCE_READ, false},    {DEVICE_TYPE, RESOURCE_READ, false},
};

static bool read(uint16_t resource, struct value *value)
{
    switch (resource) {
    case MANUFACTURER:
        *value = value_text("Slipway");
        return true;
    case MODEL:
        *value = value_text("MPS2 AN385");
        return true;
    case SERIAL_NUMBER:
        *value = value_text("QEMU-0001");
        return true;
    case FIRMWARE:
        *value = value_text(app_info.version);
        return true;
    case MEMORY_FREE:
        *value = value_integer(SLOT_CAPACITY / 1024); /* kilobytes: the slot that is free for a package */
        return true;
    case ERROR_CODE:
        *value = value_integer(0);
        return true;
    case BINDING:
        *value = value_text("U");
        return true;
    case DEVICE_TYPE:
        *value = value_text("Cortex-M3");
        return true;
    default:
        return false;
    }
}

static uint8_t execute(uint16_t resource, const uint8_t *arguments, size_t length)
{
    (void)resource;
    (void)arguments;
    (void)length;
    board_reset_soon();
    return COAP_CHANGED;
}

const struct object device_object = {
    .id = 3,
    .version = "1.1",
    .resources = resources,
    .resource_count = sizeof resources / sizeof *resources,
    .read = read,
    .execute = execute,
};
