/* Parameters through the manager: values in pieces and in arrays, values that would break out, long
   ones, what a statement with markers says of its columns. */
#include "api.h"

static SQLBIGINT counted(const char *sql)
{
    SQLHSTMT h = api_stmt();
    SQLBIGINT n = -1;

    OK(h, SQLExecDirect(h, text(sql), SQL_NTS));
    OK(h, SQLFetch(h));
    OK(h, SQLGetData(h, 1, SQL_C_SBIGINT, &n, 0, NULL));
    api_free(h);
    return n;
}

static void a_value_is_put_in_pieces(void)
{
    SQLHSTMT h = api_stmt();
    SQLLEN late = SQL_DATA_AT_EXEC, n = 0;
    SQLPOINTER asked = NULL;
    SQLCHAR name[64];
    int mine = 0;

    OK(h, SQLPrepare(h, text("SELECT name FROM flights.airlines WHERE carrier = ?"), SQL_NTS));
    OK(h, SQLBindParameter(h, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 10, 0, &mine, 0, &late));
    RETURNS(h, SQL_NEED_DATA, SQLExecute(h));
    RETURNS(h, SQL_NEED_DATA, SQLParamData(h, &asked));
    CHECK(asked == &mine);
    OK(h, SQLPutData(h, text("U"), 1));
    OK(h, SQLPutData(h, text("A"), SQL_NTS));
    OK(h, SQLParamData(h, &asked));
    OK(h, SQLFetch(h));
    OK(h, SQLGetData(h, 1, SQL_C_CHAR, name, sizeof(name), &n));
    TEXT_IS(name, "United Air Lines Inc.");
    api_free(h);
}

/* Rows 1 and 3 are asked for: the address is the array's each time, the counter names the row. */
static void values_of_an_array_are_asked_for_by_row(void)
{
    static const char *const values[] = { "first", "third" };
    static const SQLULEN rows[] = { 1, 3 };
    SQLHSTMT h = api_stmt();
    SQLINTEGER ids[3] = { 9001, 9002, 9003 };
    SQLCHAR notes[3][8] = { "", "second", "" };
    SQLLEN lengths[3] = { SQL_DATA_AT_EXEC, SQL_NTS, SQL_DATA_AT_EXEC }, n_rows = 0;
    SQLUSMALLINT status[3] = { 99, 99, 99 };
    SQLPOINTER asked = NULL;
    SQLULEN row = 0;

    OK(h, SQLSetStmtAttr(h, SQL_ATTR_PARAMSET_SIZE, (SQLPOINTER)3, 0));
    OK(h, SQLSetStmtAttr(h, SQL_ATTR_PARAMS_PROCESSED_PTR, &row, 0));
    OK(h, SQLSetStmtAttr(h, SQL_ATTR_PARAM_STATUS_PTR, status, 0));
    OK(h, SQLBindParameter(h, 1, SQL_PARAM_INPUT, SQL_C_SLONG, SQL_INTEGER, 0, 0, ids, 0, NULL));
    OK(h, SQLBindParameter(h, 2, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 20, 0, notes,
                           sizeof(notes[0]), lengths));
    RETURNS(h, SQL_NEED_DATA,
            SQLExecDirect(h, text("INSERT INTO flights.notes (id, note) VALUES (?, ?)"), SQL_NTS));
    for (int i = 0; i < 2; i++) {
        RETURNS(h, SQL_NEED_DATA, SQLParamData(h, &asked));
        CHECK(asked == notes);
        CHECK(row == rows[i]);
        OK(h, SQLPutData(h, text(values[i]), SQL_NTS));
    }
    OK(h, SQLParamData(h, &asked));
    CHECK(row == 3 && status[0] == SQL_PARAM_SUCCESS && status[2] == SQL_PARAM_SUCCESS);
    OK(h, SQLRowCount(h, &n_rows));
    CHECK(n_rows == 3);
    CHECK(counted("SELECT count(*) FROM flights.notes WHERE (id = 9001 AND note = 'first') OR "
                  "(id = 9002 AND note = 'second') OR (id = 9003 AND note = 'third')") == 3);
    api_free(h);
    h = api_stmt();
    OK(h, SQLExecDirect(h, text("DELETE FROM flights.notes WHERE id > 9000"), SQL_NTS));
    api_free(h);
}

static SQLRETURN bind_text(SQLHSTMT h, SQLUSMALLINT number, SQLCHAR *value)
{
    return SQLBindParameter(h, number, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 4000, 0, value, 0,
                            NULL);
}

/* 602 characters are 1,202 bytes. */
static void a_long_text_of_wide_characters_is_sent(void)
{
    static SQLCHAR value[1201];
    SQLHSTMT h = api_stmt();
    SQLBIGINT n = 0;

    for (int i = 0; i < 600; i++)
        memcpy(value + 2 * i, "\xc3\xa9", 2);
    OK(h, bind_text(h, 1, value));
    OK(h, SQLExecDirect(h, text("SELECT count(*) FROM flights.airlines WHERE name <> ?"), SQL_NTS));
    OK(h, SQLFetch(h));
    OK(h, SQLGetData(h, 1, SQL_C_SBIGINT, &n, 0, NULL));
    CHECK(n == 16);
    api_free(h);
}

static bool has_property(const char *name, const char *value)
{
    SQLHSTMT h = api_stmt();
    SQLCHAR got[2][128];
    bool found = false;

    OK(h, SQLExecDirect(h, text("SHOW TBLPROPERTIES flights.notes"), SQL_NTS));
    while (SQL_SUCCEEDED(SQLFetch(h))) {
        OK(h, SQLGetData(h, 1, SQL_C_CHAR, got[0], sizeof(got[0]), NULL));
        OK(h, SQLGetData(h, 2, SQL_C_CHAR, got[1], sizeof(got[1]), NULL));
        found = found ||
                (strcmp((char *)got[0], name) == 0 && strcmp((char *)got[1], value) == 0);
    }
    api_free(h);
    return found;
}

/* In these statements a backslash hides a quote. A value with a quote is refused by name; every
   other one arrives, and is nothing but a value. */
static void a_parameter_of_a_table_definition_is_data_and_never_sql(void)
{
    static const char *const hostile[] = { "\\", "C:\\x\\", "\\\\", "a\\nb", "\\\", 'x'='y", "/* ",
                                           "-- ", "?", ") -- ", "\"", "`", "plain",
                                           "\\'), PARTITION (dt <> 0) -- ", "O'Brien", "''" };
    SQLHSTMT h = api_stmt();

    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
        SQLCHAR value[64];
        bool has_quote = strchr(hostile[i], '\'') != NULL;
        snprintf((char *)value, sizeof(value), "%s", hostile[i]);
        OK(h, bind_text(h, 1, value));
        SQLRETURN rc = SQLExecDirect(
            h, text("ALTER TABLE flights.notes SET TBLPROPERTIES ('hostile' = ?)"), SQL_NTS);
        if (has_quote) {
            CHECK(rc == SQL_ERROR);
            STATE(h, "HY000");
            CHECK(strstr(api_records(SQL_HANDLE_STMT, h), "Parameter 1 ") != NULL);
        } else {
            OK(h, rc);
        }
        if (has_property("hostile", hostile[i]) == has_quote || has_property("x", "y"))
            api_fail(__LINE__, "the property is not", hostile[i]);
    }
    OK(h, SQLExecDirect(h, text("ALTER TABLE flights.notes UNSET TBLPROPERTIES ('hostile')"),
                        SQL_NTS));
    api_free(h);
}

static SQLLEN rows_of(SQLHSTMT h, const char *sql)
{
    SQLLEN n = 0;

    OK(h, SQLExecDirect(h, text(sql), SQL_NTS));
    while (SQL_SUCCEEDED(SQLFetch(h)))
        n++;
    OK(h, SQLFreeStmt(h, SQL_CLOSE));
    return n;
}

static void a_limit_may_be_a_parameter_of_any_type(void)
{
    SQLHSTMT h = api_stmt();
    SQLBIGINT big = 3;
    SQLSMALLINT small = 3;
    SQLCHAR digits[] = "3", note[] = "n";
    SQLSMALLINT columns = 0;

    OK(h, bind_text(h, 2, note));
    for (int i = 0; i < 3; i++) {
        if (i == 0)
            OK(h, SQLBindParameter(h, 1, SQL_PARAM_INPUT, SQL_C_SBIGINT, SQL_BIGINT, 0, 0, &big, 0,
                                   NULL));
        if (i == 1)
            OK(h, SQLBindParameter(h, 1, SQL_PARAM_INPUT, SQL_C_SSHORT, SQL_SMALLINT, 0, 0, &small,
                                   0, NULL));
        if (i == 2)
            OK(h, bind_text(h, 1, digits));
        CHECK(rows_of(h, "SELECT name FROM flights.airlines LIMIT ?") == 3);
        CHECK(rows_of(h, "SELECT name FROM flights.airlines FETCH FIRST ? ROWS ONLY") == 3);
        OK(h, SQLPrepare(h, text("SELECT name FROM flights.airlines OFFSET ?"), SQL_NTS));
        OK(h, SQLNumResultCols(h, &columns));
        CHECK(columns == 1);
        OK(h, SQLFreeStmt(h, SQL_CLOSE));
    }
    OK(h, SQLBindParameter(h, 2, SQL_PARAM_INPUT, SQL_C_SBIGINT, SQL_BIGINT, 0, 0, &big, 0, NULL));
    OK(h, bind_text(h, 1, note));
    CHECK(rows_of(h, "SELECT ? AS v, name FROM flights.airlines LIMIT ?") == 3);
    api_free(h);
}

static const struct {
    SQLSMALLINT sql_type;
    SQLULEN size;
    SQLSMALLINT digits, told;
} types[] = {
    { SQL_BIT, 0, 0, SQL_BIT },
    { SQL_TINYINT, 0, 0, SQL_TINYINT },
    { SQL_SMALLINT, 0, 0, SQL_SMALLINT },
    { SQL_INTEGER, 0, 0, SQL_INTEGER },
    { SQL_BIGINT, 0, 0, SQL_BIGINT },
    { SQL_REAL, 0, 0, SQL_REAL },
    { SQL_DOUBLE, 0, 0, SQL_DOUBLE },
    { SQL_DECIMAL, 12, 3, SQL_DECIMAL },
    { SQL_VARCHAR, 20, 0, SQL_VARCHAR },
    { SQL_WVARCHAR, 20, 0, SQL_VARCHAR },
    { SQL_VARBINARY, 16, 0, SQL_VARBINARY },
    { SQL_TYPE_DATE, 10, 0, SQL_TYPE_DATE },
    { SQL_TYPE_TIME, 8, 0, SQL_TYPE_TIME },
    { SQL_TYPE_TIMESTAMP, 23, 3, SQL_TYPE_TIMESTAMP },
    { SQL_GUID, 36, 0, SQL_GUID },
};

static void a_column_made_of_a_parameter_has_its_type_before_execution(void)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        SQLHSTMT h = api_stmt();
        SQLLEN none = SQL_NULL_DATA;
        SQLSMALLINT type = 0, digits = 0;
        SQLULEN size = 0;
        char room[64] = "";
        OK(h, SQLBindParameter(h, 1, SQL_PARAM_INPUT, SQL_C_CHAR, types[i].sql_type, types[i].size,
                               types[i].digits, room, sizeof(room), &none));
        OK(h, SQLPrepare(h, text("SELECT ? AS v; -- done"), SQL_NTS));
        OK(h, SQLDescribeCol(h, 1, NULL, 0, NULL, &type, &size, &digits, NULL));
        if (type != types[i].told)
            printf("     type %d is told as %d\n", types[i].sql_type, type);
        CHECK(type == types[i].told);
        CHECK(types[i].sql_type != SQL_DECIMAL || (size == 12 && digits == 3));
        api_free(h);
    }
}

static const struct {
    const char *sql;
    SQLSMALLINT columns;
} described[] = {
    { "DESCRIBE flights.airlines", 3 },
    { "DESCRIBE flights.carrier_delays", 2 },
    { "SHOW COLUMNS IN flights.airlines", 1 },
    { "EXPLAIN (TYPE VALIDATE) SELECT 1", 1 },
    { "EXPLAIN SELECT 1", 1 },
};

static void what_is_told_before_execution_is_what_comes(void)
{
    for (size_t i = 0; i < sizeof(described) / sizeof(described[0]); i++) {
        SQLHSTMT h = api_stmt();
        SQLSMALLINT before = 0, after = 0;
        SQLCHAR names[2][64] = { "", "" };
        OK(h, SQLPrepare(h, text(described[i].sql), SQL_NTS));
        OK(h, SQLNumResultCols(h, &before));
        OK(h, SQLDescribeCol(h, 1, names[0], 64, NULL, NULL, NULL, NULL, NULL));
        OK(h, SQLExecute(h));
        OK(h, SQLNumResultCols(h, &after));
        OK(h, SQLDescribeCol(h, 1, names[1], 64, NULL, NULL, NULL, NULL, NULL));
        if (before != described[i].columns || after != before ||
            strcmp((char *)names[0], (char *)names[1]) != 0)
            printf("     %s: %d %s, then %d %s\n", described[i].sql, before, names[0], after,
                   names[1]);
        CHECK(before == described[i].columns && after == before);
        CHECK(strcmp((char *)names[0], (char *)names[1]) == 0);
        api_free(h);
    }
}

static const struct api_test tests[] = {
    { "a value is put in pieces", a_value_is_put_in_pieces },
    { "values of an array are asked for by row", values_of_an_array_are_asked_for_by_row },
    { "a long text of wide characters is sent", a_long_text_of_wide_characters_is_sent },
    { "a parameter of a table definition is data and never SQL",
      a_parameter_of_a_table_definition_is_data_and_never_sql },
    { "a limit may be a parameter of any type", a_limit_may_be_a_parameter_of_any_type },
    { "a column made of a parameter has its type before execution",
      a_column_made_of_a_parameter_has_its_type_before_execution },
    { "what is told before execution is what comes", what_is_told_before_execution_is_what_comes },
};

API_MAIN("parameters", SQL_OV_ODBC3, tests)
