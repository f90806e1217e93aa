/* Cells to dates, times, identifiers and intervals. */
#include <string.h>

#include "value/waist.h"

/* Years outside 0..9999 have no place in the C structures (page "Constraints of the Gregorian
   Calendar"). */
static bool year_fits(const struct moment *m)
{
    return m->year >= 0 && m->year <= 9999;
}

static enum value_outcome moment_of_cell(const struct value_plan *p, struct span cell,
                                         unsigned text_forms, struct moment *out)
{
    /* The plan belongs to one statement; the zones only remember what was looked up. */
    struct value_zones *zones = (struct value_zones *)&p->zones;
    unsigned forms = text_forms;
    bool has_zone = p->type.kind == VALUE_TIME_TZ || p->type.kind == VALUE_TIMESTAMP_TZ;

    if (p->family == FAMILY_TEXT) {
        enum value_outcome outcome = moment_parse(span_trim(cell), forms, zones, out);
        return outcome == VALUE_BAD_DATETIME ? VALUE_BAD_TEXT : outcome;
    }
    forms = p->family == FAMILY_DATE ? MOMENT_DATE : p->family == FAMILY_TIME ? MOMENT_TIME
        : MOMENT_STAMP;
    return moment_parse(cell, forms | (has_zone ? MOMENT_ZONE : 0), zones, out);
}

static bool has_fraction(const struct moment *m)
{
    return m->nanos != 0 || m->has_more_fraction;
}

enum value_outcome store_date(const struct value_plan *p, struct span cell, void *data, SQLLEN room,
                              SQLLEN *length)
{
    struct moment m;
    enum value_outcome outcome = moment_of_cell(p, cell, MOMENT_DATE | MOMENT_STAMP, &m);

    (void)room;
    if (outcome != VALUE_OK) {
        return outcome;
    }
    if (!year_fits(&m)) {
        return VALUE_DATETIME_OVERFLOW;
    }
    SQL_DATE_STRUCT d = { (SQLSMALLINT)m.year, (SQLUSMALLINT)m.month, (SQLUSMALLINT)m.day };
    bool lost = m.hour != 0 || m.minute != 0 || m.second != 0 || has_fraction(&m);
    return store_bytes(data, &d, sizeof(d), length, lost ? VALUE_FRACTION_LOST : VALUE_OK);
}

enum value_outcome store_time(const struct value_plan *p, struct span cell, void *data, SQLLEN room,
                              SQLLEN *length)
{
    struct moment m;
    enum value_outcome outcome = moment_of_cell(p, cell, MOMENT_TIME | MOMENT_STAMP, &m);

    (void)room;
    if (outcome != VALUE_OK) {
        return outcome;
    }
    SQL_TIME_STRUCT t = { (SQLUSMALLINT)m.hour, (SQLUSMALLINT)m.minute, (SQLUSMALLINT)m.second };
    return store_bytes(data, &t, sizeof(t), length, has_fraction(&m) ? VALUE_FRACTION_LOST
                       : VALUE_OK);
}

enum value_outcome store_timestamp(const struct value_plan *p, struct span cell, void *data,
                                   SQLLEN room, SQLLEN *length)
{
    struct moment m;
    enum value_outcome outcome = moment_of_cell(p, cell, MOMENT_DATE | MOMENT_TIME | MOMENT_STAMP,
                                                &m);

    (void)room;
    if (outcome != VALUE_OK) {
        return outcome;
    }
    if (!m.has_date) {
        moment_today(&m, (struct value_zones *)&p->zones);
    }
    if (!year_fits(&m)) {
        return VALUE_DATETIME_OVERFLOW;
    }
    SQL_TIMESTAMP_STRUCT t = { (SQLSMALLINT)m.year, (SQLUSMALLINT)m.month, (SQLUSMALLINT)m.day,
                               (SQLUSMALLINT)m.hour,
                               (SQLUSMALLINT)m.minute, (SQLUSMALLINT)m.second, m.nanos };
    return store_bytes(data, &t, sizeof(t), length, m.has_more_fraction ? VALUE_FRACTION_LOST
                       : VALUE_OK);
}

static unsigned pair(const char *at)
{
    unsigned tens = (unsigned)(at[0] - '0'), ones = (unsigned)(at[1] - '0');
    return tens > 9 || ones > 9 ? 100 : tens * 10 + ones;
}

/* "2024-01-31" at fixed positions; false sends the cell the long way. */
static bool fixed_date(const char *at, SQL_DATE_STRUCT *d)
{
    unsigned century = pair(at), year = pair(at + 2), month = pair(at + 5), day = pair(at + 8);

    if (century > 99 || year > 99 || at[4] != '-' || at[7] != '-' || month > 12 || day > 31) {
        return false;
    }
    d->year = (SQLSMALLINT)(century * 100 + year);
    d->month = (SQLUSMALLINT)month;
    d->day = (SQLUSMALLINT)day;
    /* Most days are in every month. */
    return (day - 1 < 28 && month - 1 < 12) || moment_is_day(d->year, (int)month, (int)day);
}

enum value_outcome store_fixed_date(const struct value_plan *p, struct span cell, void *data,
                                    SQLLEN room, SQLLEN *length)
{
    SQL_DATE_STRUCT d;

    if (cell.len != 10 || !fixed_date(cell.at, &d)) {
        return store_date(p, cell, data, room, length);
    }
    return store_bytes(data, &d, sizeof(d), length, VALUE_OK);
}

/* ".123456789" and shorter, as nanoseconds. */
static bool fixed_fraction(const char *at, size_t n, SQLUINTEGER *out)
{
    static const SQLUINTEGER unit[10] = { 1000000000, 100000000, 10000000, 1000000, 100000, 10000,
                                          1000, 100, 10, 1 };
    SQLUINTEGER value = 0;

    if (n < 2 || n > 10 || at[0] != '.') {
        return false;
    }
    for (size_t i = 1; i < n; i++) {
        unsigned digit = (unsigned)(at[i] - '0');
        if (digit > 9) {
            return false;
        }
        value = value * 10 + digit;
    }
    *out = value * unit[n - 1];
    return true;
}

enum value_outcome store_fixed_timestamp(const struct value_plan *p, struct span cell, void *data,
                                         SQLLEN room, SQLLEN *length)
{
    SQL_DATE_STRUCT d;
    SQLUINTEGER nanos = 0;

    if (cell.len < 19 || p->type.kind != VALUE_TIMESTAMP || !fixed_date(cell.at, &d)) {
        return store_timestamp(p, cell, data, room, length);
    }
    const char *at = cell.at;
    unsigned hour = pair(at + 11), minute = pair(at + 14), second = pair(at + 17);
    if (at[10] != ' ' || at[13] != ':' || at[16] != ':' || hour > 23 || minute > 59 || second > 59
        || (cell.len > 19 && !fixed_fraction(at + 19, cell.len - 19, &nanos))) {
        return store_timestamp(p, cell, data, room, length);
    }
    SQL_TIMESTAMP_STRUCT t = { d.year, d.month, d.day, (SQLUSMALLINT)hour, (SQLUSMALLINT)minute,
                               (SQLUSMALLINT)second, nanos };
    return store_bytes(data, &t, sizeof(t), length, VALUE_OK);
}

/* ---- identifiers ---- */

static bool hex_number(struct span s, size_t from, size_t n, uint64_t *out)
{
    *out = 0;
    for (size_t i = from; i < from + n; i++) {
        int digit = hex_digit(s.at[i]);
        if (digit < 0) {
            return false;
        }
        *out = *out << 4 | (uint64_t)digit;
    }
    return true;
}

bool guid_parse(struct span s, SQLGUID *out)
{
    uint64_t part[5];

    if (s.len == 38 && s.at[0] == '{' && s.at[37] == '}') {
        s = span_part(s, 1, 36);
    }
    if (s.len != 36 || s.at[8] != '-' || s.at[13] != '-' || s.at[18] != '-' || s.at[23] != '-') {
        return false;
    }
    if (!hex_number(s, 0, 8, &part[0]) || !hex_number(s, 9, 4, &part[1])
        || !hex_number(s, 14, 4, &part[2])
        || !hex_number(s, 19, 4, &part[3]) || !hex_number(s, 24, 12, &part[4])) {
        return false;
    }
    out->Data1 = (uint32_t)part[0];
    out->Data2 = (uint16_t)part[1];
    out->Data3 = (uint16_t)part[2];
    for (unsigned i = 0; i < 8; i++) {
        out->Data4[i] = (unsigned char)(i < 2 ? part[3] >> (8 * (1 - i))
                                        : part[4] >> (8 * (7 - i)));
    }
    return true;
}

void guid_print(const SQLGUID *g, char to[37])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[16] = { (unsigned char)(g->Data1 >> 24), (unsigned char)(g->Data1 >> 16),
                                (unsigned char)(g->Data1 >> 8),
                                (unsigned char)g->Data1, (unsigned char)(g->Data2 >> 8),
                                (unsigned char)g->Data2,
                                (unsigned char)(g->Data3 >> 8), (unsigned char)g->Data3 };
    unsigned at = 0;

    memcpy(bytes + 8, g->Data4, 8);
    for (unsigned i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            to[at++] = '-';
        }
        to[at++] = digits[bytes[i] >> 4];
        to[at++] = digits[bytes[i] & 15];
    }
    to[at] = '\0';
}

enum value_outcome store_guid(const struct value_plan *p, struct span cell, void *data, SQLLEN room,
                              SQLLEN *length)
{
    SQLGUID g;

    (void)room;
    if (!guid_parse(p->family == FAMILY_TEXT ? span_trim(cell) : cell, &g)) {
        return VALUE_BAD_TEXT;
    }
    return store_bytes(data, &g, sizeof(g), length, VALUE_OK);
}

/* ---- intervals ---- */

static enum value_outcome interval_of_cell(const struct value_plan *p, struct span cell,
                                           struct interval *out)
{
    struct interval_fields fields = { 0, 0 };
    struct exact e;

    interval_fields_of(p->c_type, &fields);
    if (p->family == FAMILY_INTEGER || p->family == FAMILY_DECIMAL) {
        enum value_outcome outcome = cell_exact(p, cell, &e);
        return outcome == VALUE_OK ? interval_of_exact(&e, fields, out) : outcome;
    }
    if (p->family == FAMILY_DAY_TIME || p->family == FAMILY_YEAR_MONTH) {
        interval_fields_of(p->family == FAMILY_DAY_TIME ? SQL_INTERVAL_DAY_TO_SECOND
                           : SQL_INTERVAL_YEAR_TO_MONTH, &fields);
    }
    return interval_parse(cell, fields, out) ? VALUE_OK : VALUE_BAD_TEXT;
}

enum value_outcome store_interval(const struct value_plan *p, struct span cell, void *data,
                                  SQLLEN room, SQLLEN *length)
{
    struct interval i;
    SQL_INTERVAL_STRUCT s;
    enum value_outcome taken = interval_of_cell(p, cell, &i);

    (void)room;
    if (taken != VALUE_OK && taken != VALUE_FRACTION_LOST) {
        return taken;
    }
    enum value_outcome put = interval_put(&i, p->c_type, (int)p->interval_precision,
                                          (int)p->seconds_precision, &s);
    if (put != VALUE_OK && put != VALUE_FRACTION_LOST) {
        return put;
    }
    return store_bytes(data, &s, sizeof(s), length, taken == VALUE_OK ? put : taken);
}

/* "SQL to C: Year-Month Intervals", the row of exact numbers: interval precision was not a single
   field. */
enum value_outcome store_many_fields(const struct value_plan *p, struct span cell, void *data,
                                     SQLLEN room, SQLLEN *length)
{
    (void)p;
    (void)cell;
    (void)data;
    (void)room;
    (void)length;
    return VALUE_INTERVAL_OVERFLOW;
}
