/* Parameters in the text: a value stays a value whatever stands around its marker. */
#include "sql/lexer.h"
#include "sql_help.h"

static const struct {
    const char *text, *first, *second, *expect;
} cases[] = {
    { "SELECT ?", "5", NULL, "SELECT 5" },
    { "SELECT -?", "-5", NULL, "SELECT - (-5)" },
    { "SELECT -?", "5", NULL, "SELECT - 5" },
    { "SELECT 1-?", "-1", NULL, "SELECT 1- (-1)" },
    { "SELECT a=?AND b=?", "'x'", "-2", "SELECT a= 'x' AND b= (-2)" },
    { "SELECT ?--note", "5", NULL, "SELECT 5 --note" },
    { "SELECT ?/*note*/", "5", NULL, "SELECT 5 /*note*/" },
    { "SELECT x?", "'00'", NULL, "SELECT x '00'" },
    { "SELECT '?' || ?", "'it''s ?'", NULL, "SELECT '?' || 'it''s ?'" },
    { "SELECT f(?,?)", "DATE '2024-01-01'", NULL, "SELECT f(DATE '2024-01-01',NULL)" },
    { "SELECT {fn UCASE(?)}", "'a'", NULL, "SELECT upper('a')" },
    { "SELECT ?", "+5", NULL, "SELECT (+5)" },
    { "SELECT 1", NULL, NULL, "SELECT 1" },
};

static void values_stay_values(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct span literals[] = { span_of(cases[i].first), span_of(cases[i].second) };
        struct buf out = { .ceiling = 4096 };
        struct translated t;

        translate(cases[i].text, &t);
        CU_ASSERT_FATAL(t.ok);
        CU_ASSERT_FATAL(sql_inline(&t.sql, literals, &out, NULL, &t.fault));
        SPAN_IS(buf_span(&out), cases[i].expect);
        buf_free(&out);
        translated_free(&t);
    }
}

/* What a reader that knows the backslash takes a quoted text for. */
static size_t unquoted(struct span text, char *to)
{
    size_t n = 0;

    for (size_t i = 1; i + 1 < text.len; i++) {
        i += text.at[i] == '\\' || text.at[i] == '\'';
        to[n++] = text.at[i];
    }
    to[n] = 0;
    return n;
}

static const char *const hive_texts[] = {
    "ALTER TABLE logs DROP PARTITION (dt = ?)",
    "ALTER TABLE logs SET TBLPROPERTIES ('it\\'s' = ?)",
    "SHOW TABLES IN d ?",
    "CREATE EXTERNAL TABLE t (a int COMMENT ?) LOCATION 's3://b/'",
    "DROP TABLE ?",
    "MSCK REPAIR TABLE ?",
    "DESCRIBE ?",
};

static void is_one_text(struct span sent, size_t at, const char *value)
{
    struct lexer with = { .text = sent, .at = at, .has_backslash = true },
                 without = { .text = sent, .at = at };
    struct token t = lexer_next(&with), u = lexer_next(&without);
    char back[64];

    CU_ASSERT(t.kind == TOKEN_TEXT && t.is_closed);
    CU_ASSERT_EQUAL(unquoted(t.text, back), strlen(value));
    CU_ASSERT_STRING_EQUAL(back, value);
    CU_ASSERT(u.kind == TOKEN_TEXT && u.text.len == t.text.len);
}

/* Read with and without backslashes it is the same one text. */
static void a_backslash_of_a_value_hides_nothing_in_the_hive_dialect(void)
{
    static const struct {
        const char *literal, *value;
    } values[] = {
        { "'C:\\x\\'", "C:\\x\\" }, { "'\\'", "\\" },      { "'\\\\'", "\\\\" },
        { "'a\\nb'", "a\\nb" },       { "''", "" },          { "'plain'", "plain" },
        { "'\"`; -- /*'", "\"`; -- /*" },
    };

    for (size_t i = 0; i < sizeof(hive_texts) / sizeof(hive_texts[0]); i++) {
        for (size_t k = 0; k < sizeof(values) / sizeof(values[0]); k++) {
            struct span literal = span_of(values[k].literal);
            struct buf out = { .ceiling = 4096 };
            struct translated t;

            translate(hive_texts[i], &t);
            CU_ASSERT_FATAL(t.ok && t.sql.n_markers == 1);
            CU_ASSERT_FATAL(sql_inline(&t.sql, &literal, &out, NULL, &t.fault));
            is_one_text(buf_span(&out), t.sql.marker_at[0], values[k].value);
            buf_free(&out);
            translated_free(&t);
        }
    }
}

static void a_quote_of_a_value_is_refused_in_the_hive_dialect(void)
{
    static const char *const literals[] = { "''''", "'O''Brien'",
                                            "'\\''), PARTITION (dt <> 0) -- '" };

    for (size_t i = 0; i < sizeof(hive_texts) / sizeof(hive_texts[0]); i++) {
        for (size_t k = 0; k < sizeof(literals) / sizeof(literals[0]); k++) {
            struct span literal = span_of(literals[k]);
            struct buf out = { .ceiling = 4096 };
            struct translated t;

            translate(hive_texts[i], &t);
            CU_ASSERT_FALSE(sql_inline(&t.sql, &literal, &out, NULL, &t.fault));
            CU_ASSERT_EQUAL(t.fault.kind, FAULT_QUERY);
            CU_ASSERT_PTR_NOT_NULL(strstr(t.fault.text, "Parameter 1 "));
            buf_free(&out);
            translated_free(&t);
        }
    }
}

static void only_digits_count_rows(void)
{
    static const char *const literals[][2] = {
        { "10", "10" },
        { "BIGINT '10'", "10" },
        { "'10'", "10" },
        { "TINYINT '5'", "5" },
        { "'1x'", "'1x'" },
        { "NULL", "NULL" },
        { "-5", "-5" },
        { "''", "''" },
        { "DECIMAL '1.5'", "DECIMAL '1.5'" },
        { "'1''0'", "'1''0'" },
    };

    for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++) {
        SPAN_IS(sql_bare_count(span_of(literals[i][0])), literals[i][1]);
    }
}

static void markers_that_count_rows_are_known(void)
{
    static const struct {
        const char *text;
        bool counts;
    } texts[] = {
        { "SELECT a FROM t LIMIT ?", true },
        { "SELECT a FROM t LIMIT /* n */ -- m\n?", true },
        { "SELECT a FROM t OFFSET ? ROWS", true },
        { "SELECT a FROM t FETCH FIRST ? ROWS ONLY", true },
        { "SELECT a FROM t FETCH NEXT ? ROWS ONLY", true },
        { "SELECT a FROM t WHERE \"limit\" = ?", false },
        { "SELECT ? FROM t", false },
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct translated t;

        translate(texts[i].text, &t);
        CU_ASSERT_FATAL(t.ok && t.sql.n_markers == 1);
        CU_ASSERT_EQUAL(t.sql.marker_counts[0], texts[i].counts);
        translated_free(&t);
    }
}

static void a_text_that_grows_too_long_is_refused(void)
{
    static char value[200001];
    struct span literals[2];
    struct buf out = { .ceiling = 0 };
    struct translated t;

    memset(value, '1', sizeof(value) - 1);
    literals[0] = literals[1] = span_of(value);
    translate("SELECT ?, ?", &t);
    CU_ASSERT_FALSE(sql_inline(&t.sql, literals, &out, NULL, &t.fault));
    CU_ASSERT_EQUAL(t.fault.kind, FAULT_CEILING);
    buf_free(&out);
    translated_free(&t);
}

static void edits_lead_back_to_the_markers(void)
{
    struct span literals[] = { SPAN("'a long text'"), SPAN("-1") };
    struct buf out = { .ceiling = 4096 }, edits = { .ceiling = 4096 };
    struct translated t;
    unsigned line, column;

    translate("SELECT ?,\n a-?, b", &t);
    CU_ASSERT_FATAL(t.ok);
    CU_ASSERT_FATAL(sql_inline(&t.sql, literals, &out, &edits, &t.fault));
    SPAN_IS(buf_span(&out), "SELECT 'a long text',\n a- (-1), b");
    struct sql_edit list[2];
    CU_ASSERT_EQUAL_FATAL(edits.len, sizeof(list));
    memcpy(list, edits.at, sizeof(list));
    struct sql_text sent = { .native = buf_span(&out), .original = t.sql.native, .edits = list,
                             .n_edits = 2 };
    sql_place(&sent, 1, 10, &line, &column);
    CU_ASSERT(line == 1 && column == 8);
    sql_place(&sent, 1, 21, &line, &column);
    CU_ASSERT(line == 1 && column == 9);
    sql_place(&sent, 2, 11, &line, &column);
    CU_ASSERT(line == 2 && column == 7);
    buf_free(&out);
    buf_free(&edits);
    translated_free(&t);
}

static const struct unit_test tests[] = {
    { "values stay values", values_stay_values },
    { "a backslash of a value hides nothing in the Hive dialect",
      a_backslash_of_a_value_hides_nothing_in_the_hive_dialect },
    { "a quote of a value is refused in the Hive dialect",
      a_quote_of_a_value_is_refused_in_the_hive_dialect },
    { "only digits count rows", only_digits_count_rows },
    { "markers that count rows are known", markers_that_count_rows_are_known },
    { "edits lead back to the markers", edits_lead_back_to_the_markers },
    { "a text that grows too long is refused", a_text_that_grows_too_long_is_refused },
};
UNIT_MAIN("sql inline", tests)
