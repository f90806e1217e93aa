/* Parameters: literals beside the text, in it, arrays folded or one query each, data at execution.
 */
#include "fake_world.h"

static void script(int64_t row_count)
{
    fake_reset();
    fake.row_count = row_count;
    fake_connect(SQL_OV_ODBC3);
}

static void script_select(void)
{
    static const char *const types[] = { "integer" };
    static const char *const cells[] = { "1" };

    script(-1);
    fake.types = types;
    fake.n_columns = 1;
    fake.cells = cells;
    fake.n_rows = 1;
}

static SQLRETURN bind(struct stmt *s, SQLUSMALLINT n, SQLSMALLINT c_type, SQLSMALLINT sql_type,
                      void *data, SQLLEN room, SQLLEN *indicator)
{
    return stmt_bind_parameter(s, n, SQL_PARAM_INPUT, c_type, sql_type, 30, 0, data, room,
                               indicator);
}

static void literals_go_beside_the_text_of_a_select(void)
{
    SQLINTEGER a = -5;
    SQLCHAR text[] = "O'Brien; --";
    SQLLEN null = SQL_NULL_DATA;

    script_select();
    struct stmt *s = fake_stmt();
    CALL(s, stmt_prepare(s, fake_text("SELECT a FROM t WHERE b = ? AND c = ? AND d = ?")));
    CALL(s, bind(s, 1, SQL_C_SLONG, SQL_INTEGER, &a, 0, NULL));
    CALL(s, bind(s, 2, SQL_C_CHAR, SQL_VARCHAR, text, sizeof(text), NULL));
    CALL(s, bind(s, 3, SQL_C_CHAR, SQL_VARCHAR, NULL, 0, &null));
    CU_ASSERT_EQUAL(CALL(s, stmt_execute(s)), SQL_SUCCESS);
    IS(fake.sql[0], "SELECT a FROM t WHERE b = ? AND c = ? AND d = ?");
    CU_ASSERT_EQUAL(fake.n_parameters[0], 3);
    IS(fake.parameters[0][0], "-5");
    IS(fake.parameters[0][1], "'O''Brien; --'");
    IS(fake.parameters[0][2], "NULL");
    stmt_free(s);
    fake_disconnect();
}

static void a_length_that_cannot_be_one_is_refused_before_the_value_is_read(void)
{
    /* A 4-byte 3 followed by something else, read as 8 bytes; and negative numbers that mean
       nothing. */
    static const SQLLEN lengths[] = { (SQLLEN)0x400000003, -4, -7, -99 };
    SQLCHAR text[4] = "abc";

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        for (unsigned kind = 0; kind < 2; kind++) {
            SQLLEN length = lengths[i];
            script_select();
            struct stmt *s = fake_stmt();
            CALL(s, stmt_prepare(s, fake_text("SELECT a FROM t WHERE b = ?")));
            CALL(s, bind(s, 1, kind == 0 ? SQL_C_CHAR : SQL_C_BINARY,
                         kind == 0 ? SQL_VARCHAR : SQL_VARBINARY, text, sizeof(text), &length));
            CU_ASSERT_EQUAL(CALL(s, stmt_execute(s)), SQL_ERROR);
            IS(fake_state(s, 1), "HY090");
            CU_ASSERT_EQUAL(fake.n_started, 0);
            stmt_free(s);
            fake_disconnect();
        }
    }
}

static void long_values_and_other_statements_are_written_into_the_text(void)
{
    static SQLCHAR text[1100];
    SQLINTEGER a = -5;

    memset(text, 'x', sizeof(text) - 1);
    script_select();
    struct stmt *s = fake_stmt();
    CALL(s, stmt_bind_parameter(s, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 2000, 0, text,
                                sizeof(text), NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t WHERE b = ?"))),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(fake.n_parameters[0], 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(fake.sql[0], "xxxx"));
    CU_ASSERT_PTR_NULL(strchr(fake.sql[0], '?'));
    CALL(s, stmt_close_cursor(s));
    fake.n_columns = 0;
    fake.row_count = 1;
    CALL(s, bind(s, 1, SQL_C_SLONG, SQL_INTEGER, &a, 0, NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("UPDATE t SET a = 3-?"))), SQL_SUCCESS);
    CU_ASSERT_EQUAL(fake.n_parameters[1], 0);
    CU_ASSERT_PTR_NULL(strstr(fake.sql[1], "--")); /* 3--5 would be a comment */
    CU_ASSERT_PTR_NOT_NULL(strstr(fake.sql[1], "-5"));
    stmt_free(s);
    fake_disconnect();
}

static void a_value_that_does_not_fit_its_type_is_not_sent(void)
{
    SQLCHAR text[] = "twelve";

    script_select();
    struct stmt *s = fake_stmt();
    CALL(s, bind(s, 1, SQL_C_CHAR, SQL_INTEGER, text, sizeof(text), NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t WHERE b = ?"))),
                    SQL_ERROR);
    IS(fake_state(s, 1), "22018");
    CU_ASSERT_EQUAL(fake.n_started, 0);
    stmt_free(s);
    fake_disconnect();
}

static void a_value_that_loses_fraction_digits_is_sent_and_told(void)
{
    SQLDOUBLE value = 1.75;
    SQLUSMALLINT status = 99;

    script_select();
    struct stmt *s = fake_stmt();
    s->ipd.array_status = &status;
    CALL(s, bind(s, 1, SQL_C_DOUBLE, SQL_INTEGER, &value, 0, NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t WHERE b = ?"))),
                    SQL_SUCCESS);
    IS(fake_state(s, 1), "01S07");
    CU_ASSERT_EQUAL(fake.n_started, 1);
    IS(fake.parameters[0][0], "1");
    CU_ASSERT_EQUAL(status, SQL_PARAM_SUCCESS_WITH_INFO);
    stmt_free(s);
    fake_disconnect();
}

static void the_precision_of_a_decimal_is_the_descriptors(void)
{
    SQLCHAR text[] = "12345";

    script_select();
    struct stmt *s = fake_stmt();
    CALL(s, stmt_bind_parameter(s, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_DECIMAL, 5, 0, text,
                                sizeof(text), NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t WHERE b = ?"))),
                    SQL_SUCCESS);
    CALL(s, stmt_close_cursor(s));
    s->ipd.records[1].precision = 4; /* as SQLSetDescField(SQL_DESC_PRECISION) does */
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t WHERE b = ?"))),
                    SQL_ERROR);
    CU_ASSERT_EQUAL(fake.n_started, 1);
    stmt_free(s);
    fake_disconnect();
}

static void sets_of_an_insert_become_rows_of_one_statement(void)
{
    SQLINTEGER a[4] = { 1, 2, 3, 4 };
    SQLCHAR b[4][8] = { "one", "two", "three", "four" };
    SQLUSMALLINT operation[4] = { SQL_PARAM_PROCEED, SQL_PARAM_IGNORE, SQL_PARAM_PROCEED,
                                  SQL_PARAM_PROCEED },
                 status[4];
    SQLULEN n = 0;
    SQLLEN count = 0;

    script(3);
    struct stmt *s = fake_stmt();
    s->apd->array_size = 4;
    s->apd->array_status = operation;
    s->ipd.array_status = status;
    s->ipd.rows_processed = &n;
    CALL(s, bind(s, 1, SQL_C_SLONG, SQL_INTEGER, a, 0, NULL));
    CALL(s, bind(s, 2, SQL_C_CHAR, SQL_VARCHAR, b, sizeof(b[0]), NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("INSERT INTO t (a, b) VALUES (?, ?)"))),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(fake.n_started, 1);
    IS(fake.sql[0], "INSERT INTO t (a, b) VALUES (1, 'one'), (3, 'three'), (4, 'four')");
    CU_ASSERT_EQUAL(n, 4);
    CU_ASSERT_EQUAL(status[0], SQL_PARAM_SUCCESS);
    CU_ASSERT_EQUAL(status[1], SQL_PARAM_UNUSED);
    CU_ASSERT_EQUAL(status[3], SQL_PARAM_SUCCESS);
    CALL(s, stmt_row_count(s, &count));
    CU_ASSERT_EQUAL(count, 3);
    stmt_free(s);
    fake_disconnect();
}

static void many_sets_are_split_below_the_longest_statement(void)
{
    enum { SETS = 3000, WIDTH = 201 };
    char *texts = calloc(SETS, WIDTH);
    SQLUSMALLINT *status = calloc(SETS, sizeof(*status));
    SQLLEN count = 0;

    for (unsigned i = 0; i < SETS; i++)
        memset(texts + i * WIDTH, 'a' + (int)(i % 26), WIDTH - 1);
    script(10);
    struct stmt *s = fake_stmt();
    s->apd->array_size = SETS;
    s->ipd.array_status = status;
    CALL(s, bind(s, 1, SQL_C_CHAR, SQL_VARCHAR, texts, WIDTH, NULL));
    s->ipd.records[1].length = 300;
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("INSERT INTO t VALUES (?)"))),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(fake.n_started, 3);
    for (unsigned i = 0; i < fake.n_started; i++)
        CU_ASSERT(fake.sql_bytes[i] <= STATEMENT_BYTES_MAX);
    CALL(s, stmt_row_count(s, &count));
    CU_ASSERT_EQUAL(count, 30);
    CU_ASSERT_EQUAL(status[SETS - 1], SQL_PARAM_SUCCESS);
    stmt_free(s);
    fake_disconnect();
    free(texts);
    free(status);
}

static void one_bad_set_is_left_out_and_told(void)
{
    SQLCHAR a[3][8] = { "1", "x", "3" };
    SQLUSMALLINT status[3];

    script(2);
    struct stmt *s = fake_stmt();
    s->apd->array_size = 3;
    s->ipd.array_status = status;
    CALL(s, bind(s, 1, SQL_C_CHAR, SQL_INTEGER, a, sizeof(a[0]), NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("INSERT INTO t VALUES (?)"))),
                    SQL_SUCCESS_WITH_INFO);
    IS(fake_state(s, 1), "22018");
    IS(fake.sql[0], "INSERT INTO t VALUES (1), (3)");
    CU_ASSERT_EQUAL(status[0], SQL_PARAM_SUCCESS);
    CU_ASSERT_EQUAL(status[1], SQL_PARAM_ERROR);
    CU_ASSERT_EQUAL(status[2], SQL_PARAM_SUCCESS);
    stmt_free(s);
    fake_disconnect();
}

static void other_statements_run_once_per_set_and_go_on_after_a_failure(void)
{
    SQLINTEGER a[3] = { 1, 2, 3 };
    SQLUSMALLINT status[3];
    SQLLEN count = 0;

    script(5);
    fake.fail_query = 1;
    fake.fail_kind = FAULT_DATA;
    struct stmt *s = fake_stmt();
    s->apd->array_size = 3;
    s->ipd.array_status = status;
    CALL(s, bind(s, 1, SQL_C_SLONG, SQL_INTEGER, a, 0, NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("DELETE FROM t WHERE a = ?"))),
                    SQL_SUCCESS_WITH_INFO);
    CU_ASSERT_EQUAL(fake.n_started, 3);
    CU_ASSERT_EQUAL(status[0], SQL_PARAM_SUCCESS);
    CU_ASSERT_EQUAL(status[1], SQL_PARAM_ERROR);
    CU_ASSERT_EQUAL(status[2], SQL_PARAM_SUCCESS);
    CALL(s, stmt_row_count(s, &count));
    CU_ASSERT_EQUAL(count, 10);
    stmt_free(s);
    fake_disconnect();
}

static void too_many_queries_and_arrays_for_selects_are_refused(void)
{
    static SQLINTEGER a[101];

    script(1);
    struct stmt *s = fake_stmt();
    s->apd->array_size = 101;
    CALL(s, bind(s, 1, SQL_C_SLONG, SQL_INTEGER, a, 0, NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("DELETE FROM t WHERE a = ?"))),
                    SQL_ERROR);
    IS(fake_state(s, 1), "HYC00");
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t WHERE a = ?"))),
                    SQL_ERROR);
    IS(fake_state(s, 1), "HYC00");
    CU_ASSERT_EQUAL(fake.n_started, 0);
    stmt_free(s);
    fake_disconnect();
}

static void row_wise_sets_with_an_offset_are_read_where_they_are(void)
{
    struct set {
        SQLINTEGER a;
        SQLLEN ind_a;
        SQLCHAR b[8];
        SQLLEN ind_b;
    } sets[4];
    SQLLEN offset = (SQLLEN)sizeof(struct set);

    memset(sets, 0, sizeof(sets));
    for (int i = 1; i < 4; i++) {
        sets[i].a = i;
        snprintf((char *)sets[i].b, 8, "v%d", i);
        sets[i].ind_b = i == 2 ? SQL_NULL_DATA : SQL_NTS;
    }
    script(3);
    struct stmt *s = fake_stmt();
    s->apd->array_size = 3;
    s->apd->bind_type = sizeof(struct set);
    s->apd->bind_offset = &offset;
    CALL(s, bind(s, 1, SQL_C_SLONG, SQL_INTEGER, &sets[0].a, 0, &sets[0].ind_a));
    CALL(s, bind(s, 2, SQL_C_CHAR, SQL_VARCHAR, sets[0].b, 8, &sets[0].ind_b));
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("INSERT INTO t VALUES (?,?)"))),
                    SQL_SUCCESS);
    IS(fake.sql[0], "INSERT INTO t VALUES (1,'v1'), (2,NULL), (3,'v3')");
    stmt_free(s);
    fake_disconnect();
}

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

static void parameters_are_described_as_they_were_bound(void)
{
    SQLSMALLINT n = 0, type = 0, digits = 0, nullable = 0;
    SQLULEN size = 0;
    SQLINTEGER a = 0;

    script_select();
    struct stmt *s = fake_stmt();
    CALL(s, stmt_prepare(s, fake_text("SELECT a FROM t WHERE b = ? AND c = '?' AND d = ?")));
    CU_ASSERT_EQUAL(CALL(s, stmt_num_params(s, &n)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(n, 2);
    CALL(s, bind(s, 1, SQL_C_SLONG, SQL_INTEGER, &a, 0, NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_describe_param(s, 1, &type, &size, &digits, &nullable)),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(type, SQL_INTEGER);
    CU_ASSERT_EQUAL(CALL(s, stmt_describe_param(s, 2, &type, &size, &digits, &nullable)),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(type, SQL_VARCHAR);
    CU_ASSERT_EQUAL(size, 65535);
    CU_ASSERT_EQUAL(nullable, SQL_NULLABLE_UNKNOWN);
    CU_ASSERT_EQUAL(CALL(s, stmt_describe_param(s, 3, &type, &size, &digits, &nullable)),
                    SQL_ERROR);
    IS(fake_state(s, 1), "07009");
    CU_ASSERT_EQUAL(fake.n_started, 0);
    stmt_free(s);
    fake_disconnect();
}

static void bindings_are_checked(void)
{
    SQLINTEGER a = 0;

    script_select();
    struct stmt *s = fake_stmt();
    static const struct {
        SQLUSMALLINT n;
        SQLSMALLINT io, c_type, sql_type;
        SQLLEN room;
        const char *state;
    } cases[] = {
        { 0, SQL_PARAM_INPUT, SQL_C_LONG, SQL_INTEGER, 0, "07009" },
        { 1, SQL_PARAM_OUTPUT, SQL_C_LONG, SQL_INTEGER, 0, "HYC00" },
        { 1, 77, SQL_C_LONG, SQL_INTEGER, 0, "HY105" },
        { 1, SQL_PARAM_INPUT, 7777, SQL_INTEGER, 0, "HY003" },
        { 1, SQL_PARAM_INPUT, SQL_C_LONG, 7777, 0, "HY004" },
        { 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_INTEGER, -1, "HY090" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CU_ASSERT_EQUAL(
            CALL(s, stmt_bind_parameter(s, cases[i].n, cases[i].io, cases[i].c_type,
                                        cases[i].sql_type, 0, 0, &a, cases[i].room, NULL)),
            SQL_ERROR);
        IS(fake_state(s, 1), cases[i].state);
    }
    CU_ASSERT_EQUAL(CALL(s, stmt_bind_parameter(s, 1, SQL_PARAM_INPUT, SQL_C_LONG, SQL_INTEGER, 0,
                                                0, NULL, 0, NULL)),
                    SQL_ERROR);
    IS(fake_state(s, 1), "HY009");
    stmt_free(s);
    fake_disconnect();
}

static const struct unit_test tests[] = {
    { "a length that cannot be one is refused before the value is read",
      a_length_that_cannot_be_one_is_refused_before_the_value_is_read },
    { "literals go beside the text of a select", literals_go_beside_the_text_of_a_select },
    { "long values and other statements are written into the text",
      long_values_and_other_statements_are_written_into_the_text },
    { "a value that does not fit its type is not sent",
      a_value_that_does_not_fit_its_type_is_not_sent },
    { "a value that loses fraction digits is sent and told",
      a_value_that_loses_fraction_digits_is_sent_and_told },
    { "the precision of a decimal is the descriptor's",
      the_precision_of_a_decimal_is_the_descriptors },
    { "sets of an insert become rows of one statement",
      sets_of_an_insert_become_rows_of_one_statement },
    { "many sets are split below the longest statement",
      many_sets_are_split_below_the_longest_statement },
    { "one bad set is left out and told", one_bad_set_is_left_out_and_told },
    { "other statements run once per set and go on after a failure",
      other_statements_run_once_per_set_and_go_on_after_a_failure },
    { "too many queries and arrays for selects are refused",
      too_many_queries_and_arrays_for_selects_are_refused },
    { "row-wise sets with an offset are read where they are",
      row_wise_sets_with_an_offset_are_read_where_they_are },
    { "late values are asked for and put in pieces", late_values_are_asked_for_and_put_in_pieces },
    { "cancel leaves the dialogue about late values",
      cancel_leaves_the_dialogue_about_late_values },
    { "parameters are described as they were bound", parameters_are_described_as_they_were_bound },
    { "bindings are checked", bindings_are_checked },
};

UNIT_MAIN("odbc/stmt_parameters", tests)
