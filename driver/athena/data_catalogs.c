/* Athena's own metadata calls: the list of data catalogs, and what connectors (Lambda, Hive,
   federated) hold. */
#include "athena/catalog_ask.h"
#include "athena/catalog_reader.h"

enum { PAGE_MAX = 50 }; /* ListDataCatalogs refuses 1; all three take 50 */

bool athena_list_catalogs(struct aws_client *c, const struct glue_query *q, struct span workgroup,
                          const struct aws_bounds *b, struct arena *a, struct glue_catalogs *out,
                          struct fault *f)
{
    struct catalog_ask k;

    ask_begin(&k, f);
    ask_add(&k, "WorkGroup", workgroup);
    ask_add_page(&k, q->next_token, PAGE_MAX);
    bool ok = ask_send(&k, c, "ListDataCatalogs", b, f) && read_data_catalogs(k.answer, a, out, f);
    ask_end(&k);
    return ok;
}

bool athena_get_catalog(struct aws_client *c, const struct glue_query *q, struct span workgroup,
                        const struct aws_bounds *b, struct arena *a, struct glue_catalog *out,
                        struct fault *f)
{
    struct catalog_ask k;

    ask_begin(&k, f);
    json_string_member(&k.w, "Name", q->catalog_id);
    ask_add(&k, "WorkGroup", workgroup);
    bool ok = ask_send(&k, c, "GetDataCatalog", b, f) &&
              read_data_catalog(json_member(k.answer, "DataCatalog"), a, out, f);
    ask_end(&k);
    return ok;
}

bool athena_list_databases(struct aws_client *c, const struct glue_query *q, struct span workgroup,
                           const struct aws_bounds *b, struct arena *a, struct glue_databases *out,
                           struct fault *f)
{
    struct catalog_ask k;

    ask_begin(&k, f);
    json_string_member(&k.w, "CatalogName", q->catalog_id);
    ask_add(&k, "WorkGroup", workgroup);
    ask_add_page(&k, q->next_token, PAGE_MAX);
    bool ok = ask_send(&k, c, "ListDatabases", b, f) && read_databases(k.answer, a, out, f);
    ask_end(&k);
    return ok;
}

bool athena_list_tables(struct aws_client *c, const struct glue_query *q, struct span workgroup,
                        const struct aws_bounds *b, struct arena *a, struct glue_tables *out,
                        struct fault *f)
{
    struct catalog_ask k;

    ask_begin(&k, f);
    json_string_member(&k.w, "CatalogName", q->catalog_id);
    json_string_member(&k.w, "DatabaseName", q->database);
    ask_add(&k, "Expression", q->expression);
    ask_add(&k, "WorkGroup", workgroup);
    ask_add_page(&k, q->next_token, PAGE_MAX);
    bool ok = ask_send(&k, c, "ListTableMetadata", b, f) &&
              read_tables(k.answer, "TableMetadataList", q->database, a, out, f);
    ask_end(&k);
    return ok;
}

bool athena_get_table(struct aws_client *c, const struct glue_query *q, struct span workgroup,
                      const struct aws_bounds *b, struct arena *a, struct glue_table *out,
                      struct fault *f)
{
    struct catalog_ask k;

    ask_begin(&k, f);
    json_string_member(&k.w, "CatalogName", q->catalog_id);
    json_string_member(&k.w, "DatabaseName", q->database);
    json_string_member(&k.w, "TableName", q->table);
    ask_add(&k, "WorkGroup", workgroup);
    bool ok = ask_send(&k, c, "GetTableMetadata", b, f) &&
              read_table(json_member(k.answer, "TableMetadata"), q->database, a, out, f);
    ask_end(&k);
    return ok;
}
