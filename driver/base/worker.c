/* Background threads with all signals blocked: the host's handlers never run on a thread it does
   not know. */
#include "base/worker.h"

#include <signal.h>
#include <stdlib.h>

struct start {
    void (*run)(void *context);
    void *context;
};

static void *worker_main(void *argument)
{
    struct start start = *(struct start *)argument;

    free(argument);
    start.run(start.context);
    return NULL;
}

bool worker_start(struct worker *w, void (*run)(void *context), void *context, struct fault *f)
{
    sigset_t all, before;
    struct start *start = malloc(sizeof(*start));

    if (start == NULL) {
        return fault_memory(f);
    }
    *start = (struct start){ run, context };
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&w->thread, NULL, worker_main, start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed != 0) {
        free(start);
        return fault_set(f, FAULT_MEMORY, "The system has no thread left (error %d)", failed);
    }
    w->is_running = true;
    return true;
}

void worker_join(struct worker *w)
{
    if (w->is_running) {
        pthread_join(w->thread, NULL);
        w->is_running = false;
    }
}
