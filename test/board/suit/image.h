#ifndef IMAGE_H
#define IMAGE_H

/* A package as an update brings it: a SUIT envelope (draft-ietf-suit-manifest-37) with the image, or a patch, inside. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cbor.h"
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
    IMAGE_WRONG_BASE, /* a patch for another image than the one that runs */
    IMAGE_PATCH,      /* a good patch, of which the image has to be made yet */
};

enum { IMAGE_VERSION_SIZE = 33 };

struct image {
    const uint8_t *payload;
    size_t length;
    const uint8_t *digest; /* SHA-256 of it, in the manifest */
    uint64_t sequence;
    struct cbor_bytes patch;      /* what the image is made of, if the package brings that */
    const uint8_t *base_digest;   /* SHA-256 of the image that it is for */
    char version[IMAGE_VERSION_SIZE]; /* as the image itself says; empty if it doesn't */
};

/*
 * Judges a package as this board has to: signature of a trust anchor, digest of the manifest, vendor and class, sequence
 * number, size and digest of the payload. Fills in `image` if it is good. Nothing in the package is trusted before.
 * Where the package brings a patch, `made` is the image that was made of it, or NULL: then a good one is IMAGE_PATCH.
 */
enum image_verdict image_check(const uint8_t *package, size_t length, const uint8_t *made,
                               const struct provisioning *provisioning, uint64_t minimum_sequence,
                               struct image *image);

/* After IMAGE_PATCH: judges what was made of it, and fills it in if it is what was signed. */
enum image_verdict image_check_made(struct image *image, const uint8_t *made);

/* As `image_check`, of a package that the bootloader found good at this start: nothing is verified again. */
bool image_find(const uint8_t *package, size_t length, const uint8_t *made, struct image *image);

/* The version in the application descriptor of an image, wherever in it that is; empty if there is none. */
void image_read_version(const uint8_t *payload, size_t length, char version[IMAGE_VERSION_SIZE]);

/* Update Result (5/0/5) for a verdict. */
int image_update_result(enum image_verdict verdict);

/* In words, for the console. */
const char *image_verdict_text(enum image_verdict verdict);

#endif
