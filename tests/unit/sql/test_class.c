/* Statement classes, probes of tools, liveness texts. */
#include "sql/class.h"
#include "unit/unit.h"

static const struct {
    const char *text;
    enum sql_class class;
} classes[] = {
    { "", SQL_CLASS_UNKNOWN },
    { " -- nothing\n", SQL_CLASS_UNKNOWN },
    { "SELECT 1", SQL_CLASS_SELECT },
    { "/* a */ -- b\n select 1", SQL_CLASS_SELECT },
    { "(SELECT 1)", SQL_CLASS_SELECT },
    { "WITH a AS (SELECT 1) SELECT * FROM a", SQL_CLASS_SELECT },
    { "VALUES 1", SQL_CLASS_SELECT },
    { "TABLE t", SQL_CLASS_SELECT },
    { "USING EXTERNAL FUNCTION f(x int) RETURNS int LAMBDA 'l' SELECT f(1)", SQL_CLASS_SELECT },
    { "EXPLAIN SELECT 1", SQL_CLASS_EXPLAIN },
    { "EXPLAIN (TYPE IO) SELECT 1", SQL_CLASS_EXPLAIN },
    { "EXPLAIN /* x */ ANALYZE VERBOSE SELECT 1", SQL_CLASS_EXPLAIN_ANALYZE },
    { "SHOW TABLES", SQL_CLASS_SHOW },
    { "DESC t", SQL_CLASS_DESCRIBE },
    { "describe t", SQL_CLASS_DESCRIBE },
    { "INSERT INTO t VALUES (1)", SQL_CLASS_INSERT },
    { "UPDATE t SET a = 1", SQL_CLASS_UPDATE },
    { "DELETE FROM t", SQL_CLASS_DELETE },
    { "MERGE INTO t USING s ON 1=1 WHEN MATCHED THEN DELETE", SQL_CLASS_MERGE },
    { "UNLOAD (SELECT 1) TO 's3://b/' WITH (format='PARQUET')", SQL_CLASS_UNLOAD },
    { "CREATE TABLE t AS SELECT 1 AS x", SQL_CLASS_CTAS },
    { "create table if not exists \"a\".\"b\" WITH (format = 'ORC') AS WITH x AS (SELECT 1) SELECT "
      "* FROM x",
      SQL_CLASS_CTAS },
    { "CREATE TABLE t AS (SELECT 1 AS x)", SQL_CLASS_CTAS },
    { "CREATE EXTERNAL TABLE t (a int) STORED AS PARQUET LOCATION 's3://b/'", SQL_CLASS_DDL },
    { "CREATE TABLE t (a int) STORED AS TABLE", SQL_CLASS_DDL },
    { "CREATE TABLE t (a int) LOCATION 's3://b/' TBLPROPERTIES ('table_type'='ICEBERG')",
      SQL_CLASS_DDL },
    { "CREATE VIEW v AS SELECT 1", SQL_CLASS_DDL },
    { "CREATE OR REPLACE VIEW v AS SELECT 1", SQL_CLASS_DDL },
    { "DROP TABLE t", SQL_CLASS_DDL },
    { "ALTER TABLE t ADD PARTITION (a=1)", SQL_CLASS_DDL },
    { "MSCK REPAIR TABLE t", SQL_CLASS_DDL },
    { "OPTIMIZE t REWRITE DATA USING BIN_PACK", SQL_CLASS_DDL },
    { "VACUUM t", SQL_CLASS_DDL },
    { "CALL p()", SQL_CLASS_CALL },
    { "PREPARE p FROM SELECT 1", SQL_CLASS_PREPARE },
    { "EXECUTE p USING 1", SQL_CLASS_EXECUTE },
    { "DEALLOCATE PREPARE p", SQL_CLASS_DEALLOCATE },
    { "SELECTED", SQL_CLASS_OTHER },
    { "SET x = 1", SQL_CLASS_OTHER },
};

static void keywords_tell_the_class(void)
{
    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        enum sql_class got = class_of(span_of(classes[i].text));

        if (got != classes[i].class) {
            printf("    %s: got %d, want %d\n", classes[i].text, (int)got, (int)classes[i].class);
        }
        CU_ASSERT_EQUAL(got, classes[i].class);
    }
}

static const struct {
    const char *text;
    bool is_probe;
} probes[] = {
    { "CREATE LOCAL TEMPORARY TABLE \"XT01_CONNECT\" (COL INTEGER) ON COMMIT PRESERVE ROWS", true },
    { "CREATE GLOBAL TEMPORARY TABLE t (x int)", true },
    { "CREATE TEMP TABLE t (x int)", true },
    { "create temporary table t as select 1", true },
    { "CREATE MULTISET VOLATILE TABLE t (x int)", true },
    { "CREATE TABLE #Tableau_1 (COL INTEGER)", true },
    { "CREATE TABLE \"#Tableau_1\" (COL INTEGER)", true },
    { "CREATE TABLE `#Tableau_1` (COL INTEGER)", true },
    { "DROP TABLE IF EXISTS \"#Tableau_1\"", true },
    { "INSERT INTO #t VALUES (1)", true },
    { "DECLARE GLOBAL TEMPORARY TABLE SESSION.t (x int)", true },
    { "SELECT TOP 1 * INTO #t FROM x", true },
    { "SELECT 1 AS COL INTO \"#t\"", true },
    { "SELECT * INTO t FROM x", true },
    { "WITH a AS (SELECT 1) SELECT * INTO b FROM a", true },
    { "SELECT 'INTO' FROM t", false },
    { "SELECT \"into\" FROM t", false },
    { "SELECT 1 -- INTO t", false },
    { "INSERT INTO t SELECT 1", false },
    { "MERGE INTO t USING s ON a=b WHEN MATCHED THEN DELETE", false },
    { "CREATE TABLE temporary_things AS SELECT 1", false },
    { "CREATE TABLE \"temporary\" AS SELECT 1", false },
    { "CREATE EXTERNAL TABLE t (x int) LOCATION 's3://b/'", false },
    { "CREATE VIEW v AS SELECT 1", false },
    { "SELECT * FROM \"#odd\"", false },
    { "UNLOAD (SELECT 1) TO 's3://b/'", false },
};

static void trials_of_tools_are_told_from_work(void)
{
    for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
        struct span text = span_of(probes[i].text);

        if (class_is_probe(text, class_of(text)) != probes[i].is_probe) {
            printf("    %s\n", probes[i].text);
            CU_FAIL("wrong verdict");
        }
    }
}

static void only_known_texts_are_liveness_texts(void)
{
    static const char *const alive[] = { "SELECT 1", "select 1;", " /* ping */ SELECT 1 ; -- x",
                                         "VALUES 1" };
    static const char *const work[] = { "SELECT 2",          "SELECT 1, 2", "SELECT 1 FROM t",
                                        "SELECT 1.0",        "SELECT '1'",  "SELECT 1 AS x",
                                        "SELECT 1;SELECT 1", "SELECT",      "" };

    for (size_t i = 0; i < sizeof(alive) / sizeof(alive[0]); i++) {
        CU_ASSERT(class_is_liveness(span_of(alive[i])));
    }
    for (size_t i = 0; i < sizeof(work) / sizeof(work[0]); i++) {
        CU_ASSERT_FALSE(class_is_liveness(span_of(work[i])));
    }
}

static void table_definitions_are_written_in_hives_dialect(void)
{
    static const char *const hive[] = { "CREATE EXTERNAL TABLE t (a int)",
                                        "ALTER TABLE t SET TBLPROPERTIES ('a'='b')",
                                        "SHOW TABLES 'a'", "DESCRIBE t", "DROP TABLE t" };
    static const char *const trino[] = { "SELECT 1", "CREATE VIEW v AS SELECT 1",
                                         "CREATE OR REPLACE VIEW v AS SELECT 1",
                                         "CREATE TABLE t AS SELECT 1", "VACUUM t" };

    for (size_t i = 0; i < sizeof(hive) / sizeof(hive[0]); i++) {
        CU_ASSERT(class_is_hive(span_of(hive[i]), class_of(span_of(hive[i]))));
        CU_ASSERT_FALSE(class_is_hive(span_of(trino[i]), class_of(span_of(trino[i]))));
    }
}

static const struct unit_test tests[] = {
    { "keywords tell the class", keywords_tell_the_class },
    { "trials of tools are told from work", trials_of_tools_are_told_from_work },
    { "only known texts are liveness texts", only_known_texts_are_liveness_texts },
    { "table definitions are written in Hive's dialect",
      table_definitions_are_written_in_hives_dialect },
};
UNIT_MAIN("sql class", tests)
