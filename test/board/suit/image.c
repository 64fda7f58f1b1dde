#include "image.h"

#include <string.h>

#include "cbor.h"
#include "cose.h"
#include "crypto.h"
#include "manifest.h"
#include "slot.h"

/* Keys of SUIT_Envelope (§8.2); a severed text stands under its manifest key, a payload under its URI. */
enum { ENVELOPE_TAG = 107, ENVELOPE_AUTHENTICATION = 2, ENVELOPE_MANIFEST = 3, ENVELOPE_TEXT = 23 };

struct envelope {
    struct cbor_bytes authentication;
    struct cbor_bytes manifest;
    struct cbor_bytes text;
    struct cbor_bytes payload_uri;
    struct cbor_bytes payload;
};

static bool set_once(struct cbor_bytes *member, struct cbor_bytes value)
{
    bool first = member->data == NULL;
    *member = value;
    return first;
}

static enum image_verdict parse_envelope(const uint8_t *package, size_t length, struct envelope *envelope)
{
    struct cbor_reader reader = cbor_read(package, length);
    if (cbor_head(&reader, CBOR_TAG) != ENVELOPE_TAG || reader.failed) {
        return IMAGE_NOT_SUIT;
    }
    memset(envelope, 0, sizeof *envelope);
    for (uint64_t members = cbor_head(&reader, CBOR_MAP); members > 0 && !reader.failed; members--) {
        bool first;
        if (cbor_peek(&reader) == CBOR_TEXT) {
            envelope->payload_uri = cbor_string(&reader, CBOR_TEXT);
            first = set_once(&envelope->payload, cbor_string(&reader, CBOR_BYTES));
        } else {
            int64_t key = cbor_int(&reader);
            struct cbor_bytes value = cbor_string(&reader, CBOR_BYTES);
            if (key == ENVELOPE_AUTHENTICATION) {
                first = set_once(&envelope->authentication, value);
            } else if (key == ENVELOPE_MANIFEST) {
                first = set_once(&envelope->manifest, value);
            } else if (key == ENVELOPE_TEXT) {
                first = set_once(&envelope->text, value);
            } else {
                return reader.failed ? IMAGE_MALFORMED : IMAGE_UNSUPPORTED;
            }
        }
        if (!first) {
            return IMAGE_MALFORMED;
        }
    }
    bool whole = envelope->authentication.data != NULL && envelope->manifest.data != NULL;
    return whole && cbor_done(&reader) ? IMAGE_GOOD : IMAGE_MALFORMED;
}

/* SHA-256 of a byte string with its head, which is how SUIT hashes what it wraps (§8.3). */
static void hash_wrapped(struct cbor_bytes content, uint8_t digest[SHA256_SIZE])
{
    uint8_t head[9];
    struct cbor_writer writer = {.next = head, .end = head + sizeof head};
    cbor_put_head(&writer, CBOR_BYTES, content.length);
    sha256(head, (size_t)(writer.next - head), content.data, content.length, digest);
}

static bool wrapped_matches(struct cbor_bytes content, const uint8_t expected[SHA256_SIZE])
{
    uint8_t digest[SHA256_SIZE];
    hash_wrapped(content, digest);
    return memcmp(digest, expected, sizeof digest) == 0;
}

/* SUIT_Authentication (§8.3): the manifest's digest, and signatures over it, of which one has to be good. */
static enum image_verdict authenticate(const struct envelope *envelope, const struct provisioning *provisioning)
{
    struct cbor_reader reader = cbor_read(envelope->authentication.data, envelope->authentication.length);
    uint64_t items = cbor_head(&reader, CBOR_ARRAY);
    struct cbor_bytes digest = cbor_string(&reader, CBOR_BYTES);
    const uint8_t *expected;
    if (reader.failed || items < 2) {
        return IMAGE_MALFORMED;
    }
    if (!suit_digest(digest, &expected)) {
        return IMAGE_UNSUPPORTED;
    }
    enum cose_verdict best = COSE_MALFORMED;
    for (; items > 1; items--) {
        struct cbor_bytes block = cbor_string(&reader, CBOR_BYTES);
        if (reader.failed) {
            return IMAGE_MALFORMED;
        }
        if (best != COSE_GOOD) {
            enum cose_verdict verdict = cose_verify(block, digest, provisioning);
            best = verdict == COSE_GOOD || verdict > best ? verdict : best;
        }
    }
    if (!cbor_done(&reader) || best == COSE_MALFORMED) {
        return IMAGE_MALFORMED;
    }
    if (best != COSE_GOOD) {
        return best == COSE_UNSUPPORTED ? IMAGE_UNSUPPORTED : IMAGE_BAD_SIGNATURE;
    }
    return wrapped_matches(envelope->manifest, expected) ? IMAGE_GOOD : IMAGE_BAD_DIGEST;
}

static bool same(struct cbor_bytes a, struct cbor_bytes b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

static bool matches(const uint8_t *content, size_t length, const uint8_t expected[SHA256_SIZE])
{
    uint8_t digest[SHA256_SIZE];
    sha256(content, length, "", 0, digest);
    return memcmp(digest, expected, sizeof digest) == 0;
}

static enum image_verdict judge(const struct envelope *envelope, const struct manifest *manifest,
                                const struct provisioning *provisioning, uint64_t minimum_sequence)
{
    if (memcmp(manifest->vendor_id, provisioning->vendor_id, sizeof provisioning->vendor_id) != 0) {
        return IMAGE_WRONG_VENDOR;
    }
    if (memcmp(manifest->class_id, provisioning->class_id, sizeof provisioning->class_id) != 0) {
        return IMAGE_WRONG_CLASS;
    }
    if (manifest->sequence < minimum_sequence) {
        return IMAGE_OLD_SEQUENCE;
    }
    if (envelope->payload.data == NULL || !same(envelope->payload_uri, manifest->uri)) {
        return IMAGE_MALFORMED; /* the payload that the manifest fetches is not there */
    }
    if (envelope->text.data != NULL &&
        (manifest->text_digest == NULL || !wrapped_matches(envelope->text, manifest->text_digest))) {
        return IMAGE_BAD_DIGEST;
    }
    const struct manifest_content *content = manifest->patched ? &manifest->patch : &manifest->image;
    bool whole = !content->has_size || content->size == envelope->payload.length;
    return whole && matches(envelope->payload.data, envelope->payload.length, content->digest) ? IMAGE_GOOD
                                                                                               : IMAGE_BAD_DIGEST;
}

static void fill_in(struct image *image, const struct envelope *envelope, const struct manifest *manifest)
{
    memset(image, 0, sizeof *image);
    image->sequence = manifest->sequence;
    image->digest = manifest->image.digest;
    if (manifest->patched) {
        image->length = (size_t)manifest->image.size;
        image->patch = envelope->payload;
        image->base_digest = manifest->running.digest;
    } else {
        image->payload = envelope->payload.data;
        image->length = envelope->payload.length;
        image_read_version(image->payload, image->length, image->version);
    }
}

enum image_verdict image_check_made(struct image *image, const uint8_t *made)
{
    /* No slot holds more: its size is not trusted any further than the flash goes. */
    if (image->length > SLOT_CAPACITY || !matches(made, image->length, image->digest)) {
        return IMAGE_BAD_DIGEST;
    }
    image->payload = made;
    image_read_version(image->payload, image->length, image->version);
    return IMAGE_GOOD;
}

bool image_find(const uint8_t *package, size_t length, const uint8_t *made, struct image *image)
{
    struct envelope envelope;
    struct manifest manifest;
    if (parse_envelope(package, length, &envelope) != IMAGE_GOOD ||
        manifest_parse(envelope.manifest, &manifest) != IMAGE_GOOD) {
        return false;
    }
    fill_in(image, &envelope, &manifest);
    image->payload = manifest.patched ? made : image->payload;
    return image->payload != NULL;
}

enum image_verdict image_check(const uint8_t *package, size_t length, const uint8_t *made,
                               const struct provisioning *provisioning, uint64_t minimum_sequence,
                               struct image *image)
{
    struct envelope envelope;
    struct manifest manifest;
    enum image_verdict verdict = parse_envelope(package, length, &envelope);
    if (verdict == IMAGE_GOOD) {
        verdict = provisioning == NULL ? IMAGE_BAD_SIGNATURE : authenticate(&envelope, provisioning);
    }
    if (verdict == IMAGE_GOOD) {
        verdict = manifest_parse(envelope.manifest, &manifest);
    }
    if (verdict == IMAGE_GOOD) {
        verdict = judge(&envelope, &manifest, provisioning, minimum_sequence);
    }
    if (verdict == IMAGE_GOOD) {
        fill_in(image, &envelope, &manifest);
        if (manifest.patched) {
            verdict = made == NULL ? IMAGE_PATCH : image_check_made(image, made);
        }
    }
    return verdict;
}

void image_read_version(const uint8_t *payload, size_t length, char version[IMAGE_VERSION_SIZE])
{
    enum { DESCRIPTOR_SIZE = 144, VERSION_OFFSET = 16 };
    /* In two halves, since the magic as a whole would be found here, too. */
    static const char magic[2][8] = {{'S', 'L', 'I', 'P', 'W', 'A', 'Y', '-'}, {'A', 'P', 'P', 'I', 'N', 'F', 'O', 0}};
    version[0] = '\0';
    for (size_t at = 0; at + DESCRIPTOR_SIZE <= length; at++) {
        if (memcmp(payload + at, magic[0], sizeof magic[0]) == 0 &&
            memcmp(payload + at + sizeof magic[0], magic[1], sizeof magic[1]) == 0) {
            memcpy(version, payload + at + VERSION_OFFSET, IMAGE_VERSION_SIZE - 1);
            version[IMAGE_VERSION_SIZE - 1] = '\0';
            return;
        }
    }
}

int image_update_result(enum image_verdict verdict)
{
    enum { SUCCESS = 1, NOT_ENOUGH_FLASH = 2, INTEGRITY = 5, PACKAGE_TYPE = 6, FAILED = 8 };
    switch (verdict) {
    case IMAGE_GOOD:
        return SUCCESS;
    case IMAGE_NOT_SUIT:
    case IMAGE_MALFORMED:
    case IMAGE_UNSUPPORTED:
    case IMAGE_WRONG_VENDOR:
    case IMAGE_WRONG_CLASS:
        return PACKAGE_TYPE;
    case IMAGE_BAD_SIGNATURE:
    case IMAGE_BAD_DIGEST:
        return INTEGRITY;
    case IMAGE_TOO_LARGE:
        return NOT_ENOUGH_FLASH;
    case IMAGE_OLD_SEQUENCE:
    case IMAGE_WRONG_BASE:
    case IMAGE_PATCH:
        break;
    }
    return FAILED;
}

const char *image_verdict_text(enum image_verdict verdict)
{
    static const char *const texts[] = {
        [IMAGE_GOOD] = "good",
        [IMAGE_NOT_SUIT] = "not a SUIT envelope",
        [IMAGE_MALFORMED] = "the envelope is malformed",
        [IMAGE_UNSUPPORTED] = "the envelope asks for what this board can't do",
        [IMAGE_BAD_SIGNATURE] = "no good signature of a trusted key",
        [IMAGE_BAD_DIGEST] = "the content is not what was signed",
        [IMAGE_WRONG_VENDOR] = "made for another vendor's boards",
        [IMAGE_WRONG_CLASS] = "made for another class of boards",
        [IMAGE_OLD_SEQUENCE] = "older than what ran here before",
        [IMAGE_TOO_LARGE] = "too large",
        [IMAGE_WRONG_BASE] = "a patch for another image than the one that runs",
        [IMAGE_PATCH] = "a patch whose image was not made",
    };
    return texts[verdict];
}
