/* Literals: the calendar, the clock, identifiers, intervals. */
#include "sql_help.h"

static void days_are_those_of_the_calendar(void)
{
    static const unsigned char lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    static const int years[] = { 1, 1900, 2000, 2023, 2024, 9999 };
    char given[64], want[64];

    for (size_t y = 0; y < sizeof(years) / sizeof(years[0]); y++) {
        bool is_leap = (years[y] % 4 == 0 && years[y] % 100 != 0) || years[y] % 400 == 0;

        for (unsigned m = 0; m <= 13; m++) {
            for (unsigned d = 0; d <= 32; d++) {
                bool is_day = m >= 1 && m <= 12 && d >= 1 &&
                              d <= lengths[m - 1] + (m == 2 && is_leap ? 1u : 0u);

                snprintf(given, sizeof(given), "{d '%04d-%02u-%02u'}", years[y], m, d);
                snprintf(want, sizeof(want), "DATE '%04d-%02u-%02u'", years[y], m, d);
                CU_ASSERT(translates_to(given, is_day ? want : NULL));
            }
        }
    }
    CU_ASSERT(translates_to("{d '0000-01-01'}", NULL));
}

static const struct {
    const char *given, *expect;
} cases[] = {
    { "{t '00:00:00'}", "TIME '00:00:00'" },
    { "{t '23:59:59.999999999'}", "TIME '23:59:59.999999999'" },
    { "{t '23:59:59.9999999999'}", NULL },
    { "{t '23:59:60'}", NULL },
    { "{t '1:2:3'}", NULL },
    { "{t ' 10:00:00'}", NULL },
    { "{t '10:00:00 '}", NULL },
    { "{t '10:00:00.x'}", NULL },
    { "{TS '2024-02-29 00:00:00.1'}", "TIMESTAMP '2024-02-29 00:00:00.1'" },
    { "{ts '2023-02-29 00:00:00'}", NULL },
    { "{ts '2024-02-29  00:00:00'}", NULL },
    { "{ ts /* x */ '2024-02-29 00:00:00' -- y\n }", "TIMESTAMP '2024-02-29 00:00:00'" },
    { "{guid '12151FD2-7586-11E9-8F9E-2A86E4085A59'}",
      "UUID '12151FD2-7586-11E9-8F9E-2A86E4085A59'" },
    { "{guid '12151fd2-7586-11e9-8f9e-2a86e4085a5g'}", NULL },
    { "{guid ''}", NULL },
    { "{escape '!'}", "ESCAPE '!'" },
    { "{escape 'é'}", "ESCAPE 'é'" },
    { "{escape ''''}", "ESCAPE ''''" },
    { "{escape ''}", NULL },
    { "{escape 'ab'}", NULL },
    { "{d '2024-01-01' '2024-01-01'}", NULL },
    { "{d '2024-01-01'", NULL },
    { "{d '2024-01-01}", NULL },
    { "{d \"2024-01-01\"}", NULL },
    { "{d}", NULL },
    { "{interval '5' day}", "INTERVAL '5' DAY" },
    { "{INTERVAL +'5' DAY}", "INTERVAL '5' DAY" },
    { "{interval '-5' DAY}", "INTERVAL -'5' DAY" },
    { "{interval -'+5' DAY}", "INTERVAL -'5' DAY" },
    { "{interval '5.25' SECOND(2, 3)}", "INTERVAL '5.25' SECOND" },
    { "{interval '5.' SECOND}", NULL },
    { "{interval '5.5' MINUTE}", NULL },
    { "{interval '3 23' DAY TO HOUR}", "INTERVAL '3 23' DAY TO HOUR" },
    { "{interval '3 24' DAY TO HOUR}", NULL },
    { "{interval '23:59:59' HOUR TO SECOND(0)}", "INTERVAL '23:59:59' HOUR TO SECOND" },
    { "{interval '100:00' MINUTE TO SECOND}", "INTERVAL '100:00' MINUTE TO SECOND" },
    { "{interval '1:' MINUTE TO SECOND}", NULL },
    { "{interval '1' DAY TO YEAR}", NULL },
    { "{interval '1' SECOND TO SECOND}", NULL },
    { "{interval '1'}", NULL },
    { "{interval 1 DAY}", NULL },
    { "{interval '' DAY}", NULL },
    { "{interval '1' DAY(}", NULL },
    { "{interval '1' DAY(x)}", NULL },
    { "{interval '9999999999' DAY}", NULL },
};

static void literals_are_checked_before_they_are_sent(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CU_ASSERT(translates_to(cases[i].given, cases[i].expect));
    }
}

static const struct unit_test tests[] = {
    { "days are those of the calendar", days_are_those_of_the_calendar },
    { "literals are checked before they are sent", literals_are_checked_before_they_are_sent },
};
UNIT_MAIN("sql escape_literal", tests)
