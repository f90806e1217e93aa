/* The two routines that put names and texts into SQL. */
#include "sql/sql.h"

static bool quote(struct span text, char mark, struct buf *out, struct fault *f)
{
    if (!buf_add_byte(out, mark, f)) {
        return false;
    }
    for (struct span rest = text; rest.len > 0;) {
        size_t n = span_find_byte(rest, mark);

        if (!buf_add(out, span_part(rest, 0, n), f)) {
            return false;
        }
        if (n < rest.len && (!buf_add_byte(out, mark, f) || !buf_add_byte(out, mark, f))) {
            return false;
        }
        rest = span_from(rest, n < rest.len ? n + 1 : n);
    }
    return buf_add_byte(out, mark, f);
}

bool sql_quote_name(struct span name, struct buf *out, struct fault *f)
{
    return quote(name, '"', out, f);
}

bool sql_quote_text(struct span text, struct buf *out, struct fault *f)
{
    return quote(text, '\'', out, f);
}
