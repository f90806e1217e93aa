/* The Glue Data Catalog and Athena's metadata calls, as pages of plain structures in an arena. */
#ifndef ATHENA_GLUE_H
#define ATHENA_GLUE_H

#include "aws/service.h"

struct glue_column {
    struct span name, type, comment;
    bool is_partition_key;
};

/* NO_SPAN members when not a link. */
struct glue_link {
    struct span catalog_id, database, table, region;
};

/* A data source of Athena, or a catalog nested in Glue's. */
struct glue_catalog {
    struct span name; /* as SQL addresses it: "mysql", "s3tablescatalog/bucket" */
    struct span type; /* GLUE, LAMBDA, HIVE, FEDERATED */
    struct span id;   /* Glue's CatalogId; NO_SPAN when not Glue's or not told */
};

struct glue_database {
    struct span name, description, catalog_id;
    struct glue_link target;
    bool is_listed; /* read from the service, not merely named */
};

struct glue_table {
    struct span database, name, type /* EXTERNAL_TABLE ... */, description, catalog_id, location;
    struct glue_column *columns;
    unsigned n_columns; /* partition keys behind the others */
    struct glue_link target;
    struct span row_count, total_size; /* what the catalog has counted, or NO_SPAN */
    bool has_storage;                  /* false: a bare link */
};

struct glue_catalogs {
    struct glue_catalog *at;
    unsigned n;
    struct span next_token;
};
struct glue_databases {
    struct glue_database *at;
    unsigned n;
    struct span next_token;
};
struct glue_tables {
    struct glue_table *at;
    unsigned n;
    struct span next_token;
};

/* Members that are NO_SPAN are not sent. names_only asks for NAME and TABLE_TYPE alone. */
struct glue_query {
    struct span catalog_id, database, table, expression, next_token;
    bool names_only, foreign;
};

/* All catalogs below q->catalog_id (the caller's account when missing), at any depth, that can hold
   databases. */
MUST_USE bool glue_get_catalogs(struct aws_client *c, const struct glue_query *q,
                                const struct aws_bounds *b, struct arena *a,
                                struct glue_catalogs *out, struct fault *f);
MUST_USE bool glue_get_databases(struct aws_client *c, const struct glue_query *q,
                                 const struct aws_bounds *b, struct arena *a,
                                 struct glue_databases *out, struct fault *f);
/* These three: FAULT_NOT_FOUND when there is none. */
MUST_USE bool glue_get_database(struct aws_client *c, const struct glue_query *q,
                                const struct aws_bounds *b, struct arena *a,
                                struct glue_database *out, struct fault *f);
MUST_USE bool glue_get_tables(struct aws_client *c, const struct glue_query *q,
                              const struct aws_bounds *b, struct arena *a, struct glue_tables *out,
                              struct fault *f);
MUST_USE bool glue_get_table(struct aws_client *c, const struct glue_query *q,
                             const struct aws_bounds *b, struct arena *a, struct glue_table *out,
                             struct fault *f);

/* The same shapes from Athena's metadata API: the data catalog's name is put into q->catalog_id.
   What does not exist is FAULT_NO_TABLE or FAULT_NOT_FOUND. */
MUST_USE bool athena_list_catalogs(struct aws_client *c, const struct glue_query *q,
                                   struct span workgroup, const struct aws_bounds *b,
                                   struct arena *a, struct glue_catalogs *out, struct fault *f);
MUST_USE bool athena_get_catalog(struct aws_client *c, const struct glue_query *q,
                                 struct span workgroup, const struct aws_bounds *b, struct arena *a,
                                 struct glue_catalog *out, struct fault *f);
MUST_USE bool athena_list_databases(struct aws_client *c, const struct glue_query *q,
                                    struct span workgroup, const struct aws_bounds *b,
                                    struct arena *a, struct glue_databases *out, struct fault *f);
MUST_USE bool athena_list_tables(struct aws_client *c, const struct glue_query *q,
                                 struct span workgroup, const struct aws_bounds *b, struct arena *a,
                                 struct glue_tables *out, struct fault *f);
MUST_USE bool athena_get_table(struct aws_client *c, const struct glue_query *q,
                               struct span workgroup, const struct aws_bounds *b, struct arena *a,
                               struct glue_table *out, struct fault *f);

#endif
