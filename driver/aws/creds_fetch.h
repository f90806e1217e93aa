/* One small request of a credential provider to something that is not an AWS API of ours: metadata,
   container, portal, token service. */
#ifndef AWS_CREDS_FETCH_H
#define AWS_CREDS_FETCH_H

#include "aws/configured.h"

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

/* True when an answer came, whatever its status. Server errors and broken connections are tried
   again. http_response_free it always. */
MUST_USE bool creds_fetch(const struct creds_world *w, const struct creds_request *q,
                          const struct creds_fetch *what, struct http_response *r, struct fault *f);

/* Turns a server's time of expiry into local time, by the Date of its answer. */
void creds_fetch_correct(const struct http_response *r, struct creds *c);

enum { SERVICE_URL_MAX = 1024 };
/* Where a service that is not signed for is, configured or by region, and a path behind it:
   "https://host[:port][/prefix]/path". */
MUST_USE bool creds_service_url(const struct endpoint_view *v, enum aws_service service,
                                struct span region, const char *path, char to[SERVICE_URL_MAX],
                                struct fault *f);

#endif
