/* Numbers are four bytes in the machine's order (the bytes never leave the process); a text is its
   length and its bytes, a missing one the length that no text has. */
#include "catalog/pack.h"

#include <string.h>

enum { ITEMS_MAX = 50 * 1000 * 1000 };

static const uint32_t missing = UINT32_MAX;

static bool put_number(struct buf *b, size_t n, struct fault *f)
{
    uint32_t number = (uint32_t)n;

    return buf_add(b, (struct span){ (const char *)&number, sizeof(number) }, f);
}

static bool put_texts(struct buf *b, const struct span *texts, size_t n, struct fault *f)
{
    for (size_t i = 0; i < n; i++) {
        if (!put_number(b, span_is_null(texts[i]) ? missing : texts[i].len, f) ||
            (!span_is_null(texts[i]) && !buf_add(b, texts[i], f)))
            return false;
    }
    return true;
}

bool pack_databases(const struct glue_database *at, size_t n, struct buf *out, struct fault *f)
{
    bool ok = put_number(out, n, f);

    for (size_t i = 0; ok && i < n; i++) {
        const struct glue_link *l = &at[i].target;
        const struct span texts[] = { at[i].name,    at[i].description, at[i].catalog_id,
                                      l->catalog_id, l->database,       l->table,
                                      l->region };
        ok = put_texts(out, texts, sizeof(texts) / sizeof(texts[0]), f);
    }
    return ok;
}

bool pack_tables(const struct glue_table *at, size_t n, struct buf *out, struct fault *f)
{
    bool ok = put_number(out, n, f);

    for (size_t i = 0; ok && i < n; i++) {
        const struct glue_table *t = &at[i];
        const struct span texts[] = { t->database,
                                      t->name,
                                      t->type,
                                      t->description,
                                      t->catalog_id,
                                      t->location,
                                      t->target.catalog_id,
                                      t->target.database,
                                      t->target.table,
                                      t->target.region,
                                      t->row_count,
                                      t->total_size };
        ok = put_texts(out, texts, sizeof(texts) / sizeof(texts[0]), f) &&
             put_number(out, t->has_storage, f) && put_number(out, t->n_columns, f);
        for (unsigned k = 0; ok && k < t->n_columns; k++) {
            const struct span column[] = { t->columns[k].name, t->columns[k].type,
                                           t->columns[k].comment };
            ok = put_texts(out, column, 3, f) && put_number(out, t->columns[k].is_partition_key, f);
        }
    }
    return ok;
}

struct reader {
    struct span rest;
    struct fault *f;
};

static bool bad(struct reader *r)
{
    return fault_set(r->f, FAULT_PROTOCOL, "Remembered metadata cannot be read.");
}

static bool get_number(struct reader *r, size_t *out)
{
    uint32_t number;

    if (r->rest.len < sizeof(number))
        return bad(r);
    memcpy(&number, r->rest.at, sizeof(number));
    r->rest = span_from(r->rest, sizeof(number));
    *out = number;
    return true;
}

static bool get_text(struct reader *r, struct span *out)
{
    size_t n = 0;

    if (!get_number(r, &n))
        return false;
    if (n == missing) {
        *out = NO_SPAN;
        return true;
    }
    if (n > r->rest.len)
        return bad(r);
    *out = span_part(r->rest, 0, n);
    r->rest = span_from(r->rest, n);
    return true;
}

static bool get_texts(struct reader *r, struct span *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!get_text(r, texts[i]))
            return false;
    }
    return true;
}

/* An item takes at least four bytes: a count beyond that is not ours. */
static void *get_array(struct reader *r, struct arena *arena, size_t n, size_t size)
{
    if (n > ITEMS_MAX || n > r->rest.len / 4) {
        (void)bad(r);
        return NULL;
    }
    return arena_take_array(arena, n + 1, size, r->f);
}

/* The texts of a list point into one copy of the bytes. */
static bool begin(struct span bytes, struct arena *arena, struct reader *r, struct fault *f)
{
    *r = (struct reader){ NO_SPAN, f };
    return arena_copy(arena, bytes, &r->rest, f);
}

bool unpack_databases(struct span bytes, struct arena *arena, struct database_list *out,
                      struct fault *f)
{
    struct reader r;
    size_t n = 0;

    if (!begin(bytes, arena, &r, f) || !get_number(&r, &n))
        return false;
    out->at = get_array(&r, arena, n, sizeof(*out->at));
    out->n = 0;
    if (out->at == NULL)
        return false;
    for (; out->n < n; out->n++) {
        struct glue_database *d = &out->at[out->n];
        struct span *const texts[] = { &d->name,
                                       &d->description,
                                       &d->catalog_id,
                                       &d->target.catalog_id,
                                       &d->target.database,
                                       &d->target.table,
                                       &d->target.region };
        if (!get_texts(&r, texts, sizeof(texts) / sizeof(texts[0])))
            return false;
        d->is_listed = true;
    }
    return r.rest.len == 0 || bad(&r);
}

static bool get_columns(struct reader *r, struct arena *arena, struct glue_table *t)
{
    size_t n = 0, flag = 0;

    if (!get_number(r, &flag) || !get_number(r, &n))
        return false;
    t->has_storage = flag != 0;
    t->columns = get_array(r, arena, n, sizeof(*t->columns));
    if (t->columns == NULL)
        return false;
    for (; t->n_columns < n; t->n_columns++) {
        struct glue_column *c = &t->columns[t->n_columns];
        struct span *const texts[] = { &c->name, &c->type, &c->comment };
        if (!get_texts(r, texts, 3) || !get_number(r, &flag))
            return false;
        c->is_partition_key = flag != 0;
    }
    return true;
}

bool unpack_tables(struct span bytes, struct arena *arena, struct table_list *out, struct fault *f)
{
    struct reader r;
    size_t n = 0;

    if (!begin(bytes, arena, &r, f) || !get_number(&r, &n))
        return false;
    out->at = get_array(&r, arena, n, sizeof(*out->at));
    out->n = 0;
    if (out->at == NULL)
        return false;
    for (; out->n < n; out->n++) {
        struct glue_table *t = &out->at[out->n];
        struct span *const texts[] = { &t->database,
                                       &t->name,
                                       &t->type,
                                       &t->description,
                                       &t->catalog_id,
                                       &t->location,
                                       &t->target.catalog_id,
                                       &t->target.database,
                                       &t->target.table,
                                       &t->target.region,
                                       &t->row_count,
                                       &t->total_size };
        if (!get_texts(&r, texts, sizeof(texts) / sizeof(texts[0])) || !get_columns(&r, arena, t))
            return false;
    }
    return r.rest.len == 0 || bad(&r);
}
