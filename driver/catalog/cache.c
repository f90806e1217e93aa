/* Keys and life time of remembered listings. Refusals and faults are never remembered. */
#include "catalog/cache.h"

#include "spoke/recall.h"

static bool recall(void *context, struct span key, int64_t max_age_ms, struct buf *out)
{
    return spoke_recall(context, key, max_age_ms, out);
}

static void remember(void *context, uint64_t generation, struct span key, struct span value)
{
    spoke_remember(context, generation, key, value);
}

const struct cache_ops *cache_of_process(void)
{
    static const struct cache_ops ops = { recall, remember };

    return &ops;
}

/* "D 14:awsdatacatalog5:sales6:orders": lengths keep odd names apart. The service that is asked
   belongs to the key as well. */
static bool key_of(const struct metadata *m, char kind, const struct span *names, size_t n,
                   struct buf *out, struct fault *f)
{
    if (!buf_add_format(out, f, "%c%d ", kind, (int)m->method))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!buf_add_format(out, f, "%zu:", names[i].len))
            return false;
        for (size_t k = 0; k < names[i].len; k++) {
            if (!buf_add_byte(out, ascii_lower(names[i].at[k]), f))
                return false;
        }
    }
    return true;
}

static bool is_on(const struct metadata *m)
{
    return m->cache != NULL && m->cache_ttl_ms > 0;
}

static bool get(const struct metadata *m, char kind, const struct span *names, size_t n,
                struct buf *value)
{
    struct buf key = { .ceiling = 64 * 1024 };
    struct fault f;
    bool found = is_on(m) && !m->is_fresh && key_of(m, kind, names, n, &key, &f) &&
                 m->cache->recall(m->cache_context, buf_span(&key), m->cache_ttl_ms, value);

    buf_free(&key);
    return found;
}

static void put(const struct metadata *m, char kind, const struct span *names, size_t n,
                struct span value)
{
    struct buf key = { .ceiling = 64 * 1024 };
    struct fault f;

    if (key_of(m, kind, names, n, &key, &f))
        m->cache->remember(m->cache_context, m->cache_generation, buf_span(&key), value);
    buf_free(&key);
}

static bool get_databases(const struct metadata *m, char kind, struct span name,
                          struct database_list *out)
{
    struct buf value = { .ceiling = RECALL_VALUE_MAX };
    struct fault f;
    bool ok =
        get(m, kind, &name, 1, &value) && unpack_databases(buf_span(&value), m->arena, out, &f);

    buf_free(&value);
    return ok;
}

static void keep_databases(const struct metadata *m, char kind, struct span name,
                           const struct glue_database *at, size_t n)
{
    struct buf value = { .ceiling = RECALL_VALUE_MAX };
    struct fault f;

    if (is_on(m) && pack_databases(at, n, &value, &f))
        put(m, kind, &name, 1, buf_span(&value));
    buf_free(&value);
}

bool cache_databases(const struct metadata *m, struct span catalog, struct database_list *out)
{
    return get_databases(m, 'D', catalog, out);
}

void cache_keep_databases(const struct metadata *m, struct span catalog,
                          const struct database_list *list)
{
    keep_databases(m, 'D', catalog, list->at, list->n);
}

/* Catalogs are kept in the shape of databases: name, type as description, id. */
static bool get_catalogs(const struct metadata *m, char kind, struct span name,
                         struct glue_catalog **out, size_t *n)
{
    struct database_list list;
    struct fault f;

    if (!get_databases(m, kind, name, &list))
        return false;
    *out = arena_take_array(m->arena, list.n + 1, sizeof(**out), &f);
    if (*out == NULL)
        return false;
    for (size_t i = 0; i < list.n; i++)
        (*out)[i] = (struct glue_catalog){ list.at[i].name, list.at[i].description,
                                           list.at[i].catalog_id };
    *n = list.n;
    return true;
}

static void keep_catalogs(const struct metadata *m, char kind, struct span name,
                          const struct glue_catalog *at, size_t n)
{
    struct fault f;
    struct glue_database *list = arena_take_array(m->arena, n + 1, sizeof(*list), &f);

    if (list == NULL)
        return;
    for (size_t i = 0; i < n; i++)
        list[i] = (struct glue_database){ .name = at[i].name,
                                          .description = at[i].type,
                                          .catalog_id = at[i].id };
    keep_databases(m, kind, name, list, n);
}

/* The data source's own catalog stands in front of the list: its name belongs to the key. */
bool cache_catalogs(const struct metadata *m, struct glue_catalog **out, size_t *n)
{
    return get_catalogs(m, 'L', m->catalog, out, n);
}

void cache_keep_catalogs(const struct metadata *m, const struct glue_catalog *at, size_t n)
{
    keep_catalogs(m, 'L', m->catalog, at, n);
}

bool cache_catalog(const struct metadata *m, struct span name, struct glue_catalog *out)
{
    struct glue_catalog *at = NULL;
    size_t n = 0;

    if (!get_catalogs(m, 'C', name, &at, &n) || n != 1)
        return false;
    *out = at[0];
    return true;
}

void cache_keep_catalog(const struct metadata *m, struct span name, const struct glue_catalog *c)
{
    keep_catalogs(m, 'C', name, c, 1);
}

static bool get_tables(const struct metadata *m, char kind, const struct span *names, size_t n,
                       struct table_list *out)
{
    struct buf value = { .ceiling = RECALL_VALUE_MAX };
    struct fault f;
    bool ok = get(m, kind, names, n, &value) && unpack_tables(buf_span(&value), m->arena, out, &f);

    buf_free(&value);
    return ok;
}

/* 't' one table, 'e' what a pattern may mean, 'T' all of a database. */
static char kind_of(const struct pattern *wanted)
{
    bool is_part = wanted->kind == PATTERN_LIKE && wanted->prefix.len > 0;

    return wanted->kind == PATTERN_EXACT ? 't' : is_part ? 'e' : 'T';
}

bool cache_tables(const struct metadata *m, struct span catalog, struct span database,
                  const struct pattern *wanted, struct table_list *out)
{
    const struct span names[] = { catalog, database, wanted->text };
    char kind = kind_of(wanted);

    if (kind != 'T' && get_tables(m, kind, names, 3, out))
        return true;
    return get_tables(m, 'T', names, 2, out);
}

void cache_keep_tables(const struct metadata *m, struct span catalog, struct span database,
                       const struct pattern *wanted, const struct table_list *list)
{
    const struct span names[] = { catalog, database, wanted->text };
    struct buf value = { .ceiling = RECALL_VALUE_MAX };
    char kind = kind_of(wanted);
    struct fault f;

    if (is_on(m) && pack_tables(list->at, list->n, &value, &f))
        put(m, kind, names, kind == 'T' ? 2 : 3, buf_span(&value));
    buf_free(&value);
}
