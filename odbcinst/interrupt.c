/* A thread that waits for SIGINT and SIGTERM. */
#include "interrupt.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "base/worker.h"
#include "command.h"

static struct {
    struct worker worker;
    struct wake *stop, over;
    sigset_t before;
} interrupt;

static void listen(void *context)
{
    const struct timespec slice = { .tv_nsec = 100 * 1000 * 1000 };
    sigset_t wanted;

    (void)context;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGTERM);
    while (!wake_is_raised(&interrupt.over)) {
        if (sigtimedwait(&wanted, NULL, &slice) < 0) {
            continue;
        }
        if (wake_is_raised(interrupt.stop)) {
            _exit(128 + SIGINT);
        }
        wake_raise(interrupt.stop);
    }
}

void interrupt_begin(struct wake *stop)
{
    sigset_t wanted;

    sigemptyset(&wanted);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &wanted, &interrupt.before);
    interrupt.stop = stop;
    wake_init(&interrupt.over);
    if (!worker_start(&interrupt.worker, listen, NULL, NULL)) {
        pthread_sigmask(SIG_SETMASK, &interrupt.before,
                        NULL); /* then Ctrl-C ends us, as it ends others */
    }
}

void interrupt_end(void)
{
    wake_raise(&interrupt.over);
    worker_join(&interrupt.worker);
    wake_done(&interrupt.over);
    pthread_sigmask(SIG_SETMASK, &interrupt.before, NULL);
}
