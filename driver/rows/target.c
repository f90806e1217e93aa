/* One cell on its way to a bound column, and what all sources answer alike. */
#include "rows/rows.h"

enum value_outcome row_target_store(const struct row_target *t, struct span cell, size_t row)
{
    SQLLEN *length =
        t->length != NULL ? (SQLLEN *)(void *)(t->length + row * t->pointer_step) : NULL;
    SQLLEN *indicator =
        t->indicator != NULL ? (SQLLEN *)(void *)(t->indicator + row * t->pointer_step) : NULL;

    if (t->built != VALUE_OK) {
        return t->built;
    }
    if (!span_is_null(cell) && indicator != NULL && indicator != length) {
        *indicator = 0;
    }
    return value_store(&t->plan, cell, t->data != NULL ? t->data + row * t->data_step : NULL,
                       t->room, length, indicator);
}

bool row_source_is_ready(struct row_source *src)
{
    return src->ops->is_ready == NULL || src->ops->is_ready(src);
}
