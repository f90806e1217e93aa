/* Execution: guards, parameter sets, start, wait, result. One machine for both manners of waiting:
   synchronously it is driven to its end, asynchronously each call takes one step and says
   SQL_STILL_EXECUTING. */
#include "odbc/dynamic.h"
#include "odbc/fold.h"
#include "odbc/run.h"

static enum stmt_state idle_state(const struct stmt *s)
{
    return s->is_prepared ? STMT_PREPARED : STMT_ALLOCATED;
}

static bool is_read_only(const struct dbc *d)
{
    return settings_flag(&d->settings, SETTING_READ_ONLY) || d->access_mode == SQL_MODE_READ_ONLY;
}

static SQLRETURN check_sets(struct stmt *s)
{
    SQLULEN n = s->apd->array_size;
    int64_t most = settings_int(&stmt_dbc(s)->settings, SETTING_MAX_PARAMETER_SETS, 100);
    struct fold fold;

    if (n <= 1 || s->sql.n_markers == 0)
        return SQL_SUCCESS;
    if (sql_only_reads(&s->sql))
        return diag_post(
            &s->handle, STATE_HYC00,
            "parameter arrays are for statements without a result set (SQL_PAS_NO_SELECT)");
    if ((int64_t)n > most && !fold_find(&s->sql, &fold))
        return diag_post(&s->handle, STATE_HYC00,
                         "%llu parameter sets would be %llu queries; MaxParameterSets allows %lld. "
                         "INSERT ... VALUES (?, ...) takes any number.",
                         (unsigned long long)n, (unsigned long long)n, (long long)most);
    return SQL_SUCCESS;
}

/* Everything that can be refused before a request is sent. */
static SQLRETURN check_statement(struct stmt *s)
{
    struct dbc *d = stmt_dbc(s);

    if (d->spoke == NULL)
        return diag_post(&s->handle, STATE_08003, NULL);
    if (s->sql.is_probe)
        return diag_post(&s->handle, STATE_HYC00,
                         "Athena has no temporary tables and no SELECT INTO; nothing was sent");
    if (is_read_only(d) && !sql_only_reads(&s->sql))
        return diag_post(&s->handle, STATE_42000,
                         "the connection is read-only (ReadOnly or SQL_ATTR_ACCESS_MODE) and this "
                         "statement is not one that only reads; nothing was sent");
    SQLRETURN rc = check_sets(s);
    if (rc != SQL_SUCCESS)
        return rc;
    return parameter_check(s);
}

static SQLRETURN execute_earlier(struct stmt *s);

SQLRETURN execute_begin(struct stmt *s, SQLUSMALLINT function)
{
    struct fault f;
    bool any = false;

    if (s->state == STMT_EXECUTED)
        stmt_close(s);
    s->run->row_count = -1;
    s->run->function = function;
    if (s->run->earlier[0] != '\0')
        return execute_earlier(s);
    SQLRETURN rc = check_statement(s);
    if (rc != SQL_SUCCESS)
        return rc;
    fault_clear(&f);
    if (!late_collect(s, &any, &f))
        return diag_post_fault(&s->handle, &f);
    if (probe_is_local(s))
        return probe_answer(s);
    if (any) {
        late_ask(s, true);
        stmt_become(s, STMT_NEED_DATA);
        return SQL_NEED_DATA;
    }
    return execute_go(s);
}

static void tell_header(struct stmt *s)
{
    struct diag *d = &s->handle.diag;
    struct dynamic what = dynamic_of(&s->sql);

    lock_take(&d->lock);
    d->row_count = (SQLLEN)s->run->row_count;
    d->dynamic_function_code = what.code;
    span_to_c(span_of(what.name), d->dynamic_function, sizeof(d->dynamic_function));
    lock_give(&d->lock);
}

/* Nothing runs any more; rc is what the application hears. */
static SQLRETURN execute_end(struct stmt *s, SQLRETURN rc)
{
    stmt_show_execution(s, NULL);
    stmt_flight_end(s);
    sets_tell(s);
    late_forget(s->run);
    if (rc == SQL_ERROR && s->state != STMT_OPEN)
        stmt_become(s, idle_state(s));
    tell_header(s);
    return rc;
}

static SQLRETURN without_rows(struct stmt *s, SQLRETURN rc)
{
    bool is_searched = s->sql.class == SQL_CLASS_UPDATE || s->sql.class == SQL_CLASS_DELETE;

    ird_clear(s);
    s->run->is_described = true;
    stmt_become(s, STMT_EXECUTED);
    if (is_searched && s->run->row_count == 0 && !handle_is_odbc2(&s->handle) &&
        sets_count(s->run, SET_BAD) == 0)
        return SQL_NO_DATA;
    return rc;
}

/* All sets are through. */
static SQLRETURN sets_done(struct stmt *s)
{
    struct stmt_run *r = s->run;
    SQLULEN n_good = sets_count(r, SET_GOOD), n_bad = sets_count(r, SET_BAD);
    SQLRETURN rc = diag_post_notices(&s->handle, &s->notices);

    if (n_bad > 0 && n_good == 0)
        return execute_end(s, SQL_ERROR);
    rc = without_rows(s, n_bad > 0 ? SQL_SUCCESS_WITH_INFO : rc);
    return execute_end(s, rc);
}

static struct span job_text(const struct stmt *s, const struct job *job)
{
    return job->sql.len > 0 ? buf_span(&job->sql) : s->sql.native;
}

/* The next query, built under the lock and started without it. False when there is none: *rc tells
   the end. */
static bool start_next(struct stmt *s, SQLRETURN *rc)
{
    struct stmt_run *r = s->run;
    struct arena arena = { .ceiling_bytes = BUF_CEILING_DEFAULT };
    struct job job = { 0 };
    struct execution *e = NULL;
    struct fault f;
    bool ok = false;

    fault_clear(&f);
    enum job_step step = job_build(s, &arena, &job, &f);
    if (step == JOB_NONE) {
        *rc = sets_done(s);
        goto done;
    }
    if (step == JOB_READY && stmt_is_stopped(s))
        (void)fault_set(&f, FAULT_CANCELLED,
                        "The statement was cancelled before its next query was started.");
    else if (step == JOB_READY && audit_query_start(s, s->sql.native, &f))
        e = query_announce(s, &f);
    if (e != NULL) {
        query_keep(s, e);
        stmt_pause(s);
        ok = query_launch(s, job_text(s, &job), &job, e, &f);
        stmt_resume(s);
    }
    if (!ok) {
        if (e != NULL)
            audit_query_end(s, e, &f);
        sets_mark(r, SET_BAD);
        *rc = execute_end(s, stmt_post_fault(s, &f));
    }
done:
    buf_free(&job.sql);
    arena_free(&arena);
    return ok;
}

/* A query of several failed: go on with the next set unless nothing further can succeed. */
static bool goes_on(const struct stmt_run *r, const struct fault *f)
{
    if (r->n_sets <= 1)
        return false;
    switch (f->kind) {
    case FAULT_CANCELLED:
    case FAULT_TIMEOUT:
    case FAULT_NETWORK:
    case FAULT_DENIED:
    case FAULT_SIGN_IN:
    case FAULT_CREDENTIALS:
    case FAULT_THROTTLED:
    case FAULT_MEMORY:
        return false;
    default:
        return true;
    }
}

/* True when another query of the same execution is due; else *rc is the end. */
static bool take_failure(struct stmt *s, struct fault *f, SQLRETURN *rc)
{
    struct stmt_run *r = s->run;

    sets_mark(r, SET_BAD);
    *rc = stmt_post_fault(s, f);
    if (goes_on(r, f))
        return true;
    *rc = execute_end(s, SQL_ERROR);
    return false;
}

/* Statements behind which a listing may read differently. */
static bool changes_catalog(enum sql_class class)
{
    switch (class) {
    case SQL_CLASS_DDL:
    case SQL_CLASS_CTAS:
    case SQL_CLASS_CALL:
    case SQL_CLASS_EXECUTE:
    case SQL_CLASS_OTHER:
    case SQL_CLASS_UNKNOWN:
        return true;
    default:
        return false;
    }
}

/* The result could not be opened; a part of it may have been. */
static bool drop_result(struct stmt *s, struct fault *f, SQLRETURN *rc)
{
    if (s->run->cursor.source != NULL)
        run_drop(s);
    return take_failure(s, f, rc);
}

/* True when another query of the same execution is due; else *rc is the end, or
   SQL_STILL_EXECUTING. */
static bool take_result(struct stmt *s, SQLRETURN *rc)
{
    struct stmt_run *r = s->run;
    struct result result = { .row_count = -1 };
    struct fault f;

    fault_clear(&f);
    enum opening_step step = opening_step(s, &result, &f);
    if (step == OPENING_WAIT) {
        stmt_wait(s, r->function);
        *rc = SQL_STILL_EXECUTING;
        return false;
    }
    if (step == OPENING_FAULT)
        return drop_result(s, &f, rc);
    sets_mark(r, SET_GOOD);
    if (changes_catalog(s->sql.class))
        catalog_forget(stmt_dbc(s)->spoke);
    if (result.source == NULL) {
        if (result.row_count >= 0)
            r->row_count = (r->row_count < 0 ? 0 : r->row_count) + result.row_count;
        return true;
    }
    r->row_count = result.row_count;
    stmt_show_execution(
        s, NULL); /* the query is over: what SQLCancel could still end is the reading */
    *rc = cursor_show(s, diag_post_notices(&s->handle, &s->notices));
    *rc = execute_end(s, *rc);
    return false;
}

/* One step of waiting. */
static enum query_step wait_step(struct stmt *s, struct fault *f)
{
    struct stmt_run *r = s->run;
    bool is_async = s->attributes.async_enable == SQL_ASYNC_ENABLE_ON;
    int64_t wait_ms = 0;
    enum query_step step;

    stmt_pause(s);
    if (is_async)
        step = query_step(r->query, &wait_ms, f);
    else
        step = query_wait(r->query, f) ? QUERY_STEP_DONE : QUERY_STEP_FAULT;
    if (step != QUERY_STEP_WAIT) {
        query_close(r->query);
        r->query = NULL;
    }
    stmt_resume(s);
    return step;
}

SQLRETURN execute_continue(struct stmt *s)
{
    struct stmt_run *r = s->run;
    SQLRETURN rc = SQL_ERROR;
    struct fault f;

    for (;;) {
        if (r->opening != NULL) {
            if (!take_result(s, &rc))
                return rc;
            continue;
        }
        if (r->query == NULL && !start_next(s, &rc))
            return rc;
        fault_clear(&f);
        enum query_step step = wait_step(s, &f);
        if (step == QUERY_STEP_WAIT) {
            stmt_wait(s, r->function);
            return SQL_STILL_EXECUTING;
        }
        audit_query_end(s, s->last, step == QUERY_STEP_DONE ? NULL : &f);
        bool more = step == QUERY_STEP_DONE ? take_result(s, &rc) : take_failure(s, &f, &rc);
        if (!more)
            return rc;
    }
}

SQLRETURN execute_go(struct stmt *s)
{
    struct stmt_run *r = s->run;

    r->deadline = stmt_deadline(s);
    s->notices.n = 0;
    if (!sets_init(s)) {
        late_forget(r);
        stmt_become(s, idle_state(s));
        return diag_post(&s->handle, STATE_HY001, NULL);
    }
    stmt_flight_begin(s);
    return execute_continue(s);
}

/* The result of a query that ran before, whoever started it: its text does not matter any more. */
static SQLRETURN execute_earlier(struct stmt *s)
{
    struct execution *e = NULL;
    struct fault f;
    SQLRETURN rc = SQL_ERROR;
    bool ok = false;

    if (stmt_dbc(s)->spoke == NULL)
        return diag_post(&s->handle, STATE_08003, NULL);
    s->notices.n = 0;
    fault_clear(&f);
    if (!sets_init(s))
        return diag_post(&s->handle, STATE_HY001, NULL);
    s->run->deadline = stmt_deadline(s);
    stmt_flight_begin(s);
    if (audit_result_read(s, span_of(s->run->earlier), &f) && (e = query_announce(s, &f)) != NULL) {
        query_keep(s, e);
        stmt_pause(s);
        ok = earlier_look_up(s, e, &f);
        stmt_resume(s);
    }
    s->run->earlier[0] = '\0';
    if (!ok)
        return execute_end(s, stmt_post_fault(s, &f));
    s->run->set_end = s->run->n_sets; /* nothing is left to be run */
    return take_result(s, &rc) ? sets_done(s) : rc;
}
