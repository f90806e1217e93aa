/* ODBC as iODBC speaks it, declared here because its headers cannot be installed beside unixODBC's:
   SQLWCHAR has four bytes. The manager is loaded RTLD_LOCAL, as an interpreter would load it. */
#ifndef TESTS_IODBC_H
#define TESTS_IODBC_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint32_t wide;
typedef void *handle;
typedef int16_t small;
typedef uint16_t usmall;
typedef int32_t integer;
typedef long len;

enum { ENV = 1, DBC = 2, STMT = 3 };
enum { SUCCESS = 0, INFO = 1, NO_DATA = 100, ERROR = -1, NTS = -3, NULL_DATA = -1 };
enum { C_CHAR = 1, C_WCHAR = -8, C_SLONG = -16, C_SBIGINT = -25, C_DOUBLE = 8, C_BIT = -7,
       C_BINARY = -2, C_DATE = 91, C_TIMESTAMP = 93 };
enum { VARCHAR = 12, WVARCHAR = -9 };

#define FUNCTIONS(F) \
    F(SQLAllocHandle, (small, handle, handle *)) \
    F(SQLFreeHandle, (small, handle)) \
    F(SQLSetEnvAttr, (handle, integer, void *, integer)) \
    F(SQLGetEnvAttr, (handle, integer, void *, integer, integer *)) \
    F(SQLConnect, (handle, const char *, small, const char *, small, const char *, small)) \
    F(SQLConnectW, (handle, const wide *, small, const wide *, small, const wide *, small)) \
    F(SQLDriverConnect, (handle, void *, const char *, small, char *, small, small *, usmall)) \
    F(SQLDriverConnectW, (handle, void *, const wide *, small, wide *, small, small *, usmall)) \
    F(SQLDisconnect, (handle)) \
    F(SQLExecDirect, (handle, const char *, integer)) \
    F(SQLExecDirectW, (handle, const wide *, integer)) \
    F(SQLPrepareW, (handle, const wide *, integer)) \
    F(SQLExecute, (handle)) \
    F(SQLBindParameter, (handle, usmall, small, small, small, unsigned long, small, void *, len, \
                         len *)) \
    F(SQLBindCol, (handle, usmall, small, void *, len, len *)) \
    F(SQLFetch, (handle)) \
    F(SQLGetData, (handle, usmall, small, void *, len, len *)) \
    F(SQLCloseCursor, (handle)) \
    F(SQLCancel, (handle)) \
    F(SQLNumResultCols, (handle, small *)) \
    F(SQLDescribeColW, (handle, usmall, wide *, small, small *, small *, unsigned long *, small *, \
                        small *)) \
    F(SQLColAttributeW, (handle, usmall, usmall, void *, small, small *, len *)) \
    F(SQLTablesW, (handle, const wide *, small, const wide *, small, const wide *, small, \
                   const wide *, small)) \
    F(SQLColumnsW, (handle, const wide *, small, const wide *, small, const wide *, small, \
                    const wide *, small)) \
    F(SQLPrimaryKeysW, (handle, const wide *, small, const wide *, small, const wide *, small)) \
    F(SQLGetTypeInfoW, (handle, small)) \
    F(SQLGetInfo, (handle, usmall, void *, small, small *)) \
    F(SQLGetInfoW, (handle, usmall, void *, small, small *)) \
    F(SQLGetConnectAttr, (handle, integer, void *, integer, integer *)) \
    F(SQLGetConnectAttrW, (handle, integer, void *, integer, integer *)) \
    F(SQLSetConnectAttrW, (handle, integer, void *, integer)) \
    F(SQLGetStmtAttrW, (handle, integer, void *, integer, integer *)) \
    F(SQLSetStmtAttr, (handle, integer, void *, integer)) \
    F(SQLNativeSqlW, (handle, const wide *, integer, wide *, integer, integer *)) \
    F(SQLSetCursorNameW, (handle, const wide *, small)) \
    F(SQLGetCursorNameW, (handle, wide *, small, small *)) \
    F(SQLGetDiagRec, (small, handle, small, char *, integer *, char *, small, small *)) \
    F(SQLGetDiagRecW, (small, handle, small, wide *, integer *, wide *, small, small *)) \
    F(SQLGetDiagFieldW, (small, handle, small, small, void *, small, small *))

#define DECLARE(name, arguments) static small(*name) arguments;
FUNCTIONS(DECLARE)
#undef DECLARE

static bool load_manager(void)
{
    void *library = dlopen("libiodbc.so.2", RTLD_NOW | RTLD_LOCAL);

    if (library == NULL) {
        printf("FAIL libiodbc.so.2 cannot be loaded: %s\n", dlerror());
        return false;
    }
#define LOAD(name, arguments) *(void **)&name = dlsym(library, #name);
    FUNCTIONS(LOAD)
#undef LOAD
    return true;
}

/* UTF-8 to wide; good until the eighth call after. */
static wide *wide_of(const char *utf8)
{
    static wide rooms[8][1200];
    static unsigned turn;
    wide *to = rooms[turn++ % 8];
    size_t n = 0;

    for (const unsigned char *s = (const unsigned char *)utf8; *s != 0 && n < 1199; n++) {
        unsigned more = *s >= 0xf0 ? 3 : *s >= 0xe0 ? 2 : *s >= 0xc0 ? 1 : 0;
        wide c = more == 0 ? *s : *s & (0x3fu >> more);

        for (s++; more > 0; more--, s++)
            c = c << 6 | (*s & 0x3f);
        to[n] = c;
    }
    to[n] = 0;
    return to;
}

/* Wide to UTF-8; good until the fourth call after. */
static const char *utf8_of(const wide *from)
{
    static char rooms[4][4800];
    static unsigned turn;
    char *start = rooms[turn++ % 4], *to = start;

    for (; *from != 0 && to < start + 4790; from++) {
        wide c = *from;

        if (c < 0x80) {
            *to++ = (char)c;
        } else if (c < 0x800) {
            *to++ = (char)(0xc0 | c >> 6);
            *to++ = (char)(0x80 | (c & 0x3f));
        } else if (c < 0x10000) {
            *to++ = (char)(0xe0 | c >> 12);
            *to++ = (char)(0x80 | (c >> 6 & 0x3f));
            *to++ = (char)(0x80 | (c & 0x3f));
        } else {
            *to++ = (char)(0xf0 | (c >> 18 & 7));
            *to++ = (char)(0x80 | (c >> 12 & 0x3f));
            *to++ = (char)(0x80 | (c >> 6 & 0x3f));
            *to++ = (char)(0x80 | (c & 0x3f));
        }
    }
    *to = 0;
    return start;
}

static size_t wide_length(const wide *s)
{
    size_t n = 0;

    while (s[n] != 0)
        n++;
    return n;
}

static unsigned passed, failed;
static const char *sentence;
static bool is_bad;

static void complain(int line, const char *what, const char *detail)
{
    if (!is_bad)
        printf("FAIL %s\n", sentence);
    is_bad = true;
    printf("     line %d: %s %s\n", line, what, detail);
}

static inline bool succeeded(small rc)
{
    return rc == SUCCESS || rc == INFO;
}

/* State and message of a handle's records, on one line. */
static const char *records(small kind, handle h)
{
    static char text[4000];
    wide state[6] = { 0 }, message[600] = { 0 };
    integer native;

    text[0] = 0;
    for (small i = 1; i < 5 && succeeded(SQLGetDiagRecW(kind, h, i, state, &native, message, 600,
                                                         NULL)); i++) {
        size_t at = strlen(text);

        snprintf(text + at, sizeof(text) - at, "[%s] %s ", utf8_of(state), utf8_of(message));
    }
    return text;
}

#define CHECK(condition) \
    do { \
        if (!(condition)) \
            complain(__LINE__, #condition, ""); \
    } while (0)
#define OK(kind, h, call) \
    do { \
        if (!succeeded(call)) \
            complain(__LINE__, #call, records((kind), (h))); \
    } while (0)
#define SAME(got, want) \
    do { \
        const char *got_ = (got), *want_ = (want); \
        if (strcmp(got_, want_) != 0) { \
            complain(__LINE__, "wanted", want_); \
            complain(__LINE__, "got   ", got_); \
        } \
    } while (0)

struct test {
    const char *sentence;
    void (*run)(void);
};

static handle env, dbc;

static handle new_env(intptr_t version)
{
    handle e = NULL;

    CHECK(succeeded(SQLAllocHandle(ENV, NULL, &e)));
    CHECK(succeeded(SQLSetEnvAttr(e, 200, (void *)version, 0)));
    return e;
}

static handle new_handle(small kind, handle parent)
{
    handle h = NULL;

    OK(kind - 1, parent, SQLAllocHandle(kind, parent, &h));
    return h;
}

static int run_tests(const char *name, const struct test *tests, size_t n)
{
    sentence = "the connection opens";
    env = new_env(3);
    dbc = new_handle(DBC, env);
    OK(DBC, dbc, SQLConnectW(dbc, wide_of("retail"), NTS, NULL, 0, NULL, 0));
    for (size_t i = 0; i < n && !(i == 0 && is_bad); i++) {
        sentence = tests[i].sentence;
        is_bad = false;
        tests[i].run();
        is_bad ? failed++ : passed++;
        if (!is_bad)
            printf("ok   iodbc: %s\n", sentence);
    }
    SQLDisconnect(dbc);
    SQLFreeHandle(DBC, dbc);
    SQLFreeHandle(ENV, env);
    if (passed + failed == 0)
        failed++;
    printf("iodbc %s: %u passed, %u failed\n", name, passed, failed);
    return failed > 0;
}

#endif
