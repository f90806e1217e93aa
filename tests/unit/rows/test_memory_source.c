/* Rows from memory, in batches. */
#include <stdlib.h>

#include "rows/rows.h"
#include "unit.h"

static void rows_come_in_batches_until_there_are_none(void)
{
    enum { ROWS = BATCH_ROWS_MAX + 3 };
    struct fault f;
    struct columns columns = { .n = 2 };
    struct span *cells = calloc(2 * ROWS, sizeof(*cells));
    struct row_source *source = NULL;
    struct batch batch;
    size_t n = 0;

    cells[2 * (ROWS - 1)] = SPAN("last");
    CU_ASSERT_TRUE(memory_source_new(&columns, cells, ROWS, &source, &f));
    CU_ASSERT_EQUAL(source->row_count, ROWS);
    while (row_source_next(source, &batch, &f) == ROW_BATCH) {
        CU_ASSERT_EQUAL(batch.n_columns, 2);
        n += batch.n_rows;
    }
    CU_ASSERT_EQUAL(n, ROWS);
    SPAN_IS(batch.cells[2 * (batch.n_rows - 1)], "last");
    CU_ASSERT_EQUAL(row_source_next(source, &batch, &f), ROW_END);
    row_source_close(source);
    free(cells);
}

static void no_rows_are_an_end_and_no_source_can_be_closed(void)
{
    struct fault f;
    struct columns columns = { .n = 1 };
    struct row_source *source = NULL;
    struct batch batch;

    CU_ASSERT_TRUE(memory_source_new(&columns, NULL, 0, &source, &f));
    CU_ASSERT_EQUAL(row_source_next(source, &batch, &f), ROW_END);
    row_source_close(source);
    row_source_close(NULL);
}

static const struct unit_test tests[] = {
    { "rows come in batches until there are none", rows_come_in_batches_until_there_are_none },
    { "no rows are an end and no source can be closed",
      no_rows_are_an_end_and_no_source_can_be_closed },
};

UNIT_MAIN("rows/memory_source", tests)
