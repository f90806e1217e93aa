#include "base/latch.h"

#include <time.h>

#include "base/worker.h"
#include "unit/unit.h"

enum { WORKERS = 4, ROUNDS = 20000 };

struct shared {
    struct latch latch;
    unsigned long count;
    atomic_bool is_waiting, is_through;
};

static void count_up(void *context)
{
    struct shared *s = context;

    for (unsigned i = 0; i < ROUNDS; i++) {
        latch_take(&s->latch);
        s->count++;
        latch_give(&s->latch);
    }
}

static void four_threads_lose_no_step(void)
{
    struct shared s = { .count = 0 };
    struct worker workers[WORKERS];
    struct fault f;

    latch_init(&s.latch);
    for (unsigned i = 0; i < WORKERS; i++) {
        CU_ASSERT_FATAL(worker_start(&workers[i], count_up, &s, &f));
    }
    for (unsigned i = 0; i < WORKERS; i++) {
        worker_join(&workers[i]);
    }
    CU_ASSERT_EQUAL(s.count, (unsigned long)WORKERS * ROUNDS);
}

static void pass(void *context)
{
    struct shared *s = context;

    atomic_store(&s->is_waiting, true);
    latch_take(&s->latch);
    atomic_store(&s->is_through, true);
    latch_give(&s->latch);
}

static void who_finds_it_taken_waits(void)
{
    struct shared s = { .count = 0 };
    struct worker worker;
    struct fault f;
    struct timespec pause = { 0, 20000000 };

    latch_init(&s.latch);
    latch_take(&s.latch);
    CU_ASSERT_FALSE(latch_try(&s.latch));
    CU_ASSERT_FATAL(worker_start(&worker, pass, &s, &f));
    while (!atomic_load(&s.is_waiting)) {
        (void)nanosleep(&pause, NULL);
    }
    (void)nanosleep(&pause, NULL);
    CU_ASSERT_FALSE(atomic_load(&s.is_through));
    latch_give(&s.latch);
    worker_join(&worker);
    CU_ASSERT(atomic_load(&s.is_through));
    CU_ASSERT(latch_try(&s.latch));
}

static const struct unit_test tests[] = {
    { "four threads lose no step", four_threads_lose_no_step },
    { "who finds it taken waits", who_finds_it_taken_waits },
};

UNIT_MAIN("base/latch", tests)
