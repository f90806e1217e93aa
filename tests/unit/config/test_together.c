/* Rules that span keys. */
#include "config/validate.h"
#include "unit/unit.h"

static struct settings fresh(void)
{
    struct settings s = { .dsn = "" };

    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        const char *otherwise = keyword_of((enum setting_id)i)->otherwise;

        s.at[i].text = otherwise[0] != 0 ? span_of(otherwise) : NO_SPAN;
    }
    return s;
}

static bool holds(struct settings *s, struct notices *n, const char *words)
{
    struct fault f = { .kind = FAULT_NONE };
    bool ok = validate_together(s, n, &f);

    CU_ASSERT(ok || f.kind == FAULT_SETTING);
    if (words != NULL && strstr(f.text, words) == NULL) {
        printf("    %s\n", f.text);
        CU_FAIL("another reason");
    }
    return ok;
}

static void defaults_go_together(void)
{
    struct settings s = fresh();
    struct notices n = { .n = 0 };

    CU_ASSERT(holds(&s, &n, NULL));
    CU_ASSERT_EQUAL(n.n, 0);
}

static const struct {
    enum setting_id id;
    const char *value, *words;
} refusals[] = {
    { SETTING_VERIFY_SSL, "0", "TrustedCerts" },
    { SETTING_EXTERNAL_ID, "abc", "RunAsExternalId" },
    { SETTING_RUN_AS_EXTERNAL_ID, "abc", "RunAsRole is not" },
    { SETTING_MFA_TOKEN, "123456", "MfaSerial is not" },
    { SETTING_PROXY_PORT, "1", "ProxyHost is not" },
    { SETTING_PROXY_PWD, "x", "ProxyUID is not" },
    { SETTING_S3_OUTPUT_ENC_OPTION, "CSE_KMS", "needs S3OutputEncKMSKey" },
    { SETTING_S3_OUTPUT_ENC_KMS_KEY, "k", "does not go with" },
    { SETTING_GLUE_ENDPOINT_OVERRIDE, "http://localhost:1", "AllowInsecureLoopback" },
    { SETTING_AUDIT_REQUIRED, "1", "needs AuditLog" },
};

static void what_does_not_go_together_is_refused(void)
{
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        struct settings s = fresh();
        struct notices n = { .n = 0 };

        s.at[refusals[i].id].text = span_of(refusals[i].value);
        CU_ASSERT_FALSE(holds(&s, &n, refusals[i].words));
    }
}

static void a_chained_session_is_cut_to_one_hour_with_a_notice(void)
{
    struct settings s = fresh();
    struct notices n = { .n = 0 };

    s.at[SETTING_DURATION_SECONDS].text = SPAN("3601");
    s.at[SETTING_RUN_AS_ROLE].text = SPAN("arn:aws:iam::111111111111:role/A");
    CU_ASSERT(holds(&s, &n, NULL));
    SPAN_IS(s.at[SETTING_DURATION_SECONDS].text, "3601");
    s.at[SETTING_CONSUMER_ACCOUNT_ROLE_ARN].text = SPAN("arn:aws:iam::222222222222:role/B");
    CU_ASSERT(holds(&s, &n, NULL));
    SPAN_IS(s.at[SETTING_DURATION_SECONDS].text, "3600");
    CU_ASSERT_EQUAL_FATAL(n.n, 1);
    CU_ASSERT_EQUAL(n.at[0].kind, FAULT_OPTION_CHANGED);
}

static void a_long_policy_is_a_warning(void)
{
    static char policy[2100];
    struct settings s = fresh();
    struct notices n = { .n = 0 };

    memset(policy, 'x', sizeof(policy));
    s.at[SETTING_SESSION_POLICY].text = (struct span){ policy, 2048 };
    CU_ASSERT(holds(&s, &n, NULL));
    CU_ASSERT_EQUAL(n.n, 0);
    s.at[SETTING_SESSION_POLICY].text = (struct span){ policy, 2049 };
    CU_ASSERT(holds(&s, &n, NULL));
    CU_ASSERT_EQUAL(n.n, 1);
}

static const struct unit_test tests[] = {
    { "the defaults go together", defaults_go_together },
    { "what does not go together is refused", what_does_not_go_together_is_refused },
    { "a chained session is cut to one hour with a notice",
      a_chained_session_is_cut_to_one_hour_with_a_notice },
    { "a long policy is a warning", a_long_policy_is_a_warning },
};
UNIT_MAIN("config together", tests)
