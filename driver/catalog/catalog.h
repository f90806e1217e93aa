/* The result sets whose shape the standard fixes: columns from shape.def, filled from Glue, from
   tables, or empty. */
#ifndef CATALOG_CATALOG_H
#define CATALOG_CATALOG_H

#include "rows/rows.h"
#include "spoke/spoke.h"

enum catalog_shape {
#define SHAPE(id, ...) SHAPE_##id,
#define SHAPE_COLUMN(...)
#include "catalog/shape.def"
#undef SHAPE
#undef SHAPE_COLUMN
    CATALOG_SHAPES
};

/* Arguments as the application gave them, in UTF-8. NO_SPAN = null pointer. */
struct catalog_request {
    struct span catalog, schema, table, column, types;
    struct span current_catalog, current_schema; /* of the connection; empty: the data source's */
    bool metadata_id; /* SQL_ATTR_METADATA_ID: identifiers, not patterns */
    bool odbc2;       /* ODBC 2 column names and date types */
    const struct value_options *options;
    struct aws_bounds bounds;
    struct notices *notices;
    SQLSMALLINT data_type; /* SQLGetTypeInfo */
    bool is_fresh; /* ask the service even when the answer is remembered (MetadataCacheTTL) */
};

/* A memory source whose cells live in the source. spoke may be NULL for TYPE_INFO and the empty
   shapes. */
MUST_USE bool catalog_open(struct spoke *spoke, enum catalog_shape shape,
                           const struct catalog_request *request, struct row_source **out,
                           struct fault *f);
/* A statement of ours changed databases or tables: what is remembered of this connection's kind is
   forgotten. */
void catalog_forget(struct spoke *spoke);

#endif
