#ifndef UART_H
#define UART_H

/* UART0: the one line to the host. */

#include <stdint.h>

/* For sending alone: what a bootloader needs. */
void uart_init_send(void);

/* With a receive buffer that an interrupt fills. */
void uart_init(void);

/* Waits until there is room. */
void uart_put(uint8_t byte);

/* The next byte that came, or -1. */
int uart_get(void);

/* In the vector table. */
void uart_receive_handler(void);

#endif
