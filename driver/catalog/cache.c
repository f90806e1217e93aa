/* Keys and life time of remembered listings. Refusals and faults are never remembered. */
#include "catalog/cache.h"

#include "spoke/recall.h"

static bool recall(void *context, struct span key, int64_t max_age_ms, struct buf *out)
{
    return spoke_recall(context, key, max_age_ms, out);
}

static void remember(void *context, struct span key, struct span value)
{
    spoke_remember(context, key, value);
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
        m->cache->remember(m->cache_context, buf_span(&key), value);
    buf_free(&key);
}

bool cache_databases(const struct metadata *m, struct span catalog, struct database_list *out)
{
    struct buf value = { .ceiling = RECALL_VALUE_MAX };
    struct fault f;
    bool ok =
        get(m, 'D', &catalog, 1, &value) && unpack_databases(buf_span(&value), m->arena, out, &f);

    buf_free(&value);
    return ok;
}

void cache_keep_databases(const struct metadata *m, struct span catalog,
                          const struct database_list *list)
{
    struct buf value = { .ceiling = RECALL_VALUE_MAX };
    struct fault f;

    if (is_on(m) && pack_databases(list->at, list->n, &value, &f))
        put(m, 'D', &catalog, 1, buf_span(&value));
    buf_free(&value);
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

bool cache_tables(const struct metadata *m, struct span catalog, struct span database,
                  struct span name, struct table_list *out)
{
    const struct span names[] = { catalog, database, name };

    if (!span_is_null(name) && get_tables(m, 't', names, 3, out))
        return true;
    return get_tables(m, 'T', names, 2, out);
}

void cache_keep_tables(const struct metadata *m, struct span catalog, struct span database,
                       struct span name, const struct table_list *list)
{
    const struct span names[] = { catalog, database, name };
    struct buf value = { .ceiling = RECALL_VALUE_MAX };
    bool is_one = !span_is_null(name);
    struct fault f;

    if (is_on(m) && pack_tables(list->at, list->n, &value, &f))
        put(m, is_one ? 't' : 'T', names, is_one ? 3 : 2, buf_span(&value));
    buf_free(&value);
}
