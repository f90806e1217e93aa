/* SQLFetch, SQLFetchScroll, SQLExtendedFetch: one rowset into the bound buffers. Forward-only
   cursors read on; static ones take the rows from memory, at the place the standard's positioning
   rules give. */
#include <stdlib.h>

#include "odbc/run.h"
#include "odbc/scroll.h"

enum { FILL_ROWS_MAX = 65536 };

struct rowset {
    SQLULEN n_asked;
    SQLUSMALLINT *status;
    SQLULEN *count;
    bool is_extended;
    SQLUSMALLINT function;
};

/* For rows 0 to n, and the cells of one of them. */
static bool rows_room(struct cursor *c, SQLULEN n, struct fault *f)
{
    if (n < c->rows_room)
        return true;
    if (c->row_cells == NULL)
        c->row_cells = calloc(c->source->columns.n + 1, sizeof(*c->row_cells));
    if (c->row_cells == NULL)
        return fault_memory(f);
    size_t room = c->rows_room == 0 ? 64 : c->rows_room * 2;

    room = room <= n ? n + 1 : room;
    const struct span **grown = realloc(c->rows, room * sizeof(*grown));
    if (grown == NULL)
        return fault_memory(f);
    c->rows = grown;
    struct raw_row *raw = realloc(c->raw, room * sizeof(*raw));
    if (raw == NULL)
        return fault_memory(f);
    c->raw = raw;
    c->rows_room = room;
    return true;
}

/* The row, which is in the application's buffers, is counted and its status told. */
static void count_row(struct stmt *s, SQLULEN i, SQLUSMALLINT status, struct rowset *out)
{
    struct cursor *c = &s->run->cursor;

    if (status == SQL_ROW_SUCCESS)
        c->n_good++;
    else if (status == SQL_ROW_ERROR)
        c->n_bad++;
    else
        c->n_info++;
    if (status == SQL_ROW_ERROR && out->is_extended)
        (void)diag_post_at(&s->handle, STATE_01S01, (SQLLEN)i + 1, SQL_COLUMN_NUMBER_UNKNOWN, NULL);
    if (out->status != NULL)
        out->status[i] =
            out->is_extended && status == SQL_ROW_SUCCESS_WITH_INFO ? SQL_ROW_SUCCESS : status;
}

/* The row enters the rowset and goes to the application. */
static void take_row(struct stmt *s, const struct span *cells, struct rowset *out)
{
    struct cursor *c = &s->run->cursor;
    SQLULEN i = c->n_rows++;
    SQLUSMALLINT status = SQL_ROW_SUCCESS;

    c->rows[i] = cells;
    c->raw[i].at = NULL;
    if (s->attributes.retrieve_data == SQL_RD_ON)
        status = plan_store_row(s, cells, i);
    count_row(s, i, status, out);
}

/* A row with a value that must be told about goes the ordinary way once more. */
static SQLUSMALLINT store_again(struct stmt *s, SQLULEN i)
{
    const struct span *cells = cursor_split(&s->run->cursor, i);

    if (cells != NULL)
        return plan_store_row(s, cells, i);
    (void)diag_post_at(&s->handle, STATE_HY000, (SQLLEN)i + 1, SQL_COLUMN_NUMBER_UNKNOWN,
                       "the row cannot be taken apart");
    return SQL_ROW_ERROR;
}

/* Rows that the source put into the buffers itself. */
static void take_filled(struct stmt *s, SQLULEN n, struct rowset *out)
{
    struct cursor *c = &s->run->cursor;

    for (SQLULEN k = 0; k < n; k++) {
        SQLULEN i = c->n_rows++;
        c->rows[i] = NULL;
        count_row(s, i, c->raw[i].has_care ? store_again(s, i) : SQL_ROW_SUCCESS, out);
    }
}

/* How many rows the source may fill by itself now; 0: they come one by one. */
static SQLULEN rows_to_fill(const struct stmt *s, const struct rowset *out)
{
    const struct cursor *c = &s->run->cursor;
    SQLULEN n = out->n_asked - c->n_rows;

    if (!s->run->is_fused || c->source->ops->fill == NULL || c->is_at_end ||
        s->attributes.retrieve_data != SQL_RD_ON || c->spool_at < c->spool.n ||
        c->batch_at < c->batch.n_rows)
        return 0;
    if (c->max_rows > 0 && c->max_rows - c->n_delivered < n)
        n = c->max_rows - c->n_delivered;
    return n < FILL_ROWS_MAX ? n : FILL_ROWS_MAX;
}

/* Rows of the rowset must come over the network first. */
static bool would_wait(const struct stmt *s)
{
    const struct cursor *c = &s->run->cursor;

    return s->attributes.async_enable == SQL_ASYNC_ENABLE_ON && !c->is_at_end &&
           c->spool_at >= c->spool.n && c->batch_at >= c->batch.n_rows &&
           !row_source_is_ready(c->source);
}

/* The next rows of a forward-only cursor into the rowset: many at once, or one. */
static enum row_step next_rows(struct stmt *s, struct rowset *out, struct fault *f)
{
    struct cursor *c = &s->run->cursor;
    SQLULEN most = rows_to_fill(s, out), n = 0;
    const struct span *cells = NULL;

    if (!rows_room(c, c->n_rows + most, f))
        return ROW_FAULT;
    if (most > 0) {
        enum row_step step = cursor_fill(s, most, &n, f);
        take_filled(s, n, out);
        /* None came: the next row may lie across the end of what is there. */
        if (step != ROW_BATCH || n > 0 || would_wait(s))
            return step;
    }
    enum row_step step = cursor_next(s, &cells, f);
    if (step == ROW_BATCH)
        take_row(s, cells, out);
    return step;
}

static SQLRETURN begin_rowset(struct stmt *s, const struct rowset *out)
{
    struct cursor *c = &s->run->cursor;
    struct fault f;

    arena_reset(&c->pins);
    c->is_tight = false;
    c->row = 0;
    c->cells = NULL;
    c->n_rows = c->n_kept = 0;
    c->n_good = c->n_info = c->n_bad = 0;
    c->n_asked = out->n_asked;
    s->run->piece_column = 0;
    fault_clear(&f);
    if (!plan_ready(s, &f))
        return diag_post_fault(&s->handle, &f);
    plan_aim(s);
    return SQL_SUCCESS;
}

static SQLRETURN end_rowset(struct stmt *s, struct rowset *out)
{
    struct cursor *c = &s->run->cursor;

    if (out->count != NULL)
        *out->count = c->n_rows;
    for (SQLULEN i = c->n_rows; out->status != NULL && i < out->n_asked; i++)
        out->status[i] = SQL_ROW_NOROW;
    if (c->n_rows == 0)
        return SQL_NO_DATA;
    if (c->n_bad == c->n_rows && !out->is_extended)
        return SQL_ERROR;
    return c->n_bad + c->n_info > 0 ? SQL_SUCCESS_WITH_INFO : SQL_SUCCESS;
}

/* The source broke. Rows that came before are delivered, with a word about it; the next fetch tells
   the fault, and so does every other until the cursor closes. A fetch that was cancelled delivers
   nothing. */
static SQLRETURN end_broken(struct stmt *s, struct rowset *out)
{
    struct cursor *c = &s->run->cursor;
    struct fault f = c->fault;

    if (f.kind == FAULT_CANCELLED)
        c->n_rows = 0;
    SQLRETURN rc = end_rowset(s, out);
    if (c->n_rows == 0)
        return stmt_post_fault(s, &f);
    (void)diag_post(&s->handle, STATE_01000,
                    "the rowset is short, rows are missing behind it: %s", f.text);
    return rc == SQL_SUCCESS ? SQL_SUCCESS_WITH_INFO : rc;
}

/* An asynchronous fetch is one flight from its first call to its last, so that SQLCancel finds it
   between the calls; what it then ends is found when the rows are there. */
static SQLRETURN wait_for_rows(struct stmt *s, const struct rowset *out)
{
    struct fault ignored;

    (void)cursor_fly(s, &ignored);
    stmt_wait(s, out->function);
    return SQL_STILL_EXECUTING;
}

static SQLRETURN start_rowset(struct stmt *s, struct rowset *out)
{
    struct cursor *c = &s->run->cursor;
    int64_t start = c->start + (int64_t)c->n_rows;
    SQLRETURN rc = begin_rowset(s, out);
    if (rc != SQL_SUCCESS)
        return rc;
    c->start = start == 0 ? 1 : start;
    return SQL_SUCCESS;
}

static SQLRETURN fetch_forward(struct stmt *s, struct rowset *out)
{
    struct cursor *c = &s->run->cursor;
    struct fault f;

    if (!c->is_in_flight) {
        SQLRETURN rc = start_rowset(s, out);
        if (rc != SQL_SUCCESS)
            return rc;
    }
    if (c->fault.kind != FAULT_NONE)
        return end_broken(s, out);
    fault_clear(&f);
    enum row_step step = ROW_BATCH;
    while (step == ROW_BATCH && c->n_rows < out->n_asked) {
        if (would_wait(s))
            return wait_for_rows(s, out);
        step = next_rows(s, out, &f);
    }
    if (step != ROW_FAULT)
        return end_rowset(s, out);
    c->fault = f;
    return end_broken(s, out);
}

static SQLRETURN fetch_static(struct stmt *s, SQLSMALLINT orientation, SQLLEN offset,
                              struct rowset *out)
{
    struct cursor *c = &s->run->cursor;
    int64_t last = (int64_t)c->spool.n;
    struct scroll_place now = { .start = c->start,
                                .n_previous = (int64_t)c->n_asked,
                                .n_asked = (int64_t)out->n_asked,
                                .last = last };
    struct scroll_target to = scroll_find(&now, orientation, offset);
    struct fault f;

    SQLRETURN rc = begin_rowset(s, out);
    if (rc != SQL_SUCCESS)
        return rc;
    c->start = to.start;
    fault_clear(&f);
    for (int64_t at = to.start; at >= 1 && at <= last && c->n_rows < out->n_asked; at++) {
        if (!rows_room(c, c->n_rows, &f))
            return diag_post_fault(&s->handle, &f);
        take_row(s, c->spool.rows[at - 1], out);
    }
    rc = end_rowset(s, out);
    if (to.is_cut && SQL_SUCCEEDED(rc))
        rc = diag_post(&s->handle, STATE_01S06, NULL);
    return rc;
}

static bool is_orientation(SQLSMALLINT orientation)
{
    return orientation == SQL_FETCH_NEXT || orientation == SQL_FETCH_PRIOR ||
           orientation == SQL_FETCH_FIRST || orientation == SQL_FETCH_LAST ||
           orientation == SQL_FETCH_ABSOLUTE || orientation == SQL_FETCH_RELATIVE;
}

static SQLRETURN fetch_rowset(struct stmt *s, SQLSMALLINT orientation, SQLLEN offset,
                              struct rowset *out)
{
    struct cursor *c = &s->run->cursor;
    SQLRETURN rc;

    if (c->source == NULL)
        return diag_post(&s->handle, STATE_24000, "no cursor is open");
    if (orientation == SQL_FETCH_BOOKMARK)
        return diag_post(&s->handle, STATE_HY106, "bookmarks are not offered");
    if (!is_orientation(orientation))
        return diag_post(&s->handle, STATE_HY106, "%d is not a fetch orientation",
                         (int)orientation);
    if (!c->is_static && orientation != SQL_FETCH_NEXT)
        return diag_post(&s->handle, STATE_HY106,
                         "a forward-only cursor fetches the next rowset only; a static one "
                         "(SQL_ATTR_CURSOR_TYPE) scrolls");
    if (out->n_asked == 0)
        out->n_asked = 1;
    rc = c->is_static ? fetch_static(s, orientation, offset, out) : fetch_forward(s, out);
    if (rc == SQL_STILL_EXECUTING)
        return rc;
    if (c->is_in_flight)
        stmt_flight_end(s);
    c->is_in_flight = false;
    if (out->is_extended)
        c->extended_status = out->status;
    stmt_become(s, out->is_extended ? STMT_EXTENDED : STMT_FETCHED);
    return rc;
}

static SQLRETURN fetch_as(struct stmt *s, SQLUSMALLINT function, SQLSMALLINT orientation,
                          SQLLEN offset)
{
    struct rowset out = { .n_asked = s->ard->array_size,
                          .function = function,
                          .status = s->ird.array_status,
                          .count = s->ird.rows_processed };

    return fetch_rowset(s, orientation, offset, &out);
}

SQLRETURN stmt_fetch(struct stmt *s)
{
    return fetch_as(s, SQL_API_SQLFETCH, SQL_FETCH_NEXT, 0);
}

SQLRETURN stmt_fetch_scroll(struct stmt *s, SQLSMALLINT orientation, SQLLEN offset)
{
    return fetch_as(s, SQL_API_SQLFETCHSCROLL, orientation, offset);
}

SQLRETURN stmt_extended_fetch(struct stmt *s, SQLUSMALLINT orientation, SQLLEN offset,
                              SQLULEN *count, SQLUSMALLINT *status)
{
    struct rowset out = {
        .n_asked = s->attributes.rowset_size, .status = status, .count = count,
        .is_extended = true, .function = SQL_API_SQLEXTENDEDFETCH
    };

    return fetch_rowset(s, (SQLSMALLINT)orientation, offset, &out);
}
