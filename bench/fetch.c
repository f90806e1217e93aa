/* An ODBC application that reads a result as fast as the driver lets it and tells what that cost.

       fetch [--mode NAME] [--rowset N] [--repeats N] [--kinds LETTERS] [--judge] CONNECTION SQL

   Prints a line of name=value pairs per repeat: time from SQLExecDirect to SQL_NO_DATA, processor
   time of this process in between, its memory, and a sum over all cells touched. --judge adds one
   checksum a column that is equal for all modes and drivers; that costs time, so that such a run is
   none to compare. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "judge.h"

static const char usage[] =
    "usage: fetch [--mode native|row|numeric|char|wchar|getdata|getchar] [--rowset N]\n"
    "             [--repeats N] [--kinds LETTERS] [--judge] CONNECTION-STRING SQL\n";

struct options {
    enum mode mode;
    unsigned long rowset, repeats;
    const char *kinds, *connection, *sql;
    bool has_judge;
};

struct handles { SQLHENV env; SQLHDBC dbc; SQLHSTMT stmt; };

struct moment { double wall, user, system; };

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static struct moment moment_now(void)
{
    struct timespec wall;
    struct rusage used;

    (void)clock_gettime(CLOCK_MONOTONIC, &wall);
    (void)getrusage(RUSAGE_SELF, &used);
    return (struct moment){ (double)wall.tv_sec + (double)wall.tv_nsec / 1e9,
                            seconds_of(used.ru_utime), seconds_of(used.ru_stime) };
}

/* VmRSS or VmHWM, in KiB. */
static unsigned long memory_kb(const char *name)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    unsigned long found = 0;

    while (status != NULL && fgets(line, sizeof(line), status) != NULL) {
        size_t n = strlen(name);
        if (strncmp(line, name, n) == 0 && line[n] == ':')
            found = strtoul(line + n + 1, NULL, 10);
    }
    if (status != NULL)
        (void)fclose(status);
    return found;
}

static bool complain(SQLSMALLINT type, SQLHANDLE handle, const char *what)
{
    SQLCHAR state[6] = "", text[1024] = "";
    SQLINTEGER native = 0;
    SQLSMALLINT length = 0;

    (void)SQLGetDiagRec(type, handle, 1, state, &native, text, sizeof(text), &length);
    (void)fprintf(stderr, "fetch: %s: %s %s\n", what, (const char *)state, (const char *)text);
    return false;
}

static bool open_all(struct handles *h, const char *connection)
{
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &h->env)))
        return false;
    (void)SQLSetEnvAttr(h->env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, h->env, &h->dbc)))
        return complain(SQL_HANDLE_ENV, h->env, "SQLAllocHandle");
    if (!SQL_SUCCEEDED(SQLDriverConnect(h->dbc, NULL, (SQLCHAR *)(uintptr_t)connection, SQL_NTS,
                                        NULL, 0, NULL, SQL_DRIVER_NOPROMPT)))
        return complain(SQL_HANDLE_DBC, h->dbc, "SQLDriverConnect");
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, h->dbc, &h->stmt)))
        return complain(SQL_HANDLE_DBC, h->dbc, "SQLAllocHandle");
    return true;
}

static void close_all(struct handles *h)
{
    if (h->stmt != NULL)
        (void)SQLFreeHandle(SQL_HANDLE_STMT, h->stmt);
    if (h->dbc != NULL) {
        (void)SQLDisconnect(h->dbc);
        (void)SQLFreeHandle(SQL_HANDLE_DBC, h->dbc);
    }
    if (h->env != NULL)
        (void)SQLFreeHandle(SQL_HANDLE_ENV, h->env);
}

/* Some drivers of the comparison warn on every fetch: only errors count. */
static bool read_all(SQLHSTMT stmt, const struct table *t, struct touch *sum, struct judge *judge)
{
    SQLULEN rows = 1;
    bool is_bound = mode_is_bound(t->mode);
    SQLRETURN rc = SQL_SUCCESS;

    if (is_bound)
        (void)SQLSetStmtAttr(stmt, SQL_ATTR_ROWS_FETCHED_PTR, &rows, 0);
    for (;;) {
        rc = SQLFetch(stmt);
        if (rc == SQL_NO_DATA)
            break;
        if (SQL_SUCCEEDED(rc) && !is_bound)
            rc = table_get(t, stmt);
        if (!SQL_SUCCEEDED(rc))
            return complain(SQL_HANDLE_STMT, stmt, "SQLFetch or SQLGetData");
        table_touch(t, rows, sum);
        if (judge != NULL && !judge_rows(judge, t, rows))
            return false;
    }
    (void)SQLSetStmtAttr(stmt, SQL_ATTR_ROWS_FETCHED_PTR, NULL, 0);
    return true;
}

static void print_sums(const struct judge *judge, unsigned n)
{
    (void)printf(" judged=");
    for (unsigned i = 0; i < n; i++)
        (void)printf("%s%016llx", i > 0 ? "," : "", (unsigned long long)judge->sums[i]);
}

static bool run_once(SQLHSTMT stmt, const struct options *o, const struct table *t)
{
    struct touch sum = { 0 };
    struct judge judge = { 0 };
    unsigned long base_kb = memory_kb("VmRSS");
    struct moment start = moment_now();

    if (!SQL_SUCCEEDED(SQLExecDirect(stmt, (SQLCHAR *)(uintptr_t)o->sql, SQL_NTS)))
        return complain(SQL_HANDLE_STMT, stmt, "SQLExecDirect");
    struct moment ready = moment_now();
    if (!read_all(stmt, t, &sum, o->has_judge ? &judge : NULL))
        return false;
    struct moment end = moment_now();
    (void)SQLFreeStmt(stmt, SQL_CLOSE);
    (void)printf("mode=%s rowset=%lu rows=%llu nulls=%llu bytes=%llu touched=%016llx "
                 "execute=%.6f wall=%.6f user=%.6f system=%.6f base_kb=%lu peak_kb=%lu",
                 mode_name(o->mode), o->rowset, (unsigned long long)sum.rows,
                 (unsigned long long)sum.nulls, (unsigned long long)sum.bytes,
                 (unsigned long long)sum.touched, ready.wall - start.wall, end.wall - start.wall,
                 end.user - start.user, end.system - start.system, base_kb, memory_kb("VmHWM"));
    if (o->has_judge)
        print_sums(&judge, t->n);
    (void)printf("\n");
    return true;
}

static bool count_option(const char *text, unsigned long *out)
{
    char *end = NULL;

    *out = text == NULL ? 0 : strtoul(text, &end, 10);
    return *out > 0 && *end == '\0';
}

static bool read_options(int argc, char **argv, struct options *o)
{
    int i = 1;

    *o = (struct options){ .rowset = 1000, .repeats = 1, .kinds = "bidnttDT" };
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--judge") == 0) {
            o->has_judge = true;
            continue;
        }
        bool ok = strcmp(argv[i], "--mode") == 0 ? value != NULL && mode_of(value, &o->mode)
            : strcmp(argv[i], "--rowset") == 0   ? count_option(value, &o->rowset)
            : strcmp(argv[i], "--repeats") == 0  ? count_option(value, &o->repeats)
                                                 : strcmp(argv[i], "--kinds") == 0 && value != NULL;
        if (!ok)
            return false;
        if (strcmp(argv[i], "--kinds") == 0)
            o->kinds = value;
        i++;
    }
    if (!mode_is_bound(o->mode))
        o->rowset = 1;
    o->connection = i + 1 < argc ? argv[i] : NULL;
    o->sql = i + 1 < argc ? argv[i + 1] : NULL;
    return i + 2 == argc;
}

int main(int argc, char **argv)
{
    struct options o;
    struct handles h = { 0 };
    struct table t = { 0 };

    if (!read_options(argc, argv, &o) || !table_init(&t, o.kinds, o.mode, o.rowset)) {
        (void)fputs(usage, stderr);
        return 2;
    }
    bool ok = open_all(&h, o.connection);
    if (ok && mode_is_bound(o.mode) && !SQL_SUCCEEDED(table_bind(&t, h.stmt)))
        ok = complain(SQL_HANDLE_STMT, h.stmt, "binding");
    for (unsigned long i = 0; i < o.repeats && ok; i++)
        ok = run_once(h.stmt, &o, &t);
    close_all(&h);
    table_done(&t);
    return ok ? 0 : 1;
}
