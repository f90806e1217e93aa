/* Reads and rewrites SQL text, never runs it. Knows Athena's lexical rules: quotes, doubled quotes,
   back-quotes, comments, Unicode strings; every byte outside an escape comes out as it went in. */
#ifndef SQL_SQL_H
#define SQL_SQL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"

enum sql_class {
    SQL_CLASS_UNKNOWN,
    SQL_CLASS_SELECT, /* SELECT WITH VALUES TABLE USING ( */
    SQL_CLASS_EXPLAIN,
    SQL_CLASS_EXPLAIN_ANALYZE,
    SQL_CLASS_SHOW,
    SQL_CLASS_DESCRIBE,
    SQL_CLASS_INSERT,
    SQL_CLASS_UPDATE,
    SQL_CLASS_DELETE,
    SQL_CLASS_MERGE,
    SQL_CLASS_CTAS,
    SQL_CLASS_UNLOAD,
    SQL_CLASS_DDL, /* OPTIMIZE and VACUUM too */
    SQL_CLASS_CALL,
    SQL_CLASS_PREPARE,
    SQL_CLASS_EXECUTE,
    SQL_CLASS_DEALLOCATE,
    SQL_CLASS_OTHER
};

/* Facts the escape translator needs from the connection. */
struct sql_context {
    struct span catalog; /* {fn DATABASE()} */
    struct span user;    /* {fn USER()} */
    bool no_scan;        /* SQL_ATTR_NOSCAN: escapes stay as they are */
};

/* Where text was rewritten, so that the engine's line:column can be told in the user's text. */
struct sql_edit {
    size_t out_from, out_len, in_from, in_len;
};

/* Everything lives in the arena that was handed to sql_translate. */
struct sql_text {
    struct span native; /* what Athena gets */
    struct span original;
    enum sql_class class;
    unsigned n_markers; /* `?` outside literals and comments */
    size_t *marker_at;  /* their offsets in native */
    bool *marker_counts; /* behind LIMIT, OFFSET or FETCH: see sql_bare_count */
    bool has_backslash; /* the Hive dialect: in a quoted text a backslash hides what follows it */
    bool is_probe;      /* temp table or SELECT INTO trial: refuse without a call */
    bool is_liveness;   /* SELECT 1 or VALUES 1 alone: LocalProbe may answer it */
    struct sql_edit *edits;
    size_t n_edits;
};

/* Translates escapes, finds markers, tells the class. FAULT_SYNTAX (with line and column) for a
   broken escape, FAULT_UNSUPPORTED for what Athena has not, FAULT_CEILING above 262,144 bytes,
   FAULT_SYNTAX for a second statement behind a `;`. */
MUST_USE bool sql_translate(struct span text, const struct sql_context *context,
                            struct arena *arena, struct sql_text *out, struct fault *f);

/* Replaces markers by literals (each a complete SQL literal, borrowed), parenthesised and set off
   by blanks where that is needed. Appends to out. edits (may be NULL) collects a struct sql_edit
   for each, bytewise: from the appended text to the native one. In the Hive dialect backslashes of
   a text are doubled, and a text with a quote is FAULT_QUERY naming the parameter. */
MUST_USE bool sql_inline(const struct sql_text *t, const struct span *literals, struct buf *out,
                         struct buf *edits, struct fault *f);

/* The digits of a literal that is a whole number, BIGINT '10' and '10' too; another literal as it
   is. The engine takes nothing but digits where a marker counts rows. */
struct span sql_bare_count(struct span literal);

/* "SELECT", "EXPLAIN ANALYZE" ...; lives for ever. */
const char *sql_class_name(enum sql_class class);
/* Whether the statement cannot change anything; one that is not understood may. */
bool sql_only_reads(const struct sql_text *sql);

/* Appends the text with a row limit behind it, where that cannot change which rows may come: one
   SELECT (with its WITH) that has no LIMIT, OFFSET, FETCH, UNION, INTERSECT or EXCEPT of its own.
   Elsewhere nothing is appended and *is_limited is false. */
enum { SQL_STATEMENT_BYTES_MAX = 262144 };
MUST_USE bool sql_limit(struct span text, enum sql_class class, uint64_t rows, struct buf *out,
                        bool *is_limited, struct fault *f);

/* Appends a query that has the columns of the query in text, and no rows: SELECT * FROM (text)
   LIMIT 0, behind the functions that USING declares. *head tells what was put in before the query.
   FAULT_UNSUPPORTED when the query's beginning cannot be seen. */
MUST_USE bool sql_without_rows(struct span text, struct buf *out, struct sql_edit *head,
                               struct fault *f);

/* Puts line:column (from 1) of the native text back to the user's. */
void sql_place(const struct sql_text *t, unsigned line, unsigned column, unsigned *user_line,
               unsigned *user_column);

/* Appends "name" with quotes doubled: the one routine that quotes identifiers. */
MUST_USE bool sql_quote_name(struct span name, struct buf *out, struct fault *f);
/* Appends 'text' with quotes doubled. */
MUST_USE bool sql_quote_text(struct span text, struct buf *out, struct fault *f);

/* Whether ODBC LIKE pattern matches name: % and _, escape is '\'. Case-sensitive unless nocase. */
bool sql_like(struct span pattern, struct span name, bool nocase);

/* Bits for SQLGetInfo, generated from escape_fn.def. */
uint32_t sql_string_functions(void);
uint32_t sql_numeric_functions(void);
uint32_t sql_timedate_functions(void);
uint32_t sql_system_functions(void);

#endif
