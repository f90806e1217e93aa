/* A lock for what is held for short stretches and hardly ever wanted by two threads at once: the
   one a handle has. Taking it is one atomic step, giving it back a plain store, behind which its
   memory is not touched any more: whoever takes it next may free it. Who finds it taken looks
   again, first at once, then after naps of up to a millisecond. */
#ifndef BASE_LATCH_H
#define BASE_LATCH_H

#include <stdatomic.h>
#include <stdbool.h>

struct latch {
    atomic_bool is_taken;
};

static inline void latch_init(struct latch *l)
{
    atomic_init(&l->is_taken, false);
}

static inline bool latch_try(struct latch *l)
{
    return !atomic_exchange_explicit(&l->is_taken, true, memory_order_acquire);
}

/* Returns with the latch taken. */
void latch_wait(struct latch *l);

static inline void latch_take(struct latch *l)
{
    if (!latch_try(l)) {
        latch_wait(l);
    }
}

static inline void latch_give(struct latch *l)
{
    atomic_store_explicit(&l->is_taken, false, memory_order_release);
}

#endif
