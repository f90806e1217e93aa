/* Asynchronous statements while the service is slow: every request for a result takes half a second
   and no call of the application may. */
#include "control.h"

enum { CALL_MS_MAX = 250, CALLS_MAX = 20000 };

/* The longest single call, and all of them, since the last reset. */
static int64_t longest_ms, total_ms;
static unsigned n_calls;

#define TIMED(rc, call) \
    do { \
        n_calls = 0; \
        total_ms = longest_ms = 0; \
        do { \
            struct timespec nap_ = { 0, 3000000 }; \
            int64_t from_ = now_ms(), took_; \
            (rc) = (call); \
            took_ = now_ms() - from_; \
            longest_ms = took_ > longest_ms ? took_ : longest_ms; \
            total_ms += took_; \
            n_calls++; \
            if ((rc) == SQL_STILL_EXECUTING) \
                nanosleep(&nap_, NULL); \
        } while ((rc) == SQL_STILL_EXECUTING && n_calls < CALLS_MAX); \
    } while (0)

static SQLHSTMT asynchronous(void)
{
    SQLHSTMT h = api_stmt();

    OK(h, SQLSetStmtAttr(h, SQL_ATTR_ASYNC_ENABLE, (SQLPOINTER)SQL_ASYNC_ENABLE_ON, 0));
    return h;
}

static void read_all(SQLHSTMT h, unsigned want)
{
    SQLULEN n = 0, total = 0;
    SQLRETURN rc;

    SQLSetStmtAttr(h, SQL_ATTR_ROWS_FETCHED_PTR, &n, 0);
    for (;;) {
        TIMED(rc, SQLFetch(h));
        CHECK(longest_ms < CALL_MS_MAX);
        if (!SQL_SUCCEEDED(rc))
            break;
        total += n;
    }
    CHECK(rc == SQL_NO_DATA);
    CHECK(total == want);
}

/* rows: what the replay gives; small results are one part or two pages. */
static void read_slowly(const char *string, SQLULEN cursor, unsigned rows)
{
    SQLHDBC before = api_dbc, dbc = connect_with(string);
    char sql[80];
    SQLRETURN rc;

    api_dbc = dbc;
    SQLHSTMT h = asynchronous();
    OK(h, SQLSetStmtAttr(h, SQL_ATTR_CURSOR_TYPE, (SQLPOINTER)(uintptr_t)cursor, 0));
    snprintf(sql, sizeof(sql), "SELECT 1 /*+ sandbox:replay=narrow:%u */", rows);
    results_do("\"latency\": 0.5");
    TIMED(rc, SQLExecDirect(h, text(sql), SQL_NTS));
    OK(h, rc);
    CHECK(longest_ms < CALL_MS_MAX);
    CHECK(n_calls > 20); /* the opening alone takes half a second */
    read_all(h, rows);
    results_are_well();
    api_free(h);
    disconnect(dbc);
    api_dbc = before;
}

static void opening_an_object_does_not_block(void)
{
    read_slowly("DSN=retail", SQL_CURSOR_FORWARD_ONLY, 500);
}

/* Records lie across the borders of the parts. One by one, in blocks, and into bound columns. */
static void reading_an_object_of_several_parts_does_not_block(void)
{
    static const SQLULEN blocks[] = { 1, 1000, 7000 };
    static SQLBIGINT ids[7000];
    SQLHDBC before = api_dbc,
            dbc = connect_with("DSN=retail;S3ResultBlockSize=65536;UseMultipleS3Threads=0");
    SQLRETURN rc;

    api_dbc = dbc;
    for (unsigned k = 0; k < 6; k++) {
        SQLHSTMT h = asynchronous();
        OK(h, SQLSetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)blocks[k / 2], 0));
        if (k % 2 == 1)
            OK(h, SQLBindCol(h, 1, SQL_C_SBIGINT, ids, 0, NULL));
        TIMED(rc, SQLExecDirect(h, text("SELECT 1 /*+ sandbox:replay=narrow:14000 */"), SQL_NTS));
        OK(h, rc);
        results_do("\"latency\": 0.5");
        read_all(h, 14000);
        results_are_well();
        api_free(h);
    }
    disconnect(dbc);
    api_dbc = before;
}

static void opening_pages_does_not_block(void)
{
    read_slowly("DSN=retail;ResultFetcher=GetQueryResults", SQL_CURSOR_FORWARD_ONLY, 2500);
}

static void reading_a_static_cursor_into_memory_does_not_block(void)
{
    read_slowly("DSN=retail", SQL_CURSOR_STATIC, 500);
    read_slowly("DSN=retail;ResultFetcher=GetQueryResults", SQL_CURSOR_STATIC, 2500);
    read_slowly("DSN=retail;ExactSizes=1", SQL_CURSOR_FORWARD_ONLY, 500);
}

/* Brings a statement into the opening: the query itself is over within that time. */
static void wait_in_the_opening(SQLHSTMT h)
{
    struct timespec nap = { 0, 10000000 };
    int64_t until = now_ms() + 400;

    while (now_ms() < until && SQLExecDirect(h, text("SELECT 1 /*+ sandbox:replay=narrow:500 */"),
                                             SQL_NTS) == SQL_STILL_EXECUTING)
        nanosleep(&nap, NULL);
}

static void a_cancel_ends_the_opening_with_hy008(void)
{
    SQLHSTMT h = asynchronous();
    SQLRETURN rc;

    results_do("\"latency\": 0.5");
    wait_in_the_opening(h);
    OK(h, SQLCancel(h));
    TIMED(rc, SQLExecDirect(h, text("SELECT 1 /*+ sandbox:replay=narrow:500 */"), SQL_NTS));
    CHECK(rc == SQL_ERROR);
    STATE(h, "HY008");
    results_are_well();
    TIMED(rc, SQLExecDirect(h, text("SELECT 7 AS n"), SQL_NTS));
    OK(h, rc);
    read_all(h, 1);
    api_free(h);
}

static void an_opening_that_nobody_waits_for_is_given_up(void)
{
    SQLHDBC before = api_dbc;

    results_do("\"latency\": 0.5");
    for (unsigned i = 0; i < 2; i++) {
        SQLHDBC dbc = connect_with("DSN=retail");
        api_dbc = dbc;
        SQLHSTMT h = asynchronous();
        wait_in_the_opening(h);
        int64_t from = now_ms();
        if (i == 0) {
            (void)SQLCancel(h);
            api_free(h);
        }
        disconnect(dbc);
        CHECK(now_ms() - from < 5000);
    }
    results_are_well();
    api_dbc = before;
}

static void what_the_first_call_had_to_tell_is_told_at_the_end(void)
{
    SQLHSTMT h = asynchronous();
    SQLDOUBLE value = 1234.5;
    SQLRETURN rc;

    OK(h,
       SQLBindParameter(h, 1, SQL_PARAM_INPUT, SQL_C_DOUBLE, SQL_INTEGER, 0, 0, &value, 0, NULL));
    TIMED(rc, SQLExecDirect(h, text("SELECT ? AS n"), SQL_NTS));
    CHECK(n_calls > 1);
    CHECK(rc == SQL_SUCCESS_WITH_INFO);
    STATE(h, "01S07");
    api_free(h);
}

static const struct api_test tests[] = {
    { "opening an object does not block", opening_an_object_does_not_block },
    { "reading an object of several parts does not block",
      reading_an_object_of_several_parts_does_not_block },
    { "opening pages does not block", opening_pages_does_not_block },
    { "reading a static cursor into memory does not block",
      reading_a_static_cursor_into_memory_does_not_block },
    { "a cancel ends the opening with HY008", a_cancel_ends_the_opening_with_hy008 },
    { "an opening that nobody waits for is given up",
      an_opening_that_nobody_waits_for_is_given_up },
    { "what the first call had to tell is told at the end",
      what_the_first_call_had_to_tell_is_told_at_the_end },
};

API_MAIN("late", SQL_OV_ODBC3, tests)
