/* A cursor is opened over a source of rows: described, and for a static cursor read into memory as
   far as the ceiling allows. */
#include "odbc/run.h"

enum { LOOK_AHEAD_BYTES = 8 * 1024 * 1024 };

static size_t spool_ceiling(const struct stmt *s)
{
    int64_t bytes = settings_int(&stmt_dbc(s)->settings, SETTING_MEMORY_CEILING, 0);

    return bytes > 0 ? (size_t)bytes : SPOOL_BYTES_DEFAULT;
}

/* Reads until the end or the ceiling. False only with a fault. The lock is not held. */
static bool spool_all(struct stmt *s, size_t ceiling, struct fault *f)
{
    struct cursor *c = &s->run->cursor;
    struct fault full;

    c->spool.arena.ceiling_bytes = ceiling;
    for (;;) {
        if (stmt_is_stopped(s))
            return fault_set(f, FAULT_CANCELLED, "Reading the result was cancelled.");
        enum row_step step = row_source_next(c->source, &c->batch, f);
        if (step == ROW_FAULT)
            return false;
        if (step == ROW_END) {
            c->batch = (struct batch){ 0 };
            c->is_at_end = c->spool.is_complete = true;
            return true;
        }
        for (c->batch_at = 0; c->batch_at < c->batch.n_rows; c->batch_at++) {
            if (c->max_rows > 0 && c->spool.n >= c->max_rows) {
                c->is_at_end = c->spool.is_complete = true;
                return true;
            }
            if (!spool_add(&c->spool, c->batch.cells + (size_t)c->batch_at * c->batch.n_columns,
                           c->batch.n_columns, &full))
                return true; /* the rest of the batch and of the source is read forward */
        }
    }
}

static SQLRETURN give_up_scrolling(struct stmt *s)
{
    struct stmt_run *r = s->run;

    r->asked_cursor_type = s->attributes.cursor_type;
    r->asked_scrollable = s->attributes.cursor_scrollable;
    r->is_cursor_changed = true;
    s->attributes.cursor_type = SQL_CURSOR_FORWARD_ONLY;
    s->attributes.cursor_scrollable = SQL_NONSCROLLABLE;
    return diag_post(&s->handle, STATE_01S02,
                     "the result is larger than MemoryCeiling (%zu bytes): the cursor is "
                     "forward-only until it is closed",
                     spool_ceiling(s));
}

/* ExactSizes: a query's result is looked at before it is described. */
static bool looks_ahead(const struct stmt *s)
{
    struct span asked = settings_text(&stmt_dbc(s)->settings, SETTING_EXACT_SIZES);

    return !span_is_null(s->sql.native) && !span_is_null(asked) && span_equal(asked, SPAN("1"));
}

/* What the size of a column counts: bytes of binary, characters of text, units of wide text. */
static uint32_t cell_length(const struct value_options *options, enum value_kind kind,
                            struct span cell)
{
    size_t n = span_is_null(cell)       ? 0
               : kind == VALUE_VARBINARY ? (cell.len + 1) / 3
               : options->wide_strings   ? utf8_wide_units(cell, options->wide_unit)
                                         : utf8_count(cell);

    return (uint32_t)n;
}

/* The longest value of each column whose type names no length. */
static void measure(struct cursor *c, const struct value_options *options)
{
    for (unsigned i = 0; i < c->source->columns.n; i++) {
        struct value_type *type = &c->source->columns.at[i].type;
        uint32_t most = 1;
        for (size_t row = 0; row < c->spool.n; row++) {
            uint32_t n = cell_length(options, type->kind, c->spool.rows[row][i]);
            most = n > most ? n : most;
        }
        if (value_type_is_open(type))
            type->seen_length = most;
    }
}

/* Rows into memory, as a static cursor or exact sizes want them. The lock is not held. */
static bool read_ahead(struct stmt *s, struct fault *f)
{
    struct cursor *c = &s->run->cursor;
    bool wants_all = s->attributes.cursor_type != SQL_CURSOR_FORWARD_ONLY;
    size_t ceiling = spool_ceiling(s);

    if (!wants_all && !looks_ahead(s))
        return true;
    if (!wants_all && ceiling > LOOK_AHEAD_BYTES)
        ceiling = LOOK_AHEAD_BYTES;
    /* That an object does not fit is known before it is read. */
    if (c->max_rows == 0 && c->source->total_bytes > ceiling)
        return true;
    bool ok = spool_all(s, ceiling, f);
    if (ok && c->spool.is_complete && looks_ahead(s))
        measure(c, &stmt_dbc(s)->options);
    return ok;
}

static SQLRETURN make_static(struct stmt *s, SQLRETURN so_far)
{
    struct cursor *c = &s->run->cursor;

    c->is_static = c->spool.is_complete;
    if (!c->is_static)
        return give_up_scrolling(s);
    s->run->row_count = (int64_t)c->spool.n;
    return so_far;
}

bool cursor_read(struct stmt *s, struct row_source *source, struct fault *f)
{
    struct cursor *c = &s->run->cursor;

    c->source = source;
    c->max_rows = s->attributes.max_rows;
    c->pins.ceiling_bytes = PIN_BYTES_MAX;
    return read_ahead(s, f);
}

SQLRETURN cursor_show(struct stmt *s, SQLRETURN so_far)
{
    struct stmt_run *r = s->run;
    struct fault f;

    r->is_planned = false;
    r->piece_column = 0;
    fault_clear(&f);
    if (!ird_fill(s, &r->cursor.source->columns, s->is_prepared ? &s->prepared : &s->result, &f)) {
        run_drop(s);
        return diag_post_fault(&s->handle, &f);
    }
    r->is_described = true;
    if (s->attributes.cursor_type != SQL_CURSOR_FORWARD_ONLY)
        so_far = make_static(s, so_far);
    stmt_become(s, STMT_OPEN);
    return so_far;
}

SQLRETURN cursor_open(struct stmt *s, struct row_source *source, SQLRETURN so_far)
{
    struct fault f;

    fault_clear(&f);
    stmt_pause(s);
    bool ok = cursor_read(s, source, &f);
    stmt_resume(s);
    if (!ok) {
        SQLRETURN rc = stmt_post_fault(s, &f);
        run_drop(s);
        return rc;
    }
    return cursor_show(s, so_far);
}
