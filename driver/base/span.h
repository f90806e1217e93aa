/* Borrowed bytes. A span never owns what it points at; who does, and for how long, is said by the
   function that hands it out. A NULL pointer means "no value" (SQL NULL, a member that is absent);
   an empty text has a pointer. */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
    const char *at;
    size_t len;
};

#define SPAN(literal) ((struct span){ "" literal, sizeof(literal) - 1 })
#define NO_SPAN ((struct span){ NULL, 0 })

/* A span over a C string; NULL gives NO_SPAN. Borrowed as long as the string lives. */
struct span span_of(const char *text);

static inline bool span_is_null(struct span s)
{
    return s.at == NULL;
}

bool span_equal(struct span a, struct span b);
/* ASCII letters compare without case; every other byte must be equal. */
bool span_equal_nocase(struct span a, struct span b);
/* Byte order, as memcmp; a prefix sorts first. */
int span_compare(struct span a, struct span b);
int span_compare_nocase(struct span a, struct span b);
bool span_starts(struct span s, struct span prefix);
bool span_starts_nocase(struct span s, struct span prefix);
bool span_ends(struct span s, struct span suffix);
/* Bytes [from, from+len), cut to what is there. */
struct span span_part(struct span s, size_t from, size_t len);
struct span span_from(struct span s, size_t from);
/* Without leading and trailing blanks, tabs, CR and LF. */
struct span span_trim(struct span s);
struct span span_trim_right(struct span s);
/* Offset of the first occurrence, or s.len when there is none. */
size_t span_find_byte(struct span s, char byte);
size_t span_find(struct span s, struct span needle);
/* Cuts the part before the next separator off *rest and returns it; *rest becomes NO_SPAN after the
   last part. Loop with: while (!span_is_null(rest)) part = span_next(&rest, ','). */
struct span span_next(struct span *rest, char separator);
/* Copies into a C string of at most room-1 bytes, cut between UTF-8 characters, always
   terminated. */
void span_to_c(struct span s, char *to, size_t room);

/* ASCII only, whatever the locale of the host process says. */
static inline char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline char ascii_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static inline bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool ascii_is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static inline bool ascii_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

#endif
