/* Waiting for a latch that another thread holds. */
#include "base/latch.h"

#include <sched.h>
#include <stdint.h>
#include <time.h>

enum { LOOKS_AT_ONCE = 64, NAP_FIRST_NS = 20000, NAP_MAX_NS = 1000000 };

void latch_wait(struct latch *l)
{
    for (unsigned i = 0; i < LOOKS_AT_ONCE; i++) {
        (void)sched_yield();
        if (latch_try(l)) {
            return;
        }
    }
    for (long nap = NAP_FIRST_NS; !latch_try(l);
         nap = nap * 2 < NAP_MAX_NS ? nap * 2 : NAP_MAX_NS) {
        struct timespec pause = { 0, nap };
        (void)nanosleep(&pause, NULL);
    }
}
