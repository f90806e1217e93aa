/* The standard's names of statements, as its table of dynamic functions has them. */
#include "odbc/dynamic.h"

#include "sql/lexer.h"

static const struct {
    const char *verb, *object;
    struct dynamic dynamic;
} definitions[] = {
    { "CREATE", "TABLE", { SQL_DIAG_CREATE_TABLE, "CREATE TABLE" } },
    { "CREATE", "VIEW", { SQL_DIAG_CREATE_VIEW, "CREATE VIEW" } },
    { "CREATE", "SCHEMA", { SQL_DIAG_CREATE_SCHEMA, "CREATE SCHEMA" } },
    { "CREATE", "DATABASE", { SQL_DIAG_CREATE_SCHEMA, "CREATE SCHEMA" } },
    { "DROP", "TABLE", { SQL_DIAG_DROP_TABLE, "DROP TABLE" } },
    { "DROP", "VIEW", { SQL_DIAG_DROP_VIEW, "DROP VIEW" } },
    { "DROP", "SCHEMA", { SQL_DIAG_DROP_SCHEMA, "DROP SCHEMA" } },
    { "DROP", "DATABASE", { SQL_DIAG_DROP_SCHEMA, "DROP SCHEMA" } },
    { "ALTER", "TABLE", { SQL_DIAG_ALTER_TABLE, "ALTER TABLE" } },
};

/* What may stand between the verb and what it makes. */
static bool is_between(const struct token *t)
{
    static const char *const words[] = { "OR",        "REPLACE", "EXTERNAL",
                                         "PROTECTED", "MULTI",   "DIALECT" };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (token_is_word(t, words[i]))
            return true;
    }
    return false;
}

static struct dynamic definition_of(struct span text)
{
    struct lexer l = { .text = text };
    struct token verb = lexer_next_word(&l), object = lexer_next_word(&l);

    while (is_between(&object))
        object = lexer_next_word(&l);
    for (size_t i = 0; i < sizeof(definitions) / sizeof(definitions[0]); i++) {
        if (token_is_word(&verb, definitions[i].verb) &&
            token_is_word(&object, definitions[i].object))
            return definitions[i].dynamic;
    }
    return (struct dynamic){ SQL_DIAG_UNKNOWN_STATEMENT, "" };
}

struct dynamic dynamic_of(const struct sql_text *sql)
{
    switch (sql->class) {
    case SQL_CLASS_SELECT:
        return (struct dynamic){ SQL_DIAG_SELECT_CURSOR, "SELECT CURSOR" };
    case SQL_CLASS_INSERT:
        return (struct dynamic){ SQL_DIAG_INSERT, "INSERT" };
    case SQL_CLASS_UPDATE:
        return (struct dynamic){ SQL_DIAG_UPDATE_WHERE, "UPDATE WHERE" };
    case SQL_CLASS_DELETE:
        return (struct dynamic){ SQL_DIAG_DELETE_WHERE, "DELETE WHERE" };
    case SQL_CLASS_CALL:
        return (struct dynamic){ SQL_DIAG_CALL, "CALL" };
    case SQL_CLASS_CTAS:
    case SQL_CLASS_DDL:
        return definition_of(sql->native);
    default:
        return (struct dynamic){ SQL_DIAG_UNKNOWN_STATEMENT, "" };
    }
}
