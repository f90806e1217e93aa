/* An ODBC 2 application: its states, its date types, its column names, SQLExtendedFetch. */
#include "api.h"

static void states_are_those_of_odbc_2(void)
{
    SQLHSTMT h = api_stmt();

    RETURNS(h, SQL_ERROR, SQLExecDirect(h, text("SELECT * FROM flights.no_such_table"), SQL_NTS));
    STATE(h, "S0002");
    RETURNS(h, SQL_ERROR, SQLExecDirect(h, text("SELECT nothing FROM flights.airlines"), SQL_NTS));
    STATE(h, "S0022");
    RETURNS(h, SQL_ERROR, SQLExecDirect(h, text("SELECT FROM"), SQL_NTS));
    STATE(h, "37000");
    api_free(h);
}

static void dates_have_their_old_numbers(void)
{
    SQLHSTMT h = api_stmt();
    SQLSMALLINT type = 0;
    SQLINTEGER number = 0;
    SQLLEN n = 0;
    SQLCHAR name[64];
    SQL_DATE_STRUCT date = { 0 };

    OK(h, SQLExecDirect(h, text("SELECT DATE '2024-02-29' AS d"), SQL_NTS));
    OK(h, SQLDescribeCol(h, 1, name, sizeof(name), NULL, &type, NULL, NULL, NULL));
    CHECK(type == SQL_DATE);
    OK(h, SQLFetch(h));
    OK(h, SQLGetData(h, 1, SQL_C_DATE, &date, sizeof(date), &n));
    CHECK(date.year == 2024 && date.day == 29);
    OK(h, SQLFreeStmt(h, SQL_CLOSE));
    /* Inside result sets the manager changes nothing: the driver must know. */
    OK(h, SQLColumns(h, NULL, 0, text("flights"), SQL_NTS, text("notes"), SQL_NTS, text("written"),
                     SQL_NTS));
    OK(h, SQLDescribeCol(h, 1, name, sizeof(name), NULL, NULL, NULL, NULL, NULL));
    TEXT_IS(name, "TABLE_QUALIFIER");
    OK(h, SQLFetch(h));
    OK(h, SQLGetData(h, 5, SQL_C_LONG, &number, sizeof(number), &n));
    CHECK(number == SQL_TIMESTAMP);
    api_free(h);
}

static void extended_fetch_reads_blocks(void)
{
    SQLHSTMT h = api_stmt();
    SQLINTEGER values[64];
    SQLUSMALLINT status[64];
    SQLULEN n = 0, total = 0;

    OK(h, SQLSetStmtAttr(h, SQL_ROWSET_SIZE, (SQLPOINTER)64, 0));
    OK(h, SQLExecDirect(h, text("SELECT i FROM UNNEST(sequence(1, 100)) AS t(i)"), SQL_NTS));
    OK(h, SQLBindCol(h, 1, SQL_C_LONG, values, 0, NULL));
    while (SQL_SUCCEEDED(SQLExtendedFetch(h, SQL_FETCH_NEXT, 0, &n, status)))
        total += n;
    CHECK(total == 100);
    api_free(h);
}

/* "Error in row" is the first record of each bad row; the rows with warnings count as good. */
static void extended_fetch_says_01s01_first(void)
{
    SQLHSTMT h = api_stmt();
    SQLINTEGER values[8];
    SQLUSMALLINT status[8];
    SQLULEN n = 0;
    SQLCHAR state[6];
    SQLINTEGER native;

    OK(h, SQLSetStmtAttr(h, SQL_ROWSET_SIZE, (SQLPOINTER)8, 0));
    OK(h, SQLExecDirect(h,
                        text("SELECT CASE WHEN i = 3 THEN 'x' WHEN i = 5 THEN '5.5' ELSE CAST(i AS "
                             "varchar) END AS t FROM UNNEST(sequence(1, 8)) AS t(i) ORDER BY i"),
                        SQL_NTS));
    OK(h, SQLBindCol(h, 1, SQL_C_LONG, values, 0, NULL));
    RETURNS(h, SQL_SUCCESS_WITH_INFO, SQLExtendedFetch(h, SQL_FETCH_NEXT, 0, &n, status));
    CHECK(n == 8);
    for (unsigned i = 0; i < 8; i++)
        CHECK(status[i] == (i == 2 ? SQL_ROW_ERROR : SQL_ROW_SUCCESS));
    STATE(h, "01S01");
    OK(h, SQLGetDiagRec(SQL_HANDLE_STMT, h, 2, state, &native, NULL, 0, NULL));
    TEXT_IS(state, "22005"); /* 22018 by its old name */
    OK(h, SQLGetDiagRec(SQL_HANDLE_STMT, h, 3, state, &native, NULL, 0, NULL));
    TEXT_IS(state, "01S07");
    api_free(h);
}

static const struct api_test tests[] = {
    { "states are those of ODBC 2", states_are_those_of_odbc_2 },
    { "dates have their old numbers", dates_have_their_old_numbers },
    { "SQLExtendedFetch reads blocks", extended_fetch_reads_blocks },
    { "SQLExtendedFetch says 01S01 first", extended_fetch_says_01s01_first },
};

API_MAIN("odbc2", SQL_OV_ODBC2, tests)
