#ifndef PATCH_H
#define PATCH_H

/*
 * Applies a sequential patch of detools, compressed with heatshrink: a byte of type and compression, the size of the
 * result, and in the compressed rest entries of differences to the base, new bytes, and a move in the base. A patch has
 * no digest of base or result: whoever applies one has to check both.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum patch_verdict {
    PATCH_GOOD,
    PATCH_MALFORMED,
    PATCH_UNSUPPORTED, /* another type or compression */
    PATCH_NOT_WRITTEN, /* `write` refused */
};

struct patch_job {
    const uint8_t *base;
    size_t base_length;
    const uint8_t *patch;
    size_t patch_length;
    size_t result_length; /* no other size is taken */
    /* Takes the result in order; false when it can't. */
    bool (*write)(void *context, size_t offset, const uint8_t *data, size_t length);
    void *context;
};

/* What was written up to a failure is no image. Beside the job it needs half a KiB of stack. */
enum patch_verdict patch_apply(const struct patch_job *job);

#endif
