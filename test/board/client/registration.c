#include "registration.h"

#include <string.h>

#include "data_model.h"
#include "elapsed.h"

enum { FIRST_PAUSE_MS = 1000, MAX_PAUSE_MS = 60000, MAX_FAILURES = 16 };

void registration_init(struct registration *registration, uint32_t seed, uint32_t now)
{
    *registration = (struct registration){.phase = REGISTRATION_PAUSING, .deadline = now, .serial = seed};
}

void registration_trigger(struct registration *registration, uint32_t now)
{
    if (registration->phase == REGISTRATION_REGISTERED || registration->phase == REGISTRATION_PAUSING) {
        registration->deadline = now;
    }
}

bool registration_is_up(const struct registration *registration)
{
    return registration->phase == REGISTRATION_REGISTERED || registration->phase == REGISTRATION_UPDATING;
}

/* Half of the lifetime leaves room for an update that gets lost, with all its retransmissions. */
static uint32_t update_after_ms(uint32_t lifetime_s)
{
    const uint32_t longest_s = UINT32_C(24) * 3600u;
    uint32_t half_s = lifetime_s / 2u;
    return (half_s < 1u ? 1u : half_s > longest_s ? longest_s : half_s) * 1000u;
}

static void pause(struct registration *registration, uint32_t now)
{
    uint32_t pause_ms = FIRST_PAUSE_MS;
    for (uint8_t i = 0; i < registration->failures && pause_ms < MAX_PAUSE_MS; i++) {
        pause_ms *= 2u;
    }
    if (registration->failures < MAX_FAILURES) {
        registration->failures++;
    }
    registration->phase = REGISTRATION_PAUSING;
    registration->deadline = now + (pause_ms < MAX_PAUSE_MS ? pause_ms : (uint32_t)MAX_PAUSE_MS);
}

static void add_query(struct coap_builder *builder, const char *key, const char *value)
{
    uint8_t data[80];
    struct buffer text = {.data = data, .capacity = sizeof data};
    buffer_put_text(&text, key);
    buffer_put_text(&text, value);
    builder->failed |= text.failed;
    coap_add_option(builder, COAP_OPTION_URI_QUERY, text.data, text.length);
}

static void add_lifetime(struct coap_builder *builder, uint32_t lifetime_s)
{
    uint8_t data[16];
    struct buffer text = {.data = data, .capacity = sizeof data};
    buffer_put_text(&text, "lt=");
    buffer_put_decimal(&text, lifetime_s);
    coap_add_option(builder, COAP_OPTION_URI_QUERY, text.data, text.length);
}

static void renew_token(struct registration *registration)
{
    registration->serial++;
    memcpy(registration->token, &registration->serial, sizeof registration->token);
}

static void send_register(struct registration *registration, const char *endpoint, uint32_t lifetime_s,
                          const struct object_list *objects, struct exchange *exchange, struct buffer *scratch)
{
    struct coap_builder builder;
    scratch->length = 0;
    scratch->failed = false;
    data_model_links(objects, scratch);
    exchange_begin(exchange, &builder, COAP_CON, COAP_POST, registration->id, registration->token,
                   sizeof registration->token);
    coap_add_option(&builder, COAP_OPTION_URI_PATH, "rd", 2);
    coap_add_uint(&builder, COAP_OPTION_CONTENT_FORMAT, FORMAT_LINK);
    add_query(&builder, "ep=", endpoint);
    add_lifetime(&builder, lifetime_s);
    add_query(&builder, "lwm2m=", "1.1");
    add_query(&builder, "b=", "U");
    (void)exchange_end(exchange, &builder, scratch->data, scratch->length);
}

static void send_update(struct registration *registration, uint32_t lifetime_s, struct exchange *exchange)
{
    struct coap_builder builder;
    exchange_begin(exchange, &builder, COAP_CON, COAP_POST, registration->id, registration->token,
                   sizeof registration->token);
    for (size_t at = 0; at < registration->location_length; at += 1u + registration->location[at]) {
        coap_add_option(&builder, COAP_OPTION_URI_PATH, &registration->location[at + 1], registration->location[at]);
    }
    add_lifetime(&builder, lifetime_s);
    (void)exchange_end(exchange, &builder, NULL, 0);
}

void registration_poll(struct registration *registration, const char *endpoint, uint32_t lifetime_s,
                       const struct object_list *objects, struct exchange *exchange, struct buffer *scratch,
                       uint32_t now)
{
    if (!time_reached(now, registration->deadline)) {
        return;
    }
    bool waits = registration->phase == REGISTRATION_REGISTERING || registration->phase == REGISTRATION_UPDATING;
    if (!waits) {
        registration->phase =
            registration->phase == REGISTRATION_PAUSING ? REGISTRATION_REGISTERING : REGISTRATION_UPDATING;
        registration->attempts = 0;
        registration->id = exchange_new_id(exchange); /* retransmissions have the same (RFC 7252 §4.2) */
        renew_token(registration);
    } else if (++registration->attempts > EXCHANGE_MAX_RETRANSMIT) {
        pause(registration, now); /* a server that is back may not know this board any more: register anew */
        return;
    }
    if (registration->phase == REGISTRATION_REGISTERING) {
        send_register(registration, endpoint, lifetime_s, objects, exchange, scratch);
    } else {
        send_update(registration, lifetime_s, exchange);
    }
    registration->deadline = now + ((uint32_t)EXCHANGE_ACK_TIMEOUT_MS << registration->attempts);
}

/* False if there is none, or it is too long to keep. */
static bool keep_location(struct registration *registration, const struct coap_message *message)
{
    size_t length = 0;
    for (uint8_t i = 0; i < message->location_count; i++) {
        struct coap_slice segment = message->location[i];
        if (segment.length + 1u > sizeof registration->location - length) {
            return false;
        }
        registration->location[length++] = (uint8_t)segment.length;
        memcpy(&registration->location[length], segment.data, segment.length);
        length += segment.length;
    }
    registration->location_length = length;
    return length > 0;
}

bool registration_receive(struct registration *registration, const struct coap_message *message,
                          uint32_t lifetime_s, uint32_t now, bool *registered)
{
    bool registering = registration->phase == REGISTRATION_REGISTERING;
    if (!registering && registration->phase != REGISTRATION_UPDATING) {
        return false;
    }
    if (message->code == COAP_EMPTY) {
        if (message->id != registration->id) {
            return false;
        }
        if (message->type == COAP_RST) {
            pause(registration, now);
        } else {
            /* The request is there, and its answer comes later under the token: it isn't sent again (RFC 7252 §5.2.2). */
            registration->attempts = EXCHANGE_MAX_RETRANSMIT;
            registration->deadline = now + ((uint32_t)EXCHANGE_ACK_TIMEOUT_MS << EXCHANGE_MAX_RETRANSMIT);
        }
        return true;
    }
    if (message->token_length != sizeof registration->token ||
        memcmp(message->token, registration->token, sizeof registration->token) != 0) {
        return false;
    }
    if (message->code == (registering ? COAP_CREATED : COAP_CHANGED) &&
        (!registering || keep_location(registration, message))) {
        registration->phase = REGISTRATION_REGISTERED;
        registration->failures = 0;
        registration->deadline = now + update_after_ms(lifetime_s);
        *registered = registering;
    } else if (!registering && message->code == COAP_NOT_FOUND) {
        registration->phase = REGISTRATION_PAUSING; /* forgotten: register anew at once (§6.2.2) */
        registration->deadline = now;
    } else {
        pause(registration, now);
    }
    return true;
}
