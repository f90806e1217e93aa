/* The tables of many databases: asked for side by side, handed over in order. */
#ifndef CATALOG_SWEEP_H
#define CATALOG_SWEEP_H

#include "catalog/metadata.h"

enum { SWEEP_AT_ONCE = 6 }; /* requests in flight for one catalog function */

struct sweep {
    struct pattern catalog, schema, table;
    bool with_columns;
    /* Called for each database on the caller's thread. The list is borrowed until it returns. */
    bool (*visit)(void *context, struct span catalog, const struct table_list *list,
                  struct fault *f);
    void *context;
};

MUST_USE bool metadata_sweep(const struct metadata *m, const struct sweep *sweep, struct fault *f);

#endif
