/* The lexical rules of Athena's two dialects. Words and numbers are cut generously: nobody here
   judges them. */
#include "sql/lexer.h"

static bool is_word_byte(char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '_' || c == '$' || c == '@' ||
           (unsigned char)c >= 0x80;
}

static char byte_at(const struct lexer *l, size_t at)
{
    return at < l->text.len ? l->text.at[at] : 0;
}

/* Behind the closing quote; a doubled quote belongs to the content. */
static size_t end_of_quote(const struct lexer *l, size_t from, bool *is_closed)
{
    char quote = l->text.at[from];
    size_t at = from + 1;

    while (at < l->text.len) {
        if (l->text.at[at] == '\\' && l->has_backslash && quote != '`') {
            at += 2;
        } else if (l->text.at[at] != quote) {
            at++;
        } else if (byte_at(l, at + 1) == quote) {
            at += 2;
        } else {
            return at + 1;
        }
    }
    *is_closed = false;
    return l->text.len;
}

/* A line comment ends before either byte of a line break. */
static bool is_in_line(char c)
{
    return c != '\n' && c != '\r';
}

static size_t end_of_block(const struct lexer *l, size_t from, bool *is_closed)
{
    size_t len = span_find(span_from(l->text, from + 2), SPAN("*/"));

    if (from + 2 + len >= l->text.len) {
        *is_closed = false;
        return l->text.len;
    }
    return from + 2 + len + 2;
}

/* Digits, a fraction, an exponent; what sticks to it belongs to it. */
static size_t end_of_number(const struct lexer *l, size_t from)
{
    size_t at = from;
    bool has_point = false;

    for (;; at++) {
        char c = byte_at(l, at), before = at > from ? l->text.at[at - 1] : 0;

        if (c == '.' && !has_point) {
            has_point = true;
        } else if ((c == '+' || c == '-') && (before == 'e' || before == 'E') &&
                   ascii_is_digit(byte_at(l, at + 1))) {
            has_point = true;
        } else if (!is_word_byte(c)) {
            return at;
        }
    }
}

static size_t end_of_run(const struct lexer *l, size_t from, bool (*belongs)(char))
{
    size_t at = from;

    while (at < l->text.len && belongs(l->text.at[at])) {
        at++;
    }
    return at;
}

static bool starts(const struct lexer *l, size_t at, char first, char second)
{
    return byte_at(l, at) == first && byte_at(l, at + 1) == second;
}

static struct token cut(struct lexer *l, enum token_kind kind, size_t to, bool is_closed)
{
    struct token t = { kind, l->at, span_part(l->text, l->at, to - l->at), is_closed };

    l->at = to;
    return t;
}

static struct token next_token(struct lexer *l)
{
    size_t at = l->at;
    char c = byte_at(l, at);
    bool is_closed = true;

    if (at >= l->text.len) {
        return cut(l, TOKEN_END, l->text.len, true);
    }
    if (ascii_is_blank(c)) {
        return cut(l, TOKEN_BLANK, end_of_run(l, at, ascii_is_blank), true);
    }
    if (starts(l, at, '-', '-')) {
        return cut(l, TOKEN_LINE_COMMENT, end_of_run(l, at, is_in_line), true);
    }
    if (starts(l, at, '/', '*')) {
        size_t to = end_of_block(l, at, &is_closed);

        return cut(l, TOKEN_BLOCK_COMMENT, to, is_closed);
    }
    if (c == '\'' || c == '"' || c == '`') {
        size_t to = end_of_quote(l, at, &is_closed);

        return cut(l, c == '\'' ? TOKEN_TEXT : TOKEN_QUOTED, to > l->text.len ? l->text.len : to,
                   is_closed);
    }
    if (ascii_is_digit(c) || (c == '.' && ascii_is_digit(byte_at(l, at + 1)))) {
        return cut(l, TOKEN_NUMBER, end_of_number(l, at), true);
    }
    if (is_word_byte(c)) {
        return cut(l, TOKEN_WORD, end_of_run(l, at, is_word_byte), true);
    }
    return cut(l, c == '?' ? TOKEN_MARKER : TOKEN_SIGN, at + 1, true);
}

/* PATTERN ( ... ) of MATCH_RECOGNIZE and of windows: question marks in it say "perhaps". */
static void follow_pattern(struct lexer *l, struct token *t)
{
    if (token_is_filler(t)) {
        return;
    }
    if (l->pattern_depth > 0) {
        l->pattern_depth += token_is_sign(t, '(');
        l->pattern_depth -= token_is_sign(t, ')');
        if (t->kind == TOKEN_MARKER) {
            t->kind = TOKEN_SIGN;
        }
        return;
    }
    if (l->is_pattern_next && token_is_sign(t, '(')) {
        l->pattern_depth = 1;
    }
    l->is_pattern_next = l->has_rows && token_is_word(t, "PATTERN");
    l->has_rows = l->has_rows || token_is_word(t, "MATCH_RECOGNIZE") || token_is_word(t, "ROWS");
}

struct token lexer_next(struct lexer *l)
{
    struct token t = next_token(l);

    follow_pattern(l, &t);
    return t;
}

struct token lexer_next_word(struct lexer *l)
{
    struct token t;

    do {
        t = lexer_next(l);
    } while (token_is_filler(&t));
    return t;
}

bool token_is_word(const struct token *t, const char *word)
{
    return t->kind == TOKEN_WORD && span_equal_nocase(t->text, span_of(word));
}

bool token_is_sign(const struct token *t, char sign)
{
    return (t->kind == TOKEN_SIGN || t->kind == TOKEN_MARKER) && t->text.at[0] == sign;
}

bool token_is_filler(const struct token *t)
{
    return t->kind == TOKEN_BLANK || t->kind == TOKEN_LINE_COMMENT ||
           t->kind == TOKEN_BLOCK_COMMENT;
}
