/* An ODBC application in small: connects to what ATHENA_TEST_CONNECT (a connection string) or
   ATHENA_TEST_DSN names, checks, counts. */
#ifndef TESTS_API_H
#define TESTS_API_H

#include <sql.h>
#include <sqlext.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned api_passed, api_failed;
static const char *api_sentence;
static bool api_is_bad;

struct api_test {
    const char *sentence;
    void (*run)(void);
};

static SQLHENV api_env;
static SQLHDBC api_dbc;

/* All records of a handle on one line. */
static const char *api_records(SQLSMALLINT kind, SQLHANDLE h)
{
    static char text[4096];
    size_t at = 0;
    SQLCHAR state[6], message[1024];
    SQLINTEGER native;

    text[0] = '\0';
    for (SQLSMALLINT i = 1; i < 8 && at + 1200 < sizeof(text); i++) {
        if (!SQL_SUCCEEDED(
                SQLGetDiagRec(kind, h, i, state, &native, message, sizeof(message), NULL)))
            break;
        at += (size_t)snprintf(text + at, sizeof(text) - at, "[%s] %s ", state, message);
    }
    return text;
}

static inline const char *api_state(SQLSMALLINT kind, SQLHANDLE h)
{
    static SQLCHAR state[6];
    SQLINTEGER native;

    state[0] = '\0';
    (void)SQLGetDiagRec(kind, h, 1, state, &native, NULL, 0, NULL);
    return (const char *)state;
}

static void api_fail(int line, const char *what, const char *detail)
{
    if (!api_is_bad)
        printf("FAIL %s\n", api_sentence);
    api_is_bad = true;
    printf("     line %d: %s %s\n", line, what, detail);
}

#define CHECK(condition) \
    do { \
        if (!(condition)) \
            api_fail(__LINE__, #condition, ""); \
    } while (0)
#define OK(h, call) \
    do { \
        SQLRETURN rc_ = (call); \
        if (!SQL_SUCCEEDED(rc_)) \
            api_fail(__LINE__, #call, api_records(SQL_HANDLE_STMT, (h))); \
    } while (0)
#define RETURNS(h, want, call) \
    do { \
        SQLRETURN rc_ = (call); \
        if (rc_ != (want)) { \
            char t_[64]; \
            snprintf(t_, sizeof(t_), "gave %d:", rc_); \
            api_fail(__LINE__, t_, #call); \
            api_fail(__LINE__, "  ", api_records(SQL_HANDLE_STMT, (h))); \
        } \
    } while (0)
#define STATE(h, want) \
    do { \
        if (strcmp(api_state(SQL_HANDLE_STMT, (h)), (want)) != 0) \
            api_fail(__LINE__, "wanted " want " but got", api_records(SQL_HANDLE_STMT, (h))); \
    } while (0)
#define TEXT_IS(got, want) \
    do { \
        if (strcmp((const char *)(got), (want)) != 0) \
            api_fail(__LINE__, "wanted " want " but got", (const char *)(got)); \
    } while (0)

static SQLCHAR *text(const char *s)
{
    return (SQLCHAR *)(uintptr_t)s;
}

static SQLHDBC api_connect(SQLHENV env)
{
    SQLHDBC dbc = SQL_NULL_HDBC;
    const char *string = getenv("ATHENA_TEST_CONNECT"), *dsn = getenv("ATHENA_TEST_DSN");
    SQLRETURN rc;

    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc)))
        return SQL_NULL_HDBC;
    if (string != NULL)
        rc = SQLDriverConnect(dbc, NULL, text(string), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
    else
        rc = SQLConnect(dbc, text(dsn != NULL ? dsn : "retail"), SQL_NTS, NULL, 0, NULL, 0);
    if (SQL_SUCCEEDED(rc))
        return dbc;
    printf("     connecting failed: %s\n", api_records(SQL_HANDLE_DBC, dbc));
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    return SQL_NULL_HDBC;
}

static inline SQLHSTMT api_stmt(void)
{
    SQLHSTMT h = SQL_NULL_HSTMT;

    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, api_dbc, &h)))
        api_fail(__LINE__, "SQLAllocHandle", api_records(SQL_HANDLE_DBC, api_dbc));
    return h;
}

static inline void api_free(SQLHSTMT h)
{
    SQLFreeHandle(SQL_HANDLE_STMT, h);
}

/* Runs all tests over one connection; the exit code of main. */
static inline int api_run(const char *name, uintptr_t version, const struct api_test *tests,
                          size_t n)
{
    SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &api_env);
    SQLSetEnvAttr(api_env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)version, 0);
    api_sentence = "the connection opens";
    api_dbc = api_connect(api_env);
    if (api_dbc == SQL_NULL_HDBC) {
        printf("FAIL %s\nAPI %s: 0 passed, %zu failed\n", api_sentence, name, n);
        return 1;
    }
    for (size_t i = 0; i < n; i++) {
        api_sentence = tests[i].sentence;
        api_is_bad = false;
        tests[i].run();
        if (api_is_bad)
            api_failed++;
        else
            api_passed++;
    }
    SQLDisconnect(api_dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, api_dbc);
    SQLFreeHandle(SQL_HANDLE_ENV, api_env);
    printf("API %s: %u passed, %u failed\n", name, api_passed, api_failed);
    return api_failed == 0 ? 0 : 1;
}

#define API_MAIN(name, version, tests) \
    int main(void) \
    { \
        return api_run(name, version, tests, sizeof(tests) / sizeof((tests)[0])); \
    }

#endif
