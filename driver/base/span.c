/* Comparing, searching and cutting borrowed bytes. */
#include "base/span.h"

#include <string.h>

#include "base/utf.h"

struct span span_of(const char *text)
{
    return text == NULL ? NO_SPAN : (struct span){ text, strlen(text) };
}

bool span_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool span_equal_nocase(struct span a, struct span b)
{
    return a.len == b.len && span_compare_nocase(a, b) == 0;
}

int span_compare(struct span a, struct span b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared == 0 ? 0 : memcmp(a.at, b.at, shared);

    if (order != 0 || a.len == b.len) {
        return order;
    }
    return a.len < b.len ? -1 : 1;
}

int span_compare_nocase(struct span a, struct span b)
{
    size_t shared = a.len < b.len ? a.len : b.len;

    for (size_t i = 0; i < shared; i++) {
        unsigned char left = (unsigned char)ascii_lower(a.at[i]);
        unsigned char right = (unsigned char)ascii_lower(b.at[i]);
        if (left != right) {
            return left < right ? -1 : 1;
        }
    }
    return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

bool span_starts(struct span s, struct span prefix)
{
    return s.len >= prefix.len && span_equal((struct span){ s.at, prefix.len }, prefix);
}

bool span_starts_nocase(struct span s, struct span prefix)
{
    return s.len >= prefix.len && span_equal_nocase((struct span){ s.at, prefix.len }, prefix);
}

bool span_ends(struct span s, struct span suffix)
{
    return s.len >= suffix.len && span_equal(span_from(s, s.len - suffix.len), suffix);
}

struct span span_part(struct span s, size_t from, size_t len)
{
    struct span tail = span_from(s, from);

    return (struct span){ tail.at, len < tail.len ? len : tail.len };
}

struct span span_from(struct span s, size_t from)
{
    if (s.at == NULL) {
        return s;
    }
    if (from > s.len) {
        from = s.len;
    }
    return (struct span){ s.at + from, s.len - from };
}

struct span span_trim_right(struct span s)
{
    while (s.len > 0 && ascii_is_blank(s.at[s.len - 1])) {
        s.len--;
    }
    return s;
}

struct span span_trim(struct span s)
{
    while (s.len > 0 && ascii_is_blank(s.at[0])) {
        s.at++;
        s.len--;
    }
    return span_trim_right(s);
}

size_t span_find_byte(struct span s, char byte)
{
    const char *hit = s.len == 0 ? NULL : memchr(s.at, byte, s.len);

    return hit == NULL ? s.len : (size_t)(hit - s.at);
}

size_t span_find(struct span s, struct span needle)
{
    if (needle.len == 0 || s.len < needle.len) {
        return needle.len == 0 ? 0 : s.len;
    }
    const char *hit = memmem(s.at, s.len, needle.at, needle.len);
    return hit == NULL ? s.len : (size_t)(hit - s.at);
}

struct span span_next(struct span *rest, char separator)
{
    size_t at = span_find_byte(*rest, separator);
    struct span part = { rest->at, at };

    *rest = at < rest->len ? span_from(*rest, at + 1) : NO_SPAN;
    return part;
}

void span_to_c(struct span s, char *to, size_t room)
{
    if (room == 0) {
        return;
    }
    size_t len = utf8_cut(s, room - 1);
    if (len > 0) {
        memcpy(to, s.at, len);
    }
    to[len] = '\0';
}
