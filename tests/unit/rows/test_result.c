/* Which statement gives rows, which a count; which path is taken, and what happens when it is
   closed. */
#include "rows/source.h"
#include "rows_text.h"

static void the_statement_class_decides(void)
{
    static const struct {
        const char *statement, *substatement, *location;
        enum result_class want;
    } cases[] = {
        { "DML", "SELECT", "s3://b/q.csv", RESULT_TABLE },
        { "DML", "", "s3://b/q.csv", RESULT_TABLE },
        { "DML", "SOMETHING_NEW", "s3://b/q.csv", RESULT_TABLE },
        { "", "", "s3://b/q.csv", RESULT_TABLE },
        { "", "", "s3://b/q.txt", RESULT_TEXT },
        { "DML", "EXPLAIN", "s3://b/q.txt", RESULT_PLAN },
        { "DML", "INSERT", "s3://b/q", RESULT_COUNT },
        { "DML", "UPDATE", "s3://b/q.csv", RESULT_COUNT },
        { "DML", "DELETE", "s3://b/q.csv", RESULT_COUNT },
        { "DML", "MERGE", "s3://b/q.csv", RESULT_COUNT },
        { "DML", "UNLOAD", "s3://b/q.csv", RESULT_COUNT },
        { "DML", "", "s3://b/q", RESULT_COUNT }, /* UNLOAD that does not say its substatement */
        { "DML", "VACUUM_TABLE", "s3://b/q.txt", RESULT_NOTHING },
        { "DDL", "CREATE_TABLE_AS_SELECT", "s3://b/tables/q", RESULT_COUNT },
        { "DDL", "CREATE_TABLE", "s3://b/q.txt", RESULT_NOTHING },
        { "DDL", "MSCK_REPAIR", "s3://b/q.txt", RESULT_NOTHING },
        { "UTILITY", "SHOW_TABLES", "s3://b/q.txt", RESULT_TEXT },
        { "UTILITY", "SHOW_FUNCTIONS", "s3://b/q.csv", RESULT_TABLE },
        { "UTILITY", "DESCRIBE_TABLE", "s3://b/q.txt", RESULT_TEXT },
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CU_ASSERT_EQUAL(result_class_of(cases[i].statement, cases[i].substatement,
                                        span_of(cases[i].location)), cases[i].want);
    }
}

#define COLUMN_N \
    "{\"ResultSet\":{\"Rows\":[{\"Data\":[{\"VarCharValue\":\"n\"}]},{\"Data\":[{" \
    "\"VarCharValue\":\"5\"}]}]," \
    "\"ResultSetMetadata\":{\"ColumnInfo\":[{\"Name\":\"n\",\"Type\":\"integer\",\"Precision\":" \
    "10}]}},\"UpdateCount\":0}"

/* "SELECT 1 AS n": the query id, an empty update type, the column of facts section 6.2. */
static const char metadata[] = "\x0a\x02q1\x12\x00\x22\x1d\x0a\x04hive\x22\x01n\x2a\x01n\x32\x07int"
                               "eger\x38\x0a\x40\x00\x48\x03\x50\x00";
static const char counted[] = "\x0a\x02q1\x12\x06INSERT\x18\xac\x02";

static struct span bytes_of(const char *text, size_t len) { return (struct span){ text, len - 1 }; }

static void open_select(struct desk *d)
{
    desk_open(d, "DML", "SELECT", "s3://results/some/q1.csv");
    d->store.pages[0] = COLUMN_N;
    d->store.n_pages = 1;
}

static void the_object_and_its_companion_are_enough(void)
{
    struct desk d;

    open_select(&d);
    store_add(&d.store, "some/q1.csv.metadata", bytes_of(metadata, sizeof(metadata)));
    store_add(&d.store, "some/q1.csv", SPAN("\"n\"\n\"1\"\n"));
    ROWS_ARE(&d, "n", "1/");
    CU_ASSERT_EQUAL(d.store.n_page_calls, 0);
    CU_ASSERT_EQUAL(d.store.n_gets, 2);
    CU_ASSERT_EQUAL(d.notices.n, 0);
    desk_close(&d);
}

static void an_unreadable_companion_costs_one_call(void)
{
    static const char *const bodies[] = { "AZxkj3==", "\x0a\x50q1", "" };

    for (unsigned i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        struct desk d;
        open_select(&d);
        store_add(&d.store, "some/q1.csv.metadata", span_of(bodies[i]));
        store_add(&d.store, "some/q1.csv", SPAN("\"n\"\n\"1\"\n"));
        ROWS_ARE(&d, "n", "1/");
        CU_ASSERT_EQUAL(d.store.n_page_calls, 1);
        desk_close(&d);
    }
}

static void an_empty_object_is_no_rows(void)
{
    struct desk d;

    open_select(&d);
    store_add(&d.store, "some/q1.csv.metadata", bytes_of(metadata, sizeof(metadata)));
    store_add(&d.store, "some/q1.csv", SPAN(""));
    ROWS_ARE(&d, "n", "");
    desk_close(&d);
}

#define DENIED \
    "<Error><Code>AccessDenied</Code><Message>User: arn:aws:sts::1:assumed-role/B/s is not " \
    "authorized to perform: " \
    "s3:GetObject on resource: \"arn:aws:s3:::results/some/q1.csv\"</Message></Error>"

static void a_missing_right_falls_back_to_pages_and_says_so(void)
{
    struct desk d;

    open_select(&d);
    store_refuse(&d.store, "some/q1.csv", 403, DENIED);
    ROWS_ARE(&d, "n", "5/");
    CU_ASSERT_EQUAL(d.notices.n, 1);
    CU_ASSERT_EQUAL(d.notices.at[0].kind, FAULT_WARNING);
    CU_ASSERT_PTR_NOT_NULL(strstr(d.notices.at[0].text, "s3:GetObject"));
    desk_close(&d);
}

static void a_missing_object_falls_back_silently(void)
{
    struct desk d;

    open_select(&d);
    ROWS_ARE(&d, "n", "5/");
    CU_ASSERT_EQUAL(d.notices.n, 0);
    desk_close(&d);
}

static void closed_paths_are_not_tried(void)
{
    for (unsigned i = 0; i < 4; i++) {
        struct desk d;
        open_select(&d);
        d.execution->has_managed_results = i == 0;
        d.execution->has_access_grants = i == 1;
        snprintf(d.execution->encryption, sizeof(d.execution->encryption), "%s", i == 2 ? "CSE_KMS"
                 : "SSE_S3");
        d.execution->output_location[0] = i == 3 ? '\0' : 's';
        ROWS_ARE(&d, "n", "5/");
        CU_ASSERT_EQUAL(d.store.n_gets, 0);
        CU_ASSERT_EQUAL(d.notices.n, 0);
        desk_close(&d);
    }
}

static void the_object_alone_fails_where_it_cannot_be_read(void)
{
    struct desk d;
    struct result result = { .source = NULL };
    struct fault f = { .kind = FAULT_NONE };

    open_select(&d);
    d.request.fetcher = FETCH_S3;
    store_refuse(&d.store, "some/q1.csv", 403, DENIED);
    CU_ASSERT_FALSE(result_open(&d.request, &result, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_DENIED);
    d.execution->has_managed_results = true;
    CU_ASSERT_FALSE(result_open(&d.request, &result, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_UNSUPPORTED);
    CU_ASSERT_EQUAL(d.store.n_page_calls, 0);
    desk_close(&d);
}

static void when_both_paths_are_closed_both_reasons_are_told(void)
{
    struct desk d;
    struct result result = { .source = NULL };
    struct fault f = { .kind = FAULT_NONE };

    open_select(&d);
    store_refuse(&d.store, "some/q1.csv", 403, DENIED);
    d.store.pages_status = 400;
    d.store.pages[0] = "{\"__type\":\"AccessDeniedException\",\"Message\":\"You are not authorized "
                       "to perform: athena:GetQueryResults on the resource.\"}";
    CU_ASSERT_FALSE(result_open(&d.request, &result, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_DENIED);
    CU_ASSERT(f.n_notes > 0 && strstr(f.notes[f.n_notes - 1], "Before that") != NULL);
    desk_close(&d);
}

static int64_t count_of(struct desk *d)
{
    struct result result = { .source = NULL };
    struct fault f = { .kind = FAULT_NONE };

    CU_ASSERT_TRUE(result_open(&d->request, &result, &f));
    CU_ASSERT_PTR_NULL(result.source);
    return result.row_count;
}

static void statements_that_change_rows_give_their_count(void)
{
    struct desk d;

    desk_open(&d, "DML", "INSERT", "s3://results/q1");
    store_add(&d.store, "q1.metadata", bytes_of(counted, sizeof(counted)));
    CU_ASSERT_EQUAL(count_of(&d), 300);
    CU_ASSERT_EQUAL(d.store.n_page_calls, 0);
    desk_close(&d);
    desk_open(&d, "DML", "DELETE", "s3://results/q1.csv");
    d.store.pages[0] = "{\"UpdateCount\":7,\"ResultSet\":{\"Rows\":[],\"ResultSetMetadata\":{"
                       "\"ColumnInfo\":[{\"Name\":\"rows\",\"Type\":\"bigint\"}]}}}";
    d.store.n_pages = 1;
    CU_ASSERT_EQUAL(count_of(&d), 7);
    desk_close(&d);
}

static void a_count_that_cannot_be_learnt_does_not_fail_the_statement(void)
{
    struct desk d;

    desk_open(&d, "DML", "INSERT", "s3://results/q1");
    d.store.pages_status = 400;
    d.store.pages[0] = "{\"__type\":\"AccessDeniedException\",\"Message\":\"no\"}";
    CU_ASSERT_EQUAL(count_of(&d), -1);
    CU_ASSERT_EQUAL(d.notices.n, 1);
    desk_close(&d);
}

static void ddl_makes_no_call(void)
{
    struct desk d;

    desk_open(&d, "DDL", "CREATE_TABLE", "s3://results/q1.txt");
    CU_ASSERT_EQUAL(count_of(&d), -1);
    CU_ASSERT_EQUAL(d.store.n_page_calls + d.store.n_gets, 0);
    desk_close(&d);
}

static const struct unit_test tests[] = {
    { "the statement class decides", the_statement_class_decides },
    { "the object and its companion are enough", the_object_and_its_companion_are_enough },
    { "an unreadable companion costs one call", an_unreadable_companion_costs_one_call },
    { "an empty object is no rows", an_empty_object_is_no_rows },
    { "a missing right falls back to pages and says so",
      a_missing_right_falls_back_to_pages_and_says_so },
    { "a missing object falls back silently", a_missing_object_falls_back_silently },
    { "closed paths are not tried", closed_paths_are_not_tried },
    { "the object alone fails where it cannot be read",
      the_object_alone_fails_where_it_cannot_be_read },
    { "when both paths are closed both reasons are told",
      when_both_paths_are_closed_both_reasons_are_told },
    { "statements that change rows give their count",
      statements_that_change_rows_give_their_count },
    { "a count that cannot be learnt does not fail the statement",
      a_count_that_cannot_be_learnt_does_not_fail_the_statement },
    { "DDL makes no call", ddl_makes_no_call },
};

UNIT_MAIN("rows/result", tests)
