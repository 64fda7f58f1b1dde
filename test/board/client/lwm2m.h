#ifndef LWM2M_H
#define LWM2M_H

/*
 * An LwM2M 1.1 client with one server, over any way to carry datagrams: give it what arrives, poll it, and tell it
 * what changed. Everything it needs is in this struct, about 3 KiB.
 */

#include "data_model.h"
#include "exchange.h"
#include "observations.h"
#include "registration.h"
#include "replies.h"
#include "transfer.h"

struct lwm2m_config {
    const char *endpoint; /* Endpoint Client Name, at most 64 bytes */
    struct object_list objects;
    uint32_t (*lifetime_s)(void);
    void (*send)(const uint8_t *message, size_t length);
    void (*registered)(void); /* each time a registration came to be */
};

struct lwm2m {
    const struct lwm2m_config *config;
    struct exchange exchange;
    struct registration registration;
    struct observations observations;
    struct replies replies;
    struct transfer transfer;
    uint8_t payload[EXCHANGE_MAX_PAYLOAD];
};

/* `seed` should differ from one start of the board to the next: message ids and tokens begin there. */
void lwm2m_init(struct lwm2m *client, const struct lwm2m_config *config, uint32_t seed, uint32_t now);

/* Takes a datagram, whatever is in it. */
void lwm2m_receive(struct lwm2m *client, const uint8_t *datagram, size_t length, uint32_t now);

/* Does what is due. Call it after each datagram, and every few milliseconds. */
void lwm2m_poll(struct lwm2m *client, uint32_t now);

/* A resource has another value: whoever observes it is told with the next poll. */
void lwm2m_changed(struct lwm2m *client, uint16_t object, uint16_t resource);

/* Registration Update Trigger (1/0/8). */
void lwm2m_update_registration(struct lwm2m *client, uint32_t now);

bool lwm2m_is_registered(const struct lwm2m *client);

#endif
