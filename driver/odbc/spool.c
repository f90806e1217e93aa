/* Rows kept in memory for a static cursor. */
#include <stdlib.h>
#include <string.h>

#include "odbc/run.h"

/* One block per row: the spans, then the bytes they point at. */
static struct span *copy_row(struct arena *arena, const struct span *cells, unsigned n_cells,
                             struct fault *f)
{
    size_t bytes = 0;

    for (unsigned i = 0; i < n_cells; i++)
        bytes += span_is_null(cells[i]) ? 0 : cells[i].len + 1;
    char *block = arena_take(arena, n_cells * sizeof(struct span) + bytes + 1, f);
    if (block == NULL)
        return NULL;
    struct span *row = (struct span *)(void *)block;
    char *to = block + n_cells * sizeof(struct span);
    for (unsigned i = 0; i < n_cells; i++) {
        row[i] = cells[i];
        if (span_is_null(cells[i]))
            continue;
        memcpy(to, cells[i].at, cells[i].len);
        row[i].at = to;
        to += cells[i].len + 1;
    }
    return row;
}

bool spool_add(struct spool *p, const struct span *cells, unsigned n_cells, struct fault *f)
{
    if (p->n == p->room) {
        size_t room = p->room == 0 ? 1024 : p->room * 2;
        struct span **grown = realloc(p->rows, room * sizeof(struct span *));
        if (grown == NULL)
            return fault_memory(f);
        p->rows = grown;
        p->room = room;
    }
    struct span *row = copy_row(&p->arena, cells, n_cells, f);
    if (row == NULL)
        return false;
    p->rows[p->n++] = row;
    return true;
}

void spool_free(struct spool *p)
{
    size_t ceiling = p->arena.ceiling_bytes;

    arena_free(&p->arena);
    free(p->rows);
    *p = (struct spool){ .arena = { .ceiling_bytes = ceiling } };
}

bool cursor_keep_row(struct cursor *c, SQLULEN i, const struct span *cells)
{
    struct fault f;

    c->rows[i] = copy_row(&c->pins, cells, c->source->columns.n, &f);
    return c->rows[i] != NULL;
}
