#ifndef COSE_H
#define COSE_H

/* COSE_Sign1 with detached content (RFC 9052 §4), as SUIT's authentication blocks are. */

#include "cbor.h"
#include "provisioning.h"

enum cose_verdict { COSE_GOOD, COSE_MALFORMED, COSE_UNSUPPORTED, COSE_BAD_SIGNATURE };

/* Whether the block is a signature of one of the anchors over the payload. */
enum cose_verdict cose_verify(struct cbor_bytes block, struct cbor_bytes payload,
                              const struct provisioning *provisioning);

#endif
