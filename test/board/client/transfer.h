#ifndef TRANSFER_H
#define TRANSFER_H

/* The receiving side of a block-wise transfer (RFC 7959 §2.5): blocks go on to a sink in order, one transfer at a time. */

#include "coap.h"
#include "object.h"

struct transfer {
    const struct package_sink *sink; /* NULL when none is under way */
    uint32_t received;
};

/* Takes a request's payload, whole or a block of it; returns the code to answer with, Block1 echoed. */
uint8_t transfer_take(struct transfer *transfer, const struct package_sink *sink,
                      const struct coap_message *request);

#endif
