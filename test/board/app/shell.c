#include "shell.h"

#include <string.h>

#include "app_info.h"
#include "board.h"
#include "boot_record.h"
#include "console.h"
#include "slot.h"

enum { COMMAND_SIZE = 32 };

static const char prompt[] = "> ";
static char command[COMMAND_SIZE + 1];
static size_t command_length;
static uint8_t previous;

static void help(void);

static void show_version(void)
{
    console_line(app_info.version);
}

static void show_slot(enum slot_name name, const struct boot_record *record)
{
    struct slot_content content = slot_read(name);
    console_begin(name == SLOT_A ? "A: " : "B: ");
    if (content.kind == SLOT_EMPTY) {
        console_add("empty");
    } else {
        console_add_number((uint32_t)content.length);
        console_add(content.kind == SLOT_FACTORY ? " bytes from the factory" : " bytes");
    }
    bool active = record->active == (uint8_t)name;
    console_add(active ? ", active" : record->trial == TRIAL_RUNNING ? ", on trial" : ", spare");
    console_end();
}

static void show_slots(void)
{
    struct boot_record record = boot_record_read();
    show_slot(SLOT_A, &record);
    show_slot(SLOT_B, &record);
    console_begin("boots: ");
    console_add_number(record.boots);
    console_end();
}

static const struct {
    const char *name;
    const char *what;
    void (*run)(void);
} commands[] = {
    {"help", "this list", help},
    {"version", "the running firmware", show_version},
    {"slots", "what the flash holds", show_slots},
    {"reboot", "start anew", board_reset_soon},
};

enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

static void help(void)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        console_begin(commands[i].name);
        console_add(": ");
        console_add(commands[i].what);
        console_end();
    }
}

static void run(void)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, command) == 0) {
            commands[i].run();
            return;
        }
    }
    console_begin(command);
    console_add(": unknown, try help");
    console_end();
}

static void take(uint8_t byte)
{
    bool second_half = previous == '\r' && byte == '\n';
    previous = byte;
    if (second_half) {
        return;
    }
    if (byte == '\r' || byte == '\n') {
        console_write("\r\n", 2);
        command[command_length] = '\0';
        command_length = 0;
        if (command[0] != '\0') {
            run();
        }
        console_write(prompt, sizeof prompt - 1);
    } else if (byte == '\b' || byte == 0x7f) {
        if (command_length > 0) {
            command_length--;
            console_write("\b \b", 3);
        }
    } else if (byte >= ' ' && byte <= '~' && command_length < COMMAND_SIZE) {
        command[command_length++] = (char)byte;
        console_write((const char *)&byte, 1);
    }
}

void shell_input(const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        take(data[i]);
    }
}
