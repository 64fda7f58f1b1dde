#ifndef CRYPTO_H
#define CRYPTO_H

/* The two algorithms that a package needs, from BearSSL. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHA256_SIZE = 32, P256_KEY_SIZE = 64, P256_SIGNATURE_SIZE = 64 };

/* SHA-256 of two pieces, one after the other; the second may be empty. */
void sha256(const void *first, size_t first_length, const void *second, size_t second_length,
            uint8_t digest[SHA256_SIZE]);

/* ECDSA on P-256 over a SHA-256, key as x‖y, signature as r‖s (RFC 9053 §2.1). */
bool p256_verify(const uint8_t key[P256_KEY_SIZE], const uint8_t digest[SHA256_SIZE],
                 const uint8_t signature[P256_SIGNATURE_SIZE]);

#endif
