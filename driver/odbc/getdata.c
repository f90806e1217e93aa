/* SQLGetData: any column in any order, bound ones too, in pieces. Going to another column ends the
   pieces of the one before. */
#include <stdlib.h>

#include "odbc/run.h"

static SQLRETURN check_position(struct stmt *s, SQLUSMALLINT n, const struct span **cells)
{
    struct cursor *c = &s->run->cursor;

    if (c->source == NULL || c->n_rows == 0)
        return diag_post(&s->handle, STATE_24000, "the cursor is not on a row");
    if (n == 0)
        return diag_post(&s->handle, STATE_07009,
                         "bookmarks are not offered, so there is no column 0");
    if (n > c->source->columns.n)
        return diag_post(&s->handle, STATE_07009,
                         "the result has %u columns, there is no number %u", c->source->columns.n,
                         (unsigned)n);
    if (c->row >= c->n_rows)
        return diag_post(&s->handle, STATE_HY109, "the rowset has %llu rows",
                         (unsigned long long)c->n_rows);
    *cells = c->cells = cursor_cells(c, c->row);
    if (*cells == NULL)
        return diag_post(&s->handle, STATE_HY109,
                         "row %llu of the rowset is not kept any more: it takes more than %d "
                         "bytes; use a smaller rowset",
                         (unsigned long long)c->row + 1, PIN_BYTES_MAX);
    return SQL_SUCCESS;
}

static enum value_outcome build_way(struct stmt *s, SQLUSMALLINT n, SQLSMALLINT c_type,
                                    struct way *way)
{
    const struct column *column = &s->run->cursor.source->columns.at[n - 1];
    const struct desc_record *a = c_type == SQL_ARD_TYPE ? &s->ard->records[n] : NULL;
    enum value_outcome built = value_plan_build(&column->type, a != NULL ? a->concise_type : c_type,
                                                &stmt_dbc(s)->options, &way->plan);

    if (built != VALUE_OK)
        return built;
    way->plan.max_length = (SQLLEN)s->attributes.max_length;
    way->plan.wide_unit = handle_wide_unit(&s->handle);
    if (a != NULL && a->has_explicit_scale) {
        way->plan.has_numeric_scale = true;
        way->plan.numeric_precision = a->precision;
        way->plan.numeric_scale = a->scale;
    }
    if (a != NULL)
        plan_take_interval(&way->plan, a);
    way->asked = c_type;
    way->max_length = s->attributes.max_length;
    way->is_ready = c_type != SQL_ARD_TYPE; /* a descriptor may change at any time */
    way->is_quick = way->is_ready && way->max_length == 0;
    value_plan_fuse(&way->plan);
    return VALUE_OK;
}

/* One way per column, made with the first SQLGetData on a cursor. */
static bool ways_ready(struct stmt_run *r)
{
    unsigned n = r->cursor.source->columns.n;

    if (r->n_ways == n)
        return true;
    free(r->ways);
    r->n_ways = 0;
    r->ways = calloc(n, sizeof(*r->ways));
    if (r->ways == NULL)
        return false;
    r->n_ways = n;
    return true;
}

/* Arguments that only a new column or C type can get wrong. */
static SQLRETURN check_type(struct stmt *s, SQLUSMALLINT n, SQLSMALLINT c_type)
{
    if (c_type != SQL_ARD_TYPE && c_type != SQL_C_DEFAULT && !value_c_is_known(c_type))
        return diag_post(&s->handle, STATE_HY003, "%d is not a C type", (int)c_type);
    if (c_type == SQL_ARD_TYPE && n > s->ard->count)
        return diag_post(&s->handle, STATE_07009, "the ARD has no record %u", (unsigned)n);
    return SQL_SUCCESS;
}

static SQLRETURN tell_outcome(struct stmt *s, enum value_outcome outcome, SQLUSMALLINT n)
{
    struct stmt_run *r = s->run;

    if (outcome == VALUE_OK || outcome == VALUE_NULL)
        return SQL_SUCCESS;
    if (outcome == VALUE_NO_DATA)
        return SQL_NO_DATA;
    return plan_post(s, outcome, &r->ways[n - 1].plan, (SQLLEN)r->cursor.row + 1, n);
}

/* A cell that stands in quotes is stored as the fused path does it: the quote is where it must be,
   or the value was not plain. */
static bool get_fused(const struct value_plan *p, struct span quoted, struct span cell, void *data,
                      SQLLEN room, SQLLEN *indicator)
{
    uintptr_t at = (uintptr_t)cell.at - (uintptr_t)quoted.at;

    return p->fuse != NULL && at < quoted.len &&
           p->fuse(p, cell.at, quoted.at + quoted.len, data, room, indicator) == cell.at + cell.len;
}

/* From the second row on: a cell that nothing was read of yet, in a way that is known, whole.
   False: not so, or there is something to tell; the long way begins anew then. */
static bool get_whole(struct stmt *s, SQLUSMALLINT n, SQLSMALLINT c_type, SQLPOINTER data,
                      SQLLEN room, SQLLEN *indicator)
{
    struct stmt_run *r = s->run;
    struct cursor *c = &r->cursor;

    if (c->cells == NULL && c->row < c->n_rows && c->source != NULL)
        c->cells = cursor_cells(c, c->row);
    if (c->cells == NULL || n - 1u >= r->n_ways || r->piece_column == n || data == NULL || room < 0)
        return false;
    const struct way *way = &r->ways[n - 1];
    struct span cell = c->cells[n - 1];
    if (!way->is_quick || way->asked != c_type || s->attributes.max_length != 0 ||
        span_is_null(cell))
        return false;
    if (!get_fused(&way->plan, c->batch.quoted, cell, data, room, indicator) &&
        way->plan.store(&way->plan, cell, data, room, indicator) != VALUE_OK)
        return false;
    r->piece_column = n;
    r->piece = (struct value_piece){ .c_type = way->plan.c_type, .is_done = true };
    return true;
}

/* The long way: first rows, pieces, NULLs, warnings, refusals. Kept out of line, so that the short
   way needs neither its stack nor its registers. */
__attribute__((noinline)) static SQLRETURN get_piece(struct stmt *s, SQLUSMALLINT n,
                                                     SQLSMALLINT c_type, SQLPOINTER data,
                                                     SQLLEN room, SQLLEN *indicator)
{
    struct stmt_run *r = s->run;
    const struct span *cells = NULL;

    SQLRETURN rc = check_position(s, n, &cells);
    if (rc != SQL_SUCCESS)
        return rc;
    if (room < 0)
        return diag_post(&s->handle, STATE_HY090, "the buffer has a negative length");
    if (!ways_ready(r))
        return diag_post(&s->handle, STATE_HY001, NULL);
    struct way *way = &r->ways[n - 1];
    bool is_known =
        way->is_ready && way->asked == c_type && way->max_length == s->attributes.max_length;
    bool is_next =
        r->piece_column == n && (is_known || (way->asked == c_type && c_type == SQL_ARD_TYPE));
    if (!is_known && !is_next) {
        rc = check_type(s, n, c_type);
        if (rc != SQL_SUCCESS)
            return rc;
    }
    if (data == NULL && room > 0)
        return diag_post(&s->handle, STATE_HY009, "the buffer is a null pointer");
    if (!is_next) {
        enum value_outcome built = is_known ? VALUE_OK : build_way(s, n, c_type, way);
        r->piece_column = built == VALUE_OK ? n : 0;
        r->piece = (struct value_piece){ 0 };
        if (built != VALUE_OK) {
            way->is_ready = false;
            return tell_outcome(s, built, n);
        }
    }
    return tell_outcome(
        s, value_store_piece(&way->plan, cells[n - 1], &r->piece, data, room, indicator, indicator),
        n);
}

SQLRETURN stmt_get_data(struct stmt *s, SQLUSMALLINT n, SQLSMALLINT c_type, SQLPOINTER data,
                        SQLLEN room, SQLLEN *indicator)
{
    return get_whole(s, n, c_type, data, room, indicator)
               ? SQL_SUCCESS
               : get_piece(s, n, c_type, data, room, indicator);
}
