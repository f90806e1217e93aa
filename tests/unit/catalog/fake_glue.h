/* A catalog service of the test's own: databases and tables by script, pages as small as wanted,
   refusals where wanted. */
#ifndef TESTS_FAKE_GLUE_H
#define TESTS_FAKE_GLUE_H

#include <pthread.h>

#include "catalog/fill.h"
#include "unit.h"

struct fake_table {
    const char *database, *name, *type, *comment;
    struct glue_column columns[8];
    unsigned n_columns;
    const char *target; /* "account/database/table": a bare link */
    const char *rows, *bytes, *region;
};

static struct {
    const char *const *databases;
    unsigned n_databases;
    const struct fake_table *tables;
    unsigned n_tables, page;
    bool deny_databases, repeat_token, deny_athena, lose_catalog;
    const char *break_tables_of;                /* the connection fails */
    const char *deny_tables_of, *lose_database; /* lose: vanishes between pages */
    unsigned empty_pages;                       /* so many empty pages with a token come first */
    unsigned throttle; /* so many calls are refused for their speed */
    unsigned stale_token_at; /* the token of this place is refused, once */
    bool stale_token_for_ever, lose_after_first;
    const char *database_link; /* "name account/database/region": that database is a link */
    const char *const *nested; /* ids of nested catalogs */
    unsigned n_nested;
    const char *broken_source; /* its connector cannot be reached */
    bool deny_nested, deny_get_catalog, deny_get_table;
    unsigned n_calls, n_get_table, n_get_tables, n_get_databases, n_get_database, n_athena;
    unsigned n_get_catalog, n_pauses;
    int64_t paused_ms;
    char catalog_id[64]; /* of the last question to Glue about databases and tables */
    char expression[256];
} glue;

static struct notices glue_notices;

static void page_of(struct span token, unsigned total, unsigned *from, unsigned *to)
{
    *from = span_is_null(token)
                ? 0
                : (unsigned)(token.at[0] - '0') * 10 + (unsigned)(token.at[1] - '0');
    *to = glue.page > 0 && *from + glue.page < total ? *from + glue.page : total;
}

static struct span token_of(struct arena *a, unsigned at)
{
    char text[3] = { (char)('0' + at / 10 % 10), (char)('0' + at % 10), '\0' };
    struct span out = NO_SPAN;
    struct fault f;

    return arena_copy(a, span_of(text), &out, &f) ? out : NO_SPAN;
}

static bool deny(struct fault *f, const char *action)
{
    fault_set(f, FAULT_DENIED, "not authorized to perform: %s", action);
    return false;
}

/* What stands in the way of any call. */
static bool is_refused(struct span token, struct fault *f)
{
    fault_clear(f);
    if (glue.throttle > 0) {
        glue.throttle--;
        fault_set(f, FAULT_THROTTLED, "Rate exceeded");
        return true;
    }
    if (glue.stale_token_at != 0 && !span_is_null(token) &&
        (unsigned)(token.at[0] - '0') * 10 + (unsigned)(token.at[1] - '0') == glue.stale_token_at) {
        glue.stale_token_at = glue.stale_token_for_ever ? glue.stale_token_at : 0;
        fault_set(f, FAULT_QUERY, "Invalid NextToken");
        snprintf(f->code, sizeof(f->code), "InvalidInputException");
        return true;
    }
    return false;
}

static void note_catalog(const struct glue_query *q)
{
    span_to_c(span_is_null(q->catalog_id) ? SPAN("") : q->catalog_id, glue.catalog_id,
              sizeof(glue.catalog_id));
}

static bool answer_get_catalogs(struct aws_client *c, const struct glue_query *q,
                                const struct aws_bounds *b, struct arena *a,
                                struct glue_catalogs *out, struct fault *f)
{
    (void)c, (void)q, (void)b;
    glue.n_calls++;
    if (glue.deny_nested)
        return deny(f, "glue:GetCatalogs");
    *out = (struct glue_catalogs){
        arena_take_array(a, glue.n_nested + 1, sizeof(struct glue_catalog), f), 0, NO_SPAN
    };
    for (unsigned i = 0; i < glue.n_nested; i++) {
        struct span id = span_of(glue.nested[i]);
        out->at[out->n++] =
            (struct glue_catalog){ span_from(id, span_find_byte(id, ':') + 1), SPAN("GLUE"), id };
    }
    return true;
}

static bool answer_get_database(struct aws_client *c, const struct glue_query *q,
                                const struct aws_bounds *b, struct arena *a,
                                struct glue_database *out, struct fault *f)
{
    struct span rest = span_of(glue.database_link);

    (void)c, (void)b, (void)a;
    glue.n_calls++;
    glue.n_get_database++;
    *out = (struct glue_database){ .name = q->database, .is_listed = true };
    if (span_equal_nocase(span_next(&rest, ' '), q->database)) {
        out->target.catalog_id = span_next(&rest, '/');
        out->target.database = span_next(&rest, '/');
        out->target.region = rest;
        return true;
    }
    for (unsigned i = 0; i < glue.n_databases; i++) {
        if (span_equal_nocase(span_of(glue.databases[i]), q->database))
            return true;
    }
    return fault_set(f, FAULT_NOT_FOUND, "Database not found.");
}

static bool answer_get_databases(struct aws_client *c, const struct glue_query *q,
                                 const struct aws_bounds *b, struct arena *a,
                                 struct glue_databases *out, struct fault *f)
{
    unsigned from, to;

    (void)c, (void)b;
    glue.n_calls++;
    glue.n_get_databases++;
    note_catalog(q);
    if (is_refused(q->next_token, f))
        return false;
    if (glue.lose_catalog)
        return fault_set(f, FAULT_NOT_FOUND, "no such catalog");
    if (glue.deny_databases)
        return deny(f, "glue:GetDatabases");
    page_of(q->next_token, glue.n_databases, &from, &to);
    *out = (struct glue_databases){
        arena_take_array(a, to - from + 1, sizeof(struct glue_database), f), 0, NO_SPAN
    };
    for (unsigned i = from; i < to; i++)
        out->at[out->n++] = (struct glue_database){ .name = span_of(glue.databases[i]),
                                                      .is_listed = true };
    if (to < glue.n_databases)
        out->next_token = glue.repeat_token ? SPAN("00") : token_of(a, to);
    return true;
}

static void give_table(const struct fake_table *t, struct glue_table *out)
{
    *out = (struct glue_table){ .database = span_of(t->database),
                                .name = span_of(t->name),
                                .type = span_of(t->type),
                                .description = span_of(t->comment),
                                .columns = (struct glue_column *)(uintptr_t)t->columns,
                                .n_columns = t->n_columns,
                                .has_storage = t->target == NULL,
                                .row_count = span_of(t->rows),
                                .total_size = span_of(t->bytes) };
    if (t->target != NULL) {
        struct span rest = span_of(t->target);
        out->target.catalog_id = span_next(&rest, '/');
        out->target.database = span_next(&rest, '/');
        out->target.table = span_next(&rest, '/');
        out->target.region = span_of(t->region);
    }
}

static bool answer_get_tables(struct aws_client *c, const struct glue_query *q,
                              const struct aws_bounds *b, struct arena *a, struct glue_tables *out,
                              struct fault *f)
{
    const struct fake_table *mine[100];
    unsigned n = 0, from, to;

    (void)c, (void)b;
    glue.n_calls++;
    glue.n_get_tables++;
    note_catalog(q);
    if (is_refused(q->next_token, f))
        return false;
    span_to_c(span_is_null(q->expression) ? SPAN("") : q->expression, glue.expression,
              sizeof(glue.expression));
    if (glue.deny_tables_of != NULL && span_equal_nocase(q->database, span_of(glue.deny_tables_of)))
        return deny(f, "glue:GetTables");
    if (glue.break_tables_of != NULL &&
        span_equal_nocase(q->database, span_of(glue.break_tables_of)))
        return fault_set(f, FAULT_NETWORK, "the connection broke");
    if (glue.lose_database != NULL && span_equal_nocase(q->database, span_of(glue.lose_database)))
        return fault_set(f, FAULT_NOT_FOUND, "no such database");
    if (glue.lose_after_first && !span_is_null(q->next_token))
        return fault_set(f, FAULT_NOT_FOUND, "Database not found.");
    *out =
        (struct glue_tables){ arena_take_array(a, 100, sizeof(struct glue_table), f), 0, NO_SPAN };
    if (glue.empty_pages > 0) {
        glue.empty_pages--;
        out->next_token = span_is_null(q->next_token) ? SPAN("00")
                          : glue.repeat_token         ? SPAN("00")
                          : glue.empty_pages % 2      ? SPAN("00 ")
                                                      : SPAN("00");
        return true;
    }
    for (unsigned i = 0; i < glue.n_tables; i++) {
        if (span_equal_nocase(q->database, span_of(glue.tables[i].database)))
            mine[n++] = &glue.tables[i];
    }
    page_of(q->next_token, n, &from, &to);
    for (unsigned i = from; i < to; i++)
        give_table(mine[i], &out->at[out->n++]);
    if (to < n)
        out->next_token = token_of(a, to);
    return true;
}

static bool answer_get_table(struct aws_client *c, const struct glue_query *q,
                             const struct aws_bounds *b, struct arena *a, struct glue_table *out,
                             struct fault *f)
{
    (void)c, (void)b, (void)a;
    glue.n_calls++;
    glue.n_get_table++;
    note_catalog(q);
    if (is_refused(NO_SPAN, f))
        return false;
    if (glue.deny_get_table)
        return deny(f, "glue:GetTable");
    if (glue.deny_tables_of != NULL && span_equal_nocase(q->database, span_of(glue.deny_tables_of)))
        return deny(f, "glue:GetTable");
    for (unsigned i = 0; i < glue.n_tables; i++) {
        if (span_equal_nocase(q->database, span_of(glue.tables[i].database)) &&
            span_equal_nocase(q->table, span_of(glue.tables[i].name))) {
            give_table(&glue.tables[i], out);
            return true;
        }
    }
    return fault_set(f, FAULT_NOT_FOUND, "Table not found.");
}

static bool answer_list_catalogs(struct aws_client *c, const struct glue_query *q,
                                 struct span workgroup, const struct aws_bounds *b,
                                 struct arena *a, struct glue_catalogs *out, struct fault *f)
{
    (void)c, (void)workgroup, (void)b, (void)q;
    glue.n_calls++;
    if (glue.deny_athena)
        return deny(f, "athena:ListDataCatalogs");
    *out = (struct glue_catalogs){ arena_take_array(a, 3, sizeof(struct glue_catalog), f), 3,
                                   NO_SPAN };
    out->at[0] = (struct glue_catalog){ .name = SPAN("AwsDataCatalog"), .type = SPAN("GLUE") };
    out->at[1] = (struct glue_catalog){ .name = SPAN("lambda_source"), .type = SPAN("LAMBDA") };
    out->at[2] = (struct glue_catalog){ .name = SPAN("partner"), .type = SPAN("GLUE") };
    return true;
}

static bool answer_get_catalog(struct aws_client *c, const struct glue_query *q,
                               struct span workgroup, const struct aws_bounds *b, struct arena *a,
                               struct glue_catalog *out, struct fault *f)
{
    (void)c, (void)workgroup, (void)b, (void)a;
    glue.n_calls++;
    glue.n_get_catalog++;
    if (glue.deny_get_catalog)
        return deny(f, "athena:GetDataCatalog");
    if (span_equal_nocase(q->catalog_id, SPAN("lambda_source")))
        *out = (struct glue_catalog){ .name = SPAN("lambda_source"), .type = SPAN("LAMBDA") };
    else if (span_equal_nocase(q->catalog_id, SPAN("partner")))
        *out = (struct glue_catalog){ SPAN("partner"), SPAN("GLUE"), SPAN("999900001111") };
    else
        return fault_set(f, FAULT_NOT_FOUND, "no such data source");
    return true;
}

/* Athena's answers are Glue's, with refusals of its own. */
static bool is_athena_refused(const struct glue_query *q, const char *action, struct fault *f)
{
    glue.n_athena++;
    if (glue.deny_athena) {
        deny(f, action);
        return true;
    }
    if (glue.broken_source != NULL &&
        span_equal_nocase(q->catalog_id, span_of(glue.broken_source))) {
        fault_set(f, FAULT_QUERY, "the connector is not reachable");
        snprintf(f->code, sizeof(f->code), "MetadataException");
        return true;
    }
    return false;
}

static bool answer_list_databases(struct aws_client *c, const struct glue_query *q,
                                  struct span workgroup, const struct aws_bounds *b,
                                  struct arena *a, struct glue_databases *out, struct fault *f)
{
    (void)workgroup;
    if (is_athena_refused(q, "athena:ListDatabases", f))
        return false;
    bool denied = glue.deny_databases;
    glue.deny_databases = false;
    bool ok = answer_get_databases(c, q, b, a, out, f);
    glue.deny_databases = denied;
    return ok;
}

static bool answer_list_tables(struct aws_client *c, const struct glue_query *q,
                               struct span workgroup, const struct aws_bounds *b, struct arena *a,
                               struct glue_tables *out, struct fault *f)
{
    (void)workgroup;
    if (is_athena_refused(q, "athena:ListTableMetadata", f))
        return false;
    const char *denied = glue.deny_tables_of;
    glue.deny_tables_of = NULL;
    bool ok = answer_get_tables(c, q, b, a, out, f);
    glue.deny_tables_of = denied;
    return ok;
}

static bool answer_get_table_metadata(struct aws_client *c, const struct glue_query *q,
                                      struct span workgroup, const struct aws_bounds *b,
                                      struct arena *a, struct glue_table *out, struct fault *f)
{
    (void)workgroup;
    if (is_athena_refused(q, "athena:GetTableMetadata", f))
        return false;
    const char *denied = glue.deny_tables_of;
    glue.deny_tables_of = NULL;
    bool ok = answer_get_table(c, q, b, a, out, f);
    glue.deny_tables_of = denied;
    return ok;
}

/* Databases are asked for side by side: one answer at a time keeps the script's counters right. */
static pthread_mutex_t fake_turn = PTHREAD_MUTEX_INITIALIZER;

#define ONE_AT_A_TIME(call) \
    pthread_mutex_lock(&fake_turn); \
    bool answer = (call); \
    pthread_mutex_unlock(&fake_turn); \
    return answer

#define LISTING(name, type) \
    static bool fake_##name(struct aws_client *c, const struct glue_query *q, \
                            const struct aws_bounds *b, struct arena *a, type *out, \
                            struct fault *f) \
    { \
        ONE_AT_A_TIME(answer_##name(c, q, b, a, out, f)); \
    }
#define ATHENA_LISTING(name, type) \
    static bool fake_##name(struct aws_client *c, const struct glue_query *q, struct span w, \
                            const struct aws_bounds *b, struct arena *a, type *out, \
                            struct fault *f) \
    { \
        ONE_AT_A_TIME(answer_##name(c, q, w, b, a, out, f)); \
    }

LISTING(get_catalogs, struct glue_catalogs)
LISTING(get_databases, struct glue_databases)
LISTING(get_database, struct glue_database)
LISTING(get_tables, struct glue_tables)
LISTING(get_table, struct glue_table)
ATHENA_LISTING(list_catalogs, struct glue_catalogs)
ATHENA_LISTING(get_catalog, struct glue_catalog)
ATHENA_LISTING(list_databases, struct glue_databases)
ATHENA_LISTING(list_tables, struct glue_tables)
ATHENA_LISTING(get_table_metadata, struct glue_table)

#undef ONE_AT_A_TIME
#undef LISTING
#undef ATHENA_LISTING

static bool fake_pause(const struct aws_bounds *b, int64_t ms, struct fault *f)
{
    (void)b, (void)f;
    pthread_mutex_lock(&fake_turn);
    glue.n_pauses++;
    glue.paused_ms += ms;
    pthread_mutex_unlock(&fake_turn);
    return true;
}

static const struct metadata_calls fake_calls = {
    .get_catalogs = fake_get_catalogs,
    .get_databases = fake_get_databases,
    .get_database = fake_get_database,
    .get_tables = fake_get_tables,
    .get_table = fake_get_table,
    .list_catalogs = fake_list_catalogs,
    .get_catalog = fake_get_catalog,
    .list_databases = fake_list_databases,
    .list_tables = fake_list_tables,
    .get_table_metadata = fake_get_table_metadata,
    .pause = fake_pause,
};

static inline struct metadata fake_metadata(struct arena *arena)
{
    glue_notices.n = 0;
    return (struct metadata){ .calls = &fake_calls,
                              .workgroup = SPAN("primary"),
                              .catalog = SPAN("AwsDataCatalog"),
                              .schema = SPAN("sales"),
                              .region = SPAN("eu-west-1"),
                              .notices = &glue_notices,
                              .arena = arena };
}

static const struct value_options fake_options = {
    .string_length = 255, .complex_length = 65535, .binary_length = 1024, .wide_unit = WIDE_UTF16
};

#endif
