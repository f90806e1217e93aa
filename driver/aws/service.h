/* Calls to one AWS service as one identity: endpoint, signature, retry, error codes. */
#ifndef AWS_SERVICE_H
#define AWS_SERVICE_H

#include "aws/credentials.h"
#include "base/json.h"
#include "net/http.h"

enum aws_service {
    AWS_STS,
    AWS_ATHENA,
    AWS_GLUE,
    AWS_S3,
    AWS_SSO,
    AWS_SSO_OIDC,
    AWS_SIGNIN,
    AWS_SERVICES
};

/* Everything borrowed until aws_client_new returns (copied), except transport, source and clock,
   which must outlive the client. */
struct aws_client_settings {
    enum aws_service service;
    struct span region;             /* for endpoint and signature */
    struct span endpoint_override;  /* empty = by region and partition */
    bool use_fips, use_dualstack, force_path_style;
    struct http *transport;         /* borrowed: a curl_http or a test double */
    struct creds_source *source;    /* borrowed; NULL = unsigned calls */
    const struct clock *clock;      /* NULL = the machine's */
    unsigned attempts_max;          /* 0 = 3 */
    unsigned connect_timeout_ms, read_timeout_ms; /* 0 = the transport's */
    struct span user_agent;         /* empty = the transport's */
    enum fault_hop hop;             /* named in faults */
};

struct aws_client;

MUST_USE bool aws_client_new(const struct aws_client_settings *settings, struct aws_client **out,
                             struct fault *f);
void aws_client_free(struct aws_client *c);

/* What bounds a call and who may stop it. Zeroed = unbounded. */
struct aws_bounds {
    int64_t deadline_steady_ms;
    struct wake *cancel;
};

/* JSON 1.1: posts body to the service as operation (e.g. "StartQueryExecution"). On 2xx *out is the
   parsed answer (json_free it). Otherwise a fault with kind, code (AthenaErrorCode or Reason where
   the answer has one, because it says more), action, resource from the message where it names one,
   request id. One expired-token answer is healed by asking the source again and repeating. */
MUST_USE bool aws_json_call(struct aws_client *c, const char *operation, struct span body,
                            const struct aws_bounds *bounds, struct json **out, struct fault *f);

/* The same, but hands the raw body over instead of parsing it: for readers that do not want a tree.
   buf_free it. */
MUST_USE bool aws_json_call_raw(struct aws_client *c, const char *operation, struct span body,
                                const struct aws_bounds *bounds, struct buf *out, struct fault *f);

/* Query protocol (STS): form is "Action=...&Version=...". The XML (or JSON) answer's elements are
   looked up by aws_answer_text. */
struct aws_answer;
MUST_USE bool aws_query_call(struct aws_client *c, const char *action, struct span form,
                             const struct aws_bounds *bounds, struct aws_answer **out,
                             struct fault *f);
/* Text of the first element with this path below the result, e.g. "Credentials/AccessKeyId".
   NO_SPAN when absent. */
struct span aws_answer_text(const struct aws_answer *a, const char *path);
/* Wall time at which the server answered (its Date header; local when it sent none). */
int64_t aws_answer_server_ms(const struct aws_answer *a);
void aws_answer_free(struct aws_answer *a);
/* Times as services write them: ISO 8601, or epoch seconds as a number (with exponent or
   fraction). */
bool aws_parse_time(struct span text, int64_t *wall_ms);

/* Any other call (SSO portal, OIDC, sign-in): method, path (behind the endpoint's prefix), query,
   headers, body and action are the caller's; endpoint and bounds are filled in. True for 2xx;
   http_response_free(out) in any case. Signed only if the client has a source. */
MUST_USE bool aws_rest_call(struct aws_client *c, const struct http_request *request,
                            const struct aws_bounds *bounds, struct http_response *out,
                            struct fault *f);

/* S3 object access. bucket and key are raw (not encoded). */
struct s3_get {
    struct span bucket, key;
    /* inclusive range; to = UINT64_MAX: to the end; from 0 and to UINT64_MAX: no Range header */
    uint64_t from, to;
    struct span if_match;           /* ETag with its quotes, or NO_SPAN */
    struct span expected_owner;     /* 12 digits or NO_SPAN */
    bool requester_pays;
    bool (*sink)(void *context, struct span bytes, struct fault *f); /* NULL = response body */
    void *sink_context;
    size_t body_bytes_max;
};
struct s3_object {
    int status;                     /* 200, 206, 416 (empty object) ... */
    uint64_t total_bytes;           /* from Content-Range or Content-Length */
    char etag[96];
    struct buf body;                /* buf_free it */
};
/* 200, 206 and 416 are true; everything else is a fault (404: FAULT_NOT_FOUND, 412: FAULT_PROTOCOL
   "changed while reading"). A bucket in another region is found by its redirect, re-signed once and
   remembered. */
MUST_USE bool aws_s3_get(struct aws_client *c, const struct s3_get *get,
                         const struct aws_bounds *bounds, struct s3_object *out, struct fault *f);

/* The measured difference server - local, learnt from answers; 0 before the first. */
int64_t aws_client_skew_ms(const struct aws_client *c);

/* Maps an AWS error code (prefix match, aws-core facts section 7) to a fault kind. */
enum fault_kind aws_fault_kind(struct span code, int http_status);

#endif
