/* What is remembered, what a refusal means. */
#include "catalog/metadata.h"

#include <stdlib.h>

#include "catalog/cache.h"
#include "catalog/links.h"
#include "catalog/listing.h"
#include "catalog/pages.h"
#include "spoke/recall.h"

static const struct metadata_calls real_calls = {
    .get_catalogs = glue_get_catalogs,
    .get_databases = glue_get_databases,
    .get_database = glue_get_database,
    .get_tables = glue_get_tables,
    .get_table = glue_get_table,
    .list_catalogs = athena_list_catalogs,
    .get_catalog = athena_get_catalog,
    .list_databases = athena_list_databases,
    .list_tables = athena_list_tables,
    .get_table_metadata = athena_get_table,
    .pause = pages_pause,
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
        .cache_generation = spoke_recall_generation(),
        .bounds = *bounds,
        .notices = notices,
        .arena = arena,
    };
    if (span_is_null(out->catalog))
        out->catalog = SPAN("AwsDataCatalog");
}

void metadata_tell(const struct metadata *m, struct fault *f, const char *what)
{
    unsigned n_notes = f->n_notes; /* the other service's words, before ours */

    if (m->spoke != NULL)
        spoke_explain(m->spoke, f);
    notice_add(m->notices, FAULT_WARNING, "%s: %s", what, f->text);
    for (unsigned i = 0; i < n_notes && i < f->n_notes; i++)
        notice_add(m->notices, FAULT_WARNING, "%s", f->notes[i]);
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
static bool whole_databases(const struct metadata *m, const struct metadata_catalog *c,
                            struct database_list *out, struct fault *f)
{
    struct listing g = { .size = sizeof(struct glue_database) };
    void *at = NULL;

    if (cache_databases(m, c->name, out))
        return true;
    *out = (struct database_list){ 0 };
    if (!listing_databases(m, c, &g, f)) {
        free(g.at);
        return false;
    }
    if (!listing_settle(&g, m->arena, &at, f))
        return false;
    *out = (struct database_list){ at, g.n };
    cache_keep_databases(m, c->name, out);
    return true;
}

/* The list could not be had: nothing, or what the data source or the question names. */
static bool without_list(const struct metadata *m, const struct metadata_catalog *c,
                         const struct pattern *wanted, struct database_list *out, struct fault *f)
{
    bool is_own = span_equal_nocase(c->name, m->catalog) && !span_is_null(m->schema);

    if (listing_is_missing(f))
        return true;
    if (!listing_is_forgivable(f))
        return false;
    metadata_tell(m, f,
                  is_own ? "Only the data source's own database is shown"
                         : "The databases of a catalog are not shown");
    if (is_own && pattern_matches(wanted, m->schema))
        return one_database(m, m->schema, out, f);
    return !metadata_is_name(wanted) || one_database(m, wanted->text, out, f);
}

bool metadata_databases(const struct metadata *m, const struct metadata_catalog *c,
                        const struct pattern *wanted, struct database_list *out, struct fault *f)
{
    *out = (struct database_list){ 0 };
    if (m->is_single)
        return span_is_null(m->schema) || !pattern_matches(wanted, m->schema) ||
               one_database(m, m->schema, out, f);
    if (wanted->kind == PATTERN_EXACT)
        return one_database(m, wanted->text, out, f);
    if (!whole_databases(m, c, out, f))
        return without_list(m, c, wanted, out, f);
    size_t n = out->n;
    out->n = 0;
    for (size_t i = 0; i < n; i++) {
        if (pattern_matches(wanted, out->at[i].name))
            out->at[out->n++] = out->at[i];
    }
    return true;
}

/* What is asked for. */
struct question {
    const struct metadata_catalog *catalog;
    const struct glue_database *database;
    const struct pattern *wanted;
    struct span name; /* of one table, or NO_SPAN */
    bool is_whole;    /* all tables of the database */
    bool is_cut;      /* answer: it vanished on the way */
};

/* The tables that may match: remembered or asked for. A link's empty list is told about each time,
   so it is not remembered. */
static bool candidate_tables(const struct metadata *m, struct question *q, struct table_list *out,
                             struct fault *f)
{
    struct listing g = { .size = sizeof(struct glue_table) };
    void *at = NULL;

    if (cache_tables(m, q->catalog->name, q->database->name, q->wanted, out))
        return true;
    *out = (struct table_list){ 0 };
    if (!listing_tables(m, q->catalog, q->database->name, q->wanted, &g, f)) {
        q->is_cut = g.is_cut;
        free(g.at);
        return false;
    }
    if (!listing_settle(&g, m->arena, &at, f))
        return false;
    *out = (struct table_list){ at, g.n };
    if (g.n == 0 && q->is_whole && links_tell(m, q->catalog, q->database, NULL))
        return true;
    if (g.n > 0 || q->is_whole) /* a table that is not there may be made at any moment */
        cache_keep_tables(m, q->catalog->name, q->database->name, q->wanted, out);
    return true;
}

/* No tables, and why: a database that is not there is nothing to tell, unless it was a moment ago
   or is a link. */
static bool without_tables(const struct metadata *m, const struct question *q, struct fault *f)
{
    struct span database = q->database->name;
    /* Asked for one table, the service says which of the two is not there. */
    bool is_table_alone = !span_is_null(q->name) &&
                          span_find(span_of(f->text), SPAN("Table ")) < span_of(f->text).len;

    if (listing_is_missing(f)) {
        if (!is_table_alone && links_tell(m, q->catalog, q->database, f))
            return true;
        if (q->is_cut || (q->database->is_listed && span_is_null(q->name)))
            notice_add(m->notices, FAULT_WARNING,
                       "The database %.*s vanished while it was listed; it is left out.",
                       (int)(database.len < 300 ? database.len : 300), database.at);
        return true;
    }
    if (!listing_is_forgivable(f))
        return false;
    metadata_tell(m, f, "A database is left out");
    if (f->kind == FAULT_DENIED)
        (void)links_tell(m, q->catalog, q->database, f);
    return true;
}

bool metadata_tables(const struct metadata *m, const struct metadata_catalog *c,
                     const struct glue_database *database, const struct pattern *wanted,
                     bool with_columns, struct table_list *out, struct fault *f)
{
    struct question q = {
        .catalog = c,
        .database = database,
        .wanted = wanted,
        .name = wanted->kind == PATTERN_EXACT ? wanted->text : NO_SPAN,
        .is_whole = wanted->kind == PATTERN_ANY ||
                    (wanted->kind == PATTERN_LIKE && wanted->prefix.len == 0),
    };

    *out = (struct table_list){ 0 };
    if (!candidate_tables(m, &q, out, f)) {
        *out = (struct table_list){ 0 };
        return without_tables(m, &q, f);
    }
    size_t n = out->n;
    bool is_richer = false;
    out->n = 0;
    for (size_t i = 0; i < n; i++) {
        struct glue_table *t = &out->at[i];
        if (!pattern_matches(wanted, t->name))
            continue;
        links_name(m, c, database->name, t);
        is_richer = (with_columns && links_follow(m, c, t)) || is_richer;
        out->at[out->n++] = *t;
    }
    if (is_richer && wanted->kind != PATTERN_LIKE)
        cache_keep_tables(m, c->name, database->name, wanted, out);
    return true;
}
