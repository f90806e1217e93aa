/* Fill, sort, hand over. */
#include "catalog/builder.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"

void builder_init(struct builder *b, enum catalog_shape shape)
{
    *b = (struct builder){ .shape = shape };
}

void builder_done(struct builder *b)
{
    arena_free(&b->arena);
    free(b->rows);
    *b = (struct builder){ .shape = b->shape };
}

bool builder_row(struct builder *b, struct fault *f)
{
    if (b->is_broken)
        return fault_memory(f);
    if (b->n >= CATALOG_ROWS_MAX)
        return fault_ceiling(f, "rows of a catalog result", CATALOG_ROWS_MAX);
    if (b->n == b->room) {
        size_t room = b->room == 0 ? 64 : b->room * 2;
        struct span **grown = realloc(b->rows, room * sizeof(struct span *));
        if (grown == NULL)
            return fault_memory(f);
        b->rows = grown;
        b->room = room;
    }
    struct span *row = arena_take_array(&b->arena, shape_of(b->shape)->n_columns, sizeof(*row), f);
    if (row == NULL)
        return false;
    b->rows[b->n++] = row;
    return true;
}

void builder_text(struct builder *b, enum catalog_cell cell, struct span text)
{
    const struct shape *shape = shape_of(b->shape);
    unsigned column = (unsigned)cell - (unsigned)shape->first;
    struct span copy = NO_SPAN;
    struct fault f;

    assert(column < shape->n_columns && b->n > 0);
    if (!span_is_null(text) && !arena_copy(&b->arena, text, &copy, &f))
        b->is_broken = true;
    b->rows[b->n - 1][column] = copy;
}

void builder_number(struct builder *b, enum catalog_cell cell, int64_t value)
{
    char text[24];
    int n = snprintf(text, sizeof(text), "%lld", (long long)value);

    builder_text(b, cell, (struct span){ text, (size_t)n });
}

static int compare_cells(struct span a, struct span b, bool is_text)
{
    int64_t x = 0, y = 0;

    if (span_is_null(a) || span_is_null(b))
        return (int)span_is_null(b) - (int)span_is_null(a);
    if (is_text || !number_parse_i64(a, &x) || !number_parse_i64(b, &y))
        return span_compare(a, b);
    return (x > y) - (x < y);
}

/* NULL sorts first. */
static int compare_rows(const void *left, const void *right, void *context)
{
    const struct shape *shape = context;
    const struct span *a = *(struct span *const *)left, *b = *(struct span *const *)right;

    for (unsigned key = 1; key <= 5; key++) {
        for (unsigned i = 0; i < shape->n_columns; i++) {
            if (shape->columns[i].sort != key)
                continue;
            int order = compare_cells(a[i], b[i], shape->columns[i].size > 0);
            if (order != 0)
                return order;
        }
    }
    return 0;
}

/* A memory source that owns what it shows. */
struct catalog_source {
    struct row_source base;
    struct row_source *inner;
    struct arena arena;
};

static enum row_step next_batch(struct row_source *src, struct batch *rows, struct fault *f)
{
    return row_source_next(((struct catalog_source *)src)->inner, rows, f);
}

static void close_source(struct row_source *src)
{
    struct catalog_source *s = (struct catalog_source *)src;

    row_source_close(s->inner);
    arena_free(&s->arena);
    free(s);
}

static const struct row_source_ops catalog_ops = { next_batch, close_source };

static bool is_sorted_shape(const struct shape *shape)
{
    for (unsigned i = 0; i < shape->n_columns; i++) {
        if (shape->columns[i].sort != 0)
            return true;
    }
    return false;
}

/* The flat cells, in order. */
static struct span *lay_out(struct builder *b, struct fault *f)
{
    const struct shape *shape = shape_of(b->shape);
    struct span *cells =
        arena_take_array(&b->arena, b->n * shape->n_columns + 1, sizeof(*cells), f);

    if (cells == NULL || b->n == 0)
        return cells;
    if (is_sorted_shape(shape))
        qsort_r(b->rows, b->n, sizeof(b->rows[0]), compare_rows, (void *)(uintptr_t)shape);
    for (size_t i = 0; i < b->n; i++) {
        for (unsigned k = 0; k < shape->n_columns; k++)
            cells[i * shape->n_columns + k] = b->rows[i][k];
    }
    return cells;
}

bool builder_finish(struct builder *b, bool odbc2, struct row_source **out, struct fault *f)
{
    struct catalog_source *s = calloc(1, sizeof(*s));
    struct columns columns;
    struct span *cells = NULL;
    bool ok = false;

    if (s == NULL || b->is_broken) {
        fault_memory(f);
        goto done;
    }
    cells = lay_out(b, f);
    if (cells == NULL || !shape_columns(b->shape, odbc2, &b->arena, &columns, f))
        goto done;
    if (!memory_source_new(&columns, cells, b->n, &s->inner, f))
        goto done;
    s->base = (struct row_source){ &catalog_ops, columns, s->inner->row_count };
    s->arena = b->arena;
    b->arena = (struct arena){ 0 };
    *out = &s->base;
    s = NULL;
    ok = true;
done:
    free(s);
    builder_done(b);
    return ok;
}
