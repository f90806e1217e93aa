/* Stopping a query for whoever lost interest, and learning how it really ended. No lock is held
   over a request. */
#include "athena/query_machine.h"

enum { CONFIRM_LOOKS_MAX = 12 };

/* How it ended, and then the execution is filled; QUERY_RUNNING while that is not known. */
static enum query_state look_for_end(struct query *q, const struct aws_bounds *bounds)
{
    struct json *document = NULL;
    struct fault ignored; /* the next look may do better */

    if (!query_call_look(q->settings.client, query_id(q), bounds, &document, &ignored)) {
        return QUERY_RUNNING;
    }
    const struct json *x = json_member(document, "QueryExecution");
    enum query_state state = query_call_state(x);
    if (query_is_final(state)) {
        execution_fill(q->execution, x, state);
    }
    json_free(document);
    return query_is_final(state) ? state : QUERY_RUNNING;
}

static bool claim_stop(struct execution *e)
{
    lock_take(&e->lock);
    bool is_mine = !e->is_stopped;
    e->is_stopped = true;
    lock_give(&e->lock);
    return is_mine;
}

enum query_state query_stop(struct query *q, struct fault *why)
{
    struct aws_bounds bounds = { .deadline_steady_ms = query_now_ms(q) + QUERY_STOP_MS };
    bool must_stop = claim_stop(q->execution);
    enum query_state state = QUERY_RUNNING;
    struct wake nobody;

    fault_clear(why);
    wake_init(&nobody);
    for (int64_t looks = 0; state == QUERY_RUNNING && looks < CONFIRM_LOOKS_MAX &&
         query_now_ms(q) < bounds.deadline_steady_ms; looks++) {
        if (must_stop || looks == 4) { /* a stop that had no effect for so long is repeated */
            fault_clear(why);
            must_stop = !query_call_stop(q->settings.client, query_id(q), &bounds, why);
        }
        wake_wait(&nobody, looks == 0 ? 20 : looks < 6 ? 50 << looks : 1500);
        state = look_for_end(q, &bounds);
    }
    wake_done(&nobody);
    return state;
}

enum query_step query_stop_and_fail(struct query *q, struct fault *f)
{
    struct fault why;
    enum query_state state = query_stop(q, &why);

    if (state == QUERY_SUCCEEDED) {
        return query_succeed(q);
    }
    if (state == QUERY_RUNNING) {
        fault_note(
            &q->outcome,
            "The stop of query %s was not confirmed within %d seconds; it may still run.%s%s",
            q->execution->query_id, QUERY_STOP_MS / 1000, why.text[0] != 0 ? " " : "", why.text);
    }
    return query_fail(q, f);
}
