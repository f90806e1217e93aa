/* Plans: what is legal, what SQL_C_DEFAULT means, NULL cells, limits. The table itself is in
   tests/cases/sql_to_c.txt. */
#include "unit.h"
#include "value/value.h"

static enum value_outcome build(const char *type, SQLSMALLINT c_type, struct value_plan *p)
{
    struct value_type t;
    struct value_options options = { .string_length = 255, .wide_unit = WIDE_UTF16 };

    value_type_parse(span_of(type), 0, 0, &t);
    return value_plan_build(&t, c_type, &options, p);
}

static void null_needs_an_indicator(void)
{
    struct value_plan p;
    SQLLEN indicator = 5, length = 7;
    SQLBIGINT data = 9;

    CU_ASSERT_EQUAL(build("bigint", SQL_C_SBIGINT, &p), VALUE_OK);
    CU_ASSERT_EQUAL(value_store(&p, NO_SPAN, &data, 0, &length, &indicator), VALUE_NULL);
    CU_ASSERT_EQUAL(indicator, SQL_NULL_DATA);
    CU_ASSERT_EQUAL(length, 7);
    CU_ASSERT_EQUAL(data, 9);
    CU_ASSERT_EQUAL(value_store(&p, NO_SPAN, &data, 0, &length, NULL), VALUE_NO_INDICATOR);
    /* The same pointer twice is what most applications give. */
    CU_ASSERT_EQUAL(value_store(&p, NO_SPAN, &data, 0, &length, &length), VALUE_NULL);
    CU_ASSERT_EQUAL(length, SQL_NULL_DATA);
    CU_ASSERT_EQUAL(value_store(&p, SPAN("42"), &data, 0, NULL, NULL), VALUE_OK);
    CU_ASSERT_EQUAL(data, 42);
}

static void a_null_buffer_asks_for_the_length_only(void)
{
    static const struct {
        const char *type;
        SQLSMALLINT c_type;
        const char *cell;
        SQLLEN want;
    } cases[] = {
        { "varchar", SQL_C_CHAR, "abc", 3 },       { "varchar", SQL_C_WCHAR, "h\xc3\xa9", 4 },
        { "bigint", SQL_C_CHAR, "123", 3 },        { "varbinary", SQL_C_CHAR, "01 02", 4 },
        { "varbinary", SQL_C_WCHAR, "01 02", 8 },  { "varbinary", SQL_C_BINARY, "01 02", 2 },
        { "varchar", SQL_C_BINARY, "abc", 3 },     { "bigint", SQL_C_SLONG, "1", 4 },
        { "date", SQL_C_BINARY, "2024-01-31", 6 }, { "varchar", SQL_C_CHAR, "", 0 },
        { "varchar", SQL_C_WCHAR, "", 0 }
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct value_plan p;
        struct value_piece piece = { .at = 0 };
        SQLLEN length = -1, indicator = 0;
        CU_ASSERT_EQUAL(build(cases[i].type, cases[i].c_type, &p), VALUE_OK);
        CU_ASSERT_EQUAL(value_store(&p, span_of(cases[i].cell), NULL, 0, &length, &indicator),
                        VALUE_OK);
        CU_ASSERT_EQUAL(length, cases[i].want);
        length = -1;
        CU_ASSERT_EQUAL(value_store_piece(&p, span_of(cases[i].cell), &piece, NULL, 0, &length,
                                          &indicator), VALUE_OK);
        CU_ASSERT_EQUAL(length, cases[i].want);
    }
}

static void unknown_c_types_are_refused(void)
{
    struct value_plan p;

    CU_ASSERT_EQUAL(build("bigint", 12345, &p), VALUE_ILLEGAL_PAIR);
    CU_ASSERT_FALSE(value_c_is_known(12345));
    CU_ASSERT_TRUE(value_c_is_known(SQL_C_DEFAULT));
    CU_ASSERT_TRUE(value_c_is_known(SQL_C_DATE));
    CU_ASSERT_EQUAL(value_c_size(SQL_C_CHAR), 0);
    CU_ASSERT_EQUAL(value_c_size(SQL_C_TIMESTAMP), sizeof(SQL_TIMESTAMP_STRUCT));
    CU_ASSERT_EQUAL(value_c_size(12345), 0);
}

static void odbc_2_spellings_become_odbc_3_ones(void)
{
    static const struct { SQLSMALLINT from, to; const char *type; } cases[] = {
        { SQL_C_DATE, SQL_C_TYPE_DATE, "date" }, { SQL_C_TIME, SQL_C_TYPE_TIME, "time" },
        { SQL_C_TIMESTAMP, SQL_C_TYPE_TIMESTAMP, "timestamp" },
            { SQL_C_LONG, SQL_C_SLONG, "integer" },
        { SQL_C_SHORT, SQL_C_SSHORT, "integer" }, { SQL_C_TINYINT, SQL_C_STINYINT, "integer" },
            { SQL_C_DEFAULT, SQL_C_SBIGINT, "bigint" } };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct value_plan p;
        CU_ASSERT_EQUAL(build(cases[i].type, cases[i].from, &p), VALUE_OK);
        CU_ASSERT_EQUAL(p.c_type, cases[i].to);
    }
}

static void every_kind_has_a_plan_for_text(void)
{
    for (int kind = 0; kind < VALUE_KINDS; kind++) {
        struct value_type t = { .kind = (enum value_kind)kind, .precision = 9, .name = "x" };
        struct value_options options = { .wide_unit = WIDE_UCS4 };
        struct value_plan p;
        CU_ASSERT_EQUAL(value_plan_build(&t, SQL_C_CHAR, &options, &p), VALUE_OK);
        CU_ASSERT_EQUAL(value_plan_build(&t, SQL_C_WCHAR, &options, &p), VALUE_OK);
        CU_ASSERT_EQUAL(value_plan_build(&t, SQL_C_DEFAULT, &options, &p), VALUE_OK);
        CU_ASSERT_PTR_NOT_NULL(p.store);
    }
}

static const struct unit_test tests[] = {
    { "NULL needs an indicator", null_needs_an_indicator },
    { "a null buffer asks for the length only", a_null_buffer_asks_for_the_length_only },
    { "unknown C types are refused", unknown_c_types_are_refused },
    { "ODBC 2 spellings become ODBC 3 ones", odbc_2_spellings_become_odbc_3_ones },
    { "every kind has a plan for text", every_kind_has_a_plan_for_text },
};

UNIT_MAIN("value/plan", tests)
