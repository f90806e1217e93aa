/* The machine of one execution, shared by its three files: query.c looks and steps, query_start.c
   starts, query_stop.c stops. Not for other rooms. */
#ifndef ATHENA_QUERY_MACHINE_H
#define ATHENA_QUERY_MACHINE_H

#include "athena/board.h"

enum query_phase { PHASE_STARTING, PHASE_RUNNING, PHASE_SUCCEEDED, PHASE_FAILED };

struct query {
    struct query_settings settings;
    struct execution *execution;
    struct buf body;
    enum query_phase phase;
    int64_t started_ms, next_ms; /* steady: of the start; of the next look or try */
    int64_t pause_ms;            /* the last one, when poll_growth_percent is set */
    unsigned slow, lost_looks, limit_tries;
    struct board_seat seat;
    struct fault outcome;        /* of PHASE_FAILED */
};

static inline int64_t query_now_ms(const struct query *q)
{
    return q->settings.clock->steady_ms(q->settings.clock);
}

static inline struct aws_bounds query_bounds(struct query *q)
{
    return (struct aws_bounds){ q->settings.deadline_steady_ms, &q->execution->cancel };
}

static inline struct span query_id(const struct query *q)
{
    return span_of(q->execution->query_id); /* written once, by us, before anybody reads it here */
}

/* ms, more or less by a fifth: queries started together must not stay together. */
int64_t query_jittered(int64_t ms);
/* Whether somebody lost interest; q->outcome says who. */
bool query_is_unwanted(struct query *q);
/* The two ends. */
enum query_step query_succeed(struct query *q);
enum query_step query_fail(struct query *q, struct fault *f);

/* query_start.c: one try to start. False with q->outcome set; true: it runs, has even succeeded, or
   is to be tried again at next_ms. */
bool query_start_once(struct query *q);

/* query_stop.c: stops what runs and waits until the service tells how it ended; bounded in time and
   in looks. QUERY_RUNNING: not confirmed, *why is what the stop met, if anything. */
enum query_state query_stop(struct query *q, struct fault *why);
/* Ends a running query with a fault of ours, which is in q->outcome, and says there when the stop
   was not confirmed. A query that had succeeded before the stop took hold has succeeded: its rows
   are there, and a failure would have it run again. */
enum query_step query_stop_and_fail(struct query *q, struct fault *f);

#endif
