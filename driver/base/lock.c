/* Mutexes and wake-ups on the steady clock. */
#include "base/lock.h"

#include <assert.h>
#include <errno.h>
#include <time.h>

void lock_init(struct lock *l)
{
    int failed = pthread_mutex_init(&l->mutex, NULL);

    assert(failed == 0);
    (void)failed;
}

void lock_done(struct lock *l)
{
    pthread_mutex_destroy(&l->mutex);
}

void lock_take(struct lock *l)
{
    int failed = pthread_mutex_lock(&l->mutex);

    assert(failed == 0);
    (void)failed;
}

void lock_give(struct lock *l)
{
    int failed = pthread_mutex_unlock(&l->mutex);

    assert(failed == 0);
    (void)failed;
}

void wake_init(struct wake *w)
{
    pthread_condattr_t attributes;

    lock_init(&w->lock);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&w->condition, &attributes);
    pthread_condattr_destroy(&attributes);
    w->is_raised = false;
}

void wake_done(struct wake *w)
{
    pthread_cond_destroy(&w->condition);
    lock_done(&w->lock);
}

void wake_raise(struct wake *w)
{
    lock_take(&w->lock);
    w->is_raised = true;
    pthread_cond_broadcast(&w->condition);
    lock_give(&w->lock);
}

void wake_lower(struct wake *w)
{
    lock_take(&w->lock);
    w->is_raised = false;
    lock_give(&w->lock);
}

bool wake_is_raised(struct wake *w)
{
    lock_take(&w->lock);
    bool is_raised = w->is_raised;
    lock_give(&w->lock);
    return is_raised;
}

bool wake_wait(struct wake *w, int64_t ms)
{
    struct timespec until;

    if (ms < 0) {
        ms = 0;
    }
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(ms / 1000);
    until.tv_nsec += (long)(ms % 1000) * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    lock_take(&w->lock);
    while (!w->is_raised) {
        if (pthread_cond_timedwait(&w->condition, &w->lock.mutex, &until) == ETIMEDOUT) {
            break;
        }
    }
    bool is_raised = w->is_raised;
    lock_give(&w->lock);
    return is_raised;
}
