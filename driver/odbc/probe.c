/* LocalProbe: pools and tools send SELECT 1 to learn whether a connection lives. A free call
   answers that as well as a query. */
#include "odbc/run.h"

#include <stdlib.h>

bool probe_is_local(struct stmt *s)
{
    return s->sql.is_liveness && settings_flag(&stmt_dbc(s)->settings, SETTING_LOCAL_PROBE);
}

static bool one_row(struct stmt *s, struct row_source **out, struct fault *f)
{
    struct column *column = arena_take(&s->result, sizeof(*column), f);
    struct span *cell = arena_take(&s->result, sizeof(*cell), f);

    if (column == NULL || cell == NULL)
        return false;
    *cell = SPAN("1");
    *column = (struct column){ .name = SPAN("_col0"),
                               .label = SPAN("_col0"),
                               .catalog = SPAN(""),
                               .schema = SPAN(""),
                               .table = SPAN(""),
                               .nullable = SQL_NULLABLE_UNKNOWN };
    value_type_parse(SPAN("integer"), 0, 0, &column->type);
    struct columns columns = { 1, column };
    return memory_source_new(&columns, cell, 1, out, f);
}

SQLRETURN probe_answer(struct stmt *s)
{
    struct dbc *d = stmt_dbc(s);
    struct aws_bounds bounds = stmt_bounds(s, stmt_deadline(s));
    struct workgroup_facts facts;
    struct row_source *source = NULL;
    struct fault f;

    fault_clear(&f);
    stmt_flight_begin(s);
    stmt_pause(s);
    /* Denied is an answer too: the service is there and knows us. */
    bool ok =
        athena_get_workgroup(spoke_athena(d->spoke), settings_text(&d->settings, SETTING_WORKGROUP),
                             &bounds, &facts, &f) ||
        f.kind == FAULT_DENIED;
    stmt_resume(s);
    stmt_flight_end(s);
    if (!ok || !one_row(s, &source, &f))
        return stmt_post_fault(s, &f);
    return cursor_open(s, source, SQL_SUCCESS);
}
