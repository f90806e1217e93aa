/* Athena's own metadata calls: the list of data catalogs, and what connectors (Lambda, Hive,
   federated) hold. */
#include "athena/catalog_reader.h"
#include "athena/failure.h"

enum { PAGE_MAX = 50 }; /* ListDataCatalogs refuses 1; all three take 50 */

static void add_text(struct json_writer *w, const char *name, struct span text)
{
    if (text.len > 0) {
        json_string_member(w, name, text);
    }
}

static void finish(struct json_writer *w, struct span next_token, struct span workgroup)
{
    add_text(w, "NextToken", next_token);
    add_text(w, "WorkGroup", workgroup);
    json_name(w, "MaxResults");
    json_number(w, PAGE_MAX);
    json_close(w, '}');
}

static bool call(struct aws_client *c, const char *operation, const struct json_writer *w,
                 const struct aws_bounds *b, struct json **answer, struct fault *f)
{
    if (!json_done(w)) {
        return false;
    }
    if (!aws_json_call(c, operation, buf_span(w->out), b, answer, f)) {
        failure_refine(f);
        return false;
    }
    return true;
}

static bool read_names(const struct json *answer, struct arena *a, struct glue_names *out,
                       struct fault *f)
{
    const struct json *list = json_member(answer, "DataCatalogsSummary");
    struct glue_names page = { 0 };
    size_t n = json_length(list);

    if (n > CATALOG_PAGE_MAX) {
        return fault_ceiling(f, "catalogs in a page", CATALOG_PAGE_MAX);
    }
    page.at = arena_take_array(a, n > 0 ? n : 1, sizeof(*page.at), f);
    if (page.at == NULL || !arena_copy(a, json_text_of(answer, "NextToken"), &page.next_token, f)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        struct span name = json_text_of(json_at(list, i), "CatalogName");
        if (!span_is_null(name) && !arena_copy(a, name, &page.at[page.n++], f)) {
            return false;
        }
    }
    *out = page;
    return true;
}

bool athena_list_catalogs(struct aws_client *c, struct span workgroup, struct span next_token,
                          const struct aws_bounds *b,
                          struct arena *a, struct glue_names *out, struct fault *f)
{
    struct buf body = { 0 };
    struct json_writer w = { .out = &body, .f = f };
    struct json *answer = NULL;

    json_open(&w, '{');
    finish(&w, next_token, workgroup);
    bool ok = call(c, "ListDataCatalogs", &w, b, &answer, f) && read_names(answer, a, out, f);
    json_free(answer);
    buf_free(&body);
    return ok;
}

bool athena_list_databases(struct aws_client *c, const struct glue_query *q, struct span workgroup,
                           const struct aws_bounds *b, struct arena *a, struct glue_databases *out,
                           struct fault *f)
{
    struct buf body = { 0 };
    struct json_writer w = { .out = &body, .f = f };
    struct json *answer = NULL;

    json_open(&w, '{');
    json_string_member(&w, "CatalogName", q->catalog_id);
    finish(&w, q->next_token, workgroup);
    bool ok = call(c, "ListDatabases", &w, b, &answer, f) && read_databases(answer, a, out, f);
    json_free(answer);
    buf_free(&body);
    return ok;
}

bool athena_list_tables(struct aws_client *c, const struct glue_query *q, struct span workgroup,
                        const struct aws_bounds *b, struct arena *a, struct glue_tables *out,
                        struct fault *f)
{
    struct buf body = { 0 };
    struct json_writer w = { .out = &body, .f = f };
    struct json *answer = NULL;

    json_open(&w, '{');
    json_string_member(&w, "CatalogName", q->catalog_id);
    json_string_member(&w, "DatabaseName", q->database);
    add_text(&w, "Expression", q->expression);
    finish(&w, q->next_token, workgroup);
    bool ok = call(c, "ListTableMetadata", &w, b, &answer, f) &&
              read_tables(json_member(answer, "TableMetadataList"),
                          json_text_of(answer, "NextToken"), q->database, a, out, f);
    json_free(answer);
    buf_free(&body);
    return ok;
}
