/* The life of struct stmt_run, waiting without the lock, and the road of a fault to the
   application. */
#include "odbc/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct stmt_run *run_new(void)
{
    struct stmt_run *r = calloc(1, sizeof(*r));

    if (r == NULL)
        return NULL;
    wake_init(&r->idle);
    wake_raise(&r->idle);
    wake_init(&r->stop);
    r->row_count = -1;
    return r;
}

void run_free(struct stmt_run *r)
{
    if (r == NULL)
        return;
    cursor_done(&r->cursor);
    late_forget(r);
    free(r->late);
    free(r->sets);
    free(r->targets);
    free(r->ways);
    arena_free(&r->sent_arena);
    wake_done(&r->idle);
    wake_done(&r->stop);
    free(r);
}

void stmt_wait_idle(struct stmt *s)
{
    while (s->is_busy) {
        latch_give(&s->handle.latch);
        (void)wake_wait(&s->run->idle, 1000);
        latch_take(&s->handle.latch);
    }
}

void stmt_pause(struct stmt *s)
{
    s->is_busy = true;
    stmt_mark_use(s);
    wake_lower(&s->run->idle);
    latch_give(&s->handle.latch);
}

void stmt_resume(struct stmt *s)
{
    latch_take(&s->handle.latch);
    s->is_busy = false;
    stmt_mark_use(s);
    wake_raise(&s->run->idle);
}

void stmt_flight_begin(struct stmt *s)
{
    lock_take(&s->run_lock);
    s->run->is_in_flight = true;
    s->run->is_idly_cancelled = false;
    wake_lower(&s->run->stop);
    lock_give(&s->run_lock);
}

void stmt_flight_end(struct stmt *s)
{
    lock_take(&s->run_lock);
    s->run->is_in_flight = false;
    lock_give(&s->run_lock);
}

bool stmt_is_stopped(struct stmt *s)
{
    return wake_is_raised(&s->run->stop);
}

void stmt_show_execution(struct stmt *s, struct execution *e)
{
    if (e != NULL)
        execution_take(e);
    lock_take(&s->run_lock);
    struct execution *before = s->execution;
    s->execution = e;
    lock_give(&s->run_lock);
    if (before != NULL)
        execution_drop(before);
}

void stmt_forget_sent(struct stmt *s)
{
    s->run->sent = (struct sql_text){ 0 };
    s->run->is_sent_strange = false;
    arena_reset(&s->run->sent_arena);
}

void stmt_keep_sent(struct stmt *s, struct span text, const struct buf *edits)
{
    struct stmt_run *r = s->run;
    struct sql_text sent = { .original = s->sql.native };
    struct fault f;

    stmt_forget_sent(s);
    fault_clear(&f);
    sent.n_edits = edits->len / sizeof(*sent.edits);
    sent.edits = arena_take_array(&r->sent_arena, sent.n_edits + 1, sizeof(*sent.edits), &f);
    if (sent.edits == NULL || !arena_copy(&r->sent_arena, text, &sent.native, &f)) {
        stmt_forget_sent(s);
        r->is_sent_strange = true;
        return;
    }
    if (sent.n_edits > 0)
        memcpy(sent.edits, edits->at, sent.n_edits * sizeof(*sent.edits));
    r->sent = sent;
}

/* The place in the user's text: the engine counts in what it received, where literals stand for
   markers and Athena's words for escapes. */
static void find_place(const struct stmt *s, const struct fault *f, unsigned *line,
                       unsigned *column)
{
    *line = f->line;
    *column = f->column;
    if (!span_is_null(s->run->sent.native))
        sql_place(&s->run->sent, *line, *column, line, column);
    sql_place(&s->sql, *line, *column, line, column);
}

static void tell_place(const struct stmt *s, struct fault *f)
{
    char sent[40];
    unsigned line = 0, column = 0;

    if (f->line == 0 || span_is_null(s->sql.native) || s->run->is_sent_strange)
        return;
    find_place(s, f, &line, &column);
    if (line == 0 || (line == f->line && column == f->column))
        return;
    snprintf(sent, sizeof(sent), "line %u:%u", f->line, f->column);
    struct span text = span_of(f->text), mark = span_of(sent);
    size_t at = span_find(text, mark);
    if (at == text.len) {
        fault_note(f, "The place in the text as it was given is line %u:%u.", line, column);
    } else {
        char before[FAULT_TEXT_MAX + 1], behind[FAULT_TEXT_MAX + 1];
        span_to_c(span_part(text, 0, at), before, sizeof(before));
        span_to_c(span_from(text, at + mark.len), behind, sizeof(behind));
        fault_retext(f, "%sline %u:%u%s", before, line, column, behind);
    }
    f->line = line;
    f->column = column;
}

SQLRETURN stmt_post_fault(struct stmt *s, struct fault *f)
{
    struct dbc *d = stmt_dbc(s);

    if (d->spoke != NULL)
        spoke_explain(d->spoke, f);
    tell_place(s, f);
    return diag_post_fault(&s->handle, f);
}

void stmt_wait(struct stmt *s, SQLUSMALLINT function)
{
    s->run->function = function;
    if (s->state != STMT_CANCELLED)
        stmt_become(s, STMT_EXECUTING);
    if (stmt_is_stopped(s))
        stmt_become(s, STMT_CANCELLED);
}

SQLRETURN stmt_check_function(struct stmt *s, SQLUSMALLINT function)
{
    if (!stmt_is_waiting(s) || s->run->function == function)
        return SQL_SUCCESS;
    return diag_post(&s->handle, STATE_HY010,
                     "another function of this statement is still being executed");
}

struct aws_bounds stmt_bounds(struct stmt *s, int64_t deadline_steady_ms)
{
    return (struct aws_bounds){ .deadline_steady_ms = deadline_steady_ms, .cancel = &s->run->stop };
}

int64_t stmt_deadline(const struct stmt *s)
{
    const struct dbc *d = stmt_dbc(s);
    int64_t ms = (int64_t)s->attributes.query_timeout_s * 1000;
    int64_t most = settings_int(&d->settings, SETTING_MAX_POLL_DURATION, 0);

    if (most > 0 && (ms == 0 || most < ms))
        ms = most;
    if (ms <= 0)
        return 0;
    const struct clock *clock = d->spoke != NULL ? spoke_clock(d->spoke) : clock_system();
    return clock->steady_ms(clock) + ms;
}

void run_drop(struct stmt *s)
{
    struct stmt_run *r = s->run;
    struct query *query = r->query;
    struct row_source *source = r->cursor.source;
    struct catalog_task *task = r->task;
    struct opening *opening = r->opening;

    r->query = NULL;
    r->task = NULL;
    r->opening = NULL;
    if (opening != NULL) {
        stmt_pause(s);
        opening_drop(opening);
        stmt_resume(s);
        source = r->cursor.source;
    }
    r->cursor.source = NULL;
    if (query != NULL || source != NULL || task != NULL) {
        stmt_pause(s);
        query_close(query);
        catalog_task_drop(task);
        row_source_close(source);
        stmt_resume(s);
    }
    stmt_show_execution(s, NULL);
    stmt_flight_end(s);
    late_ask(s, false);
    late_forget(r);
    cursor_done(&r->cursor);
    r->piece_column = 0;
    free(r->ways);
    r->ways = NULL;
    r->n_ways = 0;
}
