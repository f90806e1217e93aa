/* The names of statements, against the standard's table of dynamic functions. */
#include "base/arena.h"
#include "odbc/dynamic.h"
#include "unit.h"

static const struct {
    const char *sql, *name;
    SQLINTEGER code;
} rows[] = {
    { "SELECT 1", "SELECT CURSOR", 85 },
    { "/* c */ with t as (select 1) select * from t", "SELECT CURSOR", 85 },
    { "insert into t values (1)", "INSERT", 50 },
    { "UPDATE t SET a = 1", "UPDATE WHERE", 82 },
    { "DELETE FROM t", "DELETE WHERE", 19 },
    { "CREATE TABLE t AS SELECT 1 AS n", "CREATE TABLE", 77 },
    { "create external table t (a int)", "CREATE TABLE", 77 },
    { "CREATE OR REPLACE VIEW v AS SELECT 1 AS n", "CREATE VIEW", 84 },
    { "CREATE PROTECTED MULTI DIALECT VIEW v AS SELECT 1 AS n", "CREATE VIEW", 84 },
    { "CREATE -- c\n SCHEMA s", "CREATE SCHEMA", 64 },
    { "CREATE DATABASE IF NOT EXISTS s", "CREATE SCHEMA", 64 },
    { "DROP TABLE IF EXISTS t", "DROP TABLE", 32 },
    { "DROP VIEW v", "DROP VIEW", 36 },
    { "DROP DATABASE s CASCADE", "DROP SCHEMA", 31 },
    { "ALTER TABLE t ADD COLUMNS (b int)", "ALTER TABLE", 4 },
    { "SHOW TABLES", "", 0 },
    { "VACUUM t", "", 0 },
    { "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE", "", 0 },
    { "", "", 0 },
};

static void statements_are_named_as_the_standard_names_them(void)
{
    struct arena arena = { 0 };
    struct sql_context context = { .no_scan = false };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct sql_text sql = { 0 };
        struct fault f;

        if (rows[i].sql[0] != '\0')
            CU_ASSERT_FATAL(sql_translate(span_of(rows[i].sql), &context, &arena, &sql, &f));
        struct dynamic got = dynamic_of(&sql);
        if (strcmp(got.name, rows[i].name) != 0 || got.code != rows[i].code)
            printf("    %s: %s %d\n", rows[i].sql, got.name, (int)got.code);
        CU_ASSERT_STRING_EQUAL(got.name, rows[i].name);
        CU_ASSERT_EQUAL(got.code, rows[i].code);
    }
    arena_free(&arena);
}

static const struct unit_test tests[] = {
    { "statements are named as the standard names them",
      statements_are_named_as_the_standard_names_them },
};

UNIT_MAIN("odbc/dynamic", tests)
