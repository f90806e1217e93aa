/* Data at execution: SQLParamData asks for one value after the other, SQLPutData brings it in
   pieces. */
#include <stdlib.h>

#include "odbc/run.h"

const struct late_value *late_find(const struct stmt_run *r, SQLULEN set, unsigned n)
{
    for (unsigned i = 0; i < r->n_late; i++) {
        if (r->late[i].set == set && r->late[i].parameter == n)
            return &r->late[i];
    }
    return NULL;
}

void late_forget(struct stmt_run *r)
{
    for (unsigned i = 0; i < r->n_late; i++)
        buf_free(&r->late[i].data);
    r->n_late = r->late_at = 0;
}

static bool late_add(struct stmt_run *r, SQLULEN set, unsigned n, struct fault *f)
{
    if (r->n_late == r->late_room) {
        unsigned room = r->late_room == 0 ? 16 : r->late_room * 2;
        struct late_value *grown = realloc(r->late, room * sizeof(*grown));
        if (grown == NULL)
            return fault_memory(f);
        r->late = grown;
        r->late_room = room;
    }
    r->late[r->n_late++] = (struct late_value){ .set = set, .parameter = n };
    return true;
}

bool late_collect(struct stmt *s, bool *any, struct fault *f)
{
    SQLULEN n_sets = s->apd->array_size > 1 && s->sql.n_markers > 0 ? s->apd->array_size : 1;

    late_forget(s->run);
    for (SQLULEN set = 0; set < n_sets; set++) {
        if (parameter_set_is_ignored(s, set))
            continue;
        for (unsigned n = 1; n <= s->sql.n_markers; n++) {
            if (parameter_is_late(s, set, n) && !late_add(s->run, set, n, f))
                return false;
        }
    }
    *any = s->run->n_late > 0;
    return true;
}

void late_ask(struct stmt *s, bool is_asking)
{
    lock_take(&s->run_lock);
    s->run->is_asking = is_asking;
    lock_give(&s->run_lock);
}

SQLRETURN stmt_param_data(struct stmt *s, SQLPOINTER *value)
{
    struct stmt_run *r = s->run;
    SQLRETURN rc = stmt_check_function(s, SQL_API_SQLPARAMDATA);

    if (!SQL_SUCCEEDED(rc))
        return rc;
    if (stmt_is_waiting(s))
        return execute_continue(s);
    if (s->state == STMT_CAN_PUT)
        r->late_at++;
    else if (s->state != STMT_NEED_DATA)
        return diag_post(&s->handle, STATE_HY010, NULL);
    if (r->late_at < r->n_late) {
        const struct late_value *v = &r->late[r->late_at];
        if (value != NULL)
            *value = s->apd->records[v->parameter].data;
        if (s->ipd.rows_processed != NULL)
            *s->ipd.rows_processed = v->set + 1;
        late_ask(s, true);
        stmt_become(s, STMT_MUST_PUT);
        return SQL_NEED_DATA;
    }
    late_ask(s, false);
    r->function = SQL_API_SQLPARAMDATA;
    return execute_go(s);
}

/* Bytes of the piece, or -1 with a record. */
static SQLLEN piece_bytes(struct stmt *s, const struct late_value *v, SQLPOINTER data,
                          SQLLEN length)
{
    SQLSMALLINT c_type = parameter_c_type(s, v->parameter);

    if (!parameter_is_variable(s, v->parameter)) {
        if (v->is_given) {
            (void)diag_post(&s->handle, STATE_HY019,
                            "parameter %u has a fixed length and was sent already", v->parameter);
            return -1;
        }
        return value_c_size(c_type);
    }
    if (length != SQL_NTS)
        return length;
    if (c_type == SQL_C_WCHAR) {
        enum wide_unit unit = handle_wide_unit(&s->handle);
        return (SQLLEN)(wide_length(data, unit) * (size_t)unit);
    }
    return (SQLLEN)span_of(data).len;
}

SQLRETURN stmt_put_data(struct stmt *s, SQLPOINTER data, SQLLEN length)
{
    struct stmt_run *r = s->run;
    struct fault f;

    if ((s->state != STMT_MUST_PUT && s->state != STMT_CAN_PUT) || r->late_at >= r->n_late)
        return diag_post(&s->handle, STATE_HY010, NULL);
    struct late_value *v = &r->late[r->late_at];
    if (length == SQL_DEFAULT_PARAM)
        return diag_post(&s->handle, STATE_07S01, NULL);
    if (length < 0 && length != SQL_NTS && length != SQL_NULL_DATA)
        return diag_post(&s->handle, STATE_HY090, "%lld is not a length", (long long)length);
    if (v->is_null || (length == SQL_NULL_DATA && v->is_given))
        return diag_post(&s->handle, STATE_HY020, "parameter %u is NULL and cannot have pieces",
                         v->parameter);
    if (length == SQL_NULL_DATA) {
        v->is_null = true;
    } else {
        if (data == NULL && length != 0)
            return diag_post(&s->handle, STATE_HY009,
                             "data is a null pointer, but its length is not 0");
        SQLLEN bytes = data == NULL ? 0 : piece_bytes(s, v, data, length);
        if (bytes < 0)
            return SQL_ERROR;
        fault_clear(&f);
        if (!buf_add(&v->data, (struct span){ data != NULL ? data : "", (size_t)bytes }, &f))
            return diag_post_fault(&s->handle, &f);
    }
    v->is_given = true;
    stmt_become(s, STMT_CAN_PUT);
    return SQL_SUCCESS;
}
