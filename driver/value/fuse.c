/* Values read straight from text that a double quote ends, without looking for the quote first: a
   number stops at it, a text is copied while it is looked for. Whatever is not plain goes the long
   way: the caller finds the end and calls the plan's store. */
#include <string.h>

#include "base/number.h"
#include "value/waist.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* At least so many bytes can be read behind `at`: longer than any number or date. */
enum { FUSE_BYTES = VALUE_FUSE_BYTES };

/* How many of eight bytes are digits, counted from the first; their value in *out. */
static inline unsigned leading_digits(const char *at, uint64_t *out)
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
    *out = (((pairs & 0x000000FF000000FFu) * 0x000F424000000064u
             + ((pairs >> 16) & 0x000000FF000000FFu) * 0x0000271000000001u) >> 32) & 0xFFFFFFFFu;
    return n;
}

/* As many digits as 64 bits hold for sure. */
enum { RUN_DIGITS = 19 };

static const uint64_t power_of_ten[RUN_DIGITS + 1] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000,
    100000000000, 1000000000000, 10000000000000, 100000000000000, 1000000000000000,
    10000000000000000, 100000000000000000, 1000000000000000000, 10000000000000000000u
};

/* The digits at `at` behind those that are in *value already, *n of them so far. Returns what
   stands behind them; NULL when they are too many or the text may end before they do. */
static inline const char *take_run(const char *at, const char *end, uint64_t *value, unsigned *n)
{
    const char *from = at;
    uint64_t all = *value;

    for (unsigned k = 8; k == 8; at += k) {
        uint64_t chunk = 0;
        if (end - at < 8) {
            return NULL;
        }
        k = leading_digits(at, &chunk);
        all = all * power_of_ten[k] + chunk;
    }
    *value = all;
    *n += (unsigned)(at - from);
    return *n <= RUN_DIGITS ? at : NULL;
}

/* An integer with its sign, then a quote. NULL: something else. */
static const char *fused_number(const char *at, const char *end, int64_t *out)
{
    bool is_negative = *at == '-';
    uint64_t value = 0;
    unsigned n = 0;

    at = take_run(at + is_negative, end, &value, &n);
    if (at == NULL || n == 0 || at == end || *at != '"' || value > (uint64_t)INT64_MAX) {
        return NULL;
    }
    *out = is_negative ? -(int64_t)value : (int64_t)value;
    return at;
}

const char *fuse_i64(const struct value_plan *p, const char *at, const char *end, void *data,
                     SQLLEN room, SQLLEN *length)
{
    int64_t value = 0;

    (void)p, (void)room;
    const char *quote = end - at >= FUSE_BYTES ? fused_number(at, end, &value) : NULL;
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
    const char *quote = end - at >= FUSE_BYTES ? fused_number(at, end, &value) : NULL;
    if (quote == NULL || value > INT32_MAX || value < INT32_MIN) {
        return NULL;
    }
    int32_t small = (int32_t)value;
    (void)store_bytes(data, &small, sizeof(small), length, VALUE_OK);
    return quote;
}

/* "-12.345" up to the quote or an exponent: sign, digits without the point, how many stand behind
   it. */
struct fused_decimal {
    bool is_negative;
    uint64_t digits;
    unsigned n_digits, n_fraction;
};

static const char *fused_decimal(const char *at, const char *end, struct fused_decimal *d)
{
    *d = (struct fused_decimal){ .is_negative = *at == '-' };
    at = take_run(at + d->is_negative, end, &d->digits, &d->n_digits);
    if (at == NULL || d->n_digits == 0 || at == end || *at != '.') {
        return at != NULL && d->n_digits > 0 && at < end ? at : NULL;
    }
    unsigned n_whole = d->n_digits;
    at = take_run(at + 1, end, &d->digits, &d->n_digits);
    d->n_fraction = d->n_digits - n_whole;
    return at != NULL && at < end && d->n_fraction > 0 ? at : NULL;
}

/* "E7", "E-12" and a quote behind it. */
static const char *fused_exponent(const char *at, const char *end, int *out)
{
    uint64_t value = 0;
    unsigned n = 0;
    bool is_negative = end - at > 1 && at[1] == '-';

    at = take_run(at + 1 + is_negative, end, &value, &n);
    if (at == NULL || at == end || n == 0 || n > 3) {
        return NULL;
    }
    *out = is_negative ? -(int)value : (int)value;
    return at;
}

const char *fuse_double(const struct value_plan *p, const char *at, const char *end, void *data,
                        SQLLEN room, SQLLEN *length)
{
    struct fused_decimal d;
    double value = 0;
    int exponent = 0;

    (void)p, (void)room;
    at = end - at >= FUSE_BYTES ? fused_decimal(at, end, &d) : NULL;
    if (at != NULL && *at == 'E') {
        at = fused_exponent(at, end, &exponent);
    }
    if (at == NULL || *at != '"' ||
        !number_make_double(d.digits, exponent - (int)d.n_fraction, &value)) {
        return NULL;
    }
    value = d.is_negative ? -value : value;
    (void)store_bytes(data, &value, sizeof(value), length, VALUE_OK);
    return at;
}

/* A decimal written with the scale of its column. */
const char *fuse_numeric(const struct value_plan *p, const char *at, const char *end, void *data,
                         SQLLEN room, SQLLEN *length)
{
    struct fused_decimal d;

    (void)room;
    at = end - at >= FUSE_BYTES && p->family == FAMILY_DECIMAL && !p->has_numeric_scale
        ? fused_decimal(at, end, &d) : NULL;
    if (at == NULL || *at != '"' || d.n_fraction != p->type.scale ||
        (p->type.precision < RUN_DIGITS && d.digits >= power_of_ten[p->type.precision])) {
        return NULL;
    }
    SQL_NUMERIC_STRUCT n = { .precision = (SQLCHAR)p->type.precision,
                             .scale = (SQLSCHAR)p->type.scale,
                             .sign = !(d.is_negative && d.digits != 0) };
    memcpy(n.val, &d.digits, sizeof(d.digits));
    (void)store_bytes(data, &n, sizeof(n), length, VALUE_OK);
    return at;
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
    { store_double, fuse_double },
    { store_numeric, fuse_numeric },
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
