/* Literals: what tests/cases/c_to_sql.txt cannot say. */
#include "unit.h"
#include "value/value.h"

static enum value_outcome literal(const struct value_parameter *p, char *to)
{
    struct buf out = { .ceiling = 4096 };
    struct fault f;
    enum value_outcome outcome = VALUE_OUTCOMES;

    CU_ASSERT_TRUE(value_literal(p, &out, &outcome, &f));
    span_to_c(buf_span(&out), to, 256);
    buf_free(&out);
    return outcome;
}

static void lengths_and_terminators_are_both_understood(void)
{
    char text[256];
    static const uint16_t wide[] = { 'a', 0xD83D, 0xDE00, 'b', 0 };
    static const uint32_t ucs4[] = { 'a', 0x1F600, 'b', 0 };
    struct value_parameter p = { .c_type = SQL_C_CHAR, .sql_type = SQL_VARCHAR, .data = "abcdef",
                                 .length = 3 };

    CU_ASSERT_EQUAL(literal(&p, text), VALUE_OK);
    CU_ASSERT_STRING_EQUAL(text, "'abc'");
    p.length = SQL_NTS;
    CU_ASSERT_EQUAL(literal(&p, text), VALUE_OK);
    CU_ASSERT_STRING_EQUAL(text, "'abcdef'");
    p = (struct value_parameter){ .c_type = SQL_C_WCHAR, .sql_type = SQL_WVARCHAR, .data = wide,
                                  .length = 6, .wide_unit = WIDE_UTF16 };
    CU_ASSERT_EQUAL(literal(&p, text), VALUE_OK);
    CU_ASSERT_STRING_EQUAL(text, "'a\xf0\x9f\x98\x80'");
    p.length = 4; /* half a pair */
    CU_ASSERT_EQUAL(literal(&p, text), VALUE_BAD_TEXT);
    p = (struct value_parameter){ .c_type = SQL_C_WCHAR, .sql_type = SQL_WVARCHAR, .data = ucs4,
                                  .length = SQL_NTS, .wide_unit = WIDE_UCS4 };
    CU_ASSERT_EQUAL(literal(&p, text), VALUE_OK);
    CU_ASSERT_STRING_EQUAL(text, "'a\xf0\x9f\x98\x80" "b'");
}

static void strange_lengths_are_refused(void)
{
    char text[256];
    struct value_parameter p = { .c_type = SQL_C_CHAR, .sql_type = SQL_VARCHAR, .data = "abcdef",
                                 .length = -17 };

    CU_ASSERT_EQUAL(literal(&p, text), VALUE_ILLEGAL_PAIR);
    p.length = SQL_DEFAULT_PARAM;
    CU_ASSERT_EQUAL(literal(&p, text), VALUE_ILLEGAL_PAIR);
    p.length = SQL_NTS;
    p.sql_type = 4711;
    CU_ASSERT_EQUAL(literal(&p, text), VALUE_ILLEGAL_PAIR);
    p.sql_type = SQL_VARCHAR;
    p.c_type = 4711;
    CU_ASSERT_EQUAL(literal(&p, text), VALUE_ILLEGAL_PAIR);
}

static void a_null_pointer_is_null(void)
{
    char text[256];
    struct value_parameter p = { .c_type = SQL_C_SLONG, .sql_type = SQL_INTEGER, .data = NULL };

    CU_ASSERT_EQUAL(literal(&p, text), VALUE_NULL);
    CU_ASSERT_STRING_EQUAL(text, "NULL");
}

static void every_quote_is_doubled_and_nothing_else_changes(void)
{
    char given[256], text[600];
    struct value_parameter p = { .c_type = SQL_C_CHAR, .sql_type = SQL_VARCHAR, .data = given };
    struct buf out = { .ceiling = 4096 };
    struct fault f;
    enum value_outcome outcome;
    size_t at = 0;

    for (unsigned c = 1; c < 128; c++) {
        given[c - 1] = (char)c;
    }
    p.length = 127;
    CU_ASSERT_TRUE(value_literal(&p, &out, &outcome, &f));
    text[at++] = '\'';
    for (unsigned c = 1; c < 128; c++) {
        text[at++] = (char)c;
        if (c == '\'') {
            text[at++] = '\'';
        }
    }
    text[at++] = '\'';
    CU_ASSERT(out.len == at && memcmp(out.at, text, at) == 0);
    buf_free(&out);
}

static void numerics_of_every_scale_are_read(void)
{
    static const struct { SQLSCHAR scale; unsigned char low; const char *want; } cases[] = {
        { 0, 125, "DECIMAL '125'" }, { 2, 125, "DECIMAL '1.25'" }, { 5, 125, "DECIMAL '0.00125'" },
            { -2, 125, "DECIMAL '12500'" },
        { 38, 1, "DECIMAL '0.00000000000000000000000000000000000001'" },
            { 38, 0, "DECIMAL '0.00000000000000000000000000000000000000'" } };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[256];
        SQL_NUMERIC_STRUCT n = { .precision = 38, .scale = cases[i].scale, .sign = 1,
                                 .val = { cases[i].low } };
        struct value_parameter p = { .c_type = SQL_C_NUMERIC, .sql_type = SQL_NUMERIC, .data = &n };
        CU_ASSERT_EQUAL(literal(&p, text), VALUE_OK);
        CU_ASSERT_STRING_EQUAL(text, cases[i].want);
    }
    char text[256];
    SQL_NUMERIC_STRUCT n = { .precision = 38, .scale = 0, .sign = 1 };
    memset(n.val, 0xFF, sizeof(n.val));
    struct value_parameter p = { .c_type = SQL_C_NUMERIC, .sql_type = SQL_NUMERIC, .data = &n };
    CU_ASSERT_EQUAL(literal(&p, text), VALUE_RANGE);
}

static const struct unit_test tests[] = {
    { "lengths and terminators are both understood", lengths_and_terminators_are_both_understood },
    { "strange lengths are refused", strange_lengths_are_refused },
    { "a null pointer is NULL", a_null_pointer_is_null },
    { "every quote is doubled and nothing else changes",
      every_quote_is_doubled_and_nothing_else_changes },
    { "numerics of every scale are read", numerics_of_every_scale_are_read },
};

UNIT_MAIN("value/literal", tests)
