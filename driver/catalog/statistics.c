/* SQLStatistics: the row about the table itself, when the catalog has counted it. There are no
   indexes. */
#include "base/number.h"
#include "catalog/fill.h"

enum { PAGE_BYTES = 4096 }; /* what PAGES counts, see docs */

/* A count as the catalog keeps it: text, or nothing, or nonsense. */
static bool read_count(struct span text, int64_t *out)
{
    return !span_is_null(text) && number_parse_i64(text, out) && *out >= 0;
}

static bool add_table(struct builder *b, struct span catalog, const struct glue_table *t,
                      struct fault *f)
{
    int64_t rows = 0, bytes = 0;
    bool has_rows = read_count(t->row_count, &rows), has_bytes = read_count(t->total_size, &bytes);

    if (!has_rows && !has_bytes)
        return true;
    if (!builder_row(b, f))
        return false;
    builder_text(b, CELL_STATISTICS_TABLE_CAT, catalog);
    builder_text(b, CELL_STATISTICS_TABLE_SCHEM, t->database);
    builder_text(b, CELL_STATISTICS_TABLE_NAME, t->name);
    builder_number(b, CELL_STATISTICS_TYPE, SQL_TABLE_STAT);
    if (has_rows)
        builder_number(b, CELL_STATISTICS_CARDINALITY, rows);
    if (has_bytes)
        builder_number(b, CELL_STATISTICS_PAGES, bytes / PAGE_BYTES + (bytes % PAGE_BYTES != 0));
    return true;
}

bool statistics_fill(const struct metadata *m, const struct catalog_request *r, struct builder *b,
                     struct fault *f)
{
    struct pattern catalog = pattern_name(r->catalog), schema = pattern_name(r->schema),
                   table = pattern_name(r->table);
    struct catalog_list catalogs;

    if (r->metadata_id && (!pattern_identifier(r->catalog, m->arena, &catalog, f) ||
                           !pattern_identifier(r->schema, m->arena, &schema, f) ||
                           !pattern_identifier(r->table, m->arena, &table, f)))
        return false;
    if (table.kind == PATTERN_ANY)
        return true;
    if (catalog.kind == PATTERN_ANY) /* of one table: where it would be found without a catalog */
        catalog = pattern_name(m->catalog);
    if (schema.kind == PATTERN_ANY && !span_is_null(m->schema))
        schema = pattern_name(m->schema);
    struct glue_database database = { .name = schema.text };
    if (!metadata_catalogs(m, &catalog, &catalogs, f))
        return false;
    for (size_t c = 0; c < catalogs.n; c++) {
        struct table_list list;
        if (!metadata_tables(m, &catalogs.at[c], &database, &table, true, &list, f))
            return false;
        for (size_t i = 0; i < list.n; i++) {
            if (!add_table(b, catalogs.at[c].name, &list.at[i], f))
                return false;
        }
    }
    return true;
}
