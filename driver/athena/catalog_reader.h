/* Databases and tables as Glue and Athena write them, into the same structures. */
#ifndef ATHENA_CATALOG_READER_H
#define ATHENA_CATALOG_READER_H

#include "athena/glue.h"

enum { CATALOG_COLUMNS_MAX = 10000, CATALOG_PAGE_MAX = 10000 };

/* DatabaseList and NextToken of an answer. */
MUST_USE bool read_databases(const struct json *answer, struct arena *a, struct glue_databases *out,
                             struct fault *f);
MUST_USE bool read_database(const struct json *database, struct arena *a, struct glue_database *out,
                            struct fault *f);
/* list is TableList or TableMetadataList; database is used where a table does not name its own. */
MUST_USE bool read_tables(const struct json *list, struct span next_token, struct span database,
                          struct arena *a, struct glue_tables *out, struct fault *f);
MUST_USE bool read_table(const struct json *table, struct span database, struct arena *a,
                         struct glue_table *out, struct fault *f);

#endif
