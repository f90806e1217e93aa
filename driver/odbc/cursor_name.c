/* Cursor names: given by the application or made up by us, unique on the connection. */
#include <stdio.h>

#include "odbc/run.h"

SQLRETURN stmt_get_cursor_name(struct stmt *s, struct room name)
{
    if (s->cursor_name[0] == '\0')
        snprintf(s->cursor_name, sizeof(s->cursor_name), "SQL_CUR%llx",
                 (unsigned long long)(uintptr_t)s);
    return room_put(&s->handle, name, span_of(s->cursor_name));
}

/* The list belongs to the connection, whose lock comes before a statement's: ours is given back
   meanwhile. */
static bool is_taken(struct stmt *s, struct span name)
{
    struct dbc *d = stmt_dbc(s);
    bool taken = false;

    stmt_pause(s);
    latch_take(&d->handle.latch);
    for (struct handle *h = d->statements; h != NULL && !taken; h = h->next) {
        struct stmt *other = (struct stmt *)h;
        if (other == s)
            continue;
        latch_take(&other->handle.latch);
        taken = span_equal_nocase(span_of(other->cursor_name), name);
        latch_give(&other->handle.latch);
    }
    latch_give(&d->handle.latch);
    stmt_resume(s);
    return taken;
}

SQLRETURN stmt_set_cursor_name(struct stmt *s, struct text name)
{
    struct arena arena = { .ceiling_bytes = 64 * 1024 };
    struct span text = NO_SPAN;
    SQLRETURN rc = SQL_SUCCESS;

    if (s->state == STMT_OPEN || s->state == STMT_FETCHED || s->state == STMT_EXTENDED)
        return diag_post(&s->handle, STATE_24000, "a cursor is open");
    if (name.at == NULL)
        return diag_post(&s->handle, STATE_HY009, NULL);
    if (!text_take(&s->handle, name, &arena, &text))
        rc = SQL_ERROR;
    else if (text.len == 0 || text.len >= sizeof(s->cursor_name))
        rc = diag_post(&s->handle, STATE_34000, "a cursor name has 1 to %zu bytes",
                       sizeof(s->cursor_name) - 1);
    else if (span_starts_nocase(text, SPAN("SQL_CUR")) || span_starts_nocase(text, SPAN("SQLCUR")))
        rc = diag_post(&s->handle, STATE_34000,
                       "names that begin with SQL_CUR or SQLCUR are the driver's own");
    else if (is_taken(s, text))
        rc = diag_post(&s->handle, STATE_3C000, NULL);
    else
        span_to_c(text, s->cursor_name, sizeof(s->cursor_name));
    arena_free(&arena);
    return rc;
}
