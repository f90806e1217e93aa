/* Large rowsets and open cursors through the manager: every status told, a source that breaks, a
   fetch that is cancelled, a static cursor that does not fit, limits and options that change. */
#include <pthread.h>

#include "control.h"

enum { MANY = 60000, BLOCK = 700, CUT = 8 };

static SQLBIGINT ids[MANY];
static SQLINTEGER numbers[MANY];
static SQLCHAR texts[MANY][CUT];
static SQLLEN lengths[MANY];
static SQLUSMALLINT statuses[MANY], alone[MANY];
static SQLULEN n_fetched;

static SQLHSTMT statement(SQLHDBC dbc, SQLULEN block, SQLULEN cursor_type)
{
    SQLHSTMT h;

    api_dbc = dbc;
    h = api_stmt();
    SQLSetStmtAttr(h, SQL_ATTR_CURSOR_TYPE, (SQLPOINTER)(uintptr_t)cursor_type, 0);
    SQLSetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)(uintptr_t)block, 0);
    SQLSetStmtAttr(h, SQL_ATTR_ROWS_FETCHED_PTR, &n_fetched, 0);
    SQLSetStmtAttr(h, SQL_ATTR_ROW_STATUS_PTR, statuses, 0);
    return h;
}

/* Texts of 600 bytes in 60,000 rows, all of them cut, and three numbers too large for their
   buffer. */
static SQLHSTMT odd_rows(SQLHDBC dbc, SQLULEN block)
{
    SQLHSTMT h = statement(dbc, block, SQL_CURSOR_FORWARD_ONLY);

    OK(h, SQLBindCol(h, 1, SQL_C_SLONG, numbers, 0, NULL));
    OK(h, SQLBindCol(h, 2, SQL_C_CHAR, texts, CUT, lengths));
    OK(h, SQLExecDirect(h,
                        text("SELECT CASE WHEN i > 59997 THEN 90000000000 ELSE i END AS n, "
                             "rpad(CAST(i AS varchar), 600, 'x') AS t "
                             "FROM UNNEST(sequence(1, 60000)) AS x(i) ORDER BY i"),
                        SQL_NTS));
    return h;
}

static void check_odd_row(unsigned i)
{
    char want[CUT + 8];

    snprintf(want, sizeof(want), "%uxxxxxxxx", i + 1);
    if (strncmp((const char *)texts[i], want, CUT - 1) != 0 || lengths[i] != 600 ||
        (i < MANY - 3 && numbers[i] != (SQLINTEGER)i + 1))
        api_fail(__LINE__, "a row is not where it belongs:", (const char *)texts[i]);
}

static void every_row_of_a_large_rowset_has_the_status_it_has_alone(void)
{
    static const char *const strings[] = { "DSN=retail", "DSN=retail;TruncationPolicy=error" };
    SQLHDBC before = api_dbc;

    for (unsigned k = 0; k < 2; k++) {
        SQLHDBC dbc = connect_with(strings[k]);
        SQLHSTMT h = odd_rows(dbc, 1);
        for (unsigned i = 0; i < MANY; i++) {
            SQLRETURN rc = SQLFetch(h);
            alone[i] = statuses[0];
            CHECK(rc == (k == 1 || i >= MANY - 3 ? SQL_ERROR : SQL_SUCCESS_WITH_INFO));
        }
        api_free(h);
        memset(statuses, 0x55, sizeof(statuses));
        h = odd_rows(dbc, MANY);
        RETURNS(h, k == 1 ? SQL_ERROR : SQL_SUCCESS_WITH_INFO, SQLFetch(h));
        CHECK(n_fetched == MANY);
        for (unsigned i = 0; i < MANY && !api_is_bad; i++) {
            CHECK(statuses[i] == alone[i]);
            check_odd_row(i);
        }
        CHECK(statuses[0] == (k == 1 ? SQL_ROW_ERROR : SQL_ROW_SUCCESS_WITH_INFO));
        CHECK(statuses[MANY - 1] == SQL_ROW_ERROR);
        api_free(h);
        disconnect(dbc);
    }
    api_dbc = before;
}

static const char *const small_parts[] = {
    "DSN=retail;S3ResultBlockSize=65536;UseMultipleS3Threads=0",
    "DSN=retail;ResultFetcher=GetQueryResults"
};

static void a_broken_source_is_told_until_the_cursor_closes(void)
{
    SQLHDBC before = api_dbc;

    for (unsigned k = 0; k < 4; k++) {
        SQLHDBC dbc = connect_with(small_parts[k / 2]);
        SQLHSTMT h = statement(dbc, BLOCK, SQL_CURSOR_FORWARD_ONLY);
        unsigned total = 0, n_short = 0;
        SQLRETURN rc;
        if (k % 2 == 0)
            OK(h, SQLBindCol(h, 1, SQL_C_SBIGINT, ids, 0, NULL));
        OK(h, SQLExecDirect(h, text("SELECT 1 /*+ sandbox:replay=narrow:60000 */"), SQL_NTS));
        OK(h, SQLFetch(h));
        total += (unsigned)n_fetched;
        results_do("\"reset\": \"before\"");
        while (SQL_SUCCEEDED(rc = SQLFetch(h))) {
            total += (unsigned)n_fetched;
            n_short += n_fetched < BLOCK;
            CHECK((rc == SQL_SUCCESS_WITH_INFO) == (n_fetched < BLOCK));
            if (n_fetched < BLOCK)
                STATE(h, "01000");
        }
        CHECK(total < 60000 && n_short <= 1);
        results_are_well();
        for (unsigned i = 0; i < 3; i++) {
            CHECK(rc == SQL_ERROR);
            STATE(h, "08S01");
            CHECK(n_fetched == 0);
            rc = SQLFetch(h);
        }
        OK(h, SQLFreeStmt(h, SQL_CLOSE));
        OK(h, SQLExecDirect(h, text("SELECT 1 /*+ sandbox:replay=narrow:10 */"), SQL_NTS));
        OK(h, SQLFetch(h));
        CHECK(n_fetched == 10);
        api_free(h);
        disconnect(dbc);
    }
    api_dbc = before;
}

static void *cancel_soon(void *h)
{
    struct timespec pause = { 0, 300000000 };

    nanosleep(&pause, NULL);
    (void)SQLCancel(h);
    return NULL;
}

static const char many_rows[] = "SELECT 1 /*+ sandbox:replay=narrow:500000 */";

/* The call that ends with HY008 although each request of it is short; what comes next, too. */
static void cancelled(const char *string, SQLULEN cursor_type, bool is_bound)
{
    static SQLBIGINT all[500000];
    SQLHDBC dbc = connect_with(string);
    SQLHSTMT h = statement(dbc, 500000, cursor_type);
    pthread_t thread;

    SQLSetStmtAttr(h, SQL_ATTR_ROW_STATUS_PTR, NULL, 0);
    if (is_bound)
        OK(h, SQLBindCol(h, 1, SQL_C_SBIGINT, all, 0, NULL));
    results_do("\"latency\": 0.03");
    if (cursor_type == SQL_CURSOR_FORWARD_ONLY)
        OK(h, SQLExecDirect(h, text(many_rows), SQL_NTS));
    CHECK(pthread_create(&thread, NULL, cancel_soon, h) == 0);
    int64_t from = now_ms();
    if (cursor_type == SQL_CURSOR_FORWARD_ONLY)
        RETURNS(h, SQL_ERROR, SQLFetch(h));
    else
        RETURNS(h, SQL_ERROR, SQLExecDirect(h, text(many_rows), SQL_NTS));
    CHECK(now_ms() - from < 2000);
    STATE(h, "HY008");
    pthread_join(thread, NULL);
    CHECK(cursor_type == SQL_CURSOR_STATIC || n_fetched == 0);
    RETURNS(h, SQL_ERROR, SQLFetch(h)); /* unixODBC takes the cursor for closed: HY010 */
    results_are_well();
    OK(h, SQLFreeStmt(h, SQL_CLOSE));
    OK(h, SQLExecDirect(h, text("SELECT 7 AS n"), SQL_NTS));
    OK(h, SQLFetch(h));
    CHECK(n_fetched == 1);
    api_free(h);
    disconnect(dbc);
}

static void cancel_ends_a_fetch_of_many_short_requests(void)
{
    SQLHDBC before = api_dbc;

    for (unsigned k = 0; k < 6; k++)
        cancelled(small_parts[k % 2], k < 4 ? SQL_CURSOR_FORWARD_ONLY : SQL_CURSOR_STATIC, k < 2);
    api_dbc = before;
}

/* Rows of the replays have numbers that start again after 65,536. */
static unsigned rows_in_order(SQLHSTMT h)
{
    unsigned n = 0;

    while (SQL_SUCCEEDED(SQLFetch(h)) && !api_is_bad) {
        for (SQLULEN i = 0; i < n_fetched; i++, n++)
            CHECK(ids[i] == 100000000000 + (SQLBIGINT)(n % 65536));
    }
    return n;
}

static SQLULEN number_of(SQLHSTMT h, SQLINTEGER attribute)
{
    SQLULEN value = 99;

    OK(h, SQLGetStmtAttr(h, attribute, &value, 0, NULL));
    return value;
}

/* An object's size is known before it is read; of pages the first rows are kept and come first. */
static void a_static_cursor_above_the_ceiling_reads_forward(void)
{
    static const struct {
        const char *string, *sql;
        SQLULEN most;
        unsigned rows;
        bool is_static;
    } cases[] = {
        { "DSN=retail;MemoryCeiling=33554432", "SELECT 1 /*+ sandbox:replay=wide:120000 */", 0,
          120000, false },
        { "DSN=retail;MemoryCeiling=1048576", "SELECT 1 /*+ sandbox:replay=wide:9000 */", 8000,
          8000, false },
        { "DSN=retail;MemoryCeiling=1048576", "SELECT 1 /*+ sandbox:replay=wide:9000 */", 500, 500,
          true },
        { "DSN=retail;MemoryCeiling=1048576;ResultFetcher=GetQueryResults",
          "SELECT 1 /*+ sandbox:replay=narrow:30000 */", 0, 30000, false },
        { "DSN=retail;MemoryCeiling=1048576;ResultFetcher=GetQueryResults",
          "SELECT 1 /*+ sandbox:replay=narrow:30000 */", 25000, 25000, false },
        { "DSN=retail;MemoryCeiling=1048576;ResultFetcher=GetQueryResults",
          "SELECT 1 /*+ sandbox:replay=narrow:30000 */", 2500, 2500, true },
    };
    SQLHDBC before = api_dbc;

    for (unsigned k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        SQLHDBC dbc = connect_with(cases[k].string);
        SQLHSTMT h = statement(dbc, BLOCK, SQL_CURSOR_STATIC);
        SQLSetStmtAttr(h, SQL_ATTR_MAX_ROWS, (SQLPOINTER)(uintptr_t)cases[k].most, 0);
        OK(h, SQLBindCol(h, 1, SQL_C_SBIGINT, ids, 0, NULL));
        unsigned long gets = calls_of("s3:GetObject");
        RETURNS(h, cases[k].is_static ? SQL_SUCCESS : SQL_SUCCESS_WITH_INFO,
                SQLExecDirect(h, text(cases[k].sql), SQL_NTS));
        if (!cases[k].is_static)
            STATE(h, "01S02");
        if (k == 0) /* what is read ahead of a forward-only cursor, and the names */
            CHECK(calls_of("s3:GetObject") - gets <= 8);
        CHECK(number_of(h, SQL_ATTR_CURSOR_TYPE) ==
              (cases[k].is_static ? SQL_CURSOR_STATIC : SQL_CURSOR_FORWARD_ONLY));
        CHECK(number_of(h, SQL_ATTR_CURSOR_SCROLLABLE) ==
              (cases[k].is_static ? SQL_SCROLLABLE : SQL_NONSCROLLABLE));
        CHECK(rows_in_order(h) == cases[k].rows);
        OK(h, SQLFreeStmt(h, SQL_CLOSE));
        CHECK(number_of(h, SQL_ATTR_CURSOR_TYPE) == SQL_CURSOR_STATIC);
        api_free(h);
        disconnect(dbc);
    }
    api_dbc = before;
}

static unsigned count_rows(SQLHSTMT h)
{
    unsigned n = 0;

    while (SQL_SUCCEEDED(SQLFetch(h)))
        n += (unsigned)n_fetched;
    return n;
}

static unsigned limited(unsigned all, SQLULEN most)
{
    return most > 0 && most < all ? (unsigned)most : all;
}

static void open_some(SQLHSTMT h, bool is_catalog)
{
    if (is_catalog)
        OK(h, SQLGetTypeInfo(h, SQL_ALL_TYPES));
    else
        OK(h, SQLExecDirect(h, text("SELECT 1 /*+ sandbox:replay=narrow:50 */"), SQL_NTS));
}

/* Objects, pages, listings; forward-only and static. */
static void a_limit_set_on_an_open_cursor_holds_from_the_next_one_on(void)
{
    static const SQLULEN limits[][2] = { { 15, 3 }, { 15, 17 }, { 0, 12 }, { 12, 0 } };
    SQLHDBC before = api_dbc;

    for (unsigned k = 0; k < 6 * 4; k++) {
        SQLULEN first = limits[k % 4][0], then = limits[k % 4][1];
        bool is_catalog = k / 8 == 2;
        SQLHDBC dbc = connect_with(small_parts[k / 8 == 1]);
        SQLHSTMT h =
            statement(dbc, 10, k / 4 % 2 == 0 ? SQL_CURSOR_FORWARD_ONLY : SQL_CURSOR_STATIC);
        open_some(h, is_catalog);
        unsigned all = count_rows(h);
        OK(h, SQLFreeStmt(h, SQL_CLOSE));
        OK(h, SQLSetStmtAttr(h, SQL_ATTR_MAX_ROWS, (SQLPOINTER)(uintptr_t)first, 0));
        open_some(h, is_catalog);
        OK(h, SQLFetch(h));
        RETURNS(h, SQL_SUCCESS_WITH_INFO,
                SQLSetStmtAttr(h, SQL_ATTR_MAX_ROWS, (SQLPOINTER)(uintptr_t)then, 0));
        STATE(h, "01S02");
        CHECK(number_of(h, SQL_ATTR_MAX_ROWS) == first);
        CHECK(10 + count_rows(h) == limited(all, first));
        OK(h, SQLFreeStmt(h, SQL_CLOSE));
        CHECK(number_of(h, SQL_ATTR_MAX_ROWS) == then);
        open_some(h, is_catalog);
        CHECK(count_rows(h) == limited(all, then));
        api_free(h);
        disconnect(dbc);
    }
    api_dbc = before;
}

static void without_retrieving_a_fetch_only_moves(void)
{
    SQLHDBC before = api_dbc;
    SQLBIGINT one = 0;

    for (unsigned k = 0; k < 4; k++) {
        SQLHDBC dbc = connect_with(small_parts[k % 2]);
        SQLHSTMT h = statement(dbc, 10, k < 2 ? SQL_CURSOR_FORWARD_ONLY : SQL_CURSOR_STATIC);
        OK(h, SQLExecDirect(h, text("SELECT 1 /*+ sandbox:replay=narrow:25 */"), SQL_NTS));
        OK(h, SQLBindCol(h, 1, SQL_C_SBIGINT, ids, 0, lengths));
        for (unsigned round = 0; round < 3; round++) {
            SQLULEN on = round == 1 ? SQL_RD_ON : SQL_RD_OFF, rows = round == 2 ? 5 : 10;
            memset(ids, 0x55, sizeof(ids));
            memset(lengths, 0x55, sizeof(lengths));
            OK(h, SQLSetStmtAttr(h, SQL_ATTR_RETRIEVE_DATA, (SQLPOINTER)(uintptr_t)on, 0));
            RETURNS(h, SQL_SUCCESS, SQLFetch(h));
            CHECK(n_fetched == rows);
            for (unsigned i = 0; i < 10; i++) {
                CHECK(statuses[i] == (i < rows ? SQL_ROW_SUCCESS : SQL_ROW_NOROW));
                CHECK(ids[i] == (on == SQL_RD_ON ? 100000000000 + (SQLBIGINT)(10 * round + i)
                                                 : 0x5555555555555555));
                CHECK(lengths[i] == (on == SQL_RD_ON ? 8 : 0x5555555555555555));
            }
            OK(h, SQLSetPos(h, 4, SQL_POSITION, SQL_LOCK_NO_CHANGE));
            OK(h, SQLGetData(h, 1, SQL_C_SBIGINT, &one, 0, NULL));
            CHECK(one == 100000000000 + (SQLBIGINT)(10 * round + 3));
        }
        RETURNS(h, SQL_NO_DATA, SQLFetch(h));
        api_free(h);
        disconnect(dbc);
    }
    api_dbc = before;
}

static const struct api_test tests[] = {
    { "every row of a large rowset has the status it has alone",
      every_row_of_a_large_rowset_has_the_status_it_has_alone },
    { "a broken source is told until the cursor closes",
      a_broken_source_is_told_until_the_cursor_closes },
    { "cancel ends a fetch of many short requests", cancel_ends_a_fetch_of_many_short_requests },
    { "a static cursor above the ceiling reads forward",
      a_static_cursor_above_the_ceiling_reads_forward },
    { "a limit set on an open cursor holds from the next one on",
      a_limit_set_on_an_open_cursor_holds_from_the_next_one_on },
    { "without retrieving a fetch only moves", without_retrieving_a_fetch_only_moves },
};

API_MAIN("rowsets", SQL_OV_ODBC3, tests)
