/* Objects: addresses, ranges, other regions. */
#include "unit/aws/fake_source.h"
#include "unit/fake_http.h"
#include "unit/unit.h"

#include "aws/service.h"

struct bench {
    struct fake_http fake;
    struct fake_source source;
    struct fake_clock clock;
    struct aws_client *client;
};

static void start(struct bench *b, const struct fake_step *steps, size_t n)
{
    struct fault f;

    memset(b, 0, sizeof(*b));
    fake_init(&b->fake, steps, n);
    fake_source_init(&b->source);
    b->clock = fake_clock_at(1767225600000);
    b->fake.clock = &b->clock;
    struct aws_client_settings s = { .service = AWS_S3,
                                     .region = SPAN("eu-west-1"),
                                     .transport = &b->fake.base,
                                     .source = &b->source.base,
                                     .clock = &b->clock.base,
                                     .hop = HOP_SERVICE };
    CU_ASSERT_FATAL(aws_client_new(&s, &b->client, &f));
}

static void stop(struct bench *b)
{
    CU_ASSERT_EQUAL(b->fake.n_unexpected, 0);
    aws_client_free(b->client);
    fake_done(&b->fake);
}

static struct s3_get whole(const char *bucket, const char *key)
{
    return (struct s3_get){
        .bucket = span_of(bucket), .key = span_of(key), .to = UINT64_MAX, .if_match = NO_SPAN
    };
}

static void an_object_is_read_with_its_facts(void)
{
    static const struct fake_step steps[] = {
        { 200, "abc", "Content-Length: 3\nETag: \"e1\"",
          "GET https://results.s3.eu-west-1.amazonaws.com/a/../b%20c%2B%3D/q.csv\n" },
        { 206, "bc", "Content-Range: bytes 1-2/3\nETag: \"e1\"",
          "range: bytes=1-\nif-match: \"e1\"\nx-amz-expected-bucket-owner: "
          "444455556666\nx-amz-request-payer: requester\n" },
        { 206, "b", "Content-Range: bytes 1-1/3",
          "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date;x-amz-expected-bucket-owner;x-"
          "amz-request-payer;x-amz-security-token," },
        { 416, "<Error><Code>InvalidRange</Code></Error>", "Content-Range: bytes */0" },
    };
    struct bench b;
    struct s3_object o = { 0 };
    struct fault f = { 0 };

    start(&b, steps, 4);
    struct s3_get get = whole("results", "a/../b c+=/q.csv");
    CU_ASSERT_FATAL(aws_s3_get(b.client, &get, NULL, &o, &f));
    SPAN_IS(buf_span(&o.body), "abc");
    CU_ASSERT_EQUAL(o.total_bytes, 3);
    CU_ASSERT_STRING_EQUAL(o.etag, "\"e1\"");
    buf_free(&o.body);
    CU_ASSERT(strstr(fake_seen(&b.fake, 0), "range:") == NULL);
    get.from = 1;
    get.if_match = SPAN("\"e1\"");
    get.expected_owner = SPAN("444455556666");
    get.requester_pays = true;
    CU_ASSERT_FATAL(aws_s3_get(b.client, &get, NULL, &o, &f));
    SPAN_IS(buf_span(&o.body), "bc");
    CU_ASSERT_EQUAL(o.total_bytes, 3);
    buf_free(&o.body);
    get.to = 1;
    CU_ASSERT_FATAL(aws_s3_get(b.client, &get, NULL, &o, &f));
    buf_free(&o.body);
    CU_ASSERT_FATAL(aws_s3_get(b.client, &get, NULL, &o, &f));
    CU_ASSERT_EQUAL(o.status, 416);
    CU_ASSERT_EQUAL(o.total_bytes, 0);
    CU_ASSERT_EQUAL(o.body.len, 0);
    buf_free(&o.body);
    stop(&b);
}

static bool collect(void *context, struct span bytes, struct fault *f)
{
    return buf_add(context, bytes, f);
}

static void a_range_that_is_ignored_never_reaches_the_sink(void)
{
    static const struct fake_step steps[] = {
        { 200, "abcdef", "Content-Length: 6" },
        { 200, "abc", "Content-Length: 3" },
        { 206, "bc", "Content-Range: bytes 1-2/3" },
    };
    struct bench b;
    struct s3_object o = { 0 };
    struct buf got = { 0 };
    struct fault f = { 0 };

    start(&b, steps, 3);
    struct s3_get get = whole("results", "k");
    get.from = 2;
    get.to = 4;
    get.sink = collect;
    get.sink_context = &got;
    CU_ASSERT_FALSE(aws_s3_get(b.client, &get, NULL, &o, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_PROTOCOL);
    CU_ASSERT_EQUAL(got.len, 0);
    CU_ASSERT(strstr(fake_seen(&b.fake, 0), "range: bytes=2-4\n") != NULL);
    get.from = 0;
    get.to = 2;
    CU_ASSERT(aws_s3_get(b.client, &get, NULL, &o, &f));
    SPAN_IS(buf_span(&got), "abc");
    buf_clear(&got);
    get.from = 1;
    CU_ASSERT(aws_s3_get(b.client, &get, NULL, &o, &f));
    SPAN_IS(buf_span(&got), "bc");
    buf_free(&got);
    stop(&b);
}

static void a_part_that_was_not_asked_for_never_reaches_the_sink(void)
{
    static const char *const ranges[] = {
        "Content-Range: bytes 0-2/9", "Content-Range: bytes 3-4/9", "Content-Range: bytes 2-5/9",
        "Content-Range: bytes */9",   "Content-Range: 2-4/9",       NULL,
    };

    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        struct fake_step steps[] = { { 206, "abc", ranges[i], NULL, 0 } };
        struct s3_get get = whole("results", "k");
        struct s3_object o = { 0 };
        struct buf got = { 0 };
        struct fault f = { 0 };
        struct bench b;
        start(&b, steps, 1);
        b.fake.repeat_last = true;
        get.from = 2;
        get.to = 4;
        CU_ASSERT_FALSE(aws_s3_get(b.client, &get, NULL, &o, &f));
        CU_ASSERT_EQUAL(f.kind, FAULT_PROTOCOL);
        get.sink = collect;
        get.sink_context = &got;
        CU_ASSERT_FALSE(aws_s3_get(b.client, &get, NULL, &o, &f));
        CU_ASSERT_EQUAL(f.kind, FAULT_PROTOCOL);
        CU_ASSERT_EQUAL(got.len, 0);
        stop(&b);
    }
}

static void refusals_name_the_object(void)
{
    static const struct {
        int status;
        const char *body;
        enum fault_kind kind;
    } cases[] = {
        { 404, "<Error><Code>NoSuchKey</Code><Message>m</Message></Error>", FAULT_NOT_FOUND },
        { 404, NULL, FAULT_NOT_FOUND },
        { 403, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
          FAULT_DENIED },
        { 403, NULL, FAULT_DENIED },
        { 412, "<Error><Code>PreconditionFailed</Code><Message>m</Message></Error>",
          FAULT_PROTOCOL },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fake_step steps[] = { { cases[i].status, cases[i].body, NULL, NULL, 0 } };
        struct bench b;
        struct s3_object o = { 0 };
        struct fault f = { 0 };
        start(&b, steps, 1);
        struct s3_get get = whole("results", "k/q.csv");
        CU_ASSERT_FALSE(aws_s3_get(b.client, &get, NULL, &o, &f));
        CU_ASSERT_EQUAL(f.kind, cases[i].kind);
        CU_ASSERT_STRING_EQUAL(f.resource, "s3://results/k/q.csv");
        CU_ASSERT_STRING_EQUAL(f.action, "s3:GetObject");
        stop(&b);
    }
}

static void a_bucket_elsewhere_is_found_once_and_remembered(void)
{
    static const struct fake_step steps[] = {
        { 301, "<Error><Code>PermanentRedirect</Code></Error>", "x-amz-bucket-region: us-east-2",
          "results.s3.eu-west-1.amazonaws.com" },
        { 200, "abc", "Content-Length: 3", "GET https://results.s3.us-east-2.amazonaws.com/k\n" },
        { 200, "abc", "Content-Length: 3", "/us-east-2/s3/aws4_request" },
        { 400,
          "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-central-1</Region></Error>",
          NULL, "other.s3.eu-west-1" },
        { 200, "abc", "Content-Length: 3", "other.s3.eu-central-1.amazonaws.com" },
        { 301, NULL, "x-amz-bucket-region: eu-west-1", "third.s3.eu-west-1" },
    };
    struct bench b;
    struct s3_object o = { 0 };
    struct fault f = { 0 };

    start(&b, steps, 6);
    struct s3_get get = whole("results", "k");
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_FATAL(aws_s3_get(b.client, &get, NULL, &o, &f));
        buf_free(&o.body);
    }
    get.bucket = SPAN("other");
    CU_ASSERT_FATAL(aws_s3_get(b.client, &get, NULL, &o, &f));
    buf_free(&o.body);
    get.bucket = SPAN("third"); /* sent where it already is: an error, not a loop */
    CU_ASSERT_FALSE(aws_s3_get(b.client, &get, NULL, &o, &f));
    CU_ASSERT_EQUAL(b.fake.n_seen, 6);
    stop(&b);
}

static const struct unit_test tests[] = {
    { "an object is read with its facts", an_object_is_read_with_its_facts },
    { "a range that is ignored never reaches the sink",
      a_range_that_is_ignored_never_reaches_the_sink },
    { "a part that was not asked for never reaches the sink",
      a_part_that_was_not_asked_for_never_reaches_the_sink },
    { "refusals name the object", refusals_name_the_object },
    { "a bucket elsewhere is found once and remembered",
      a_bucket_elsewhere_is_found_once_and_remembered },
};

UNIT_MAIN("aws/s3", tests)
