/* Numbers from text. Integers by hand; doubles by the method of Eisel and Lemire ("Number parsing
   at a gigabyte per second", arXiv 2101.11408), with the C library under a "C" locale for the one
   input in a million that needs more digits. */
#include "base/number.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POWER_FIRST = -342, POWER_LAST = 308, DIGITS_EXACT = 19, NUMBER_TEXT_MAX = 1100 };

/* Wider than ISO C knows; gcc and clang have it on every 64-bit machine. */
__extension__ typedef unsigned __int128 uint128;

struct power {
    uint64_t high, low;
};

static const struct power powers[] = {
#define POWER(high, low) { high, low },
#include "base/power_of_five.def"
#undef POWER
};

bool number_parse_u64(struct span s, uint64_t *out)
{
    uint64_t value = 0;

    if (s.len == 0) {
        return false;
    }
    for (size_t i = 0; i < s.len; i++) {
        if (!ascii_is_digit(s.at[i]) || __builtin_mul_overflow(value, 10u, &value)
            || __builtin_add_overflow(value, (uint64_t)(s.at[i] - '0'), &value)) {
            return false;
        }
    }
    *out = value;
    return true;
}

bool number_parse_i64(struct span s, int64_t *out)
{
    bool is_negative = s.len > 0 && s.at[0] == '-';
    uint64_t magnitude = 0;

    if (is_negative || (s.len > 0 && s.at[0] == '+')) {
        s = span_from(s, 1);
    }
    if (!number_parse_u64(s, &magnitude) || magnitude > (uint64_t)INT64_MAX + is_negative) {
        return false;
    }
    *out = is_negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return true;
}

/* A decimal number as read: digits * 10^exponent; is_cut when more digits followed than 64 bits
   hold. */
struct decimal {
    uint64_t digits;
    int64_t exponent;
    bool is_negative, is_cut;
};

static bool read_digits(struct span s, size_t *at, struct decimal *d, unsigned *n_kept,
                        bool is_fraction)
{
    size_t from = *at;

    for (; *at < s.len && ascii_is_digit(s.at[*at]); (*at)++) {
        unsigned digit = (unsigned)(s.at[*at] - '0');
        if (*n_kept == 0 && digit == 0) {
            d->exponent -= is_fraction; /* leading zeros do not count */
        } else if (*n_kept < DIGITS_EXACT) {
            d->digits = d->digits * 10 + digit;
            (*n_kept)++;
            d->exponent -= is_fraction;
        } else {
            d->is_cut |= digit != 0;
            d->exponent += !is_fraction;
        }
    }
    return *at > from;
}

static bool read_exponent(struct span s, size_t *at, int64_t *exponent)
{
    if (*at == s.len) {
        return true;
    }
    if (s.at[*at] != 'e' && s.at[*at] != 'E') {
        return false;
    }
    (*at)++;
    bool is_negative = *at < s.len && s.at[*at] == '-';
    if (*at < s.len && (s.at[*at] == '-' || s.at[*at] == '+')) {
        (*at)++;
    }
    size_t from = *at;
    int64_t value = 0;
    for (; *at < s.len && ascii_is_digit(s.at[*at]); (*at)++) {
        if (value < 100000) {
            value = value * 10 + (s.at[*at] - '0');
        }
    }
    *exponent += is_negative ? -value : value;
    return *at > from && *at == s.len;
}

static bool read_decimal(struct span s, struct decimal *d)
{
    size_t at = 0;
    unsigned n_kept = 0;

    if (s.len > 0 && (s.at[0] == '-' || s.at[0] == '+')) {
        d->is_negative = s.at[0] == '-';
        at = 1;
    }
    bool any = read_digits(s, &at, d, &n_kept, false);
    if (at < s.len && s.at[at] == '.') {
        at++;
        any |= read_digits(s, &at, d, &n_kept, true);
    }
    return any && read_exponent(s, &at, &d->exponent);
}

/* The C library's own conversion, under a locale whose point is a point. */
static bool parse_exactly(struct span s, double *out)
{
    char text[NUMBER_TEXT_MAX];
    char *end = NULL;

    if (s.len >= sizeof(text)) {
        return false;
    }
    memcpy(text, s.at, s.len);
    text[s.len] = '\0';
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (plain == (locale_t)0) {
        return false;
    }
    *out = strtod_l(text, &end, plain);
    freelocale(plain);
    return end == text + s.len;
}

/* The nearest double to w * 10^q; false when 128 bits do not decide it. */
static bool eisel_lemire(uint64_t w, int64_t q, double *out)
{
    unsigned zeros = (unsigned)__builtin_clzll(w);
    const struct power *power = &powers[q - POWER_FIRST];
    w <<= zeros;
    uint128 product = (uint128)w * power->high;
    if ((product >> 64 & 0x1FF) == 0x1FF) {
        uint128 tail = (uint128)w * power->low;
        product += (uint64_t)(tail >> 64);
        if ((uint64_t)product == UINT64_MAX && (q < -27 || q > 55)) {
            return false;
        }
    }
    uint64_t high = (uint64_t)(product >> 64);
    unsigned upper = (unsigned)(high >> 63);
    uint64_t mantissa = high >> (upper + 64 - 52 - 3);
    int64_t power2 = ((217706 * q) >> 16) + 63 + upper - zeros + 1023;
    if (power2 <= 0 || power2 >= 2046) {
        return false; /* subnormal or overflowing: rare enough for the slow way */
    }
    if ((uint64_t)product <= 1 && q >= -4 && q <= 23 && (mantissa & 3) == 1
        && mantissa << (upper + 64 - 52 - 3) == high) {
        mantissa &= ~(uint64_t)1; /* exactly half way: round to even */
    }
    mantissa += mantissa & 1;
    mantissa >>= 1;
    if (mantissa >= (uint64_t)2 << 52) {
        mantissa = (uint64_t)1 << 52;
        power2++;
    }
    mantissa &= ~((uint64_t)1 << 52);
    uint64_t bits = mantissa | (uint64_t)power2 << 52;
    memcpy(out, &bits, sizeof(bits));
    return power2 < 2047;
}

bool number_make_double(uint64_t digits, int64_t exponent, double *out)
{
    static const double tens[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

    if (digits == 0) {
        *out = 0;
        return true;
    }
    if (digits <= (uint64_t)1 << 53 && exponent >= -22 && exponent <= 22) {
        /* Both factors are exact, so one rounding is right (Clinger). */
        *out = exponent < 0 ? (double)digits / tens[-exponent] : (double)digits * tens[exponent];
        return true;
    }
    return exponent >= POWER_FIRST && exponent <= POWER_LAST && eisel_lemire(digits, exponent, out);
}

bool number_parse_double(struct span s, double *out)
{
    struct decimal d = { 0 };
    double value = 0;

    if (!read_decimal(s, &d)) {
        bool is_nan = span_equal(s, SPAN("NaN"));
        if (!is_nan && !span_equal(s, SPAN("Infinity")) && !span_equal(s, SPAN("-Infinity"))) {
            return false;
        }
        *out = is_nan ? (double)NAN : s.at[0] == '-' ? -(double)INFINITY : (double)INFINITY;
        return true;
    }
    if (d.is_cut || !number_make_double(d.digits, d.exponent, &value)) {
        return parse_exactly(s, out);
    }
    *out = d.is_negative ? -value : value;
    return true;
}

/* The digits and exponent of "d.ddde+xx", whatever the locale's point is. */
static unsigned take_digits(const char *text, char *digits, int *power)
{
    struct span all = span_of(text);
    size_t e = span_find_byte(all, 'e');
    int64_t exponent = 0;
    unsigned n = 0;

    for (size_t i = 0; i < e; i++) {
        if (ascii_is_digit(text[i]) && n < NUMBER_DIGITS_MAX) {
            digits[n++] = text[i];
        }
    }
    if (number_parse_i64(span_from(all, e < all.len ? e + 1 : e), &exponent)) {
        *power = (int)exponent;
    }
    return n;
}

static bool reads_back(double value, const char *digits, unsigned n, int power)
{
    char text[NUMBER_DIGITS_MAX + 16];
    double again = 0;
    int len = snprintf(text, sizeof(text), "%.*se%d", (int)n, digits, power - (int)n + 1);

    return number_parse_double((struct span){ text, (size_t)len }, &again) && again == value;
}

/* One more in the last place; false when that needs another digit. */
static bool step_up(char *digits, unsigned n)
{
    for (unsigned i = n; i > 0; i--) {
        if (digits[i - 1] != '9') {
            digits[i - 1]++;
            return true;
        }
        digits[i - 1] = '0';
    }
    return false;
}

/* A normal number that some text of up to DBL_DIG digits means has that text among its DBL_DIG
   digits; with more, or below the normal numbers, every length is tried. Above a power of two the
   neighbours are further away than below it, so that the next text up may mean the number when the
   nearest one does not. */
unsigned number_shortest(double value, char digits[NUMBER_DIGITS_MAX], int *power)
{
    double magnitude = fabs(value);
    unsigned n = 0;

    *power = 0;
    for (int want = magnitude < DBL_MIN ? 1 : DBL_DIG; want <= NUMBER_DIGITS_MAX; want++) {
        char text[40];
        snprintf(text, sizeof(text), "%.*e", want - 1, magnitude);
        n = take_digits(text, digits, power);
        if (reads_back(magnitude, digits, n, *power) ||
            (step_up(digits, n) && reads_back(magnitude, digits, n, *power))) {
            break;
        }
    }
    while (n > 1 && digits[n - 1] == '0') {
        n--;
    }
    return n;
}

unsigned number_print_double(double value, char *to, unsigned room)
{
    enum { PLAIN_LOW = -7, PLAIN_HIGH = 21 }; /* beyond these an exponent is shorter to read */
    static const char zeros[] = "00000000000000000000";
    char digits[NUMBER_DIGITS_MAX];
    int power = 0;

    if (isnan(value) || isinf(value)) {
        return (unsigned)snprintf(to, room, "%s",
                                  isnan(value) ? "NaN"
                                  : value < 0  ? "-Infinity"
                                               : "Infinity");
    }
    const char *sign = signbit(value) ? "-" : "";
    int n = (int)number_shortest(value, digits, &power), whole = power + 1;
    if (power < PLAIN_LOW || power >= PLAIN_HIGH) {
        return (unsigned)snprintf(to, room, "%s%c%s%.*se%+03d", sign, digits[0], n > 1 ? "." : "",
                                  n - 1, digits + 1, power);
    }
    if (whole <= 0) {
        return (unsigned)snprintf(to, room, "%s0.%.*s%.*s", sign, -whole, zeros, n, digits);
    }
    if (whole >= n) {
        return (unsigned)snprintf(to, room, "%s%.*s%.*s", sign, n, digits, whole - n, zeros);
    }
    return (unsigned)snprintf(to, room, "%s%.*s.%.*s", sign, whole, digits, n - whole,
                              digits + whole);
}

bool number_parse_flag(struct span s, bool *out)
{
    static const struct {
        const char *text;
        bool value;
    } words[] = { { "1", true },  { "true", true },   { "yes", true }, { "on", true },
                  { "0", false }, { "false", false }, { "no", false }, { "off", false } };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (span_equal_nocase(s, span_of(words[i].text))) {
            *out = words[i].value;
            return true;
        }
    }
    return false;
}
