/* What cases.txt cannot say, by each fetch path: results around the size of a page with every value
   checked, names of columns, a field of a megabyte, pages with and without an update count. */
#include "api.h"

#include <time.h>

enum { BIG = 1024 * 1024, PATTERN = 16 };

static const struct path {
    const char *name, *connect;
    bool sees_object, is_small; /* is_small: a megabyte is above its ceiling */
} paths[] = {
    { "auto", "DSN=retail", true, false },
    { "object", "DSN=retail;ResultFetcher=S3", true, false },
    { "object in blocks of 64 KiB", "DSN=retail;S3ResultBlockSize=65536", true, false },
    { "object by one connection", "DSN=retail;UseMultipleS3Threads=0;S3ResultBlockSize=65536",
      true, false },
    { "object below a ceiling of 1 MiB", "DSN=retail;MemoryCeiling=1048576", true, true },
    { "exact sizes", "DSN=retail;ExactSizes=1", true, false },
    { "pages", "DSN=retail;ResultFetcher=GetQueryResults", false, false },
    { "pages of 100 rows", "DSN=retail;ResultFetcher=GetQueryResults;RowsToFetchPerBlock=100",
      false, false },
    { "managed results", "DSN=retail_managed", false, false },
};

static const struct path *on;

static void wrong(int line, const char *what, const char *more)
{
    api_fail(line, on->name, what);
    if (more[0] != '\0')
        printf("     %s\n", more);
}

static SQLHSTMT execute(const char *sql)
{
    SQLHSTMT h = api_stmt();

    if (!SQL_SUCCEEDED(SQLExecDirect(h, text(sql), SQL_NTS)))
        wrong(__LINE__, sql, api_records(SQL_HANDLE_STMT, h));
    return h;
}

/* Rows 1..want of a table of numbers, in blocks: each once and right, none after them. */
static void count_rows(unsigned want, SQLULEN size)
{
    static struct {
        SQLINTEGER n;
        SQLLEN n_length, label_length, square_length;
        char label[24];
        SQLBIGINT square;
    } rows[128];
    char sql[128], label[24];
    SQLULEN fetched = 0;
    unsigned row = 0;
    uint64_t sum = 0;
    SQLRETURN rc;

    snprintf(sql, sizeof(sql), "SELECT n, label, square FROM edges.rows_%u ORDER BY n", want);
    SQLHSTMT h = execute(sql);
    SQLSetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)size, 0);
    SQLSetStmtAttr(h, SQL_ATTR_ROWS_FETCHED_PTR, &fetched, 0);
    SQLSetStmtAttr(h, SQL_ATTR_ROW_BIND_TYPE, (SQLPOINTER)sizeof(rows[0]), 0);
    SQLBindCol(h, 1, SQL_C_SLONG, &rows[0].n, 0, &rows[0].n_length);
    SQLBindCol(h, 2, SQL_C_CHAR, rows[0].label, sizeof(rows[0].label), &rows[0].label_length);
    SQLBindCol(h, 3, SQL_C_SBIGINT, &rows[0].square, 0, &rows[0].square_length);
    while (SQL_SUCCEEDED(rc = SQLFetch(h))) {
        for (SQLULEN i = 0; i < fetched; i++, row++) {
            SQLBIGINT n = (SQLBIGINT)row + 1;
            snprintf(label, sizeof(label), "row %u", row + 1);
            sum += (uint64_t)rows[i].square;
            if (rows[i].n != n || rows[i].square != n * n || strcmp(rows[i].label, label) != 0)
                wrong(__LINE__, sql, rows[i].label);
        }
    }
    /* 1 + 4 + 9 + ... */
    if (rc != SQL_NO_DATA || row != want
        || sum != (uint64_t)want * (want + 1) * (2 * (uint64_t)want + 1) / 6)
        wrong(__LINE__, sql, api_records(SQL_HANDLE_STMT, h));
    api_free(h);
}

static void results_around_the_size_of_a_page(void)
{
    for (unsigned n = 999; n <= 1001; n++) {
        count_rows(n, 1);
        count_rows(n, 100);
        count_rows(n, 128);
    }
}

static void names_are(const char *sql, const char *const names[3])
{
    SQLHSTMT h = execute(sql);

    for (SQLUSMALLINT k = 0; k < 3; k++) {
        SQLCHAR name[64] = "", label[64] = "";
        SQLSMALLINT length = 0, label_length = 0;
        OK(h, SQLDescribeCol(h, k + 1, name, sizeof(name), &length, NULL, NULL, NULL, NULL));
        OK(h, SQLColAttribute(h, k + 1, SQL_DESC_LABEL, label, sizeof(label), &label_length, NULL));
        if (strcmp((char *)name, names[k]) != 0 || (size_t)length != strlen(names[k])
            || strcmp((char *)label, names[k]) != 0)
            wrong(__LINE__, sql, (char *)name);
    }
    api_free(h);
}

static void names_of_columns(void)
{
    static const char *const odd[] = { "a \"b\"", "line\nbreak", "comma," },
                             *const twice[] = { "x", "x", "_col2" },
                             *const none[] = { "_col0", "_col1", "named" };

    names_are("SELECT 1 /*+ sandbox:replay=odd_names */", odd);
    names_are("SELECT 1 /*+ sandbox:replay=duplicate_names */", twice);
    names_are("SELECT 1, 'x', 2 AS named", none);
}

/* A quote in every sixteenth place: in the object each is two bytes. */
static char want_at(size_t i) { return "0123456789abcde\""[i % PATTERN]; }

static char narrow[BIG + 2];
static SQLWCHAR wide[BIG + 2];

static void check_narrow(SQLLEN length)
{
    size_t n = 0;

    while (n < BIG && narrow[n] == want_at(n))
        n++;
    if (length != BIG || n != BIG || narrow[BIG] != '\0')
        wrong(__LINE__, "the field as SQL_C_CHAR", "");
}

static void check_wide(SQLLEN length)
{
    size_t n = 0;

    while (n < BIG && wide[n] == (SQLWCHAR)want_at(n))
        n++;
    if (length != BIG * (SQLLEN)sizeof(SQLWCHAR) || n != BIG || wide[BIG] != 0)
        wrong(__LINE__, "the field as SQL_C_WCHAR", "");
}

static void big_one_way(bool is_wide, bool is_bound)
{
    SQLLEN length = -7;
    SQLSMALLINT type = is_wide ? SQL_C_WCHAR : SQL_C_CHAR;
    void *to = is_wide ? (void *)wide : (void *)narrow;
    SQLLEN room = is_wide ? (SQLLEN)sizeof(wide) : (SQLLEN)sizeof(narrow);
    SQLHSTMT h = execute("SELECT big FROM edges.big_field WHERE big IS NOT NULL");

    memset(to, 0x55, (size_t)room);
    if (is_bound)
        SQLBindCol(h, 1, type, to, room, &length);
    SQLRETURN rc = SQLFetch(h);
    if (rc == SQL_SUCCESS && !is_bound)
        rc = SQLGetData(h, 1, type, to, room, &length);
    if (rc != SQL_SUCCESS)
        wrong(__LINE__, "a field of a megabyte", api_records(SQL_HANDLE_STMT, h));
    is_wide ? check_wide(length) : check_narrow(length);
    api_free(h);
}

static void a_field_of_a_megabyte(void)
{
    for (unsigned way = 0; way < 4 && !on->is_small; way++)
        big_one_way(way % 2 == 1, way / 2 == 1);
}

/* Pages alone have it; the object has no such member. */
static void update_counts_of_pages(void)
{
    static const char *const replays[] = { "edge_count_null", "edge_count_absent",
                                           "edge_count_zero" };

    for (unsigned i = 0; i < 3 && !on->sees_object; i++) {
        char sql[128];
        SQLLEN count = -7, length = 0;
        SQLINTEGER n = 0, sum = 0;
        SQLRETURN rc;
        snprintf(sql, sizeof(sql), "SELECT 1 /*+ sandbox:replay=%s */", replays[i]);
        SQLHSTMT h = execute(sql);
        OK(h, SQLRowCount(h, &count));
        SQLBindCol(h, 1, SQL_C_SLONG, &n, 0, &length);
        while (SQL_SUCCEEDED(rc = SQLFetch(h)))
            sum = sum * 10 + n;
        if (rc != SQL_NO_DATA || sum != 12 || count != -1)
            wrong(__LINE__, sql, api_records(SQL_HANDLE_STMT, h));
        api_free(h);
    }
}

/* The day it is now in a zone so many hours ahead. */
static void day_in_zone(int hours, char to[16])
{
    time_t now = time(NULL) + hours * 3600;
    struct tm day;

    gmtime_r(&now, &day);
    strftime(to, 16, "%Y-%m-%d", &day);
}

/* A time sent as a timestamp and a time read as one: both get the day in the zone of TimeZone. */
static void today_is_the_day_in_the_zone(void)
{
    static const struct path zones[] = { { "+14:00", "DSN=retail;TimeZone=+14:00", true, false },
                                         { "-12:00", "DSN=retail;TimeZone=-12:00", true, false } };

    for (unsigned i = 0; i < 2; i++) {
        SQL_TIME_STRUCT time_of_day = { 12, 34, 56 };
        SQL_TIMESTAMP_STRUCT read = { .year = 0 };
        char before[16], after[16], sent[32] = "", got[16];
        SQLLEN length = 0;
        SQLHDBC usual = api_dbc;
        on = &zones[i];
        day_in_zone(i == 0 ? 14 : -12, before);
        SQLAllocHandle(SQL_HANDLE_DBC, api_env, &api_dbc);
        if (!SQL_SUCCEEDED(SQLDriverConnect(api_dbc, NULL, text(on->connect), SQL_NTS, NULL, 0,
                                            NULL, SQL_DRIVER_NOPROMPT)))
            wrong(__LINE__, "connect", api_records(SQL_HANDLE_DBC, api_dbc));
        SQLHSTMT h = api_stmt();
        OK(h, SQLBindParameter(h, 1, SQL_PARAM_INPUT, SQL_C_TYPE_TIME, SQL_TYPE_TIMESTAMP, 19, 0,
                               &time_of_day, 0, NULL));
        OK(h, SQLExecDirect(h, text("SELECT ?, TIME '12:34:56'"), SQL_NTS));
        OK(h, SQLFetch(h));
        OK(h, SQLGetData(h, 1, SQL_C_CHAR, sent, sizeof(sent), &length));
        OK(h, SQLGetData(h, 2, SQL_C_TYPE_TIMESTAMP, &read, 0, &length));
        day_in_zone(i == 0 ? 14 : -12, after);
        snprintf(got, sizeof(got), "%04d-%02u-%02u", read.year % 10000, read.month % 100u,
                 read.day % 100u);
        if (strncmp(sent, before, 10) != 0 && strncmp(sent, after, 10) != 0)
            wrong(__LINE__, "the day that was sent", sent);
        if (strcmp(got, before) != 0 && strcmp(got, after) != 0)
            wrong(__LINE__, "the day that was read", got);
        api_free(h);
        SQLDisconnect(api_dbc);
        SQLFreeHandle(SQL_HANDLE_DBC, api_dbc);
        api_dbc = usual;
    }
}

static void each_path(void (*run)(void))
{
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        SQLHDBC before = api_dbc;
        on = &paths[i];
        SQLAllocHandle(SQL_HANDLE_DBC, api_env, &api_dbc);
        if (SQL_SUCCEEDED(SQLDriverConnect(api_dbc, NULL, text(on->connect), SQL_NTS, NULL, 0, NULL,
                                           SQL_DRIVER_NOPROMPT))) {
            run();
            SQLDisconnect(api_dbc);
        } else {
            wrong(__LINE__, "connect", api_records(SQL_HANDLE_DBC, api_dbc));
        }
        SQLFreeHandle(SQL_HANDLE_DBC, api_dbc);
        api_dbc = before;
    }
}

static void sizes(void) { each_path(results_around_the_size_of_a_page); }
static void names(void) { each_path(names_of_columns); }
static void megabyte(void) { each_path(a_field_of_a_megabyte); }
static void counts(void) { each_path(update_counts_of_pages); }

int main(void)
{
    static const struct api_test tests[] = {
        { "999, 1000 and 1001 rows by each path, every value", sizes },
        { "names with quotes, line breaks, twice and made up, by each path", names },
        { "a field of a megabyte, bound and read, narrow and wide, by each path", megabyte },
        { "today is the day in the zone of TimeZone", today_is_the_day_in_the_zone },
        { "pages whose update count is null, absent or 0", counts },
    };

    return api_run("edges", SQL_OV_ODBC3, tests, sizeof(tests) / sizeof(tests[0]));
}
