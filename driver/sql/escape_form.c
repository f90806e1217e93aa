/* Forms that depend on an argument: the digits of TRUNCATE, the unit of a time span, the type of
   CONVERT. */
#include "sql/escape.h"

#include <stdio.h>

#include "base/number.h"

enum { TRUNCATE_DIGITS_MAX = 15 };

/* TRUNCATE(a, n). The divisor is a decimal with as many fraction digits as the result needs: a
   decimal divided by it keeps the larger scale, and a double is divided as a double. (A bare 100.00
   would be a double in Athena.) */
static bool form_truncate(const struct arguments *a, char form[FORM_ROOM], struct fault *f)
{
    char power[TRUNCATE_DIGITS_MAX + 2] = "";
    const char *zeroes = power + 1;
    int64_t n;

    (void)f;
    if (!number_parse_i64(a->at[1], &n) || n > TRUNCATE_DIGITS_MAX || n < -TRUNCATE_DIGITS_MAX) {
        snprintf(form, FORM_ROOM, "(truncate(($1) * power(10, $2)) / power(10, $2))");
        return true;
    }
    snprintf(power, sizeof(power), "%.*s", (int)(n < 0 ? -n : n) + 1, "1000000000000000");
    if (n == 0) {
        snprintf(form, FORM_ROOM, "truncate($1)");
    } else if (n > 0) {
        snprintf(form, FORM_ROOM, "(truncate(($1) * %s) / DECIMAL '%s.%s')", power, power, zeroes);
    } else {
        snprintf(form, FORM_ROOM, "(truncate(truncate($1) / DECIMAL '%s.%s') * %s)", power, zeroes,
                 power);
    }
    return true;
}

static const struct {
    const char *name, *unit;
    bool is_below_day;
} units[] = {
    { "SQL_TSI_FRAC_SECOND", "millisecond", true },
    { "SQL_TSI_SECOND", "second", true },
    { "SQL_TSI_MINUTE", "minute", true },
    { "SQL_TSI_HOUR", "hour", true },
    { "SQL_TSI_DAY", "day", false },
    { "SQL_TSI_WEEK", "week", false },
    { "SQL_TSI_MONTH", "month", false },
    { "SQL_TSI_QUARTER", "quarter", false },
    { "SQL_TSI_YEAR", "year", false },
};

static bool find_unit(const struct arguments *a, size_t *index, struct fault *f)
{
    for (*index = 0; *index < sizeof(units) / sizeof(units[0]); ++*index) {
        if (span_equal_nocase(a->at[0], span_of(units[*index].name))) {
            return true;
        }
    }
    return fault_set(
        f, FAULT_SYNTAX, "{fn %.*s} wants an interval such as SQL_TSI_DAY first, not \"%.*s\"",
        (int)a->name.len, a->name.at, (int)(a->at[0].len < 40 ? a->at[0].len : 40), a->at[0].at);
}

/* CAST(... AS date), nothing behind it. */
static bool ends_as_date(struct span argument)
{
    struct lexer l = { .text = argument };
    struct token last[3] = { { .kind = TOKEN_END } }, t;

    while ((t = lexer_next_word(&l)).kind != TOKEN_END) {
        last[0] = last[1];
        last[1] = last[2];
        last[2] = t;
    }
    return token_is_word(&last[0], "AS") && token_is_word(&last[1], "date") &&
           token_is_sign(&last[2], ')');
}

/* Whether an argument can be seen to be a date: the engine takes no hours from a date. */
static bool is_date(struct span argument)
{
    struct lexer l = { .text = argument };
    struct token first = lexer_next_word(&l), second = lexer_next_word(&l),
                 third = lexer_next_word(&l);

    if (token_is_word(&first, "current_date")) {
        return second.kind == TOKEN_END;
    }
    if (token_is_word(&first, "DATE") && second.kind == TOKEN_TEXT) {
        return third.kind == TOKEN_END;
    }
    return token_is_word(&first, "CAST") && ends_as_date(argument);
}

static bool form_timestampadd(const struct arguments *a, char form[FORM_ROOM], struct fault *f)
{
    size_t unit;

    if (!find_unit(a, &unit, f)) {
        return false;
    }
    const char *base =
        units[unit].is_below_day && is_date(a->at[2]) ? "CAST($3 AS timestamp)" : "$3";

    if (unit == 0) {
        snprintf(form, FORM_ROOM, "date_add('millisecond', CAST(round(($2) / 1e6) AS bigint), %s)",
                 base);
    } else {
        snprintf(form, FORM_ROOM, "date_add('%s', $2, %s)", units[unit].unit, base);
    }
    return true;
}

static bool form_timestampdiff(const struct arguments *a, char form[FORM_ROOM], struct fault *f)
{
    size_t unit;

    if (!find_unit(a, &unit, f)) {
        return false;
    }
    bool is_below_day = units[unit].is_below_day;

    snprintf(form, FORM_ROOM,
             unit == 0 ? "(date_diff('%s', %s, %s) * 1000000)" : "date_diff('%s', %s, %s)",
             units[unit].unit, is_below_day && is_date(a->at[1]) ? "CAST($2 AS timestamp)" : "$2",
             is_below_day && is_date(a->at[2]) ? "CAST($3 AS timestamp)" : "$3");
    return true;
}

/* NULL: the engine has nothing of the kind. */
static const struct {
    const char *name, *type;
} types[] = {
    { "SQL_BIGINT", "bigint" },
    { "SQL_BINARY", "varbinary" },
    { "SQL_BIT", "boolean" },
    { "SQL_CHAR", "varchar" },
    { "SQL_DATE", "date" },
    { "SQL_DECIMAL", "decimal(38,10)" },
    { "SQL_DOUBLE", "double" },
    { "SQL_FLOAT", "double" },
    { "SQL_GUID", "uuid" },
    { "SQL_INTEGER", "integer" },
    { "SQL_INTERVAL_DAY", NULL },
    { "SQL_INTERVAL_DAY_TO_HOUR", NULL },
    { "SQL_INTERVAL_DAY_TO_MINUTE", NULL },
    { "SQL_INTERVAL_DAY_TO_SECOND", NULL },
    { "SQL_INTERVAL_HOUR", NULL },
    { "SQL_INTERVAL_HOUR_TO_MINUTE", NULL },
    { "SQL_INTERVAL_HOUR_TO_SECOND", NULL },
    { "SQL_INTERVAL_MINUTE", NULL },
    { "SQL_INTERVAL_MINUTE_TO_SECOND", NULL },
    { "SQL_INTERVAL_MONTH", NULL },
    { "SQL_INTERVAL_SECOND", NULL },
    { "SQL_INTERVAL_YEAR", NULL },
    { "SQL_INTERVAL_YEAR_TO_MONTH", NULL },
    { "SQL_LONGVARBINARY", "varbinary" },
    { "SQL_LONGVARCHAR", "varchar" },
    { "SQL_NUMERIC", "decimal(38,10)" },
    { "SQL_REAL", "real" },
    { "SQL_SMALLINT", "smallint" },
    { "SQL_TIME", "time" },
    { "SQL_TIMESTAMP", "timestamp" },
    { "SQL_TINYINT", "tinyint" },
    { "SQL_TYPE_DATE", "date" },
    { "SQL_TYPE_TIME", "time" },
    { "SQL_TYPE_TIMESTAMP", "timestamp" },
    { "SQL_VARBINARY", "varbinary" },
    { "SQL_VARCHAR", "varchar" },
    { "SQL_WCHAR", "varchar" },
    { "SQL_WLONGVARCHAR", "varchar" },
    { "SQL_WVARCHAR", "varchar" },
};

/* A bare char would be one character long, a bare decimal would drop the fraction. */
static bool form_convert(const struct arguments *a, char form[FORM_ROOM], struct fault *f)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (!span_equal_nocase(a->at[1], span_of(types[i].name))) {
            continue;
        }
        if (types[i].type == NULL) {
            return fault_set(f, FAULT_UNSUPPORTED,
                             "{fn CONVERT} to %s: Athena has no cast to an interval",
                             types[i].name);
        }
        snprintf(form, FORM_ROOM, "CAST($1 AS %s)", types[i].type);
        return true;
    }
    return fault_set(
        f, FAULT_SYNTAX,
        "{fn CONVERT} wants a type name of ODBC such as SQL_VARCHAR last, not \"%.*s\"",
        (int)(a->at[1].len < 60 ? a->at[1].len : 60), a->at[1].at);
}

bool escape_form(struct span which, const struct arguments *a, char form[FORM_ROOM],
                 struct fault *f)
{
    static const struct {
        const char *name;
        bool (*make)(const struct arguments *a, char form[FORM_ROOM], struct fault *f);
    } forms[] = {
        { "@truncate", form_truncate },
        { "@timestampadd", form_timestampadd },
        { "@timestampdiff", form_timestampdiff },
        { "@convert", form_convert },
    };

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (span_equal(which, span_of(forms[i].name))) {
            return forms[i].make(a, form, f);
        }
    }
    span_to_c(which, form, FORM_ROOM);
    return true;
}
