/* Time zones by offset or by name. Athena prints a timestamp with time zone as local time and zone
   name; to give it in another zone the machine's zone files (TZif, RFC 8536) are asked. A local
   time that occurs twice is taken as the first of the two. Times are counted by the clock of the
   zone or by UTC's, as the caller says. */
#include <string.h>
#include <unistd.h>

#include "value/waist.h"

enum { ZONE_FILE_MAX = 16 * 1024, HEADER_BYTES = 44, DAY_SECONDS = 86400, OFFSET_HOURS_MAX = 18 };

static bool digits_at(struct span s, size_t at, size_t n, int64_t *out)
{
    *out = 0;
    for (size_t i = at; i < at + n; i++) {
        if (i >= s.len || !ascii_is_digit(s.at[i])) {
            return false;
        }
        *out = *out * 10 + (s.at[i] - '0');
    }
    return true;
}

/* "+02:00", "-0330", "+5" */
static bool numeric_offset(struct span s, int64_t *offset)
{
    int64_t hours = 0, minutes = 0;

    if (s.len < 2 || (s.at[0] != '+' && s.at[0] != '-')) {
        return false;
    }
    size_t n_hours = s.len == 2 ? 1 : 2;
    if (!digits_at(s, 1, n_hours, &hours)) {
        return false;
    }
    size_t at = 1 + n_hours;
    at += at < s.len && s.at[at] == ':';
    if (at < s.len && (!digits_at(s, at, 2, &minutes) || at + 2 != s.len)) {
        return false;
    }
    if (hours > OFFSET_HOURS_MAX || minutes > 59) {
        return false;
    }
    *offset = (hours * 60 + minutes) * 60 * (s.at[0] == '-' ? -1 : 1);
    return true;
}

/* ---- the rule behind the last transition: "PST8PDT,M3.2.0,M11.1.0" ---- */

static bool rule_name(struct span s, size_t *at)
{
    size_t from = *at;

    if (*at < s.len && s.at[*at] == '<') {
        *at += span_find_byte(span_from(s, *at), '>') + 1;
        return *at <= s.len;
    }
    while (*at < s.len && ascii_is_letter(s.at[*at])) {
        (*at)++;
    }
    return *at > from;
}

static int64_t rule_number(struct span s, size_t *at)
{
    int64_t value = 0;

    for (; *at < s.len && ascii_is_digit(s.at[*at]) && value < 100000; (*at)++) {
        value = value * 10 + (s.at[*at] - '0');
    }
    return value;
}

static int64_t rule_time(struct span s, size_t *at)
{
    int64_t sign = 1, seconds = 0;

    if (*at < s.len && (s.at[*at] == '-' || s.at[*at] == '+')) {
        sign = s.at[(*at)++] == '-' ? -1 : 1;
    }
    for (int64_t unit = 3600; unit > 0; unit /= 60) {
        seconds += rule_number(s, at) * unit;
        if (*at >= s.len || s.at[*at] != ':') {
            break;
        }
        (*at)++;
    }
    return sign * seconds;
}

/* Seconds since 1970, by the clock that runs until then, at which a rule such as "M3.2.0/2" strikes
   in a year. */
static bool rule_strikes(struct span s, size_t *at, int64_t year, int64_t *out)
{
    int64_t day = 0;
    int64_t first = moment_days(year, 1, 1);

    if (*at >= s.len) {
        return false;
    }
    if (s.at[*at] == 'M') {
        (*at)++;
        int64_t month = rule_number(s, at);
        (*at)++;
        int64_t week = rule_number(s, at);
        (*at)++;
        int64_t weekday = rule_number(s, at);
        if (month < 1 || month > 12 || week < 1 || week > 5 || weekday > 6) {
            return false;
        }
        day = moment_days(year, (int)month, 1);
        int64_t of_first = ((day + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
        day += (weekday - of_first + 7) % 7 + (week - 1) * 7;
        int64_t next = month == 12 ? moment_days(year + 1, 1, 1)
            : moment_days(year, (int)month + 1, 1);
        day -= day >= next ? 7 : 0;
    } else if (s.at[*at] == 'J') {
        (*at)++;
        int64_t n = rule_number(s, at);
        /* 29 February is never counted */
        day = first + n - 1 + (n >= 60 && moment_is_day(year, 2, 29));
    } else {
        day = first + rule_number(s, at);
    }
    int64_t time = 2 * 3600;
    if (*at < s.len && s.at[*at] == '/') {
        (*at)++;
        time = rule_time(s, at);
    }
    *out = day * DAY_SECONDS + time;
    return true;
}

/* The rule's offsets, and the rest of it: "M3.2.0,M11.1.0", or nothing when there is no summer. */
static bool rule_offsets(struct span rule, size_t *at, int64_t *standard, int64_t *summer)
{
    if (!rule_name(rule, at)) {
        return false;
    }
    *standard = *summer = -rule_time(rule, at);
    if (*at >= rule.len) {
        return true;
    }
    if (!rule_name(rule, at)) {
        return false;
    }
    *summer = *standard + 3600;
    if (*at < rule.len && rule.at[*at] != ',') {
        *summer = -rule_time(rule, at);
    }
    (*at)++;
    return true;
}

/* Seconds at which the local year begins, by the clock asked for; *year is the one of a time. */
static int64_t year_start(int64_t seconds, int64_t standard, bool is_utc, int64_t *year)
{
    struct moment m = { .year = 1970 };
    int64_t shift = is_utc ? standard : 0;

    moment_from_days(moment_day_of(seconds + shift), &m);
    *year = m.year;
    return moment_days(m.year, 1, 1) * DAY_SECONDS - shift;
}

/* Fills in the stretch of a time within its year. */
static bool by_rule(struct span rule, bool is_utc, int64_t seconds, struct value_zone_stretch *out)
{
    size_t at = 0;
    int64_t standard = 0, summer = 0, year = 0, starts = 0, ends = 0;

    if (!rule_offsets(rule, &at, &standard, &summer)) {
        return false;
    }
    if (at >= rule.len) {
        out->offset = standard;
        return true;
    }
    int64_t year_from = year_start(seconds, standard, is_utc, &year);
    int64_t year_to = year_from + (moment_is_day(year, 2, 29) ? 366 : 365) * DAY_SECONDS;
    if (!rule_strikes(rule, &at, year, &starts)) {
        return false;
    }
    at++;
    if (!rule_strikes(rule, &at, year, &ends)) {
        return false;
    }
    starts -= is_utc ? standard : 0;
    ends -= is_utc ? summer : 0;
    int64_t first = starts < ends ? starts : ends, second = starts < ends ? ends : starts;
    bool is_between = seconds >= first && seconds < second;
    int64_t from = is_between ? first : seconds < first ? year_from : second;
    out->from = from > out->from ? from : out->from;
    out->to = is_between ? second : seconds < first ? first : year_to;
    out->offset = is_between == (starts < ends) ? summer : standard;
    return true;
}

/* ---- the file ---- */

static int64_t big_endian(const unsigned char *at, unsigned n)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < n; i++) {
        value = value << 8 | at[i];
    }
    return n == 4 ? (int32_t)(uint32_t)value : (int64_t)value;
}

struct block {
    int64_t n_utc, n_standard, n_leap, n_times, n_types, n_chars;
};

static bool read_header(const unsigned char *file, size_t len, size_t at, struct block *b)
{
    if (at + HEADER_BYTES > len || memcmp(file + at, "TZif", 4) != 0) {
        return false;
    }
    const unsigned char *counts = file + at + 20;
    *b = (struct block){ big_endian(counts, 4), big_endian(counts + 4, 4),
                         big_endian(counts + 8, 4),
                         big_endian(counts + 12, 4), big_endian(counts + 16, 4),
                         big_endian(counts + 20, 4) };
    return b->n_utc >= 0 && b->n_standard >= 0 && b->n_leap >= 0 && b->n_times >= 0
        && b->n_types > 0 && b->n_chars >= 0;
}

static int64_t block_bytes(const struct block *b, unsigned time_bytes)
{
    return b->n_times * (time_bytes + 1) + b->n_types * 6 + b->n_chars
        + b->n_leap * (time_bytes + 4) + b->n_standard
        + b->n_utc;
}

static bool type_offset(const struct block *b, const unsigned char *types, int64_t type,
                        int64_t *offset)
{
    if (type < 0 || type >= b->n_types) {
        return false;
    }
    *offset = big_endian(types + type * 6, 4);
    return true;
}

static bool by_file(const unsigned char *file, size_t len, bool is_utc, int64_t seconds,
                    struct value_zone_stretch *out)
{
    struct block old, b;

    if (!read_header(file, len, 0, &old) || file[4] < '2') {
        return false;
    }
    size_t second = HEADER_BYTES + (size_t)block_bytes(&old, 4);
    if (!read_header(file, len, second, &b) || second + HEADER_BYTES + (size_t)block_bytes(&b,
        8) > len) {
        return false;
    }
    const unsigned char *times = file + second + HEADER_BYTES;
    const unsigned char *types = times + b.n_times * 9;
    *out = (struct value_zone_stretch){ .is_utc = is_utc, .from = INT64_MIN };
    if (!type_offset(&b, types, 0, &out->offset)) {
        return false;
    }
    for (int64_t i = 0; i < b.n_times; i++) {
        out->to = big_endian(times + i * 8, 8) + (is_utc ? 0 : out->offset);
        if (seconds < out->to) {
            return true;
        }
        out->from = out->to;
        if (!type_offset(&b, types, times[b.n_times * 8 + i], &out->offset)) {
            return false;
        }
    }
    struct span rest = { (const char *)times + block_bytes(&b, 8),
                         len - (second + HEADER_BYTES + (size_t)block_bytes(&b, 8)) };
    struct span rule = span_trim(rest);
    out->to = INT64_MAX;
    return rule.len == 0 || by_rule(rule, is_utc, seconds, out);
}

static bool by_name(struct span name, bool is_utc, int64_t seconds, struct value_zone_stretch *out)
{
    unsigned char file[ZONE_FILE_MAX];
    size_t len = 0;
    int fd = zone_file_open(name);

    if (fd < 0) {
        return false;
    }
    for (ssize_t n = 1; n > 0 && len < sizeof(file); len += n > 0 ? (size_t)n : 0) {
        n = read(fd, file + len, sizeof(file) - len);
    }
    close(fd);
    if (!by_file(file, len, is_utc, seconds, out)) {
        return false;
    }
    span_to_c(name, out->name, sizeof(out->name));
    return true;
}

/* What is remembered of a zone at a time; NULL when nothing is. */
static const struct value_zone_stretch *find_seen(const struct value_zones *zones,
                                                  struct span name, bool is_utc, int64_t seconds)
{
    for (unsigned i = 0; zones != NULL && i < VALUE_ZONES; i++) {
        const struct value_zone_stretch *s = &zones->seen[i];
        if (seconds >= s->from && seconds < s->to && s->is_utc == is_utc
            && span_equal(name, span_of(s->name))) {
            return s;
        }
    }
    return NULL;
}

bool zone_offset(struct span name, bool is_utc, int64_t seconds, struct value_zones *zones,
                 int64_t *offset)
{
    struct value_zone_stretch found;

    if (span_equal_nocase(name, SPAN("UTC")) || span_equal(name, SPAN("Z"))
        || span_equal_nocase(name, SPAN("GMT"))) {
        *offset = 0;
        return true;
    }
    if (numeric_offset(name, offset)) {
        return true;
    }
    const struct value_zone_stretch *seen = find_seen(zones, name, is_utc, seconds);
    if (seen != NULL) {
        *offset = seen->offset;
        return true;
    }
    if (!by_name(name, is_utc, seconds, &found)) {
        if (zones != NULL) {
            span_to_c(name, zones->missing, sizeof(zones->missing));
        }
        return false;
    }
    if (zones != NULL) {
        zones->seen[zones->next] = found;
        zones->next = (zones->next + 1) % VALUE_ZONES;
    }
    *offset = found.offset;
    return true;
}
