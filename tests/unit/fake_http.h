/* A transport that answers from a script and remembers what it was asked; and a clock that a test
   moves by hand. */
#ifndef TESTS_FAKE_HTTP_H
#define TESTS_FAKE_HTTP_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "net/http.h"

enum { FAKE_STEPS_MAX = 64, FAKE_SEEN_MAX = 64 };

struct fake_clock {
    struct clock base;
    int64_t wall_ms, steady_ms;
};

static inline int64_t fake_wall(const struct clock *c)
{
    return ((const struct fake_clock *)c)->wall_ms;
}
static inline int64_t fake_steady(const struct clock *c)
{
    return ((const struct fake_clock *)c)->steady_ms;
}

static inline struct fake_clock fake_clock_at(int64_t wall_ms)
{
    return (struct fake_clock){ { fake_wall, fake_steady }, wall_ms, 1000000 };
}

static inline void fake_clock_move(struct fake_clock *c, int64_t ms)
{
    c->wall_ms += ms;
    c->steady_ms += ms;
}

/* One scripted answer. status 0 = a failure below HTTP, named by header (HTTP_FAILED_...). */
struct fake_step {
    int status;
    const char *body;                 /* NULL = empty */
    const char *headers;              /* "name: value\nname: value" or NULL */
    /* text that must occur in path+query+headers+body; NULL = anything */
    const char *expect;
    int64_t takes_ms;                 /* moves the clock */
};

struct fake_seen {
    char text[8192]; /* "POST https://host:port/path?query\nname: value\n...\n\nbody", cut */
};

struct fake_http {
    struct http base;
    struct fake_step steps[FAKE_STEPS_MAX];
    unsigned n_steps, at;
    bool repeat_last;                 /* else running out of steps is a 599 */
    struct fake_seen *seen;
    unsigned n_seen, n_unexpected;
    struct fake_clock *clock;         /* may be NULL */
    void (*on_send)(struct fake_http *h, const struct http_request *q); /* may be NULL */
    void *context;
};

static inline void fake_note(struct fake_http *h, const struct http_request *q)
{
    struct buf b = { 0 };
    struct fault f;
    bool ok =
        buf_add(&b, q->method, &f) && buf_add(&b, SPAN(" "), &f) && buf_add(&b, q->scheme, &f) &&
        buf_add(&b, SPAN("://"), &f) && buf_add(&b, q->host, &f) &&
        (q->port == 0 || buf_add_format(&b, &f, ":%u", q->port)) && buf_add(&b, q->path, &f) &&
        (q->query.len == 0 || (buf_add_byte(&b, '?', &f) && buf_add(&b, q->query, &f))) &&
        buf_add_byte(&b, '\n', &f);
    for (unsigned i = 0; ok && i < q->n_headers; i++) {
        ok = buf_add(&b, q->headers[i].name, &f) && buf_add(&b, SPAN(": "), &f) &&
             buf_add(&b, q->headers[i].value, &f) && buf_add_byte(&b, '\n', &f);
    }
    ok = ok && buf_add_byte(&b, '\n', &f) && buf_add(&b, q->body, &f);
    if (ok && h->n_seen < FAKE_SEEN_MAX) {
        span_to_c(buf_span(&b), h->seen[h->n_seen].text, sizeof(h->seen[0].text));
    }
    h->n_seen++;
    buf_free(&b);
}

static inline void fake_headers(struct http_response *r, const char *text)
{
    struct span rest = span_of(text);
    struct fault f;

    while (!span_is_null(rest)) {
        struct span line = span_next(&rest, '\n');
        size_t colon = span_find_byte(line, ':');
        if (colon < line.len) {
            (void)!http_response_keep_header(r, span_part(line, 0, colon),
                                             span_trim(span_from(line, colon + 1)), &f);
        }
    }
}

/* A name in the step's headers says where it broke; nothing was sent before a connection stood. */
static inline bool fake_failed(const struct fake_step *step, struct fault *f)
{
    struct span code = step->status == 0 ? span_of(step->headers) : NO_SPAN;

    if (f != NULL) {
        span_to_c(code, f->code, sizeof(f->code));
        f->may_have_arrived = step->status != 0 || span_equal(code, SPAN(HTTP_FAILED_READ)) ||
                              span_equal(code, SPAN(HTTP_FAILED_BROKEN));
    }
    return false;
}

static inline bool fake_send(struct http *base, const struct http_request *q,
                             struct http_response *r, struct fault *f)
{
    static const struct fake_step exhausted = { .status = 599, .body = "script is over" };
    struct fake_http *h = (struct fake_http *)base;
    unsigned at = h->at < h->n_steps                 ? h->at++
                  : h->repeat_last && h->n_steps > 0 ? h->n_steps - 1
                                                     : h->n_steps;
    const struct fake_step *step = at < h->n_steps ? &h->steps[at] : &exhausted;

    fake_note(h, q);
    if (h->on_send != NULL) {
        h->on_send(h, q);
    }
    if (step->expect != NULL && h->n_seen <= FAKE_SEEN_MAX &&
        strstr(h->seen[h->n_seen - 1].text, step->expect) == NULL) {
        h->n_unexpected++;
        printf("    request %u has no \"%s\":\n%s\n", h->n_seen, step->expect,
               h->seen[h->n_seen - 1].text);
    }
    if (h->clock != NULL) {
        fake_clock_move(h->clock, step->takes_ms);
    }
    r->attempts = 1;
    if (q->cancel != NULL && wake_is_raised(q->cancel)) {
        fault_set(f, FAULT_CANCELLED, "cancelled");
        return fake_failed(step, f);
    }
    if (step->status == 0) {
        fault_set(f, FAULT_NETWORK, "scripted failure");
        return fake_failed(step, f);
    }
    if (q->deadline_steady_ms != 0 && h->clock != NULL &&
        h->clock->steady_ms >= q->deadline_steady_ms && step->takes_ms > 0) {
        fault_set(f, FAULT_TIMEOUT, "scripted deadline");
        return fake_failed(step, f);
    }
    r->status = step->status;
    fake_headers(r, step->headers);
    if (step->body != NULL && q->sink != NULL && step->status < 300) {
        return q->sink(q->sink_context, span_of(step->body), f);
    }
    return step->body == NULL || buf_add(&r->body, span_of(step->body), f);
}

static inline void fake_close(struct http *base) { (void)base; }

/* steps is copied. fake_done it. */
static inline void fake_init(struct fake_http *h, const struct fake_step *steps, size_t n)
{
    static const struct http_ops ops = { fake_send, fake_close };

    memset(h, 0, sizeof(*h));
    h->base.ops = &ops;
    h->seen = calloc(FAKE_SEEN_MAX, sizeof(*h->seen));
    if (n > 0) {
        memcpy(h->steps, steps, n * sizeof(*steps));
    }
    h->n_steps = (unsigned)n;
}

static inline void fake_done(struct fake_http *h)
{
    free(h->seen);
    h->seen = NULL;
}

/* What was asked in request i (from 0). */
static inline const char *fake_seen(const struct fake_http *h, unsigned i)
{
    return h->seen[i].text;
}

#endif
