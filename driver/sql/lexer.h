/* Cuts SQL text into tokens that cover every byte. It cannot fail: what is not closed ends with the
   text. */
#ifndef SQL_LEXER_H
#define SQL_LEXER_H

#include "base/span.h"

enum token_kind {
    TOKEN_END,
    TOKEN_BLANK,
    TOKEN_LINE_COMMENT,  /* without its line break */
    TOKEN_BLOCK_COMMENT,
    TOKEN_TEXT,          /* 'it''s' */
    TOKEN_QUOTED,        /* "name" or `name` */
    TOKEN_WORD,
    TOKEN_NUMBER,
    TOKEN_MARKER,        /* ? */
    TOKEN_SIGN           /* any other single byte */
};

struct token {
    enum token_kind kind;
    size_t from;         /* offset in the text */
    struct span text;    /* borrowed from it */
    bool is_closed;      /* false for a quote or comment that the text's end cut off */
};

/* Zeroed apart from text it starts at the first byte. */
struct lexer {
    struct span text;
    size_t at;
    bool has_backslash;      /* the Hive dialect: a backslash hides the next byte of a quote */
    bool has_rows;           /* a row pattern may follow: MATCH_RECOGNIZE or ROWS was seen */
    unsigned pattern_depth;  /* open brackets of a row pattern, in which ? is no marker */
    bool is_pattern_next;
};

struct token lexer_next(struct lexer *l);
/* The next token that is neither blank nor comment. */
struct token lexer_next_word(struct lexer *l);
bool token_is_word(const struct token *t, const char *word);
bool token_is_sign(const struct token *t, char sign);
bool token_is_filler(const struct token *t);

#endif
