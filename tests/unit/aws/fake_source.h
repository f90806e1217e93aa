/* Credentials from a script: key A until it is rejected, then key B, and so on. */
#ifndef TESTS_AWS_FAKE_SOURCE_H
#define TESTS_AWS_FAKE_SOURCE_H

#include <stdio.h>

#include "aws/credentials.h"

struct fake_source {
    struct creds_source base;
    unsigned n_gets, n_rejected;
    bool has_one_key;    /* never anything newer */
    bool fails_when_rejected;
    enum fault_kind fails; /* FAULT_NONE = works */
};

static inline bool fake_source_get(struct creds_source *s, const struct creds_request *q,
                                   struct creds *out, struct fault *f)
{
    struct fake_source *source = (struct fake_source *)s;

    source->n_gets++;
    if (source->fails != FAULT_NONE || (q->rejected_key != NULL && source->fails_when_rejected)) {
        return fault_set(f, source->fails != FAULT_NONE ? source->fails : FAULT_CREDENTIALS,
                         "no credentials to be had");
    }
    source->n_rejected += q->rejected_key != NULL && !source->has_one_key;
    snprintf(out->access_key_id, sizeof(out->access_key_id), "KEY%c",
             'A' + (int)source->n_rejected);
    snprintf(out->secret_access_key, sizeof(out->secret_access_key), "secret");
    snprintf(out->session_token, sizeof(out->session_token), "TOKEN");
    return true;
}

static inline void fake_source_close(struct creds_source *s) { (void)s; }

static inline void fake_source_init(struct fake_source *s)
{
    static const struct creds_ops ops = { fake_source_get, fake_source_close };
    *s = (struct fake_source){ .base = { &ops } };
}

#endif
