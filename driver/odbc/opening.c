/* Opening the result of a query that has ended: which object or pages there are, their first bytes,
   and for a static cursor all rows. Several requests that depend on each other: an asynchronous
   statement has them made by a thread that lives as long as they take. */
#include <stdlib.h>

#include "base/worker.h"
#include "odbc/run.h"

struct opening {
    struct stmt *stmt;
    struct result result;
    struct fault fault;
    bool is_good;
    struct worker worker;
    struct wake done;
};

/* The statement is marked busy or waiting meanwhile: nobody else touches what is opened here. */
static bool open_result(struct stmt *s, struct result *out, struct fault *f)
{
    *out = (struct result){ .row_count = -1 };
    if (!query_result(s, s->last, out, f))
        return false;
    if (s->run->n_sets > 1) {
        row_source_close(out->source);
        out->source = NULL;
    }
    return out->source == NULL || cursor_read(s, out->source, f);
}

static void run_opening(void *context)
{
    struct opening *o = context;

    o->is_good = open_result(o->stmt, &o->result, &o->fault);
    wake_raise(&o->done);
}

static void opening_free(struct opening *o)
{
    worker_join(&o->worker);
    wake_done(&o->done);
    free(o);
}

void opening_drop(struct opening *o)
{
    if (o == NULL)
        return;
    wake_raise(&o->stmt->run->stop);
    worker_join(&o->worker);
    /* What cursor_read did not take over has no other owner. */
    if (o->result.source != o->stmt->run->cursor.source)
        row_source_close(o->result.source);
    opening_free(o);
}

static struct opening *opening_start(struct stmt *s)
{
    struct opening *o = calloc(1, sizeof(*o));
    struct fault ignored;

    if (o == NULL)
        return NULL;
    o->stmt = s;
    wake_init(&o->done);
    if (!worker_start(&o->worker, run_opening, o, &ignored)) {
        opening_free(o);
        return NULL;
    }
    return o;
}

enum opening_step opening_step(struct stmt *s, struct result *out, struct fault *f)
{
    struct stmt_run *r = s->run;
    bool is_good;

    if (r->opening == NULL && s->attributes.async_enable == SQL_ASYNC_ENABLE_ON)
        r->opening = opening_start(s);
    if (r->opening == NULL) {
        stmt_pause(s);
        is_good = open_result(s, out, f);
        stmt_resume(s);
        return is_good ? OPENING_DONE : OPENING_FAULT;
    }
    if (!wake_is_raised(&r->opening->done))
        return OPENING_WAIT;
    struct opening *o = r->opening;
    r->opening = NULL;
    *out = o->result;
    *f = o->fault;
    is_good = o->is_good;
    opening_free(o);
    return is_good ? OPENING_DONE : OPENING_FAULT;
}
