/* One credential chain: base, RunAsRole, ConsumerAccountRoleArn, each remembered; shared by all
   connections of the process whose every input to it is the same. */
#ifndef SPOKE_CHAIN_H
#define SPOKE_CHAIN_H

#include "aws/service.h"
#include "aws/sts.h"
#include "aws/world.h"
#include "base/digest.h"

/* Who somebody is, asked once: a free GetCallerIdentity. */
struct chain_identity {
    enum { IDENTITY_UNKNOWN, IDENTITY_ASKING, IDENTITY_KNOWN, IDENTITY_REFUSED } state;
    struct sts_identity who;
    char code[64]; /* why it was refused */
};

struct chain {
    unsigned char key[SHA256_BYTES];
    struct chain *next;        /* in the process's list */
    unsigned references;
    int64_t idle_since_steady_ms;
    struct creds_world world;
    struct creds_source *base;     /* a cache */
    struct creds_source *run_as;   /* a cache over the hop, or NULL */
    struct creds_source *consumer; /* a cache over the hop, or NULL */
    bool is_base_renewable;
    char sts_endpoint[512], run_as_region[64], consumer_region[64];
    bool use_fips, use_dualstack;
    struct lock lock;          /* guards the identities */
    struct chain_identity base_identity, run_as_identity;
};

/* The last hop's credentials; what every service call is signed with. */
static inline struct creds_source *chain_top(const struct chain *c)
{
    return c->consumer != NULL ? c->consumer : c->run_as != NULL ? c->run_as : c->base;
}

/* Drops the sources; called by the process when nobody is left. */
void chain_done(struct chain *c);

#endif
