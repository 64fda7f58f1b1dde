#ifndef CHECK_H
#define CHECK_H

/*
 * Tests in plain C. Each runs in a process of its own: static memory is as after a reset, and what a sanitizer stops
 * ends one test alone.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cbor.h"

struct check_test {
    const char *part;
    const char *sentence;
    void (*run)(void);
    struct check_test *next;
};

void check_add(struct check_test *test);

/* TEST(part, "what it does") { … } */
#define TEST(part, sentence) CHECK_TEST(part, sentence, CHECK_JOIN(part##_, __LINE__))
#define CHECK_TEST(part, sentence, id)                                                                               \
    static void id(void);                                                                                            \
    __attribute__((constructor)) static void CHECK_JOIN(add_, id)(void)                                              \
    {                                                                                                                \
        static struct check_test test = {#part, sentence, id, NULL};                                                 \
        check_add(&test);                                                                                            \
    }                                                                                                                \
    static void id(void)
#define CHECK_JOIN(a, b) CHECK_PASTE(a, b)
#define CHECK_PASTE(a, b) a##b

#define CHECK(condition) check_that(condition, #condition, __FILE__, __LINE__)
#define CHECK_EQUAL(actual, expected)                                                                                \
    check_equal((long long)(actual), (long long)(expected), #actual, __FILE__, __LINE__)
#define CHECK_BYTES(data, length, hexadecimal) check_bytes(data, length, hexadecimal, #data, __FILE__, __LINE__)

void check_that(bool condition, const char *what, const char *file, int line);
void check_equal(long long actual, long long expected, const char *what, const char *file, int line);
void check_bytes(const void *data, size_t length, const char *hexadecimal, const char *what, const char *file,
                 int line);

/* Bytes of hexadecimal digits, in memory that ends where they do: whoever reads on is caught. Spaces are for the eye. */
struct cbor_bytes hex(const char *digits);

#endif
