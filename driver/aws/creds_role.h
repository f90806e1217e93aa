/* A role hop: credentials that are another source's credentials, exchanged at STS. */
#ifndef AWS_CREDS_ROLE_H
#define AWS_CREDS_ROLE_H

#include "aws/sts.h"
#include "aws/world.h"

/* Everything is copied but world. */
struct creds_role_settings {
    const struct creds_world *world; /* borrowed, outlives the source */
    struct sts_role role;
    struct span sts_region, sts_endpoint;
    bool use_fips, use_dualstack;
    enum fault_hop hop;
};

/* Takes base over, on success only. A duration above an hour is cut when the base turns out to be
   temporary: asking would be an error. */
MUST_USE bool creds_role_new(const struct creds_role_settings *settings, struct creds_source *base,
                             struct creds_source **out, struct fault *f);

#endif
