/* The inside of an aws_client, for the files of this room that make calls. */
#ifndef AWS_CLIENT_H
#define AWS_CLIENT_H

#include "aws/endpoint.h"
#include "aws/service.h"

/* S3: a bucket that turned out to live in another region, and who talks to it. */
struct bucket_home {
    struct bucket_home *next;
    char bucket[256];
    struct aws_client *client;
};

struct aws_client {
    struct aws_client_settings settings; /* spans live in the arena */
    struct arena arena;
    struct endpoint endpoint;            /* without a bucket */
    struct http *signing;                /* owned by stack */
    struct http *stack;                  /* retry(signed(transport)) */
    struct lock lock;                    /* guards homes */
    struct bucket_home *homes;
    unsigned n_homes;
};

/* Fills in endpoint, time-outs, bounds and the user agent; once a request. */
void client_prepare(const struct aws_client *c, const struct endpoint *e,
                    const struct aws_bounds *bounds, struct http_request *q);
/* Sends through the stack; a failure gets the call's action and hop. */
MUST_USE bool client_send(struct aws_client *c, const struct http_request *q,
                          struct http_response *r, struct fault *f);
/* Turns a refusal into f; returns false. */
bool client_refused(const struct aws_client *c, const struct http_request *q,
                    const struct http_response *r, struct fault *f);
/* Whether answers of this service hold secrets. */
bool client_is_secret(const struct aws_client *c);

#endif
