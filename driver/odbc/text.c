/* Text at the border: the one place where UTF-8 and an application's width meet. */
#include "odbc/text.h"

#include <string.h>

#include "base/buf.h"
#include "odbc/diag.h"
#include "odbc/handle.h"

struct text text_a(SQLCHAR *at, SQLLEN n)
{
    return (struct text){ .at = at, .n = n };
}

struct text text_w(SQLWCHAR *at, SQLLEN n)
{
    return (struct text){ .at = at, .n = n, .is_wide = true };
}

struct text text_bytes_a(SQLCHAR *at, SQLLEN n)
{
    return (struct text){ .at = at, .n = n, .n_is_bytes = true };
}

struct text text_bytes_w(SQLWCHAR *at, SQLLEN n)
{
    return (struct text){ .at = at, .n = n, .is_wide = true, .n_is_bytes = true };
}

struct room room_a(SQLCHAR *at, SQLLEN room, SQLSMALLINT *length)
{
    return (struct room){ .at = at, .room = room, .length16 = length };
}

struct room room_w(SQLWCHAR *at, SQLLEN room, SQLSMALLINT *length)
{
    return (struct room){ .at = at, .room = room, .is_wide = true, .length16 = length };
}

struct room room_long_a(SQLCHAR *at, SQLLEN room, SQLINTEGER *length)
{
    return (struct room){ .at = at, .room = room, .length32 = length };
}

struct room room_long_w(SQLWCHAR *at, SQLLEN room, SQLINTEGER *length)
{
    return (struct room){ .at = at, .room = room, .is_wide = true, .length32 = length };
}

struct room room_bytes(void *at, SQLLEN room, SQLSMALLINT *length16, SQLINTEGER *length32,
                       bool is_wide)
{
    return (struct room){ .at = at, .room = room, .is_wide = is_wide, .is_bytes = true,
                          .length16 = length16, .length32 = length32 };
}

struct room room_bytes_a(SQLCHAR *at, SQLLEN room, SQLSMALLINT *length)
{
    return room_bytes(at, room, length, NULL, false);
}

struct room room_bytes_w(SQLWCHAR *at, SQLLEN room, SQLSMALLINT *length)
{
    return room_bytes(at, room, length, NULL, true);
}

struct room room_bytes_long_a(SQLCHAR *at, SQLLEN room, SQLINTEGER *length)
{
    return room_bytes(at, room, NULL, length, false);
}

struct room room_bytes_long_w(SQLWCHAR *at, SQLLEN room, SQLINTEGER *length)
{
    return room_bytes(at, room, NULL, length, true);
}

/* Copies well-formed characters and writes U+FFFD for everything else. */
static bool add_repaired(struct buf *to, struct span s, size_t *n_replaced, struct fault *f)
{
    for (size_t at = 0; at < s.len;) {
        size_t from = at;
        char bytes[4];
        uint32_t c = utf8_next(s, &at);
        unsigned n = utf8_put(c, bytes);
        bool is_same = n == at - from && memcmp(bytes, s.at + from, n) == 0;

        *n_replaced += !is_same;
        if (!buf_add(to, (struct span){ bytes, n }, f)) {
            return false;
        }
    }
    return true;
}

static bool take_narrow(struct span s, struct arena *arena, struct span *out, size_t *n_replaced,
                        struct fault *f)
{
    struct buf repaired = { 0 };
    bool ok;

    if (utf8_is_valid(s)) {
        return arena_copy(arena, s, out, f);
    }
    ok =
        add_repaired(&repaired, s, n_replaced, f) && arena_copy(arena, buf_span(&repaired), out, f);
    buf_free(&repaired);
    return ok;
}

static bool take_wide(const struct text *t, size_t n_units, enum wide_unit unit,
                      struct arena *arena, struct span *out, size_t *n_replaced, struct fault *f)
{
    struct buf narrow = { .is_secret = arena->is_secret };
    bool ok = utf8_from_wide(t->at, n_units, unit, &narrow, n_replaced, f)
              && arena_copy(arena, buf_span(&narrow), out, f);

    buf_free(&narrow);
    return ok;
}

bool text_take(struct handle *h, struct text t, struct arena *arena, struct span *out)
{
    struct fault f = { 0 };
    enum wide_unit unit = handle_wide_unit(h);
    size_t n_replaced = 0;
    size_t n;
    bool ok;

    if (t.at == NULL) {
        *out = NO_SPAN;
        return true;
    }
    if (t.n < 0 && t.n != SQL_NTS) {
        diag_post(h, STATE_HY090,
                  "The length of a text argument is %ld: it must not be negative (SQL_NTS apart).",
                  (long)t.n);
        return false;
    }
    if (t.n == SQL_NTS) {
        n = t.is_wide ? wide_length(t.at, unit) : strlen(t.at);
    } else {
        n = t.n_is_bytes && t.is_wide ? (size_t)t.n / (size_t)unit : (size_t)t.n;
    }
    ok = t.is_wide ? take_wide(&t, n, unit, arena, out, &n_replaced, &f)
                   : take_narrow((struct span){ t.at, n }, arena, out, &n_replaced, &f);
    if (!ok) {
        diag_post_fault(h, &f);
        return false;
    }
    if (n_replaced > 0) {
        diag_post(h, STATE_01000,
                  "%zu %s of a text argument %s not valid %s and was read as U+FFFD.", n_replaced,
                  n_replaced == 1 ? "character" : "characters", n_replaced == 1 ? "is" : "are",
                  !t.is_wide           ? "UTF-8"
                  : unit == WIDE_UTF16 ? "UTF-16"
                                       : "UCS-4");
    }
    return true;
}

enum wide_unit text_guess_unit(const struct text *t)
{
    uint16_t first, second;

    if (t->at == NULL || (t->n >= 0 && t->n < 2)) {
        return WIDE_UTF16;
    }
    memcpy(&first, t->at, sizeof(first));
    if (first == 0) {
        return WIDE_UTF16; /* an empty text of this width ends here */
    }
    memcpy(&second, (const char *)t->at + sizeof(first), sizeof(second));
    return second == 0 ? WIDE_UCS4 : WIDE_UTF16;
}

static void put_length(const struct room *r, size_t length)
{
    if (r->length16 != NULL) {
        *r->length16 = (SQLSMALLINT)(length > INT16_MAX ? INT16_MAX : length);
    }
    if (r->length32 != NULL) {
        *r->length32 = (SQLINTEGER)(length > INT32_MAX ? INT32_MAX : length);
    }
}

static void put_narrow(char *to, size_t units, struct span s)
{
    size_t n = utf8_cut(s, units - 1);

    if (n > 0) {
        memcpy(to, s.at, n);
    }
    to[n] = 0;
}

static void put_wide(char *to, size_t units, enum wide_unit unit, struct span s)
{
    size_t n = utf8_to_wide(s, to, units - 1, unit, NULL);

    memset(to + n * (size_t)unit, 0, (size_t)unit);
}

SQLRETURN room_write(enum wide_unit unit, struct room r, struct span s)
{
    size_t bytes_of_unit = r.is_wide ? (size_t)unit : 1;
    size_t length = r.is_wide ? utf8_wide_units(s, unit) : s.len;
    size_t units;

    if (r.at == NULL) {
        put_length(&r, r.is_bytes ? length * bytes_of_unit : length);
        return SQL_SUCCESS;
    }
    if (r.room < 0) {
        return SQL_ERROR;
    }
    put_length(&r, r.is_bytes ? length * bytes_of_unit : length);
    units = r.is_bytes ? (size_t)r.room / bytes_of_unit : (size_t)r.room;
    if (units > 0 && r.is_wide) {
        put_wide(r.at, units, unit, s);
    } else if (units > 0) {
        put_narrow(r.at, units, s);
    }
    return length < units ? SQL_SUCCESS : SQL_SUCCESS_WITH_INFO;
}

SQLRETURN room_put(struct handle *h, struct room r, struct span s)
{
    SQLRETURN rc = room_write(h == NULL ? WIDE_UTF16 : handle_wide_unit(h), r, s);

    if (h == NULL || rc == SQL_SUCCESS) {
        return rc;
    }
    if (rc == SQL_ERROR) {
        return diag_post(h, STATE_HY090, "The length of a buffer is %ld: it must not be negative.",
                         (long)r.room);
    }
    return diag_post(h, STATE_01004, NULL);
}
