/* What a service's refusal says, whatever form it comes in: JSON, XML, HTML or nothing at all. */
#ifndef AWS_ERROR_H
#define AWS_ERROR_H

#include "aws/service.h"
#include "net/retry.h"

enum { AWS_MESSAGE_MAX = 2048 };

struct aws_error {
    char code[64];            /* "" when the answer names none */
    char detail[64];          /* AthenaErrorCode or Reason, "" when there is none */
    char message[AWS_MESSAGE_MAX];
    char request_id[128];
    char region[64];          /* S3: where the bucket really is */
};

/* Never fails: what cannot be understood is left empty. */
void aws_error_read(const struct http_response *r, struct aws_error *out);

/* Fills f from a refusal: kind, code (the detail where there is one, because it says more), action
   (the one the message names, else the call's), principal, resource, request id, status and a text
   that keeps the service's own sentence. */
void aws_error_to_fault(const struct aws_error *e, int status, struct span action,
                        enum fault_hop hop, struct fault *f);

/* Fills action, principal and resource from a sentence like "User: ARN is not authorized to
   perform: ACTION on resource: RES because ..."; what the sentence does not name stays as it
   was. */
void aws_read_denial(struct span message, struct fault *f);

/* Whether the code says that the credentials of the request are no longer good and newer ones may
   be. */
bool aws_code_is_expired(struct span code);

/* retry_settings.judge for AWS services. */
enum retry_verdict aws_judge(const struct http_request *q, const struct http_response *r);

/* Server minus local clock as an answer shows it; false when it shows nothing (no Date, a cache's
   Age, a slow round trip). */
bool aws_skew_of(const struct http_response *r, int64_t *skew_ms);

#endif
