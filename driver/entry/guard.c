/* The guard. Decisions are in odbc/functions.def; here they are carried out, once for all functions. */
#include "entry/guard.h"

#include "base/log.h"

/* An automatic descriptor is part of its statement and shares its lock. */
static struct stmt *stmt_behind(struct handle *h)
{
    return h->kind == HANDLE_STMT ? (struct stmt *)h : h->kind == HANDLE_DESC ? ((struct desc *)h)->stmt : NULL;
}

static void take_lock(struct call *c)
{
    struct stmt *s = stmt_behind(c->handle);

    if (!c->function->locks) {
        return;
    }
    c->lock = s != NULL ? &s->handle.lock : &c->handle->lock;
    lock_take(c->lock);
    if (s != NULL) {
        stmt_settle(s);
    }
}

static enum dbc_state state_of(const struct dbc *d)
{
    return d->is_connected ? DBC_CONNECTED : d->is_browsing ? DBC_NEED_DATA : DBC_ALLOCATED;
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
        return function_refusal(f, (enum cell)f->stmt[s->state], s->is_prepared, s->asynchronous);
    }
    if (c->handle->kind == HANDLE_DBC) {
        return d->is_busy ? STATE_HY010 : function_refusal(f, (enum cell)f->dbc[state_of(d)], false, 0);
    }
    return STATES;
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
    c->lock = NULL;
    c->handle = handle_check(handle, kind);
    if (c->handle == NULL) {
        c->result = SQL_INVALID_HANDLE;
        return false;
    }
    if (handle_is_forked(c->handle)) {
        diag_clear(c->handle);
        diag_post(c->handle, STATE_08S01,
                  "This handle was made before fork(): a child process must make handles of its own.");
        c->result = SQL_ERROR;
        return false;
    }
    take_lock(c);
    if (c->function->clears) {
        diag_clear(c->handle);
    }
    state = refusal(c);
    if (state != STATES) {
        return refuse(c, state);
    }
    if (log_is_on(LOG_TRACE)) {
        log_line(LOG_TRACE, "%s(%p)", c->function->name, (void *)c->handle);
    }
    return true;
}

void guard_let_go(struct call *c)
{
    if (c->lock != NULL) {
        lock_give(c->lock);
        c->lock = NULL;
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
    if (c->handle->kind == HANDLE_STMT && c->lock != NULL) {
        ((struct stmt *)c->handle)->asynchronous = rc == SQL_STILL_EXECUTING ? c->function->number : 0;
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
