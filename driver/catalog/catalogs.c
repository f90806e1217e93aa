/* Which catalogs there are, and which service lists what is in them: AwsDataCatalog, catalogs
   nested in Glue ("s3tablescatalog/bucket"), data sources of Athena. */
#include <stdlib.h>

#include "catalog/cache.h"
#include "catalog/listing.h"

#define OWN_CATALOG "AwsDataCatalog"

/* How Glue wants a nested catalog named: with its account in front. */
static bool nested_id(const struct metadata *m, struct span name, struct span *out, struct fault *f)
{
    struct buf id = { .ceiling = 4096 };
    bool ok = true;

    if (m->account.len > 0 && span_find_byte(name, ':') == name.len)
        ok = buf_add(&id, m->account, f) && buf_add_byte(&id, ':', f);
    ok = ok && buf_add(&id, name, f) && arena_copy(m->arena, buf_span(&id), out, f);
    buf_free(&id);
    return ok;
}

static bool as_glues(const struct metadata *m, struct span id, struct metadata_catalog *c,
                     struct fault *f)
{
    c->is_glues = true;
    c->is_athenas = m->method == METADATA_ATHENA;
    c->glue_id = id;
    return !span_is_null(id) || nested_id(m, c->name, &c->glue_id, f);
}

/* One data source in full: its type, and whose Glue catalog it is. Remembered. */
static bool describe(const struct metadata *m, struct span name, struct glue_catalog *out,
                     struct fault *f)
{
    struct glue_query q = { .catalog_id = name };

    if (cache_catalog(m, name, out))
        return true;
    if (!m->calls->get_catalog(m->athena, &q, m->workgroup, &m->bounds, m->arena, out, f))
        return false;
    cache_keep_catalog(m, name, out);
    return true;
}

static bool take_description(const struct metadata *m, const struct glue_catalog *d,
                             struct metadata_catalog *c)
{
    c->is_athenas = true;
    c->is_glues = span_equal_nocase(d->type, SPAN("GLUE"));
    if (c->is_glues) /* its own account's is Glue's default */
        c->glue_id = span_is_null(d->id) || span_equal(d->id, m->account) ? SPAN("") : d->id;
    return true;
}

/* Fills in who can list the catalog. Not allowed to look: Athena is asked by name. */
static bool resolve(const struct metadata *m, const struct glue_catalog *known,
                    struct metadata_catalog *c, struct fault *f)
{
    struct glue_catalog d = *known;

    if (span_equal_nocase(c->name, SPAN(OWN_CATALOG))) {
        c->glue_id = m->glue_catalog_id;
        c->is_glues = true;
        /* Athena knows its own account's catalog by this name, whatever GlueCatalogId says. */
        c->is_athenas = m->glue_catalog_id.len == 0 || m->method == METADATA_ATHENA ||
                        span_equal(m->glue_catalog_id, m->account);
        return true;
    }
    if (!span_is_null(known->id) || span_find_byte(c->name, '/') < c->name.len)
        return as_glues(m, known->id, c, f);
    c->is_athenas = true;
    if (m->method == METADATA_ATHENA)
        return true;
    if (!span_is_null(known->type) && !span_equal_nocase(known->type, SPAN("GLUE")))
        return take_description(m, known, c);
    if (describe(m, c->name, &d, f))
        return take_description(m, &d, c);
    if (listing_is_missing(f) || f->kind == FAULT_QUERY) /* no data source: Glue's, or nobody's */
        return as_glues(m, NO_SPAN, c, f);
    return listing_is_forgivable(f);
}

static bool add_catalog(struct listing *g, const struct glue_catalog *c, struct fault *f)
{
    const struct glue_catalog *at = (const struct glue_catalog *)(const void *)g->at;

    for (size_t i = 0; i < g->n; i++) {
        if (span_equal_nocase(at[i].name, c->name))
            return true;
    }
    return listing_add(g, c, 1, f);
}

static bool add_found(const struct listing *found, struct listing *g, struct fault *f)
{
    const struct glue_catalog *at = (const struct glue_catalog *)(const void *)found->at;

    for (size_t i = 0; i < found->n; i++) {
        if (!add_catalog(g, &at[i], f))
            return false;
    }
    return true;
}

/* One service's catalogs added; a refusal is told and the others are shown. */
static bool add_from(const struct metadata *m,
                     bool (*list)(const struct metadata *m, struct listing *g, struct fault *f),
                     struct listing *g, bool *is_whole, struct fault *f)
{
    struct listing found = { .size = sizeof(struct glue_catalog) };
    bool ok = list(m, &found, f);

    if (ok) {
        ok = add_found(&found, g, f);
    } else if (listing_is_forgivable(f) || listing_is_missing(f)) {
        metadata_tell(m, f,
                      list == listing_nested ? "Catalogs nested in Glue are not shown"
                                             : "Data sources of Athena are not shown");
        *is_whole = false;
        ok = true;
    }
    free(found.at);
    return ok;
}

/* The data source's own catalog and, when wanted, all others. Lists without gaps are remembered. */
static bool all_catalogs(const struct metadata *m, struct glue_catalog **out, size_t *n,
                         struct fault *f)
{
    struct listing g = { .size = sizeof(struct glue_catalog) };
    const struct glue_catalog own = { .name = m->catalog };
    bool is_whole = m->has_external && !m->is_single;
    void *at = NULL;

    if (is_whole && cache_catalogs(m, out, n))
        return true;
    bool is_wide = is_whole;
    bool ok = add_catalog(&g, &own, f) &&
              (!is_wide || m->method == METADATA_GLUE ||
               add_from(m, listing_data_sources, &g, &is_whole, f)) &&
              (!is_wide || m->method == METADATA_ATHENA ||
               add_from(m, listing_nested, &g, &is_whole, f));
    if (!ok) {
        free(g.at);
        return false;
    }
    if (!listing_settle(&g, m->arena, &at, f))
        return false;
    *out = at;
    *n = g.n;
    if (is_whole)
        cache_keep_catalogs(m, *out, *n);
    return true;
}

static bool exact_catalog(const struct metadata *m, const struct pattern *wanted,
                          struct glue_catalog **out, size_t *n, struct fault *f)
{
    *out = arena_take(m->arena, sizeof(**out), f);
    if (*out == NULL)
        return false;
    (*out)->name = pattern_matches(wanted, m->catalog) ? m->catalog : wanted->text;
    *n = 1;
    return true;
}

bool metadata_is_name(const struct pattern *wanted)
{
    return wanted->kind == PATTERN_LIKE && span_find_byte(wanted->text, '%') == wanted->text.len &&
           span_find_byte(wanted->text, '\\') == wanted->text.len;
}

static bool add_candidate(const struct metadata *m, const struct glue_catalog *known,
                          bool with_services, struct catalog_list *out, struct fault *f)
{
    struct metadata_catalog *c = &out->at[out->n];

    *c = (struct metadata_catalog){ .name = known->name, .glue_id = SPAN("") };
    if (with_services && !resolve(m, known, c, f))
        return false;
    out->n++;
    return true;
}

static bool candidates(const struct metadata *m, const struct pattern *wanted, bool with_services,
                       struct catalog_list *out, struct fault *f)
{
    struct glue_catalog *at = NULL;
    size_t n = 0;
    bool ok = !m->is_single && wanted->kind == PATTERN_EXACT ? exact_catalog(m, wanted, &at, &n, f)
                                                             : all_catalogs(m, &at, &n, f);

    *out = (struct catalog_list){ 0 };
    if (!ok)
        return false;
    out->at = arena_take_array(m->arena, n + 1, sizeof(*out->at), f);
    if (out->at == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (pattern_matches(wanted, at[i].name) &&
            !add_candidate(m, &at[i], with_services, out, f))
            return false;
    }
    const struct glue_catalog named = { .name = wanted->text };
    return out->n > 0 || m->is_single || !metadata_is_name(wanted) ||
           add_candidate(m, &named, with_services, out, f);
}

bool metadata_catalogs(const struct metadata *m, const struct pattern *wanted,
                       struct catalog_list *out, struct fault *f)
{
    return candidates(m, wanted, true, out, f);
}

bool metadata_catalog_names(const struct metadata *m, const struct pattern *wanted,
                            struct catalog_list *out, struct fault *f)
{
    return candidates(m, wanted, false, out, f);
}
