/* Signature Version 4 for a request whose every part is given: no clock, no environment, so that it
   can be held against published vectors line by line. */
#ifndef AWS_SIGV4_H
#define AWS_SIGV4_H

#include "base/digest.h"
#include "net/http.h"

/* What is signed. Every header given is signed, host included: the caller leaves out those that
   proxies change. */
struct sigv4_request {
    struct span method, path, query; /* as on the wire; query without '?' */
    const struct http_header *headers;
    unsigned n_headers;
    struct span body;
    /* NO_SPAN: the body's hash; else this, e.g. "UNSIGNED-PAYLOAD" */
    struct span payload_hash;
};

struct sigv4_settings {
    struct span access_key_id, secret_access_key, session_token, region, service;
    int64_t wall_ms;                 /* time of signing, already corrected */
    bool normalise_path;             /* standard services: dot segments and double slashes go */
    /* standard services: the wire path is encoded again; not for S3 */
    bool double_encode;
    bool sign_body_header;           /* S3: x-amz-content-sha256 is signed and has to be sent */
    bool omit_session_token;         /* the token is sent unsigned */
};

/* Zeroed is empty; sigv4_free it. Headers to be added to the request: x-amz-date = date;
   x-amz-security-token = the token when there is one; x-amz-content-sha256 = payload_hash if
   sign_body_header; authorization. */
struct sigv4_result {
    struct buf canonical_request, string_to_sign, authorization;
    char date[17];
    char payload_hash[SHA256_HEX];
    char signature[SHA256_HEX];
};

MUST_USE bool sigv4_sign(const struct sigv4_request *q, const struct sigv4_settings *s,
                         struct sigv4_result *out, struct fault *f);
void sigv4_free(struct sigv4_result *r);

/* The signing key of a day; date = YYYYMMDD. */
MUST_USE bool sigv4_key(struct span secret_access_key, struct span date, struct span region,
                        struct span service, unsigned char key[SHA256_BYTES], struct fault *f);

#endif
