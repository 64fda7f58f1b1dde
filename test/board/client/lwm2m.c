#include "lwm2m.h"

#include <string.h>

/* What a request is answered with, beside what the request says itself. */
struct answer {
    uint8_t code;
    int32_t format;  /* of the payload, or COAP_NO_VALUE */
    int32_t observe; /* or COAP_NO_VALUE */
    uint32_t size1;  /* what would fit, with 4.13; else 0 */
    bool block1;     /* the request's Block1 is echoed */
    struct buffer payload;
};

void lwm2m_init(struct lwm2m *client, const struct lwm2m_config *config, uint32_t seed, uint32_t now)
{
    memset(client, 0, sizeof *client);
    client->config = config;
    client->exchange.send = config->send;
    client->exchange.next_id = (uint16_t)seed;
    registration_init(&client->registration, seed, now);
}

static void get(struct lwm2m *client, const struct coap_message *request, const struct path *path,
                struct answer *answer)
{
    const struct object_list *objects = &client->config->objects;
    if (request->accept == FORMAT_LINK) {
        answer->code = data_model_discover(objects, path, &answer->payload);
        answer->format = FORMAT_LINK;
        return;
    }
    answer->format = request->accept;
    answer->code = data_model_read(objects, path, &answer->format, &answer->payload);
    if (request->observe == 0 && answer->code == COAP_CONTENT) {
        if (observations_add(&client->observations, request, path, answer->format) != NULL) {
            answer->observe = 0;
        }
    } else if (request->observe == 1) {
        observations_remove(&client->observations, request->token, request->token_length);
    }
}

static const struct package_sink *sink_at(const struct lwm2m *client, const struct path *path)
{
    const struct object *object = object_find(&client->config->objects, path->ids[OBJECT_ID]);
    bool there = path->depth == DEPTH_RESOURCE && path->ids[INSTANCE_ID] == 0 && object != NULL &&
                 object->sink != NULL && object->sink->resource == path->ids[RESOURCE_ID];
    return there ? object->sink : NULL;
}

/* A single zero byte, or none, is no package: it takes the object back to where it began (OMA Firmware Update, 5/x/0). */
static bool is_reset(const struct coap_message *request)
{
    struct coap_slice payload = request->payload;
    bool whole = request->block1.number == 0 && !request->block1.more;
    return whole && (payload.length == 0 || (payload.length == 1 && payload.data[0] == 0));
}

static void write(struct lwm2m *client, const struct coap_message *request, const struct path *path,
                  struct answer *answer)
{
    int32_t format = request->content_format;
    const struct package_sink *sink = sink_at(client, path);
    answer->block1 = request->block1.present; /* (RFC 7959 §2.3) */
    if (sink != NULL && !is_reset(request) &&
        (format == COAP_NO_VALUE || format == FORMAT_OPAQUE || format == FORMAT_TEXT)) {
        answer->code = transfer_take(&client->transfer, sink, request);
        answer->size1 = answer->code == COAP_TOO_LARGE ? sink->capacity : 0;
        return;
    }
    if (request->block1.more || request->block1.number > 0) {
        answer->code = COAP_TOO_LARGE; /* nothing else is longer than one block */
        answer->size1 = EXCHANGE_MAX_PAYLOAD;
        return;
    }
    struct input input = {
        .format = (enum content_format)(format == COAP_NO_VALUE ? FORMAT_TEXT : format),
        .data = request->payload.data,
        .length = request->payload.length,
    };
    answer->code = data_model_write(&client->config->objects, path, &input);
}

static void handle(struct lwm2m *client, const struct coap_message *request, struct answer *answer)
{
    struct path path;
    if (request->bad_option) {
        answer->code = COAP_BAD_OPTION;
        return;
    }
    if (!path_parse(&path, request->path, request->path_count)) {
        answer->code = COAP_NOT_FOUND;
        return;
    }
    switch (request->code) {
    case COAP_GET:
        get(client, request, &path, answer);
        break;
    case COAP_PUT:
        write(client, request, &path, answer);
        break;
    case COAP_POST:
        if (path.depth == DEPTH_RESOURCE) {
            answer->code = data_model_execute(&client->config->objects, &path, request->payload.data,
                                              request->payload.length);
        } else {
            write(client, request, &path, answer);
        }
        break;
    default:
        answer->code = COAP_NOT_ALLOWED;
        break;
    }
}

static size_t block_offset(const struct coap_block *block)
{
    return (size_t)block->number * ((size_t)16 << block->szx);
}

/* The part of the payload that Block2 asks for (RFC 7959 §2.4), or all of it where that is one block. */
static struct coap_slice cut(const struct coap_message *request, const struct buffer *payload,
                             struct coap_block *block)
{
    *block = request->block2;
    if (!block->present) {
        return (struct coap_slice){.data = payload->data, .length = payload->length};
    }
    size_t size = (size_t)16 << block->szx;
    size_t offset = block_offset(block);
    size_t rest = payload->length - offset;
    block->more = rest > size;
    return (struct coap_slice){.data = payload->data + offset, .length = block->more ? size : rest};
}

static void respond(struct lwm2m *client, const struct coap_message *request, const struct answer *answer,
                    uint32_t now)
{
    struct exchange *exchange = &client->exchange;
    struct coap_builder builder;
    bool content = answer->code == COAP_CONTENT;
    bool confirmable = request->type == COAP_CON;
    uint16_t id = confirmable ? request->id : exchange_new_id(exchange);
    exchange_begin(exchange, &builder, confirmable ? COAP_ACK : COAP_NON, answer->code, id, request->token,
                   request->token_length);
    struct coap_block block2 = {.present = false};
    struct coap_slice payload = {.data = NULL, .length = 0};
    if (content) {
        payload = cut(request, &answer->payload, &block2);
        if (answer->observe != COAP_NO_VALUE) {
            coap_add_uint(&builder, COAP_OPTION_OBSERVE, (uint32_t)answer->observe);
        }
        coap_add_uint(&builder, COAP_OPTION_CONTENT_FORMAT, (uint32_t)answer->format);
        if (block2.present) {
            coap_add_block(&builder, COAP_OPTION_BLOCK2, block2);
        }
    }
    if (answer->block1) {
        coap_add_block(&builder, COAP_OPTION_BLOCK1, request->block1);
    }
    if (answer->size1 > 0) {
        coap_add_uint(&builder, COAP_OPTION_SIZE1, answer->size1);
    }
    if (exchange_end(exchange, &builder, payload.data, payload.length)) {
        replies_keep(&client->replies, request->id, builder.data, builder.length, now);
    }
}

static void serve(struct lwm2m *client, const struct coap_message *request, uint32_t now)
{
    const struct reply *before = replies_find(&client->replies, request->id, now);
    if (before != NULL) {
        client->exchange.send(before->message, before->length);
        return;
    }
    struct answer answer = {
        .format = COAP_NO_VALUE,
        .observe = COAP_NO_VALUE,
        .payload = {.data = client->payload, .capacity = sizeof client->payload},
    };
    handle(client, request, &answer);
    size_t asked_from = block_offset(&request->block2);
    if (answer.code == COAP_CONTENT && asked_from > 0 && asked_from >= answer.payload.length) {
        answer.code = COAP_BAD_OPTION; /* a block behind the end */
    }
    respond(client, request, &answer, now);
}

/* Answers to what the board sent itself. */
static void conclude(struct lwm2m *client, const struct coap_message *message, uint32_t now)
{
    const struct lwm2m_config *config = client->config;
    bool registered = false;
    /* A response with a critical option that nobody knows is rejected (RFC 7252 §5.4.1). */
    bool taken = !message->bad_option && registration_receive(&client->registration, message, config->lifetime_s(),
                                                              now, &registered);
    if (message->code == COAP_EMPTY) {
        observations_answered(&client->observations, message->id, message->type == COAP_RST);
    } else if (message->type == COAP_CON) {
        exchange_send_empty(&client->exchange, taken ? COAP_ACK : COAP_RST, message->id);
    }
    if (registered) {
        observations_clear(&client->observations); /* they belonged to the registration before (§6.4.2) */
        config->registered();
    }
}

void lwm2m_receive(struct lwm2m *client, const uint8_t *datagram, size_t length, uint32_t now)
{
    struct coap_message message;
    enum coap_verdict verdict = coap_parse(&message, datagram, length);
    if (verdict != COAP_GOOD) {
        if (verdict == COAP_MALFORMED && message.type == COAP_CON) {
            exchange_send_empty(&client->exchange, COAP_RST, message.id); /* (RFC 7252 §4.2) */
        }
        return;
    }
    bool confirmation = message.type == COAP_ACK || message.type == COAP_RST;
    bool request = message.code != COAP_EMPTY && message.code < COAP_CODE(1, 0);
    if (request && !confirmation) {
        serve(client, &message, now);
    } else if (message.code == COAP_EMPTY && !confirmation) {
        exchange_send_empty(&client->exchange, COAP_RST, message.id); /* a ping (RFC 7252 §4.3) */
    } else {
        conclude(client, &message, now);
    }
}

void lwm2m_poll(struct lwm2m *client, uint32_t now)
{
    const struct lwm2m_config *config = client->config;
    struct buffer scratch = {.data = client->payload, .capacity = sizeof client->payload};
    registration_poll(&client->registration, config->endpoint, config->lifetime_s(), &config->objects,
                      &client->exchange, &scratch, now);
    if (registration_is_up(&client->registration)) {
        observations_poll(&client->observations, &config->objects, &client->exchange, &scratch, now);
    }
}

void lwm2m_changed(struct lwm2m *client, uint16_t object, uint16_t resource)
{
    const struct path path = {.depth = DEPTH_RESOURCE, .ids = {object, 0, resource}};
    observations_mark(&client->observations, &path);
}

void lwm2m_update_registration(struct lwm2m *client, uint32_t now)
{
    registration_trigger(&client->registration, now);
}

bool lwm2m_is_registered(const struct lwm2m *client)
{
    return registration_is_up(&client->registration);
}
