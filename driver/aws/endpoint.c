/* The endpoint rules of the services we call. */
#include "aws/endpoint.h"

#include <stdio.h>
#include <string.h>

enum { BUCKET_LABEL_MIN = 3, BUCKET_LABEL_MAX = 63, REGION_MAX = 63 };

static const struct {
    const char *host, *signing, *key;
} services[AWS_SERVICES] = {
    [AWS_STS] = { "sts", "sts", "StsEndpointOverride" },
    [AWS_ATHENA] = { "athena", "athena", "EndpointOverride" },
    [AWS_GLUE] = { "glue", "glue", "GlueEndpointOverride" },
    [AWS_S3] = { "s3", "s3", "S3EndpointOverride" },
    [AWS_SSO] = { "portal.sso", "awsssoportal", "SsoEndpointOverride" },
    [AWS_SSO_OIDC] = { "oidc", "sso-oauth", "SsoOidcEndpointOverride" },
    [AWS_SIGNIN] = { "signin", "signin", "SigninEndpointOverride" },
};

/* prefix is what the region's pattern begins with; the first match counts, so narrower ones stand
   first. */
static const struct {
    const char *prefix;
    struct partition partition;
    const char *signin; /* what stands behind "REGION." in the sign-in host */
} partitions[] = {
    { "us-gov-", { "aws-us-gov", "amazonaws.com", "api.aws" }, "signin.amazonaws-us-gov.com" },
    { "us-isob-", { "aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud" }, "signin.sc2shome.sgov.gov" },
    { "us-isof-", { "aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov" },
      "signin.csphome.hci.ic.gov" },
    { "us-iso-", { "aws-iso", "c2s.ic.gov", "api.aws.ic.gov" }, "signin.c2shome.ic.gov" },
    { "eu-isoe-", { "aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk" },
      "signin.csphome.adc-e.uk" },
    { "eusc-de-", { "aws-eusc", "amazonaws.eu", "api.amazonwebservices.eu" },
      "signin.amazonaws-eusc.eu" },
    { "cn-", { "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn" },
      "signin.amazonaws.cn" },
    { "aws-cn-", { "aws-cn", "amazonaws.com.cn", "api.amazonwebservices.com.cn" },
      "signin.amazonaws.cn" },
    { "aws-us-gov-", { "aws-us-gov", "amazonaws.com", "api.aws" }, "signin.amazonaws-us-gov.com" },
    { "aws-iso-b-", { "aws-iso-b", "sc2s.sgov.gov", "api.aws.scloud" },
      "signin.sc2shome.sgov.gov" },
    { "aws-iso-e-", { "aws-iso-e", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk" },
      "signin.csphome.adc-e.uk" },
    { "aws-iso-f-", { "aws-iso-f", "csp.hci.ic.gov", "api.aws.hci.ic.gov" },
      "signin.csphome.hci.ic.gov" },
    { "aws-iso-", { "aws-iso", "c2s.ic.gov", "api.aws.ic.gov" }, "signin.c2shome.ic.gov" },
    { "", { "aws", "amazonaws.com", "api.aws" }, "signin.aws.amazon.com" },
};

/* Regions whose STS calls went to the global endpoint before every SDK became regional. */
static const char *const sts_legacy_regions[] = {
    "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "aws-global",
    "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3",
    "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
};

static unsigned partition_index(struct span region)
{
    unsigned i = 0;

    while (!span_starts(region, span_of(partitions[i].prefix))) {
        i++; /* the last prefix is empty and matches all */
    }
    return i;
}

const struct partition *partition_of(struct span region)
{
    return &partitions[partition_index(region)].partition;
}

const char *service_signing_name(enum aws_service service)
{
    return services[service].signing;
}

static bool is_label(struct span s, size_t min, size_t max, bool may_have_dots)
{
    if (s.len < min || s.len > max || s.at[0] == '-' || s.at[0] == '.' || s.at[s.len - 1] == '-' ||
        s.at[s.len - 1] == '.') {
        return false;
    }
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        bool is_dot = c == '.' && may_have_dots && s.at[i - 1] != '.';
        if (!(c >= 'a' && c <= 'z') && !ascii_is_digit(c) && c != '-' && !is_dot) {
            return false;
        }
    }
    return true;
}

static bool check(const struct endpoint_input *in, struct fault *f)
{
    const char *name = services[in->service].host;

    if (in->region.len == 0) {
        return fault_set(f, FAULT_SETTING, "No AWS region is known for %s: set AwsRegion.", name);
    }
    if (!is_label(in->region, 1, REGION_MAX, false)) {
        return fault_set(f, FAULT_SETTING,
                         "\"%.*s\" is not the name of an AWS region: check AwsRegion.",
                         (int)in->region.len, in->region.at);
    }
    if (in->override.len > 0 && (in->use_fips || in->use_dualstack)) {
        return fault_set(f, FAULT_SETTING,
                         "FIPS or dual-stack endpoints and %s exclude each other: "
                         "remove one of them.",
                         services[in->service].key);
    }
    if (in->service == AWS_S3 && in->use_fips && in->override.len == 0 &&
        strcmp(partition_of(in->region)->name, "aws-cn") == 0) {
        return fault_set(f, FAULT_SETTING,
                         "S3 has no FIPS endpoints in the partition of %.*s: switch UseFIPS off.",
                         (int)in->region.len, in->region.at);
    }
    return true;
}

static bool is_sts_global(const struct endpoint_input *in)
{
    bool is_plain = in->service == AWS_STS && !in->use_fips && !in->use_dualstack;

    if (is_plain && span_equal(in->region, SPAN("aws-global"))) {
        return true;
    }
    for (size_t i = 0; i < sizeof(sts_legacy_regions) / sizeof(sts_legacy_regions[0]); i++) {
        if (is_plain && in->use_sts_global &&
            span_equal(in->region, span_of(sts_legacy_regions[i]))) {
            return true;
        }
    }
    return false;
}

/* Three services of the US government partition are FIPS endpoints without saying so in their
   names. */
static bool has_silent_fips(const struct endpoint_input *in, const struct partition *p)
{
    return strcmp(p->name, "aws-us-gov") == 0 && !in->use_dualstack &&
           (in->service == AWS_STS || in->service == AWS_SSO || in->service == AWS_SSO_OIDC);
}

static int s3_host(const struct endpoint_input *in, const struct partition *p, struct endpoint *out)
{
    const char *fips = in->use_fips ? "-fips" : "", *stack = in->use_dualstack ? "dualstack." : "";

    if (span_equal(in->region, SPAN("aws-global")) && !in->use_fips && !in->use_dualstack) {
        return snprintf(out->host, sizeof(out->host), "s3.%s", p->suffix);
    }
    return snprintf(out->host, sizeof(out->host), "s3%s.%s%s.%s", fips, stack, out->region,
                    p->suffix);
}

static int rule_host(const struct endpoint_input *in, struct endpoint *out)
{
    const struct partition *p = partition_of(in->region);
    bool is_fips = in->use_fips && !has_silent_fips(in, p);

    if (is_sts_global(in)) {
        return snprintf(out->host, sizeof(out->host), "sts.%s", p->suffix);
    }
    if (in->service == AWS_S3) {
        return s3_host(in, p, out);
    }
    if (in->service == AWS_SIGNIN && !in->use_fips && !in->use_dualstack) {
        return snprintf(out->host, sizeof(out->host), "%s.%s", out->region,
                        partitions[partition_index(in->region)].signin);
    }
    return snprintf(out->host, sizeof(out->host), "%s%s.%s.%s", services[in->service].host,
                    is_fips ? "-fips" : "",
                    out->region, in->use_dualstack ? p->dualstack_suffix : p->suffix);
}

static bool take_override(const struct endpoint_input *in, struct endpoint *out, struct fault *f)
{
    struct url u;
    struct fault why;

    why.kind = FAULT_NONE;
    if (!url_parse(in->override, &u, &why)) {
        return fault_set(f, FAULT_SETTING, "%s: %s", services[in->service].key, why.text);
    }
    while (u.path.len > 0 && u.path.at[u.path.len - 1] == '/') {
        u.path.len--;
    }
    if (u.host.len >= sizeof(out->host) || u.path.len >= sizeof(out->path)) {
        return fault_ceiling(f, services[in->service].key, sizeof(out->host));
    }
    span_to_c(u.scheme, out->scheme, sizeof(out->scheme));
    span_to_c(u.host, out->host, sizeof(out->host));
    span_to_c(u.path, out->path, sizeof(out->path));
    out->port = u.port;
    return true;
}

static bool is_address(const char *host)
{
    struct span rest = span_of(host);
    unsigned n = 0;

    if (host[0] == '[') {
        return true;
    }
    while (!span_is_null(rest)) {
        struct span part = span_next(&rest, '.');
        for (size_t i = 0; i < part.len; i++) {
            if (!ascii_is_digit(part.at[i])) {
                return false;
            }
        }
        n++;
    }
    return n == 4;
}

/* Into the host where DNS and certificates allow it, else into the path. */
static bool place_bucket(const struct endpoint_input *in, struct endpoint *out, struct fault *f)
{
    bool is_https = strcmp(out->scheme, "https") == 0;
    bool is_virtual = !in->force_path_style && !is_address(out->host) &&
                      is_label(in->bucket, BUCKET_LABEL_MIN, BUCKET_LABEL_MAX, !is_https);

    if (is_virtual) {
        char host[ENDPOINT_HOST_MAX];
        int len = snprintf(host, sizeof(host), "%.*s.%s", (int)in->bucket.len, in->bucket.at,
                           out->host);
        if (len < 0 || (size_t)len >= sizeof(host)) {
            return fault_ceiling(f, "S3 host name", sizeof(host));
        }
        memcpy(out->host, host, sizeof(host));
        return true;
    }
    struct buf path = { .ceiling = sizeof(out->path) };
    bool ok = buf_add(&path, span_of(out->path), f) && buf_add_byte(&path, '/', f) &&
              url_encode(in->bucket, false, &path, f);
    if (ok && path.len >= sizeof(out->path)) {
        ok = fault_ceiling(f, "S3 path", sizeof(out->path));
    }
    if (ok) {
        span_to_c(buf_span(&path), out->path, sizeof(out->path));
    }
    buf_free(&path);
    return ok;
}

bool endpoint_resolve(const struct endpoint_input *in, struct endpoint *out, struct fault *f)
{
    struct endpoint e = { .scheme = "https" };
    bool is_global;

    if (!check(in, f)) {
        return false;
    }
    is_global = span_equal(in->region, SPAN("aws-global")) ||
                (in->override.len == 0 && is_sts_global(in));
    span_to_c(is_global ? SPAN("us-east-1") : in->region, e.region, sizeof(e.region));
    if (in->override.len > 0) {
        if (!take_override(in, &e, f)) {
            return false;
        }
    } else if ((size_t)rule_host(in, &e) >= sizeof(e.host)) {
        return fault_ceiling(f, "host name", sizeof(e.host));
    }
    if (in->service == AWS_S3 && in->bucket.len > 0 && !place_bucket(in, &e, f)) {
        return false;
    }
    *out = e;
    return true;
}
