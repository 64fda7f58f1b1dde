#include <string.h>

#include "app_info.h"
#include "board.h"
#include "boot_record.h"
#include "clock.h"
#include "console.h"
#include "elapsed.h"
#include "firmware_object.h"
#include "lwm2m.h"
#include "product.h"
#include "provisioning.h"
#include "reset.h"
#include "server_object.h"
#include "shell.h"
#include "slipmux.h"
#include "software_object.h"
#include "uart.h"

/* An answer of the longest kind has left the line by then, at 115,200 baud. */
enum { RESET_DELAY_MS = 200 };

static const struct object *const objects[] = {
    &server_object, &device_object, &firmware_object, &software_object, &component_object, &delta_object,
};

static char endpoint[PROVISIONING_ENDPOINT_SIZE] = "unprovisioned-board";
static struct lwm2m client;
static struct slipmux_decoder decoder;
static bool resetting;
static uint32_t reset_at;

static void send(const uint8_t *message, size_t length)
{
    slipmux_send_coap(message, length, uart_put);
}

static void registered(void)
{
    console_line("lwm2m: registered");
    firmware_confirm();
}

static const struct lwm2m_config config = {
    .endpoint = endpoint,
    .objects = {objects, sizeof objects / sizeof *objects},
    .lifetime_s = server_lifetime_s,
    .send = send,
    .registered = registered,
};

void board_changed(uint16_t object, uint16_t resource)
{
    lwm2m_changed(&client, object, resource);
}

void board_update_registration(void)
{
    lwm2m_update_registration(&client, clock_ms());
}

void board_reset_soon(void)
{
    resetting = true;
    reset_at = clock_ms() + RESET_DELAY_MS;
}

/* Takes one frame, if one is complete: what it causes goes out before the next is taken. */
static bool receive(void)
{
    int byte;
    while ((byte = uart_get()) >= 0) {
        const uint8_t *content;
        size_t length;
        switch (slipmux_take(&decoder, (uint8_t)byte, &content, &length)) {
        case SLIPMUX_COAP:
            lwm2m_receive(&client, content, length, clock_ms());
            return true;
        case SLIPMUX_DIAGNOSTIC:
            shell_input(content, length);
            return true;
        case SLIPMUX_NONE:
            break;
        }
    }
    return false;
}

int main(void)
{
    clock_init();
    uart_init();
    slipmux_reset(&decoder);
    const struct provisioning *provisioning = provisioning_read();
    if (provisioning != NULL) {
        memcpy(endpoint, provisioning->endpoint, PROVISIONING_ENDPOINT_SIZE);
    }
    console_line(app_info.banner);
    /* Message ids and tokens go on somewhere else after each boot. */
    lwm2m_init(&client, &config, boot_record_read().boots * 0x9e3779b1u, clock_ms());
    firmware_start();
    product_start();
    software_start();
    for (;;) {
        bool busy = receive();
        lwm2m_poll(&client, clock_ms());
        firmware_poll(clock_ms());
        product_poll(clock_ms());
        if (resetting && time_reached(clock_ms(), reset_at)) {
            reset_board();
        }
        if (!busy) {
            clock_sleep();
        }
    }
}
