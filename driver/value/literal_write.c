/* The literals themselves, one writer an SQL type. What the standard's pages "C to SQL" refuse is
   refused here. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "value/literal.h"

enum { NANO_DIGITS = 9, STAMP_WITHOUT_FRACTION = 19, MILLISECOND_NANOS = 1000000 };

/* word 'text', quotes doubled; without a word only the quoted text. */
static bool put_quoted(struct buf *out, const char *word, struct span text, struct fault *f)
{
    struct span rest = text;

    if (word[0] != '\0' && !(buf_add(out, span_of(word), f) && buf_add_byte(out, ' ', f))) {
        return false;
    }
    if (!buf_add_byte(out, '\'', f)) {
        return false;
    }
    while (rest.len > 0) {
        size_t quote = span_find_byte(rest, '\'');
        if (!buf_add(out, span_part(rest, 0, quote), f)) {
            return false;
        }
        if (quote < rest.len && !buf_add(out, SPAN("''"), f)) {
            return false;
        }
        rest = span_from(rest, quote < rest.len ? quote + 1 : quote);
    }
    return buf_add_byte(out, '\'', f);
}

/* Nothing is written; the outcome says why. */
static bool refuse(enum value_outcome *outcome, enum value_outcome why)
{
    *outcome = why;
    return true;
}

/* Characters, not bytes: that is what Athena's varchar(n) counts. */
static bool is_longer(struct span text, SQLULEN column_size)
{
    return column_size > 0 && text.len > column_size && utf8_count(text) > column_size;
}

bool write_text(const struct value_parameter *p, const struct target_row *row,
                const struct taken *t, struct buf *out,
                enum value_outcome *outcome, struct fault *f)
{
    char small[LITERAL_TEXT_SMALL];
    bool has_fields = t->source == SOURCE_DATE || t->source == SOURCE_TIME
        || t->source == SOURCE_TIMESTAMP;

    if (has_fields && !(t->has_valid_date && t->has_valid_time)) {
        return refuse(outcome, VALUE_DATETIME_OVERFLOW);
    }
    if (t->source == SOURCE_INTERVAL && !t->is_valid) {
        return refuse(outcome, VALUE_INTERVAL_OVERFLOW);
    }
    if (t->source == SOURCE_BINARY && !utf8_is_valid(t->text)) {
        return refuse(outcome, VALUE_BAD_TEXT);
    }
    struct span text = parameter_text(t, small);
    if (is_longer(text, p->column_size)) {
        return refuse(outcome, VALUE_TRUNCATED);
    }
    return put_quoted(out, row->word, text, f);
}

/* Fractions fall away from numbers with a warning, from text not at all ("C to SQL: Character",
   exact numerics). */
static enum value_outcome whole_digits(const struct taken *t)
{
    return t->source == SOURCE_TEXT ? VALUE_TRUNCATED : VALUE_RANGE;
}

static bool write_integer(const struct target_row *row, const struct taken *t,
                          const struct exact *e, struct buf *out,
                          enum value_outcome *outcome, struct fault *f)
{
    char text[48];
    bool lost = false;
    uint128 whole = exact_whole(e, &lost);
    uint128 most = ((uint128)1 << (row->bits - 1)) - 1 + e->is_negative;

    if (e->is_over || whole > most) {
        return refuse(outcome, whole_digits(t));
    }
    if (lost && t->source == SOURCE_TEXT) {
        return refuse(outcome, VALUE_TRUNCATED);
    }
    struct exact rounded = { .magnitude = whole, .is_negative = e->is_negative };
    struct span digits = { text, exact_print(&rounded, text) };
    *outcome = lost ? VALUE_FRACTION_LOST : VALUE_OK;
    return row->word[0] == '\0' ? buf_add(out, digits, f) : put_quoted(out, row->word, digits, f);
}

bool write_exact(const struct value_parameter *p, const struct target_row *row,
                 const struct taken *t, struct buf *out,
                 enum value_outcome *outcome, struct fault *f)
{
    char text[48];
    struct exact e;
    bool lost = false;
    uint128 magnitude = 0;

    *outcome = parameter_exact(t, &e);
    if (*outcome != VALUE_OK) {
        return true;
    }
    if (row->bits > 0) {
        return write_integer(row, t, &e, out, outcome, f);
    }
    unsigned precision = p->column_size > 0 && p->column_size < EXACT_DIGITS
        ? (unsigned)p->column_size : EXACT_DIGITS;
    int scale = p->column_size > 0 ? p->decimal_digits : e.scale;
    if (scale < 0 || !exact_rescale(&e, precision, scale, &magnitude, &lost)) {
        return refuse(outcome, whole_digits(t));
    }
    if (lost && t->source == SOURCE_TEXT) {
        return refuse(outcome, VALUE_TRUNCATED);
    }
    struct exact fitted = { .magnitude = magnitude, .scale = scale, .is_negative = e.is_negative };
    *outcome = lost ? VALUE_FRACTION_LOST : VALUE_OK;
    return put_quoted(out, row->word, (struct span){ text, exact_print(&fitted, text) }, f);
}

bool write_real(const struct value_parameter *p, const struct target_row *row,
                const struct taken *t, struct buf *out,
                enum value_outcome *outcome, struct fault *f)
{
    char small[LITERAL_TEXT_SMALL];
    struct exact e;
    double number = t->number;
    struct span text = span_trim(parameter_text(t, small));

    (void)p;
    if (t->source == SOURCE_TEXT && !exact_parse(text, &e)) {
        return refuse(outcome, VALUE_BAD_TEXT);
    }
    if (t->source != SOURCE_DOUBLE && (!number_parse_double(text, &number) || !isfinite(number))) {
        return refuse(outcome, VALUE_RANGE);
    }
    if (row->sql_type == SQL_REAL && isfinite(number) && !isfinite((float)number)) {
        return refuse(outcome, VALUE_RANGE);
    }
    return put_quoted(out, row->word, text, f);
}

bool write_bit(const struct value_parameter *p, const struct target_row *row, const struct taken *t,
               struct buf *out,
               enum value_outcome *outcome, struct fault *f)
{
    struct exact e;
    bool lost = false;

    (void)p;
    (void)row;
    *outcome = parameter_exact(t, &e);
    if (*outcome != VALUE_OK) {
        return true;
    }
    uint128 whole = e.is_over ? 2 : exact_whole(&e, &lost);
    if (whole >= 2 || (e.is_negative && (whole != 0 || lost))) {
        return refuse(outcome, VALUE_RANGE);
    }
    if (lost) {
        return refuse(outcome, VALUE_TRUNCATED);
    }
    return buf_add(out, whole == 1 ? SPAN("true") : SPAN("false"), f);
}

static bool put_hex(struct buf *out, struct span bytes, struct fault *f)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char byte = (unsigned char)bytes.at[i];
        if (!buf_add_byte(out, digits[byte >> 4], f) || !buf_add_byte(out, digits[byte & 15], f)) {
            return false;
        }
    }
    return true;
}

bool write_binary(const struct value_parameter *p, const struct target_row *row,
                  const struct taken *t, struct buf *out,
                  enum value_outcome *outcome, struct fault *f)
{
    size_t n_bytes = t->source == SOURCE_TEXT ? t->text.len / 2 : t->text.len;

    (void)row;
    if (t->source == SOURCE_TEXT && t->text.len % 2 != 0) {
        return refuse(outcome, VALUE_BAD_TEXT);
    }
    for (size_t i = 0; t->source == SOURCE_TEXT && i < t->text.len; i++) {
        if (hex_digit(t->text.at[i]) < 0) {
            return refuse(outcome, VALUE_BAD_TEXT);
        }
    }
    if (p->column_size > 0 && n_bytes > p->column_size) {
        return refuse(outcome, VALUE_TRUNCATED);
    }
    if (!buf_add(out, SPAN("X'"), f)) {
        return false;
    }
    bool ok = t->source == SOURCE_TEXT ? buf_add(out, t->text, f)
        : put_hex(out, t->text, f);
    return ok && buf_add_byte(out, '\'', f);
}

static bool has_fraction(const struct moment *m)
{
    return m->nanos != 0 || m->has_more_fraction;
}

static bool put_moment(const struct target_row *row, const struct moment *m, struct buf *out,
                       struct fault *f)
{
    char text[LITERAL_TEXT_SMALL];
    return put_quoted(out, row->word, (struct span){ text, moment_print(m, text) }, f);
}

bool write_date(const struct value_parameter *p, const struct target_row *row,
                const struct taken *t, struct buf *out,
                enum value_outcome *outcome, struct fault *f)
{
    struct moment m;

    (void)p;
    *outcome = parameter_moment(t, MOMENT_DATE | MOMENT_STAMP, &m);
    if (*outcome != VALUE_OK) {
        return true;
    }
    if (m.hour != 0 || m.minute != 0 || m.second != 0 || has_fraction(&m)) {
        return refuse(outcome, VALUE_DATETIME_OVERFLOW);
    }
    m.has_time = false;
    return put_moment(row, &m, out, f);
}

bool write_time(const struct value_parameter *p, const struct target_row *row,
                const struct taken *t, struct buf *out,
                enum value_outcome *outcome, struct fault *f)
{
    struct moment m;

    (void)p;
    *outcome = parameter_moment(t, MOMENT_TIME | MOMENT_STAMP, &m);
    if (*outcome != VALUE_OK) {
        return true;
    }
    if ((m.has_date && has_fraction(&m)) || m.has_more_fraction) {
        return refuse(outcome, VALUE_DATETIME_OVERFLOW);
    }
    m.has_date = false;
    return put_moment(row, &m, out, f);
}

/* Digits of the second that the parameter's declared size leaves; without a size there is no limit.
   */
static unsigned fraction_limit(const struct value_parameter *p)
{
    SQLULEN by_size = p->column_size > STAMP_WITHOUT_FRACTION + 1
        ? p->column_size - STAMP_WITHOUT_FRACTION - 1 : 0;
    SQLULEN digits = p->decimal_digits > 0 ? (SQLULEN)p->decimal_digits : 0;

    digits = digits > by_size ? digits : by_size;
    return p->column_size == 0 || digits > NANO_DIGITS ? NANO_DIGITS : (unsigned)digits;
}

bool write_timestamp(const struct value_parameter *p, const struct target_row *row,
                     const struct taken *t, struct buf *out,
                     enum value_outcome *outcome, struct fault *f)
{
    struct moment m;
    struct value_zones zones = { .next = 0 };
    uint32_t unit = 1;

    *outcome = parameter_moment(t, MOMENT_DATE | MOMENT_TIME | MOMENT_STAMP, &m);
    if (*outcome != VALUE_OK) {
        return true;
    }
    for (unsigned i = fraction_limit(p); i < NANO_DIGITS; i++) {
        unit *= 10;
    }
    if (m.nanos % unit != 0 || m.has_more_fraction) {
        return refuse(outcome, VALUE_DATETIME_OVERFLOW);
    }
    if (!m.has_date) {
        span_to_c(span_of(p->zone == NULL ? "" : p->zone), zones.shown, sizeof(zones.shown));
        moment_today(&m, &zones);
    }
    m.has_time = true;
    return put_moment(row, &m, out, f);
}

bool write_guid(const struct value_parameter *p, const struct target_row *row,
                const struct taken *t, struct buf *out,
                enum value_outcome *outcome, struct fault *f)
{
    char text[37];
    SQLGUID guid = t->guid;

    (void)p;
    if (t->source == SOURCE_TEXT && !guid_parse(span_trim(t->text), &guid)) {
        return refuse(outcome, VALUE_BAD_TEXT);
    }
    guid_print(&guid, text);
    return put_quoted(out, row->word, span_of(text), f);
}

static enum value_outcome interval_of(const struct taken *t, struct interval_fields fields,
                                      struct interval *out)
{
    struct exact e;

    if (t->source == SOURCE_TEXT) {
        return interval_parse(t->text, fields, out) ? VALUE_OK : VALUE_BAD_TEXT;
    }
    if (t->source == SOURCE_INTERVAL) {
        *out = t->interval;
        return t->is_valid ? VALUE_OK : VALUE_INTERVAL_OVERFLOW;
    }
    enum value_outcome outcome = parameter_exact(t, &e);
    outcome = outcome == VALUE_OK ? interval_of_exact(&e, fields, out) : outcome;
    return outcome == VALUE_FRACTION_LOST ? VALUE_INTERVAL_OVERFLOW : outcome;
}

/* INTERVAL -'2 10:00:00.5' DAY TO SECOND. Athena's seconds have three decimals; more are refused,
   as is every field that would be cut. */
bool write_interval(const struct value_parameter *p, const struct target_row *row,
                    const struct taken *t, struct buf *out,
                    enum value_outcome *outcome, struct fault *f)
{
    char text[LITERAL_TEXT_SMALL];
    struct interval_fields fields = { 0, 0 };
    struct interval i;
    bool lost = false;

    (void)p;
    interval_fields_of(row->sql_type, &fields);
    *outcome = interval_of(t, fields, &i);
    if (*outcome != VALUE_OK) {
        return true;
    }
    unsigned n = interval_print(&i, fields, i.nanos == 0 ? 0 : 3, text, &lost);
    if (lost || i.has_more_fraction || i.nanos % MILLISECOND_NANOS != 0) {
        return refuse(outcome, VALUE_INTERVAL_OVERFLOW);
    }
    return buf_add(out, SPAN("INTERVAL "), f) && (!i.is_negative || buf_add_byte(out, '-', f))
        && put_quoted(out, "", (struct span){ text, n }, f) && buf_add_byte(out, ' ', f)
        && buf_add(out, span_of(interval_words(fields)), f);
}
