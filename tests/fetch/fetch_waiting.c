/* Functions that return SQL_STILL_EXECUTING, what may be called meanwhile, limits on rows and
   lengths, and the attributes of a query. */
#include <time.h>

#include "api.h"

#include "odbc/athenaodbc.h"

static SQLHSTMT asynchronous(void)
{
    SQLHSTMT h = api_stmt();

    OK(h, SQLSetStmtAttr(h, SQL_ATTR_ASYNC_ENABLE, (SQLPOINTER)SQL_ASYNC_ENABLE_ON, 0));
    return h;
}

static void nap(void)
{
    struct timespec t = { 0, 2000000 };
    nanosleep(&t, NULL);
}

static unsigned waited;

#define UNTIL_DONE(rc, call) \
    do { \
        waited = 0; \
        while (((rc) = (call)) == SQL_STILL_EXECUTING && waited < 20000) { \
            waited++; \
            nap(); \
        } \
    } while (0)

static SQLULEN number_of(SQLHSTMT h, SQLINTEGER attribute)
{
    SQLULEN value = 0;

    OK(h, SQLGetStmtAttr(h, attribute, &value, 0, NULL));
    return value;
}

/* Small ranges, one at a time: the next one is seldom there already. */
static SQLHDBC connect_slowly(void)
{
    SQLHDBC dbc = SQL_NULL_HDBC;

    SQLAllocHandle(SQL_HANDLE_DBC, api_env, &dbc);
    if (!SQL_SUCCEEDED(SQLDriverConnect(
            dbc, NULL, text("DSN=retail;S3ResultBlockSize=65536;UseMultipleS3Threads=0"), SQL_NTS,
            NULL, 0, NULL, SQL_DRIVER_NOPROMPT)))
        api_fail(__LINE__, "connect", api_records(SQL_HANDLE_DBC, dbc));
    return dbc;
}

static void an_asynchronous_query_is_executed_and_fetched_in_steps(void)
{
    static SQLBIGINT ids[1000];
    SQLHDBC before = api_dbc, dbc = connect_slowly();
    api_dbc = dbc;
    SQLHSTMT h = asynchronous();
    SQLULEN n = 0, total = 0;
    unsigned fetches_waited = 0;
    SQLRETURN rc;

    SQLSetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)1000, 0);
    SQLSetStmtAttr(h, SQL_ATTR_ROWS_FETCHED_PTR, &n, 0);
    UNTIL_DONE(rc, SQLExecDirect(h, text("SELECT 1 /*+ sandbox:replay=mix8:120000 */"), SQL_NTS));
    OK(h, rc);
    CHECK(waited > 0);
    OK(h, SQLBindCol(h, 1, SQL_C_SBIGINT, ids, 0, NULL));
    for (;;) {
        UNTIL_DONE(rc, SQLFetch(h));
        fetches_waited += waited > 0;
        if (!SQL_SUCCEEDED(rc))
            break;
        total += n;
    }
    CHECK(rc == SQL_NO_DATA);
    CHECK(total == 120000);
    CHECK(fetches_waited > 0);
    api_free(h);
    SQLDisconnect(dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    api_dbc = before;
}

static void pages_are_fetched_in_steps_too(void)
{
    SQLHDBC before = api_dbc, dbc = SQL_NULL_HDBC;
    SQLULEN total = 0;
    SQLRETURN rc;
    unsigned fetches_waited = 0;

    SQLAllocHandle(SQL_HANDLE_DBC, api_env, &dbc);
    CHECK(
        SQL_SUCCEEDED(SQLDriverConnect(dbc, NULL, text("DSN=retail;ResultFetcher=GetQueryResults"),
                                       SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT)));
    api_dbc = dbc;
    SQLHSTMT h = asynchronous();
    UNTIL_DONE(rc, SQLExecDirect(h, text("SELECT 1 /*+ sandbox:replay=narrow:4000 */"), SQL_NTS));
    OK(h, rc);
    for (;;) {
        UNTIL_DONE(rc, SQLFetchScroll(h, SQL_FETCH_NEXT, 0));
        fetches_waited += waited > 0;
        if (!SQL_SUCCEEDED(rc))
            break;
        total++;
    }
    CHECK(total == 4000);
    CHECK(fetches_waited > 0);
    api_free(h);
    SQLDisconnect(dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    api_dbc = before;
}

static void a_listing_is_made_in_steps(void)
{
    SQLHSTMT h = asynchronous(), other = api_stmt();
    SQLRETURN rc;
    SQLCHAR name[64];
    unsigned rows = 0;

    OK(h, SQLSetStmtAttr(h, SQL_ATTR_ATHENA_METADATA_FRESH, (SQLPOINTER)1, 0));
    rc = SQLTables(h, NULL, 0, text("flights"), SQL_NTS, text("%"), SQL_NTS, NULL, 0);
    CHECK(rc == SQL_STILL_EXECUTING);
    /* Another function of this statement is out of sequence, another statement is not. */
    RETURNS(h, SQL_ERROR, SQLCloseCursor(h));
    STATE(h, "HY010");
    OK(other, SQLGetTypeInfo(other, SQL_INTEGER));
    UNTIL_DONE(rc, SQLTables(h, NULL, 0, text("flights"), SQL_NTS, text("%"), SQL_NTS, NULL, 0));
    OK(h, rc);
    for (;;) {
        UNTIL_DONE(rc, SQLFetch(h));
        if (!SQL_SUCCEEDED(rc))
            break;
        OK(h, SQLGetData(h, 3, SQL_C_CHAR, name, sizeof(name), NULL));
        rows++;
    }
    CHECK(rows >= 5);
    api_free(other);
    api_free(h);
}

static void a_listing_that_nobody_waits_for_is_given_up(void)
{
    for (unsigned i = 0; i < 5; i++) {
        SQLHSTMT h = asynchronous();
        OK(h, SQLSetStmtAttr(h, SQL_ATTR_ATHENA_METADATA_FRESH, (SQLPOINTER)1, 0));
        (void)SQLColumns(h, NULL, 0, text("flights"), SQL_NTS, text("%"), SQL_NTS, NULL, 0);
        if (i % 2 == 0)
            (void)SQLCancel(h);
        api_free(h);
    }
}

/* unixODBC keeps a statement for executing whose asynchronous fetch ended with an error: what is
   left is to disconnect. */
static void a_cancelled_fetch_ends_with_hy008(void)
{
    SQLHDBC before = api_dbc, dbc = connect_slowly();
    api_dbc = dbc;
    SQLHSTMT h = asynchronous();
    SQLRETURN rc;
    bool was_waiting = false;

    for (unsigned round = 0; round < 10 && !was_waiting; round++) {
        UNTIL_DONE(rc,
                   SQLExecDirect(h, text("SELECT 1 /*+ sandbox:replay=mix8:200000 */"), SQL_NTS));
        OK(h, rc);
        SQLSetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)100, 0);
        while (SQL_SUCCEEDED(rc = SQLFetch(h)))
            ;
        was_waiting = rc == SQL_STILL_EXECUTING;
        if (!was_waiting)
            OK(h, SQLFreeStmt(h, SQL_CLOSE));
    }
    CHECK(was_waiting);
    OK(h, SQLCancel(h));
    for (unsigned i = 0; i < 3; i++) {
        UNTIL_DONE(rc, SQLFetch(h));
        CHECK(rc == SQL_ERROR);
        STATE(h, "HY008");
    }
    CHECK(SQLDisconnect(dbc) == SQL_SUCCESS);
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    api_dbc = before;
}

static void max_rows_ends_every_way_of_reading(void)
{
    static const char *const strings[] = { "DSN=retail", "DSN=retail;ResultFetcher=GetQueryResults",
                                           "DSN=retail;S3ResultBlockSize=65536" };
    static SQLINTEGER values[400];
    static SQLLEN lengths[400];
    SQLHDBC before = api_dbc;

    for (unsigned k = 0; k < 6; k++) {
        SQLHDBC dbc = SQL_NULL_HDBC;
        SQLULEN n = 0, total = 0;
        SQLAllocHandle(SQL_HANDLE_DBC, api_env, &dbc);
        CHECK(SQL_SUCCEEDED(SQLDriverConnect(dbc, NULL, text(strings[k / 2]), SQL_NTS, NULL, 0,
                                             NULL, SQL_DRIVER_NOPROMPT)));
        api_dbc = dbc;
        SQLHSTMT h = api_stmt();
        SQLSetStmtAttr(h, SQL_ATTR_MAX_ROWS, (SQLPOINTER)1234, 0);
        SQLSetStmtAttr(h, SQL_ATTR_CURSOR_TYPE,
                       (SQLPOINTER)(k % 2 == 0 ? SQL_CURSOR_FORWARD_ONLY : SQL_CURSOR_STATIC), 0);
        SQLSetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)400, 0);
        SQLSetStmtAttr(h, SQL_ATTR_ROWS_FETCHED_PTR, &n, 0);
        OK(h, SQLExecDirect(h, text("SELECT 1 /*+ sandbox:replay=nulls:3000 */"), SQL_NTS));
        OK(h, SQLBindCol(h, 2, SQL_C_SLONG, values, 0, lengths));
        while (SQL_SUCCEEDED(SQLFetch(h)))
            total += n;
        CHECK(total == 1234);
        api_free(h);
        SQLDisconnect(dbc);
        SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    }
    api_dbc = before;
}

static void max_length_cuts_text_in_blocks_and_in_pieces(void)
{
    static SQLCHAR block[20][64];
    static SQLLEN lengths[20];
    SQLCHAR one[64];
    SQLLEN length = 0;

    for (unsigned way = 0; way < 2; way++) {
        SQLHSTMT h = api_stmt();
        SQLSetStmtAttr(h, SQL_ATTR_MAX_LENGTH, (SQLPOINTER)5, 0);
        SQLSetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)(uintptr_t)(way == 0 ? 20 : 1), 0);
        OK(h, SQLExecDirect(h,
                            text("SELECT 'twelve bytes' AS t, 123456789 AS n FROM "
                                 "UNNEST(sequence(1, 40)) AS x(i)"),
                            SQL_NTS));
        if (way == 0)
            OK(h, SQLBindCol(h, 1, SQL_C_CHAR, block, 64, lengths));
        RETURNS(h, SQL_SUCCESS, SQLFetch(h));
        if (way == 0) {
            for (unsigned i = 0; i < 20; i++) {
                TEXT_IS(block[i], "twelv");
                CHECK(lengths[i] == 5);
            }
        } else {
            OK(h, SQLGetData(h, 1, SQL_C_CHAR, one, sizeof(one), &length));
            TEXT_IS(one, "twelv");
            OK(h, SQLGetData(h, 2, SQL_C_CHAR, one, sizeof(one), &length));
            TEXT_IS(one, "123456789");
        }
        api_free(h);
    }
}

static const char field_unit[] = "0123456789abcde\"";

static void read_big_field(SQLHDBC dbc)
{
    static SQLCHAR piece[30011];
    SQLLEN total = 0, left = 0;
    SQLRETURN rc;
    bool same = true;

    api_dbc = dbc;
    SQLHSTMT h = api_stmt();
    OK(h, SQLExecDirect(h, text("SELECT n, big FROM edges.big_field"), SQL_NTS));
    OK(h, SQLFetch(h));
    while ((rc = SQLGetData(h, 2, SQL_C_CHAR, piece, sizeof(piece), &left)) == SQL_SUCCESS ||
           rc == SQL_SUCCESS_WITH_INFO) {
        SQLLEN n = rc == SQL_SUCCESS ? left : (SQLLEN)sizeof(piece) - 1;
        for (SQLLEN i = 0; i < n && same; i++)
            same = piece[i] == (SQLCHAR)field_unit[(total + i) % 16];
        total += n;
        if (rc == SQL_SUCCESS)
            break;
    }
    CHECK(rc == SQL_SUCCESS && same);
    CHECK(total == 1048576);
    RETURNS(h, SQL_NO_DATA, SQLGetData(h, 2, SQL_C_CHAR, piece, sizeof(piece), &left));
    RETURNS(h, SQL_NO_DATA, SQLFetch(h));
    api_free(h);
}

static void a_field_of_one_megabyte_is_whole_on_every_path(void)
{
    static const char *const strings[] = { "DSN=retail", "DSN=retail;S3ResultBlockSize=65536",
                                           "DSN=retail;ResultFetcher=GetQueryResults",
                                           "DSN=retail_managed",
                                           "DSN=retail;MemoryCeiling=2097152" };
    SQLHDBC before = api_dbc;

    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
        SQLHDBC dbc = SQL_NULL_HDBC;
        SQLAllocHandle(SQL_HANDLE_DBC, api_env, &dbc);
        CHECK(SQL_SUCCEEDED(SQLDriverConnect(dbc, NULL, text(strings[i]), SQL_NTS, NULL, 0, NULL,
                                             SQL_DRIVER_NOPROMPT)));
        read_big_field(dbc);
        SQLDisconnect(dbc);
        SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    }
    api_dbc = before;
}

/* The smaller of two limits: a row may not take more than a result. */
static void a_row_longer_than_its_limits_is_refused_by_name(void)
{
    static const char *const strings[] = {
        "DSN=retail;MaxRowBytes=200000;S3ResultBlockSize=65536", "DSN=retail;MemoryCeiling=1048576"
    };
    SQLHDBC before = api_dbc;

    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
        SQLHDBC dbc = SQL_NULL_HDBC;
        SQLAllocHandle(SQL_HANDLE_DBC, api_env, &dbc);
        CHECK(SQL_SUCCEEDED(SQLDriverConnect(dbc, NULL, text(strings[i]), SQL_NTS, NULL, 0, NULL,
                                             SQL_DRIVER_NOPROMPT)));
        api_dbc = dbc;
        SQLHSTMT h = api_stmt();
        SQLRETURN rc = SQLExecDirect(h, text("SELECT n, big FROM edges.big_field"), SQL_NTS);
        if (SQL_SUCCEEDED(rc))
            rc = SQLFetch(h);
        CHECK(rc == SQL_ERROR);
        STATE(h, "HY001");
        CHECK(strstr(api_records(SQL_HANDLE_STMT, h), "MaxRowBytes") != NULL);
        CHECK(strstr(api_records(SQL_HANDLE_STMT, h), "MemoryCeiling") != NULL);
        api_free(h);
        SQLDisconnect(dbc);
        SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    }
    api_dbc = before;
}

static void the_attributes_of_a_query_tell_what_it_was(void)
{
    SQLHSTMT h = api_stmt();
    char value[1200] = "";
    SQLINTEGER length = 0;

    RETURNS(h, SQL_NO_DATA,
            SQLGetStmtAttr(h, SQL_ATTR_ATHENA_QUERY_ID, value, sizeof(value), &length));
    OK(h, SQLExecDirect(h, text("SELECT count(*) FROM flights.flights"), SQL_NTS));
    OK(h, SQLGetStmtAttr(h, SQL_ATTR_ATHENA_QUERY_ID, value, sizeof(value), &length));
    CHECK(length == 36 && strlen(value) == 36 && value[8] == '-');
    OK(h, SQLGetStmtAttr(h, SQL_ATTR_ATHENA_OUTPUT_LOCATION, value, sizeof(value), &length));
    CHECK(strncmp(value, "s3://retail-results/retail-bi/", 30) == 0);
    OK(h, SQLGetStmtAttr(h, SQL_ATTR_ATHENA_STATEMENT_TYPE, value, sizeof(value), &length));
    TEXT_IS(value, "DML");
    OK(h, SQLGetStmtAttr(h, SQL_ATTR_ATHENA_SUBSTATEMENT_TYPE, value, sizeof(value), &length));
    TEXT_IS(value, "SELECT");
    CHECK(number_of(h, SQL_ATTR_ATHENA_REUSED) == 0);
    CHECK(number_of(h, SQL_ATTR_ATHENA_TOTAL_MS) >= number_of(h, SQL_ATTR_ATHENA_ENGINE_MS));
    CHECK(number_of(h, SQL_ATTR_ATHENA_QUEUE_MS) <= number_of(h, SQL_ATTR_ATHENA_TOTAL_MS));
    CHECK(number_of(h, SQL_ATTR_ATHENA_PLANNING_MS) <= number_of(h, SQL_ATTR_ATHENA_ENGINE_MS));
    CHECK(number_of(h, SQL_ATTR_ATHENA_SERVICE_MS) <= number_of(h, SQL_ATTR_ATHENA_TOTAL_MS));
    SQLULEN bytes = number_of(h, SQL_ATTR_ATHENA_SCANNED_BYTES),
            micros = number_of(h, SQL_ATTR_ATHENA_COST_MICROS);
    CHECK(micros == (SQLULEN)((double)bytes / 1e12 * 5 * 1e6 + 0.5));
    api_free(h);
}

/* The manager converts nothing of attributes it does not know: the driver answers in the width of
   the connection. */
static void a_wide_connection_reads_wide_text(void)
{
    static const char string[] = "DSN=retail";
    SQLWCHAR wide_string[sizeof(string)], wide[64] = { 0 };
    SQLHDBC before = api_dbc, dbc = SQL_NULL_HDBC;
    SQLINTEGER length = 0;

    for (size_t i = 0; i < sizeof(string); i++)
        wide_string[i] = (SQLWCHAR)string[i];
    SQLAllocHandle(SQL_HANDLE_DBC, api_env, &dbc);
    CHECK(SQL_SUCCEEDED(
        SQLDriverConnectW(dbc, NULL, wide_string, SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT)));
    api_dbc = dbc;
    SQLHSTMT h = api_stmt();
    OK(h, SQLExecDirect(h, text("SELECT 1 AS n"), SQL_NTS));
    OK(h, SQLGetStmtAttrW(h, SQL_ATTR_ATHENA_QUERY_ID, wide, sizeof(wide), &length));
    CHECK(length == 36 * (SQLINTEGER)sizeof(SQLWCHAR));
    CHECK(wide[8] == '-' && wide[13] == '-' && wide[36] == 0);
    api_free(h);
    SQLDisconnect(dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    api_dbc = before;
}

static void the_result_of_an_earlier_query_is_read_by_its_id(void)
{
    SQLHSTMT h = api_stmt(), later = api_stmt();
    char id[64] = "", again[64] = "";
    SQLINTEGER length = 0, n = 0;

    OK(h, SQLExecDirect(h, text("SELECT 42 AS answer"), SQL_NTS));
    OK(h, SQLGetStmtAttr(h, SQL_ATTR_ATHENA_QUERY_ID, id, sizeof(id), &length));
    OK(later, SQLSetStmtAttr(later, SQL_ATTR_ATHENA_RESULT_OF, id, SQL_NTS));
    OK(later, SQLGetStmtAttr(later, SQL_ATTR_ATHENA_RESULT_OF, again, sizeof(again), &length));
    CHECK(strcmp(again, id) == 0);
    OK(later, SQLExecDirect(later, text(""), SQL_NTS));
    OK(later, SQLFetch(later));
    OK(later, SQLGetData(later, 1, SQL_C_SLONG, &n, 0, NULL));
    CHECK(n == 42);
    OK(later, SQLGetStmtAttr(later, SQL_ATTR_ATHENA_QUERY_ID, again, sizeof(again), &length));
    CHECK(strcmp(again, id) == 0);
    OK(later, SQLFreeStmt(later, SQL_CLOSE));
    /* The id holds for one execution. */
    OK(later, SQLExecDirect(later, text("SELECT 43 AS answer"), SQL_NTS));
    OK(later, SQLFetch(later));
    OK(later, SQLGetData(later, 1, SQL_C_SLONG, &n, 0, NULL));
    CHECK(n == 43);
    OK(later, SQLFreeStmt(later, SQL_CLOSE));
    RETURNS(later, SQL_ERROR, SQLSetStmtAttr(later, SQL_ATTR_ATHENA_RESULT_OF, "no id!", SQL_NTS));
    STATE(later, "HY024");
    OK(later, SQLSetStmtAttr(later, SQL_ATTR_ATHENA_RESULT_OF,
                             "00000000-0000-0000-0000-000000000000", SQL_NTS));
    RETURNS(later, SQL_ERROR, SQLExecDirect(later, text(""), SQL_NTS));
    OK(later, SQLExecDirect(later, text("SELECT 44 AS answer"), SQL_NTS));
    api_free(later);
    api_free(h);
}

static const struct api_test tests[] = {
    { "an asynchronous query is executed and fetched in steps",
      an_asynchronous_query_is_executed_and_fetched_in_steps },
    { "pages are fetched in steps too", pages_are_fetched_in_steps_too },
    { "a listing is made in steps", a_listing_is_made_in_steps },
    { "a listing that nobody waits for is given up", a_listing_that_nobody_waits_for_is_given_up },
    { "a cancelled fetch ends with HY008", a_cancelled_fetch_ends_with_hy008 },
    { "SQL_ATTR_MAX_ROWS ends every way of reading", max_rows_ends_every_way_of_reading },
    { "SQL_ATTR_MAX_LENGTH cuts text in blocks and in pieces",
      max_length_cuts_text_in_blocks_and_in_pieces },
    { "a field of one megabyte is whole on every path",
      a_field_of_one_megabyte_is_whole_on_every_path },
    { "a row longer than its limits is refused by name",
      a_row_longer_than_its_limits_is_refused_by_name },
    { "the attributes of a query tell what it was", the_attributes_of_a_query_tell_what_it_was },
    { "a wide connection reads wide text", a_wide_connection_reads_wide_text },
    { "the result of an earlier query is read by its id",
      the_result_of_an_earlier_query_is_read_by_its_id },
};

API_MAIN("waiting", SQL_OV_ODBC3, tests)
