/* Tells statements apart by their keywords. Only brackets are counted; the engine judges the
   rest. */
#include "sql/class.h"

#include "sql/lexer.h"

static const struct {
    const char *word;
    enum sql_class class;
} first_words[] = {
    { "SELECT", SQL_CLASS_SELECT },   { "WITH", SQL_CLASS_SELECT },
    { "VALUES", SQL_CLASS_SELECT },   { "TABLE", SQL_CLASS_SELECT },
    { "USING", SQL_CLASS_SELECT },    { "EXPLAIN", SQL_CLASS_EXPLAIN },
    { "SHOW", SQL_CLASS_SHOW },       { "DESCRIBE", SQL_CLASS_DESCRIBE },
    { "DESC", SQL_CLASS_DESCRIBE },   { "INSERT", SQL_CLASS_INSERT },
    { "UPDATE", SQL_CLASS_UPDATE },   { "DELETE", SQL_CLASS_DELETE },
    { "MERGE", SQL_CLASS_MERGE },     { "UNLOAD", SQL_CLASS_UNLOAD },
    { "CREATE", SQL_CLASS_DDL },      { "DROP", SQL_CLASS_DDL },
    { "ALTER", SQL_CLASS_DDL },       { "MSCK", SQL_CLASS_DDL },
    { "VACUUM", SQL_CLASS_DDL },      { "OPTIMIZE", SQL_CLASS_DDL },
    { "TRUNCATE", SQL_CLASS_DDL },    { "COMMENT", SQL_CLASS_DDL },
    { "GRANT", SQL_CLASS_DDL },       { "REVOKE", SQL_CLASS_DDL },
    { "CALL", SQL_CLASS_CALL },       { "PREPARE", SQL_CLASS_PREPARE },
    { "EXECUTE", SQL_CLASS_EXECUTE }, { "DEALLOCATE", SQL_CLASS_DEALLOCATE },
};

static bool is_any(const struct token *t, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        if (token_is_word(t, words[i])) {
            return true;
        }
    }
    return false;
}

static bool opens(const struct token *t)
{
    return token_is_sign(t, '(') || token_is_sign(t, '[');
}

static bool closes(const struct token *t)
{
    return token_is_sign(t, ')') || token_is_sign(t, ']');
}

/* First words of a query. */
static const char *const queries[] = { "SELECT", "WITH", "VALUES", "TABLE", NULL };

/* CREATE TABLE ... AS query; STORED AS names a file format instead. */
static bool is_table_as(struct lexer *l)
{
    struct token before = lexer_next_word(l), t;
    unsigned depth = 0;

    if (!token_is_word(&before, "TABLE")) {
        return false;
    }
    while ((t = lexer_next_word(l)).kind != TOKEN_END) {
        if (depth == 0 && token_is_word(&t, "AS") && !token_is_word(&before, "STORED")) {
            t = lexer_next_word(l);
            return token_is_sign(&t, '(') || is_any(&t, queries);
        }
        depth += opens(&t);
        depth -= depth > 0 && closes(&t);
        before = t;
    }
    return false;
}

/* Behind a bracket that opens options, (FORMAT JSON); a bracket that opens a query is left. */
static void skip_options(struct lexer *l)
{
    struct lexer ahead = *l;
    struct token t = lexer_next_word(&ahead);
    unsigned depth = token_is_sign(&t, '(');

    if (depth == 0) {
        return;
    }
    t = lexer_next_word(&ahead);
    if (token_is_sign(&t, '(') || is_any(&t, queries)) {
        return;
    }
    while (depth > 0 && t.kind != TOKEN_END) {
        depth += opens(&t);
        depth -= closes(&t);
        t = depth > 0 ? lexer_next_word(&ahead) : t;
    }
    *l = ahead;
}

static bool skip_word(struct lexer *l, const char *word)
{
    struct lexer ahead = *l;
    struct token t = lexer_next_word(&ahead);
    bool is_there = token_is_word(&t, word);

    if (is_there) {
        *l = ahead;
    }
    return is_there;
}

struct span class_analyzed(struct span text)
{
    struct lexer l = { .text = text };

    if (!skip_word(&l, "EXPLAIN")) {
        return NO_SPAN;
    }
    skip_options(&l);
    if (!skip_word(&l, "ANALYZE")) {
        return NO_SPAN;
    }
    skip_options(&l);
    (void)skip_word(&l, "VERBOSE");
    return span_from(text, l.at);
}

enum sql_class class_of(struct span text)
{
    struct lexer l = { .text = text };
    struct token t = lexer_next_word(&l);

    if (t.kind == TOKEN_END || token_is_sign(&t, ';')) {
        return SQL_CLASS_UNKNOWN;
    }
    if (token_is_sign(&t, '(')) {
        return SQL_CLASS_SELECT;
    }
    if (token_is_word(&t, "EXPLAIN")) {
        return span_is_null(class_analyzed(text)) ? SQL_CLASS_EXPLAIN : SQL_CLASS_EXPLAIN_ANALYZE;
    }
    if (token_is_word(&t, "CREATE") && is_table_as(&l)) {
        return SQL_CLASS_CTAS;
    }
    for (size_t i = 0; i < sizeof(first_words) / sizeof(first_words[0]); i++) {
        if (token_is_word(&t, first_words[i].word)) {
            return first_words[i].class;
        }
    }
    return SQL_CLASS_OTHER;
}

bool class_is_hive(struct span text, enum sql_class class)
{
    static const char *const trino_words[] = { "VIEW", "OR", "PROTECTED", "MULTI", NULL };
    struct lexer l = { .text = text };
    struct token t = lexer_next_word(&l);

    if (class == SQL_CLASS_SHOW || class == SQL_CLASS_DESCRIBE) {
        return true;
    }
    if (class != SQL_CLASS_DDL) {
        return false;
    }
    if (token_is_word(&t, "CREATE")) {
        t = lexer_next_word(&l);
        return !is_any(&t, trino_words);
    }
    return token_is_word(&t, "ALTER") || token_is_word(&t, "DROP") || token_is_word(&t, "MSCK");
}

/* #name, "#name" or `#name`. */
static bool is_hash_name(const struct token *t)
{
    return token_is_sign(t, '#') ||
           (t->kind == TOKEN_QUOTED && t->text.len > 1 && t->text.at[1] == '#');
}

static bool is_temporary_table(struct lexer *l)
{
    static const char *const marks[] = { "TEMPORARY", "TEMP", "VOLATILE", NULL };
    static const char *const fill[] = { "LOCAL", "GLOBAL", "MULTISET", "SET",  "TABLE",
                                        "IF",    "NOT",    "EXISTS",   "INTO", NULL };
    struct token t = lexer_next_word(l);

    while (is_any(&t, fill)) {
        t = lexer_next_word(l);
    }
    return is_any(&t, marks) || is_hash_name(&t);
}

/* Athena has no SELECT INTO, so the word outside all brackets says enough. */
static bool has_into(struct lexer *l)
{
    unsigned depth = 0;
    struct token t;

    while ((t = lexer_next_word(l)).kind != TOKEN_END) {
        if (depth == 0 && token_is_word(&t, "INTO")) {
            return true;
        }
        depth += opens(&t);
        depth -= depth > 0 && closes(&t);
    }
    return false;
}

bool class_is_probe(struct span text, enum sql_class class)
{
    struct lexer l = { .text = text };
    struct token t = lexer_next_word(&l);

    if (class == SQL_CLASS_SELECT) {
        return !token_is_word(&t, "USING") && has_into(&l);
    }
    return (class == SQL_CLASS_DDL || class == SQL_CLASS_CTAS || class == SQL_CLASS_INSERT ||
            token_is_word(&t, "DECLARE")) &&
           is_temporary_table(&l);
}

bool class_is_liveness(struct span text)
{
    struct lexer l = { .text = text };
    struct token verb = lexer_next_word(&l), one = lexer_next_word(&l), t;

    if (!(token_is_word(&verb, "SELECT") || token_is_word(&verb, "VALUES")) ||
        one.kind != TOKEN_NUMBER || !span_equal(one.text, SPAN("1"))) {
        return false;
    }
    do {
        t = lexer_next_word(&l);
    } while (token_is_sign(&t, ';'));
    return t.kind == TOKEN_END;
}
