/* The rows of an open cursor, one after the other: first what was spooled, then batch by batch from
   the source. */
#include <stdlib.h>
#include <string.h>

#include "odbc/run.h"

void cursor_done(struct cursor *c)
{
    spool_free(&c->spool);
    arena_free(&c->pins);
    free(c->rows);
    free(c->raw);
    free(c->row_cells);
    *c = (struct cursor){ 0 };
}

/* A raw row whose text is about to go, split or not. */
static void keep_raw(struct cursor *c, SQLULEN i)
{
    struct raw_row *raw = &c->raw[i];
    struct fault f;

    if (c->rows[i] != NULL) {
        const struct span *cells = c->rows[i];
        raw->at = NULL;
        if (c->is_tight || !cursor_keep_row(c, i, cells)) {
            c->is_tight = true;
            c->rows[i] = NULL;
        }
        return;
    }
    char *copy = c->is_tight ? NULL : arena_take(&c->pins, raw->len, &f);
    if (copy != NULL)
        memcpy(copy, raw->at, raw->len);
    else
        c->is_tight = true;
    raw->at = copy;
}

/* The batch is about to go: what SQLGetData may still ask of this rowset is copied. */
static void keep_rowset(struct cursor *c)
{
    for (SQLULEN i = c->n_kept; i < c->n_rows; i++) {
        const struct span *cells = c->rows[i];
        if (c->raw[i].at != NULL) {
            keep_raw(c, i);
            continue;
        }
        bool is_in_batch = cells >= c->batch.cells &&
                           cells < c->batch.cells + (size_t)c->batch.n_rows * c->batch.n_columns;
        if (cells == NULL || !is_in_batch)
            continue;
        if (c->is_tight || !cursor_keep_row(c, i, cells)) {
            c->is_tight = true;
            c->rows[i] = NULL;
        }
    }
    c->n_kept = c->n_rows;
}

const struct span *cursor_split(struct cursor *c, SQLULEN i)
{
    struct raw_row *raw = &c->raw[i];
    struct fault f;

    if (!c->source->ops->split(c->source, raw, c->row_cells)) {
        raw->at = NULL;
        return NULL;
    }
    size_t n = c->source->columns.n;
    struct span *kept = arena_take_array(&c->pins, n, sizeof(*kept), &f);
    if (kept != NULL)
        memcpy(kept, c->row_cells, n * sizeof(*kept));
    else
        raw->at = NULL;
    c->rows[i] = kept;
    return c->row_cells;
}

const struct span *cursor_cells(struct cursor *c, SQLULEN i)
{
    if (c->rows[i] == NULL && c->raw[i].at != NULL)
        (void)cursor_split(c, i);
    return c->rows[i];
}

bool cursor_fly(struct stmt *s, struct fault *f)
{
    struct cursor *c = &s->run->cursor;

    if (!c->is_in_flight)
        stmt_flight_begin(s);
    else if (stmt_is_stopped(s))
        return fault_set(f, FAULT_CANCELLED, "Reading the result was cancelled.");
    c->is_in_flight = true;
    return true;
}

enum row_step cursor_fill(struct stmt *s, SQLULEN rows_max, SQLULEN *n, struct fault *f)
{
    struct stmt_run *r = s->run;
    struct cursor *c = &r->cursor;
    struct row_fill fill = { r->targets, r->n_targets, c->n_rows, rows_max, c->raw + c->n_rows, 0 };

    /* What is there already is taken without letting go of the statement: nobody waits for it. */
    bool is_ready = row_source_is_ready(c->source);

    if ((!is_ready || c->is_in_flight) && !cursor_fly(s, f))
        return ROW_FAULT;
    keep_rowset(c);
    if (!is_ready)
        stmt_pause(s);
    enum row_step step = c->source->ops->fill(c->source, &fill, f);
    if (!is_ready)
        stmt_resume(s);
    c->batch = (struct batch){ 0 };
    c->batch_at = 0;
    c->n_delivered += fill.n_rows;
    *n = fill.n_rows;
    if (step != ROW_BATCH)
        c->is_at_end = true;
    return step;
}

static enum row_step next_batch(struct stmt *s, struct fault *f)
{
    struct cursor *c = &s->run->cursor;

    if (!cursor_fly(s, f))
        return ROW_FAULT;
    keep_rowset(c);
    stmt_pause(s);
    enum row_step step = row_source_next(c->source, &c->batch, f);
    stmt_resume(s);
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

    if (c->max_rows > 0 && c->n_delivered >= c->max_rows)
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
