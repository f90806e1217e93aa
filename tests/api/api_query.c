/* Queries through the manager: rows, types, pieces, blocks, errors, parameters, scrolling. */
#include "api.h"

static void one_row_of_every_kind_comes_back(void)
{
    SQLHSTMT h = api_stmt();
    SQLINTEGER i = 0;
    SQLBIGINT b = 0;
    SQLDOUBLE d = 0;
    SQLCHAR s[32], dec[32];
    SQLLEN n = 0;
    SQL_DATE_STRUCT date;
    SQL_TIMESTAMP_STRUCT ts;
    unsigned char bit = 9, bytes[8];
    SQLSMALLINT columns = 0;

    OK(h, SQLExecDirect(h,
                        text("SELECT 42 AS i, CAST(9007199254740993 AS bigint) AS b, CAST(1.5 AS "
                             "double) AS d, 'gr\xc3\xb6\xc3\x9f"
                             "e' AS s, DECIMAL '12345678901234567890.12' AS dec, "
                             "DATE '2024-02-29' AS dt, TIMESTAMP '2024-02-29 12:34:56.789' AS ts, "
                             "true AS bit, X'0102ff' AS bytes, CAST(NULL AS varchar) AS nothing"),
                        SQL_NTS));
    OK(h, SQLNumResultCols(h, &columns));
    CHECK(columns == 10);
    OK(h, SQLFetch(h));
    OK(h, SQLGetData(h, 1, SQL_C_SLONG, &i, 0, &n));
    CHECK(i == 42);
    OK(h, SQLGetData(h, 2, SQL_C_SBIGINT, &b, 0, &n));
    CHECK(b == 9007199254740993LL);
    OK(h, SQLGetData(h, 3, SQL_C_DOUBLE, &d, 0, &n));
    CHECK(d == 1.5);
    OK(h, SQLGetData(h, 4, SQL_C_CHAR, s, sizeof(s), &n));
    TEXT_IS(s, "gr\xc3\xb6\xc3\x9f"
               "e");
    OK(h, SQLGetData(h, 5, SQL_C_CHAR, dec, sizeof(dec), &n));
    TEXT_IS(dec, "12345678901234567890.12");
    OK(h, SQLGetData(h, 6, SQL_C_TYPE_DATE, &date, 0, &n));
    CHECK(date.year == 2024 && date.month == 2 && date.day == 29);
    OK(h, SQLGetData(h, 7, SQL_C_TYPE_TIMESTAMP, &ts, 0, &n));
    CHECK(ts.hour == 12 && ts.second == 56 && ts.fraction == 789000000);
    OK(h, SQLGetData(h, 8, SQL_C_BIT, &bit, 0, &n));
    CHECK(bit == 1);
    OK(h, SQLGetData(h, 9, SQL_C_BINARY, bytes, sizeof(bytes), &n));
    CHECK(n == 3 && bytes[0] == 1 && bytes[2] == 0xff);
    OK(h, SQLGetData(h, 10, SQL_C_CHAR, s, sizeof(s), &n));
    CHECK(n == SQL_NULL_DATA);
    RETURNS(h, SQL_NO_DATA, SQLFetch(h));
    api_free(h);
}

static void wide_characters_arrive_whole(void)
{
    SQLHSTMT h = api_stmt();
    SQLWCHAR w[16];
    SQLLEN n = 0;

    OK(h, SQLExecDirect(h, text("SELECT 'a\xe2\x82\xac\xf0\x9f\x98\x80' AS w"), SQL_NTS));
    OK(h, SQLFetch(h));
    OK(h, SQLGetData(h, 1, SQL_C_WCHAR, w, sizeof(w), &n));
    CHECK(w[0] == 'a' && w[1] == 0x20ac);
    if (sizeof(SQLWCHAR) == 2)
        CHECK(n == 8 && w[2] == 0xd83d && w[3] == 0xde00 && w[4] == 0);
    else /* built for iODBC */
        CHECK(n == 12 && w[2] == (SQLWCHAR)0x1f600 && w[3] == 0);
    api_free(h);
}

static void a_join_over_two_tables_of_the_other_account_gives_rows(void)
{
    SQLHSTMT h = api_stmt();
    SQLCHAR name[64];
    SQLBIGINT flights = 0;
    SQLLEN n = 0;

    OK(h, SQLExecDirect(h,
                        text("SELECT a.name, count(*) AS flights FROM flights.flights f JOIN "
                             "flights.airlines a ON f.carrier = a.carrier "
                             "GROUP BY a.name ORDER BY flights DESC LIMIT 1"),
                        SQL_NTS));
    OK(h, SQLBindCol(h, 1, SQL_C_CHAR, name, sizeof(name), &n));
    OK(h, SQLBindCol(h, 2, SQL_C_SBIGINT, &flights, 0, NULL));
    OK(h, SQLFetch(h));
    TEXT_IS(name, "United Air Lines Inc.");
    CHECK(flights == 58665);
    RETURNS(h, SQL_NO_DATA, SQLFetch(h));
    api_free(h);
}

/* 1,500 rows: more than one page, more than one block. */
static void blocks_count_every_row_once(void)
{
    static SQLBIGINT values[700];
    static SQLUSMALLINT status[700];
    SQLULEN n = 0, total = 0;
    SQLBIGINT sum = 0;
    SQLHSTMT h = api_stmt();

    SQLSetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)700, 0);
    SQLSetStmtAttr(h, SQL_ATTR_ROWS_FETCHED_PTR, &n, 0);
    SQLSetStmtAttr(h, SQL_ATTR_ROW_STATUS_PTR, status, 0);
    OK(h, SQLExecDirect(h, text("SELECT i FROM UNNEST(sequence(1, 1500)) AS t(i)"), SQL_NTS));
    OK(h, SQLBindCol(h, 1, SQL_C_SBIGINT, values, 0, NULL));
    while (SQL_SUCCEEDED(SQLFetch(h))) {
        for (SQLULEN i = 0; i < n; i++)
            sum += values[i];
        total += n;
        if (n < 700)
            CHECK(status[n] == SQL_ROW_NOROW);
    }
    CHECK(total == 1500);
    CHECK(sum == 1500 * 1501 / 2);
    api_free(h);
}

static void long_text_comes_in_pieces(void)
{
    SQLHSTMT h = api_stmt();
    SQLCHAR piece[1001];
    SQLLEN n = 0, total = 0, first = 0;
    SQLRETURN rc;

    OK(h, SQLExecDirect(h, text("SELECT big FROM edges.big_field WHERE big IS NOT NULL LIMIT 1"),
                        SQL_NTS));
    OK(h, SQLFetch(h));
    while (SQL_SUCCEEDED(rc = SQLGetData(h, 1, SQL_C_CHAR, piece, sizeof(piece), &n))) {
        if (first == 0)
            first = n;
        total += (SQLLEN)strlen((char *)piece);
    }
    CHECK(rc == SQL_NO_DATA);
    CHECK(first == 1048576);
    CHECK(total == 1048576);
    api_free(h);
}

static const struct {
    const char *sql, *state;
} errors[] = {
    { "SELECT FROM WHERE", "42000" },
    { "SELECT * FROM flights.no_such_table", "42S02" },
    { "SELECT no_such_column FROM flights.airlines", "42S22" },
    { "SELECT 1/0", "22012" },
    { "SELECT {fn NO_SUCH(1)}", "42000" },
};

static void errors_have_the_states_of_the_standard(void)
{
    SQLHSTMT h = api_stmt();

    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        SQLRETURN rc = SQLExecDirect(h, text(errors[i].sql), SQL_NTS);
        bool is_right =
            rc == SQL_ERROR && strcmp(api_state(SQL_HANDLE_STMT, h), errors[i].state) == 0;
        if (!is_right)
            api_fail(__LINE__, errors[i].sql, api_records(SQL_HANDLE_STMT, h));
        SQLFreeStmt(h, SQL_CLOSE);
    }
    api_free(h);
}

static void parameters_select_rows(void)
{
    SQLHSTMT h = api_stmt();
    SQLCHAR carrier[] = "UA", name[64];
    SQLLEN n = SQL_NTS, got = 0;
    SQLSMALLINT count = 0;

    OK(h, SQLPrepare(h, text("SELECT name FROM flights.airlines WHERE carrier = ?"), SQL_NTS));
    OK(h, SQLNumParams(h, &count));
    CHECK(count == 1);
    OK(h, SQLBindParameter(h, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 10, 0, carrier,
                           sizeof(carrier), &n));
    OK(h, SQLExecute(h));
    OK(h, SQLFetch(h));
    OK(h, SQLGetData(h, 1, SQL_C_CHAR, name, sizeof(name), &got));
    TEXT_IS(name, "United Air Lines Inc.");
    OK(h, SQLCloseCursor(h));
    memcpy(carrier, "AA", 2);
    OK(h, SQLExecute(h));
    OK(h, SQLFetch(h));
    OK(h, SQLGetData(h, 1, SQL_C_CHAR, name, sizeof(name), &got));
    TEXT_IS(name, "American Airlines Inc.");
    api_free(h);
}

static void a_parameter_is_data_and_never_sql(void)
{
    static const char *const hostile[] = { "' OR '1'='1", "x'; DROP TABLE airlines; --",
                                           "\\",          "''",
                                           "/* ",         "-- ",
                                           "?",           "1 OR 1=1",
                                           "a\nb",        "\xf0\x9f\x98\x80" };
    SQLHSTMT h = api_stmt();

    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        SQLCHAR value[64], back[64];
        SQLLEN n = SQL_NTS, got = 0;
        snprintf((char *)value, sizeof(value), "%s", hostile[i]);
        OK(h, SQLBindParameter(h, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 60, 0, value,
                               sizeof(value), &n));
        OK(h, SQLExecDirect(h, text("SELECT ? AS v, count(*) FROM flights.airlines"), SQL_NTS));
        OK(h, SQLFetch(h));
        OK(h, SQLGetData(h, 1, SQL_C_CHAR, back, sizeof(back), &got));
        if (strcmp((char *)back, hostile[i]) != 0)
            api_fail(__LINE__, hostile[i], (char *)back);
        SQLFreeStmt(h, SQL_CLOSE);
    }
    api_free(h);
}

static void a_prepared_statement_is_described_before_it_runs(void)
{
    SQLHSTMT h = api_stmt();
    SQLCHAR name[64];
    SQLSMALLINT n = 0, type = 0, digits = 0, nullable = 0, length = 0;
    SQLULEN size = 0;

    OK(h, SQLPrepare(h, text("SELECT carrier, name FROM flights.airlines"), SQL_NTS));
    OK(h, SQLNumResultCols(h, &n));
    CHECK(n == 2);
    OK(h, SQLDescribeCol(h, 2, name, sizeof(name), &length, &type, &size, &digits, &nullable));
    TEXT_IS(name, "name");
    CHECK(type == SQL_VARCHAR);
    OK(h, SQLExecute(h));
    OK(h, SQLFetch(h));
    api_free(h);
}

static void show_and_describe_have_their_columns(void)
{
    SQLHSTMT h = api_stmt();
    SQLCHAR name[64], type[64];
    SQLLEN n = 0;
    SQLSMALLINT columns = 0;
    bool found = false;

    OK(h, SQLExecDirect(h, text("SHOW TABLES IN flights"), SQL_NTS));
    while (SQL_SUCCEEDED(SQLFetch(h)) &&
           SQL_SUCCEEDED(SQLGetData(h, 1, SQL_C_CHAR, name, sizeof(name), &n)))
        found = found || strcmp((char *)name, "airlines") == 0;
    CHECK(found);
    OK(h, SQLCloseCursor(h));
    OK(h, SQLExecDirect(h, text("DESCRIBE flights.airlines"), SQL_NTS));
    OK(h, SQLNumResultCols(h, &columns));
    CHECK(columns == 3);
    OK(h, SQLFetch(h));
    OK(h, SQLGetData(h, 1, SQL_C_CHAR, name, sizeof(name), &n));
    OK(h, SQLGetData(h, 2, SQL_C_CHAR, type, sizeof(type), &n));
    TEXT_IS(name, "carrier");
    CHECK(strncmp((char *)type, "varchar", 7) == 0);
    api_free(h);
}

static void a_static_cursor_scrolls(void)
{
    SQLHSTMT h = api_stmt();
    SQLBIGINT v = 0;

    OK(h, SQLSetStmtAttr(h, SQL_ATTR_CURSOR_TYPE, (SQLPOINTER)SQL_CURSOR_STATIC, 0));
    OK(h,
       SQLExecDirect(h, text("SELECT i FROM UNNEST(sequence(1, 10)) AS t(i) ORDER BY i"), SQL_NTS));
    OK(h, SQLBindCol(h, 1, SQL_C_SBIGINT, &v, 0, NULL));
    OK(h, SQLFetchScroll(h, SQL_FETCH_LAST, 0));
    CHECK(v == 10);
    OK(h, SQLFetchScroll(h, SQL_FETCH_ABSOLUTE, 3));
    CHECK(v == 3);
    OK(h, SQLFetchScroll(h, SQL_FETCH_PRIOR, 0));
    CHECK(v == 2);
    OK(h, SQLFetchScroll(h, SQL_FETCH_FIRST, 0));
    CHECK(v == 1);
    RETURNS(h, SQL_NO_DATA, SQLFetchScroll(h, SQL_FETCH_PRIOR, 0));
    api_free(h);
}

static void row_count_of_a_select_is_unknown_and_of_an_update_true(void)
{
    SQLHSTMT h = api_stmt();
    SQLLEN n = 99;

    OK(h, SQLExecDirect(h, text("SELECT 1"), SQL_NTS));
    OK(h, SQLRowCount(h, &n));
    CHECK(n == -1);
    OK(h, SQLFreeStmt(h, SQL_CLOSE));
    OK(h, SQLExecDirect(h, text("UPDATE flights.notes SET note = note WHERE id <= 3"), SQL_NTS));
    OK(h, SQLRowCount(h, &n));
    CHECK(n == 3);
    RETURNS(h, SQL_NO_DATA,
            SQLExecDirect(h, text("DELETE FROM flights.notes WHERE id = -1"), SQL_NTS));
    api_free(h);
}

static void empty_text_and_null_are_told_apart(void)
{
    SQLHSTMT h = api_stmt();
    SQLCHAR s[8];
    SQLLEN a = 9, b = 9;

    OK(h, SQLExecDirect(h, text("SELECT '' AS a, CAST(NULL AS varchar) AS b"), SQL_NTS));
    OK(h, SQLFetch(h));
    OK(h, SQLGetData(h, 1, SQL_C_CHAR, s, sizeof(s), &a));
    OK(h, SQLGetData(h, 2, SQL_C_CHAR, s, sizeof(s), &b));
    CHECK(a == 0);
    CHECK(b == SQL_NULL_DATA);
    api_free(h);
}

static void big_results_of_many_batches_are_complete(void)
{
    SQLHSTMT h = api_stmt();
    SQLCHAR carrier[8];
    SQLINTEGER month = 0;
    SQLLEN n = 0, total = 0, by_month = 0;

    OK(h, SQLExecDirect(h, text("SELECT month, carrier FROM flights.flights WHERE month <= 2"),
                        SQL_NTS));
    OK(h, SQLBindCol(h, 1, SQL_C_SLONG, &month, 0, NULL));
    while (SQL_SUCCEEDED(SQLFetch(h))) {
        total++;
        by_month += month;
        if (total % 1000 == 0)
            OK(h, SQLGetData(h, 2, SQL_C_CHAR, carrier, sizeof(carrier), &n));
    }
    CHECK(total == 27004 + 24951);
    CHECK(by_month == 27004 + 2 * 24951);
    api_free(h);
}

static const struct api_test tests[] = {
    { "one row of every kind comes back", one_row_of_every_kind_comes_back },
    { "wide characters arrive whole", wide_characters_arrive_whole },
    { "a join over two tables of the other account gives rows",
      a_join_over_two_tables_of_the_other_account_gives_rows },
    { "blocks count every row once", blocks_count_every_row_once },
    { "long text comes in pieces", long_text_comes_in_pieces },
    { "errors have the states of the standard", errors_have_the_states_of_the_standard },
    { "parameters select rows", parameters_select_rows },
    { "a parameter is data and never SQL", a_parameter_is_data_and_never_sql },
    { "a prepared statement is described before it runs",
      a_prepared_statement_is_described_before_it_runs },
    { "SHOW and DESCRIBE have their columns", show_and_describe_have_their_columns },
    { "a static cursor scrolls", a_static_cursor_scrolls },
    { "the row count of a select is unknown and of an update true",
      row_count_of_a_select_is_unknown_and_of_an_update_true },
    { "empty text and NULL are told apart", empty_text_and_null_are_told_apart },
    { "big results of many batches are complete", big_results_of_many_batches_are_complete },
};

API_MAIN("query", SQL_OV_ODBC3, tests)
