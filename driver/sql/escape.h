/* The escape translator's parts. Texts are rewritten innermost first into one growing buffer; a
   stack of open escapes with a named depth takes the place of recursion. */
#ifndef SQL_ESCAPE_H
#define SQL_ESCAPE_H

#include "sql/lexer.h"
#include "sql/sql.h"

enum {
    SQL_BYTES_MAX = 262144,
    SQL_INPUT_BYTES_MAX = 1048576,
    ESCAPE_DEPTH_MAX = 64,
    ARGUMENTS_MAX = 8
};

/* The arguments of a function escape, translated already; borrowed from the output buffer. */
struct arguments {
    struct span name; /* as the user wrote it */
    struct span all;  /* what stands between the brackets */
    unsigned n;       /* may be more than ARGUMENTS_MAX; only that many are cut */
    struct span at[ARGUMENTS_MAX];
    bool has_brackets;
};

/* Appends what a function escape becomes. Offsets for the fault are the caller's business: it gets
   the text without a place. */
MUST_USE bool escape_function(const struct arguments *a, const struct sql_context *context,
                              struct buf *out, struct fault *f);

/* The forms that depend on an argument: writes a form in the language of escape_fn.def. */
enum { FORM_ROOM = 256 };
MUST_USE bool escape_form(struct span which, const struct arguments *a, char form[FORM_ROOM],
                          struct fault *f);

/* {d} {t} {ts} {guid} {interval} {escape}: the lexer stands behind the keyword; reads up to the
   closing brace and appends the literal. */
bool escape_is_literal(const struct token *keyword);
MUST_USE bool escape_literal(const struct token *keyword, struct lexer *l, struct buf *out,
                             struct fault *f);

/* Rewrites the text of a lexer that stands at its beginning. edits collects struct sql_edit,
   bytewise. Faults carry line and column. */
MUST_USE bool escape_translate(struct lexer begin, const struct sql_context *context,
                               struct buf *out, struct buf *edits, struct fault *f);

/* Line and column (from 1, in characters) of a byte. */
void sql_position(struct span text, size_t at, unsigned *line, unsigned *column);
/* The offset in the user's text of an offset in the native text. */
size_t sql_place_offset(const struct sql_text *t, size_t native);
/* Sets FAULT_SYNTAX or another kind with the place in front. Returns false. */
bool sql_fault_at(struct fault *f, enum fault_kind kind, struct span text, size_t at,
                  const char *what);

#endif
