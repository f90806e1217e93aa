/* Pages of results. */
#include "unit/athena/bench.h"

#define INFO(name, type) \
    "{\"CatalogName\":\"hive\",\"SchemaName\":\"\",\"TableName\":\"\",\"Name\":\"" name \
    "\",\"Label\":\"" name "\",\"Type\":\"" type \
    "\",\"Precision\":10,\"Scale\":2,\"Nullable\":\"UNKNOWN\",\"CaseSensitive\":true}"

static const char page[] =
    "{\"UpdateCount\":0,\"ResultSet\":{\"ColumnInfos\":[{\"Name\":\"wrong\"}],\"ResultRows\":[{"
    "\"Data\":[\"wrong\",\"wrong\"]}],"
    "\"Rows\":[{\"Data\":[{\"VarCharValue\":\"a\"},{\"VarCharValue\":\"b\"}]},{\"Data\":[{},{"
    "\"VarCharValue\":\"\"}]},{\"Data\":[{\"VarCharValue\":\"\\u00e9\\ud83d\\ude00\\n\\\"\"}]},"
    "{\"Data\":[]},{}],\"ResultSetMetadata\":{\"ColumnInfo\":[" INFO("a", "decimal") "," INFO(
        "b", "varchar") "]}},\"NextToken\":\"t+/=\"}";

static void a_page_is_read_without_its_repeated_half(void)
{
    static const struct fake_step steps[] = {
        { 200, page, NULL, "{\"QueryExecutionId\":\"q-1\",\"MaxResults\":1000}" },
        { 200, "{\"UpdateCount\":null,\"ResultSet\":{\"Rows\":[],\"ResultSetMetadata\":null}}",
          NULL, "{\"QueryExecutionId\":\"q-1\",\"NextToken\":\"t+/=\",\"MaxResults\":7}" },
    };
    struct bench b;
    struct arena a = { 0 };
    struct results_page p = { 0 };
    struct fault f = { 0 };

    bench_start(&b, steps, 2);
    CU_ASSERT_FATAL(athena_get_results(b.client, SPAN("q-1"), NO_SPAN, 0, NULL, &a, &p, &f));
    CU_ASSERT_EQUAL(p.columns.n, 2);
    SPAN_IS(p.columns.at[0].name, "a");
    SPAN_IS(p.columns.at[0].type, "decimal");
    CU_ASSERT_EQUAL(p.columns.at[0].precision, 10);
    CU_ASSERT_EQUAL(p.columns.at[0].scale, 2);
    CU_ASSERT(p.columns.at[0].is_case_sensitive);
    CU_ASSERT_EQUAL_FATAL(p.n_rows, 5);
    CU_ASSERT_EQUAL(p.n_columns, 2);
    SPAN_IS(p.cells[0], "a");
    SPAN_IS(p.cells[1], "b");
    SPAN_IS(p.cells[2], NULL);
    SPAN_IS(p.cells[3], "");
    SPAN_IS(p.cells[4], "\xc3\xa9\xf0\x9f\x98\x80\n\"");
    SPAN_IS(p.cells[5], NULL);
    CU_ASSERT(p.n_in_row[0] == 2 && p.n_in_row[2] == 1 && p.n_in_row[3] == 0 && p.n_in_row[4] == 0);
    CU_ASSERT(p.has_update_count && p.update_count == 0);
    SPAN_IS(p.next_token, "t+/=");
    CU_ASSERT_FATAL(athena_get_results(b.client, SPAN("q-1"), SPAN("t+/="), 7, NULL, &a, &p, &f));
    CU_ASSERT_EQUAL(p.n_rows, 0);
    CU_ASSERT_EQUAL(p.columns.n, 0);
    CU_ASSERT_FALSE(p.has_update_count);
    CU_ASSERT(span_is_null(p.next_token));
    arena_free(&a);
    bench_stop(&b);
}

static void a_row_wider_than_the_columns_is_kept(void)
{
    static const struct fake_step steps[] = {
        { 200, "{\"ResultSet\":{\"Rows\":[{\"Data\":[{\"VarCharValue\":\"x\"},{\"VarCharValue\":"
               "\"y\"}]}],\"ResultSetMetadata\":{\"ColumnInfo\":[" INFO("a", "string") "]}}}" },
    };
    struct bench b;
    struct arena a = { 0 };
    struct results_page p = { 0 };
    struct fault f = { 0 };

    bench_start(&b, steps, 1);
    CU_ASSERT_FATAL(athena_get_results(b.client, SPAN("q-1"), NO_SPAN, 0, NULL, &a, &p, &f));
    CU_ASSERT_EQUAL(p.n_columns, 2);
    SPAN_IS(p.cells[1], "y");
    arena_free(&a);
    bench_stop(&b);
}

static void hostile_pages_are_survived(void)
{
    static const char *const list[] = {
        "[]",
        "{\"ResultSet\":7}",
        "{\"ResultSet\":{\"Rows\":{\"Data\":1},\"ResultSetMetadata\":[]}}",
        "{\"ResultSet\":{\"Rows\":[1,null,\"x\",[]]}}",
        "{\"ResultSet\":{\"Rows\":[{\"Data\":[1,null,{\"VarCharValue\":5}]}]},\"NextToken\":9,"
        "\"UpdateCount\":\"x\"}",
        "{\"ResultSet\":{\"Rows\":[",
        "null",
    };
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        struct fake_step steps[] = { { 200, list[i], NULL, NULL, 0 } };
        struct bench b;
        struct arena a = { 0 };
        struct results_page p = { 0 };
        struct fault f = { 0 };
        bench_start(&b, steps, 1);
        bool ok = athena_get_results(b.client, SPAN("q-1"), NO_SPAN, 0, NULL, &a, &p, &f);
        CU_ASSERT(ok || f.kind == FAULT_PROTOCOL);
        for (size_t k = 0; ok && k < (size_t)p.n_rows * p.n_columns; k++) {
            CU_ASSERT(span_is_null(p.cells[k]));
        }
        arena_free(&a);
        bench_stop(&b);
    }
}

/* A transport that takes no answer of more than so many rows, and remembers what it was asked. */
struct narrow {
    struct http base;
    unsigned rows_most, n_asked, asked[16];
};

static bool narrow_send(struct http *base, const struct http_request *q, struct http_response *r,
                        struct fault *f)
{
    struct narrow *n = (struct narrow *)base;
    struct json *body = NULL;

    CU_ASSERT_FATAL(json_parse(q->body, &body, f));
    unsigned rows = (unsigned)json_int(json_member(body, "MaxResults"), 0);
    SPAN_IS(json_text_of(body, "NextToken"), "t");
    json_free(body);
    n->asked[n->n_asked++ % 16] = rows;
    r->attempts = 1;
    if (rows > n->rows_most) {
        return fault_ceiling(f, "answer body", HTTP_BODY_DEFAULT);
    }
    r->status = 200;
    return buf_add(&r->body, SPAN("{\"ResultSet\":{\"Rows\":[{\"Data\":[{}]}]}}"), f);
}

static void a_page_too_large_is_asked_for_again_with_fewer_rows(void)
{
    static const struct http_ops ops = { narrow_send, fake_close };
    static const struct {
        unsigned rows_max, rows_most, n_asked, last;
    } cases[] = {
        { 0, 1000, 1, 1000 }, { 0, 999, 2, 500 }, { 0, 499, 3, 250 }, { 1000, 1, 10, 1 },
        { 7, 2, 3, 1 },       { 0, 0, 10, 1 },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct narrow n = { .base = { &ops }, .rows_most = cases[i].rows_most };
        struct aws_client_settings s = { .service = AWS_ATHENA,
                                         .region = SPAN("eu-west-1"),
                                         .transport = &n.base,
                                         .hop = HOP_SERVICE };
        struct aws_client *client = NULL;
        struct arena a = { 0 };
        struct results_page p = { 0 };
        struct fault f = { 0 };
        CU_ASSERT_FATAL(aws_client_new(&s, &client, &f));
        bool ok = athena_get_results(client, SPAN("q-1"), SPAN("t"), cases[i].rows_max, NULL, &a,
                                     &p, &f);
        CU_ASSERT_EQUAL(ok, cases[i].rows_most > 0);
        CU_ASSERT_EQUAL(n.n_asked, cases[i].n_asked);
        CU_ASSERT_EQUAL(n.asked[n.n_asked - 1], cases[i].last);
        if (ok) {
            CU_ASSERT_EQUAL(p.rows_max, cases[i].last);
        } else {
            CU_ASSERT_EQUAL(f.kind, FAULT_CEILING);
            CU_ASSERT_STRING_EQUAL(f.query_id, "q-1");
            CU_ASSERT(strstr(f.text, "RowsToFetchPerBlock") != NULL &&
                      strstr(f.text, "ResultFetcher") != NULL);
        }
        arena_free(&a);
        aws_client_free(client);
    }
}

static void refusals_carry_the_query(void)
{
    static const struct fake_step steps[] = {
        { 400, "{\"__type\":\"InvalidRequestException\",\"AthenaErrorCode\":\"RESULT_NOT_FOUND\","
               "\"Message\":\"Could not find results\"}" },
    };
    struct bench b;
    struct arena a = { 0 };
    struct results_page p = { 0 };
    struct fault f = { 0 };

    bench_start(&b, steps, 1);
    CU_ASSERT_FALSE(athena_get_results(b.client, SPAN("q-1"), NO_SPAN, 0, NULL, &a, &p, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_NOT_FOUND);
    CU_ASSERT_STRING_EQUAL(f.query_id, "q-1");
    arena_free(&a);
    bench_stop(&b);
}

static const struct unit_test tests[] = {
    { "a page is read without its repeated half", a_page_is_read_without_its_repeated_half },
    { "a row wider than the columns is kept", a_row_wider_than_the_columns_is_kept },
    { "hostile pages are survived", hostile_pages_are_survived },
    { "a page too large is asked for again with fewer rows",
      a_page_too_large_is_asked_for_again_with_fewer_rows },
    { "refusals carry the query", refusals_carry_the_query },
};

UNIT_MAIN("athena/results", tests)
