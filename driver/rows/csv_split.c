/* Splitting records of a result object. Fields are quoted, so that the end of most fields is found
   by looking for one byte. */
#include "rows/csv_split.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#if defined(__SSE2__)
/* One bit for each of sixteen bytes. */
static inline unsigned equal_bytes(const char *at, __m128i wanted)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);

    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted));
}
#endif

/* The next byte that is c, or end. Fields are short: the C library's call costs more than it finds.
   */
static inline const char *find(const char *at, const char *end, char c)
{
#if defined(__SSE2__)
    /* Thirty-two at once: whether a field has more than sixteen bytes cannot be foretold. */
    const __m128i wanted = _mm_set1_epi8(c);
    for (; end - at >= 32; at += 32) {
        unsigned mask = equal_bytes(at, wanted) | equal_bytes(at + 16, wanted) << 16;
        if (mask != 0) {
            return at + __builtin_ctz(mask);
        }
    }
#endif
    while (at < end && *at != c) {
        at++;
    }
    return at;
}

/* A quoted field: at stands behind the opening quote. Returns the closing one, or end when it is
   not there. A quote as the very last byte may turn out to be the first of two; the caller asks for
   more text there anyway. */
const char *csv_closing_quote(const char *at, const char *end, bool *has_doubled)
{
    for (;;) {
        const char *quote = find(at, end, '"');
        if (quote == end) {
            return end;
        }
        if (quote + 1 == end || quote[1] != '"') {
            return quote;
        }
        *has_doubled = true;
        at = quote + 2;
    }
}

/* Every quote inside a quoted field is one of two. */
static void undouble(struct span *cell)
{
    char *to = (char *)(uintptr_t)cell->at;
    const char *at = cell->at, *end = cell->at + cell->len;

    while (at < end) {
        const char *quote = find(at, end, '"');
        size_t n = (size_t)(quote - at) + (quote < end);
        memmove(to, at, n);
        to += n;
        at = quote < end ? quote + 2 : quote;
    }
    cell->len = (size_t)(to - cell->at);
}

enum csv_step csv_split(char *text, size_t len, bool is_last, unsigned n_columns,
                        struct span *cells, size_t *used, unsigned *n_fields)
{
    const char *at = text, *end = text + len;
    bool has_doubled = false;
    unsigned n = 0;

    for (;; at++) {
        struct span cell = NO_SPAN;
        if (at < end && *at == '"') {
            const char *quote = csv_closing_quote(at + 1, end, &has_doubled);
            if (quote == end) {
                return is_last ? CSV_BAD : CSV_MORE;
            }
            cell = (struct span){ at + 1, (size_t)(quote - at - 1) };
            at = quote + 1;
        } else {
            const char *from = at;
            while (at < end && *at != ',' && *at != '\n') {
                at++;
            }
            cell = at > from ? (struct span){ from, (size_t)(at - from) } : NO_SPAN;
        }
        if (at == end && !is_last) {
            return CSV_MORE;
        }
        if (n < n_columns) {
            cells[n] = cell;
        }
        n++;
        if (at == end || *at == '\n') {
            break;
        }
        if (*at != ',') {
            return CSV_BAD;
        }
    }
    *used = (size_t)(at - text) + (at < end);
    *n_fields = n;
    if (n != n_columns) {
        return CSV_COLUMNS;
    }
    for (unsigned i = 0; has_doubled && i < n; i++) {
        if (!span_is_null(cells[i])) {
            undouble(&cells[i]);
        }
    }
    return CSV_RECORD;
}

size_t csv_find_end(struct span text, bool *in_quotes)
{
    const char *at = text.at, *end = text.at + text.len;

    while (at < end) {
        const char *quote = find(at, end, '"');
        if (!*in_quotes) {
            const char *newline = find(at, quote, '\n');
            if (newline < quote) {
                return (size_t)(newline - text.at) + 1;
            }
        }
        if (quote < end) {
            *in_quotes = !*in_quotes;
        }
        at = quote < end ? quote + 1 : quote;
    }
    return 0;
}
