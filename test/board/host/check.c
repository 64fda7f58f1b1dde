#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A test that takes longer hangs, on however slow a machine. */
enum { PATIENCE_S = 300 };

static struct check_test *first;
static struct check_test **last = &first;

void check_add(struct check_test *test)
{
    *last = test;
    last = &test->next;
}

static _Noreturn void fail(void)
{
    (void)fflush(stdout);
    _exit(EXIT_FAILURE);
}

void check_that(bool condition, const char *what, const char *file, int line)
{
    if (!condition) {
        printf("%s:%d: not so: %s\n", file, line, what);
        fail();
    }
}

void check_equal(long long actual, long long expected, const char *what, const char *file, int line)
{
    if (actual != expected) {
        printf("%s:%d: %s is %lld, not %lld\n", file, line, what, actual, expected);
        fail();
    }
}

void check_bytes(const void *data, size_t length, const char *hexadecimal, const char *what, const char *file,
                 int line)
{
    const uint8_t *bytes = data;
    struct cbor_bytes expected = hex(hexadecimal);
    if (length == expected.length && (length == 0 || memcmp(data, expected.data, length) == 0)) {
        return;
    }
    printf("%s:%d: %s is\n  ", file, line, what);
    for (size_t i = 0; i < length; i++) {
        printf("%02x", bytes[i]);
    }
    printf("\nand not\n  %s\n", hexadecimal);
    fail();
}

struct cbor_bytes hex(const char *digits)
{
    static const char alphabet[] = "0123456789abcdef";
    uint8_t *bytes = malloc(strlen(digits) / 2 + 1);
    size_t count = 0;
    unsigned value = 0;
    for (const char *digit = digits; *digit != '\0'; digit++) {
        const char *place = strchr(alphabet, *digit);
        if (place != NULL) {
            value = value << 4 | (unsigned)(place - alphabet);
            if (++count % 2 == 0) {
                bytes[count / 2 - 1] = (uint8_t)value;
            }
        } else if (*digit != ' ') {
            abort(); /* a mistake in the test */
        }
    }
    /* Shrunk, so that it ends with the last byte. */
    uint8_t *exact = malloc(count / 2);
    memcpy(exact, bytes, count / 2);
    free(bytes);
    return (struct cbor_bytes){.data = exact, .length = count / 2};
}

static bool passes(const struct check_test *test)
{
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        (void)alarm(PATIENCE_S);
        test->run();
        (void)fflush(stdout);
        _exit(EXIT_SUCCESS);
    }
    int status;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

/* Runs the tests of the parts that are named, or all. */
static bool is_wanted(const struct check_test *test, int count, char **parts)
{
    for (int i = 1; i < count; i++) {
        if (strcmp(parts[i], test->part) == 0) {
            return true;
        }
    }
    return count < 2;
}

int main(int count, char **parts)
{
    unsigned passed = 0;
    unsigned failed = 0;
    const char *part = "";
    unsigned of_part = 0;
    for (const struct check_test *test = first; test != NULL; test = test->next) {
        if (!is_wanted(test, count, parts)) {
            continue;
        }
        if (strcmp(part, test->part) != 0) {
            part = test->part;
            of_part = 0;
            for (const struct check_test *other = test; other != NULL && strcmp(other->part, part) == 0;
                 other = other->next) {
                of_part++;
            }
            printf("%-14s %3u\n", part, of_part);
        }
        if (passes(test)) {
            passed++;
        } else {
            failed++;
            printf("FAILED: %s %s\n", test->part, test->sentence);
        }
    }
    printf("%u tests passed, %u failed\n", passed, failed);
    return passed > 0 && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
