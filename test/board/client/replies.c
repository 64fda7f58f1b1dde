#include "replies.h"

#include <string.h>

/* EXCHANGE_LIFETIME (RFC 7252 §4.8.2): after that an id may mean another request. */
enum { LIFETIME_MS = 247000 };

const struct reply *replies_find(const struct replies *replies, uint16_t request_id, uint32_t now)
{
    for (size_t i = 0; i < REPLIES_MAX; i++) {
        const struct reply *reply = &replies->list[i];
        if (reply->used && reply->request_id == request_id && now - reply->sent_at < LIFETIME_MS) {
            return reply;
        }
    }
    return NULL;
}

void replies_keep(struct replies *replies, uint16_t request_id, const uint8_t *message, size_t length, uint32_t now)
{
    if (length > REPLY_MAX_LENGTH) {
        return;
    }
    struct reply *reply = &replies->list[replies->next];
    replies->next = (uint8_t)((replies->next + 1u) % REPLIES_MAX);
    *reply = (struct reply){.used = true, .request_id = request_id, .length = (uint8_t)length, .sent_at = now};
    memcpy(reply->message, message, length);
}
