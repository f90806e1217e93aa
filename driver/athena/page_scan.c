/* Scanning JSON in place. */
#include "athena/page_scan.h"

#include <string.h>

#include "base/utf.h"

static void skip_blanks(struct page_scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\r' ||
                              *s->at == '\t')) {
        s->at++;
    }
}

static bool bad(struct page_scan *s)
{
    s->is_bad = true;
    s->at = s->end;
    return false;
}

/* The byte after blanks, 0 at the end. */
static char peek(struct page_scan *s)
{
    skip_blanks(s);
    return s->at < s->end ? *s->at : '\0';
}

static bool take(struct page_scan *s, char byte)
{
    if (peek(s) != byte) {
        return false;
    }
    s->at++;
    return true;
}

static bool take_null(struct page_scan *s)
{
    if (peek(s) == 'n' && s->end - s->at >= 4 && memcmp(s->at, "null", 4) == 0) {
        s->at += 4;
        return true;
    }
    return false;
}

bool page_scan_open(struct page_scan *s, char bracket)
{
    if (take_null(s)) {
        return false;
    }
    return take(s, bracket) ? true : bad(s);
}

static int hex_digit(char c)
{
    char low = ascii_lower(c);
    return ascii_is_digit(c) ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* Four hex digits at *from; -1 when they are not. */
static int32_t hex4(const char *from, const char *end)
{
    int32_t value = 0;

    if (end - from < 4) {
        return -1;
    }
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(from[i]);
        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

/* \uXXXX at *from (behind the 'u'), a surrogate pair included; lone halves become U+FFFD through
   utf8_put. */
static char *unescape_unicode(struct page_scan *s, char **from, char *to)
{
    int32_t unit = hex4(*from, s->end);

    if (unit < 0) {
        bad(s);
        return to;
    }
    *from += 4;
    uint32_t point = (uint32_t)unit;
    if (unit >= 0xD800 && unit < 0xDC00 && s->end - *from >= 6 && (*from)[0] == '\\' &&
        (*from)[1] == 'u') {
        int32_t low = hex4(*from + 2, s->end);
        if (low >= 0xDC00 && low < 0xE000) {
            point = 0x10000 + (((uint32_t)unit - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
            *from += 6;
        }
    }
    return to + utf8_put(point, to); /* never longer than what was read */
}

static char *unescape_one(struct page_scan *s, char **from, char *to)
{
    static const char marks[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    char mark = **from;
    const char *found = mark != '\0' ? strchr(marks, mark) : NULL;

    (*from)++;
    if (mark == 'u') {
        return unescape_unicode(s, from, to);
    }
    if (found == NULL) {
        bad(s);
        return to;
    }
    *to = bytes[found - marks];
    return to + 1;
}

/* Positioned behind the opening quote. */
static struct span read_string(struct page_scan *s)
{
    char *start = s->at, *from = s->at, *to = s->at;

    while (from < s->end && *from != '"') {
        if (*from != '\\') {
            /* Plain stretches are the rule: they are moved only when something before them
               shrank. */
            char *run = from;
            while (from < s->end && *from != '"' && *from != '\\') {
                from++;
            }
            if (to != run) {
                memmove(to, run, (size_t)(from - run));
            }
            to += from - run;
            continue;
        }
        from++;
        if (from == s->end) {
            break;
        }
        to = unescape_one(s, &from, to);
        if (s->is_bad) {
            return NO_SPAN;
        }
    }
    if (from >= s->end) {
        bad(s);
        return NO_SPAN;
    }
    s->at = from + 1;
    return (struct span){ start, (size_t)(to - start) };
}

struct span page_scan_text(struct page_scan *s)
{
    if (take(s, '"')) {
        return read_string(s);
    }
    page_scan_skip(s);
    return NO_SPAN;
}

/* A comma between two, none before the first (the bracket stands before it). */
static bool next_item(struct page_scan *s, char closing)
{
    if (s->is_bad) {
        return false;
    }
    if (take(s, closing)) {
        return false;
    }
    if (peek(s) == ',') {
        s->at++;
        return peek(s) != closing ? true : bad(s);
    }
    return s->at < s->end ? true : bad(s);
}

bool page_scan_element(struct page_scan *s)
{
    return next_item(s, ']');
}

bool page_scan_member(struct page_scan *s, struct span *name)
{
    if (!next_item(s, '}')) {
        return false;
    }
    if (!take(s, '"')) {
        return bad(s);
    }
    *name = read_string(s);
    return !s->is_bad && take(s, ':') ? true : bad(s);
}

/* Steps over a string without unescaping it. */
static void skip_string(struct page_scan *s)
{
    while (s->at < s->end) {
        char *quote = memchr(s->at, '"', (size_t)(s->end - s->at));
        if (quote == NULL) {
            break;
        }
        size_t n_slashes = 0;
        while (quote - n_slashes > s->at && quote[-1 - (ptrdiff_t)n_slashes] == '\\') {
            n_slashes++;
        }
        s->at = quote + 1;
        if (n_slashes % 2 == 0) {
            return;
        }
    }
    bad(s);
}

struct span page_scan_skip(struct page_scan *s)
{
    size_t depth = 0;

    skip_blanks(s);
    char *start = s->at;
    while (s->at < s->end) {
        char c = *s->at;
        if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
            break;
        }
        s->at++;
        if (c == '"') {
            skip_string(s);
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
        }
        if (depth == 0 && (c == '"' || c == '}' || c == ']')) {
            break;
        }
    }
    if (depth > 0 || s->at == start) {
        bad(s);
        return NO_SPAN;
    }
    return (struct span){ start, (size_t)(s->at - start) };
}

bool page_scan_is_over(struct page_scan *s)
{
    return !s->is_bad && peek(s) == '\0' && s->at == s->end;
}
