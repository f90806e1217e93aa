/* Runs a statement on a spoke. */
#include "run.h"

#include <stdlib.h>

#include "base/number.h"
#include "spoke/audit.h"
#include "sql/sql.h"

struct run {
    struct execution *execution;
    struct query *query;
    struct result result;
    struct wake never; /* stands in for a stop nobody gave */
};

static struct span given(const char *text)
{
    return text[0] != 0 ? span_of(text) : NO_SPAN;
}

static bool check(const struct settings *s, const struct sql_text *sql, struct fault *f)
{
    if (settings_flag(s, SETTING_READ_ONLY) && !sql_only_reads(sql)) {
        return fault_set(f, FAULT_SETTING,
                         "ReadOnly=1: this statement may write and was not sent.");
    }
    if (sql->n_markers > 0) {
        return fault_set(f, FAULT_SETTING,
                         "The statement has %u parameter marker%s (?), and this command has no "
                         "values for them: write the "
                         "values into the text.",
                         sql->n_markers, sql->n_markers == 1 ? "" : "s");
    }
    return true;
}

/* Where the result goes: not our business when the workgroup enforces or manages it. */
static void fill_place(struct spoke *spoke, struct query_request *q)
{
    const struct settings *s = spoke_settings(spoke);
    struct span encryption = settings_text(s, SETTING_S3_OUTPUT_ENC_OPTION);

    if (!spoke_may_place_results(spoke)) {
        return;
    }
    q->output_location = settings_text(s, SETTING_S3_OUTPUT_LOCATION);
    if (!span_is_null(encryption) && !span_equal_nocase(encryption, SPAN("NOT_SET"))) {
        q->encryption = encryption;
        q->kms_key = settings_text(s, SETTING_S3_OUTPUT_ENC_KMS_KEY);
    }
    q->acl = settings_text(s, SETTING_ACL_OPTION);
    q->expected_owner = settings_text(s, SETTING_EXPECTED_BUCKET_OWNER);
    if (span_is_null(q->expected_owner) && !span_is_null(q->output_location)) {
        q->expected_owner = given(spoke_identity(spoke)->account);
    }
}

static bool start(struct run *r, const struct run_request *request, struct span sql,
                  struct fault *f)
{
    const struct settings *s = spoke_settings(request->spoke);
    const struct clock *clock = spoke_clock(request->spoke);
    int64_t most = settings_int(s, SETTING_MAX_POLL_DURATION, 0);
    struct query_settings settings = {
        .client = spoke_athena(request->spoke),
        .clock = clock,
        .bucket = spoke_poll_bucket(request->spoke),
        .first_poll_ms = (unsigned)settings_int(s, SETTING_MIN_POLL_INTERVAL, 0),
        .poll_max_ms = (unsigned)settings_int(s, SETTING_MAX_POLL_INTERVAL, 0),
        .deadline_steady_ms = most > 0 ? clock->steady_ms(clock) + most : 0,
        .scanned_bytes_max = settings_int(s, SETTING_MAX_BYTES_SCANNED, 0),
        .notices = request->notices,
    };
    struct query_request q = {
        .sql = sql,
        .catalog = settings_text(s, SETTING_CATALOG),
        .database = settings_text(s, SETTING_SCHEMA),
        .workgroup = settings_text(s, SETTING_WORKGROUP),
        .reuse = settings_flag(s, SETTING_ENABLE_RESULT_REUSE),
        .reuse_minutes = (unsigned)settings_int(s, SETTING_REUSED_RESULT_MAX_AGE, 60),
    };

    fill_place(request->spoke, &q);
    return query_start(&settings, &q, r->execution, &r->query, f);
}

/* while (step) wait, with a word now and then, and an open ear for the stop. */
static bool wait(struct run *r, const struct run_request *request, struct fault *f)
{
    struct wake *stop = request->stop != NULL ? request->stop : &r->never;
    int64_t ms = 0;
    enum query_step step;

    while ((step = query_step(r->query, &ms, f)) == QUERY_STEP_WAIT) {
        if (request->progress != NULL) {
            request->progress(request->context, r->execution);
        }
        if (wake_wait(stop, ms)) {
            execution_cancel(r->execution, spoke_athena(request->spoke));
            (void)wake_wait(
                &r->never,
                50); /* a raised stop does not wait any more: leave the service time to answer */
        }
    }
    return step == QUERY_STEP_DONE;
}

static bool open_rows(struct run *r, const struct run_request *request, struct fault *f)
{
    const struct settings *s = spoke_settings(request->spoke);
    const struct workgroup_facts *w = spoke_workgroup(request->spoke);
    struct span fetcher = settings_text(s, SETTING_RESULT_FETCHER);
    struct result_request q = {
        .athena = spoke_athena(request->spoke),
        .s3 = spoke_s3(request->spoke),
        .execution = r->execution,
        .bounds = { .cancel = request->stop },
        .fetcher = span_equal_nocase(fetcher, SPAN("S3"))                ? FETCH_S3
                   : span_equal_nocase(fetcher, SPAN("GetQueryResults")) ? FETCH_API
                                                                         : FETCH_AUTO,
        .page_rows = (unsigned)settings_int(s, SETTING_ROWS_TO_FETCH_PER_BLOCK, 0),
        .expected_owner = spoke_result_owner(request->spoke),
        .requester_pays = w->requester_pays,
        .memory_ceiling = (size_t)settings_int(s, SETTING_MEMORY_CEILING, 0),
        .row_bytes_max = (size_t)settings_int(s, SETTING_MAX_ROW_BYTES, 0),
        .notices = request->notices,
    };

    return result_open(&q, &r->result, f);
}

static void fill_facts(struct run_facts *facts, const struct run *r, const struct spoke *spoke)
{
    if (facts == NULL) {
        return;
    }
    double price = 5;
    *facts = (struct run_facts){ .cost_usd = 0 };
    span_to_c(span_of(spoke_identity(spoke)->account), facts->account, sizeof(facts->account));
    (void)number_parse_double(settings_text(spoke_settings(spoke), SETTING_PRICE_PER_TB), &price);
    if (r->execution != NULL) {
        span_to_c(span_of(r->execution->query_id), facts->query_id, sizeof(facts->query_id));
        facts->scanned_bytes = r->execution->scanned_bytes;
        facts->total_ms = r->execution->total_ms;
        facts->is_reused = r->execution->reused;
        facts->cost_usd = execution_cost(r->execution, price);
    }
}

static bool run_it(struct run *r, const struct run_request *request, struct arena *arena,
                   struct fault *f)
{
    const struct settings *s = spoke_settings(request->spoke);
    struct sql_context context = { .catalog = settings_text(s, SETTING_CATALOG),
                                   .user = span_of(spoke_identity(request->spoke)->session_name) };
    struct sql_text sql;

    if (!sql_translate(request->sql, &context, arena, &sql, f) || !check(s, &sql, f)) {
        return false;
    }
    const struct spoke_query audited = { .app = "athena-odbc",
                                         .sql = sql.native,
                                         .class = sql_class_name(sql.class),
                                         .database = settings_text(s, SETTING_SCHEMA) };
    if (!spoke_audit_start(request->spoke, &audited, request->notices, f)) {
        return false;
    }
    bool ok =
        execution_new(&r->execution, f) && start(r, request, sql.native, f) && wait(r, request, f);
    if (r->execution != NULL) {
        spoke_audit_end(request->spoke, audited.app, r->execution, ok ? NULL : f, request->notices);
    }
    query_close(r->query);
    r->query = NULL;
    return ok && open_rows(r, request, f);
}

bool run_open(const struct run_request *request, struct run **out, struct run_facts *facts,
              struct fault *f)
{
    struct arena arena = { .ceiling_bytes = 16 * 1024 * 1024 };
    struct run *r = calloc(1, sizeof(*r));

    if (r == NULL) {
        return fault_memory(f);
    }
    wake_init(&r->never);
    bool ok = run_it(r, request, &arena, f);
    fill_facts(facts, r, request->spoke);
    arena_free(&arena);
    if (!ok) {
        spoke_explain(request->spoke, f);
        run_close(r);
        return false;
    }
    *out = r;
    return true;
}

struct row_source *run_source(struct run *r)
{
    return r->result.source;
}

int64_t run_row_count(const struct run *r)
{
    return r->result.row_count;
}

void run_close(struct run *r)
{
    if (r == NULL) {
        return;
    }
    row_source_close(r->result.source);
    query_close(r->query);
    if (r->execution != NULL) {
        execution_drop(r->execution);
    }
    wake_done(&r->never);
    free(r);
}
