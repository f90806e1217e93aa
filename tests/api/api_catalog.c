/* Catalog functions through the manager. */
#include "api.h"

/* Counts rows and looks for one text in a column. */
static unsigned rows_with(SQLHSTMT h, SQLUSMALLINT column, const char *want, unsigned *n_found)
{
    SQLCHAR value[1100];
    SQLLEN n = 0;
    unsigned rows = 0;

    *n_found = 0;
    while (SQL_SUCCEEDED(SQLFetch(h))) {
        rows++;
        if (SQL_SUCCEEDED(SQLGetData(h, column, SQL_C_CHAR, value, sizeof(value), &n)) &&
            n != SQL_NULL_DATA && strcmp((char *)value, want) == 0)
            (*n_found)++;
    }
    SQLFreeStmt(h, SQL_CLOSE);
    return rows;
}

static void tables_of_a_database_are_listed(void)
{
    SQLHSTMT h = api_stmt();
    unsigned found = 0;

    OK(h, SQLTables(h, NULL, 0, text("flights"), SQL_NTS, NULL, 0, NULL, 0));
    CHECK(rows_with(h, 3, "airlines", &found) == 9);
    CHECK(found == 1);
    OK(h,
       SQLTables(h, NULL, 0, text("flights"), SQL_NTS, text("%"), SQL_NTS, text("VIEW"), SQL_NTS));
    CHECK(rows_with(h, 3, "carrier_delays", &found) == 1 && found == 1);
    OK(h, SQLTables(h, NULL, 0, text("flights"), SQL_NTS, text("flights\\_%"), SQL_NTS, NULL, 0));
    CHECK(rows_with(h, 3, "flights_csv", &found) == 2 && found == 1);
    OK(h, SQLTables(h, NULL, 0, text("no_such_database"), SQL_NTS, NULL, 0, NULL, 0));
    CHECK(rows_with(h, 3, "x", &found) == 0);
    api_free(h);
}

static void tables_reached_by_link_are_listed_with_their_columns(void)
{
    SQLHSTMT h = api_stmt();
    unsigned found = 0;

    OK(h, SQLTables(h, NULL, 0, text("mesh"), SQL_NTS, NULL, 0, NULL, 0));
    CHECK(rows_with(h, 3, "stocks", &found) == 3 && found == 1);
    OK(h, SQLColumns(h, NULL, 0, text("mesh"), SQL_NTS, text("stocks"), SQL_NTS, NULL, 0));
    CHECK(rows_with(h, 4, "price", &found) >= 3 && found == 1);
    api_free(h);
}

static void the_enumerations_of_sqltables_answer(void)
{
    SQLHSTMT h = api_stmt();
    unsigned found = 0;

    OK(h, SQLTables(h, text(SQL_ALL_CATALOGS), SQL_NTS, text(""), SQL_NTS, text(""), SQL_NTS,
                    text(""), SQL_NTS));
    CHECK(rows_with(h, 1, "AwsDataCatalog", &found) >= 1 && found == 1);
    OK(h, SQLTables(h, text(""), SQL_NTS, text(SQL_ALL_SCHEMAS), SQL_NTS, text(""), SQL_NTS,
                    text(""), SQL_NTS));
    CHECK(rows_with(h, 2, "flights", &found) >= 4 && found == 1);
    OK(h, SQLTables(h, text(""), SQL_NTS, text(""), SQL_NTS, text(""), SQL_NTS,
                    text(SQL_ALL_TABLE_TYPES), SQL_NTS));
    CHECK(rows_with(h, 4, "VIEW", &found) == 2 && found == 1);
    api_free(h);
}

static void columns_tell_types_sizes_and_partition_keys(void)
{
    SQLHSTMT h = api_stmt();
    SQLCHAR name[64], remarks[256];
    SQLSMALLINT type = 0;
    SQLINTEGER size = 0, ordinal = 0, last = 0;
    SQLLEN n_name, n_remarks, n;
    bool saw_key = false, saw_carrier = false;

    OK(h, SQLColumns(h, NULL, 0, text("flights"), SQL_NTS, text("flights\\_by\\_month"), SQL_NTS,
                     NULL, 0));
    OK(h, SQLBindCol(h, 4, SQL_C_CHAR, name, sizeof(name), &n_name));
    OK(h, SQLBindCol(h, 5, SQL_C_SSHORT, &type, 0, &n));
    OK(h, SQLBindCol(h, 7, SQL_C_SLONG, &size, 0, &n));
    OK(h, SQLBindCol(h, 12, SQL_C_CHAR, remarks, sizeof(remarks), &n_remarks));
    OK(h, SQLBindCol(h, 17, SQL_C_SLONG, &ordinal, 0, &n));
    while (SQL_SUCCEEDED(SQLFetch(h))) {
        CHECK(ordinal == last + 1);
        last = ordinal;
        if (strcmp((char *)name, "carrier") == 0)
            saw_carrier = type == SQL_VARCHAR && size > 0;
        if (strcmp((char *)name, "month") == 0)
            saw_key = n_remarks > 0 && strstr((char *)remarks, "partition key") != NULL;
    }
    CHECK(saw_carrier);
    CHECK(saw_key);
    CHECK(last >= 19);
    api_free(h);
}

static void type_info_keys_and_procedures_have_their_shapes(void)
{
    SQLHSTMT h = api_stmt();
    SQLSMALLINT columns = 0;
    unsigned found = 0;

    OK(h, SQLGetTypeInfo(h, SQL_ALL_TYPES));
    OK(h, SQLNumResultCols(h, &columns));
    CHECK(columns == 19);
    CHECK(rows_with(h, 1, "varchar", &found) == 14 && found == 1);
    RETURNS(h, SQL_ERROR, SQLGetTypeInfo(h, 12345));
    STATE(h, "HY004");
    OK(h, SQLPrimaryKeys(h, NULL, 0, text("flights"), SQL_NTS, text("airlines"), SQL_NTS));
    OK(h, SQLNumResultCols(h, &columns));
    CHECK(columns == 6 && rows_with(h, 1, "x", &found) == 0);
    OK(h, SQLForeignKeys(h, NULL, 0, NULL, 0, NULL, 0, NULL, 0, text("flights"), SQL_NTS,
                         text("airlines"), SQL_NTS));
    OK(h, SQLNumResultCols(h, &columns));
    CHECK(columns == 14 && rows_with(h, 1, "x", &found) == 0);
    OK(h, SQLStatistics(h, NULL, 0, text("flights"), SQL_NTS, text("airlines"), SQL_NTS,
                        SQL_INDEX_ALL, SQL_QUICK));
    OK(h, SQLNumResultCols(h, &columns));
    CHECK(columns == 13);
    OK(h, SQLFreeStmt(h, SQL_CLOSE));
    OK(h, SQLProcedures(h, NULL, 0, NULL, 0, NULL, 0));
    OK(h, SQLNumResultCols(h, &columns));
    CHECK(columns == 8 && rows_with(h, 1, "x", &found) == 0);
    OK(h, SQLTablePrivileges(h, NULL, 0, NULL, 0, NULL, 0));
    CHECK(rows_with(h, 1, "x", &found) == 0);
    OK(h, SQLSpecialColumns(h, SQL_BEST_ROWID, NULL, 0, text("flights"), SQL_NTS, text("airlines"),
                            SQL_NTS, SQL_SCOPE_SESSION, SQL_NULLABLE));
    CHECK(rows_with(h, 1, "x", &found) == 0);
    api_free(h);
}

static void identifiers_ignore_case_and_are_no_patterns(void)
{
    SQLHSTMT h = api_stmt();
    unsigned found = 0;

    OK(h, SQLSetStmtAttr(h, SQL_ATTR_METADATA_ID, (SQLPOINTER)SQL_TRUE, 0));
    OK(h, SQLTables(h, text("awsdatacatalog"), SQL_NTS, text("FLIGHTS"), SQL_NTS, text("Airlines "),
                    SQL_NTS, NULL, 0));
    CHECK(rows_with(h, 3, "airlines", &found) == 1 && found == 1);
    OK(h, SQLTables(h, text("AwsDataCatalog"), SQL_NTS, text("flights"), SQL_NTS, text("air%"),
                    SQL_NTS, NULL, 0));
    CHECK(rows_with(h, 3, "airlines", &found) == 0);
    api_free(h);
}

/* Even when listings are remembered. */
static void our_own_statements_show_in_the_next_listing(void)
{
    SQLHDBC before = api_dbc, dbc = SQL_NULL_HDBC;
    const char *string = getenv("ATHENA_TEST_CONNECT");
    char remembering[2048];
    unsigned found = 0;

    snprintf(remembering, sizeof(remembering), "%s;MetadataCacheTTL=600",
             string != NULL ? string : "DSN=retail");
    SQLAllocHandle(SQL_HANDLE_DBC, api_env, &dbc);
    if (!SQL_SUCCEEDED(SQLDriverConnect(dbc, NULL, text(remembering), SQL_NTS, NULL, 0, NULL,
                                        SQL_DRIVER_NOPROMPT))) {
        api_fail(__LINE__, "connect", api_records(SQL_HANDLE_DBC, dbc));
        SQLFreeHandle(SQL_HANDLE_DBC, dbc);
        return;
    }
    api_dbc = dbc;
    SQLHSTMT h = api_stmt();
    for (int there = 0; there < 2; there++) {
        for (int again = 0; again < 2; again++) {
            OK(h, SQLTables(h, NULL, 0, text("flights"), SQL_NTS, NULL, 0, NULL, 0));
            (void)rows_with(h, 3, "made_by_a_test", &found);
            CHECK(found == (unsigned)there);
        }
        OK(h, SQLExecDirect(h,
                            text(there ? "DROP TABLE flights.made_by_a_test"
                                       : "CREATE TABLE flights.made_by_a_test AS SELECT 1 AS a"),
                            SQL_NTS));
        SQLFreeStmt(h, SQL_CLOSE);
    }
    OK(h, SQLTables(h, NULL, 0, text("flights"), SQL_NTS, NULL, 0, NULL, 0));
    (void)rows_with(h, 3, "made_by_a_test", &found);
    CHECK(found == 0);
    api_free(h);
    api_dbc = before;
    SQLDisconnect(dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
}

static const struct api_test tests[] = {
    { "our own statements show in the next listing", our_own_statements_show_in_the_next_listing },
    { "tables of a database are listed", tables_of_a_database_are_listed },
    { "tables reached by link are listed with their columns",
      tables_reached_by_link_are_listed_with_their_columns },
    { "the enumerations of SQLTables answer", the_enumerations_of_sqltables_answer },
    { "columns tell types, sizes and partition keys", columns_tell_types_sizes_and_partition_keys },
    { "type info, keys and procedures have their shapes",
      type_info_keys_and_procedures_have_their_shapes },
    { "identifiers ignore case and are no patterns", identifiers_ignore_case_and_are_no_patterns },
};

API_MAIN("catalog", SQL_OV_ODBC3, tests)
