#ifndef EXCHANGE_H
#define EXCHANGE_H

/* Message ids, tokens and the buffer that messages are built in: shared by all that sends. */

#include <stdint.h>

#include "coap.h"

/* Options of the longest message, and 1 KiB of payload. */
enum { EXCHANGE_MAX_PAYLOAD = 1024, EXCHANGE_MAX_MESSAGE = EXCHANGE_MAX_PAYLOAD + 128 };

/* Retransmission of confirmable messages (RFC 7252 §4.8): 2 s, doubled four times. */
enum { EXCHANGE_ACK_TIMEOUT_MS = 2000, EXCHANGE_MAX_RETRANSMIT = 4 };

struct exchange {
    uint8_t message[EXCHANGE_MAX_MESSAGE];
    uint16_t next_id;
    void (*send)(const uint8_t *message, size_t length);
};

uint16_t exchange_new_id(struct exchange *exchange);

/* Begins a message in the one buffer there is. */
void exchange_begin(struct exchange *exchange, struct coap_builder *builder, enum coap_type type, uint8_t code,
                    uint16_t id, const uint8_t *token, uint8_t token_length);

/* Adds the payload and sends; a message that did not fit is not sent, and the result is false. */
bool exchange_end(struct exchange *exchange, struct coap_builder *builder, const uint8_t *payload, size_t length);

/* An empty ACK or RST. */
void exchange_send_empty(struct exchange *exchange, enum coap_type type, uint16_t id);

#endif
