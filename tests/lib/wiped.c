/* Preloaded: sees every block that the driver gives back to the allocator, and says which of them
   still holds one of the texts in ATHENA_TEST_CANARIES (one a line). wiped_watch(LIBRARY) begins;
   at the end the file ATHENA_TEST_WIPED says what was found: blocks of the library that were freed
   or moved with a canary in them, and how many of its live blocks hold one after it has cleaned
   up. */
#define _GNU_SOURCE
#include <link.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void __libc_free(void *);

enum { CANARIES_MAX = 32, FOUND_MAX = 200, LIVE_MAX = 1 << 20 };

static const char *canaries[CANARIES_MAX];
static unsigned n_canaries;
static uintptr_t from, until;
static struct {
    uintptr_t caller;
    size_t bytes;
    unsigned canary;
    const char *how;
} found[FOUND_MAX];
static unsigned n_found, n_seen;
static void *live[LIVE_MAX]; /* open addressing; blocks that the library asked for */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool is_ours(const void *caller)
{
    return (uintptr_t)caller >= from && (uintptr_t)caller < until;
}

static int canary_in(const void *block)
{
    size_t bytes = malloc_usable_size((void *)block);

    for (unsigned i = 0; i < n_canaries; i++) {
        if (memmem(block, bytes, canaries[i], strlen(canaries[i])) != NULL) {
            return (int)i;
        }
    }
    return -1;
}

static size_t slot_of(const void *block)
{
    return ((uintptr_t)block >> 4) * 0x9E3779B97F4A7C15u >> 44 & (LIVE_MAX - 1);
}

/* A freed entry stays as a mark, so that those behind it are still found. */
static void remember(void *block)
{
    pthread_mutex_lock(&lock);
    size_t at = slot_of(block);
    for (size_t i = 0; i < LIVE_MAX; i++, at = (at + 1) & (LIVE_MAX - 1)) {
        if (live[at] == NULL || live[at] == (void *)1 || live[at] == block) {
            live[at] = block;
            break;
        }
    }
    pthread_mutex_unlock(&lock);
}

static bool forget(const void *block)
{
    bool was_there = false;

    pthread_mutex_lock(&lock);
    size_t at = slot_of(block);
    for (size_t i = 0; i < LIVE_MAX && live[at] != NULL; i++, at = (at + 1) & (LIVE_MAX - 1)) {
        if (live[at] == block) {
            live[at] = (void *)1;
            was_there = true;
            break;
        }
    }
    pthread_mutex_unlock(&lock);
    return was_there;
}

static void note(const void *caller, size_t bytes, int canary, const char *how)
{
    pthread_mutex_lock(&lock);
    if (n_found < FOUND_MAX) {
        found[n_found].caller = (uintptr_t)caller - from;
        found[n_found].bytes = bytes;
        found[n_found].canary = (unsigned)canary;
        found[n_found].how = how;
    }
    n_found++;
    pthread_mutex_unlock(&lock);
}

/* Before a block of the library goes: it must not hold a canary any more. */
static void look(void *block, const void *caller, const char *how)
{
    if (block == NULL || from == 0 || !forget(block)) {
        return;
    }
    n_seen++;
    int canary = canary_in(block);
    if (canary >= 0) {
        note(caller, malloc_usable_size(block), canary, how);
    }
}

void *malloc(size_t bytes)
{
    void *block = __libc_malloc(bytes);

    if (block != NULL && is_ours(__builtin_return_address(0))) {
        /* what others left there is not the driver's */
        memset(block, 0, malloc_usable_size(block));
        remember(block);
    }
    return block;
}

void *calloc(size_t n, size_t bytes)
{
    void *block = __libc_calloc(n, bytes);

    if (block != NULL && is_ours(__builtin_return_address(0))) {
        remember(block);
    }
    return block;
}

/* Always moves a watched block, and judges what it leaves behind: a real realloc may do the same at
   any time. */
void *realloc(void *old, size_t bytes)
{
    const void *caller = __builtin_return_address(0);
    bool ours = is_ours(caller);

    if (old == NULL || !ours) {
        void *block = ours ? __libc_calloc(1, bytes) : __libc_realloc(old, bytes);
        if (block != NULL && ours) {
            remember(block);
        }
        return block;
    }
    void *block = __libc_calloc(1, bytes);
    if (block == NULL) {
        return NULL;
    }
    size_t had = malloc_usable_size(old);
    memcpy(block, old, had < bytes ? had : bytes);
    look(old, caller, "moved");
    __libc_free(old);
    remember(block);
    return block;
}

void free(void *block)
{
    look(block, __builtin_return_address(0), "freed");
    __libc_free(block);
}

static int find_library(struct dl_phdr_info *info, size_t size, void *name)
{
    (void)size;
    if (strstr(info->dlpi_name, name) == NULL) {
        return 0;
    }
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type == PT_LOAD) {
            uintptr_t end =
                info->dlpi_addr + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
            until = end > until ? end : until;
        }
    }
    from = info->dlpi_addr;
    return 1;
}

void wiped_watch(const char *library)
{
    static char copy[65536];
    const char *given = getenv("ATHENA_TEST_CANARIES");

    snprintf(copy, sizeof(copy), "%s", given != NULL ? given : "");
    for (char *rest = copy, *one;
         (one = strsep(&rest, "\n")) != NULL && n_canaries < CANARIES_MAX;) {
        if (*one != '\0') {
            canaries[n_canaries++] = one;
        }
    }
    dl_iterate_phdr(find_library, (void *)library);
}

/* For wiped_end.c, whose destructor runs after the driver's. */
void wiped_report(void)
{
    const char *path = getenv("ATHENA_TEST_WIPED");
    FILE *out = path != NULL && from != 0 ? fopen(path, "w") : NULL;
    unsigned n_live = 0, n_holding = 0;

    for (size_t i = 0; i < LIVE_MAX && out != NULL; i++) {
        if (live[i] != NULL && live[i] != (void *)1) {
            n_live++;
            int canary = canary_in(live[i]);
            n_holding += canary >= 0;
            if (canary >= 0) {
                fprintf(out, "live %zu bytes, canary %d\n", malloc_usable_size(live[i]), canary);
            }
        }
    }
    for (unsigned i = 0; i < n_found && i < FOUND_MAX && out != NULL; i++) {
        fprintf(out, "%s %zu bytes at +0x%zx, canary %u\n", found[i].how, found[i].bytes,
                (size_t)found[i].caller, found[i].canary);
    }
    if (out != NULL) {
        fprintf(out, "seen %u, unwiped %u, live %u, live with a canary %u\n", n_seen, n_found,
                n_live, n_holding);
        fclose(out);
    }
}
