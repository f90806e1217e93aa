/* UTF-8 to and from the wide forms of the two driver managers. */
#include "base/utf.h"

#include <string.h>

enum { REPLACEMENT = 0xFFFD };

/* Length of the sequence that a lead byte starts, and the range its second byte must be in (the
   Unicode standard's table 3-7). */
struct lead {
    unsigned char len, low, high;
};

static struct lead lead_of(unsigned char byte)
{
    if (byte < 0x80) {
        return (struct lead){ 1, 0, 0 };
    }
    if (byte >= 0xC2 && byte <= 0xDF) {
        return (struct lead){ 2, 0x80, 0xBF };
    }
    if (byte >= 0xE0 && byte <= 0xEF) {
        return (struct lead){ 3, byte == 0xE0 ? 0xA0 : 0x80, byte == 0xED ? 0x9F : 0xBF };
    }
    if (byte >= 0xF0 && byte <= 0xF4) {
        return (struct lead){ 4, byte == 0xF0 ? 0x90 : 0x80, byte == 0xF4 ? 0x8F : 0xBF };
    }
    return (struct lead){ 0, 0, 0 };
}

/* Bytes of the well-formed character at s[at], or 0 and the length of its maximal subpart in
   *bad. */
static unsigned well_formed(struct span s, size_t at, unsigned *bad)
{
    const unsigned char *bytes = (const unsigned char *)s.at + at;
    struct lead lead = lead_of(bytes[0]);
    unsigned got = 1;

    while (got < lead.len && at + got < s.len) {
        unsigned char low = got == 1 ? lead.low : 0x80;
        unsigned char high = got == 1 ? lead.high : 0xBF;
        if (bytes[got] < low || bytes[got] > high) {
            break;
        }
        got++;
    }
    if (lead.len != 0 && got == lead.len) {
        return got;
    }
    *bad = got;
    return 0;
}

uint32_t utf8_next(struct span s, size_t *at)
{
    const unsigned char *bytes = (const unsigned char *)s.at + *at;
    unsigned bad = 1;

    if (bytes[0] < 0x80) {
        (*at)++;
        return bytes[0];
    }
    unsigned len = well_formed(s, *at, &bad);
    if (len == 0) {
        *at += bad;
        return REPLACEMENT;
    }
    static const unsigned char lead_mask[5] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
    uint32_t c = bytes[0] & lead_mask[len];
    for (unsigned i = 1; i < len; i++) {
        c = c << 6 | (bytes[i] & 0x3F);
    }
    *at += len;
    return c;
}

unsigned utf8_put(uint32_t c, char to[4])
{
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
        c = REPLACEMENT;
    }
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xC0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xE0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3F));
        to[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    to[0] = (char)(0xF0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3F));
    to[2] = (char)(0x80 | (c >> 6 & 0x3F));
    to[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

bool utf8_is_valid(struct span s)
{
    size_t at = 0;
    unsigned bad = 0;

    while (at < s.len) {
        unsigned len = (unsigned char)s.at[at] < 0x80 ? 1 : well_formed(s, at, &bad);
        if (len == 0) {
            return false;
        }
        at += len;
    }
    return true;
}

size_t utf8_cut(struct span s, size_t max)
{
    if (s.len <= max) {
        return s.len;
    }
    size_t at = max;
    /* Back to the lead byte, at most three steps: longer runs of continuation bytes are not
       characters anyway. */
    for (unsigned i = 0; i < 3 && at > 0 && ((unsigned char)s.at[at] & 0xC0) == 0x80; i++) {
        at--;
    }
    return ((unsigned char)s.at[at] & 0xC0) == 0x80 ? max : at;
}

size_t utf8_count(struct span s)
{
    size_t n = 0;

    for (size_t at = 0; at < s.len; n++) {
        utf8_next(s, &at);
    }
    return n;
}

size_t utf8_wide_units(struct span s, enum wide_unit unit)
{
    size_t units = 0;

    for (size_t at = 0; at < s.len;) {
        uint32_t c = utf8_next(s, &at);
        units += unit == WIDE_UTF16 && c > 0xFFFF ? 2 : 1;
    }
    return units;
}

static uint32_t wide_at(const void *wide, size_t i, enum wide_unit unit)
{
    uint16_t narrow = 0;
    uint32_t whole = 0;

    /* Applications hand in any alignment. */
    if (unit == WIDE_UTF16) {
        memcpy(&narrow, (const char *)wide + 2 * i, sizeof(narrow));
        return narrow;
    }
    memcpy(&whole, (const char *)wide + 4 * i, sizeof(whole));
    return whole;
}

static uint32_t wide_next(const void *wide, size_t n_units, enum wide_unit unit, size_t *i)
{
    uint32_t c = wide_at(wide, (*i)++, unit);

    if (unit == WIDE_UCS4 || c < 0xD800 || c > 0xDFFF) {
        return c;
    }
    if (c <= 0xDBFF && *i < n_units) {
        uint32_t low = wide_at(wide, *i, unit);
        if (low >= 0xDC00 && low <= 0xDFFF) {
            (*i)++;
            return 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    return c; /* a lone surrogate: utf8_put replaces it */
}

bool utf8_from_wide(const void *wide, size_t n_units, enum wide_unit unit, struct buf *out,
                    size_t *n_replaced, struct fault *f)
{
    size_t replaced = 0;

    for (size_t i = 0; i < n_units;) {
        uint32_t c = wide_next(wide, n_units, unit, &i);
        char bytes[4];
        if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
            replaced++;
        }
        if (!buf_add(out, (struct span){ bytes, utf8_put(c, bytes) }, f)) {
            return false;
        }
    }
    if (n_replaced != NULL) {
        *n_replaced = replaced;
    }
    return true;
}

static void wide_store(void *to, size_t i, uint32_t value, enum wide_unit unit)
{
    if (unit == WIDE_UTF16) {
        uint16_t narrow = (uint16_t)value;
        memcpy((char *)to + 2 * i, &narrow, sizeof(narrow));
    } else {
        memcpy((char *)to + 4 * i, &value, sizeof(value));
    }
}

size_t utf8_to_wide(struct span s, void *to, size_t room_units, enum wide_unit unit, size_t *used)
{
    size_t at = 0;
    size_t units = 0;

    while (at < s.len) {
        size_t next = at;
        uint32_t c = utf8_next(s, &next);
        size_t need = unit == WIDE_UTF16 && c > 0xFFFF ? 2 : 1;
        if (need > room_units - units) {
            break;
        }
        if (need == 2) {
            wide_store(to, units, 0xD800 + ((c - 0x10000) >> 10), unit);
            wide_store(to, units + 1, 0xDC00 + ((c - 0x10000) & 0x3FF), unit);
        } else {
            wide_store(to, units, c, unit);
        }
        units += need;
        at = next;
    }
    if (used != NULL) {
        *used = at;
    }
    return units;
}

size_t wide_length(const void *wide, enum wide_unit unit)
{
    size_t n = 0;

    while (wide_at(wide, n, unit) != 0) {
        n++;
    }
    return n;
}
