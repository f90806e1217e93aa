/* A wide application of iODBC: every text has four bytes a character, and every length is in the
   right unit. */
#include <locale.h>

#include "iodbc.h"

#define GRIN "\xf0\x9f\x98\x80"       /* U+1F600, outside the basic plane */
#define BANK "\xf0\x9f\x8f\xa6"       /* U+1F3E6 */
#define TOKYO "\xe6\x9d\xb1\xe4\xba\xac" /* two characters */

enum { ATTR_CURRENT_CATALOG = 109, ATTR_ATHENA_WORKGROUP = 0x4103, ATTR_ATHENA_QUERY_ID = 0x4000 };
enum { INFO_DRIVER_HENV = 4, INFO_DRIVER_NAME = 6, INFO_DBMS_NAME = 17, INFO_QUOTE = 29 };

static handle run(const char *sql)
{
    handle h = new_handle(STMT, dbc);

    OK(STMT, h, SQLExecDirectW(h, wide_of(sql), NTS));
    return h;
}

static void a_connection_string_comes_back_whole_and_reconnects(void)
{
    handle one = new_handle(DBC, env), two = new_handle(DBC, env);
    wide out[600];
    small n = 0;

    memset(out, 0x55, sizeof(out));
    OK(DBC, one,
       SQLDriverConnectW(one, NULL, wide_of("DSN=retail;Schema=edges"), NTS, out, 600, &n, 0));
    CHECK(n == 4 * (small)wide_length(out)); /* here, and here alone, this manager tells bytes */
    CHECK(strstr(utf8_of(out), "DSN=retail") != NULL);
    CHECK(strstr(utf8_of(out), "Schema=edges") != NULL);
    OK(DBC, two, SQLDriverConnectW(two, NULL, out, NTS, NULL, 0, NULL, 0));
    SQLDisconnect(one);
    SQLDisconnect(two);
    SQLFreeHandle(DBC, one);
    SQLFreeHandle(DBC, two);
}

static void ansi_calls_connect_and_read_as_well(void)
{
    handle one = new_handle(DBC, env), two = new_handle(DBC, env), h;
    char out[600] = "", value[32] = "";
    small n = 0;
    len got = 0;

    OK(DBC, one, SQLConnect(one, "retail", NTS, NULL, 0, NULL, 0));
    OK(DBC, two, SQLDriverConnect(two, NULL, "DSN=retail", NTS, out, sizeof(out), &n, 0));
    CHECK(strstr(out, "DSN=retail") != NULL && strlen(out) == (size_t)n);
    h = new_handle(STMT, two);
    OK(STMT, h, SQLExecDirect(h, "SELECT 'gr\xc3\xb6\xc3\x9f" "er " GRIN "'", NTS));
    OK(STMT, h, SQLFetch(h));
    OK(STMT, h, SQLGetData(h, 1, C_CHAR, value, sizeof(value), &got));
    SAME(value, "gr\xc3\xb6\xc3\x9f" "er " GRIN);
    CHECK(got == 13);
    SQLFreeHandle(STMT, h);
    SQLDisconnect(one);
    SQLDisconnect(two);
    SQLFreeHandle(DBC, one);
    SQLFreeHandle(DBC, two);
}

static void a_row_of_many_types_is_read(void)
{
    handle h = run("SELECT 42, CAST(9007199254740993 AS bigint), 1.5e0, DATE '2024-02-29', "
                   "TIMESTAMP '2024-02-29 12:34:56.789', "
                   "true, X'0102ff', CAST(NULL AS varchar), DECIMAL '12345678901234567890.12'");
    struct { int16_t year; uint16_t month, day; } date = { 0 };
    struct {
        int16_t year;
        uint16_t month, day, hour, minute, second;
        uint32_t fraction;
    } moment = { 0 };
    integer i = 0;
    int64_t big = 0;
    double d = 0;
    unsigned char bit = 9, bytes[8];
    wide text[40];
    small columns = 0;
    len n = 0;

    OK(STMT, h, SQLNumResultCols(h, &columns));
    CHECK(columns == 9);
    OK(STMT, h, SQLFetch(h));
    OK(STMT, h, SQLGetData(h, 1, C_SLONG, &i, 0, &n));
    OK(STMT, h, SQLGetData(h, 2, C_SBIGINT, &big, 0, &n));
    OK(STMT, h, SQLGetData(h, 3, C_DOUBLE, &d, 0, &n));
    CHECK(i == 42 && big == 9007199254740993 && d == 1.5);
    OK(STMT, h, SQLGetData(h, 4, C_DATE, &date, sizeof(date), &n));
    CHECK(date.year == 2024 && date.month == 2 && date.day == 29);
    OK(STMT, h, SQLGetData(h, 5, C_TIMESTAMP, &moment, sizeof(moment), &n));
    CHECK(moment.hour == 12 && moment.second == 56 && moment.fraction == 789000000);
    OK(STMT, h, SQLGetData(h, 6, C_BIT, &bit, 0, &n));
    CHECK(bit == 1);
    OK(STMT, h, SQLGetData(h, 7, C_BINARY, bytes, sizeof(bytes), &n));
    CHECK(n == 3 && bytes[2] == 0xff);
    OK(STMT, h, SQLGetData(h, 8, C_WCHAR, text, sizeof(text), &n));
    CHECK(n == NULL_DATA);
    OK(STMT, h, SQLGetData(h, 9, C_WCHAR, text, sizeof(text), &n));
    SAME(utf8_of(text), "12345678901234567890.12");
    CHECK(n == 4 * 23);
    CHECK(SQLFetch(h) == NO_DATA);
    SQLFreeHandle(STMT, h);
}

static void text_outside_the_basic_plane_has_one_unit_a_character(void)
{
    handle h = run("SELECT a, '" GRIN "x" BANK "' FROM edges.csv_edges WHERE label = 'emoji'");
    wide a[16], b[16];
    len n = 0, bound = 0;

    memset(a, 0x55, sizeof(a));
    OK(STMT, h, SQLBindCol(h, 2, C_WCHAR, b, sizeof(b), &bound));
    OK(STMT, h, SQLFetch(h));
    OK(STMT, h, SQLGetData(h, 1, C_WCHAR, a, sizeof(a), &n));
    CHECK(n == 8 && a[0] == 0x1f600 && a[1] == 0x1f3e6 && a[2] == 0);
    CHECK(bound == 12 && b[0] == 0x1f600 && b[1] == 'x' && b[2] == 0x1f3e6 && b[3] == 0);
    SQLFreeHandle(STMT, h);
}

static void long_text_is_cut_on_whole_characters_and_told_in_bytes(void)
{
    handle h = run("SELECT 'ab" GRIN "cd'");
    union { wide w[8]; unsigned char bytes[32]; } room;
    len n = 0;

    OK(STMT, h, SQLFetch(h));
    memset(&room, 0x55, sizeof(room));
    /* room for two characters and a terminator, and two odd bytes */
    CHECK(SQLGetData(h, 1, C_WCHAR, room.w, 14, &n) == INFO);
    CHECK(n == 20 && room.w[0] == 'a' && room.w[1] == 'b' && room.w[2] == 0);
    CHECK(room.bytes[12] == 0x55 && room.bytes[14] == 0x55);
    CHECK(strstr(records(STMT, h), "[01004]") != NULL);
    CHECK(SQLGetData(h, 1, C_WCHAR, room.w, 12, &n) == INFO);
    CHECK(n == 12 && room.w[0] == 0x1f600 && room.w[1] == 'c' && room.w[2] == 0);
    CHECK(SQLGetData(h, 1, C_WCHAR, room.w, sizeof(room), &n) == SUCCESS);
    CHECK(n == 4 && room.w[0] == 'd' && room.w[1] == 0);
    CHECK(SQLGetData(h, 1, C_WCHAR, room.w, sizeof(room), &n) == NO_DATA);
    SQLFreeHandle(STMT, h);
}

static void wide_parameters_arrive_whole(void)
{
    static const char *const values[] = { GRIN BANK, TOKYO, "say \"hi\"", "x'; DROP TABLE y; --" };
    static const char *const labels[] = { "emoji", "cjk", "quote", NULL };
    handle h = new_handle(STMT, dbc);
    wide value[64], label[64];
    len n_value = 0, n = 0;

    OK(STMT, h, SQLPrepareW(h, wide_of("SELECT label FROM edges.csv_edges WHERE a = ?"), NTS));
    OK(STMT, h,
       SQLBindParameter(h, 1, 1, C_WCHAR, WVARCHAR, 60, 0, value, sizeof(value), &n_value));
    for (unsigned i = 0; i < 4; i++) {
        wide *from = wide_of(values[i]);

        memcpy(value, from, 4 * (wide_length(from) + 1));
        n_value = i == 0 ? NTS : 4 * (len)wide_length(from);
        OK(STMT, h, SQLExecute(h));
        if (labels[i] == NULL) {
            CHECK(SQLFetch(h) == NO_DATA);
        } else {
            OK(STMT, h, SQLFetch(h));
            OK(STMT, h, SQLGetData(h, 1, C_WCHAR, label, sizeof(label), &n));
            SAME(utf8_of(label), labels[i]);
        }
        SQLCloseCursor(h);
    }
    SQLFreeHandle(STMT, h);
}

static void the_catalog_is_listed(void)
{
    handle h = new_handle(STMT, dbc);
    wide name[128], remarks[600];
    bool has_airlines = false, has_carrier = false;
    len n = 0;
    small columns = 0;

    OK(STMT, h,
       SQLTablesW(h, NULL, 0, wide_of("flights"), NTS, wide_of("air%"), NTS, wide_of("TABLE"),
                  NTS));
    for (unsigned i = 0; i < 20 && succeeded(SQLFetch(h)); i++) {
        OK(STMT, h, SQLGetData(h, 3, C_WCHAR, name, sizeof(name), &n));
        has_airlines |= strcmp(utf8_of(name), "airlines") == 0 && n == 32;
        OK(STMT, h, SQLGetData(h, 5, C_WCHAR, remarks, sizeof(remarks), &n));
    }
    CHECK(has_airlines);
    SQLCloseCursor(h);
    OK(STMT, h,
       SQLColumnsW(h, NULL, 0, wide_of("flights"), NTS, wide_of("airlines"), NTS, NULL, 0));
    while (succeeded(SQLFetch(h))) {
        OK(STMT, h, SQLGetData(h, 4, C_WCHAR, name, sizeof(name), &n));
        has_carrier |= strcmp(utf8_of(name), "carrier") == 0;
    }
    CHECK(has_carrier);
    SQLCloseCursor(h);
    OK(STMT, h, SQLPrimaryKeysW(h, NULL, 0, wide_of("flights"), NTS, wide_of("airlines"), NTS));
    CHECK(SQLFetch(h) == NO_DATA);
    SQLCloseCursor(h);
    OK(STMT, h, SQLGetTypeInfoW(h, VARCHAR));
    OK(STMT, h, SQLNumResultCols(h, &columns));
    CHECK(columns == 19);
    OK(STMT, h, SQLFetch(h));
    OK(STMT, h, SQLGetData(h, 1, C_WCHAR, name, sizeof(name), &n));
    SAME(utf8_of(name), "varchar");
    SQLFreeHandle(STMT, h);
}

static void diagnostics_are_wide(void)
{
    handle h = new_handle(STMT, dbc);
    wide state[6], message[300], origin[32];
    integer native = -1;
    small n = 0;

    CHECK(SQLExecDirectW(h, wide_of("SELECT * FROM flights.n\xc3\xb6t_here"), NTS) == ERROR);
    CHECK(SQLExecDirectW(h, wide_of("SELECT * FROM flights.\"n\xc3\xb6t_here" GRIN "\""), NTS) ==
          ERROR);
    OK(STMT, h, SQLGetDiagRecW(STMT, h, 1, state, &native, message, 300, &n));
    SAME(utf8_of(state), "42S02");
    CHECK(wide_length(message) == (size_t)n);
    CHECK(strstr(utf8_of(message), "n\xc3\xb6t_here" GRIN) != NULL);
    OK(STMT, h, SQLGetDiagFieldW(STMT, h, 1, 4, state, sizeof(state), &n));
    SAME(utf8_of(state), "42S02");
    CHECK(n == 20);
    OK(STMT, h, SQLGetDiagFieldW(STMT, h, 1, 9, origin, sizeof(origin), &n));
    SAME(utf8_of(origin), "ODBC 3.0");
    /* a small room: cut, terminated, told */
    memset(message, 0x55, sizeof(message));
    CHECK(SQLGetDiagRecW(STMT, h, 1, state, &native, message, 10, &n) == INFO);
    CHECK(wide_length(message) == 9 && n > 30 && message[10] == 0x55555555);
    SQLFreeHandle(STMT, h);
}

static void a_refused_connection_says_why(void)
{
    handle one = new_handle(DBC, env);
    const char *text;

    CHECK(SQLDriverConnectW(one, NULL, wide_of("DSN=retail_wrong"), NTS, NULL, 0, NULL, 0) ==
          ERROR);
    text = records(DBC, one);
    if (strstr(text, "[28000]") == NULL || strstr(text, "AthenaConsumer") == NULL)
        complain(__LINE__, "the records are", text);
    SQLFreeHandle(DBC, one);
}

static void info_is_counted_in_bytes(void)
{
    wide text[64];
    small n = -1;

    OK(DBC, dbc, SQLGetInfoW(dbc, INFO_DBMS_NAME, text, sizeof(text), &n));
    SAME(utf8_of(text), "Athena");
    CHECK(n == 24);
    memset(text, 0x55, sizeof(text));
    /* four characters do not fit with two odd bytes */
    CHECK(SQLGetInfoW(dbc, INFO_DBMS_NAME, text, 18, &n) == INFO);
    CHECK(n == 24 && wide_length(text) == 3 && text[4] == 0x55555555);
    OK(DBC, dbc, SQLGetInfoW(dbc, INFO_DRIVER_NAME, text, sizeof(text), &n));
    SAME(utf8_of(text), "libathenaodbc.so");
    OK(DBC, dbc, SQLGetInfoW(dbc, INFO_QUOTE, text, sizeof(text), &n));
    SAME(utf8_of(text), "\"");
}

static void attributes_are_counted_in_bytes(void)
{
    wide text[64], *name = wide_of("AwsDataCatalog");
    handle h = run("SELECT 1");
    integer n = -1;

    OK(DBC, dbc, SQLSetConnectAttrW(dbc, ATTR_CURRENT_CATALOG, name, 4 * 14));
    OK(DBC, dbc, SQLGetConnectAttrW(dbc, ATTR_CURRENT_CATALOG, text, sizeof(text), &n));
    SAME(utf8_of(text), "AwsDataCatalog");
    CHECK(n == 4 * 14);
    OK(DBC, dbc, SQLGetConnectAttrW(dbc, ATTR_ATHENA_WORKGROUP, text, sizeof(text), &n));
    SAME(utf8_of(text), "retail-bi");
    OK(STMT, h, SQLGetStmtAttrW(h, ATTR_ATHENA_QUERY_ID, text, sizeof(text), &n));
    CHECK(wide_length(text) == 36 && n == 4 * 36);
    SQLFreeHandle(STMT, h);
}

static void columns_are_described_in_characters_and_bytes(void)
{
    handle h = run("SELECT 1 AS \"gr\xc3\xb6\xc3\x9f" "e " GRIN "\"");
    wide name[32];
    small n = -1, type = 0, digits = 0, nullable = 0;
    unsigned long size = 0;
    len number = 0;

    OK(STMT, h, SQLDescribeColW(h, 1, name, 32, &n, &type, &size, &digits, &nullable));
    SAME(utf8_of(name), "gr\xc3\xb6\xc3\x9f" "e " GRIN);
    CHECK(n == 7 && type == 4 && size == 10);
    OK(STMT, h, SQLColAttributeW(h, 1, 18, name, sizeof(name), &n, &number));
    SAME(utf8_of(name), "gr\xc3\xb6\xc3\x9f" "e " GRIN);
    CHECK(n == 28);
    OK(STMT, h, SQLColAttributeW(h, 1, 14, name, sizeof(name), &n, &number));
    SAME(utf8_of(name), "integer");
    SQLFreeHandle(STMT, h);
}

static void names_and_native_sql_are_wide(void)
{
    handle h = new_handle(STMT, dbc);
    wide text[64];
    integer n = -1;
    small n_name = -1;

    OK(DBC, dbc, SQLNativeSqlW(dbc, wide_of("SELECT {fn UCASE('" TOKYO "')}"), NTS, text, 64, &n));
    SAME(utf8_of(text), "SELECT upper('" TOKYO "')");
    CHECK(n == (integer)wide_length(text));
    OK(STMT, h, SQLSetCursorNameW(h, wide_of("reader"), NTS));
    OK(STMT, h, SQLGetCursorNameW(h, text, 64, &n_name));
    SAME(utf8_of(text), "reader");
    CHECK(n_name == 6);
    SQLFreeHandle(STMT, h);
}

typedef small (*env_asker)(handle, integer, void *, integer, integer *);

/* What the driver's own environment answers to 1065: 1 is UTF-16, 3 is UCS-4. iODBC hands out no
   handle of a driver. */
static integer width_of(const char *library, handle connection,
                        small (*get_info)(handle, usmall, void *, small, small *))
{
    void *driver = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
    env_asker ask;
    handle its_env = NULL;
    integer answer = -1;

    CHECK(driver != NULL);
    if (driver == NULL)
        return -1;
    *(void **)&ask = dlsym(driver, "SQLGetEnvAttr");
    CHECK(succeeded(get_info(connection, INFO_DRIVER_HENV, &its_env, sizeof(its_env), NULL)));
    CHECK(ask != NULL && its_env != NULL && succeeded(ask(its_env, 1065, &answer, 0, NULL)));
    dlclose(driver);
    return answer;
}

/* The same file, loaded once, under both managers in one process: the width is each
   environment's. */
static void one_process_may_use_both_managers_with_the_same_library(void)
{
    void *unix_odbc = dlopen("libodbc.so.2", RTLD_NOW | RTLD_LOCAL);
    const char *library = getenv("ATHENA_TEST_LIBRARY");
    small (*alloc)(small, handle, handle *), (*set)(handle, integer, void *, integer);
    small (*connect)(handle, const uint16_t *, small, const uint16_t *, small, const uint16_t *,
                     small);
    small (*info)(handle, usmall, void *, small, small *), (*leave)(handle),
        (*release)(small, handle);
    static const uint16_t name[] = { 'r', 'e', 't', 'a', 'i', 'l', 0 };
    handle e = NULL, d = NULL;
    uint16_t text[32];
    wide here[32];
    small n = 0;

    CHECK(unix_odbc != NULL);
    if (unix_odbc == NULL)
        return;
    *(void **)&alloc = dlsym(unix_odbc, "SQLAllocHandle");
    *(void **)&set = dlsym(unix_odbc, "SQLSetEnvAttr");
    *(void **)&connect = dlsym(unix_odbc, "SQLConnectW");
    *(void **)&info = dlsym(unix_odbc, "SQLGetInfoW");
    *(void **)&leave = dlsym(unix_odbc, "SQLDisconnect");
    *(void **)&release = dlsym(unix_odbc, "SQLFreeHandle");
    CHECK(succeeded(alloc(ENV, NULL, &e)) && succeeded(set(e, 200, (void *)3, 0)));
    CHECK(succeeded(alloc(DBC, e, &d)));
    CHECK(succeeded(connect(d, name, NTS, NULL, 0, NULL, 0)));
    CHECK(succeeded(info(d, INFO_DBMS_NAME, text, sizeof(text), &n)));
    CHECK(n == 12 && text[0] == 'A' && text[1] == 't' && text[5] == 'a');
    CHECK(width_of(library, d, info) == 1);
    OK(DBC, dbc, SQLGetInfoW(dbc, INFO_DBMS_NAME, here, sizeof(here), &n));
    CHECK(n == 24);
    SAME(utf8_of(here), "Athena");
    leave(d);
    release(DBC, d);
    release(ENV, e);
}

/* The manager takes the cursor for closed from the cancel on. */
static void a_statement_that_was_cancelled_idly_executes_again(void)
{
    handle h = run("SELECT n FROM edges.rows_1001");
    integer value = 0;
    len n = 0;

    OK(STMT, h, SQLFetch(h));
    OK(STMT, h, SQLCancel(h));
    OK(STMT, h, SQLExecDirectW(h, wide_of("SELECT 41 + 1"), NTS));
    OK(STMT, h, SQLFetch(h));
    OK(STMT, h, SQLGetData(h, 1, C_SLONG, &value, 0, &n));
    CHECK(value == 42);
    OK(STMT, h, SQLCancel(h));
    OK(STMT, h, SQLPrepareW(h, wide_of("SELECT 7"), NTS));
    for (unsigned i = 0; i < 3; i++) {
        OK(STMT, h, SQLExecute(h));
        OK(STMT, h, SQLFetch(h));
        OK(STMT, h, SQLGetData(h, 1, C_SLONG, &value, 0, &n));
        CHECK(value == 7);
        OK(STMT, h, SQLCancel(h));
    }
    SQLFreeHandle(STMT, h);
}

static const struct test tests[] = {
    { "a connection string comes back whole and reconnects",
      a_connection_string_comes_back_whole_and_reconnects },
    { "ANSI calls connect and read as well", ansi_calls_connect_and_read_as_well },
    { "a row of many types is read", a_row_of_many_types_is_read },
    { "text outside the basic plane has one unit a character",
      text_outside_the_basic_plane_has_one_unit_a_character },
    { "long text is cut on whole characters and told in bytes",
      long_text_is_cut_on_whole_characters_and_told_in_bytes },
    { "wide parameters arrive whole", wide_parameters_arrive_whole },
    { "the catalog is listed", the_catalog_is_listed },
    { "diagnostics are wide", diagnostics_are_wide },
    { "a refused connection says why", a_refused_connection_says_why },
    { "information is counted in bytes", info_is_counted_in_bytes },
    { "attributes are counted in bytes", attributes_are_counted_in_bytes },
    { "columns are described in characters and bytes",
      columns_are_described_in_characters_and_bytes },
    { "names and native SQL are wide", names_and_native_sql_are_wide },
    { "a statement that was cancelled idly executes again",
      a_statement_that_was_cancelled_idly_executes_again },
    { "one process may use both managers with the same library",
      one_process_may_use_both_managers_with_the_same_library },
};

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8"); /* iODBC converts the texts of ANSI calls by it */
    return load_manager() ? run_tests("wide", tests, sizeof(tests) / sizeof(tests[0])) : 1;
}
