/* Reading objects from S3: address styles, ranges, and buckets that live elsewhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/client.h"
#include "aws/error.h"
#include "base/number.h"

enum { HOMES_MAX = 16, RANGE_TEXT_MAX = 64 };

/* A get on its way: the request's texts and the check that the server honoured the range. */
struct fetch {
    const struct s3_get *get;
    struct http_response *response;
    char range[RANGE_TEXT_MAX];
    struct buf path;
};

static bool has_range(const struct s3_get *get)
{
    return get->from != 0 || get->to != UINT64_MAX;
}

static void write_range(const struct s3_get *get, char to[RANGE_TEXT_MAX])
{
    if (get->to == UINT64_MAX) {
        snprintf(to, RANGE_TEXT_MAX, "bytes=%llu-", (unsigned long long)get->from);
    } else {
        snprintf(to, RANGE_TEXT_MAX, "bytes=%llu-%llu", (unsigned long long)get->from,
                 (unsigned long long)get->to);
    }
}

static uint64_t header_number(const struct http_response *r, const char *name)
{
    uint64_t n = 0;
    return number_parse_u64(http_response_header(r, name), &n) ? n : 0;
}

/* Whether a part is the one that was asked for: "bytes 10-19/1234". */
static bool is_asked_part(const struct s3_get *get, const struct http_response *r)
{
    struct span rest = http_response_header(r, "content-range");
    struct span unit = span_next(&rest, ' '), first = span_next(&rest, '-');
    struct span last = span_next(&rest, '/');
    uint64_t from, to;

    return span_equal_nocase(unit, SPAN("bytes")) && number_parse_u64(first, &from) &&
           number_parse_u64(last, &to) && from == get->from && to <= get->to;
}

/* A whole object where a part was asked for is fine only if the part is the whole. */
static bool honours_range(const struct s3_get *get, const struct http_response *r, struct fault *f)
{
    uint64_t asked = get->to + (get->to != UINT64_MAX);
    bool is_whole = get->from == 0 && header_number(r, "content-length") <= asked;
    struct span part = http_response_header(r, "content-range");

    if (r->status == 206 ? is_asked_part(get, r) : !has_range(get) || is_whole) {
        return true;
    }
    return fault_set(f, FAULT_PROTOCOL,
                     "S3 sent %s%.*s of s3://%.*s/%.*s where bytes from %llu on were asked for.",
                     r->status == 206 ? "the part " : "the whole", (int)part.len,
                     part.len > 0 ? part.at : "", (int)get->bucket.len, get->bucket.at,
                     (int)get->key.len, get->key.at, (unsigned long long)get->from);
}

static bool checked_sink(void *context, struct span bytes, struct fault *f)
{
    struct fetch *x = context;
    return honours_range(x->get, x->response, f) && x->get->sink(x->get->sink_context, bytes, f);
}

static bool make_request(struct aws_client *c, struct fetch *x, struct endpoint *e,
                         const struct aws_bounds *bounds, struct http_request *q, struct fault *f)
{
    const struct s3_get *get = x->get;
    struct endpoint_input in = { .service = AWS_S3, .region = c->settings.region,
                                 .override = c->settings.endpoint_override,
                                 .bucket = get->bucket, .use_fips = c->settings.use_fips,
                                 .use_dualstack = c->settings.use_dualstack,
                                 .force_path_style = c->settings.force_path_style };

    buf_clear(&x->path);
    if (!endpoint_resolve(&in, e, f) || !buf_add(&x->path, span_of(e->path), f) ||
        !buf_add_byte(&x->path, '/', f) ||
        !url_encode(get->key, true, &x->path, f)) {
        return false;
    }
    *q = (struct http_request){ .method = SPAN("GET"), .path = buf_span(&x->path),
                                .action = SPAN("s3:GetObject"),
                                .body_bytes_max = get->body_bytes_max };
    client_prepare(c, e, bounds, q);
    if (has_range(get)) {
        write_range(get, x->range);
        http_request_header(q, "range", span_of(x->range));
    }
    if (!span_is_null(get->if_match)) {
        http_request_header(q, "if-match", get->if_match);
    }
    if (get->expected_owner.len > 0) {
        http_request_header(q, "x-amz-expected-bucket-owner", get->expected_owner);
    }
    if (get->requester_pays) {
        http_request_header(q, "x-amz-request-payer", SPAN("requester"));
    }
    if (get->sink != NULL) {
        q->sink = checked_sink;
        q->sink_context = x;
    }
    return true;
}

/* "bytes 0-9/1234" or, with 416, a star and the length. */
static uint64_t total_of(const struct http_response *r)
{
    struct span range = http_response_header(r, "content-range");
    size_t slash = span_find_byte(range, '/');
    uint64_t total;

    if (!span_is_null(range) && slash < range.len &&
        number_parse_u64(span_from(range, slash + 1), &total)) {
        return total;
    }
    return r->status == 200 ? header_number(r, "content-length") : 0;
}

static bool take_answer(const struct s3_get *get, struct http_response *r, struct s3_object *out,
                        struct fault *f)
{
    struct s3_object object = { .status = r->status, .total_bytes = total_of(r) };

    if (r->status != 416 && !honours_range(get, r, f)) {
        return false;
    }
    struct span etag = http_response_header(r, "etag");
    if (!span_is_null(etag)) {
        span_to_c(etag, object.etag, sizeof(object.etag));
    }
    if (r->status != 416) {
        object.body = r->body;
        r->body = (struct buf){ 0 };
    }
    *out = object;
    return true;
}

static void say_what(const struct s3_get *get, int status, struct fault *f)
{
    char service_words[FAULT_TEXT_MAX + 1];

    if (f == NULL) {
        return;
    }
    memcpy(service_words, f->text, sizeof(service_words));
    if (f->resource[0] == '\0') {
        snprintf(f->resource, sizeof(f->resource), "s3://%.*s/%.*s",
                 (int)(get->bucket.len > 240 ? 240 : get->bucket.len), get->bucket.at,
                 (int)(get->key.len > 240 ? 240 : get->key.len), get->key.at);
    }
    if (status == 412) {
        f->kind = FAULT_PROTOCOL;
        fault_retext(f, "The result object %s changed while it was being read. %s", f->resource,
                     service_words);
    } else if (status == 404) {
        f->kind = FAULT_NOT_FOUND;
    }
}

/* The newest home of a bucket; the lock is held by the caller. */
static struct aws_client *find_home(const struct aws_client *c, struct span bucket)
{
    for (const struct bucket_home *home = c->homes; home != NULL; home = home->next) {
        if (span_equal(span_of(home->bucket), bucket)) {
            return home->client;
        }
    }
    return NULL;
}

/* Who talks to this bucket: c itself until another region turned out to be its home. */
static struct aws_client *home_of(struct aws_client *c, struct span bucket)
{
    lock_take(&c->lock);
    struct aws_client *found = find_home(c, bucket);
    lock_give(&c->lock);
    return found != NULL ? found : c;
}

/* Remembers that bucket lives in region. The client stays with c, because other threads may be
   using it. */
static struct aws_client *move_home(struct aws_client *c, struct span bucket, struct span region,
                                    struct fault *f)
{
    struct aws_client_settings settings = c->settings;
    struct bucket_home *home = calloc(1, sizeof(*home));

    settings.region = region;
    if (home == NULL || !aws_client_new(&settings, &home->client, f)) {
        free(home);
        return NULL;
    }
    span_to_c(bucket, home->bucket, sizeof(home->bucket));
    lock_take(&c->lock);
    /* another range of the same object may have been faster */
    struct aws_client *known = find_home(c, bucket);
    bool is_new = known == NULL || !span_equal(known->settings.region, region);
    bool has_room = c->n_homes < HOMES_MAX;
    if (is_new && has_room) {
        home->next = c->homes;
        c->homes = home;
        c->n_homes++;
        known = home->client;
        home = NULL;
    }
    lock_give(&c->lock);
    if (home != NULL) {
        aws_client_free(home->client);
        free(home);
    }
    if (is_new && !has_room) {
        fault_ceiling(f, "buckets in other regions", HOMES_MAX);
        return NULL;
    }
    return known;
}

static bool region_of_refusal(const struct aws_client *c, const struct http_response *r, char *to,
                              size_t room)
{
    struct aws_error e;

    if (r->status != 301 && r->status != 307 && r->status != 400 && r->status != 403) {
        return false;
    }
    aws_error_read(r, &e);
    span_to_c(span_of(e.region), to, room);
    return e.region[0] != '\0' && !span_equal(span_of(e.region), c->settings.region);
}

static bool get_once(struct aws_client *c, struct fetch *x, const struct aws_bounds *bounds,
                     struct http_request *q, struct fault *f)
{
    struct endpoint e;
    return make_request(c, x, &e, bounds, q, f) && client_send(c, q, x->response, f);
}

static bool get_following(struct aws_client *c, struct fetch *x, const struct aws_bounds *bounds,
                          struct s3_object *out, struct fault *f)
{
    struct http_response *r = x->response;
    struct aws_client *home = home_of(c, x->get->bucket);
    struct http_request q;
    char region[64];

    if (!get_once(home, x, bounds, &q, f)) {
        return false;
    }
    if (region_of_refusal(home, r, region, sizeof(region))) {
        home = move_home(c, x->get->bucket, span_of(region), f);
        if (home == NULL || !get_once(home, x, bounds, &q, f)) {
            return false;
        }
    }
    if (r->status == 200 || r->status == 206 || r->status == 416) {
        return take_answer(x->get, r, out, f);
    }
    client_refused(c, &q, r, f);
    say_what(x->get, r->status, f);
    return false;
}

bool aws_s3_get(struct aws_client *c, const struct s3_get *get, const struct aws_bounds *bounds,
                struct s3_object *out, struct fault *f)
{
    struct http_response r = { 0 };
    struct fetch x = { .get = get, .response = &r };

    bool ok = get_following(c, &x, bounds, out, f);
    buf_free(&x.path);
    http_response_free(&r);
    return ok;
}
