/* Cells to character and binary buffers, whole or in pieces. */
#include <string.h>

#include "value/waist.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* ---- widening ---- */

/* ASCII bytes at the start of s to wide units. Returns how many were done. */
static size_t widen_ascii(struct span s, char *to, size_t room_units, enum wide_unit unit)
{
    size_t n = s.len < room_units ? s.len : room_units;
    size_t at = 0;

#if defined(__SSE2__)
    const __m128i zero = _mm_setzero_si128();
    for (; unit == WIDE_UTF16 && at + 16 <= n; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(s.at + at));
        if (_mm_movemask_epi8(bytes) != 0) {
            break;
        }
        _mm_storeu_si128((__m128i *)(void *)(to + 2 * at), _mm_unpacklo_epi8(bytes, zero));
        _mm_storeu_si128((__m128i *)(void *)(to + 2 * at + 16), _mm_unpackhi_epi8(bytes, zero));
    }
#endif
    for (; at < n && (unsigned char)s.at[at] < 0x80; at++) {
        if (unit == WIDE_UTF16) {
            uint16_t c = (unsigned char)s.at[at];
            memcpy(to + 2 * at, &c, sizeof(c));
        } else {
            uint32_t c = (unsigned char)s.at[at];
            memcpy(to + 4 * at, &c, sizeof(c));
        }
    }
    return at;
}

/* Bytes up to the next ASCII one: no character goes beyond it. */
static size_t beyond_ascii(struct span s)
{
    size_t n = 0;

    while (n < s.len && (unsigned char)s.at[n] >= 0x80) {
        n++;
    }
    return n;
}

size_t text_widen(struct span s, void *to, size_t room_units, enum wide_unit unit, size_t *used)
{
    size_t units = 0;
    size_t at = 0;

    while (at < s.len) {
        size_t n = widen_ascii(span_from(s, at), (char *)to + units * (size_t)unit,
                               room_units - units, unit);
        at += n;
        units += n;
        size_t run = beyond_ascii(span_from(s, at));
        size_t done = 0;
        units += utf8_to_wide(span_part(s, at, run), (char *)to + units * (size_t)unit,
                              room_units - units, unit, &done);
        at += done;
        if (done < run || units == room_units) {
            break;
        }
    }
    *used = at;
    return units;
}

size_t text_units(struct span s, enum wide_unit unit)
{
    size_t at = 0, units = 0;

    while (at < s.len) {
        size_t from = at;
        for (uint64_t eight = 0; at + 8 <= s.len; at += 8) {
            memcpy(&eight, s.at + at, 8);
            if ((eight & 0x8080808080808080u) != 0) {
                break;
            }
        }
        while (at < s.len && (unsigned char)s.at[at] < 0x80) {
            at++;
        }
        units += at - from;
        size_t run = beyond_ascii(span_from(s, at));
        units += utf8_wide_units(span_part(s, at, run), unit);
        at += run;
    }
    return units;
}

void text_terminate(void *at, enum wide_unit unit)
{
    memset(at, 0, unit == WIDE_UTF16 ? 2 : 4);
}

/* ---- text of a cell ---- */

static bool is_exponent(struct span s)
{
    return span_find_byte(s, 'E') < s.len || span_find_byte(s, 'e') < s.len
        || (s.len > 0 && !ascii_is_digit(s.at[s.len - 1]));
}

static enum value_outcome timestamp_text(const struct value_plan *p, struct span cell, char *small,
                                         struct span *out)
{
    struct moment m;
    /* The plan belongs to one statement; the zones only remember what was looked up. */
    struct value_zones *zones = (struct value_zones *)&p->zones;

    if (p->type.kind != VALUE_TIMESTAMP_TZ) {
        *out = cell;
        return VALUE_OK;
    }
    enum value_outcome outcome = moment_parse(cell, MOMENT_STAMP | MOMENT_ZONE, zones, &m);
    if (outcome == VALUE_OK) {
        *out = (struct span){ small, moment_print(&m, small) };
    }
    return outcome;
}

enum value_outcome cell_text(const struct value_plan *p, struct span cell, char *small,
                             struct span *out, size_t *keep)
{
    enum value_outcome outcome = VALUE_OK;

    *out = cell;
    *keep = 0;
    switch ((enum family)p->family) {
    case FAMILY_BIT:
        small[0] = span_equal(cell, SPAN("true")) ? '1' : '0';
        *out = (struct span){ small, 1 };
        *keep = 1;
        break;
    case FAMILY_INTEGER:
    case FAMILY_DATE:
    case FAMILY_GUID:
    case FAMILY_YEAR_MONTH:
        *keep = cell.len;
        break;
    case FAMILY_DECIMAL:
    case FAMILY_DOUBLE:
        /* Without its exponent it would be another number. */
        *keep = is_exponent(cell) ? cell.len : span_find_byte(cell, '.');
        break;
    case FAMILY_TIMESTAMP:
        outcome = timestamp_text(p, cell, small, out);
        *keep = span_find_byte(*out, '.');
        break;
    case FAMILY_TIME:
    case FAMILY_DAY_TIME:
        *keep = span_find_byte(cell, '.');
        break;
    default:
        break;
    }
    return outcome;
}

/* ---- whole values ---- */

static void put_length(SQLLEN *length, size_t bytes)
{
    if (length != NULL) {
        *length = (SQLLEN)bytes;
    }
}

enum value_outcome store_text_char(const struct value_plan *p, struct span cell, void *data,
                                   SQLLEN room, SQLLEN *length)
{
    (void)p;
    put_length(length, cell.len);
    if (data == NULL) {
        return VALUE_OK;
    }
    if ((SQLLEN)cell.len < room) {
        memcpy(data, cell.at, cell.len);
        ((char *)data)[cell.len] = '\0';
        return VALUE_OK;
    }
    if (room > 0) {
        size_t n = utf8_cut(cell, (size_t)room - 1);
        memcpy(data, cell.at, n);
        ((char *)data)[n] = '\0';
    }
    return VALUE_TRUNCATED;
}

enum value_outcome store_text_wide(const struct value_plan *p, struct span cell, void *data,
                                   SQLLEN room, SQLLEN *length)
{
    size_t unit = (size_t)p->wide_unit;
    size_t capacity = room > 0 ? (size_t)room / unit : 0;
    size_t used = 0, units = 0;

    if (data != NULL && capacity > 0) {
        units = text_widen(cell, data, capacity - 1, p->wide_unit, &used);
        text_terminate((char *)data + units * unit, p->wide_unit);
    }
    if (used == cell.len && (capacity > 0 || data == NULL)) {
        put_length(length, units * unit);
        return VALUE_OK;
    }
    put_length(length, (units + text_units(span_from(cell, used), p->wide_unit)) * unit);
    return data == NULL ? VALUE_OK : VALUE_TRUNCATED;
}

static enum value_outcome store_checked(const struct value_plan *p, struct span cell, void *data,
                                        SQLLEN room, SQLLEN *length)
{
    char small[CELL_TEXT_SMALL];
    struct span text;
    size_t keep = 0;
    bool is_wide = p->c_type == SQL_C_WCHAR;
    size_t unit = is_wide ? (size_t)p->wide_unit : 1;
    enum value_outcome outcome = cell_text(p, cell, small, &text, &keep);

    if (outcome != VALUE_OK) {
        return outcome;
    }
    if (data != NULL && keep >= (room > 0 ? (size_t)room / unit : 0)) {
        put_length(length, text.len * unit);
        return VALUE_RANGE;
    }
    return is_wide ? store_text_wide(p, text, data, room, length)
        : store_text_char(p, text, data, room, length);
}

enum value_outcome store_checked_char(const struct value_plan *p, struct span cell, void *data,
                                      SQLLEN room, SQLLEN *length)
{
    return store_checked(p, cell, data, room, length);
}

enum value_outcome store_checked_wide(const struct value_plan *p, struct span cell, void *data,
                                      SQLLEN room, SQLLEN *length)
{
    return store_checked(p, cell, data, room, length);
}

enum value_outcome store_text_binary(const struct value_plan *p, struct span cell, void *data,
                                     SQLLEN room, SQLLEN *length)
{
    (void)p;
    put_length(length, cell.len);
    if (data == NULL) {
        return VALUE_OK;
    }
    size_t n = room > 0 ? (size_t)room : 0;
    n = cell.len < n ? cell.len : n;
    memcpy(data, cell.at, n);
    return n < cell.len ? VALUE_TRUNCATED : VALUE_OK;
}

/* ---- binary cells: "01 02 ff" ---- */

int hex_digit(char c)
{
    if (ascii_is_digit(c)) {
        return c - '0';
    }
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t hex_count(struct span cell)
{
    return (cell.len + 1) / 3;
}

int hex_at(struct span cell, size_t i)
{
    size_t at = 3 * i;

    if (at + 1 >= cell.len || (at + 2 < cell.len && cell.at[at + 2] != ' ')) {
        return -1;
    }
    int high = hex_digit(cell.at[at]);
    int low = hex_digit(cell.at[at + 1]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool hex_is_whole(struct span cell)
{
    return cell.len % 3 == 2 || cell.len == 0;
}

/* Bytes [from, from + n) of the value; false when the text is no hex. */
static bool put_bytes(struct span cell, size_t from, size_t n, unsigned char *to)
{
    for (size_t i = 0; i < n; i++) {
        int byte = hex_at(cell, from + i);
        if (byte < 0) {
            return false;
        }
        to[i] = (unsigned char)byte;
    }
    return true;
}

/* The same as pairs of digits, in capitals as the standard writes them. */
static bool put_pairs(struct span cell, size_t from, size_t n, char *to, size_t unit)
{
    static const char digits[] = "0123456789ABCDEF";

    memset(to, 0, 2 * n * unit);
    for (size_t i = 0; i < n; i++) {
        int byte = hex_at(cell, from + i);
        if (byte < 0) {
            return false;
        }
        /* Little-endian machines only, as everywhere in wide text: the low byte of a unit comes
           first. */
        to[2 * i * unit] = digits[byte >> 4];
        to[(2 * i + 1) * unit] = digits[byte & 15];
    }
    return true;
}

enum value_outcome store_hex_binary(const struct value_plan *p, struct span cell, void *data,
                                    SQLLEN room, SQLLEN *length)
{
    size_t n = hex_count(cell);
    size_t fits = room > 0 ? (size_t)room : 0;

    (void)p;
    if (!hex_is_whole(cell)) {
        return VALUE_BAD_TEXT;
    }
    put_length(length, n);
    if (data == NULL) {
        return VALUE_OK;
    }
    fits = n < fits ? n : fits;
    if (!put_bytes(cell, 0, fits, data)) {
        return VALUE_BAD_TEXT;
    }
    return fits < n ? VALUE_TRUNCATED : VALUE_OK;
}

static enum value_outcome store_hex(struct span cell, void *data, SQLLEN room, SQLLEN *length,
                                    size_t unit)
{
    size_t n = hex_count(cell);
    size_t capacity = room > 0 ? (size_t)room / unit : 0;

    if (!hex_is_whole(cell)) {
        return VALUE_BAD_TEXT;
    }
    put_length(length, 2 * n * unit);
    if (data == NULL) {
        return VALUE_OK;
    }
    if (capacity == 0) {
        return VALUE_TRUNCATED;
    }
    size_t fits = (capacity - 1) / 2;
    fits = n < fits ? n : fits;
    if (!put_pairs(cell, 0, fits, data, unit)) {
        return VALUE_BAD_TEXT;
    }
    memset((char *)data + 2 * fits * unit, 0, unit);
    return fits < n ? VALUE_TRUNCATED : VALUE_OK;
}

enum value_outcome store_hex_char(const struct value_plan *p, struct span cell, void *data,
                                  SQLLEN room, SQLLEN *length)
{
    (void)p;
    return store_hex(cell, data, room, length, 1);
}

enum value_outcome store_hex_wide(const struct value_plan *p, struct span cell, void *data,
                                  SQLLEN room, SQLLEN *length)
{
    return store_hex(cell, data, room, length, (size_t)p->wide_unit);
}
