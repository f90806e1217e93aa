/* Replays http-traffic.json. Method, host, path and query (as a set) must agree; bodies, signatures
   and agents are not compared. */
#include "replay.h"

#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "net/url.h"

static int64_t clock_wall(const struct clock *c)
{
    return ((const struct replay_clock *)c)->wall_ms;
}

static int64_t clock_steady(const struct clock *c)
{
    return ((const struct replay_clock *)c)->wall_ms + 1000000;
}

struct replay_clock replay_clock_at(int64_t wall_ms)
{
    return (struct replay_clock){ { clock_wall, clock_steady }, wall_ms };
}

static bool query_has(struct span query, struct span part)
{
    while (!span_is_null(query)) {
        if (span_equal(span_next(&query, '&'), part)) {
            return true;
        }
    }
    return false;
}

static bool same_query(struct span a, struct span b)
{
    size_t n_a = a.len, n_b = b.len;

    for (struct span rest = a; n_a > 0 && !span_is_null(rest);) {
        if (!query_has(b, span_next(&rest, '&'))) {
            return false;
        }
    }
    return n_a == n_b;
}

static bool is_recorded(const struct http_request *q, const struct json *request)
{
    struct span uri = json_text_of(request, "uri");
    size_t mark = span_find_byte(uri, '?');
    struct url u;
    struct span query = mark < uri.len ? span_from(uri, mark + 1) : SPAN("");

    return url_parse(span_part(uri, 0, mark), &u, NULL) &&
           span_equal(q->method, json_text_of(request, "method")) &&
           span_equal(q->scheme, u.scheme) && span_equal(q->host, u.host) && q->port == u.port &&
           span_equal(q->path, u.path.len > 0 ? u.path : SPAN("/")) &&
           same_query(span_is_null(q->query) ? SPAN("") : q->query, query);
}

struct adding {
    struct http_response *r;
    struct replay *replay;
};

static bool add_header(struct span name, const struct json *value, void *context)
{
    struct adding *a = context;
    struct span text = json_text(json_at(value, 0));
    int64_t when = 0;

    (void)!http_response_keep_header(a->r, name, text, NULL);
    if (span_equal_nocase(name, SPAN("date")) && utc_parse_http(text, &when) &&
        !a->replay->clock_stands) {
        a->replay->clock->wall_ms = when;
    }
    return true;
}

/* Sets the clock to the time of the answer that comes next, before its request is timed. */
static void look_ahead(struct replay *r)
{
    for (size_t i = r->at; i < json_length(r->events) && !r->clock_stands; i++) {
        struct json *headers =
            json_path(json_at(r->events, i), "action.Response.response.Ok.headers");
        struct span date = json_text(json_at(json_member(headers, "date"), 0));
        int64_t when = 0;
        if (!span_is_null(date) && utc_parse_http(date, &when)) {
            r->clock->wall_ms = when;
            return;
        }
    }
}

static bool add_body(const struct json *data, struct http_response *r, struct fault *f)
{
    struct span text = json_text_of(data, "Utf8"), coded = json_text_of(data, "Base64");

    if (!span_is_null(coded)) {
        return digest_base64_decode(coded, &r->body, f);
    }
    return span_is_null(text) || buf_add(&r->body, text, f);
}

static const struct json *event(const struct replay *r, const char *kind)
{
    return json_member(json_member(json_at(r->events, r->at), "action"), kind);
}

static bool replay_send(struct http *h, const struct http_request *q, struct http_response *r,
                        struct fault *f)
{
    struct replay *p = (struct replay *)h;
    const struct json *request = json_member(event(p, "Request"), "request");

    r->attempts = 1;
    if (request == NULL || !is_recorded(q, request)) {
        p->n_wrong++;
        snprintf(p->wrong, sizeof(p->wrong), "sent %.*s %.*s://%.*s%.*s?%.*s", (int)q->method.len,
                 q->method.at, (int)q->scheme.len, q->scheme.at, (int)q->host.len, q->host.at,
                 (int)q->path.len, q->path.at, (int)q->query.len, q->query.at ? q->query.at : "");
        return fault_set(f, FAULT_NETWORK, "not recorded: %.300s", p->wrong);
    }
    while (p->at < json_length(p->events) && event(p, "Response") == NULL) {
        p->at++;
    }
    const struct json *response = json_path(event(p, "Response"), "response.Ok");
    p->at++;
    if (response == NULL) {
        return fault_set(f, FAULT_NETWORK, "recorded failure");
    }
    r->status = (int)json_int(json_member(response, "status"), 0);
    json_each(json_member(response, "headers"), add_header, &(struct adding){ r, p });
    r->sent_wall_ms = p->clock->wall_ms;
    for (; p->at < json_length(p->events) && event(p, "Request") == NULL; p->at++) {
        const struct json *data = event(p, "Data");
        if (data != NULL && !add_body(json_member(data, "data"), r, f)) {
            return false;
        }
    }
    look_ahead(p);
    return true;
}

static void replay_close(struct http *h)
{
    (void)h;
}

void replay_init(struct replay *r, const struct json *traffic, struct replay_clock *clock)
{
    static const struct http_ops ops = { replay_send, replay_close };

    *r = (struct replay){ .base = { &ops },
                          .events = json_member(traffic, "events"),
                          .clock = clock };
}

bool replay_is_over(const struct replay *r)
{
    return r->at >= json_length(r->events);
}
