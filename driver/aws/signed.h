/* The signing filter: fetches credentials, signs at the server's time, learns the clock difference
   from every answer, and heals one expired token by asking its source again. Sits inside retrying:
   each attempt is signed afresh. */
#ifndef AWS_SIGNED_H
#define AWS_SIGNED_H

#include "aws/credentials.h"
#include "net/http.h"

struct signed_settings {
    struct http *inner;             /* borrowed: shared by many clients */
    struct creds_source *source;    /* borrowed; NULL = requests go out unsigned */
    struct span region, service;    /* copied */
    bool is_s3;                     /* path as sent, content hash in a header */
    const struct clock *clock;      /* NULL = the machine's */
};

MUST_USE bool signed_http_new(const struct signed_settings *settings, struct http **out,
                              struct fault *f);

/* Server minus local clock as last learnt; 0 before the first answer. */
int64_t signed_http_skew_ms(const struct http *h);

#endif
