#ifndef COAP_H
#define COAP_H

/* One CoAP message in a bounded buffer (RFC 7252 §3): parse in place, build in place. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum coap_type { COAP_CON, COAP_NON, COAP_ACK, COAP_RST };

/* Code as on the wire: class << 5 | detail. */
#define COAP_CODE(class, detail) ((uint8_t)((class) << 5 | (detail)))

enum {
    COAP_EMPTY = 0,
    COAP_GET = COAP_CODE(0, 1),
    COAP_POST = COAP_CODE(0, 2),
    COAP_PUT = COAP_CODE(0, 3),
    COAP_DELETE = COAP_CODE(0, 4),
    COAP_CREATED = COAP_CODE(2, 1),
    COAP_DELETED = COAP_CODE(2, 2),
    COAP_CHANGED = COAP_CODE(2, 4),
    COAP_CONTENT = COAP_CODE(2, 5),
    COAP_CONTINUE = COAP_CODE(2, 31),
    COAP_BAD_REQUEST = COAP_CODE(4, 0),
    COAP_UNAUTHORIZED = COAP_CODE(4, 1),
    COAP_BAD_OPTION = COAP_CODE(4, 2),
    COAP_NOT_FOUND = COAP_CODE(4, 4),
    COAP_NOT_ALLOWED = COAP_CODE(4, 5),
    COAP_NOT_ACCEPTABLE = COAP_CODE(4, 6),
    COAP_INCOMPLETE = COAP_CODE(4, 8),
    COAP_TOO_LARGE = COAP_CODE(4, 13),
    COAP_UNSUPPORTED_FORMAT = COAP_CODE(4, 15),
    COAP_INTERNAL_ERROR = COAP_CODE(5, 0),
};

enum coap_option {
    COAP_OPTION_OBSERVE = 6,
    COAP_OPTION_LOCATION_PATH = 8,
    COAP_OPTION_URI_PATH = 11,
    COAP_OPTION_CONTENT_FORMAT = 12,
    COAP_OPTION_URI_QUERY = 15,
    COAP_OPTION_ACCEPT = 17,
    COAP_OPTION_BLOCK2 = 23,
    COAP_OPTION_BLOCK1 = 27,
    COAP_OPTION_SIZE1 = 60,
};

enum { COAP_MAX_TOKEN = 8, COAP_MAX_SEGMENTS = 5, COAP_MAX_QUERIES = 4, COAP_NO_VALUE = -1 };

struct coap_slice {
    const uint8_t *data;
    size_t length;
};

struct coap_block {
    bool present;
    bool more;
    uint8_t szx; /* the block has 2^(szx + 4) bytes (RFC 7959 §2.2) */
    uint32_t number;
};

/* A parsed message; its slices point into the datagram. */
struct coap_message {
    enum coap_type type;
    uint8_t code;
    uint16_t id;
    uint8_t token[COAP_MAX_TOKEN];
    uint8_t token_length;
    struct coap_slice path[COAP_MAX_SEGMENTS];
    uint8_t path_count;
    struct coap_slice query[COAP_MAX_QUERIES];
    uint8_t query_count;
    struct coap_slice location[COAP_MAX_SEGMENTS];
    uint8_t location_count;
    int32_t content_format; /* COAP_NO_VALUE when absent, as are the next ones */
    int32_t accept;
    int32_t observe;
    struct coap_block block1;
    struct coap_block block2;
    uint32_t size1;  /* 0 when absent */
    bool bad_option; /* a critical option this board doesn't know (RFC 7252 §5.4.1) */
    struct coap_slice payload;
};

enum coap_verdict {
    COAP_GOOD,
    COAP_MALFORMED, /* type, code and id are set all the same */
    COAP_FOREIGN,   /* no header of this version of CoAP: to be ignored without a word (RFC 7252 §3) */
};

enum coap_verdict coap_parse(struct coap_message *message, const uint8_t *data, size_t length);

/* Builds a message front to back; options must come in rising order. */
struct coap_builder {
    uint8_t *data;
    size_t capacity;
    size_t length;
    uint16_t last_option;
    bool failed;
};

void coap_begin(struct coap_builder *builder, uint8_t *data, size_t capacity, enum coap_type type, uint8_t code,
                uint16_t id, const uint8_t *token, uint8_t token_length);
void coap_add_option(struct coap_builder *builder, enum coap_option option, const void *value, size_t length);
void coap_add_uint(struct coap_builder *builder, enum coap_option option, uint32_t value);
void coap_add_block(struct coap_builder *builder, enum coap_option option, struct coap_block block);

/* Room for a payload, whose marker is written at once; take it back with coap_end_payload(builder, 0). */
uint8_t *coap_begin_payload(struct coap_builder *builder, size_t *room);
void coap_end_payload(struct coap_builder *builder, size_t length);

#endif
