/* The fused path: each field is parsed where it stands and stored where it is wanted, in one pass
   over the text. Fields nobody bound are stepped over. */
#include "rows/csv_fill.h"

#include <string.h>

#include "rows/csv_split.h"

struct filling {
    const char *at, *end;
    struct row_fill *fill;
    struct buf *scratch;
    bool has_care; /* of the row being filled */
};

static SQLLEN *pointer_at(char *base, size_t offset)
{
    return base != NULL ? (SQLLEN *)(void *)(base + offset) : NULL;
}

/* The field without its doubled quotes, in the scratch buffer. */
static bool undoubled(struct filling *g, struct span *cell)
{
    struct fault f;
    struct span rest = *cell;

    buf_clear(g->scratch);
    while (rest.len > 0) {
        size_t n = span_find_byte(rest, '"');
        n += n < rest.len;
        if (!buf_add(g->scratch, span_part(rest, 0, n), &f)) {
            return false;
        }
        rest = span_from(rest, n < rest.len ? n + 1 : n);
    }
    *cell = buf_span(g->scratch);
    if (cell->at == NULL) {
        *cell = SPAN("");
    }
    return true;
}

static void judge(struct filling *g, enum value_outcome outcome)
{
    if (outcome != VALUE_OK && outcome != VALUE_NULL) {
        g->has_care = true;
    }
}

/* An unquoted field: NULL, or text that nobody quoted. */
static bool take_bare(struct filling *g, const struct row_target *t, size_t row)
{
    const char *from = g->at;

    while (g->at < g->end && *g->at != ',' && *g->at != '\n') {
        g->at++;
    }
    if (t != NULL) {
        struct span cell = g->at > from ? (struct span){ from, (size_t)(g->at - from) } : NO_SPAN;
        judge(g, row_target_store(t, cell, row));
    }
    return g->at < g->end;
}

/* at stands behind the opening quote. False when the field does not end in this text. */
static bool take_long_way(struct filling *g, const struct row_target *t, size_t row)
{
    bool has_doubled = false;
    const char *quote = csv_closing_quote(g->at, g->end, &has_doubled);
    struct span cell = { g->at, (size_t)(quote - g->at) };

    if (quote == g->end) {
        return false;
    }
    g->at = quote + 1;
    if (t != NULL && has_doubled && !undoubled(g, &cell)) {
        g->has_care = true;
        return true;
    }
    if (t != NULL) {
        judge(g, row_target_store(t, cell, row));
    }
    return true;
}

static bool take_quoted(struct filling *g, const struct row_target *t, size_t row)
{
    if (t == NULL || t->plan.fuse == NULL) {
        return take_long_way(g, t, row);
    }
    SQLLEN *length = pointer_at(t->length, row * t->pointer_step);
    const char *quote = t->plan.fuse(&t->plan, g->at, g->end,
                                     t->data != NULL ? t->data + row * t->data_step : NULL,
                                     t->room, length);
    /* Behind a value's last quote comes a comma or a newline, else it was not the last. */
    if (quote == NULL || quote + 1 >= g->end || (quote[1] != ',' && quote[1] != '\n')) {
        return take_long_way(g, t, row);
    }
    if (t->indicator != NULL && t->indicator != t->length) {
        *pointer_at(t->indicator, row * t->pointer_step) = 0;
    }
    g->at = quote + 1;
    return true;
}

/* One record; g->at stands behind its newline when it was taken. */
static bool take_record(struct filling *g, unsigned n_columns, size_t row)
{
    const struct row_target *t = g->fill->targets, *last = t + g->fill->n_targets;

    for (unsigned column = 0; column < n_columns; column++) {
        const struct row_target *here = t < last && t->column == column ? t++ : NULL;
        if (g->at >= g->end) {
            return false;
        }
        bool is_quoted = *g->at == '"';
        g->at += is_quoted;
        bool is_whole = is_quoted ? take_quoted(g, here, row) : take_bare(g, here, row);
        if (!is_whole || g->at >= g->end || *g->at != (column + 1 < n_columns ? ',' : '\n')) {
            return false;
        }
        g->at++;
    }
    return true;
}

size_t csv_fill(char *text, size_t len, unsigned n_columns, struct row_fill *fill,
                struct buf *scratch)
{
    struct filling g = { .at = text, .end = text + len, .fill = fill, .scratch = scratch };
    const char *ahead = text;
    size_t used = 0;

    for (fill->n_rows = 0; fill->n_rows < fill->rows_max; fill->n_rows++) {
        g.has_care = false;
        ahead = csv_look_ahead(ahead, g.at);
        if (!take_record(&g, n_columns, fill->first_row + fill->n_rows)) {
            break;
        }
        size_t n = (size_t)(g.at - text) - used;
        fill->rows[fill->n_rows] = (struct raw_row){ text + used, n, g.has_care };
        used += n;
    }
    return used;
}
