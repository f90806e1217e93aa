/* Time zones by offset or by name. Athena prints a timestamp with time zone as local time and zone
   name; to give it in another zone the machine's zone files (TZif, RFC 8536) are asked. A local
   time that occurs twice is taken as the first of the two. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "value/waist.h"

enum { ZONE_FILE_MAX = 16 * 1024, HEADER_BYTES = 44, DAY_SECONDS = 86400, OFFSET_HOURS_MAX = 18 };

/* Local time [from, to) has this offset. */
struct stretch {
    int64_t from, to, offset;
};

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

/* Local seconds since 1970 at which a rule such as "M3.2.0/2" strikes in a year. */
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

static bool by_rule(struct span rule, int64_t local, struct stretch *out)
{
    size_t at = 0;

    if (!rule_name(rule, &at)) {
        return false;
    }
    int64_t standard = -rule_time(rule, &at);
    *out = (struct stretch){ INT64_MIN, INT64_MAX, standard };
    if (at >= rule.len) {
        return true;
    }
    if (!rule_name(rule, &at)) {
        return false;
    }
    int64_t summer = standard + 3600;
    if (at < rule.len && rule.at[at] != ',') {
        summer = -rule_time(rule, &at);
    }
    struct moment m = { .year = 1970 };
    moment_from_days(local >= 0 ? local / DAY_SECONDS : -((DAY_SECONDS - 1 - local) / DAY_SECONDS),
                     &m);
    int64_t starts = 0, ends = 0;
    at++;
    if (!rule_strikes(rule, &at, m.year, &starts)) {
        return false;
    }
    at++;
    if (!rule_strikes(rule, &at, m.year, &ends)) {
        return false;
    }
    bool is_summer = starts < ends ? local >= starts && local < ends : local >= starts
        || local < ends;
    /* No stretch: the rule is cheap to ask again, the file is not, but such dates (behind the last
       transition) are rare. */
    *out = (struct stretch){ local, local + 1, is_summer ? summer : standard };
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

static bool by_file(const unsigned char *file, size_t len, int64_t local, struct stretch *out)
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
    int64_t from = INT64_MIN, offset = 0;
    if (!type_offset(&b, types, 0, &offset)) {
        return false;
    }
    for (int64_t i = 0; i < b.n_times; i++) {
        int64_t end = big_endian(times + i * 8, 8) + offset;
        if (local < end) {
            *out = (struct stretch){ from, end, offset };
            return true;
        }
        from = end;
        if (!type_offset(&b, types, times[b.n_times * 8 + i], &offset)) {
            return false;
        }
    }
    struct span rest = { (const char *)times + block_bytes(&b, 8),
                         len - (second + HEADER_BYTES + (size_t)block_bytes(&b, 8)) };
    struct span rule = span_trim(rest);
    *out = (struct stretch){ from, INT64_MAX, offset };
    return rule.len == 0 || by_rule(rule, local, out);
}

static bool name_is_safe(struct span name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        if (!ascii_is_letter(c) && !ascii_is_digit(c) && c != '_' && c != '+' && c != '-'
            && (c != '/' || i == 0)) {
            return false;
        }
    }
    return name.len > 0 && name.len < sizeof(((struct value_zone_memo *)0)->name);
}

static bool by_name(struct span name, int64_t local, struct stretch *out)
{
    unsigned char file[ZONE_FILE_MAX];
    char path[96] = "/usr/share/zoneinfo/";
    size_t len = 0;

    if (!name_is_safe(name)) {
        return false;
    }
    span_to_c(name, path + strlen(path), sizeof(path) - strlen(path));
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return false;
    }
    for (ssize_t n = 1; n > 0 && len < sizeof(file); len += n > 0 ? (size_t)n : 0) {
        n = read(fd, file + len, sizeof(file) - len);
    }
    close(fd);
    return by_file(file, len, local, out);
}

bool zone_offset(struct span name, int64_t local_seconds, struct value_zone_memo *memo,
                 int64_t *offset_seconds)
{
    struct stretch stretch;

    if (span_equal_nocase(name, SPAN("UTC")) || span_equal(name, SPAN("Z"))
        || span_equal_nocase(name, SPAN("GMT"))) {
        *offset_seconds = 0;
        return true;
    }
    if (numeric_offset(name, offset_seconds)) {
        return true;
    }
    if (memo != NULL && span_equal(name, span_of(memo->name)) && local_seconds >= memo->from
        && local_seconds < memo->to) {
        *offset_seconds = memo->offset_seconds;
        return true;
    }
    if (!by_name(name, local_seconds, &stretch)) {
        return false;
    }
    if (memo != NULL) {
        span_to_c(name, memo->name, sizeof(memo->name));
        memo->from = stretch.from;
        memo->to = stretch.to;
        memo->offset_seconds = stretch.offset;
    }
    *offset_seconds = stretch.offset;
    return true;
}
