/* What the audit file hears of a statement's queries. */
#include "odbc/run.h"
#include "spoke/audit.h"

bool audit_query_start(struct stmt *s, struct span sql, struct fault *f)
{
    const struct spoke_query query = { .sql = sql, .class = sql_class_name(s->sql.class),
                                       .database = span_of(stmt_dbc(s)->current_schema) };

    return spoke_audit_start(stmt_dbc(s)->spoke, &query, &s->notices, f);
}

void audit_query_end(struct stmt *s, const struct execution *e, const struct fault *why)
{
    spoke_audit_end(stmt_dbc(s)->spoke, NULL, e, why, &s->notices);
}
