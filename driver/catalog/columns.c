/* SQLColumns: types and sizes from the catalog's own type texts. */
#include "catalog/fill.h"
#include "catalog/sweep.h"

static bool is_text_type(SQLSMALLINT type)
{
    return type == SQL_CHAR || type == SQL_VARCHAR || type == SQL_LONGVARCHAR ||
           type == SQL_WCHAR || type == SQL_WVARCHAR || type == SQL_WLONGVARCHAR ||
           type == SQL_BINARY || type == SQL_VARBINARY || type == SQL_LONGVARBINARY;
}

static bool is_nested(enum value_kind kind)
{
    return kind == VALUE_ARRAY || kind == VALUE_MAP || kind == VALUE_ROW || kind == VALUE_UNKNOWN;
}

/* The catalog's word without its numbers; nested types keep their whole text. */
static struct span type_name(struct span text, enum value_kind kind)
{
    struct span name = span_trim(text);
    size_t paren = span_find_byte(name, '(');

    if (is_nested(kind) || paren == name.len)
        return name;
    size_t close = span_find_byte(name, ')');
    return close + 1 < name.len
               ? name
               : span_trim(
                     span_part(name, 0, paren)); /* "timestamp(3) with time zone" stays whole */
}

static void type_cells(struct builder *b, const struct glue_column *c,
                       const struct value_options *options)
{
    struct value_type type;
    struct value_shape s;

    value_type_parse(c->type, 0, 0, &type);
    value_type_shape(&type, options, &s);
    builder_number(b, CELL_COLUMNS_DATA_TYPE, s.concise_type);
    builder_text(b, CELL_COLUMNS_TYPE_NAME,
                 span_is_null(c->type) ? SPAN("") : type_name(c->type, type.kind));
    builder_number(b, CELL_COLUMNS_COLUMN_SIZE, (int64_t)s.column_size);
    builder_number(b, CELL_COLUMNS_BUFFER_LENGTH, (int64_t)s.octet_length);
    if (s.decimal_digits >= 0)
        builder_number(b, CELL_COLUMNS_DECIMAL_DIGITS, s.decimal_digits);
    if (s.num_prec_radix > 0)
        builder_number(b, CELL_COLUMNS_NUM_PREC_RADIX, s.num_prec_radix);
    builder_number(b, CELL_COLUMNS_SQL_DATA_TYPE, s.verbose_type);
    if (s.datetime_code != 0)
        builder_number(b, CELL_COLUMNS_SQL_DATETIME_SUB, s.datetime_code);
    if (is_text_type(s.concise_type))
        builder_number(b, CELL_COLUMNS_CHAR_OCTET_LENGTH, (int64_t)s.octet_length);
}

static bool remark_cell(struct builder *b, const struct glue_column *c, struct fault *f)
{
    struct buf remark = { .ceiling = 1024 * 1024 };
    struct span comment = span_trim(c->comment);
    bool has_comment = !span_is_null(comment) && comment.len > 0;
    bool ok = true;

    if (has_comment)
        ok = buf_add(&remark, comment, f);
    if (ok && c->is_partition_key)
        ok = buf_add(&remark, has_comment ? SPAN(" [partition key]") : SPAN("[partition key]"), f);
    if (ok && remark.len > 0)
        builder_text(b, CELL_COLUMNS_REMARKS, buf_span(&remark));
    buf_free(&remark);
    return ok;
}

static bool add_column(struct builder *b, const struct catalog_request *r, struct span catalog,
                       const struct glue_table *t, unsigned i, struct fault *f)
{
    const struct glue_column *c = &t->columns[i];

    if (!builder_row(b, f))
        return false;
    builder_text(b, CELL_COLUMNS_TABLE_CAT, catalog);
    builder_text(b, CELL_COLUMNS_TABLE_SCHEM, t->database);
    builder_text(b, CELL_COLUMNS_TABLE_NAME, t->name);
    builder_text(b, CELL_COLUMNS_COLUMN_NAME, c->name);
    type_cells(b, c, r->options);
    builder_number(b, CELL_COLUMNS_NULLABLE, SQL_NULLABLE);
    builder_number(b, CELL_COLUMNS_ORDINAL_POSITION, (int64_t)i + 1);
    builder_text(b, CELL_COLUMNS_IS_NULLABLE, SPAN("YES"));
    return remark_cell(b, c, f);
}

static bool parse(const struct catalog_request *r, struct arena *arena, struct sweep *w,
                  struct pattern *column, struct fault *f)
{
    if (r->metadata_id)
        return pattern_identifier(r->catalog, arena, &w->catalog, f) &&
               pattern_identifier(r->schema, arena, &w->schema, f) &&
               pattern_identifier(r->table, arena, &w->table, f) &&
               pattern_identifier(r->column, arena, column, f);
    w->catalog = pattern_name(r->catalog);
    return pattern_parse(r->schema, arena, &w->schema, f) &&
           pattern_parse(r->table, arena, &w->table, f) &&
           pattern_parse(r->column, arena, column, f);
}

struct filling {
    struct builder *builder;
    const struct catalog_request *request;
    struct pattern column;
};

static bool add_database(void *context, struct span catalog, const struct table_list *list,
                         struct fault *f)
{
    const struct filling *to = context;

    for (size_t i = 0; i < list->n; i++) {
        for (unsigned k = 0; k < list->at[i].n_columns; k++) {
            if (pattern_matches(&to->column, list->at[i].columns[k].name) &&
                !add_column(to->builder, to->request, catalog, &list->at[i], k, f))
                return false;
        }
    }
    return true;
}

bool columns_fill(const struct metadata *m, const struct catalog_request *r, struct builder *b,
                  struct fault *f)
{
    struct filling to = { .builder = b, .request = r };
    struct sweep sweep = { .with_columns = true, .visit = add_database, .context = &to };

    return parse(r, m->arena, &sweep, &to.column, f) && metadata_sweep(m, &sweep, f);
}
