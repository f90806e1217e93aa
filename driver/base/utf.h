/* UTF-8 inside; UTF-16 and UTF-32 at the border. Invalid input becomes U+FFFD, counted, never
   refused. */
#ifndef BASE_UTF_H
#define BASE_UTF_H

#include "base/buf.h"
#include "base/span.h"

/* Bytes of one SQLWCHAR: 2 under unixODBC (UTF-16), 4 under iODBC (UCS-4). */
enum wide_unit { WIDE_UTF16 = 2, WIDE_UCS4 = 4 };

/* Reads one character at s[*at] and moves *at behind it. Bad bytes give U+FFFD (maximal subpart
   rule). */
uint32_t utf8_next(struct span s, size_t *at);
/* Writes 1..4 bytes, returns how many. Surrogates and values above U+10FFFF are written as
   U+FFFD. */
unsigned utf8_put(uint32_t c, char to[4]);
/* Whether every byte belongs to well-formed UTF-8. */
bool utf8_is_valid(struct span s);
/* The longest prefix of at most max bytes that does not cut a character. */
size_t utf8_cut(struct span s, size_t max);
/* Number of characters. */
size_t utf8_count(struct span s);
/* Length in wide units (not bytes) that s has as wide text. */
size_t utf8_wide_units(struct span s, enum wide_unit unit);

/* Wide text of n units to UTF-8, appended. *n_replaced (may be NULL) counts replaced units. */
MUST_USE bool utf8_from_wide(const void *wide, size_t n_units, enum wide_unit unit, struct buf *out,
                             size_t *n_replaced, struct fault *f);
/* UTF-8 to wide text: writes at most room_units units, never half of a surrogate pair, no
   terminator. Returns units written; *used (may be NULL) gets the bytes of s that were consumed. */
size_t utf8_to_wide(struct span s, void *to, size_t room_units, enum wide_unit unit, size_t *used);
/* Units before the zero unit. */
size_t wide_length(const void *wide, enum wide_unit unit);

#endif
