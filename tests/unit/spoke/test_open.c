/* Opening a consumer account: how many calls, what they carry, and who pays. */
#include "unit/spoke/fake_settings.h"

#include "aws/creds_cache.h"
#include "base/worker.h"

struct fixture {
    struct fake_clock clock;
    struct fake_aws aws;
    struct settings settings;
    struct notices notices;
    struct fault f;
};

static void begin(struct fixture *x)
{
    memset(x, 0, sizeof(*x));
    x->clock = fake_clock_at(1795000000000);
    fake_aws_init(&x->aws, &x->clock.base);
    fake_settings(&x->settings, fake_chain, FAKE_CHAIN_ROWS);
}

static void end(struct fixture *x)
{
    (void)x;
    process_wipe();
}

static struct spoke *open_one(struct fixture *x)
{
    struct spoke *s = NULL;

    if (!fake_open(&x->settings, &x->aws, &s, &x->notices, &x->f)) {
        printf("    %s\n", x->f.text);
        return NULL;
    }
    return s;
}

static void a_cold_connection_makes_two_sts_calls_and_one_get_workgroup(void)
{
    static struct fixture x;
    begin(&x);
    struct spoke *s = open_one(&x);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    CU_ASSERT_EQUAL(x.aws.n_assume_a, 1);
    CU_ASSERT_EQUAL(x.aws.n_assume_b, 1);
    CU_ASSERT_EQUAL(x.aws.n_workgroup, 1);
    CU_ASSERT_EQUAL(x.aws.n_identity, 0);
    CU_ASSERT_STRING_EQUAL(spoke_identity(s)->account, "222233334444");
    CU_ASSERT_STRING_EQUAL(spoke_identity(s)->run_as_arn,
                           "arn:aws:sts::111122223333:assumed-role/RoleA/odbc");
    CU_ASSERT_STRING_EQUAL(spoke_identity(s)->consumer_arn,
                           "arn:aws:sts::222233334444:assumed-role/RoleB/odbc");
    CU_ASSERT_TRUE(spoke_workgroup(s)->is_known);
    CU_ASSERT_EQUAL(strlen(spoke_cache_key(s)), 64);
    spoke_close(s);
    end(&x);
}

static void the_first_hop_is_narrowed_and_the_second_carries_the_external_id(void)
{
    static struct fixture x;
    begin(&x);
    struct spoke *s = open_one(&x);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    CU_ASSERT_PTR_NOT_NULL(strstr(x.aws.last_a, "Policy=%7B%22Version%22%3A%222012-10-17%22"));
    CU_ASSERT_PTR_NOT_NULL(strstr(x.aws.last_a, "sts%3ATagSession"));
    CU_ASSERT_PTR_NULL(strstr(x.aws.last_a, "ExternalId"));
    CU_ASSERT_PTR_NOT_NULL(strstr(x.aws.last_b, "ExternalId=canary-external-id"));
    CU_ASSERT_PTR_NULL(strstr(x.aws.last_b, "Policy="));
    spoke_close(s);
    end(&x);
}

static void a_second_connection_with_the_same_chain_makes_no_sts_call(void)
{
    static struct fixture x;
    begin(&x);
    struct spoke *one = open_one(&x), *two = open_one(&x);
    CU_ASSERT_PTR_NOT_NULL_FATAL(one);
    CU_ASSERT_PTR_NOT_NULL_FATAL(two);
    CU_ASSERT_EQUAL(x.aws.n_assume_a + x.aws.n_assume_b, 2);
    CU_ASSERT_EQUAL(x.aws.n_workgroup, 2);
    CU_ASSERT_STRING_EQUAL(spoke_cache_key(one), spoke_cache_key(two));
    spoke_close(one);
    spoke_close(two);
    struct spoke *three = open_one(&x); /* idle chains are kept for a while */
    CU_ASSERT_EQUAL(x.aws.n_assume_a + x.aws.n_assume_b, 2);
    spoke_close(three);
    end(&x);
}

static void whatever_differs_in_the_chain_makes_another_one(void)
{
    static const struct setting_row others[] = {
        { SETTING_PWD, "another-secret" },
        { SETTING_SESSION_TOKEN, "a-token" },
        { SETTING_EXTERNAL_ID, "another-external-id" },
        { SETTING_CONSUMER_ACCOUNT_ROLE_ARN, "arn:aws:iam::222233334444:role/RoleC" },
        { SETTING_ROLE_SESSION_NAME, "another" },
        { SETTING_SOURCE_IDENTITY, "someone" },
        { SETTING_SESSION_TAGS, "team=risk" },
        { SETTING_SESSION_POLICY, "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":"
                                  "\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}" },
        { SETTING_SESSION_POLICY_ARNS, "arn:aws:iam::aws:policy/ReadOnlyAccess" },
        { SETTING_DURATION_SECONDS, "900" },
        { SETTING_STS_REGION, "us-east-1" },
        { SETTING_CONSUMER_STS_REGION, "us-east-1" },
        { SETTING_SCOPE_DOWN, "strict" },
        { SETTING_READ_ONLY, "1" },
        /* any file that can be read: nothing connects */
        { SETTING_TRUSTED_CERTS, TESTS_DIR "/unit/unit.h" },
        { SETTING_PROXY_HOST, "proxy.example" },
        { SETTING_STS_ENDPOINT_OVERRIDE, "https://sts.example" },
    };
    static struct fixture x;

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        begin(&x);
        struct spoke *one = open_one(&x);
        x.settings.at[others[i].id].text = span_of(others[i].value);
        struct spoke *two = open_one(&x);
        bool ok = one != NULL && two != NULL && x.aws.n_assume_b == 2 &&
                  strcmp(spoke_cache_key(one), spoke_cache_key(two)) != 0;
        if (!ok) {
            printf("    row %zu shared a session\n", i);
        }
        CU_ASSERT(ok);
        spoke_close(one);
        spoke_close(two);
        end(&x);
    }
}

static void a_denied_get_workgroup_is_forgiven(void)
{
    static struct fixture x;
    begin(&x);
    x.aws.refuse_workgroup = "AccessDeniedException";
    struct spoke *s = open_one(&x);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    CU_ASSERT_FALSE(spoke_workgroup(s)->is_known);
    spoke_close(s);
    end(&x);
}

static void an_output_place_that_is_not_used_is_told(void)
{
    static struct fixture x;
    begin(&x);
    x.settings.at[SETTING_S3_OUTPUT_LOCATION].text = SPAN("s3://mine/");
    struct spoke *s = open_one(&x);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    CU_ASSERT_EQUAL(x.notices.n, 1);
    CU_ASSERT_EQUAL(x.notices.at[0].kind, FAULT_OPTION_CHANGED);
    CU_ASSERT_PTR_NOT_NULL(strstr(x.notices.at[0].text, "s3://results/retail/"));
    spoke_close(s);
    end(&x);
}

/* What queries may say of their results, what is told of the rest, and whose bucket is read. */
static void who_decides_about_results_is_told(void)
{
#define PLACE(owner) \
    "\"ResultConfiguration\":{\"OutputLocation\":\"s3://results/retail/\"" owner "}"
#define OWNER ",\"ExpectedBucketOwner\":\"777788889999\""
    static const struct {
        const char *workgroup, *location, *encryption, *owner;
        const char *told, *reads; /* NULL: nothing */
    } cases[] = {
        { "{\"EnforceWorkGroupConfiguration\":true," PLACE("") "}", "s3://results/retail/",
          "NOT_SET", NULL, NULL, NULL },
        { "{\"EnforceWorkGroupConfiguration\":true," PLACE("") "}", "s3://mine/", "SSE_S3",
          "999900001111",
          "S3OutputLocation, S3OutputEncOption, S3OutputEncKMSKey, AclOption are not used: the "
          "workgroup enforces s3://results/retail/", "999900001111" },
        { "{\"EnforceWorkGroupConfiguration\":true," PLACE(OWNER) "}", NULL, NULL, "999900001111",
          "ExpectedBucketOwner is not used", "777788889999" },
        { "{\"EnforceWorkGroupConfiguration\":true," PLACE(OWNER) "}", NULL, NULL, NULL, NULL,
          "777788889999" },
        { "{\"ManagedQueryResultsConfiguration\":{\"Enabled\":true}}", "s3://mine/", "SSE_S3",
          "999900001111",
          "S3OutputLocation, S3OutputEncOption, S3OutputEncKMSKey, AclOption, "
          "ExpectedBucketOwner are not used: the workgroup keeps results", "999900001111" },
        { "{" PLACE(OWNER) "}", NULL, NULL, NULL, NULL, "777788889999" },
        { "{" PLACE(OWNER) "}", "s3://mine/", "SSE_S3", NULL, NULL, "222233334444" },
        { "{" PLACE(OWNER) "}", "s3://mine/", NULL, "999900001111", NULL, "999900001111" },
    };
    static struct fixture x;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        begin(&x);
        x.aws.workgroup = cases[i].workgroup;
        x.settings.at[SETTING_S3_OUTPUT_LOCATION].text = span_of(cases[i].location);
        x.settings.at[SETTING_S3_OUTPUT_ENC_OPTION].text = span_of(cases[i].encryption);
        x.settings.at[SETTING_EXPECTED_BUCKET_OWNER].text = span_of(cases[i].owner);
        if (cases[i].encryption != NULL && strcmp(cases[i].encryption, "NOT_SET") != 0) {
            x.settings.at[SETTING_S3_OUTPUT_ENC_KMS_KEY].text = SPAN("key");
            x.settings.at[SETTING_ACL_OPTION].text = SPAN("BUCKET_OWNER_FULL_CONTROL");
        }
        struct spoke *s = open_one(&x);
        CU_ASSERT_PTR_NOT_NULL_FATAL(s);
        CU_ASSERT_EQUAL_FATAL(x.notices.n, cases[i].told != NULL);
        if (cases[i].told != NULL) {
            CU_ASSERT_EQUAL(x.notices.at[0].kind, FAULT_OPTION_CHANGED);
            CU_ASSERT_PTR_NOT_NULL(strstr(x.notices.at[0].text, cases[i].told));
        }
        SPAN_IS(spoke_result_owner(s), cases[i].reads);
        CU_ASSERT_EQUAL(spoke_may_place_results(s), i >= 5);
        spoke_close(s);
        end(&x);
    }
#undef PLACE
#undef OWNER
}

static void either_hop_may_stand_alone(void)
{
    static struct fixture x;
    begin(&x);
    x.settings.at[SETTING_CONSUMER_ACCOUNT_ROLE_ARN].text = NO_SPAN;
    x.settings.at[SETTING_EXTERNAL_ID].text = NO_SPAN;
    struct spoke *s = open_one(&x);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    CU_ASSERT_EQUAL(x.aws.n_assume_b, 0);
    CU_ASSERT_PTR_NULL(strstr(x.aws.last_a, "Policy="));
    spoke_close(s);
    end(&x);
    begin(&x);
    x.settings.at[SETTING_RUN_AS_ROLE].text = NO_SPAN;
    s = open_one(&x);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    CU_ASSERT_EQUAL(x.aws.n_assume_a, 0);
    CU_ASSERT_EQUAL(x.aws.n_assume_b, 1);
    spoke_close(s);
    end(&x);
}

static void templates_tags_and_source_identity_go_with_the_first_hop(void)
{
    static struct fixture x;
    begin(&x);
    x.settings.at[SETTING_ROLE_SESSION_NAME].text = SPAN("{app}.x y");
    x.settings.at[SETTING_APPLICATION_NAME].text = SPAN("Sales Tool");
    x.settings.at[SETTING_SOURCE_IDENTITY].text = SPAN("someone");
    x.settings.at[SETTING_SESSION_TAGS].text = SPAN("team = risk, tool={app}");
    x.settings.at[SETTING_TRANSITIVE_TAG_KEYS].text = SPAN("team");
    struct spoke *s = open_one(&x);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    CU_ASSERT_STRING_EQUAL(spoke_identity(s)->session_name, "Sales-Tool.x-y");
    CU_ASSERT_PTR_NOT_NULL(strstr(x.aws.last_a, "Tags.member.1.Key=team&Tags.member.1.Value=risk"));
    CU_ASSERT_PTR_NOT_NULL(strstr(x.aws.last_a, "Tags.member.2.Value=Sales%20Tool"));
    CU_ASSERT_PTR_NOT_NULL(strstr(x.aws.last_a, "TransitiveTagKeys.member.1=team"));
    CU_ASSERT_PTR_NOT_NULL(strstr(x.aws.last_a, "SourceIdentity=someone"));
    CU_ASSERT_PTR_NULL(strstr(x.aws.last_b, "Tags."));
    CU_ASSERT_PTR_NULL(strstr(x.aws.last_b, "SourceIdentity"));
    spoke_close(s);
    end(&x);
}

static void both_hops_are_renewed_without_a_word(void)
{
    static struct fixture x;
    begin(&x);
    x.aws.lifetime_ms = 900 * 1000;
    struct spoke *s = open_one(&x);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    for (int i = 0; i < 12; i++) { /* an hour in steps of five minutes */
        struct workgroup_facts facts;
        fake_clock_move(&x.clock, 300 * 1000);
        CU_ASSERT(athena_get_workgroup(spoke_athena(s), SPAN("retail"), &(struct aws_bounds){ 0 },
                                       &facts, &x.f));
    }
    CU_ASSERT(x.aws.n_assume_b >= 4);
    CU_ASSERT(x.aws.n_assume_b <= 7);
    CU_ASSERT(x.aws.n_assume_a >= 3);
    CU_ASSERT(x.aws.n_assume_a <= x.aws.n_assume_b);
    spoke_close(s);
    end(&x);
}

static void a_clock_two_hours_off_changes_nothing(void)
{
    static const int64_t skews[] = { 7200000, -7200000 };
    static struct fixture x;

    for (size_t i = 0; i < 2; i++) {
        begin(&x);
        x.aws.server_skew_ms = skews[i];
        struct spoke *one = open_one(&x), *two = open_one(&x);
        CU_ASSERT_PTR_NOT_NULL_FATAL(one);
        CU_ASSERT_PTR_NOT_NULL_FATAL(two);
        CU_ASSERT_EQUAL(x.aws.n_assume_b, 1);
        x.clock.wall_ms += 7200000; /* set in between, not passed */
        struct spoke *three = open_one(&x);
        CU_ASSERT_EQUAL(x.aws.n_assume_b, 1);
        spoke_close(one);
        spoke_close(two);
        spoke_close(three);
        end(&x);
    }
}

struct crowd {
    struct fixture *x;
    struct worker workers[100];
    struct lock lock;
    unsigned n_opened, n_failed;
    struct spoke *spokes[100];
    unsigned n_told;
};

static void one_of_the_crowd(void *context)
{
    struct crowd *c = context;
    struct spoke *s = NULL;
    struct fault *f = calloc(1, sizeof(*f));
    bool ok = fake_open(&c->x->settings, &c->x->aws, &s, NULL, f);

    lock_take(&c->lock);
    c->n_told += !ok && strstr(f->text, "Hop 1") != NULL && f->n_notes > 3;
    c->n_failed += !ok;
    if (ok) {
        c->spokes[c->n_opened++] = s;
    }
    lock_give(&c->lock);
    free(f);
}

static void gather(struct crowd *c, struct fixture *x)
{
    memset(c, 0, sizeof(*c));
    c->x = x;
    lock_init(&c->lock);
    for (unsigned i = 0; i < 100; i++) {
        CU_ASSERT_FATAL(worker_start(&c->workers[i], one_of_the_crowd, c, &x->f));
    }
    for (unsigned i = 0; i < 100; i++) {
        worker_join(&c->workers[i]);
    }
    for (unsigned i = 0; i < c->n_opened; i++) {
        spoke_close(c->spokes[i]);
    }
}

static void a_hundred_threads_assume_each_role_once(void)
{
    static struct fixture x;
    static struct crowd c;
    begin(&x);
    x.aws.clock = clock_system();
    x.aws.delay_ms = 20;
    gather(&c, &x);
    CU_ASSERT_EQUAL(c.n_opened, 100);
    CU_ASSERT_EQUAL(x.aws.n_assume_a, 1);
    CU_ASSERT_EQUAL(x.aws.n_assume_b, 1);
    end(&x);
}

static void a_hundred_threads_are_refused_by_one_call_and_each_is_told(void)
{
    static struct fixture x;
    static struct crowd c;
    begin(&x);
    x.aws.clock = clock_system();
    x.aws.delay_ms = 20;
    x.aws.refuse_a = "AccessDenied";
    gather(&c, &x);
    CU_ASSERT_EQUAL(c.n_failed, 100);
    CU_ASSERT_EQUAL(c.n_told, 100);
    CU_ASSERT(x.aws.n_assume_a <= 2);
    CU_ASSERT(x.aws.n_identity <= 2);
    end(&x);
}

static void idle_chains_are_forgotten_when_the_process_is_wiped(void)
{
    static struct fixture x;
    begin(&x);
    spoke_close(open_one(&x));
    CU_ASSERT(process_chain_count() == 1);
    process_wipe();
    CU_ASSERT(process_chain_count() == 0);
}

static void polls_are_rationed(void)
{
    const struct poll_bucket_ops *b = process_poll_bucket(SPAN("999900001111"), SPAN("eu-west-1"));
    const struct poll_bucket_ops *other =
        process_poll_bucket(SPAN("999900001112"), SPAN("eu-west-1"));
    int64_t now = clock_system()->steady_ms(clock_system()) + 10;
    unsigned n = 0;

    CU_ASSERT_PTR_NOT_EQUAL(b, other);
    CU_ASSERT_PTR_EQUAL(b, process_poll_bucket(SPAN("999900001111"), SPAN("eu-west-1")));
    while (n < 1000 && b->ask(b->context, now) == 0) {
        n++;
    }
    CU_ASSERT_EQUAL(n, POLLS_BURST);
    CU_ASSERT(b->ask(b->context, now) > 0);
    CU_ASSERT_EQUAL(b->ask(b->context, now + 25), 0);
    CU_ASSERT_EQUAL(other->ask(other->context, now), 0);
}

/* Both sessions end while hop 1 cannot be reached: what AWS says at hop 2 is not the reason. */
static void a_session_that_could_not_be_renewed_is_named_and_tried_again_soon(void)
{
    static struct fixture x;
    struct workgroup_facts facts;
    struct aws_bounds bounds = { 0 };

    begin(&x);
    struct spoke *s = open_one(&x);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    fake_clock_move(&x.clock, 3700 * 1000);
    x.aws.breaks_a = true;
    x.aws.refuse_b = "ExpiredTokenException";
    CU_ASSERT_FALSE(
        athena_get_workgroup(spoke_athena(s), SPAN("retail"), &bounds, &facts, &x.f));
    spoke_explain(s, &x.f);
    CU_ASSERT_EQUAL(x.f.hop, HOP_CONSUMER);
    CU_ASSERT(fault_says(&x.f, "The session of RunAsRole (hop 1) could not be renewed: "
                               "sts:AssumeRole: the connection broke."));
    CU_ASSERT_FALSE(fault_says(&x.f, "(hop 2) could not be renewed"));
    struct spoke *another = NULL; /* of the same chain: why it cannot connect is told as well */
    CU_ASSERT_FALSE(fake_open(&x.settings, &x.aws, &another, &x.notices, &x.f));
    CU_ASSERT(fault_says(&x.f, "The session of RunAsRole (hop 1) could not be renewed: "));
    x.aws.breaks_a = false;
    x.aws.refuse_b = NULL;
    fake_clock_move(&x.clock, CACHE_ERROR_MS + 1000);
    unsigned n_before = x.aws.n_assume_a;
    CU_ASSERT(athena_get_workgroup(spoke_athena(s), SPAN("retail"), &bounds, &facts, &x.f));
    CU_ASSERT_EQUAL(x.aws.n_assume_a, n_before + 1);
    struct fault later = { .kind = FAULT_SIGN_IN };
    spoke_explain(s, &later);
    CU_ASSERT_FALSE(fault_says(&later, "could not be renewed"));
    spoke_close(s);
    end(&x);
}

static const struct unit_test tests[] = {
    { "a cold connection makes two STS calls and one GetWorkGroup",
      a_cold_connection_makes_two_sts_calls_and_one_get_workgroup },
    { "the first hop is narrowed and the second carries the ExternalId",
      the_first_hop_is_narrowed_and_the_second_carries_the_external_id },
    { "a second connection with the same chain makes no STS call",
      a_second_connection_with_the_same_chain_makes_no_sts_call },
    { "whatever differs in the chain makes another one",
      whatever_differs_in_the_chain_makes_another_one },
    { "a denied GetWorkGroup is forgiven", a_denied_get_workgroup_is_forgiven },
    { "an output place that is not used is told", an_output_place_that_is_not_used_is_told },
    { "who decides about results is told", who_decides_about_results_is_told },
    { "either hop may stand alone", either_hop_may_stand_alone },
    { "templates, tags and source identity go with the first hop",
      templates_tags_and_source_identity_go_with_the_first_hop },
    { "both hops are renewed without a word", both_hops_are_renewed_without_a_word },
    { "a clock two hours off changes nothing", a_clock_two_hours_off_changes_nothing },
    { "a hundred threads assume each role once", a_hundred_threads_assume_each_role_once },
    { "a hundred threads are refused by one call and each is told",
      a_hundred_threads_are_refused_by_one_call_and_each_is_told },
    { "idle chains are forgotten when the process is wiped",
      idle_chains_are_forgotten_when_the_process_is_wiped },
    { "polls are rationed", polls_are_rationed },
    { "a session that could not be renewed is named and tried again soon",
      a_session_that_could_not_be_renewed_is_named_and_tried_again_soon },
};

UNIT_MAIN("spoke/open", tests)
