/* shape.def as data: the columns of each result set and its order. */
#ifndef CATALOG_SHAPE_H
#define CATALOG_SHAPE_H

#include "catalog/catalog.h"

/* CELL_TABLES_TABLE_NAME and so on: a column by name, so that a filler cannot miscount. */
enum catalog_cell {
#define SHAPE(id, ...) CELLS_OF_##id, CELLS_BEFORE_##id = CELLS_OF_##id - 1,
#define SHAPE_COLUMN(shape, id, ...) CELL_##shape##_##id,
#include "catalog/shape.def"
#undef SHAPE
#undef SHAPE_COLUMN
    CATALOG_CELLS
};

struct shape_column {
    const char *name, *name2; /* ODBC 3, ODBC 2 */
    const char *type;
    uint32_t size;
    SQLSMALLINT nullable;
    unsigned sort; /* place in ORDER BY, 0 = none */
};

struct shape {
    const char *function;
    enum catalog_cell first;
    unsigned n_columns;
    const struct shape_column *columns;
};

/* Lives for ever. */
const struct shape *shape_of(enum catalog_shape shape);
/* Its description as columns of a result; names are static, the array lives in the arena. */
MUST_USE bool shape_columns(enum catalog_shape shape, bool odbc2, struct arena *arena,
                            struct columns *out, struct fault *f);

#endif
