/* Parameters as literals in the text, for statements whose markers Athena does not take. A value
   must never become anything but a value: it is set off by blanks, and a negative number by
   brackets, so that no minus sign before it makes a comment. */
#include "sql/escape.h"

static bool is_apart(char c)
{
    return ascii_is_blank(c) || c == '(' || c == ')' || c == ',';
}

static bool add_literal(struct span native, size_t marker, struct span literal, struct buf *out,
                        struct fault *f)
{
    char before = marker > 0 ? native.at[marker - 1] : ' ',
         behind = marker + 1 < native.len ? native.at[marker + 1] : ' ';
    struct span value = span_is_null(literal) ? SPAN("NULL") : span_trim(literal);
    bool needs_brackets = value.len > 0 && (value.at[0] == '-' || value.at[0] == '+');

    if (!is_apart(before) && !buf_add_byte(out, ' ', f)) {
        return false;
    }
    if (needs_brackets && !buf_add_byte(out, '(', f)) {
        return false;
    }
    if (!buf_add(out, value, f) || (needs_brackets && !buf_add_byte(out, ')', f))) {
        return false;
    }
    return is_apart(behind) || buf_add_byte(out, ' ', f);
}

static bool note_edit(struct buf *edits, size_t marker, size_t out_from, size_t out_len,
                      struct fault *f)
{
    struct sql_edit e = { out_from, out_len, marker, 1 };

    return edits == NULL || buf_add(edits, (struct span){ (const char *)&e, sizeof(e) }, f);
}

bool sql_inline(const struct sql_text *t, const struct span *literals, struct buf *out,
                struct buf *edits, struct fault *f)
{
    size_t from = 0, before = out->len;

    for (unsigned i = 0; i < t->n_markers; i++) {
        if (!buf_add(out, span_part(t->native, from, t->marker_at[i] - from), f)) {
            return false;
        }
        size_t at = out->len;

        if (!add_literal(t->native, t->marker_at[i], literals[i], out, f) ||
            !note_edit(edits, t->marker_at[i], at - before, out->len - at, f)) {
            return false;
        }
        from = t->marker_at[i] + 1;
    }
    if (!buf_add(out, span_from(t->native, from), f)) {
        return false;
    }
    return out->len - before <= SQL_BYTES_MAX ||
           fault_ceiling(f, "SQL text with its parameters", SQL_BYTES_MAX);
}
