/* Dates, times and timestamps: text to fields and back, days to calendar. The calendar is the
   proleptic Gregorian one, as Athena's. */
#include <string.h>

#include "base/clock.h"
#include "value/waist.h"

enum { DAY_SECONDS = 86400, YEAR_DIGITS_MAX = 9, NANO_DIGITS = 9, FRACTION_DIGITS_MAX = 12,
    FRACTION_UNITS = 1000 /* picoseconds of a nanosecond */ };

bool moment_is_day(int64_t year, int month, int day)
{
    static const int days[13] = { 0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    if (month < 1 || month > 12 || day < 1) {
        return false;
    }
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month] + (month == 2 && is_leap);
}

/* Counted in years that begin in March, so that the leap day is the last. */
int64_t moment_days(int64_t year, int month, int day)
{
    int64_t y = year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year
        - 719468;
}

void moment_from_days(int64_t days, struct moment *m)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;

    m->day = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
    m->month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    m->year = year_of_era + era * 400 + (m->month <= 2);
}

static bool take(struct span s, size_t *at, char c)
{
    bool is_there = *at < s.len && s.at[*at] == c;

    *at += is_there;
    return is_there;
}

static bool two_digits(struct span s, size_t *at, int *out)
{
    if (*at + 2 > s.len || !ascii_is_digit(s.at[*at]) || !ascii_is_digit(s.at[*at + 1])) {
        return false;
    }
    *out = (s.at[*at] - '0') * 10 + (s.at[*at + 1] - '0');
    *at += 2;
    return true;
}

static bool read_date(struct span s, size_t *at, struct moment *m)
{
    bool is_negative = take(s, at, '-');
    int64_t year = 0;

    if (!is_negative) {
        take(s, at, '+');
    }
    size_t from = *at;
    for (; *at < s.len && ascii_is_digit(s.at[*at]); (*at)++) {
        if (*at - from >= YEAR_DIGITS_MAX) {
            return false;
        }
        year = year * 10 + (s.at[*at] - '0');
    }
    m->year = is_negative ? -year : year;
    m->has_date = true;
    return *at - from >= 4 && take(s, at, '-') && two_digits(s, at, &m->month) && take(s, at, '-')
        && two_digits(s, at, &m->day) && moment_is_day(m->year, m->month, m->day);
}

static bool read_fraction(struct span s, size_t *at, struct moment *m)
{
    size_t from = *at;
    uint64_t picos = 0;

    for (; *at < s.len && ascii_is_digit(s.at[*at]); (*at)++) {
        if (*at - from < FRACTION_DIGITS_MAX) {
            picos = picos * 10 + (uint64_t)(s.at[*at] - '0');
        } else {
            m->has_more_fraction |= s.at[*at] != '0';
        }
    }
    size_t n = *at - from;
    for (size_t i = n; i < FRACTION_DIGITS_MAX; i++) {
        picos *= 10;
    }
    m->nanos = (uint32_t)(picos / FRACTION_UNITS);
    m->picos = (uint32_t)(picos % FRACTION_UNITS);
    m->has_more_fraction |= m->picos != 0;
    m->n_fraction = n > FRACTION_DIGITS_MAX ? FRACTION_DIGITS_MAX : (unsigned)n;
    return true;
}

static bool read_time(struct span s, size_t *at, struct moment *m)
{
    m->has_time = true;
    if (!two_digits(s, at, &m->hour) || !take(s, at, ':') || !two_digits(s, at, &m->minute)
        || m->hour > 23
        || m->minute > 59) {
        return false;
    }
    if (!take(s, at, ':')) {
        return true;
    }
    if (!two_digits(s, at, &m->second) || m->second > 59) {
        return false;
    }
    return !take(s, at, '.') || read_fraction(s, at, m);
}

int64_t moment_day_of(int64_t seconds)
{
    return seconds >= 0 ? seconds / DAY_SECONDS : -((DAY_SECONDS - 1 - seconds) / DAY_SECONDS);
}

static int64_t utc_now(void)
{
    const struct clock *clock = clock_system();

    return clock->wall_ms(clock) / 1000;
}

/* From UTC to the shown zone. */
static bool show(int64_t *seconds, struct value_zones *zones)
{
    struct span shown = zones == NULL || zones->shown[0] == '\0' ? SPAN("UTC")
        : span_of(zones->shown);
    int64_t offset = 0;
    bool ok = zone_offset(shown, true, *seconds, zones, &offset);

    *seconds += offset;
    return ok;
}

/* Moves the fields from the zone that is written to the shown one. The offset that a zone has for a
   time without a date is that of today. */
static bool apply_zone(struct moment *m, struct span zone, struct value_zones *zones)
{
    int64_t days = m->has_date ? moment_days(m->year, m->month, m->day) : moment_day_of(utc_now());
    int64_t seconds = days * DAY_SECONDS + m->hour * 3600 + m->minute * 60 + m->second;
    int64_t offset = 0;

    if (!zone_offset(zone, false, seconds, zones, &offset)) {
        return false;
    }
    seconds -= offset;
    if (!show(&seconds, zones)) {
        return false;
    }
    int64_t day = moment_day_of(seconds);
    int of_day = (int)(seconds - day * DAY_SECONDS);
    if (m->has_date) {
        moment_from_days(day, m);
    }
    m->hour = of_day / 3600;
    m->minute = of_day / 60 % 60;
    m->second = of_day % 60;
    return true;
}

/* "12:..." is a time; everything else that can be read begins with a date. */
static bool begins_with_time(struct span s)
{
    return s.len >= 3 && s.at[2] == ':';
}

enum value_outcome moment_parse(struct span s, unsigned forms, struct value_zones *zones,
                                struct moment *out)
{
    struct moment m = { .year = 0 };
    size_t at = 0;

    if (begins_with_time(s)) {
        if ((forms & MOMENT_TIME) == 0 || !read_time(s, &at, &m)) {
            return VALUE_BAD_DATETIME;
        }
    } else {
        if (!read_date(s, &at, &m)) {
            return VALUE_BAD_DATETIME;
        }
        bool has_time = at < s.len && (take(s, &at, ' ') || take(s, &at, 'T'));
        if ((forms & (has_time ? MOMENT_STAMP : MOMENT_DATE)) == 0
            || (has_time && !read_time(s, &at, &m))) {
            return VALUE_BAD_DATETIME;
        }
    }
    if (at < s.len) {
        struct span zone = span_trim(span_from(s, at));
        if ((forms & MOMENT_ZONE) == 0 || !m.has_time) {
            return VALUE_BAD_DATETIME;
        }
        if (!apply_zone(&m, zone, zones)) {
            return VALUE_ZONE_UNKNOWN;
        }
    }
    *out = m;
    return VALUE_OK;
}

void moment_today(struct moment *m, struct value_zones *zones)
{
    int64_t seconds = utc_now();

    (void)show(&seconds, zones); /* a zone that is not there leaves UTC */
    moment_from_days(moment_day_of(seconds), m);
    m->has_date = true;
}

static unsigned print_padded(uint64_t value, unsigned width, char *to)
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

unsigned moment_print(const struct moment *m, char *to)
{
    unsigned at = 0;

    if (m->has_date) {
        if (m->year < 0) {
            to[at++] = '-';
        }
        at += print_padded((uint64_t)(m->year < 0 ? -m->year : m->year), 4, to + at);
        to[at++] = '-';
        at += print_padded((uint64_t)m->month, 2, to + at);
        to[at++] = '-';
        at += print_padded((uint64_t)m->day, 2, to + at);
        if (m->has_time) {
            to[at++] = ' ';
        }
    }
    if (m->has_time) {
        at += print_padded((uint64_t)m->hour, 2, to + at);
        to[at++] = ':';
        at += print_padded((uint64_t)m->minute, 2, to + at);
        to[at++] = ':';
        at += print_padded((uint64_t)m->second, 2, to + at);
        if (m->n_fraction > 0) {
            to[at++] = '.';
            print_padded((uint64_t)m->nanos * FRACTION_UNITS + m->picos, FRACTION_DIGITS_MAX,
                         to + at);
            at += m->n_fraction;
        }
    }
    to[at] = '\0';
    return at;
}
