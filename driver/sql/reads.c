/* What a class of statements is called, and whether a statement only reads. */
#include "sql/sql.h"

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

/* EXPLAIN ANALYZE runs what it explains: the class of the text behind it counts. Unsure means it
   writes. */
static bool analyzed_text_reads(struct span text)
{
    struct arena arena = { .ceiling_bytes = 4 * 1024 * 1024 };
    struct sql_context context = { .no_scan = true };
    struct span rest = NO_SPAN;
    struct sql_text inner;
    struct fault f;
    bool reads = false;

    for (size_t i = 0; i + 7 < text.len && span_is_null(rest); i++) {
        if (span_starts_nocase(span_from(text, i), SPAN("ANALYZE"))) {
            rest = span_trim(span_from(text, i + 7));
        }
    }
    if (span_starts_nocase(rest, SPAN("VERBOSE"))) {
        rest = span_trim(span_from(rest, 7));
    }
    if (!span_is_null(rest) && sql_translate(rest, &context, &arena, &inner, &f)) {
        reads = inner.class == SQL_CLASS_SELECT;
    }
    arena_free(&arena);
    return reads;
}

bool sql_only_reads(const struct sql_text *sql)
{
    switch (sql->class) {
    case SQL_CLASS_SELECT:
    case SQL_CLASS_EXPLAIN:
    case SQL_CLASS_SHOW:
    case SQL_CLASS_DESCRIBE:
        return true;
    case SQL_CLASS_EXPLAIN_ANALYZE:
        return analyzed_text_reads(sql->native);
    default:
        return false;
    }
}
