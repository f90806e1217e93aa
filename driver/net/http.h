/* One request, one response. Whoever can send implements http_ops: libcurl (net/curl.h), retrying
   (net/retry.h), signing (aws/signed.h), a test double. They stack: retry(signed(curl)). */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/lock.h"

enum { HTTP_HEADERS_MAX = 24, HTTP_RESPONSE_HEADERS_MAX = 64 };

struct http_header {
    struct span name, value;
};

/* Everything is borrowed until send returns. */
struct http_request {
    struct span method;   /* GET, PUT, POST, HEAD, DELETE */
    struct span scheme;   /* https or http */
    struct span host;     /* lower case, IPv6 in brackets, no port */
    unsigned port;        /* 0 = the scheme's own */
    struct span path;     /* as it goes on the wire, encoded, begins with '/' */
    struct span query;    /* encoded, without '?' */
    struct http_header headers[HTTP_HEADERS_MAX];
    unsigned n_headers;
    struct span body;
    /* What it is, for the log, faults and retry: "athena:StartQueryExecution". */
    struct span action;
    /* 0 = the transport's default; read = time without any byte */
    unsigned connect_timeout_ms, read_timeout_ms;
    /* 0 = the retry policy's default; 1 = never repeated */
    unsigned attempts_max;
    bool never_proxy;                             /* metadata and container endpoints */
    /* 0 = none; all attempts and waits end by then with FAULT_TIMEOUT */
    int64_t deadline_steady_ms;
    /* NULL = cannot be cancelled; raised = FAULT_CANCELLED soon */
    struct wake *cancel;
    size_t body_bytes_max;                        /* 0 = HTTP_BODY_DEFAULT; more is FAULT_CEILING */
    /* Where a 2xx body goes instead of response.body; returns false (with f set) to stop the
       transfer. Once bytes have gone there the request is not repeated: who reads on knows
       where. */
    bool (*sink)(void *context, struct span bytes, struct fault *f);
    void *sink_context;
};

/* What broke below HTTP; all but a refused certificate are worth another attempt. */
#define HTTP_FAILED_NAME "NameNotResolved"
#define HTTP_FAILED_CONNECT "ConnectFailed"
#define HTTP_FAILED_READ "ReadTimeout"
#define HTTP_FAILED_BROKEN "ConnectionBroken"
#define HTTP_FAILED_TLS "TlsFailed"
#define HTTP_FAILED_CERTIFICATE "CertificateRefused"

enum { HTTP_BODY_DEFAULT = 64 * 1024 * 1024 };

/* Zeroed is empty; http_response_free it after every send, failed or not. Reused by resetting. */
struct http_response {
    int status;
    struct http_header headers[HTTP_RESPONSE_HEADERS_MAX]; /* names in lower case */
    unsigned n_headers;
    struct arena arena;      /* the headers live here */
    struct buf body;
    int64_t sent_wall_ms, elapsed_ms;
    int64_t signing_skew_ms; /* what was added to local time when the request was signed */
    unsigned attempts;       /* how many requests it took */
    bool may_have_arrived;   /* an attempt before this answer may have been acted on: fault.h */
};

struct http {
    const struct http_ops *ops;
};

struct http_ops {
    /* True when an answer came, whatever its status; false with f set when none did (network,
       timeout, cancel, ceiling). A FAULT_NETWORK carries one of the HTTP_FAILED_ names in its
       code; may_have_arrived tells whether the request had gone out. */
    bool (*send)(struct http *h, const struct http_request *q, struct http_response *r,
                 struct fault *f);
    /* Frees h and what it owns. Accepts being called once, from any thread, when no send is
       running. */
    void (*close)(struct http *h);
};

MUST_USE bool http_send(struct http *h, const struct http_request *q, struct http_response *r,
                        struct fault *f);
void http_close(struct http *h);
/* NO_SPAN when absent; name in lower case. */
struct span http_response_header(const struct http_response *r, const char *name);
void http_response_free(struct http_response *r);
/* Empties it for the next send and keeps the memory; http_send does it by itself. */
void http_response_reset(struct http_response *r);
/* For transports: keeps a header of the answer, name lowered. Headers beyond
   HTTP_RESPONSE_HEADERS_MAX are dropped. */
MUST_USE bool http_response_keep_header(struct http_response *r, struct span name,
                                        struct span value, struct fault *f);
/* For transports: refuses header values that would break out of their line. */
MUST_USE bool http_request_is_plausible(const struct http_request *q, struct fault *f);
void http_request_header(struct http_request *q, const char *name, struct span value);

#endif
