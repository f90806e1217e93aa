/* The Glue Data Catalog and Athena's metadata calls, as pages of plain structures in an arena. */
#ifndef ATHENA_GLUE_H
#define ATHENA_GLUE_H

#include "aws/service.h"

struct glue_column { struct span name, type, comment; bool is_partition_key; };

struct glue_link { struct span catalog_id, database, table, region; }; /* NO_SPAN members when not a link */

struct glue_database { struct span name, description, catalog_id; struct glue_link target; };

struct glue_table {
    struct span database, name, type /* EXTERNAL_TABLE ... */, description, catalog_id, location;
    struct glue_column *columns; unsigned n_columns; /* partition keys behind the others */
    struct glue_link target;
    struct span row_count, total_size; /* Parameters numRows/totalSize or NO_SPAN */
    bool has_storage;              /* false: a bare link */
};

struct glue_databases { struct glue_database *at; unsigned n; struct span next_token; };
struct glue_tables { struct glue_table *at; unsigned n; struct span next_token; };
struct glue_names { struct span *at; unsigned n; struct span next_token; };

/* Members that are NO_SPAN are not sent. names_only asks for NAME and TABLE_TYPE alone. */
struct glue_query { struct span catalog_id, database, table, expression, next_token; bool names_only; bool foreign; };

MUST_USE bool glue_get_databases(struct aws_client *c, const struct glue_query *q, const struct aws_bounds *b, struct arena *a, struct glue_databases *out, struct fault *f);
MUST_USE bool glue_get_database(struct aws_client *c, const struct glue_query *q, const struct aws_bounds *b, struct arena *a, struct glue_database *out, struct fault *f);
MUST_USE bool glue_get_tables(struct aws_client *c, const struct glue_query *q, const struct aws_bounds *b, struct arena *a, struct glue_tables *out, struct fault *f);
/* FAULT_NOT_FOUND when there is none. */
MUST_USE bool glue_get_table(struct aws_client *c, const struct glue_query *q, const struct aws_bounds *b, struct arena *a, struct glue_table *out, struct fault *f);

/* The same shapes from Athena's metadata API: catalog is the data catalog's name (put into q->catalog_id). */
MUST_USE bool athena_list_catalogs(struct aws_client *c, struct span workgroup, struct span next_token, const struct aws_bounds *b, struct arena *a, struct glue_names *out, struct fault *f);
MUST_USE bool athena_list_databases(struct aws_client *c, const struct glue_query *q, struct span workgroup, const struct aws_bounds *b, struct arena *a, struct glue_databases *out, struct fault *f);
MUST_USE bool athena_list_tables(struct aws_client *c, const struct glue_query *q, struct span workgroup, const struct aws_bounds *b, struct arena *a, struct glue_tables *out, struct fault *f);

#endif
