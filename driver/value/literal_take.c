/* C buffers to neutral parameters, and parameters seen as text, as number, as point in time. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "value/literal.h"

enum { SECONDS_DEFAULT = 6, NANOS_IN_SECOND = 1000000000 };

static bool take_text(const struct value_parameter *p, const struct c_type_row *c, struct taken *t,
                      enum value_outcome *outcome,
                      struct fault *f)
{
    t->source = SOURCE_TEXT;
    if (c->class == CLASS_CHAR) {
        size_t len = p->length == SQL_NTS ? strlen(p->data) : (size_t)p->length;
        t->text = (struct span){ p->data, len };
        *outcome = utf8_is_valid(t->text) ? VALUE_OK : VALUE_BAD_TEXT;
        return true;
    }
    size_t unit = p->wide_unit == WIDE_UCS4 ? 4 : 2;
    size_t n_units = p->length == SQL_NTS ? wide_length(p->data, (enum wide_unit)unit)
        : (size_t)p->length / unit;
    size_t n_replaced = 0;
    if (!utf8_from_wide(p->data, n_units, (enum wide_unit)unit, &t->owned, &n_replaced, f)) {
        return false;
    }
    t->text = buf_span(&t->owned);
    *outcome = n_replaced == 0 ? VALUE_OK : VALUE_BAD_TEXT;
    return true;
}

static void take_integer(const void *data, const struct c_type_row *c, struct taken *t)
{
    uint64_t value = 0;

    memcpy(&value, data, (size_t)c->size);
    if (c->bits > 0 && c->bits < 64 && (value >> (c->bits - 1) & 1) != 0) {
        value |= UINT64_MAX << c->bits;
    }
    t->source = SOURCE_EXACT;
    t->exact = c->bits > 0 ? exact_of_i64((int64_t)value) : exact_of_u64(value);
}

/* A negative scale stands for zeros before the point. False: does not fit into 38 digits. */
static bool take_numeric(const void *data, struct taken *t)
{
    SQL_NUMERIC_STRUCT n;
    uint128 magnitude = 0;

    memcpy(&n, data, sizeof(n));
    memcpy(&magnitude, n.val, sizeof(magnitude));
    t->source = SOURCE_EXACT;
    for (int scale = n.scale; scale < 0 && magnitude != 0; scale++) {
        if (magnitude >= exact_power(EXACT_DIGITS) / 10) {
            return false;
        }
        magnitude *= 10;
    }
    t->exact = (struct exact){ .magnitude = magnitude, .scale = n.scale > 0 ? n.scale : 0,
                               .is_negative = n.sign == 0 };
    return n.scale <= EXACT_DIGITS && magnitude < exact_power(EXACT_DIGITS);
}

static void take_real(const void *data, const struct c_type_row *c, struct taken *t)
{
    float small = 0;

    t->source = SOURCE_DOUBLE;
    t->is_float = c->concise == SQL_C_FLOAT;
    if (t->is_float) {
        memcpy(&small, data, sizeof(small));
        t->number = (double)small;
    } else {
        memcpy(&t->number, data, sizeof(t->number));
    }
}

static bool date_is_sane(int year, int month, int day)
{
    return year >= 0 && year <= 9999 && moment_is_day(year, month, day);
}

static void take_moment(const void *data, enum c_class class, struct taken *t)
{
    SQL_TIMESTAMP_STRUCT s = { .year = 0 };
    SQL_TIME_STRUCT time = { 0, 0, 0 };

    if (class == CLASS_TIME) {
        memcpy(&time, data, sizeof(time));
        s.hour = time.hour;
        s.minute = time.minute;
        s.second = time.second;
    } else {
        /* A date is the head of a timestamp. */
        memcpy(&s, data, class == CLASS_DATE ? sizeof(SQL_DATE_STRUCT) : sizeof(s));
    }
    t->source = class == CLASS_DATE ? SOURCE_DATE : class == CLASS_TIME ? SOURCE_TIME
        : SOURCE_TIMESTAMP;
    t->moment = (struct moment){ .year = s.year, .month = s.month, .day = s.day, .hour = s.hour,
                                 .minute = s.minute,
                                 .second = s.second, .nanos = s.fraction,
                                 .has_date = class != CLASS_TIME,
                                 .has_time = class != CLASS_DATE };
    for (unsigned digits = 9, nanos = s.fraction; nanos != 0; nanos /= 10, digits--) {
        if (nanos % 10 != 0) {
            t->moment.n_fraction = digits;
            break;
        }
    }
    t->has_valid_time = s.hour <= 23 && s.minute <= 59 && s.second <= 59
        && s.fraction < NANOS_IN_SECOND;
    t->has_valid_date = class == CLASS_TIME || date_is_sane(s.year, s.month, s.day);
}

static void take_interval(const struct value_parameter *p, const struct c_type_row *c,
                          struct taken *t)
{
    SQL_INTERVAL_STRUCT s;
    int seconds = p->numeric_precision > 0 ? p->numeric_precision : SECONDS_DEFAULT;

    memcpy(&s, p->data, sizeof(s));
    t->source = SOURCE_INTERVAL;
    t->is_valid = interval_take(&s, c->concise, seconds, &t->interval);
}

bool parameter_take(const struct value_parameter *p, const struct c_type_row *c, struct taken *out,
                    enum value_outcome *outcome,
                    struct fault *f)
{
    *outcome = VALUE_OK;
    *out = (struct taken){ .c_type = c->concise };
    switch (c->class) {
    case CLASS_CHAR:
    case CLASS_WCHAR:
        if (p->length < 0 && p->length != SQL_NTS) {
            *outcome = VALUE_ILLEGAL_PAIR;
            return true;
        }
        return take_text(p, c, out, outcome, f);
    case CLASS_BINARY:
        out->source = SOURCE_BINARY;
        out->text = (struct span){ p->data, p->length < 0 ? strlen(p->data) : (size_t)p->length };
        return true;
    case CLASS_BIT:
        out->source = SOURCE_BIT;
        out->exact = exact_of_u64(*(const unsigned char *)p->data != 0);
        return true;
    case CLASS_INTEGER:
        take_integer(p->data, c, out);
        return true;
    case CLASS_NUMERIC:
        *outcome = take_numeric(p->data, out) ? VALUE_OK : VALUE_RANGE;
        return true;
    case CLASS_REAL:
        take_real(p->data, c, out);
        return true;
    case CLASS_GUID:
        out->source = SOURCE_GUID;
        memcpy(&out->guid, p->data, sizeof(out->guid));
        return true;
    case CLASS_YEAR_MONTH:
    case CLASS_DAY_TIME:
        take_interval(p, c, out);
        return true;
    default:
        take_moment(p->data, c->class, out);
        return true;
    }
}

/* A float printed as double shows digits it never had: the shortest decimal that is the same float
   is looked for. */
static double shortest_of_float(double number)
{
    enum { DIGITS_FIRST = 6, DIGITS_LAST = 9 };

    for (int digits = DIGITS_FIRST; digits <= DIGITS_LAST && isfinite(number); digits++) {
        char text[40];
        double candidate = 0;
        int len = snprintf(text, sizeof(text), "%.*e", digits - 1, number);
        for (int i = 0; i < len; i++) {
            text[i] = text[i] == ',' ? '.' : text[i]; /* the host process may have a locale */
        }
        if (number_parse_double(span_of(text), &candidate) && (float)candidate == (float)number) {
            return candidate;
        }
    }
    return number;
}

/* With a point, as Athena prints them: 1500.0, 1.0E23. Room for LITERAL_TEXT_SMALL. */
static unsigned double_text(double number, char *to)
{
    enum { PLAIN_LOW = -5, PLAIN_HIGH = 16 };
    char digits[NUMBER_DIGITS_MAX];
    int power = 0;
    unsigned at = 0;

    if (isnan(number) || isinf(number)) {
        return number_print_double(number, to, LITERAL_TEXT_SMALL);
    }
    int n_digits = (int)number_shortest(number, digits, &power);
    bool is_plain = power >= PLAIN_LOW && power < PLAIN_HIGH;
    int whole = is_plain ? power : 0;          /* index of the last digit before the point */
    int first = whole < 0 ? whole : 0;         /* 0.00ddd begins with zeros */
    int last = n_digits - 1 > whole ? n_digits - 1 : whole + 1;
    int point = whole < 0 ? first : whole;
    if (signbit(number)) {
        to[at++] = '-';
    }
    for (int i = first; i <= last; i++) {
        to[at++] = i >= 0 && i < n_digits ? digits[i] : '0';
        if (i == point) {
            to[at++] = '.';
        }
    }
    return is_plain ? at : at + (unsigned)snprintf(to + at, 8, "E%d", power);
}

/* Digits of the second without trailing zeros. */
static unsigned fraction_digits(uint32_t nanos)
{
    unsigned digits = nanos == 0 ? 0 : 9;

    for (; digits > 0 && nanos % 10 == 0; nanos /= 10) {
        digits--;
    }
    return digits;
}

static struct span interval_text(const struct taken *t, char *small)
{
    struct interval_fields fields = { 0, 0 };
    bool lost = false;
    unsigned at = 0;

    interval_fields_of(t->c_type, &fields);
    if (t->interval.is_negative) {
        small[at++] = '-';
    }
    at += interval_print(&t->interval, fields, fraction_digits(t->interval.nanos), small + at,
                         &lost);
    return (struct span){ small, at };
}

struct span parameter_text(const struct taken *t, char *small)
{
    switch (t->source) {
    case SOURCE_EXACT:
    case SOURCE_BIT:
        return (struct span){ small, exact_print(&t->exact, small) };
    case SOURCE_DOUBLE: {
        double number = t->is_float ? shortest_of_float(t->number) : t->number;
        return (struct span){ small, double_text(number, small) };
    }
    case SOURCE_DATE:
    case SOURCE_TIME:
    case SOURCE_TIMESTAMP:
        return (struct span){ small, moment_print(&t->moment, small) };
    case SOURCE_GUID:
        guid_print(&t->guid, small);
        return (struct span){ small, 36 };
    case SOURCE_INTERVAL:
        return interval_text(t, small);
    default:
        return t->text;
    }
}

enum value_outcome parameter_exact(const struct taken *t, struct exact *out)
{
    char small[LITERAL_TEXT_SMALL];

    switch (t->source) {
    case SOURCE_EXACT:
    case SOURCE_BIT:
        *out = t->exact;
        return VALUE_OK;
    case SOURCE_INTERVAL:
        return t->is_valid && exact_parse(interval_text(t, small), out) ? VALUE_OK : VALUE_RANGE;
    case SOURCE_DOUBLE:
        return exact_parse(parameter_text(t, small), out) ? VALUE_OK : VALUE_RANGE;
    default:
        return exact_parse(span_trim(t->text), out) ? VALUE_OK : VALUE_BAD_TEXT;
    }
}

/* "{d '2024-01-31'}", "{t '...'}" and "{ts '...'}" without their clothes. */
static struct span unwrap(struct span s)
{
    s = span_trim(s);
    if (s.len < 2 || s.at[0] != '{' || s.at[s.len - 1] != '}') {
        return s;
    }
    struct span inner = span_trim(span_part(s, 1, s.len - 2));
    size_t quote = span_find_byte(inner, '\'');
    if (quote >= inner.len || inner.at[inner.len - 1] != '\'' || inner.len - quote < 2) {
        return s;
    }
    return span_part(inner, quote + 1, inner.len - quote - 2);
}

enum value_outcome parameter_moment(const struct taken *t, unsigned forms, struct moment *out)
{
    if (t->source != SOURCE_TEXT) {
        bool is_valid = ((forms & MOMENT_DATE) == 0 || t->has_valid_date)
            && ((forms & MOMENT_TIME) == 0 || t->has_valid_time);

        *out = t->moment;
        return is_valid ? VALUE_OK : VALUE_BAD_DATETIME;
    }
    return moment_parse(unwrap(t->text), forms, NULL, out) == VALUE_OK ? VALUE_OK
        : VALUE_BAD_TEXT;
}
