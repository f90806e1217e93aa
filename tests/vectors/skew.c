/* The clock difference that a client learns from answers, and signs by. */
#include "runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/creds_static.h"
#include "aws/error.h"
#include "aws/signed.h"
#include "chain_cases.h"
#include "replay.h"

static void close_nothing(struct http *h)
{
    (void)h;
}

struct clock_server {
    struct http base;
    const struct json *attempts;
    size_t at;
    struct replay_clock *clock;
    unsigned n_wrong;
};

static int64_t iso_ms(struct span s)
{
    int64_t ms = 0;

    return utc_parse_iso(s, &ms) ? ms : 0;
}

static bool clock_send(struct http *h, const struct http_request *q, struct http_response *r,
                       struct fault *f)
{
    struct clock_server *s = (struct clock_server *)h;
    const struct json *a = json_at(s->attempts, s->at++), *response = json_member(a, "response");
    struct span code = json_text_of(response, "errorCode");
    char date[17] = "";
    bool is_signed_right = false;

    utc_print_basic(iso_ms(json_text_of(a, "expectedSigningTime")), date);
    for (unsigned i = 0; i < q->n_headers; i++) {
        is_signed_right |= span_equal_nocase(q->headers[i].name, SPAN("x-amz-date")) &&
                           span_equal(q->headers[i].value, span_of(date));
    }
    s->n_wrong += a == NULL || !is_signed_right;
    r->sent_wall_ms = iso_ms(json_text_of(a, "clientTimeAtSend"));
    int64_t received = iso_ms(json_text_of(a, "clientTimeAtReceive"));
    r->elapsed_ms = received - r->sent_wall_ms;
    const struct json *next = json_at(s->attempts, s->at);
    s->clock->wall_ms = next != NULL ? iso_ms(json_text_of(next, "clientTimeAtSend")) : received;
    r->status = (int)json_int(json_member(response, "statusCode"), 0);
    struct json *headers = json_member(response, "headers");
    struct span when = json_text_of(headers, "Date"), age = json_text_of(headers, "Age");
    (void)!(span_is_null(when) || http_response_keep_header(r, SPAN("date"), when, f));
    (void)!(span_is_null(age) || http_response_keep_header(r, SPAN("age"), age, f));
    return span_is_null(code) ||
           buf_add_format(&r->body, f, "{\"__type\":\"%.*s\"}", (int)code.len, code.at);
}

static bool no_wait(void *context, const struct http_request *q, int64_t ms)
{
    (void)context;
    (void)q;
    (void)ms;
    return false;
}

static bool clock_operation(const struct json *op, struct http *signing, struct clock_server *s,
                            unsigned max, struct http *stack)
{
    struct http_response r = { 0 };
    struct http_request q = { .method = SPAN("POST"),
                              .scheme = SPAN("https"),
                              .host = SPAN("athena.us-east-1.amazonaws.com"),
                              .path = SPAN("/"),
                              .action = SPAN("athena:GetWorkGroup"),
                              .attempts_max = max };
    struct fault f = { 0 };

    s->attempts = json_member(op, "attempts");
    s->at = 0;
    s->clock->wall_ms = iso_ms(json_text_of(json_at(s->attempts, 0), "clientTimeAtSend"));
    bool ok = http_send(stack, &q, &r, &f);
    bool is_success = ok && r.status < 300;
    bool fits =
        is_success == span_equal(json_text_of(op, "expectedOutcome"), SPAN("success")) &&
        s->at == json_length(s->attempts) &&
        signed_http_skew_ms(signing) / 1000 == json_int(json_member(op, "expectedClientSkew"), 0) &&
        s->n_wrong == 0;
    http_response_free(&r);
    return fits;
}

/* A first, unrecorded answer teaches the client the skew that the case begins with. */
static void learn(struct http *stack, struct clock_server *s, int64_t skew_seconds)
{
    struct http_response r = { 0 };
    struct http_request q = { .method = SPAN("POST"),
                              .scheme = SPAN("https"),
                              .host = SPAN("athena.us-east-1.amazonaws.com"),
                              .path = SPAN("/"),
                              .action = SPAN("athena:GetWorkGroup"),
                              .attempts_max = 1 };
    char text[512];
    struct json *one = NULL;
    struct fault f = { 0 };

    snprintf(text, sizeof(text),
             "[{\"clientTimeAtSend\":\"2026-01-01T00:00:00Z\",\"clientTimeAtReceive\":\"2026-01-"
             "01T00:00:00Z\",\"expectedSigningTime\":"
             "\"2026-01-01T00:00:00Z\",\"response\":{\"statusCode\":200,\"headers\":{\"Date\":"
             "\"Thu, 01 Jan 2026 00:%02lld:%02lld GMT\"}}}]",
             (long long)(skew_seconds / 60), (long long)(skew_seconds % 60));
    if (json_parse(span_of(text), &one, &f)) {
        s->attempts = one;
        s->at = 0;
        s->clock->wall_ms = 1767225600000; /* 2026-01-01 */
        (void)!http_send(stack, &q, &r, &f);
    }
    http_response_free(&r);
    json_free(one);
}

void clock_case(const struct json *t)
{
    static const struct http_ops ops = { clock_send, close_nothing };
    struct replay_clock clock = replay_clock_at(0);
    struct clock_server server = { .base = { &ops }, .clock = &clock };
    struct creds given = { .access_key_id = "AKIAEXAMPLE", .secret_access_key = "secret" };
    struct creds_source *source = NULL;
    struct http *signing = NULL, *stack = NULL;
    struct fault f = { 0 };
    bool ok = creds_static_new(&given, &source, &f);
    struct signed_settings sign = { .inner = &server.base,
                                    .source = source,
                                    .region = SPAN("us-east-1"),
                                    .service = SPAN("athena"),
                                    .clock = &clock.base };
    struct retry_settings again = { .clock = &clock.base, .judge = aws_judge, .wait = no_wait };

    ok = ok && signed_http_new(&sign, &signing, &f) && retry_http_new(signing, &again, &stack, &f);
    struct json *operations = json_member(t, "operations");
    int64_t first = json_int(json_member(json_at(operations, 0), "initialClientSkew"), 0);
    if (ok && first != 0) {
        learn(stack, &server, first);
    }
    for (size_t i = 0; ok && i < json_length(operations); i++) {
        struct json *op = json_at(operations, i);
        ok = clock_operation(op, signing, &server,
                             (unsigned)json_int(json_member(op, "maxAttempts"), 0), stack);
    }
    runner_case(json_text_of(t, "description"), ok, f.text);
    if (stack != NULL) {
        http_close(stack);
    }
    creds_close(source);
}

