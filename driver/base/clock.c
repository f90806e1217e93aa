/* The machine's clock and calendar arithmetic (days from civil, proleptic Gregorian). */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t system_wall_ms(const struct clock *c)
{
    (void)c;
    return read_clock(CLOCK_REALTIME);
}

static int64_t system_steady_ms(const struct clock *c)
{
    (void)c;
    return read_clock(CLOCK_MONOTONIC);
}

const struct clock *clock_system(void)
{
    static const struct clock machine = { system_wall_ms, system_steady_ms };

    return &machine;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

/* Days since 1970-01-01; the year begins in March so that the leap day is its last. */
static int64_t days_from_civil(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

struct utc utc_from_ms(int64_t wall_ms)
{
    int64_t days = floor_div(wall_ms, 86400000);
    int64_t rest = wall_ms - days * 86400000;
    int64_t shifted = days + 719468;
    int64_t era = floor_div(shifted, 146097);
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    struct utc u = { 0 };

    u.day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    u.month = (int)(month < 10 ? month + 3 : month - 9);
    u.year = (int)(year_of_era + era * 400 + (u.month <= 2));
    u.hour = (int)(rest / 3600000);
    u.minute = (int)(rest / 60000 % 60);
    u.second = (int)(rest / 1000 % 60);
    u.millisecond = (int)(rest % 1000);
    return u;
}

int64_t utc_to_ms(const struct utc *u)
{
    int64_t days = days_from_civil(u->year, u->month, u->day);

    return (((days * 24 + u->hour) * 60 + u->minute) * 60 + u->second) * 1000 + u->millisecond;
}

void utc_print_basic(int64_t wall_ms, char to[17])
{
    struct utc u = utc_from_ms(wall_ms);

    snprintf(to, 17, "%04u%02u%02uT%02u%02u%02uZ", (unsigned)u.year % 10000,
             (unsigned)u.month % 100, (unsigned)u.day % 100, (unsigned)u.hour % 100,
             (unsigned)u.minute % 100, (unsigned)u.second % 100);
}

void utc_print_iso(int64_t wall_ms, char to[21])
{
    struct utc u = utc_from_ms(wall_ms);

    snprintf(to, 21, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)u.year % 10000,
             (unsigned)u.month % 100, (unsigned)u.day % 100, (unsigned)u.hour % 100,
             (unsigned)u.minute % 100, (unsigned)u.second % 100);
}

bool date_is_valid(int year, int month, int day)
{
    static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    if (month < 1 || month > 12 || day < 1) {
        return false;
    }
    return day <= days[month - 1] + (month == 2 && is_leap);
}

/* Exactly n digits at s[*at]. */
static bool take_digits(struct span s, size_t *at, unsigned n, int *out)
{
    int value = 0;

    if (s.len - *at < n) {
        return false;
    }
    for (unsigned i = 0; i < n; i++, (*at)++) {
        if (!ascii_is_digit(s.at[*at])) {
            return false;
        }
        value = value * 10 + (s.at[*at] - '0');
    }
    *out = value;
    return true;
}

static bool take_byte(struct span s, size_t *at, char byte)
{
    if (*at < s.len && s.at[*at] == byte) {
        (*at)++;
        return true;
    }
    return false;
}

static bool take_fraction(struct span s, size_t *at, int *millisecond)
{
    int value = 0;
    unsigned n = 0;

    if (!take_byte(s, at, '.')) {
        return true;
    }
    for (; *at < s.len && ascii_is_digit(s.at[*at]); (*at)++, n++) {
        if (n < 3) {
            value = value * 10 + (s.at[*at] - '0');
        }
    }
    for (unsigned i = n; i < 3; i++) {
        value *= 10;
    }
    *millisecond = value;
    return n > 0;
}

static bool take_zone(struct span s, size_t *at, int *offset_minutes)
{
    struct span rest = span_trim(span_from(s, *at));
    int hours = 0, minutes = 0;
    size_t in = 1;

    *at = s.len;
    *offset_minutes = 0;
    if (span_equal_nocase(rest, SPAN("Z")) || span_equal_nocase(rest, SPAN("UTC"))) {
        return true;
    }
    if (rest.len < 3 || (rest.at[0] != '+' && rest.at[0] != '-') ||
        !take_digits(rest, &in, 2, &hours)) {
        return false;
    }
    take_byte(rest, &in, ':');
    if (in < rest.len && !take_digits(rest, &in, 2, &minutes)) {
        return false;
    }
    *offset_minutes = (rest.at[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
    return in == rest.len && hours < 24 && minutes < 60;
}

static bool utc_is_valid(const struct utc *u)
{
    return date_is_valid(u->year, u->month, u->day) && u->hour < 24 && u->minute < 60 &&
           u->second < 61;
}

bool utc_parse_iso(struct span s, int64_t *wall_ms)
{
    struct utc u = { 0 };
    size_t at = 0;
    int offset_minutes = 0;
    bool ok = take_digits(s, &at, 4, &u.year) && take_byte(s, &at, '-') &&
              take_digits(s, &at, 2, &u.month) && take_byte(s, &at, '-') &&
              take_digits(s, &at, 2, &u.day) &&
              (take_byte(s, &at, 'T') || take_byte(s, &at, 't') || take_byte(s, &at, ' ')) &&
              take_digits(s, &at, 2, &u.hour) && take_byte(s, &at, ':') &&
              take_digits(s, &at, 2, &u.minute) && take_byte(s, &at, ':') &&
              take_digits(s, &at, 2, &u.second) && take_fraction(s, &at, &u.millisecond) &&
              take_zone(s, &at, &offset_minutes);

    if (!ok || !utc_is_valid(&u)) {
        return false;
    }
    *wall_ms = utc_to_ms(&u) - (int64_t)offset_minutes * 60000;
    return true;
}

bool utc_parse_http(struct span s, int64_t *wall_ms)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct utc u = { 0 };
    size_t at = span_find_byte(s, ',') + 2;

    if (at >= s.len || !take_digits(s, &at, 2, &u.day) || !take_byte(s, &at, ' ') ||
        s.len - at < 4) {
        return false;
    }
    struct span month = span_part(s, at, 3);
    size_t index = span_find(span_of(months), month);
    at += 3;
    u.month = (int)(index / 3) + 1;
    bool ok = index % 3 == 0 && index < 36 && take_byte(s, &at, ' ') &&
              take_digits(s, &at, 4, &u.year) && take_byte(s, &at, ' ') &&
              take_digits(s, &at, 2, &u.hour) && take_byte(s, &at, ':') &&
              take_digits(s, &at, 2, &u.minute) && take_byte(s, &at, ':') &&
              take_digits(s, &at, 2, &u.second);
    if (!ok || !utc_is_valid(&u)) {
        return false;
    }
    *wall_ms = utc_to_ms(&u);
    return true;
}
