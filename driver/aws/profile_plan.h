/* From a profile to the steps that yield its credentials: one base, then roles assumed one after
   the other. */
#ifndef AWS_PROFILE_PLAN_H
#define AWS_PROFILE_PLAN_H

#include "aws/profile.h"

enum { PLAN_ROLES_MAX = 32 };

enum plan_base {
    PLAN_STATIC,
    PLAN_ENVIRONMENT,
    PLAN_INSTANCE,
    PLAN_CONTAINER,
    PLAN_WEB_IDENTITY,
    PLAN_SSO,
    PLAN_LOGIN,
    PLAN_PROCESS,
    PLAN_BASES
};

/* Identity Center settings of a profile, the [sso-session] looked up. */
struct plan_sso {
    struct span session; /* NO_SPAN: the old form without a session */
    struct span start_url, region, account, role;
};

/* Borrows from the set. */
struct profile_plan {
    enum plan_base base;
    const struct profile_section *base_profile;
    struct plan_sso sso;
    unsigned n_roles;
    const struct profile_section
        *roles[PLAN_ROLES_MAX]; /* in the order in which they are assumed */
};

/* A misconfiguration is a FAULT_CREDENTIALS that names file, profile and key. A default profile
   that is absent, or a profile without any credential setting, is "not configured" when
   may_be_empty. */
MUST_USE bool profile_plan_make(const struct profile_set *set, struct span profile,
                                bool may_be_empty, struct profile_plan *out, struct fault *f);

#endif
