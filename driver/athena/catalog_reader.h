/* Catalogs, databases and tables as Glue and Athena write them, into the same structures. */
#ifndef ATHENA_CATALOG_READER_H
#define ATHENA_CATALOG_READER_H

#include "athena/glue.h"

enum { CATALOG_COLUMNS_MAX = 10000, CATALOG_PAGE_MAX = 10000 };

/* CatalogList and NextToken: those nested in an account's own catalog, named as Athena addresses
   them ("s3tablescatalog/bucket"). */
MUST_USE bool read_glue_catalogs(const struct json *answer, struct arena *a,
                                 struct glue_catalogs *out, struct fault *f);
/* DataCatalogsSummary and NextToken; summaries do not tell a catalog-id. */
MUST_USE bool read_data_catalogs(const struct json *answer, struct arena *a,
                                 struct glue_catalogs *out, struct fault *f);
MUST_USE bool read_data_catalog(const struct json *catalog, struct arena *a,
                                struct glue_catalog *out, struct fault *f);
/* DatabaseList and NextToken of an answer. */
MUST_USE bool read_databases(const struct json *answer, struct arena *a, struct glue_databases *out,
                             struct fault *f);
MUST_USE bool read_database(const struct json *database, struct arena *a, struct glue_database *out,
                            struct fault *f);
/* member is TableList or TableMetadataList; database is used where a table does not name its
   own. */
MUST_USE bool read_tables(const struct json *answer, const char *member, struct span database,
                          struct arena *a, struct glue_tables *out, struct fault *f);
MUST_USE bool read_table(const struct json *table, struct span database, struct arena *a,
                         struct glue_table *out, struct fault *f);

#endif
