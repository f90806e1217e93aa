/* SQLNativeSql: what Athena would get. Local. */
#include "odbc/handle.h"
#include "sql/sql.h"

SQLRETURN dbc_native_sql(struct dbc *d, struct text in, struct room out)
{
    struct arena arena = { 0 };
    struct sql_context context = { .catalog = span_of(d->current_catalog),
                                   .user = span_of(spoke_identity(d->spoke)->session_name) };
    struct sql_text translated;
    struct span sql;
    struct fault f = { 0 };
    SQLRETURN rc = SQL_ERROR;

    if (in.at == NULL) {
        return diag_post(&d->handle, STATE_HY009, NULL);
    }
    if (text_take(&d->handle, in, &arena, &sql)) {
        rc = sql_translate(sql, &context, &arena, &translated, &f)
                 ? room_put(&d->handle, out, translated.native)
                 : diag_post_fault(&d->handle, &f);
    }
    arena_free(&arena);
    return rc;
}
