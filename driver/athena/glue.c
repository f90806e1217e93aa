/* The Glue Data Catalog: catalogs, databases and tables, a page at a time. Every member but names
   may be missing. */
#include "athena/glue.h"

#include "athena/catalog_ask.h"
#include "athena/catalog_reader.h"

enum { PAGE_MAX = 100, CATALOGS_PAGE_MAX = 1000 };

static void ask_only_for(struct catalog_ask *k, const char *const *names, size_t n)
{
    json_name(&k->w, "AttributesToGet");
    json_open(&k->w, '[');
    for (size_t i = 0; i < n; i++) {
        json_string(&k->w, span_of(names[i]));
    }
    json_close(&k->w, ']');
}

bool glue_get_catalogs(struct aws_client *c, const struct glue_query *q, const struct aws_bounds *b,
                       struct arena *a, struct glue_catalogs *out, struct fault *f)
{
    struct catalog_ask k;

    ask_begin(&k, f);
    ask_add(&k, "ParentCatalogId", q->catalog_id);
    json_name(&k.w, "Recursive");
    json_flag(&k.w, true);
    json_name(&k.w, "HasDatabases");
    json_flag(&k.w, true);
    ask_add_page(&k, q->next_token, CATALOGS_PAGE_MAX);
    bool ok = ask_send(&k, c, "GetCatalogs", b, f) && read_glue_catalogs(k.answer, a, out, f);
    ask_end(&k);
    return ok;
}

bool glue_get_databases(struct aws_client *c, const struct glue_query *q,
                        const struct aws_bounds *b, struct arena *a, struct glue_databases *out,
                        struct fault *f)
{
    static const char *const attributes[] = { "NAME", "TARGET_DATABASE" };
    struct catalog_ask k;

    ask_begin(&k, f);
    ask_add(&k, "CatalogId", q->catalog_id);
    ask_add_page(&k, q->next_token, PAGE_MAX);
    if (q->foreign) {
        ask_add(&k, "ResourceShareType", SPAN("ALL"));
    }
    if (q->names_only) {
        ask_only_for(&k, attributes, 2);
    }
    bool ok = ask_send(&k, c, "GetDatabases", b, f) && read_databases(k.answer, a, out, f);
    ask_end(&k);
    return ok;
}

bool glue_get_database(struct aws_client *c, const struct glue_query *q, const struct aws_bounds *b,
                       struct arena *a, struct glue_database *out, struct fault *f)
{
    struct catalog_ask k;

    ask_begin(&k, f);
    ask_add(&k, "CatalogId", q->catalog_id);
    json_string_member(&k.w, "Name", q->database);
    bool ok = ask_send(&k, c, "GetDatabase", b, f) &&
              read_database(json_member(k.answer, "Database"), a, out, f);
    ask_end(&k);
    return ok;
}

bool glue_get_tables(struct aws_client *c, const struct glue_query *q, const struct aws_bounds *b,
                     struct arena *a, struct glue_tables *out, struct fault *f)
{
    static const char *const attributes[] = { "NAME", "TABLE_TYPE" };
    struct catalog_ask k;

    ask_begin(&k, f);
    ask_add(&k, "CatalogId", q->catalog_id);
    json_string_member(&k.w, "DatabaseName", q->database);
    ask_add(&k, "Expression", q->expression);
    ask_add_page(&k, q->next_token, PAGE_MAX);
    if (q->names_only) {
        ask_only_for(&k, attributes, 2);
    }
    bool ok = ask_send(&k, c, "GetTables", b, f) &&
              read_tables(k.answer, "TableList", q->database, a, out, f);
    ask_end(&k);
    return ok;
}

bool glue_get_table(struct aws_client *c, const struct glue_query *q, const struct aws_bounds *b,
                    struct arena *a, struct glue_table *out, struct fault *f)
{
    struct catalog_ask k;

    ask_begin(&k, f);
    ask_add(&k, "CatalogId", q->catalog_id);
    json_string_member(&k.w, "DatabaseName", q->database);
    json_string_member(&k.w, "Name", q->table);
    bool ok = ask_send(&k, c, "GetTable", b, f) &&
              read_table(json_member(k.answer, "Table"), q->database, a, out, f);
    ask_end(&k);
    return ok;
}
