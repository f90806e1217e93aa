/* Refusals in every form. */
#include "unit/fake_http.h"
#include "unit/unit.h"

#include "aws/error.h"

static void answer(struct http_response *r, int status, const char *headers, const char *body)
{
    struct fault f;
    memset(r, 0, sizeof(*r));
    r->status = status;
    fake_headers(r, headers);
    if (body != NULL) {
        CU_ASSERT_FATAL(buf_add(&r->body, span_of(body), &f));
    }
}

static const struct {
    int status;
    const char *headers, *body, *code, *message, *request_id;
    enum fault_kind kind;
} cases[] = {
    { 400, "x-amzn-RequestId: r1",
      "{\"__type\":\"InvalidRequestException\",\"AthenaErrorCode\":\"MALFORMED_QUERY\",\"Message\":"
      "\"line 1:8: mismatched\"}",
      "MALFORMED_QUERY", "line 1:8: mismatched", "r1", FAULT_QUERY },
    { 400, NULL, "{\"__type\":\"com.amazon.coral#AccessDeniedException\",\"message\":\"no\"}",
      "AccessDeniedException", "no", "", FAULT_DENIED },
    { 500, "X-Amzn-Errortype: a.b#FooError:http://x/", NULL, "FooError", "", "", FAULT_SERVICE },
    { 500, NULL, "{\"code\":\"a#FooError:http://x\"}", "FooError", "", "", FAULT_SERVICE },
    { 403, NULL,
      "<ErrorResponse xmlns=\"u\"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>a "
      "&amp; b</Message></Error><RequestId>r2</RequestId></ErrorResponse>",
      "AccessDenied", "a & b", "r2", FAULT_DENIED },
    { 404, "x-amz-request-id: r3",
      "<?xml "
      "version=\"1.0\"?>\n<Error><Code>NoSuchKey</Code><Message>gone</Message><HostId>h</HostId></"
      "Error>",
      "NoSuchKey", "gone", "r3", FAULT_NOT_FOUND },
    { 502, NULL, "<html><body>Bad Gateway</body></html>", "", "", "", FAULT_SERVICE },
    { 503, NULL, NULL, "", "", "", FAULT_SERVICE },
    { 403, NULL, NULL, "", "", "", FAULT_DENIED },
    { 404, NULL, "", "", "", "", FAULT_NOT_FOUND },
    { 400, NULL, "{ not json", "", "", "", FAULT_PROTOCOL },
    { 400, NULL, "<!DOCTYPE x [<!ENTITY a \"b\">]><Error><Code>&a;</Code></Error>", "", "", "",
      FAULT_PROTOCOL },
    { 400, NULL,
      "{\"__type\":\"TooManyRequestsException\",\"Reason\":\"CONCURRENT_QUERY_LIMIT_EXCEEDED\","
      "\"Message\":\"m\"}",
      "CONCURRENT_QUERY_LIMIT_EXCEEDED", "m", "", FAULT_THROTTLED },
    { 400, NULL,
      "{\"Error\":{\"Code\":\"ValidationError\",\"Message\":\"too long\"},\"RequestId\":\"r4\"}",
      "ValidationError", "too long", "r4", FAULT_SETTING },
    { 400, NULL, "{\"error\":\"invalid_grant\",\"error_description\":\"d\"}", "invalid_grant", "d",
      "", FAULT_SERVICE },
    { 400, NULL, "{\"__type\":\"ExpiredTokenException\",\"message\":\"old\"}",
      "ExpiredTokenException", "old", "", FAULT_SIGN_IN },
    { 400, NULL, "{\"__type\":\"EntityNotFoundException\",\"Message\":\"Database x not found.\"}",
      "EntityNotFoundException", "Database x not found.", "", FAULT_NOT_FOUND },
};

static void every_form_is_read(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct http_response r;
        struct aws_error e;
        struct fault f = { 0 };
        answer(&r, cases[i].status, cases[i].headers, cases[i].body);
        aws_error_read(&r, &e);
        aws_error_to_fault(&e, r.status, SPAN("athena:X"), HOP_SERVICE, &f);
        if (strcmp(f.code, cases[i].code) != 0 || f.kind != cases[i].kind) {
            printf("    case %zu: code %s kind %s\n", i, f.code, fault_kind_name(f.kind));
        }
        CU_ASSERT_STRING_EQUAL(f.code, cases[i].code);
        CU_ASSERT_STRING_EQUAL(e.message, cases[i].message);
        CU_ASSERT_STRING_EQUAL(f.request_id, cases[i].request_id);
        CU_ASSERT_EQUAL(f.kind, cases[i].kind);
        CU_ASSERT_EQUAL(f.http_status, cases[i].status);
        CU_ASSERT_EQUAL(f.hop, HOP_SERVICE);
        CU_ASSERT_EQUAL(f.is_expired_token, f.kind == FAULT_SIGN_IN);
        CU_ASSERT(strstr(f.text, cases[i].message) != NULL);
        http_response_free(&r);
    }
}

static const struct {
    const char *message, *action, *principal, *resource;
} denials[] = {
    { "User: arn:aws:sts::1:assumed-role/A/s is not authorized to perform: sts:AssumeRole on "
      "resource: arn:aws:iam::2:role/B because no session policy allows the sts:AssumeRole action",
      "sts:AssumeRole", "arn:aws:sts::1:assumed-role/A/s", "arn:aws:iam::2:role/B" },
    { "You are not authorized to perform: athena:GetWorkGroup on the resource. After your AWS "
      "administrator",
      "athena:GetWorkGroup", "", "" },
    { "User: arn:u is not authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::b/k\" "
      "because no identity-based policy",
      "s3:GetObject", "arn:u", "arn:aws:s3:::b/k" },
    { "Insufficient Lake Formation permission(s): Required Describe on orders",
      "lakeformation:Describe", "", "orders" },
    { "no", "athena:X", "", "" },
};

static void a_denial_names_who_what_and_where(void)
{
    for (size_t i = 0; i < sizeof(denials) / sizeof(denials[0]); i++) {
        struct aws_error e = { .code = "AccessDeniedException" };
        struct fault f = { 0 };
        span_to_c(span_of(denials[i].message), e.message, sizeof(e.message));
        aws_error_to_fault(&e, 400, SPAN("athena:X"), HOP_RUN_AS, &f);
        CU_ASSERT_STRING_EQUAL(f.action, denials[i].action);
        CU_ASSERT_STRING_EQUAL(f.principal, denials[i].principal);
        CU_ASSERT_STRING_EQUAL(f.resource, denials[i].resource);
    }
}

static void long_messages_are_cut_on_a_character(void)
{
    struct aws_error e = { .code = "X" };
    struct fault f = { 0 };
    for (size_t i = 0; i + 2 < sizeof(e.message); i += 2) {
        memcpy(e.message + i, "\xc3\xa9", 2);
    }
    aws_error_to_fault(&e, 400, SPAN("a:b"), HOP_NONE, &f);
    size_t len = strlen(f.text);
    CU_ASSERT(len <= FAULT_TEXT_MAX && len > FAULT_TEXT_MAX - 4);
    CU_ASSERT_EQUAL((unsigned char)f.text[len - 1], 0xa9);
}

static void retrying_is_judged_by_code(void)
{
    static const struct {
        int status;
        const char *action, *code, *date;
        enum retry_verdict want;
    } list[] = {
        { 400, "athena:X", "ThrottlingException", NULL, RETRY_THROTTLING },
        { 400, "athena:X", "TooManyRequestsException", NULL, RETRY_THROTTLING },
        { 503, "s3:X", "SlowDown", NULL, RETRY_THROTTLING },
        { 400, "athena:X", "RequestTimeout", NULL, RETRY_TRANSIENT },
        { 400, "sts:X", "IDPCommunicationError", NULL, RETRY_TRANSIENT },
        { 400, "athena:X", "IDPCommunicationError", NULL, RETRY_NO },
        { 400, "glue:X", "InternalServiceException", NULL, RETRY_TRANSIENT },
        { 400, "athena:X", "InternalServiceException", NULL, RETRY_NO },
        { 500, "athena:X", "", NULL, RETRY_TRANSIENT },
        { 501, "athena:X", "", NULL, RETRY_NO },
        { 403, "sts:X", "AccessDenied", NULL, RETRY_NO },
        { 400, "athena:X", "ExpiredTokenException", NULL, RETRY_NO },
        { 429, "athena:X", "", NULL, RETRY_NO },
        { 403, "sts:X", "SignatureDoesNotMatch", "Thu, 01 Jan 2026 00:05:01 GMT", RETRY_NOW },
        { 403, "sts:X", "SignatureDoesNotMatch", "Thu, 01 Jan 2026 00:02:01 GMT", RETRY_NO },
        { 403, "sts:X", "SignatureDoesNotMatch", NULL, RETRY_NO },
        { 403, "sts:X", "AccessDenied", "Thu, 01 Jan 2026 00:05:01 GMT", RETRY_NO },
    };
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        char body[200], headers[100] = "";
        struct http_request q = { .action = span_of(list[i].action) };
        struct http_response r;
        snprintf(body, sizeof(body), "{\"__type\":\"%s\"}", list[i].code);
        if (list[i].date != NULL) {
            snprintf(headers, sizeof(headers), "Date: %s", list[i].date);
        }
        answer(&r, list[i].status, headers, list[i].code[0] ? body : NULL);
        r.sent_wall_ms = 1767225600000; /* 2026-01-01T00:00:00Z */
        r.elapsed_ms = 2000;
        CU_ASSERT_EQUAL(aws_judge(&q, &r), list[i].want);
        http_response_free(&r);
    }
}

/* A skew is only news when the request was not signed with it already. */
static void a_refused_clock_is_measured_against_the_clock_that_signed(void)
{
    static const struct {
        const char *name, *date;
        int64_t signing_skew_ms;
        enum retry_verdict want;
    } list[] = {
        { "the clock stepped back after a skew was learnt", "Thu, 01 Jan 2026 00:00:01 GMT",
          7200000, RETRY_NOW },
        { "the clock stepped forward after a skew was learnt", "Thu, 01 Jan 2026 00:00:01 GMT",
          -7200000, RETRY_NOW },
        { "the skew is known and the secret is wrong", "Thu, 01 Jan 2026 02:00:01 GMT", 7200000,
          RETRY_NO },
        { "the skew moved a little", "Thu, 01 Jan 2026 02:03:01 GMT", 7200000, RETRY_NO },
        { "the skew moved a lot", "Thu, 01 Jan 2026 02:05:01 GMT", 7200000, RETRY_NOW },
    };
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        char headers[100];
        struct http_request q = { .action = SPAN("sts:X") };
        struct http_response r;
        snprintf(headers, sizeof(headers), "Date: %s", list[i].date);
        answer(&r, 403, headers, "{\"__type\":\"SignatureDoesNotMatch\"}");
        r.sent_wall_ms = 1767225600000; /* 2026-01-01T00:00:00Z */
        r.elapsed_ms = 2000;
        r.signing_skew_ms = list[i].signing_skew_ms;
        if (aws_judge(&q, &r) != list[i].want) {
            printf("    %s\n", list[i].name);
        }
        CU_ASSERT_EQUAL(aws_judge(&q, &r), list[i].want);
        http_response_free(&r);
    }
}

static void skew_is_learnt_only_from_honest_answers(void)
{
    static const struct {
        const char *headers;
        int64_t elapsed_ms;
        bool is_known;
        int64_t skew_ms;
    } list[] = {
        { "Date: Thu, 01 Jan 2026 00:00:01 GMT", 2000, true, 0 },
        { "Date: Thu, 01 Jan 2026 00:05:01 GMT", 2000, true, 300000 },
        { "Date: Wed, 31 Dec 2025 23:00:01 GMT", 2000, true, -3600000 },
        { "", 2000, false, 0 },
        { "Date: yesterday", 2000, false, 0 },
        { "Date: Thu, 01 Jan 2026 00:05:01 GMT\nAge: 17280", 2000, false, 0 },
        { "Date: Thu, 01 Jan 2026 00:05:01 GMT", 15 * 60 * 1000 + 1, false, 0 },
    };
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        struct http_response r;
        int64_t skew = 0;
        answer(&r, 200, list[i].headers, NULL);
        r.sent_wall_ms = 1767225600000;
        r.elapsed_ms = list[i].elapsed_ms;
        CU_ASSERT_EQUAL(aws_skew_of(&r, &skew), list[i].is_known);
        CU_ASSERT_EQUAL(skew, list[i].skew_ms);
        http_response_free(&r);
    }
}

static const struct unit_test tests[] = {
    { "every form is read", every_form_is_read },
    { "a denial names who, what and where", a_denial_names_who_what_and_where },
    { "long messages are cut on a character", long_messages_are_cut_on_a_character },
    { "retrying is judged by code", retrying_is_judged_by_code },
    { "a refused clock is measured against the clock that signed",
      a_refused_clock_is_measured_against_the_clock_that_signed },
    { "skew is learnt only from honest answers", skew_is_learnt_only_from_honest_answers },
};

UNIT_MAIN("aws/error", tests)
