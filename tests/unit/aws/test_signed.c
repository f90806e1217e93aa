/* The signing filter: headers, clock, healing. */
#include "unit/aws/fake_source.h"
#include "unit/fake_http.h"
#include "unit/unit.h"

#include "aws/signed.h"

struct bench {
    struct fake_http fake;
    struct fake_source source;
    struct fake_clock clock;
    struct http *http;
};

static void start(struct bench *b, const struct fake_step *steps, size_t n, bool is_s3)
{
    struct fault f;

    memset(b, 0, sizeof(*b));
    fake_init(&b->fake, steps, n);
    fake_source_init(&b->source);
    b->clock = fake_clock_at(1767225600000); /* 2026-01-01T00:00:00Z */
    b->fake.clock = &b->clock;
    struct signed_settings s = { .inner = &b->fake.base,
                                 .source = &b->source.base,
                                 .region = SPAN("eu-west-1"),
                                 .service = is_s3 ? SPAN("s3") : SPAN("athena"),
                                 .is_s3 = is_s3,
                                 .clock = &b->clock.base };
    CU_ASSERT_FATAL(signed_http_new(&s, &b->http, &f));
}

static void stop(struct bench *b)
{
    CU_ASSERT_EQUAL(b->fake.n_unexpected, 0);
    http_close(b->http);
    fake_done(&b->fake);
}

static bool go(struct bench *b, int *status, struct fault *f)
{
    struct http_request q = { .method = SPAN("POST"),
                              .scheme = SPAN("http"),
                              .host = SPAN("127.0.0.1"),
                              .port = 4566,
                              .path = SPAN("/"),
                              .body = SPAN("{}"),
                              .action = SPAN("athena:X") };
    struct http_response r = { 0 };

    http_request_header(&q, "content-type", SPAN("application/x-amz-json-1.1"));
    http_request_header(&q, "x-amz-target", SPAN("AmazonAthena.X"));
    http_request_header(&q, "user-agent", SPAN("me"));
    bool ok = http_send(b->http, &q, &r, f);
    *status = r.status;
    http_response_free(&r);
    return ok;
}

static void requests_carry_date_token_and_signature(void)
{
    static const struct fake_step steps[] = {
        { 200, NULL, NULL,
          "authorization: AWS4-HMAC-SHA256 Credential=KEYA/20260101/eu-west-1/athena/aws4_request, "
          "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, "
          "Signature=" },
        { 200, NULL, NULL,
          "x-amz-date: 20260101T000000Z\nx-amz-security-token: TOKEN\nauthorization: " },
    };
    struct bench b;
    struct fault f = { 0 };
    int status;

    start(&b, steps, 2, false);
    CU_ASSERT(go(&b, &status, &f));
    CU_ASSERT(go(&b, &status, &f));
    CU_ASSERT(strstr(fake_seen(&b.fake, 0), "x-amz-content-sha256") == NULL);
    stop(&b);
    start(&b, steps + 1, 1, true);
    b.fake.steps[0].expect = NULL;
    CU_ASSERT(go(&b, &status, &f));
    CU_ASSERT(strstr(fake_seen(&b.fake, 0),
                     "x-amz-content-sha256: "
                     "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a") != NULL);
    stop(&b);
}

static void an_expired_token_is_healed_once(void)
{
    static const struct fake_step steps[] = {
        { 400, "{\"__type\":\"ExpiredTokenException\"}", NULL, "Credential=KEYA/" },
        { 200, "{}", NULL, "Credential=KEYB/" },
        { 403, "<ErrorResponse><Error><Code>ExpiredToken</Code></Error></ErrorResponse>", NULL,
          "Credential=KEYB/" },
        { 400, "{\"__type\":\"ExpiredTokenException\"}", NULL, "Credential=KEYC/" },
    };
    struct bench b;
    struct fault f = { 0 };
    int status;

    start(&b, steps, 4, false);
    CU_ASSERT(go(&b, &status, &f));
    CU_ASSERT_EQUAL(status, 200);
    CU_ASSERT_EQUAL(b.fake.n_seen, 2);
    CU_ASSERT(go(&b, &status, &f));
    CU_ASSERT_EQUAL(status, 400);
    CU_ASSERT_EQUAL(b.fake.n_seen, 4);
    stop(&b);
}

static void an_expired_token_with_nothing_newer_is_the_answer(void)
{
    static const struct fake_step steps[] = { { 400, "{\"__type\":\"ExpiredTokenException\"}" },
                                              { 400, "{\"__type\":\"ExpiredTokenException\"}" } };
    struct bench b;
    struct fault f = { 0 };
    int status;

    start(&b, steps, 2, false);
    b.source.has_one_key = true;
    CU_ASSERT(go(&b, &status, &f));
    CU_ASSERT_EQUAL(status, 400);
    CU_ASSERT_EQUAL(b.fake.n_seen, 1);
    CU_ASSERT_EQUAL(b.source.n_gets, 2);
    b.source.fails_when_rejected = true;
    CU_ASSERT_FALSE(go(&b, &status, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_CREDENTIALS);
    stop(&b);
}

static void missing_credentials_send_nothing_and_name_a_hop(void)
{
    struct bench b;
    struct fault f = { 0 };
    int status;

    start(&b, NULL, 0, false);
    b.source.fails = FAULT_NETWORK;
    CU_ASSERT_FALSE(go(&b, &status, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_NETWORK);
    CU_ASSERT_EQUAL(f.hop, HOP_BASE);
    CU_ASSERT_EQUAL(b.fake.n_seen, 0);
    stop(&b);
}

/* chain/clock-skew-test-cases.json, as far as signing is concerned: each attempt's signing time and
   the skew after it. */
static const struct {
    const char *name;
    int64_t skew_before_s;
    int status;
    const char *headers;
    const char *signed_at;
    int64_t skew_after_s;
} skews[] = {
    { "clocks agree", 0, 200, "Date: Thu, 01 Jan 2026 00:00:01 GMT", "20260101T000000Z", 0 },
    { "an error teaches as well", 0, 403, "Date: Thu, 01 Jan 2026 00:05:01 GMT", "20260101T000000Z",
      300 },
    { "a stale offset heals", 300, 200, "Date: Thu, 01 Jan 2026 00:00:01 GMT", "20260101T000500Z",
      0 },
    { "no date teaches nothing", 300, 403, NULL, "20260101T000500Z", 300 },
    { "a cached answer teaches nothing", 0, 200, "Date: Wed, 31 Dec 2025 20:00:00 GMT\nAge: 17280",
      "20260101T000000Z", 0 },
};

static void the_servers_clock_is_learnt(void)
{
    for (size_t i = 0; i < sizeof(skews) / sizeof(skews[0]); i++) {
        char teach[100], expect[40];
        struct fake_step steps[] = { { 200, NULL, teach },
                                     { skews[i].status, NULL, skews[i].headers, expect, 2000 } };
        struct bench b;
        struct fault f = { 0 };
        int status;
        snprintf(teach, sizeof(teach), "Date: Thu, 01 Jan 2026 00:%02d:00 GMT",
                 (int)(skews[i].skew_before_s / 60));
        snprintf(expect, sizeof(expect), "x-amz-date: %s", skews[i].signed_at);
        start(&b, steps, 2, false);
        CU_ASSERT(go(&b, &status, &f));
        CU_ASSERT_EQUAL(signed_http_skew_ms(b.http), skews[i].skew_before_s * 1000);
        CU_ASSERT(go(&b, &status, &f));
        CU_ASSERT_EQUAL(signed_http_skew_ms(b.http), skews[i].skew_after_s * 1000);
        stop(&b);
    }
}

static void an_answer_says_with_which_skew_its_request_was_signed(void)
{
    static const struct fake_step steps[] = { { 200, NULL, "Date: Thu, 01 Jan 2026 02:00:00 GMT" },
                                              { 200, NULL, "Date: Thu, 01 Jan 2026 00:00:00 GMT" },
                                              { 200, NULL, NULL } };
    static const int64_t want[] = { 0, 7200000, 0 };
    struct http_request q = { .method = SPAN("POST"),
                              .scheme = SPAN("https"),
                              .host = SPAN("h"),
                              .path = SPAN("/"),
                              .action = SPAN("athena:X") };
    struct http_response r = { 0 };
    struct bench b;
    struct fault f = { 0 };

    start(&b, steps, 3, false);
    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT(http_send(b.http, &q, &r, &f));
        CU_ASSERT_EQUAL(r.signing_skew_ms, want[i]);
    }
    http_response_free(&r);
    stop(&b);
}

static const struct unit_test tests[] = {
    { "requests carry date, token and signature", requests_carry_date_token_and_signature },
    { "an expired token is healed once", an_expired_token_is_healed_once },
    { "an expired token with nothing newer is the answer",
      an_expired_token_with_nothing_newer_is_the_answer },
    { "missing credentials send nothing and name a hop",
      missing_credentials_send_nothing_and_name_a_hop },
    { "the server's clock is learnt", the_servers_clock_is_learnt },
    { "an answer says with which skew its request was signed",
      an_answer_says_with_which_skew_its_request_was_signed },
};

UNIT_MAIN("aws/signed", tests)
