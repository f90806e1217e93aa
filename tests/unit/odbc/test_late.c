/* Data at execution. */
#include "fake_parameters.h"

static void late_values_are_asked_for_and_put_in_pieces(void)
{
    SQLLEN late = SQL_DATA_AT_EXEC, later = SQL_LEN_DATA_AT_EXEC(10);
    int first = 0, second = 0;
    SQLPOINTER token = NULL;
    SQLCHAR p1[] = "O'", p2[] = "Brien";

    script_select();
    struct stmt *s = fake_stmt();
    CALL(s, stmt_prepare(s, fake_text("SELECT a FROM t WHERE b = ? AND c = ?")));
    CALL(s, bind(s, 1, SQL_C_CHAR, SQL_VARCHAR, &first, 0, &late));
    CALL(s, bind(s, 2, SQL_C_CHAR, SQL_VARCHAR, &second, 0, &later));
    CU_ASSERT_EQUAL(CALL(s, stmt_execute(s)), SQL_NEED_DATA);
    CU_ASSERT_EQUAL(s->state, STMT_NEED_DATA);
    CU_ASSERT_EQUAL(CALL(s, stmt_param_data(s, &token)), SQL_NEED_DATA);
    CU_ASSERT_PTR_EQUAL(token, &first);
    CU_ASSERT_EQUAL(s->state, STMT_MUST_PUT);
    CU_ASSERT_EQUAL(CALL(s, stmt_put_data(s, p1, 2)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(CALL(s, stmt_put_data(s, p2, SQL_NTS)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(CALL(s, stmt_put_data(s, NULL, SQL_NULL_DATA)), SQL_ERROR);
    IS(fake_state(s, 1), "HY020");
    CU_ASSERT_EQUAL(CALL(s, stmt_param_data(s, &token)), SQL_NEED_DATA);
    CU_ASSERT_PTR_EQUAL(token, &second);
    CU_ASSERT_EQUAL(CALL(s, stmt_put_data(s, NULL, SQL_NULL_DATA)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(CALL(s, stmt_param_data(s, &token)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(s->state, STMT_OPEN);
    IS(fake.parameters[0][0], "'O''Brien'");
    IS(fake.parameters[0][1], "NULL");
    stmt_free(s);
    fake_disconnect();
}

/* A decimal's default C type is text, which has a length of its own and comes in pieces. */
static void a_late_decimal_of_the_default_c_type_comes_in_pieces(void)
{
    SQLLEN late = SQL_DATA_AT_EXEC;
    SQLCHAR first[] = "12.", second[] = "5";
    SQLPOINTER token = NULL;

    script_select();
    struct stmt *s = fake_stmt();
    CALL(s, stmt_bind_parameter(s, 1, SQL_PARAM_INPUT, SQL_C_DEFAULT, SQL_DECIMAL, 10, 2, first, 0,
                                &late));
    CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t WHERE b = ?")));
    CU_ASSERT_EQUAL(CALL(s, stmt_param_data(s, &token)), SQL_NEED_DATA);
    CU_ASSERT_EQUAL(CALL(s, stmt_put_data(s, first, SQL_NTS)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(CALL(s, stmt_put_data(s, second, 1)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(CALL(s, stmt_param_data(s, &token)), SQL_SUCCESS);
    IS(fake.parameters[0][0], "DECIMAL '12.50'");
    stmt_free(s);
    fake_disconnect();
}

/* Each on the heap, exactly as long as it is: a byte too much is seen by the sanitizer. */
static void late_values_of_the_default_c_type_have_its_length(void)
{
    static const struct {
        SQLSMALLINT sql_type;
        size_t bytes;
        const char *want;
    } kinds[] = {
        { SQL_TYPE_TIMESTAMP, sizeof(SQL_TIMESTAMP_STRUCT), "TIMESTAMP '0000-01-01 00:00:00'" },
        { SQL_GUID, sizeof(SQLGUID), "UUID '00010000-0001-0000-0000-000000000000'" },
        { SQL_BIT, 1, "false" },
        { SQL_SMALLINT, 2, "SMALLINT '0'" },
        { SQL_DOUBLE, 8, NULL },
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        SQLLEN late = SQL_DATA_AT_EXEC;
        SQLPOINTER token = NULL;
        unsigned char *value = calloc(1, kinds[i].bytes);
        if (kinds[i].bytes >= 6)
            value[2] = value[4] = 1;
        script_select();
        struct stmt *s = fake_stmt();
        CALL(s, bind(s, 1, SQL_C_DEFAULT, kinds[i].sql_type, value, 0, &late));
        CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t WHERE b = ?"))),
                        SQL_NEED_DATA);
        CU_ASSERT_EQUAL(CALL(s, stmt_param_data(s, &token)), SQL_NEED_DATA);
        CU_ASSERT_EQUAL(CALL(s, stmt_put_data(s, value, 0)), SQL_SUCCESS);
        CU_ASSERT_EQUAL(CALL(s, stmt_put_data(s, value, 0)), SQL_ERROR);
        IS(fake_state(s, 1), "HY019");
        CU_ASSERT_EQUAL(CALL(s, stmt_param_data(s, &token)), SQL_SUCCESS);
        if (kinds[i].want != NULL)
            IS(fake.parameters[0][0], kinds[i].want);
        stmt_free(s);
        fake_disconnect();
        free(value);
    }
}

/* The program is handed what it gave as the parameter's address, and the row in the counter of
   processed sets. */
static void late_values_of_an_array_are_asked_for_by_row(void)
{
    struct set {
        SQLINTEGER a;
        SQLLEN late;
    } sets[3] = { { 0, SQL_DATA_AT_EXEC }, { 5, 4 }, { 0, SQL_DATA_AT_EXEC } };
    static const SQLULEN asked[] = { 1, 3 };
    SQLULEN row = 0;
    SQLLEN offset = 0;

    for (unsigned by_row = 0; by_row < 2; by_row++) {
        SQLINTEGER column[3] = { 0, 5, 0 }, value = 7;
        SQLLEN late[3] = { SQL_DATA_AT_EXEC, 4, SQL_DATA_AT_EXEC };
        void *bound = by_row ? (void *)&sets[0].a : (void *)column;
        SQLPOINTER token = NULL;
        script(3);
        struct stmt *s = fake_stmt();
        s->apd->array_size = 3;
        s->apd->bind_type = by_row ? sizeof(struct set) : SQL_PARAM_BIND_BY_COLUMN;
        s->apd->bind_offset = &offset;
        s->ipd.rows_processed = &row;
        CALL(s, bind(s, 1, SQL_C_SLONG, SQL_INTEGER, bound, 0, by_row ? &sets[0].late : late));
        CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("INSERT INTO t VALUES (?)"))),
                        SQL_NEED_DATA);
        for (unsigned i = 0; i < 2; i++) {
            CU_ASSERT_EQUAL(CALL(s, stmt_param_data(s, &token)), SQL_NEED_DATA);
            CU_ASSERT_PTR_EQUAL(token, bound);
            CU_ASSERT_EQUAL(row, asked[i]);
            CALL(s, stmt_put_data(s, &value, 0));
            value++;
        }
        CU_ASSERT_EQUAL(CALL(s, stmt_param_data(s, &token)), SQL_SUCCESS);
        IS(fake.sql[0], "INSERT INTO t VALUES (7), (5), (8)");
        CU_ASSERT_EQUAL(row, 3);
        stmt_free(s);
        fake_disconnect();
    }
}

static void cancel_leaves_the_dialogue_about_late_values(void)
{
    SQLLEN late = SQL_DATA_AT_EXEC;
    int here = 0;
    SQLPOINTER token = NULL;

    script_select();
    struct stmt *s = fake_stmt();
    CALL(s, stmt_prepare(s, fake_text("SELECT a FROM t WHERE b = ?")));
    CALL(s, bind(s, 1, SQL_C_CHAR, SQL_VARCHAR, &here, 0, &late));
    CU_ASSERT_EQUAL(CALL(s, stmt_execute(s)), SQL_NEED_DATA);
    CU_ASSERT_EQUAL(CALL(s, stmt_param_data(s, &token)), SQL_NEED_DATA);
    CU_ASSERT_EQUAL(stmt_cancel(s), SQL_SUCCESS);
    CU_ASSERT_EQUAL(s->state, STMT_PREPARED);
    CU_ASSERT_EQUAL(fake.n_started, 0);
    /* Before the first SQLParamData too. */
    CU_ASSERT_EQUAL(CALL(s, stmt_execute(s)), SQL_NEED_DATA);
    CU_ASSERT_EQUAL(stmt_cancel(s), SQL_SUCCESS);
    CU_ASSERT_EQUAL(s->state, STMT_PREPARED);
    stmt_free(s);
    fake_disconnect();
}

static const struct unit_test tests[] = {
    { "late values are asked for and put in pieces", late_values_are_asked_for_and_put_in_pieces },
    { "late values of the default C type have its length",
      late_values_of_the_default_c_type_have_its_length },
    { "a late decimal of the default C type comes in pieces",
      a_late_decimal_of_the_default_c_type_comes_in_pieces },
    { "late values of an array are asked for by row",
      late_values_of_an_array_are_asked_for_by_row },
    { "cancel leaves the dialogue about late values",
      cancel_leaves_the_dialogue_about_late_values },
};

UNIT_MAIN("odbc/late", tests)
