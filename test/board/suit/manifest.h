#ifndef MANIFEST_H
#define MANIFEST_H

/*
 * SUIT_Manifest (§8.4) of one component with an integrated payload: what the templates compatibility check, firmware
 * download and secure boot (§7) make. The payload is the image, or a patch; then two components follow that of the
 * image, named below it: `running`, the image that the patch is for, and `patch`. Anything else is refused, never
 * skipped.
 */

#include "cbor.h"
#include "image.h"

struct manifest_content {
    const uint8_t *digest; /* SHA-256 */
    uint64_t size;
    bool has_size;
};

struct manifest {
    uint64_t sequence;
    const uint8_t *vendor_id; /* 16 bytes */
    const uint8_t *class_id;  /* 16 bytes */
    bool patched;
    struct manifest_content image;
    struct manifest_content running; /* of a patch, as the next one */
    struct manifest_content patch;
    struct cbor_bytes uri;
    const uint8_t *text_digest; /* SHA-256 of the severed text; NULL if none was severed */
};

/* Reads an authenticated manifest, and checks that it demands to be verified. The ids and digests aren't judged here. */
enum image_verdict manifest_parse(struct cbor_bytes encoded, struct manifest *manifest);

/* The SHA-256 in a SUIT_Digest (§10); false for another algorithm or size. */
bool suit_digest(struct cbor_bytes encoded, const uint8_t **sha256);

#endif
