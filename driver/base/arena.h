/* Memory that dies together: a connection's, a statement's, a result's, a batch's. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/fault.h"
#include "base/must_use.h"
#include "base/span.h"

struct arena_block;

/* Zeroed is empty and ready. ceiling_bytes 0 means ARENA_CEILING_DEFAULT. */
struct arena {
    struct arena_block *blocks;
    size_t used_bytes;
    size_t ceiling_bytes;
    bool is_secret; /* blocks are wiped before they are freed */
};

enum { ARENA_CEILING_DEFAULT = 256 * 1024 * 1024 };

/* Zeroed memory, aligned for any type; lives until arena_reset or arena_free. NULL with a fault on
   failure. */
MUST_USE void *arena_take(struct arena *a, size_t bytes, struct fault *f);
/* n objects of a size, guarded against overflow. */
MUST_USE void *arena_take_array(struct arena *a, size_t n, size_t size, struct fault *f);
/* A copy with a zero byte behind it; NO_SPAN stays NO_SPAN. */
MUST_USE bool arena_copy(struct arena *a, struct span s, struct span *out, struct fault *f);
/* The same as a C string. NULL on failure. */
MUST_USE char *arena_copy_c(struct arena *a, struct span s, struct fault *f);
/* Forgets everything; keeps one block for the next round (unless secret). */
void arena_reset(struct arena *a);
void arena_free(struct arena *a);

#endif
