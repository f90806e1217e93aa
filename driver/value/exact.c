/* Exact numbers of up to 38 digits: from text, to text, to another scale. */
#include <string.h>

#include "value/waist.h"

enum { EXPONENT_LIMIT = 100000 };

uint128 exact_power(unsigned n)
{
    uint128 power = 1;

    for (unsigned i = 0; i < n; i++) {
        power *= 10;
    }
    return power;
}

/* The number while it is read: magnitude * 10^exponent. */
struct reading {
    struct exact number;
    int64_t exponent;
    unsigned n_kept;
    bool has_digit;
};

static void read_digit(struct reading *r, char c, bool is_fraction)
{
    unsigned digit = (unsigned)(c - '0');

    r->has_digit = true;
    if (r->n_kept < EXACT_DIGITS) {
        r->number.magnitude = r->number.magnitude * 10 + digit;
        r->n_kept += r->n_kept > 0 || digit != 0;
        r->exponent -= is_fraction;
    } else {
        r->number.is_cut |= digit != 0;
        r->exponent += !is_fraction;
    }
}

static bool read_exponent(struct span s, size_t at, int64_t *exponent)
{
    int64_t value = 0;
    bool is_negative = at < s.len && s.at[at] == '-';

    if (at < s.len && (s.at[at] == '-' || s.at[at] == '+')) {
        at++;
    }
    if (at == s.len) {
        return false;
    }
    for (; at < s.len; at++) {
        if (!ascii_is_digit(s.at[at])) {
            return false;
        }
        value = value < EXPONENT_LIMIT ? value * 10 + (s.at[at] - '0') : value;
    }
    *exponent += is_negative ? -value : value;
    return true;
}

/* Turns the exponent into a scale of 0 to 38. */
static void settle(struct reading *r)
{
    struct exact *e = &r->number;
    uint128 limit = exact_power(EXACT_DIGITS);

    for (; r->exponent > 0 && e->magnitude != 0; r->exponent--) {
        if (e->magnitude >= limit / 10) {
            e->is_over = true;
            return;
        }
        e->magnitude *= 10;
    }
    for (; r->exponent < -EXACT_DIGITS && e->magnitude != 0; r->exponent++) {
        e->is_cut |= e->magnitude % 10 != 0;
        e->magnitude /= 10;
    }
    e->scale = r->exponent >= 0 || e->magnitude == 0 ? 0 : (int)-r->exponent;
}

/* A zero keeps the scale it was written with. */
static void settle_zero(struct reading *r)
{
    if (r->number.magnitude == 0 && r->exponent < 0) {
        r->number.scale = r->exponent < -EXACT_DIGITS ? EXACT_DIGITS : (int)-r->exponent;
    }
}

bool exact_parse(struct span s, struct exact *out)
{
    struct reading r = { .exponent = 0 };
    bool is_fraction = false;
    size_t at = 0;

    if (s.len > 0 && (s.at[0] == '-' || s.at[0] == '+')) {
        r.number.is_negative = s.at[0] == '-';
        at = 1;
    }
    for (; at < s.len && (ascii_is_digit(s.at[at]) || (s.at[at] == '.' && !is_fraction)); at++) {
        if (s.at[at] == '.') {
            is_fraction = true;
        } else {
            read_digit(&r, s.at[at], is_fraction);
        }
    }
    if (!r.has_digit) {
        return false;
    }
    if (at < s.len && ((s.at[at] != 'e' && s.at[at] != 'E')
                       || !read_exponent(s, at + 1, &r.exponent))) {
        return false;
    }
    bool was_zero = r.number.magnitude == 0;
    settle(&r);
    if (was_zero) {
        settle_zero(&r);
    }
    *out = r.number;
    return true;
}

uint128 exact_whole(const struct exact *e, bool *lost)
{
    uint128 power = exact_power((unsigned)e->scale);

    *lost = e->is_cut || e->magnitude % power != 0;
    return e->magnitude / power;
}

bool exact_rescale(const struct exact *e, unsigned precision, int scale, uint128 *out, bool *lost)
{
    uint128 magnitude = e->magnitude;
    uint128 limit = exact_power(precision > EXACT_DIGITS ? EXACT_DIGITS : precision);

    *lost = e->is_cut;
    if (e->is_over || scale > EXACT_DIGITS || scale < -EXACT_DIGITS) {
        return false;
    }
    for (int at = e->scale; at > scale; at--) {
        *lost |= magnitude % 10 != 0;
        magnitude /= 10;
    }
    for (int at = e->scale; at < scale && magnitude != 0; at++) {
        if (magnitude > limit / 10) {
            return false;
        }
        magnitude *= 10;
    }
    if (magnitude >= limit) {
        return false;
    }
    *out = magnitude;
    return true;
}

struct exact exact_of_u64(uint64_t value)
{
    return (struct exact){ .magnitude = value };
}

struct exact exact_of_i64(int64_t value)
{
    return (struct exact){ .magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value,
                           .is_negative = value < 0 };
}

unsigned exact_print(const struct exact *e, char *to)
{
    char digits[48];
    unsigned n = 0, at = 0;
    uint128 rest = e->magnitude;

    do {
        digits[n++] = (char)('0' + (unsigned)(rest % 10));
        rest /= 10;
    } while (rest != 0 || n <= (unsigned)e->scale);
    if (e->is_negative && e->magnitude != 0) {
        to[at++] = '-';
    }
    while (n > 0) {
        if (n == (unsigned)e->scale) {
            to[at++] = '.';
        }
        to[at++] = digits[--n];
    }
    to[at] = '\0';
    return at;
}
