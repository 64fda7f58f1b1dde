#include "observations.h"

#include <string.h>

#include "elapsed.h"

enum { SEQUENCE_MASK = 0xffffff };

static struct observation *find(struct observations *observations, const uint8_t *token, uint8_t token_length)
{
    for (size_t i = 0; i < OBSERVATIONS_MAX; i++) {
        struct observation *observation = &observations->list[i];
        if (observation->used && observation->token_length == token_length &&
            memcmp(observation->token, token, token_length) == 0) {
            return observation;
        }
    }
    return NULL;
}

static struct observation *find_free(struct observations *observations)
{
    for (size_t i = 0; i < OBSERVATIONS_MAX; i++) {
        if (!observations->list[i].used) {
            return &observations->list[i];
        }
    }
    return NULL;
}

struct observation *observations_add(struct observations *observations, const struct coap_message *request,
                                     const struct path *path, int32_t format)
{
    struct observation *observation = find(observations, request->token, request->token_length);
    if (observation == NULL) {
        observation = find_free(observations);
    }
    if (observation == NULL) {
        return NULL;
    }
    *observation = (struct observation){
        .used = true, .path = *path, .format = format, .token_length = request->token_length};
    memcpy(observation->token, request->token, request->token_length);
    return observation;
}

void observations_remove(struct observations *observations, const uint8_t *token, uint8_t token_length)
{
    struct observation *observation = find(observations, token, token_length);
    if (observation != NULL) {
        observation->used = false;
    }
}

void observations_clear(struct observations *observations)
{
    memset(observations, 0, sizeof *observations);
}

void observations_mark(struct observations *observations, const struct path *path)
{
    for (size_t i = 0; i < OBSERVATIONS_MAX; i++) {
        struct observation *observation = &observations->list[i];
        if (observation->used &&
            (path_contains(&observation->path, path) || path_contains(path, &observation->path))) {
            observation->changed = true;
        }
    }
}

void observations_answered(struct observations *observations, uint16_t id, bool rejected)
{
    for (size_t i = 0; i < OBSERVATIONS_MAX; i++) {
        struct observation *observation = &observations->list[i];
        if (observation->used && observation->waiting && observation->id == id) {
            observation->waiting = false;
            observation->used = !rejected;
        }
    }
}

static void notify(struct observation *observation, const struct object_list *objects, struct exchange *exchange,
                   struct buffer *scratch, uint32_t now)
{
    scratch->length = 0;
    scratch->failed = false;
    int32_t format = observation->format;
    uint8_t code = data_model_read(objects, &observation->path, &format, scratch);
    bool there = code == COAP_CONTENT;
    struct coap_builder builder;
    observation->id = exchange_new_id(exchange);
    exchange_begin(exchange, &builder, COAP_CON, code, observation->id, observation->token,
                   observation->token_length);
    if (there) {
        observation->sequence = (observation->sequence + 1) & SEQUENCE_MASK;
        coap_add_uint(&builder, COAP_OPTION_OBSERVE, observation->sequence);
        coap_add_uint(&builder, COAP_OPTION_CONTENT_FORMAT, (uint32_t)format);
    }
    (void)exchange_end(exchange, &builder, scratch->data, there ? scratch->length : 0);
    observation->used = there; /* an error is the last word (RFC 7641 §4.2) */
    observation->changed = false;
    observation->waiting = true;
    observation->deadline = now + ((uint32_t)EXCHANGE_ACK_TIMEOUT_MS << observation->attempts);
}

void observations_poll(struct observations *observations, const struct object_list *objects,
                       struct exchange *exchange, struct buffer *scratch, uint32_t now)
{
    for (size_t i = 0; i < OBSERVATIONS_MAX; i++) {
        struct observation *observation = &observations->list[i];
        if (!observation->used) {
            continue;
        }
        if (!observation->waiting) {
            if (observation->changed) {
                observation->attempts = 0;
                notify(observation, objects, exchange, scratch, now);
            }
        } else if (time_reached(now, observation->deadline)) {
            if (observation->attempts == EXCHANGE_MAX_RETRANSMIT) {
                observation->used = false; /* nobody is there (RFC 7641 §4.5) */
                continue;
            }
            observation->attempts++;
            notify(observation, objects, exchange, scratch, now);
        }
    }
}
