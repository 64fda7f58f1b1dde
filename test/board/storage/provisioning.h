#ifndef PROVISIONING_H
#define PROVISIONING_H

/* What the factory wrote: who the board is, and whose packages it takes. The board only reads it. */

#include <stdint.h>

enum { PROVISIONING_MAX_ANCHORS = 4, PROVISIONING_ENDPOINT_SIZE = 64 };

enum { ANCHOR_ESP256 = 1, ANCHOR_ED25519 = 2 };

struct trust_anchor {
    uint32_t algorithm;
    uint8_t key[64]; /* x and y of P-256 */
};

struct provisioning {
    uint32_t magic;
    uint32_t version;
    uint32_t anchor_count;
    struct trust_anchor anchors[PROVISIONING_MAX_ANCHORS];
    uint8_t vendor_id[16];
    uint8_t class_id[16];
    uint8_t factory_digest[32]; /* SHA-256 of the image that needs no signature */
    char endpoint[PROVISIONING_ENDPOINT_SIZE]; /* ends with a zero */
    uint32_t confirm_s; /* how long an image on trial has to register */
    uint32_t crc32;
};

/* NULL while the board is not provisioned, or its page is damaged. */
const struct provisioning *provisioning_read(void);

#endif
