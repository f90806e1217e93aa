/* One query as a statement runs it: what the settings say about it, its start, its result. */
#include "base/number.h"
#include "odbc/run.h"

struct execution *query_announce(struct stmt *s, struct fault *f)
{
    struct execution *e = NULL;

    if (!execution_new(&e, f))
        return NULL;
    stmt_show_execution(s, e);
    if (stmt_is_stopped(s))
        wake_raise(&e->cancel); /* SQLCancel came before there was anything to be found */
    return e;
}

void query_keep(struct stmt *s, struct execution *e)
{
    if (s->last != NULL)
        execution_drop(s->last);
    s->last = e;
}

static struct span given(const char *text)
{
    return text[0] != '\0' ? span_of(text) : NO_SPAN;
}

/* "1.5" as 150; 0 when the rhythm is ours to choose. */
static unsigned growth_percent(const struct settings *t)
{
    double factor = 0;

    (void)number_parse_double(settings_text(t, SETTING_POLL_MULTIPLIER), &factor);
    return (unsigned)(factor * 100);
}

static struct span text_of(const struct settings *t, enum setting_id id)
{
    return settings_text(t, id);
}

/* Where the result goes: not our business when the workgroup enforces or manages it. */
static void fill_place(struct dbc *d, struct query_request *out)
{
    const struct settings *t = &d->settings;
    struct span encryption = text_of(t, SETTING_S3_OUTPUT_ENC_OPTION);

    if (!spoke_may_place_results(d->spoke))
        return;
    out->output_location = text_of(t, SETTING_S3_OUTPUT_LOCATION);
    if (!span_is_null(encryption) && !span_equal_nocase(encryption, SPAN("NOT_SET"))) {
        out->encryption = encryption;
        out->kms_key = text_of(t, SETTING_S3_OUTPUT_ENC_KMS_KEY);
    }
    out->acl = text_of(t, SETTING_ACL_OPTION);
    out->expected_owner = text_of(t, SETTING_EXPECTED_BUCKET_OWNER);
    if (span_is_null(out->expected_owner) && !span_is_null(out->output_location))
        out->expected_owner = given(spoke_identity(d->spoke)->account);
}

/* place is borrowed as long as *out. */
static void fill_request(struct dbc *d, struct span sql, const struct job *job,
                         struct dbc_place *place, struct query_request *out)
{
    const struct settings *t = &d->settings;

    dbc_place_of(d, place);
    *out = (struct query_request){
        .sql = sql,
        .catalog = given(place->catalog),
        .database = given(place->schema),
        .workgroup = text_of(t, SETTING_WORKGROUP),
        .parameters = job != NULL ? job->parameters : NULL,
        .n_parameters = job != NULL ? job->n_parameters : 0,
        .reuse = settings_flag(t, SETTING_ENABLE_RESULT_REUSE),
        .reuse_minutes = (unsigned)settings_int(t, SETTING_REUSED_RESULT_MAX_AGE, 60),
    };
    fill_place(d, out);
}

/* MinQueryExecutionPollingInterval holds for every look: pauses are spread by a fifth. It makes no
   rhythm quicker than our own. */
static unsigned shortest_pause_ms(const struct settings *t)
{
    enum { OURS_MS = 50 };
    int64_t ms = settings_int(t, SETTING_MIN_POLL_INTERVAL, 0) * 5 / 4;

    return ms > OURS_MS ? (unsigned)ms : OURS_MS;
}

bool query_launch(struct stmt *s, struct span sql, const struct job *job, struct execution *e,
                  struct fault *f)
{
    struct dbc *d = stmt_dbc(s);
    const struct settings *t = &d->settings;
    struct query_request request;
    struct dbc_place place;
    struct query_settings settings = {
        .client = spoke_athena(d->spoke),
        .clock = spoke_clock(d->spoke),
        .bucket = spoke_poll_bucket(d->spoke),
        .board = spoke_board(d->spoke),
        .first_poll_ms = (unsigned)settings_int(t, SETTING_MIN_POLL_INTERVAL, 0),
        .poll_min_ms = shortest_pause_ms(t),
        .poll_max_ms = (unsigned)settings_int(t, SETTING_MAX_POLL_INTERVAL, 0),
        .poll_growth_percent = growth_percent(t),
        .deadline_steady_ms = s->run->deadline,
        .scanned_bytes_max = settings_int(t, SETTING_MAX_BYTES_SCANNED, 0),
        .notices = &s->notices,
    };

    fill_request(d, sql, job, &place, &request);
    return query_start(&settings, &request, e, &s->run->query, f);
}

static bool is_given(const struct settings *t, enum setting_id id)
{
    return !span_is_null(settings_text(t, id)) && t->at[id].origin != ORIGIN_DEFAULT;
}

/* ResultFetcher, or else the switches it replaced: EnableS3Fetcher=0 left pages, unless
   UseResultsetStreaming=1 asked for streaming, which has no public protocol and means auto. */
static int fetcher_of(const struct settings *t)
{
    struct span name = settings_text(t, SETTING_RESULT_FETCHER);

    if (span_equal_nocase(name, SPAN("S3")))
        return FETCH_S3;
    if (span_equal_nocase(name, SPAN("GetQueryResults")))
        return FETCH_API;
    if (is_given(t, SETTING_RESULT_FETCHER) || settings_flag(t, SETTING_USE_RESULTSET_STREAMING))
        return FETCH_AUTO;
    if (is_given(t, SETTING_ENABLE_S3_FETCHER) && !settings_flag(t, SETTING_ENABLE_S3_FETCHER))
        return FETCH_API;
    return FETCH_AUTO;
}

bool query_result(struct stmt *s, const struct execution *e, struct result *out, struct fault *f)
{
    struct dbc *d = stmt_dbc(s);
    const struct settings *t = &d->settings;
    const struct workgroup_facts *w = spoke_workgroup(d->spoke);
    struct result_request request = {
        .athena = spoke_athena(d->spoke),
        .s3 = spoke_s3(d->spoke),
        .execution = e,
        .bounds = stmt_bounds(s, 0), /* the query is done: rows may be read at leisure */
        .fetcher = fetcher_of(t),
        .page_rows = (unsigned)settings_int(t, SETTING_ROWS_TO_FETCH_PER_BLOCK, 0),
        .expected_owner = spoke_result_owner(d->spoke),
        .requester_pays = w->requester_pays,
        .memory_ceiling = (size_t)settings_int(t, SETTING_MEMORY_CEILING, 0),
        .row_bytes_max = (size_t)settings_int(t, SETTING_MAX_ROW_BYTES, 0),
        .part_bytes = (size_t)settings_int(t, SETTING_S3_RESULT_BLOCK_SIZE, 0),
        .one_connection = !settings_flag(t, SETTING_USE_MULTIPLE_S3_THREADS),
        .notices = &s->notices,
    };

    return result_open(&request, out, f);
}

bool query_whole(struct stmt *s, struct span sql, struct execution *e, struct result *out,
                 struct fault *f)
{
    bool ok = query_launch(s, sql, NULL, e, f) && query_wait(s->run->query, f) &&
              query_result(s, e, out, f);

    query_close(s->run->query);
    s->run->query = NULL;
    return ok;
}
