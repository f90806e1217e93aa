/* What a class of statements is called, and whether a statement only reads. */
#include "sql/class.h"

const char *sql_class_name(enum sql_class class)
{
    static const char *const names[] = {
        [SQL_CLASS_UNKNOWN] = "UNKNOWN",
        [SQL_CLASS_SELECT] = "SELECT",
        [SQL_CLASS_EXPLAIN] = "EXPLAIN",
        [SQL_CLASS_EXPLAIN_ANALYZE] = "EXPLAIN ANALYZE",
        [SQL_CLASS_SHOW] = "SHOW",
        [SQL_CLASS_DESCRIBE] = "DESCRIBE",
        [SQL_CLASS_INSERT] = "INSERT",
        [SQL_CLASS_UPDATE] = "UPDATE",
        [SQL_CLASS_DELETE] = "DELETE",
        [SQL_CLASS_MERGE] = "MERGE",
        [SQL_CLASS_CTAS] = "CTAS",
        [SQL_CLASS_UNLOAD] = "UNLOAD",
        [SQL_CLASS_DDL] = "DDL",
        [SQL_CLASS_CALL] = "CALL",
        [SQL_CLASS_PREPARE] = "PREPARE",
        [SQL_CLASS_EXECUTE] = "EXECUTE",
        [SQL_CLASS_DEALLOCATE] = "DEALLOCATE",
        [SQL_CLASS_OTHER] = "OTHER",
    };

    return (size_t)class < sizeof(names) / sizeof(names[0]) && names[class] != NULL ? names[class]
                                                                                    : "OTHER";
}

bool sql_only_reads(const struct sql_text *sql)
{
    switch (sql->class) {
    case SQL_CLASS_SELECT:
    case SQL_CLASS_EXPLAIN:
    case SQL_CLASS_SHOW:
    case SQL_CLASS_DESCRIBE:
        return true;
    case SQL_CLASS_EXPLAIN_ANALYZE: /* runs what it explains; unsure means it writes */
        return class_of(class_analyzed(sql->native)) == SQL_CLASS_SELECT;
    default:
        return false;
    }
}
