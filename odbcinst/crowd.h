/* Work on many spokes at once: bounded threads, starts spaced out so that STS is not asked more
 * than so many times a second. */
#ifndef ODBCINST_CROWD_H
#define ODBCINST_CROWD_H

#include "base/fault.h"
#include "base/lock.h"

enum {
    CROWD_THREADS_MAX = 32,
    STS_CALLS_PER_SECOND = 20,
    STS_CALLS_PER_SPOKE = 2 /* one for each hop */
};

struct crowd {
    unsigned n; /* jobs */
    void (*work)(void *context, unsigned index);
    void *context;
    void (*progress)(void *context, unsigned n_done,
                     unsigned n); /* may be NULL; called from one thread at a time */
    struct wake *stop;            /* raised: what has not begun does not begin; may be NULL */
};

/* Returns when all is done. False when no thread could be started. */
MUST_USE bool crowd_run(struct crowd *c, struct fault *f);

#endif
