/* A background thread of ours: all signals blocked, joined by its owner. */
#ifndef BASE_WORKER_H
#define BASE_WORKER_H

#include <pthread.h>

#include "base/fault.h"

struct worker {
    pthread_t thread;
    bool is_running;
};

/* Starts run(context). FAULT_MEMORY when the system has no thread left. */
MUST_USE bool worker_start(struct worker *w, void (*run)(void *context), void *context,
                           struct fault *f);
/* Waits for its end; nothing to do when it was never started. */
void worker_join(struct worker *w);

#endif
