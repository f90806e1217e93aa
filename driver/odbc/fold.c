/* A reader of words, parentheses and markers that steps over quotes and comments: just enough to
   see where a marker stands. */
#include "odbc/fold.h"

enum { DEPTH_MAX = 256 };

enum token { TOKEN_END, TOKEN_WORD, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_MARKER, TOKEN_OTHER };

struct reader {
    struct span text;
    size_t at, from; /* the token is [from, at) */
};

static char peek(const struct reader *r, size_t ahead)
{
    return r->at + ahead < r->text.len ? r->text.at[r->at + ahead] : '\0';
}

static void skip_quoted(struct reader *r, char quote)
{
    r->at++;
    while (r->at < r->text.len) {
        if (r->text.at[r->at] == quote) {
            if (peek(r, 1) != quote) {
                r->at++;
                return;
            }
            r->at++;
        }
        r->at++;
    }
}

static void skip_blanks(struct reader *r)
{
    for (;;) {
        if (r->at < r->text.len && ascii_is_blank(r->text.at[r->at])) {
            r->at++;
        } else if (peek(r, 0) == '-' && peek(r, 1) == '-') {
            while (r->at < r->text.len && r->text.at[r->at] != '\n')
                r->at++;
        } else if (peek(r, 0) == '/' && peek(r, 1) == '*') {
            size_t end = span_find(span_from(r->text, r->at + 2), SPAN("*/"));
            r->at += 2 + end + 2;
            if (r->at > r->text.len)
                r->at = r->text.len;
        } else {
            return;
        }
    }
}

static bool is_word_byte(char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '_' || c == '@' || c == '$' ||
           (c & 0x80) != 0;
}

static enum token read_token(struct reader *r)
{
    skip_blanks(r);
    r->from = r->at;
    char c = peek(r, 0);
    if (r->at >= r->text.len)
        return TOKEN_END;
    if (c == '\'' || c == '"' || c == '`') {
        skip_quoted(r, c);
        return TOKEN_OTHER;
    }
    if (is_word_byte(c)) {
        while (r->at < r->text.len && is_word_byte(r->text.at[r->at]))
            r->at++;
        return TOKEN_WORD;
    }
    r->at++;
    return c == '(' ? TOKEN_OPEN : c == ')' ? TOKEN_CLOSE : c == '?' ? TOKEN_MARKER : TOKEN_OTHER;
}

static struct span word_of(const struct reader *r)
{
    return span_part(r->text, r->from, r->at - r->from);
}

bool fold_find(const struct sql_text *t, struct fold *out)
{
    struct reader r = { .text = t->native };
    bool after_values = false;
    unsigned depth = 0;
    size_t open_at = 0, close_at = 0;

    for (enum token k = read_token(&r); k != TOKEN_END; k = read_token(&r)) {
        bool is_semicolon = k == TOKEN_OTHER && t->native.at[r.from] == ';';
        if (close_at != 0 && !is_semicolon)
            return false; /* something behind the group: a second group, ON CONFLICT, ... */
        if (k == TOKEN_OPEN && depth++ == 0 && after_values)
            open_at = r.from;
        if (k == TOKEN_CLOSE && (depth == 0 || (--depth == 0 && after_values)))
            close_at = r.at;
        if (depth == 0 && close_at == 0)
            after_values = k == TOKEN_WORD && span_equal_nocase(word_of(&r), SPAN("VALUES"));
    }
    if (close_at == 0 || t->n_markers == 0 || t->marker_at[0] < open_at)
        return false;
    *out = (struct fold){ span_part(t->native, 0, open_at),
                          span_part(t->native, open_at, close_at - open_at), open_at };
    return true;
}

static bool is_clause(struct span word)
{
    static const char *const clauses[] = { "FROM",  "WHERE",  "HAVING", "ON",  "GROUP", "ORDER",
                                           "LIMIT", "OFFSET", "VALUES", "SET", "FETCH", "WINDOW" };

    for (size_t i = 0; i < sizeof(clauses) / sizeof(clauses[0]); i++) {
        if (span_equal_nocase(word, span_of(clauses[i])))
            return true;
    }
    return false;
}

bool fold_markers_are_sendable(const struct sql_text *t)
{
    bool in_list[DEPTH_MAX] = { false };
    struct reader r = { .text = t->native };
    unsigned depth = 0;

    for (enum token k = read_token(&r); k != TOKEN_END; k = read_token(&r)) {
        if (k == TOKEN_OPEN) {
            if (++depth >= DEPTH_MAX)
                return false;
            in_list[depth] = in_list[depth - 1];
        } else if (k == TOKEN_CLOSE && depth > 0) {
            depth--;
        } else if (k == TOKEN_WORD && span_equal_nocase(word_of(&r), SPAN("SELECT"))) {
            in_list[depth] = true;
        } else if (k == TOKEN_WORD && is_clause(word_of(&r))) {
            in_list[depth] = false;
        } else if (k == TOKEN_MARKER && in_list[depth]) {
            return false;
        }
    }
    return true;
}

unsigned fold_first_words(struct span text, struct span *out, unsigned most)
{
    struct reader r = { .text = text };
    unsigned n = 0;

    while (n < most && read_token(&r) == TOKEN_WORD)
        out[n++] = word_of(&r);
    return n;
}
