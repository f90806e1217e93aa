/* Signs what passes through. */
#include "aws/signed.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/error.h"
#include "aws/sigv4.h"
#include "base/secret.h"

struct signed_http {
    struct http base;
    struct http *inner;
    struct creds_source *source;
    const struct clock *clock;
    char region[64], service[32];
    bool is_s3;
    _Atomic int64_t skew_ms;
};

int64_t signed_http_skew_ms(const struct http *h)
{
    const struct signed_http *s = (const struct signed_http *)h;
    return atomic_load(&s->skew_ms);
}

/* As libcurl writes it: the default port is left out. */
static bool host_header(const struct http_request *q, struct buf *out, struct fault *f)
{
    unsigned own = span_equal(q->scheme, SPAN("https")) ? 443 : 80;

    return buf_add(out, q->host, f) &&
           (q->port == 0 || q->port == own || buf_add_format(out, f, ":%u", q->port));
}

/* Only what no proxy touches. */
static bool is_signed_header(struct span name)
{
    return span_starts_nocase(name, SPAN("x-amz-")) ||
           span_equal_nocase(name, SPAN("content-type")) || span_equal_nocase(name, SPAN("range"));
}

/* Who signs, and by how much the server's clock is ahead as far as is known. */
struct signer {
    const struct creds *creds;
    int64_t skew_ms;
};

static bool sign(const struct signed_http *s, const struct http_request *q,
                 const struct signer *by, struct sigv4_result *out, struct fault *f)
{
    const struct creds *creds = by->creds;
    struct http_header headers[HTTP_HEADERS_MAX];
    struct buf host = { 0 };
    unsigned n = 0;

    if (!host_header(q, &host, f)) {
        buf_free(&host);
        return false;
    }
    headers[n++] = (struct http_header){ SPAN("host"), buf_span(&host) };
    for (unsigned i = 0; i < q->n_headers && n < HTTP_HEADERS_MAX; i++) {
        if (is_signed_header(q->headers[i].name)) {
            headers[n++] = q->headers[i];
        }
    }
    struct sigv4_request request = { .method = q->method, .path = q->path, .query = q->query,
                                     .headers = headers,
                                     .n_headers = n, .body = q->body, .payload_hash = NO_SPAN };
    struct sigv4_settings how = {
        .access_key_id = span_of(creds->access_key_id),
        .secret_access_key = span_of(creds->secret_access_key),
        .session_token = span_of(creds->session_token),
        .region = span_of(s->region), .service = span_of(s->service),
        .wall_ms = s->clock->wall_ms(s->clock) + by->skew_ms,
        .normalise_path = !s->is_s3,
        .double_encode = !s->is_s3, .sign_body_header = s->is_s3,
    };
    bool ok = sigv4_sign(&request, &how, out, f);
    buf_free(&host);
    return ok;
}

/* Sends as it is, on our clock, and learns the difference. */
static bool pass_on(struct signed_http *s, const struct http_request *q, struct http_response *r,
                    struct fault *f)
{
    int64_t sent_wall_ms = s->clock->wall_ms(s->clock);
    int64_t sent_steady_ms = s->clock->steady_ms(s->clock);
    bool ok = http_send(s->inner, q, r, f);
    int64_t skew_ms;

    r->sent_wall_ms = sent_wall_ms;
    r->elapsed_ms = s->clock->steady_ms(s->clock) - sent_steady_ms;
    if (ok && aws_skew_of(r, &skew_ms)) {
        atomic_store(&s->skew_ms, skew_ms);
    }
    return ok;
}

static bool send_as(struct signed_http *s, const struct http_request *q, const struct creds *creds,
                    struct http_response *r, struct fault *f)
{
    const struct signer by = { creds, atomic_load(&s->skew_ms) };
    struct http_request signed_q = *q;
    struct sigv4_result signature = { 0 };

    if (q->n_headers + 4 > HTTP_HEADERS_MAX) {
        return fault_ceiling(f, "headers of a request", HTTP_HEADERS_MAX);
    }
    if (!sign(s, q, &by, &signature, f)) {
        return false;
    }
    http_request_header(&signed_q, "x-amz-date", span_of(signature.date));
    if (creds->session_token[0] != '\0') {
        http_request_header(&signed_q, "x-amz-security-token", span_of(creds->session_token));
    }
    if (s->is_s3) {
        http_request_header(&signed_q, "x-amz-content-sha256", span_of(signature.payload_hash));
    }
    http_request_header(&signed_q, "authorization", buf_span(&signature.authorization));
    bool ok = pass_on(s, &signed_q, r, f);
    r->signing_skew_ms = by.skew_ms;
    sigv4_free(&signature);
    return ok;
}

/* Credentials for q. A failure is marked with its hop, so that retrying knows it has been retried
   where it happened. */
static bool fetch(const struct signed_http *s, const struct http_request *q,
                  const char *rejected_key, struct creds *out, struct fault *f)
{
    struct creds_request request = { q->deadline_steady_ms, q->cancel, rejected_key };

    if (creds_get(s->source, &request, out, f)) {
        return true;
    }
    if (f != NULL) {
        f->hop = f->hop == HOP_NONE ? HOP_BASE : f->hop;
        f->may_have_arrived = false; /* that was another request */
    }
    return false;
}

static bool is_expired(const struct http_response *r)
{
    struct aws_error e;

    if (r->status < 400) {
        return false;
    }
    aws_error_read(r, &e);
    return aws_code_is_expired(span_of(e.code));
}

static bool send_with(struct signed_http *s, const struct http_request *q, struct creds *creds,
                      struct http_response *r, struct fault *f)
{
    char rejected[CREDS_KEY_MAX];

    if (!fetch(s, q, NULL, creds, f) || !send_as(s, q, creds, r, f)) {
        return false;
    }
    if (!is_expired(r)) {
        return true;
    }
    memcpy(rejected, creds->access_key_id, sizeof(rejected));
    if (!fetch(s, q, rejected, creds, f)) {
        return false;
    }
    /* Nothing newer to be had: the refusal stands. */
    return strcmp(rejected, creds->access_key_id) == 0 ? true : send_as(s, q, creds, r, f);
}

static bool signed_send(struct http *h, const struct http_request *q, struct http_response *r,
                        struct fault *f)
{
    struct signed_http *s = (struct signed_http *)h;
    struct creds creds = { 0 };

    if (s->source == NULL) {
        return pass_on(s, q, r, f);
    }
    bool ok = send_with(s, q, &creds, r, f);
    creds_wipe(&creds);
    return ok;
}

static void signed_close(struct http *h)
{
    free(h);
}

bool signed_http_new(const struct signed_settings *settings, struct http **out, struct fault *f)
{
    static const struct http_ops ops = { signed_send, signed_close };
    struct signed_http *s = calloc(1, sizeof(*s));

    if (s == NULL) {
        return fault_memory(f);
    }
    s->base.ops = &ops;
    s->inner = settings->inner;
    s->source = settings->source;
    s->clock = settings->clock != NULL ? settings->clock : clock_system();
    s->is_s3 = settings->is_s3;
    span_to_c(settings->region, s->region, sizeof(s->region));
    span_to_c(settings->service, s->service, sizeof(s->service));
    *out = &s->base;
    return true;
}
