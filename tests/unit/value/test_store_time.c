/* The short ways of dates and timestamps: every damaged byte is seen, and the long way agrees. */
#include "unit.h"
#include "value/waist.h"

static struct value_plan plan(const char *type, SQLSMALLINT c_type)
{
    struct value_type t;
    struct value_plan p = { .c_type = 0 };
    struct value_options options = { .wide_unit = WIDE_UTF16 };

    value_type_parse(span_of(type), 0, 0, &t);
    CU_ASSERT_EQUAL(value_plan_build(&t, c_type, &options, &p), VALUE_OK);
    return p;
}

static void any_damaged_byte_is_judged_alike_by_both_ways(void)
{
    static const char whole[] = "2024-02-29 12:34:56.123456";
    struct value_plan p = plan("timestamp", SQL_C_TYPE_TIMESTAMP),
        d = plan("date", SQL_C_TYPE_DATE);

    for (size_t at = 0; at < sizeof(whole) - 1; at++) {
        for (int byte = 1; byte < 256; byte++) {
            char text[32];
            SQL_TIMESTAMP_STRUCT fast, slow;
            memset(&fast, 0, sizeof(fast));
            memset(&slow, 0, sizeof(slow));
            memcpy(text, whole, sizeof(whole));
            text[at] = (char)byte;
            struct span cell = { text, sizeof(whole) - 1 };
            CU_ASSERT_EQUAL(store_fixed_timestamp(&p, cell, &fast, 0, NULL),
                            store_timestamp(&p, cell, &slow, 0, NULL));
            CU_ASSERT(memcmp(&fast, &slow, sizeof(fast)) == 0);
            if (at < 10) {
                cell.len = 10;
                CU_ASSERT_EQUAL(store_fixed_date(&d, cell, &fast, 0, NULL),
                                store_date(&d, cell, &slow, 0, NULL));
            }
        }
    }
}

static void fractions_of_every_length_are_nanoseconds(void)
{
    static const struct {
        const char *cell;
        SQLUINTEGER nanos;
        enum value_outcome outcome;
    } cases[] = { { "2024-02-29 12:34:56", 0, VALUE_OK },
                  { "2024-02-29 12:34:56.1", 100000000, VALUE_OK },
                  { "2024-02-29 12:34:56.12", 120000000, VALUE_OK },
                  { "2024-02-29 12:34:56.123", 123000000, VALUE_OK },
                  { "2024-02-29 12:34:56.000001", 1000, VALUE_OK },
                  { "2024-02-29 12:34:56.000000001", 1, VALUE_OK },
                  { "2024-02-29 12:34:56.000000001000", 1, VALUE_OK },
                  { "2024-02-29 12:34:56.000000001001", 1, VALUE_FRACTION_LOST } };
    struct value_plan p = plan("timestamp", SQL_C_TYPE_TIMESTAMP);

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        SQL_TIMESTAMP_STRUCT t = { .year = 0 };
        CU_ASSERT_EQUAL(value_store(&p, span_of(cases[i].cell), &t, 0, NULL, NULL),
                        cases[i].outcome);
        CU_ASSERT_EQUAL(t.fraction, cases[i].nanos);
    }
}

static void guids_go_there_and_back(void)
{
    SQLGUID g;
    char text[37];

    CU_ASSERT_TRUE(guid_parse(SPAN("{550E8400-E29B-41D4-A716-446655440000}"), &g));
    guid_print(&g, text);
    CU_ASSERT_STRING_EQUAL(text, "550e8400-e29b-41d4-a716-446655440000");
    CU_ASSERT_FALSE(guid_parse(SPAN("550e8400-e29b-41d4-a716-44665544000g"), &g));
    CU_ASSERT_FALSE(guid_parse(SPAN("550e8400-e29b-41d4-a716-44665544000"), &g));
    CU_ASSERT_FALSE(guid_parse(SPAN("550e8400xe29b-41d4-a716-446655440000"), &g));
}

static const struct unit_test tests[] = {
    { "any damaged byte is judged alike by both ways",
      any_damaged_byte_is_judged_alike_by_both_ways },
    { "fractions of every length are nanoseconds", fractions_of_every_length_are_nanoseconds },
    { "GUIDs go there and back", guids_go_there_and_back },
};

UNIT_MAIN("value/store_time", tests)
