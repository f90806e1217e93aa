/* SQLCancel: from any thread, without the statement's lock. */
#include "odbc/run.h"

/* Leaves the dialogue about late values; true when there was one. */
static bool cancel_asking(struct stmt *s)
{
    latch_take(&s->handle.latch);
    bool is_asking =
        s->state == STMT_NEED_DATA || s->state == STMT_MUST_PUT || s->state == STMT_CAN_PUT;
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

SQLRETURN stmt_cancel(struct stmt *s)
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
    if (is_asking)
        (void)cancel_asking(s);
    if (is_idle && handle_is_odbc2(&s->handle))
        close_idle(s);
    return SQL_SUCCESS;
}
