/* A list, newest first, under one lock that is held for copying only. */
#include "spoke/recall.h"

#include <stdlib.h>
#include <string.h>

#include "spoke/process.h"

struct entry {
    struct entry *next;
    char owner[65];
    int64_t since_ms;
    size_t n_key, n_value;
    char bytes[]; /* key, value */
};

struct recall {
    struct lock lock;
    struct entry *newest;
    size_t n_bytes, n_entries;
    uint64_t generation; /* how often something was forgotten */
};

struct recall *recall_new(void)
{
    struct recall *r = calloc(1, sizeof(*r));

    if (r != NULL)
        lock_init(&r->lock);
    return r;
}

static void free_entries(struct entry *e)
{
    while (e != NULL) {
        struct entry *next = e->next;
        free(e);
        e = next;
    }
}

void recall_free(struct recall *r)
{
    if (r == NULL)
        return;
    free_entries(r->newest);
    lock_done(&r->lock);
    free(r);
}

static bool is_mine(const struct entry *e, const char *owner, struct span key)
{
    return e->n_key == key.len && memcmp(e->bytes, key.at, key.len) == 0 &&
           strcmp(e->owner, owner) == 0;
}

static void unlink_at(struct recall *r, struct entry **at)
{
    struct entry *gone = *at;

    *at = gone->next;
    r->n_bytes -= gone->n_key + gone->n_value;
    r->n_entries--;
    free(gone);
}

bool recall_get(struct recall *r, const char *owner, struct span key, int64_t max_age_ms,
                int64_t now_ms, struct buf *out)
{
    struct fault ignored;
    bool found = false;

    lock_take(&r->lock);
    for (const struct entry *e = r->newest; e != NULL; e = e->next) {
        if (!is_mine(e, owner, key))
            continue;
        if (now_ms - e->since_ms <= max_age_ms)
            found = buf_add(out, (struct span){ e->bytes + e->n_key, e->n_value }, &ignored);
        break;
    }
    lock_give(&r->lock);
    return found;
}

/* The list is walked once: the key's old value goes, and whatever no longer fits behind the newest.
 */
static void make_room(struct recall *r, const char *owner, struct span key, size_t bytes)
{
    for (struct entry **at = &r->newest; *at != NULL;) {
        if (is_mine(*at, owner, key))
            unlink_at(r, at);
        else
            at = &(*at)->next;
    }
    size_t kept = bytes, n = 1;
    for (struct entry **at = &r->newest; *at != NULL;) {
        kept += (*at)->n_key + (*at)->n_value;
        if (++n > RECALL_ENTRIES_MAX || kept > RECALL_BYTES_MAX) {
            kept -= (*at)->n_key + (*at)->n_value;
            n--;
            unlink_at(r, at);
        } else {
            at = &(*at)->next;
        }
    }
}

uint64_t recall_generation(struct recall *r)
{
    lock_take(&r->lock);
    uint64_t generation = r->generation;
    lock_give(&r->lock);
    return generation;
}

void recall_put(struct recall *r, const char *owner, uint64_t generation, struct span key,
                struct span value, int64_t now_ms)
{
    struct entry *e =
        value.len <= RECALL_VALUE_MAX ? malloc(sizeof(*e) + key.len + value.len) : NULL;

    if (e == NULL)
        return;
    memset(e, 0, sizeof(*e));
    span_to_c(span_of(owner), e->owner, sizeof(e->owner));
    e->since_ms = now_ms;
    e->n_key = key.len;
    e->n_value = value.len;
    memcpy(e->bytes, key.at, key.len);
    if (value.len > 0)
        memcpy(e->bytes + key.len, value.at, value.len);
    lock_take(&r->lock);
    if (r->generation != generation) {
        lock_give(&r->lock);
        free(e);
        return;
    }
    make_room(r, e->owner, key, key.len + value.len);
    e->next = r->newest;
    r->newest = e;
    r->n_bytes += key.len + value.len;
    r->n_entries++;
    lock_give(&r->lock);
}

void recall_forget(struct recall *r, const char *owner)
{
    lock_take(&r->lock);
    r->generation++;
    for (struct entry **at = &r->newest; *at != NULL;) {
        if (strcmp((*at)->owner, owner) == 0)
            unlink_at(r, at);
        else
            at = &(*at)->next;
    }
    lock_give(&r->lock);
}

static int64_t now_of(const struct spoke *s)
{
    const struct clock *c = spoke_clock(s);

    return c->steady_ms(c);
}

bool spoke_recall(const struct spoke *s, struct span key, int64_t max_age_ms, struct buf *out)
{
    struct recall *r = process_recall();

    return r != NULL && recall_get(r, spoke_cache_key(s), key, max_age_ms, now_of(s), out);
}

uint64_t spoke_recall_generation(void)
{
    struct recall *r = process_recall();

    return r != NULL ? recall_generation(r) : 0;
}

void spoke_remember(const struct spoke *s, uint64_t generation, struct span key, struct span value)
{
    struct recall *r = process_recall();

    if (r != NULL)
        recall_put(r, spoke_cache_key(s), generation, key, value, now_of(s));
}

void spoke_forget(const struct spoke *s)
{
    struct recall *r = process_recall();

    if (r != NULL)
        recall_forget(r, spoke_cache_key(s));
}
