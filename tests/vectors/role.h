/* A request to assume a role as JSON with AWS's names for its parameters: how the vectors and the
   differential test say it. */
#ifndef TESTS_VECTORS_ROLE_H
#define TESTS_VECTORS_ROLE_H

#include "aws/sts.h"
#include "base/json.h"

/* *role borrows from p. */
static inline void role_read(const struct json *p, struct sts_role *role)
{
    const struct json *tags = json_member(p, "Tags"), *keys = json_member(p, "TransitiveTagKeys"),
                      *arns = json_member(p, "PolicyArns");

    *role = (struct sts_role){
        .role_arn = json_text_of(p, "RoleArn"),
        .session_name = json_text_of(p, "RoleSessionName"),
        .policy = json_text_of(p, "Policy"),
        .external_id = json_text_of(p, "ExternalId"),
        .mfa_serial = json_text_of(p, "SerialNumber"),
        .token_code = json_text_of(p, "TokenCode"),
        .source_identity = json_text_of(p, "SourceIdentity"),
        .web_identity_token = json_text_of(p, "WebIdentityToken"),
        .duration_seconds = (unsigned)json_int(json_member(p, "DurationSeconds"), 0),
    };
    for (size_t i = 0; i < json_length(tags); i++) {
        role->tags[role->n_tags++] = (struct sts_tag){ json_text_of(json_at(tags, i), "Key"),
                                                       json_text_of(json_at(tags, i), "Value") };
    }
    for (size_t i = 0; i < json_length(keys); i++) {
        role->transitive[role->n_transitive++] = json_text(json_at(keys, i));
    }
    for (size_t i = 0; i < json_length(arns); i++) {
        role->policy_arns[role->n_policy_arns++] = json_text_of(json_at(arns, i), "arn");
    }
}

#endif
