/* Attributes: every number of the standard, typed a second time, and the rules that are more than
   storing. */
#include "fake_spoke.h"
#include "odbc/athenaodbc.h"
#include "odbc/attribute_table.h"

static struct stmt *stmt;

static void open_world(const char *more)
{
    char string[512];
    SQLHANDLE h = NULL;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    snprintf(string, sizeof(string), "%s%s", WORLD_STRING, more);
    CU_ASSERT(SQL_SUCCEEDED(world_connect(string)));
    latch_take(&world_dbc->handle.latch);
    CU_ASSERT_EQUAL(stmt_new(world_dbc, &h), SQL_SUCCESS);
    latch_give(&world_dbc->handle.latch);
    stmt = h;
    diag_clear(&world_dbc->handle);
}

static SQLRETURN set_dbc(SQLINTEGER id, SQLULEN value)
{
    diag_clear(&world_dbc->handle);
    return dbc_set_attribute(world_dbc, id, (void *)(uintptr_t)value, (struct text){ 0 });
}

static SQLRETURN set_stmt(SQLINTEGER id, SQLULEN value)
{
    diag_clear(&stmt->handle);
    return stmt_set_attribute(stmt, id, (void *)(uintptr_t)value, (struct text){ 0 });
}

static SQLULEN get_stmt(SQLINTEGER id)
{
    SQLULEN value = 0x5555555555555555u;

    CU_ASSERT_EQUAL(stmt_get_attribute(stmt, id, &value, (struct room){ 0 }), SQL_SUCCESS);
    return value;
}

static SQLULEN get_dbc(SQLINTEGER id)
{
    SQLULEN value = 0;

    CU_ASSERT_EQUAL(dbc_get_attribute(world_dbc, id, &value, (struct room){ 0 }), SQL_SUCCESS);
    return value;
}

static const struct {

    enum handle_kind kind;

    SQLINTEGER ids[48];

} known[] = {
    { HANDLE_ENV, { 200, 201, 202, 10001, 1064, 1065 } },
    { HANDLE_DBC,
      { 4,    101,  102,   103,   104,    105,    106,    107,    108,    109,    110,
        111,  112,  113,   115,   116,    117,    118,    119,    120,    121,    1207,
        1208, 1209, 10001, 10014, 0x4100, 0x4101, 0x4102, 0x4103, 0x4104, 0x4105, 0x4106 } },
    { HANDLE_STMT,
      { -2, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
        25, 26, 27, 29, 30, 31, 10010, 10011,
        /* and 0, and the driver's own from 0x4000 to 0x400a and 0x4010 to 0x4012 */
        10012, 10013, 10014 } },
};

static bool is_known(enum handle_kind kind, SQLINTEGER id)
{
    if (kind == HANDLE_STMT &&
        (id == 0 || (id >= 0x4000 && id <= 0x400a) || (id >= 0x4010 && id <= 0x4012))) {
        return true;
    }
    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; known[i].kind == kind && k < 48 && known[i].ids[k] != 0; k++) {
            if (known[i].ids[k] == id) {
                return true;
            }
        }
    }
    return false;
}

static void exactly_the_standards_numbers_and_ours_are_defined(void)
{
    for (SQLINTEGER id = -1000; id < 70000; id++) {
        CU_ASSERT_EQUAL(attribute_find(HANDLE_ENV, id) != NULL, is_known(HANDLE_ENV, id));
        CU_ASSERT_EQUAL(attribute_find(HANDLE_DBC, id) != NULL, is_known(HANDLE_DBC, id));
        CU_ASSERT_EQUAL(attribute_find(HANDLE_STMT, id) != NULL, is_known(HANDLE_STMT, id));
    }
}

static void unknown_numbers_fail_softly_with_HY092(void)
{
    static const SQLINTEGER foreign[] = { 1227, 1228, 1204, 4711, -77 };
    SQLULEN value = 0;

    open_world("");
    for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
        CU_ASSERT_EQUAL(set_stmt(foreign[i], 1), SQL_ERROR);
        STATE_IS(stmt, 1, "HY092");
        diag_clear(&stmt->handle);
        CU_ASSERT_EQUAL(stmt_get_attribute(stmt, foreign[i], &value, (struct room){ 0 }),
                        SQL_ERROR);
        STATE_IS(stmt, 1, "HY092");
        CU_ASSERT_EQUAL(set_dbc(foreign[i], 1), SQL_ERROR);
        STATE_IS(world_dbc, 1, "HY092");
    }
    world_free();
}

static void statement_options_set_on_a_connection_reach_its_statements(void)
{
    struct stmt *old;
    SQLHANDLE h = NULL;
    SQLULEN value = 0;

    open_world("");
    old = stmt;
    CU_ASSERT_EQUAL(
        dbc_get_attribute(world_dbc, SQL_ATTR_QUERY_TIMEOUT, &value, (struct room){ 0 }),
        SQL_ERROR);
    STATE_IS(world_dbc, 1, "HYC00");
    CU_ASSERT_EQUAL(set_dbc(SQL_ATTR_QUERY_TIMEOUT, 9), SQL_SUCCESS);
    CU_ASSERT_EQUAL(set_dbc(SQL_ATTR_MAX_ROWS, 77), SQL_SUCCESS);
    CU_ASSERT_EQUAL(set_dbc(SQL_ATTR_NOSCAN, 7), SQL_ERROR);
    STATE_IS(world_dbc, 1, "HY024");
    CU_ASSERT_EQUAL(get_stmt(SQL_ATTR_QUERY_TIMEOUT), 9);
    latch_take(&world_dbc->handle.latch);
    CU_ASSERT_EQUAL(stmt_new(world_dbc, &h), SQL_SUCCESS);
    dbc_apply_options(world_dbc, h);
    latch_give(&world_dbc->handle.latch);
    stmt = h;
    CU_ASSERT_EQUAL(get_stmt(SQL_ATTR_QUERY_TIMEOUT), 9);
    CU_ASSERT_EQUAL(get_stmt(SQL_ATTR_MAX_ROWS), 77);
    CU_ASSERT_EQUAL(get_dbc(SQL_ATTR_MAX_ROWS), 77);
    CU_ASSERT_EQUAL(get_stmt(SQL_ATTR_NOSCAN), SQL_NOSCAN_OFF);
    CU_ASSERT_PTR_NOT_EQUAL(old, stmt);
    world_free();
}

static const struct {
    SQLINTEGER id;
    SQLULEN value;
    SQLRETURN rc;
    const char *state;
    SQLULEN then;
} stmt_cases[] = {
    { SQL_ATTR_QUERY_TIMEOUT, 30, SQL_SUCCESS, "", 30 },
    { SQL_ATTR_MAX_ROWS, 100, SQL_SUCCESS, "", 100 },
    { SQL_ATTR_MAX_LENGTH, 7, SQL_SUCCESS, "", 7 },
    { SQL_ATTR_NOSCAN, SQL_NOSCAN_ON, SQL_SUCCESS, "", SQL_NOSCAN_ON },
    { SQL_ATTR_NOSCAN, 2, SQL_ERROR, "HY024", SQL_NOSCAN_ON },
    { SQL_ATTR_ASYNC_ENABLE, 1, SQL_SUCCESS, "", 1 },
    { SQL_ATTR_RETRIEVE_DATA, 0, SQL_SUCCESS, "", 0 },
    { SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC, SQL_SUCCESS, "", SQL_CURSOR_STATIC },
    { SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_FORWARD_ONLY, SQL_SUCCESS, "", SQL_CURSOR_FORWARD_ONLY },
    { SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_DYNAMIC, SQL_SUCCESS, "01S02", SQL_CURSOR_STATIC },
    { SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_KEYSET_DRIVEN, SQL_SUCCESS, "01S02", SQL_CURSOR_STATIC },
    { SQL_ATTR_CURSOR_TYPE, 9, SQL_ERROR, "HY024", SQL_CURSOR_STATIC },
    { SQL_ATTR_CONCURRENCY, SQL_CONCUR_READ_ONLY, SQL_SUCCESS, "", SQL_CONCUR_READ_ONLY },
    { SQL_ATTR_CONCURRENCY, SQL_CONCUR_LOCK, SQL_SUCCESS, "01S02", SQL_CONCUR_READ_ONLY },
    { SQL_ATTR_CONCURRENCY, 0, SQL_ERROR, "HY024", SQL_CONCUR_READ_ONLY },
    { SQL_ATTR_KEYSET_SIZE, 100, SQL_SUCCESS, "01S02", 0 },
    { SQL_ATTR_SIMULATE_CURSOR, SQL_SC_UNIQUE, SQL_SUCCESS, "01S02", SQL_SC_NON_UNIQUE },
    { SQL_ATTR_USE_BOOKMARKS, SQL_UB_OFF, SQL_SUCCESS, "", SQL_UB_OFF },
    { SQL_ATTR_USE_BOOKMARKS, SQL_UB_VARIABLE, SQL_ERROR, "HYC00", SQL_UB_OFF },
    { SQL_ATTR_ENABLE_AUTO_IPD, 1, SQL_ERROR, "HYC00", 0 },
    { SQL_ATTR_CURSOR_SENSITIVITY, SQL_SENSITIVE, SQL_ERROR, "HYC00", SQL_INSENSITIVE },
    { SQL_ROWSET_SIZE, 10, SQL_SUCCESS, "", 10 },
    { SQL_ROWSET_SIZE, 0, SQL_ERROR, "HY024", 10 },
    { SQL_ATTR_ROW_ARRAY_SIZE, 50, SQL_SUCCESS, "", 50 },
    { SQL_ATTR_ROW_ARRAY_SIZE, 0, SQL_ERROR, "HY024", 50 },
    { SQL_ATTR_PARAMSET_SIZE, 5, SQL_SUCCESS, "", 5 },
    { SQL_ATTR_ROW_BIND_TYPE, 64, SQL_SUCCESS, "", 64 },
    { SQL_ATTR_METADATA_ID, SQL_TRUE, SQL_SUCCESS, "", SQL_TRUE },
};

static void statement_attributes_are_stored_replaced_or_refused(void)
{
    open_world("");
    for (size_t i = 0; i < sizeof(stmt_cases) / sizeof(stmt_cases[0]); i++) {
        CU_ASSERT_EQUAL(set_stmt(stmt_cases[i].id, stmt_cases[i].value), stmt_cases[i].rc);
        STATE_IS(stmt, 1, stmt_cases[i].state);
        if (get_stmt(stmt_cases[i].id) != stmt_cases[i].then) {
            printf("    case %zu: attribute %ld\n", i, (long)stmt_cases[i].id);
        }
        CU_ASSERT_EQUAL(get_stmt(stmt_cases[i].id), stmt_cases[i].then);
    }
    world_free();
}

static void cursor_attributes_are_three_views_of_one_choice(void)
{
    open_world("");
    CU_ASSERT_EQUAL(set_stmt(SQL_ATTR_CURSOR_SCROLLABLE, SQL_SCROLLABLE), SQL_SUCCESS);
    CU_ASSERT_EQUAL(get_stmt(SQL_ATTR_CURSOR_TYPE), SQL_CURSOR_STATIC);
    CU_ASSERT_EQUAL(get_stmt(SQL_ATTR_CURSOR_SENSITIVITY), SQL_INSENSITIVE);
    CU_ASSERT_EQUAL(set_stmt(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_FORWARD_ONLY), SQL_SUCCESS);
    CU_ASSERT_EQUAL(get_stmt(SQL_ATTR_CURSOR_SCROLLABLE), SQL_NONSCROLLABLE);
    CU_ASSERT_EQUAL(get_stmt(SQL_ATTR_CURSOR_SENSITIVITY), SQL_UNSPECIFIED);
    CU_ASSERT_EQUAL(set_stmt(SQL_ATTR_CURSOR_SENSITIVITY, SQL_INSENSITIVE), SQL_SUCCESS);
    CU_ASSERT_EQUAL(get_stmt(SQL_ATTR_CURSOR_TYPE), SQL_CURSOR_STATIC);
    stmt->state = STMT_PREPARED;
    CU_ASSERT_EQUAL(set_stmt(SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC), SQL_ERROR);
    STATE_IS(stmt, 1, "HY011");
    stmt->state = STMT_OPEN;
    CU_ASSERT_EQUAL(set_stmt(SQL_ATTR_CONCURRENCY, SQL_CONCUR_READ_ONLY), SQL_ERROR);
    STATE_IS(stmt, 1, "24000");
    CU_ASSERT_EQUAL(set_stmt(SQL_ATTR_MAX_ROWS, 3), SQL_SUCCESS);
    stmt->state = STMT_ALLOCATED;
    world_free();
}

static void header_fields_are_the_descriptors_own(void)
{
    SQLUSMALLINT status[4];
    SQLULEN fetched = 0;
    void *back = NULL;

    open_world("");
    CU_ASSERT_EQUAL(stmt_set_attribute(stmt, SQL_ATTR_ROW_STATUS_PTR, status, (struct text){ 0 }),
                    SQL_SUCCESS);
    CU_ASSERT_PTR_EQUAL(stmt->ird.array_status, status);
    CU_ASSERT_EQUAL(
        stmt_set_attribute(stmt, SQL_ATTR_ROWS_FETCHED_PTR, &fetched, (struct text){ 0 }),
        SQL_SUCCESS);
    CU_ASSERT_PTR_EQUAL(stmt->ird.rows_processed, &fetched);
    CU_ASSERT_EQUAL(stmt_set_attribute(stmt, SQL_ATTR_PARAM_STATUS_PTR, status, (struct text){ 0 }),
                    SQL_SUCCESS);
    CU_ASSERT_PTR_EQUAL(stmt->ipd.array_status, status);
    CU_ASSERT_EQUAL(
        stmt_set_attribute(stmt, SQL_ATTR_PARAM_OPERATION_PTR, status + 1, (struct text){ 0 }),
        SQL_SUCCESS);
    CU_ASSERT_PTR_EQUAL(stmt->apd->array_status, status + 1);
    CU_ASSERT_EQUAL(
        stmt_get_attribute(stmt, SQL_ATTR_PARAM_OPERATION_PTR, &back, (struct room){ 0 }),
        SQL_SUCCESS);
    CU_ASSERT_PTR_EQUAL(back, status + 1);
    world_free();
}

static void the_four_descriptors_are_valid_and_distinct(void)
{
    SQLHANDLE d[4] = { NULL };

    open_world("");
    for (SQLINTEGER i = 0; i < 4; i++) {
        CU_ASSERT_EQUAL(
            stmt_get_attribute(stmt, SQL_ATTR_APP_ROW_DESC + i, &d[i], (struct room){ 0 }),
            SQL_SUCCESS);
        CU_ASSERT_PTR_NOT_NULL(handle_check(d[i], SQL_HANDLE_DESC));
        for (SQLINTEGER k = 0; k < i; k++) {
            CU_ASSERT_PTR_NOT_EQUAL(d[i], d[k]);
        }
    }
    world_free();
}

static void connection_attributes_behave(void)
{
    SQLULEN value = 0;

    open_world("");
    /* PDO throws at a warning here */
    CU_ASSERT_EQUAL(set_dbc(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF), SQL_SUCCESS);
    CU_ASSERT_EQUAL(get_dbc(SQL_ATTR_AUTOCOMMIT), SQL_AUTOCOMMIT_OFF);
    CU_ASSERT_EQUAL(set_dbc(SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_ON), SQL_SUCCESS);
    CU_ASSERT_EQUAL(set_dbc(SQL_ATTR_ACCESS_MODE, SQL_MODE_READ_ONLY), SQL_SUCCESS);
    CU_ASSERT_EQUAL(set_dbc(SQL_ATTR_LOGIN_TIMEOUT, 5), SQL_ERROR);
    STATE_IS(world_dbc, 1, "HY011");
    CU_ASSERT_EQUAL(get_dbc(SQL_ATTR_CONNECTION_DEAD), SQL_CD_FALSE);
    fake_spoke.is_dead = true;
    CU_ASSERT_EQUAL(get_dbc(SQL_ATTR_CONNECTION_DEAD), SQL_CD_TRUE);
    CU_ASSERT_EQUAL(set_dbc(SQL_ATTR_CONNECTION_DEAD, 1), SQL_ERROR);
    STATE_IS(world_dbc, 1, "HY092");
    CU_ASSERT_EQUAL(set_dbc(SQL_ATTR_TXN_ISOLATION, SQL_TXN_SERIALIZABLE), SQL_SUCCESS);
    STATE_IS(world_dbc, 1, "01S02");
    CU_ASSERT_EQUAL(get_dbc(SQL_ATTR_TXN_ISOLATION), 0);
    CU_ASSERT_EQUAL(set_dbc(SQL_ATTR_ENLIST_IN_DTC, 1), SQL_ERROR);
    STATE_IS(world_dbc, 1, "HYC00");
    CU_ASSERT_EQUAL(set_dbc(ATTR_ASYNC_DBC_EVENT, 1), SQL_ERROR);
    STATE_IS(world_dbc, 1, "S1118");
    CU_ASSERT_EQUAL(get_dbc(SQL_ATTR_AUTO_IPD), SQL_FALSE);
    CU_ASSERT_EQUAL(
        dbc_get_attribute(world_dbc, SQL_ATTR_RESET_CONNECTION, &value, (struct room){ 0 }),
        SQL_ERROR);
    world_free();
}

static SQLRETURN set_catalog(const char *name)
{
    diag_clear(&world_dbc->handle);
    return dbc_set_attribute(world_dbc, SQL_ATTR_CURRENT_CATALOG, (void *)(uintptr_t)name,
                             text_bytes_a((SQLCHAR *)(uintptr_t)name, SQL_NTS));
}

static void the_current_catalog_can_be_changed_and_a_pool_resets_it(void)
{
    SQLCHAR text[64];
    SQLINTEGER length = 0;
    char long_name[400];

    memset(long_name, 'c', sizeof(long_name));
    long_name[sizeof(long_name) - 1] = 0;
    open_world("Catalog=lake;ReadOnly=1;");
    CU_ASSERT_EQUAL(dbc_get_attribute(world_dbc, SQL_ATTR_CURRENT_CATALOG, text,
                                      room_bytes_long_a(text, sizeof(text), &length)),
                    SQL_SUCCESS);
    TEXT_IS(text, "lake");
    CU_ASSERT_EQUAL(length, 4);
    CU_ASSERT_EQUAL(set_catalog("other"), SQL_SUCCESS);
    TEXT_IS(world_dbc->current_catalog, "other");
    CU_ASSERT_EQUAL(set_catalog(NULL), SQL_ERROR);
    STATE_IS(world_dbc, 1, "HY009");
    CU_ASSERT_EQUAL(set_catalog(""), SQL_ERROR);
    STATE_IS(world_dbc, 1, "3D000");
    CU_ASSERT_EQUAL(set_catalog(long_name), SQL_ERROR);
    STATE_IS(world_dbc, 1, "3D000");
    /* the guard of the DSN stands */
    CU_ASSERT_EQUAL(set_dbc(SQL_ATTR_ACCESS_MODE, SQL_MODE_READ_WRITE), SQL_ERROR);
    CU_ASSERT_EQUAL(get_dbc(SQL_ATTR_ACCESS_MODE), SQL_MODE_READ_ONLY);
    CU_ASSERT_EQUAL(set_dbc(SQL_ATTR_METADATA_ID, SQL_TRUE), SQL_SUCCESS);
    CU_ASSERT_EQUAL(set_dbc(SQL_ATTR_RESET_CONNECTION, SQL_RESET_CONNECTION_YES), SQL_SUCCESS);
    TEXT_IS(world_dbc->current_catalog, "lake");
    CU_ASSERT_EQUAL(get_dbc(SQL_ATTR_METADATA_ID), SQL_FALSE);
    CU_ASSERT_EQUAL(get_dbc(SQL_ATTR_ACCESS_MODE), SQL_MODE_READ_ONLY);
    world_free();
}

static void the_drivers_own_attributes_tell_the_query_and_the_account(void)
{
    SQLCHAR text[80];
    SQLWCHAR wide[80];
    SQLINTEGER length = 0;
    struct fault f = { 0 };

    open_world("");
    CU_ASSERT_EQUAL(stmt_get_attribute(stmt, SQL_ATTR_ATHENA_QUERY_ID, text,
                                       room_bytes_long_a(text, sizeof(text), &length)),
                    SQL_NO_DATA);
    CU_ASSERT(execution_new(&stmt->last, &f));
    snprintf(stmt->last->query_id, sizeof(stmt->last->query_id), "11112222-aaaa");
    stmt->last->scanned_bytes = 123456789012;
    stmt->last->reused = true;
    CU_ASSERT_EQUAL(stmt_get_attribute(stmt, SQL_ATTR_ATHENA_QUERY_ID, text,
                                       room_bytes_long_a(text, sizeof(text), &length)),
                    SQL_SUCCESS);
    TEXT_IS(text, "11112222-aaaa");
    CU_ASSERT_EQUAL(length, 13);
    CU_ASSERT_EQUAL(stmt_get_attribute(stmt, SQL_ATTR_ATHENA_QUERY_ID, wide,
                                       room_bytes_long_w(wide, sizeof(wide), &length)),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(length, 26);
    CU_ASSERT_EQUAL(wide[0], '1');
    CU_ASSERT_EQUAL(get_stmt(SQL_ATTR_ATHENA_SCANNED_BYTES), 123456789012);
    CU_ASSERT_EQUAL(get_stmt(SQL_ATTR_ATHENA_REUSED), 1);
    CU_ASSERT_EQUAL(set_stmt(SQL_ATTR_ATHENA_QUERY_ID, 1), SQL_ERROR);
    STATE_IS(stmt, 1, "HY092");
    CU_ASSERT_EQUAL(dbc_get_attribute(world_dbc, SQL_ATTR_ATHENA_CONSUMER_ARN, text,
                                      room_bytes_long_a(text, sizeof(text), &length)),
                    SQL_SUCCESS);
    TEXT_IS(text, "arn:aws:sts::444455556666:assumed-role/reader/ada@desk");
    CU_ASSERT_EQUAL(dbc_get_attribute(world_dbc, SQL_ATTR_ATHENA_WORKGROUP, text,
                                      room_bytes_long_a(text, sizeof(text), &length)),
                    SQL_SUCCESS);
    TEXT_IS(text, "analysts");
    CU_ASSERT_EQUAL(get_stmt(SQL_ATTR_QUERY_TIMEOUT), 0);
    CU_ASSERT_EQUAL(stmt_get_attribute(stmt, SQL_ATTR_ROW_NUMBER, text, (struct room){ 0 }),
                    SQL_ERROR);
    STATE_IS(stmt, 1, "HY092");
    world_free();
}

static void environments_know_version_and_width(void)
{
    SQLINTEGER value = 0;

    world_make(SQL_OV_ODBC3_80, WIDE_UTF16);
    CU_ASSERT_EQUAL(env_get_attribute(world_env, SQL_ATTR_ODBC_VERSION, &value, 0, NULL),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(value, SQL_OV_ODBC3_80);
    CU_ASSERT_EQUAL(env_get_attribute(world_env, 1065, &value, 0, NULL), SQL_SUCCESS);
    CU_ASSERT_EQUAL(value, 1);
    world_env->wide_unit = WIDE_UCS4;
    CU_ASSERT_EQUAL(env_get_attribute(world_env, 1065, &value, 0, NULL), SQL_SUCCESS);
    CU_ASSERT_EQUAL(value, 3);
    CU_ASSERT_EQUAL(
        env_set_attribute(world_env, SQL_ATTR_ODBC_VERSION, (void *)(intptr_t)SQL_OV_ODBC2, 0),
        SQL_ERROR);
    STATE_IS(world_env, 1, "HY010");
    diag_clear(&world_env->handle);
    CU_ASSERT_EQUAL(env_set_attribute(world_env, SQL_ATTR_ODBC_VERSION, (void *)7, 0), SQL_ERROR);
    STATE_IS(world_env, 1, "HY024");
    diag_clear(&world_env->handle);
    CU_ASSERT_EQUAL(env_set_attribute(world_env, SQL_ATTR_OUTPUT_NTS, (void *)SQL_FALSE, 0),
                    SQL_ERROR);
    STATE_IS(world_env, 1, "HYC00");
    world_free();
}

static void what_needs_a_connection_says_08003_before_it(void)
{
    SQLULEN value = 0;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    CU_ASSERT_EQUAL(
        dbc_get_attribute(world_dbc, SQL_ATTR_CONNECTION_DEAD, &value, (struct room){ 0 }),
        SQL_ERROR);
    STATE_IS(world_dbc, 1, "08003");
    CU_ASSERT_EQUAL(set_dbc(SQL_ATTR_LOGIN_TIMEOUT, 5), SQL_SUCCESS);
    CU_ASSERT_EQUAL(get_dbc(SQL_ATTR_LOGIN_TIMEOUT), 5);
    world_free();
}

static const struct unit_test tests[] = {
    { "exactly the standard's numbers and ours are defined",
      exactly_the_standards_numbers_and_ours_are_defined },
    { "unknown numbers fail softly with HY092", unknown_numbers_fail_softly_with_HY092 },
    { "statement options set on a connection reach its statements",
      statement_options_set_on_a_connection_reach_its_statements },
    { "statement attributes are stored, replaced or refused",
      statement_attributes_are_stored_replaced_or_refused },
    { "cursor attributes are three views of one choice",
      cursor_attributes_are_three_views_of_one_choice },
    { "header fields are the descriptors' own", header_fields_are_the_descriptors_own },
    { "the four descriptors are valid and distinct", the_four_descriptors_are_valid_and_distinct },
    { "connection attributes behave", connection_attributes_behave },
    { "the current catalog can be changed and a pool resets it",
      the_current_catalog_can_be_changed_and_a_pool_resets_it },
    { "the driver's own attributes tell the query and the account",
      the_drivers_own_attributes_tell_the_query_and_the_account },
    { "environments know version and width", environments_know_version_and_width },
    { "what needs a connection says 08003 before it",
      what_needs_a_connection_says_08003_before_it },
};

UNIT_MAIN("odbc/attribute", tests)
