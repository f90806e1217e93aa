/* Queries that wait together are looked at together. */
#include "unit/athena/bench.h"

#include "athena/board.h"

enum { MANY = 9 };

/* A service with queries q-0, q-1 ...: all run until they are said to have ended. */
struct service {
    struct http base;
    struct fake_clock *clock;
    unsigned n_started, n_looks, n_batches, n_asked, n_stops;
    bool has_ended[MANY], is_stopped[MANY];
    const char *refuses; /* the batch, with this error */
    int64_t scanned;
    unsigned forgets;    /* 1 + the query that batches do not tell of */
};

static unsigned number_in(struct span id)
{
    return (unsigned)strtoul(id.at + 2, NULL, 10);
}

static bool add_query(struct service *s, struct buf *out, unsigned n, struct fault *f)
{
    return buf_add_format(out, f,
                          "{\"QueryExecutionId\":\"q-%u\",\"Status\":{\"State\":\"%s\"},"
                          "\"Statistics\":{\"DataScannedInBytes\":%lld}}",
                          n,
                          s->has_ended[n]    ? "SUCCEEDED"
                          : s->is_stopped[n] ? "CANCELLED"
                                             : "RUNNING",
                          (long long)s->scanned);
}

static bool answer_batch(struct service *s, const struct http_request *q, struct http_response *r,
                         struct fault *f)
{
    struct json *body = NULL;
    bool is_first = true;

    s->n_batches++;
    if (s->refuses != NULL) {
        r->status = 400;
        return buf_add_format(&r->body, f, "{\"__type\":\"%s\",\"message\":\"no\"}", s->refuses);
    }
    CU_ASSERT_FATAL(json_parse(q->body, &body, f));
    const struct json *ids = json_member(body, "QueryExecutionIds");
    bool ok = buf_add(&r->body, SPAN("{\"QueryExecutions\":["), f);
    for (size_t i = 0; ok && i < json_length(ids); i++) {
        unsigned n = number_in(json_text(json_at(ids, i)));
        s->n_asked++;
        if (n + 1 == s->forgets) {
            continue;
        }
        ok = (is_first || buf_add_byte(&r->body, ',', f)) && add_query(s, &r->body, n, f);
        is_first = false;
    }
    json_free(body);
    return ok && buf_add(&r->body, SPAN("],\"UnprocessedQueryExecutionIds\":[]}"), f);
}

static bool answer_look(struct service *s, const struct http_request *q, struct http_response *r,
                        struct fault *f)
{
    struct json *body = NULL;

    s->n_looks++;
    CU_ASSERT_FATAL(json_parse(q->body, &body, f));
    unsigned n = number_in(json_text_of(body, "QueryExecutionId"));
    json_free(body);
    return buf_add(&r->body, SPAN("{\"QueryExecution\":"), f) && add_query(s, &r->body, n, f) &&
           buf_add(&r->body, SPAN("}"), f);
}

static bool service_send(struct http *base, const struct http_request *q, struct http_response *r,
                         struct fault *f)
{
    struct service *s = (struct service *)base;

    r->attempts = 1;
    r->status = 200;
    if (span_equal(q->action, SPAN("athena:StartQueryExecution"))) {
        return buf_add_format(&r->body, f, "{\"QueryExecutionId\":\"q-%u\"}", s->n_started++);
    }
    if (span_equal(q->action, SPAN("athena:BatchGetQueryExecution"))) {
        return answer_batch(s, q, r, f);
    }
    if (span_equal(q->action, SPAN("athena:StopQueryExecution"))) {
        struct json *body = NULL;
        s->n_stops++;
        CU_ASSERT_FATAL(json_parse(q->body, &body, f));
        s->is_stopped[number_in(json_text_of(body, "QueryExecutionId"))] = true;
        json_free(body);
        return buf_add(&r->body, SPAN("{}"), f);
    }
    return answer_look(s, q, r, f);
}

struct desk {
    struct service service;
    struct fake_clock clock;
    struct aws_client *client;
    struct query_board *board;
    struct execution *executions[MANY];
    struct query *queries[MANY];
    int64_t due[MANY];
    bool is_done[MANY];
    struct fault f;
};

static void desk_open(struct desk *d, unsigned n, int64_t scanned_max)
{
    static const struct http_ops ops = { service_send, fake_close };
    struct query_request request = { .sql = SPAN("SELECT 1") };

    memset(d, 0, sizeof(*d));
    d->service.base.ops = &ops;
    d->clock = fake_clock_at(1767225600000);
    struct aws_client_settings s = { .service = AWS_ATHENA,
                                     .region = SPAN("eu-west-1"),
                                     .transport = &d->service.base,
                                     .clock = &d->clock.base,
                                     .attempts_max = 1,
                                     .hop = HOP_SERVICE };
    CU_ASSERT_FATAL(aws_client_new(&s, &d->client, &d->f));
    d->board = query_board_new(&d->f);
    CU_ASSERT_PTR_NOT_NULL_FATAL(d->board);
    struct query_settings settings = { .client = d->client,
                                       .clock = &d->clock.base,
                                       .board = d->board,
                                       .scanned_bytes_max = scanned_max };
    for (unsigned i = 0; i < n; i++) {
        CU_ASSERT_FATAL(execution_new(&d->executions[i], &d->f));
        CU_ASSERT_FATAL(query_start(&settings, &request, d->executions[i], &d->queries[i], &d->f));
        d->due[i] = d->clock.steady_ms;
    }
}

static void desk_close(struct desk *d)
{
    for (unsigned i = 0; i < MANY; i++) {
        query_close(d->queries[i]);
        execution_drop(d->executions[i]);
    }
    query_board_free(d->board);
    aws_client_free(d->client);
}

/* All queries are stepped when they are due, for so long. Returns how many steps failed. */
static unsigned desk_run(struct desk *d, int64_t ms)
{
    unsigned n_failed = 0;

    for (int64_t until = d->clock.steady_ms + ms; d->clock.steady_ms < until;
         fake_clock_move(&d->clock, 1)) {
        for (unsigned i = 0; i < MANY; i++) {
            int64_t wait = 0;
            if (d->queries[i] == NULL || d->is_done[i] || d->due[i] > d->clock.steady_ms) {
                continue;
            }
            enum query_step step = query_step(d->queries[i], &wait, &d->f);
            d->due[i] = d->clock.steady_ms + wait;
            d->is_done[i] = step != QUERY_STEP_WAIT;
            n_failed += step == QUERY_STEP_FAULT;
        }
    }
    return n_failed;
}

static void many_that_wait_are_looked_at_together(void)
{
    struct desk d;

    desk_open(&d, MANY, 0);
    CU_ASSERT_EQUAL(desk_run(&d, 20000), 0);
    CU_ASSERT_EQUAL(d.service.n_looks, 0);
    /* One by one it would be about 70 looks for each of the nine. */
    CU_ASSERT(d.service.n_batches > 50 && d.service.n_batches < 300);
    CU_ASSERT(d.service.n_asked > 2 * d.service.n_batches);
    for (unsigned i = 0; i < MANY; i++) {
        d.service.has_ended[i] = true;
    }
    CU_ASSERT_EQUAL(desk_run(&d, 2000), 0);
    for (unsigned i = 0; i < MANY; i++) {
        CU_ASSERT_TRUE(d.is_done[i]);
        CU_ASSERT_EQUAL(d.executions[i]->state, QUERY_SUCCEEDED);
    }
    CU_ASSERT_EQUAL(d.service.n_looks, MANY); /* the end of each is read whole */
    desk_close(&d);
}

static void a_few_are_looked_at_one_by_one(void)
{
    struct desk d;

    desk_open(&d, BOARD_MANY - 1, 0);
    CU_ASSERT_EQUAL(desk_run(&d, 3000), 0);
    CU_ASSERT_EQUAL(d.service.n_batches, 0);
    CU_ASSERT(d.service.n_looks > 7 * 10);
    desk_close(&d);
}

static void a_service_that_does_not_grant_it_is_asked_once(void)
{
    struct desk d;

    desk_open(&d, MANY, 0);
    d.service.refuses = "AccessDeniedException";
    CU_ASSERT_EQUAL(desk_run(&d, 3000), 0);
    CU_ASSERT_EQUAL(d.service.n_batches, 1);
    CU_ASSERT(d.service.n_looks > MANY * 10);
    desk_close(&d);
}

static void throttling_of_the_call_slows_and_ends_nothing(void)
{
    struct desk d;

    desk_open(&d, MANY, 0);
    d.service.refuses = "ThrottlingException";
    CU_ASSERT_EQUAL(desk_run(&d, 10000), 0);
    unsigned while_throttled = d.service.n_batches;
    CU_ASSERT(while_throttled > 1 && while_throttled < 30);
    CU_ASSERT_EQUAL(d.service.n_looks, 0); /* throttled calls are not made up for by more calls */
    d.service.refuses = NULL;
    memset(d.service.has_ended, 1, sizeof(d.service.has_ended));
    CU_ASSERT_EQUAL(desk_run(&d, 40000), 0);
    CU_ASSERT_TRUE(d.is_done[0] && d.is_done[MANY - 1]);
    desk_close(&d);
}

static void a_query_the_call_does_not_tell_of_is_looked_at_by_itself(void)
{
    struct desk d;

    desk_open(&d, MANY, 0);
    d.service.forgets = 1 + 3;
    CU_ASSERT_EQUAL(desk_run(&d, 3000), 0);
    CU_ASSERT(d.service.n_looks > 5 && d.service.n_batches > 5);
    d.service.has_ended[3] = true;
    CU_ASSERT_EQUAL(desk_run(&d, 2000), 0);
    CU_ASSERT_TRUE(d.is_done[3]);
    desk_close(&d);
}

static void a_query_that_scans_too_much_is_stopped_by_what_the_call_tells(void)
{
    struct desk d;

    desk_open(&d, MANY, 1000);
    CU_ASSERT_EQUAL(desk_run(&d, 1000), 0);
    d.service.scanned = 2000;
    CU_ASSERT_EQUAL(desk_run(&d, 1000), MANY);
    CU_ASSERT_EQUAL(d.f.kind, FAULT_QUERY);
    CU_ASSERT_EQUAL(d.service.n_stops, MANY);
    desk_close(&d);
}

static void who_leaves_is_not_asked_for_any_more(void)
{
    struct desk d;

    desk_open(&d, MANY, 0);
    CU_ASSERT_EQUAL(desk_run(&d, 500), 0);
    query_close(d.queries[0]);
    query_close(d.queries[1]);
    d.queries[0] = d.queries[1] = NULL;
    d.service.n_looks = d.service.n_batches = 0;
    CU_ASSERT_EQUAL(desk_run(&d, 1000), 0);
    CU_ASSERT_EQUAL(d.service.n_batches, 0); /* seven are few */
    CU_ASSERT(d.service.n_looks > 7);
    desk_close(&d);
}

static const struct unit_test tests[] = {
    { "many that wait are looked at together", many_that_wait_are_looked_at_together },
    { "a few are looked at one by one", a_few_are_looked_at_one_by_one },
    { "a service that does not grant it is asked once",
      a_service_that_does_not_grant_it_is_asked_once },
    { "throttling of the call slows and ends nothing",
      throttling_of_the_call_slows_and_ends_nothing },
    { "a query the call does not tell of is looked at by itself",
      a_query_the_call_does_not_tell_of_is_looked_at_by_itself },
    { "a query that scans too much is stopped by what the call tells",
      a_query_that_scans_too_much_is_stopped_by_what_the_call_tells },
    { "who leaves is not asked for any more", who_leaves_is_not_asked_for_any_more },
};

UNIT_MAIN("athena/board", tests)
