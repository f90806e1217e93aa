/* The two protocols of the services: AWS JSON 1.1 (Athena, Glue) and Query (STS). The driver has no
   shapes; the vectors' shapes are walked here with the driver's own readers and writers, errors go
   through the driver's error reader, requests through its calls. */
#include "runner.h"

#include <stdio.h>
#include <string.h>

#include "aws/error.h"
#include "aws/service.h"
#include "shapes.h"

static bool add_header(struct span name, const struct json *value, void *context)
{
    (void)!http_response_keep_header(context, name, json_text(value), NULL);
    return true;
}

static bool error_is(const struct json *c)
{
    struct json *response = json_member(c, "response");
    struct span body = json_text_of(response, "body"), message = json_text_of(c, "errorMessage");
    struct http_response r = { .status = (int)json_int(json_member(response, "status_code"), 0) };
    struct aws_error e;

    json_each(json_member(response, "headers"), add_header, &r);
    bool ok = span_is_null(body) || buf_add(&r.body, body, NULL);
    aws_error_read(&r, &e);
    ok = ok && span_equal(span_of(e.code), json_text_of(c, "errorCode")) &&
         (span_is_null(message) || span_equal(span_of(e.message), message));
    http_response_free(&r);
    return ok;
}

static bool json_output_is(const struct json *suite, const struct json *c)
{
    struct span body =
        json_path(c, "response.body") ? json_text(json_path(c, "response.body")) : NO_SPAN;
    struct json *got = NULL;
    bool ok = body.len == 0 || json_parse(body, &got, NULL);

    if (body.len == 0 || json_path(c, "given.output") == NULL) {
        json_free(got);
        return ok; /* nothing is expected of the answer */
    }
    ok = ok && shape_json_is(json_member(suite, "shapes"), json_path(c, "given.output"), got,
                             json_member(c, "result"));
    json_free(got);
    return ok;
}

static bool query_output_is(const struct json *suite, const struct json *c)
{
    struct span body =
        json_path(c, "response.body") ? json_text(json_path(c, "response.body")) : NO_SPAN;
    struct arena arena = { 0 };
    struct xml_node *root = NULL;
    const struct xml_node *result;

    if (body.len == 0) {
        return true;
    }
    bool ok = xml_parse(body, &arena, &root, NULL);
    for (result = ok ? root->first : NULL;
         result != NULL && !span_ends(result->name, SPAN("Result")); result = result->next) {
    }
    struct xml_node none = { 0 };
    if (json_path(c, "given.output") != NULL) {
        ok = ok && shape_xml_is(json_member(suite, "shapes"), json_path(c, "given.output"),
                                result != NULL ? result : &none, json_member(c, "result"));
    }
    arena_free(&arena);
    return ok;
}

/* Keeps the request that a call sends. */
struct capture {
    struct http base;
    char method[16], path[256], type[128], target[128];
    struct buf body;
};

static bool capture_send(struct http *h, const struct http_request *q, struct http_response *r,
                         struct fault *f)
{
    struct capture *c = (struct capture *)h;

    span_to_c(q->method, c->method, sizeof(c->method));
    span_to_c(q->path, c->path, sizeof(c->path));
    for (unsigned i = 0; i < q->n_headers; i++) {
        if (span_equal_nocase(q->headers[i].name, SPAN("content-type"))) {
            span_to_c(q->headers[i].value, c->type, sizeof(c->type));
        }
        if (span_equal_nocase(q->headers[i].name, SPAN("x-amz-target"))) {
            span_to_c(q->headers[i].value, c->target, sizeof(c->target));
        }
    }
    buf_clear(&c->body);
    r->status = 200;
    return buf_add(&c->body, q->body, f) && buf_add(&r->body, SPAN("{}"), f);
}

static void capture_close(struct http *h)
{
    (void)h;
}

static const char *not_ours(const struct json *c)
{
    struct span host =
        json_path(c, "serialized.host") ? json_text(json_path(c, "serialized.host")) : NO_SPAN;

    if (json_path(c, "given.requestcompression") != NULL) {
        return "requests are not compressed";
    }
    if (json_path(c, "given.endpoint") != NULL && host.len > 0) {
        return "no call of ours has a host prefix";
    }
    return NULL;
}

static bool send_through(enum aws_service service, const struct json *c, struct capture *cap,
                         struct span operation, struct span body)
{
    struct span host =
        json_path(c, "serialized.host") ? json_text(json_path(c, "serialized.host")) : NO_SPAN;
    struct aws_bounds bounds = { 0 };
    struct aws_client *client = NULL;
    struct json *answer = NULL;
    struct aws_answer *query = NULL;
    char endpoint[256] = "", name[128];

    span_to_c(operation, name, sizeof(name));
    if (host.len > 0) {
        snprintf(endpoint, sizeof(endpoint), "https://%.*s", (int)host.len, host.at);
    }
    struct aws_client_settings settings = { .service = service,
                                            .region = SPAN("us-east-1"),
                                            .endpoint_override = span_of(endpoint),
                                            .transport = &cap->base };
    bool ok = aws_client_new(&settings, &client, NULL);
    if (ok && service == AWS_STS) {
        (void)!aws_query_call(client, name, body, &bounds, &query, NULL);
        aws_answer_free(query);
    } else if (ok) {
        ok = aws_json_call(client, name, body, &bounds, &answer, NULL);
        json_free(answer);
    }
    aws_client_free(client);
    return ok;
}

static bool json_input_is(const struct json *suite, const struct json *c, struct capture *cap,
                          bool *is_skipped)
{
    struct span operation =
        json_path(c, "given.name") ? json_text(json_path(c, "given.name")) : NO_SPAN;
    struct span want =
        json_path(c, "serialized.body") ? json_text(json_path(c, "serialized.body")) : NO_SPAN;
    struct span uri = json_text(json_path(c, "serialized.uri")), type = NO_SPAN;
    struct json *headers = json_path(c, "serialized.headers"), *wanted = NULL, *sent = NULL;
    struct buf body = { 0 };
    struct fault f;
    struct json_writer w = { .out = &body, .f = &f };

    type = json_text_of(headers, "Content-Type");
    bool ok = json_path(c, "given.input") == NULL
                  ? buf_add(&body, SPAN("{}"), NULL)
                  : shape_write_json(json_member(suite, "shapes"), json_path(c, "given.input"),
                                     json_member(c, "params"), &w);
    *is_skipped = !ok;
    ok = ok && json_done(&w) && send_through(AWS_ATHENA, c, cap, operation, buf_span(&body)) &&
         strcmp(cap->method, "POST") == 0 && span_equal(span_of(cap->path), uri) &&
         (span_is_null(type) || span_equal(span_of(cap->type), type)) &&
         span_ends(span_of(cap->target), operation);
    if (ok && want.len > 0) {
        ok = json_parse(want, &wanted, NULL) && json_parse(buf_span(&cap->body), &sent, NULL) &&
             shape_same_json(sent, wanted);
    }
    json_free(wanted);
    json_free(sent);
    buf_free(&body);
    return ok;
}

static size_t count_parts(struct span form)
{
    size_t n = 0;

    for (; !span_is_null(form); n++) {
        (void)span_next(&form, '&');
    }
    return n;
}

static bool has_part(struct span form, struct span part)
{
    while (!span_is_null(form)) {
        if (span_equal(span_next(&form, '&'), part)) {
            return true;
        }
    }
    return false;
}

static bool query_input_is(const struct json *suite, const struct json *c, struct capture *cap,
                           bool *is_skipped)
{
    struct span operation = json_text(json_path(c, "given.name")),
                version = json_text(json_path(suite, "metadata.apiVersion"));
    struct span want =
        json_path(c, "serialized.body") ? json_text(json_path(c, "serialized.body")) : NO_SPAN;
    struct span uri = json_text(json_path(c, "serialized.uri"));
    struct buf body = { 0 };
    bool ok = buf_add_format(&body, NULL, "Action=%.*s&Version=%.*s", (int)operation.len,
                             operation.at, (int)version.len, version.at);

    if (ok && json_path(c, "given.input") != NULL) {
        ok = shape_write_form(json_member(suite, "shapes"), json_path(c, "given.input"),
                              json_member(c, "params"), "", &body);
        *is_skipped = !ok;
    }
    ok = ok && send_through(AWS_STS, c, cap, operation, buf_span(&body)) &&
         span_equal(span_of(cap->path), uri) &&
         span_starts(span_of(cap->type), SPAN("application/x-www-form-urlencoded")) &&
         count_parts(buf_span(&cap->body)) == count_parts(want);
    for (struct span rest = want; ok && !span_is_null(rest);) {
        ok = has_part(buf_span(&cap->body), span_next(&rest, '&'));
    }
    buf_free(&body);
    return ok;
}

static void input_case(const struct json *suite, const struct json *c, bool is_query)
{
    static const struct http_ops ops = { capture_send, capture_close };
    struct capture cap = { .base = { &ops } };
    const char *reason = not_ours(c);
    bool is_skipped = false, ok;
    struct span id = json_text_of(c, "id");

    if (reason == NULL && span_equal(id, SPAN("QueryProtocolIdempotencyTokenAutoFill"))) {
        reason = "no call of STS has a token to fill in";
    }
    if (reason != NULL) {
        runner_skip(id, reason);
        return;
    }
    ok = is_query ? query_input_is(suite, c, &cap, &is_skipped)
                  : json_input_is(suite, c, &cap, &is_skipped);
    if (is_skipped) {
        runner_skip(id, "the driver sends no dates in HTTP form");
    } else {
        runner_case(id, ok, cap.body.at);
    }
    buf_free(&cap.body);
}

static void output_case(const struct json *suite, const struct json *c, bool is_query)
{
    bool is_error = json_text_of(c, "errorCode").len > 0;
    bool ok = is_error   ? error_is(c)
              : is_query ? query_output_is(suite, c)
                         : json_output_is(suite, c);

    runner_case(json_text_of(c, "id"), ok, NULL);
}

static void run_file(const char *path, bool is_query,
                     void (*run)(const struct json *suite, const struct json *c, bool is_query))
{
    struct json *all = runner_json(path);

    for (size_t i = 0; i < json_length(all); i++) {
        const struct json *suite = json_at(all, i), *cases = json_member(suite, "cases");
        for (size_t k = 0; k < json_length(cases); k++) {
            run(suite, json_at(cases, k), is_query);
        }
    }
    json_free(all);
}

void run_protocols(void)
{
    run_file("protocols/output-json.json", false, output_case);
    run_file("protocols/output-query.json", true, output_case);
    run_file("protocols/input-json.json", false, input_case);
    run_file("protocols/input-query.json", true, input_case);
}
