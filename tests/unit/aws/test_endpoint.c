/* Where services are. */
#include "unit/unit.h"

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

static const struct unit_test tests[] = {
    { "URLs follow the rules", urls_follow_the_rules },
    { "regions have partitions", regions_have_partitions },
};

UNIT_MAIN("aws/endpoint", tests)
