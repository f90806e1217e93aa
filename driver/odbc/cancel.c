/* SQLCancel: from any thread, without the statement's lock. */
#include "odbc/run.h"

/* Who is busy with closing may begin a query next, and is cancelled again. */
enum { AGAIN_MS = 50 };

/* Leaves the dialogue about late values; false when it ended meanwhile: SQLParamData has been
   called for the last time, and executes. */
static bool cancel_asking(struct stmt *s)
{
    latch_take(&s->handle.latch);
    bool is_asking = s->run->is_asking && !s->is_busy; /* changes under the latch only */
    if (is_asking) {
        late_ask(s, false);
        late_forget(s->run);
        stmt_become(s, s->is_prepared ? STMT_PREPARED : STMT_ALLOCATED);
    }
    latch_give(&s->handle.latch);
    return is_asking;
}

/* In ODBC 2 SQLCancel closes the cursor of a statement that does nothing, and managers take that
   for granted. */
static void close_idle(struct stmt *s)
{
    latch_take(&s->handle.latch);
    bool is_used = s->is_busy || s->asynchronous != 0;
    if (!is_used && s->state != STMT_ALLOCATED && s->state != STMT_PREPARED)
        stmt_close(s);
    latch_give(&s->handle.latch);
}

bool stmt_close_cancelled(struct stmt *s)
{
    bool is_open = s->state == STMT_OPEN || s->state == STMT_FETCHED || s->state == STMT_EXTENDED;

    lock_take(&s->run_lock);
    bool is_cancelled = s->run->is_idly_cancelled;
    lock_give(&s->run_lock);
    if (!is_open || !is_cancelled)
        return false;
    stmt_close(s);
    return true;
}

void stmt_cancel_busy(struct stmt *s)
{
    latch_take(&s->handle.latch);
    while (s->is_busy) {
        latch_give(&s->handle.latch);
        (void)stmt_cancel(s);
        (void)wake_wait(&s->run->idle, AGAIN_MS);
        latch_take(&s->handle.latch);
    }
    latch_give(&s->handle.latch);
}

/* False: what was found is not there any more, look again. */
static bool cancel_what_is_there(struct stmt *s)
{
    lock_take(&s->run_lock);
    struct execution *e = s->execution;
    bool is_asking = s->run->is_asking, is_idle = e == NULL && !s->run->is_in_flight && !is_asking;
    if (e != NULL)
        execution_take(e);
    if (s->run->is_in_flight)
        wake_raise(&s->run->stop);
    s->run->is_idly_cancelled = is_idle;
    lock_give(&s->run_lock);

    if (e != NULL) {
        struct dbc *d = stmt_dbc(s);
        execution_cancel(e, d->spoke != NULL ? spoke_athena(d->spoke) : NULL);
        execution_drop(e);
    }
    if (is_idle && handle_is_odbc2(&s->handle))
        close_idle(s);
    return !is_asking || cancel_asking(s);
}

SQLRETURN stmt_cancel(struct stmt *s)
{
    while (!cancel_what_is_there(s))
        continue;
    return SQL_SUCCESS;
}
