/* SQLGetTypeInfo: the types a table can be created with, in the order of their ODBC numbers,
   closest match first. */
#include <stdlib.h>

#include "catalog/fill.h"

/* name: as CREATE TABLE takes it. */
static const struct creatable {
    const char *name, *sized; /* sized: the largest form, for the sizes of the row */
    const char *parameters;
    int minimum_scale, maximum_scale; /* -1 = NULL */
} types[] = {
    { "boolean", "boolean", NULL, -1, -1 },
    { "tinyint", "tinyint", NULL, 0, 0 },
    { "bigint", "bigint", NULL, 0, 0 },
    { "binary", "binary", NULL, -1, -1 },
    { "char", "char(255)", "length", -1, -1 },
    { "decimal", "decimal(38,0)", "precision,scale", 0, 38 },
    { "int", "int", NULL, 0, 0 },
    { "smallint", "smallint", NULL, 0, 0 },
    { "float", "float", NULL, -1, -1 },
    { "double", "double", NULL, -1, -1 },
    { "date", "date", NULL, -1, -1 },
    { "timestamp", "timestamp", NULL, 3, 3 },
    { "varchar", "varchar(65535)", "max length", -1, -1 },
    { "string", "string", NULL, -1, -1 },
};

enum { TYPES = sizeof(types) / sizeof(types[0]) };

static bool is_number(const struct value_shape *s)
{
    return s->num_prec_radix > 0;
}

static bool add_type(struct builder *b, const struct creatable *t, const struct value_shape *s,
                     struct fault *f)
{
    if (!builder_row(b, f))
        return false;
    builder_text(b, CELL_TYPE_INFO_TYPE_NAME, span_of(t->name));
    builder_number(b, CELL_TYPE_INFO_DATA_TYPE, s->concise_type);
    builder_number(b, CELL_TYPE_INFO_COLUMN_SIZE, (int64_t)s->column_size);
    builder_text(b, CELL_TYPE_INFO_LITERAL_PREFIX,
                 s->literal_prefix[0] != '\0' ? span_of(s->literal_prefix) : NO_SPAN);
    builder_text(b, CELL_TYPE_INFO_LITERAL_SUFFIX,
                 s->literal_suffix[0] != '\0' ? span_of(s->literal_suffix) : NO_SPAN);
    builder_text(b, CELL_TYPE_INFO_CREATE_PARAMS, span_of(t->parameters));
    builder_number(b, CELL_TYPE_INFO_NULLABLE, SQL_NULLABLE);
    builder_number(b, CELL_TYPE_INFO_CASE_SENSITIVE, s->is_case_sensitive);
    builder_number(b, CELL_TYPE_INFO_SEARCHABLE, s->searchable);
    builder_number(b, CELL_TYPE_INFO_FIXED_PREC_SCALE, s->is_fixed_prec_scale);
    if (is_number(s)) {
        builder_number(b, CELL_TYPE_INFO_UNSIGNED_ATTRIBUTE, s->is_unsigned);
        builder_number(b, CELL_TYPE_INFO_AUTO_UNIQUE_VALUE, SQL_FALSE);
        builder_number(b, CELL_TYPE_INFO_NUM_PREC_RADIX, s->num_prec_radix);
    }
    builder_text(b, CELL_TYPE_INFO_LOCAL_TYPE_NAME, span_of(t->name));
    if (t->minimum_scale >= 0) {
        builder_number(b, CELL_TYPE_INFO_MINIMUM_SCALE, t->minimum_scale);
        builder_number(b, CELL_TYPE_INFO_MAXIMUM_SCALE, t->maximum_scale);
    }
    builder_number(b, CELL_TYPE_INFO_SQL_DATA_TYPE, s->verbose_type);
    if (s->datetime_code != 0)
        builder_number(b, CELL_TYPE_INFO_SQL_DATETIME_SUB, s->datetime_code);
    return true;
}

/* Both numberings of dates mean the same question. */
static SQLSMALLINT modern(SQLSMALLINT type)
{
    switch (type) {
    case SQL_DATE:
        return SQL_TYPE_DATE;
    case SQL_TIME:
        return SQL_TYPE_TIME;
    case SQL_TIMESTAMP:
        return SQL_TYPE_TIMESTAMP;
    default:
        return type;
    }
}

struct entry {
    unsigned index;
    struct value_shape shape;
};

static int compare(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;

    if (a->shape.concise_type != b->shape.concise_type)
        return a->shape.concise_type < b->shape.concise_type ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

bool type_info_fill(const struct catalog_request *r, struct builder *b, struct fault *f)
{
    struct entry entries[TYPES];

    for (unsigned i = 0; i < TYPES; i++) {
        struct value_type type;
        value_type_parse(span_of(types[i].sized), 0, 0, &type);
        entries[i].index = i;
        value_type_shape(&type, r->options, &entries[i].shape);
    }
    qsort(entries, TYPES, sizeof(entries[0]), compare);
    for (unsigned i = 0; i < TYPES; i++) {
        bool is_asked = r->data_type == SQL_ALL_TYPES ||
                        modern(r->data_type) == modern(entries[i].shape.concise_type);
        if (is_asked && !add_type(b, &types[entries[i].index], &entries[i].shape, f))
            return false;
    }
    return true;
}
