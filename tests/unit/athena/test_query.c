/* An execution as a step machine, on a clock that only the test moves. */
#include "unit/athena/bench.h"
#include "unit/aws/fake_source.h"

#include "base/worker.h"

#define STARTED { 200, "{\"QueryExecutionId\":\"q-1\"}", NULL, "AmazonAthena.StartQueryExecution" }
#define STATE(word) \
    { \
        200, "{\"QueryExecution\":{\"Status\":{\"State\":\"" word "\"}}}", NULL, \
            "AmazonAthena.GetQueryExecution" \
    }
#define STOPPED { 200, "{}", NULL, "AmazonAthena.StopQueryExecution" }
#define LIMIT \
    { \
        400, \
            "{\"__type\":\"TooManyRequestsException\",\"Reason\":\"CONCURRENT_QUERY_LIMIT_" \
            "EXCEEDED\",\"Message\":\"m\"}", \
            NULL, "AmazonAthena.StartQueryExecution" \
    }

static const char succeeded[] =
    "{\"QueryExecution\":{\"StatementType\":\"DML\",\"SubstatementType\":\"SELECT\","
    "\"ResultConfiguration\":{\"OutputLocation\":\"s3://b/k/q-1.csv\","
    "\"EncryptionConfiguration\":{\"EncryptionOption\":\"SSE_S3\"}},\"QueryExecutionContext\":{"
    "\"Catalog\":\"awsdatacatalog\",\"Database\":\"db\"},"
    "\"Statistics\":{\"DataScannedInBytes\":1234,\"EngineExecutionTimeInMillis\":5,"
    "\"TotalExecutionTimeInMillis\":9,"
    "\"ResultReuseInformation\":{\"ReusedPreviousResult\":true}},"
    "\"ManagedQueryResultsConfiguration\":{\"Enabled\":true},"
    "\"Status\":{\"State\":\"SUCCEEDED\",\"SubmissionDateTime\":1.7E9},\"SomethingNew\":{}}}";

struct run {
    struct bench b;
    struct execution *e;
    struct query *q;
    struct fault f;
};

static bool run_start(struct run *r, const struct fake_step *steps, size_t n,
                      struct query_settings settings)
{
    struct query_request request = { .sql = SPAN("SELECT 1"),
                                     .database = SPAN("db"),
                                     .workgroup = SPAN("w") };

    memset(r, 0, sizeof(*r));
    bench_start(&r->b, steps, n);
    settings.client = r->b.client;
    settings.clock = &r->b.clock.base;
    if (settings.deadline_steady_ms != 0) {
        settings.deadline_steady_ms += r->b.clock.steady_ms;
    }
    CU_ASSERT_FATAL(execution_new(&r->e, &r->f));
    return query_start(&settings, &request, r->e, &r->q, &r->f);
}

/* Steps, moving the clock by what each step asks for, until it ends or so many looks are done. */
static enum query_step run_on(struct run *r, unsigned steps_max)
{
    int64_t wait = 0;
    enum query_step step = QUERY_STEP_WAIT;

    for (unsigned i = 0; i < steps_max && step == QUERY_STEP_WAIT; i++) {
        step = query_step(r->q, &wait, &r->f);
        CU_ASSERT(step != QUERY_STEP_WAIT || (wait >= 0 && wait <= 100000));
        fake_clock_move(&r->b.clock, wait);
    }
    return step;
}

static void run_end(struct run *r)
{
    query_close(r->q);
    execution_drop(r->e);
    bench_stop(&r->b);
}

static void a_query_runs_to_its_end_and_is_described(void)
{
    static const struct fake_step steps[] = {
        STARTED,           STATE("QUEUED"),        STATE("RUNNING"),
        STATE("QUEUED"),   STATE("OF_THE_FUTURE"), STATE("RUNNING"),
        { 200, succeeded }
    };
    struct run r;

    CU_ASSERT_FATAL(run_start(&r, steps, 7, (struct query_settings){ 0 }));
    CU_ASSERT_STRING_EQUAL(r.e->query_id, "q-1");
    CU_ASSERT(r.e->is_started);
    CU_ASSERT_EQUAL(run_on(&r, 100), QUERY_STEP_DONE);
    CU_ASSERT_EQUAL(r.e->state, QUERY_SUCCEEDED);
    CU_ASSERT_STRING_EQUAL(r.e->statement_type, "DML");
    CU_ASSERT_STRING_EQUAL(r.e->substatement_type, "SELECT");
    CU_ASSERT_STRING_EQUAL(r.e->output_location, "s3://b/k/q-1.csv");
    CU_ASSERT_STRING_EQUAL(r.e->encryption, "SSE_S3");
    CU_ASSERT_STRING_EQUAL(r.e->catalog, "awsdatacatalog");
    CU_ASSERT_EQUAL(r.e->scanned_bytes, 1234);
    CU_ASSERT_EQUAL(r.e->total_ms, 9);
    CU_ASSERT(r.e->reused && r.e->has_managed_results);
    CU_ASSERT_EQUAL(run_on(&r, 3), QUERY_STEP_DONE);
    CU_ASSERT_EQUAL(r.b.fake.n_seen, 7);
    query_close(r.q);
    r.q = NULL;
    CU_ASSERT_EQUAL(bench_count(&r.b, "StopQueryExecution"), 0);
    run_end(&r);
}

static void the_request_holds_what_was_given_and_nothing_empty(void)
{
    static const struct fake_step steps[] = { STARTED };
    struct bench b;
    struct execution *e = NULL;
    struct query *q = NULL;
    struct fault f = { 0 };
    struct span parameters[] = { SPAN("'it''s'"), SPAN("1") };
    struct query_request request = { .sql = SPAN("SELECT \"a\" WHERE b = ?"),
                                     .catalog = SPAN("c"),
                                     .database = SPAN("d"),
                                     .workgroup = SPAN("w"),
                                     .output_location = SPAN("s3://b/"),
                                     .parameters = parameters,
                                     .n_parameters = 2,
                                     .encryption = SPAN("SSE_KMS"),
                                     .kms_key = SPAN("k"),
                                     .expected_owner = SPAN("444455556666"),
                                     .acl = SPAN("BUCKET_OWNER_FULL_CONTROL"),
                                     .reuse = true,
                                     .reuse_minutes = 5 };
    bench_start(&b, steps, 1);
    b.fake.repeat_last = true;
    struct query_settings settings = { .client = b.client, .clock = &b.clock.base };
    CU_ASSERT_FATAL(execution_new(&e, &f));
    CU_ASSERT_FATAL(query_start(&settings, &request, e, &q, &f));
    const char *body = strstr(fake_seen(&b.fake, 0), "\n\n");
    CU_ASSERT(strlen(e->token) == 36 && strstr(body, e->token) != NULL);
    CU_ASSERT(
        strstr(body,
               "{\"QueryString\":\"SELECT \\\"a\\\" WHERE b = ?\",\"ClientRequestToken\":\"") !=
        NULL);
    CU_ASSERT(strstr(body, "\"QueryExecutionContext\":{\"Database\":\"d\",\"Catalog\":\"c\"},"
                           "\"ResultConfiguration\":{\"OutputLocation\":\"s3://b/\","
                           "\"EncryptionConfiguration\":{\"EncryptionOption\":\"SSE_KMS\","
                           "\"KmsKey\":\"k\"},\"ExpectedBucketOwner\":\"444455556666\","
                           "\"AclConfiguration\":{\"S3AclOption\":\"BUCKET_OWNER_FULL_CONTROL\"}},"
                           "\"WorkGroup\":\"w\",\"ExecutionParameters\":[\"'it''s'\",\"1\"],"
                           "\"ResultReuseConfiguration\":{\"ResultReuseByAgeConfiguration\":{"
                           "\"Enabled\":true,\"MaxAgeInMinutes\":5}}}") != NULL);
    char first_token[40];
    memcpy(first_token, e->token, sizeof(first_token));
    struct query *second = NULL;
    struct query_request plain = { .sql = SPAN("SELECT 1") };
    CU_ASSERT_FATAL(query_start(&settings, &plain, e, &second, &f));
    CU_ASSERT_STRING_NOT_EQUAL(first_token, e->token);
    body = strstr(fake_seen(&b.fake, 1), "\n\n");
    CU_ASSERT(strstr(body, "Context") == NULL && strstr(body, "Result") == NULL &&
              strstr(body, "WorkGroup") == NULL && strstr(body, "Parameters") == NULL);
    b.fake.steps[0] = (struct fake_step)STATE("CANCELLED");
    b.fake.steps[0].expect = NULL;
    b.fake.n_steps = 1;
    query_close(q);
    query_close(second);
    execution_drop(e);
    bench_stop(&b);
}

static void what_the_service_would_refuse_for_its_size_is_not_sent(void)
{
    struct bench b;
    struct execution *e = NULL;
    struct query *q = NULL;
    struct fault f = { 0 };
    char *long_sql = malloc(262145), long_literal[1025];

    memset(long_sql, 'x', 262145);
    memset(long_literal, '1', sizeof(long_literal));
    bench_start(&b, NULL, 0);
    struct query_settings settings = { .client = b.client, .clock = &b.clock.base };
    struct span parameter = { long_literal, sizeof(long_literal) };
    struct query_request requests[] = {
        { .sql = { long_sql, 262145 } },
        { .sql = SPAN("SELECT ?"), .parameters = &parameter, .n_parameters = 1 },
        { .sql = SPAN("") }
    };
    CU_ASSERT_FATAL(execution_new(&e, &f));
    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT_FALSE(query_start(&settings, &requests[i], e, &q, &f));
        CU_ASSERT_EQUAL(f.kind, i < 2 ? FAULT_CEILING : FAULT_SYNTAX);
    }
    CU_ASSERT_EQUAL(b.fake.n_seen, 0);
    CU_ASSERT_EQUAL(e->references, 1);
    execution_drop(e);
    bench_stop(&b);
    free(long_sql);
}

static void refused_starts_say_why(void)
{
    static const struct {
        const char *body;
        enum fault_kind kind;
        unsigned line, column;
    } cases[] = {
        { "{\"__type\":\"InvalidRequestException\",\"AthenaErrorCode\":\"MALFORMED_QUERY\","
          "\"Message\":\"line 3:17: mismatched input 'x'\"}",
          FAULT_SYNTAX, 3, 17 },
        { "{\"__type\":\"InvalidRequestException\",\"AthenaErrorCode\":\"MALFORMED_QUERY\","
          "\"Message\":\"Queries of this type are not supported\"}",
          FAULT_UNSUPPORTED, 0, 0 },
        { "{\"__type\":\"InvalidRequestException\",\"AthenaErrorCode\":\"INVALID_INPUT\","
          "\"Message\":\"Entity Not Found (Service: AmazonDataCatalog)\"}",
          FAULT_NO_TABLE, 0, 0 },
        { "{\"__type\":\"InvalidRequestException\",\"AthenaErrorCode\":\"INVALID_INPUT\","
          "\"Message\":\"WorkGroup is not found.\"}",
          FAULT_NOT_FOUND, 0, 0 },
        { "{\"__type\":\"InvalidRequestException\",\"AthenaErrorCode\":\"INVALID_INPUT\","
          "\"Message\":\"No output location provided. Set one\"}",
          FAULT_SETTING, 0, 0 },
        { "{\"__type\":\"InvalidRequestException\",\"AthenaErrorCode\":\"DATACATALOG_NOT_FOUND\","
          "\"Message\":\"Catalog 'x' does not exist\"}",
          FAULT_NOT_FOUND, 0, 0 },
        { "{\"__type\":\"AccessDeniedException\",\"Message\":\"User: u is not authorized to "
          "perform: athena:StartQueryExecution on resource: r\"}",
          FAULT_DENIED, 0, 0 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fake_step steps[] = { { 400, cases[i].body, NULL, NULL, 0 } };
        struct run r;
        CU_ASSERT_FALSE(run_start(&r, steps, 1, (struct query_settings){ 0 }));
        CU_ASSERT_EQUAL(r.f.kind, cases[i].kind);
        CU_ASSERT_EQUAL(r.f.line, cases[i].line);
        CU_ASSERT_EQUAL(r.f.column, cases[i].column);
        CU_ASSERT_EQUAL(r.b.fake.n_seen, 1);
        run_end(&r);
    }
}

static void polling_grows_by_a_factor_when_one_is_set(void)
{
    static const struct fake_step steps[] = { STARTED, STATE("RUNNING"), STATE("RUNNING"),
                                              STATE("RUNNING"), STATE("SUCCEEDED") };
    struct run r;
    int64_t pauses[3] = { 0 };

    CU_ASSERT_FATAL(run_start(&r, steps, 5,
                              (struct query_settings){ .first_poll_ms = 100,
                                                       .poll_growth_percent = 300,
                                                       .poll_max_ms = 5000 }));
    for (unsigned i = 0; i < 3; i++) {
        int64_t wait_ms = 0;
        fake_clock_move(&r.b.clock, 10000);
        CU_ASSERT_EQUAL(query_step(r.q, &wait_ms, &r.f), QUERY_STEP_WAIT);
        pauses[i] = wait_ms;
    }
    CU_ASSERT(pauses[0] >= 240 && pauses[0] <= 360);
    CU_ASSERT(pauses[1] >= 720 && pauses[1] <= 1080);
    CU_ASSERT(pauses[2] >= 2160 && pauses[2] <= 3240);
    CU_ASSERT_EQUAL(run_on(&r, 3), QUERY_STEP_DONE);
    run_end(&r);
}

static void polling_grows_with_the_time_elapsed(void)
{
    static const struct fake_step steps[] = { STARTED, STATE("RUNNING") };
    struct run r;
    int64_t wait = 0;

    CU_ASSERT_FATAL(run_start(&r, steps, 2, (struct query_settings){ 0 }));
    r.b.fake.repeat_last = true;
    CU_ASSERT_EQUAL(query_step(r.q, &wait, &r.f), QUERY_STEP_WAIT);
    CU_ASSERT_EQUAL(wait, 50);
    CU_ASSERT_EQUAL(r.b.fake.n_seen, 1); /* too early to look */
    int64_t from = r.b.clock.steady_ms;
    for (int i = 0; i < 200; i++) {
        fake_clock_move(&r.b.clock, wait);
        unsigned seen = r.b.fake.n_seen;
        CU_ASSERT_EQUAL(query_step(r.q, &wait, &r.f), QUERY_STEP_WAIT);
        CU_ASSERT_EQUAL(r.b.fake.n_seen, seen + 1);
        int64_t elapsed = r.b.clock.steady_ms - from, want = elapsed / 20;
        want = want < 50 ? 50 : want > 2000 ? 2000 : want;
        CU_ASSERT(wait >= want * 4 / 5 - 1 && wait <= want * 6 / 5 + 1);
    }
    r.b.fake.steps[1] = (struct fake_step)STATE("CANCELLED");
    r.b.fake.steps[1].expect = NULL;
    run_end(&r);
}

static void throttling_slows_and_gaps_are_bridged(void)
{
    static const struct fake_step steps[] = {
        STARTED,
        { 400, "{\"__type\":\"ThrottlingException\",\"message\":\"Rate exceeded\"}" },
        { 400, "{\"__type\":\"ThrottlingException\"}" },
        { 400, "{\"__type\":\"ThrottlingException\"}" },
        STATE("RUNNING"),
        { 0, NULL, HTTP_FAILED_BROKEN },
        { 503 },
        { 0, NULL, HTTP_FAILED_READ },
        { 500 },
        STATE("RUNNING"),
        { 0, NULL, HTTP_FAILED_BROKEN },
        { 200, succeeded },
    };
    struct run r;
    int64_t wait = 0;

    CU_ASSERT_FATAL(run_start(&r, steps, 12, (struct query_settings){ 0 }));
    fake_clock_move(&r.b.clock, 100);
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(query_step(r.q, &wait, &r.f), QUERY_STEP_WAIT);
        CU_ASSERT(wait >= 40 << (i + 1)); /* 50 ms, a fifth less, twice as long each time */
        fake_clock_move(&r.b.clock, wait);
    }
    CU_ASSERT_EQUAL(run_on(&r, 100), QUERY_STEP_DONE);
    run_end(&r);
}

static void too_many_gaps_end_the_query(void)
{
    static const struct fake_step steps[] = { STARTED, { 503 }, { 503 }, { 503 },
                                              { 503 }, { 503 }, STOPPED, STATE("CANCELLED") };
    struct run r;

    CU_ASSERT_FATAL(run_start(&r, steps, 8, (struct query_settings){ 0 }));
    CU_ASSERT_EQUAL(run_on(&r, 100), QUERY_STEP_FAULT);
    CU_ASSERT_EQUAL(r.f.kind, FAULT_SERVICE);
    CU_ASSERT_STRING_EQUAL(r.f.query_id, "q-1");
    CU_ASSERT_EQUAL(r.b.fake.n_seen, 8);
    run_end(&r);
}

static void an_answer_without_a_state_ends_the_query(void)
{
    static const struct fake_step steps[] = { STARTED, { 200, "{}" }, STOPPED, STATE("CANCELLED") };
    struct run r;

    CU_ASSERT_FATAL(run_start(&r, steps, 4, (struct query_settings){ 0 }));
    CU_ASSERT_EQUAL(run_on(&r, 100), QUERY_STEP_FAULT);
    CU_ASSERT_EQUAL(r.f.kind, FAULT_PROTOCOL);
    CU_ASSERT_EQUAL(r.b.fake.n_seen, 4);
    run_end(&r);
}

static void a_full_account_is_waited_for(void)
{
    static const struct fake_step steps[] = { LIMIT, LIMIT, STARTED, { 200, succeeded } };
    struct run r;

    CU_ASSERT_FATAL(
        run_start(&r, steps, 4, (struct query_settings){ .deadline_steady_ms = 60000 }));
    CU_ASSERT_FALSE(r.e->is_started);
    CU_ASSERT_EQUAL(run_on(&r, 100), QUERY_STEP_DONE);
    CU_ASSERT_EQUAL(bench_count(&r.b, "StartQueryExecution"), 3);
    run_end(&r);
}

static void a_full_account_is_waited_for_only_to_the_deadline(void)
{
    static const struct fake_step steps[] = { LIMIT };
    struct run r;

    CU_ASSERT_FATAL(run_start(&r, steps, 1, (struct query_settings){ .deadline_steady_ms = 5000 }));
    r.b.fake.repeat_last = true;
    CU_ASSERT_EQUAL(run_on(&r, 100), QUERY_STEP_FAULT);
    CU_ASSERT(r.f.kind == FAULT_THROTTLED || r.f.kind == FAULT_TIMEOUT);
    CU_ASSERT_EQUAL(bench_count(&r.b, "StopQueryExecution"), 0);
    run_end(&r);
}

static void a_wait_for_a_full_account_that_is_given_up_says_what_it_waited_for(void)
{
    static const struct fake_step steps[] = { LIMIT };
    struct run r;
    int64_t wait = 0;

    for (unsigned cancelled = 0; cancelled < 2; cancelled++) {
        CU_ASSERT_FATAL(
            run_start(&r, steps, 1, (struct query_settings){ .deadline_steady_ms = 60000 }));
        r.b.fake.repeat_last = true;
        CU_ASSERT_EQUAL(query_step(r.q, &wait, &r.f), QUERY_STEP_WAIT);
        if (cancelled != 0) {
            wake_raise(&r.e->cancel);
        } else {
            fake_clock_move(&r.b.clock, 60000);
        }
        CU_ASSERT_EQUAL(query_step(r.q, &wait, &r.f), QUERY_STEP_FAULT);
        CU_ASSERT_EQUAL(r.f.kind, cancelled != 0 ? FAULT_CANCELLED : FAULT_TIMEOUT);
        CU_ASSERT(strstr(r.f.text, "started") != NULL && strstr(r.f.text, "Query  ") == NULL);
        CU_ASSERT_EQUAL_FATAL(r.f.n_notes, 1);
        CU_ASSERT(strstr(r.f.notes[0], "limit") != NULL);
        CU_ASSERT_EQUAL(bench_count(&r.b, "StopQueryExecution"), 0);
        run_end(&r);
    }
}

static void looks_that_are_throttled_for_ever_never_end_the_query(void)
{
    static const struct fake_step steps[] = { STARTED,
                                              { 400, "{\"__type\":\"ThrottlingException\"}" } };
    struct run r;
    int64_t wait = 0, longest = 0;

    CU_ASSERT_FATAL(run_start(&r, steps, 2, (struct query_settings){ 0 }));
    r.b.fake.repeat_last = true;
    for (unsigned i = 0; i < 400; i++) {
        CU_ASSERT_EQUAL_FATAL(query_step(r.q, &wait, &r.f), QUERY_STEP_WAIT);
        longest = wait > longest ? wait : longest;
        fake_clock_move(&r.b.clock, wait);
    }
    CU_ASSERT(longest > 20000 && longest <= 16 * 2000 * 6 / 5);
    r.b.fake.steps[1] = (struct fake_step){ 200, succeeded };
    CU_ASSERT_EQUAL(run_on(&r, 4), QUERY_STEP_DONE);
    run_end(&r);
}

static void a_deadline_stops_the_query_and_confirms_it(void)
{
    static const struct fake_step steps[] = { STARTED, STATE("RUNNING"), STOPPED, STATE("RUNNING"),
                                              STATE("CANCELLED") };
    struct run r;
    int64_t wait = 0;

    CU_ASSERT_FATAL(run_start(&r, steps, 5, (struct query_settings){ .deadline_steady_ms = 1000 }));
    fake_clock_move(&r.b.clock, 100);
    CU_ASSERT_EQUAL(query_step(r.q, &wait, &r.f), QUERY_STEP_WAIT);
    fake_clock_move(&r.b.clock, 1000);
    CU_ASSERT_EQUAL(query_step(r.q, &wait, &r.f), QUERY_STEP_FAULT);
    CU_ASSERT_EQUAL(r.f.kind, FAULT_TIMEOUT);
    CU_ASSERT_EQUAL(r.f.n_notes, 0);
    CU_ASSERT_EQUAL(r.e->state, QUERY_CANCELLED);
    CU_ASSERT_EQUAL(r.b.fake.n_seen, 5);
    run_end(&r);
}

/* Rows may have been written: whoever hears of a failure writes them again. */
static void a_query_that_succeeded_before_the_stop_took_hold_has_succeeded(void)
{
    static const struct fake_step steps[] = { STARTED, STATE("RUNNING"), STOPPED,
                                              { 200, succeeded } };

    for (unsigned cancelled = 0; cancelled < 2; cancelled++) {
        struct run r;
        int64_t wait = 0;
        CU_ASSERT_FATAL(run_start(
            &r, steps, 4, (struct query_settings){ .deadline_steady_ms = cancelled ? 0 : 1000 }));
        fake_clock_move(&r.b.clock, 100);
        CU_ASSERT_EQUAL(query_step(r.q, &wait, &r.f), QUERY_STEP_WAIT);
        fake_clock_move(&r.b.clock, 1000);
        if (cancelled != 0) {
            wake_raise(&r.e->cancel);
        }
        CU_ASSERT_EQUAL(query_step(r.q, &wait, &r.f), QUERY_STEP_DONE);
        CU_ASSERT_EQUAL(r.e->state, QUERY_SUCCEEDED);
        CU_ASSERT_EQUAL(r.e->scanned_bytes, 1234);
        CU_ASSERT_STRING_EQUAL(r.e->output_location, "s3://b/k/q-1.csv");
        CU_ASSERT_EQUAL(query_step(r.q, &wait, &r.f), QUERY_STEP_DONE);
        CU_ASSERT_EQUAL(r.b.fake.n_seen, 4);
        run_end(&r);
    }
}

static void a_cancel_stops_the_query_once_and_confirms_it(void)
{
    static const struct fake_step steps[] = { STARTED, STOPPED, STATE("CANCELLED") };
    struct run r;
    int64_t wait = 0;

    CU_ASSERT_FATAL(run_start(&r, steps, 3, (struct query_settings){ 0 }));
    execution_cancel(r.e, r.b.client);
    CU_ASSERT_EQUAL(r.b.fake.n_seen, 2);
    execution_cancel(r.e, r.b.client);
    CU_ASSERT_EQUAL(r.b.fake.n_seen, 2);
    CU_ASSERT_EQUAL(query_step(r.q, &wait, &r.f), QUERY_STEP_FAULT);
    CU_ASSERT_EQUAL(r.f.kind, FAULT_CANCELLED);
    CU_ASSERT_STRING_EQUAL(r.f.query_id, "q-1");
    CU_ASSERT_EQUAL(bench_count(&r.b, "StopQueryExecution"), 1);
    execution_cancel(r.e, r.b.client); /* finished: nothing is sent */
    CU_ASSERT_EQUAL(r.b.fake.n_seen, 3);
    run_end(&r);
}

static void a_stop_that_is_not_confirmed_is_said(void)
{
    static const struct fake_step steps[] = {
        STARTED,
        STOPPED,
        { 200, "{\"QueryExecution\":{\"Status\":{\"State\":\"RUNNING\"}}}", NULL, NULL, 3000 }
    };
    struct run r;
    int64_t wait = 0;

    CU_ASSERT_FATAL(run_start(&r, steps, 3, (struct query_settings){ 0 }));
    r.b.fake.repeat_last = true;
    wake_raise(&r.e->cancel);
    CU_ASSERT_EQUAL(query_step(r.q, &wait, &r.f), QUERY_STEP_FAULT);
    CU_ASSERT_EQUAL(r.f.kind, FAULT_CANCELLED);
    CU_ASSERT_EQUAL(r.f.n_notes, 1);
    CU_ASSERT(r.b.fake.n_seen < 10);
    run_end(&r);
}

static void raise_cancel(struct fake_http *h, const struct http_request *q)
{
    (void)q;
    if (h->n_seen == 1) {
        wake_raise(h->context);
    } else {
        CU_ASSERT(q->cancel == NULL);
    }
}

static void a_lost_start_is_learnt_by_its_token_and_stopped(void)
{
    static const struct fake_step steps[] = {
        { 0, NULL, HTTP_FAILED_READ }, STARTED, STOPPED, STATE("CANCELLED")
    };
    struct bench b;
    struct execution *e = NULL;
    struct query *q = NULL;
    struct fault f = { 0 };
    struct query_request request = { .sql = SPAN("SELECT 1") };

    bench_start(&b, steps, 4);
    struct query_settings settings = { .client = b.client, .clock = &b.clock.base };
    CU_ASSERT_FATAL(execution_new(&e, &f));
    b.fake.on_send = raise_cancel;
    b.fake.context = &e->cancel;
    CU_ASSERT_FALSE(query_start(&settings, &request, e, &q, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_CANCELLED);
    CU_ASSERT_STRING_EQUAL(f.query_id, "q-1");
    CU_ASSERT_EQUAL(b.fake.n_seen, 4);
    CU_ASSERT(strstr(fake_seen(&b.fake, 1), e->token) != NULL);
    CU_ASSERT_STRING_EQUAL(fake_seen(&b.fake, 0), fake_seen(&b.fake, 1));
    execution_drop(e);
    bench_stop(&b);
}

#define SPOILT(status, body) { status, body, NULL, "AmazonAthena.StartQueryExecution" }

/* The service has done what it was asked, and the answer does not say so. */
static void a_start_with_a_spoilt_answer_is_learnt_by_its_token_and_stopped(void)
{
    static const struct {
        int status;
        const char *body;
        enum fault_kind kind;
    } cases[] = {
        { 200, "{}", FAULT_PROTOCOL },
        { 200, "{\"QueryExec", FAULT_PROTOCOL },
        { 200, "", FAULT_PROTOCOL },
        { 500, "{\"__type\":\"InternalServerException\"}", FAULT_SERVICE },
        { 502, "<html>", FAULT_SERVICE },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct fake_step steps[] = { SPOILT(cases[i].status, cases[i].body), STARTED, STOPPED,
                                           STATE("CANCELLED") };
        struct run r;
        CU_ASSERT_FALSE(run_start(&r, steps, 4, (struct query_settings){ 0 }));
        CU_ASSERT_EQUAL(r.f.kind, cases[i].kind);
        CU_ASSERT_STRING_EQUAL(r.f.query_id, "q-1");
        CU_ASSERT_EQUAL(r.f.n_notes, 0);
        CU_ASSERT_EQUAL(r.b.fake.n_seen, 4);
        CU_ASSERT_STRING_EQUAL(fake_seen(&r.b.fake, 0), fake_seen(&r.b.fake, 1));
        run_end(&r);
    }
}

static void a_start_with_a_spoilt_answer_that_succeeded_has_succeeded(void)
{
    static const struct fake_step steps[] = { SPOILT(200, "{}"), STARTED, STOPPED,
                                              { 200, succeeded } };
    struct run r;

    CU_ASSERT_FATAL(run_start(&r, steps, 4, (struct query_settings){ 0 }));
    CU_ASSERT_EQUAL(run_on(&r, 5), QUERY_STEP_DONE);
    CU_ASSERT_EQUAL(r.e->scanned_bytes, 1234);
    CU_ASSERT_EQUAL(r.b.fake.n_seen, 4);
    run_end(&r);
}

static void what_may_still_run_is_said(void)
{
    static const struct fake_step unlearnt[] = { SPOILT(200, "{}"), SPOILT(503, "") };
    static const struct fake_step unstopped[] = {
        SPOILT(200, "{}"), STARTED,
        { 400, "{\"__type\":\"AccessDeniedException\",\"Message\":\"User: u is not authorized to "
               "perform: athena:StopQueryExecution on resource: r\"}", NULL, NULL, 3000 }
    };
    struct run r;

    CU_ASSERT_FALSE(run_start(&r, unlearnt, 2, (struct query_settings){ 0 }));
    CU_ASSERT_EQUAL(r.f.kind, FAULT_PROTOCOL);
    CU_ASSERT_EQUAL_FATAL(r.f.n_notes, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.f.notes[0], "it may run"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.f.notes[0], r.e->token));
    run_end(&r);
    memset(&r, 0, sizeof(r));
    /* run_start knows no script whose last answer is repeated */
    struct fake_step again[12];
    for (unsigned i = 0; i < 12; i++) {
        again[i] = unstopped[i < 2 ? i : 2];
    }
    CU_ASSERT_FALSE(run_start(&r, again, 12, (struct query_settings){ 0 }));
    CU_ASSERT_EQUAL_FATAL(r.f.n_notes, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.f.notes[0], "may still run"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.f.notes[0], "athena:StopQueryExecution"));
    run_end(&r);
}

static void a_start_past_its_deadline_sends_nothing(void)
{
    struct run r;

    CU_ASSERT_FALSE(run_start(&r, NULL, 0, (struct query_settings){ .deadline_steady_ms = -1 }));
    CU_ASSERT_EQUAL(r.f.kind, FAULT_TIMEOUT);
    CU_ASSERT_EQUAL(r.b.fake.n_seen, 0);
    run_end(&r);
}

#define THROTTLED \
    { \
        400, "{\"__type\":\"ThrottlingException\",\"Message\":\"m\"}", \
            "x-amz-retry-after: 1500", "AmazonAthena.StartQueryExecution" \
    }

static const struct {
    struct fake_step steps[6];
    unsigned n_steps;
    int64_t deadline_ms; /* 0: cancelled while waiting for the next attempt */
    const char *id;
} unanswered[] = {
    { { THROTTLED }, 1, 0, "" },
    { { THROTTLED }, 1, 1000, "" },
    { { { 0, NULL, HTTP_FAILED_CONNECT, NULL, 2000 } }, 1, 1000, "" },
    { { { 0, NULL, HTTP_FAILED_READ }, THROTTLED, STARTED, STOPPED, STATE("CANCELLED") },
      5,
      0,
      "q-1" },
    { { { 0, NULL, HTTP_FAILED_READ }, THROTTLED, STARTED, STOPPED, STATE("CANCELLED") },
      5,
      1000,
      "q-1" },
    /* The account is full, which is waited for: the start before may have gone through. */
    { { { 0, NULL, HTTP_FAILED_BROKEN }, LIMIT, STARTED, STOPPED, STATE("CANCELLED") },
      5,
      0,
      "q-1" },
};

static void raise_soon(void *context)
{
    struct wake nobody;

    wake_init(&nobody);
    wake_wait(&nobody, 300);
    wake_done(&nobody);
    wake_raise(context);
}

/* A start refused for its rate was not made: asking again would make it, and it would be paid. */
static void only_a_start_that_went_out_is_asked_for_again(void)
{
    for (size_t i = 0; i < sizeof(unanswered) / sizeof(unanswered[0]); i++) {
        struct query_request request = { .sql = SPAN("INSERT INTO t VALUES (1)") };
        struct aws_client *client = NULL;
        struct execution *e = NULL;
        struct worker worker = { 0 };
        struct query *q = NULL;
        struct fault f = { 0 };
        struct bench b;

        bench_start(&b, unanswered[i].steps, unanswered[i].n_steps);
        struct aws_client_settings s = { .service = AWS_ATHENA,
                                         .region = SPAN("eu-west-1"),
                                         .transport = &b.fake.base,
                                         .clock = &b.clock.base,
                                         .hop = HOP_SERVICE };
        CU_ASSERT_FATAL(aws_client_new(&s, &client, &f));
        struct query_settings settings = { .client = client, .clock = &b.clock.base };
        CU_ASSERT_FATAL(execution_new(&e, &f));
        if (unanswered[i].deadline_ms != 0) {
            settings.deadline_steady_ms = b.clock.steady_ms + unanswered[i].deadline_ms;
        } else {
            CU_ASSERT_FATAL(worker_start(&worker, raise_soon, &e->cancel, &f));
        }
        bool ok = query_start(&settings, &request, e, &q, &f) && query_wait(q, &f);
        CU_ASSERT_FALSE(ok);
        CU_ASSERT(f.kind == FAULT_CANCELLED || f.kind == FAULT_TIMEOUT);
        CU_ASSERT_STRING_EQUAL(f.query_id, unanswered[i].id);
        CU_ASSERT_EQUAL(b.fake.n_seen, unanswered[i].n_steps);
        worker_join(&worker);
        query_close(q);
        execution_drop(e);
        aws_client_free(client);
        bench_stop(&b);
    }
}

static void a_stop_without_effect_is_repeated(void)
{
    static const struct fake_step steps[] = {
        STARTED,          STOPPED,          STATE("RUNNING"), STATE("RUNNING"),
        STATE("RUNNING"), STATE("RUNNING"), STOPPED,          STATE("CANCELLED"),
    };
    struct run r;

    CU_ASSERT_FATAL(run_start(&r, steps, 8, (struct query_settings){ 0 }));
    query_close(r.q);
    r.q = NULL;
    CU_ASSERT_EQUAL(bench_count(&r.b, "StopQueryExecution"), 2);
    CU_ASSERT_EQUAL(r.b.fake.n_seen, 8);
    run_end(&r);
}

static void credentials_that_come_too_late_start_nothing(void)
{
    struct bench b;
    struct fake_source source;
    struct aws_client *client = NULL;
    struct execution *e = NULL;
    struct query *q = NULL;
    struct fault f = { 0 };
    struct query_request request = { .sql = SPAN("SELECT 1") };

    bench_start(&b, NULL, 0);
    fake_source_init(&source);
    source.fails = FAULT_TIMEOUT;
    struct aws_client_settings s = { .service = AWS_ATHENA,
                                     .region = SPAN("eu-west-1"),
                                     .transport = &b.fake.base,
                                     .source = &source.base,
                                     .clock = &b.clock.base,
                                     .hop = HOP_SERVICE };
    CU_ASSERT_FATAL(aws_client_new(&s, &client, &f));
    struct query_settings settings = { .client = client, .clock = &b.clock.base };
    CU_ASSERT_FATAL(execution_new(&e, &f));
    CU_ASSERT_FALSE(query_start(&settings, &request, e, &q, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_TIMEOUT);
    CU_ASSERT_EQUAL(source.n_gets, 1);
    execution_drop(e);
    aws_client_free(client);
    bench_stop(&b);
}

static void a_cancel_before_the_start_sends_nothing(void)
{
    struct bench b;
    struct execution *e = NULL;
    struct query *q = NULL;
    struct fault f = { 0 };
    struct query_request request = { .sql = SPAN("SELECT 1") };

    bench_start(&b, NULL, 0);
    struct query_settings settings = { .client = b.client, .clock = &b.clock.base };
    CU_ASSERT_FATAL(execution_new(&e, &f));
    execution_cancel(e, b.client);
    CU_ASSERT_FALSE(query_start(&settings, &request, e, &q, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_CANCELLED);
    CU_ASSERT_EQUAL(b.fake.n_seen, 0);
    execution_drop(e);
    bench_stop(&b);
}

static void closing_stops_what_runs(void)
{
    static const struct fake_step steps[] = { STARTED, STOPPED, STATE("CANCELLED") };
    struct run r;

    CU_ASSERT_FATAL(run_start(&r, steps, 3, (struct query_settings){ 0 }));
    query_close(r.q);
    CU_ASSERT_EQUAL(r.b.fake.n_seen, 3);
    r.q = NULL;
    run_end(&r);
}

static void a_query_that_scans_too_much_is_stopped(void)
{
    static const struct fake_step steps[] = {
        STARTED,
        { 200, "{\"QueryExecution\":{\"Status\":{\"State\":\"RUNNING\"},\"Statistics\":{"
               "\"DataScannedInBytes\":2001}}}" },
        STOPPED,
        STATE("CANCELLED"),
    };
    struct run r;

    CU_ASSERT_FATAL(run_start(&r, steps, 4, (struct query_settings){ .scanned_bytes_max = 2000 }));
    CU_ASSERT_EQUAL(run_on(&r, 10), QUERY_STEP_FAULT);
    CU_ASSERT_EQUAL(r.f.kind, FAULT_QUERY);
    CU_ASSERT(strstr(r.f.text, "MaxBytesScanned=2000") != NULL);
    run_end(&r);
}

static void a_query_that_ended_above_its_limit_is_told(void)
{
    static const struct fake_step steps[] = { STARTED, { 200, succeeded } };

    for (int64_t most = 1233; most <= 1234; most++) {
        struct notices told = { 0 };
        struct run r;
        CU_ASSERT_FATAL(run_start(&r, steps, 2, (struct query_settings){ .scanned_bytes_max = most,
                                                                         .notices = &told }));
        CU_ASSERT_EQUAL(run_on(&r, 10), QUERY_STEP_DONE);
        CU_ASSERT_EQUAL_FATAL(told.n, most == 1233);
        if (told.n > 0) {
            CU_ASSERT_EQUAL(told.at[0].kind, FAULT_WARNING);
            CU_ASSERT_PTR_NOT_NULL(strstr(told.at[0].text, "1234 bytes"));
            CU_ASSERT_PTR_NOT_NULL(strstr(told.at[0].text, "MaxBytesScanned=1233"));
        }
        run_end(&r);
    }
}

static int64_t ask_bucket(void *context, int64_t steady_ms)
{
    (void)steady_ms;
    unsigned *n = context;
    return (*n)++ < 3 ? 77 : 0;
}

static void the_shared_bucket_is_asked_before_each_look(void)
{
    static const struct fake_step steps[] = { STARTED, { 200, succeeded } };
    unsigned n = 0;
    struct poll_bucket_ops bucket = { ask_bucket, &n };
    struct run r;
    int64_t wait = 0;

    CU_ASSERT_FATAL(run_start(&r, steps, 2, (struct query_settings){ .bucket = &bucket }));
    fake_clock_move(&r.b.clock, 100);
    CU_ASSERT_EQUAL(query_step(r.q, &wait, &r.f), QUERY_STEP_WAIT);
    CU_ASSERT_EQUAL(wait, 77);
    fake_clock_move(&r.b.clock, 77);
    CU_ASSERT_EQUAL(run_on(&r, 10), QUERY_STEP_DONE);
    CU_ASSERT_EQUAL(n, 4);
    run_end(&r);
}

static void cancel_later(void *context)
{
    struct run *r = context;
    struct wake nobody;

    wake_init(&nobody);
    wake_wait(&nobody, 50);
    wake_done(&nobody);
    wake_raise(&r->e->cancel);
}

static void a_waiting_thread_is_woken_by_a_cancel(void)
{
    static const struct fake_step steps[] = { STARTED, STOPPED, STATE("CANCELLED") };
    struct run r;
    struct worker worker = { 0 };
    int64_t from = clock_system()->steady_ms(clock_system());

    CU_ASSERT_FATAL(run_start(&r, steps, 3, (struct query_settings){ .first_poll_ms = 60000 }));
    CU_ASSERT_FATAL(worker_start(&worker, cancel_later, &r, &r.f));
    CU_ASSERT_FALSE(query_wait(r.q, &r.f));
    CU_ASSERT_EQUAL(r.f.kind, FAULT_CANCELLED);
    CU_ASSERT(clock_system()->steady_ms(clock_system()) - from < 5000);
    worker_join(&worker);
    run_end(&r);
}

static const struct unit_test tests[] = {
    { "a query runs to its end and is described", a_query_runs_to_its_end_and_is_described },
    { "the request holds what was given and nothing empty",
      the_request_holds_what_was_given_and_nothing_empty },
    { "what the service would refuse for its size is not sent",
      what_the_service_would_refuse_for_its_size_is_not_sent },
    { "refused starts say why", refused_starts_say_why },
    { "polling grows with the time elapsed", polling_grows_with_the_time_elapsed },
    { "polling grows by a factor when one is set", polling_grows_by_a_factor_when_one_is_set },
    { "throttling slows and gaps are bridged", throttling_slows_and_gaps_are_bridged },
    { "too many gaps end the query", too_many_gaps_end_the_query },
    { "an answer without a state ends the query", an_answer_without_a_state_ends_the_query },
    { "a full account is waited for", a_full_account_is_waited_for },
    { "a full account is waited for only to the deadline",
      a_full_account_is_waited_for_only_to_the_deadline },
    { "a wait for a full account that is given up says what it waited for",
      a_wait_for_a_full_account_that_is_given_up_says_what_it_waited_for },
    { "looks that are throttled for ever never end the query",
      looks_that_are_throttled_for_ever_never_end_the_query },
    { "a deadline stops the query and confirms it", a_deadline_stops_the_query_and_confirms_it },
    { "a query that succeeded before the stop took hold has succeeded",
      a_query_that_succeeded_before_the_stop_took_hold_has_succeeded },
    { "a cancel stops the query once and confirms it",
      a_cancel_stops_the_query_once_and_confirms_it },
    { "a stop that is not confirmed is said", a_stop_that_is_not_confirmed_is_said },
    { "a lost start is learnt by its token and stopped",
      a_lost_start_is_learnt_by_its_token_and_stopped },
    { "a start with a spoilt answer is learnt by its token and stopped",
      a_start_with_a_spoilt_answer_is_learnt_by_its_token_and_stopped },
    { "a start with a spoilt answer that succeeded has succeeded",
      a_start_with_a_spoilt_answer_that_succeeded_has_succeeded },
    { "what may still run is said", what_may_still_run_is_said },
    { "a start past its deadline sends nothing", a_start_past_its_deadline_sends_nothing },
    { "only a start that went out is asked for again",
      only_a_start_that_went_out_is_asked_for_again },
    { "a stop without effect is repeated", a_stop_without_effect_is_repeated },
    { "credentials that come too late start nothing",
      credentials_that_come_too_late_start_nothing },
    { "a cancel before the start sends nothing", a_cancel_before_the_start_sends_nothing },
    { "closing stops what runs", closing_stops_what_runs },
    { "a query that scans too much is stopped", a_query_that_scans_too_much_is_stopped },
    { "a query that ended above its limit is told", a_query_that_ended_above_its_limit_is_told },
    { "the shared bucket is asked before each look", the_shared_bucket_is_asked_before_each_look },
    { "a waiting thread is woken by a cancel", a_waiting_thread_is_woken_by_a_cancel },
};

UNIT_MAIN("athena/query", tests)
