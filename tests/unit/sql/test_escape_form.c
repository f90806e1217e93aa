/* Forms that depend on an argument. */
#include "sql/escape.h"
#include "unit/unit.h"

static const struct {
    const char *which, *first, *second, *third, *form;
} cases[] = {
    { "@truncate", "x", "0", NULL, "truncate($1)" },
    { "@truncate", "x", "3", NULL, "(truncate(($1) * 1000) / DECIMAL '1000.000')" },
    { "@truncate", "x", "15", NULL,
      "(truncate(($1) * 1000000000000000) / DECIMAL '1000000000000000.000000000000000')" },
    { "@truncate", "x", "16", NULL, "(truncate(($1) * power(10, $2)) / power(10, $2))" },
    { "@truncate", "x", "-1", NULL, "(truncate(truncate($1) / DECIMAL '10.0') * 10)" },
    { "@truncate", "x", "n", NULL, "(truncate(($1) * power(10, $2)) / power(10, $2))" },
    { "@timestampadd", "SQL_TSI_DAY", "1", "current_date", "date_add('day', $2, $3)" },
    { "@timestampadd", "sql_tsi_hour", "1", "current_date",
      "date_add('hour', $2, CAST($3 AS timestamp))" },
    { "@timestampadd", "SQL_TSI_HOUR", "1", "DATE '2024-01-01'",
      "date_add('hour', $2, CAST($3 AS timestamp))" },
    { "@timestampadd", "SQL_TSI_HOUR", "1", "CAST(f(x) AS DATE)",
      "date_add('hour', $2, CAST($3 AS timestamp))" },
    { "@timestampadd", "SQL_TSI_HOUR", "1", "CAST(x AS timestamp)", "date_add('hour', $2, $3)" },
    { "@timestampadd", "SQL_TSI_HOUR", "1", "x", "date_add('hour', $2, $3)" },
    { "@timestampadd", "HOUR", "1", "x", NULL },
    { "@timestampdiff", "SQL_TSI_MINUTE", "DATE '2024-01-01'", "x",
      "date_diff('minute', CAST($2 AS timestamp), $3)" },
    { "@timestampdiff", "SQL_TSI_YEAR", "DATE '2024-01-01'", "x", "date_diff('year', $2, $3)" },
    { "@timestampdiff", "SQL_TSI_FRAC_SECOND", "x", "y",
      "(date_diff('millisecond', $2, $3) * 1000000)" },
    { "@convert", "x", "sql_varchar", NULL, "CAST($1 AS varchar)" },
    { "@convert", "x", "SQL_DECIMAL", NULL, "CAST($1 AS decimal(38,10))" },
    { "@convert", "x", "SQL_INTERVAL_DAY", NULL, NULL },
    { "@convert", "x", "varchar", NULL, NULL },
    { "lower($1)", "x", NULL, NULL, "lower($1)" },
};

static void arguments_choose_the_form(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arguments a = { .name = SPAN("F"),
                               .n = 3,
                               .at = { span_of(cases[i].first), span_of(cases[i].second),
                                       span_of(cases[i].third) } };
        struct fault f = { .kind = FAULT_NONE };
        char form[FORM_ROOM] = "";
        bool ok = escape_form(span_of(cases[i].which), &a, form, &f);

        CU_ASSERT_EQUAL(ok, cases[i].form != NULL);
        if (ok && cases[i].form != NULL) {
            CU_ASSERT_STRING_EQUAL(form, cases[i].form);
        }
    }
}

static const struct unit_test tests[] = {
    { "arguments choose the form", arguments_choose_the_form },
};
UNIT_MAIN("sql escape_form", tests)
