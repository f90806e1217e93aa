/* The standard retry mode: what is repeated, how long is waited at most, what it costs. */
#include "runner.h"

#include <stdio.h>

#include "aws/error.h"
#include "net/retry.h"

enum { WAITS_MAX = 32 };

struct server {
    struct http base;
    const struct json *responses;
    size_t at;
};

struct waits {
    int64_t ms[WAITS_MAX];
    unsigned n;
};

static bool add_header(struct span name, const struct json *value, void *context)
{
    (void)!http_response_keep_header(context, name, json_text(value), NULL);
    return true;
}

static bool server_send(struct http *h, const struct http_request *q, struct http_response *r,
                        struct fault *f)
{
    struct server *s = (struct server *)h;
    const struct json *one = json_at(s->responses, s->at++);
    struct span code = json_text_of(one, "code");

    (void)q;
    if (!span_equal(json_text_of(one, "kind"), SPAN("http"))) {
        fault_set(f, FAULT_NETWORK, "scripted");
        if (f != NULL) {
            span_to_c(SPAN(HTTP_FAILED_READ), f->code, sizeof(f->code));
        }
        return false;
    }
    r->status = (int)json_int(json_member(one, "status"), 0);
    json_each(json_member(one, "headers"), add_header, r);
    return span_is_null(code) ||
           buf_add_format(&r->body, f, "{\"__type\":\"%.*s\"}", (int)code.len, code.at);
}

static void server_close(struct http *h)
{
    (void)h;
}

static bool note_wait(void *context, const struct http_request *q, int64_t ms)
{
    struct waits *w = context;

    (void)q;
    if (w->n < WAITS_MAX) {
        w->ms[w->n++] = ms;
    }
    return false;
}

static double upper_bound(void *context)
{
    (void)context;
    return 1.0;
}

static void retry_case(const struct json *c)
{
    static const struct http_ops ops = { server_send, server_close };
    struct json *want = json_member(c, "expected_2026"),
                *last = json_at(want, json_length(want) - 1);
    struct server server = { .base = { &ops }, .responses = json_member(c, "responses") };
    struct waits waits = { .n = 0 };
    struct retry_settings settings = {
        .attempts_max = (unsigned)json_int(json_member(c, "max_attempts"), 3),
        .judge = aws_judge,
        .random = upper_bound,
        .wait = note_wait,
        .wait_context = &waits,
        .quota_spent = 500 - (unsigned)json_int(json_member(c, "initial_quota"), 500)
    };
    struct http_request q = { .method = SPAN("POST"), .action = SPAN("athena:GetWorkGroup") };
    struct http_response r = { 0 };
    struct http *retry = NULL;
    struct fault f = { 0 };
    char detail[160] = "";
    bool ok = retry_http_new(&server.base, &settings, &retry, &f);

    if (ok) {
        bool came = http_send(retry, &q, &r, &f);
        bool is_success = came && r.status < 300;
        ok = is_success == span_equal(json_text_of(last, "outcome"), SPAN("success")) &&
             server.at == json_length(want) &&
             retry_http_quota(retry) == (unsigned)json_int(json_member(last, "quota_after"), 0) &&
             waits.n == json_length(want) - 1;
        for (unsigned i = 0; ok && i < waits.n; i++) {
            ok = waits.ms[i] ==
                 (int64_t)(json_double(json_member(json_at(want, i), "delay_seconds"), -1) * 1000 +
                           0.5);
        }
        snprintf(detail, sizeof(detail), "%zu attempts, %u left, first wait %lld ms", server.at,
                 retry_http_quota(retry), waits.n > 0 ? (long long)waits.ms[0] : 0);
        http_close(retry);
    }
    http_response_free(&r);
    runner_case(json_text_of(c, "name"), ok, detail);
}

void run_retry(void)
{
    struct json *all = runner_json("retry/standard-mode.json"), *cases = json_member(all, "cases");

    for (size_t i = 0; i < json_length(cases); i++) {
        retry_case(json_at(cases, i));
    }
    json_free(all);
}
