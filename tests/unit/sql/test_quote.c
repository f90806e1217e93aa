/* Quoting: whatever a name or a text holds, it stays one token. */
#include "sql/lexer.h"
#include "sql/sql.h"
#include "unit/unit.h"

static const struct {
    const char *given, *name, *text;
} cases[] = {
    { "", "\"\"", "''" },
    { "a", "\"a\"", "'a'" },
    { "a\"b", "\"a\"\"b\"", "'a\"b'" },
    { "it's", "\"it's\"", "'it''s'" },
    { "\"\"", "\"\"\"\"\"\"", "'\"\"'" },
    { "'; DROP TABLE t --", "\"'; DROP TABLE t --\"", "'''; DROP TABLE t --'" },
    { "\\", "\"\\\"", "'\\'" },
    { "日本 {fn x}", "\"日本 {fn x}\"", "'日本 {fn x}'" },
};

static void marks_are_doubled(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf out = { .ceiling = 256 };
        struct fault f;

        CU_ASSERT_FATAL(sql_quote_name(span_of(cases[i].given), &out, &f));
        SPAN_IS(buf_span(&out), cases[i].name);
        struct lexer l = { .text = buf_span(&out) };
        CU_ASSERT_EQUAL(lexer_next(&l).text.len, out.len);
        buf_clear(&out);
        CU_ASSERT_FATAL(sql_quote_text(span_of(cases[i].given), &out, &f));
        SPAN_IS(buf_span(&out), cases[i].text);
        l = (struct lexer){ .text = buf_span(&out) };
        CU_ASSERT_EQUAL(lexer_next(&l).text.len, out.len);
        buf_free(&out);
    }
}

static void a_full_buffer_is_a_fault(void)
{
    struct buf out = { .ceiling = 4 };
    struct fault f = { .kind = FAULT_NONE };

    CU_ASSERT_FALSE(sql_quote_text(SPAN("abcdef"), &out, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_CEILING);
    buf_free(&out);
}

static const struct unit_test tests[] = {
    { "marks are doubled", marks_are_doubled },
    { "a full buffer is a fault", a_full_buffer_is_a_fault },
};
UNIT_MAIN("sql quote", tests)
