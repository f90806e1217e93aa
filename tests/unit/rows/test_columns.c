/* Column lists and lines of SHOW and DESCRIBE. */
#include "rows/source.h"
#include "unit.h"

static void the_services_columns_become_ours(void)
{
    struct athena_column list[] = {
        { .name = SPAN("a"),
          .label = SPAN("A"),
          .type = SPAN("decimal"),
          .precision = 10,
          .scale = 2 },
        { .name = SPAN(""), .label = NO_SPAN, .type = SPAN("something new") },
        { .name = SPAN("a"), .label = SPAN("a"), .type = NO_SPAN },
    };
    struct athena_columns from = { 3, list };
    struct columns columns = { .n = 0 };
    struct arena arena = { .ceiling_bytes = 0 };
    struct fault f;

    CU_ASSERT_TRUE(columns_from_athena(&from, &arena, &columns, &f));
    CU_ASSERT_EQUAL(columns.n, 3);
    SPAN_IS(columns.at[0].label, "A");
    CU_ASSERT(columns.at[0].type.kind == VALUE_DECIMAL && columns.at[0].type.scale == 2);
    SPAN_IS(columns.at[1].name, "");
    SPAN_IS(columns.at[1].label, "");
    CU_ASSERT_EQUAL(columns.at[1].type.kind, VALUE_UNKNOWN);
    CU_ASSERT_STRING_EQUAL(columns.at[1].type.name, "something new");
    CU_ASSERT_EQUAL(columns.at[2].nullable, SQL_NULLABLE_UNKNOWN);
    arena_free(&arena);
}

static void lines_are_taken_apart_at_tabs(void)
{
    static const struct {
        const char *substatement, *line;
        unsigned n_columns;
        const char *cells[3]; /* NULL = SQL NULL */
    } cases[] = {
        { "SHOW_TABLES", "a\tb ", 1, { "a\tb " } },
        { "SHOW_TABLE_PROPERTIES", "a\tb\tc ", 2, { "a", "b\tc " } },
        { "SHOW_TABLE_PROPERTIES", "a", 2, { "a", NULL } },
        { "DESCRIBE_TABLE", "a   \tint   \t   ", 3, { "a", "int", "" } },
        { "DESCRIBE_TABLE", "a   \t\tx\ty", 3, { "a", "", "x\ty" } },
        { "describe_table", "", 3, { "", NULL, NULL } },
        { "SHOW_COLUMNS", "a        ", 1, { "a" } },
        { "DESC_VIEW", "a \tb ", 2, { "a ", "b " } },
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct line_shape shape = line_shape_of(cases[i].substatement, cases[i].n_columns);
        struct span cells[3];
        line_split(&shape, span_of(cases[i].line), cells);
        for (unsigned c = 0; c < cases[i].n_columns; c++) {
            SPAN_IS(cells[c], cases[i].cells[c]);
        }
    }
}

static const struct unit_test tests[] = {
    { "the service's columns become ours", the_services_columns_become_ours },
    { "lines are taken apart at tabs", lines_are_taken_apart_at_tabs },
};

UNIT_MAIN("rows/columns", tests)
