/* Values read where they stand: what the fused way takes is what the long way makes of the same
   text, bytes and length; what it does not take is left to the long way. */
#include <stdlib.h>

#include "unit.h"
#include "value/waist.h"

enum { ROOM = 64, TEXT_MAX = 100 };

static struct value_plan plan(const char *type, SQLSMALLINT c_type)
{
    struct value_type t;
    struct value_plan p = { .c_type = 0 };
    struct value_options options = { .wide_unit = WIDE_UTF16 };

    value_type_parse(span_of(type), 0, 0, &t);
    CU_ASSERT_EQUAL(value_plan_build(&t, c_type, &options, &p), VALUE_OK);
    value_plan_fuse(&p);
    return p;
}

/* Whether the fused way took the text; then it must agree with the long one. */
static bool is_taken(const struct value_plan *p, const char *text)
{
    char field[TEXT_MAX + VALUE_FUSE_BYTES + 1], fused[ROOM] = { 0 }, stored[ROOM] = { 0 };
    SQLLEN fused_length = -7, stored_length = -7;
    size_t n = strlen(text);

    memset(field, '7', sizeof(field)); /* digits behind the quote must not count */
    memcpy(field, text, n);
    field[n] = '"';
    CU_ASSERT_PTR_NOT_NULL_FATAL(p->fuse);
    const char *quote = p->fuse(p, field, field + sizeof(field), fused, ROOM, &fused_length);
    if (quote == NULL) {
        return false;
    }
    struct span cell = { text, n };
    enum value_outcome outcome = value_store(p, cell, stored, ROOM, &stored_length, &stored_length);
    bool same = quote == field + n && outcome == VALUE_OK && fused_length == stored_length &&
                memcmp(fused, stored, (size_t)stored_length) == 0;
    if (!same) {
        printf(" [%s] ", text);
    }
    CU_ASSERT(same);
    return true;
}

static void plain_values_are_taken(void)
{
    static const struct { const char *type; SQLSMALLINT c_type; const char *text; } cases[] = {
        { "bigint", SQL_C_SBIGINT, "0" },
        { "bigint", SQL_C_SBIGINT, "-12345678" },
        { "bigint", SQL_C_SBIGINT, "1234567890123456" },
        { "bigint", SQL_C_SBIGINT, "9223372036854775807" },
        { "bigint", SQL_C_SBIGINT, "-9223372036854775807" },
        { "integer", SQL_C_SLONG, "2147483647" },
        { "integer", SQL_C_SLONG, "-2147483648" },
        { "double", SQL_C_DOUBLE, "0.0" },
        { "double", SQL_C_DOUBLE, "-0.0" },
        { "double", SQL_C_DOUBLE, "1.5" },
        { "double", SQL_C_DOUBLE, "9007199254740993.0" },
        { "double", SQL_C_DOUBLE, "1.2345678901234567E7" },
        { "double", SQL_C_DOUBLE, "1.0E-4" },
        { "double", SQL_C_DOUBLE, "1.7976931348623157E300" },
        { "decimal(18,2)", SQL_C_NUMERIC, "12.50" },
        { "decimal(18,2)", SQL_C_NUMERIC, "-9999999999999999.99" },
        { "decimal(18,2)", SQL_C_NUMERIC, "-0.00" },
        { "decimal(38,4)", SQL_C_NUMERIC, "123456789012345.6789" },
        { "decimal(5,0)", SQL_C_NUMERIC, "99999" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct value_plan p = plan(cases[i].type, cases[i].c_type);
        CU_ASSERT(is_taken(&p, cases[i].text));
    }
}

static void what_is_not_plain_is_left_alone(void)
{
    static const struct { const char *type; SQLSMALLINT c_type; const char *text; } cases[] = {
        { "bigint", SQL_C_SBIGINT, "" },
        { "bigint", SQL_C_SBIGINT, "-" },
        { "bigint", SQL_C_SBIGINT, "+7" },
        { "bigint", SQL_C_SBIGINT, " 5" },
        { "bigint", SQL_C_SBIGINT, "5 " },
        { "bigint", SQL_C_SBIGINT, "9223372036854775808" },
        { "bigint", SQL_C_SBIGINT, "18446744073709551617" },
        { "bigint", SQL_C_SBIGINT, "99999999999999999999999999999999999999999999" },
        { "integer", SQL_C_SLONG, "2147483648" },
        { "double", SQL_C_DOUBLE, "NaN" },
        { "double", SQL_C_DOUBLE, "-Infinity" },
        { "double", SQL_C_DOUBLE, "1." },
        { "double", SQL_C_DOUBLE, ".5" },
        { "double", SQL_C_DOUBLE, "1.5E" },
        { "double", SQL_C_DOUBLE, "1.5E+7" },
        { "double", SQL_C_DOUBLE, "1.5E1234" },
        { "double", SQL_C_DOUBLE, "1.5x" },
        { "double", SQL_C_DOUBLE, "4.9E-324" },
        { "double", SQL_C_DOUBLE, "0.12345678901234567890" },
        { "decimal(18,2)", SQL_C_NUMERIC, "12.5" },
        { "decimal(18,2)", SQL_C_NUMERIC, "12.500" },
        { "decimal(18,2)", SQL_C_NUMERIC, "12" },
        { "decimal(18,2)", SQL_C_NUMERIC, "1.5E3" },
        { "decimal(4,2)", SQL_C_NUMERIC, "123.45" },
        { "decimal(38,2)", SQL_C_NUMERIC, "12345678901234567890.12" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct value_plan p = plan(cases[i].type, cases[i].c_type);
        CU_ASSERT_FALSE(is_taken(&p, cases[i].text));
    }
}

static uint64_t seed = 99;

static uint64_t next(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return seed >> 11;
}

static void random_numbers_agree_with_the_long_way(void)
{
    struct value_plan numeric = plan("decimal(18,6)", SQL_C_NUMERIC),
                      real = plan("double", SQL_C_DOUBLE), big = plan("bigint", SQL_C_SBIGINT);
    unsigned n_taken = 0;

    for (unsigned i = 0; i < 30000; i++) {
        char text[64];
        unsigned long long whole = next() >> (next() % 53), part = next() >> (next() % 53);
        const char *sign = next() % 2 == 0 ? "-" : "";
        snprintf(text, sizeof(text), "%s%llu.%06llu", sign, whole % 1000000000000u,
                 part % 1000000u);
        n_taken += is_taken(&numeric, text);
        snprintf(text, sizeof(text), i % 2 == 0 ? "%s%llu.%lluE-%llu" : "%s%llu.%lluE%llu", sign,
                 whole % 1000, part, part % 300);
        n_taken += is_taken(&real, text);
        snprintf(text, sizeof(text), "%s%llu", sign, whole * 7 + part);
        n_taken += is_taken(&big, text);
    }
    CU_ASSERT(n_taken > 60000);
}

static void a_value_at_the_end_of_the_text_is_left_alone(void)
{
    char *field = malloc(VALUE_FUSE_BYTES); /* exactly as much as may be read */
    struct value_plan p = plan("double", SQL_C_DOUBLE);
    double value = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(field);
    for (size_t n = 1; n <= VALUE_FUSE_BYTES; n++) {
        memset(field, '1', VALUE_FUSE_BYTES);
        const char *at = field + VALUE_FUSE_BYTES - n;
        CU_ASSERT_PTR_NULL(p.fuse(&p, at, field + VALUE_FUSE_BYTES, &value, 8, NULL));
    }
    free(field);
}

static const struct unit_test tests[] = {
    { "plain values are taken", plain_values_are_taken },
    { "what is not plain is left alone", what_is_not_plain_is_left_alone },
    { "random numbers agree with the long way", random_numbers_agree_with_the_long_way },
    { "a value at the end of the text is left alone",
      a_value_at_the_end_of_the_text_is_left_alone },
};

UNIT_MAIN("value/fuse", tests)
