/* Intervals between text, structure and number. The pairs themselves are in tests/cases. */
#include "unit.h"
#include "value/waist.h"

static void what_a_structure_holds_comes_back(void)
{
    static const SQLSMALLINT types[] = { SQL_INTERVAL_YEAR, SQL_INTERVAL_MONTH,
                                         SQL_INTERVAL_YEAR_TO_MONTH, SQL_INTERVAL_DAY,
        SQL_INTERVAL_HOUR, SQL_INTERVAL_MINUTE, SQL_INTERVAL_SECOND, SQL_INTERVAL_DAY_TO_HOUR,
        SQL_INTERVAL_DAY_TO_MINUTE,
        SQL_INTERVAL_DAY_TO_SECOND, SQL_INTERVAL_HOUR_TO_MINUTE, SQL_INTERVAL_HOUR_TO_SECOND,
        SQL_INTERVAL_MINUTE_TO_SECOND };

    for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        struct interval_fields fields;
        struct interval first, second;
        SQL_INTERVAL_STRUCT s;
        char text[64];
        bool lost = true;
        CU_ASSERT_TRUE(interval_fields_of(types[i], &fields));
        struct interval given = { .is_negative = true, .is_year_month = fields.first <= 1,
                                  .months = 7 * 12, .seconds = 7 * 86400 };
        CU_ASSERT_EQUAL(interval_put(&given, types[i], 9, 6, &s), VALUE_OK);
        CU_ASSERT_TRUE(interval_take(&s, types[i], 6, &first));
        CU_ASSERT(first.is_negative && (given.is_year_month ? first.months == given.months
                                        : first.seconds == given.seconds));
        interval_print(&first, fields, 0, text, &lost);
        CU_ASSERT_FALSE(lost);
        CU_ASSERT_TRUE(interval_parse(span_of(text), fields, &second));
        CU_ASSERT(given.is_year_month ? second.months == given.months
                  : second.seconds == given.seconds);
        CU_ASSERT(strlen(interval_words(fields)) > 2);
    }
}

static void the_fraction_is_counted_in_units_of_the_precision(void)
{
    SQL_INTERVAL_STRUCT s;
    struct interval i = { .seconds = 1, .nanos = 123456789 };

    CU_ASSERT_EQUAL(interval_put(&i, SQL_C_INTERVAL_SECOND, 2, 9, &s), VALUE_OK);
    CU_ASSERT_EQUAL(s.intval.day_second.fraction, 123456789);
    CU_ASSERT_EQUAL(interval_put(&i, SQL_C_INTERVAL_SECOND, 2, 3, &s), VALUE_FRACTION_LOST);
    CU_ASSERT_EQUAL(s.intval.day_second.fraction, 123);
    CU_ASSERT_TRUE(interval_take(&s, SQL_C_INTERVAL_SECOND, 3, &i));
    CU_ASSERT_EQUAL(i.nanos, 123000000);
    s.intval.day_second.fraction = 1000;
    CU_ASSERT_FALSE(interval_take(&s, SQL_C_INTERVAL_SECOND, 3, &i));
}

static void nonsense_is_refused(void)
{
    static const struct { const char *text; SQLSMALLINT type; } cases[] = {
        { "", SQL_INTERVAL_DAY }, { "-", SQL_INTERVAL_DAY }, { "1-12", SQL_INTERVAL_YEAR_TO_MONTH },
            { "1 24:00", SQL_INTERVAL_DAY_TO_MINUTE },
        { "1 00:60", SQL_INTERVAL_DAY_TO_MINUTE }, { "1 00:00:60", SQL_INTERVAL_DAY_TO_SECOND },
            { "1:2:3:4", SQL_INTERVAL_DAY_TO_SECOND },
        { "1.5", SQL_INTERVAL_MONTH }, { "1-", SQL_INTERVAL_YEAR_TO_MONTH },
            { "9999999999999999999", SQL_INTERVAL_DAY },
        { "999999999999999999", SQL_INTERVAL_DAY }, { "INTERVAL '1' YEAR", SQL_INTERVAL_DAY },
            { "INTERVAL '1 DAY", SQL_INTERVAL_DAY },
        { "INTERVAL '1' FORTNIGHT", SQL_INTERVAL_DAY }, { "INTERVAL", SQL_INTERVAL_DAY },
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct interval_fields fields;
        struct interval out;
        interval_fields_of(cases[i].type, &fields);
        bool ok = interval_parse(span_of(cases[i].text), fields, &out);
        if (ok) {
            printf("    accepted: %s\n", cases[i].text);
        }
        CU_ASSERT_FALSE(ok);
    }
}

static const struct unit_test tests[] = {
    { "what a structure holds comes back", what_a_structure_holds_comes_back },
    { "the fraction is counted in units of the precision",
      the_fraction_is_counted_in_units_of_the_precision },
    { "nonsense is refused", nonsense_is_refused },
};

UNIT_MAIN("value/interval", tests)
