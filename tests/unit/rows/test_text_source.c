/* The .txt object, read when ResultFetcher=S3 asks for it. */
#include "rows_text.h"

static const struct {
    const char *substatement, *object, *names, *rows;
} cases[] = {
    { "SHOW_TABLES", "t1\nt2", "tab_name", "t1/t2/" },
    { "SHOW_TABLES", "", "tab_name", "" },
    { "SHOW_TABLES", "t1\n\nt2", "tab_name", "t1//t2/" },
    { "SHOW_COLUMNS", "id                  \nname                ", "field", "id/name/" },
    { "SHOW_TABLE_PROPERTIES", "k\tv\tw\nEXTERNAL\tTRUE ", "prpt_name,prpt_value",
      "k|v\tw/EXTERNAL|TRUE /" },
    { "DESCRIBE_TABLE", "id                  \tint                 \t                    \n\t \t ",
      "col_name,data_type,comment", "id|int|/||/" },
    { "DESCRIBE_TABLE", "# Table schema:\t\t\nid\tdecimal(10, 2)\t", "col_name,data_type,comment",
      "# Table schema:||/id|decimal(10, 2)|/" },
    { "DESC_VIEW", "a\tbigint", "column,type", "a|bigint/" },
    { "SHOW_SOMETHING_NEW", "x\ty", "result", "x\ty/" },
};

static void lines_become_rows(void)
{
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct desk d;
        desk_open(&d, "UTILITY", cases[i].substatement, "s3://results/q1.txt");
        d.request.fetcher = FETCH_S3;
        store_add(&d.store, "q1.txt", span_of(cases[i].object));
        rows_are(&d, cases[i].names, cases[i].rows, (int)i);
        CU_ASSERT_EQUAL(d.store.n_page_calls, 0);
        desk_close(&d);
    }
}

static void explain_begins_with_its_column_name(void)
{
    struct desk d;

    desk_open(&d, "DML", "EXPLAIN", "s3://results/q1.txt");
    d.request.fetcher = FETCH_S3;
    store_add(&d.store, "q1.txt", SPAN("Query Plan\nFragment 0\n\n"));
    ROWS_ARE(&d, "Query Plan", "Fragment 0///");
    desk_close(&d);
    desk_open(&d, "DML", "EXPLAIN", "s3://results/q1.txt");
    d.request.fetcher = FETCH_S3;
    store_add(&d.store, "q1.txt", SPAN("Valid\ntrue"));
    ROWS_ARE(&d, "Valid", "true/");
    desk_close(&d);
}

static void many_lines_come_in_several_batches(void)
{
    struct desk d;
    struct result result = { .source = NULL };
    struct fault f = { .kind = FAULT_NONE };
    struct batch batch;
    static char object[2000];
    unsigned n = 0;

    memset(object, '\n', 999);
    desk_open(&d, "UTILITY", "SHOW_TABLES", "s3://results/q1.txt");
    d.request.fetcher = FETCH_S3;
    store_add(&d.store, "q1.txt", span_of(object));
    CU_ASSERT_TRUE(result_open(&d.request, &result, &f));
    while (row_source_next(result.source, &batch, &f) == ROW_BATCH) {
        n += batch.n_rows;
    }
    CU_ASSERT_EQUAL(n, 1000);
    row_source_close(result.source);
    desk_close(&d);
}

static const struct unit_test tests[] = {
    { "lines become rows", lines_become_rows },
    { "EXPLAIN begins with its column name", explain_begins_with_its_column_name },
    { "many lines come in several batches", many_lines_come_in_several_batches },
};

UNIT_MAIN("rows/text_source", tests)
