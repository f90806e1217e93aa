/* One transfer on one channel: options, callbacks, the drive to its end. Shared between the two
   files that know libcurl; everybody else sees net/curl.h. */
#ifndef NET_CURL_TRANSFER_H
#define NET_CURL_TRANSFER_H

#include <curl/curl.h>

#include "net/http.h"

/* An easy handle inside a multi handle of its own, which keeps its connections alive between
   transfers. */
struct channel {
    struct channel *next;
    CURLM *multi;
    CURL *easy;
    char host[256]; /* of the last request: its connection is probably alive */
    unsigned port;
    int64_t idle_since_ms; /* steady */
};

/* What every transfer of a transport has in common; texts are NULL when not set. */
struct curl_options {
    CURLSH *share;
    char *proxy, *proxy_user, *proxy_password, *no_proxy, *ca_file;
    unsigned proxy_port, connect_timeout_ms, read_timeout_ms;
};

/* Sends q on ch and waits for the end; the contract is http_ops.send's. SIGPIPE must be blocked in
   this thread. */
MUST_USE bool curl_transfer(const struct curl_options *o, struct channel *ch,
                            const struct http_request *q, struct http_response *r, struct fault *f);

#endif
