#include "cose.h"

#include <string.h>

#include "crypto.h"

enum { SIGN1_TAG = 18, HEADER_ALG = 1, HEADER_KID = 4, SIGNATURE_SIZE = 64 };

/* ES256 (RFC 9053 §2.1), and by its fully specified name ESP256 (RFC 9864 §2). */
enum { ALGORITHM_ES256 = -7, ALGORITHM_ESP256 = -9 };

/* Longest Sig_structure: of a protected header and a SUIT digest, which are short. */
enum { SIG_STRUCTURE_SIZE = 96 };

struct sign1 {
    struct cbor_bytes protected_header;
    struct cbor_bytes kid; /* empty when there is none */
    int64_t algorithm;
    struct cbor_bytes signature;
};

static enum cose_verdict parse_protected(struct sign1 *sign1)
{
    struct cbor_reader reader = cbor_read(sign1->protected_header.data, sign1->protected_header.length);
    /* Anything beside the algorithm would have to be understood (RFC 9052 §3.1). */
    bool alone = cbor_head(&reader, CBOR_MAP) == 1 && cbor_int(&reader) == HEADER_ALG;
    sign1->algorithm = cbor_int(&reader);
    return alone && cbor_done(&reader) ? COSE_GOOD : COSE_UNSUPPORTED;
}

static enum cose_verdict parse(struct cbor_bytes block, struct sign1 *sign1)
{
    struct cbor_reader reader = cbor_read(block.data, block.length);
    if (cbor_head(&reader, CBOR_TAG) != SIGN1_TAG || cbor_head(&reader, CBOR_ARRAY) != 4) {
        return COSE_MALFORMED;
    }
    sign1->protected_header = cbor_string(&reader, CBOR_BYTES);
    sign1->kid = (struct cbor_bytes){.data = NULL, .length = 0};
    uint64_t unprotected = cbor_head(&reader, CBOR_MAP);
    /* Nobody signed these: only the hint which key it was has a use. */
    if (unprotected > 1 || (unprotected == 1 && cbor_int(&reader) != HEADER_KID)) {
        return COSE_MALFORMED;
    }
    if (unprotected == 1) {
        sign1->kid = cbor_string(&reader, CBOR_BYTES);
    }
    if (!cbor_null(&reader)) {
        return COSE_MALFORMED;
    }
    sign1->signature = cbor_string(&reader, CBOR_BYTES);
    return cbor_done(&reader) ? parse_protected(sign1) : COSE_MALFORMED;
}

/* Sig_structure (RFC 9052 §4.4) of a Sign1 without external data, hashed. */
static bool hash_to_be_signed(const struct sign1 *sign1, struct cbor_bytes payload, uint8_t digest[SHA256_SIZE])
{
    static const char context[] = "Signature1";
    uint8_t data[SIG_STRUCTURE_SIZE];
    struct cbor_writer writer = {.next = data, .end = data + sizeof data};
    cbor_put_head(&writer, CBOR_ARRAY, 4);
    cbor_put_string(&writer, CBOR_TEXT, context, sizeof context - 1);
    cbor_put_string(&writer, CBOR_BYTES, sign1->protected_header.data, sign1->protected_header.length);
    cbor_put_string(&writer, CBOR_BYTES, context, 0);
    cbor_put_string(&writer, CBOR_BYTES, payload.data, payload.length);
    sha256(data, (size_t)(writer.next - data), data, 0, digest);
    return !writer.failed;
}

/* A key id is the SHA-256 of the key's SubjectPublicKeyInfo (RFC 5480 §2), whose head is the same for all of P-256. */
static bool is_named(const struct trust_anchor *anchor, struct cbor_bytes kid)
{
    static const uint8_t head[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
                                   0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
    uint8_t id[SHA256_SIZE];
    sha256(head, sizeof head, anchor->key, P256_KEY_SIZE, id);
    return kid.length == 0 || (kid.length == sizeof id && memcmp(kid.data, id, sizeof id) == 0);
}

enum cose_verdict cose_verify(struct cbor_bytes block, struct cbor_bytes payload,
                              const struct provisioning *provisioning)
{
    struct sign1 sign1;
    uint8_t digest[SHA256_SIZE];
    enum cose_verdict verdict = parse(block, &sign1);
    if (verdict != COSE_GOOD) {
        return verdict;
    }
    if (sign1.algorithm != ALGORITHM_ES256 && sign1.algorithm != ALGORITHM_ESP256) {
        return COSE_UNSUPPORTED;
    }
    if (sign1.signature.length != SIGNATURE_SIZE || !hash_to_be_signed(&sign1, payload, digest)) {
        return COSE_BAD_SIGNATURE;
    }
    for (uint32_t i = 0; i < provisioning->anchor_count; i++) {
        const struct trust_anchor *anchor = &provisioning->anchors[i];
        if (anchor->algorithm == ANCHOR_ESP256 && is_named(anchor, sign1.kid) &&
            p256_verify(anchor->key, digest, sign1.signature.data)) {
            return COSE_GOOD;
        }
    }
    return COSE_BAD_SIGNATURE;
}
