/* An inventory as comma-separated values: the first row names the keys, quotes as in RFC 4180. */
#include "inventory.h"

enum { COLUMNS_MAX = 200 };

struct csv {
    struct inventory *inv;
    struct span rest;
    unsigned line;
    struct span cells[COLUMNS_MAX];
    unsigned n;
};

/* A quoted field; its doubled quotes are halved in the arena. */
static bool quoted(struct csv *c, struct span *out, struct fault *f)
{
    struct buf text = { .ceiling = INVENTORY_FILE_MAX, .is_secret = true };
    unsigned began = c->line;
    bool ok = true, is_open = true;

    c->rest = span_from(c->rest, 1);
    while (ok && is_open && c->rest.len > 0) {
        bool is_quote = c->rest.at[0] == '"',
             is_doubled = is_quote && c->rest.len > 1 && c->rest.at[1] == '"';

        is_open = !is_quote || is_doubled;
        c->line += c->rest.at[0] == '\n';
        ok = !is_open || buf_add(&text, span_part(c->rest, 0, 1), f);
        c->rest = span_from(c->rest, is_doubled ? 2 : 1);
    }
    if (ok && is_open) {
        ok = fault_set(f, FAULT_SETTING, "%s:%u: a quote is opened and never closed.", c->inv->path,
                       began);
    }
    ok = ok && arena_copy(&c->inv->arena, buf_span(&text), out, f);
    buf_free(&text);
    return ok;
}

/* One row; false at the end of the text and on a fault (then f->kind says so). */
static bool next_row(struct csv *c, struct fault *f)
{
    c->n = 0;
    if (c->rest.len == 0) {
        return false;
    }
    for (;;) {
        if (c->n == COLUMNS_MAX) {
            return fault_ceiling(f, "columns of an inventory", COLUMNS_MAX);
        }
        struct span *cell = &c->cells[c->n++];
        if (c->rest.len > 0 && c->rest.at[0] == '"') {
            if (!quoted(c, cell, f)) {
                return false;
            }
        } else {
            size_t end = 0;
            while (end < c->rest.len && c->rest.at[end] != ',' && c->rest.at[end] != '\n') {
                end++;
            }
            *cell = span_trim(span_part(c->rest, 0, end));
            c->rest = span_from(c->rest, end);
        }
        if (c->rest.len > 0 && c->rest.at[0] == '\r') {
            c->rest = span_from(c->rest, 1);
        }
        if (c->rest.len == 0 || c->rest.at[0] == '\n') {
            c->rest = span_from(c->rest, c->rest.len > 0);
            return true;
        }
        if (c->rest.at[0] != ',') {
            return fault_set(f, FAULT_SETTING,
                             "%s:%u: behind a closing quote stands a comma or the end of the line.",
                             c->inv->path, c->line);
        }
        c->rest = span_from(c->rest, 1);
    }
}

static bool is_left_out(const struct csv *c)
{
    return c->n == 1 && (c->cells[0].len == 0 || c->cells[0].at[0] == '#');
}

bool inventory_read_csv(struct inventory *inv, struct span text, struct fault *f)
{
    struct csv c = { .inv = inv,
                     .rest = span_starts(text, SPAN("\xef\xbb\xbf")) ? span_from(text, 3) : text,
                     .line = 1 };
    struct span names[COLUMNS_MAX];
    unsigned n_names = 0;

    fault_clear(f);
    while (next_row(&c, f)) {
        unsigned line = c.line++;
        if (is_left_out(&c)) {
            continue;
        }
        if (n_names == 0) {
            n_names = c.n;
            for (unsigned i = 0; i < c.n; i++) {
                names[i] = c.cells[i];
            }
            continue;
        }
        if (c.n > n_names) {
            return fault_set(f, FAULT_SETTING, "%s:%u: %u values under %u names.", inv->path, line,
                             c.n, n_names);
        }
        if (!inventory_begin(inv, line, f)) {
            return false;
        }
        for (unsigned i = 0; i < c.n; i++) {
            if (!inventory_add(inv, false, names[i], c.cells[i], line, f)) {
                return false;
            }
        }
    }
    return f->kind == FAULT_NONE;
}
