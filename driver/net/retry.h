/* Repeats what is worth repeating: the SDKs' standard retry mode with the 2026 numbers (aws-core
   facts, 4.1). */
#ifndef NET_RETRY_H
#define NET_RETRY_H

#include "net/http.h"

enum retry_verdict {
    RETRY_NO,
    RETRY_TRANSIENT,
    RETRY_THROTTLING,
    RETRY_NOW /* re-sign and repeat once, e.g. clock skew */
};

struct retry_settings {
    unsigned attempts_max;         /* counts the first; default 3 */
    const struct clock *clock;     /* NULL = the machine's */
    /* Looks at an answer (status and body) and says what the service's error code means. Called for
       every status >= 400. */
    enum retry_verdict (*judge)(const struct http_request *q, const struct http_response *r);
    /* For tests: 0 <= return < 1; NULL = random. */
    double (*random)(void *context);
    void *random_context;
    /* For tests: waits ms for q and says whether it was cancelled meanwhile; NULL = really wait. */
    bool (*wait)(void *context, const struct http_request *q, int64_t ms);
    void *wait_context;
    unsigned quota_spent;          /* for tests: tokens already gone from the bucket */
};

/* The numbers of facts 4.1. A retry costs tokens; success gives the last cost back (1 when there
   was no retry). */
enum {
    RETRY_QUOTA_MAX = 500,
    RETRY_COST_TRANSIENT = 14,
    RETRY_COST_THROTTLING = 5,
    RETRY_ATTEMPTS_DEFAULT = 3,
    RETRY_DELAY_MAX_MS = 20000,
    RETRY_HINT_BEYOND_MS = 5000 /* how far x-amz-retry-after may stretch a delay */
};

/* How long to wait after attempt number i (1, 2, ...), with random in [0, 1); hint is
   x-amz-retry-after or NO_SPAN. */
int64_t retry_delay_ms(enum retry_verdict verdict, unsigned attempt, double random,
                       struct span hint);

/* What a status alone says: 500, 502, 503 and 504 are transient. */
enum retry_verdict retry_judge_status(int status);

/* Takes ownership of inner, also when it fails. One token bucket (500) per object. */
MUST_USE bool retry_http_new(struct http *inner, const struct retry_settings *settings,
                             struct http **out, struct fault *f);

/* Tokens left in the bucket of an object made by retry_http_new. */
unsigned retry_http_quota(struct http *h);

#endif
