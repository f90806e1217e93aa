/* Runs escapes.txt: the translation of each line is compared with its second column. The value
   column is for a test that executes. */
#include "cases.h"

#include "base/arena.h"
#include "sql/sql.h"

static void run(struct case_file *c, const struct case_line *l)
{
    struct sql_context context = { .catalog = SPAN("AwsDataCatalog"), .user = SPAN("analyst") };
    struct arena arena = { .blocks = NULL };
    struct sql_text sql;
    struct fault f = { .kind = FAULT_NONE };
    char *given = malloc(l->column[0].len + 1);
    bool is_refused = !sql_translate(case_bytes(l->column[0], given), &context, &arena, &sql, &f);
    bool ok = is_refused ? span_equal(l->column[1],
                                      f.kind == FAULT_UNSUPPORTED ? SPAN("HYC00") : SPAN("42000"))
                         : span_equal(sql.native, l->column[1]);

    case_verdict(c, l, ok && l->n >= 3, is_refused ? span_of(f.text) : sql.native);
    arena_free(&arena);
    free(given);
}

int main(void)
{
    return case_run("escapes", run);
}
