/* What every call passes on its way in and out, by its row of odbc/functions.def: handle, fork,
   lock, diagnostics, state, return code, log. */
#ifndef ENTRY_GUARD_H
#define ENTRY_GUARD_H

#include "base/log.h"
#include "odbc/functions.h"

struct call {
    const struct function *function;
    struct handle *handle;
    struct latch *latch; /* held; NULL when none is */
    SQLRETURN result;  /* of a call that was refused */
};

/* False: refused, c->result is what the application gets. True: guard_leave() must follow, with
   what the function returned:
       return guard_enter(&c, FUNCTION_SQLExecute, SQL_HANDLE_STMT, h) ? guard_leave(&c,
       stmt_execute(h)) : c.result; */
bool guard_enter(struct call *c, enum function_id id, SQLSMALLINT kind, SQLHANDLE handle);
SQLRETURN guard_leave(struct call *c, SQLRETURN rc);
/* The same for the calls made once a row or a cell, which mostly find nothing out of the ordinary:
   a living statement that nobody else is in, in a state where the call is allowed, with no
   diagnostics of the call before. Whatever is not so goes the long way. */
static inline bool guard_enter_often(struct call *c, enum function_id id, SQLHANDLE handle)
{
    struct stmt *s = (struct stmt *)handle_check(handle, SQL_HANDLE_STMT);
    const struct function *f = function_of(id);

    if (s != NULL && !handle_is_forked(&s->handle) && !log_is_on(LOG_TRACE) &&
        latch_try(&s->handle.latch)) {
        if (!s->is_busy && f->stmt[s->state] == CELL_OK && handle_is_untold(&s->handle)) {
            *c = (struct call){ f, &s->handle, &s->handle.latch, SQL_SUCCESS };
            diag_enter(&s->handle.diag, id);
            return true;
        }
        latch_give(&s->handle.latch);
    }
    return guard_enter(c, id, SQL_HANDLE_STMT, handle);
}
static inline SQLRETURN guard_leave_often(struct call *c, SQLRETURN rc)
{
    if (rc != SQL_SUCCESS || c->handle->diag.n > 0 || log_is_on(LOG_TRACE)) {
        return guard_leave(c, rc);
    }
    ((struct stmt *)c->handle)->asynchronous = 0;
    diag_leave(&c->handle->diag);
    latch_give(c->latch);
    return rc;
}
/* Gives the lock back early, for the functions that free what they were given; then finish with
   guard_left(), which looks at the handle only if it is still alive (rc says so: an error). */
void guard_let_go(struct call *c);
SQLRETURN guard_left(struct call *c, SQLRETURN rc);

#endif
