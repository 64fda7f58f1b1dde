#include "exchange.h"

#include <string.h>

uint16_t exchange_new_id(struct exchange *exchange)
{
    return exchange->next_id++;
}

void exchange_begin(struct exchange *exchange, struct coap_builder *builder, enum coap_type type, uint8_t code,
                    uint16_t id, const uint8_t *token, uint8_t token_length)
{
    coap_begin(builder, exchange->message, sizeof exchange->message, type, code, id, token, token_length);
}

bool exchange_end(struct exchange *exchange, struct coap_builder *builder, const uint8_t *payload, size_t length)
{
    if (length > 0) {
        size_t room;
        uint8_t *target = coap_begin_payload(builder, &room);
        if (length > room) {
            return false;
        }
        memcpy(target, payload, length);
        coap_end_payload(builder, length);
    }
    if (builder->failed) {
        return false;
    }
    exchange->send(builder->data, builder->length);
    return true;
}

void exchange_send_empty(struct exchange *exchange, enum coap_type type, uint16_t id)
{
    struct coap_builder builder;
    uint8_t message[4];
    coap_begin(&builder, message, sizeof message, type, COAP_EMPTY, id, NULL, 0);
    exchange->send(message, sizeof message);
}
