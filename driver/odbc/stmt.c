/* A statement's life: made, moved between its states, closed, freed. What it does in between is in
   the files beside this one. */
#include "odbc/stmt.h"

#include <assert.h>
#include <stdlib.h>

#include "odbc/run.h"

#define TO(state) (1u << STMT_##state)

/* Which state may follow which; a statement may always stay where it is. */
static const unsigned edges[STMT_STATES] = {
    [STMT_ALLOCATED] = TO(PREPARED) | TO(EXECUTED) | TO(OPEN) | TO(NEED_DATA) | TO(EXECUTING),
    [STMT_PREPARED] = TO(ALLOCATED) | TO(EXECUTED) | TO(OPEN) | TO(NEED_DATA) | TO(EXECUTING),
    [STMT_EXECUTED] = TO(ALLOCATED) | TO(PREPARED) | TO(OPEN) | TO(NEED_DATA) | TO(EXECUTING),
    [STMT_OPEN] = TO(ALLOCATED) | TO(PREPARED) | TO(FETCHED) | TO(EXTENDED) | TO(EXECUTING),
    [STMT_FETCHED] = TO(ALLOCATED) | TO(PREPARED) | TO(EXECUTING),
    [STMT_EXTENDED] = TO(ALLOCATED) | TO(PREPARED) | TO(EXECUTING),
    [STMT_NEED_DATA] =
        TO(ALLOCATED) | TO(PREPARED) | TO(MUST_PUT) | TO(EXECUTED) | TO(OPEN) | TO(EXECUTING),
    [STMT_MUST_PUT] = TO(ALLOCATED) | TO(PREPARED) | TO(CAN_PUT),
    [STMT_CAN_PUT] =
        TO(ALLOCATED) | TO(PREPARED) | TO(MUST_PUT) | TO(EXECUTED) | TO(OPEN) | TO(EXECUTING),
    [STMT_EXECUTING] = TO(ALLOCATED) | TO(PREPARED) | TO(EXECUTED) | TO(OPEN) | TO(FETCHED) |
                       TO(EXTENDED) | TO(CANCELLED),
    [STMT_CANCELLED] = TO(ALLOCATED) | TO(PREPARED) | TO(EXECUTED) | TO(OPEN) | TO(FETCHED) |
                       TO(EXTENDED),
};

void stmt_become(struct stmt *s, enum stmt_state state)
{
    bool is_edge = state == s->state || (edges[s->state] & (1u << state)) != 0;

    assert(is_edge);
    (void)is_edge;
    s->state = state;
    stmt_mark_use(s);
}

void stmt_mark_use(struct stmt *s)
{
    static const unsigned in_the_middle =
        TO(NEED_DATA) | TO(MUST_PUT) | TO(CAN_PUT) | TO(EXECUTING) | TO(CANCELLED);
    bool is_using = s->is_busy || (in_the_middle & (1u << s->state)) != 0;

    if (is_using == s->is_using)
        return;
    s->is_using = is_using;
    if (is_using) {
        atomic_fetch_add(&s->ard->n_users, 1);
        atomic_fetch_add(&s->apd->n_users, 1);
    } else {
        atomic_fetch_sub(&s->ard->n_users, 1);
        atomic_fetch_sub(&s->apd->n_users, 1);
    }
}

static void attributes_init(struct stmt *s, const struct dbc *d)
{
    s->attributes = (struct stmt_attributes){
        .cursor_type = SQL_CURSOR_FORWARD_ONLY,
        .cursor_scrollable = SQL_NONSCROLLABLE,
        .cursor_sensitivity = SQL_UNSPECIFIED,
        .concurrency = SQL_CONCUR_READ_ONLY,
        .async_enable = d->async_enable,
        .no_scan = SQL_NOSCAN_OFF,
        .retrieve_data = SQL_RD_ON,
        .rowset_size = 1,
        .simulate_cursor = SQL_SC_NON_UNIQUE,
        .use_bookmarks = SQL_UB_OFF,
        .metadata_id = d->metadata_id,
        .enable_auto_ipd = SQL_FALSE,
    };
}

SQLRETURN stmt_new(struct dbc *d, SQLHANDLE *out)
{
    struct stmt *s = calloc(1, sizeof(*s));
    struct stmt_run *run = run_new();

    if (s == NULL || run == NULL) {
        free(s);
        run_free(run);
        *out = SQL_NULL_HANDLE;
        return diag_post(&d->handle, STATE_HY001, NULL);
    }
    handle_init(&s->handle, HANDLE_STMT, &d->handle);
    lock_init(&s->run_lock);
    s->run = run;
    attributes_init(s, d);
    desc_init_automatic(&s->auto_ard, s, DESC_ARD);
    desc_init_automatic(&s->auto_apd, s, DESC_APD);
    desc_init_automatic(&s->ird, s, DESC_IRD);
    desc_init_automatic(&s->ipd, s, DESC_IPD);
    s->ard = &s->auto_ard;
    s->apd = &s->auto_apd;
    int64_t ceiling = settings_int(&d->settings, SETTING_MEMORY_CEILING, 0);
    s->result.ceiling_bytes = (size_t)ceiling;
    handle_link(&d->statements, &s->handle);
    *out = s;
    return SQL_SUCCESS;
}

SQLRETURN stmt_free(struct stmt *s)
{
    if (s == NULL)
        return SQL_SUCCESS;
    (void)stmt_cancel(s); /* another thread may be waiting in it */
    stmt_cancel_busy(s);
    struct dbc *d = stmt_dbc(s);
    latch_take(&d->handle.latch);
    handle_unlink(&d->statements, &s->handle);
    latch_give(&d->handle.latch);

    latch_take(&s->handle.latch);
    stmt_settle(s);
    stmt_close(s);
    latch_give(&s->handle.latch);

    if (s->last != NULL)
        execution_drop(s->last);
    run_free(s->run);
    desc_done_automatic(&s->auto_ard);
    desc_done_automatic(&s->auto_apd);
    desc_done_automatic(&s->ird);
    desc_done_automatic(&s->ipd);
    arena_free(&s->prepared);
    arena_free(&s->result);
    lock_done(&s->run_lock);
    handle_done(&s->handle);
    free(s);
    return SQL_SUCCESS;
}

void stmt_close(struct stmt *s)
{
    struct stmt_run *r = s->run;

    run_drop(s);
    if (r->is_cursor_changed) {
        s->attributes.cursor_type = r->asked_cursor_type;
        s->attributes.cursor_scrollable = r->asked_scrollable;
        r->is_cursor_changed = false;
    }
    r->is_planned = false;
    r->row_count = -1;
    if (!s->is_prepared) {
        ird_clear(s);
        r->is_described = false;
    }
    arena_reset(&s->result);
    stmt_become(s, s->is_prepared ? STMT_PREPARED : STMT_ALLOCATED);
}

SQLRETURN stmt_close_cursor(struct stmt *s)
{
    if (s->state != STMT_OPEN && s->state != STMT_FETCHED && s->state != STMT_EXTENDED)
        return diag_post(&s->handle, STATE_24000, "no cursor is open");
    stmt_close(s);
    return SQL_SUCCESS;
}

SQLRETURN stmt_free_option(struct stmt *s, SQLUSMALLINT option)
{
    switch (option) {
    case SQL_CLOSE:
        stmt_close(s);
        return SQL_SUCCESS;
    case SQL_UNBIND:
        desc_unbind_all(s->ard);
        desc_set_count(s->ard, 0);
        s->ard->generation++;
        return SQL_SUCCESS;
    case SQL_RESET_PARAMS:
        desc_unbind_all(s->apd);
        desc_set_count(s->apd, 0);
        desc_set_count(&s->ipd, 0);
        s->apd->generation++;
        return SQL_SUCCESS;
    default:
        return diag_post(&s->handle, STATE_HY092, "SQLFreeStmt has no option %u", (unsigned)option);
    }
}

SQLRETURN stmt_more_results(struct stmt *s)
{
    SQLRETURN rc = stmt_check_function(s, SQL_API_SQLMORERESULTS);

    if (!SQL_SUCCEEDED(rc))
        return rc;
    /* One statement gives one result: a second statement behind a semicolon is refused. */
    if (s->state != STMT_ALLOCATED && s->state != STMT_PREPARED)
        stmt_close(s);
    return SQL_NO_DATA;
}

SQLRETURN stmt_row_count(struct stmt *s, SQLLEN *count)
{
    if (count != NULL)
        *count = (SQLLEN)s->run->row_count;
    return SQL_SUCCESS;
}

SQLULEN stmt_row_number(const struct stmt *s)
{
    const struct cursor *c = &s->run->cursor;

    if (s->state != STMT_FETCHED && s->state != STMT_EXTENDED)
        return 0;
    return c->n_rows == 0 ? 0 : (SQLULEN)c->start + c->row;
}
