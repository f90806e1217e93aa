/* Each column of the tables of every type as each C type: bound in a block over the object (the
   fused path), bound in a block over pages, and read by SQLGetData from the object give the same
   status, SQLSTATE, length and bytes as SQLGetData row by row over pages. */
#include "cases.h"

#include "odbc/athenaodbc.h"

enum { ROWS = 32, ROOM = 64, COLUMNS_MAX = 20 };

static const SQLSMALLINT c_types[] = { SQL_C_CHAR,
                                       SQL_C_WCHAR,
                                       SQL_C_BINARY,
                                       SQL_C_BIT,
                                       SQL_C_STINYINT,
                                       SQL_C_UTINYINT,
                                       SQL_C_SSHORT,
                                       SQL_C_USHORT,
                                       SQL_C_SLONG,
                                       SQL_C_ULONG,
                                       SQL_C_SBIGINT,
                                       SQL_C_UBIGINT,
                                       SQL_C_FLOAT,
                                       SQL_C_DOUBLE,
                                       SQL_C_NUMERIC,
                                       SQL_C_TYPE_DATE,
                                       SQL_C_TYPE_TIME,
                                       SQL_C_TYPE_TIMESTAMP,
                                       SQL_C_GUID,
                                       SQL_C_INTERVAL_YEAR,
                                       SQL_C_INTERVAL_MONTH,
                                       SQL_C_INTERVAL_DAY,
                                       SQL_C_INTERVAL_HOUR,
                                       SQL_C_INTERVAL_MINUTE,
                                       SQL_C_INTERVAL_SECOND,
                                       SQL_C_INTERVAL_YEAR_TO_MONTH,
                                       SQL_C_INTERVAL_DAY_TO_HOUR,
                                       SQL_C_INTERVAL_DAY_TO_MINUTE,
                                       SQL_C_INTERVAL_DAY_TO_SECOND,
                                       SQL_C_INTERVAL_HOUR_TO_MINUTE,
                                       SQL_C_INTERVAL_HOUR_TO_SECOND,
                                       SQL_C_INTERVAL_MINUTE_TO_SECOND,
                                       SQL_C_DEFAULT };

struct seen {
    SQLRETURN rc;
    char state[6];
    SQLLEN length;
    char bytes[ROOM];
};

static struct seen by_row[COLUMNS_MAX][ROWS];
static SQLHDBC object, pages;
static char id[64];

static SQLHSTMT open_by_id(SQLHDBC dbc)
{
    api_dbc = dbc;
    SQLHSTMT h = api_stmt();

    OK(h, SQLSetStmtAttr(h, SQL_ATTR_ATHENA_RESULT_OF, id, SQL_NTS));
    OK(h, SQLExecDirect(h, text("/* the result of that id */"), SQL_NTS));
    return h;
}

static void run(const char *sql)
{
    SQLINTEGER length = 0;

    api_dbc = object;
    SQLHSTMT h = api_stmt();
    OK(h, SQLExecDirect(h, text(sql), SQL_NTS));
    OK(h, SQLGetStmtAttr(h, SQL_ATTR_ATHENA_QUERY_ID, id, sizeof(id), &length));
    CHECK(length == 36);
    api_free(h);
}

static unsigned read_by_row(SQLHDBC dbc, SQLSMALLINT c_type,
                            struct seen to[COLUMNS_MAX][ROWS], SQLSMALLINT *n_columns)
{
    SQLHSTMT h = open_by_id(dbc);
    unsigned row = 0;

    OK(h, SQLNumResultCols(h, n_columns));
    while (row < ROWS && SQL_SUCCEEDED(SQLFetch(h))) {
        for (SQLSMALLINT k = 0; k < *n_columns; k++) {
            struct seen *s = &to[k][row];
            memset(s, 0, sizeof(*s));
            s->rc = SQLGetData(h, (SQLUSMALLINT)(k + 1), c_type, s->bytes, ROOM, &s->length);
            if (s->rc != SQL_SUCCESS)
                snprintf(s->state, sizeof(s->state), "%s", api_state(SQL_HANDLE_STMT, h));
        }
        row++;
    }
    api_free(h);
    return row;
}

static bool is_text(SQLSMALLINT c_type)
{
    return c_type == SQL_C_CHAR || c_type == SQL_C_WCHAR || c_type == SQL_C_BINARY ||
           c_type == SQL_C_DEFAULT;
}

static void compare(const char *way, const struct seen *got, SQLSMALLINT c_type, unsigned column,
                    unsigned row)
{
    const struct seen *want = &by_row[column][row];
    bool same = got->rc == want->rc && strcmp(got->state, want->state) == 0;
    SQLLEN length = got->length;

    if (same && want->rc != SQL_ERROR)
        same = length == want->length;
    /* What lies behind a text's terminator belongs to nobody. */
    size_t n = length < 0              ? 0
               : (size_t)length < ROOM ? (size_t)length
               : is_text(c_type)       ? ROOM - 8
                                       : ROOM;
    if (same && want->rc != SQL_ERROR)
        same = memcmp(got->bytes, want->bytes, n) == 0;
    if (!same && !api_is_bad) {
        api_fail(__LINE__, "different from SQLGetData over pages:", way);
        printf("     C type %d, column %u, row %u: %d %s length %ld, want %d %s length %ld\n",
               c_type, column + 1, row + 1, got->rc, got->state, (long)length, want->rc,
               want->state, (long)want->length);
    }
}

/* The record of a row of the block, by its number. */
static void state_of_row(SQLHSTMT h, unsigned row, char state[6])
{
    for (SQLSMALLINT i = 1; i <= ROWS + 1; i++) {
        SQLLEN number = 0;
        SQLINTEGER native;
        if (!SQL_SUCCEEDED(SQLGetDiagField(SQL_HANDLE_STMT, h, i, SQL_DIAG_ROW_NUMBER, &number,
                                           SQL_IS_INTEGER, NULL)))
            return;
        if (number == (SQLLEN)row + 1)
            (void)SQLGetDiagRec(SQL_HANDLE_STMT, h, i, (SQLCHAR *)state, &native, NULL, 0, NULL);
    }
}

static void check_bound(SQLHDBC dbc, SQLSMALLINT c_type, SQLSMALLINT column, unsigned n_rows)
{
    static struct seen rows[ROWS];
    static SQLUSMALLINT status[ROWS];
    SQLULEN n = 0;
    SQLHSTMT h = open_by_id(dbc);

    memset(rows, 0, sizeof(rows));
    SQLSetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)ROWS, 0);
    SQLSetStmtAttr(h, SQL_ATTR_ROWS_FETCHED_PTR, &n, 0);
    SQLSetStmtAttr(h, SQL_ATTR_ROW_STATUS_PTR, status, 0);
    /* Row-wise with one step for all types. */
    SQLSetStmtAttr(h, SQL_ATTR_ROW_BIND_TYPE, (SQLPOINTER)sizeof(rows[0]), 0);
    OK(h, SQLBindCol(h, (SQLUSMALLINT)(column + 1), c_type, rows[0].bytes, ROOM, &rows[0].length));
    (void)SQLFetch(h);
    if (n != n_rows)
        api_fail(__LINE__, "rows are missing", api_records(SQL_HANDLE_STMT, h));
    for (unsigned i = 0; i < n && i < n_rows; i++) {
        rows[i].rc = status[i] == SQL_ROW_SUCCESS             ? SQL_SUCCESS
                     : status[i] == SQL_ROW_SUCCESS_WITH_INFO ? SQL_SUCCESS_WITH_INFO
                                                              : SQL_ERROR;
        if (rows[i].rc != SQL_SUCCESS)
            state_of_row(h, i, rows[i].state);
        compare(dbc == object ? "bound over the object" : "bound over pages", &rows[i], c_type,
                (unsigned)column, i);
    }
    api_free(h);
}

static void check_table(const char *sql)
{
    static struct seen by_object[COLUMNS_MAX][ROWS];
    SQLSMALLINT n_columns = 0;

    run(sql);
    for (size_t t = 0; t < sizeof(c_types) / sizeof(c_types[0]) && !api_is_bad; t++) {
        unsigned n_rows = read_by_row(pages, c_types[t], by_row, &n_columns);
        CHECK(n_rows > 0 && read_by_row(object, c_types[t], by_object, &n_columns) == n_rows);
        for (SQLSMALLINT k = 0; k < n_columns && k < COLUMNS_MAX && !api_is_bad; k++) {
            for (unsigned i = 0; i < n_rows; i++)
                compare("SQLGetData over the object", &by_object[k][i], c_types[t], (unsigned)k, i);
            check_bound(object, c_types[t], k, n_rows);
            check_bound(pages, c_types[t], k, n_rows);
        }
    }
}

static void a_table_of_every_type(void)
{
    check_table("SELECT c_boolean, c_tinyint, c_smallint, c_integer, c_bigint, c_float, c_double, "
                "c_decimal, c_decimal38, c_varchar, c_char, "
                "c_string, c_binary, c_date, c_timestamp, c_array, c_map, c_struct FROM "
                "edges.every_type ORDER BY row_number");
}

static void a_view_of_the_types_that_only_a_query_gives(void)
{
    check_table("SELECT * FROM edges.every_type_view");
}

/* Every table of cases.txt that has rows on both ways: its values are stated there, as text; here
   each other type has to agree. */
static void the_edge_tables_of_cases_txt(void)
{
    unsigned n = 0;

    for (unsigned i = 0; i < n_cases && !api_is_bad; i++) {
        const struct fetch_case *c = &cases[i];
        if (c->is_object || c->is_pages || c->state[0] != '\0' || c->n_rows == 0 ||
            c->n_rows > ROWS || c->n_columns > COLUMNS_MAX ||
            strstr(c->sql, "sandbox:replay=") == NULL)
            continue;
        check_table(c->sql);
        if (api_is_bad)
            printf("     in \"%s\"\n", c->name);
        n++;
    }
    CHECK(n >= 30);
}

static SQLHDBC connect_to(const char *more)
{
    char full[512];
    SQLHDBC dbc = SQL_NULL_HDBC;

    snprintf(full, sizeof(full), "DSN=retail;MinQueryExecutionPollingInterval=5;%s", more);
    SQLAllocHandle(SQL_HANDLE_DBC, api_env, &dbc);
    if (!SQL_SUCCEEDED(
            SQLDriverConnect(dbc, NULL, text(full), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT)))
        api_fail(__LINE__, "connect", api_records(SQL_HANDLE_DBC, dbc));
    return dbc;
}

int main(int argc, char **argv)
{
    static const struct api_test tests[] = {
        { "a table of every type, bound as each C type", a_table_of_every_type },
        { "a view of the other types, bound as each C type",
          a_view_of_the_types_that_only_a_query_gives },
        { "the edge tables of cases.txt, bound as each C type", the_edge_tables_of_cases_txt },
    };

    if (argc < 2 || !cases_read(argv[1])) {
        printf("fetch_types: 0 passed, 1 failed (no cases)\n");
        return 1;
    }
    SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &api_env);
    SQLSetEnvAttr(api_env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
    object = connect_to("");
    pages = connect_to("ResultFetcher=GetQueryResults");
    for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        api_sentence = tests[i].sentence;
        api_is_bad = false;
        tests[i].run();
        api_is_bad ? api_failed++ : api_passed++;
        if (!api_is_bad)
            printf("ok   %s\n", tests[i].sentence);
    }
    SQLDisconnect(object);
    SQLDisconnect(pages);
    SQLFreeHandle(SQL_HANDLE_DBC, object);
    SQLFreeHandle(SQL_HANDLE_DBC, pages);
    SQLFreeHandle(SQL_HANDLE_ENV, api_env);
    cases_free();
    printf("fetch_types: %u passed, %u failed\n", api_passed, api_failed);
    return api_failed == 0 ? 0 : 1;
}
