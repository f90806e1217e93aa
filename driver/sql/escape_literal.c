/* Escapes that become one literal: dates and times by the calendar, unique identifiers, intervals,
   the escape character of LIKE. */
#include "sql/escape.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/utf.h"

/* NULL when good, else what is wrong. */
typedef const char *(*literal_check)(struct span content);

static bool digits_at(struct span s, size_t from, size_t n, int *value)
{
    *value = 0;
    for (size_t i = from; i < from + n; i++) {
        if (i >= s.len || !ascii_is_digit(s.at[i])) {
            return false;
        }
        *value = *value * 10 + (s.at[i] - '0');
    }
    return true;
}

static const char *check_date(struct span s)
{
    int year, month, day;

    if (s.len != 10 || s.at[4] != '-' || s.at[7] != '-' || !digits_at(s, 0, 4, &year) ||
        !digits_at(s, 5, 2, &month) || !digits_at(s, 8, 2, &day)) {
        return "a date is written yyyy-mm-dd";
    }
    return year >= 1 && date_is_valid(year, month, day) ? NULL : "there is no such day";
}

static const char *check_time(struct span s)
{
    int hour, minute, second, fraction;

    if (s.len < 8 || s.at[2] != ':' || s.at[5] != ':' || !digits_at(s, 0, 2, &hour) ||
        !digits_at(s, 3, 2, &minute) || !digits_at(s, 6, 2, &second)) {
        return "a time is written hh:mm:ss";
    }
    if (s.len > 8 &&
        (s.at[8] != '.' || s.len == 9 || s.len > 18 || !digits_at(s, 9, s.len - 9, &fraction))) {
        return "a fraction of a second is a point and one to nine digits";
    }
    return hour < 24 && minute < 60 && second < 60 ? NULL : "there is no such time of day";
}

static const char *check_timestamp(struct span s)
{
    const char *broken = check_date(span_part(s, 0, 10));

    if (s.len < 19 || s.at[10] != ' ') {
        return "a timestamp is written yyyy-mm-dd hh:mm:ss";
    }
    return broken != NULL ? broken : check_time(span_from(s, 11));
}

static bool is_hex(char c)
{
    return ascii_is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
}

static const char *check_guid(struct span s)
{
    for (size_t i = 0; i < s.len; i++) {
        bool is_hyphen = i == 8 || i == 13 || i == 18 || i == 23;

        if (is_hyphen ? s.at[i] != '-' : !is_hex(s.at[i])) {
            return "a unique identifier is written xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
        }
    }
    return s.len == 36 ? NULL : "a unique identifier has 36 characters";
}

static const char *check_escape(struct span s)
{
    bool is_doubled_quote = span_equal(s, SPAN("''"));

    return utf8_count(s) == 1 || is_doubled_quote ? NULL : "an escape character is one character";
}

static const struct {
    const char *keyword, *prefix;
    literal_check check;
} literals[] = {
    { "d", "DATE ", check_date },
    { "t", "TIME ", check_time },
    { "ts", "TIMESTAMP ", check_timestamp },
    { "guid", "UUID ", check_guid },
    { "escape", "ESCAPE ", check_escape },
};

/* A field of an interval, greatest first; what its successor counts up to. */
static const struct {
    const char *name;
    int limit;
} fields[] = {
    { "YEAR", 0 },  { "MONTH", 12 },  { "DAY", 0 },
    { "HOUR", 24 }, { "MINUTE", 60 }, { "SECOND", 60 },
};

enum {
    FIELD_YEAR,
    FIELD_MONTH,
    FIELD_DAY,
    FIELD_HOUR,
    FIELD_MINUTE,
    FIELD_SECOND,
    N_FIELDS,
    FIELD_DIGITS_MAX = 9
};

static int field_of(const struct token *t)
{
    for (int i = 0; i < N_FIELDS; i++) {
        if (token_is_word(t, fields[i].name)) {
            return i;
        }
    }
    return -1;
}

/* Digits of one field and the separator before the next; false when they do not fit. */
static bool take_field(struct span *s, int field, bool is_first, bool is_last)
{
    static const char separators[N_FIELDS] = { '-', 0, ' ', ':', ':', 0 };
    size_t n = 0;
    int value;

    while (n < s->len && ascii_is_digit(s->at[n])) {
        n++;
    }
    if (n == 0 || n > FIELD_DIGITS_MAX || !digits_at(*s, 0, n, &value)) {
        return false;
    }
    if (!is_first && (n > 2 || value >= fields[field].limit)) {
        return false;
    }
    *s = span_from(*s, n);
    if (field == FIELD_SECOND && s->len > 0 && s->at[0] == '.') {
        for (n = 1; n < s->len && ascii_is_digit(s->at[n]); n++) {
        }
        *s = span_from(*s, n > 1 && n <= 10 ? n : 0);
    }
    if (is_last) {
        return s->len == 0;
    }
    if (s->len == 0 || s->at[0] != separators[field]) {
        return false;
    }
    *s = span_from(*s, 1);
    return true;
}

static bool is_interval_value(struct span s, int first, int last)
{
    if (s.len > 0 && (s.at[0] == '-' || s.at[0] == '+')) {
        s = span_from(s, 1);
    }
    for (int field = first; field <= last; field++) {
        if (!take_field(&s, field, field == first, field == last)) {
            return false;
        }
    }
    return true;
}

/* Skips (3) or (3, 2) behind a field: Athena's intervals have no precision. */
static bool skip_precision(struct lexer *l, struct token *t)
{
    if (!token_is_sign(t, '(')) {
        return true;
    }
    do {
        *t = lexer_next_word(l);
        if (t->kind != TOKEN_NUMBER) {
            return false;
        }
        *t = lexer_next_word(l);
    } while (token_is_sign(t, ','));
    if (!token_is_sign(t, ')')) {
        return false;
    }
    *t = lexer_next_word(l);
    return true;
}

struct interval {
    struct span sign, value; /* value without its quotes */
    int first, last;
};

static const char *read_interval(struct lexer *l, struct interval *out)
{
    static const char *const rule =
        "an interval is written {interval '5' DAY} or {interval '1 12:30' DAY TO MINUTE}";
    struct token t = lexer_next_word(l);

    if (token_is_sign(&t, '-') || token_is_sign(&t, '+')) {
        out->sign = t.text;
        t = lexer_next_word(l);
    }
    if (t.kind != TOKEN_TEXT || !t.is_closed) {
        return rule;
    }
    out->value = span_part(t.text, 1, t.text.len - 2);
    t = lexer_next_word(l);
    out->first = out->last = field_of(&t);
    if (out->first < 0) {
        return rule;
    }
    t = lexer_next_word(l);
    if (!skip_precision(l, &t)) {
        return rule;
    }
    if (token_is_word(&t, "TO")) {
        t = lexer_next_word(l);
        out->last = field_of(&t);
        t = lexer_next_word(l);
        if (!skip_precision(l, &t) || out->last <= out->first ||
            (out->first <= FIELD_MONTH) != (out->last <= FIELD_MONTH)) {
            return rule;
        }
    }
    if (!token_is_sign(&t, '}')) {
        return rule;
    }
    return is_interval_value(out->value, out->first, out->last)
               ? NULL
               : "the value does not fit the interval's fields";
}

/* A sign inside the quotes and one before them multiply. */
static bool interval_literal(struct lexer *l, struct buf *out, struct fault *f)
{
    struct interval v = { .sign = NO_SPAN };
    const char *broken = read_interval(l, &v);

    if (broken != NULL) {
        return fault_set(f, FAULT_SYNTAX, "%s", broken);
    }
    bool is_negative = span_equal(v.sign, SPAN("-"));

    if (v.value.at[0] == '-' || v.value.at[0] == '+') {
        is_negative ^= v.value.at[0] == '-';
        v.value = span_from(v.value, 1);
    }
    if (!buf_add_format(out, f, "INTERVAL %s'%.*s' %s", is_negative ? "-" : "", (int)v.value.len,
                        v.value.at, fields[v.first].name)) {
        return false;
    }
    return v.first == v.last || buf_add_format(out, f, " TO %s", fields[v.last].name);
}

bool escape_is_literal(const struct token *keyword)
{
    for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++) {
        if (token_is_word(keyword, literals[i].keyword)) {
            return true;
        }
    }
    return token_is_word(keyword, "interval");
}

bool escape_literal(const struct token *keyword, struct lexer *l, struct buf *out, struct fault *f)
{
    if (token_is_word(keyword, "interval")) {
        return interval_literal(l, out, f);
    }
    for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++) {
        if (!token_is_word(keyword, literals[i].keyword)) {
            continue;
        }
        struct token text = lexer_next_word(l), end = lexer_next_word(l);

        if (text.kind != TOKEN_TEXT || !text.is_closed || !token_is_sign(&end, '}')) {
            return fault_set(f, FAULT_SYNTAX,
                             "the escape {%s ...} holds one text in quotes and nothing else",
                             literals[i].keyword);
        }
        const char *broken = literals[i].check(span_part(text.text, 1, text.text.len - 2));

        if (broken != NULL) {
            return fault_set(f, FAULT_SYNTAX, "{%s %.*s}: %s", literals[i].keyword,
                             (int)(text.text.len < 80 ? text.text.len : 80), text.text.at, broken);
        }
        return buf_add(out, span_of(literals[i].prefix), f) && buf_add(out, text.text, f);
    }
    return false;
}
