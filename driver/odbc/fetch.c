/* SQLFetch, SQLFetchScroll, SQLExtendedFetch: one rowset into the bound buffers. Forward-only
   cursors read on; static ones take the rows from memory, at the place the standard's positioning
   rules give. */
#include <stdlib.h>

#include "odbc/run.h"
#include "odbc/scroll.h"

struct rowset {
    SQLULEN n_asked;
    SQLUSMALLINT *status;
    SQLULEN *count;
    bool is_extended;
    SQLULEN n_good, n_info, n_bad;
};

static bool rows_room(struct cursor *c, SQLULEN n, struct fault *f)
{
    if (n < c->rows_room)
        return true;
    size_t room = c->rows_room == 0 ? 64 : c->rows_room * 2;
    const struct span **grown = realloc(c->rows, room * sizeof(*grown));
    if (grown == NULL)
        return fault_memory(f);
    c->rows = grown;
    c->rows_room = room;
    return true;
}

/* The row enters the rowset and goes to the application. */
static void take_row(struct stmt *s, const struct span *cells, struct rowset *out)
{
    struct cursor *c = &s->run->cursor;
    SQLULEN i = c->n_rows;
    SQLUSMALLINT status = SQL_ROW_SUCCESS;

    c->rows[i] = cells;
    c->n_rows++;
    if (s->attributes.retrieve_data == SQL_RD_ON)
        status = plan_store_row(s, cells, i);
    if (status == SQL_ROW_SUCCESS)
        out->n_good++;
    else if (status == SQL_ROW_ERROR)
        out->n_bad++;
    else
        out->n_info++;
    if (status == SQL_ROW_ERROR && out->is_extended)
        (void)diag_post_at(&s->handle, STATE_01S01, (SQLLEN)i + 1, SQL_COLUMN_NUMBER_UNKNOWN, NULL);
    if (out->status != NULL)
        out->status[i] =
            out->is_extended && status == SQL_ROW_SUCCESS_WITH_INFO ? SQL_ROW_SUCCESS : status;
}

static SQLRETURN begin_rowset(struct stmt *s, const struct rowset *out)
{
    struct cursor *c = &s->run->cursor;
    struct fault f;

    arena_reset(&c->pins);
    c->is_tight = false;
    c->row = 0;
    c->n_rows = 0;
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
    if (out->n_bad == c->n_rows && !out->is_extended)
        return SQL_ERROR;
    return out->n_bad + out->n_info > 0 ? SQL_SUCCESS_WITH_INFO : SQL_SUCCESS;
}

/* A fault behind rows that are already delivered waits for the next fetch. */
static bool put_off(struct cursor *c, const struct fault *f)
{
    if (c->n_rows == 0)
        return false;
    c->late_fault = malloc(sizeof(*f));
    if (c->late_fault == NULL)
        return false;
    *c->late_fault = *f;
    return true;
}

static SQLRETURN fetch_forward(struct stmt *s, struct rowset *out)
{
    struct cursor *c = &s->run->cursor;
    struct fault f;

    if (c->late_fault != NULL) {
        f = *c->late_fault;
        free(c->late_fault);
        c->late_fault = NULL;
        return stmt_post_fault(s, &f);
    }
    int64_t start = c->start + (int64_t)c->n_rows;
    SQLRETURN rc = begin_rowset(s, out);
    if (rc != SQL_SUCCESS)
        return rc;
    c->start = start == 0 ? 1 : start;
    fault_clear(&f);
    while (c->n_rows < out->n_asked) {
        const struct span *cells = NULL;
        if (!rows_room(c, c->n_rows, &f))
            return diag_post_fault(&s->handle, &f);
        enum row_step step = cursor_next(s, &cells, &f);
        if (step == ROW_FAULT && !put_off(c, &f)) {
            if (out->count != NULL)
                *out->count = 0;
            return stmt_post_fault(s, &f);
        }
        if (step != ROW_BATCH)
            break;
        take_row(s, cells, out);
    }
    return end_rowset(s, out);
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
    s->run->is_strict = span_equal_nocase(
        settings_text(&stmt_dbc(s)->settings, SETTING_TRUNCATION_POLICY), SPAN("error"));
    if (out->n_asked == 0)
        out->n_asked = 1;
    rc = c->is_static ? fetch_static(s, orientation, offset, out) : fetch_forward(s, out);
    stmt_become(s, out->is_extended ? STMT_EXTENDED : STMT_FETCHED);
    return rc;
}

SQLRETURN stmt_fetch(struct stmt *s)
{
    return stmt_fetch_scroll(s, SQL_FETCH_NEXT, 0);
}

SQLRETURN stmt_fetch_scroll(struct stmt *s, SQLSMALLINT orientation, SQLLEN offset)
{
    struct rowset out = { .n_asked = s->ard->array_size,
                          .status = s->ird.array_status,
                          .count = s->ird.rows_processed };

    return fetch_rowset(s, orientation, offset, &out);
}

SQLRETURN stmt_extended_fetch(struct stmt *s, SQLUSMALLINT orientation, SQLLEN offset,
                              SQLULEN *count, SQLUSMALLINT *status)
{
    struct rowset out = {
        .n_asked = s->attributes.rowset_size, .status = status, .count = count, .is_extended = true
    };

    return fetch_rowset(s, (SQLSMALLINT)orientation, offset, &out);
}
