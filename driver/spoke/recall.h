/* What the process remembers for its connections for a while: bytes under a key, apart for every
   identity, policy, endpoint, workgroup, region and catalog (spoke_cache_key). What the bytes mean
   is the caller's business. */
#ifndef SPOKE_RECALL_H
#define SPOKE_RECALL_H

#include "spoke/spoke.h"

enum {
    RECALL_BYTES_MAX = 64 * 1024 * 1024, /* of all entries; the oldest go first */
    RECALL_VALUE_MAX = 16 * 1024 * 1024,
    RECALL_ENTRIES_MAX = 8192,
};

/* Appends what was remembered under the key no longer than max_age_ms ago. False when there is
   nothing, or memory is short. */
bool spoke_recall(const struct spoke *s, struct span key, int64_t max_age_ms, struct buf *out);
/* To be taken before a service is asked. */
uint64_t spoke_recall_generation(void);
/* Replaces what was there. Not kept are values too large, and what was asked before something was
   forgotten: the generation is an older one. */
void spoke_remember(const struct spoke *s, uint64_t generation, struct span key, struct span value);
/* Everything this connection's kind remembered. */
void spoke_forget(const struct spoke *s);

/* The store itself, for process.c and tests. */
struct recall;
struct recall *recall_new(void);
void recall_free(struct recall *r);
bool recall_get(struct recall *r, const char *owner, struct span key, int64_t max_age_ms,
                int64_t now_ms, struct buf *out);
uint64_t recall_generation(struct recall *r);
void recall_put(struct recall *r, const char *owner, uint64_t generation, struct span key,
                struct span value, int64_t now_ms);
void recall_forget(struct recall *r, const char *owner);

#endif
