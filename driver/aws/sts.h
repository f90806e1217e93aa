/* The calls to the Security Token Service that the driver makes. */
#ifndef AWS_STS_H
#define AWS_STS_H

#include "aws/credentials.h"
#include "aws/service.h"

enum { STS_TAGS_MAX = 50, STS_POLICY_ARNS_MAX = 10, STS_CHAINED_SECONDS_MAX = 3600 };

struct sts_tag {
    struct span key, value;
};

/* Spans that are NO_SPAN and counts that are 0 are not sent. Borrowed. */
struct sts_role {
    struct span role_arn, session_name;
    struct span policy, external_id, source_identity, mfa_serial, token_code;
    struct span web_identity_token; /* AssumeRoleWithWebIdentity when set */
    unsigned duration_seconds;
    struct sts_tag tags[STS_TAGS_MAX];
    unsigned n_tags;
    struct span transitive[STS_TAGS_MAX];
    unsigned n_transitive;
    struct span policy_arns[STS_POLICY_ARNS_MAX];
    unsigned n_policy_arns;
};

/* The limits of the service, checked before anything is sent. The fault names the rule, never the
   value of an ExternalId or a token. */
MUST_USE bool sts_role_check(const struct sts_role *role, struct fault *f);
/* The form as it is posted. Appended; mark the buffer secret. */
MUST_USE bool sts_role_form(const struct sts_role *role, struct buf *out, struct fault *f);

/* Signed by the client's source (unsigned with a web identity token: the client's source is NULL).
   out->expires_wall_ms is local time, corrected by what the answer's Date says about the clocks. */
MUST_USE bool sts_assume_role(struct aws_client *c, const struct clock *clock,
                              const struct sts_role *role, const struct aws_bounds *bounds,
                              struct creds *out, struct fault *f);

struct sts_identity {
    char account[16], arn[CREDS_ARN_MAX], user_id[160];
};
/* Free, needs no permission. */
MUST_USE bool sts_get_caller_identity(struct aws_client *c, const struct aws_bounds *bounds,
                                      struct sts_identity *out, struct fault *f);

/* Text for RoleSessionName: other characters become '-', cut to 64, padded to 2. */
void sts_session_name(struct span wanted, char *to, size_t room);
bool sts_is_session_name(struct span s);

#endif
