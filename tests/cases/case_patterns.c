/* Runs patterns.txt: pattern | name | yes or no | note. */
#include "cases.h"

#include "sql/sql.h"

static void run(struct case_file *c, const struct case_line *l)
{
    bool is_match = sql_like(l->column[0], l->column[1], span_equal(l->column[3], SPAN("nocase")));
    struct span got = is_match ? SPAN("yes") : SPAN("no");

    case_verdict(c, l, l->n >= 3 && span_equal(got, l->column[2]), got);
}

int main(void)
{
    return case_run("patterns", run);
}
