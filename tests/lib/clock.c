/* Preloaded: the machine's wall clock as a test sets it. test_clock_set(ms) moves it by so much
   against the true one, for everybody in the process; clocks that only run forward are left
   alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

static _Atomic int64_t offset_ms;

void test_clock_set(int64_t ms)
{
    atomic_store(&offset_ms, ms);
}

int clock_gettime(clockid_t id, struct timespec *now)
{
    static int (*real)(clockid_t, struct timespec *);

    if (real == NULL) {
        *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    }
    int status = real(id, now);
    int64_t moved = atomic_load(&offset_ms);
    if (status == 0 && id == CLOCK_REALTIME && moved != 0) {
        int64_t nanos = now->tv_nsec + moved % 1000 * 1000000;
        now->tv_sec += moved / 1000 + (nanos < 0 ? -1 : nanos / 1000000000);
        now->tv_nsec = (nanos + 1000000000) % 1000000000;
    }
    return status;
}

time_t time(time_t *to)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (to != NULL) {
        *to = now.tv_sec;
    }
    return now.tv_sec;
}
