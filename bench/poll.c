/* What waiting for a query costs: the driver's own rhythm of looking (athena/query.c) over a clock
   that is moved by hand and an engine that ends each query after a chosen time. No machine can make
   it slower, so its figures are limits.

   poll [CALL_MS]   one call takes CALL_MS of the clock (0) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "athena/athena.h"

#define GROWTH 1.01

enum {
    SAMPLES = 3,
    SHORT_FLOOR_MS = 60,
    SHORT_PERCENT = 10,
    LONG_PERCENT = 7,
    LONG_TARGET_PERCENT = 5
};

/* The service: a transport that moves the clock and says whether the query has ended by then. */
struct engine {
    struct http base;
    struct clock clock;
    int64_t now_ms, call_ms, ends_ms;
    unsigned n_looks;
};

static int64_t engine_now(const struct clock *c)
{
    return ((const struct engine *)(const void *)((const char *)c - offsetof(struct engine, clock)))
        ->now_ms;
}

static bool engine_send(struct http *h, const struct http_request *q, struct http_response *r,
                        struct fault *f)
{
    struct engine *e = (struct engine *)h;
    struct span body = q->body;
    const char *answer;

    /* The engine's state is that of the moment when half of the call has passed. */
    e->now_ms += e->call_ms / 2;
    if (span_find(body, SPAN("QueryString")) < body.len) {
        answer = "{\"QueryExecutionId\":\"q-1\"}";
    } else {
        e->n_looks++;
        answer = e->now_ms >= e->ends_ms
                     ? "{\"QueryExecution\":{\"Status\":{\"State\":\"SUCCEEDED\"}}}"
                     : "{\"QueryExecution\":{\"Status\":{\"State\":\"RUNNING\"}}}";
    }
    e->now_ms += e->call_ms - e->call_ms / 2;
    r->attempts = 1;
    r->status = 200;
    return buf_add(&r->body, span_of(answer), f);
}

static void engine_close(struct http *h)
{
    (void)h;
}

struct outcome {
    double over_ms;
    unsigned n_looks;
};

/* One query that the engine finishes after runs_ms. */
static bool run_query(struct engine *e, struct aws_client *client, int64_t runs_ms,
                      struct outcome *out)
{
    struct query_settings settings = { .client = client, .clock = &e->clock };
    struct query_request request = { .sql = SPAN("SELECT 1") };
    struct execution *execution = NULL;
    struct query *query = NULL;
    struct fault f;
    int64_t wait_ms = 0;
    enum query_step step;

    e->n_looks = 0;
    e->ends_ms = INT64_MAX;
    fault_clear(&f);
    if (!execution_new(&execution, &f)) {
        return false;
    }
    if (!query_start(&settings, &request, execution, &query, &f)) {
        execution_drop(execution);
        return false;
    }
    e->ends_ms = e->now_ms + runs_ms;
    while ((step = query_step(query, &wait_ms, &f)) == QUERY_STEP_WAIT) {
        e->now_ms += wait_ms;
    }
    *out = (struct outcome){ (double)(e->now_ms - e->ends_ms), e->n_looks };
    query_close(query);
    execution_drop(execution);
    return step == QUERY_STEP_DONE;
}

/* Sums and worst cases over queries of many lengths. */
struct range {
    double over_percent, worst_percent, looks;
    /* n_beyond: more than 10 % and more than 60 ms, the time of two calls apart */
    unsigned n, n_beyond;
};

static void add_outcome(struct range *r, const struct outcome *o, double runs_ms, double calls_ms)
{
    double percent = o->over_ms * 100 / runs_ms;

    r->n++;
    r->over_percent += percent;
    r->looks += o->n_looks;
    r->worst_percent = percent > r->worst_percent ? percent : r->worst_percent;
    r->n_beyond += percent > SHORT_PERCENT && o->over_ms > SHORT_FLOOR_MS + calls_ms;
}

/* Lengths from from_ms to to_ms, each longer than the last by a fixed part: short ones count as
   much as long ones. */
static bool run_range(struct engine *e, struct aws_client *client, double from_ms, double to_ms,
                      struct range *out)
{
    struct outcome o = { 0 };

    *out = (struct range){ 0 };
    for (double ms = from_ms; ms <= to_ms; ms *= GROWTH) {
        for (int i = 0; i < SAMPLES; i++) {
            if (!run_query(e, client, (int64_t)ms, &o)) {
                fprintf(stderr, "poll: a query of %.0f ms did not come to its end\n", ms);
                return false;
            }
            add_outcome(out, &o, ms, 2.0 * (double)e->call_ms);
        }
    }
    return true;
}

static void add_range(struct range *to, const struct range *r)
{
    to->n += r->n;
    to->over_percent += r->over_percent;
    to->looks += r->looks;
    to->worst_percent = r->worst_percent > to->worst_percent ? r->worst_percent : to->worst_percent;
    to->n_beyond += r->n_beyond;
}

static bool line(const char *text, double measured, double floor, double target)
{
    char limit[24], goal[24];

    snprintf(limit, sizeof(limit), "<= %g", floor);
    snprintf(goal, sizeof(goal), "<= %g", target);
    printf("%-58s %8.2f   %-8s %-8s %s\n", text, measured, limit, goal,
           measured <= floor ? "met" : "NOT met");
    return measured <= floor;
}

static void calls(const char *text, const struct range *r)
{
    printf("%-58s %8.1f   %-8s %-8s -\n", text, r->looks / r->n + 1, "-", "-");
}

/* Prints the table; true when every limit is kept. */
static bool report(struct engine *e, struct aws_client *client)
{
    static const struct {
        const char *name;
        double from_ms, to_ms;
    } parts[] = { { "calls of a query of 0.1 to 1 s", 100, 1000 },
                  { "calls of a query of 1 to 10 s", 1000, 10000 },
                  { "calls of a query of 10 to 60 s", 10000, 60000 },
                  { "calls of a query of 60 to 600 s", 60000, 600000 } };
    enum { PARTS = sizeof(parts) / sizeof(parts[0]) };
    struct range part[PARTS], all = { 0 };

    for (size_t i = 0; i < PARTS; i++) {
        if (!run_range(e, client, parts[i].from_ms, parts[i].to_ms, &part[i])) {
            return false;
        }
        if (i > 0) {
            add_range(&all, &part[i]);
        }
    }
    bool ok = line("waiting over the engine's time, 1 to 600 s, mean %", all.over_percent / all.n,
                   LONG_PERCENT, LONG_TARGET_PERCENT);
    ok = line("waiting over the engine's time, 1 to 600 s, worst %", all.worst_percent,
              SHORT_PERCENT, SHORT_PERCENT) &&
         ok;
    ok = line("queries of 0.1 to 1 s over 10 % and 60 ms, of 100",
              part[0].n_beyond * 100.0 / part[0].n, 0, 0) &&
         ok;
    for (size_t i = 0; i < PARTS; i++) {
        calls(parts[i].name, &part[i]);
    }
    return ok;
}

int main(int argc, char **argv)
{
    static const struct http_ops ops = { engine_send, engine_close };
    struct engine e = { .base = { &ops },
                        .clock = { engine_now, engine_now },
                        .now_ms = 1767225600000 };
    struct aws_client *client = NULL;
    struct fault f;
    bool ok = false;

    e.call_ms = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
    struct aws_client_settings settings = { .service = AWS_ATHENA,
                                            .region = SPAN("eu-west-1"),
                                            .transport = &e.base,
                                            .clock = &e.clock,
                                            .attempts_max = 1,
                                            .hop = HOP_SERVICE };
    fault_clear(&f);
    if (aws_client_new(&settings, &client, &f)) {
        ok = report(&e, client);
    }
    aws_client_free(client);
    return ok ? 0 : 1;
}
