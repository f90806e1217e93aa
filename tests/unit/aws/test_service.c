/* JSON, Query and REST calls through the whole stack. */
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

static void start(struct bench *b, const struct fake_step *steps, size_t n,
                  enum aws_service service, const char *endpoint)
{
    struct fault f;

    memset(b, 0, sizeof(*b));
    fake_init(&b->fake, steps, n);
    fake_source_init(&b->source);
    b->clock = fake_clock_at(1767225600000);
    b->fake.clock = &b->clock;
    struct aws_client_settings s = { .service = service,
                                     .region = SPAN("eu-west-1"),
                                     .endpoint_override = span_of(endpoint),
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

static void json_calls_are_posted_and_parsed(void)
{
    static const struct fake_step steps[] = {
        { 200, "{\"QueryExecutionId\":\"q1\"}", NULL,
          "POST https://athena.eu-west-1.amazonaws.com/\ncontent-type: "
          "application/x-amz-json-1.1\nx-amz-target: AmazonAthena.StartQueryExecution\n" },
        { 200, "", NULL, "\n\n{}" },
        { 200, "<html>", NULL, NULL },
    };
    struct bench b;
    struct json *answer = NULL;
    struct fault f = { 0 };

    start(&b, steps, 3, AWS_ATHENA, "");
    CU_ASSERT_FATAL(
        aws_json_call(b.client, "StartQueryExecution", SPAN("{\"a\":1}"), NULL, &answer, &f));
    SPAN_IS(json_text_of(answer, "QueryExecutionId"), "q1");
    json_free(answer);
    CU_ASSERT_FALSE(aws_json_call(b.client, "X", SPAN(""), NULL, &answer, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_PROTOCOL);
    CU_ASSERT_FALSE(aws_json_call(b.client, "X", SPAN(""), NULL, &answer, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_PROTOCOL);
    stop(&b);
}

static void a_refusal_becomes_a_whole_fault(void)
{
    static const struct fake_step steps[] = {
        { 400,
          "{\"__type\":\"AccessDeniedException\",\"Message\":\"User: "
          "arn:aws:sts::4:assumed-role/B/s is not authorized to perform: "
          "athena:StartQueryExecution on resource: arn:aws:athena:eu-west-1:4:workgroup/w because "
          "no identity-based policy allows the athena:StartQueryExecution action\"}",
          "x-amzn-requestid: id-1" },
    };
    struct bench b;
    struct json *answer = NULL;
    struct fault f = { 0 };

    start(&b, steps, 1, AWS_ATHENA, "");
    CU_ASSERT_FALSE(aws_json_call(b.client, "StartQueryExecution", SPAN("{}"), NULL, &answer, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_DENIED);
    CU_ASSERT_EQUAL(f.hop, HOP_SERVICE);
    CU_ASSERT_EQUAL(f.http_status, 400);
    CU_ASSERT_STRING_EQUAL(f.code, "AccessDeniedException");
    CU_ASSERT_STRING_EQUAL(f.action, "athena:StartQueryExecution");
    CU_ASSERT_STRING_EQUAL(f.principal, "arn:aws:sts::4:assumed-role/B/s");
    CU_ASSERT_STRING_EQUAL(f.resource, "arn:aws:athena:eu-west-1:4:workgroup/w");
    CU_ASSERT_STRING_EQUAL(f.request_id, "id-1");
    CU_ASSERT(strstr(f.text, "no identity-based policy allows") != NULL);
    CU_ASSERT_EQUAL(b.fake.n_seen, 1);
    stop(&b);
}

static void a_clock_that_is_wrong_is_corrected_and_named(void)
{
    static const struct fake_step steps[] = {
        { 403, "{\"__type\":\"InvalidSignatureException\",\"message\":\"Signature expired\"}",
          "Date: Thu, 01 Jan 2026 02:00:00 GMT", "x-amz-date: 20260101T000000Z" },
        { 200, "{}", "Date: Thu, 01 Jan 2026 02:00:00 GMT", "x-amz-date: 20260101T020000Z" },
        { 403, "{\"__type\":\"InvalidSignatureException\",\"message\":\"Signature expired\"}",
          "Date: Thu, 01 Jan 2026 02:00:00 GMT" },
        { 403, "{\"__type\":\"InvalidSignatureException\",\"message\":\"Signature expired\"}",
          "Date: Thu, 01 Jan 2026 02:00:00 GMT" },
    };
    struct bench b;
    struct json *answer = NULL;
    struct fault f = { 0 };

    start(&b, steps, 4, AWS_GLUE, "");
    CU_ASSERT_FATAL(aws_json_call(b.client, "GetDatabases", SPAN("{}"), NULL, &answer, &f));
    json_free(answer);
    CU_ASSERT_EQUAL(aws_client_skew_ms(b.client), 7200000);
    CU_ASSERT_FALSE(aws_json_call(b.client, "GetDatabases", SPAN("{}"), NULL, &answer, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_SIGN_IN);
    CU_ASSERT_EQUAL(f.n_notes, 1);
    CU_ASSERT(strstr(f.notes[0], "7200 seconds behind") != NULL);
    stop(&b);
}

#define ASSUMED \
    "<AssumeRoleResponse " \
    "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>" \
    "<AccessKeyId>AKID</AccessKeyId><Expiration>2026-01-01T01:00:00Z</Expiration></Credentials>" \
    "<AssumedRoleUser><Arn>arn:x</Arn></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>"
#define ASSUMED_JSON \
    "{\"AssumeRoleResponse\":{\"AssumeRoleResult\":{\"Credentials\":{\"AccessKeyId\":\"AKID\"," \
    "\"Expiration\":1.767229200E9}," \
    "\"AssumedRoleUser\":{\"Arn\":\"arn:x\"}}}}"

static void query_answers_are_read_as_xml_and_as_json(void)
{
    static const struct fake_step steps[] = {
        { 200, ASSUMED, "Date: Thu, 01 Jan 2026 00:10:00 GMT",
          "POST http://127.0.0.1:4566/sts/\ncontent-type: application/x-www-form-urlencoded; "
          "charset=utf-8\n" },
        { 200, ASSUMED_JSON, NULL, "\n\nAction=AssumeRole&x=1" },
        { 200, "neither", NULL, NULL },
    };
    struct bench b;
    struct fault f = { 0 };

    start(&b, steps, 3, AWS_STS, "http://127.0.0.1:4566/sts");
    for (int i = 0; i < 2; i++) {
        struct aws_answer *a = NULL;
        int64_t expires = 0;
        CU_ASSERT_FATAL(
            aws_query_call(b.client, "AssumeRole", SPAN("Action=AssumeRole&x=1"), NULL, &a, &f));
        SPAN_IS(aws_answer_text(a, "Credentials/AccessKeyId"), "AKID");
        SPAN_IS(aws_answer_text(a, "AssumedRoleUser/Arn"), "arn:x");
        SPAN_IS(aws_answer_text(a, "PackedPolicySize"), NULL);
        CU_ASSERT(aws_parse_time(aws_answer_text(a, "Credentials/Expiration"), &expires));
        CU_ASSERT_EQUAL(expires, 1767229200000);
        CU_ASSERT_EQUAL(aws_answer_server_ms(a), 1767225600000 + (i == 0 ? 600000 : 0));
        aws_answer_free(a);
    }
    struct aws_answer *none = NULL;
    CU_ASSERT_FALSE(aws_query_call(b.client, "AssumeRole", SPAN("x"), NULL, &none, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_PROTOCOL);
    CU_ASSERT(none == NULL);
    stop(&b);
}

static void a_bad_endpoint_is_refused_before_anything_is_sent(void)
{
    struct aws_client_settings s = { .service = AWS_STS,
                                     .region = SPAN("eu-west-1"),
                                     .endpoint_override = SPAN("ftp://x") };
    struct aws_client *c = NULL;
    struct fault f = { 0 };

    CU_ASSERT_FALSE(aws_client_new(&s, &c, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_SETTING);
    CU_ASSERT(strstr(f.text, "StsEndpointOverride") != NULL);
    CU_ASSERT(c == NULL);
}

static void a_cancel_passes_through_the_stack(void)
{
    static const struct fake_step steps[] = { { 200, "{}" } };
    struct bench b;
    struct wake cancel;
    struct aws_bounds bounds = { .cancel = &cancel };
    struct json *answer = NULL;
    struct fault f = { 0 };

    wake_init(&cancel);
    wake_raise(&cancel);
    start(&b, steps, 1, AWS_ATHENA, "");
    CU_ASSERT_FALSE(aws_json_call(b.client, "X", SPAN("{}"), &bounds, &answer, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_CANCELLED);
    CU_ASSERT_STRING_EQUAL(f.action, "athena:X");
    CU_ASSERT_EQUAL(f.hop, HOP_SERVICE);
    stop(&b);
    wake_done(&cancel);
}

static void times_are_read_in_both_forms(void)
{
    static const struct {
        const char *text;
        bool ok;
        int64_t ms;
    } cases[] = {
        { "2026-01-01T00:00:00Z", true, 1767225600000 },
        { "1767225600", true, 1767225600000 },
        { "1767225600.25", true, 1767225600250 },
        { "1.7672256E9", true, 1767225600000 },
        { "-1", false, 0 },
        { "NaN", false, 0 },
        { "Infinity", false, 0 },
        { "1e300", false, 0 },
        { "soon", false, 0 },
        { "", false, 0 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t ms = 0;
        CU_ASSERT_EQUAL(aws_parse_time(span_of(cases[i].text), &ms), cases[i].ok);
        CU_ASSERT_EQUAL(ms, cases[i].ms);
    }
}

static const struct unit_test tests[] = {
    { "JSON calls are posted and parsed", json_calls_are_posted_and_parsed },
    { "a refusal becomes a whole fault", a_refusal_becomes_a_whole_fault },
    { "a clock that is wrong is corrected and named",
      a_clock_that_is_wrong_is_corrected_and_named },
    { "query answers are read as XML and as JSON", query_answers_are_read_as_xml_and_as_json },
    { "a bad endpoint is refused before anything is sent",
      a_bad_endpoint_is_refused_before_anything_is_sent },
    { "a cancel passes through the stack", a_cancel_passes_through_the_stack },
    { "times are read in both forms", times_are_read_in_both_forms },
};

UNIT_MAIN("aws/service", tests)
