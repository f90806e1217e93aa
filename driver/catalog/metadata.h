/* Databases and tables of one consumer account as catalog functions want them: all pages, the right
   service, links followed. */
#ifndef CATALOG_METADATA_H
#define CATALOG_METADATA_H

#include "athena/glue.h"
#include "catalog/pack.h"
#include "catalog/pattern.h"
#include "spoke/spoke.h"

enum {
    METADATA_PAGES_MAX = 100000,   /* of one listing: a service that never ends is a fault */
    METADATA_EXPRESSION_MAX = 200, /* below Athena's 256 and Glue's 2,048 */
};

/* The calls underneath, so that tests can answer them. */
struct metadata_calls {
    bool (*get_databases)(struct aws_client *c, const struct glue_query *q,
                          const struct aws_bounds *b, struct arena *a, struct glue_databases *out,
                          struct fault *f);
    bool (*get_tables)(struct aws_client *c, const struct glue_query *q, const struct aws_bounds *b,
                       struct arena *a, struct glue_tables *out, struct fault *f);
    bool (*get_table)(struct aws_client *c, const struct glue_query *q, const struct aws_bounds *b,
                      struct arena *a, struct glue_table *out, struct fault *f);
    bool (*list_catalogs)(struct aws_client *c, struct span workgroup, struct span token,
                          const struct aws_bounds *b, struct arena *a, struct glue_names *out,
                          struct fault *f);
    bool (*list_databases)(struct aws_client *c, const struct glue_query *q, struct span workgroup,
                           const struct aws_bounds *b, struct arena *a, struct glue_databases *out,
                           struct fault *f);
    bool (*list_tables)(struct aws_client *c, const struct glue_query *q, struct span workgroup,
                        const struct aws_bounds *b, struct arena *a, struct glue_tables *out,
                        struct fault *f);
};

struct cache_ops;

struct metadata {
    const struct metadata_calls *calls;
    struct aws_client *glue, *athena;
    struct spoke *spoke; /* for explaining faults; NULL in tests */
    struct span workgroup, glue_catalog_id, account, region;
    struct span catalog, schema; /* of the data source */
    enum { METADATA_AUTO, METADATA_GLUE, METADATA_ATHENA } method;
    bool is_single, has_external;  /* UseSingleCatalogAndSchema, QueryExternalCatalogs */
    const struct cache_ops *cache; /* NULL: nothing is remembered */
    void *cache_context;
    int64_t cache_ttl_ms;
    bool is_fresh; /* ask the service, whatever is remembered */
    struct aws_bounds bounds;
    struct notices *notices;
    struct arena *arena; /* everything that is handed out lives here */
};

void metadata_of_spoke(struct spoke *spoke, const struct aws_bounds *bounds,
                       struct notices *notices, struct arena *arena, struct metadata *out);

struct name_list {
    struct span *at;
    size_t n;
};

/* Names of the catalogs that the pattern means. The data source's own first. */
MUST_USE bool metadata_catalogs(const struct metadata *m, const struct pattern *wanted,
                                struct name_list *out, struct fault *f);
/* Databases of one catalog that the pattern means; an exact name is not looked up. Denied: those
   the data source names, with a notice. */
MUST_USE bool metadata_databases(const struct metadata *m, struct span catalog,
                                 const struct pattern *wanted, struct database_list *out,
                                 struct fault *f);
/* Tables of one database; nothing for one that does not exist, a notice when it is denied. Links
   that came bare are filled from their target when with_columns. */
MUST_USE bool metadata_tables(const struct metadata *m, struct span catalog, struct span database,
                              const struct pattern *wanted, bool with_columns,
                              struct table_list *out, struct fault *f);

#endif
