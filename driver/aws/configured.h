/* Endpoints that the user configured outside the connection: environment and shared configuration
   file. */
#ifndef AWS_CONFIGURED_H
#define AWS_CONFIGURED_H

#include "aws/profile.h"

enum { ENDPOINT_TEXT_MAX = 512 };

/* Where the answer is looked for. Borrowed; set and profile may be NULL: then the environment
   alone. */
struct endpoint_view {
    const struct creds_world *w;
    const struct profile_set *set;
    const struct profile_section *profile;
};

/* The custom endpoint of a service, or "" when there is none. key is the service's name in the file
   ("athena", "sso_oidc"); given is the connection's own (wins; may be empty). A services section
   that is named but missing is a fault; so is plain http where the world does not allow it. */
MUST_USE bool endpoint_configured(const struct endpoint_view *v, const char *key, struct span given,
                                  char out[ENDPOINT_TEXT_MAX], struct fault *f);
const char *endpoint_key(enum aws_service service);
/* FIPS and dual stack: connection, environment, profile. */
bool endpoint_uses_fips(const struct endpoint_view *v);
bool endpoint_uses_dualstack(const struct endpoint_view *v);
/* Whether this URL may be asked at all: https, or plain http as far as the world allows. */
MUST_USE bool endpoint_is_allowed(const struct creds_world *w, struct span url, const char *where,
                                  struct fault *f);

#endif
