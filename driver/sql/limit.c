/* A row limit for a statement whose result is cut off anyway, only where the text says by itself
   that the same rows may come: one plain SELECT that limits nothing on its own. And the query
   without rows that has another one's columns. */
#include "sql/sql.h"

#include <stdio.h>

#include "sql/lexer.h"

/* Words outside all brackets behind which a LIMIT would be another one, or limit something else. */
static bool is_obstacle(const struct token *t)
{
    static const char *const words[] = { "LIMIT",     "OFFSET", "FETCH", "UNION",
                                         "INTERSECT", "EXCEPT", "INTO",  NULL };

    for (size_t i = 0; words[i] != NULL; i++) {
        if (token_is_word(t, words[i])) {
            return true;
        }
    }
    return false;
}

static bool begins_plainly(struct span text)
{
    struct lexer l = { .text = text };
    struct token t = lexer_next_word(&l);

    return token_is_word(&t, "SELECT") || token_is_word(&t, "WITH");
}

/* The end of the last token that means something; text.len + 1 when no limit may be added. */
static size_t place_of_limit(struct span text)
{
    const size_t nowhere = text.len + 1;
    struct lexer l = { .text = text };
    struct token t;
    unsigned depth = 0, n_selects = 0;
    size_t end = 0;

    while ((t = lexer_next_word(&l)).kind != TOKEN_END && !token_is_sign(&t, ';')) {
        bool opens = token_is_sign(&t, '(') || token_is_sign(&t, '[');
        bool closes = token_is_sign(&t, ')') || token_is_sign(&t, ']');

        if (!t.is_closed || (closes && depth == 0) || (depth == 0 && is_obstacle(&t))) {
            return nowhere;
        }
        n_selects += depth == 0 && token_is_word(&t, "SELECT");
        depth += opens;
        depth -= closes;
        end = t.from + t.text.len;
    }
    return depth == 0 && n_selects == 1 ? end : nowhere;
}

bool sql_limit(struct span text, enum sql_class class, uint64_t rows, struct buf *out,
               bool *is_limited, struct fault *f)
{
    char limit[40];
    size_t at = text.len + 1;

    *is_limited = false;
    if (class == SQL_CLASS_SELECT && rows > 0 && rows <= INT64_MAX && begins_plainly(text)) {
        at = place_of_limit(text);
    }
    snprintf(limit, sizeof(limit), " LIMIT %llu", (unsigned long long)rows);
    if (at > text.len || text.len + sizeof(limit) > SQL_STATEMENT_BYTES_MAX) {
        return true;
    }
    *is_limited = true;
    return buf_add(out, span_part(text, 0, at), f) && buf_add(out, span_of(limit), f) &&
           buf_add(out, span_from(text, at), f);
}

/* Whether a query begins with the token behind which l stands. The options of a declared function
   stand in brackets behind WITH. */
static bool begins_query(const struct token *t, struct lexer l)
{
    if (token_is_word(t, "WITH")) {
        struct token behind = lexer_next_word(&l);

        return !token_is_sign(&behind, '(');
    }
    return token_is_word(t, "SELECT") || token_is_word(t, "VALUES") || token_is_word(t, "TABLE");
}

/* Where the query begins behind declared functions, and where the statement ends. */
static bool find_query(struct span text, size_t *from, size_t *to)
{
    struct lexer l = { .text = text };
    struct token t = lexer_next_word(&l);
    bool is_found = !token_is_word(&t, "USING");
    unsigned depth = 0;

    *from = 0;
    for (; t.kind != TOKEN_END && !token_is_sign(&t, ';'); t = lexer_next_word(&l)) {
        if (!is_found && depth == 0 && begins_query(&t, l)) {
            is_found = true;
            *from = t.from;
        }
        depth += token_is_sign(&t, '(');
        depth -= depth > 0 && token_is_sign(&t, ')');
    }
    *to = t.from;
    return is_found;
}

bool sql_without_rows(struct span text, struct buf *out, struct sql_edit *head, struct fault *f)
{
    const struct span before = SPAN("SELECT * FROM (\n");
    size_t from, to;

    if (!find_query(text, &from, &to)) {
        return fault_set(f, FAULT_UNSUPPORTED,
                         "The columns of this statement are known only after it has run.");
    }
    *head = (struct sql_edit){ .out_from = from, .out_len = before.len, .in_from = from };
    return buf_add(out, span_part(text, 0, from), f) && buf_add(out, before, f) &&
           buf_add(out, span_trim_right(span_part(text, from, to - from)), f) &&
           buf_add(out, SPAN("\n) LIMIT 0"), f);
}
