#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "cose.h"
#include "crypto.h"
#include "fuzz.h"
#include "golden.h"
#include "image.h"
#include "machine.h"
#include "manifest.h"

static struct image image;

static enum image_verdict check_bytes_of(struct cbor_bytes package, uint64_t minimum_sequence)
{
    machine_provision();
    return image_check(package.data, package.length, NULL, provisioning_read(), minimum_sequence, &image);
}

static enum image_verdict check(const char *digits)
{
    return check_bytes_of(hex(digits), 0);
}

/* The package with one bit changed, at the byte that `offset` bytes after the first `mark` is. */
static struct cbor_bytes changed(const char *package, const char *mark, size_t offset)
{
    struct cbor_bytes bytes = hex(package);
    struct cbor_bytes sought = hex(mark);
    uint8_t *copy = malloc(bytes.length);
    memcpy(copy, bytes.data, bytes.length);
    for (size_t at = 0; at + sought.length + offset <= bytes.length; at++) {
        if (memcmp(copy + at, sought.data, sought.length) == 0) {
            copy[at + offset] ^= 1;
            return (struct cbor_bytes){copy, bytes.length};
        }
    }
    abort(); /* a mistake in the test */
}

/* Where things are in the golden packages. */
#define SIGNATURE "f65840"
#define MANIFEST "0358"
#define TEXT "1758"
#define PAYLOAD "2d617070696e666f"

/* FIPS 180-4: "abc" in pieces, and nothing. */
TEST(crypto, "computes SHA-256 of two pieces")
{
    uint8_t digest[SHA256_SIZE];
    sha256("a", 1, "bc", 2, digest);
    CHECK_BYTES(digest, sizeof digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256("", 0, "", 0, digest);
    CHECK_BYTES(digest, sizeof digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* RFC 6979 §A.2.5: the key and the signature of "sample". */
TEST(crypto, "verifies ECDSA on P-256, and refuses any other key, digest and signature")
{
    static const char *const key = "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                                   "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
    static const char *const signature = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                                         "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
    uint8_t digest[SHA256_SIZE];
    sha256("sample", 6, "", 0, digest);
    CHECK(p256_verify(hex(key).data, digest, hex(signature).data));
    static const uint8_t zero[P256_SIGNATURE_SIZE];
    CHECK(!p256_verify(hex(key).data, digest, zero));
    CHECK(!p256_verify(zero, digest, hex(signature).data));
    digest[0] ^= 1;
    CHECK(!p256_verify(hex(key).data, digest, hex(signature).data));
}

TEST(image, "accepts what Slipway signs, with and without a text")
{
    CHECK_EQUAL(check(GOLDEN_PACKAGE), IMAGE_GOOD);
    CHECK_EQUAL(image.sequence, 7);
    CHECK_EQUAL(image.length, 152);
    CHECK(strcmp(image.version, "1.2.3") == 0);
    CHECK_EQUAL(check(GOLDEN_PACKAGE_WITH_TEXT), IMAGE_GOOD);
}

TEST(image, "takes a patch as such, and the image that was made of it if that is what was signed")
{
    struct cbor_bytes whole = hex(GOLDEN_PACKAGE);
    struct cbor_bytes package = hex(GOLDEN_PATCH_PACKAGE);
    uint8_t made[152];
    CHECK_EQUAL(check_bytes_of(whole, 0), IMAGE_GOOD);
    memcpy(made, image.payload, sizeof made);
    CHECK(image.patch.data == NULL);

    CHECK_EQUAL(check_bytes_of(package, 8), IMAGE_PATCH);
    CHECK(image.payload == NULL);
    CHECK_EQUAL(image.length, sizeof made);
    CHECK(image.patch.length > 0 && image.patch.length < sizeof made);
    uint8_t digest[SHA256_SIZE];
    sha256(GOLDEN_FACTORY_IMAGE, strlen(GOLDEN_FACTORY_IMAGE), "", 0, digest);
    CHECK(memcmp(image.base_digest, digest, sizeof digest) == 0);
    CHECK_EQUAL(image_check_made(&image, made), IMAGE_GOOD);
    CHECK(strcmp(image.version, "1.2.3") == 0);

    const struct provisioning *provisioning = provisioning_read();
    CHECK_EQUAL(image_check(package.data, package.length, made, provisioning, 8, &image), IMAGE_GOOD);
    CHECK(image.payload == made);
    CHECK_EQUAL(image_check(package.data, package.length, made, provisioning, 9, &image), IMAGE_OLD_SEQUENCE);
    made[151] ^= 1;
    CHECK_EQUAL(image_check(package.data, package.length, made, provisioning, 8, &image), IMAGE_BAD_DIGEST);
    struct image found;
    CHECK(image_find(package.data, package.length, made, &found) && found.payload == made);
    CHECK(!image_find(package.data, package.length, NULL, &found));
    CHECK(image_find(whole.data, whole.length, NULL, &found) && found.length == sizeof made);
    CHECK(!image_find(made, sizeof made, NULL, &found));
}

TEST(image, "refuses a patch that was changed")
{
    CHECK_EQUAL(check_bytes_of(changed(GOLDEN_PATCH_PACKAGE, "66 237061746368 58", 20), 0), IMAGE_BAD_DIGEST);
}

TEST(image, "names what is wrong with a package")
{
    CHECK_EQUAL(check("00600020d1000100"), IMAGE_NOT_SUIT);
    CHECK_EQUAL(check("d8"), IMAGE_NOT_SUIT);
    CHECK_EQUAL(check("d86ba0"), IMAGE_MALFORMED);
    CHECK_EQUAL(check("d86ba10440"), IMAGE_UNSUPPORTED);
    CHECK_EQUAL(check("d86ba2024003 40"), IMAGE_MALFORMED);
    CHECK_EQUAL(check(GOLDEN_PACKAGE "00"), IMAGE_MALFORMED);
    CHECK_EQUAL(check_bytes_of(changed(GOLDEN_PACKAGE, SIGNATURE, 40), 0), IMAGE_BAD_SIGNATURE);
    CHECK_EQUAL(check_bytes_of(changed(GOLDEN_PACKAGE, MANIFEST, 30), 0), IMAGE_BAD_DIGEST);
    CHECK_EQUAL(check_bytes_of(changed(GOLDEN_PACKAGE_WITH_TEXT, TEXT, 20), 0), IMAGE_BAD_DIGEST);
    CHECK_EQUAL(check_bytes_of(changed(GOLDEN_PACKAGE, "53 4c 49 50 57 41 59", 0), 0), IMAGE_BAD_DIGEST);
    CHECK_EQUAL(check_bytes_of(hex(GOLDEN_PACKAGE), 7), IMAGE_GOOD);
    CHECK_EQUAL(check_bytes_of(hex(GOLDEN_PACKAGE), 8), IMAGE_OLD_SEQUENCE);
}

TEST(image, "takes packages for its own vendor and class only, of keys it trusts")
{
    machine_provision();
    struct cbor_bytes package = hex(GOLDEN_PACKAGE);
    struct provisioning other = *provisioning_read();
    other.vendor_id[0] ^= 1;
    CHECK_EQUAL(image_check(package.data, package.length, NULL, &other, 0, &image), IMAGE_WRONG_VENDOR);
    other = *provisioning_read();
    other.class_id[15] ^= 1;
    CHECK_EQUAL(image_check(package.data, package.length, NULL, &other, 0, &image), IMAGE_WRONG_CLASS);
    other = *provisioning_read();
    other.anchors[0].key[0] ^= 1;
    CHECK_EQUAL(image_check(package.data, package.length, NULL, &other, 0, &image), IMAGE_BAD_SIGNATURE);
    other = *provisioning_read();
    other.anchors[0].algorithm = ANCHOR_ED25519;
    CHECK_EQUAL(image_check(package.data, package.length, NULL, &other, 0, &image), IMAGE_BAD_SIGNATURE);
    other.anchor_count = 0;
    CHECK_EQUAL(image_check(package.data, package.length, NULL, &other, 0, &image), IMAGE_BAD_SIGNATURE);
    CHECK_EQUAL(image_check(package.data, package.length, NULL, NULL, 0, &image), IMAGE_BAD_SIGNATURE);
    /* The right key may be any of them. */
    other = *provisioning_read();
    other.anchors[3] = other.anchors[0];
    other.anchors[0].key[0] ^= 1;
    other.anchor_count = 4;
    CHECK_EQUAL(image_check(package.data, package.length, NULL, &other, 0, &image), IMAGE_GOOD);
}

TEST(image, "accepts no package that is cut off, wherever")
{
    struct cbor_bytes package = hex(GOLDEN_PACKAGE);
    machine_provision();
    for (size_t length = 0; length < package.length; length++) {
        uint8_t *exact = malloc(length + 1);
        memcpy(exact, package.data, length);
        exact = realloc(exact, length > 0 ? length : 1);
        CHECK(image_check(exact, length, NULL, provisioning_read(), 0, &image) != IMAGE_GOOD);
        free(exact);
    }
}

TEST(image, "has a result and words for every verdict")
{
    for (int verdict = IMAGE_GOOD; verdict <= IMAGE_TOO_LARGE; verdict++) {
        CHECK(image_verdict_text((enum image_verdict)verdict)[0] != '\0');
        CHECK_EQUAL(image_update_result((enum image_verdict)verdict) == 1, verdict == IMAGE_GOOD);
    }
}

TEST(image, "finds the version of an image wherever it is, and none in what is too short")
{
    char version[IMAGE_VERSION_SIZE];
    struct cbor_bytes package = hex(GOLDEN_PACKAGE);
    image_read_version(package.data, package.length, version);
    CHECK(strcmp(version, "1.2.3") == 0);
    image_read_version(package.data, package.length - 1, version);
    CHECK_EQUAL(version[0], '\0');
    image_read_version(package.data, 0, version);
    CHECK_EQUAL(version[0], '\0');
}

/* Pieces of manifests. */
#define UUID "50000102030405060708090a0b0c0d0e0f"
#define DIGEST "5824 822f5820000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define SHARED "86 14 a4 01" UUID "02" UUID "03" DIGEST "0e1864 01 0f 02 0f"
#define COMMON "a2 02 81 81 43617070 04 5855" SHARED
#define INSTALL "86 14 a1 15 692366697 26d77617265 15 02 03 0f"
#define VALIDATE "82 03 0f"

static enum image_verdict parse(const char *digits, struct manifest *manifest)
{
    return manifest_parse(hex(digits), manifest);
}

TEST(manifest, "reads sequence, ids, digest, size and URI")
{
    struct manifest manifest;
    CHECK_EQUAL(parse("a5 01 01 02 07 03 5860" COMMON "07 43" VALIDATE "14 52" INSTALL, &manifest), IMAGE_GOOD);
    CHECK_EQUAL(manifest.sequence, 7);
    CHECK_BYTES(manifest.vendor_id, 4, "00010203");
    CHECK_BYTES(manifest.class_id, 4, "00010203");
    CHECK_BYTES(manifest.image.digest, 4, "00010203");
    CHECK_EQUAL(manifest.image.size, 100);
    CHECK_BYTES(manifest.uri.data, manifest.uri.length, "236669726d77617265");
}

TEST(manifest, "refuses what is missing, repeated or unknown")
{
    struct manifest manifest;
    CHECK_EQUAL(parse("a4 01 01 02 07 03 5860" COMMON "07 43" VALIDATE, &manifest), IMAGE_MALFORMED);
    CHECK_EQUAL(parse("a4 01 01 02 07 03 5860" COMMON "14 52" INSTALL, &manifest), IMAGE_MALFORMED);
    CHECK_EQUAL(parse("a5 01 02 02 07 03 5860" COMMON "07 43" VALIDATE "14 52" INSTALL, &manifest),
                IMAGE_UNSUPPORTED);
    CHECK_EQUAL(parse("a6 01 01 02 07 02 08 03 5860" COMMON "07 43" VALIDATE "14 52" INSTALL, &manifest),
                IMAGE_MALFORMED);
    CHECK_EQUAL(parse("a6 01 01 02 07 03 5860" COMMON "05 00 07 43" VALIDATE "14 52" INSTALL, &manifest),
                IMAGE_UNSUPPORTED);
    CHECK_EQUAL(parse("a5 01 01 02 07 03 5860" COMMON "07 43 82060f" "14 52" INSTALL, &manifest),
                IMAGE_UNSUPPORTED); /* a command it doesn't know */
    CHECK_EQUAL(parse("a5 01 01 02 07 03 5860" COMMON "07 43 820310" "14 52" INSTALL, &manifest),
                IMAGE_MALFORMED); /* a reporting policy there is none of */
    CHECK_EQUAL(parse("a5 01 01 02 07 03 5860" COMMON "07 43 82170f" "14 52" INSTALL, &manifest),
                IMAGE_MALFORMED); /* nothing that validates */
    CHECK_EQUAL(parse("a5 01 01 02 07 03 5860" COMMON "07 43 82030f" "14 43 82150f", &manifest),
                IMAGE_MALFORMED); /* fetches from nowhere */
    CHECK_EQUAL(parse("bbffffffffffffffff 0101", &manifest), IMAGE_MALFORMED);
}

static void take_package(const uint8_t *data, size_t length)
{
    (void)image_check(data, length, NULL, provisioning_read(), 0, &image);
}

TEST(fuzz, "SUIT envelopes")
{
    static const char *const corpus[] = {GOLDEN_PACKAGE, GOLDEN_PACKAGE_WITH_TEXT, GOLDEN_PATCH_PACKAGE,
                                         "d86ba2024003 40"};
    machine_provision();
    FUZZ(take_package, corpus, 5000);
}

/* Behind the signature, where no envelope of an attacker's comes. */
static void take_manifest(const uint8_t *data, size_t length)
{
    struct manifest manifest;
    if (manifest_parse((struct cbor_bytes){data, length}, &manifest) == IMAGE_GOOD) {
        CHECK(manifest.vendor_id >= data && manifest.vendor_id + 16 <= data + length);
        CHECK(manifest.class_id >= data && manifest.class_id + 16 <= data + length);
        CHECK(manifest.image.digest >= data && manifest.image.digest + SHA256_SIZE <= data + length);
    }
}

TEST(fuzz, "SUIT manifests")
{
    static const char *const corpus[] = {
        "a5 01 01 02 07 03 5860" COMMON "07 43" VALIDATE "14 52" INSTALL,
        "a2 02 81 81 43617070 04 5855" SHARED,
    };
    FUZZ(take_manifest, corpus, 100000);
}
