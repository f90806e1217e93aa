/* Cells to C types of fixed size: numbers, dates, times, identifiers, intervals. The length of the buffer is not looked at: the standard
   says that it is as long as the type. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "value/waist.h"

static enum value_outcome stored(void *data, const void *from, size_t bytes, SQLLEN *length, enum value_outcome outcome)
{
    if (length != NULL) {
        *length = (SQLLEN)bytes;
    }
    if (data != NULL) {
        memcpy(data, from, bytes);
    }
    return outcome;
}

struct span value_trim(struct span s)
{
    return span_trim(s);
}

/* ---- exact numbers ---- */

static enum value_outcome exact_of_cell(const struct value_plan *p, struct span cell, struct exact *out)
{
    if (p->family == FAMILY_BIT) {
        *out = exact_of_u64(span_equal_nocase(cell, SPAN("true")) || span_equal(cell, SPAN("1")));
        return VALUE_OK;
    }
    if (exact_parse(p->family == FAMILY_TEXT ? value_trim(cell) : cell, out)) {
        return VALUE_OK;
    }
    double number = 0;
    bool is_not_finite = p->family == FAMILY_DOUBLE && number_parse_double(cell, &number);
    return is_not_finite ? VALUE_RANGE : VALUE_BAD_TEXT;
}

/* The whole part brought into 64 bits, two's complement; false when the type cannot hold it. */
static bool fits(uint128 whole, bool is_negative, int bits, uint64_t *out)
{
    if (bits < 0) {
        uint128 most = ((uint128)1 << -bits) - 1;
        *out = (uint64_t)whole;
        return whole <= most && !(is_negative && whole != 0);
    }
    uint128 most = ((uint128)1 << (bits - 1)) - 1 + is_negative;
    *out = is_negative ? 0 - (uint64_t)whole : (uint64_t)whole;
    return whole <= most;
}

static enum value_outcome put_integer(const struct value_plan *p, const struct exact *e, void *data, SQLLEN *length)
{
    const struct c_type_row *row = c_type_row(p->c_type);
    bool lost = false;
    uint64_t value = 0;

    if (e->is_over || !fits(exact_whole(e, &lost), e->is_negative, row->bits, &value)) {
        return VALUE_RANGE;
    }
    /* The low bytes come first on the machines this is built for. */
    return stored(data, &value, (size_t)row->size, length, lost ? VALUE_FRACTION_LOST : VALUE_OK);
}

enum value_outcome store_integer(const struct value_plan *p, struct span cell, void *data, SQLLEN room, SQLLEN *length)
{
    struct exact e;
    enum value_outcome outcome = exact_of_cell(p, cell, &e);

    (void)room;
    return outcome == VALUE_OK ? put_integer(p, &e, data, length) : outcome;
}

/* Eight digits at once: pairs, then fours, then all. False unless all eight bytes are digits. */
static bool eight_digits(const char *at, uint64_t *out)
{
    uint64_t chunk = 0;

    memcpy(&chunk, at, 8);
    uint64_t over = chunk + 0x4646464646464646u;
    uint64_t under = chunk - 0x3030303030303030u;
    if (((over | under) & 0x8080808080808080u) != 0) {
        return false;
    }
    chunk = under * 10 + (under >> 8);
    chunk = ((chunk & 0x000000FF000000FFu) * 0x000F424000000064u + ((chunk >> 16) & 0x000000FF000000FFu) * 0x0000271000000001u) >> 32;
    *out = chunk & 0xFFFFFFFFu;
    return true;
}

/* An integer as Athena writes it, at most eighteen digits; anything else goes the long way. */
static bool short_integer(struct span s, int64_t *out)
{
    bool is_negative = s.len > 0 && s.at[0] == '-';
    size_t at = is_negative;
    uint64_t value = 0, eight = 0;

    if (s.len == at || s.len - at > 18) {
        return false;
    }
    for (; s.len - at >= 8; at += 8) {
        if (!eight_digits(s.at + at, &eight)) {
            return false;
        }
        value = value * 100000000u + eight;
    }
    for (; at < s.len; at++) {
        unsigned digit = (unsigned)(s.at[at] - '0');
        if (digit > 9) {
            return false;
        }
        value = value * 10 + digit;
    }
    *out = is_negative ? -(int64_t)value : (int64_t)value;
    return true;
}

enum value_outcome store_i64(const struct value_plan *p, struct span cell, void *data, SQLLEN room, SQLLEN *length)
{
    int64_t value = 0;

    if (!short_integer(cell, &value)) {
        return store_integer(p, cell, data, room, length);
    }
    return stored(data, &value, sizeof(value), length, VALUE_OK);
}

enum value_outcome store_i32(const struct value_plan *p, struct span cell, void *data, SQLLEN room, SQLLEN *length)
{
    int64_t value = 0;

    if (!short_integer(cell, &value) || value > INT32_MAX || value < INT32_MIN) {
        return store_integer(p, cell, data, room, length);
    }
    int32_t small = (int32_t)value;
    return stored(data, &small, sizeof(small), length, VALUE_OK);
}

enum value_outcome store_bit(const struct value_plan *p, struct span cell, void *data, SQLLEN room, SQLLEN *length)
{
    struct exact e;
    bool lost = false;
    enum value_outcome outcome = exact_of_cell(p, cell, &e);

    (void)room;
    if (outcome != VALUE_OK) {
        return outcome;
    }
    uint128 whole = e.is_over ? 2 : exact_whole(&e, &lost);
    if (whole >= 2 || (e.is_negative && (whole != 0 || lost))) {
        return VALUE_RANGE;
    }
    unsigned char bit = whole == 1;
    return stored(data, &bit, 1, length, lost ? VALUE_FRACTION_LOST : VALUE_OK);
}

/* Precision and scale of SQL_C_NUMERIC: the descriptor's if the application set them, else the column's own, else the value's. */
static void numeric_shape(const struct value_plan *p, const struct exact *e, unsigned *precision, int *scale)
{
    *precision = EXACT_DIGITS;
    *scale = e->scale;
    if (p->has_numeric_scale) {
        *precision = p->numeric_precision > 0 ? (unsigned)p->numeric_precision : EXACT_DIGITS;
        *scale = p->numeric_scale;
    } else if (p->family == FAMILY_DECIMAL) {
        *precision = p->type.precision;
        *scale = (int)p->type.scale;
    }
}

enum value_outcome store_numeric(const struct value_plan *p, struct span cell, void *data, SQLLEN room, SQLLEN *length)
{
    struct exact e;
    SQL_NUMERIC_STRUCT n = { .sign = 1 };
    unsigned precision = 0;
    int scale = 0;
    uint128 magnitude = 0;
    bool lost = false;
    enum value_outcome outcome = exact_of_cell(p, cell, &e);

    (void)room;
    if (outcome != VALUE_OK) {
        return outcome;
    }
    numeric_shape(p, &e, &precision, &scale);
    if (!exact_rescale(&e, precision, scale, &magnitude, &lost)) {
        return VALUE_RANGE;
    }
    n.precision = (SQLCHAR)precision;
    n.scale = (SQLSCHAR)scale;
    n.sign = !(e.is_negative && magnitude != 0);
    memcpy(n.val, &magnitude, sizeof(magnitude));
    return stored(data, &n, sizeof(n), length, lost ? VALUE_FRACTION_LOST : VALUE_OK);
}

/* ---- approximate numbers ---- */

static enum value_outcome double_of_cell(const struct value_plan *p, struct span cell, double *out)
{
    struct exact e;

    if (p->family == FAMILY_DOUBLE) {
        return number_parse_double(cell, out) ? VALUE_OK : VALUE_BAD_TEXT;
    }
    if (p->family == FAMILY_BIT) {
        *out = span_equal_nocase(cell, SPAN("true")) || span_equal(cell, SPAN("1"));
        return VALUE_OK;
    }
    cell = value_trim(cell);
    if (!exact_parse(cell, &e)) {
        return VALUE_BAD_TEXT;
    }
    return number_parse_double(cell, out) && isfinite(*out) ? VALUE_OK : VALUE_RANGE;
}

enum value_outcome store_double(const struct value_plan *p, struct span cell, void *data, SQLLEN room, SQLLEN *length)
{
    double number = 0;
    enum value_outcome outcome = double_of_cell(p, cell, &number);

    (void)room;
    return outcome == VALUE_OK ? stored(data, &number, sizeof(number), length, VALUE_OK) : outcome;
}

enum value_outcome store_real(const struct value_plan *p, struct span cell, void *data, SQLLEN room, SQLLEN *length)
{
    double number = 0;

    if (p->c_type == SQL_C_DOUBLE) {
        return store_double(p, cell, data, room, length);
    }
    enum value_outcome outcome = double_of_cell(p, cell, &number);
    if (outcome != VALUE_OK) {
        return outcome;
    }
    float small = (float)number;
    if (isfinite(number) && !isfinite(small)) {
        return VALUE_RANGE;
    }
    return stored(data, &small, sizeof(small), length, VALUE_OK);
}

/* ---- dates and times ---- */

/* Years outside 0..9999 have no place in the C structures (page "Constraints of the Gregorian Calendar"). */
static bool year_fits(const struct moment *m)
{
    return m->year >= 0 && m->year <= 9999;
}

static enum value_outcome moment_of_cell(const struct value_plan *p, struct span cell, unsigned text_forms, struct moment *out)
{
    /* The plan belongs to one statement; the memo only remembers what was looked up. */
    struct value_zone_memo *memo = (struct value_zone_memo *)&p->zone;
    unsigned forms = text_forms;
    bool has_zone = p->type.kind == VALUE_TIME_TZ || p->type.kind == VALUE_TIMESTAMP_TZ;

    if (p->family == FAMILY_TEXT) {
        enum value_outcome outcome = moment_parse(value_trim(cell), forms, memo, p->zone_offset_minutes, out);
        return outcome == VALUE_BAD_DATETIME ? VALUE_BAD_TEXT : outcome;
    }
    forms = p->family == FAMILY_DATE ? MOMENT_DATE : p->family == FAMILY_TIME ? MOMENT_TIME : MOMENT_STAMP;
    return moment_parse(cell, forms | (has_zone ? MOMENT_ZONE : 0), memo, p->zone_offset_minutes, out);
}

static bool has_fraction(const struct moment *m)
{
    return m->nanos != 0 || m->has_more_fraction;
}

enum value_outcome store_date(const struct value_plan *p, struct span cell, void *data, SQLLEN room, SQLLEN *length)
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
    return stored(data, &d, sizeof(d), length, lost ? VALUE_FRACTION_LOST : VALUE_OK);
}

enum value_outcome store_time(const struct value_plan *p, struct span cell, void *data, SQLLEN room, SQLLEN *length)
{
    struct moment m;
    enum value_outcome outcome = moment_of_cell(p, cell, MOMENT_TIME | MOMENT_STAMP, &m);

    (void)room;
    if (outcome != VALUE_OK) {
        return outcome;
    }
    SQL_TIME_STRUCT t = { (SQLUSMALLINT)m.hour, (SQLUSMALLINT)m.minute, (SQLUSMALLINT)m.second };
    return stored(data, &t, sizeof(t), length, has_fraction(&m) ? VALUE_FRACTION_LOST : VALUE_OK);
}

enum value_outcome store_timestamp(const struct value_plan *p, struct span cell, void *data, SQLLEN room, SQLLEN *length)
{
    struct moment m;
    enum value_outcome outcome = moment_of_cell(p, cell, MOMENT_DATE | MOMENT_TIME | MOMENT_STAMP, &m);

    (void)room;
    if (outcome != VALUE_OK) {
        return outcome;
    }
    if (!m.has_date) {
        moment_today(&m, p->zone_offset_minutes);
    }
    if (!year_fits(&m)) {
        return VALUE_DATETIME_OVERFLOW;
    }
    SQL_TIMESTAMP_STRUCT t = { (SQLSMALLINT)m.year, (SQLUSMALLINT)m.month, (SQLUSMALLINT)m.day, (SQLUSMALLINT)m.hour,
                               (SQLUSMALLINT)m.minute, (SQLUSMALLINT)m.second, m.nanos };
    return stored(data, &t, sizeof(t), length, m.has_more_fraction ? VALUE_FRACTION_LOST : VALUE_OK);
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
    return moment_is_day(d->year, (int)month, (int)day);
}

enum value_outcome store_fixed_date(const struct value_plan *p, struct span cell, void *data, SQLLEN room, SQLLEN *length)
{
    SQL_DATE_STRUCT d;

    if (cell.len != 10 || !fixed_date(cell.at, &d)) {
        return store_date(p, cell, data, room, length);
    }
    return stored(data, &d, sizeof(d), length, VALUE_OK);
}

/* ".123456789" and shorter, as nanoseconds. */
static bool fixed_fraction(const char *at, size_t n, SQLUINTEGER *out)
{
    static const SQLUINTEGER unit[10] = { 1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1 };
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

enum value_outcome store_fixed_timestamp(const struct value_plan *p, struct span cell, void *data, SQLLEN room, SQLLEN *length)
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
    SQL_TIMESTAMP_STRUCT t = { d.year, d.month, d.day, (SQLUSMALLINT)hour, (SQLUSMALLINT)minute, (SQLUSMALLINT)second, nanos };
    return stored(data, &t, sizeof(t), length, VALUE_OK);
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
    if (!hex_number(s, 0, 8, &part[0]) || !hex_number(s, 9, 4, &part[1]) || !hex_number(s, 14, 4, &part[2])
        || !hex_number(s, 19, 4, &part[3]) || !hex_number(s, 24, 12, &part[4])) {
        return false;
    }
    out->Data1 = (uint32_t)part[0];
    out->Data2 = (uint16_t)part[1];
    out->Data3 = (uint16_t)part[2];
    for (unsigned i = 0; i < 8; i++) {
        out->Data4[i] = (unsigned char)(i < 2 ? part[3] >> (8 * (1 - i)) : part[4] >> (8 * (7 - i)));
    }
    return true;
}

void guid_print(const SQLGUID *g, char to[37])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[16] = { (unsigned char)(g->Data1 >> 24), (unsigned char)(g->Data1 >> 16), (unsigned char)(g->Data1 >> 8),
                                (unsigned char)g->Data1, (unsigned char)(g->Data2 >> 8), (unsigned char)g->Data2,
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

enum value_outcome store_guid(const struct value_plan *p, struct span cell, void *data, SQLLEN room, SQLLEN *length)
{
    SQLGUID g;

    (void)room;
    if (!guid_parse(p->family == FAMILY_TEXT ? value_trim(cell) : cell, &g)) {
        return VALUE_BAD_TEXT;
    }
    return stored(data, &g, sizeof(g), length, VALUE_OK);
}

/* ---- intervals ---- */

static enum value_outcome interval_of_cell(const struct value_plan *p, struct span cell, struct interval *out)
{
    struct interval_fields fields = { 0, 0 };
    struct exact e;

    interval_fields_of(p->c_type, &fields);
    if (p->family == FAMILY_INTEGER || p->family == FAMILY_DECIMAL) {
        enum value_outcome outcome = exact_of_cell(p, cell, &e);
        return outcome == VALUE_OK ? interval_of_exact(&e, fields, out) : outcome;
    }
    if (p->family == FAMILY_DAY_TIME || p->family == FAMILY_YEAR_MONTH) {
        interval_fields_of(p->family == FAMILY_DAY_TIME ? SQL_INTERVAL_DAY_TO_SECOND : SQL_INTERVAL_YEAR_TO_MONTH, &fields);
    }
    return interval_parse(cell, fields, out) ? VALUE_OK : VALUE_BAD_TEXT;
}

enum value_outcome store_interval(const struct value_plan *p, struct span cell, void *data, SQLLEN room, SQLLEN *length)
{
    struct interval i;
    SQL_INTERVAL_STRUCT s;
    enum value_outcome taken = interval_of_cell(p, cell, &i);

    (void)room;
    if (taken != VALUE_OK && taken != VALUE_FRACTION_LOST) {
        return taken;
    }
    enum value_outcome put = interval_put(&i, p->c_type, (int)p->interval_precision, (int)p->seconds_precision, &s);
    if (put != VALUE_OK && put != VALUE_FRACTION_LOST) {
        return put;
    }
    return stored(data, &s, sizeof(s), length, taken == VALUE_OK ? put : taken);
}

/* "SQL to C: Year-Month Intervals", the row of exact numbers: interval precision was not a single field. */
enum value_outcome store_many_fields(const struct value_plan *p, struct span cell, void *data, SQLLEN room, SQLLEN *length)
{
    (void)p;
    (void)cell;
    (void)data;
    (void)room;
    (void)length;
    return VALUE_INTERVAL_OVERFLOW;
}

/* ---- the bytes of a structure ---- */

/* Binary form of a value that is neither text nor binary: the C structure it has by default, whole or not at all (22003). */
enum value_outcome store_structure_binary(const struct value_plan *p, struct span cell, void *data, SQLLEN room, SQLLEN *length)
{
    _Alignas(8) unsigned char bytes[64];
    struct value_plan inner = *p;
    SQLSMALLINT c_type = kind_row(p->type.kind)->c_default;
    SQLLEN size = 0;

    c_type = p->family == FAMILY_DECIMAL ? SQL_C_NUMERIC : c_type;
    inner.c_type = c_type;
    inner.interval_precision = 9;
    enum value_outcome outcome = store_choose((enum family)p->family, c_type_row(c_type))(&inner, cell, bytes, sizeof(bytes), &size);
    if (outcome != VALUE_OK && outcome != VALUE_FRACTION_LOST) {
        return outcome;
    }
    if (data != NULL && size > room) {
        return VALUE_RANGE;
    }
    return stored(data, bytes, (size_t)size, length, outcome);
}
