/* What the programs of this folder share: promises counted by the main thread, handles without
   shared buffers, and the sandbox's control API over a plain socket. */
#ifndef TESTS_THREADS_H
#define TESTS_THREADS_H

#include <arpa/inet.h>
#include <pthread.h>
#include <sql.h>
#include <sqlext.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Minutes of work for any engine; the comment lets the sandbox's list tell one from another. */
#define SLOW(mark) \
    "/* " mark " */ SELECT count(*) FROM flights.flights a CROSS JOIN flights.flights b " \
    "WHERE a.dep_delay * b.arr_delay > a.distance + b.distance"

static unsigned passed, failed;
static atomic_uint n_complaints;

static inline SQLCHAR *text(const char *s)
{
    return (SQLCHAR *)(uintptr_t)s;
}

static inline double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline void nap(long ms)
{
    struct timespec t = { ms / 1000, (ms % 1000) * 1000000L };

    nanosleep(&t, NULL);
}

/* From any thread; the promise that is being kept fails. */
__attribute__((format(printf, 1, 2))) static inline void complain(const char *format, ...)
{
    char line[1400];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    if (atomic_fetch_add(&n_complaints, 1) < 12)
        printf("     %s\n", line);
}

#define CHECK(condition) \
    do { \
        if (!(condition)) \
            complain("line %d: %s", __LINE__, #condition); \
    } while (0)

static inline void promise(const char *sentence, void (*run)(void))
{
    atomic_store(&n_complaints, 0);
    run();
    if (atomic_load(&n_complaints) == 0) {
        passed++;
        printf("ok   %s\n", sentence);
    } else {
        failed++;
        printf("FAIL %s\n", sentence);
    }
    fflush(stdout);
}

static inline int finish(const char *name)
{
    printf("threads %s: %u passed, %u failed\n", name, passed, failed);
    return failed > 0;
}

struct record {
    char state[6], message[1024];
};

/* The first record; empty when there is none. */
static inline struct record record_of(SQLSMALLINT kind, SQLHANDLE h)
{
    struct record r = { "", "" };
    SQLINTEGER native;

    (void)SQLGetDiagRec(kind, h, 1, (SQLCHAR *)r.state, &native, (SQLCHAR *)r.message,
                        sizeof(r.message), NULL);
    return r;
}

static inline bool all_good(const char *what, SQLRETURN rc, SQLSMALLINT kind, SQLHANDLE h)
{
    if (!SQL_SUCCEEDED(rc)) {
        struct record r = record_of(kind, h);

        complain("%s: [%s] %s", what, r.state, r.message);
    }
    return SQL_SUCCEEDED(rc);
}

#define OK(kind, h, call) all_good(#call, (call), (kind), (h))

static inline SQLHENV new_env(uintptr_t version)
{
    SQLHENV env = SQL_NULL_HENV;

    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &env)) ||
        !SQL_SUCCEEDED(SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)version, 0)))
        complain("an environment cannot be made");
    return env;
}

/* NULL and a complaint when refused; why (may be NULL) takes the record instead of the
   complaint. */
static inline SQLHDBC open_dsn(SQLHENV env, const char *dsn, struct record *why)
{
    SQLHDBC dbc = SQL_NULL_HDBC;

    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc))) {
        complain("a connection handle cannot be made");
        return SQL_NULL_HDBC;
    }
    if (SQL_SUCCEEDED(SQLConnect(dbc, text(dsn), SQL_NTS, NULL, 0, NULL, 0)))
        return dbc;
    if (why != NULL)
        *why = record_of(SQL_HANDLE_DBC, dbc);
    else
        complain("connecting to %s: %s", dsn, record_of(SQL_HANDLE_DBC, dbc).message);
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    return SQL_NULL_HDBC;
}

static inline void close_dbc(SQLHDBC dbc)
{
    if (dbc == SQL_NULL_HDBC)
        return;
    SQLDisconnect(dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
}

static inline SQLHSTMT new_stmt(SQLHDBC dbc)
{
    SQLHSTMT h = SQL_NULL_HSTMT;

    OK(SQL_HANDLE_DBC, dbc, SQLAllocHandle(SQL_HANDLE_STMT, dbc, &h));
    return h;
}

static inline void free_stmt(SQLHSTMT h)
{
    SQLFreeHandle(SQL_HANDLE_STMT, h);
}

/* The number that a query of one row and column gives, or -1. */
static inline SQLINTEGER number_of(SQLHDBC dbc, const char *sql)
{
    SQLHSTMT h = new_stmt(dbc);
    SQLINTEGER value = -1;

    if (OK(SQL_HANDLE_STMT, h, SQLExecDirect(h, text(sql), SQL_NTS)) &&
        OK(SQL_HANDLE_STMT, h, SQLFetch(h)))
        OK(SQL_HANDLE_STMT, h, SQLGetData(h, 1, SQL_C_SLONG, &value, 0, NULL));
    free_stmt(h);
    return value;
}

static inline bool send_all(int s, const char *data, size_t n)
{
    while (n > 0) {
        ssize_t sent = write(s, data, n);

        if (sent <= 0)
            return false;
        data += sent;
        n -= (size_t)sent;
    }
    return true;
}

/* The body of the control API's answer; the caller frees it with free(). Ends the program when the
   sandbox does not answer. */
static inline char *control(const char *method, const char *path, const char *body)
{
    const char *endpoint = getenv("ATHENA_SANDBOX_ENDPOINT");
    const char *port = endpoint == NULL ? NULL : strrchr(endpoint, ':');
    struct sockaddr_in address = { .sin_family = AF_INET };
    size_t size = 4 << 20, n = 0;
    char head[600], *answer = calloc(1, size), *found;
    int s = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_port = htons((uint16_t)strtol(port == NULL ? "0" : port + 1, NULL, 10));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    snprintf(head, sizeof(head),
             "%s /_sandbox/%s HTTP/1.1\r\nHost: 127.0.0.1%s\r\nContent-Length: %zu\r\nConnection: "
             "close\r\n\r\n",
             method, path, port == NULL ? "" : port, strlen(body));
    if (answer == NULL || connect(s, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        !send_all(s, head, strlen(head)) || !send_all(s, body, strlen(body))) {
        printf("FAIL the sandbox does not answer\n");
        exit(1);
    }
    for (ssize_t got; n + 1 < size && (got = read(s, answer + n, size - n - 1)) > 0;)
        n += (size_t)got;
    close(s);
    found = strstr(answer, "\r\n\r\n");
    if (found != NULL)
        memmove(answer, found + 4, strlen(found + 4) + 1);
    return answer;
}

/* The number behind "name": in the answer to GET path; 0 when it is not there. */
static inline long control_number(const char *path, const char *name)
{
    char *answer = control("GET", path, ""), key[100];
    const char *found;
    long value = 0;

    snprintf(key, sizeof(key), "\"%s\":", name);
    found = strstr(answer, key);
    if (found != NULL)
        value = strtol(found + strlen(key), NULL, 10);
    free(answer);
    return value;
}

static inline void control_do(const char *method, const char *path, const char *body)
{
    free(control(method, path, body));
}

#endif
