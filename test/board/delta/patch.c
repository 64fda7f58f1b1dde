#include "patch.h"

#include "heatshrink.h"

/* Sequential, and heatshrink, by their numbers in the container. */
enum { HEADER = 0 << 4 | 4 };

/* A size: six bits and the sign in the first byte, seven in each that follows; the highest bit says more. */
enum { SIZE_MORE = 0x80, SIZE_NEGATIVE = 0x40, SIZE_FIRST_BITS = 6, SIZE_MORE_BITS = 7, SIZE_BYTES = 5 };

/* The result is written in pieces of this size. */
enum { PIECE = 128 };

struct applier {
    const struct patch_job *job;
    struct heatshrink stream;
    int64_t base_position;
    size_t produced;
    uint8_t piece[PIECE];
    enum patch_verdict verdict;
};

/* Adds a byte to a size: 1 when there are more to come, 0 when it was the last, -1 beyond 34 bits. */
static int add_to_size(int64_t *size, bool *negative, unsigned index, uint8_t byte)
{
    if (index == 0) {
        *negative = (byte & SIZE_NEGATIVE) != 0;
        *size = byte & (SIZE_NEGATIVE - 1);
    } else {
        *size |= (int64_t)(byte & (SIZE_MORE - 1)) << (SIZE_FIRST_BITS + SIZE_MORE_BITS * (index - 1));
    }
    if ((byte & SIZE_MORE) == 0) {
        *size = *negative ? -*size : *size;
        return 0;
    }
    return index + 1 < SIZE_BYTES ? 1 : -1;
}

static int64_t read_size(struct applier *applier)
{
    int64_t size = 0;
    bool negative = false;
    for (unsigned i = 0;; i++) {
        int byte = heatshrink_next(&applier->stream);
        int more = byte == HEATSHRINK_END ? -1 : add_to_size(&size, &negative, i, (uint8_t)byte);
        if (more == 0) {
            return size;
        }
        if (more < 0) {
            applier->verdict = PATCH_MALFORMED;
            return 0;
        }
    }
}

static void put(struct applier *applier, uint8_t byte)
{
    const struct patch_job *job = applier->job;
    size_t at = applier->produced % PIECE;
    applier->piece[at] = byte;
    applier->produced++;
    if ((at + 1 == PIECE || applier->produced == job->result_length) &&
        !job->write(job->context, applier->produced - at - 1, applier->piece, at + 1)) {
        applier->verdict = PATCH_NOT_WRITTEN;
    }
}

/* A count and as many bytes: differences to the base, or new ones. */
static void take_bytes(struct applier *applier, bool differences)
{
    const struct patch_job *job = applier->job;
    int64_t count = read_size(applier);
    if (applier->verdict == PATCH_GOOD && (count < 0 || (uint64_t)count > job->result_length - applier->produced)) {
        applier->verdict = PATCH_MALFORMED;
    }
    for (; applier->verdict == PATCH_GOOD && count > 0; count--) {
        int byte = heatshrink_next(&applier->stream);
        int64_t at = applier->base_position;
        bool in_base = at >= 0 && (uint64_t)at < job->base_length;
        if (byte == HEATSHRINK_END || (differences && !in_base)) {
            applier->verdict = PATCH_MALFORMED;
            return;
        }
        if (differences) {
            byte += job->base[at];
            applier->base_position++;
        }
        put(applier, (uint8_t)byte);
    }
}

/* What stands before the compressed part; its length, or 0 where that is none of ours. */
static size_t read_header(const struct patch_job *job, enum patch_verdict *verdict)
{
    int64_t size = 0;
    bool negative = false;
    size_t at = 1;
    *verdict = job->patch_length > 0 && job->patch[0] != HEADER ? PATCH_UNSUPPORTED : PATCH_MALFORMED;
    if (job->patch_length == 0 || job->patch[0] != HEADER) {
        return 0;
    }
    for (int more = 1; more != 0; at++) {
        more = at < job->patch_length ? add_to_size(&size, &negative, (unsigned)at - 1, job->patch[at]) : -1;
        if (more < 0) {
            return 0;
        }
    }
    if (size <= 0 || (uint64_t)size != job->result_length || at == job->patch_length) {
        return 0;
    }
    if (job->patch[at] != HEATSHRINK_SETTINGS) {
        *verdict = PATCH_UNSUPPORTED;
        return 0;
    }
    *verdict = PATCH_GOOD;
    return at + 1;
}

enum patch_verdict patch_apply(const struct patch_job *job)
{
    struct applier applier = {.job = job};
    size_t header = read_header(job, &applier.verdict);
    if (applier.verdict != PATCH_GOOD) {
        return applier.verdict;
    }
    heatshrink_begin(&applier.stream, job->patch + header, job->patch_length - header);
    if (read_size(&applier) != 0 && applier.verdict == PATCH_GOOD) {
        return PATCH_UNSUPPORTED; /* made for a data format */
    }
    while (applier.verdict == PATCH_GOOD && applier.produced < job->result_length) {
        take_bytes(&applier, true);
        if (applier.verdict == PATCH_GOOD) {
            take_bytes(&applier, false);
        }
        int64_t move = applier.verdict == PATCH_GOOD ? read_size(&applier) : 0;
        applier.base_position += move;
        /* Nothing moves further than both ends of a base and a result apart: no sum overflows. */
        if (applier.base_position < -INT32_MAX || applier.base_position > INT32_MAX) {
            applier.verdict = PATCH_MALFORMED;
        }
    }
    if (applier.verdict == PATCH_GOOD && heatshrink_next(&applier.stream) != HEATSHRINK_END) {
        return PATCH_MALFORMED; /* it goes on after its end */
    }
    return applier.verdict;
}
