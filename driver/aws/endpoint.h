/* Where a service is: region, partition, FIPS, dual stack, custom endpoints, S3's bucket in host or
   path. Pure rules, no environment and no configuration file. */
#ifndef AWS_ENDPOINT_H
#define AWS_ENDPOINT_H

#include "aws/service.h"
#include "net/url.h"

struct endpoint_input {
    enum aws_service service;
    struct span region;
    struct span override;      /* scheme://host[:port][/prefix]; empty = by the rules */
    struct span bucket;        /* S3 only; empty = none */
    bool use_fips, use_dualstack, force_path_style;
    bool use_sts_global;       /* sts_regional_endpoints=legacy */
};

enum { ENDPOINT_HOST_MAX = 320, ENDPOINT_PATH_MAX = 512 };

struct endpoint {
    char scheme[6];
    char host[ENDPOINT_HOST_MAX];
    unsigned port;                   /* 0 = the scheme's own */
    char path[ENDPOINT_PATH_MAX];    /* prefix and "/bucket" (path style); no slash at the end */
    char region[64];                 /* to sign for */
};

MUST_USE bool endpoint_resolve(const struct endpoint_input *in, struct endpoint *out,
                               struct fault *f);

struct partition {
    const char *name;                /* "aws", "aws-cn" ... */
    const char *suffix, *dualstack_suffix;
};

/* The partition a region belongs to, by name, then by pattern, else aws. Lives for ever. */
const struct partition *partition_of(struct span region);

/* Name in signatures ("athena") and in endpoint hosts ("portal.sso"); live for ever. */
const char *service_signing_name(enum aws_service service);

#endif
