/* Time as data: whoever waits or compares gets a clock, so that tests can hand in one they move
   themselves. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/span.h"

struct clock {
    /* Milliseconds since 1970-01-01 UTC; may jump. */
    int64_t (*wall_ms)(const struct clock *c);
    /* Milliseconds since some start; never goes back. */
    int64_t (*steady_ms)(const struct clock *c);
};

/* The machine's clock; lives for ever. */
const struct clock *clock_system(void);

struct utc {
    int year, month, day, hour, minute, second, millisecond;
};

struct utc utc_from_ms(int64_t wall_ms);
int64_t utc_to_ms(const struct utc *u);
/* "20261123T214059Z" into 17 bytes, "20261123" being its first eight. */
void utc_print_basic(int64_t wall_ms, char to[17]);
/* "2026-11-23T21:40:59Z" into 21 bytes. */
void utc_print_iso(int64_t wall_ms, char to[21]);
/* ISO 8601 / RFC 3339 with 'T' or blank, optional fraction, 'Z', "UTC" or offset. */
bool utc_parse_iso(struct span s, int64_t *wall_ms);
/* An HTTP Date header ("Mon, 23 Nov 2026 21:40:59 GMT"). */
bool utc_parse_http(struct span s, int64_t *wall_ms);
/* Whether y-m-d is a day of the proleptic Gregorian calendar. */
bool date_is_valid(int year, int month, int day);

#endif
