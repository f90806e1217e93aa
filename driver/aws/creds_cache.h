/* Remembers another source's credentials, renews them in time, and lets one caller do it for
   all. */
#ifndef AWS_CREDS_CACHE_H
#define AWS_CREDS_CACHE_H

#include "aws/credentials.h"

enum {
    CACHE_MANDATORY_MS = 60 * 1000,    /* from here on callers wait for the renewal */
    CACHE_BACKOFF_MIN_MS = 300 * 1000, /* no further try after a failed renewal, at least ... */
    CACHE_BACKOFF_MAX_MS = 600 * 1000, /* ... and at most; chosen at random between */
    CACHE_ERROR_MS = 5 * 1000          /* how long a final failure is repeated from memory */
};

/* Borrowed until creds_cache_new returns, but the clock. */
struct creds_cache_settings {
    const struct clock *clock;       /* NULL = the machine's */
    int64_t advisory_ms;             /* when to renew ahead; 0 = 5, 15 or 60 minutes, by lifetime */
    /* A role's session is good for nothing once it is over: renewing is tried again every
       CACHE_ERROR_MS then, whatever back-off was meant for the time before. */
    bool is_session;
    double (*random)(void *context); /* 0 <= x < 1; NULL = the machine's */
    void *random_context;
};

/* What a look at the cache says; for tests and for messages. */
struct creds_cache_state {
    bool has_creds;
    int64_t advisory_ms;     /* the window in force */
    int64_t remaining_ms;    /* until expiry; INT64_MAX = never */
    bool is_backing_off;     /* a failed renewal is being waited out */
    unsigned fetches;        /* how often the source was asked */
};

/* Takes source over, on success only. The caller holds one share; creds_cache_share makes another,
   creds_close drops one. Safe from many threads. While one caller renews, the others go on with the
   old credentials, or wait for the outcome when they are (nearly) over; then all get the same
   credentials or the same fault. Ages are measured on the steady clock: a wall clock that is set in
   between changes nothing. */
MUST_USE bool creds_cache_new(const struct creds_cache_settings *settings,
                              struct creds_source *source, struct creds_source **out,
                              struct fault *f);
void creds_cache_share(struct creds_source *cache);
/* A copy of what is held, expired or not, without asking the source. False when nothing is held. */
bool creds_cache_peek(struct creds_source *cache, struct creds *out);
void creds_cache_look(struct creds_source *cache, struct creds_cache_state *out);
/* Why the last renewal failed, if what is held is older than that: it is used on, and whoever meets
   its end wants to know. False when there was no failure since. */
bool creds_cache_error(struct creds_source *cache, struct fault *out);
/* Puts credentials in as if they had just been fetched. */
void creds_cache_put(struct creds_source *cache, const struct creds *c);

#endif
