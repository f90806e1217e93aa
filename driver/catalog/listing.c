/* Which service is asked, and page after page until the end. */
#include "catalog/listing.h"

#include <stdlib.h>
#include <string.h>

bool listing_add(struct listing *g, const void *items, size_t n, struct fault *f)
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

bool listing_settle(struct listing *g, struct arena *arena, void **out, struct fault *f)
{
    *out = arena_take_array(arena, g->n + 1, g->size, f);
    if (*out != NULL && g->n > 0)
        memcpy(*out, g->at, g->n * g->size);
    free(g->at);
    g->at = NULL;
    return *out != NULL;
}

bool listing_is_forgivable(const struct fault *f)
{
    return f->kind == FAULT_DENIED || f->kind == FAULT_THROTTLED;
}

/* Glue's own catalog and its nested ones are Glue's; other data sources are known to Athena only.
 */
static bool is_glue_catalog(struct span catalog)
{
    return span_equal_nocase(catalog, SPAN("AwsDataCatalog")) ||
           span_find_byte(catalog, '/') < catalog.len;
}

static struct span catalog_id(const struct metadata *m, struct span catalog)
{
    return span_equal_nocase(catalog, SPAN("AwsDataCatalog")) ? m->glue_catalog_id : catalog;
}

static bool same_token(struct span before, struct span now, struct fault *f)
{
    if (!span_is_null(before) && span_equal(before, now)) {
        fault_set(f, FAULT_PROTOCOL,
                  "The service answered two pages of a list with the same continuation token.");
        return true;
    }
    return false;
}

static bool all_databases(const struct metadata *m, struct span catalog, bool by_glue,
                          struct listing *g, struct fault *f)
{
    struct glue_query q = { .catalog_id = by_glue ? catalog_id(m, catalog) : catalog };
    struct glue_databases page;

    for (unsigned i = 0; i < METADATA_PAGES_MAX; i++) {
        bool ok = by_glue ? m->calls->get_databases(m->glue, &q, &m->bounds, m->arena, &page, f)
                          : m->calls->list_databases(m->athena, &q, m->workgroup, &m->bounds,
                                                     m->arena, &page, f);
        if (!ok || !listing_add(g, page.at, page.n, f))
            return false;
        if (span_is_null(page.next_token))
            return true;
        if (same_token(q.next_token, page.next_token, f))
            return false;
        q.next_token = page.next_token;
    }
    return fault_ceiling(f, "pages of one list of databases", METADATA_PAGES_MAX);
}

/* Asks the catalog's own service, then the other one when that may help. True in *by_glue first
   means Glue. */
bool listing_databases(const struct metadata *m, struct span catalog, struct listing *g,
                       struct fault *f)
{
    bool glue_first =
        m->method == METADATA_GLUE || (m->method == METADATA_AUTO && is_glue_catalog(catalog));
    struct fault second;

    if (all_databases(m, catalog, glue_first, g, f))
        return true;
    if (m->method != METADATA_AUTO || !glue_first || !listing_is_forgivable(f))
        return false;
    g->n = 0;
    fault_clear(&second);
    return all_databases(m, catalog, false, g, &second);
}

static bool all_tables(const struct metadata *m, struct glue_query *q, bool by_glue,
                       struct listing *g, struct fault *f)
{
    struct glue_tables page;

    q->next_token = NO_SPAN;
    for (unsigned i = 0; i < METADATA_PAGES_MAX; i++) {
        bool ok = by_glue ? m->calls->get_tables(m->glue, q, &m->bounds, m->arena, &page, f)
                          : m->calls->list_tables(m->athena, q, m->workgroup, &m->bounds, m->arena,
                                                  &page, f);
        if (!ok || !listing_add(g, page.at, page.n, f))
            return false;
        if (span_is_null(page.next_token))
            return true;
        if (same_token(q->next_token, page.next_token, f))
            return false;
        q->next_token = page.next_token;
    }
    return fault_ceiling(f, "pages of one list of tables", METADATA_PAGES_MAX);
}

static bool list_tables(const struct metadata *m, struct span catalog, struct span database,
                        const struct pattern *wanted, struct listing *g, struct fault *f)
{
    bool glue_first =
        m->method == METADATA_GLUE || (m->method == METADATA_AUTO && is_glue_catalog(catalog));
    struct buf expression = { .ceiling = 4096 };
    struct glue_query q = { .catalog_id = glue_first ? catalog_id(m, catalog) : catalog,
                            .database = database };
    struct fault second;

    if (!pattern_expression(wanted, METADATA_EXPRESSION_MAX, &expression, f)) {
        buf_free(&expression);
        return false;
    }
    if (expression.len > 0)
        q.expression = buf_span(&expression);
    bool ok = all_tables(m, &q, glue_first, g, f);
    if (!ok && m->method == METADATA_AUTO && glue_first && listing_is_forgivable(f)) {
        g->n = 0;
        q.catalog_id = catalog;
        fault_clear(&second);
        ok = all_tables(m, &q, false, g, &second);
    }
    buf_free(&expression);
    return ok;
}

/* An exact name in Glue is one call; Athena has none of ours for it, its listing is filtered. */
bool listing_tables(const struct metadata *m, struct span catalog, struct span database,
                    const struct pattern *wanted, struct listing *g, struct fault *f)
{
    bool by_glue = m->method != METADATA_ATHENA && is_glue_catalog(catalog);
    struct glue_query q = { .catalog_id = catalog_id(m, catalog),
                            .database = database,
                            .table = wanted->text };
    struct glue_table table;

    if (wanted->kind != PATTERN_EXACT || !by_glue)
        return list_tables(m, catalog, database, wanted, g, f);
    if (m->calls->get_table(m->glue, &q, &m->bounds, m->arena, &table, f))
        return listing_add(g, &table, 1, f);
    if (f->kind != FAULT_DENIED || m->method == METADATA_GLUE)
        return false;
    struct fault second;
    fault_clear(&second);
    return list_tables(m, catalog, database, wanted, g, &second);
}

bool listing_catalogs(const struct metadata *m, struct listing *g, struct fault *f)
{
    struct span token = NO_SPAN;
    struct glue_names page;

    for (unsigned i = 0; i < METADATA_PAGES_MAX; i++) {
        if (!m->calls->list_catalogs(m->athena, m->workgroup, token, &m->bounds, m->arena, &page,
                                     f) ||
            !listing_add(g, page.at, page.n, f))
            return false;
        if (span_is_null(page.next_token))
            return true;
        if (same_token(token, page.next_token, f))
            return false;
        token = page.next_token;
    }
    return fault_ceiling(f, "pages of the list of catalogs", METADATA_PAGES_MAX);
}
