/* Listings remembered across statements and connections of the process, for MetadataCacheTTL
   seconds. */
#ifndef CATALOG_CACHE_H
#define CATALOG_CACHE_H

#include "catalog/metadata.h"

/* Where they are kept; a test has its own. */
struct cache_ops {
    bool (*recall)(void *context, struct span key, int64_t max_age_ms, struct buf *out);
    /* generation: metadata.cache_generation */
    void (*remember)(void *context, uint64_t generation, struct span key, struct span value);
};
/* The process's memory; its context is the spoke. */
const struct cache_ops *cache_of_process(void);

/* False when nothing is remembered, or nothing may be. Names are compared without case. */
bool cache_databases(const struct metadata *m, struct span catalog, struct database_list *out);
void cache_keep_databases(const struct metadata *m, struct span catalog,
                          const struct database_list *list);
/* The account's catalogs, and one data source by name. */
bool cache_catalogs(const struct metadata *m, struct glue_catalog **out, size_t *n);
void cache_keep_catalogs(const struct metadata *m, const struct glue_catalog *at, size_t n);
bool cache_catalog(const struct metadata *m, struct span name, struct glue_catalog *out);
void cache_keep_catalog(const struct metadata *m, struct span name, const struct glue_catalog *c);
/* The tables that the pattern may mean: remembered for it, or with all of their database. */
bool cache_tables(const struct metadata *m, struct span catalog, struct span database,
                  const struct pattern *wanted, struct table_list *out);
/* list: everything that the service has for the pattern (all of the database when its beginning is
   open). */
void cache_keep_tables(const struct metadata *m, struct span catalog, struct span database,
                       const struct pattern *wanted, const struct table_list *list);

#endif
