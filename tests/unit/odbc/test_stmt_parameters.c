/* Parameters as they are bound, read and described. */
#include "fake_parameters.h"

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

static void values_of_the_default_c_type_stand_as_far_apart_as_they_are_long(void)
{
    SQL_TIMESTAMP_STRUCT stamps[3];
    SQLGUID guids[3];
    SQL_DATE_STRUCT days[3];
    SQLSMALLINT small[3];

    memset(guids, 0, sizeof(guids));
    for (int i = 0; i < 3; i++) {
        stamps[i] =
            (SQL_TIMESTAMP_STRUCT){ .year = 2024, .month = 1, .day = (SQLUSMALLINT)(i + 1) };
        days[i] = (SQL_DATE_STRUCT){ .year = 2024, .month = 2, .day = (SQLUSMALLINT)(i + 1) };
        guids[i].Data1 = (SQLUINTEGER)i + 1;
        small[i] = (SQLSMALLINT)(i + 1);
    }
    script(3);
    struct stmt *s = fake_stmt();
    s->apd->array_size = 3;
    CALL(s, bind(s, 1, SQL_C_DEFAULT, SQL_TYPE_TIMESTAMP, stamps, 0, NULL));
    CALL(s, bind(s, 2, SQL_C_DEFAULT, SQL_GUID, guids, 0, NULL));
    CALL(s, bind(s, 3, SQL_C_DEFAULT, SQL_TYPE_DATE, days, 0, NULL));
    CALL(s, bind(s, 4, SQL_C_DEFAULT, SQL_SMALLINT, small, 0, NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("INSERT INTO t VALUES (?,?,?,?)"))),
                    SQL_SUCCESS);
    IS(fake.sql[0],
       "INSERT INTO t VALUES "
       "(TIMESTAMP '2024-01-01 00:00:00',UUID '00000001-0000-0000-0000-000000000000',"
       "DATE '2024-02-01',SMALLINT '1'), "
       "(TIMESTAMP '2024-01-02 00:00:00',UUID '00000002-0000-0000-0000-000000000000',"
       "DATE '2024-02-02',SMALLINT '2'), "
       "(TIMESTAMP '2024-01-03 00:00:00',UUID '00000003-0000-0000-0000-000000000000',"
       "DATE '2024-02-03',SMALLINT '3')");
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
    { "values of the default C type stand as far apart as they are long",
      values_of_the_default_c_type_stand_as_far_apart_as_they_are_long },
    { "a value that does not fit its type is not sent",
      a_value_that_does_not_fit_its_type_is_not_sent },
    { "a value that loses fraction digits is sent and told",
      a_value_that_loses_fraction_digits_is_sent_and_told },
    { "the precision of a decimal is the descriptor's",
      the_precision_of_a_decimal_is_the_descriptors },
    { "row-wise sets with an offset are read where they are",
      row_wise_sets_with_an_offset_are_read_where_they_are },
    { "parameters are described as they were bound", parameters_are_described_as_they_were_bound },
    { "bindings are checked", bindings_are_checked },
};

UNIT_MAIN("odbc/stmt_parameters", tests)
