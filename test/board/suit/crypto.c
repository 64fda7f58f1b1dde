#include "crypto.h"

#include <string.h>

#include "bearssl_ec.h"
#include "bearssl_hash.h"

void sha256(const void *first, size_t first_length, const void *second, size_t second_length,
            uint8_t digest[SHA256_SIZE])
{
    br_sha256_context context;
    br_sha256_init(&context);
    br_sha256_update(&context, first, first_length);
    br_sha256_update(&context, second, second_length);
    br_sha256_out(&context, digest);
}

bool p256_verify(const uint8_t key[P256_KEY_SIZE], const uint8_t digest[SHA256_SIZE],
                 const uint8_t signature[P256_SIGNATURE_SIZE])
{
    enum { UNCOMPRESSED = 4 };
    uint8_t point[1 + P256_KEY_SIZE] = {UNCOMPRESSED};
    memcpy(point + 1, key, P256_KEY_SIZE);
    const br_ec_public_key public_key = {.curve = BR_EC_secp256r1, .q = point, .qlen = sizeof point};
    return br_ecdsa_i31_vrfy_raw(&br_ec_p256_m31, digest, SHA256_SIZE, &public_key, signature,
                                 P256_SIGNATURE_SIZE) == 1;
}
