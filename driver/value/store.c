/* Cells to numbers, and to the bytes of a structure. The length of the buffer is not looked at: the
   standard says that it is as long as the type. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "value/waist.h"

/* ---- exact numbers ---- */

enum value_outcome cell_exact(const struct value_plan *p, struct span cell, struct exact *out)
{
    if (p->family == FAMILY_BIT) {
        *out = exact_of_u64(span_equal_nocase(cell, SPAN("true")) || span_equal(cell, SPAN("1")));
        return VALUE_OK;
    }
    if (exact_parse(p->family == FAMILY_TEXT ? span_trim(cell) : cell, out)) {
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

static enum value_outcome put_integer(const struct value_plan *p, const struct exact *e, void *data,
                                      SQLLEN *length)
{
    const struct c_type_row *row = c_type_row(p->c_type);
    bool lost = false;
    uint64_t value = 0;

    if (e->is_over || !fits(exact_whole(e, &lost), e->is_negative, row->bits, &value)) {
        return VALUE_RANGE;
    }
    /* The low bytes come first on the machines this is built for. */
    return store_bytes(data, &value, (size_t)row->size, length, lost ? VALUE_FRACTION_LOST
                       : VALUE_OK);
}

enum value_outcome store_integer(const struct value_plan *p, struct span cell, void *data,
                                 SQLLEN room, SQLLEN *length)
{
    struct exact e;
    enum value_outcome outcome = cell_exact(p, cell, &e);

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
    chunk = ((chunk & 0x000000FF000000FFu) * 0x000F424000000064u
             + ((chunk >> 16) & 0x000000FF000000FFu) * 0x0000271000000001u) >> 32;
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

enum value_outcome store_i64(const struct value_plan *p, struct span cell, void *data, SQLLEN room,
                             SQLLEN *length)
{
    int64_t value = 0;

    if (!short_integer(cell, &value)) {
        return store_integer(p, cell, data, room, length);
    }
    return store_bytes(data, &value, sizeof(value), length, VALUE_OK);
}

enum value_outcome store_i32(const struct value_plan *p, struct span cell, void *data, SQLLEN room,
                             SQLLEN *length)
{
    int64_t value = 0;

    if (!short_integer(cell, &value) || value > INT32_MAX || value < INT32_MIN) {
        return store_integer(p, cell, data, room, length);
    }
    int32_t small = (int32_t)value;
    return store_bytes(data, &small, sizeof(small), length, VALUE_OK);
}

enum value_outcome store_bit(const struct value_plan *p, struct span cell, void *data, SQLLEN room,
                             SQLLEN *length)
{
    struct exact e;
    bool lost = false;
    enum value_outcome outcome = cell_exact(p, cell, &e);

    (void)room;
    if (outcome != VALUE_OK) {
        return outcome;
    }
    uint128 whole = e.is_over ? 2 : exact_whole(&e, &lost);
    if (whole >= 2 || (e.is_negative && (whole != 0 || lost))) {
        return VALUE_RANGE;
    }
    unsigned char bit = whole == 1;
    return store_bytes(data, &bit, 1, length, lost ? VALUE_FRACTION_LOST : VALUE_OK);
}

/* Precision and scale of SQL_C_NUMERIC: those of the descriptor or of an exact column, else the
   value's. */
static void numeric_shape(const struct value_plan *p, const struct exact *e, unsigned *precision,
                          int *scale)
{
    bool is_given = p->has_numeric_scale || p->family == FAMILY_DECIMAL
        || p->family == FAMILY_INTEGER;

    *precision = is_given && p->numeric_precision > 0 ? (unsigned)p->numeric_precision
        : EXACT_DIGITS;
    *scale = is_given ? p->numeric_scale : e->scale;
}

enum value_outcome store_numeric(const struct value_plan *p, struct span cell, void *data,
                                 SQLLEN room, SQLLEN *length)
{
    struct exact e;
    SQL_NUMERIC_STRUCT n = { .sign = 1 };
    unsigned precision = 0;
    int scale = 0;
    uint128 magnitude = 0;
    bool lost = false;
    enum value_outcome outcome = cell_exact(p, cell, &e);

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
    return store_bytes(data, &n, sizeof(n), length, lost ? VALUE_FRACTION_LOST : VALUE_OK);
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
    cell = span_trim(cell);
    if (!exact_parse(cell, &e)) {
        return VALUE_BAD_TEXT;
    }
    return number_parse_double(cell, out) && isfinite(*out) ? VALUE_OK : VALUE_RANGE;
}

enum value_outcome store_double(const struct value_plan *p, struct span cell, void *data,
                                SQLLEN room, SQLLEN *length)
{
    double number = 0;
    enum value_outcome outcome = double_of_cell(p, cell, &number);

    (void)room;
    return outcome == VALUE_OK ? store_bytes(data, &number, sizeof(number), length, VALUE_OK)
        : outcome;
}

enum value_outcome store_real(const struct value_plan *p, struct span cell, void *data, SQLLEN room,
                              SQLLEN *length)
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
    return store_bytes(data, &small, sizeof(small), length, VALUE_OK);
}

/* ---- the bytes of a structure ---- */

/* Binary form of a value that is neither text nor binary: the C structure it has by default, whole
   or not at all (22003). */
enum value_outcome store_structure_binary(const struct value_plan *p, struct span cell, void *data,
                                          SQLLEN room, SQLLEN *length)
{
    _Alignas(8) unsigned char bytes[64];
    struct value_plan inner = *p;
    SQLSMALLINT c_type = kind_row(p->type.kind)->c_default;
    SQLLEN size = 0;

    c_type = p->family == FAMILY_DECIMAL ? SQL_C_NUMERIC : c_type;
    inner.c_type = c_type;
    enum value_outcome outcome = store_choose((enum family)p->family, c_type_row(c_type))(&inner,
        cell, bytes, sizeof(bytes), &size);
    if (outcome != VALUE_OK && outcome != VALUE_FRACTION_LOST) {
        return outcome;
    }
    if (data != NULL && size > room) {
        return VALUE_RANGE;
    }
    return store_bytes(data, bytes, (size_t)size, length, outcome);
}
