/* The stack's common part: dispatch to whoever sends, and the life of a response. */
#include "net/http.h"

#include <assert.h>
#include <string.h>

bool http_send(struct http *h, const struct http_request *q, struct http_response *r,
               struct fault *f)
{
    http_response_reset(r);
    return h->ops->send(h, q, r, f);
}

void http_close(struct http *h)
{
    if (h != NULL) {
        h->ops->close(h);
    }
}

struct span http_response_header(const struct http_response *r, const char *name)
{
    for (unsigned i = 0; i < r->n_headers; i++) {
        if (span_equal(r->headers[i].name, span_of(name))) {
            return r->headers[i].value;
        }
    }
    return NO_SPAN;
}

bool http_response_keep_header(struct http_response *r, struct span name, struct span value,
                               struct fault *f)
{
    struct http_header kept;

    if (r->n_headers == HTTP_RESPONSE_HEADERS_MAX) {
        return true;
    }
    if (!arena_copy(&r->arena, name, &kept.name, f) ||
        !arena_copy(&r->arena, value, &kept.value, f)) {
        return false;
    }
    char *letters = (char *)kept.name.at; /* ours: just copied */
    for (size_t i = 0; i < kept.name.len; i++) {
        letters[i] = ascii_lower(letters[i]);
    }
    r->headers[r->n_headers++] = kept;
    return true;
}

void http_response_reset(struct http_response *r)
{
    r->status = 0;
    r->n_headers = 0;
    r->sent_wall_ms = 0;
    r->elapsed_ms = 0;
    r->signing_skew_ms = 0;
    r->attempts = 0;
    r->may_have_arrived = false;
    arena_reset(&r->arena);
    buf_clear(&r->body);
}

void http_response_free(struct http_response *r)
{
    arena_free(&r->arena);
    buf_free(&r->body);
    memset(r, 0, sizeof(*r));
}

void http_request_header(struct http_request *q, const char *name, struct span value)
{
    assert(q->n_headers < HTTP_HEADERS_MAX);
    q->headers[q->n_headers++] = (struct http_header){ span_of(name), value };
}

bool http_request_is_plausible(const struct http_request *q, struct fault *f)
{
    for (unsigned i = 0; i < q->n_headers; i++) {
        struct span value = q->headers[i].value;
        for (size_t at = 0; at < value.len; at++) {
            unsigned char c = (unsigned char)value.at[at];
            if (c == '\r' || c == '\n' || c == 0) {
                return fault_set(f, FAULT_SETTING, "The value for the HTTP header %.*s contains "
                                 "a line break or a zero byte; nothing was sent.",
                                 (int)q->headers[i].name.len, q->headers[i].name.at);
            }
        }
    }
    return true;
}
