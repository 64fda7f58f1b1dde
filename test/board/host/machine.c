#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "clock.h"
#include "flash.h"
#include "flash_map.h"
#include "golden.h"
#include "reset.h"
#include "run.h"
#include "slipmux.h"
#include "uart.h"
#include "watchdog.h"

enum { FLASH_SIZE = 0x1000000 };

struct machine *machine;
static uint8_t *flash;
static void (*when_idle)(void);

static void *shared(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory != MAP_FAILED ? memory : NULL;
}

/* Not before it is needed: each test is to have its own. */
static void prepare(void)
{
    if (machine != NULL) {
        return;
    }
    machine = shared(sizeof *machine);
    flash = shared(FLASH_SIZE);
    CHECK(machine != NULL && flash != NULL);
    machine->writes_left = UINT32_MAX;
}

static _Noreturn void end(enum machine_end how)
{
    (void)fflush(stdout);
    _exit((int)how);
}

enum machine_end machine_run(int (*program)(void), void (*idle)(void))
{
    prepare();
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        when_idle = idle;
        (void)program();
        end(MACHINE_RETURNED);
    }
    int status = 0;
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) < MACHINE_RETURNED || WEXITSTATUS(status) > MACHINE_IDLE) {
        _exit(EXIT_FAILURE); /* a check in it failed, or a sanitizer stopped it: that said why */
    }
    return (enum machine_end)WEXITSTATUS(status);
}

static void put_input(uint8_t byte)
{
    prepare();
    CHECK(machine->input_length < sizeof machine->input);
    machine->input[machine->input_length++] = byte;
}

void machine_send_coap(const uint8_t *message, size_t length)
{
    slipmux_send_coap(message, length, put_input);
}

void machine_send_text(const char *text)
{
    slipmux_send_diagnostic(text, strlen(text), put_input);
}

void machine_send_raw(const uint8_t *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        put_input(data[i]);
    }
}

uint8_t *machine_flash(void)
{
    prepare();
    return flash;
}

void machine_provision(void)
{
    struct cbor_bytes page = hex(GOLDEN_PROVISIONING);
    memcpy(machine_flash() + FLASH_PROVISIONING, page.data, page.length);
}

const uint8_t *flash_at(uint32_t offset)
{
    return machine_flash() + offset;
}

bool flash_write(uint32_t offset, const void *data, size_t length)
{
    prepare();
    if (offset > FLASH_SIZE || length > FLASH_SIZE - offset) {
        return false;
    }
    if (length > machine->writes_left) {
        memcpy(flash + offset, data, machine->writes_left);
        end(MACHINE_POWER_CUT);
    }
    if (machine->writes_left != UINT32_MAX) {
        machine->writes_left -= (uint32_t)length;
    }
    memcpy(flash + offset, data, length);
    return true;
}

void clock_init(void)
{
}

uint32_t clock_ms(void)
{
    prepare();
    return machine->now_ms;
}

void clock_sleep(void)
{
    machine->now_ms++;
    if (when_idle != NULL) {
        when_idle();
    }
    if (machine->now_ms >= machine->until_ms) {
        end(MACHINE_IDLE);
    }
}

void uart_init_send(void)
{
}

void uart_init(void)
{
}

void uart_put(uint8_t byte)
{
    prepare();
    if (machine->output_length == sizeof machine->output) {
        machine->output_length = 0; /* long ago */
    }
    machine->output[machine->output_length++] = byte;
}

int uart_get(void)
{
    return machine->input_taken < machine->input_length ? machine->input[machine->input_taken++] : -1;
}

void watchdog_start(uint32_t seconds)
{
    machine->watchdog_s = seconds;
}

void watchdog_stop(void)
{
    machine->watchdog_s = 0;
}

noreturn void reset_board(void)
{
    end(MACHINE_RESET);
}

noreturn void run(const uint8_t *image, size_t length)
{
    machine->started_length = length;
    memcpy(machine->started, image, length < sizeof machine->started ? length : sizeof machine->started);
    end(MACHINE_STARTED);
}
