/* What the audit file hears of a statement's queries. */
#include "odbc/run.h"
#include "spoke/audit.h"

bool audit_query_start(struct stmt *s, struct span sql, struct fault *f)
{
    struct spoke_query query = { .sql = sql, .class = sql_class_name(s->sql.class) };
    struct dbc_place place;

    dbc_place_of(stmt_dbc(s), &place);
    query.database = span_of(place.schema);
    return spoke_audit_start(stmt_dbc(s)->spoke, &query, &s->notices, f);
}

void audit_query_end(struct stmt *s, struct execution *e, const struct fault *why)
{
    spoke_audit_end(stmt_dbc(s)->spoke, NULL, e, why, &s->notices);
}

bool audit_result_read(struct stmt *s, struct span query_id, struct fault *f)
{
    return spoke_audit_read(stmt_dbc(s)->spoke, NULL, query_id, &s->notices, f);
}
