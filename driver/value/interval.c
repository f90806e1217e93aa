/* Intervals: two families (months; seconds and a fraction), thirteen ODBC types that are a first
   and a last field of them. */
#include <string.h>

#include "value/waist.h"

enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, FIELDS };
enum { NANO_DIGITS = 9, FIELD_DIGITS_MAX = 18 };

static const struct {
    SQLSMALLINT type;
    SQLINTERVAL structure;
    struct interval_fields fields;
    const char *words;
} types[] = {
    { SQL_INTERVAL_YEAR,             SQL_IS_YEAR,             { YEAR, YEAR },     "YEAR" },
    { SQL_INTERVAL_MONTH,            SQL_IS_MONTH,            { MONTH, MONTH },   "MONTH" },
    { SQL_INTERVAL_DAY,              SQL_IS_DAY,              { DAY, DAY },       "DAY" },
    { SQL_INTERVAL_HOUR,             SQL_IS_HOUR,             { HOUR, HOUR },     "HOUR" },
    { SQL_INTERVAL_MINUTE,           SQL_IS_MINUTE,           { MINUTE, MINUTE }, "MINUTE" },
    { SQL_INTERVAL_SECOND,           SQL_IS_SECOND,           { SECOND, SECOND }, "SECOND" },
    { SQL_INTERVAL_YEAR_TO_MONTH,    SQL_IS_YEAR_TO_MONTH,    { YEAR, MONTH },    "YEAR TO MONTH" },
    { SQL_INTERVAL_DAY_TO_HOUR,      SQL_IS_DAY_TO_HOUR,      { DAY, HOUR },      "DAY TO HOUR" },
    { SQL_INTERVAL_DAY_TO_MINUTE,    SQL_IS_DAY_TO_MINUTE,    { DAY, MINUTE },    "DAY TO MINUTE" },
    { SQL_INTERVAL_DAY_TO_SECOND,    SQL_IS_DAY_TO_SECOND,    { DAY, SECOND },    "DAY TO SECOND" },
    { SQL_INTERVAL_HOUR_TO_MINUTE,   SQL_IS_HOUR_TO_MINUTE,   { HOUR, MINUTE },
      "HOUR TO MINUTE" },
    { SQL_INTERVAL_HOUR_TO_SECOND,   SQL_IS_HOUR_TO_SECOND,   { HOUR, SECOND },
      "HOUR TO SECOND" },
    { SQL_INTERVAL_MINUTE_TO_SECOND, SQL_IS_MINUTE_TO_SECOND, { MINUTE, SECOND },
      "MINUTE TO SECOND" },
};
enum { TYPES = sizeof(types) / sizeof(types[0]) };

/* How many of the smallest unit of its family a field is worth: months or seconds. */
static const uint64_t worth[FIELDS] = { 12, 1, 86400, 3600, 60, 1 };

bool interval_fields_of(SQLSMALLINT type, struct interval_fields *out)
{
    for (unsigned i = 0; i < TYPES; i++) {
        if (types[i].type == type) {
            *out = types[i].fields;
            return true;
        }
    }
    return false;
}

const char *interval_words(struct interval_fields fields)
{
    for (unsigned i = 0; i < TYPES; i++) {
        if (types[i].fields.first == fields.first && types[i].fields.last == fields.last) {
            return types[i].words;
        }
    }
    return "";
}

/* ---- text ---- */

static bool read_number(struct span s, size_t *at, uint64_t *out)
{
    size_t from = *at;

    *out = 0;
    for (; *at < s.len && ascii_is_digit(s.at[*at]); (*at)++) {
        if (*at - from >= FIELD_DIGITS_MAX) {
            return false;
        }
        *out = *out * 10 + (uint64_t)(s.at[*at] - '0');
    }
    return *at > from;
}

static void read_fraction(struct span s, size_t *at, struct interval *out)
{
    unsigned n = 0;

    for (; *at < s.len && ascii_is_digit(s.at[*at]); (*at)++, n++) {
        if (n < NANO_DIGITS) {
            out->nanos = out->nanos * 10 + (uint32_t)(s.at[*at] - '0');
        } else {
            out->has_more_fraction |= s.at[*at] != '0';
        }
    }
    for (; n < NANO_DIGITS; n++) {
        out->nanos *= 10;
    }
}

static bool add_field(struct interval *out, unsigned field, uint64_t value)
{
    uint64_t *sum = field <= MONTH ? &out->months : &out->seconds;
    uint64_t product = 0;

    return !__builtin_mul_overflow(value, worth[field], &product)
        && !__builtin_add_overflow(*sum, product, sum);
}

/* Largest values that a field may have behind another one. */
static bool field_is_sane(unsigned field, uint64_t value)
{
    static const uint64_t most[FIELDS] = { UINT64_MAX, 11, UINT64_MAX, 23, 59, 59 };
    return value <= most[field];
}

/* Reads "a-b", "a b:c:d.e" and the shorter forms from a first field on. */
static bool read_fields(struct span s, unsigned field, struct interval *out)
{
    size_t at = 0;

    for (bool is_leading = true;; is_leading = false) {
        uint64_t value = 0;
        if (!read_number(s, &at, &value) || (!is_leading && !field_is_sane(field, value))
            || !add_field(out, field, value)) {
            return false;
        }
        if (field == SECOND && at < s.len && s.at[at] == '.') {
            at++;
            read_fraction(s, &at, out);
        }
        if (at == s.len) {
            return true;
        }
        static const char separators[FIELDS] = { [YEAR] = '-', [DAY] = ' ', [HOUR] = ':',
                                                 [MINUTE] = ':' };
        if (separators[field] == '\0' || s.at[at] != separators[field]) {
            return false;
        }
        at++;
        field++;
    }
}

/* Where the text begins: "a-b" with years, "a b..." with days, "a:b:c" with hours, "a:b" and "a"
   where the type begins. */
static unsigned first_field(struct span s, struct interval_fields fields)
{
    size_t colon = span_find_byte(s, ':');

    if (fields.first <= MONTH) {
        return span_find_byte(s, '-') < s.len ? YEAR : fields.first;
    }
    if (span_find_byte(s, ' ') < s.len) {
        return DAY;
    }
    if (colon == s.len) {
        return span_find_byte(s, '.') < s.len ? SECOND : fields.first;
    }
    if (span_find_byte(span_from(s, colon + 1), ':') < s.len - colon - 1) {
        return HOUR;
    }
    return fields.first == MINUTE || fields.first == SECOND || span_find_byte(s, '.') < s.len
        ? MINUTE : HOUR;
}

/* INTERVAL [sign] 'text' words: cuts the text out and finds the fields of the words. */
static bool unwrap(struct span *s, bool *is_negative, struct interval_fields *fields)
{
    struct span rest = span_trim(span_from(*s, strlen("INTERVAL")));

    if (rest.len > 0 && (rest.at[0] == '-' || rest.at[0] == '+')) {
        *is_negative = rest.at[0] == '-';
        rest = span_trim(span_from(rest, 1));
    }
    if (rest.len < 2 || rest.at[0] != '\'') {
        return false;
    }
    rest = span_from(rest, 1);
    size_t quote = span_find_byte(rest, '\'');
    if (quote == rest.len) {
        return false;
    }
    *s = span_part(rest, 0, quote);
    struct span words = span_trim(span_from(rest, quote + 1));
    for (unsigned i = 0; i < TYPES; i++) {
        if (span_equal_nocase(words, span_of(types[i].words))) {
            *fields = types[i].fields;
            return true;
        }
    }
    return false;
}

bool interval_parse(struct span s, struct interval_fields fields, struct interval *out)
{
    struct interval i = { .is_year_month = fields.first <= MONTH };
    bool is_negative = false;

    s = span_trim(s);
    if (span_starts_nocase(s, SPAN("INTERVAL")) && !unwrap(&s, &is_negative, &fields)) {
        return false;
    }
    if ((fields.first <= MONTH) != i.is_year_month) {
        return false;
    }
    s = span_trim(s);
    if (s.len > 0 && (s.at[0] == '-' || s.at[0] == '+')) {
        is_negative ^= s.at[0] == '-';
        s = span_from(s, 1);
    }
    if (s.len == 0 || !read_fields(s, first_field(s, fields), &i)) {
        return false;
    }
    i.is_negative = is_negative;
    *out = i;
    return true;
}

/* ---- fields out of a sum ---- */

static uint32_t power_of_ten(int n)
{
    uint32_t power = 1;

    for (int i = 0; i < n; i++) {
        power *= 10;
    }
    return power;
}

/* The fields from first to last; *lost when something below the last one is not zero. */
static void split(const struct interval *i, struct interval_fields fields, uint64_t value[FIELDS],
                  bool *lost)
{
    uint64_t rest = i->is_year_month ? i->months : i->seconds;

    memset(value, 0, FIELDS * sizeof(*value));
    for (unsigned field = fields.first; field <= fields.last; field++) {
        value[field] = rest / worth[field];
        rest %= worth[field];
    }
    *lost = rest != 0 || (fields.last != SECOND && (i->nanos != 0 || i->has_more_fraction));
}

enum value_outcome interval_put(const struct interval *i, SQLSMALLINT c_type, int leading,
                                int seconds_precision,
                                SQL_INTERVAL_STRUCT *out)
{
    struct interval_fields fields = { 0, 0 };
    uint64_t value[FIELDS];
    bool lost = false;

    if (!interval_fields_of(c_type, &fields) || (fields.first <= MONTH) != i->is_year_month) {
        return VALUE_ILLEGAL_PAIR;
    }
    split(i, fields, value, &lost);
    int digits = leading < 1 ? 1 : leading > NANO_DIGITS ? NANO_DIGITS : leading;
    if (value[fields.first] >= power_of_ten(digits)) {
        return VALUE_INTERVAL_OVERFLOW;
    }
    memset(out, 0, sizeof(*out));
    for (unsigned t = 0; t < TYPES; t++) {
        out->interval_type = types[t].type == c_type ? types[t].structure : out->interval_type;
    }
    out->interval_sign = i->is_negative ? SQL_TRUE : SQL_FALSE;
    if (i->is_year_month) {
        out->intval.year_month.year = (SQLUINTEGER)value[YEAR];
        out->intval.year_month.month = (SQLUINTEGER)value[MONTH];
        return lost ? VALUE_FRACTION_LOST : VALUE_OK;
    }
    out->intval.day_second.day = (SQLUINTEGER)value[DAY];
    out->intval.day_second.hour = (SQLUINTEGER)value[HOUR];
    out->intval.day_second.minute = (SQLUINTEGER)value[MINUTE];
    out->intval.day_second.second = (SQLUINTEGER)value[SECOND];
    if (fields.last == SECOND) {
        int n = seconds_precision < 0 ? 0 : seconds_precision > NANO_DIGITS ? NANO_DIGITS
            : seconds_precision;
        uint32_t unit = power_of_ten(NANO_DIGITS - n);
        out->intval.day_second.fraction = i->nanos / unit;
        lost |= i->nanos % unit != 0 || i->has_more_fraction;
    }
    return lost ? VALUE_FRACTION_LOST : VALUE_OK;
}

bool interval_take(const SQL_INTERVAL_STRUCT *s, SQLSMALLINT c_type, int seconds_precision,
                   struct interval *out)
{
    struct interval_fields fields = { 0, 0 };
    const SQL_DAY_SECOND_STRUCT *d = &s->intval.day_second;
    const SQL_YEAR_MONTH_STRUCT *y = &s->intval.year_month;

    if (!interval_fields_of(c_type, &fields)) {
        return false;
    }
    struct interval i = { .is_negative = s->interval_sign == SQL_TRUE,
                          .is_year_month = fields.first <= MONTH };
    const uint64_t value[FIELDS] = { y->year, y->month, d->day, d->hour, d->minute, d->second };
    for (unsigned field = fields.first; field <= fields.last; field++) {
        if ((field != fields.first && !field_is_sane(field, value[field]))
            || !add_field(&i, field, value[field])) {
            return false;
        }
    }
    if (fields.last == SECOND) {
        int n = seconds_precision < 0 ? 0 : seconds_precision > NANO_DIGITS ? NANO_DIGITS
            : seconds_precision;
        if (d->fraction >= power_of_ten(n) && d->fraction != 0) {
            return false;
        }
        i.nanos = d->fraction * power_of_ten(NANO_DIGITS - n);
    }
    *out = i;
    return true;
}

enum value_outcome interval_of_exact(const struct exact *e, struct interval_fields fields,
                                     struct interval *out)
{
    bool lost = false;

    if (fields.first != fields.last || e->is_over) {
        return VALUE_INTERVAL_OVERFLOW;
    }
    uint128 whole = exact_whole(e, &lost);
    struct interval i = { .is_negative = e->is_negative, .is_year_month = fields.first <= MONTH };
    if (whole > UINT32_MAX || !add_field(&i, fields.first, (uint64_t)whole)) {
        return VALUE_INTERVAL_OVERFLOW;
    }
    if (fields.first == SECOND) {
        uint128 nanos = 0;
        struct exact fraction =
            { .magnitude = e->magnitude - whole * exact_power((unsigned)e->scale),
              .scale = e->scale,
                                  .is_cut = e->is_cut };
        if (!exact_rescale(&fraction, NANO_DIGITS, NANO_DIGITS, &nanos, &lost)) {
            return VALUE_INTERVAL_OVERFLOW;
        }
        i.nanos = (uint32_t)nanos;
    }
    *out = i;
    return lost ? VALUE_FRACTION_LOST : VALUE_OK;
}

/* ---- text again ---- */

static unsigned print_number(uint64_t value, unsigned width, char *to)
{
    char digits[24];
    unsigned n = 0;

    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0 || n < width);
    for (unsigned i = 0; i < n; i++) {
        to[i] = digits[n - 1 - i];
    }
    return n;
}

unsigned interval_print(const struct interval *i, struct interval_fields fields,
                        unsigned n_fraction, char *to, bool *lost)
{
    static const char before[FIELDS] = { [MONTH] = '-', [HOUR] = ' ', [MINUTE] = ':',
                                         [SECOND] = ':' };
    uint64_t value[FIELDS];
    unsigned at = 0;

    split(i, fields, value, lost);
    for (unsigned field = fields.first; field <= fields.last; field++) {
        if (field != fields.first) {
            to[at++] = before[field];
        }
        at += print_number(value[field], field == fields.first || field == MONTH ? 1 : 2, to + at);
    }
    if (fields.last == SECOND && n_fraction > 0) {
        to[at++] = '.';
        print_number(i->nanos, NANO_DIGITS, to + at);
        at += n_fraction > NANO_DIGITS ? NANO_DIGITS : n_fraction;
    }
    to[at] = '\0';
    return at;
}
