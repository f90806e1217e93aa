/* Where base credentials come from, one function a place. Each asks anew at every call; remembering
   is the cache's business. A place that is not set up says "not configured"
   (creds_is_not_configured); every other fault is final for the chain. */
#ifndef AWS_PROVIDERS_H
#define AWS_PROVIDERS_H

#include "aws/configured.h"
#include "aws/profile_plan.h"

/* AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_ACCOUNT_ID. */
MUST_USE bool provide_environment(const struct creds_world *w, struct creds *out, struct fault *f);

/* A container's endpoint (ECS, EKS Pod Identity): AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or
   _FULL_URI. */
MUST_USE bool provide_container(const struct creds_world *w, const struct creds_request *q,
                                struct creds *out, struct fault *f);
/* The URL that would be asked. */
MUST_USE bool container_url(const struct creds_world *w, char *to, size_t room, struct fault *f);

/* The instance metadata service, version 2 only. profile (may be NULL) can name endpoint and mode.
   is_default: silence means "not configured". */
MUST_USE bool provide_instance(const struct creds_world *w, const struct creds_request *q,
                               const struct profile_section *profile, bool is_default,
                               struct creds *out, struct fault *f);
MUST_USE bool instance_endpoint(const struct creds_world *w, const struct profile_section *profile,
                                char *to, size_t room, struct fault *f);

/* A token exchanged for a role. token wins over token_file; empty session_name = the world's. */
struct web_identity {
    struct span role_arn, session_name, token_file, token;
    unsigned duration_seconds;
    struct span region, sts_endpoint; /* what the caller worked out */
    bool use_fips, use_dualstack;
};
MUST_USE bool provide_web_identity(const struct creds_world *w, const struct creds_request *q,
                                   const struct web_identity *id, struct creds *out,
                                   struct fault *f);

/* Identity Center and `aws login`: what the command line tool left in its caches, renewed when it
   can be. provide_login takes login_session from the view's profile. */
MUST_USE bool provide_sso(const struct endpoint_view *v, const struct creds_request *q,
                          const struct plan_sso *sso, struct creds *out, struct fault *f);
MUST_USE bool provide_login(const struct endpoint_view *v, const struct creds_request *q,
                            struct creds *out, struct fault *f);

/* A program named in the user's own configuration file. */
MUST_USE bool provide_process(const struct creds_world *w, const struct creds_request *q,
                              const struct profile_section *profile, struct creds *out,
                              struct fault *f);
/* Credentials as such programs, containers and instances print them. Token or SessionToken; account
   (may be NO_SPAN) stands in for AccountId. */
MUST_USE bool creds_read_json(struct span json, struct span account, const char *source,
                              struct creds *out, struct fault *f);

/* A profile, with all the roles it names. is_default: nothing set up there means "not
   configured". */
MUST_USE bool provide_profile(const struct creds_world *w, const struct creds_request *q,
                              struct span profile, bool is_default, struct creds *out,
                              struct fault *f);

/* Web identity by AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN. */
MUST_USE bool provide_web_identity_environment(const struct creds_world *w,
                                               const struct creds_request *q, struct creds *out,
                                               struct fault *f);

/* The SDKs' order: environment, profile, web identity, container, instance. */
MUST_USE bool provide_default(const struct creds_world *w, const struct creds_request *q,
                              struct creds *out, struct fault *f);

enum provider {
    PROVIDER_DEFAULT,
    PROVIDER_ENVIRONMENT,
    PROVIDER_PROFILE,      /* profile; empty = AWS_PROFILE, else default */
    PROVIDER_CONTAINER,
    PROVIDER_INSTANCE,
    PROVIDER_WEB_IDENTITY, /* identity; without a role: by the environment */
};

/* One of them as a source. Texts are copied; world is borrowed and outlives the source. */
MUST_USE bool creds_provider_new(const struct creds_world *w, enum provider kind,
                                 struct span profile, const struct web_identity *identity,
                                 struct creds_source **out, struct fault *f);

#endif
