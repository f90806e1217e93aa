/* Databases and tables of one consumer account as catalog functions want them: all pages, the right
   service, links followed. */
#ifndef CATALOG_METADATA_H
#define CATALOG_METADATA_H

#include "athena/glue.h"
#include "catalog/pack.h"
#include "catalog/pattern.h"
#include "spoke/spoke.h"

enum { METADATA_EXPRESSION_MAX = 200 }; /* below Athena's 256 and Glue's 2,048 */

/* The calls underneath, so that tests can answer them. */
struct metadata_calls {
    bool (*get_catalogs)(struct aws_client *c, const struct glue_query *q,
                         const struct aws_bounds *b, struct arena *a, struct glue_catalogs *out,
                         struct fault *f);
    bool (*get_databases)(struct aws_client *c, const struct glue_query *q,
                          const struct aws_bounds *b, struct arena *a, struct glue_databases *out,
                          struct fault *f);
    bool (*get_database)(struct aws_client *c, const struct glue_query *q,
                         const struct aws_bounds *b, struct arena *a, struct glue_database *out,
                         struct fault *f);
    bool (*get_tables)(struct aws_client *c, const struct glue_query *q, const struct aws_bounds *b,
                       struct arena *a, struct glue_tables *out, struct fault *f);
    bool (*get_table)(struct aws_client *c, const struct glue_query *q, const struct aws_bounds *b,
                      struct arena *a, struct glue_table *out, struct fault *f);
    bool (*list_catalogs)(struct aws_client *c, const struct glue_query *q, struct span workgroup,
                          const struct aws_bounds *b, struct arena *a, struct glue_catalogs *out,
                          struct fault *f);
    bool (*get_catalog)(struct aws_client *c, const struct glue_query *q, struct span workgroup,
                        const struct aws_bounds *b, struct arena *a, struct glue_catalog *out,
                        struct fault *f);
    bool (*list_databases)(struct aws_client *c, const struct glue_query *q, struct span workgroup,
                           const struct aws_bounds *b, struct arena *a, struct glue_databases *out,
                           struct fault *f);
    bool (*list_tables)(struct aws_client *c, const struct glue_query *q, struct span workgroup,
                        const struct aws_bounds *b, struct arena *a, struct glue_tables *out,
                        struct fault *f);
    bool (*get_table_metadata)(struct aws_client *c, const struct glue_query *q,
                               struct span workgroup, const struct aws_bounds *b, struct arena *a,
                               struct glue_table *out, struct fault *f);
    bool (*pause)(const struct aws_bounds *b, int64_t ms, struct fault *f);
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
    uint64_t cache_generation; /* of the moment before anybody was asked: see spoke/recall.h */
    bool is_fresh; /* ask the service, whatever is remembered */
    struct aws_bounds bounds;
    struct notices *notices;
    struct arena *arena; /* everything that is handed out lives here */
};

void metadata_of_spoke(struct spoke *spoke, const struct aws_bounds *bounds,
                       struct notices *notices, struct arena *arena, struct metadata *out);

/* A catalog and who can list it. */
struct metadata_catalog {
    struct span name;          /* as SQL addresses it */
    struct span glue_id;       /* Glue's CatalogId; empty: the account's own */
    bool is_glues, is_athenas; /* which services know it */
};

struct catalog_list {
    struct metadata_catalog *at;
    size_t n;
};

/* The catalogs that the pattern means, the data source's own first. An exact name is not looked for
   in a list. */
MUST_USE bool metadata_catalogs(const struct metadata *m, const struct pattern *wanted,
                                struct catalog_list *out, struct fault *f);
/* Their names alone: who can list them is not found out. */
MUST_USE bool metadata_catalog_names(const struct metadata *m, const struct pattern *wanted,
                                     struct catalog_list *out, struct fault *f);
/* Databases of one catalog that the pattern means; an exact name is not looked up. Denied: those
   the data source names, with a notice. */
MUST_USE bool metadata_databases(const struct metadata *m, const struct metadata_catalog *c,
                                 const struct pattern *wanted, struct database_list *out,
                                 struct fault *f);
/* Tables of one database. For one that does not exist there are none; a notice tells when they are
   denied, when a listed database is gone, when a link leads nowhere. With columns, links that came
   bare are filled from their target. */
MUST_USE bool metadata_tables(const struct metadata *m, const struct metadata_catalog *c,
                              const struct glue_database *database, const struct pattern *wanted,
                              bool with_columns, struct table_list *out, struct fault *f);

/* "my_source" is a pattern to the letter of the standard, and meant as a name by most who write it:
   whether to take it for one where nothing else matches. */
bool metadata_is_name(const struct pattern *wanted);

/* A refusal as warnings: what follows from it, the service's words, the other service's. */
void metadata_tell(const struct metadata *m, struct fault *f, const char *what);

#endif
