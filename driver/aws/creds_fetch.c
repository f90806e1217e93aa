/* Requests of the credential providers, with their own few repetitions: they have neither signature
   nor service. */
#include "aws/creds_fetch.h"

#include <stdio.h>

#include "aws/endpoint.h"
#include "aws/error.h"
#include "base/digest.h"
#include "base/secret.h"
#include "net/url.h"

enum { FETCH_BODY_MAX = 1024 * 1024, FETCH_ATTEMPTS = 3, FETCH_PAUSE_MS = 50 };

static bool take_url(struct span text, struct http_request *q, struct fault *f)
{
    struct url u;
    size_t mark = span_find_byte(text, '?');

    if (!url_parse(span_part(text, 0, mark), &u, f)) {
        return false;
    }
    q->scheme = u.scheme;
    q->host = u.host;
    q->port = u.port;
    q->path = u.path.len > 0 ? u.path : SPAN("/");
    q->query = mark < text.len ? span_from(text, mark + 1) : NO_SPAN;
    return true;
}

static bool is_worth_repeating(const struct creds_fetch *what, bool came,
                               const struct http_response *r, const struct fault *f)
{
    if (!came) {
        return f->kind == FAULT_NETWORK;
    }
    if (r->status == 500 || r->status == 502 || r->status == 503 || r->status == 504) {
        return true;
    }
    return what->wants_body && r->status == 200 && r->body.len == 0;
}

static int64_t pause_of(const struct creds_fetch *what, unsigned attempt)
{
    uint32_t bits = 0;

    if (what->pause_ms > 0 || !digest_random(&bits, sizeof(bits), NULL)) {
        return what->pause_ms;
    }
    return (int64_t)(bits / 4294967296.0 * (FETCH_PAUSE_MS << (attempt - 1)));
}

static void forget(struct http_response *r)
{
    if (r->body.at != NULL) {
        secret_wipe(r->body.at, r->body.room);
    }
    http_response_free(r);
    *r = (struct http_response){ .body = { .is_secret = true }, .arena = { .is_secret = true } };
}

bool creds_fetch(const struct creds_world *w, const struct creds_request *q,
                 const struct creds_fetch *what, struct http_response *r, struct fault *f)
{
    unsigned most = what->attempts > 0    ? what->attempts
                    : w->attempts_max > 0 ? w->attempts_max
                                          : FETCH_ATTEMPTS;
    struct http_request request = {
        .method = what->method,
        .body = what->body,
        .action = what->action,
        .connect_timeout_ms = what->connect_timeout_ms,
        .read_timeout_ms = what->read_timeout_ms,
        .attempts_max = 1,
        .never_proxy = what->never_proxy,
        .deadline_steady_ms = q->deadline_steady_ms,
        .cancel = q->cancel,
        .body_bytes_max = FETCH_BODY_MAX,
    };

    if (!take_url(what->url, &request, f)) {
        return false;
    }
    if (w->user_agent[0] != 0) {
        http_request_header(&request, "user-agent", span_of(w->user_agent));
    }
    for (size_t i = 0; i < 4 && !span_is_null(what->headers[i].name); i++) {
        request.headers[request.n_headers++] = what->headers[i];
    }
    for (unsigned attempt = 1;; attempt++) {
        struct fault why = { 0 };
        forget(r);
        bool came = http_send(w->transport, &request, r, &why);
        if (attempt >= most || !is_worth_repeating(what, came, r, &why)) {
            if (!came && f != NULL) {
                *f = why;
                f->hop = HOP_BASE;
            }
            return came;
        }
        if (!world_wait(w, q, pause_of(what, attempt), f)) {
            return false;
        }
    }
}

void creds_fetch_correct(const struct http_response *r, struct creds *c)
{
    int64_t skew = 0;

    if (c->expires_wall_ms != 0 && aws_skew_of(r, &skew)) {
        c->expires_wall_ms -= skew;
    }
}

bool creds_service_url(const struct endpoint_view *v, enum aws_service service, struct span region,
                       const char *path, char to[SERVICE_URL_MAX], struct fault *f)
{
    char custom[ENDPOINT_TEXT_MAX], port[16] = "";
    struct endpoint e;

    if (!endpoint_configured(v, endpoint_key(service), span_of(v->w->endpoint[service]), custom,
                             f)) {
        return false;
    }
    struct endpoint_input in = {
        .service = service,
        .region = region,
        .override = span_of(custom),
        .use_fips = custom[0] == 0 && endpoint_uses_fips(v),
        .use_dualstack = custom[0] == 0 && endpoint_uses_dualstack(v),
    };
    if (!endpoint_resolve(&in, &e, f)) {
        return false;
    }
    if (e.port != 0) {
        snprintf(port, sizeof(port), ":%u", e.port);
    }
    int n = snprintf(to, SERVICE_URL_MAX, "%s://%s%s%s%s", e.scheme, e.host, port, e.path, path);
    return n > 0 && n < SERVICE_URL_MAX ? true
                                        : fault_set(f, FAULT_SETTING, "The endpoint is too long.");
}
