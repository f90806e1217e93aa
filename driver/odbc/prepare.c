/* SQLPrepare and what is known from the text alone. Nothing is sent. */
#include "odbc/run.h"

/* Text, markers, class into the prepared arena; the previous text is gone. */
static SQLRETURN take_text(struct stmt *s, struct text sql)
{
    struct dbc *d = stmt_dbc(s);
    struct span text = NO_SPAN;
    struct dbc_place place;
    struct fault f;

    ird_clear(s);
    s->run->is_described = false;
    s->is_prepared = false;
    s->sql = (struct sql_text){ 0 };
    arena_reset(&s->prepared);
    stmt_become(s, STMT_ALLOCATED);
    if (sql.at == NULL)
        return diag_post(&s->handle, STATE_HY009, "the statement text is a null pointer");
    if (!text_take(&s->handle, sql, &s->prepared, &text))
        return SQL_ERROR;
    dbc_place_of(d, &place);
    struct sql_context context = {
        .catalog = span_of(place.catalog),
        .user = d->spoke != NULL ? span_of(spoke_identity(d->spoke)->session_name) : SPAN(""),
        .no_scan = s->attributes.no_scan == SQL_NOSCAN_ON,
    };
    fault_clear(&f);
    if (!sql_translate(text, &context, &s->prepared, &s->sql, &f)) {
        s->sql = (struct sql_text){ 0 };
        /* Such a fault already counts in the user's own text. */
        return diag_post_fault(&s->handle, &f);
    }
    return SQL_SUCCESS;
}

SQLRETURN stmt_prepare(struct stmt *s, struct text sql)
{
    run_drop(s);
    SQLRETURN rc = take_text(s, sql);
    if (!SQL_SUCCEEDED(rc))
        return rc;
    s->is_prepared = true;
    stmt_become(s, STMT_PREPARED);
    return SQL_SUCCESS;
}

SQLRETURN stmt_exec_direct(struct stmt *s, struct text sql)
{
    SQLRETURN rc = stmt_check_function(s, SQL_API_SQLEXECDIRECT);

    if (!SQL_SUCCEEDED(rc))
        return rc;
    if (stmt_is_waiting(s))
        return execute_continue(s);
    run_drop(s);
    rc = take_text(s, sql);
    if (!SQL_SUCCEEDED(rc))
        return rc;
    return execute_begin(s, SQL_API_SQLEXECDIRECT);
}

SQLRETURN stmt_execute(struct stmt *s)
{
    SQLRETURN rc = stmt_check_function(s, SQL_API_SQLEXECUTE);

    if (!SQL_SUCCEEDED(rc))
        return rc;
    if (stmt_is_waiting(s))
        return execute_continue(s);
    if (!s->is_prepared)
        return diag_post(&s->handle, STATE_HY010, "there is no prepared statement");
    return execute_begin(s, SQL_API_SQLEXECUTE);
}

SQLRETURN stmt_num_params(struct stmt *s, SQLSMALLINT *count)
{
    SQLRETURN rc = stmt_check_function(s, SQL_API_SQLNUMPARAMS);

    if (SQL_SUCCEEDED(rc) && count != NULL)
        *count = (SQLSMALLINT)(s->sql.n_markers > 32767 ? 32767 : s->sql.n_markers);
    return rc;
}

/* Athena tells no parameter types: what the application bound, else a text of any length. */
SQLRETURN stmt_describe_param(struct stmt *s, SQLUSMALLINT n, SQLSMALLINT *type, SQLULEN *size,
                              SQLSMALLINT *digits, SQLSMALLINT *nullable)
{
    SQLRETURN rc = stmt_check_function(s, SQL_API_SQLDESCRIBEPARAM);
    const struct desc_record *r = NULL;

    if (!SQL_SUCCEEDED(rc))
        return rc;
    if (n == 0 || n > s->sql.n_markers)
        return diag_post(&s->handle, STATE_07009,
                         "the statement has %u parameters, there is no number %u", s->sql.n_markers,
                         (unsigned)n);
    if (n <= s->ipd.count && s->ipd.records[n].concise_type != 0)
        r = &s->ipd.records[n];
    if (type != NULL)
        *type = r != NULL ? r->concise_type : SQL_VARCHAR;
    if (size != NULL)
        *size = r != NULL ? r->length : 65535;
    if (digits != NULL)
        *digits = r != NULL ? r->scale : 0;
    if (nullable != NULL)
        *nullable = SQL_NULLABLE_UNKNOWN;
    return SQL_SUCCESS;
}
