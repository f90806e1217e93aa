/* One call for tests: text in, native text out or the fault's sentence. */
#ifndef TESTS_SQL_HELP_H
#define TESTS_SQL_HELP_H

#include "sql/sql.h"
#include "unit/unit.h"

struct translated {
    struct arena arena;
    struct sql_text sql;
    struct fault fault;
    bool ok;
};

static inline void translate_span(struct span text, struct translated *t)
{
    struct sql_context context = { .catalog = SPAN("AwsDataCatalog"), .user = SPAN("o'hara") };

    memset(t, 0, sizeof(*t));
    t->ok = sql_translate(text, &context, &t->arena, &t->sql, &t->fault);
}

static inline void translate(const char *text, struct translated *t)
{
    translate_span(span_of(text), t);
}

static inline void translated_free(struct translated *t)
{
    arena_free(&t->arena);
}

/* Compares with want; want NULL means refused. Says both when they differ. */
static inline bool translates_to(const char *given, const char *want)
{
    struct translated t;

    translate(given, &t);
    bool same = want == NULL ? !t.ok : t.ok && span_equal(t.sql.native, span_of(want));

    if (!same) {
        printf("    %s\n      got  %.*s%s\n      want %s\n", given,
               t.ok ? (int)t.sql.native.len : 0, t.ok ? t.sql.native.at : "",
               t.ok ? "" : t.fault.text, want == NULL ? "a refusal" : want);
    }
    translated_free(&t);
    return same;
}

#endif
