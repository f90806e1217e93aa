/* Brings every cell to one form (whole number, bits of the double, bytes of the text) and adds it
   up together with its row number, so that a missing, doubled or swapped row shows. */
#include "judge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mix.h"

static uint64_t sum_of_text(const char *text)
{
    uint64_t sum = 0;

    for (; *text != '\0'; text++)
        sum = mix(sum ^ (unsigned char)*text);
    return sum;
}

/* An amount in hundredths; one digit or none behind the point will do. */
static bool hundredths(const char *text, int64_t *out)
{
    bool is_negative = *text == '-';
    int64_t value = 0;
    int decimals = -1;

    for (text += is_negative; *text != '\0'; text++) {
        if (*text == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (*text < '0' || *text > '9' || decimals == 2 || value > INT64_MAX / 1000)
            return false;
        value = value * 10 + (*text - '0');
        decimals += decimals >= 0;
    }
    for (decimals = decimals < 0 ? 0 : decimals; decimals < 2; decimals++)
        value *= 10;
    *out = is_negative ? -value : value;
    return true;
}

static bool value_of_numeric(const SQL_NUMERIC_STRUCT *n, int64_t *out)
{
    uint64_t value = 0;

    if (n->scale < 0 || n->scale > 2)
        return false;
    for (int i = 7; i >= 0; i--)
        value = value << 8 | n->val[i];
    for (int scale = n->scale; scale < 2; scale++)
        value *= 10;
    *out = n->sign == 1 ? (int64_t)value : -(int64_t)value;
    return true;
}

static uint64_t sum_of_day(int year, unsigned month, unsigned day)
{
    return (uint64_t)year * 10000 + month * 100 + day;
}

static uint64_t sum_of_moment(uint64_t day, unsigned hour, unsigned minute, unsigned second,
                              unsigned millis)
{
    return (((day * 100 + hour) * 100 + minute) * 100 + second) * 1000 + millis;
}

static bool moment_of_text(const char *text, uint64_t *out)
{
    int year = 0;
    unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0, millis = 0;
    char fraction[8] = "";
    int n = sscanf(text, "%4d-%2u-%2u %2u:%2u:%2u%7s", &year, &month, &day, &hour, &minute, &second,
                   fraction);

    if (n < 6)
        return false;
    unsigned weight = 100;
    for (const char *at = fraction[0] == '.' ? fraction + 1 : ""; *at != '\0'; at++, weight /= 10)
        millis += (unsigned)(*at - '0') * weight;
    *out = sum_of_moment(sum_of_day(year, month, day), hour, minute, second, millis);
    return true;
}

/* The C library is an independent judge of numbers; the locale is "C" here. */
static bool sum_of_words(char kind, const char *text, uint64_t *out)
{
    char *end = NULL;
    int64_t amount = 0;
    double number = 0;
    int year = 0;
    unsigned month = 0, day = 0;

    errno = 0;
    switch (kind) {
    case KIND_BIGINT:
    case KIND_INT:
        *out = (uint64_t)strtoll(text, &end, 10);
        return *end == '\0' && errno == 0;
    case KIND_DOUBLE:
        number = strtod(text, &end);
        memcpy(out, &number, sizeof(number));
        return *end == '\0' && errno == 0;
    case KIND_DECIMAL:
        if (!hundredths(text, &amount))
            return false;
        *out = (uint64_t)amount;
        return true;
    case KIND_DATE:
        if (sscanf(text, "%4d-%2u-%2u", &year, &month, &day) != 3)
            return false;
        *out = sum_of_day(year, month, day);
        return true;
    case KIND_MOMENT:
        return moment_of_text(text, out);
    default:
        *out = sum_of_text(text);
        return true;
    }
}

static bool sum_of_native(const struct column *c, const char *data, uint64_t *out)
{
    SQL_DATE_STRUCT date;
    SQL_TIMESTAMP_STRUCT at;
    SQL_NUMERIC_STRUCT numeric;
    SQLINTEGER small;
    int64_t amount = 0;

    switch (c->c_type) {
    case SQL_C_SLONG:
        memcpy(&small, data, sizeof(small));
        *out = (uint64_t)(int64_t)small;
        return true;
    case SQL_C_TYPE_DATE:
        memcpy(&date, data, sizeof(date));
        *out = sum_of_day(date.year, date.month, date.day);
        return true;
    case SQL_C_TYPE_TIMESTAMP:
        memcpy(&at, data, sizeof(at));
        *out = sum_of_moment(sum_of_day(at.year, at.month, at.day), at.hour, at.minute, at.second,
                             at.fraction / 1000000);
        return at.fraction % 1000000 == 0;
    case SQL_C_NUMERIC:
        memcpy(&numeric, data, sizeof(numeric));
        if (!value_of_numeric(&numeric, &amount))
            return false;
        *out = (uint64_t)amount;
        return true;
    default: /* SQL_C_SBIGINT, SQL_C_DOUBLE */
        memcpy(out, data, sizeof(*out));
        return true;
    }
}

static bool sum_of_cell(const struct column *c, SQLULEN row, uint64_t *out)
{
    char text[TEXT_ROOM] = "";
    SQLLEN length = cell_length(c, row);
    const char *data = cell_data(c, row);
    size_t unit = c->c_type == SQL_C_WCHAR ? sizeof(SQLWCHAR) : 1;

    if (length == SQL_NULL_DATA) {
        *out = 0x6E756C6Cu;
        return true;
    }
    if (c->c_type != SQL_C_CHAR && c->c_type != SQL_C_WCHAR)
        return sum_of_native(c, data, out);
    if (length < 0 || (size_t)length / unit >= TEXT_ROOM)
        return false;
    for (size_t i = 0; i < (size_t)length / unit; i++)
        text[i] = data[i * unit];
    return sum_of_words(c->kind, text, out);
}

bool judge_rows(struct judge *j, const struct table *t, SQLULEN rows)
{
    for (SQLULEN row = 0; row < rows; row++) {
        for (unsigned i = 0; i < t->n; i++) {
            uint64_t value = 0;
            if (!sum_of_cell(&t->at[i], row, &value)) {
                (void)fprintf(stderr, "fetch: row %llu, column %u: not a value of kind %c\n",
                              (unsigned long long)(j->rows + row), i + 1, t->at[i].kind);
                return false;
            }
            j->sums[i] += mix(value ^ mix(j->rows + row));
        }
    }
    j->rows += rows;
    return true;
}
