/* Where a row limit may be added, and where the text must stay as it is. */
#include "sql/class.h"
#include "sql_help.h"

static const struct {
    const char *text;
    const char *limited; /* NULL: stays as it is */
} cases[] = {
    { "SELECT a FROM t", "SELECT a FROM t LIMIT 7" },
    { "select 1;", "select 1 LIMIT 7;" },
    { " SELECT 1 ; -- end", " SELECT 1 LIMIT 7 ; -- end" },
    { "SELECT 1 -- end", "SELECT 1 LIMIT 7 -- end" },
    { "SELECT 1 /* end */", "SELECT 1 LIMIT 7 /* end */" },
    { "SELECT a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a LIMIT 7" },
    { "SELECT 'LIMIT' FROM t WHERE \"offset\" = ?",
      "SELECT 'LIMIT' FROM t WHERE \"offset\" = ? LIMIT 7" },
    { "SELECT a FROM (SELECT a FROM t LIMIT 3) GROUP BY a",
      "SELECT a FROM (SELECT a FROM t LIMIT 3) GROUP BY a LIMIT 7" },
    { "SELECT a FROM t WHERE a IN (SELECT b FROM u UNION SELECT c FROM v)",
      "SELECT a FROM t WHERE a IN (SELECT b FROM u UNION SELECT c FROM v) LIMIT 7" },
    { "WITH x AS (SELECT 1 UNION SELECT 2) SELECT * FROM x",
      "WITH x AS (SELECT 1 UNION SELECT 2) SELECT * FROM x LIMIT 7" },
    { "SELECT a FROM t FOR TIMESTAMP AS OF TIMESTAMP '2024-01-01 00:00:00 UTC'",
      "SELECT a FROM t FOR TIMESTAMP AS OF TIMESTAMP '2024-01-01 00:00:00 UTC' LIMIT 7" },
    { "SELECT a FROM t LIMIT 3", NULL },
    { "SELECT a FROM t LIMIT ALL", NULL },
    { "SELECT a FROM t OFFSET 3", NULL },
    { "SELECT a FROM t ORDER BY a FETCH FIRST 3 ROWS ONLY", NULL },
    { "SELECT a FROM t UNION SELECT b FROM u", NULL },
    { "SELECT a FROM t INTERSECT SELECT b FROM u", NULL },
    { "SELECT a FROM t EXCEPT (SELECT b FROM u)", NULL },
    { "SELECT limit FROM t", NULL },
    { "(SELECT a FROM t)", NULL },
    { "VALUES 1, 2", NULL },
    { "TABLE t", NULL },
    { "WITH x AS (SELECT 1) TABLE x", NULL },
    { "WITH x AS (SELECT 1) (SELECT * FROM x)", NULL },
    { "USING EXTERNAL FUNCTION f(x int) RETURNS int LAMBDA 'l' SELECT f(1)", NULL },
    { "EXPLAIN SELECT 1", NULL },
    { "INSERT INTO t SELECT 1", NULL },
    { "CREATE TABLE t AS SELECT 1 AS a", NULL },
    { "UNLOAD (SELECT 1) TO 's3://b/'", NULL },
    { "SELECT (1", NULL },
    { "SELECT 1)", NULL },
    { "SELECT 'a", NULL },
    { "SELECT 1 /* a", "SELECT 1 LIMIT 7 /* a" },
    { "", NULL },
};

static void a_limit_goes_behind_one_plain_select(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct span text = span_of(cases[i].text);
        struct buf out = { .ceiling = 4096 };
        bool is_limited = false;
        struct fault f;

        CU_ASSERT_FATAL(sql_limit(text, class_of(text), 7, &out, &is_limited, &f));
        CU_ASSERT_EQUAL(is_limited, cases[i].limited != NULL);
        if (is_limited != (cases[i].limited != NULL)) {
            printf("    %s\n", cases[i].text);
        }
        SPAN_IS(buf_span(&out), cases[i].limited != NULL ? cases[i].limited : "");
        buf_free(&out);
    }
}

static void no_limit_is_added_that_the_engine_cannot_take(void)
{
    static char text[SQL_STATEMENT_BYTES_MAX];
    struct buf out = { .ceiling = 0 };
    bool is_limited = true;
    struct fault f;

    CU_ASSERT(sql_limit(SPAN("SELECT 1"), SQL_CLASS_SELECT, 0, &out, &is_limited, &f));
    CU_ASSERT_FALSE(is_limited);
    CU_ASSERT(sql_limit(SPAN("SELECT 1"), SQL_CLASS_SELECT, UINT64_MAX, &out, &is_limited, &f));
    CU_ASSERT_FALSE(is_limited);
    CU_ASSERT(sql_limit(SPAN("SELECT 1"), SQL_CLASS_SELECT, INT64_MAX, &out, &is_limited, &f));
    SPAN_IS(buf_span(&out), "SELECT 1 LIMIT 9223372036854775807");
    memset(text, ' ', sizeof(text));
    memcpy(text, "SELECT 1", 8);
    buf_clear(&out);
    CU_ASSERT(sql_limit((struct span){ text, sizeof(text) - 8 }, SQL_CLASS_SELECT, 7, &out,
                        &is_limited, &f));
    CU_ASSERT_FALSE(is_limited);
    buf_free(&out);
}

static const struct {
    const char *text, *expect;
    size_t head_at;
} queries[] = {
    { "SELECT 1", "SELECT * FROM (\nSELECT 1\n) LIMIT 0", 0 },
    { " SELECT 1 ; -- done", "SELECT * FROM (\n SELECT 1\n) LIMIT 0", 0 },
    { "SELECT ';' -- ;\r; /* x */", "SELECT * FROM (\nSELECT ';' -- ;\n) LIMIT 0", 0 },
    { "USING EXTERNAL FUNCTION f(a varchar) RETURNS varchar LAMBDA 'l' SELECT f('x')",
      "USING EXTERNAL FUNCTION f(a varchar) RETURNS varchar LAMBDA 'l' SELECT * FROM (\n"
      "SELECT f('x')\n) LIMIT 0",
      64 },
    { "USING EXTERNAL FUNCTION f(a int) RETURNS int LAMBDA 'l', EXTERNAL FUNCTION g(b int) "
      "RETURNS int LAMBDA 'm' WITH q AS (SELECT 1) SELECT g(1) FROM q",
      "USING EXTERNAL FUNCTION f(a int) RETURNS int LAMBDA 'l', EXTERNAL FUNCTION g(b int) "
      "RETURNS int LAMBDA 'm' SELECT * FROM (\nWITH q AS (SELECT 1) SELECT g(1) FROM q\n) LIMIT 0",
      107 },
    { "USING FUNCTION f(a int) RETURNS int TYPE SAGEMAKER WITH (endpoint = 'e') SELECT f(1)",
      "USING FUNCTION f(a int) RETURNS int TYPE SAGEMAKER WITH (endpoint = 'e') SELECT * FROM (\n"
      "SELECT f(1)\n) LIMIT 0",
      73 },
    { "USING EXTERNAL FUNCTION f(a int) RETURNS int LAMBDA 'l' (SELECT 1)", NULL, 0 },
};

static void a_query_without_rows_stands_behind_its_declarations(void)
{
    for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
        struct buf out = { .ceiling = 4096 };
        struct sql_edit head = { 0 };
        struct fault f = { 0 };

        bool ok = sql_without_rows(span_of(queries[i].text), &out, &head, &f);
        CU_ASSERT_EQUAL(ok, queries[i].expect != NULL);
        if (ok) {
            SPAN_IS(buf_span(&out), queries[i].expect);
            CU_ASSERT(head.out_from == queries[i].head_at && head.in_from == queries[i].head_at);
            CU_ASSERT_EQUAL(head.out_len, strlen("SELECT * FROM (\n"));
        } else {
            CU_ASSERT_EQUAL(f.kind, FAULT_UNSUPPORTED);
        }
        buf_free(&out);
    }
}

static const struct unit_test tests[] = {
    { "a query without rows stands behind its declarations",
      a_query_without_rows_stands_behind_its_declarations },
    { "a limit goes behind one plain SELECT", a_limit_goes_behind_one_plain_select },
    { "no limit is added that the engine cannot take",
      no_limit_is_added_that_the_engine_cannot_take },
};
UNIT_MAIN("sql limit", tests)
