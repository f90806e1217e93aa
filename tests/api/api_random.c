/* The same result read in every way gives the same bytes: bound columns, SQLGetData, SQLSetPos, any
   rowset size, forward-only and static cursors, by object and by pages. The reference is the
   plainest way: one row at a time, SQLGetData as text. */
#include "api.h"

enum { COLUMNS = 6, ROWS = 4000, ROWS_MAX = 4100, TEXT_MAX = 48 };

static const char query[] =
    "SELECT i, CAST(i AS varchar) AS s, CASE WHEN i % 7 = 0 THEN NULL ELSE i * 1.5 END AS d, i % 2 "
    "= 0 AS b, "
    "CASE WHEN i % 5 = 0 THEN '' WHEN i % 3 = 0 THEN 'say \"\xc3\xa4\", ' || CAST(i AS varchar) "
    "ELSE NULL END AS t, "
    "DATE '2024-01-01' AS dt FROM UNNEST(sequence(1, 4000)) AS x(i) ORDER BY i";

static char reference[ROWS_MAX][COLUMNS][TEXT_MAX];
static SQLLEN lengths[ROWS_MAX][COLUMNS];
static unsigned n_reference;

static uint32_t seed = 20240229;

static unsigned dice(unsigned sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

static void read_reference(void)
{
    SQLHSTMT h = api_stmt();

    n_reference = 0;
    OK(h, SQLExecDirect(h, text(query), SQL_NTS));
    while (n_reference < ROWS_MAX && SQL_SUCCEEDED(SQLFetch(h))) {
        for (SQLUSMALLINT c = 1; c <= COLUMNS; c++)
            OK(h, SQLGetData(h, c, SQL_C_CHAR, reference[n_reference][c - 1], TEXT_MAX,
                             &lengths[n_reference][c - 1]));
        n_reference++;
    }
    CHECK(n_reference == ROWS);
    api_free(h);
}

static void compare(unsigned row, unsigned c, const char *got, SQLLEN length)
{
    bool same = length == lengths[row][c] &&
                (length == SQL_NULL_DATA || strcmp(got, reference[row][c]) == 0);

    if (!same && !api_is_bad) {
        printf("     row %u column %u: got %lld \"%s\", want %lld \"%s\"\n", row + 1, c + 1,
               (long long)length, length >= 0 ? got : "", (long long)lengths[row][c],
               lengths[row][c] >= 0 ? reference[row][c] : "");
        api_fail(__LINE__, "different bytes", "");
    }
}

/* One pass: random columns are bound, the others (and some bound ones) are read by SQLGetData after
   SQLSetPos. */
static void one_pass(SQLULEN cursor_type)
{
    static char bound[COLUMNS][128][TEXT_MAX];
    static SQLLEN indicators[COLUMNS][128];
    bool is_bound[COLUMNS];
    SQLHSTMT h = api_stmt();
    SQLULEN size = 1 + dice(128), n = 0;
    unsigned row = 0;

    SQLSetStmtAttr(h, SQL_ATTR_CURSOR_TYPE, (SQLPOINTER)cursor_type, 0);
    SQLSetStmtAttr(h, SQL_ATTR_ROWS_FETCHED_PTR, &n, 0);
    OK(h, SQLExecDirect(h, text(query), SQL_NTS));
    for (;;) {
        if (dice(4) == 0)
            size = 1 + dice(128);
        SQLSetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)size, 0);
        for (SQLUSMALLINT c = 0; c < COLUMNS; c++) {
            is_bound[c] = dice(2) == 0;
            OK(h, SQLBindCol(h, (SQLUSMALLINT)(c + 1), SQL_C_CHAR, is_bound[c] ? bound[c][0] : NULL,
                             TEXT_MAX, is_bound[c] ? indicators[c] : NULL));
        }
        SQLRETURN rc = SQLFetch(h);
        if (rc == SQL_NO_DATA)
            break;
        OK(h, rc);
        for (SQLULEN i = 0; i < n && row + i < n_reference; i++) {
            for (unsigned c = 0; c < COLUMNS; c++) {
                if (is_bound[c])
                    compare(row + (unsigned)i, c, bound[c][i], indicators[c][i]);
            }
        }
        for (unsigned k = 0; k < 5 && n > 0; k++) {
            char value[TEXT_MAX] = "";
            SQLLEN length = 0;
            unsigned i = dice((unsigned)n), c = dice(COLUMNS);
            OK(h, SQLSetPos(h, i + 1, SQL_POSITION, SQL_LOCK_NO_CHANGE));
            OK(h, SQLGetData(h, (SQLUSMALLINT)(c + 1), SQL_C_CHAR, value, sizeof(value), &length));
            compare(row + i, c, value, length);
        }
        row += (unsigned)n;
    }
    if (row != n_reference)
        api_fail(__LINE__, "rows are missing", "");
    api_free(h);
}

static void every_way_of_reading_gives_the_same_bytes(void)
{
    read_reference();
    for (int i = 0; i < 8; i++)
        one_pass(i % 2 == 0 ? SQL_CURSOR_FORWARD_ONLY : SQL_CURSOR_STATIC);
}

static void passes_with(const char *keys, int passes)
{
    SQLHDBC before = api_dbc, dbc = SQL_NULL_HDBC;
    const char *string = getenv("ATHENA_TEST_CONNECT");
    char pages[2048];

    snprintf(pages, sizeof(pages), "%s;%s", string != NULL ? string : "DSN=retail", keys);
    SQLAllocHandle(SQL_HANDLE_DBC, api_env, &dbc);
    if (!SQL_SUCCEEDED(SQLDriverConnect(dbc, NULL, text(pages), SQL_NTS, NULL, 0, NULL,
                                        SQL_DRIVER_NOPROMPT))) {
        api_fail(__LINE__, "connect", api_records(SQL_HANDLE_DBC, dbc));
    } else {
        api_dbc = dbc;
        for (int i = 0; i < passes; i++)
            one_pass(i % 2 == 0 ? SQL_CURSOR_FORWARD_ONLY : SQL_CURSOR_STATIC);
        api_dbc = before;
        SQLDisconnect(dbc);
    }
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
}

static void pages_give_the_same_bytes_as_the_object(void)
{
    passes_with("ResultFetcher=GetQueryResults", 2);
}

/* The object is longer than two blocks: rows and rowsets straddle them. */
static void small_blocks_give_the_same_bytes(void)
{
    passes_with("S3ResultBlockSize=65536", 6);
    passes_with("S3ResultBlockSize=65536;UseMultipleS3Threads=0;MemoryCeiling=1048576", 2);
}

static const struct api_test tests[] = {
    { "every way of reading gives the same bytes", every_way_of_reading_gives_the_same_bytes },
    { "pages give the same bytes as the object", pages_give_the_same_bytes_as_the_object },
    { "small blocks give the same bytes", small_blocks_give_the_same_bytes },
};

API_MAIN("random", SQL_OV_ODBC3, tests)
