/* Where services are: region, partition, FIPS, dual stack, buckets, custom endpoints. */
#include "runner.h"

#include <stdio.h>

#include "aws/endpoint.h"

static struct span or_empty(struct span s)
{
    return span_is_null(s) ? SPAN("") : s;
}

static bool is_true(const struct json *params, const char *name)
{
    return json_truth(json_member(params, name), false);
}

/* What the driver has no feature for; NULL when the case is ours. */
static const char *missing_feature(const struct json *params, enum aws_service service)
{
    struct span bucket = json_text_of(params, "Bucket");

    if (is_true(params, "Accelerate")) {
        return "transfer acceleration is not offered";
    }
    if (!span_is_null(bucket) && span_ends(bucket, SPAN("-s3"))) {
        return "bucket names with reserved endings (access point aliases) are not used";
    }
    if (service == AWS_S3 && is_true(params, "UseGlobalEndpoint") &&
        span_equal(json_text_of(params, "Region"), SPAN("us-east-1"))) {
        return "the global S3 endpoint of old is not used";
    }
    return NULL;
}

static void endpoint_case(const struct json *c, enum aws_service service)
{
    struct json *params = json_member(c, "params"), *want = json_path(c, "expect.endpoint");
    struct json *scheme = json_at(json_path(want, "properties.authSchemes"), 0);
    struct span name = json_text_of(c, "documentation"),
                region = json_text_of(scheme, "signingRegion");
    const char *missing = missing_feature(params, service);
    struct endpoint_input in = { .service = service,
                                 .region = or_empty(json_text_of(params, "Region")),
                                 .override = or_empty(json_text_of(params, "Endpoint")),
                                 .bucket = or_empty(json_text_of(params, "Bucket")),
                                 .use_fips = is_true(params, "UseFIPS"),
                                 .use_dualstack = is_true(params, "UseDualStack"),
                                 .force_path_style = is_true(params, "ForcePathStyle"),
                                 .use_sts_global = is_true(params, "UseGlobalEndpoint") };
    struct endpoint e = { 0 };
    struct fault f = { 0 };
    char url[1000] = "refused", port[16] = "";

    if (missing != NULL) {
        runner_skip(name, missing);
        return;
    }
    bool ok = endpoint_resolve(&in, &e, &f);
    if (ok) {
        if (e.port != 0) {
            snprintf(port, sizeof(port), ":%u", e.port);
        }
        snprintf(url, sizeof(url), "%s://%s%s%s", e.scheme, e.host, port, e.path);
    }
    bool fits = ok ? span_equal(span_of(url), json_text_of(want, "url")) &&
                         (span_is_null(region) || span_equal(region, span_of(e.region)))
                   : want == NULL;
    runner_case(name, fits, url);
}

void run_endpoints(void)
{
    static const struct {
        const char *file;
        enum aws_service service;
    } files[] = {
        { "athena", AWS_ATHENA }, { "glue", AWS_GLUE },         { "sts", AWS_STS },
        { "sso", AWS_SSO },       { "sso-oidc", AWS_SSO_OIDC }, { "s3", AWS_S3 },
    };

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char path[128];
        snprintf(path, sizeof(path), "endpoints/%s-endpoint-tests.json", files[i].file);
        struct json *all = runner_json(path), *list = json_member(all, "testCases");
        for (size_t k = 0; k < json_length(list); k++) {
            endpoint_case(json_at(list, k), files[i].service);
        }
        json_free(all);
    }
}
