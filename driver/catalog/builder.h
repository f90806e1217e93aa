/* Rows of a catalog result while they are being made, and the row source they become. */
#ifndef CATALOG_BUILDER_H
#define CATALOG_BUILDER_H

#include "catalog/shape.h"

enum { CATALOG_ROWS_MAX = 20 * 1000 * 1000 };

struct builder {
    enum catalog_shape shape;
    struct arena arena; /* cells and their texts; goes to the source */
    struct span **rows;
    size_t n, room;
    bool is_broken; /* memory ran out: told by the next call that can fail */
};

void builder_init(struct builder *b, enum catalog_shape shape);
void builder_done(struct builder *b);
/* A new row, all NULL; the setters write into the newest one. */
MUST_USE bool builder_row(struct builder *b, struct fault *f);
/* Text is copied; NO_SPAN is NULL. */
void builder_text(struct builder *b, enum catalog_cell cell, struct span text);
void builder_number(struct builder *b, enum catalog_cell cell, int64_t value);
/* Sorts and hands everything over to a source; b is empty afterwards, failed or not. */
MUST_USE bool builder_finish(struct builder *b, bool odbc2, struct row_source **out,
                             struct fault *f);

#endif
