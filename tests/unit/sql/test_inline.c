/* Parameters in the text: a value stays a value whatever stands around its marker. */
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
    { "edits lead back to the markers", edits_lead_back_to_the_markers },
    { "a text that grows too long is refused", a_text_that_grows_too_long_is_refused },
};
UNIT_MAIN("sql inline", tests)
