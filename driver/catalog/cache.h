/* Listings remembered across statements and connections of the process, for MetadataCacheTTL
   seconds. */
#ifndef CATALOG_CACHE_H
#define CATALOG_CACHE_H

#include "catalog/metadata.h"

/* Where they are kept; a test has its own. */
struct cache_ops {
    bool (*recall)(void *context, struct span key, int64_t max_age_ms, struct buf *out);
    void (*remember)(void *context, struct span key, struct span value);
};
/* The process's memory; its context is the spoke. */
const struct cache_ops *cache_of_process(void);

/* False when nothing is remembered, or nothing may be. Names are compared without case. */
bool cache_databases(const struct metadata *m, struct span catalog, struct database_list *out);
void cache_keep_databases(const struct metadata *m, struct span catalog,
                          const struct database_list *list);
/* name: of one table, or NO_SPAN for all of a database. One table is found in a remembered whole
   listing as well. */
bool cache_tables(const struct metadata *m, struct span catalog, struct span database,
                  struct span name, struct table_list *out);
void cache_keep_tables(const struct metadata *m, struct span catalog, struct span database,
                       struct span name, const struct table_list *list);

#endif
