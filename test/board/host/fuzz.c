#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { MAX_INPUT = 4096, DEFAULT_SEED = 20261124 };

struct input {
    unsigned run;
    size_t length;
    uint8_t data[MAX_INPUT];
};

/* xorshift64 (Marsaglia). */
static uint64_t state;

static uint32_t below(size_t limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return limit == 0 ? 0 : (uint32_t)((state >> 16) % limit);
}

static void cut(struct input *input, size_t at, size_t length)
{
    memmove(input->data + at, input->data + at + length, input->length - at - length);
    input->length -= length;
}

static void insert(struct input *input, size_t at, const uint8_t *data, size_t length)
{
    uint8_t copy[32]; /* what is inserted may be the input's own */
    if (length > sizeof copy || length > MAX_INPUT - input->length) {
        return;
    }
    memcpy(copy, data, length);
    memmove(input->data + at + length, input->data + at, input->length - at);
    memcpy(input->data + at, copy, length);
    input->length += length;
}

/* One change of the kind that finds mistakes: lengths and counts at their limits, pieces lost, repeated and mixed. */
static void change(struct input *input, struct cbor_bytes other)
{
    static const uint8_t limits[] = {0x00, 0x01, 0x0d, 0x0e, 0x17, 0x18, 0x1b, 0x3b, 0x5b, 0x7b, 0x7f, 0x80,
                                     0x9b, 0xbb, 0xc0, 0xdb, 0xdc, 0xdd, 0xfb, 0xfe, 0xff};
    size_t at = below(input->length);
    size_t rest = input->length - at;
    size_t piece = 1 + below(31);
    switch (input->length == 0 ? 5u : below(7)) {
    case 0:
        input->data[at] ^= (uint8_t)(1u << below(8));
        break;
    case 1:
        input->data[at] = limits[below(sizeof limits)];
        break;
    case 2:
        input->data[at] = (uint8_t)below(256);
        break;
    case 3:
        cut(input, at, piece < rest ? piece : rest);
        break;
    case 4:
        insert(input, at, input->data + at, piece < rest ? piece : rest);
        break;
    case 5: {
        size_t from = below(other.length);
        size_t left = other.length - from;
        insert(input, at, other.data + from, piece < left ? piece : left);
        break;
    }
    default:
        input->length = at;
        break;
    }
}

static void make(struct input *input, const struct cbor_bytes *messages, size_t count)
{
    struct cbor_bytes base = messages[below(count)];
    input->length = base.length < MAX_INPUT ? base.length : MAX_INPUT;
    memcpy(input->data, base.data, input->length);
    for (uint32_t changes = below(6); changes > 0; changes--) {
        change(input, messages[below(count)]);
    }
}

static void give(void (*take)(const uint8_t *data, size_t length), const struct input *input)
{
    uint8_t *exact = malloc(input->length);
    memcpy(exact, input->data, input->length);
    take(exact, input->length);
    free(exact);
}

static unsigned long long setting(const char *name, unsigned long long otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

void fuzz(void (*take)(const uint8_t *data, size_t length), const char *const *corpus, size_t count, unsigned runs)
{
    unsigned long long seed = setting("FUZZ_SEED", DEFAULT_SEED);
    runs = (unsigned)setting("FUZZ_RUNS", runs);
    struct cbor_bytes *messages = calloc(count, sizeof *messages);
    for (size_t i = 0; i < count; i++) {
        messages[i] = hex(corpus[i]);
    }
    /* Seen from outside of the process that it ends. */
    struct input *input =
        mmap(NULL, sizeof *input, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(input != MAP_FAILED);
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        state = seed != 0 ? seed : 1; /* 0 would stay 0 */
        for (input->run = 0; input->run < runs; input->run++) {
            make(input, messages, count);
            give(take, input);
        }
        _exit(EXIT_SUCCESS);
    }
    int status;
    if (child > 0 && waitpid(child, &status, 0) == child && status == 0) {
        free(messages);
        return;
    }
    printf("seed %llu, input %u:\n  ", seed, input->run);
    for (size_t i = 0; i < input->length; i++) {
        printf("%02x", input->data[i]);
    }
    printf("\n");
    CHECK(false);
}
