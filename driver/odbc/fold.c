/* Where markers stand: as far as it takes to fold sets into one statement and to send values beside
   it. */
#include "odbc/fold.h"

#include "sql/lexer.h"

enum { DEPTH_MAX = 256 };

bool fold_find(const struct sql_text *t, struct fold *out)
{
    struct lexer l = { .text = t->native };
    bool after_values = false;
    unsigned depth = 0;
    size_t open_at = 0, close_at = 0;
    struct token k;

    if (t->class != SQL_CLASS_INSERT)
        return false;
    while ((k = lexer_next_word(&l)).kind != TOKEN_END) {
        if (close_at != 0 && !token_is_sign(&k, ';'))
            return false; /* something behind the group: a second group, ON CONFLICT, ... */
        if (token_is_sign(&k, '(') && depth++ == 0 && after_values)
            open_at = k.from;
        if (token_is_sign(&k, ')') && (depth == 0 || (--depth == 0 && after_values)))
            close_at = l.at;
        if (depth == 0 && close_at == 0)
            after_values = token_is_word(&k, "VALUES");
    }
    if (close_at == 0 || t->n_markers == 0 || t->marker_at[0] < open_at)
        return false;
    *out = (struct fold){ span_part(t->native, 0, open_at),
                          span_part(t->native, open_at, close_at - open_at), open_at };
    return true;
}

static bool is_clause(const struct token *t)
{
    static const char *const clauses[] = { "FROM",  "WHERE",  "HAVING", "ON",  "GROUP", "ORDER",
                                           "LIMIT", "OFFSET", "VALUES", "SET", "FETCH", "WINDOW" };

    for (size_t i = 0; i < sizeof(clauses) / sizeof(clauses[0]); i++) {
        if (token_is_word(t, clauses[i]))
            return true;
    }
    return false;
}

bool fold_markers_are_sendable(const struct sql_text *t)
{
    bool in_list[DEPTH_MAX] = { false };
    struct lexer l = { .text = t->native };
    unsigned depth = 0;
    struct token k;

    while ((k = lexer_next_word(&l)).kind != TOKEN_END) {
        if (token_is_sign(&k, '(')) {
            if (++depth >= DEPTH_MAX)
                return false;
            in_list[depth] = in_list[depth - 1];
        } else if (token_is_sign(&k, ')') && depth > 0) {
            depth--;
        } else if (token_is_word(&k, "SELECT")) {
            in_list[depth] = true;
        } else if (is_clause(&k)) {
            in_list[depth] = false;
        } else if (k.kind == TOKEN_MARKER && in_list[depth]) {
            return false;
        }
    }
    return true;
}
