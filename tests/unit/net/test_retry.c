/* The standard retry mode: sequences typed from the 2026 numbers. */
#include "unit/fake_http.h"
#include "unit/unit.h"

#include "net/retry.h"

struct script {
    struct fake_http fake;
    struct http *retry;
    struct fake_clock clock;
    int64_t waits[32];
    unsigned n_waits;
    bool cancel_on_wait;
};

static double almost_one(void *context)
{
    (void)context;
    return 1.0; /* the upper bound of every delay */
}

static bool record_wait(void *context, const struct http_request *q, int64_t ms)
{
    struct script *s = context;
    (void)q;
    if (s->n_waits < 32) {
        s->waits[s->n_waits++] = ms;
    }
    fake_clock_move(&s->clock, ms);
    return s->cancel_on_wait;
}

static enum retry_verdict judge(const struct http_request *q, const struct http_response *r)
{
    (void)q;
    struct span body = buf_span(&r->body);
    if (span_equal(body, SPAN("throttle"))) {
        return RETRY_THROTTLING;
    }
    return span_equal(body, SPAN("now")) ? RETRY_NOW : retry_judge_status(r->status);
}

static void start(struct script *s, const struct fake_step *steps, size_t n, unsigned attempts,
                  unsigned spent)
{
    struct fault f;

    memset(s, 0, sizeof(*s));
    fake_init(&s->fake, steps, n);
    s->clock = fake_clock_at(0);
    struct retry_settings settings = { .attempts_max = attempts,
                                       .clock = &s->clock.base,
                                       .judge = judge,
                                       .random = almost_one,
                                       .wait = record_wait,
                                       .wait_context = s,
                                       .quota_spent = spent };
    CU_ASSERT_FATAL(retry_http_new(&s->fake.base, &settings, &s->retry, &f));
}

static bool go(struct script *s, struct http_request *q, int *status, unsigned *attempts,
               struct fault *f)
{
    struct http_response r = { 0 };
    q->action = SPAN("test:Call");
    q->method = SPAN("GET");
    bool ok = http_send(s->retry, q, &r, f);
    *status = r.status;
    *attempts = r.attempts;
    http_response_free(&r);
    return ok;
}

static void stop(struct script *s)
{
    http_close(s->retry);
    fake_done(&s->fake);
}

static const struct {
    const char *name;
    struct fake_step steps[11];
    unsigned n_steps, attempts_max, quota_spent;
    int64_t waits[10];
    unsigned n_waits;
    int status; /* 0 = fails */
    unsigned quota;
} cases[] = {
    { "503 twice", { { 503 }, { 503 }, { 200 } }, 3, 0, 0, { 50, 100 }, 2, 200, 486 },
    { "throttling", { { 400, "throttle" }, { 200 } }, 2, 0, 0, { 1000 }, 1, 200, 500 },
    { "denied", { { 403 } }, 1, 0, 0, { 0 }, 0, 403, 500 },
    { "429 without a code", { { 429 } }, 1, 0, 0, { 0 }, 0, 429, 500 },
    { "501", { { 501 } }, 1, 0, 0, { 0 }, 0, 501, 500 },
    { "network, then fine",
      { { 0, NULL, HTTP_FAILED_READ }, { 200 } },
      2,
      0,
      0,
      { 50 },
      1,
      200,
      500 },
    { "network for ever",
      { { 0, NULL, HTTP_FAILED_NAME },
        { 0, NULL, HTTP_FAILED_NAME },
        { 0, NULL, HTTP_FAILED_NAME } },
      3,
      0,
      0,
      { 50, 100 },
      2,
      0,
      472 },
    { "a refused certificate",
      { { 0, NULL, HTTP_FAILED_CERTIFICATE }, { 200 } },
      2,
      0,
      0,
      { 0 },
      0,
      0,
      500 },
    { "quota almost empty", { { 500 }, { 200 } }, 2, 0, 487, { 0 }, 0, 500, 13 },
    { "quota empty", { { 500 } }, 1, 0, 500, { 0 }, 0, 500, 0 },
    { "first attempt succeeds", { { 200 } }, 1, 0, 10, { 0 }, 0, 200, 491 },
    { "hint beyond backoff",
      { { 503, NULL, "x-amz-retry-after: 1500" }, { 200 } },
      2,
      0,
      0,
      { 1500 },
      1,
      200,
      500 },
    { "hint capped",
      { { 503, NULL, "x-amz-retry-after: 60000" }, { 200 } },
      2,
      0,
      0,
      { 5050 },
      1,
      200,
      500 },
    { "hint below backoff",
      { { 503, NULL, "x-amz-retry-after: 7" }, { 200 } },
      2,
      0,
      0,
      { 50 },
      1,
      200,
      500 },
    { "bad hint",
      { { 503, NULL, "x-amz-retry-after: -5" }, { 200 } },
      2,
      0,
      0,
      { 50 },
      1,
      200,
      500 },
    { "plain Retry-After is ignored",
      { { 503, NULL, "Retry-After: 7" }, { 200 } },
      2,
      0,
      0,
      { 50 },
      1,
      200,
      500 },
    { "now, once", { { 403, "now" }, { 403, "now" }, { 200 } }, 3, 0, 0, { 0 }, 0, 403, 486 },
    { "ten attempts",
      { { 502 }, { 502 }, { 502 }, { 502 }, { 502 }, { 502 }, { 502 }, { 502 }, { 502 }, { 502 } },
      10,
      10,
      0,
      { 50, 100, 200, 400, 800, 1600, 3200, 6400, 12800 },
      9,
      502,
      374 },
};

static void sequences_follow_the_standard(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct script s;
        struct http_request q = { 0 };
        struct fault f = { 0 };
        int status;
        unsigned attempts;

        start(&s, cases[i].steps, cases[i].n_steps, cases[i].attempts_max, cases[i].quota_spent);
        bool ok = go(&s, &q, &status, &attempts, &f);
        bool fits = ok == (cases[i].status != 0) && status == cases[i].status &&
                    s.n_waits == cases[i].n_waits &&
                    memcmp(s.waits, cases[i].waits, s.n_waits * sizeof(s.waits[0])) == 0 &&
                    retry_http_quota(s.retry) == cases[i].quota;
        if (!fits) {
            printf("    %s: ok %d status %d waits %u (first %lld) quota %u\n", cases[i].name, ok,
                   status, s.n_waits, (long long)s.waits[0], retry_http_quota(s.retry));
        }
        CU_ASSERT(fits);
        CU_ASSERT_EQUAL(attempts, s.fake.n_seen);
        CU_ASSERT(ok || f.kind == FAULT_NETWORK);
        stop(&s);
    }
}

static void a_deadline_ends_the_waiting(void)
{
    static const struct fake_step steps[] = { { 503, "{\"Reason\":\"FULL\"}" }, { 200 } };
    struct script s;
    struct fault f = { 0 };
    int status;
    unsigned attempts;

    start(&s, steps, 2, 3, 0);
    struct http_request q = { .deadline_steady_ms = s.clock.steady_ms + 50 };
    CU_ASSERT_FALSE(go(&s, &q, &status, &attempts, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_TIMEOUT);
    CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "HTTP 503 {\"Reason\":\"FULL\"}")); /* its own words */
    CU_ASSERT_EQUAL(s.fake.n_seen, 1);
    stop(&s);
}

static void a_cancel_ends_the_waiting(void)
{
    static const struct fake_step steps[] = { { 503 }, { 200 } };
    struct script s;
    struct http_request q = { 0 };
    struct fault f = { 0 };
    int status;
    unsigned attempts;

    start(&s, steps, 2, 3, 0);
    s.cancel_on_wait = true;
    CU_ASSERT_FALSE(go(&s, &q, &status, &attempts, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_CANCELLED);
    CU_ASSERT_EQUAL(s.fake.n_seen, 1);
    stop(&s);
}

static const struct {
    struct fake_step steps[3];
    unsigned n_seen;
    bool may_have_arrived;
} lost[] = {
    { { { 429, "throttle" } }, 1, false },
    { { { 0, NULL, HTTP_FAILED_CONNECT } }, 1, false },
    { { { 503 } }, 1, true },
    { { { 0, NULL, HTTP_FAILED_READ } }, 1, true },
    { { { 0, NULL, HTTP_FAILED_BROKEN }, { 429, "throttle" } }, 2, true },
    { { { 0, NULL, HTTP_FAILED_CONNECT }, { 429, "throttle" } }, 2, false },
};

/* Cancelled in the wait behind the last step. */
static bool cancel_at_the_end(void *context, const struct http_request *q, int64_t ms)
{
    struct script *s = context;
    (void)q;
    (void)ms;
    return s->fake.at == s->fake.n_steps;
}

static void a_lost_answer_is_not_forgotten(void)
{
    static const struct fake_step refused[] = { { 0, NULL, HTTP_FAILED_READ }, { 400 } };
    struct fault f = { 0 };
    int status;
    unsigned attempts;

    for (size_t i = 0; i < sizeof(lost) / sizeof(lost[0]); i++) {
        struct script s;
        struct http_request q = { 0 };
        start(&s, lost[i].steps, lost[i].n_seen, 3, 0);
        http_close(s.retry);
        struct retry_settings settings = { .judge = judge,
                                           .clock = &s.clock.base,
                                           .random = almost_one,
                                           .wait = cancel_at_the_end,
                                           .wait_context = &s };
        CU_ASSERT_FATAL(retry_http_new(&s.fake.base, &settings, &s.retry, &f));
        CU_ASSERT_FALSE(go(&s, &q, &status, &attempts, &f));
        CU_ASSERT_EQUAL(f.kind, FAULT_CANCELLED);
        CU_ASSERT_EQUAL(s.fake.n_seen, lost[i].n_seen);
        CU_ASSERT_EQUAL(f.may_have_arrived, lost[i].may_have_arrived);
        stop(&s);
    }
    struct script s;
    struct http_response r = { 0 };
    struct http_request q = { .action = SPAN("test:Call"), .method = SPAN("GET") };
    start(&s, refused, 2, 3, 0);
    CU_ASSERT(http_send(s.retry, &q, &r, &f));
    CU_ASSERT(r.status == 400 && r.may_have_arrived);
    http_response_free(&r);
    stop(&s);
}

static void one_attempt_may_be_demanded(void)
{
    static const struct fake_step steps[] = { { 503 }, { 200 } };
    struct script s;
    struct http_request q = { .attempts_max = 1 };
    struct fault f = { 0 };
    int status;
    unsigned attempts;

    start(&s, steps, 2, 3, 0);
    CU_ASSERT(go(&s, &q, &status, &attempts, &f));
    CU_ASSERT_EQUAL(status, 503);
    stop(&s);
}

static bool broken_sink(void *context, struct span bytes, struct fault *f)
{
    (void)context;
    (void)bytes;
    return fault_set(f, FAULT_NETWORK, "broke after some bytes");
}

static void what_went_to_a_sink_is_not_fetched_again(void)
{
    static const struct fake_step steps[] = { { 200, "abc" }, { 200, "abc" } };
    struct script s;
    struct http_request q = { .sink = broken_sink };
    struct fault f = { 0 };
    int status;
    unsigned attempts;

    start(&s, steps, 2, 3, 0);
    CU_ASSERT_FALSE(go(&s, &q, &status, &attempts, &f));
    CU_ASSERT_EQUAL(s.fake.n_seen, 1);
    stop(&s);
}

static unsigned n_foreign;

static bool fail_for_another(struct http *h, const struct http_request *q, struct http_response *r,
                             struct fault *f)
{
    (void)h;
    (void)q;
    (void)r;
    n_foreign++;
    fault_set(f, FAULT_NETWORK, "the credentials could not be fetched");
    f->hop = HOP_RUN_AS;
    return false;
}

/* What failed was the request for the credentials, and that has had its own attempts. */
static void a_failure_of_another_hop_is_not_repeated(void)
{
    static const struct http_ops ops = { fail_for_another, fake_close };
    struct http inner = { &ops }, *retry = NULL;
    struct http_request q = { .action = SPAN("test:Call") };
    struct http_response r = { 0 };
    struct fault f = { 0 };

    CU_ASSERT_FATAL(retry_http_new(&inner, &(struct retry_settings){ 0 }, &retry, &f));
    CU_ASSERT_FALSE(http_send(retry, &q, &r, &f));
    CU_ASSERT_EQUAL(n_foreign, 1);
    CU_ASSERT_EQUAL(f.hop, HOP_RUN_AS);
    http_response_free(&r);
    http_close(retry);
}

static void delays_are_bounded(void)
{
    CU_ASSERT_EQUAL(retry_delay_ms(RETRY_THROTTLING, 9, 1.0, NO_SPAN), 20000);
    CU_ASSERT_EQUAL(retry_delay_ms(RETRY_TRANSIENT, 1, 0.5, NO_SPAN), 25);
    CU_ASSERT_EQUAL(retry_delay_ms(RETRY_NOW, 3, 1.0, SPAN("900")), 0);
}

static const struct unit_test tests[] = {
    { "sequences follow the standard", sequences_follow_the_standard },
    { "a deadline ends the waiting", a_deadline_ends_the_waiting },
    { "a cancel ends the waiting", a_cancel_ends_the_waiting },
    { "a lost answer is not forgotten", a_lost_answer_is_not_forgotten },
    { "one attempt may be demanded", one_attempt_may_be_demanded },
    { "what went to a sink is not fetched again", what_went_to_a_sink_is_not_fetched_again },
    { "a failure of another hop is not repeated", a_failure_of_another_hop_is_not_repeated },
    { "delays are bounded", delays_are_bounded },
};

UNIT_MAIN("net/retry", tests)
