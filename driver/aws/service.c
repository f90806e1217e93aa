/* One service as one identity: the stack of filters, and the JSON, Query and plain REST calls over
   it. */
#include "aws/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/client.h"
#include "aws/error.h"
#include "aws/signed.h"
#include "aws/xml.h"
#include "base/number.h"

enum { ACTION_MAX = 96 };

struct aws_answer {
    struct arena arena;
    const struct xml_node *result;
    int64_t server_ms;
};

static const char *const target_prefixes[AWS_SERVICES] = {
    [AWS_ATHENA] = "AmazonAthena",
    [AWS_GLUE] = "AWSGlue",
};

static bool copy_settings(struct aws_client *c, struct fault *f)
{
    struct aws_client_settings *s = &c->settings;
    return arena_copy(&c->arena, s->region, &s->region, f) &&
           arena_copy(&c->arena, s->endpoint_override, &s->endpoint_override, f) &&
           arena_copy(&c->arena, s->user_agent, &s->user_agent, f);
}

static bool resolve(struct aws_client *c, struct fault *f)
{
    const struct aws_client_settings *s = &c->settings;
    struct endpoint_input in = { .service = s->service, .region = s->region,
                                 .override = s->endpoint_override,
                                 .use_fips = s->use_fips, .use_dualstack = s->use_dualstack };
    return endpoint_resolve(&in, &c->endpoint, f);
}

static bool build_stack(struct aws_client *c, struct fault *f)
{
    const struct aws_client_settings *s = &c->settings;
    struct signed_settings signing = { .inner = s->transport, .source = s->source,
                                       .region = span_of(c->endpoint.region),
                                       .service = span_of(service_signing_name(s->service)),
                                       .is_s3 = s->service == AWS_S3, .clock = s->clock };
    struct retry_settings retry = { .attempts_max = s->attempts_max, .clock = s->clock,
                                    .judge = aws_judge };

    return signed_http_new(&signing, &c->signing, f) &&
           retry_http_new(c->signing, &retry, &c->stack, f);
}

bool aws_client_new(const struct aws_client_settings *settings, struct aws_client **out,
                    struct fault *f)
{
    struct aws_client *c = calloc(1, sizeof(*c));

    if (c == NULL) {
        return fault_memory(f);
    }
    c->settings = *settings;
    if (c->settings.clock == NULL) {
        c->settings.clock = clock_system();
    }
    lock_init(&c->lock);
    if (!copy_settings(c, f) || !resolve(c, f) || !build_stack(c, f)) {
        aws_client_free(c);
        return false;
    }
    *out = c;
    return true;
}

void aws_client_free(struct aws_client *c)
{
    if (c == NULL) {
        return;
    }
    while (c->homes != NULL) {
        struct bucket_home *next = c->homes->next;
        aws_client_free(c->homes->client); /* has no homes of its own */
        free(c->homes);
        c->homes = next;
    }
    http_close(c->stack);
    arena_free(&c->arena);
    lock_done(&c->lock);
    free(c);
}

int64_t aws_client_skew_ms(const struct aws_client *c)
{
    return signed_http_skew_ms(c->signing);
}

bool client_is_secret(const struct aws_client *c)
{
    return c->settings.service != AWS_ATHENA && c->settings.service != AWS_GLUE &&
           c->settings.service != AWS_S3;
}

void client_prepare(const struct aws_client *c, const struct endpoint *e,
                    const struct aws_bounds *bounds, struct http_request *q)
{
    q->scheme = span_of(e->scheme);
    q->host = span_of(e->host);
    q->port = e->port;
    q->connect_timeout_ms = c->settings.connect_timeout_ms;
    q->read_timeout_ms = c->settings.read_timeout_ms;
    if (c->settings.user_agent.len > 0) {
        http_request_header(q, "user-agent", c->settings.user_agent);
    }
    if (bounds != NULL) {
        q->deadline_steady_ms = bounds->deadline_steady_ms;
        q->cancel = bounds->cancel;
    }
}

bool client_send(struct aws_client *c, const struct http_request *q, struct http_response *r,
                 struct fault *f)
{
    if (client_is_secret(c)) {
        r->body.is_secret = true;
        r->arena.is_secret = true;
    }
    if (http_send(c->stack, q, r, f)) {
        return true;
    }
    if (f != NULL && f->hop == HOP_NONE) {
        f->hop = c->settings.hop;
    }
    if (f != NULL && f->action[0] == '\0') {
        span_to_c(q->action, f->action, sizeof(f->action));
    }
    return false;
}

/* The most useful line of a clock trouble is by how much the clocks differ. */
static void note_skew(const struct http_response *r, struct fault *f)
{
    enum { WORTH_SAYING_MS = 60 * 1000 };
    int64_t skew_ms;

    if (f != NULL && f->kind == FAULT_SIGN_IN && aws_skew_of(r, &skew_ms) &&
        (skew_ms > WORTH_SAYING_MS || skew_ms < -WORTH_SAYING_MS)) {
        fault_note(f, "This machine's clock is %lld seconds %s the server's: set it right.",
                   (long long)(skew_ms < 0 ? -skew_ms : skew_ms) / 1000,
                   skew_ms < 0 ? "ahead of" : "behind");
    }
}

bool client_refused(const struct aws_client *c, const struct http_request *q,
                    const struct http_response *r, struct fault *f)
{
    struct aws_error e;

    aws_error_read(r, &e);
    aws_error_to_fault(&e, r->status, q->action, c->settings.hop, f);
    note_skew(r, f);
    if (f != NULL) {
        f->may_have_arrived = r->may_have_arrived;
    }
    return false;
}

/* Sends a POST and gives the answer of a 2xx. */
static bool post(struct aws_client *c, struct http_request *q, const struct aws_bounds *bounds,
                 struct http_response *r, struct fault *f)
{
    char path[ENDPOINT_PATH_MAX + 2];

    snprintf(path, sizeof(path), "%s/", c->endpoint.path);
    q->method = SPAN("POST");
    q->path = span_of(path);
    client_prepare(c, &c->endpoint, bounds, q);
    if (!client_send(c, q, r, f)) {
        return false;
    }
    return r->status >= 200 && r->status < 300 ? true : client_refused(c, q, r, f);
}

bool aws_json_call_raw(struct aws_client *c, const char *operation, struct span body,
                       const struct aws_bounds *bounds, struct buf *out, struct fault *f)
{
    char action[ACTION_MAX], target[ACTION_MAX];
    struct http_response r = { 0 };
    struct http_request q = { .body = body.len > 0 ? body : SPAN("{}") };

    snprintf(action, sizeof(action), "%s:%s", service_signing_name(c->settings.service), operation);
    snprintf(target, sizeof(target), "%s.%s", target_prefixes[c->settings.service], operation);
    q.action = span_of(action);
    http_request_header(&q, "content-type", SPAN("application/x-amz-json-1.1"));
    http_request_header(&q, "x-amz-target", span_of(target));
    bool ok = post(c, &q, bounds, &r, f);
    if (ok) {
        *out = r.body;
        r.body = (struct buf){ 0 };
    }
    http_response_free(&r);
    return ok;
}

/* An answer that is none, told with the call that it belongs to. */
static bool unreadable(const struct aws_client *c, const char *operation, const struct fault *why,
                       struct fault *f)
{
    fault_set(f, why->kind, "%s:%s gave an answer that cannot be read: %.400s",
              service_signing_name(c->settings.service), operation, why->text);
    if (f != NULL) {
        f->hop = c->settings.hop;
        f->may_have_arrived = true;
    }
    return false;
}

bool aws_json_call(struct aws_client *c, const char *operation, struct span body,
                   const struct aws_bounds *bounds, struct json **out, struct fault *f)
{
    struct buf answer = { 0 };
    struct fault why;

    if (!aws_json_call_raw(c, operation, body, bounds, &answer, f)) {
        return false;
    }
    bool ok = json_parse(buf_span(&answer), out, &why) || unreadable(c, operation, &why, f);
    buf_free(&answer);
    return ok;
}

/* <ActionResponse><ActionResult>...: the result; the response itself where a service leaves the
   inner one out. */
static const struct xml_node *find_result(const struct xml_node *root, const char *action)
{
    char name[ACTION_MAX];

    snprintf(name, sizeof(name), "%sResponse", action);
    const struct xml_node *response = root->name.len == 0 ? xml_find(root, name) : root;
    if (response == NULL) {
        return root;
    }
    snprintf(name, sizeof(name), "%sResult", action);
    const struct xml_node *result = xml_find(response, name);
    return result != NULL ? result : response;
}

static bool read_answer(struct aws_answer *a, struct span body, const char *action, struct fault *f)
{
    struct span text = span_trim(body);
    struct xml_node *root = NULL;
    struct json *document = NULL;
    bool ok;

    if (text.len > 0 && text.at[0] == '{') {
        ok = json_parse(text, &document, f) && xml_from_json(document, &a->arena, &root, f);
        json_free(document);
    } else {
        ok = xml_parse(text, &a->arena, &root, f);
    }
    if (ok) {
        a->result = find_result(root, action);
    }
    return ok;
}

bool aws_query_call(struct aws_client *c, const char *action, struct span form,
                    const struct aws_bounds *bounds, struct aws_answer **out, struct fault *f)
{
    char name[ACTION_MAX];
    struct http_response r = { 0 };
    struct http_request q = { .body = form };
    struct aws_answer *a = calloc(1, sizeof(*a));
    struct fault why;
    int64_t skew_ms;

    if (a == NULL) {
        return fault_memory(f);
    }
    a->arena.is_secret = true;
    snprintf(name, sizeof(name), "%s:%s", service_signing_name(c->settings.service), action);
    q.action = span_of(name);
    http_request_header(&q, "content-type",
                        SPAN("application/x-www-form-urlencoded; charset=utf-8"));
    bool ok = post(c, &q, bounds, &r, f) && (read_answer(a, buf_span(&r.body), action, &why) ||
                                             unreadable(c, action, &why, f));
    if (ok) {
        a->server_ms = c->settings.clock->wall_ms(c->settings.clock);
        a->server_ms += aws_skew_of(&r, &skew_ms) ? skew_ms : 0;
        *out = a;
    } else {
        aws_answer_free(a);
    }
    http_response_free(&r);
    return ok;
}

bool aws_rest_call(struct aws_client *c, const struct http_request *request,
                   const struct aws_bounds *bounds, struct http_response *out, struct fault *f)
{
    struct http_request q = *request;
    char path[2 * ENDPOINT_PATH_MAX];
    int len = snprintf(path, sizeof(path), "%s%.*s", c->endpoint.path, (int)request->path.len,
                       request->path.at);

    if (len < 0 || (size_t)len >= sizeof(path)) {
        return fault_ceiling(f, "path of a request", sizeof(path));
    }
    q.path = span_of(path);
    client_prepare(c, &c->endpoint, bounds, &q);
    if (!client_send(c, &q, out, f)) {
        return false;
    }
    return out->status >= 200 && out->status < 300 ? true : client_refused(c, &q, out, f);
}

struct span aws_answer_text(const struct aws_answer *a, const char *path)
{
    return xml_text(a->result, path);
}

int64_t aws_answer_server_ms(const struct aws_answer *a)
{
    return a->server_ms;
}

void aws_answer_free(struct aws_answer *a)
{
    if (a != NULL) {
        arena_free(&a->arena);
        free(a);
    }
}

bool aws_parse_time(struct span text, int64_t *wall_ms)
{
    static const double year_10000_s = 253402300800.0;
    double seconds;

    if (utc_parse_iso(text, wall_ms)) {
        return true;
    }
    if (!number_parse_double(text, &seconds) || !(seconds >= 0) || seconds >= year_10000_s) {
        return false;
    }
    *wall_ms = (int64_t)(seconds * 1000.0);
    return true;
}
