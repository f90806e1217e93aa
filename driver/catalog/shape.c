/* The table of the tables. */
#include "catalog/shape.h"

enum {
#define SHAPE(id, ...)
#define SHAPE_COLUMN(shape, id, ...) ROW_##shape##_##id,
#include "catalog/shape.def"
#undef SHAPE
#undef SHAPE_COLUMN
    ROWS
};

#define TYPE_CHAR "char"
#define TYPE_VARCHAR "varchar"
#define TYPE_SMALLINT "smallint"
#define TYPE_INTEGER "integer"

static const struct shape_column columns[ROWS] = {
#define SHAPE(id, ...)
#define SHAPE_COLUMN(shape, id, name, name2, type, size, nullable, sort) \
    { name, name2, TYPE_##type, size, nullable, sort },
#include "catalog/shape.def"
#undef SHAPE
#undef SHAPE_COLUMN
};

#undef TYPE_CHAR
#undef TYPE_VARCHAR
#undef TYPE_SMALLINT
#undef TYPE_INTEGER

/* How many columns each shape has: the size of a struct with one byte per column. */
#define SHAPE(id, name) \
    } \
    ; \
    struct count_##id { \
        char zero;
#define SHAPE_COLUMN(shape, id, ...) char id;
struct count_nothing {
    char zero;
#include "catalog/shape.def"
};
#undef SHAPE
#undef SHAPE_COLUMN

static const struct shape shapes[CATALOG_SHAPES] = {
#define SHAPE(id, name) \
    { name, CELLS_OF_##id, (unsigned)sizeof(struct count_##id) - 1, &columns[CELLS_OF_##id] },
#define SHAPE_COLUMN(...)
#include "catalog/shape.def"
#undef SHAPE
#undef SHAPE_COLUMN
};

_Static_assert((int)CATALOG_CELLS == (int)ROWS, "cells and rows count alike");

const struct shape *shape_of(enum catalog_shape shape)
{
    return &shapes[shape];
}

bool shape_columns(enum catalog_shape shape, bool odbc2, struct arena *arena, struct columns *out,
                   struct fault *f)
{
    const struct shape *s = shape_of(shape);
    unsigned n = s->n_columns;
    struct column *at = arena_take_array(arena, n, sizeof(*at), f);

    if (at == NULL)
        return false;
    for (unsigned i = 0; i < n; i++) {
        const struct shape_column *c = &s->columns[i];
        at[i].name = at[i].label = span_of(odbc2 ? c->name2 : c->name);
        at[i].catalog = at[i].schema = at[i].table = SPAN("");
        at[i].nullable = c->nullable;
        value_type_parse(span_of(c->type), c->size, 0, &at[i].type);
    }
    *out = (struct columns){ n, at };
    return true;
}
