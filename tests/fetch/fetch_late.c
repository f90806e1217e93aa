/* Asynchronous statements while the service is slow: every request for a result takes half a second
   and no call of the application may. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "api.h"

enum { REQUEST_MS = 500, CALL_MS_MAX = 250, CALLS_MAX = 20000 };

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* One request to the sandbox's controls, whose address is http://127.0.0.1:PORT. */
static void control(const char *method, const char *body)
{
    const char *endpoint = getenv("ATHENA_SANDBOX_ENDPOINT"),
               *colon = endpoint != NULL ? strrchr(endpoint, ':') : NULL;
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    char request[1024], answer[4096] = "";
    size_t len = 0;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    to.sin_port = htons((uint16_t)(colon != NULL ? strtoul(colon + 1, NULL, 10) : 0));
    snprintf(request, sizeof(request),
             "%s /_sandbox/faults HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: "
             "close\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
             method, strlen(body), body);
    if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
        write(fd, request, strlen(request)) < 0)
        api_fail(__LINE__, "the sandbox's controls do not answer",
                 endpoint != NULL ? endpoint : "");
    for (ssize_t n;
         len < sizeof(answer) - 1 && (n = read(fd, answer + len, sizeof(answer) - 1 - len)) > 0;)
        len += (size_t)n;
    CHECK(strstr(answer, " 200") != NULL);
    close(fd);
}

static void slow(void)
{
    control("POST", "{\"service\": \"s3\", \"operation\": \"GetObject\", \"latency\": 0.5}");
    control("POST",
            "{\"service\": \"athena\", \"operation\": \"GetQueryResults\", \"latency\": 0.5}");
}

static void quick(void)
{
    control("DELETE", "");
}

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
            nanosleep(&nap_, NULL); \
        } while ((rc) == SQL_STILL_EXECUTING && n_calls < CALLS_MAX); \
    } while (0)

static SQLHDBC connect_with(const char *string)
{
    SQLHDBC dbc = SQL_NULL_HDBC;

    SQLAllocHandle(SQL_HANDLE_DBC, api_env, &dbc);
    if (!SQL_SUCCEEDED(
            SQLDriverConnect(dbc, NULL, text(string), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT)))
        api_fail(__LINE__, "connect", api_records(SQL_HANDLE_DBC, dbc));
    return dbc;
}

static SQLHSTMT asynchronous(void)
{
    SQLHSTMT h = api_stmt();

    OK(h, SQLSetStmtAttr(h, SQL_ATTR_ASYNC_ENABLE, (SQLPOINTER)SQL_ASYNC_ENABLE_ON, 0));
    return h;
}

static void read_all(SQLHSTMT h, unsigned want)
{
    unsigned n = 0;
    SQLRETURN rc;

    for (;;) {
        TIMED(rc, SQLFetch(h));
        CHECK(longest_ms < CALL_MS_MAX);
        if (!SQL_SUCCEEDED(rc))
            break;
        n++;
    }
    CHECK(rc == SQL_NO_DATA);
    CHECK(n == want);
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
    slow();
    TIMED(rc, SQLExecDirect(h, text(sql), SQL_NTS));
    OK(h, rc);
    CHECK(longest_ms < CALL_MS_MAX);
    CHECK(n_calls > 20); /* the opening alone takes half a second */
    read_all(h, rows);
    quick();
    api_free(h);
    SQLDisconnect(dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    api_dbc = before;
}

static void opening_an_object_does_not_block(void)
{
    read_slowly("DSN=retail", SQL_CURSOR_FORWARD_ONLY, 500);
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

    slow();
    wait_in_the_opening(h);
    OK(h, SQLCancel(h));
    TIMED(rc, SQLExecDirect(h, text("SELECT 1 /*+ sandbox:replay=narrow:500 */"), SQL_NTS));
    CHECK(rc == SQL_ERROR);
    STATE(h, "HY008");
    quick();
    TIMED(rc, SQLExecDirect(h, text("SELECT 7 AS n"), SQL_NTS));
    OK(h, rc);
    read_all(h, 1);
    api_free(h);
}

static void an_opening_that_nobody_waits_for_is_given_up(void)
{
    SQLHDBC before = api_dbc;

    slow();
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
        SQLDisconnect(dbc);
        CHECK(now_ms() - from < 5000);
        SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    }
    quick();
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
