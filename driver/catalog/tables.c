/* SQLTables: tables, and the three enumerations that hide behind its arguments. */
#include "catalog/fill.h"
#include "catalog/sweep.h"

static bool is_empty(struct span s)
{
    return !span_is_null(s) && s.len == 0;
}

static bool is_all(struct span s)
{
    return span_equal(s, SPAN("%"));
}

/* Which of the object types the application wants. */
struct types {
    bool tables, views;
};

static struct types parse_types(struct span list)
{
    struct types t = { false, false };

    if (span_is_null(list) || span_trim(list).len == 0 || is_all(list))
        return (struct types){ true, true };
    while (!span_is_null(list)) {
        struct span one = span_trim(span_next(&list, ','));
        if (one.len >= 2 && one.at[0] == '\'' && one.at[one.len - 1] == '\'')
            one = span_part(one, 1, one.len - 2);
        t.tables = t.tables || span_equal_nocase(one, SPAN("TABLE")) || is_all(one);
        t.views = t.views || span_equal_nocase(one, SPAN("VIEW")) || is_all(one);
    }
    return t;
}

static bool fill_types(struct builder *b, struct fault *f)
{
    if (!builder_row(b, f))
        return false;
    builder_text(b, CELL_TABLES_TABLE_TYPE, SPAN("TABLE"));
    if (!builder_row(b, f))
        return false;
    builder_text(b, CELL_TABLES_TABLE_TYPE, SPAN("VIEW"));
    return true;
}

static bool fill_catalogs(const struct metadata *m, struct builder *b, struct fault *f)
{
    struct pattern any = pattern_name(NO_SPAN);
    struct catalog_list list;

    if (!metadata_catalog_names(m, &any, &list, f))
        return false;
    for (size_t i = 0; i < list.n; i++) {
        if (!builder_row(b, f))
            return false;
        builder_text(b, CELL_TABLES_TABLE_CAT, list.at[i].name);
    }
    return true;
}

/* Names of databases, each once, whatever the number of catalogs that have it. */
static bool fill_schemas(const struct metadata *m, struct builder *b, struct fault *f)
{
    struct pattern any = pattern_name(NO_SPAN);
    struct catalog_list catalogs;

    if (!metadata_catalogs(m, &any, &catalogs, f))
        return false;
    for (size_t c = 0; c < catalogs.n; c++) {
        struct database_list list;
        if (!metadata_databases(m, &catalogs.at[c], &any, &list, f))
            return false;
        for (size_t i = 0; i < list.n; i++) {
            bool is_known = false;
            for (size_t k = 0; c > 0 && k < b->n && !is_known; k++)
                is_known = span_equal(b->rows[k][CELL_TABLES_TABLE_SCHEM - CELL_TABLES_TABLE_CAT],
                                      list.at[i].name);
            if (is_known)
                continue;
            if (!builder_row(b, f))
                return false;
            builder_text(b, CELL_TABLES_TABLE_SCHEM, list.at[i].name);
        }
    }
    return true;
}

/* "[link to shared.orders of account 555566667777] "; the service left a link bare that it could
   not follow. */
static bool add_link(const struct glue_table *t, struct buf *out, struct fault *f)
{
    const struct glue_link *to = &t->target;

    return buf_add(out, SPAN("[link to "), f) && buf_add(out, to->database, f) &&
           buf_add(out, SPAN("."), f) && buf_add(out, to->table, f) &&
           buf_add(out, SPAN(" of account "), f) &&
           buf_add(out, to->catalog_id.len > 0 ? to->catalog_id : SPAN("unknown"), f) &&
           (t->has_storage || to->region.len == 0 ||
            (buf_add(out, SPAN(", region "), f) && buf_add(out, to->region, f))) &&
           (t->has_storage || buf_add(out, SPAN(", which the catalog does not follow"), f)) &&
           buf_add(out, SPAN("] "), f);
}

/* The comment, where a link leads, and the catalog's own word for the type. */
static bool remark_of(const struct glue_table *t, struct buf *out, struct fault *f)
{
    struct span comment = span_trim(t->description);

    buf_clear(out);
    if (comment.len > 0 && (!buf_add(out, comment, f) || !buf_add(out, SPAN(" "), f)))
        return false;
    if (!span_is_null(t->target.table) && !add_link(t, out, f))
        return false;
    return t->type.len == 0 || (buf_add(out, SPAN("["), f) && buf_add(out, t->type, f) &&
                                buf_add(out, SPAN("]"), f));
}

static bool add_table(struct builder *b, struct span catalog, const struct glue_table *t,
                      bool is_view, struct fault *f)
{
    struct buf remark = { .ceiling = 1024 * 1024 };
    bool ok = remark_of(t, &remark, f) && builder_row(b, f);

    if (ok) {
        struct span text = span_trim_right(buf_span(&remark));
        builder_text(b, CELL_TABLES_TABLE_CAT, catalog);
        builder_text(b, CELL_TABLES_TABLE_SCHEM, t->database);
        builder_text(b, CELL_TABLES_TABLE_NAME, t->name);
        builder_text(b, CELL_TABLES_TABLE_TYPE, is_view ? SPAN("VIEW") : SPAN("TABLE"));
        builder_text(b, CELL_TABLES_REMARKS, text.len > 0 ? text : NO_SPAN);
    }
    buf_free(&remark);
    return ok;
}

struct filling {
    struct builder *builder;
    struct types types;
};

static bool add_database(void *context, struct span catalog, const struct table_list *list,
                         struct fault *f)
{
    const struct filling *to = context;

    for (size_t i = 0; i < list->n; i++) {
        bool is_view = span_equal_nocase(list->at[i].type, SPAN("VIRTUAL_VIEW"));
        if ((is_view ? to->types.views : to->types.tables) &&
            !add_table(to->builder, catalog, &list->at[i], is_view, f))
            return false;
    }
    return true;
}

static bool parse(const struct catalog_request *r, struct span text, struct arena *arena,
                  struct pattern *out, struct fault *f)
{
    return r->metadata_id ? pattern_identifier(text, arena, out, f)
                          : pattern_parse(text, arena, out, f);
}

static bool fill_tables(const struct metadata *m, const struct catalog_request *r,
                        struct types types, struct builder *b, struct fault *f)
{
    struct filling to = { b, types };
    struct sweep sweep = { .visit = add_database, .context = &to };

    if (!parse(r, r->catalog, m->arena, &sweep.catalog, f) ||
        !parse(r, r->schema, m->arena, &sweep.schema, f) ||
        !parse(r, r->table, m->arena, &sweep.table, f))
        return false;
    if (!r->metadata_id && r->odbc2)
        sweep.catalog = pattern_name(r->catalog); /* ODBC 2 has no patterns for catalogs */
    return metadata_sweep(m, &sweep, f);
}

bool tables_fill(const struct metadata *m, const struct catalog_request *r, struct builder *b,
                 struct fault *f)
{
    if (!r->metadata_id) {
        bool no_catalog = is_empty(r->catalog), no_schema = is_empty(r->schema),
             no_table = is_empty(r->table);
        if (is_all(r->types) && no_catalog && no_schema && no_table)
            return fill_types(b, f);
        if (is_all(r->catalog) && no_schema && no_table)
            return fill_catalogs(m, b, f);
        if (is_all(r->schema) && no_catalog && no_table)
            return fill_schemas(m, b, f);
    }
    struct types types = parse_types(r->types);
    if (!types.tables && !types.views)
        return true;
    return fill_tables(m, r, types, b, f);
}
