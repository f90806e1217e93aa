/* One execution as a step machine: started, looked at in a learned rhythm, finished; and stopped
   for whoever loses interest, with the stop confirmed. No lock is held over a request. */
#include <stdlib.h>
#include <string.h>

#include "athena/failure.h"
#include "athena/query_machine.h"
#include "base/digest.h"
#include "base/log.h"

enum {
    FIRST_POLL_MS = 50,
    POLL_MIN_MS = 50,
    POLL_MAX_MS = 2000,
    POLL_PERCENT = 5,         /* of the time already elapsed */
    SLOW_MAX = 16,            /* how much throttling may stretch the rhythm */
    LOST_LOOKS_MAX = 5,       /* looks in a row that may fail below HTTP or with 5xx */
    SHARED_LOOK_MS = 10       /* how soon to see whether a look by somebody else has come back */
};

int64_t query_jittered(int64_t ms)
{
    uint32_t bits = 0;

    if (!digest_random(&bits, sizeof(bits), NULL)) {
        return ms;
    }
    return ms * 4 / 5 + ms * 2 / 5 * (int64_t)(bits >> 8) / (1 << 24);
}

static int64_t poll_interval(struct query *q)
{
    int64_t min = q->settings.poll_min_ms, max = q->settings.poll_max_ms;
    int64_t ms = (query_now_ms(q) - q->started_ms) * POLL_PERCENT / 100;
    unsigned growth = q->settings.poll_growth_percent;

    if (growth > 0) {
        ms = (q->pause_ms > 0 ? q->pause_ms : q->settings.first_poll_ms) * growth / 100;
    }
    ms = ms < min ? min : ms > max ? max : ms;
    q->pause_ms = ms;
    return query_jittered(ms * q->slow);
}

bool query_is_unwanted(struct query *q)
{
    if (wake_is_raised(&q->execution->cancel)) {
        fault_set(&q->outcome, FAULT_CANCELLED, "Query %s was cancelled and stopped.",
                  q->execution->query_id);
        return true;
    }
    if (q->settings.deadline_steady_ms != 0 && query_now_ms(q) >= q->settings.deadline_steady_ms) {
        fault_set(&q->outcome, FAULT_TIMEOUT,
                  "Query %s took longer than its time-out allows and was stopped.",
                  q->execution->query_id);
        return true;
    }
    return false;
}

static bool is_above_limit(const struct query *q)
{
    int64_t most = q->settings.scanned_bytes_max;

    return most > 0 && q->execution->scanned_bytes > most;
}

enum query_step query_succeed(struct query *q)
{
    if (is_above_limit(q)) {
        notice_add(q->settings.notices, FAULT_WARNING,
                   "Query %s scanned %lld bytes, more than MaxBytesScanned=%lld allows; it ended "
                   "before it could be stopped.", q->execution->query_id,
                   (long long)q->execution->scanned_bytes,
                   (long long)q->settings.scanned_bytes_max);
    }
    q->phase = PHASE_SUCCEEDED;
    board_rise(q->settings.board, &q->seat);
    return QUERY_STEP_DONE;
}

enum query_step query_fail(struct query *q, struct fault *f)
{
    q->phase = PHASE_FAILED;
    board_rise(q->settings.board, &q->seat);
    if (q->outcome.query_id[0] == '\0') {
        span_to_c(query_id(q), q->outcome.query_id, sizeof(q->outcome.query_id));
    }
    if (f != NULL) {
        *f = q->outcome;
    }
    return QUERY_STEP_FAULT;
}

static void set_defaults(struct query_settings *s)
{
    s->clock = s->clock != NULL ? s->clock : clock_system();
    s->first_poll_ms = s->first_poll_ms != 0 ? s->first_poll_ms : FIRST_POLL_MS;
    s->poll_min_ms = s->poll_min_ms != 0 ? s->poll_min_ms : POLL_MIN_MS;
    s->poll_max_ms = s->poll_max_ms != 0 ? s->poll_max_ms : POLL_MAX_MS;
}

static void query_free(struct query *q)
{
    board_rise(q->settings.board, &q->seat);
    buf_free(&q->body);
    execution_drop(q->execution);
    free(q);
}

bool query_start(const struct query_settings *settings, const struct query_request *request,
                 struct execution *execution, struct query **out, struct fault *f)
{
    char token[UUID_TEXT];
    struct query *q = calloc(1, sizeof(*q));

    if (q == NULL) {
        return fault_memory(f);
    }
    q->settings = *settings;
    q->slow = 1;
    set_defaults(&q->settings);
    q->execution = execution;
    execution_take(execution);
    q->body.ceiling = 4 * 1024 * 1024;
    if (!digest_uuid(token, f) || !query_call_body(request, token, &q->body, f)) {
        query_free(q);
        return false;
    }
    lock_take(&execution->lock);
    memcpy(execution->token, token, sizeof(token));
    lock_give(&execution->lock);
    if (!query_start_once(q)) {
        if (f != NULL) {
            *f = q->outcome;
            span_to_c(query_id(q), f->query_id, sizeof(f->query_id));
        }
        query_free(q);
        return false;
    }
    *out = q;
    return true;
}

/* Looking */

static enum query_step end_badly(struct query *q, const struct json *x, enum query_state state,
                                 struct fault *f)
{
    const struct json *status = json_member(x, "Status");
    struct failure why = { .reason = json_text_of(status, "StateChangeReason"),
                           .message = json_text(json_path(status, "AthenaError.ErrorMessage")),
                           .type = json_int(json_path(status, "AthenaError.ErrorType"), -1),
                           .is_cancelled = state == QUERY_CANCELLED };

    failure_explain(&why, q->execution->query_id, &q->outcome);
    return query_fail(q, f);
}

static bool has_scanned_too_much(struct query *q)
{
    if (!is_above_limit(q)) {
        return false;
    }
    fault_set(&q->outcome, FAULT_QUERY,
              "Query %s had scanned %lld bytes, more than MaxBytesScanned=%lld allows, and "
              "was stopped.", q->execution->query_id, (long long)q->execution->scanned_bytes,
              (long long)q->settings.scanned_bytes_max);
    return true;
}

/* It runs: the next look is planned; who shares looks may have it a little earlier. */
static enum query_step go_on(struct query *q)
{
    q->lost_looks = 0;
    q->slow = q->slow > 1 ? q->slow / 2 : 1;
    int64_t interval = poll_interval(q);
    q->next_ms = query_now_ms(q) + interval;
    board_plan(q->settings.board, &q->seat, q->next_ms, interval / 4);
    return QUERY_STEP_WAIT;
}

/* What one successful look means. */
static enum query_step judge(struct query *q, const struct json *x, struct fault *f)
{
    enum query_state state = query_call_state(x);

    execution_fill(q->execution, x, state);
    if (state == QUERY_SUCCEEDED) {
        return query_succeed(q);
    }
    if (query_is_final(state)) {
        return end_badly(q, x, state, f);
    }
    if (has_scanned_too_much(q)) {
        return query_stop_and_fail(q, f);
    }
    return go_on(q);
}

/* A look that failed: throttling slows the rhythm, a gap in the network is bridged, anything else
   ends the query. */
static enum query_step look_failed(struct query *q, struct fault *f)
{
    enum fault_kind kind = q->outcome.kind;

    if (query_is_unwanted(q)) {
        return query_stop_and_fail(q, f);
    }
    if (kind == FAULT_THROTTLED) {
        q->slow = q->slow < SLOW_MAX ? q->slow * 2 : SLOW_MAX;
    } else if ((kind != FAULT_NETWORK && kind != FAULT_SERVICE) ||
               ++q->lost_looks >= LOST_LOOKS_MAX) {
        return query_stop_and_fail(q, f);
    }
    q->next_ms = query_now_ms(q) + poll_interval(q);
    return QUERY_STEP_WAIT;
}

static enum query_step look(struct query *q, struct fault *f)
{
    struct aws_bounds bounds = query_bounds(q);
    struct json *document = NULL;

    if (!query_call_look(q->settings.client, query_id(q), &bounds, &document, &q->outcome)) {
        return look_failed(q, f);
    }
    if (span_is_null(json_text(json_path(document, "QueryExecution.Status.State")))) {
        json_free(document);
        fault_set(&q->outcome, FAULT_PROTOCOL,
                  "athena:GetQueryExecution answered without a state.");
        return look_failed(q, f);
    }
    enum query_step step = judge(q, json_member(document, "QueryExecution"), f);
    json_free(document);
    return step;
}

/* What a look by somebody else has told. */
static enum query_step hear(struct query *q, struct fault *f)
{
    struct execution *e = q->execution;

    lock_take(&e->lock);
    e->state = q->seat.heard.state;
    e->scanned_bytes = q->seat.heard.scanned_bytes;
    lock_give(&e->lock);
    return has_scanned_too_much(q) ? query_stop_and_fail(q, f) : go_on(q);
}

/* A look for all that are due; what it tells of this query is heard at once. */
static enum query_step look_together(struct query *q, struct fault *f)
{
    struct aws_bounds bounds = query_bounds(q);

    fault_clear(&q->outcome);
    if (!board_look(q->settings.board, &q->seat, q->settings.client, query_now_ms(q), &bounds,
                    &q->outcome)) {
        return look_failed(q, f);
    }
    return board_take(q->settings.board, &q->seat) == BOARD_RUNNING ? hear(q, f) : look(q, f);
}

static int64_t until_next(const struct query *q)
{
    int64_t now = query_now_ms(q), until = q->next_ms;

    if (q->settings.deadline_steady_ms != 0 && q->settings.deadline_steady_ms < until) {
        until = q->settings.deadline_steady_ms;
    }
    return until > now ? until - now : 0;
}

static enum query_step step_starting(struct query *q, struct fault *f)
{
    bool is_due = until_next(q) == 0 || wake_is_raised(&q->execution->cancel);

    return is_due && !query_start_once(q) ? query_fail(q, f) : QUERY_STEP_WAIT;
}

static enum query_step step_running(struct query *q, struct fault *f)
{
    const struct poll_bucket_ops *bucket = q->settings.bucket;

    if (query_is_unwanted(q)) {
        return query_stop_and_fail(q, f);
    }
    if (query_now_ms(q) < q->next_ms) {
        return QUERY_STEP_WAIT;
    }
    enum board_answer answer = board_take(q->settings.board, &q->seat);
    if (answer == BOARD_RUNNING) {
        return hear(q, f);
    }
    if (answer == BOARD_THROTTLED) {
        q->outcome.kind = FAULT_THROTTLED;
        return look_failed(q, f);
    }
    if (answer == BOARD_WAIT) {
        q->next_ms = query_now_ms(q) + SHARED_LOOK_MS;
        return QUERY_STEP_WAIT;
    }
    int64_t asked_to_wait = bucket != NULL ? bucket->ask(bucket->context, query_now_ms(q)) : 0;
    if (asked_to_wait > 0) {
        q->next_ms = query_now_ms(q) + asked_to_wait;
        return QUERY_STEP_WAIT;
    }
    return answer == BOARD_NOTHING && board_is_busy(q->settings.board, &q->seat)
               ? look_together(q, f)
               : look(q, f);
}

enum query_step query_step(struct query *q, int64_t *wait_ms, struct fault *f)
{
    enum query_step step = QUERY_STEP_DONE;

    if (q->phase == PHASE_FAILED) {
        return query_fail(q, f);
    }
    if (q->phase == PHASE_STARTING) {
        step = step_starting(q, f);
    } else if (q->phase == PHASE_RUNNING) {
        step = step_running(q, f);
    }
    *wait_ms = step == QUERY_STEP_WAIT ? until_next(q) : 0;
    return step;
}

bool query_wait(struct query *q, struct fault *f)
{
    int64_t wait_ms = 0;
    enum query_step step;

    while ((step = query_step(q, &wait_ms, f)) == QUERY_STEP_WAIT) {
        wake_wait(&q->execution->cancel, wait_ms);
    }
    return step == QUERY_STEP_DONE;
}

void query_close(struct query *q)
{
    if (q == NULL) {
        return;
    }
    struct fault why;
    if (q->phase == PHASE_RUNNING && query_stop(q, &why) == QUERY_RUNNING) {
        log_line(LOG_WARN, "the stop of query %s was not confirmed; it may still run. %s",
                 q->execution->query_id, why.text);
    }
    query_free(q);
}
