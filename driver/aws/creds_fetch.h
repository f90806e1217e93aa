/* One small request of a credential provider to something that is not an AWS API of ours: metadata, container, portal, token service. */
#ifndef AWS_CREDS_FETCH_H
#define AWS_CREDS_FETCH_H

#include "aws/profile.h"

struct creds_fetch {
    struct span method;
    struct span url;                 /* scheme://host[:port][/path][?query] */
    struct http_header headers[4];   /* NO_SPAN name ends the list */
    struct span body;
    struct span action;              /* for the log and faults: "imds:GetToken" */
    unsigned connect_timeout_ms, read_timeout_ms;
    unsigned attempts;               /* 0 = the world's */
    unsigned pause_ms;               /* between attempts; 0 = short and random */
    bool never_proxy;
    bool wants_body;                 /* an empty answer is tried again */
};

/* True when an answer came, whatever its status. Server errors and broken connections are tried again. http_response_free it always. */
MUST_USE bool creds_fetch(const struct creds_world *w, const struct creds_request *q, const struct creds_fetch *what,
                          struct http_response *r, struct fault *f);

/* Turns a server's time of expiry into local time, by the Date of its answer. */
void creds_fetch_correct(const struct http_response *r, struct creds *c);

/* Where a service that is not signed for is: configured, or by region. "https://host[:port][/prefix]". */
MUST_USE bool creds_service_url(const struct creds_world *w, const struct profile_set *set, const struct profile_section *profile,
                                enum aws_service service, struct span region, char *to, size_t room, struct fault *f);

#endif
