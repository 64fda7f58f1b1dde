#include "transfer.h"

static uint8_t begin(struct transfer *transfer, const struct package_sink *sink, uint32_t announced)
{
    transfer->sink = NULL;
    if (announced > sink->capacity) {
        return COAP_TOO_LARGE;
    }
    uint8_t refusal = sink->begin();
    if (refusal != 0) {
        return refusal;
    }
    transfer->sink = sink;
    transfer->received = 0;
    return 0;
}

static uint8_t store(struct transfer *transfer, struct coap_slice payload)
{
    const struct package_sink *sink = transfer->sink;
    if (payload.length > sink->capacity - transfer->received) {
        transfer->sink = NULL;
        return COAP_TOO_LARGE;
    }
    uint8_t refusal = sink->write(transfer->received, payload.data, payload.length);
    if (refusal != 0) {
        transfer->sink = NULL;
        return refusal;
    }
    transfer->received += (uint32_t)payload.length;
    return 0;
}

static uint8_t finish(struct transfer *transfer)
{
    const struct package_sink *sink = transfer->sink;
    transfer->sink = NULL;
    uint8_t refusal = sink->end(transfer->received);
    return refusal != 0 ? refusal : (uint8_t)COAP_CHANGED;
}

uint8_t transfer_take(struct transfer *transfer, const struct package_sink *sink,
                      const struct coap_message *request)
{
    /* Without Block1 it is one block that is the last one, of any size. */
    struct coap_block block = request->block1;
    uint32_t size = (uint32_t)16u << block.szx;
    size_t length = request->payload.length;
    if (block.present && (length > size || (block.more && length != size))) {
        return COAP_BAD_REQUEST;
    }
    if (block.number == 0) {
        uint8_t refusal = begin(transfer, sink, request->size1);
        if (refusal != 0) {
            return refusal;
        }
    }
    if (transfer->sink != sink || block.number > transfer->received / size) {
        return COAP_INCOMPLETE; /* the board was reset meanwhile, or a block is missing (RFC 7959 §2.9.2) */
    }
    uint32_t offset = block.number * size;
    if (offset + length == transfer->received && block.more && length > 0) {
        return COAP_CONTINUE; /* sent again under another message id: it is stored already */
    }
    if (offset != transfer->received) {
        return COAP_INCOMPLETE;
    }
    uint8_t refusal = store(transfer, request->payload);
    if (refusal != 0) {
        return refusal;
    }
    return block.more ? (uint8_t)COAP_CONTINUE : finish(transfer);
}
