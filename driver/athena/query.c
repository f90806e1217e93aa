/* One execution as a step machine: started, looked at in a learned rhythm, finished; and stopped
   for whoever loses interest, with the stop confirmed. No lock is held over a request. */
#include <stdlib.h>
#include <string.h>

#include "athena/board.h"
#include "athena/failure.h"
#include "athena/query_call.h"
#include "base/digest.h"

enum {
    FIRST_POLL_MS = 50,
    POLL_MIN_MS = 50,
    POLL_MAX_MS = 2000,
    POLL_PERCENT = 5,         /* of the time already elapsed */
    SLOW_MAX = 16,            /* how much throttling may stretch the rhythm */
    LOST_LOOKS_MAX = 5,       /* looks in a row that may fail below HTTP or with 5xx */
    LIMIT_WAIT_MS = 1000,     /* the account's query limit: first wait, doubled each time */
    LIMIT_WAIT_MAX_MS = 10000,
    LIMIT_TRIES_MAX = 60,     /* without a deadline: about nine minutes */
    CONFIRM_LOOKS_MAX = 12,
    SHARED_LOOK_MS = 10       /* how soon to see whether a look by somebody else has come back */
};

enum phase { PHASE_STARTING, PHASE_RUNNING, PHASE_SUCCEEDED, PHASE_FAILED };

struct query {
    struct query_settings settings;
    struct execution *execution;
    struct buf body;
    enum phase phase;
    int64_t started_ms, next_ms; /* steady: of the start; of the next look or try */
    int64_t pause_ms;            /* the last one, when poll_growth_percent is set */
    unsigned slow, lost_looks, limit_tries;
    struct board_seat seat;
    struct fault outcome;        /* of PHASE_FAILED */
};

static int64_t now_ms(const struct query *q)
{
    return q->settings.clock->steady_ms(q->settings.clock);
}

static struct aws_bounds bounds_of(struct query *q)
{
    return (struct aws_bounds){ q->settings.deadline_steady_ms, &q->execution->cancel };
}

static struct span id_of(const struct query *q)
{
    return span_of(q->execution->query_id); /* written once, by us, before anybody reads it here */
}

/* ms, more or less by a fifth: queries started together must not stay together. */
static int64_t jittered(int64_t ms)
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
    int64_t ms = (now_ms(q) - q->started_ms) * POLL_PERCENT / 100;
    unsigned growth = q->settings.poll_growth_percent;

    if (growth > 0) {
        ms = (q->pause_ms > 0 ? q->pause_ms : q->settings.first_poll_ms) * growth / 100;
    }
    ms = ms < min ? min : ms > max ? max : ms;
    q->pause_ms = ms;
    return jittered(ms * q->slow);
}

/* Stopping */

static void set_state(struct execution *e, enum query_state state)
{
    lock_take(&e->lock);
    e->state = state;
    lock_give(&e->lock);
}

/* Whether the service says that it has ended. */
static bool look_for_end(struct query *q, const struct aws_bounds *bounds)
{
    struct json *document = NULL;
    struct fault ignored; /* the next look may do better */

    if (!query_call_look(q->settings.client, id_of(q), bounds, &document, &ignored)) {
        return false;
    }
    enum query_state state = query_call_state(json_member(document, "QueryExecution"));
    json_free(document);
    if (query_is_final(state)) {
        set_state(q->execution, state);
    }
    return query_is_final(state);
}

static bool claim_stop(struct execution *e)
{
    lock_take(&e->lock);
    bool is_mine = !e->is_stopped;
    e->is_stopped = true;
    lock_give(&e->lock);
    return is_mine;
}

/* Stops what runs and waits until the service confirms it; bounded in time and in looks. False: not
   confirmed. */
static bool stop_and_confirm(struct query *q)
{
    struct aws_bounds bounds = { .deadline_steady_ms = now_ms(q) + QUERY_STOP_MS };
    bool must_stop = claim_stop(q->execution);
    struct wake nobody;
    struct fault ignored;
    bool is_over = false;

    wake_init(&nobody);
    for (int64_t looks = 0; !is_over && looks < CONFIRM_LOOKS_MAX &&
         now_ms(q) < bounds.deadline_steady_ms; looks++) {
        if (must_stop || looks == 4) { /* a stop that had no effect for so long is repeated */
            must_stop = !query_call_stop(q->settings.client, id_of(q), &bounds, &ignored);
        }
        wake_wait(&nobody, looks == 0 ? 20 : looks < 6 ? 50 << looks : 1500);
        is_over = look_for_end(q, &bounds);
    }
    wake_done(&nobody);
    return is_over;
}

static enum query_step fail(struct query *q, struct fault *f)
{
    q->phase = PHASE_FAILED;
    board_rise(q->settings.board, &q->seat);
    if (q->outcome.query_id[0] == '\0') {
        span_to_c(id_of(q), q->outcome.query_id, sizeof(q->outcome.query_id));
    }
    if (f != NULL) {
        *f = q->outcome;
    }
    return QUERY_STEP_FAULT;
}

/* Ends a running query with a fault of ours, which is in q->outcome. */
static enum query_step stop_and_fail(struct query *q, struct fault *f)
{
    if (!stop_and_confirm(q)) {
        fault_note(&q->outcome,
                   "The stop of query %s was sent, but not confirmed within %d seconds; "
                   "it may still run.",
                   q->execution->query_id, QUERY_STOP_MS / 1000);
    }
    return fail(q, f);
}

/* Starting */

static void note_started(struct query *q, const char id[64])
{
    struct execution *e = q->execution;

    lock_take(&e->lock);
    memcpy(e->query_id, id, sizeof(e->query_id));
    e->is_started = true;
    e->state = QUERY_QUEUED;
    lock_give(&e->lock);
    q->phase = PHASE_RUNNING;
    q->started_ms = now_ms(q);
    q->next_ms = q->started_ms + q->settings.first_poll_ms;
    board_sit(q->settings.board, &q->seat, span_of(id));
    board_plan(q->settings.board, &q->seat, q->next_ms, 0);
}

/* Whether the request may have arrived although no answer did. */
static bool may_have_started(const struct fault *f)
{
    if (f->hop == HOP_BASE || f->hop == HOP_RUN_AS || f->hop == HOP_CONSUMER) {
        return false; /* it was the credentials that could not be had: nothing was sent */
    }
    return f->kind == FAULT_CANCELLED || f->kind == FAULT_TIMEOUT ||
           (f->kind == FAULT_NETWORK && strcmp(f->code, HTTP_FAILED_NAME) != 0 &&
            strcmp(f->code, HTTP_FAILED_CONNECT) != 0 &&
            strcmp(f->code, HTTP_FAILED_CERTIFICATE) != 0);
}

/* The answer was lost: the same token tells the id of what the first request may have started, and
   that is stopped. */
static void stop_what_was_started(struct query *q)
{
    struct aws_bounds bounds = { .deadline_steady_ms = now_ms(q) + QUERY_STOP_MS };
    struct fault ignored;
    char id[64];

    if (!query_call_start(q->settings.client, buf_span(&q->body), &bounds, id, &ignored)) {
        return;
    }
    note_started(q, id);
    (void)stop_and_confirm(q);
}

static bool is_query_limit(const struct fault *f)
{
    return f->kind == FAULT_THROTTLED && strcmp(f->code, "CONCURRENT_QUERY_LIMIT_EXCEEDED") == 0;
}

static bool wait_for_room(struct query *q)
{
    int64_t wait = (int64_t)LIMIT_WAIT_MS << (q->limit_tries < 4 ? q->limit_tries : 4);

    wait = wait > LIMIT_WAIT_MAX_MS ? LIMIT_WAIT_MAX_MS : wait;
    q->next_ms = now_ms(q) + jittered(wait);
    q->limit_tries++;
    return q->settings.deadline_steady_ms != 0 ? q->next_ms < q->settings.deadline_steady_ms
                                               : q->limit_tries <= LIMIT_TRIES_MAX;
}

/* What the time was spent on that is now over. */
static void say_full(struct query *q)
{
    if (q->limit_tries > 0 &&
        (q->outcome.kind == FAULT_TIMEOUT || q->outcome.kind == FAULT_CANCELLED)) {
        fault_note(&q->outcome,
                   "The service had refused to start it %u times, because as many queries ran as "
                   "the account's limit allows "
                   "(CONCURRENT_QUERY_LIMIT_EXCEEDED).",
                   q->limit_tries);
    }
}

/* One try to start. False with q->outcome set; true: it runs, or is to be tried again at
   next_ms. */
static bool start_once(struct query *q)
{
    struct aws_bounds bounds = bounds_of(q);
    char id[64] = "";

    if (wake_is_raised(&q->execution->cancel)) {
        return fault_set(&q->outcome, FAULT_CANCELLED,
                         "The query was cancelled before it was started.");
    }
    if (query_call_start(q->settings.client, buf_span(&q->body), &bounds, id, &q->outcome)) {
        note_started(q, id);
        return true;
    }
    if (is_query_limit(&q->outcome) && wait_for_room(q)) {
        return true;
    }
    if (may_have_started(&q->outcome)) {
        stop_what_was_started(q);
    }
    say_full(q);
    return false;
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
    if (!start_once(q)) {
        if (f != NULL) {
            *f = q->outcome;
            span_to_c(id_of(q), f->query_id, sizeof(f->query_id));
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
    return fail(q, f);
}

static bool has_scanned_too_much(struct query *q)
{
    int64_t scanned = q->execution->scanned_bytes;

    if (q->settings.scanned_bytes_max <= 0 || scanned <= q->settings.scanned_bytes_max) {
        return false;
    }
    fault_set(&q->outcome, FAULT_CEILING,
              "Query %s had scanned %lld bytes, more than MaxBytesScanned=%lld allows, and "
              "was stopped.", q->execution->query_id, (long long)scanned,
              (long long)q->settings.scanned_bytes_max);
    return true;
}

/* It runs: the next look is planned; who shares looks may have it a little earlier. */
static enum query_step go_on(struct query *q)
{
    q->lost_looks = 0;
    q->slow = q->slow > 1 ? q->slow / 2 : 1;
    int64_t interval = poll_interval(q);
    q->next_ms = now_ms(q) + interval;
    board_plan(q->settings.board, &q->seat, q->next_ms, interval / 4);
    return QUERY_STEP_WAIT;
}

/* What one successful look means. */
static enum query_step judge(struct query *q, const struct json *x, struct fault *f)
{
    enum query_state state = query_call_state(x);

    execution_fill(q->execution, x, state);
    if (state == QUERY_SUCCEEDED) {
        q->phase = PHASE_SUCCEEDED;
        board_rise(q->settings.board, &q->seat);
        return QUERY_STEP_DONE;
    }
    if (query_is_final(state)) {
        return end_badly(q, x, state, f);
    }
    if (has_scanned_too_much(q)) {
        return stop_and_fail(q, f);
    }
    return go_on(q);
}

/* Whether somebody lost interest; q->outcome says who. */
static bool is_unwanted(struct query *q)
{
    if (wake_is_raised(&q->execution->cancel)) {
        fault_set(&q->outcome, FAULT_CANCELLED, "Query %s was cancelled and stopped.",
                  q->execution->query_id);
        return true;
    }
    if (q->settings.deadline_steady_ms != 0 && now_ms(q) >= q->settings.deadline_steady_ms) {
        fault_set(&q->outcome, FAULT_TIMEOUT,
                  "Query %s took longer than its time-out allows and was stopped.",
                  q->execution->query_id);
        return true;
    }
    return false;
}

/* A look that failed: throttling slows the rhythm, a gap in the network is bridged, anything else
   ends the query. */
static enum query_step look_failed(struct query *q, struct fault *f)
{
    enum fault_kind kind = q->outcome.kind;

    if (is_unwanted(q)) {
        return stop_and_fail(q, f);
    }
    if (kind == FAULT_THROTTLED) {
        q->slow = q->slow < SLOW_MAX ? q->slow * 2 : SLOW_MAX;
    } else if ((kind != FAULT_NETWORK && kind != FAULT_SERVICE) ||
               ++q->lost_looks >= LOST_LOOKS_MAX) {
        return stop_and_fail(q, f);
    }
    q->next_ms = now_ms(q) + poll_interval(q);
    return QUERY_STEP_WAIT;
}

static enum query_step look(struct query *q, struct fault *f)
{
    struct aws_bounds bounds = bounds_of(q);
    struct json *document = NULL;

    if (!query_call_look(q->settings.client, id_of(q), &bounds, &document, &q->outcome)) {
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
    return has_scanned_too_much(q) ? stop_and_fail(q, f) : go_on(q);
}

/* A look for all that are due; what it tells of this query is heard at once. */
static enum query_step look_together(struct query *q, struct fault *f)
{
    struct aws_bounds bounds = bounds_of(q);

    fault_clear(&q->outcome);
    if (!board_look(q->settings.board, &q->seat, q->settings.client, now_ms(q), &bounds,
                    &q->outcome)) {
        return look_failed(q, f);
    }
    return board_take(q->settings.board, &q->seat) == BOARD_RUNNING ? hear(q, f) : look(q, f);
}

static enum query_step step_starting(struct query *q, struct fault *f)
{
    if (is_unwanted(q)) { /* every try so far was refused: nothing runs */
        fault_set(&q->outcome, q->outcome.kind,
                  q->outcome.kind == FAULT_TIMEOUT
                      ? "The query could not be started before its time-out."
                      : "The query was cancelled before it was started.");
        say_full(q);
        return fail(q, f);
    }
    if (now_ms(q) >= q->next_ms && !start_once(q)) {
        return fail(q, f);
    }
    return QUERY_STEP_WAIT;
}

static enum query_step step_running(struct query *q, struct fault *f)
{
    const struct poll_bucket_ops *bucket = q->settings.bucket;

    if (is_unwanted(q)) {
        return stop_and_fail(q, f);
    }
    if (now_ms(q) < q->next_ms) {
        return QUERY_STEP_WAIT;
    }
    enum board_answer answer = board_take(q->settings.board, &q->seat);
    if (answer == BOARD_RUNNING) {
        return hear(q, f);
    }
    if (answer == BOARD_WAIT) {
        q->next_ms = now_ms(q) + SHARED_LOOK_MS;
        return QUERY_STEP_WAIT;
    }
    int64_t asked_to_wait = bucket != NULL ? bucket->ask(bucket->context, now_ms(q)) : 0;
    if (asked_to_wait > 0) {
        q->next_ms = now_ms(q) + asked_to_wait;
        return QUERY_STEP_WAIT;
    }
    return answer == BOARD_NOTHING && board_is_busy(q->settings.board, &q->seat)
               ? look_together(q, f)
               : look(q, f);
}

static int64_t until_next(const struct query *q)
{
    int64_t now = now_ms(q), until = q->next_ms;

    if (q->settings.deadline_steady_ms != 0 && q->settings.deadline_steady_ms < until) {
        until = q->settings.deadline_steady_ms;
    }
    return until > now ? until - now : 0;
}

enum query_step query_step(struct query *q, int64_t *wait_ms, struct fault *f)
{
    enum query_step step = QUERY_STEP_DONE;

    if (q->phase == PHASE_FAILED) {
        return fail(q, f);
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
    if (q->phase == PHASE_RUNNING) {
        (void)stop_and_confirm(q);
    }
    query_free(q);
}
