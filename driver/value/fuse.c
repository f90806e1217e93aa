/* Values read straight from text that a double quote ends, without looking for the quote first: a
   number stops at it, a text is copied while it is looked for. Whatever is not plain goes the long
   way: the caller finds the end and calls the plan's store. */
#include <string.h>

#include "value/waist.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* At least so many bytes can be read behind `at`: longer than any number or date. */
enum { FUSE_BYTES = VALUE_FUSE_BYTES };

/* How many of eight bytes are digits, counted from the first; their value in *out. */
static unsigned leading_digits(const char *at, uint64_t *out)
{
    uint64_t chunk = 0;

    memcpy(&chunk, at, 8);
    uint64_t under = chunk ^ 0x3030303030303030u;
    uint64_t marks = ((under + 0x7676767676767676u) | under) & 0x8080808080808080u;
    unsigned n = marks == 0 ? 8 : (unsigned)__builtin_ctzll(marks) / 8;
    if (n == 0) {
        return 0;
    }
    under <<= 64 - 8 * n; /* leading zeros instead of what follows */
    uint64_t pairs = under * 10 + (under >> 8);
    *out = ((pairs & 0x000000FF000000FFu) * 0x000F424000000064u
            + ((pairs >> 16) & 0x000000FF000000FFu) * 0x0000271000000001u) >> 32;
    return n;
}

/* Up to sixteen digits with their sign, then a quote. NULL: something else. */
static const char *fused_number(const char *at, int64_t *out)
{
    static const uint64_t power[9] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000,
                                       100000000 };
    bool is_negative = *at == '-';
    uint64_t value = 0, more = 0;

    at += is_negative;
    unsigned n = leading_digits(at, &value);
    value &= 0xFFFFFFFFu;
    if (n == 8) {
        unsigned rest = leading_digits(at + 8, &more);
        value = value * power[rest] + (rest > 0 ? more & 0xFFFFFFFFu : 0);
        n += rest;
    }
    if (n == 0 || at[n] != '"') {
        return NULL;
    }
    *out = is_negative ? -(int64_t)value : (int64_t)value;
    return at + n;
}

const char *fuse_i64(const struct value_plan *p, const char *at, const char *end, void *data,
                     SQLLEN room, SQLLEN *length)
{
    int64_t value = 0;

    (void)p, (void)room;
    const char *quote = end - at >= FUSE_BYTES ? fused_number(at, &value) : NULL;
    if (quote != NULL) {
        (void)store_bytes(data, &value, sizeof(value), length, VALUE_OK);
    }
    return quote;
}

const char *fuse_i32(const struct value_plan *p, const char *at, const char *end, void *data,
                     SQLLEN room, SQLLEN *length)
{
    int64_t value = 0;

    (void)p, (void)room;
    const char *quote = end - at >= FUSE_BYTES ? fused_number(at, &value) : NULL;
    if (quote == NULL || value > INT32_MAX || value < INT32_MIN) {
        return NULL;
    }
    int32_t small = (int32_t)value;
    (void)store_bytes(data, &small, sizeof(small), length, VALUE_OK);
    return quote;
}

/* The quote within the bytes that a number or a date takes; NULL when it is not there. */
static const char *near_quote(const char *at, const char *end)
{
    if (end - at < FUSE_BYTES) {
        return NULL;
    }
#if defined(__SSE2__)
    const __m128i wanted = _mm_set1_epi8('"');
    __m128i low = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(at + 16));
    unsigned mask = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(low, wanted))
                    | (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(high, wanted)) << 16;
    return mask == 0 ? NULL : at + __builtin_ctz(mask);
#else
    return memchr(at, '"', FUSE_BYTES);
#endif
}

const char *fuse_short(const struct value_plan *p, const char *at, const char *end, void *data,
                       SQLLEN room, SQLLEN *length)
{
    const char *quote = near_quote(at, end);

    if (quote == NULL) {
        return NULL;
    }
    struct span cell = { at, (size_t)(quote - at) };
    return p->store(p, cell, data, room, length) == VALUE_OK ? quote : NULL;
}

#if defined(__SSE2__)

/* Copies sixteen bytes at a time; what lands behind the quote is overwritten by the terminator or
   by whoever owns the rest of the buffer: nobody reads it. */
const char *fuse_char(const struct value_plan *p, const char *at, const char *end, void *data,
                      SQLLEN room, SQLLEN *length)
{
    const __m128i wanted = _mm_set1_epi8('"');
    const char *from = at;
    char *to = data;

    (void)p;
    for (; data != NULL && end - at >= 16 && room - (at - from) > 16; at += 16, to += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        int mask = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted));
        _mm_storeu_si128((__m128i *)(void *)to, bytes);
        if (mask != 0) {
            unsigned n = (unsigned)__builtin_ctz((unsigned)mask);
            to[n] = '\0';
            if (length != NULL) {
                *length = (at - from) + n;
            }
            return at + n;
        }
    }
    return NULL;
}

/* The same into units of two bytes, as long as all is ASCII. */
const char *fuse_wide(const struct value_plan *p, const char *at, const char *end, void *data,
                      SQLLEN room, SQLLEN *length)
{
    const __m128i wanted = _mm_set1_epi8('"'), zero = _mm_setzero_si128();
    const char *from = at;
    char *to = data;

    (void)p;
    for (; data != NULL && end - at >= 16 && room - 2 * (at - from) > 32; at += 16, to += 32) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        int mask = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted));
        int high = _mm_movemask_epi8(bytes);
        unsigned n = mask != 0 ? (unsigned)__builtin_ctz((unsigned)mask) : 16;
        if (high != 0 && (unsigned)__builtin_ctz((unsigned)high) < n) {
            return NULL;
        }
        _mm_storeu_si128((__m128i *)(void *)to, _mm_unpacklo_epi8(bytes, zero));
        _mm_storeu_si128((__m128i *)(void *)(to + 16), _mm_unpackhi_epi8(bytes, zero));
        if (n < 16) {
            memset(to + 2 * n, 0, 2);
            if (length != NULL) {
                *length = 2 * ((at - from) + n);
            }
            return at + n;
        }
    }
    return NULL;
}

/* Dates and numbers as characters are their own text, except where a cell is written another way:
   booleans, zones, more digits of a second than nine. */
static const char *fuse_checked(const struct value_plan *p, const char *at, const char *end,
                                void *data, SQLLEN room, SQLLEN *length)
{
    enum { TIME_TEXT_MAX = 18, TIMESTAMP_TEXT_MAX = 29 };
    const char *quote = p->c_type == SQL_C_WCHAR ? fuse_wide(p, at, end, data, room, length)
        : fuse_char(p, at, end, data, room, length);
    long most = p->family == FAMILY_TIME ? TIME_TEXT_MAX : TIMESTAMP_TEXT_MAX;
    bool has_fraction = p->family == FAMILY_TIME || p->family == FAMILY_TIMESTAMP;

    return quote != NULL && has_fraction && quote - at > most ? NULL : quote;
}

static bool is_its_own_text(const struct value_plan *p)
{
    return p->family != FAMILY_BIT && p->type.kind != VALUE_TIMESTAMP_TZ;
}

#endif

/* Stores with a fused way; everything else is found first and stored then. */
static const struct {
    value_store_function *store;
    value_fuse_function *fuse;
} ways[] = {
    { store_i64, fuse_i64 },
    { store_i32, fuse_i32 },
    { store_double, fuse_short },
    { store_real, fuse_short },
    { store_integer, fuse_short },
    { store_fixed_date, fuse_short },
    { store_fixed_timestamp, fuse_short },
    { store_bit, fuse_short },
#if defined(__SSE2__)
    { store_text_char, fuse_char },
    { store_text_wide, fuse_wide },
    { store_checked_char, fuse_checked },
    { store_checked_wide, fuse_checked },
#endif
};

void value_plan_fuse(struct value_plan *p)
{
    bool is_odd_width = p->c_type == SQL_C_WCHAR && p->wide_unit != WIDE_UTF16;

    p->fuse = NULL;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (ways[i].store == p->store && p->max_length <= 0 && !is_odd_width) {
            p->fuse = ways[i].fuse;
        }
    }
#if defined(__SSE2__)
    if (p->fuse == fuse_checked && !is_its_own_text(p)) {
        p->fuse = NULL;
    }
#endif
}
