/* Threads over a list of jobs. */
#include "crowd.h"

#include "base/clock.h"
#include "base/worker.h"

enum { GAP_MS = 1000 * STS_CALLS_PER_SPOKE / STS_CALLS_PER_SECOND };

struct shared {
    struct crowd *crowd;
    struct lock lock;
    struct wake never;
    unsigned next, n_done;
    int64_t start_ms;
};

static int64_t now_ms(void)
{
    const struct clock *clock = clock_system();

    return clock->steady_ms(clock);
}

/* The next job and when it may begin; false when there is none. */
static bool take(struct shared *s, unsigned *index, int64_t *wait_ms)
{
    lock_take(&s->lock);
    bool has_one =
        s->next < s->crowd->n && (s->crowd->stop == NULL || !wake_is_raised(s->crowd->stop));
    if (has_one) {
        *index = s->next++;
        *wait_ms = s->start_ms + (int64_t)*index * GAP_MS - now_ms();
    }
    lock_give(&s->lock);
    return has_one;
}

static void run(void *context)
{
    struct shared *s = context;
    struct wake *stop = s->crowd->stop != NULL ? s->crowd->stop : &s->never;
    unsigned index;
    int64_t wait_ms;

    while (take(s, &index, &wait_ms)) {
        if (wait_ms > 0 && wake_wait(stop, wait_ms)) {
            return;
        }
        s->crowd->work(s->crowd->context, index);
        lock_take(&s->lock);
        s->n_done++;
        if (s->crowd->progress != NULL) {
            s->crowd->progress(s->crowd->context, s->n_done, s->crowd->n);
        }
        lock_give(&s->lock);
    }
}

bool crowd_run(struct crowd *c, struct fault *f)
{
    struct worker workers[CROWD_THREADS_MAX] = { { .is_running = false } };
    struct shared s = { .crowd = c, .start_ms = now_ms() };
    unsigned wanted = c->n < CROWD_THREADS_MAX ? c->n : CROWD_THREADS_MAX, started = 0;

    lock_init(&s.lock);
    wake_init(&s.never);
    while (started < wanted && worker_start(&workers[started], run, &s, f)) {
        started++;
    }
    for (unsigned i = 0; i < started; i++) {
        worker_join(&workers[i]);
    }
    wake_done(&s.never);
    lock_done(&s.lock);
    return started > 0 || c->n == 0;
}
