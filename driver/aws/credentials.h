/* Who we are: credentials and where they come from. A source is a stack:
   cache(role(cache(role(base, RunAsRole)), ConsumerAccountRole)). */
#ifndef AWS_CREDENTIALS_H
#define AWS_CREDENTIALS_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/lock.h"

enum { CREDS_KEY_MAX = 128, CREDS_SECRET_MAX = 128, CREDS_TOKEN_MAX = 8192, CREDS_ARN_MAX = 320 };

/* A value: copied, wiped with creds_wipe by whoever holds it. */
struct creds {
    char access_key_id[CREDS_KEY_MAX];
    char secret_access_key[CREDS_SECRET_MAX];
    char session_token[CREDS_TOKEN_MAX]; /* empty for long-lived keys */
    int64_t expires_wall_ms;             /* 0 = never; already corrected by the server's clock */
    char account[16];                    /* empty when unknown */
    char arn[CREDS_ARN_MAX];             /* session ARN when a role was assumed, else empty */
    /* for people: "environment", "profile bi (static keys)", "role AthenaRunAs" */
    char source[96];
};

void creds_wipe(struct creds *c);

/* How urgently the caller needs them, and what bounds the wait. */
struct creds_request {
    int64_t deadline_steady_ms; /* 0 = none */
    struct wake *cancel;        /* may be NULL */
    /* access key id that a service just refused as expired; NULL otherwise */
    const char *rejected_key;
};

struct creds_source {
    const struct creds_ops *ops;
};

struct creds_ops {
    /* Fills *out (the caller wipes it). Not configured is a FAULT_CREDENTIALS. Safe from many
       threads. */
    bool (*get)(struct creds_source *s, const struct creds_request *q, struct creds *out,
                struct fault *f);
    /* Drops the caller's share; frees when it was the last. */
    void (*close)(struct creds_source *s);
};

MUST_USE bool creds_get(struct creds_source *s, const struct creds_request *q, struct creds *out,
                        struct fault *f);
void creds_close(struct creds_source *s);

#endif
