/* A connection without a network: the functions of the rooms below that statements call, answered
   from a script. Include once per test. */
#ifndef TESTS_FAKE_WORLD_H
#define TESTS_FAKE_WORLD_H

#include <stdlib.h>

#include "odbc/run.h"
#include "unit.h"

enum { FAKE_QUERIES_MAX = 64, FAKE_PARAMETERS_MAX = 16, FAKE_CELLS_MAX = 4096 };

/* What the next queries answer, and what was asked. */
static struct {
    /* Script. */
    const char *const *types; /* of the result's columns; n_columns 0: no result set */
    unsigned n_columns;
    const char *const *cells;    /* row-major, NULL = SQL NULL */
    unsigned n_rows, batch_rows; /* batch_rows 0: all at once */
    int fault_at_row;            /* -1: none; a FAULT_NETWORK instead of this row */
    int64_t row_count;
    unsigned n_not_ready; /* the source says so often that rows are still on their way */
    struct row_source *(*make_source)(void); /* NULL: rows of this script */
    unsigned n_waits; /* query_step says WAIT so often */
    int fail_query;   /* -1: none; number of the query, from 0, that fails in the engine */
    enum fault_kind fail_kind;
    unsigned fail_line, fail_column;
    const char *fail_text;
    /* Record. */
    unsigned n_started, n_closed, n_running, n_sources_open, n_waited;
    char sql[FAKE_QUERIES_MAX][8192];
    char parameters[FAKE_QUERIES_MAX][FAKE_PARAMETERS_MAX][256];
    unsigned n_parameters[FAKE_QUERIES_MAX];
    size_t sql_bytes[FAKE_QUERIES_MAX];
    unsigned first_poll_ms, poll_min_ms;
    void (*while_waiting)(void); /* called inside query_wait, with no lock held */
    void (*before_audit)(void);  /* called once, before the next query is announced */
} fake;

static void fake_reset(void)
{
    memset(&fake, 0, sizeof(fake));
    fake.fault_at_row = fake.fail_query = -1;
    fake.row_count = -1;
}

struct query {
    struct execution *e;
    unsigned number, n_waits;
};

bool query_start(const struct query_settings *settings, const struct query_request *request,
                 struct execution *e, struct query **out, struct fault *f)
{
    if (wake_is_raised(&e->cancel))
        return fault_set(f, FAULT_CANCELLED, "cancelled before it was started");
    unsigned k = fake.n_started++;
    struct query *q = calloc(1, sizeof(*q));

    fake.first_poll_ms = settings->first_poll_ms;
    fake.poll_min_ms = settings->poll_min_ms;
    span_to_c(request->sql, fake.sql[k], sizeof(fake.sql[k]));
    fake.sql_bytes[k] = request->sql.len;
    fake.n_parameters[k] = request->n_parameters;
    for (unsigned i = 0; i < request->n_parameters && i < FAKE_PARAMETERS_MAX; i++)
        span_to_c(request->parameters[i], fake.parameters[k][i], sizeof(fake.parameters[k][i]));
    q->e = e;
    q->number = k;
    q->n_waits = fake.n_waits;
    execution_take(e);
    e->is_started = true;
    snprintf(e->query_id, sizeof(e->query_id), "query-%u", k);
    fake.n_running++;
    *out = q;
    return true;
}

enum query_step query_step(struct query *q, int64_t *wait_ms, struct fault *f)
{
    if (wake_is_raised(&q->e->cancel)) {
        fault_set(f, FAULT_CANCELLED, "cancelled");
        return QUERY_STEP_FAULT;
    }
    if (q->n_waits > 0) {
        q->n_waits--;
        fake.n_waited++;
        *wait_ms = 1;
        return QUERY_STEP_WAIT;
    }
    if ((int)q->number == fake.fail_query) {
        fault_set(f, fake.fail_kind, "%s", fake.fail_text != NULL ? fake.fail_text : "failed");
        f->line = fake.fail_line;
        f->column = fake.fail_column;
        return QUERY_STEP_FAULT;
    }
    q->e->state = QUERY_SUCCEEDED;
    return QUERY_STEP_DONE;
}

bool query_wait(struct query *q, struct fault *f)
{
    int64_t wait_ms = 0;

    if (fake.while_waiting != NULL)
        fake.while_waiting();
    for (;;) {
        enum query_step step = query_step(q, &wait_ms, f);
        if (step != QUERY_STEP_WAIT)
            return step == QUERY_STEP_DONE;
        (void)wake_wait(&q->e->cancel, wait_ms);
    }
}

void query_close(struct query *q)
{
    if (q == NULL)
        return;
    fake.n_closed++;
    fake.n_running--;
    execution_drop(q->e);
    free(q);
}

/* Rows of the script, in batches that are really gone when the next one comes. */
struct fake_source {
    struct row_source base;
    struct column columns[16];
    char names[16][16];
    unsigned at;
    struct span *cells;
    char *bytes;
};

static void fake_forget(struct fake_source *s)
{
    free(s->cells);
    free(s->bytes);
    s->cells = NULL;
    s->bytes = NULL;
}

static enum row_step fake_next(struct row_source *src, struct batch *rows, struct fault *f)
{
    struct fake_source *s = (struct fake_source *)src;
    unsigned n = fake.n_rows - s->at, width = fake.n_columns;
    size_t bytes = 1;

    fake_forget(s);
    if (fake.batch_rows > 0 && n > fake.batch_rows)
        n = fake.batch_rows;
    if (fake.fault_at_row >= 0) {
        if ((int)s->at >= fake.fault_at_row) {
            fault_set(f, FAULT_NETWORK, "the connection broke behind row %u", s->at);
            return ROW_FAULT;
        }
        if (s->at + n > (unsigned)fake.fault_at_row)
            n = (unsigned)fake.fault_at_row - s->at;
    }
    if (n == 0)
        return ROW_END;
    for (unsigned i = 0; i < n * width; i++)
        bytes += fake.cells[s->at * width + i] != NULL ? strlen(fake.cells[s->at * width + i]) : 0;
    s->cells = calloc(n * width, sizeof(struct span));
    s->bytes = malloc(bytes);
    char *to = s->bytes;
    for (unsigned i = 0; i < n * width; i++) {
        const char *cell = fake.cells[s->at * width + i];
        if (cell == NULL)
            continue;
        s->cells[i] = (struct span){ to, strlen(cell) };
        memcpy(to, cell, strlen(cell));
        to += strlen(cell);
    }
    s->at += n;
    *rows = (struct batch){ n, width, s->cells };
    return ROW_BATCH;
}

static void fake_close(struct row_source *src)
{
    fake_forget((struct fake_source *)src);
    fake.n_sources_open--;
    free(src);
}

static bool fake_is_ready(struct row_source *src)
{
    (void)src;
    return fake.n_not_ready == 0 || fake.n_not_ready-- == 0;
}

static const struct row_source_ops fake_ops = { .next_batch = fake_next,
                                                .close = fake_close,
                                                .is_ready = fake_is_ready };

static struct row_source *fake_source_new(void)
{
    struct fake_source *s = calloc(1, sizeof(*s));

    for (unsigned i = 0; i < fake.n_columns; i++) {
        struct column *c = &s->columns[i];
        snprintf(s->names[i], sizeof(s->names[i]), "c%u", i + 1);
        c->name = c->label = span_of(s->names[i]);
        c->nullable = SQL_NULLABLE_UNKNOWN;
        value_type_parse(span_of(fake.types[i]), 0, 0, &c->type);
    }
    s->base = (struct row_source){ &fake_ops, { fake.n_columns, s->columns }, -1 };
    fake.n_sources_open++;
    return &s->base;
}

enum row_step row_source_next(struct row_source *src, struct batch *rows, struct fault *f)
{
    return src->ops->next_batch(src, rows, f);
}

void row_source_close(struct row_source *src)
{
    if (src != NULL)
        src->ops->close(src);
}

bool result_open(const struct result_request *request, struct result *out, struct fault *f)
{
    (void)request;
    (void)f;
    *out = (struct result){ .row_count = fake.n_columns > 0 ? -1 : fake.row_count };
    if (fake.n_columns > 0)
        out->source = fake.make_source != NULL ? fake.make_source() : fake_source_new();
    return true;
}

bool memory_source_new(const struct columns *columns, const struct span *cells, size_t n_rows,
                       struct row_source **out, struct fault *f)
{
    (void)columns, (void)cells, (void)n_rows, (void)f;
    *out = fake_source_new();
    return true;
}

static unsigned fake_n_workgroup_calls;

bool athena_get_workgroup(struct aws_client *c, struct span workgroup,
                          const struct aws_bounds *bounds, struct workgroup_facts *out,
                          struct fault *f)
{
    (void)c, (void)workgroup, (void)bounds, (void)out, (void)f;
    fake_n_workgroup_calls++;
    return true;
}

static struct catalog_request fake_asked;
static char fake_asked_text[5][128];
static enum catalog_shape fake_shape;

bool catalog_open(struct spoke *spoke, enum catalog_shape shape, const struct catalog_request *r,
                  struct row_source **out, struct fault *f)
{
    const struct span texts[5] = { r->catalog, r->schema, r->table, r->column, r->types };

    (void)spoke;
    (void)f;
    fake_asked = *r;
    fake_shape = shape;
    for (unsigned i = 0; i < 5; i++)
        span_to_c(span_is_null(texts[i]) ? SPAN("(null)") : texts[i], fake_asked_text[i],
                  sizeof(fake_asked_text[i]));
    *out = fake_source_new();
    return true;
}

static unsigned fake_n_forgotten;

void catalog_forget(struct spoke *spoke)
{
    (void)spoke;
    fake_n_forgotten++;
}

/* The spoke is its address only. */
static int fake_spoke_place;
static struct workgroup_facts fake_workgroup;
static struct spoke_identity fake_identity;

struct aws_client *spoke_athena(struct spoke *s)
{
    (void)s;
    return NULL;
}
struct aws_client *spoke_glue(struct spoke *s)
{
    (void)s;
    return NULL;
}
struct aws_client *spoke_s3(struct spoke *s)
{
    (void)s;
    return NULL;
}
const struct workgroup_facts *spoke_workgroup(const struct spoke *s)
{
    (void)s;
    return &fake_workgroup;
}
const struct spoke_identity *spoke_identity(const struct spoke *s)
{
    (void)s;
    return &fake_identity;
}
const struct clock *spoke_clock(const struct spoke *s)
{
    (void)s;
    return clock_system();
}
const struct poll_bucket_ops *spoke_poll_bucket(struct spoke *s)
{
    (void)s;
    return NULL;
}
static struct dbc fake_dbc;
const struct settings *spoke_settings(const struct spoke *s)
{
    void (*hook)(void) = fake.before_audit;

    (void)s;
    fake.before_audit = NULL;
    if (hook != NULL)
        hook();
    return &fake_dbc.settings;
}
struct query_board *spoke_board(struct spoke *s) { (void)s; return NULL; }
const char *spoke_cache_key(const struct spoke *s)
{
    (void)s;
    return "";
}
bool spoke_is_dead(const struct spoke *s)
{
    (void)s;
    return false;
}
void spoke_close(struct spoke *s)
{
    (void)s;
}
bool spoke_open(const struct settings *settings, const struct aws_bounds *bounds,
                struct notices *notices, struct spoke **out, struct fault *f)
{
    (void)settings, (void)bounds, (void)notices, (void)out;
    return fault_set(f, FAULT_NETWORK, "there is no network in this test");
}
void spoke_explain(const struct spoke *s, struct fault *f)
{
    (void)s;
    (void)f;
}

/* One connection for all tests of a program. */
static struct env fake_env;

static void fake_connect(SQLINTEGER version)
{
    memset(&fake_env, 0, sizeof(fake_env));
    memset(&fake_dbc, 0, sizeof(fake_dbc));
    handle_init(&fake_env.handle, HANDLE_ENV, NULL);
    fake_env.odbc_version = version;
    fake_env.wide_unit = WIDE_UTF16;
    handle_init(&fake_dbc.handle, HANDLE_DBC, &fake_env.handle);
    fake_dbc.is_connected = true;
    fake_dbc.spoke = (struct spoke *)(void *)&fake_spoke_place;
    fake_dbc.options = (struct value_options){ .string_length = 255,
                                               .complex_length = 65535,
                                               .binary_length = 1024,
                                               .odbc2 = version == SQL_OV_ODBC2,
                                               .wide_unit = WIDE_UTF16 };
    snprintf(fake_dbc.current_schema, sizeof(fake_dbc.current_schema), "sales");
}

static void fake_disconnect(void)
{
    CU_ASSERT_PTR_NULL(fake_dbc.statements);
    CU_ASSERT_EQUAL(fake.n_running, 0);
    CU_ASSERT_EQUAL(fake.n_sources_open, 0);
    handle_done(&fake_dbc.handle);
    handle_done(&fake_env.handle);
}

static struct stmt *fake_stmt(void)
{
    SQLHANDLE h = NULL;

    latch_take(&fake_dbc.handle.latch);
    CU_ASSERT_EQUAL(stmt_new(&fake_dbc, &h), SQL_SUCCESS);
    latch_give(&fake_dbc.handle.latch);
    return h;
}

/* As the guard calls: lock, wait for others, clear the records. */
#define CALL(s, expression) (fake_enter(s), fake_leave((s), (expression)))

static void fake_enter(struct stmt *s)
{
    latch_take(&s->handle.latch);
    stmt_settle(s);
    diag_clear(&s->handle);
}

static SQLRETURN fake_leave(struct stmt *s, SQLRETURN rc)
{
    latch_give(&s->handle.latch);
    return rc;
}

/* "" when there is no such record. */
static const char *fake_state(struct stmt *s, SQLSMALLINT number)
{
    static char state[8];
    SQLCHAR text[8] = "", message[1024] = "";
    SQLINTEGER native = 0;

    state[0] = '\0';
    if (SQL_SUCCEEDED(diag_get_record(&s->handle, number, room_a(text, sizeof(text), NULL), &native,
                                      room_a(message, sizeof(message), NULL))))
        memcpy(state, text, 6);
    return state;
}

static const char *fake_message(struct stmt *s, SQLSMALLINT number)
{
    static char message[1024];
    SQLCHAR text[8] = "";
    SQLINTEGER native = 0;

    message[0] = '\0';
    (void)diag_get_record(&s->handle, number, room_a(text, sizeof(text), NULL), &native,
                          room_a((SQLCHAR *)message, sizeof(message), NULL));
    return message;
}

static struct text fake_text(const char *text)
{
    return text_a((SQLCHAR *)(uintptr_t)text, SQL_NTS);
}

#define IS(got, want) CU_ASSERT_STRING_EQUAL((got), (want))

/* Not every test program needs all of it. */
static inline void fake_use(void)
{
    (void)fake_reset;
    (void)fake_message;
    (void)fake_text;
    (void)fake_state;
    (void)fake_disconnect;
    (void)fake_connect;
    (void)fake_stmt;
    (void)fake_leave;
    (void)fake_enter;
    (void)fake_asked_text;
    (void)fake_shape;
    (void)fake_asked;
    (void)fake_n_workgroup_calls;
    (void)fake_n_forgotten;
}

#endif
