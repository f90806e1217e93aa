/* Places in text: from offsets to lines and columns, and from the native text back to the
   user's. */
#include "sql/escape.h"

void sql_position(struct span text, size_t at, unsigned *line, unsigned *column)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < at && i < text.len; i++) {
        if (text.at[i] == '\n') {
            ++*line;
            *column = 1;
        } else if (((unsigned char)text.at[i] & 0xc0) != 0x80) {
            ++*column;
        }
    }
}

/* The byte that a line and column name; the text's end when there is no such place. */
static size_t offset_of(struct span text, unsigned line, unsigned column)
{
    size_t at = 0;

    for (; line > 1 && at < text.len; at++) {
        line -= text.at[at] == '\n';
    }
    while (column > 1 && at < text.len && text.at[at] != '\n') {
        at++;
        while (at < text.len && ((unsigned char)text.at[at] & 0xc0) == 0x80) {
            at++;
        }
        column--;
    }
    return at;
}

size_t sql_place_offset(const struct sql_text *t, size_t native)
{
    size_t shifted = native;

    for (size_t i = 0; i < t->n_edits; i++) {
        const struct sql_edit *e = &t->edits[i];

        if (native < e->out_from) {
            break;
        }
        if (native < e->out_from + e->out_len) {
            return e->in_from;
        }
        shifted = native - (e->out_from + e->out_len) + e->in_from + e->in_len;
    }
    return shifted;
}

void sql_place(const struct sql_text *t, unsigned line, unsigned column, unsigned *user_line,
               unsigned *user_column)
{
    sql_position(t->original, sql_place_offset(t, offset_of(t->native, line, column)), user_line,
                 user_column);
}

bool sql_fault_at(struct fault *f, enum fault_kind kind, struct span text, size_t at,
                  const char *what)
{
    unsigned line, column;

    sql_position(text, at, &line, &column);
    fault_set(f, kind, "line %u:%u: %s", line, column, what);
    if (f != NULL) {
        f->line = line;
        f->column = column;
    }
    return false;
}
