/* A whole source as one text: cells parted by '|', rows by '/', NULL as '~'. */
#ifndef TESTS_ROWS_TEXT_H
#define TESTS_ROWS_TEXT_H

#include "fake_store.h"
#include "unit.h"

enum { ROWS_TEXT_MAX = 4096 };

static inline enum row_step rows_text(struct row_source *source, char *to, struct fault *f)
{
    struct batch batch;
    enum row_step step;
    unsigned at = 0;

    to[0] = '\0';
    while ((step = row_source_next(source, &batch, f)) == ROW_BATCH) {
        for (size_t i = 0; i < (size_t)batch.n_rows * batch.n_columns; i++) {
            struct span cell = batch.cells[i];
            const char *behind = (i + 1) % batch.n_columns == 0 ? "/" : "|";
            at += (unsigned)snprintf(to + at, ROWS_TEXT_MAX - at, "%.*s%s", cell.at ? (int)cell.len
                                     : 1, cell.at ? cell.at : "~", behind);
        }
    }
    return step;
}

/* Opens, reads all, closes; compares the rows, and the names of the columns as "a,b". */
static inline void rows_are(struct desk *d, const char *names, const char *rows, int line)
{
    struct result result = { .source = NULL };
    struct fault f = { .kind = FAULT_NONE };
    char text[ROWS_TEXT_MAX], got_names[512] = "";

    if (!result_open(&d->request, &result, &f) || result.source == NULL) {
        printf("    line %d: no source: %s\n", line, f.text);
        CU_FAIL("no source");
        return;
    }
    for (unsigned i = 0; i < result.source->columns.n; i++) {
        struct span name = result.source->columns.at[i].name;
        snprintf(got_names + strlen(got_names), 64, "%s%.*s", i > 0 ? "," : "", (int)name.len,
                 name.at);
    }
    enum row_step step = rows_text(result.source, text, &f);
    if (step != ROW_END || strcmp(text, rows) != 0 || strcmp(got_names, names) != 0) {
        printf("    line %d: got %s: %s%s\n", line, got_names, text, step == ROW_FAULT ? f.text
               : "");
    }
    CU_ASSERT_EQUAL(step, ROW_END);
    CU_ASSERT_STRING_EQUAL(text, rows);
    CU_ASSERT_STRING_EQUAL(got_names, names);
    row_source_close(result.source);
}

#define ROWS_ARE(d, names, rows) rows_are((d), (names), (rows), __LINE__)

#endif
