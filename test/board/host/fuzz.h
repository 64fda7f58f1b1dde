#ifndef FUZZ_H
#define FUZZ_H

/*
 * Feeds a parser with broken messages: real ones, changed by a generator of random numbers that is the same on every
 * machine. FUZZ_SEED and FUZZ_RUNS in the environment change what comes and how much of it.
 */

#include <stddef.h>
#include <stdint.h>

/*
 * Calls `take` with `runs` inputs made of the messages in `corpus` (hexadecimal). An input that a sanitizer or a check
 * stops is shown, with its seed and number. Each lies in memory that ends where it does.
 */
void fuzz(void (*take)(const uint8_t *data, size_t length), const char *const *corpus, size_t count, unsigned runs);

#define FUZZ(take, corpus, runs) fuzz(take, corpus, sizeof(corpus) / sizeof *(corpus), runs)

#endif
