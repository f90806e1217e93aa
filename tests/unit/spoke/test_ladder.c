/* A failed connect tells the hop, the principal, the role, the causes in order and the fix; and
   never a secret. */
#include "unit/spoke/fake_settings.h"

struct row {
    const char *name;
    const char *refuse_a, *refuse_b, *message;
    bool bad_base, without_external_id;
    enum fault_kind kind;
    enum fault_hop hop;
    const char *says[6];
};

#define NOT_AUTHORIZED \
    "User: arn:aws:sts::111122223333:assumed-role/RoleA/odbc is not authorized to perform: " \
    "sts:AssumeRole on resource: arn:aws:iam::222233334444:role/RoleB"

static const struct row rows[] = {
    { "hop 1 denied",
      "AccessDenied",
      NULL,
      NULL,
      0,
      0,
      FAULT_DENIED,
      HOP_RUN_AS,
      { "Hop 1 (RunAsRole): arn:aws:iam::111122223333:user/bi may not assume "
        "arn:aws:iam::111122223333:role/RoleA",
        "Cause 1: the principal's own policy", "Cause 2: the trust policy of RunAsRole",
        "Request id: 11112222-3333", "Step 1: the base credentials are good" } },
    { "hop 2 denied with an ExternalId",
      NULL,
      "AccessDenied",
      NOT_AUTHORIZED,
      0,
      0,
      FAULT_DENIED,
      HOP_CONSUMER,
      { "Hop 2 (ConsumerAccountRoleArn): arn:aws:sts::111122223333:assumed-role/RoleA/odbc may not "
        "assume arn:aws:iam::222233334444:role/RoleB",
        "First check that ExternalId", "Cause 1: the ExternalId sent (18 characters)",
        "Cause 2: the role's trust policy does not name", "Cause 5: RunAsRole was deleted" } },
    { "hop 2 denied without an ExternalId",
      NULL,
      "AccessDenied",
      NOT_AUTHORIZED,
      0,
      1,
      FAULT_DENIED,
      HOP_CONSUMER,
      { "No ExternalId was sent: set ExternalId", "Cause 1: no ExternalId was sent" } },
    { "a session policy that does not fit",
      NULL,
      "AccessDenied",
      NOT_AUTHORIZED " because no session policy allows the sts:AssumeRole action",
      0,
      0,
      FAULT_DENIED,
      HOP_CONSUMER,
      { "the session policy of the caller does not allow it",
        "Principal: arn:aws:sts::111122223333:assumed-role/RoleA/odbc" } },
    { "tags that may not be passed on",
      NULL,
      "AccessDenied",
      "User: x is not authorized to perform: sts:TagSession on resource: y",
      0,
      0,
      FAULT_DENIED,
      HOP_CONSUMER,
      { "session tags come along", "sts:TagSession" } },
    { "an explicit denial",
      "AccessDenied",
      NULL,
      "User: x is not authorized to perform: sts:AssumeRole on resource: y with an explicit deny "
      "in a service control policy",
      0,
      0,
      FAULT_DENIED,
      HOP_RUN_AS,
      { "a policy denies it explicitly", "service control policy" } },
    { "an unknown base key",
      NULL,
      NULL,
      NULL,
      1,
      0,
      FAULT_SIGN_IN,
      HOP_BASE,
      { "AWS does not know the base access key here (InvalidClientTokenId)",
        "Step 1: the base credentials themselves are refused" } },
    { "a wrong secret",
      "SignatureDoesNotMatch",
      NULL,
      "The request signature we calculated does not match",
      0,
      0,
      FAULT_SIGN_IN,
      HOP_BASE,
      { "the base secret access key does not fit its key id", "Check PWD" } },
    { "expired base credentials",
      "ExpiredToken",
      NULL,
      "The security token included in the request is expired",
      0,
      0,
      FAULT_SIGN_IN,
      HOP_BASE,
      { "the base credentials have expired", "fresh SessionToken" } },
    { "STS not active there",
      NULL,
      "RegionDisabledException",
      "STS is not activated in this region",
      0,
      0,
      FAULT_SIGN_IN,
      HOP_CONSUMER,
      { "Set ConsumerStsRegion to a region" } },
    { "too large a policy",
      "PackedPolicyTooLarge",
      NULL,
      "Packed size exceeds the limit: 110 percent",
      0,
      0,
      FAULT_SETTING,
      HOP_RUN_AS,
      { "Hop 1 (RunAsRole): session policy", "too large for AWS", "110 percent" } },
    { "a duration over the role's maximum",
      NULL,
      "ValidationError",
      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
      0,
      0,
      FAULT_SETTING,
      HOP_CONSUMER,
      { "DurationSeconds", "exceeds the MaxSessionDuration" } },
};

static void no_secret(const struct fault *f, const char *name)
{
    static const char *const secrets[] = { "canary-base-secret", "canary-external-id", "tokenOfA",
                                           "secretOfA" };

    for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
        if (fault_says(f, secrets[i])) {
            printf("    %s shows %s\n", name, secrets[i]);
        }
        CU_ASSERT_FALSE(fault_says(f, secrets[i]));
    }
}

static void run(const struct row *row)
{
    static struct fault f;
    struct fake_clock clock = fake_clock_at(1795000000000);
    struct fake_aws aws;
    static struct settings settings;
    struct spoke *s = NULL;

    memset(&f, 0, sizeof(f));
    fake_aws_init(&aws, &clock.base);
    fake_settings(&settings, fake_chain, FAKE_CHAIN_ROWS);
    aws.refuse_a = row->refuse_a;
    aws.refuse_b = row->refuse_b;
    aws.message = row->message;
    aws.bad_base = row->bad_base;
    if (row->without_external_id) {
        settings.at[SETTING_EXTERNAL_ID].text = NO_SPAN;
    }
    bool ok = !fake_open(&settings, &aws, &s, NULL, &f);
    for (size_t i = 0; ok && i < 6 && row->says[i] != NULL; i++) {
        ok = fault_says(&f, row->says[i]);
    }
    ok = ok && f.hop == row->hop && (row->kind == FAULT_SETTING || f.kind == row->kind) &&
         strlen(f.text) <= 480;
    if (!ok || getenv("SHOW_RECORDS") != NULL) {
        printf("  %s: kind %s, hop %s, code %s\n    1: %s\n", row->name, fault_kind_name(f.kind),
               fault_hop_name(f.hop), f.code, f.text);
        for (unsigned i = 0; i < f.n_notes; i++) {
            printf("    %u: %s\n", i + 2, f.notes[i]);
        }
    }
    CU_ASSERT(ok);
    no_secret(&f, row->name);
    process_wipe();
}

static void every_refusal_is_told_so_that_it_can_be_mended(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        run(&rows[i]);
    }
}

static void a_base_that_is_missing_is_told_without_any_call(void)
{
    static struct fault f;
    static struct settings settings;
    struct fake_clock clock = fake_clock_at(1795000000000);
    struct fake_aws aws;
    struct spoke *s = NULL;

    fake_aws_init(&aws, &clock.base);
    fake_settings(&settings, fake_chain, FAKE_CHAIN_ROWS);
    settings.at[SETTING_PWD].text = NO_SPAN;
    CU_ASSERT_FALSE(fake_open(&settings, &aws, &s, NULL, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_CREDENTIALS);
    CU_ASSERT(fault_says(&f, "PWD is missing"));
    settings.at[SETTING_AUTHENTICATION_TYPE].text = SPAN("IAM Profile");
    settings.at[SETTING_AWS_PROFILE].text = SPAN("nobody");
    CU_ASSERT_FALSE(fake_open(&settings, &aws, &s, NULL, &f));
    CU_ASSERT(fault_says(&f, "There is no profile \"nobody\""));
    CU_ASSERT_EQUAL(f.hop, HOP_BASE);
    CU_ASSERT_EQUAL(aws.n_assume_a + aws.n_assume_b + aws.n_identity + aws.n_workgroup, 0);
    process_wipe();
}

static void a_refusal_after_connecting_is_explained_once(void)
{
    static struct fault f;
    static struct settings settings;
    struct fake_clock clock = fake_clock_at(1795000000000);
    struct fake_aws aws;
    struct spoke *s = NULL;

    fake_aws_init(&aws, &clock.base);
    fake_settings(&settings, fake_chain, FAKE_CHAIN_ROWS);
    CU_ASSERT_FATAL(fake_open(&settings, &aws, &s, NULL, &f));
    fault_set(&f, FAULT_DENIED, "athena:StartQueryExecution failed");
    span_to_c(SPAN("athena:StartQueryExecution"), f.action, sizeof(f.action));
    spoke_explain(s, &f);
    spoke_explain(s, &f);
    CU_ASSERT_EQUAL(f.n_notes, 2);
    CU_ASSERT(fault_says(&f, "Signed in as arn:aws:sts::222233334444:assumed-role/RoleB/odbc"));
    CU_ASSERT(fault_says(&f, "Fix: allow athena:StartQueryExecution"));
    CU_ASSERT_FALSE(spoke_is_dead(s));
    fault_set(&f, FAULT_SIGN_IN, "athena:GetQueryExecution failed: ExpiredTokenException");
    spoke_explain(s, &f);
    CU_ASSERT_TRUE(spoke_is_dead(s));
    spoke_close(s);
    process_wipe();
}

/* Keys that are given do not tell their end; the refusal does. */
static void a_given_token_that_ended_is_told_with_the_time(void)
{
    static struct fault f;
    static struct settings settings;
    struct fake_clock clock = fake_clock_at(1795000000000);
    struct fake_aws aws;
    struct spoke *s = NULL;

    fake_aws_init(&aws, &clock.base);
    fake_settings(&settings, fake_chain, FAKE_CHAIN_ROWS);
    settings.at[SETTING_SESSION_TOKEN].text = SPAN("TOKEN");
    CU_ASSERT_FATAL(fake_open(&settings, &aws, &s, NULL, &f));
    fault_set(&f, FAULT_SIGN_IN, "athena:GetQueryExecution failed: ExpiredTokenException");
    f.is_expired_token = true;
    spoke_explain(s, &f);
    CU_ASSERT(fault_says(&f, "UID and PWD"));
    CU_ASSERT(fault_says(&f, "they were over when this was refused, at 2026-11-18T"));
    CU_ASSERT(fault_says(&f, "give a fresh SessionToken"));
    fault_set(&f, FAULT_SIGN_IN, "athena:GetQueryExecution failed: UnrecognizedClientException");
    spoke_explain(s, &f);
    CU_ASSERT_FALSE(fault_says(&f, "they were over"));
    spoke_close(s);
    process_wipe();
}

static const struct unit_test tests[] = {
    { "every refusal is told so that it can be mended",
      every_refusal_is_told_so_that_it_can_be_mended },
    { "a base that is missing is told without any call",
      a_base_that_is_missing_is_told_without_any_call },
    { "a refusal after connecting is explained once",
      a_refusal_after_connecting_is_explained_once },
    { "a given token that ended is told with the time",
      a_given_token_that_ended_is_told_with_the_time },
};

UNIT_MAIN("spoke/ladder", tests)
