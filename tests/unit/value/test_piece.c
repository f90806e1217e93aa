/* SQLGetData in pieces: what is put together is the whole, lengths count down, the end is told
   once. */
#include <stdlib.h>

#include "unit.h"
#include "value/value.h"

static struct value_plan plan(const char *type, SQLSMALLINT c_type, enum wide_unit unit)
{
    struct value_type t;
    struct value_plan p = { .c_type = 0 };
    struct value_options options = { .string_length = 255, .wide_unit = unit };

    value_type_parse(span_of(type), 0, 0, &t);
    CU_ASSERT_EQUAL(value_plan_build(&t, c_type, &options, &p), VALUE_OK);
    return p;
}

static void lengths_count_down_to_the_last_piece(void)
{
    struct value_plan p = plan("varchar", SQL_C_CHAR, WIDE_UTF16);
    struct value_piece piece = { .at = 0 };
    char data[5];
    SQLLEN length = 0, indicator = 0;

    CU_ASSERT_EQUAL(value_store_piece(&p, SPAN("abcdefgh"), &piece, data, 5, &length, &indicator),
                    VALUE_TRUNCATED);
    CU_ASSERT_STRING_EQUAL(data, "abcd");
    CU_ASSERT_EQUAL(length, 8);
    CU_ASSERT_EQUAL(value_store_piece(&p, SPAN("abcdefgh"), &piece, data, 5, &length, &indicator),
                    VALUE_OK);
    CU_ASSERT_STRING_EQUAL(data, "efgh");
    CU_ASSERT_EQUAL(length, 4);
    CU_ASSERT_EQUAL(value_store_piece(&p, SPAN("abcdefgh"), &piece, data, 5, &length, &indicator),
                    VALUE_NO_DATA);
}

static void a_buffer_of_no_length_asks_without_taking(void)
{
    struct value_plan p = plan("varchar", SQL_C_CHAR, WIDE_UTF16);
    struct value_piece piece = { .at = 0 };
    char data[16];
    SQLLEN length = 0, indicator = 0;

    for (int i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(value_store_piece(&p, SPAN("abc"), &piece, data, i % 2, &length,
                                          &indicator), VALUE_TRUNCATED);
        CU_ASSERT_EQUAL(length, 3);
    }
    CU_ASSERT_EQUAL(value_store_piece(&p, SPAN("abc"), &piece, data, 16, &length, &indicator),
                    VALUE_OK);
    CU_ASSERT_STRING_EQUAL(data, "abc");
}

static void pairs_stay_together_unless_the_buffer_holds_one_unit(void)
{
    struct value_plan p = plan("varchar", SQL_C_WCHAR, WIDE_UTF16);
    struct value_piece piece = { .at = 0 };
    uint16_t data[4], all[8];
    size_t n = 0;
    SQLLEN length = 0, indicator = 0;

    CU_ASSERT_EQUAL(value_store_piece(&p, SPAN("a\xf0\x9f\x98\x80"), &piece, data, 6, &length,
                                      &indicator), VALUE_TRUNCATED);
    CU_ASSERT(length == 6 && data[0] == 'a' && data[1] == 0);
    CU_ASSERT_EQUAL(value_store_piece(&p, SPAN("a\xf0\x9f\x98\x80"), &piece, data, 6, &length,
                                      &indicator), VALUE_OK);
    CU_ASSERT(length == 4 && data[0] == 0xD83D && data[1] == 0xDE00 && data[2] == 0);

    piece = (struct value_piece){ .at = 0 };
    for (int i = 0; i < 20; i++) {
        enum value_outcome outcome = value_store_piece(&p, SPAN("\xf0\x9f\x98\x80z"), &piece, data,
                                                       4, &length, &indicator);
        if (outcome == VALUE_NO_DATA) {
            break;
        }
        CU_ASSERT(data[1] == 0 && n < 8);
        all[n++] = data[0];
    }
    CU_ASSERT(n == 3 && all[0] == 0xD83D && all[1] == 0xDE00 && all[2] == 'z');
}

static void fixed_values_are_given_once(void)
{
    struct value_plan p = plan("bigint", SQL_C_SBIGINT, WIDE_UTF16);
    struct value_piece piece = { .at = 0 };
    SQLBIGINT data = 0;
    SQLLEN length = 0, indicator = 0;

    CU_ASSERT_EQUAL(value_store_piece(&p, SPAN("7"), &piece, &data, 0, &length, &indicator),
                    VALUE_OK);
    CU_ASSERT(data == 7 && length == 8);
    CU_ASSERT_EQUAL(value_store_piece(&p, SPAN("7"), &piece, &data, 0, &length, &indicator),
                    VALUE_NO_DATA);
}

static void null_is_given_once(void)
{
    struct value_plan p = plan("varchar", SQL_C_CHAR, WIDE_UTF16);
    struct value_piece piece = { .at = 0 };
    char data[4];
    SQLLEN length = 0, indicator = 0;

    CU_ASSERT_EQUAL(value_store_piece(&p, NO_SPAN, &piece, data, 4, &length, NULL),
                    VALUE_NO_INDICATOR);
    CU_ASSERT_EQUAL(value_store_piece(&p, NO_SPAN, &piece, data, 4, &length, &indicator),
                    VALUE_NULL);
    CU_ASSERT_EQUAL(indicator, SQL_NULL_DATA);
    CU_ASSERT_EQUAL(value_store_piece(&p, NO_SPAN, &piece, data, 4, &length, &indicator),
                    VALUE_NO_DATA);
}

static void an_error_leaves_the_value_to_be_asked_for_again(void)
{
    struct value_plan p = plan("date", SQL_C_CHAR, WIDE_UTF16);
    struct value_piece piece = { .at = 0 };
    char data[16];
    SQLLEN length = 0, indicator = 0;

    CU_ASSERT_EQUAL(value_store_piece(&p, SPAN("2024-01-31"), &piece, data, 5, &length, &indicator),
                    VALUE_RANGE);
    CU_ASSERT_EQUAL(value_store_piece(&p, SPAN("2024-01-31"), &piece, data, 16, &length,
                                      &indicator), VALUE_OK);
    CU_ASSERT_STRING_EQUAL(data, "2024-01-31");
}

static void another_c_type_starts_over(void)
{
    struct value_plan narrow = plan("varchar", SQL_C_CHAR, WIDE_UTF16),
        wide = plan("varchar", SQL_C_WCHAR, WIDE_UTF16);
    struct value_piece piece = { .at = 0 };
    char data[32];
    SQLLEN length = 0, indicator = 0;

    CU_ASSERT_EQUAL(value_store_piece(&narrow, SPAN("abcdef"), &piece, data, 4, &length,
                                      &indicator), VALUE_TRUNCATED);
    CU_ASSERT_EQUAL(value_store_piece(&wide, SPAN("abcdef"), &piece, data, 32, &length, &indicator),
                    VALUE_OK);
    CU_ASSERT_EQUAL(length, 12);
}

static void a_long_cell_costs_what_its_pieces_cost(void)
{
    enum { LENGTH = 3000000 };
    struct value_plan p = plan("varchar", SQL_C_WCHAR, WIDE_UTF16);
    struct value_piece piece = { .at = 0 };
    char *cell = malloc(LENGTH);
    uint16_t data[512];
    SQLLEN length = 0, indicator = 0;
    size_t pieces = 0;

    memset(cell, 'x', LENGTH);
    while (value_store_piece(&p, (struct span){ cell, LENGTH }, &piece, data, sizeof(data), &length,
                             &indicator) != VALUE_NO_DATA) {
        pieces++;
    }
    CU_ASSERT_EQUAL(pieces, (LENGTH + 510) / 511);
    free(cell);
}

static const struct unit_test tests[] = {
    { "lengths count down to the last piece", lengths_count_down_to_the_last_piece },
    { "a buffer of no length asks without taking", a_buffer_of_no_length_asks_without_taking },
    { "pairs stay together unless the buffer holds one unit",
      pairs_stay_together_unless_the_buffer_holds_one_unit },
    { "fixed values are given once", fixed_values_are_given_once },
    { "NULL is given once", null_is_given_once },
    { "an error leaves the value to be asked for again",
      an_error_leaves_the_value_to_be_asked_for_again },
    { "another C type starts over", another_c_type_starts_over },
    { "a long cell costs what its pieces cost", a_long_cell_costs_what_its_pieces_cost },
};

UNIT_MAIN("value/piece", tests)
