/* The rows of an open cursor, one after the other: first what was spooled, then batch by batch from
   the source. */
#include <stdlib.h>

#include "odbc/run.h"

void cursor_done(struct cursor *c)
{
    spool_free(&c->spool);
    arena_free(&c->pins);
    free(c->rows);
    free(c->late_fault);
    *c = (struct cursor){ 0 };
}

/* The batch is about to go: what SQLGetData may still ask of this rowset is copied. */
static void keep_rowset(struct cursor *c)
{
    for (SQLULEN i = 0; i < c->n_rows; i++) {
        const struct span *cells = c->rows[i];
        bool is_in_batch = cells >= c->batch.cells &&
                           cells < c->batch.cells + (size_t)c->batch.n_rows * c->batch.n_columns;
        if (cells == NULL || !is_in_batch)
            continue;
        if (c->is_tight || !cursor_keep_row(c, i, cells)) {
            c->is_tight = true;
            c->rows[i] = NULL;
        }
    }
}

static enum row_step next_batch(struct stmt *s, struct fault *f)
{
    struct cursor *c = &s->run->cursor;
    enum row_step step;

    keep_rowset(c);
    stmt_flight_begin(s);
    stmt_pause(s);
    step = row_source_next(c->source, &c->batch, f);
    stmt_resume(s);
    stmt_flight_end(s);
    c->batch_at = 0;
    if (step != ROW_BATCH) {
        c->batch = (struct batch){ 0 };
        c->is_at_end = true;
    }
    return step;
}

enum row_step cursor_next(struct stmt *s, const struct span **cells, struct fault *f)
{
    struct cursor *c = &s->run->cursor;

    if (s->attributes.max_rows > 0 && c->n_delivered >= s->attributes.max_rows)
        return ROW_END;
    if (c->spool_at < c->spool.n) {
        *cells = c->spool.rows[c->spool_at++];
        c->n_delivered++;
        return ROW_BATCH;
    }
    if (c->is_at_end || c->source == NULL)
        return ROW_END;
    while (c->batch_at >= c->batch.n_rows) {
        enum row_step step = next_batch(s, f);
        if (step != ROW_BATCH)
            return step;
    }
    *cells = c->batch.cells + (size_t)c->batch_at++ * c->batch.n_columns;
    c->n_delivered++;
    return ROW_BATCH;
}
