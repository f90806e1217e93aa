/* GetQueryResults: header row, empty pages, tokens that promise nothing, short rows, lines of SHOW
   and DESCRIBE. */
#include "rows_text.h"

#define INFO(list) "\"ResultSetMetadata\":{\"ColumnInfo\":[" list "]}"
#define AB \
    INFO("{\"Name\":\"a\",\"Type\":\"varchar\",\"Precision\":9},{\"Name\":\"b\",\"Type\":" \
         "\"integer\",\"Precision\":10}")
#define A INFO("{\"Name\":\"a\",\"Type\":\"varchar\",\"Precision\":9}")
#define DESCRIBED \
    INFO("{\"Name\":\"col_name\",\"Type\":\"string\"},{\"Name\":\"data_type\",\"Type\":" \
         "\"string\"},{\"Name\":\"comment\",\"Type\":\"string\"}")
#define ROW1(x) "{\"Data\":[{\"VarCharValue\":\"" x "\"}]}"
#define ROW2(x, y) "{\"Data\":[{\"VarCharValue\":\"" x "\"},{\"VarCharValue\":\"" y "\"}]}"
#define PAGE(rows, info, token) \
    "{\"UpdateCount\":0,\"ResultSet\":{\"Rows\":[" rows "]," info "}" token "}"
#define TOKEN(n) ",\"NextToken\":\"t" n "\""

static const struct {
    const char *statement, *substatement;
    const char *pages[4];
    const char *names, *rows;
} cases[] = {
    { "DML", "SELECT", { PAGE(ROW2("a", "b"), AB, "") }, "a,b", "" },
    { "DML", "SELECT", { PAGE(ROW2("a", "b") "," ROW2("a", "b"), AB, "") }, "a,b", "a|b/" },
    { "DML",
      "SELECT",
      { PAGE(ROW1("a") ","
                       "{\"Data\":[{}]}"
                       "," ROW1(""),
             A, "") },
      "a",
      "~//" },
    { "DML",
      "SELECT",
      { PAGE(ROW1("a") "," ROW1("1"), A, TOKEN("1")), PAGE(ROW1("2"), A, TOKEN("2")),
        PAGE("", A, "") },
      "a",
      "1/2/" },
    { "DML",
      "SELECT",
      { PAGE(ROW1("a"), A, TOKEN("1")), PAGE("", A, TOKEN("2")), PAGE(ROW1("a"), A, "") },
      "a",
      "a/" },
    { "DML", "SELECT", { PAGE(ROW2("a", "b") "," ROW1("short"), AB, "") }, "a,b", "short|~/" },
    { "DML", "SELECT", { PAGE("", AB, "") }, "a,b", "" },
    { "DML", "", { PAGE(ROW1("a") "," ROW1("1"), A, "") }, "a", "1/" },
    { "DML",
      "EXPLAIN",
      { PAGE(ROW1("Query Plan") "," ROW1("line") "," ROW1(""),
             INFO("{\"Name\":\"Query Plan\",\"Type\":\"varchar\"}"), "") },
      "Query Plan",
      "line//" },
    { "UTILITY",
      "SHOW_TABLES",
      { PAGE(ROW1("t1") "," ROW1("t2"), INFO("{\"Name\":\"tab_name\",\"Type\":\"string\"}"), "") },
      "tab_name",
      "t1/t2/" },
    { "UTILITY",
      "SHOW_FUNCTIONS",
      { PAGE(ROW2("a", "b") "," ROW2("abs", "bigint"), AB, "") },
      "a,b",
      "abs|bigint/" },
    { "UTILITY",
      "SHOW_COLUMNS",
      { PAGE(ROW1("id                  "), INFO("{\"Name\":\"field\",\"Type\":\"string\"}"), "") },
      "field",
      "id/" },
    { "UTILITY",
      "DESCRIBE_TABLE",
      { PAGE(ROW1("id                  \\tbigint              \\t                    ") "," ROW1(
                 "\\t \\t ") "," ROW1("# Partition Information\\t \\t "),
             DESCRIBED, "") },
      "col_name,data_type,comment",
      "id|bigint|/||/# Partition Information||/" },
    { "UTILITY",
      "DESCRIBE_TABLE",
      { PAGE(ROW1("only"), DESCRIBED, "") },
      "col_name,data_type,comment",
      "only|~|~/" },
    { "UTILITY", "SHOW_TABLE_PROPERTIES", { PAGE(ROW1("k\\tv\\tw "), AB, "") }, "a,b", "k|v\tw /" },
};

static void pages_become_rows(void)
{
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct desk d;
        desk_open(&d, cases[i].statement, cases[i].substatement, "s3://results/q1.csv");
        d.request.fetcher = FETCH_API;
        for (unsigned p = 0; p < 4 && cases[i].pages[p] != NULL; p++) {
            d.store.pages[d.store.n_pages++] = cases[i].pages[p];
        }
        rows_are(&d, cases[i].names, cases[i].rows, (int)i);
        CU_ASSERT_EQUAL(d.store.n_page_calls, d.store.n_pages);
        CU_ASSERT_EQUAL(d.store.n_gets, 0);
        desk_close(&d);
    }
}

static void a_fault_behind_the_first_page_says_how_much_was_read(void)
{
    struct desk d;
    struct result result = { .source = NULL };
    struct fault f = { .kind = FAULT_NONE };
    char text[ROWS_TEXT_MAX];

    desk_open(&d, "DML", "SELECT", "s3://results/q1.csv");
    d.request.fetcher = FETCH_API;
    d.store.pages[0] = PAGE(ROW1("a") "," ROW1("1"), A, TOKEN("7"));
    d.store.n_pages = 1;
    CU_ASSERT_TRUE(result_open(&d.request, &result, &f));
    CU_ASSERT_EQUAL(rows_text(result.source, text, &f), ROW_FAULT);
    CU_ASSERT_STRING_EQUAL(text, "1/");
    CU_ASSERT(f.n_notes > 0 && strstr(f.notes[f.n_notes - 1],
                                      "Rows delivered before this: 1") != NULL);
    row_source_close(result.source);
    desk_close(&d);
}

static void a_source_can_be_closed_while_a_page_is_on_its_way(void)
{
    struct desk d;
    struct result result = { .source = NULL };
    struct fault f = { .kind = FAULT_NONE };
    struct batch batch;

    desk_open(&d, "DML", "SELECT", "s3://results/q1.csv");
    d.request.fetcher = FETCH_API;
    d.store.pages[0] = PAGE(ROW1("a") "," ROW1("1"), A, TOKEN("1"));
    d.store.pages[1] = PAGE(ROW1("2"), A, "");
    d.store.n_pages = 2;
    CU_ASSERT_TRUE(result_open(&d.request, &result, &f));
    CU_ASSERT_EQUAL(row_source_next(result.source, &batch, &f), ROW_BATCH);
    row_source_close(result.source);
    desk_close(&d);
}

static void empty_pages_do_not_go_on_for_ever(void)
{
    struct desk d;
    struct result result = { .source = NULL };
    struct fault f = { .kind = FAULT_NONE };
    char text[ROWS_TEXT_MAX];

    desk_open(&d, "DML", "SELECT", "s3://results/q1.csv");
    d.request.fetcher = FETCH_API;
    d.store.pages[0] = PAGE("", A, TOKEN("0"));
    d.store.n_pages = 1;
    CU_ASSERT_TRUE(result_open(&d.request, &result, &f));
    CU_ASSERT_EQUAL(rows_text(result.source, text, &f), ROW_FAULT);
    CU_ASSERT_EQUAL(f.kind, FAULT_PROTOCOL);
    row_source_close(result.source);
    desk_close(&d);
}

static const struct unit_test tests[] = {
    { "pages become rows", pages_become_rows },
    { "a fault behind the first page says how much was read",
      a_fault_behind_the_first_page_says_how_much_was_read },
    { "a source can be closed while a page is on its way",
      a_source_can_be_closed_while_a_page_is_on_its_way },
    { "empty pages do not go on for ever", empty_pages_do_not_go_on_for_ever },
};

UNIT_MAIN("rows/page_source", tests)
