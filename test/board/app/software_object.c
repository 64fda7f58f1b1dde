#include "software_object.h"

#include <string.h>

#include "board.h"
#include "coap.h"
#include "component_store.h"
#include "console.h"
#include "product.h"

/* Object 9, Software Management (OMA Software Management 1.0). */
enum {
    NAME = 0,
    VERSION = 1,
    PACKAGE = 2,
    INSTALL = 4,
    UNINSTALL = 6,
    UPDATE_STATE = 7,
    UPDATE_RESULT = 9,
    ACTIVATE = 10,
    DEACTIVATE = 11,
    ACTIVATION_STATE = 12,
    COMPONENTS = 17,
};

/* Object 14, Software Component. */
enum { C_IDENTITY = 0, C_VERSION = 2, C_ACTIVATE = 3, C_DEACTIVATE = 4, C_ACTIVATION_STATE = 5 };

enum update_state { STATE_INITIAL = 0, STATE_DOWNLOAD_STARTED = 1, STATE_DELIVERED = 3, STATE_INSTALLED = 4 };

enum { RESULT_INITIAL = 0, RESULT_DOWNLOADING = 1, RESULT_INSTALLED = 2, RESULT_DELIVERED = 3, RESULT_PACKAGE_TYPE = 54 };

enum { NAME_SIZE = 48, VERSION_SIZE = 32 };

static const struct resource software_resources[] = {
    {NAME, RESOURCE_READ, false},          {VERSION, RESOURCE_READ, false},
    {PACKAGE, RESOURCE_WRITE, false},      {INSTALL, RESOURCE_EXECUTE, false},
    {UNINSTALL, RESOURCE_EXECUTE, false},  {UPDATE_STATE, RESOURCE_READ, false},
    {UPDATE_RESULT, RESOURCE_READ, false}, {ACTIVATE, RESOURCE_EXECUTE, false},
    {DEACTIVATE, RESOURCE_EXECUTE, false}, {ACTIVATION_STATE, RESOURCE_READ, false},
    {COMPONENTS, RESOURCE_READ, true},
};

static const struct resource component_resources[] = {
    {C_IDENTITY, RESOURCE_READ, false},      {C_VERSION, RESOURCE_READ, false},
    {C_ACTIVATE, RESOURCE_EXECUTE, false},   {C_DEACTIVATE, RESOURCE_EXECUTE, false},
    {C_ACTIVATION_STATE, RESOURCE_READ, false},
};

static enum update_state state;
static int result;
static char name[NAME_SIZE + 1];
static char version[VERSION_SIZE + 1];
static const uint8_t *text; /* of the package, after its first line */
static size_t text_length;

static bool is_active(void)
{
    return state == STATE_INSTALLED && component_record_read().active != 0;
}

static void tell(void)
{
    static const uint16_t software[] = {NAME, VERSION, UPDATE_STATE, UPDATE_RESULT, ACTIVATION_STATE};
    static const uint16_t component[] = {C_IDENTITY, C_VERSION, C_ACTIVATION_STATE};
    for (size_t i = 0; i < sizeof software / sizeof *software; i++) {
        board_changed(software_object.id, software[i]);
    }
    for (size_t i = 0; i < sizeof component / sizeof *component; i++) {
        board_changed(component_object.id, component[i]);
    }
}

static void enter(enum update_state next, int update_result)
{
    state = next;
    result = update_result;
    tell();
}

/* Takes printable characters up to `end` into a text of at most `limit`; false if there are none or too many. */
static bool take_word(char *word, size_t limit, const uint8_t **next, const uint8_t *stop, char end)
{
    size_t length = 0;
    while (*next < stop && **next != (uint8_t)end) {
        if (**next <= ' ' || **next > '~' || length == limit) {
            return false;
        }
        word[length++] = (char)*(*next)++;
    }
    word[length] = '\0';
    if (*next < stop) {
        (*next)++;
    }
    return length > 0;
}

/* Reads the package's first line. */
static bool parse(const uint8_t *package, size_t length)
{
    const uint8_t *next = package;
    const uint8_t *stop = package + length;
    if (!take_word(name, NAME_SIZE, &next, stop, ' ') || !take_word(version, VERSION_SIZE, &next, stop, '\n')) {
        name[0] = version[0] = '\0';
        return false;
    }
    text = next;
    text_length = (size_t)(stop - next);
    return true;
}

static void forget(void)
{
    name[0] = version[0] = '\0';
    text = NULL;
    text_length = 0;
}

void software_start(void)
{
    struct component_record record = component_record_read();
    state = STATE_INITIAL;
    result = RESULT_INITIAL;
    if (record.state == COMPONENT_NONE || !parse(component_data(record.half), record.length)) {
        return;
    }
    bool installed = record.state == COMPONENT_INSTALLED;
    state = installed ? STATE_INSTALLED : STATE_DELIVERED;
    result = installed ? RESULT_INSTALLED : RESULT_DELIVERED;
    if (is_active()) {
        product_use_component(text, text_length);
    }
}

static uint8_t receiving_half(void)
{
    return component_record_read().half == 0 ? 1 : 0;
}

static uint8_t begin(void)
{
    if (state == STATE_INSTALLED) {
        return COAP_NOT_ALLOWED;
    }
    struct component_record record = component_record_read();
    record.state = COMPONENT_NONE;
    component_record_write(&record);
    forget();
    enter(STATE_DOWNLOAD_STARTED, RESULT_DOWNLOADING);
    return 0;
}

static uint8_t store(uint32_t offset, const uint8_t *data, size_t length)
{
    return component_write(receiving_half(), offset, data, length) ? 0 : (uint8_t)COAP_INTERNAL_ERROR;
}

static uint8_t end(uint32_t length)
{
    uint8_t half = receiving_half();
    if (!parse(component_data(half), length)) {
        enter(STATE_INITIAL, RESULT_PACKAGE_TYPE);
        return 0;
    }
    struct component_record record = {.half = half, .state = COMPONENT_DELIVERED, .length = length};
    component_record_write(&record);
    enter(STATE_DELIVERED, RESULT_DELIVERED);
    return 0;
}

static const struct package_sink sink = {
    .resource = PACKAGE, .capacity = COMPONENT_CAPACITY, .begin = begin, .write = store, .end = end};

static uint8_t install(void)
{
    if (state != STATE_DELIVERED) {
        return COAP_NOT_ALLOWED;
    }
    struct component_record record = component_record_read();
    record.state = COMPONENT_INSTALLED;
    record.active = 0;
    component_record_write(&record);
    enter(STATE_INSTALLED, RESULT_INSTALLED);
    return COAP_CHANGED;
}

static void set_active(bool active)
{
    struct component_record record = component_record_read();
    record.active = active;
    component_record_write(&record);
    product_use_component(active ? text : NULL, text_length);
    tell();
}

static uint8_t activate(bool active)
{
    if (state != STATE_INSTALLED) {
        return COAP_NOT_ALLOWED;
    }
    set_active(active);
    return COAP_CHANGED;
}

/* Whatever its argument says about an update to come: the component is gone, and a new package can be sent. */
static uint8_t uninstall(void)
{
    if (state != STATE_INSTALLED && state != STATE_DELIVERED) {
        return COAP_NOT_ALLOWED;
    }
    struct component_record record = component_record_read();
    record.state = COMPONENT_NONE;
    record.active = 0;
    component_record_write(&record);
    product_use_component(NULL, 0);
    forget();
    enter(STATE_INITIAL, RESULT_INITIAL);
    return COAP_CHANGED;
}

static bool read_software(uint16_t resource, struct value *value)
{
    switch (resource) {
    case NAME:
        *value = value_text(name);
        return true;
    case VERSION:
        *value = value_text(version);
        return true;
    case UPDATE_STATE:
        *value = value_integer(state);
        return true;
    case UPDATE_RESULT:
        *value = value_integer(result);
        return true;
    case ACTIVATION_STATE:
        *value = value_boolean(is_active());
        return true;
    case COMPONENTS:
        *value = value_link(component_object.id, 0);
        return true;
    default:
        return false;
    }
}

static uint8_t write_software(uint16_t resource, const struct input *input)
{
    (void)resource;
    (void)input;
    return COAP_NOT_ALLOWED; /* packages come through the sink, and nothing else is written */
}

static uint8_t execute_software(uint16_t resource, const uint8_t *arguments, size_t length)
{
    (void)arguments;
    (void)length;
    switch (resource) {
    case INSTALL:
        return install();
    case UNINSTALL:
        return uninstall();
    case ACTIVATE:
        return activate(true);
    default:
        return activate(false);
    }
}

const struct object software_object = {
    .id = 9,
    .resources = software_resources,
    .resource_count = sizeof software_resources / sizeof *software_resources,
    .read = read_software,
    .write = write_software,
    .execute = execute_software,
    .sink = &sink,
};

static bool read_component(uint16_t resource, struct value *value)
{
    bool installed = state == STATE_INSTALLED;
    switch (resource) {
    case C_IDENTITY:
        *value = value_text(name);
        return installed;
    case C_VERSION:
        *value = value_text(version);
        return installed;
    case C_ACTIVATION_STATE:
        *value = value_boolean(is_active());
        return true;
    default:
        return false;
    }
}

static uint8_t execute_component(uint16_t resource, const uint8_t *arguments, size_t length)
{
    (void)arguments;
    (void)length;
    return activate(resource == C_ACTIVATE);
}

const struct object component_object = {
    .id = 14,
    .resources = component_resources,
    .resource_count = sizeof component_resources / sizeof *component_resources,
    .read = read_component,
    .execute = execute_component,
};
