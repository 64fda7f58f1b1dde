#ifndef MACHINE_H
#define MACHINE_H

/*
 * The board's hardware on this machine: the functions of port/, and boot/run.h, with a flash that outlives a reset. A
 * program runs in a process of its own, so that its memory is fresh each time, as after a reset.
 */

#include <stddef.h>
#include <stdint.h>

/* How a program ended. */
enum machine_end {
    MACHINE_RETURNED = 100,
    MACHINE_RESET,
    MACHINE_POWER_CUT, /* in the middle of a write to flash */
    MACHINE_STARTED,   /* the bootloader started an image */
    MACHINE_IDLE,      /* its time was up */
};

/* Lives in memory that all processes share. */
struct machine {
    uint8_t input[0x20000]; /* what the line brings; the program is to take it all */
    size_t input_length;
    size_t input_taken;
    uint8_t output[0x40000]; /* what it put on the line */
    size_t output_length;
    uint32_t now_ms;
    uint32_t until_ms;      /* the program ends then */
    uint32_t watchdog_s;    /* 0 when it is stopped */
    uint32_t writes_left;   /* bytes that can be written to flash until the power is cut */
    size_t started_length;  /* the image that was started */
    uint8_t started[256];   /* its first bytes */
};

extern struct machine *machine;

/* Powers the program on, as it comes from a reset. `idle` is called each millisecond; it may be NULL. */
enum machine_end machine_run(int (*program)(void), void (*idle)(void));

/* Puts a CoAP message, or console input, on the line to the board. */
void machine_send_coap(const uint8_t *message, size_t length);
void machine_send_text(const char *text);
void machine_send_raw(const uint8_t *data, size_t length);

/* The whole flash. */
uint8_t *machine_flash(void);

/* Writes the provisioning page of golden.h. */
void machine_provision(void);

#endif
