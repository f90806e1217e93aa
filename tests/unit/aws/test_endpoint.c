/* Where services are. */
#include "unit/unit.h"
#include "unit/vectors.h"

#include "aws/endpoint.h"

static const struct {
    enum aws_service service;
    const char *region, *override, *bucket;
    bool fips, dualstack, path_style, sts_global;
    const char *url, *signing_region; /* url NULL = refused */
} cases[] = {
    { AWS_ATHENA, "eu-west-1", "", "", 0, 0, 0, 0, "https://athena.eu-west-1.amazonaws.com",
      "eu-west-1" },
    { AWS_ATHENA, "us-gov-west-1", "", "", 1, 0, 0, 0,
      "https://athena-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1" },
    { AWS_GLUE, "cn-north-1", "", "", 0, 1, 0, 0,
      "https://glue.cn-north-1.api.amazonwebservices.com.cn", "cn-north-1" },
    { AWS_GLUE, "eusc-de-east-1", "", "", 0, 0, 0, 0, "https://glue.eusc-de-east-1.amazonaws.eu",
      "eusc-de-east-1" },
    { AWS_STS, "us-gov-west-1", "", "", 1, 0, 0, 0, "https://sts.us-gov-west-1.amazonaws.com",
      "us-gov-west-1" },
    { AWS_STS, "aws-global", "", "", 0, 0, 0, 0, "https://sts.amazonaws.com", "us-east-1" },
    { AWS_STS, "eu-west-1", "", "", 0, 0, 0, 1, "https://sts.amazonaws.com", "us-east-1" },
    { AWS_STS, "ap-east-1", "", "", 0, 0, 0, 1, "https://sts.ap-east-1.amazonaws.com",
      "ap-east-1" },
    { AWS_STS, "eu-west-1", "http://127.0.0.1:4566/sts/", "", 0, 0, 0, 0,
      "http://127.0.0.1:4566/sts", "eu-west-1" },
    { AWS_STS, "eu-west-1", "https://x.com", "", 1, 0, 0, 0, NULL, NULL },
    { AWS_STS, "", "", "", 0, 0, 0, 0, NULL, NULL },
    { AWS_STS, "evil.com/#", "", "", 0, 0, 0, 0, NULL, NULL },
    { AWS_SSO, "eu-west-2", "", "", 0, 0, 0, 0, "https://portal.sso.eu-west-2.amazonaws.com",
      "eu-west-2" },
    { AWS_SSO_OIDC, "eu-west-2", "", "", 0, 0, 0, 0, "https://oidc.eu-west-2.amazonaws.com",
      "eu-west-2" },
    { AWS_SIGNIN, "eu-west-2", "", "", 0, 0, 0, 0, "https://eu-west-2.signin.aws.amazon.com",
      "eu-west-2" },
    { AWS_SIGNIN, "us-gov-west-1", "", "", 0, 0, 0, 0,
      "https://us-gov-west-1.signin.amazonaws-us-gov.com", "us-gov-west-1" },
    { AWS_S3, "eu-west-1", "", "results", 0, 0, 0, 0, "https://results.s3.eu-west-1.amazonaws.com",
      "eu-west-1" },
    { AWS_S3, "eu-west-1", "", "re.sults", 0, 0, 0, 0,
      "https://s3.eu-west-1.amazonaws.com/re.sults", "eu-west-1" },
    { AWS_S3, "eu-west-1", "", "Results", 0, 0, 0, 0, "https://s3.eu-west-1.amazonaws.com/Results",
      "eu-west-1" },
    { AWS_S3, "eu-west-1", "", "results", 0, 1, 0, 0,
      "https://results.s3.dualstack.eu-west-1.amazonaws.com", "eu-west-1" },
    { AWS_S3, "eu-west-1", "", "results", 1, 1, 1, 0,
      "https://s3-fips.dualstack.eu-west-1.amazonaws.com/results", "eu-west-1" },
    { AWS_S3, "eu-west-1", "http://127.0.0.1:9", "results", 0, 0, 0, 0,
      "http://127.0.0.1:9/results", "eu-west-1" },
    { AWS_S3, "eu-west-1", "http://localhost:9", "a.b", 0, 0, 0, 0, "http://a.b.localhost:9",
      "eu-west-1" },
    { AWS_S3, "eu-west-1", "http://[::1]:9/s3", "results", 0, 0, 0, 0, "http://[::1]:9/s3/results",
      "eu-west-1" },
    { AWS_S3, "cn-north-1", "", "results", 1, 0, 0, 0, NULL, NULL },
};

static void print_url(const struct endpoint *e, char *to, size_t room)
{
    char port[8] = "";
    if (e->port != 0) {
        snprintf(port, sizeof(port), ":%u", e->port);
    }
    snprintf(to, room, "%s://%s%s%s", e->scheme, e->host, port, e->path);
}

static void urls_follow_the_rules(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct endpoint_input in = { cases[i].service,
                                     span_of(cases[i].region),
                                     span_of(cases[i].override),
                                     span_of(cases[i].bucket),
                                     cases[i].fips,
                                     cases[i].dualstack,
                                     cases[i].path_style,
                                     cases[i].sts_global };
        struct endpoint e;
        struct fault f = { 0 };
        char url[1000] = "refused";
        bool ok = endpoint_resolve(&in, &e, &f);
        if (ok) {
            print_url(&e, url, sizeof(url));
        }
        bool fits = cases[i].url == NULL ? !ok && f.kind == FAULT_SETTING
                                         : ok && strcmp(url, cases[i].url) == 0 &&
                                               strcmp(e.region, cases[i].signing_region) == 0;
        if (!fits) {
            printf("    case %zu: got %s\n", i, url);
        }
        CU_ASSERT(fits);
    }
}

static void regions_have_partitions(void)
{
    static const struct {
        const char *region, *partition;
    } list[] = {
        { "eu-west-1", "aws" },
        { "mx-central-1", "aws" },
        { "nowhere", "aws" },
        { "cn-north-1", "aws-cn" },
        { "us-gov-east-1", "aws-us-gov" },
        { "us-iso-east-1", "aws-iso" },
        { "us-isob-east-1", "aws-iso-b" },
        { "eu-isoe-west-1", "aws-iso-e" },
        { "us-isof-south-1", "aws-iso-f" },
        { "eusc-de-east-1", "aws-eusc" },
    };
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        CU_ASSERT_STRING_EQUAL(partition_of(span_of(list[i].region))->name, list[i].partition);
    }
}

/* Features that the driver does not have: transfer acceleration, directory buckets, S3's global
   endpoint of old. */
static bool is_ours(const struct json *params, enum aws_service service)
{
    struct span bucket = json_text_of(params, "Bucket"), region = json_text_of(params, "Region");
    bool is_legacy_global = json_truth(json_member(params, "UseGlobalEndpoint"), false) &&
                            service == AWS_S3 && span_equal(region, SPAN("us-east-1"));
    bool is_express = !span_is_null(bucket) && span_ends(bucket, SPAN("-s3"));
    return !json_truth(json_member(params, "Accelerate"), false) && !is_express &&
           !is_legacy_global;
}

static struct span empty_if_null(struct span s)
{
    return span_is_null(s) ? SPAN("") : s;
}

static bool run_vector(const struct json *c, enum aws_service service, unsigned *n)
{
    struct json *params = json_member(c, "params"), *want = json_path(c, "expect.endpoint");
    struct endpoint_input in = {
        .service = service,
        .region = empty_if_null(json_text_of(params, "Region")),
        .override = empty_if_null(json_text_of(params, "Endpoint")),
        .bucket = empty_if_null(json_text_of(params, "Bucket")),
        .use_fips = json_truth(json_member(params, "UseFIPS"), false),
        .use_dualstack = json_truth(json_member(params, "UseDualStack"), false),
        .force_path_style = json_truth(json_member(params, "ForcePathStyle"), false),
        .use_sts_global = json_truth(json_member(params, "UseGlobalEndpoint"), false)
    };
    struct json *scheme = json_at(json_path(want, "properties.authSchemes"), 0);
    struct span region = json_text_of(scheme, "signingRegion");
    struct endpoint e = { 0 };
    struct fault f = { 0 };
    char url[1000] = "refused", name[300];

    if (!is_ours(params, service)) {
        return true;
    }
    (*n)++;
    bool ok = endpoint_resolve(&in, &e, &f);
    if (ok) {
        print_url(&e, url, sizeof(url));
    }
    bool fits = ok ? span_equal(span_of(url), json_text_of(want, "url")) &&
                         (span_is_null(region) || span_equal(region, span_of(e.region)))
                   : want == NULL;
    if (!fits) {
        span_to_c(json_text_of(c, "documentation"), name, sizeof(name));
        printf("    %s: got %s want %.*s\n", name, url, (int)json_text_of(want, "url").len,
               json_text_of(want, "url").at ? json_text_of(want, "url").at : "");
    }
    return fits;
}

static void the_reference_agrees(void)
{
    static const struct {
        const char *file;
        enum aws_service service;
        unsigned at_least;
    } files[] = {
        { "athena", AWS_ATHENA, 28 }, { "glue", AWS_GLUE, 28 },         { "sts", AWS_STS, 41 },
        { "sso", AWS_SSO, 24 },       { "sso-oidc", AWS_SSO_OIDC, 24 }, { "s3", AWS_S3, 69 },
    };
    if (vectors_directory() == NULL) {
        return;
    }
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char path[100];
        unsigned n = 0;
        snprintf(path, sizeof(path), "endpoints/%s-endpoint-tests.json", files[i].file);
        struct json *all = vectors_json(path), *list = json_member(all, "testCases");
        for (size_t k = 0; k < json_length(list); k++) {
            CU_ASSERT(run_vector(json_at(list, k), files[i].service, &n));
        }
        if (n < files[i].at_least) {
            printf("    only %u cases of %s\n", n, files[i].file);
        }
        CU_ASSERT(n >= files[i].at_least);
        json_free(all);
    }
}

static const struct unit_test tests[] = {
    { "URLs follow the rules", urls_follow_the_rules },
    { "regions have partitions", regions_have_partitions },
    { "the reference agrees", the_reference_agrees },
};

UNIT_MAIN("aws/endpoint", tests)
