/* A result as CSV text in parts: the real parser fills, splits and hands out; a part is really gone
   when the next one comes. Include behind fake_world.h. */
#ifndef TESTS_FAKE_TEXT_H
#define TESTS_FAKE_TEXT_H

#include <time.h>

#include "rows/csv_fill.h"
#include "rows/csv_split.h"

enum { TEXT_COLUMNS = 2, TEXT_ROOM = 1024 };

/* Row i, from 0: its number, and "i " followed by so many x. */
static struct {
    unsigned n_rows, rows_in_part, n_x;
    unsigned odd_from;     /* rows from here on have a number that fits no integer */
    unsigned ms_of_part;   /* how long a part takes; 0: all parts are there */
    int break_at;          /* -1: never; a FAULT_NETWORK instead of this part */
    bool tells_its_size;
    unsigned n_parts_read; /* record */
} text_script;

struct text_source {
    struct row_source base;
    struct column columns[TEXT_COLUMNS];
    char *part;
    size_t at, len;
    unsigned next;
    struct buf scratch;
    struct span cells[TEXT_COLUMNS];
};

static size_t text_row(unsigned i, char *to)
{
    size_t at = (size_t)snprintf(to, 64, "\"%s%u\",\"%u ",
                                 i >= text_script.odd_from ? "90000000000" : "", i, i);

    memset(to + at, 'x', text_script.n_x);
    memcpy(to + at + text_script.n_x, "\"\n", 2);
    return at + text_script.n_x + 2;
}

static enum row_step text_turn(struct text_source *s, struct fault *f)
{
    unsigned ms = text_script.ms_of_part;
    struct timespec pause = { ms / 1000, ms % 1000 * 1000000L };

    if (s->next >= text_script.n_rows)
        return ROW_END;
    if ((int)(s->next / text_script.rows_in_part) == text_script.break_at) {
        fault_set(f, FAULT_NETWORK, "the connection broke behind row %u", s->next);
        return ROW_FAULT;
    }
    if (ms > 0)
        nanosleep(&pause, NULL);
    free(s->part);
    s->part = malloc((size_t)text_script.rows_in_part * (text_script.n_x + 64));
    s->at = s->len = 0;
    text_script.n_parts_read++;
    for (unsigned k = 0; k < text_script.rows_in_part && s->next < text_script.n_rows; k++)
        s->len += text_row(s->next++, s->part + s->len);
    return ROW_BATCH;
}

static enum row_step text_fill(struct row_source *src, struct row_fill *fill, struct fault *f)
{
    struct text_source *s = (struct text_source *)src;

    fill->n_rows = 0;
    if (s->at >= s->len) {
        enum row_step step = text_turn(s, f);
        if (step != ROW_BATCH)
            return step;
    }
    s->at += csv_fill(s->part + s->at, s->len - s->at, TEXT_COLUMNS, fill, &s->scratch);
    return ROW_BATCH;
}

static enum row_step text_next(struct row_source *src, struct batch *rows, struct fault *f)
{
    struct text_source *s = (struct text_source *)src;
    size_t used = 0;
    unsigned n_fields = 0;

    if (s->at >= s->len) {
        enum row_step step = text_turn(s, f);
        if (step != ROW_BATCH)
            return step;
    }
    CU_ASSERT_EQUAL(csv_split(s->part + s->at, s->len - s->at, true, TEXT_COLUMNS, s->cells, &used,
                              &n_fields),
                    CSV_RECORD);
    s->at += used;
    *rows = (struct batch){ .n_rows = 1, .n_columns = TEXT_COLUMNS, .cells = s->cells };
    return ROW_BATCH;
}

static bool text_split(struct row_source *src, const struct raw_row *row, struct span *cells)
{
    size_t used = 0;
    unsigned n_fields = 0;

    (void)src;
    return csv_split(row->at, row->len, true, TEXT_COLUMNS, cells, &used, &n_fields) == CSV_RECORD;
}

static bool text_is_ready(struct row_source *src)
{
    const struct text_source *s = (const struct text_source *)src;

    return text_script.ms_of_part == 0 || s->at < s->len;
}

static void text_close(struct row_source *src)
{
    struct text_source *s = (struct text_source *)src;

    free(s->part);
    buf_free(&s->scratch);
    free(s);
    fake.n_sources_open--;
}

static const struct row_source_ops text_ops = { text_next, text_close, text_fill, text_split,
                                                text_is_ready };

static struct row_source *text_source_new(void)
{
    static const char *const types[] = { "bigint", "varchar" };
    struct text_source *s = calloc(1, sizeof(*s));

    for (unsigned i = 0; i < TEXT_COLUMNS; i++) {
        s->columns[i].name = s->columns[i].label = span_of(i == 0 ? "n" : "t");
        s->columns[i].nullable = SQL_NULLABLE_UNKNOWN;
        value_type_parse(span_of(types[i]), 0, 0, &s->columns[i].type);
    }
    s->scratch.ceiling = TEXT_ROOM;
    s->base.ops = &text_ops;
    s->base.columns = (struct columns){ TEXT_COLUMNS, s->columns };
    s->base.row_count = -1;
    if (text_script.tells_its_size)
        s->base.total_bytes = (uint64_t)text_script.n_rows * text_script.n_x;
    fake.n_sources_open++;
    return &s->base;
}

/* A connection whose queries give this. */
static void text_connect(unsigned n_rows, unsigned rows_in_part, unsigned n_x)
{
    fake_reset();
    memset(&text_script, 0, sizeof(text_script));
    text_script.n_rows = n_rows;
    text_script.rows_in_part = rows_in_part;
    text_script.n_x = n_x;
    text_script.odd_from = UINT32_MAX;
    text_script.break_at = -1;
    fake.n_columns = TEXT_COLUMNS;
    fake.make_source = text_source_new;
    fake_connect(SQL_OV_ODBC3);
}

static SQLRETURN text_execute(struct stmt *s)
{
    return CALL(s, stmt_exec_direct(s, fake_text("SELECT n, t FROM t")));
}

static inline void text_close_all(struct stmt *s)
{
    stmt_free(s);
    fake_disconnect();
}

#endif
