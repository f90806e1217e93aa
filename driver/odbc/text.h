/* Width is data: text as an application hands it in (struct text) and as it wants it back (struct
   room). Conversions between UTF-8 and either width happen in odbc/text.c and nowhere else. */
#ifndef ODBC_TEXT_H
#define ODBC_TEXT_H

#include <sql.h>
#include <sqlext.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/utf.h"

struct handle;

/* Incoming. n counts characters (n_is_bytes false) or bytes; SQL_NTS allowed; at NULL means "not
   given". */
struct text {
    const void *at;
    SQLLEN n;
    bool is_wide, n_is_bytes;
};

/* Outgoing. room counts characters or bytes, as is_bytes says, and so does what is written to the
   length pointer (full length, without terminator, before any cut). Exactly one of length16 /
   length32 may be set. */
struct room {
    void *at;
    SQLLEN room;
    bool is_wide, is_bytes;
    SQLSMALLINT *length16;
    SQLINTEGER *length32;
};

struct text text_a(SQLCHAR *at, SQLLEN n);
struct text text_w(SQLWCHAR *at, SQLLEN n);
struct text text_bytes_a(SQLCHAR *at, SQLLEN n);
struct text text_bytes_w(SQLWCHAR *at, SQLLEN n);
struct room room_a(SQLCHAR *at, SQLLEN room, SQLSMALLINT *length);
struct room room_w(SQLWCHAR *at, SQLLEN room, SQLSMALLINT *length);
struct room room_bytes(void *at, SQLLEN room, SQLSMALLINT *length16, SQLINTEGER *length32,
                       bool is_wide);

#define TEXT(s, n) _Generic((s), SQLCHAR *: text_a, SQLWCHAR *: text_w)((s), (n))
#define TEXT_BYTES(s, n) _Generic((s), SQLCHAR *: text_bytes_a, SQLWCHAR *: text_bytes_w)((s), (n))
#define ROOM(s, n, len) _Generic((s), SQLCHAR *: room_a, SQLWCHAR *: room_w)((s), (n), (len))

/* UTF-8 copy in the arena (terminated); NULL gives NO_SPAN. A bad length posts HY090 on h and
   returns false; invalid input is replaced and posts 01000. */
MUST_USE bool text_take(struct handle *h, struct text t, struct arena *arena, struct span *out);
/* Writes s, cut on a character and terminated; 01004 is posted on h when cut. SQL_SUCCESS,
   SQL_SUCCESS_WITH_INFO or SQL_ERROR (HY090). h NULL: nothing is posted. */
SQLRETURN room_put(struct handle *h, struct room r, struct span s);
/* The same without any diagnostics, for a given unit. */
SQLRETURN room_write(enum wide_unit unit, struct room r, struct span s);
/* The unit in which a wide text of ASCII keys and values makes sense: read in the wrong one, it is
   one character long. */
enum wide_unit text_guess_unit(const struct text *t);
/* The same pointer with another measure, for functions whose buffer is text or number depending on
   a code: room counts bytes. */
struct room room_bytes_a(SQLCHAR *at, SQLLEN room, SQLSMALLINT *length);
struct room room_bytes_w(SQLWCHAR *at, SQLLEN room, SQLSMALLINT *length);
struct room room_bytes_long_a(SQLCHAR *at, SQLLEN room, SQLINTEGER *length);
struct room room_bytes_long_w(SQLWCHAR *at, SQLLEN room, SQLINTEGER *length);
struct room room_long_a(SQLCHAR *at, SQLLEN room, SQLINTEGER *length);
struct room room_long_w(SQLWCHAR *at, SQLLEN room, SQLINTEGER *length);

#define ROOM_BYTES(s, n, len) \
    _Generic((s), SQLCHAR * : room_bytes_a, SQLWCHAR * : room_bytes_w)((s), (n), (len))
#define ROOM_LONG_BYTES(s, n, len) \
    _Generic((s), SQLCHAR * : room_bytes_long_a, SQLWCHAR * : room_bytes_long_w)((s), (n), (len))
#define ROOM_LONG(s, n, len) \
    _Generic((s), SQLCHAR * : room_long_a, SQLWCHAR * : room_long_w)((s), (n), (len))

#endif
