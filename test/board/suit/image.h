#ifndef IMAGE_H
#define IMAGE_H

/* A package as an update brings it: a SUIT envelope (draft-ietf-suit-manifest-37) with the image inside. */

#include <stddef.h>
#include <stdint.h>

#include "provisioning.h"

enum image_verdict {
    IMAGE_GOOD,
    IMAGE_NOT_SUIT,
    IMAGE_MALFORMED,
    IMAGE_UNSUPPORTED, /* SUIT, but more than this board understands */
    IMAGE_BAD_SIGNATURE,
    IMAGE_BAD_DIGEST,
    IMAGE_WRONG_VENDOR,
    IMAGE_WRONG_CLASS,
    IMAGE_OLD_SEQUENCE,
    IMAGE_TOO_LARGE,
};

enum { IMAGE_VERSION_SIZE = 33 };

struct image {
    const uint8_t *payload;
    size_t length;
    uint64_t sequence;
    char version[IMAGE_VERSION_SIZE]; /* as the image itself says; empty if it doesn't */
};

/*
 * Judges a package as this board has to: signature of a trust anchor, digest of the manifest, vendor and class, sequence
 * number, size and digest of the payload. Fills in `image` if it is good. Nothing in the package is trusted before.
 */
enum image_verdict image_check(const uint8_t *package, size_t length, const struct provisioning *provisioning,
                               uint64_t minimum_sequence, struct image *image);

/* The version in the application descriptor of an image, wherever in it that is; empty if there is none. */
void image_read_version(const uint8_t *payload, size_t length, char version[IMAGE_VERSION_SIZE]);

/* Update Result (5/0/5) for a verdict. */
int image_update_result(enum image_verdict verdict);

/* In words, for the console. */
const char *image_verdict_text(enum image_verdict verdict);

#endif
