/* SQLSetPos and SQLBulkOperations: moving within the rowset and filling the buffers again. Rows are
   never changed through a cursor. */
#include "odbc/run.h"

/* The array that the fetch wrote to: SQLExtendedFetch has one of its own, in which a warning is a
   success. */
static void tell_status(struct stmt *s, SQLULEN i, SQLUSMALLINT status)
{
    bool is_extended = s->state == STMT_EXTENDED;
    SQLUSMALLINT *to = is_extended ? s->run->cursor.extended_status : s->ird.array_status;

    if (to != NULL)
        to[i] = is_extended && status == SQL_ROW_SUCCESS_WITH_INFO ? SQL_ROW_SUCCESS : status;
}

static SQLRETURN refresh(struct stmt *s, SQLULEN from, SQLULEN to)
{
    struct cursor *c = &s->run->cursor;
    SQLULEN n_bad = 0, n_info = 0;
    struct fault f;

    if (!c->is_static)
        return diag_post(&s->handle, STATE_HYC00, "SQL_REFRESH needs a static cursor");
    fault_clear(&f);
    if (!plan_ready(s, &f))
        return diag_post_fault(&s->handle, &f);
    plan_aim(s);
    for (SQLULEN i = from; i < to; i++) {
        SQLUSMALLINT status = plan_store_row(s, cursor_cells(c, i), i);
        n_bad += status == SQL_ROW_ERROR;
        n_info += status == SQL_ROW_SUCCESS_WITH_INFO;
        tell_status(s, i, status);
    }
    if (n_bad == to - from)
        return SQL_ERROR;
    return n_bad + n_info > 0 ? SQL_SUCCESS_WITH_INFO : SQL_SUCCESS;
}

SQLRETURN stmt_set_pos(struct stmt *s, SQLSETPOSIROW row, SQLUSMALLINT operation, SQLUSMALLINT lock)
{
    struct cursor *c = &s->run->cursor;

    if (operation == SQL_UPDATE || operation == SQL_DELETE || operation == SQL_ADD)
        return diag_post(&s->handle, STATE_HYC00,
                         "rows cannot be changed through a cursor: use UPDATE, DELETE or INSERT");
    if (operation != SQL_POSITION && operation != SQL_REFRESH)
        return diag_post(&s->handle, STATE_HY092, "%u is not an operation of SQLSetPos",
                         (unsigned)operation);
    if (lock != SQL_LOCK_NO_CHANGE)
        return diag_post(&s->handle, STATE_HYC00, "Athena has no row locks");
    if (c->source == NULL || c->n_rows == 0)
        return diag_post(&s->handle, STATE_24000, "the cursor is not on a row");
    if (row > c->n_asked)
        return diag_post(&s->handle, STATE_HY107, "the rowset has %llu rows",
                         (unsigned long long)c->n_asked);
    if (row > c->n_rows || (row == 0 && operation == SQL_POSITION))
        return diag_post(&s->handle, STATE_HY109, "there is no row %llu in this rowset",
                         (unsigned long long)row);
    if (row > 0)
        c->row = row - 1;
    c->cells = NULL;
    s->run->piece_column = 0;
    if (operation == SQL_POSITION)
        return SQL_SUCCESS;
    if (row > 0)
        return refresh(s, row - 1, row);
    /* All rows of the rowset: a bulk operation, whose count is told. */
    if (c->is_static && s->ird.rows_processed != NULL)
        *s->ird.rows_processed = c->n_rows;
    return refresh(s, 0, c->n_rows);
}

SQLRETURN stmt_bulk_operations(struct stmt *s, SQLSMALLINT operation)
{
    switch (operation) {
    case SQL_ADD:
    case SQL_UPDATE_BY_BOOKMARK:
    case SQL_DELETE_BY_BOOKMARK:
    case SQL_FETCH_BY_BOOKMARK:
        return diag_post(&s->handle, STATE_HYC00,
                         "neither bookmarks nor changes through a cursor are offered: use INSERT "
                         "with parameter arrays");
    default:
        return diag_post(&s->handle, STATE_HY092, "%d is not an operation of SQLBulkOperations",
                         (int)operation);
    }
}
