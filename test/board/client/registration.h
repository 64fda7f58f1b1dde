#ifndef REGISTRATION_H
#define REGISTRATION_H

/* The board's side of the Registration interface (LwM2M Core 1.1 §6.2): register, stay registered, leave. */

#include "buffer.h"
#include "exchange.h"
#include "object.h"

enum { REGISTRATION_LOCATION_SIZE = 64 };

enum registration_phase {
    REGISTRATION_PAUSING,     /* until the deadline, then it registers */
    REGISTRATION_REGISTERING, /* waits for the answer to Register */
    REGISTRATION_REGISTERED,  /* until the deadline, then it updates */
    REGISTRATION_UPDATING,    /* waits for the answer to Update */
};

struct registration {
    enum registration_phase phase;
    uint32_t deadline;
    uint8_t attempts; /* of sending the same request */
    uint8_t failures; /* of registering, in a row */
    uint16_t id;
    uint8_t token[4];
    /* Segments of the location that the server gave, each with its length before it. */
    uint8_t location[REGISTRATION_LOCATION_SIZE];
    size_t location_length;
    uint32_t serial; /* makes tokens differ */
};

/* Registers at once, from the next poll on; `seed` should differ from one start of the board to the next. */
void registration_init(struct registration *registration, uint32_t seed, uint32_t now);

/* Sends an update with the next poll: what executing Registration Update Trigger asks for. */
void registration_trigger(struct registration *registration, uint32_t now);

bool registration_is_up(const struct registration *registration);

void registration_poll(struct registration *registration, const char *endpoint, uint32_t lifetime_s,
                       const struct object_list *objects, struct exchange *exchange, struct buffer *scratch,
                       uint32_t now);

/* Whether the response or reset was meant for it; `*registered` is set when a registration came to be by it. */
bool registration_receive(struct registration *registration, const struct coap_message *message,
                          uint32_t lifetime_s, uint32_t now, bool *registered);

#endif
