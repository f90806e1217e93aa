/* A transport that is S3 and Athena at once: objects with ranges and versions, pages by token. Safe
   for several threads. It can refuse, and it can break every connection after so many bytes. */
#ifndef TESTS_ROWS_FAKE_STORE_H
#define TESTS_ROWS_FAKE_STORE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/number.h"
#include "rows/rows.h"

enum { STORE_OBJECTS = 6, STORE_PAGES = 16 };

struct fake_object {
    const char *path;      /* "/bucket/key" or its end */
    struct span bytes;
    int refuse_status;     /* 403, 404, 500 ... instead of the bytes */
    const char *refuse_body;
};

struct fake_store {
    struct http base;
    struct lock lock;
    struct fake_object objects[STORE_OBJECTS];
    unsigned n_objects;
    /* body of the page asked for with token "tN"; 0 without a token */
    const char *pages[STORE_PAGES];
    unsigned n_pages;
    int pages_status;      /* 0 = 200 */
    size_t cut_after;      /* every S3 body breaks after so many bytes; 0 = never */
    unsigned n_gets, n_page_calls, n_conditional;
    unsigned change_after; /* from this get on the object has another version; 0 = never */
    /* gets that begin at this byte or behind find another version; 0 = never */
    size_t gone_from;
    unsigned fail_from;    /* from this get on no connection is made; 0 = never */
    struct wake *raise_at; /* raised when get number raise_get arrives */
    unsigned raise_get;
    unsigned delay_ms, delay_from; /* gets from this one on take so long */
    unsigned n_under_way, n_under_way_most;
};

static inline struct span store_header(const struct http_request *q, const char *name)
{
    for (unsigned i = 0; i < q->n_headers; i++) {
        if (span_equal_nocase(q->headers[i].name, span_of(name))) {
            return q->headers[i].value;
        }
    }
    return NO_SPAN;
}

static inline bool store_answer(struct http_response *r, int status, const char *body,
                                struct fault *f)
{
    r->status = status;
    r->attempts = 1;
    return buf_add(&r->body, span_of(body), f);
}

static inline bool store_keep(struct http_response *r, const char *name, const char *value,
                              struct fault *f)
{
    return http_response_keep_header(r, span_of(name), span_of(value), f);
}

static inline bool store_range(const struct http_request *q, size_t total, size_t *from, size_t *to)
{
    struct span range = store_header(q, "range");
    uint64_t first = 0, last = total - 1;

    *from = 0;
    *to = total > 0 ? total - 1 : 0;
    if (span_is_null(range)) {
        return total > 0;
    }
    struct span numbers = span_from(range, strlen("bytes="));
    struct span begin = span_next(&numbers, '-');
    number_parse_u64(begin, &first);
    if (numbers.len > 0) {
        number_parse_u64(numbers, &last);
    }
    *from = (size_t)first;
    *to = last < total - 1 ? (size_t)last : total - 1;
    return first < total;
}

static inline bool store_get(struct fake_store *s, const struct http_request *q,
                             struct http_response *r, struct fault *f)
{
    const struct fake_object *object = NULL;
    char text[128];
    size_t from = 0, to = 0;

    lock_take(&s->lock);
    unsigned number = ++s->n_gets;
    s->n_conditional += !span_is_null(store_header(q, "if-match"));
    lock_give(&s->lock);
    if (s->fail_from != 0 && number >= s->fail_from) {
        return fault_set(f, FAULT_NETWORK, "connection refused");
    }
    if (s->raise_at != NULL && number >= s->raise_get) {
        wake_raise(s->raise_at);
    }
    for (unsigned i = 0; i < s->n_objects && object == NULL; i++) {
        object = span_ends(q->path, span_of(s->objects[i].path)) ? &s->objects[i] : NULL;
    }
    if (object == NULL) {
        return store_answer(r, 404,
                            "<Error><Code>NoSuchKey</Code><Message>The specified key does not "
                            "exist.</Message></Error>",
                            f);
    }
    if (object->refuse_status != 0) {
        return store_answer(r, object->refuse_status, object->refuse_body, f);
    }
    const char *etag = s->change_after != 0 && number >= s->change_after ? "\"two\"" : "\"one\"";
    struct span wanted = store_header(q, "if-match");
    bool is_there = store_range(q, object->bytes.len, &from, &to);
    if (s->gone_from != 0 && from >= s->gone_from) {
        etag = "\"three\"";
    }
    if (!span_is_null(wanted) && !span_equal(wanted, span_of(etag))) {
        return store_answer(r, 412,
                            "<Error><Code>PreconditionFailed</Code><Message>At least one of the "
                            "pre-conditions you specified "
                            "did not hold</Message></Error>",
                            f);
    }
    if (!is_there) {
        return store_answer(r, object->bytes.len == 0 && span_is_null(store_header(q, "range"))
                            ? 200 : 416, "", f);
    }
    if (s->delay_ms != 0 && number >= s->delay_from) {
        struct timespec pause = { 0, (long)s->delay_ms * 1000000 };
        (void)nanosleep(&pause, NULL);
    }
    bool is_part = !span_is_null(store_header(q, "range"));
    r->status = is_part ? 206 : 200;
    r->attempts = 1;
    snprintf(text, sizeof(text), "bytes %zu-%zu/%zu", from, to, object->bytes.len);
    bool ok = store_keep(r, "etag", etag, f) && (!is_part
                                                 || store_keep(r, "content-range", text, f));
    snprintf(text, sizeof(text), "%zu", to - from + 1);
    ok = ok && store_keep(r, "content-length", text, f);
    size_t left = to - from + 1;
    if (left > (q->body_bytes_max != 0 ? q->body_bytes_max : HTTP_BODY_DEFAULT)) {
        return fault_ceiling(f, "answer body", q->body_bytes_max);
    }
    size_t allowed = s->cut_after != 0 && s->cut_after < left ? s->cut_after : left;
    for (size_t sent = 0; ok && sent < allowed;) {
        size_t n = allowed - sent < 16384 ? allowed - sent : 16384;
        struct span piece = span_part(object->bytes, from + sent, n);
        ok = q->sink != NULL ? q->sink(q->sink_context, piece, f) : buf_add(&r->body, piece, f);
        sent += n;
        if (ok && q->cancel != NULL && wake_is_raised(q->cancel)) {
            return fault_set(f, FAULT_CANCELLED, "cancelled");
        }
    }
    return ok && (allowed == left || fault_set(f, FAULT_NETWORK, "connection reset"));
}

/* The same, counted while it is under way. */
static inline bool store_get_counted(struct fake_store *s, const struct http_request *q,
                                     struct http_response *r, struct fault *f)
{
    lock_take(&s->lock);
    if (++s->n_under_way > s->n_under_way_most) {
        s->n_under_way_most = s->n_under_way;
    }
    lock_give(&s->lock);
    bool ok = store_get(s, q, r, f);
    lock_take(&s->lock);
    s->n_under_way--;
    lock_give(&s->lock);
    return ok;
}

static inline bool store_page(struct fake_store *s, const struct http_request *q,
                              struct http_response *r, struct fault *f)
{
    size_t at = span_find(q->body, SPAN("\"NextToken\":\"t"));
    unsigned page = at < q->body.len
        ? (unsigned)atoi(q->body.at + at + strlen("\"NextToken\":\"t")) : 0;

    lock_take(&s->lock);
    s->n_page_calls++;
    lock_give(&s->lock);
    if (s->pages_status != 0) {
        return store_answer(r, s->pages_status, s->pages[0], f);
    }
    return page < s->n_pages ? store_answer(r, 200, s->pages[page], f)
        : store_answer(r, 400, "{\"__type\":\"InvalidRequestException\"}", f);
}

static inline bool store_send(struct http *base, const struct http_request *q,
                              struct http_response *r, struct fault *f)
{
    struct fake_store *s = (struct fake_store *)base;
    return span_starts(q->action, SPAN("s3:")) ? store_get_counted(s, q, r, f)
                                               : store_page(s, q, r, f);
}

static inline void store_close(struct http *base) { (void)base; }

static inline void store_init(struct fake_store *s)
{
    static const struct http_ops ops = { store_send, store_close };

    memset(s, 0, sizeof(*s));
    s->base.ops = &ops;
    lock_init(&s->lock);
}

static inline void store_add(struct fake_store *s, const char *path, struct span bytes)
{
    s->objects[s->n_objects++] = (struct fake_object){ path, bytes, 0, NULL };
}

static inline void store_refuse(struct fake_store *s, const char *path, int status,
                                const char *body)
{
    s->objects[s->n_objects++] = (struct fake_object){ path, NO_SPAN, status, body };
}

/* Two clients on one store, and an execution that succeeded. */
struct desk {
    struct fake_store store;
    struct aws_client *athena, *s3;
    struct execution *execution;
    struct notices notices;
    struct result_request request;
};

static inline void desk_open(struct desk *d, const char *statement, const char *substatement,
                             const char *location)
{
    struct fault f = { .kind = FAULT_NONE };
    struct aws_client_settings settings = { .region = SPAN("eu-central-1"), .attempts_max = 2 };

    memset(d, 0, sizeof(*d));
    store_init(&d->store);
    settings.transport = &d->store.base;
    settings.service = AWS_ATHENA;
    bool ok = aws_client_new(&settings, &d->athena, &f);
    settings.service = AWS_S3;
    ok = ok && aws_client_new(&settings, &d->s3, &f) && execution_new(&d->execution, &f);
    if (!ok) {
        printf("    %s\n", f.text);
        abort();
    }
    snprintf(d->execution->query_id, sizeof(d->execution->query_id), "q1");
    snprintf(d->execution->statement_type, sizeof(d->execution->statement_type), "%s", statement);
    snprintf(d->execution->substatement_type, sizeof(d->execution->substatement_type), "%s",
             substatement);
    snprintf(d->execution->output_location, sizeof(d->execution->output_location), "%s", location);
    d->execution->state = QUERY_SUCCEEDED;
    d->request = (struct result_request){ .athena = d->athena, .s3 = d->s3,
                                          .execution = d->execution, .notices = &d->notices };
}

static inline void desk_close(struct desk *d)
{
    aws_client_free(d->athena);
    aws_client_free(d->s3);
    execution_drop(d->execution);
    lock_done(&d->store.lock);
}

#endif
