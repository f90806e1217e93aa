/* Values by kind: the normal form, the limits, what a refusal says and what it never says. */
#include "config/validate.h"
#include "unit/unit.h"

static const struct {
    enum setting_id id;
    const char *given, *normal;
} cases[] = {
    { SETTING_READ_ONLY, "true", "1" },
    { SETTING_READ_ONLY, "Off", "0" },
    { SETTING_READ_ONLY, "2", NULL },
    { SETTING_PROXY_PORT, "65535", "65535" },
    { SETTING_PROXY_PORT, "65536", NULL },
    { SETTING_PROXY_PORT, "0", NULL },
    { SETTING_PROXY_PORT, "99999999999999999999", NULL },
    { SETTING_POLL_MULTIPLIER, "1.5", "1.5" },
    { SETTING_POLL_MULTIPLIER, "0.5", NULL },
    { SETTING_POLL_MULTIPLIER, "NaN", NULL },
    { SETTING_MFA_TOKEN, "012345", "012345" },
    { SETTING_MFA_TOKEN, "12345", NULL },
    { SETTING_MFA_TOKEN, "12345a", NULL },
    { SETTING_RESULT_FETCHER, "getqueryresults", "GetQueryResults" },
    { SETTING_RESULT_FETCHER, "s3", "S3" },
    { SETTING_RESULT_FETCHER, "", NULL },
    { SETTING_WORKGROUP, "a.b_c-1", "a.b_c-1" },
    { SETTING_WORKGROUP, "a/b", NULL },
    { SETTING_AWS_REGION, "eu-west-1", "eu-west-1" },
    { SETTING_AWS_REGION, "-eu", NULL },
    { SETTING_EXPECTED_BUCKET_OWNER, "123456789012", "123456789012" },
    { SETTING_EXPECTED_BUCKET_OWNER, "12345678901x", NULL },
    { SETTING_S3_OUTPUT_LOCATION, "s3://my-bucket", "s3://my-bucket" },
    { SETTING_S3_OUTPUT_LOCATION, "s3://a", NULL },
    { SETTING_S3_OUTPUT_LOCATION, "s3://my bucket/x", NULL },
    { SETTING_TRUSTED_CERTS, "/etc/ssl/ca.pem", "/etc/ssl/ca.pem" },
    { SETTING_TRUSTED_CERTS, "ca.pem", NULL },
    { SETTING_SESSION_POLICY, "{\"Statement\": [ ]}", "{\"Statement\": [ ]}" },
    { SETTING_SESSION_POLICY, "{\"Statement\":\n[]}", "{\"Statement\":\n[]}" },
    { SETTING_SESSION_POLICY, "{}", NULL },
    { SETTING_SESSION_POLICY, "[]", NULL },
    { SETTING_SESSION_POLICY, "{\"Statement\":[\"日\"]}", NULL },
    { SETTING_SCHEMA, "a\nb", NULL },
    { SETTING_SCHEMA, "a\x7f", NULL },
    { SETTING_SCHEMA, "\xc3\x28", NULL },
    { SETTING_ALLOWED_ROLES, "arn:aws:iam::*:role/a*, arn:aws:iam::1:role/b",
      "arn:aws:iam::*:role/a*, arn:aws:iam::1:role/b" },
    { SETTING_ALLOWED_ROLES, "RoleA", NULL },
    { SETTING_ENDPOINT_OVERRIDE, "vpce.example.com", "https://vpce.example.com" },
    { SETTING_EXACT_SIZES, "auto", "1" },
    { SETTING_LOG_LEVEL, "5", "DEBUG" },
    { SETTING_TIME_ZONE, "utc", "UTC" },
    { SETTING_TIME_ZONE, "-03:30", "-03:30" },
    { SETTING_TIME_ZONE, "+14:01", NULL },
    { SETTING_TIME_ZONE, "+-1:00", NULL },
    { SETTING_TIME_ZONE, "Europe/Paris", "Europe/Paris" },
    { SETTING_TIME_ZONE, "Etc/GMT+5", "Etc/GMT+5" },
    { SETTING_TIME_ZONE, "Europe", NULL },
    { SETTING_TIME_ZONE, "Nowhere/Land", NULL },
    { SETTING_TIME_ZONE, "../zoneinfo/UTC", NULL },
};

static void values_get_their_normal_form(void)
{
    struct arena arena = { .blocks = NULL };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fault f = { .kind = FAULT_NONE };
        struct span normal = NO_SPAN;
        bool ok = validate_value(cases[i].id, span_of(cases[i].given), &arena, &normal, &f);

        if (ok != (cases[i].normal != NULL)) {
            printf("    %s=%s: %s\n", setting_name(cases[i].id), cases[i].given,
                   ok ? "taken" : f.text);
            CU_FAIL("wrong verdict");
        }
        SPAN_IS(normal, cases[i].normal);
        CU_ASSERT(ok || f.kind == FAULT_SETTING);
        CU_ASSERT(ok || strstr(f.text, setting_name(cases[i].id)) == f.text);
    }
    arena_free(&arena);
}

static void a_refused_secret_is_not_repeated(void)
{
    static const enum setting_id secrets[] = { SETTING_PWD, SETTING_EXTERNAL_ID,
                                               SETTING_WEB_IDENTITY_TOKEN, SETTING_MFA_TOKEN,
                                               SETTING_PROXY_PWD };

    for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
        struct fault f = { .kind = FAULT_NONE };
        struct span normal;

        CU_ASSERT_FALSE(validate_value(secrets[i], SPAN("canary\x01*"), NULL, &normal, &f));
        CU_ASSERT_PTR_NULL(strstr(f.text, "canary"));
    }
}

static void a_long_value_is_refused_by_length(void)
{
    static char long_name[2000];
    struct fault f = { .kind = FAULT_NONE };
    struct span normal;

    memset(long_name, 'a', sizeof(long_name) - 1);
    CU_ASSERT_FALSE(validate_value(SETTING_SCHEMA, span_of(long_name), NULL, &normal, &f));
    CU_ASSERT_FALSE(validate_value(SETTING_WORKGROUP, span_of(long_name), NULL, &normal, &f));
    CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "1 to 128"));
}

static const struct unit_test tests[] = {
    { "values get their normal form", values_get_their_normal_form },
    { "a refused secret is not repeated", a_refused_secret_is_not_repeated },
    { "a long value is refused by its length", a_long_value_is_refused_by_length },
};
UNIT_MAIN("config validate", tests)
