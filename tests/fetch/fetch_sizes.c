/* Buffers of exactly the sizes that the driver tells hold every value of cases.txt; what a value
   that does not fit, a zone that is not there and an interval of many digits give. */
#include "cases.h"

#include "odbc/athenaodbc.h"

enum { ROWS = CASE_ROWS, OPEN_LENGTH = 65535 };

static SQLHDBC connect_to(const char *more)
{
    char full[512];
    SQLHDBC dbc = SQL_NULL_HDBC;

    snprintf(full, sizeof(full), "DSN=retail;MinQueryExecutionPollingInterval=5;%s", more);
    SQLAllocHandle(SQL_HANDLE_DBC, api_env, &dbc);
    if (!SQL_SUCCEEDED(
            SQLDriverConnect(dbc, NULL, text(full), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT)))
        api_fail(__LINE__, full, api_records(SQL_HANDLE_DBC, dbc));
    return dbc;
}

static void disconnect(SQLHDBC dbc)
{
    SQLDisconnect(dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
}

static SQLLEN attribute(SQLHSTMT h, SQLSMALLINT column, SQLUSMALLINT field)
{
    SQLLEN value = -1;

    OK(h, SQLColAttribute(h, (SQLUSMALLINT)column, field, NULL, 0, NULL, &value));
    return value;
}

/* Executes over a cursor that can be read again and again. */
static SQLHSTMT open_static(const char *sql)
{
    SQLHSTMT h = api_stmt();

    SQLSetStmtAttr(h, SQL_ATTR_CURSOR_TYPE, (SQLPOINTER)SQL_CURSOR_STATIC, 0);
    SQLSetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)ROWS, 0);
    OK(h, SQLExecDirect(h, text(sql), SQL_NTS));
    return h;
}

/* Fetches all rows with one column bound to buffers of so many bytes; every one must be whole. */
static void check_room(SQLHSTMT h, const char *sql, SQLSMALLINT column, SQLSMALLINT c_type,
                       SQLLEN room, const char *measure)
{
    static SQLLEN lengths[ROWS];
    char *data = malloc((size_t)room * ROWS);

    OK(h, SQLBindCol(h, (SQLUSMALLINT)column, c_type, data, room, lengths));
    if (SQLFetchScroll(h, SQL_FETCH_FIRST, 0) != SQL_SUCCESS) {
        api_fail(__LINE__, measure, api_records(SQL_HANDLE_STMT, h));
        printf("     column %d as C type %d with %ld bytes in %.90s\n", column, c_type, (long)room,
               sql);
    }
    SQLFreeStmt(h, SQL_UNBIND);
    free(data);
}

static bool is_text(SQLLEN type)
{
    return type == SQL_CHAR || type == SQL_VARCHAR || type == SQL_LONGVARCHAR ||
           type == SQL_WCHAR || type == SQL_WVARCHAR || type == SQL_WLONGVARCHAR;
}

static bool is_wide(SQLLEN type)
{
    return type == SQL_WCHAR || type == SQL_WVARCHAR || type == SQL_WLONGVARCHAR;
}

struct told {
    SQLLEN type, size, octets, display;
};

static unsigned check_column(SQLHSTMT h, const char *sql, SQLSMALLINT column, const struct told *t)
{
    SQLLEN unit = is_wide(t->type) ? (SQLLEN)sizeof(SQLWCHAR) : 1;
    SQLSMALLINT c_type = is_wide(t->type) ? SQL_C_WCHAR : SQL_C_CHAR;

    /* Neither the type nor a look at the values says how long they get. */
    if (t->size >= OPEN_LENGTH)
        return 0;
    check_room(h, sql, column, c_type, (t->display + 1) * unit, "display size");
    if (!is_text(t->type))
        check_room(h, sql, column, SQL_C_WCHAR, (t->display + 1) * (SQLLEN)sizeof(SQLWCHAR),
                   "display size of wide characters");
    if (is_text(t->type) || t->type == SQL_DECIMAL)
        check_room(h, sql, column, c_type, t->octets + unit, "octet length");
    if (t->type == SQL_VARBINARY)
        check_room(h, sql, column, SQL_C_BINARY, t->octets, "octet length of bytes");
    return 1;
}

static unsigned check_case(const struct fetch_case *c)
{
    unsigned n = 0;
    SQLHSTMT h = open_static(c->sql);

    for (SQLSMALLINT k = 1; k <= (SQLSMALLINT)c->n_columns && !api_is_bad; k++) {
        struct told told = { attribute(h, k, SQL_DESC_CONCISE_TYPE),
                             attribute(h, k, SQL_DESC_LENGTH),
                             attribute(h, k, SQL_DESC_OCTET_LENGTH),
                             attribute(h, k, SQL_DESC_DISPLAY_SIZE) };
        n += check_column(h, c->sql, k, &told);
    }
    api_free(h);
    return n;
}

/* At least so many columns have a size. */
static void check_sizes(const char *more, unsigned least)
{
    unsigned n = 0;

    api_dbc = connect_to(more);
    for (unsigned i = 0; i < n_cases && !api_is_bad; i++) {
        if (!cases[i].is_object && !cases[i].is_pages && cases[i].state[0] == '\0' &&
            strstr(cases[i].sql, "replay=edge_") != NULL)
            n += check_case(&cases[i]);
    }
    disconnect(api_dbc);
    if (n < least && !api_is_bad)
        api_fail(__LINE__, more, "checked too few columns");
}

static void sizes_of_types(void)
{
    check_sizes("", 35);
}

static void sizes_of_types_and_wide_text(void)
{
    check_sizes("UseWCharForStringTypes=1", 35);
}

static void exact_sizes(void)
{
    check_sizes("ExactSizes=1", 60);
}

static void exact_sizes_of_wide_text(void)
{
    check_sizes("ExactSizes=1;UseWCharForStringTypes=1", 60);
}

/* Some programs make buffers of so many characters as the column has. */
static void the_column_size_of_wide_text_with_exact_sizes(void)
{
    static const char *const sql[] = { "SELECT 1 /*+ sandbox:replay=edge_emoji */",
                                       "SELECT 1 /*+ sandbox:replay=edge_unicode */" };

    api_dbc = connect_to("ExactSizes=1;UseWCharForStringTypes=1");
    for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
        SQLHSTMT h = open_static(sql[i]);
        SQLLEN size = attribute(h, 1, SQL_DESC_LENGTH);
        check_room(h, sql[i], 1, SQL_C_WCHAR, (size + 1) * (SQLLEN)sizeof(SQLWCHAR), "column size");
        api_free(h);
    }
    disconnect(api_dbc);
}

/* ---- TruncationPolicy ---- */

static const char widths[] = "SELECT 1 /*+ sandbox:replay=edge_widths */";
static const SQLLEN width[] = { 15, 16, 17, 31, 32, 33 };
enum { WIDTHS = 6, ROOM = 17 };

static char cut_rows[WIDTHS][ROOM];
static SQLLEN cut_lengths[WIDTHS];
static SQLUSMALLINT cut_status[WIDTHS];

static void check_cut_record(SQLHSTMT h, SQLSMALLINT record, SQLLEN row, SQLLEN length)
{
    SQLCHAR state[6] = "", message[512] = "";
    char want[64];
    SQLINTEGER native, column = 0;
    SQLLEN number = 0;

    SQLGetDiagRec(SQL_HANDLE_STMT, h, record, state, &native, message, sizeof(message), NULL);
    SQLGetDiagField(SQL_HANDLE_STMT, h, record, SQL_DIAG_ROW_NUMBER, &number, 0, NULL);
    SQLGetDiagField(SQL_HANDLE_STMT, h, record, SQL_DIAG_COLUMN_NUMBER, &column, 0, NULL);
    snprintf(want, sizeof(want), "is %ld bytes long and its buffer has room for %d", (long)length,
             ROOM);
    if (strcmp((const char *)state, "22001") != 0 || number != row || column != 1 ||
        strstr((const char *)message, want) == NULL ||
        strstr((const char *)message, "column 1 (a, varchar)") == NULL)
        api_fail(__LINE__, want, (const char *)message);
}

/* The next record that is not SQLExtendedFetch's 01S01, error in row. */
static SQLSMALLINT next_cut(SQLHSTMT h, SQLSMALLINT record)
{
    SQLCHAR state[6] = "01S01";
    SQLINTEGER native;

    while (
        strcmp((const char *)state, "01S01") == 0 &&
        SQL_SUCCEEDED(SQLGetDiagRec(SQL_HANDLE_STMT, h, ++record, state, &native, NULL, 0, NULL))) {
    }
    return record;
}

static SQLHSTMT cut_open(SQLULEN rowset)
{
    SQLHSTMT h = api_stmt();

    OK(h, SQLExecDirect(h, text(widths), SQL_NTS));
    SQLSetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)rowset, 0);
    SQLSetStmtAttr(h, SQL_ATTR_ROW_STATUS_PTR, cut_status, 0);
    OK(h, SQLBindCol(h, 1, SQL_C_CHAR, cut_rows[0], ROOM, cut_lengths));
    return h;
}

static void cut_by_row(void)
{
    SQLHSTMT h = cut_open(1);

    for (unsigned i = 0; i < WIDTHS && !api_is_bad; i++) {
        bool fits = width[i] < ROOM;
        RETURNS(h, fits ? SQL_SUCCESS : SQL_ERROR, SQLFetch(h));
        CHECK(cut_lengths[0] == width[i] &&
              cut_status[0] == (fits ? SQL_ROW_SUCCESS : SQL_ROW_ERROR));
        if (!fits)
            check_cut_record(h, 1, 1, width[i]);
    }
    RETURNS(h, SQL_NO_DATA, SQLFetch(h));
    api_free(h);
}

static void cut_by_block(bool is_extended)
{
    SQLHSTMT h = cut_open(WIDTHS);
    SQLULEN n = 0;

    SQLSetStmtAttr(h, SQL_ROWSET_SIZE, (SQLPOINTER)WIDTHS, 0);
    SQLRETURN rc = is_extended ? SQLExtendedFetch(h, SQL_FETCH_NEXT, 0, &n, cut_status)
                               : SQLFetch(h);
    CHECK(rc == SQL_SUCCESS_WITH_INFO);
    SQLSMALLINT record = 0;
    for (unsigned i = 0; i < WIDTHS; i++) {
        bool fits = width[i] < ROOM;
        CHECK(cut_lengths[i] == width[i] &&
              cut_status[i] == (fits ? SQL_ROW_SUCCESS : SQL_ROW_ERROR));
        if (!fits)
            check_cut_record(h, record = next_cut(h, record), i + 1, width[i]);
    }
    CHECK((is_extended ? SQLExtendedFetch(h, SQL_FETCH_NEXT, 0, &n, cut_status) : SQLFetch(h)) ==
          SQL_NO_DATA);
    api_free(h);
}

static void a_cut_value_fails_its_row(const char *more)
{
    char keys[128];

    snprintf(keys, sizeof(keys), "TruncationPolicy=error;%s", more);
    api_dbc = connect_to(keys);
    cut_by_row();
    cut_by_block(false);
    cut_by_block(true);
    disconnect(api_dbc);
}

static void a_cut_value_of_the_object_fails_its_row(void)
{
    a_cut_value_fails_its_row("ResultFetcher=S3");
}

static void a_cut_value_of_a_page_fails_its_row(void)
{
    a_cut_value_fails_its_row("ResultFetcher=GetQueryResults");
}

static void a_cut_value_is_a_warning_otherwise_and_pieces_always_are(void)
{
    SQLHSTMT h;

    for (unsigned i = 0; i < 2; i++) {
        api_dbc = connect_to(i == 0 ? "" : "TruncationPolicy=error");
        if (i == 0) {
            h = cut_open(WIDTHS);
            RETURNS(h, SQL_SUCCESS_WITH_INFO, SQLFetch(h));
            STATE(h, "01004");
            CHECK(cut_status[1] == SQL_ROW_SUCCESS);
            CHECK(cut_status[2] == SQL_ROW_SUCCESS_WITH_INFO && cut_lengths[2] == 17);
            api_free(h);
        }
        h = api_stmt();
        OK(h, SQLExecDirect(h, text(widths), SQL_NTS));
        OK(h, SQLFetch(h));
        RETURNS(h, SQL_SUCCESS_WITH_INFO, SQLGetData(h, 1, SQL_C_CHAR, cut_rows, 10, cut_lengths));
        STATE(h, "01004");
        RETURNS(h, SQL_SUCCESS, SQLGetData(h, 1, SQL_C_CHAR, cut_rows, 10, cut_lengths));
        api_free(h);
        disconnect(api_dbc);
    }
}

/* ---- zones and intervals ---- */

static void a_named_zone_shows_timestamps_in_it(void)
{
    static const char *const want[] = { "2024-07-01 14:00:00.000", "2024-07-01 21:00:00.000",
                                        "2024-01-01 12:00:00.500", "2024-01-01 07:30:00.000" };
    SQLCHAR shown[64] = "";
    SQLLEN length = 0;

    api_dbc = connect_to("TimeZone=Europe/Paris");
    SQLHSTMT h = api_stmt();
    OK(h, SQLExecDirect(h, text("SELECT 1 /*+ sandbox:replay=edge_zones */"), SQL_NTS));
    OK(h, SQLBindCol(h, 1, SQL_C_CHAR, shown, sizeof(shown), &length));
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        OK(h, SQLFetch(h));
        if (strcmp((const char *)shown, want[i]) != 0)
            api_fail(__LINE__, want[i], (const char *)shown);
    }
    api_free(h);
    disconnect(api_dbc);
}

static void check_zone_named(SQLHSTMT h)
{
    const char *records = api_records(SQL_HANDLE_STMT, h);

    STATE(h, "22007");
    if (strstr(records, "column 2 (t, timestamp with time zone)") == NULL ||
        strstr(records, "no zone \"Nowhere/Land\" in /usr/share/zoneinfo (package tzdata)") == NULL)
        api_fail(__LINE__, "the zone is not named:", records);
}

static void a_zone_that_is_not_there_is_named(void)
{
    SQL_TIMESTAMP_STRUCT t;
    SQLLEN length = 0;

    for (unsigned i = 0; i < 2; i++) {
        api_dbc = connect_to(i == 0 ? "" : "ResultFetcher=GetQueryResults");
        SQLHSTMT h = api_stmt();
        OK(h, SQLExecDirect(h, text("SELECT 1 /*+ sandbox:replay=edge_nowhere */"), SQL_NTS));
        OK(h, SQLBindCol(h, 2, SQL_C_TYPE_TIMESTAMP, &t, sizeof(t), &length));
        RETURNS(h, SQL_ERROR, SQLFetch(h));
        check_zone_named(h);
        RETURNS(h, SQL_SUCCESS, SQLFetch(h));
        CHECK(t.hour == 12);
        SQLFreeStmt(h, SQL_CLOSE);
        SQLFreeStmt(h, SQL_UNBIND);
        OK(h, SQLExecDirect(h, text("SELECT 1 /*+ sandbox:replay=edge_nowhere */"), SQL_NTS));
        OK(h, SQLFetch(h));
        RETURNS(h, SQL_ERROR, SQLGetData(h, 2, SQL_C_TYPE_TIMESTAMP, &t, sizeof(t), &length));
        check_zone_named(h);
        api_free(h);
        disconnect(api_dbc);
    }
}

static void a_time_zone_that_is_not_there_refuses_the_connection(void)
{
    SQLHDBC dbc = SQL_NULL_HDBC;

    SQLAllocHandle(SQL_HANDLE_DBC, api_env, &dbc);
    CHECK(SQLDriverConnect(dbc, NULL, text("DSN=retail;TimeZone=Nowhere/Land"), SQL_NTS, NULL, 0,
                           NULL, SQL_DRIVER_NOPROMPT) == SQL_ERROR);
    const char *records = api_records(SQL_HANDLE_DBC, dbc);
    if (strstr(records, "TimeZone") == NULL || strstr(records, "package tzdata") == NULL)
        api_fail(__LINE__, "the refusal does not say why:", records);
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
}

static void check_long_interval(const SQL_INTERVAL_STRUCT *i)
{
    CHECK(i->interval_type == SQL_IS_DAY_TO_SECOND && i->interval_sign == SQL_TRUE);
    CHECK(i->intval.day_second.day == 123456 && i->intval.day_second.fraction == 4000);
}

static void intervals_have_the_digits_of_the_column(void)
{
    static const SQLSMALLINT types[] = { SQL_C_DEFAULT, SQL_C_INTERVAL_DAY_TO_SECOND };
    SQL_INTERVAL_STRUCT i;
    SQLLEN length = 0;

    api_dbc = connect_to("");
    for (size_t k = 0; k < 2; k++) {
        SQLHSTMT h = api_stmt();
        OK(h,
           SQLExecDirect(h, text("SELECT 1 /*+ sandbox:replay=edge_long_intervals */"), SQL_NTS));
        CHECK(attribute(h, 1, SQL_DESC_DATETIME_INTERVAL_PRECISION) == 9);
        OK(h, SQLBindCol(h, 1, types[k], &i, sizeof(i), &length));
        memset(&i, 0, sizeof(i));
        RETURNS(h, SQL_SUCCESS, SQLFetch(h));
        check_long_interval(&i);
        memset(&i, 0, sizeof(i));
        RETURNS(h, SQL_SUCCESS, SQLGetData(h, 1, types[k], &i, sizeof(i), &length));
        check_long_interval(&i);
        RETURNS(h, SQL_SUCCESS, SQLGetData(h, 2, SQL_C_DEFAULT, &i, sizeof(i), &length));
        CHECK(i.intval.year_month.year == 178956970 && i.intval.year_month.month == 7);
        api_free(h);
    }
    disconnect(api_dbc);
}

static void a_leading_precision_of_the_descriptor_counts(void)
{
    SQL_INTERVAL_STRUCT i;
    SQLLEN length = 0;
    SQLHDESC ard;

    api_dbc = connect_to("");
    SQLHSTMT h = api_stmt();
    OK(h, SQLGetStmtAttr(h, SQL_ATTR_APP_ROW_DESC, &ard, 0, NULL));
    OK(h, SQLBindCol(h, 1, SQL_C_INTERVAL_DAY_TO_SECOND, &i, sizeof(i), &length));
    OK(h, SQLSetDescField(ard, 1, SQL_DESC_DATETIME_INTERVAL_PRECISION, (SQLPOINTER)2, 0));
    OK(h, SQLSetDescField(ard, 1, SQL_DESC_DATA_PTR, &i, 0));
    OK(h, SQLExecDirect(h, text("SELECT 1 /*+ sandbox:replay=edge_long_intervals */"), SQL_NTS));
    RETURNS(h, SQL_ERROR, SQLFetch(h));
    STATE(h, "22015");
    SQLFreeStmt(h, SQL_CLOSE);
    /* Bound anew, the column's counts again. */
    OK(h, SQLBindCol(h, 1, SQL_C_INTERVAL_DAY_TO_SECOND, &i, sizeof(i), &length));
    OK(h, SQLExecDirect(h, text("SELECT 1 /*+ sandbox:replay=edge_long_intervals */"), SQL_NTS));
    RETURNS(h, SQL_SUCCESS, SQLFetch(h));
    check_long_interval(&i);
    api_free(h);
    disconnect(api_dbc);
}

int main(int argc, char **argv)
{
    static const struct api_test tests[] = {
        { "buffers of the sizes of types hold every value", sizes_of_types },
        { "buffers of the sizes of types hold every value, text being wide",
          sizes_of_types_and_wide_text },
        { "buffers of exact sizes hold every value", exact_sizes },
        { "buffers of exact sizes hold every value, text being wide", exact_sizes_of_wide_text },
        { "the column size of wide text holds it with exact sizes",
          the_column_size_of_wide_text_with_exact_sizes },
        { "a cut value of the object fails its row with TruncationPolicy=error",
          a_cut_value_of_the_object_fails_its_row },
        { "a cut value of a page fails its row with TruncationPolicy=error",
          a_cut_value_of_a_page_fails_its_row },
        { "a cut value is a warning otherwise, and pieces always are",
          a_cut_value_is_a_warning_otherwise_and_pieces_always_are },
        { "a named zone shows timestamps in it", a_named_zone_shows_timestamps_in_it },
        { "a zone that is not there is named", a_zone_that_is_not_there_is_named },
        { "a TimeZone that is not there refuses the connection",
          a_time_zone_that_is_not_there_refuses_the_connection },
        { "intervals have the digits of the column", intervals_have_the_digits_of_the_column },
        { "a leading precision of the descriptor counts",
          a_leading_precision_of_the_descriptor_counts },
    };

    if (argc < 2 || !cases_read(argv[1])) {
        printf("FAIL cases cannot be read\nfetch_sizes: 0 passed, 1 failed\n");
        return 1;
    }
    SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &api_env);
    SQLSetEnvAttr(api_env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
    for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        api_sentence = tests[i].sentence;
        api_is_bad = false;
        tests[i].run();
        api_is_bad ? api_failed++ : api_passed++;
        if (!api_is_bad)
            printf("ok   %s\n", tests[i].sentence);
    }
    SQLFreeHandle(SQL_HANDLE_ENV, api_env);
    cases_free();
    printf("fetch_sizes: %u passed, %u failed\n", api_passed, api_failed);
    return api_failed == 0 ? 0 : 1;
}
