/* functions.def against the standard's numbers and some rows of appendix B, typed a second time. */
#include "fake_spoke.h"

/* Every function that an ODBC 3.8 driver may export on Unix, by the numbers of the standard; w: it
   carries text. */
static const struct {
    const char *name;
    SQLUSMALLINT number;
    bool is_wide;
} all[] = {
    { "SQLBindCol", 4, false },          { "SQLCancel", 5, false },
    { "SQLColAttribute", 6, true },      { "SQLConnect", 7, true },
    { "SQLDescribeCol", 8, true },       { "SQLDisconnect", 9, false },
    { "SQLExecDirect", 11, true },       { "SQLExecute", 12, false },
    { "SQLFetch", 13, false },           { "SQLFreeStmt", 16, false },
    { "SQLGetCursorName", 17, true },    { "SQLNumResultCols", 18, false },
    { "SQLPrepare", 19, true },          { "SQLRowCount", 20, false },
    { "SQLSetCursorName", 21, true },    { "SQLBulkOperations", 24, false },
    { "SQLColumns", 40, true },          { "SQLDriverConnect", 41, true },
    { "SQLGetData", 43, false },         { "SQLGetFunctions", 44, false },
    { "SQLGetInfo", 45, true },          { "SQLGetTypeInfo", 47, true },
    { "SQLParamData", 48, false },       { "SQLPutData", 49, false },
    { "SQLSpecialColumns", 52, true },   { "SQLStatistics", 53, true },
    { "SQLTables", 54, true },           { "SQLBrowseConnect", 55, true },
    { "SQLColumnPrivileges", 56, true }, { "SQLDescribeParam", 58, false },
    { "SQLExtendedFetch", 59, false },   { "SQLForeignKeys", 60, true },
    { "SQLMoreResults", 61, false },     { "SQLNativeSql", 62, true },
    { "SQLNumParams", 63, false },       { "SQLPrimaryKeys", 65, true },
    { "SQLProcedureColumns", 66, true }, { "SQLProcedures", 67, true },
    { "SQLSetPos", 68, false },          { "SQLTablePrivileges", 70, true },
    { "SQLBindParameter", 72, false },   { "SQLAllocHandle", 1001, false },
    { "SQLCloseCursor", 1003, false },   { "SQLCopyDesc", 1004, false },
    { "SQLEndTran", 1005, false },       { "SQLFreeHandle", 1006, false },
    { "SQLGetConnectAttr", 1007, true }, { "SQLGetDescField", 1008, true },
    { "SQLGetDescRec", 1009, true },     { "SQLGetDiagField", 1010, true },
    { "SQLGetDiagRec", 1011, true },     { "SQLGetEnvAttr", 1012, false },
    { "SQLGetStmtAttr", 1014, true },    { "SQLSetConnectAttr", 1016, true },
    { "SQLSetDescField", 1017, true },   { "SQLSetDescRec", 1018, false },
    { "SQLSetEnvAttr", 1019, false },    { "SQLSetStmtAttr", 1020, true },
    { "SQLFetchScroll", 1021, false },   { "SQLCancelHandle", 1022, false },
};

static const struct function *by_name(const char *name)
{
    for (unsigned i = 0; i < FUNCTIONS; i++) {
        if (strcmp(function_of((enum function_id)i)->name, name) == 0) {
            return function_of((enum function_id)i);
        }
    }
    return NULL;
}

static void the_table_holds_exactly_the_functions_of_the_standard(void)
{
    CU_ASSERT_EQUAL(FUNCTIONS, sizeof(all) / sizeof(all[0]));
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        const struct function *f = by_name(all[i].name);
        CU_ASSERT_PTR_NOT_NULL_FATAL(f);
        CU_ASSERT_EQUAL(f->number, all[i].number);
        CU_ASSERT_EQUAL(f->is_both_widths, all[i].is_wide);
    }
}

static bool is_listed(SQLUSMALLINT number)
{
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (all[i].number == number) {
            return true;
        }
    }
    return false;
}

static void every_way_of_asking_gives_the_same_answer(void)
{
    SQLUSMALLINT bits[SQL_API_ODBC3_ALL_FUNCTIONS_SIZE], flags[101], one;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    memset(flags, 0x77, sizeof(flags));
    CU_ASSERT_EQUAL(dbc_get_functions(world_dbc, SQL_API_ODBC3_ALL_FUNCTIONS, bits), SQL_SUCCESS);
    CU_ASSERT_EQUAL(dbc_get_functions(world_dbc, SQL_API_ALL_FUNCTIONS, flags), SQL_SUCCESS);
    CU_ASSERT_EQUAL(flags[100], 0x7777);
    for (unsigned number = 1; number < 4000; number++) {
        bool want = is_listed((SQLUSMALLINT)number);
        CU_ASSERT_EQUAL(SQL_FUNC_EXISTS(bits, number) != 0, want);
        if (number < 100) {
            CU_ASSERT_EQUAL(flags[number], want ? SQL_TRUE : SQL_FALSE);
        }
        if (number != SQL_API_ODBC3_ALL_FUNCTIONS) {
            CU_ASSERT_EQUAL(dbc_get_functions(world_dbc, (SQLUSMALLINT)number, &one), SQL_SUCCESS);
            CU_ASSERT_EQUAL(one, want ? SQL_TRUE : SQL_FALSE);
        }
    }
    CU_ASSERT_EQUAL(dbc_get_functions(world_dbc, 4000, &one), SQL_ERROR);
    STATE_IS(world_dbc, 1, "HY095");
    world_free();
}

/* Rows of appendix B as printed. o allowed, 1 HY010, 2 24000, p HY010 unless prepared, q 24000 if
   prepared else HY010, n only the function itself. */
static const struct {
    const char *name, *cells;
} rows[] = {
    { "SQLBindCol", "oooooo11111" },       { "SQLBulkOperations", "112oo1111nn" },
    { "SQLCloseCursor", "222ooo11111" },   { "SQLColAttribute", "1o2ooo111nn" },
    { "SQLColumns", "ooo222111nn" },       { "SQLDescribeCol", "1o2ooo111nn" },
    { "SQLDescribeParam", "1o1111111nn" }, { "SQLExecDirect", "ooo222111nn" },
    { "SQLExecute", "1opqqq111nn" },       { "SQLExtendedFetch", "112o1o111nn" },
    { "SQLFetch", "112oo1111nn" },         { "SQLFetchScroll", "112oo1111nn" },
    { "SQLFreeStmt", "oooooo11111" },      { "SQLGetCursorName", "oooooo11111" },
    { "SQLGetData", "1122oo111nn" },       { "SQLMoreResults", "oooooo111nn" },
    { "SQLNumParams", "1ooooo111nn" },     { "SQLNumResultCols", "1ooooo111nn" },
    { "SQLParamData", "111111o1onn" },     { "SQLPrepare", "ooo222111nn" },
    { "SQLPutData", "1111111oonn" },       { "SQLRowCount", "11oooo11111" },
    { "SQLSetCursorName", "oo222211111" }, { "SQLSetPos", "1122oo111nn" },
    { "SQLGetTypeInfo", "ooo222111nn" },   { "SQLTables", "ooo222111nn" },
    { "SQLFreeHandle", "oooooo11111" },    { "SQLCancel", "ooooooooooo" },
};

static void cells_are_as_appendix_B_prints_them(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct function *f = by_name(rows[i].name);
        for (unsigned state = 0; state < STMT_STATES; state++) {
            enum cell cell = (enum cell)f->stmt[state];
            bool is_prepared = function_refusal(f, cell, true, 0) == STATES,
                 is_unprepared = function_refusal(f, cell, false, 0) == STATES;
            bool is_itself = function_refusal(f, cell, false, f->number) == STATES;
            switch (rows[i].cells[state]) {
            case 'o':
                CU_ASSERT(is_prepared && is_unprepared);
                break;
            case '1':
                CU_ASSERT_EQUAL(function_refusal(f, cell, true, 0), STATE_HY010);
                break;
            case '2':
                CU_ASSERT_EQUAL(function_refusal(f, cell, false, 0), STATE_24000);
                break;
            case 'p':
                CU_ASSERT(is_prepared);
                CU_ASSERT_EQUAL(function_refusal(f, cell, false, 0), STATE_HY010);
                break;
            case 'q':
                CU_ASSERT_EQUAL(function_refusal(f, cell, true, 0), STATE_24000);
                CU_ASSERT_EQUAL(function_refusal(f, cell, false, 0), STATE_HY010);
                break;
            default:
                CU_ASSERT(is_itself);
                CU_ASSERT_EQUAL(function_refusal(f, cell, false, 1), STATE_HY010);
                break;
            }
        }
    }
}

/* The whole surface of the library, both widths. */
static void the_export_list_is_the_table(void)
{
    FILE *file = fopen(TESTS_DIR "/../driver/entry/exports.map", "r");
    char line[128];
    unsigned n_exported = 0, n_wanted = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        char *name = line + strspn(line, " ");
        if (strncmp(name, "SQL", 3) != 0) {
            continue;
        }
        name[strcspn(name, ";")] = 0;
        n_exported++;
        const struct function *f = by_name(name);
        if (f == NULL && name[strlen(name) - 1] == 'W') {
            name[strlen(name) - 1] = 0;
            f = by_name(name);
            CU_ASSERT(f != NULL && f->is_both_widths);
        }
        CU_ASSERT_PTR_NOT_NULL(f);
    }
    fclose(file);
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        n_wanted += all[i].is_wide ? 2 : 1;
    }
    CU_ASSERT_EQUAL(n_exported, n_wanted);
}

static const struct unit_test tests[] = {
    { "the table holds exactly the functions of the standard",
      the_table_holds_exactly_the_functions_of_the_standard },
    { "every way of asking SQLGetFunctions gives the same answer",
      every_way_of_asking_gives_the_same_answer },
    { "cells are as appendix B prints them", cells_are_as_appendix_B_prints_them },
    { "the export list is the table", the_export_list_is_the_table },
};

UNIT_MAIN("odbc/functions", tests)
