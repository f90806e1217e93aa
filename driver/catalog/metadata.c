/* Which service is asked, page after page, and what a refusal means. */
#include "catalog/metadata.h"

#include <stdlib.h>
#include <string.h>

static const struct metadata_calls real_calls = {
    glue_get_databases, glue_get_tables, glue_get_table, athena_list_catalogs, athena_list_databases, athena_list_tables,
};

void metadata_of_spoke(struct spoke *spoke, const struct aws_bounds *bounds, struct notices *notices, struct arena *arena, struct metadata *out)
{
    const struct settings *t = spoke_settings(spoke);
    struct span method = settings_text(t, SETTING_METADATA_RETRIEVAL_METHOD);

    *out = (struct metadata){
        .calls = &real_calls,
        .glue = spoke_glue(spoke),
        .athena = spoke_athena(spoke),
        .spoke = spoke,
        .workgroup = settings_text(t, SETTING_WORKGROUP),
        .glue_catalog_id = settings_text(t, SETTING_GLUE_CATALOG_ID),
        .account = span_of(spoke_identity(spoke)->account),
        .region = settings_text(t, SETTING_AWS_REGION),
        .catalog = settings_text(t, SETTING_CATALOG),
        .schema = settings_text(t, SETTING_SCHEMA),
        .method = span_equal_nocase(method, SPAN("Glue")) ? METADATA_GLUE : span_starts_nocase(method, SPAN("Proxy")) ? METADATA_ATHENA : METADATA_AUTO,
        .is_single = settings_flag(t, SETTING_USE_SINGLE_CATALOG_AND_SCHEMA),
        .has_external = settings_flag(t, SETTING_QUERY_EXTERNAL_CATALOGS),
        .bounds = *bounds,
        .notices = notices,
        .arena = arena,
    };
    if (span_is_null(out->catalog))
        out->catalog = SPAN("AwsDataCatalog");
}

/* A list that grows outside the arena and moves in when it is complete. */
struct growing { char *at; size_t n, room, size; };

static bool grow(struct growing *g, const void *items, size_t n, struct fault *f)
{
    if (g->n + n > g->room) {
        size_t room = (g->n + n) * 2;
        char *grown = realloc(g->at, room * g->size);
        if (grown == NULL)
            return fault_memory(f);
        g->at = grown;
        g->room = room;
    }
    if (n > 0)
        memcpy(g->at + g->n * g->size, items, n * g->size);
    g->n += n;
    return true;
}

static bool settle(struct growing *g, struct arena *arena, void **out, struct fault *f)
{
    *out = arena_take_array(arena, g->n + 1, g->size, f);
    if (*out != NULL && g->n > 0)
        memcpy(*out, g->at, g->n * g->size);
    free(g->at);
    g->at = NULL;
    return *out != NULL;
}

static bool is_forgivable(const struct fault *f)
{
    return f->kind == FAULT_DENIED || f->kind == FAULT_THROTTLED;
}

static void tell_refusal(const struct metadata *m, struct fault *f, const char *what)
{
    if (m->spoke != NULL)
        spoke_explain(m->spoke, f);
    notice_add(m->notices, FAULT_WARNING, "%s: %s", what, f->text);
}

/* Glue's own catalog and its nested ones are Glue's; other data sources are known to Athena only. */
static bool is_glue_catalog(struct span catalog)
{
    return span_equal_nocase(catalog, SPAN("AwsDataCatalog")) || span_find_byte(catalog, '/') < catalog.len;
}

static struct span catalog_id(const struct metadata *m, struct span catalog)
{
    return span_equal_nocase(catalog, SPAN("AwsDataCatalog")) ? m->glue_catalog_id : catalog;
}

static bool same_token(struct span before, struct span now, struct fault *f)
{
    if (!span_is_null(before) && span_equal(before, now)) {
        fault_set(f, FAULT_PROTOCOL, "The service answered two pages of a list with the same continuation token.");
        return true;
    }
    return false;
}

static bool all_databases(const struct metadata *m, struct span catalog, bool by_glue, struct growing *g, struct fault *f)
{
    struct glue_query q = { .catalog_id = by_glue ? catalog_id(m, catalog) : catalog };
    struct glue_databases page;

    for (unsigned i = 0; i < METADATA_PAGES_MAX; i++) {
        bool ok = by_glue ? m->calls->get_databases(m->glue, &q, &m->bounds, m->arena, &page, f)
                          : m->calls->list_databases(m->athena, &q, m->workgroup, &m->bounds, m->arena, &page, f);
        if (!ok || !grow(g, page.at, page.n, f))
            return false;
        if (span_is_null(page.next_token))
            return true;
        if (same_token(q.next_token, page.next_token, f))
            return false;
        q.next_token = page.next_token;
    }
    return fault_ceiling(f, "pages of one list of databases", METADATA_PAGES_MAX);
}

/* Asks the catalog's own service, then the other one when that may help. True in *by_glue first means Glue. */
static bool list_databases(const struct metadata *m, struct span catalog, struct growing *g, struct fault *f)
{
    bool glue_first = m->method == METADATA_GLUE || (m->method == METADATA_AUTO && is_glue_catalog(catalog));
    struct fault second;

    if (all_databases(m, catalog, glue_first, g, f))
        return true;
    if (m->method != METADATA_AUTO || !glue_first || !is_forgivable(f))
        return false;
    g->n = 0;
    fault_clear(&second);
    return all_databases(m, catalog, false, g, &second);
}

static bool one_database(const struct metadata *m, struct span name, struct database_list *out, struct fault *f)
{
    out->at = arena_take(m->arena, sizeof(*out->at), f);
    if (out->at == NULL)
        return false;
    out->at[0] = (struct glue_database){ .name = name };
    out->n = 1;
    return true;
}

bool metadata_databases(const struct metadata *m, struct span catalog, const struct pattern *wanted, struct database_list *out, struct fault *f)
{
    struct growing g = { .size = sizeof(struct glue_database) };
    void *at = NULL;

    *out = (struct database_list){ 0 };
    if (m->is_single)
        return !pattern_matches(wanted, m->schema) || one_database(m, m->schema, out, f);
    if (wanted->kind == PATTERN_EXACT)
        return one_database(m, wanted->text, out, f);
    if (!list_databases(m, catalog, &g, f)) {
        free(g.at);
        if (f->kind == FAULT_NOT_FOUND)
            return true;
        if (!is_forgivable(f))
            return false;
        tell_refusal(m, f, "Only the data source's own database is shown");
        return span_is_null(m->schema) || !pattern_matches(wanted, m->schema) || one_database(m, m->schema, out, f);
    }
    if (!settle(&g, m->arena, &at, f))
        return false;
    out->at = at;
    for (size_t i = 0; i < g.n; i++) {
        if (pattern_matches(wanted, out->at[i].name))
            out->at[out->n++] = out->at[i];
    }
    return true;
}

static bool all_tables(const struct metadata *m, struct glue_query *q, bool by_glue, struct growing *g, struct fault *f)
{
    struct glue_tables page;

    q->next_token = NO_SPAN;
    for (unsigned i = 0; i < METADATA_PAGES_MAX; i++) {
        bool ok = by_glue ? m->calls->get_tables(m->glue, q, &m->bounds, m->arena, &page, f)
                          : m->calls->list_tables(m->athena, q, m->workgroup, &m->bounds, m->arena, &page, f);
        if (!ok || !grow(g, page.at, page.n, f))
            return false;
        if (span_is_null(page.next_token))
            return true;
        if (same_token(q->next_token, page.next_token, f))
            return false;
        q->next_token = page.next_token;
    }
    return fault_ceiling(f, "pages of one list of tables", METADATA_PAGES_MAX);
}

static bool list_tables(const struct metadata *m, struct span catalog, struct span database, const struct pattern *wanted, struct growing *g, struct fault *f)
{
    bool glue_first = m->method == METADATA_GLUE || (m->method == METADATA_AUTO && is_glue_catalog(catalog));
    struct buf expression = { .ceiling = 4096 };
    struct glue_query q = { .catalog_id = glue_first ? catalog_id(m, catalog) : catalog, .database = database };
    struct fault second;

    if (!pattern_expression(wanted, METADATA_EXPRESSION_MAX, &expression, f)) {
        buf_free(&expression);
        return false;
    }
    if (expression.len > 0)
        q.expression = buf_span(&expression);
    bool ok = all_tables(m, &q, glue_first, g, f);
    if (!ok && m->method == METADATA_AUTO && glue_first && is_forgivable(f)) {
        g->n = 0;
        q.catalog_id = catalog;
        fault_clear(&second);
        ok = all_tables(m, &q, false, g, &second);
    }
    buf_free(&expression);
    return ok;
}

/* An exact name in Glue is one call; Athena has none of ours for it, its listing is filtered. */
static bool find_tables(const struct metadata *m, struct span catalog, struct span database, const struct pattern *wanted, struct growing *g, struct fault *f)
{
    bool by_glue = m->method != METADATA_ATHENA && is_glue_catalog(catalog);
    struct glue_query q = { .catalog_id = catalog_id(m, catalog), .database = database, .table = wanted->text };
    struct glue_table table;

    if (wanted->kind != PATTERN_EXACT || !by_glue)
        return list_tables(m, catalog, database, wanted, g, f);
    if (m->calls->get_table(m->glue, &q, &m->bounds, m->arena, &table, f))
        return grow(g, &table, 1, f);
    if (f->kind != FAULT_DENIED || m->method == METADATA_GLUE)
        return false;
    struct fault second;
    fault_clear(&second);
    return list_tables(m, catalog, database, wanted, g, &second);
}

/* A link that came without its target's columns: ask for the target itself. */
static void follow(const struct metadata *m, struct glue_table *t)
{
    struct glue_query q = { .catalog_id = t->target.catalog_id, .database = t->target.database, .table = t->target.table };
    struct glue_table target;
    struct fault f;

    if (t->has_storage || span_is_null(t->target.table) || t->n_columns > 0)
        return;
    if (!span_is_null(t->target.region) && t->target.region.len > 0 && !span_is_null(m->region) && !span_equal_nocase(t->target.region, m->region)) {
        notice_add(m->notices, FAULT_WARNING, "The link %.*s.%.*s leads to region %.*s; links across regions cannot be followed.", (int)t->database.len, t->database.at,
                   (int)t->name.len, t->name.at, (int)t->target.region.len, t->target.region.at);
        return;
    }
    fault_clear(&f);
    if (m->calls->get_table(m->glue, &q, &m->bounds, m->arena, &target, &f)) {
        t->columns = target.columns;
        t->n_columns = target.n_columns;
        t->row_count = target.row_count;
        t->total_size = target.total_size;
        return;
    }
    if (m->spoke != NULL)
        spoke_explain(m->spoke, &f);
    notice_add(m->notices, FAULT_WARNING, "The columns of the link %.*s.%.*s are not shown, its target cannot be read: %s", (int)t->database.len, t->database.at,
               (int)t->name.len, t->name.at, f.text);
}

bool metadata_tables(const struct metadata *m, struct span catalog, struct span database, const struct pattern *wanted, bool with_columns, struct table_list *out,
                     struct fault *f)
{
    struct growing g = { .size = sizeof(struct glue_table) };
    void *at = NULL;

    *out = (struct table_list){ 0 };
    if (!find_tables(m, catalog, database, wanted, &g, f)) {
        free(g.at);
        if (f->kind == FAULT_NOT_FOUND)
            return true;
        if (!is_forgivable(f))
            return false;
        tell_refusal(m, f, "A database is left out");
        return true;
    }
    if (!settle(&g, m->arena, &at, f))
        return false;
    out->at = at;
    for (size_t i = 0; i < g.n; i++) {
        struct glue_table *t = &out->at[i];
        if (!pattern_matches(wanted, t->name))
            continue;
        t->database = database; /* a followed link carries its target's database */
        if (with_columns)
            follow(m, t);
        out->at[out->n++] = *t;
    }
    return true;
}

static bool external_catalogs(const struct metadata *m, struct growing *g, struct fault *f)
{
    struct span token = NO_SPAN;
    struct glue_names page;

    for (unsigned i = 0; i < METADATA_PAGES_MAX; i++) {
        if (!m->calls->list_catalogs(m->athena, m->workgroup, token, &m->bounds, m->arena, &page, f) || !grow(g, page.at, page.n, f))
            return false;
        if (span_is_null(page.next_token))
            return true;
        if (same_token(token, page.next_token, f))
            return false;
        token = page.next_token;
    }
    return fault_ceiling(f, "pages of the list of catalogs", METADATA_PAGES_MAX);
}

static bool add_name(struct growing *g, struct span name, struct fault *f)
{
    const struct span *at = (const struct span *)(const void *)g->at;

    for (size_t i = 0; i < g->n; i++) {
        if (span_equal_nocase(at[i], name))
            return true;
    }
    return grow(g, &name, 1, f);
}

bool metadata_catalogs(const struct metadata *m, const struct pattern *wanted, struct name_list *out, struct fault *f)
{
    struct growing g = { .size = sizeof(struct span) };
    void *at = NULL;

    *out = (struct name_list){ 0 };
    if (!m->is_single && wanted->kind == PATTERN_EXACT) {
        if (!add_name(&g, wanted->text, f))
            return false;
    } else if (!grow(&g, &m->catalog, 1, f)) {
        return false;
    } else if (m->has_external && !m->is_single && !external_catalogs(m, &g, f)) {
        if (!is_forgivable(f)) {
            free(g.at);
            return false;
        }
        tell_refusal(m, f, "Only the data source's own catalog is shown");
        g.n = 1;
    }
    if (!settle(&g, m->arena, &at, f))
        return false;
    out->at = at;
    for (size_t i = 0; i < g.n; i++) {
        bool is_again = i > 0 && span_equal_nocase(out->at[i], m->catalog);
        if (!is_again && pattern_matches(wanted, out->at[i]))
            out->at[out->n++] = out->at[i];
    }
    return true;
}
