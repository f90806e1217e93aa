/* SQLGetData: any column in any order, bound ones too, in pieces. Going to another column ends the
   pieces of the one before. */
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
    *cells = c->rows[c->row];
    if (*cells == NULL)
        return diag_post(&s->handle, STATE_HY109,
                         "row %llu of the rowset is not kept any more: it takes more than %d "
                         "bytes; use a smaller rowset",
                         (unsigned long long)c->row + 1, PIN_BYTES_MAX);
    return SQL_SUCCESS;
}

/* The conversion for this column and C type; kept while the same is asked again. */
static enum value_outcome take_plan(struct stmt *s, SQLUSMALLINT n, SQLSMALLINT c_type)
{
    struct stmt_run *r = s->run;
    const struct column *column = &r->cursor.source->columns.at[n - 1];
    const struct desc_record *a = c_type == SQL_ARD_TYPE ? &s->ard->records[n] : NULL;
    enum value_outcome built = value_plan_build(&column->type, a != NULL ? a->concise_type : c_type,
                                                &stmt_dbc(s)->options, &r->piece_plan);

    if (built != VALUE_OK)
        return built;
    r->piece_plan.max_length = (SQLLEN)s->attributes.max_length;
    r->piece_plan.wide_unit = handle_wide_unit(&s->handle);
    if (a != NULL && (a->has_explicit_scale || a->concise_type == SQL_C_NUMERIC)) {
        r->piece_plan.has_numeric_scale = a->has_explicit_scale;
        r->piece_plan.numeric_precision = a->precision;
        r->piece_plan.numeric_scale = a->scale;
    }
    if (a != NULL && a->type == SQL_INTERVAL) {
        r->piece_plan.interval_precision = a->datetime_interval_precision;
        r->piece_plan.seconds_precision = a->precision;
    }
    r->piece = (struct value_piece){ 0 };
    r->piece_column = n;
    r->piece_asked = c_type;
    return VALUE_OK;
}

static SQLRETURN tell_outcome(struct stmt *s, enum value_outcome outcome, SQLUSMALLINT n)
{
    const struct cursor *c = &s->run->cursor;
    const struct column *column = &c->source->columns.at[n - 1];
    enum state state = diag_outcome_state(outcome);

    if (outcome == VALUE_OK || outcome == VALUE_NULL)
        return SQL_SUCCESS;
    if (outcome == VALUE_NO_DATA)
        return SQL_NO_DATA;
    return diag_post_at(&s->handle, state == STATES ? STATE_HY000 : state, (SQLLEN)c->row + 1, n,
                        "column %u (%.*s, %s)", (unsigned)n, (int)utf8_cut(column->name, 128),
                        column->name.at != NULL ? column->name.at : "", column->type.name);
}

SQLRETURN stmt_get_data(struct stmt *s, SQLUSMALLINT n, SQLSMALLINT c_type, SQLPOINTER data,
                        SQLLEN room, SQLLEN *indicator)
{
    struct stmt_run *r = s->run;
    const struct span *cells = NULL;

    SQLRETURN rc = check_position(s, n, &cells);
    if (rc != SQL_SUCCESS)
        return rc;
    if (room < 0)
        return diag_post(&s->handle, STATE_HY090, "the buffer has a negative length");
    if (c_type != SQL_ARD_TYPE && c_type != SQL_C_DEFAULT && !value_c_is_known(c_type))
        return diag_post(&s->handle, STATE_HY003, "%d is not a C type", (int)c_type);
    if (c_type == SQL_ARD_TYPE && n > s->ard->count)
        return diag_post(&s->handle, STATE_07009, "the ARD has no record %u", (unsigned)n);
    if (data == NULL && room > 0)
        return diag_post(&s->handle, STATE_HY009, "the buffer is a null pointer");
    if (r->piece_column != n || r->piece_asked != c_type || r->piece_row != cells) {
        enum value_outcome built = take_plan(s, n, c_type);
        r->piece_row = cells;
        if (built != VALUE_OK) {
            r->piece_column = 0;
            return tell_outcome(s, built, n);
        }
    }
    return tell_outcome(s,
                        value_store_piece(&r->piece_plan, cells[n - 1], &r->piece, data, room,
                                          indicator, indicator),
                        n);
}
