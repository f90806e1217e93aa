/* Dates and times from text; the calendar. */
#include "unit.h"
#include "value/waist.h"

enum { ALL = MOMENT_DATE | MOMENT_TIME | MOMENT_STAMP };

static const struct {
    const char *text;
    unsigned forms;
    const char *printed; /* NULL: refused */
} cases[] = {
    { "2024-02-29", ALL, "2024-02-29" },
    { "2023-02-29", ALL, NULL },
    { "1900-02-29", ALL, NULL },
    { "2000-02-29", ALL, "2000-02-29" },
    { "0000-02-29", ALL, "0000-02-29" },
    { "-0004-02-29", ALL, "-0004-02-29" },
    { "+12345-01-01", ALL, "12345-01-01" },
    { "999999999-01-01", ALL, "999999999-01-01" },
    { "9999999999-01-01", ALL, NULL },
    { "24-01-01", ALL, NULL },
    { "2024-1-01", ALL, NULL },
    { "2024-00-10", ALL, NULL },
    { "2024-04-31", ALL, NULL },
    { "2024-01-01x", ALL, NULL },
    { "12:34:56", ALL, "12:34:56" },
    { "12:34", ALL, "12:34:00" },
    { "12:34:56.7", ALL, "12:34:56.7" },
    { "12:34:56.123456789", ALL, "12:34:56.123456789" },
    { "12:34:56.123456789012", ALL, "12:34:56.123456789012" },
    { "12:34:56.1234567890", ALL, "12:34:56.1234567890" },
    { "12:34:56.0000000000019", ALL, "12:34:56.000000000001" },
    { "24:00:00", ALL, NULL },
    { "12:60:00", ALL, NULL },
    { "12:00:60", ALL, NULL },
    { "12:34:5", ALL, NULL },
    { "2024-01-31 12:34:56.789", ALL, "2024-01-31 12:34:56.789" },
    { "2024-01-31T12:34:56", ALL, "2024-01-31 12:34:56" },
    { "2024-01-31 ", ALL, NULL },
    { "2024-01-31 12:34:56 UTC", ALL, NULL },
    { "2024-01-31 12:34:56 UTC", ALL | MOMENT_ZONE, "2024-01-31 12:34:56" },
    { "2024-01-31 12:34:56+02:00", ALL | MOMENT_ZONE, "2024-01-31 10:34:56" },
    { "2024-01-01 00:34:56.5 +02:00", ALL | MOMENT_ZONE, "2023-12-31 22:34:56.5" },
    { "23:30:00-01:00", ALL | MOMENT_ZONE, "00:30:00" },
    { "2024-01-31+02:00", ALL | MOMENT_ZONE, NULL },
    { "2024-01-31", MOMENT_TIME | MOMENT_STAMP, NULL },
    { "12:00:00", MOMENT_DATE, NULL },
    { "2024-01-31 12:34:56", MOMENT_DATE, NULL },
    { "", ALL, NULL },
    { "-", ALL, NULL },
};

static void texts_are_read_or_refused(void)
{
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct moment m;
        char text[48] = "(refused)";
        bool ok = moment_parse(span_of(cases[i].text), cases[i].forms, NULL, &m) == VALUE_OK;
        if (ok) {
            moment_print(&m, text);
        }
        const char *want = cases[i].printed == NULL ? "(refused)" : cases[i].printed;
        if (strcmp(text, want) != 0) {
            printf("    %s: %s\n", cases[i].text, text);
        }
        CU_ASSERT_STRING_EQUAL(text, want);
    }
}

static void days_and_dates_are_each_others_inverse(void)
{
    struct moment m = { .year = 0 };

    CU_ASSERT_EQUAL(moment_days(1970, 1, 1), 0);
    CU_ASSERT_EQUAL(moment_days(2000, 3, 1), 11017);
    CU_ASSERT_EQUAL(moment_days(1, 1, 1), -719162);
    for (int64_t day = -800000; day < 800000; day += 97) {
        moment_from_days(day, &m);
        CU_ASSERT(moment_is_day(m.year, m.month, m.day)
                  && moment_days(m.year, m.month, m.day) == day);
    }
}

static void a_digit_behind_the_ninth_is_remembered(void)
{
    struct moment m;

    CU_ASSERT_EQUAL(moment_parse(SPAN("12:00:00.1234567890"), MOMENT_TIME, NULL, &m), VALUE_OK);
    CU_ASSERT_FALSE(m.has_more_fraction);
    CU_ASSERT_EQUAL(moment_parse(SPAN("12:00:00.1234567891"), MOMENT_TIME, NULL, &m), VALUE_OK);
    CU_ASSERT_TRUE(m.has_more_fraction);
}

static void today_is_a_day(void)
{
    struct moment m = { .has_date = false };

    moment_today(&m, NULL);
    CU_ASSERT_TRUE(m.has_date && m.year >= 2024 && moment_is_day(m.year, m.month, m.day));
}

static const struct unit_test tests[] = {
    { "texts are read or refused", texts_are_read_or_refused },
    { "days and dates are each other's inverse", days_and_dates_are_each_others_inverse },
    { "a digit behind the ninth is remembered", a_digit_behind_the_ninth_is_remembered },
    { "today is a day", today_is_a_day },
};

UNIT_MAIN("value/moment", tests)
