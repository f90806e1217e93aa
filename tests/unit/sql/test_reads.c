/* Which statements only read. */
#include "sql_help.h"

static const struct {
    const char *text;
    bool reads;
    const char *name;
} cases[] = {
    { "SELECT 1", true, "SELECT" },
    { "WITH a AS (SELECT 1) SELECT * FROM a", true, "SELECT" },
    { "/* x */ VALUES (1)", true, "SELECT" },
    { "SHOW TABLES", true, "SHOW" },
    { "DESCRIBE t", true, "DESCRIBE" },
    { "EXPLAIN SELECT 1", true, "EXPLAIN" },
    { "EXPLAIN INSERT INTO t SELECT 1", true, "EXPLAIN" },
    { "EXPLAIN ANALYZE SELECT 1", true, "EXPLAIN ANALYZE" },
    { "EXPLAIN ANALYZE VERBOSE SELECT 1", true, "EXPLAIN ANALYZE" },
    { "EXPLAIN ANALYZE INSERT INTO t SELECT 1", false, "EXPLAIN ANALYZE" },
    { "EXPLAIN ANALYZE VERBOSE DELETE FROM t", false, "EXPLAIN ANALYZE" },
    { "EXPLAIN /* ANALYZE SELECT 1 */ ANALYZE DELETE FROM t", false, "EXPLAIN ANALYZE" },
    { "EXPLAIN ANALYZE /* SELECT 1 */ DELETE FROM t", false, "EXPLAIN ANALYZE" },
    { "EXPLAIN -- x\rANALYZE DELETE FROM t", false, "EXPLAIN ANALYZE" },
    { "EXPLAIN -- ANALYZE SELECT\nANALYZE DELETE FROM t", false, "EXPLAIN ANALYZE" },
    { "EXPLAIN ANALYZE (FORMAT JSON) INSERT INTO t SELECT 1", false, "EXPLAIN ANALYZE" },
    { "EXPLAIN (FORMAT JSON) ANALYZE DELETE FROM t", false, "EXPLAIN ANALYZE" },
    { "EXPLAIN ANALYZE (FORMAT JSON) VERBOSE DELETE FROM t", false, "EXPLAIN ANALYZE" },
    { "EXPLAIN ANALYZE (x (SELECT) y) DELETE FROM t", false, "EXPLAIN ANALYZE" },
    { "EXPLAIN ANALYZE EXPLAIN ANALYZE DELETE FROM t", false, "EXPLAIN ANALYZE" },
    { "EXPLAIN ANALYZE (FORMAT TEXT)", false, "EXPLAIN ANALYZE" },
    { "EXPLAIN ANALYZE", false, "EXPLAIN ANALYZE" },
    { "EXPLAIN ANALYZE (FORMAT TEXT) SELECT 1", true, "EXPLAIN ANALYZE" },
    { "EXPLAIN ANALYZE (FORMAT JSON, TYPE IO) VERBOSE SELECT 1", true, "EXPLAIN ANALYZE" },
    { "EXPLAIN ANALYZE ((SELECT 1) UNION (SELECT 2))", true, "EXPLAIN ANALYZE" },
    { "EXPLAIN ANALYZE (SELECT 1) UNION SELECT 2", true, "EXPLAIN ANALYZE" },
    { "EXPLAIN (TYPE IO, FORMAT JSON) DELETE FROM t", true, "EXPLAIN" },
    { "INSERT INTO t VALUES (1)", false, "INSERT" },
    { "UNLOAD (SELECT 1) TO 's3://b/p/' WITH (format='PARQUET')", false, "UNLOAD" },
    { "CREATE TABLE t AS SELECT 1", false, "CTAS" },
    { "DROP TABLE t", false, "DDL" },
    { "MSCK REPAIR TABLE t", false, NULL },
    { "CALL p()", false, "CALL" },
    { "EXECUTE p", false, "EXECUTE" },
    { "what is this", false, NULL },
};

static void only_what_cannot_change_anything_reads(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arena arena = { .ceiling_bytes = 1024 * 1024 };
        struct sql_context context = { .catalog = NO_SPAN };
        struct sql_text sql;
        struct fault f = { 0 };

        CU_ASSERT_TRUE_FATAL(sql_translate(span_of(cases[i].text), &context, &arena, &sql, &f));
        if (sql_only_reads(&sql) != cases[i].reads) {
            printf("    \"%s\"\n", cases[i].text);
            CU_FAIL("reads");
        }
        if (cases[i].name != NULL) {
            CU_ASSERT_STRING_EQUAL(sql_class_name(sql.class), cases[i].name);
        }
        arena_free(&arena);
    }
    CU_ASSERT_STRING_EQUAL(sql_class_name((enum sql_class)1000), "OTHER");
}

static const struct unit_test tests[] = {
    { "only what cannot change anything reads", only_what_cannot_change_anything_reads },
};

UNIT_MAIN("sql/reads", tests)
