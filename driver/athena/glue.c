/* The Glue Data Catalog: databases and tables, a page at a time. Every member but names may be
   missing. */
#include "athena/glue.h"

#include "athena/catalog_reader.h"

enum { PAGE_MAX = 100 };

static void ask_only_for(struct json_writer *w, const char *const *names, size_t n)
{
    json_name(w, "AttributesToGet");
    json_open(w, '[');
    for (size_t i = 0; i < n; i++) {
        json_string(w, span_of(names[i]));
    }
    json_close(w, ']');
}

static void add_text(struct json_writer *w, const char *name, struct span text)
{
    if (text.len > 0) {
        json_string_member(w, name, text);
    }
}

static void add_page(struct json_writer *w, const struct glue_query *q)
{
    add_text(w, "NextToken", q->next_token);
    json_name(w, "MaxResults");
    json_number(w, PAGE_MAX);
}

static bool call(struct aws_client *c, const char *operation, struct json_writer *w,
                 const struct aws_bounds *b, struct json **answer, struct fault *f)
{
    return json_done(w) && aws_json_call(c, operation, buf_span(w->out), b, answer, f);
}

bool glue_get_databases(struct aws_client *c, const struct glue_query *q,
                        const struct aws_bounds *b, struct arena *a,
                        struct glue_databases *out, struct fault *f)
{
    static const char *const attributes[] = { "NAME", "TARGET_DATABASE" };
    struct buf body = { 0 };
    struct json_writer w = { .out = &body, .f = f };
    struct json *answer = NULL;

    json_open(&w, '{');
    add_text(&w, "CatalogId", q->catalog_id);
    add_page(&w, q);
    if (q->foreign) {
        json_string_member(&w, "ResourceShareType", SPAN("ALL"));
    }
    if (q->names_only) {
        ask_only_for(&w, attributes, 2);
    }
    json_close(&w, '}');
    bool ok = call(c, "GetDatabases", &w, b, &answer, f) && read_databases(answer, a, out, f);
    json_free(answer);
    buf_free(&body);
    return ok;
}

bool glue_get_database(struct aws_client *c, const struct glue_query *q, const struct aws_bounds *b,
                       struct arena *a, struct glue_database *out, struct fault *f)
{
    struct buf body = { 0 };
    struct json_writer w = { .out = &body, .f = f };
    struct json *answer = NULL;

    json_open(&w, '{');
    add_text(&w, "CatalogId", q->catalog_id);
    json_string_member(&w, "Name", q->database);
    json_close(&w, '}');
    bool ok = call(c, "GetDatabase", &w, b, &answer, f) &&
              read_database(json_member(answer, "Database"), a, out, f);
    json_free(answer);
    buf_free(&body);
    return ok;
}

bool glue_get_tables(struct aws_client *c, const struct glue_query *q, const struct aws_bounds *b,
                     struct arena *a, struct glue_tables *out, struct fault *f)
{
    static const char *const attributes[] = { "NAME", "TABLE_TYPE" };
    struct buf body = { 0 };
    struct json_writer w = { .out = &body, .f = f };
    struct json *answer = NULL;

    json_open(&w, '{');
    add_text(&w, "CatalogId", q->catalog_id);
    json_string_member(&w, "DatabaseName", q->database);
    add_text(&w, "Expression", q->expression);
    add_page(&w, q);
    if (q->names_only) {
        ask_only_for(&w, attributes, 2);
    }
    json_close(&w, '}');
    bool ok = call(c, "GetTables", &w, b, &answer, f) &&
              read_tables(json_member(answer, "TableList"), json_text_of(answer, "NextToken"),
                          q->database, a, out, f);
    json_free(answer);
    buf_free(&body);
    return ok;
}

bool glue_get_table(struct aws_client *c, const struct glue_query *q, const struct aws_bounds *b,
                    struct arena *a, struct glue_table *out, struct fault *f)
{
    struct buf body = { 0 };
    struct json_writer w = { .out = &body, .f = f };
    struct json *answer = NULL;

    json_open(&w, '{');
    add_text(&w, "CatalogId", q->catalog_id);
    json_string_member(&w, "DatabaseName", q->database);
    json_string_member(&w, "Name", q->table);
    json_close(&w, '}');
    bool ok = call(c, "GetTable", &w, b, &answer, f) &&
              read_table(json_member(answer, "Table"), q->database, a, out, f);
    json_free(answer);
    buf_free(&body);
    return ok;
}
