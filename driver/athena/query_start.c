/* Starting a query: full accounts are waited for, and a start whose answer was lost or spoilt is
   learnt by its token. */
#include <string.h>

#include "athena/query_machine.h"

enum {
    LIMIT_WAIT_MS = 1000,     /* the account's query limit: first wait, doubled each time */
    LIMIT_WAIT_MAX_MS = 10000,
    LIMIT_TRIES_MAX = 60      /* without a deadline: about nine minutes */
};

static void note_started(struct query *q, const char id[64])
{
    struct execution *e = q->execution;

    lock_take(&e->lock);
    memcpy(e->query_id, id, sizeof(e->query_id));
    e->is_started = true;
    e->state = QUERY_QUEUED;
    lock_give(&e->lock);
    q->phase = PHASE_RUNNING;
    q->started_ms = query_now_ms(q);
    q->next_ms = q->started_ms + q->settings.first_poll_ms;
    board_sit(q->settings.board, &q->seat, span_of(id));
    board_plan(q->settings.board, &q->seat, q->next_ms, 0);
}

/* The same token tells the id of what the first request may have started, and that is stopped.
   True: it had succeeded before the stop took hold. */
static bool stop_what_was_started(struct query *q)
{
    struct aws_bounds bounds = { .deadline_steady_ms = query_now_ms(q) + QUERY_STOP_MS };
    struct fault why;
    char id[64];

    fault_clear(&why);
    if (!query_call_start(q->settings.client, buf_span(&q->body), &bounds, id, &why)) {
        fault_note(&q->outcome,
                   "Whether the query was started could not be learnt; it may run. Its "
                   "ClientRequestToken is %s. %.300s",
                   q->execution->token, why.text);
        return false;
    }
    note_started(q, id);
    return query_stop_and_fail(q, NULL) == QUERY_STEP_DONE;
}

static bool is_query_limit(const struct fault *f)
{
    return f->kind == FAULT_THROTTLED && strcmp(f->code, "CONCURRENT_QUERY_LIMIT_EXCEEDED") == 0;
}

static bool wait_for_room(struct query *q)
{
    int64_t wait = (int64_t)LIMIT_WAIT_MS << (q->limit_tries < 4 ? q->limit_tries : 4);

    wait = wait > LIMIT_WAIT_MAX_MS ? LIMIT_WAIT_MAX_MS : wait;
    q->next_ms = query_now_ms(q) + query_jittered(wait);
    q->limit_tries++;
    return q->settings.deadline_steady_ms != 0 ? q->next_ms < q->settings.deadline_steady_ms
                                               : q->limit_tries <= LIMIT_TRIES_MAX;
}

/* What the time was spent on that is now over. */
static bool say_full(struct query *q)
{
    if (q->limit_tries > 0 &&
        (q->outcome.kind == FAULT_TIMEOUT || q->outcome.kind == FAULT_CANCELLED)) {
        fault_note(&q->outcome,
                   "The service had refused to start it %u times, because as many queries ran as "
                   "the account's limit allows "
                   "(CONCURRENT_QUERY_LIMIT_EXCEEDED).",
                   q->limit_tries);
    }
    return false;
}

bool query_start_once(struct query *q)
{
    struct aws_bounds bounds = query_bounds(q);
    bool was_lost = q->outcome.may_have_arrived; /* a try before this one */
    char id[64] = "";

    if (query_is_unwanted(q)) { /* no try so far was granted */
        fault_set(&q->outcome, q->outcome.kind,
                  q->outcome.kind == FAULT_TIMEOUT
                      ? "The query could not be started before its time-out."
                      : "The query was cancelled before it was started.");
        return (was_lost && stop_what_was_started(q)) || say_full(q);
    }
    if (query_call_start(q->settings.client, buf_span(&q->body), &bounds, id, &q->outcome)) {
        note_started(q, id);
        return true;
    }
    q->outcome.may_have_arrived |= was_lost;
    if (is_query_limit(&q->outcome) && wait_for_room(q)) {
        return true;
    }
    return (q->outcome.may_have_arrived && stop_what_was_started(q)) || say_full(q);
}
