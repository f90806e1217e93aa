/* From a finished execution to its rows or its count: which object, which path, and what to do when
   a path is closed. */
#include <string.h>

#include "base/worker.h"
#include "rows/ranges.h"
#include "rows/source.h"

enum { METADATA_BYTES_MAX = 8 * 1024 * 1024, KEY_MAX = 1300 };

static void copy_finished(const struct execution *e, struct finished *out)
{
    /* The lock is the only thing in it that changes hands. */
    struct lock *lock = (struct lock *)(uintptr_t)&e->lock;

    lock_take(lock);
    memcpy(out->query_id, e->query_id, sizeof(out->query_id));
    memcpy(out->statement, e->statement_type, sizeof(out->statement));
    memcpy(out->substatement, e->substatement_type, sizeof(out->substatement));
    memcpy(out->location, e->output_location, sizeof(out->location));
    memcpy(out->encryption, e->encryption, sizeof(out->encryption));
    out->has_managed_results = e->has_managed_results;
    out->has_access_grants = e->has_access_grants;
    lock_give(lock);
    out->class = result_class_of(out->statement, out->substatement, span_of(out->location));
}

/* Why the object cannot be read from here at all; NULL when it can be tried. */
static const char *closed_path(const struct result_request *q, const struct finished *e)
{
    if (e->has_managed_results) {
        return "the workgroup keeps its results itself";
    }
    if (q->s3 == NULL || e->location[0] == '\0') {
        return "the service named no result object";
    }
    if (span_equal_nocase(span_of(e->encryption), SPAN("CSE_KMS"))) {
        return "the result is encrypted on the client's side (CSE_KMS)";
    }
    return e->has_access_grants ? "the workgroup gives access through S3 Access Grants" : NULL;
}

/* The companion object with names and types; any trouble with it only means that somebody else must
   be asked. */
static bool read_companion(const struct result_request *q, const struct finished *e,
                           struct arena *a, struct result_metadata *out)
{
    char key[KEY_MAX];
    struct fault f;
    struct s3_object object = { .status = 0 };
    struct s3_get get = { .to = UINT64_MAX, .if_match = NO_SPAN,
                          .expected_owner = q->expected_owner,
                          .requester_pays = q->requester_pays,
                          .body_bytes_max = METADATA_BYTES_MAX };

    if (!s3_uri_parse(span_of(e->location), &get.bucket, &get.key, &f)
        || get.key.len + sizeof(".metadata") > sizeof(key)) {
        return false;
    }
    memcpy(key, get.key.at, get.key.len);
    memcpy(key + get.key.len, ".metadata", sizeof(".metadata"));
    get.key = span_of(key);
    struct span bytes = NO_SPAN;
    bool ok = aws_s3_get(q->s3, &get, &q->bounds, &object, &f)
        && arena_copy(a, buf_span(&object.body), &bytes, &f)
              && athena_read_metadata(bytes, a, out, &f);
    buf_free(&object.body);
    return ok;
}

/* The companion on its way, while the first part of the object is fetched. */
struct companion {
    const struct result_request *q;
    const struct finished *e;
    struct arena arena;
    struct result_metadata metadata;
    bool is_there;
};

static void fetch_companion(void *context)
{
    struct companion *c = context;
    c->is_there = read_companion(c->q, c->e, &c->arena, &c->metadata) && c->metadata.columns.n > 0;
}

/* Names and types of a CSV object: from the companion, else from the service. */
static bool table_columns(const struct companion *c, struct arena *a, struct columns *out,
                          struct fault *f)
{
    struct results_page page;

    if (c->is_there) {
        return columns_from_athena(&c->metadata.columns, a, out, f);
    }
    return athena_get_results(c->q->athena, span_of(c->e->query_id), NO_SPAN, 1, &c->q->bounds, a,
                              &page, f)
        && columns_from_athena(&page.columns, a, out, f);
}

static bool open_object(const struct result_request *q, const struct finished *e,
                        struct ranges **out, struct fault *f)
{
    struct range_settings settings = { .client = q->s3, .expected_owner = q->expected_owner,
                                       .requester_pays = q->requester_pays,
                                       .memory_bytes = q->memory_ceiling,
                                       .part_bytes = q->part_bytes,
                                       .one_connection = q->one_connection,
                                       .bounds = &q->bounds };

    return s3_uri_parse(span_of(e->location), &settings.bucket, &settings.key, f)
        && ranges_open(&settings, out, f);
}

/* Object and companion at the same time: two round trips cost one. */
static bool open_both(const struct result_request *q, const struct finished *e, struct companion *c,
                      struct ranges **ranges,
                      struct fault *f)
{
    struct worker worker = { .is_running = false };
    struct fault ignored;

    bool has_worker = worker_start(&worker, fetch_companion, c, &ignored);
    bool ok = open_object(q, e, ranges, f);
    worker_join(&worker);
    if (ok && !has_worker) {
        fetch_companion(c);
    }
    return ok;
}

static bool open_csv(const struct result_request *q, const struct finished *e,
                     struct row_source **out, struct fault *f)
{
    struct companion companion = { .q = q, .e = e };
    struct arena arena = { .ceiling_bytes = 0 };
    struct columns columns = { .n = 0 };
    struct ranges *ranges = NULL;

    bool ok = open_both(q, e, &companion, &ranges, f) && table_columns(&companion, &arena, &columns,
        f)
              && csv_source_new(q, ranges, &arena, &columns, out, f);
    if (!ok) {
        ranges_close(ranges);
    }
    arena_free(&companion.arena);
    arena_free(&arena);
    return ok;
}

static bool open_by_object(const struct result_request *q, const struct finished *e,
                           struct row_source **out, struct fault *f)
{
    return e->class == RESULT_TABLE ? open_csv(q, e, out, f) : text_source_new(q, e, out, f);
}

/* The object is missing although the query succeeded, or may not be read: Athena may still give the
   rows. */
static bool is_forgiven(const struct fault *f)
{
    return f->kind == FAULT_DENIED || f->kind == FAULT_NOT_FOUND;
}

static void tell_missing_right(const struct result_request *q, const struct finished *e,
                               const struct fault *why)
{
    notice_add(q->notices, FAULT_WARNING,
               "The rows come page by page from athena:GetQueryResults, which is slower: "
               "reading %s was denied. Grant s3:GetObject on the result location, or set "
               "ResultFetcher=GetQueryResults to say that this is wanted. %s",
               e->location, why->text);
}

/* Pages after the object failed: when they fail too, both reasons are told. */
static bool open_instead(const struct result_request *q, const struct finished *e,
                         const struct fault *why, struct row_source **out,
                         struct fault *f)
{
    if (!page_source_new(q, e, out, f)) {
        fault_note(f, "Before that the result object could not be read either: %s", why->text);
        return false;
    }
    if (why->kind == FAULT_DENIED) {
        tell_missing_right(q, e, why);
    }
    return true;
}

/* SHOW, DESCRIBE and EXPLAIN are small: one call to the service brings rows and columns, so the
   object is read only when asked for. */
static bool open_rows(const struct result_request *q, const struct finished *e,
                      struct row_source **out, struct fault *f)
{
    const char *closed = closed_path(q, e);
    bool wants_object = q->fetcher == FETCH_S3 || (q->fetcher == FETCH_AUTO
                                                   && e->class == RESULT_TABLE);
    struct fault why;

    if (!wants_object) {
        return page_source_new(q, e, out, f);
    }
    if (closed != NULL) {
        return q->fetcher == FETCH_AUTO
            ? page_source_new(q, e, out, f)
            : fault_set(f, FAULT_UNSUPPORTED,
                        "ResultFetcher=S3 cannot read this result: %s. Set ResultFetcher=auto.",
                        closed);
    }
    if (q->fetcher == FETCH_S3) {
        return open_by_object(q, e, out, f);
    }
    if (open_by_object(q, e, out, &why)) {
        return true;
    }
    if (!is_forgiven(&why)) {
        *f = why;
        return false;
    }
    return open_instead(q, e, &why, out, f);
}

/* The statement has done its work: a cancel comes too late, and a count that cannot be learnt is
   told and does not make it fail. */
static int64_t update_count(const struct result_request *asked, const struct finished *e)
{
    struct result_request request = *asked;
    const struct result_request *q = &request;
    struct arena arena = { .ceiling_bytes = 0 };
    struct result_metadata metadata = { .has_update_count = false };
    struct results_page page = { .has_update_count = false };
    struct fault f;
    int64_t count = -1;
    bool may_read = closed_path(q, e) == NULL && q->fetcher != FETCH_API;

    request.bounds.cancel = NULL;
    if (may_read && read_companion(q, e, &arena, &metadata) && metadata.has_update_count) {
        count = metadata.update_count;
    } else if (!athena_get_results(q->athena, span_of(e->query_id), NO_SPAN, 1, &q->bounds, &arena,
                                   &page, &f)) {
        notice_add(q->notices, FAULT_WARNING,
                   "The statement succeeded, but how many rows it changed could not be learnt: %s",
                   f.text);
    } else if (page.has_update_count) {
        count = page.update_count;
    }
    arena_free(&arena);
    return count;
}

bool result_open(const struct result_request *request, struct result *out, struct fault *f)
{
    struct finished finished;
    struct result result = { .source = NULL, .row_count = -1 };

    copy_finished(request->execution, &finished);
    switch (finished.class) {
    case RESULT_NOTHING:
        break;
    case RESULT_COUNT:
        result.row_count = update_count(request, &finished);
        break;
    default:
        if (!open_rows(request, &finished, &result.source, f)) {
            return false;
        }
        break;
    }
    *out = result;
    return true;
}
