#ifndef OBSERVATIONS_H
#define OBSERVATIONS_H

/* Who observes what (RFC 7641). Notifications are confirmable: the board learns when nobody listens any more. */

#include "data_model.h"
#include "exchange.h"

enum { OBSERVATIONS_MAX = 12 };

struct observation {
    bool used;
    bool changed; /* something to tell */
    bool waiting; /* for the acknowledgement of the last notification */
    uint8_t attempts;
    uint8_t token_length;
    uint8_t token[COAP_MAX_TOKEN];
    uint16_t id;
    struct path path;
    int32_t format;
    uint32_t sequence; /* the Observe option's, 24 bits */
    uint32_t deadline;
};

struct observations {
    struct observation list[OBSERVATIONS_MAX];
};

/* Adds one, in place of one with the same token. NULL when there is no room: then it is a plain read (RFC 7641 §4.1). */
struct observation *observations_add(struct observations *observations, const struct coap_message *request,
                                     const struct path *path, int32_t format);

void observations_remove(struct observations *observations, const uint8_t *token, uint8_t token_length);
void observations_clear(struct observations *observations);

void observations_mark(struct observations *observations, const struct path *path);

/* The observer's answer to a notification: an ACK, or an RST that ends the observation. */
void observations_answered(struct observations *observations, uint16_t id, bool rejected);

/* Sends what is due: news, and again what nobody acknowledged, as it is by now (RFC 7641 §4.5.2). */
void observations_poll(struct observations *observations, const struct object_list *objects,
                       struct exchange *exchange, struct buffer *scratch, uint32_t now);

#endif
