#ifndef REPLIES_H
#define REPLIES_H

/*
 * The last answers, to repeat them when a request is repeated (RFC 7252 §4.5): a block must not be written twice, nor
 * a command executed. Long answers are not kept; they come from reads, which may as well be done again.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REPLIES_MAX = 4, REPLY_MAX_LENGTH = 48 };

struct reply {
    bool used;
    uint16_t request_id;
    uint8_t length;
    uint8_t message[REPLY_MAX_LENGTH];
    uint32_t sent_at;
};

struct replies {
    struct reply list[REPLIES_MAX];
    uint8_t next;
};

const struct reply *replies_find(const struct replies *replies, uint16_t request_id, uint32_t now);
void replies_keep(struct replies *replies, uint16_t request_id, const uint8_t *message, size_t length,
                  uint32_t now);

#endif
