/* What a statement tells about its columns, before and after it ran. */
#include "fake_world.h"

static const char *const types[] = { "integer", "varchar(20)", "decimal(10,2)", "timestamp",
                                     "array" };

static struct stmt *prepared(const char *sql)
{
    fake_reset();
    fake.types = types;
    fake.n_columns = 5;
    fake_connect(SQL_OV_ODBC3);
    struct stmt *s = fake_stmt();
    CU_ASSERT_EQUAL(CALL(s, stmt_prepare(s, fake_text(sql))), SQL_SUCCESS);
    return s;
}

static void done(struct stmt *s)
{
    stmt_free(s);
    fake_disconnect();
}

static void a_prepared_select_is_described_by_one_query_without_rows(void)
{
    SQLSMALLINT n = 0, type = 0, digits = 0, nullable = 0, length = 0;
    SQLULEN size = 0;
    SQLCHAR name[8];
    struct stmt *s = prepared("SELECT a FROM t WHERE x = ? ;");

    CU_ASSERT_EQUAL(CALL(s, stmt_num_result_cols(s, &n)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(n, 5);
    IS(fake.sql[0], "SELECT * FROM (\nSELECT a FROM t WHERE x = NULL\n) LIMIT 0");
    CU_ASSERT_EQUAL(CALL(s, stmt_describe_col(s, 3, room_a(name, sizeof(name), &length), &type,
                                              &size, &digits, &nullable)),
                    SQL_SUCCESS);
    IS((char *)name, "c3");
    CU_ASSERT_EQUAL(type, SQL_DECIMAL);
    CU_ASSERT_EQUAL(size, 10);
    CU_ASSERT_EQUAL(digits, 2);
    CU_ASSERT_EQUAL(nullable, SQL_NULLABLE_UNKNOWN);
    CU_ASSERT_EQUAL(fake.n_started, 1);
    CU_ASSERT_EQUAL(s->state, STMT_PREPARED);
    done(s);
}

static const struct {
    const char *sql;
    SQLSMALLINT n;
    const char *first;
} fixed[] = {
    { "SHOW TABLES IN d", 1, "tab_name" },
    { "show databases", 1, "database_name" },
    { "SHOW CREATE TABLE t", 1, "createtab_stmt" },
    { "SHOW CREATE VIEW v", 1, "create view" },
    { "EXPLAIN ANALYZE (FORMAT JSON) SELECT 1", 1, "Query Plan" },
    { "EXPLAIN ANALYZE DELETE FROM t", 1, "Query Plan" },
    { "EXPLAIN SELECT 1", 1, "Query Plan" },
    { "SHOW TBLPROPERTIES t", 2, "prpt_name" },
    { "SHOW FUNCTIONS", 6, "Function" },
    { "INSERT INTO t VALUES (1)", 0, NULL },
    { "CREATE DATABASE d", 0, NULL },
    { "DROP TABLE t", 0, NULL },
};

static void other_statements_are_described_without_a_query(void)
{
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
        SQLSMALLINT n = 99;
        SQLCHAR name[32];
        struct stmt *s = prepared(fixed[i].sql);
        CU_ASSERT_EQUAL(CALL(s, stmt_num_result_cols(s, &n)), SQL_SUCCESS);
        CU_ASSERT_EQUAL(n, fixed[i].n);
        CU_ASSERT_EQUAL(fake.n_started, 0);
        if (n > 0) {
            CU_ASSERT_EQUAL(CALL(s, stmt_describe_col(s, 1, room_a(name, sizeof(name), NULL), NULL,
                                                      NULL, NULL, NULL)),
                            SQL_SUCCESS);
            IS((char *)name, fixed[i].first);
        } else {
            CU_ASSERT_EQUAL(CALL(s, stmt_describe_col(s, 1, room_a(name, sizeof(name), NULL), NULL,
                                                      NULL, NULL, NULL)),
                            SQL_ERROR);
            IS(fake_state(s, 1), "07005");
        }
        done(s);
    }
}

/* Their columns hang on what they are about, and running them costs nothing. */
static void statements_about_a_table_or_a_view_are_described_by_running_them(void)
{
    static const char *const texts[] = { "DESCRIBE t", "DESC v", "SHOW COLUMNS IN v",
                                         "EXPLAIN (TYPE VALIDATE) SELECT 1" };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        SQLSMALLINT n = 99;
        struct stmt *s = prepared(texts[i]);
        CU_ASSERT_EQUAL(CALL(s, stmt_num_result_cols(s, &n)), SQL_SUCCESS);
        CU_ASSERT_EQUAL(n, 5);
        CU_ASSERT_EQUAL(fake.n_started, 1);
        IS(fake.sql[0], texts[i]);
        done(s);
    }
}

static void what_would_run_to_be_described_is_not(void)
{
    static const char *const texts[] = { "EXPLAIN (FORMAT JSON) ANALYZE DELETE FROM t",
                                         "CALL p()", "EXECUTE p",
                                         "USING EXTERNAL FUNCTION f(a int) RETURNS int LAMBDA 'l' "
                                         "(SELECT f(1))" };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        SQLSMALLINT n = 99;
        struct stmt *s = prepared(texts[i]);
        CU_ASSERT_EQUAL(CALL(s, stmt_num_result_cols(s, &n)), SQL_ERROR);
        IS(fake_state(s, 1), "HYC00");
        CU_ASSERT_EQUAL(fake.n_started, 0);
        done(s);
    }
}

/* What a parameter was bound as, and what stands for it. */
static const struct {
    SQLSMALLINT sql_type;
    SQLULEN size;
    SQLSMALLINT digits;
    const char *want;
} nulls[] = {
    { SQL_BIT, 0, 0, "CAST(NULL AS boolean)" },
    { SQL_TINYINT, 0, 0, "CAST(NULL AS tinyint)" },
    { SQL_SMALLINT, 0, 0, "CAST(NULL AS smallint)" },
    { SQL_INTEGER, 0, 0, "CAST(NULL AS integer)" },
    { SQL_BIGINT, 0, 0, "CAST(NULL AS bigint)" },
    { SQL_REAL, 0, 0, "CAST(NULL AS real)" },
    { SQL_DOUBLE, 0, 0, "CAST(NULL AS double)" },
    { SQL_DECIMAL, 12, 3, "CAST(NULL AS decimal(12,3))" },
    { SQL_NUMERIC, 38, 0, "CAST(NULL AS decimal(38,0))" },
    { SQL_VARCHAR, 20, 0, "CAST(NULL AS varchar(20))" },
    { SQL_WVARCHAR, 7, 0, "CAST(NULL AS varchar(7))" },
    { SQL_VARCHAR, 0, 0, "CAST(NULL AS varchar)" },
    { SQL_LONGVARCHAR, 100, 0, "CAST(NULL AS varchar)" },
    { SQL_VARBINARY, 16, 0, "CAST(NULL AS varbinary)" },
    { SQL_TYPE_DATE, 10, 0, "CAST(NULL AS date)" },
    { SQL_TYPE_TIME, 8, 0, "CAST(NULL AS time)" },
    { SQL_TYPE_TIMESTAMP, 23, 3, "CAST(NULL AS timestamp)" },
    { SQL_GUID, 36, 0, "CAST(NULL AS uuid)" },
    { SQL_INTERVAL_YEAR_TO_MONTH, 2, 0, "CAST(NULL AS interval year to month)" },
    { SQL_INTERVAL_HOUR, 2, 0, "CAST(NULL AS interval day to second)" },
};

static void a_parameter_stands_as_a_null_of_its_type(void)
{
    for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++) {
        SQLSMALLINT n = 0;
        SQLLEN none = SQL_NULL_DATA;
        char want[128], data[64] = "";
        struct stmt *s = prepared("SELECT ? FROM t");
        CU_ASSERT_EQUAL(CALL(s, stmt_bind_parameter(s, 1, SQL_PARAM_INPUT, SQL_C_DEFAULT,
                                                    nulls[i].sql_type, nulls[i].size,
                                                    nulls[i].digits, data, 0, &none)),
                        SQL_SUCCESS);
        CU_ASSERT_EQUAL(CALL(s, stmt_num_result_cols(s, &n)), SQL_SUCCESS);
        snprintf(want, sizeof(want), "SELECT * FROM (\nSELECT %s FROM t\n) LIMIT 0", nulls[i].want);
        IS(fake.sql[0], want);
        done(s);
    }
}

static void a_parameter_that_counts_rows_stands_as_a_number(void)
{
    SQLSMALLINT n = 0;
    SQLBIGINT most = 10;
    struct stmt *s = prepared("SELECT a FROM t OFFSET ? LIMIT ?");

    CALL(s, stmt_bind_parameter(s, 1, SQL_PARAM_INPUT, SQL_C_SBIGINT, SQL_BIGINT, 0, 0, &most, 0,
                                NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_num_result_cols(s, &n)), SQL_SUCCESS);
    IS(fake.sql[0], "SELECT * FROM (\nSELECT a FROM t OFFSET 1 LIMIT 1\n) LIMIT 0");
    done(s);
}

static void a_comment_behind_the_semicolon_is_left_out(void)
{
    SQLSMALLINT n = 0;
    struct stmt *s = prepared("SELECT 1; -- done");

    CU_ASSERT_EQUAL(CALL(s, stmt_num_result_cols(s, &n)), SQL_SUCCESS);
    IS(fake.sql[0], "SELECT * FROM (\nSELECT 1\n) LIMIT 0");
    done(s);
}

/* Column 3 is decimal(10,2), column 2 varchar(20). */
static const struct {
    SQLUSMALLINT column, field;
    SQLLEN want;
} numbers[] = {
    { 3, SQL_DESC_CONCISE_TYPE, SQL_DECIMAL },
    { 3, SQL_DESC_TYPE, SQL_DECIMAL },
    { 3, SQL_DESC_PRECISION, 10 },
    { 3, SQL_COLUMN_PRECISION, 10 },
    { 3, SQL_DESC_SCALE, 2 },
    { 3, SQL_COLUMN_SCALE, 2 },
    { 3, SQL_DESC_UNSIGNED, SQL_FALSE },
    { 3, SQL_DESC_NUM_PREC_RADIX, 10 },
    { 3, SQL_DESC_DISPLAY_SIZE, 12 },
    { 2, SQL_DESC_LENGTH, 20 },
    { 2, SQL_DESC_CASE_SENSITIVE, SQL_TRUE },
    { 2, SQL_DESC_SEARCHABLE, SQL_SEARCHABLE },
    { 2, SQL_DESC_NULLABLE, SQL_NULLABLE_UNKNOWN },
    { 2, SQL_COLUMN_NULLABLE, SQL_NULLABLE_UNKNOWN },
    { 2, SQL_DESC_UPDATABLE, SQL_ATTR_READONLY },
    { 2, SQL_DESC_AUTO_UNIQUE_VALUE, SQL_FALSE },
    { 2, SQL_DESC_UNNAMED, SQL_NAMED },
    { 4, SQL_DESC_TYPE, SQL_DATETIME },
    { 4, SQL_DESC_CONCISE_TYPE, SQL_TYPE_TIMESTAMP },
    { 4, SQL_DESC_DATETIME_INTERVAL_CODE, SQL_CODE_TIMESTAMP },
    { 0, SQL_DESC_COUNT, 5 },
    { 0, SQL_COLUMN_COUNT, 5 },
    { 1, SQL_DESC_FIXED_PREC_SCALE, SQL_FALSE },
    { 1, SQL_DESC_OCTET_LENGTH, 4 },
    { 1, SQL_COLUMN_LENGTH, 4 },
};

static void column_attributes_answer_by_their_old_and_new_numbers(void)
{
    struct stmt *s = prepared("SELECT 1");

    CU_ASSERT_EQUAL(CALL(s, stmt_execute(s)), SQL_SUCCESS);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        SQLLEN got = -77;
        CU_ASSERT_EQUAL(CALL(s, stmt_col_attribute(s, numbers[i].column, numbers[i].field,
                                                   room_bytes(NULL, 0, NULL, NULL, false), &got)),
                        SQL_SUCCESS);
        if (got != numbers[i].want)
            printf("    column %u field %u: got %lld, want %lld\n", numbers[i].column,
                   numbers[i].field, (long long)got, (long long)numbers[i].want);
        CU_ASSERT_EQUAL(got, numbers[i].want);
    }
    done(s);
}

static void column_attributes_refuse_unknown_fields_and_columns(void)
{
    SQLLEN got = 0;
    SQLCHAR text[16];
    SQLSMALLINT length = 0;
    struct stmt *s = prepared("SELECT 1");

    CALL(s, stmt_execute(s));
    CU_ASSERT_EQUAL(
        CALL(s, stmt_col_attribute(s, 1, 4711, room_bytes(NULL, 0, NULL, NULL, false), &got)),
        SQL_ERROR);
    IS(fake_state(s, 1), "HY091");
    CU_ASSERT_EQUAL(CALL(s, stmt_col_attribute(s, 6, SQL_DESC_TYPE,
                                               room_bytes(NULL, 0, NULL, NULL, false), &got)),
                    SQL_ERROR);
    IS(fake_state(s, 1), "07009");
    CU_ASSERT_EQUAL(
        CALL(s, stmt_col_attribute(s, 2, SQL_DESC_TYPE_NAME,
                                   room_bytes(text, sizeof(text), &length, NULL, false), &got)),
        SQL_SUCCESS);
    IS((char *)text, "varchar");
    CU_ASSERT_EQUAL(
        CALL(s, stmt_col_attribute(s, 2, SQL_DESC_LABEL,
                                   room_bytes(text, sizeof(text), &length, NULL, false), &got)),
        SQL_SUCCESS);
    IS((char *)text, "c2");
    done(s);
}

static void a_failed_description_is_told_with_the_query_s_own_words(void)
{
    SQLSMALLINT n = 0;
    struct stmt *s = prepared("SELECT a FROM missing");

    fake.fail_query = 0;
    fake.fail_kind = FAULT_NO_TABLE;
    fake.fail_text = "TABLE_NOT_FOUND: Table 'missing' does not exist";
    CU_ASSERT_EQUAL(CALL(s, stmt_num_result_cols(s, &n)), SQL_ERROR);
    IS(fake_state(s, 1), "42S02");
    CU_ASSERT_EQUAL(s->state, STMT_PREPARED);
    done(s);
}

static const struct unit_test tests[] = {
    { "a prepared select is described by one query without rows",
      a_prepared_select_is_described_by_one_query_without_rows },
    { "other statements are described without a query",
      other_statements_are_described_without_a_query },
    { "statements about a table or a view are described by running them",
      statements_about_a_table_or_a_view_are_described_by_running_them },
    { "what would run to be described is not", what_would_run_to_be_described_is_not },
    { "a parameter stands as a null of its type", a_parameter_stands_as_a_null_of_its_type },
    { "a parameter that counts rows stands as a number",
      a_parameter_that_counts_rows_stands_as_a_number },
    { "a comment behind the semicolon is left out", a_comment_behind_the_semicolon_is_left_out },
    { "column attributes answer by their old and new numbers",
      column_attributes_answer_by_their_old_and_new_numbers },
    { "column attributes refuse unknown fields and columns",
      column_attributes_refuse_unknown_fields_and_columns },
    { "a failed description is told with the query's own words",
      a_failed_description_is_told_with_the_query_s_own_words },
};

UNIT_MAIN("odbc/stmt_describe", tests)
