#include "manifest.h"

#include <string.h>

#include "crypto.h"

/* Numbers of §11. */
enum { KEY_VERSION = 1, KEY_SEQUENCE = 2, KEY_COMMON = 3, KEY_REFERENCE = 4, KEY_VALIDATE = 7, KEY_INVOKE = 9 };
enum { KEY_INSTALL = 20, KEY_TEXT = 23 };
enum { COMMON_COMPONENTS = 2, COMMON_SHARED = 4 };
enum { CONDITION_VENDOR = 1, CONDITION_CLASS = 2, CONDITION_IMAGE = 3 };
enum { DIRECTIVE_SET_INDEX = 12, DIRECTIVE_OVERRIDE = 20, DIRECTIVE_FETCH = 21, DIRECTIVE_COPY = 22, DIRECTIVE_INVOKE = 23 };
enum { PARAMETER_VENDOR = 1, PARAMETER_CLASS = 2, PARAMETER_DIGEST = 3, PARAMETER_SIZE = 14, PARAMETER_URI = 21 };
enum { PARAMETER_SOURCE = 22 };
enum { MANIFEST_VERSION = 1, SHA256_ALGORITHM = -16, UUID_SIZE = 16, REPORTING_ALL = 15 };

/* Components by their index; the first alone where there is no patch. */
enum component { IMAGE, RUNNING, PATCH, COMPONENT_COUNT };

/* What the commands so far came to. */
struct procedure {
    enum component current;
    bool matched[COMPONENT_COUNT]; /* by an image match while it is installed */
    bool has_source;               /* the image is copied from the patch */
    bool copied;
    bool checked_vendor;
    bool checked_class;
    bool fetched; /* the image, or the patch that it is made of */
    bool validated; /* by an image match in the sequence of that name */
};

/* False for a key that was there before; those a manifest may have are below 32, and all else is refused anyway. */
static bool is_new(uint32_t *seen, int64_t key)
{
    uint32_t bit = key >= 0 && key < 32 ? UINT32_C(1) << key : 0;
    bool repeated = (*seen & bit) != 0;
    *seen |= bit;
    return !repeated;
}

static bool read_digest(struct cbor_reader *reader, const uint8_t **sha256)
{
    bool known = cbor_head(reader, CBOR_ARRAY) == 2 && cbor_int(reader) == SHA256_ALGORITHM;
    struct cbor_bytes digest = cbor_string(reader, CBOR_BYTES);
    *sha256 = digest.data;
    return known && !reader->failed && digest.length == SHA256_SIZE;
}

bool suit_digest(struct cbor_bytes encoded, const uint8_t **sha256)
{
    struct cbor_reader reader = cbor_read(encoded.data, encoded.length);
    return read_digest(&reader, sha256) && cbor_done(&reader);
}

static bool read_uuid(struct cbor_reader *reader, const uint8_t **uuid)
{
    struct cbor_bytes bytes = cbor_string(reader, CBOR_BYTES);
    *uuid = bytes.data;
    return !reader->failed && bytes.length == UUID_SIZE;
}

static struct manifest_content *content_of(struct manifest *manifest, enum component component)
{
    return component == IMAGE ? &manifest->image : component == RUNNING ? &manifest->running : &manifest->patch;
}

/* The argument of override-parameters (§8.4.10.3). */
static enum image_verdict override(struct cbor_reader *reader, struct manifest *manifest, struct procedure *procedure)
{
    struct manifest_content *content = content_of(manifest, procedure->current);
    uint32_t seen = 0;
    for (uint64_t count = cbor_head(reader, CBOR_MAP); count > 0 && !reader->failed; count--) {
        bool good = true;
        int64_t key = cbor_int(reader);
        if (reader->failed || !is_new(&seen, key)) {
            return IMAGE_MALFORMED;
        }
        switch (key) {
        case PARAMETER_VENDOR:
            good = read_uuid(reader, &manifest->vendor_id);
            break;
        case PARAMETER_CLASS:
            good = read_uuid(reader, &manifest->class_id);
            break;
        case PARAMETER_DIGEST:
            good = suit_digest(cbor_string(reader, CBOR_BYTES), &content->digest);
            break;
        case PARAMETER_SIZE:
            content->size = cbor_head(reader, CBOR_UINT);
            content->has_size = true;
            break;
        case PARAMETER_SOURCE:
            good = procedure->current == IMAGE && cbor_head(reader, CBOR_UINT) == PATCH;
            procedure->has_source = true;
            break;
        case PARAMETER_URI:
            manifest->uri = cbor_string(reader, CBOR_TEXT);
            break;
        default:
            return IMAGE_UNSUPPORTED;
        }
        if (!good) {
            return IMAGE_MALFORMED;
        }
    }
    return reader->failed ? IMAGE_MALFORMED : IMAGE_GOOD;
}

/* One condition or directive; the argument of all but one is a reporting policy (§8.4.7). */
static enum image_verdict run_command(struct cbor_reader *reader, struct manifest *manifest,
                                      struct procedure *procedure, int sequence_key)
{
    int64_t command = cbor_int(reader);
    if (command == DIRECTIVE_OVERRIDE) {
        return override(reader, manifest, procedure);
    }
    if (command == DIRECTIVE_SET_INDEX) {
        uint64_t index = cbor_head(reader, CBOR_UINT);
        procedure->current = index < COMPONENT_COUNT ? (enum component)index : IMAGE;
        return reader->failed || index >= (manifest->patched ? COMPONENT_COUNT : RUNNING) ? IMAGE_MALFORMED : IMAGE_GOOD;
    }
    if (cbor_head(reader, CBOR_UINT) > REPORTING_ALL || reader->failed) {
        return IMAGE_MALFORMED;
    }
    bool good = true;
    switch (command) {
    case CONDITION_VENDOR:
        good = manifest->vendor_id != NULL;
        procedure->checked_vendor = true;
        break;
    case CONDITION_CLASS:
        good = manifest->class_id != NULL;
        procedure->checked_class = true;
        break;
    case CONDITION_IMAGE:
        good = content_of(manifest, procedure->current)->digest != NULL;
        procedure->matched[procedure->current] |= sequence_key == KEY_INSTALL;
        procedure->validated |= sequence_key == KEY_VALIDATE && procedure->current == IMAGE;
        break;
    case DIRECTIVE_FETCH:
        good = procedure->checked_vendor && procedure->checked_class && manifest->uri.data != NULL &&
               (!manifest->patched || (procedure->current == PATCH && procedure->matched[RUNNING]));
        procedure->fetched = true;
        break;
    case DIRECTIVE_COPY:
        /* The decoder gets what was matched, and nothing else. */
        good = manifest->patched && procedure->current == IMAGE && procedure->has_source && procedure->fetched &&
               procedure->matched[PATCH] && manifest->image.has_size;
        procedure->copied = true;
        break;
    case DIRECTIVE_INVOKE:
        good = procedure->current == IMAGE;
        break;
    default:
        return IMAGE_UNSUPPORTED;
    }
    return good ? IMAGE_GOOD : IMAGE_MALFORMED;
}

static enum image_verdict run_sequence(struct cbor_bytes sequence, struct manifest *manifest,
                                       struct procedure *procedure, int key)
{
    struct cbor_reader reader = cbor_read(sequence.data, sequence.length);
    uint64_t items = cbor_head(&reader, CBOR_ARRAY);
    procedure->current = IMAGE;
    if (reader.failed || items == 0 || items % 2 != 0) {
        return IMAGE_MALFORMED;
    }
    for (; items > 0; items -= 2) {
        enum image_verdict verdict = run_command(&reader, manifest, procedure, key);
        if (verdict != IMAGE_GOOD) {
            return verdict;
        }
        if (reader.failed) {
            return IMAGE_MALFORMED;
        }
    }
    return cbor_done(&reader) ? IMAGE_GOOD : IMAGE_MALFORMED;
}

/* Whether the last segment of the next component id is that. */
static bool ends_with(struct cbor_reader *reader, const char *last)
{
    struct cbor_bytes segment = {0};
    for (uint64_t left = cbor_head(reader, CBOR_ARRAY); left > 0 && !reader->failed; left--) {
        segment = cbor_string(reader, CBOR_BYTES);
    }
    return !reader->failed && segment.length == strlen(last) && memcmp(segment.data, last, segment.length) == 0;
}

/* One component, whatever its name, or that with those of a patch. */
static enum image_verdict parse_components(struct cbor_reader *reader, bool *patched)
{
    uint64_t count = cbor_head(reader, CBOR_ARRAY);
    *patched = count == COMPONENT_COUNT;
    if (count != 1 && !*patched) {
        return reader->failed ? IMAGE_MALFORMED : IMAGE_UNSUPPORTED;
    }
    cbor_skip(reader);
    bool known = !*patched || (ends_with(reader, "running") && ends_with(reader, "patch"));
    return known ? IMAGE_GOOD : reader->failed ? IMAGE_MALFORMED : IMAGE_UNSUPPORTED;
}

/* SUIT_Common (§8.4.5): the components, and the commands that go before every sequence. */
static enum image_verdict parse_common(struct cbor_bytes encoded, struct cbor_bytes *shared, bool *patched)
{
    struct cbor_reader reader = cbor_read(encoded.data, encoded.length);
    enum image_verdict components = IMAGE_MALFORMED; /* until they are there */
    uint32_t seen = 0;
    for (uint64_t members = cbor_head(&reader, CBOR_MAP); members > 0 && !reader.failed; members--) {
        int64_t key = cbor_int(&reader);
        if (reader.failed || !is_new(&seen, key)) {
            return IMAGE_MALFORMED;
        }
        switch (key) {
        case COMMON_COMPONENTS:
            components = parse_components(&reader, patched);
            if (components != IMAGE_GOOD) {
                return components;
            }
            break;
        case COMMON_SHARED:
            *shared = cbor_string(&reader, CBOR_BYTES);
            break;
        default:
            return IMAGE_UNSUPPORTED;
        }
    }
    return cbor_done(&reader) && components == IMAGE_GOOD && shared->data != NULL ? IMAGE_GOOD : IMAGE_MALFORMED;
}

/* The text is in the manifest, or severed from it with its digest left behind (§8.5). */
static bool read_text(struct cbor_reader *reader, struct manifest *manifest)
{
    if (cbor_peek(reader) == CBOR_BYTES) {
        cbor_skip(reader);
        return !reader->failed;
    }
    return read_digest(reader, &manifest->text_digest);
}

enum image_verdict manifest_parse(struct cbor_bytes encoded, struct manifest *manifest)
{
    struct cbor_reader reader = cbor_read(encoded.data, encoded.length);
    struct cbor_bytes common = {0};
    struct cbor_bytes validate = {0};
    struct cbor_bytes install = {0};
    struct cbor_bytes invoke = {0};
    uint64_t version = 0;
    bool has_sequence = false;
    uint32_t seen = 0;
    memset(manifest, 0, sizeof *manifest);
    for (uint64_t members = cbor_head(&reader, CBOR_MAP); members > 0 && !reader.failed; members--) {
        int64_t key = cbor_int(&reader);
        if (reader.failed || !is_new(&seen, key)) {
            return IMAGE_MALFORMED;
        }
        switch (key) {
        case KEY_VERSION:
            version = cbor_head(&reader, CBOR_UINT);
            break;
        case KEY_SEQUENCE:
            manifest->sequence = cbor_head(&reader, CBOR_UINT);
            has_sequence = true;
            break;
        case KEY_COMMON:
            common = cbor_string(&reader, CBOR_BYTES);
            break;
        case KEY_REFERENCE:
            (void)cbor_string(&reader, CBOR_TEXT);
            break;
        case KEY_VALIDATE:
            validate = cbor_string(&reader, CBOR_BYTES);
            break;
        case KEY_INVOKE:
            invoke = cbor_string(&reader, CBOR_BYTES);
            break;
        case KEY_INSTALL:
            install = cbor_string(&reader, CBOR_BYTES);
            break;
        case KEY_TEXT:
            if (!read_text(&reader, manifest)) {
                return IMAGE_MALFORMED;
            }
            break;
        default:
            return IMAGE_UNSUPPORTED;
        }
    }
    if (!cbor_done(&reader) || !has_sequence || common.data == NULL || validate.data == NULL || install.data == NULL) {
        return IMAGE_MALFORMED;
    }
    if (version != MANIFEST_VERSION) {
        return IMAGE_UNSUPPORTED;
    }

    struct cbor_bytes shared = {0};
    struct procedure procedure = {.current = IMAGE};
    enum image_verdict verdict = parse_common(common, &shared, &manifest->patched);
    const struct {
        int key;
        struct cbor_bytes commands;
    } sequences[] = {
        {KEY_COMMON, shared}, {KEY_INSTALL, install}, {KEY_VALIDATE, validate}, {KEY_INVOKE, invoke}};
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences && verdict == IMAGE_GOOD; i++) {
        if (sequences[i].commands.data != NULL) {
            verdict = run_sequence(sequences[i].commands, manifest, &procedure, sequences[i].key);
        }
    }
    if (verdict != IMAGE_GOOD) {
        return verdict;
    }
    bool installed = manifest->patched ? procedure.copied : procedure.fetched;
    return installed && procedure.validated ? IMAGE_GOOD : IMAGE_MALFORMED;
}
