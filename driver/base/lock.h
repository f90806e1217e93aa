/* Locks and waiting. The only header through which pthreads is seen. */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct lock {
    pthread_mutex_t mutex;
};

/* Making a lock cannot fail here: default attributes on Linux never do; asserted. */
void lock_init(struct lock *l);
void lock_done(struct lock *l);
void lock_take(struct lock *l);
void lock_give(struct lock *l);

/* A flag that somebody can wait for with a limit: cancel, wake-up. Waits are on the steady
   clock. */
struct wake {
    struct lock lock;
    pthread_cond_t condition;
    bool is_raised;
};

void wake_init(struct wake *w);
void wake_done(struct wake *w);
/* Raises the flag and wakes all who wait. Async-signal unsafe. */
void wake_raise(struct wake *w);
void wake_lower(struct wake *w);
bool wake_is_raised(struct wake *w);
/* Waits until raised or ms passed; true when raised. Returns at once when it is raised already. */
bool wake_wait(struct wake *w, int64_t ms);

#endif
