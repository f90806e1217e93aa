/* Rows that are there already, and what all sources have in common. */
#include <stdlib.h>

#include "rows/source.h"

struct memory_source {
    struct row_source base;
    const struct span *cells;
    size_t n_rows, at;
};

enum row_step row_source_next(struct row_source *src, struct batch *rows, struct fault *f)
{
    return src->ops->next_batch(src, rows, f);
}

void row_source_close(struct row_source *src)
{
    if (src != NULL) {
        src->ops->close(src);
    }
}

static enum row_step memory_next(struct row_source *src, struct batch *rows, struct fault *f)
{
    struct memory_source *m = (struct memory_source *)src;
    size_t n = m->n_rows - m->at;

    (void)f;
    if (n == 0) {
        return ROW_END;
    }
    n = n < BATCH_ROWS_MAX ? n : BATCH_ROWS_MAX;
    /* The reader of a batch does not write into it. */
    *rows = (struct batch){ (unsigned)n, src->columns.n,
                            (struct span *)(uintptr_t)(m->cells + m->at * src->columns.n) };
    m->at += n;
    return ROW_BATCH;
}

static void memory_close(struct row_source *src)
{
    free(src);
}

static const struct row_source_ops memory_ops = { memory_next, memory_close };

bool memory_source_new(const struct columns *columns, const struct span *cells, size_t n_rows,
                       struct row_source **out, struct fault *f)
{
    struct memory_source *m = calloc(1, sizeof(*m));

    if (m == NULL) {
        return fault_memory(f);
    }
    *m = (struct memory_source){ { &memory_ops, *columns, (int64_t)n_rows }, cells, n_rows, 0 };
    *out = &m->base;
    return true;
}
