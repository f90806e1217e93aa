/* SQLTables and its kin: arguments into UTF-8, the catalog answers with rows, a cursor opens over
   them. */
#include <stdlib.h>

#include "base/worker.h"
#include "odbc/run.h"

/* Identifiers may not be missing when SQL_ATTR_METADATA_ID is set. */
static SQLRETURN check_identifiers(struct stmt *s, enum catalog_shape shape,
                                   const struct catalog_texts *t)
{
    bool has_column = shape == SHAPE_COLUMNS || shape == SHAPE_COLUMN_PRIVILEGES ||
                      shape == SHAPE_PROCEDURE_COLUMNS;

    if (s->attributes.metadata_id != SQL_TRUE || shape == SHAPE_TYPE_INFO ||
        shape == SHAPE_FOREIGN_KEYS)
        return SQL_SUCCESS;
    if (t->catalog.at == NULL || t->schema.at == NULL || t->table.at == NULL ||
        (has_column && t->column.at == NULL))
        return diag_post(
            &s->handle, STATE_HY009,
            "with SQL_ATTR_METADATA_ID every name is an identifier and none may be a null pointer");
    return SQL_SUCCESS;
}

/* Functions whose table is a name, never a pattern. */
static bool needs_table(enum catalog_shape shape)
{
    return shape == SHAPE_PRIMARY_KEYS || shape == SHAPE_STATISTICS ||
           shape == SHAPE_SPECIAL_COLUMNS || shape == SHAPE_COLUMN_PRIVILEGES;
}

static SQLRETURN take_texts(struct stmt *s, const struct catalog_texts *t,
                            struct catalog_request *out)
{
    const struct {
        struct text from;
        struct span *to;
    } all[] = {
        { t->catalog, &out->catalog }, { t->schema, &out->schema }, { t->table, &out->table },
        { t->column, &out->column },   { t->types, &out->types },
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (!text_take(&s->handle, all[i].from, &s->result, all[i].to))
            return SQL_ERROR;
    }
    return SQL_SUCCESS;
}

/* Where unqualified names are looked for; copied, because it may be set while a listing runs. */
static SQLRETURN take_place(struct stmt *s, struct catalog_request *out)
{
    struct dbc_place place;
    struct fault f;

    dbc_place_of(stmt_dbc(s), &place);
    if (!arena_copy(&s->result, span_of(place.catalog), &out->current_catalog, &f) ||
        !arena_copy(&s->result, span_of(place.schema), &out->current_schema, &f))
        return stmt_post_fault(s, &f);
    return SQL_SUCCESS;
}

static SQLRETURN check_arguments(struct stmt *s, enum catalog_shape shape,
                                 const struct catalog_texts *texts)
{
    SQLRETURN rc = check_identifiers(s, shape, texts);
    if (rc != SQL_SUCCESS)
        return rc;
    if (needs_table(shape) && texts->table.at == NULL)
        return diag_post(&s->handle, STATE_HY009, "the table name is a null pointer");
    if (shape == SHAPE_FOREIGN_KEYS && texts->table.at == NULL && texts->column.at == NULL)
        return diag_post(&s->handle, STATE_HY009, "both table names are null pointers");
    if (shape == SHAPE_TYPE_INFO && texts->data_type != SQL_ALL_TYPES &&
        !stmt_is_sql_type(texts->data_type))
        return diag_post(&s->handle, STATE_HY004, "%d is not an SQL type of the standard",
                         (int)texts->data_type);
    return SQL_SUCCESS;
}

/* The statement as if it had never been prepared: a catalog function takes its place. */
static void forget_text(struct stmt *s)
{
    s->is_prepared = false;
    stmt_close(s);
    s->sql = (struct sql_text){ 0 };
    s->run->is_described = false;
}

/* A catalog function and what it needs while it runs; the texts live in the statement's arena. */
struct catalog_task {
    struct spoke *spoke;
    enum catalog_shape shape;
    struct catalog_request request;
    struct row_source *source;
    struct fault fault;
    bool is_good;
    struct worker worker;
    struct wake done, *stop;
};

static void run_task(void *context)
{
    struct catalog_task *t = context;

    t->is_good = catalog_open(t->spoke, t->shape, &t->request, &t->source, &t->fault);
    wake_raise(&t->done);
}

void catalog_task_drop(struct catalog_task *t)
{
    if (t == NULL)
        return;
    wake_raise(t->stop);
    worker_join(&t->worker);
    row_source_close(t->source);
    wake_done(&t->done);
    free(t);
}

/* The answer is there: a cursor over it, or the fault. */
static SQLRETURN finish(struct stmt *s, bool is_good, struct row_source *source, struct fault *f)
{
    SQLRETURN rc = is_good ? cursor_open(s, source, diag_post_notices(&s->handle, &s->notices))
                           : stmt_post_fault(s, f);

    stmt_flight_end(s);
    if (rc == SQL_ERROR)
        stmt_close(s); /* an asynchronous one is not executing any more */
    return rc;
}

static SQLRETURN continue_task(struct stmt *s)
{
    struct catalog_task *t = s->run->task;

    if (!wake_is_raised(&t->done)) {
        stmt_wait(s, s->run->function);
        return SQL_STILL_EXECUTING;
    }
    struct row_source *source = t->source;
    struct fault f = t->fault;
    bool is_good = t->is_good;
    t->source = NULL;
    s->run->task = NULL;
    worker_join(&t->worker);
    wake_done(&t->done);
    free(t);
    return finish(s, is_good, source, &f);
}

/* The calls behind one listing depend on each other: an asynchronous one is made by a thread that
   lives as long as it takes. False: it has to be waited for. */
static bool start_task(struct stmt *s, enum catalog_shape shape,
                       const struct catalog_request *request)
{
    struct catalog_task *t = NULL;
    struct fault ignored;

    if (s->attributes.async_enable != SQL_ASYNC_ENABLE_ON || (t = calloc(1, sizeof(*t))) == NULL)
        return false;
    t->spoke = stmt_dbc(s)->spoke;
    t->shape = shape;
    t->request = *request;
    t->stop = &s->run->stop;
    wake_init(&t->done);
    if (!worker_start(&t->worker, run_task, t, &ignored)) {
        wake_done(&t->done);
        free(t);
        return false;
    }
    s->run->task = t;
    return true;
}

SQLRETURN stmt_catalog(struct stmt *s, enum catalog_shape shape, const struct catalog_texts *texts)
{
    struct dbc *d = stmt_dbc(s);
    struct row_source *source = NULL;
    struct catalog_request request = {
        .metadata_id = s->attributes.metadata_id == SQL_TRUE,
        .odbc2 = handle_is_odbc2(&s->handle),
        .options = &d->options,
        .notices = &s->notices,
        .data_type = texts->data_type,
        .is_fresh = s->attributes.metadata_fresh != 0,
    };
    struct fault f;

    if (s->run->task != NULL)
        return continue_task(s);
    SQLRETURN rc = check_arguments(s, shape, texts);
    if (rc != SQL_SUCCESS)
        return rc;
    forget_text(s);
    rc = take_texts(s, texts, &request);
    if (SQL_SUCCEEDED(rc))
        rc = take_place(s, &request);
    if (!SQL_SUCCEEDED(rc))
        return rc;
    s->notices.n = 0;
    request.bounds = stmt_bounds(s, stmt_deadline(s));
    fault_clear(&f);
    stmt_flight_begin(s);
    if (start_task(s, shape, &request))
        return continue_task(s);
    stmt_pause(s);
    bool ok = catalog_open(d->spoke, shape, &request, &source, &f);
    stmt_resume(s);
    return finish(s, ok, source, &f);
}
