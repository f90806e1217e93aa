/* The grammar of the configuration files, and what a profile leads to. The common vectors hold more
   of both. */
#include "unit/unit.h"

#include "aws/configured.h"
#include "aws/profile_plan.h"

static const struct { const char *text, *profile, *key, *value; } cases[] = {
    { "[default]\nregion = eu-west-1 # a comment", "default", "region", "eu-west-1" },
    { "[profile a]\nkey=x#y", "a", "key", "x#y" },
    { "[profile a]\r\nKey =  v \r\n", "a", "key", "v" },
    { "[profile \"with blanks\"]\nkey=v", "with blanks", "key", "v" },
    { "[default]\nkey=1\n[profile default]\nkey=2\n[default]\nkey=3", "default", "key", "2" },
    { "[profile a]\nkey=1\n two", "a", "key", "1\ntwo" },
    { "\xef\xbb\xbf[default]\nkey=v", "default", "key", "v" },
    { "[a]\nkey=v", "a", "key", NULL },
    { "[profile a]\nbad name=v\n more\nkey=v", "a", "key", "v" },
    { "[profilea]\nkey=v\n more", "a", "key", NULL },
};

static void values_are_read(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct profile_set set = { 0 };
        struct fault f = { 0 };
        CU_ASSERT(profile_parse(&set, PROFILE_CONFIG, "config", span_of(cases[i].text), &f));
        const struct profile_section *p =
            profile_find(&set, PROFILE_NAMED, span_of(cases[i].profile));
        SPAN_IS(p != NULL ? profile_get(p, cases[i].key) : NO_SPAN, cases[i].value);
        profile_set_free(&set);
    }
}

static void a_bad_file_is_refused_with_its_line(void)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        { "[default\nkey=v", "line 1" },     { "key=v", "line 1" },
        { "[default]\nnonsense", "line 2" }, { "[default]\n=v", "line 2" },
        { "[default]\n more", "line 2" },    { "[default]\ns3 =\n nonsense", "line 3" },
        { "[default] x", "line 1" },
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct profile_set set = { 0 };
        struct fault f = { 0 };
        CU_ASSERT_FALSE(profile_parse(&set, PROFILE_CONFIG, "my-config", span_of(bad[i].text), &f));
        CU_ASSERT_EQUAL(f.kind, FAULT_CREDENTIALS);
        CU_ASSERT_PTR_NOT_NULL(strstr(f.text, bad[i].says));
        CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "my-config"));
        profile_set_free(&set);
    }
}

static void the_credentials_file_wins(void)
{
    struct profile_set set = { 0 };
    struct fault f;

    CU_ASSERT(profile_parse(&set, PROFILE_CONFIG, "c", SPAN("[profile a]\nkey=1\nother=1"), &f));
    CU_ASSERT(profile_parse(&set, PROFILE_CREDENTIALS, "k", SPAN("[a]\nkey=2"), &f));
    SPAN_IS(profile_get(profile_find(&set, PROFILE_NAMED, SPAN("a")), "key"), "2");
    SPAN_IS(profile_get(profile_find(&set, PROFILE_NAMED, SPAN("a")), "other"), "1");
    profile_set_free(&set);
}

static const struct {
    const char *text;
    bool may_be_empty;
    const char *says;
    unsigned n_roles;
    enum plan_base base;
} plans[] = {
    { "[profile a]\nrole_arn=r\nsource_profile=b\n[profile "
      "b]\nrole_arn=s\nsource_profile=c\n[profile c]\naws_access_key_id=k\naws_secret_access_key=s",
      0, NULL, 2, PLAN_STATIC },
    { "[profile a]\nrole_arn=r\nsource_profile=a\naws_access_key_id=k\naws_secret_access_key=s", 0,
      NULL, 1, PLAN_STATIC },
    { "[profile a]\nrole_arn=r\ncredential_source=environment", 0, NULL, 1, PLAN_ENVIRONMENT },
    { "[profile a]\ncredential_process=x", 0, NULL, 0, PLAN_PROCESS },
    { "[profile a]\nlogin_session=x", 0, NULL, 0, PLAN_LOGIN },
    { "[profile a]\nsso_session=s\nsso_account_id=1\nsso_role_name=r\n[sso-session "
      "s]\nsso_region=x\nsso_start_url=y",
      0, NULL, 0, PLAN_SSO },
    { "[profile a]\nrole_arn=r\nsource_profile=b\n[profile b]\nrole_arn=s\nsource_profile=a", 0,
      "loop", 0, 0 },
    { "[profile a]\nrole_arn=r\nsource_profile=nobody", 0,
      "source_profile names a profile that does not exist", 0, 0 },
    { "[profile a]\nrole_arn=r\nsource_profile=b\ncredential_source=Environment", 0,
      "must not both", 0, 0 },
    { "[profile a]\nrole_arn=r\ncredential_source=Nonsense", 0, "credential_source must be", 0, 0 },
    { "[profile a]\naws_access_key_id=k", 0, "aws_secret_access_key is missing", 0, 0 },
    { "[profile a]\nregion=x", 1, "contains no credential settings", 0, 0 },
    { "[profile b]\nregion=x", 1, "There is no profile \"a\"", 0, 0 },
};

static void profiles_lead_somewhere_or_say_why_not(void)
{
    for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
        struct profile_set set = { 0 };
        struct profile_plan plan = { 0 };
        struct fault f = { 0 };
        CU_ASSERT(profile_parse(&set, PROFILE_CONFIG, "config", span_of(plans[i].text), &f));
        bool ok = profile_plan_make(&set, SPAN("a"), plans[i].may_be_empty, &plan, &f);
        bool fits = plans[i].says == NULL
                        ? ok && plan.n_roles == plans[i].n_roles && plan.base == plans[i].base
                        : !ok && strstr(f.text, plans[i].says) != NULL;
        if (!fits) {
            printf("    row %zu: %s\n", i, f.text);
        }
        CU_ASSERT(fits);
        profile_set_free(&set);
    }
}

static void plain_http_is_for_loopback_and_only_when_allowed(void)
{
    static const struct {
        const char *url;
        enum world_http http;
        bool ok;
    } urls[] = {
        { "https://x.example", WORLD_HTTP_NEVER, true },
        { "http://127.0.0.1:80", WORLD_HTTP_NEVER, false },
        { "http://127.0.0.1:80", WORLD_HTTP_LOOPBACK, true },
        { "http://x.example", WORLD_HTTP_LOOPBACK, false },
        { "http://169.254.169.254", WORLD_HTTP_LOOPBACK, false },
    };
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        struct creds_world w = { .http = urls[i].http };
        struct fault f;
        CU_ASSERT_EQUAL(endpoint_is_allowed(&w, span_of(urls[i].url), "here", &f), urls[i].ok);
    }
}

static const struct unit_test tests[] = {
    { "values are read", values_are_read },
    { "a bad file is refused with its line", a_bad_file_is_refused_with_its_line },
    { "the credentials file wins", the_credentials_file_wins },
    { "profiles lead somewhere or say why not", profiles_lead_somewhere_or_say_why_not },
    { "plain http is for loopback, and only when allowed",
      plain_http_is_for_loopback_and_only_when_allowed },
};

UNIT_MAIN("aws/profile", tests)
