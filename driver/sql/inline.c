/* Parameters as literals in the text, for statements whose markers Athena does not take. A value
   must never become anything but a value: it is set off by blanks, and a negative number by
   brackets, so that no minus sign before it makes a comment. In the Hive dialect a backslash hides
   what follows it, so backslashes are doubled there; of a quote no way of writing is sure: doubled,
   it is lost between two texts that stand side by side, and behind a backslash it would end the
   text for a reader that knows none. */
#include "sql/escape.h"

static bool is_apart(char c)
{
    return ascii_is_blank(c) || c == '(' || c == ')' || c == ',';
}

struct span sql_bare_count(struct span literal)
{
    struct span digits = span_from(literal, span_find_byte(literal, '\''));

    digits = digits.len > 2 ? span_part(digits, 1, digits.len - 2) : literal;
    for (size_t i = 0; i < digits.len; i++) {
        if (!ascii_is_digit(digits.at[i])) {
            return literal;
        }
    }
    return digits;
}

static bool add_hive_text(struct span text, unsigned marker, struct buf *out, struct fault *f)
{
    struct span rest = span_part(text, 1, text.len - 2);

    if (span_find_byte(rest, '\'') < rest.len) {
        return fault_set(
            f, FAULT_QUERY,
            "Parameter %u has a quote ('), which cannot be sent safely in this kind of "
            "statement. Write the text into the statement instead; nothing was sent.",
            marker + 1);
    }
    if (!buf_add_byte(out, '\'', f)) {
        return false;
    }
    for (size_t i = 0; i < rest.len; i++) {
        if ((rest.at[i] == '\\' && !buf_add_byte(out, '\\', f)) ||
            !buf_add_byte(out, rest.at[i], f)) {
            return false;
        }
    }
    return buf_add_byte(out, '\'', f);
}

static bool add_value(const struct sql_text *t, unsigned marker, struct span value, struct buf *out,
                      struct fault *f)
{
    bool is_text = value.len > 1 && value.at[0] == '\'';

    return t->has_backslash && is_text ? add_hive_text(value, marker, out, f)
                                       : buf_add(out, value, f);
}

static bool add_literal(const struct sql_text *t, unsigned marker, struct span literal,
                        struct buf *out, struct fault *f)
{
    struct span native = t->native;
    size_t at = t->marker_at[marker];
    char before = at > 0 ? native.at[at - 1] : ' ',
         behind = at + 1 < native.len ? native.at[at + 1] : ' ';
    struct span value = span_is_null(literal) ? SPAN("NULL") : span_trim(literal);
    bool needs_brackets = value.len > 0 && (value.at[0] == '-' || value.at[0] == '+');

    if (!is_apart(before) && !buf_add_byte(out, ' ', f)) {
        return false;
    }
    if (needs_brackets && !buf_add_byte(out, '(', f)) {
        return false;
    }
    if (!add_value(t, marker, value, out, f) || (needs_brackets && !buf_add_byte(out, ')', f))) {
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

        if (!add_literal(t, i, literals[i], out, f) ||
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
