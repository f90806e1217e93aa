/* What the fuzz targets share: the entry point, copies of exactly the input's size, and promises
   that end the run when they do not hold. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PROMISE(holds)                                                      \
    do {                                                                    \
        if (!(holds)) {                                                     \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #holds); \
            abort();                                                        \
        }                                                                   \
    } while (0)

/* A writable copy of exactly this size, so that the sanitizer sees a byte too many. free it. */
static inline char *fuzz_copy(const void *data, size_t size)
{
    char *copy = malloc(size > 0 ? size : 1);

    PROMISE(copy != NULL);
    if (size > 0) {
        memcpy(copy, data, size);
    }
    return copy;
}

/* The next byte of the input, taken off; 0 at its end. */
static inline uint8_t fuzz_byte(const uint8_t **data, size_t *size)
{
    if (*size == 0) {
        return 0;
    }
    --*size;
    return *(*data)++;
}

/* Whether a span lies inside a text (or is nothing). */
static inline bool fuzz_is_inside(struct span part, const char *text, size_t size)
{
    return part.at == NULL || part.len == 0 ||
           (part.at >= text && part.at + part.len <= text + size);
}

#endif
