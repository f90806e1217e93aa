/* Which service is asked, and which one instead. */
#include "catalog/listing.h"

#include <stdlib.h>
#include <string.h>

#include "catalog/pages.h"

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

/* A connector that cannot reach its source (MetadataException) is as good as one that may not be
   asked: the other catalogs are still there. */
bool listing_is_forgivable(const struct fault *f)
{
    return f->kind == FAULT_DENIED || f->kind == FAULT_THROTTLED ||
           (f->kind == FAULT_QUERY && span_starts(span_of(f->code), SPAN("MetadataException")));
}

bool listing_is_missing(const struct fault *f)
{
    return f->kind == FAULT_NOT_FOUND || f->kind == FAULT_NO_TABLE;
}

enum service { GLUE, ATHENA, SERVICES };
enum kind { DATABASES, TABLES, ONE_TABLE, CATALOGS, KINDS };

static bool glue_databases(struct pages *p, struct span *next, struct fault *f)
{
    const struct metadata *m = p->m;
    struct glue_databases page;

    if (!m->calls->get_databases(m->glue, &p->q, &m->bounds, m->arena, &page, f))
        return false;
    *next = page.next_token;
    return listing_add(p->to, page.at, page.n, f);
}

static bool athena_databases(struct pages *p, struct span *next, struct fault *f)
{
    const struct metadata *m = p->m;
    struct glue_databases page;

    if (!m->calls->list_databases(m->athena, &p->q, m->workgroup, &m->bounds, m->arena, &page, f))
        return false;
    *next = page.next_token;
    return listing_add(p->to, page.at, page.n, f);
}

static bool glue_tables(struct pages *p, struct span *next, struct fault *f)
{
    const struct metadata *m = p->m;
    struct glue_tables page;

    if (!m->calls->get_tables(m->glue, &p->q, &m->bounds, m->arena, &page, f))
        return false;
    *next = page.next_token;
    return listing_add(p->to, page.at, page.n, f);
}

static bool athena_tables(struct pages *p, struct span *next, struct fault *f)
{
    const struct metadata *m = p->m;
    struct glue_tables page;

    if (!m->calls->list_tables(m->athena, &p->q, m->workgroup, &m->bounds, m->arena, &page, f))
        return false;
    *next = page.next_token;
    return listing_add(p->to, page.at, page.n, f);
}

static bool glue_one(struct pages *p, struct span *next, struct fault *f)
{
    const struct metadata *m = p->m;
    struct glue_table table;

    (void)next;
    return m->calls->get_table(m->glue, &p->q, &m->bounds, m->arena, &table, f) &&
           listing_add(p->to, &table, 1, f);
}

static bool athena_one(struct pages *p, struct span *next, struct fault *f)
{
    const struct metadata *m = p->m;
    struct glue_table table;

    (void)next;
    return m->calls->get_table_metadata(m->athena, &p->q, m->workgroup, &m->bounds, m->arena,
                                        &table, f) &&
           listing_add(p->to, &table, 1, f);
}

static bool glue_catalogs(struct pages *p, struct span *next, struct fault *f)
{
    const struct metadata *m = p->m;
    struct glue_catalogs page;

    if (!m->calls->get_catalogs(m->glue, &p->q, &m->bounds, m->arena, &page, f))
        return false;
    *next = page.next_token;
    return listing_add(p->to, page.at, page.n, f);
}

static bool athena_catalogs(struct pages *p, struct span *next, struct fault *f)
{
    const struct metadata *m = p->m;
    struct glue_catalogs page;

    if (!m->calls->list_catalogs(m->athena, &p->q, m->workgroup, &m->bounds, m->arena, &page, f))
        return false;
    *next = page.next_token;
    return listing_add(p->to, page.at, page.n, f);
}

typedef bool asker(struct pages *p, struct span *next, struct fault *f);

static asker *const askers[KINDS][SERVICES] = {
    [DATABASES] = { glue_databases, athena_databases },
    [TABLES] = { glue_tables, athena_tables },
    [ONE_TABLE] = { glue_one, athena_one },
    [CATALOGS] = { glue_catalogs, athena_catalogs },
};

/* The last service that can be asked is asked with patience. */
static bool ask_one(struct pages *p, enum kind kind, enum service service, bool is_last,
                    struct fault *f)
{
    p->ask = askers[kind][service];
    p->pauses_max = is_last ? PAGE_PAUSES_MAX : PAGE_PAUSES_BEFORE_OTHER;
    p->to->n = 0;
    p->to->is_cut = false;
    return pages_all(p, f);
}

/* The services that are asked, in turn; how many. */
static unsigned plan(const struct metadata *m, const struct metadata_catalog *c,
                     enum service turns[SERVICES])
{
    if (m->method != METADATA_AUTO) {
        turns[0] = m->method == METADATA_GLUE ? GLUE : ATHENA;
        return 1;
    }
    turns[0] = c->is_glues ? GLUE : ATHENA;
    turns[1] = ATHENA;
    return c->is_glues && c->is_athenas ? 2 : 1;
}

static bool ask_in_turn(const struct metadata *m, const struct metadata_catalog *c, enum kind kind,
                        const struct glue_query *q, struct listing *g, struct fault *f)
{
    enum service turns[SERVICES];
    unsigned n = plan(m, c, turns);
    struct pages p = { .m = m, .q = *q, .to = g };
    struct fault second;

    if (turns[0] == GLUE && !c->is_glues)
        return fault_set(f, FAULT_DENIED,
                         "%.*s is not a catalog of Glue, and MetadataRetrievalMethod=Glue asks "
                         "nobody else; Auto or ProxyAPI lists it.",
                         (int)(c->name.len < 300 ? c->name.len : 300), c->name.at);
    p.q.catalog_id = turns[0] == GLUE ? c->glue_id : c->name;
    if (ask_one(&p, kind, turns[0], n == 1, f))
        return true;
    if (n == 1 || !listing_is_forgivable(f))
        return false;
    p.q.catalog_id = c->name;
    fault_clear(&second);
    if (ask_one(&p, kind, turns[1], true, &second))
        return true;
    if (second.kind == FAULT_CANCELLED || second.kind == FAULT_TIMEOUT)
        *f = second;
    else
        fault_note(f, "Athena, asked instead: %s", second.text);
    return false;
}

bool listing_databases(const struct metadata *m, const struct metadata_catalog *c,
                       struct listing *g, struct fault *f)
{
    struct glue_query q = { 0 };

    return ask_in_turn(m, c, DATABASES, &q, g, f);
}

/* A table that was asked for by name is shown under that name. One that comes with other names was
   reached through a link. */
static void name_as_asked(const struct glue_query *q, struct listing *g)
{
    struct glue_table *t = (struct glue_table *)(void *)g->at;

    if (g->n != 1 || span_equal_nocase(t->name, q->table))
        return;
    if (span_is_null(t->target.table) && !pattern_is_same_name(t->database, q->database))
        t->target = (struct glue_link){ .catalog_id = t->catalog_id,
                                        .database = t->database,
                                        .table = t->name };
    t->name = q->table;
    t->database = q->database;
}

static bool list_tables(const struct metadata *m, const struct metadata_catalog *c,
                        struct span database, const struct pattern *wanted, struct listing *g,
                        struct fault *f)
{
    struct buf expression = { .ceiling = 4096 };
    struct glue_query q = { .database = database };
    bool ok = pattern_expression(wanted, METADATA_EXPRESSION_MAX, &expression, f);

    if (expression.len > 0)
        q.expression = buf_span(&expression);
    ok = ok && ask_in_turn(m, c, TABLES, &q, g, f);
    buf_free(&expression);
    return ok;
}

/* The right to read one table by name may be missing where that to list them is there. */
bool listing_tables(const struct metadata *m, const struct metadata_catalog *c,
                    struct span database, const struct pattern *wanted, struct listing *g,
                    struct fault *f)
{
    struct glue_query q = { .database = database, .table = wanted->text };
    struct fault second;

    if (wanted->kind != PATTERN_EXACT)
        return list_tables(m, c, database, wanted, g, f);
    if (ask_in_turn(m, c, ONE_TABLE, &q, g, f)) {
        name_as_asked(&q, g);
        return true;
    }
    if (f->kind != FAULT_DENIED)
        return false;
    fault_clear(&second);
    return list_tables(m, c, database, wanted, g, &second);
}

bool listing_target(const struct metadata *m, const struct glue_link *link, struct glue_table *out,
                    struct fault *f)
{
    struct listing g = { .size = sizeof(struct glue_table) };
    struct pages p = { .m = m, .to = &g };

    p.q = (struct glue_query){ .catalog_id = link->catalog_id,
                               .database = link->database,
                               .table = link->table };
    bool ok = ask_one(&p, ONE_TABLE, GLUE, true, f);
    if (ok)
        *out = *(const struct glue_table *)(const void *)g.at;
    free(g.at);
    return ok;
}

bool listing_data_sources(const struct metadata *m, struct listing *g, struct fault *f)
{
    struct pages p = { .m = m, .to = g };

    return ask_one(&p, CATALOGS, ATHENA, true, f);
}

bool listing_nested(const struct metadata *m, struct listing *g, struct fault *f)
{
    struct pages p = { .m = m, .to = g };

    return ask_one(&p, CATALOGS, GLUE, true, f);
}
