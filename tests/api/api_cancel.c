/* Ending what runs: cancel from another thread, timeout, asynchronous execution, freeing, threads
   side by side. */
#include <pthread.h>
#include <time.h>

#include "api.h"

/* Minutes of work for any engine. */
static const char slow[] = "SELECT count(*) FROM flights.flights a CROSS JOIN flights.flights b "
                           "WHERE a.dep_delay * b.arr_delay > a.distance + b.distance";

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void nap(long ms)
{
    struct timespec t = { ms / 1000, (ms % 1000) * 1000000L };

    nanosleep(&t, NULL);
}

static void *cancel_soon(void *context)
{
    nap(700);
    if (!SQL_SUCCEEDED(SQLCancel(context)))
        api_fail(__LINE__, "SQLCancel", "");
    return NULL;
}

static void cancel_from_another_thread_ends_a_query(void)
{
    SQLHSTMT h = api_stmt();
    pthread_t thread;
    double start = now();

    pthread_create(&thread, NULL, cancel_soon, h);
    RETURNS(h, SQL_ERROR, SQLExecDirect(h, text(slow), SQL_NTS));
    STATE(h, "HY008");
    pthread_join(thread, NULL);
    CHECK(now() - start < 15);
    OK(h, SQLExecDirect(h, text("SELECT 1"), SQL_NTS)); /* the cancel is over */
    api_free(h);
}

static void cancel_of_an_idle_statement_does_nothing(void)
{
    SQLHSTMT h = api_stmt();

    for (int i = 0; i < 100; i++)
        RETURNS(h, SQL_SUCCESS, SQLCancel(h));
    OK(h, SQLExecDirect(h, text("SELECT 1"), SQL_NTS));
    api_free(h);
}

static void a_timeout_ends_a_query(void)
{
    SQLHSTMT h = api_stmt();
    double start = now();

    OK(h, SQLSetStmtAttr(h, SQL_ATTR_QUERY_TIMEOUT, (SQLPOINTER)1, 0));
    RETURNS(h, SQL_ERROR, SQLExecDirect(h, text(slow), SQL_NTS));
    STATE(h, "HYT00");
    CHECK(now() - start < 15);
    api_free(h);
}

static void an_asynchronous_query_is_asked_again_until_it_is_done(void)
{
    SQLHSTMT h = api_stmt();
    SQLRETURN rc;
    unsigned n_still = 0;
    SQLINTEGER v = 0;

    OK(h, SQLSetStmtAttr(h, SQL_ATTR_ASYNC_ENABLE, (SQLPOINTER)SQL_ASYNC_ENABLE_ON, 0));
    while ((rc = SQLExecDirect(h, text("SELECT 7"), SQL_NTS)) == SQL_STILL_EXECUTING &&
           n_still < 10000) {
        n_still++;
        nap(5);
    }
    CHECK(SQL_SUCCEEDED(rc));
    CHECK(n_still > 0);
    while ((rc = SQLFetch(h)) == SQL_STILL_EXECUTING)
        nap(5);
    CHECK(SQL_SUCCEEDED(rc));
    OK(h, SQLGetData(h, 1, SQL_C_SLONG, &v, 0, NULL));
    CHECK(v == 7);
    api_free(h);
}

static void an_asynchronous_query_can_be_cancelled(void)
{
    SQLHSTMT h = api_stmt();
    SQLRETURN rc;

    OK(h, SQLSetStmtAttr(h, SQL_ATTR_ASYNC_ENABLE, (SQLPOINTER)SQL_ASYNC_ENABLE_ON, 0));
    RETURNS(h, SQL_STILL_EXECUTING, SQLExecDirect(h, text(slow), SQL_NTS));
    nap(300);
    RETURNS(h, SQL_SUCCESS, SQLCancel(h));
    while ((rc = SQLExecDirect(h, text(slow), SQL_NTS)) == SQL_STILL_EXECUTING)
        nap(5);
    CHECK(rc == SQL_ERROR);
    STATE(h, "HY008");
    api_free(h);
}

static void closing_and_freeing_while_rows_are_left_is_quick(void)
{
    double start = now();

    for (int i = 0; i < 3; i++) {
        SQLHSTMT h = api_stmt();
        OK(h, SQLExecDirect(h, text("SELECT * FROM flights.flights"), SQL_NTS));
        OK(h, SQLFetch(h));
        if (i == 0)
            OK(h, SQLCloseCursor(h));
        api_free(h);
    }
    CHECK(now() - start < 60);
}

static bool beside_done;

static void *wait_long(void *context)
{
    RETURNS(context, SQL_ERROR, SQLExecDirect(context, text(slow), SQL_NTS));
    return NULL;
}

/* One lock per handle, none held over a wait; the manager must not serialise either (Threading =
   0). */
static void while_one_statement_waits_another_of_the_connection_works(void)
{
    SQLHSTMT waiting = api_stmt(), h = api_stmt();
    pthread_t thread;
    SQLCHAR name[64];
    SQLSMALLINT n = 0;
    double start = now();

    pthread_create(&thread, NULL, wait_long, waiting);
    nap(500);
    CHECK(SQL_SUCCEEDED(SQLGetInfo(api_dbc, SQL_DBMS_NAME, name, sizeof(name), &n)));
    (void)api_records(SQL_HANDLE_STMT, waiting);
    OK(h, SQLExecDirect(h, text("SELECT 1"), SQL_NTS));
    OK(h, SQLFetch(h));
    beside_done = now() - start < 10;
    SQLCancel(waiting);
    pthread_join(thread, NULL);
    CHECK(beside_done);
    api_free(h);
    api_free(waiting);
}

static void *run_some(void *context)
{
    SQLHSTMT h = SQL_NULL_HSTMT;
    unsigned *good = context;

    for (int i = 0; i < 3; i++) {
        SQLINTEGER v = 0;
        if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, api_dbc, &h)))
            return NULL;
        if (SQL_SUCCEEDED(SQLExecDirect(h, text("SELECT 5"), SQL_NTS)) &&
            SQL_SUCCEEDED(SQLFetch(h)) &&
            SQL_SUCCEEDED(SQLGetData(h, 1, SQL_C_SLONG, &v, 0, NULL)) && v == 5)
            (*good)++;
        SQLFreeHandle(SQL_HANDLE_STMT, h);
    }
    return NULL;
}

static void ten_threads_share_a_connection(void)
{
    pthread_t threads[10];
    unsigned good[10] = { 0 }, total = 0;

    for (int i = 0; i < 10; i++)
        pthread_create(&threads[i], NULL, run_some, &good[i]);
    for (int i = 0; i < 10; i++) {
        pthread_join(threads[i], NULL);
        total += good[i];
    }
    CHECK(total == 30);
}

static void disconnecting_with_open_statements_frees_them(void)
{
    SQLHDBC dbc = api_connect(api_env);
    SQLHSTMT h = SQL_NULL_HSTMT;

    CHECK(dbc != SQL_NULL_HDBC);
    CHECK(SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &h)));
    CHECK(SQL_SUCCEEDED(SQLExecDirect(h, text("SELECT 1"), SQL_NTS)));
    CHECK(SQL_SUCCEEDED(SQLDisconnect(dbc)));
    CHECK(SQL_SUCCEEDED(SQLFreeHandle(SQL_HANDLE_DBC, dbc)));
}

static const struct api_test tests[] = {
    { "cancel from another thread ends a query", cancel_from_another_thread_ends_a_query },
    { "cancel of an idle statement does nothing", cancel_of_an_idle_statement_does_nothing },
    { "a timeout ends a query", a_timeout_ends_a_query },
    { "an asynchronous query is asked again until it is done",
      an_asynchronous_query_is_asked_again_until_it_is_done },
    { "an asynchronous query can be cancelled", an_asynchronous_query_can_be_cancelled },
    { "closing and freeing while rows are left is quick",
      closing_and_freeing_while_rows_are_left_is_quick },
    { "while one statement waits another of the connection works",
      while_one_statement_waits_another_of_the_connection_works },
    { "ten threads share a connection", ten_threads_share_a_connection },
    { "disconnecting with open statements frees them",
      disconnecting_with_open_statements_frees_them },
};

API_MAIN("cancel", SQL_OV_ODBC3, tests)
