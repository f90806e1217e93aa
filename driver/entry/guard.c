/* The guard. Decisions are in odbc/functions.def; here they are carried out, once for all
   functions. */
#include "entry/guard.h"

#include "base/log.h"

/* An automatic descriptor is part of its statement and shares its lock. */
static struct stmt *stmt_behind(struct handle *h)
{
    return h->kind == HANDLE_STMT   ? (struct stmt *)h
           : h->kind == HANDLE_DESC ? ((struct desc *)h)->stmt
                                    : NULL;
}

static void take_lock(struct call *c)
{
    struct stmt *s = stmt_behind(c->handle);

    if (!c->function->locks) {
        return;
    }
    c->latch = s != NULL ? &s->handle.latch : &c->handle->latch;
    latch_take(c->latch);
    if (s != NULL) {
        stmt_settle(s);
    }
}

static enum dbc_state state_of(const struct dbc *d)
{
    return d->is_connected ? DBC_CONNECTED : d->is_browsing ? DBC_NEED_DATA : DBC_ALLOCATED;
}

/* An open cursor is in the way: one that managers take for closed makes room for what is allowed
   without it. */
static bool makes_room(const struct function *f, struct stmt *s)
{
    enum cell without = (enum cell)f->stmt[s->is_prepared ? STMT_PREPARED : STMT_ALLOCATED];

    return function_refusal(f, without, s->is_prepared, 0) == STATES && stmt_close_cancelled(s);
}

/* STATES when the call may go on. */
static enum state refusal(const struct call *c)
{
    const struct function *f = c->function;
    struct stmt *s = stmt_behind(c->handle);
    const struct dbc *d = (const struct dbc *)c->handle;

    if (!f->locks) {
        return STATES;
    }
    if (s != NULL) {
        enum state state =
            function_refusal(f, (enum cell)f->stmt[s->state], s->is_prepared, s->asynchronous);
        return state == STATE_24000 && makes_room(f, s) ? STATES : state;
    }
    if (c->handle->kind == HANDLE_DBC) {
        return d->is_busy ? STATE_HY010
                          : function_refusal(f, (enum cell)f->dbc[state_of(d)], false, 0);
    }
    return STATES;
}

/* The next call of a function that said SQL_STILL_EXECUTING: one operation, whose records stay
   together, unless a call that was refused meanwhile has put its own in their place. */
static bool is_continued(const struct call *c)
{
    return c->handle->kind == HANDLE_STMT && c->latch != NULL &&
           ((const struct stmt *)c->handle)->asynchronous == c->function->number &&
           c->handle->diag.return_code == SQL_STILL_EXECUTING;
}

static bool refuse(struct call *c, enum state state)
{
    c->result = diag_finish(c->handle, diag_post(c->handle, state, NULL));
    guard_let_go(c);
    if (log_is_on(LOG_DEBUG)) {
        log_line(LOG_DEBUG, "%s(%p) refused", c->function->name, (void *)c->handle);
    }
    return false;
}

bool guard_enter(struct call *c, enum function_id id, SQLSMALLINT kind, SQLHANDLE handle)
{
    enum state state;

    c->function = function_of(id);
    c->latch = NULL;
    c->handle = handle_check(handle, kind);
    if (c->handle == NULL) {
        c->result = SQL_INVALID_HANDLE;
        return false;
    }
    if (handle_is_forked(c->handle)) {
        diag_clear(c->handle);
        diag_post(
            c->handle, STATE_08S01,
            "This handle was made before fork(): a child process must make handles of its own.");
        c->result = SQL_ERROR;
        return false;
    }
    take_lock(c);
    if (c->function->clears && !is_continued(c)) {
        diag_clear(c->handle);
    }
    state = refusal(c);
    if (state != STATES) {
        return refuse(c, state);
    }
    if (log_is_on(LOG_TRACE)) {
        log_line(LOG_TRACE, "%s(%p)", c->function->name, (void *)c->handle);
    }
    if (c->latch != NULL) {
        diag_enter(&c->handle->diag, id);
    }
    return true;
}

void guard_let_go(struct call *c)
{
    if (c->latch != NULL) {
        diag_leave(&c->handle->diag);
        latch_give(c->latch);
        c->latch = NULL;
    }
}

static void log_result(const struct call *c, SQLRETURN rc)
{
    if (log_is_on(LOG_TRACE)) {
        log_line(LOG_TRACE, "%s(%p) = %d", c->function->name, (void *)c->handle, (int)rc);
    }
}

SQLRETURN guard_leave(struct call *c, SQLRETURN rc)
{
    if (c->function->clears) {
        rc = diag_finish(c->handle, rc);
    }
    if (c->handle->kind == HANDLE_STMT && c->latch != NULL) {
        ((struct stmt *)c->handle)->asynchronous =
            rc == SQL_STILL_EXECUTING ? c->function->number : 0;
    }
    guard_let_go(c);
    log_result(c, rc);
    return rc;
}

SQLRETURN guard_left(struct call *c, SQLRETURN rc)
{
    if (rc == SQL_ERROR) {
        rc = diag_finish(c->handle, rc);
    }
    log_result(c, rc);
    return rc;
}
