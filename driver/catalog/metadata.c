/* What is remembered, what a refusal means, where links lead. */
#include "catalog/metadata.h"

#include <stdlib.h>

#include "catalog/cache.h"
#include "catalog/listing.h"

static const struct metadata_calls real_calls = {
    glue_get_databases,   glue_get_tables,       glue_get_table,
    athena_list_catalogs, athena_list_databases, athena_list_tables,
};

void metadata_of_spoke(struct spoke *spoke, const struct aws_bounds *bounds,
                       struct notices *notices, struct arena *arena, struct metadata *out)
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
        .method = span_equal_nocase(method, SPAN("Glue"))     ? METADATA_GLUE
                  : span_starts_nocase(method, SPAN("Proxy")) ? METADATA_ATHENA
                                                              : METADATA_AUTO,
        .is_single = settings_flag(t, SETTING_USE_SINGLE_CATALOG_AND_SCHEMA),
        .has_external = settings_flag(t, SETTING_QUERY_EXTERNAL_CATALOGS),
        .cache = cache_of_process(),
        .cache_context = spoke,
        .cache_ttl_ms = settings_int(t, SETTING_METADATA_CACHE_TTL, 0) * 1000,
        .bounds = *bounds,
        .notices = notices,
        .arena = arena,
    };
    if (span_is_null(out->catalog))
        out->catalog = SPAN("AwsDataCatalog");
}

static void tell_refusal(const struct metadata *m, struct fault *f, const char *what)
{
    if (m->spoke != NULL)
        spoke_explain(m->spoke, f);
    notice_add(m->notices, FAULT_WARNING, "%s: %s", what, f->text);
}

static bool one_database(const struct metadata *m, struct span name, struct database_list *out,
                         struct fault *f)
{
    out->at = arena_take(m->arena, sizeof(*out->at), f);
    if (out->at == NULL)
        return false;
    out->at[0] = (struct glue_database){ .name = name };
    out->n = 1;
    return true;
}

/* All databases of a catalog, remembered or asked for. */
static bool whole_databases(const struct metadata *m, struct span catalog,
                            struct database_list *out, struct fault *f)
{
    struct listing g = { .size = sizeof(struct glue_database) };
    void *at = NULL;

    if (cache_databases(m, catalog, out))
        return true;
    *out = (struct database_list){ 0 };
    if (!listing_databases(m, catalog, &g, f)) {
        free(g.at);
        return false;
    }
    if (!listing_settle(&g, m->arena, &at, f))
        return false;
    *out = (struct database_list){ at, g.n };
    cache_keep_databases(m, catalog, out);
    return true;
}

bool metadata_databases(const struct metadata *m, struct span catalog, const struct pattern *wanted,
                        struct database_list *out, struct fault *f)
{
    *out = (struct database_list){ 0 };
    if (m->is_single)
        return !pattern_matches(wanted, m->schema) || one_database(m, m->schema, out, f);
    if (wanted->kind == PATTERN_EXACT)
        return one_database(m, wanted->text, out, f);
    if (!whole_databases(m, catalog, out, f)) {
        if (f->kind == FAULT_NOT_FOUND)
            return true;
        if (!listing_is_forgivable(f))
            return false;
        tell_refusal(m, f, "Only the data source's own database is shown");
        return span_is_null(m->schema) || !pattern_matches(wanted, m->schema) ||
               one_database(m, m->schema, out, f);
    }
    size_t n = out->n;
    out->n = 0;
    for (size_t i = 0; i < n; i++) {
        if (pattern_matches(wanted, out->at[i].name))
            out->at[out->n++] = out->at[i];
    }
    return true;
}

/* A link that came without its target's columns: ask for the target itself. */
static void follow(const struct metadata *m, struct glue_table *t)
{
    struct glue_query q = { .catalog_id = t->target.catalog_id,
                            .database = t->target.database,
                            .table = t->target.table };
    struct glue_table target;
    struct fault f;

    if (t->has_storage || span_is_null(t->target.table) || t->n_columns > 0)
        return;
    if (!span_is_null(t->target.region) && t->target.region.len > 0 && !span_is_null(m->region) &&
        !span_equal_nocase(t->target.region, m->region)) {
        notice_add(
            m->notices, FAULT_WARNING,
            "The link %.*s.%.*s leads to region %.*s; links across regions cannot be followed.",
            (int)t->database.len, t->database.at, (int)t->name.len, t->name.at,
            (int)t->target.region.len, t->target.region.at);
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
    notice_add(m->notices, FAULT_WARNING,
               "The columns of the link %.*s.%.*s are not shown, its target cannot be read: %s",
               (int)t->database.len, t->database.at, (int)t->name.len, t->name.at, f.text);
}

/* The tables that may match: remembered or asked for. Only whole listings and single tables are
   remembered. */
static bool candidate_tables(const struct metadata *m, struct span catalog, struct span database,
                             const struct pattern *wanted, struct table_list *out, struct fault *f)
{
    struct listing g = { .size = sizeof(struct glue_table) };
    struct span name = wanted->kind == PATTERN_EXACT ? wanted->text : NO_SPAN;
    void *at = NULL;

    if (cache_tables(m, catalog, database, name, out))
        return true;
    *out = (struct table_list){ 0 };
    if (!listing_tables(m, catalog, database, wanted, &g, f)) {
        free(g.at);
        return false;
    }
    if (!listing_settle(&g, m->arena, &at, f))
        return false;
    *out = (struct table_list){ at, g.n };
    if (wanted->kind != PATTERN_LIKE || wanted->prefix.len == 0)
        cache_keep_tables(m, catalog, database, name, out);
    return true;
}

/* A followed link comes with its target's names: they become the link's target, and the table is told as it is addressed here. */
static void tell_as_addressed(const struct metadata *m, struct span database, struct glue_table *t)
{
    bool is_foreign = t->catalog_id.len > 0 && m->account.len > 0 && !span_starts(t->catalog_id, m->account) &&
                      !span_equal_nocase(t->catalog_id, m->glue_catalog_id);
    bool is_followed = !span_equal_nocase(t->database, database);

    if ((is_foreign || is_followed) && span_is_null(t->target.table)) {
        t->target = (struct glue_link){ .catalog_id = t->catalog_id, .database = t->database, .table = t->name };
    }
    if (is_followed) {
        t->database = database;
    }
}

bool metadata_tables(const struct metadata *m, struct span catalog, struct span database,
                     const struct pattern *wanted, bool with_columns, struct table_list *out,
                     struct fault *f)
{
    *out = (struct table_list){ 0 };
    if (!candidate_tables(m, catalog, database, wanted, out, f)) {
        *out = (struct table_list){ 0 };
        if (f->kind == FAULT_NOT_FOUND)
            return true;
        if (!listing_is_forgivable(f))
            return false;
        tell_refusal(m, f, "A database is left out");
        return true;
    }
    size_t n = out->n;
    out->n = 0;
    for (size_t i = 0; i < n; i++) {
        struct glue_table *t = &out->at[i];
        if (!pattern_matches(wanted, t->name))
            continue;
        tell_as_addressed(m, database, t);
        if (with_columns)
            follow(m, t);
        out->at[out->n++] = *t;
    }
    return true;
}

static bool add_name(struct listing *g, struct span name, struct fault *f)
{
    const struct span *at = (const struct span *)(const void *)g->at;

    for (size_t i = 0; i < g->n; i++) {
        if (span_equal_nocase(at[i], name))
            return true;
    }
    return listing_add(g, &name, 1, f);
}

bool metadata_catalogs(const struct metadata *m, const struct pattern *wanted,
                       struct name_list *out, struct fault *f)
{
    struct listing g = { .size = sizeof(struct span) };
    void *at = NULL;

    *out = (struct name_list){ 0 };
    if (!m->is_single && wanted->kind == PATTERN_EXACT) {
        if (!add_name(&g, pattern_matches(wanted, m->catalog) ? m->catalog : wanted->text, f))
            return false;
    } else if (!listing_add(&g, &m->catalog, 1, f)) {
        return false;
    } else if (m->has_external && !m->is_single && !listing_catalogs(m, &g, f)) {
        if (!listing_is_forgivable(f)) {
            free(g.at);
            return false;
        }
        tell_refusal(m, f, "Only the data source's own catalog is shown");
        g.n = 1;
    }
    if (!listing_settle(&g, m->arena, &at, f))
        return false;
    out->at = at;
    for (size_t i = 0; i < g.n; i++) {
        bool is_again = i > 0 && span_equal_nocase(out->at[i], m->catalog);
        if (!is_again && pattern_matches(wanted, out->at[i]))
            out->at[out->n++] = out->at[i];
    }
    return true;
}
