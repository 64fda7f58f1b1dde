#include "uart.h"

#include <stddef.h>

#include "nvic.h"

/* CMSDK APB UART (Arm DDI 0479D, §4.3). */
struct uart_registers {
    volatile uint32_t data;
    volatile uint32_t state;
    volatile uint32_t control;
    volatile uint32_t interrupt; /* status; a 1 that is written clears */
    volatile uint32_t divider;
};

enum { TX_FULL = 1u << 0, RX_FULL = 1u << 1 };
enum { TX_ENABLE = 1u << 0, RX_ENABLE = 1u << 1, RX_INTERRUPT = 1u << 3 };
enum { RX_PENDING = 1u << 1 };
enum { SYSTEM_CLOCK_HZ = 25000000, BAUD_RATE = 115200, RX_IRQ = 0 };

/* More than a frame with a 1 KiB block, all of it escaped. */
enum { BUFFER_SIZE = 4096 };

static struct uart_registers *const uart = (struct uart_registers *)0x40004000;

/* One writer, the interrupt, and one reader: each changes only its own index. */
static uint8_t buffer[BUFFER_SIZE];
static volatile size_t head;
static volatile size_t tail;

void uart_init_send(void)
{
    uart->divider = SYSTEM_CLOCK_HZ / BAUD_RATE;
    uart->control = TX_ENABLE;
}

static void drain(void)
{
    while ((uart->state & RX_FULL) != 0) {
        uint8_t byte = (uint8_t)uart->data;
        size_t next = (head + 1) % BUFFER_SIZE;
        if (next != tail) { /* else it is lost, and its frame's checksum tells */
            buffer[head] = byte;
            head = next;
        }
    }
}

void uart_init(void)
{
    uart->divider = SYSTEM_CLOCK_HZ / BAUD_RATE;
    uart->control = TX_ENABLE | RX_ENABLE | RX_INTERRUPT;
    drain(); /* a byte that was there before raises no interrupt */
    nvic_enable(RX_IRQ);
}

void uart_receive_handler(void)
{
    uart->interrupt = RX_PENDING;
    drain();
}

void uart_put(uint8_t byte)
{
    while ((uart->state & TX_FULL) != 0) {
    }
    uart->data = byte;
}

int uart_get(void)
{
    if (tail == head) {
        return -1;
    }
    uint8_t byte = buffer[tail];
    tail = (tail + 1) % BUFFER_SIZE;
    return byte;
}
