/* Settings put together: what counts before what, what is completed, what is refused. */
#include "config_world.h"
#include "unit/unit.h"

static struct settings s;
static struct notices notices;
static struct fault f;

static const char system_ini[] =
    "[central]\nDriver=athena\nAwsRegion=eu-west-1\nWorkgroup=bi\nUID=AKIDEXAMPLE\nPWD=dsn-secret\n"
    "RunAsRole=arn:aws:iam::111111111111:role/RoleA\n"
    "ConsumerAccountRoleArn=arn:aws:iam::222222222222:role/RoleB\nExternalId=ext-1\nCatalog=\n"
    "[plain]\nDriver=athena\nAwsRegion=eu-central-1\nSchema=sales\n";

static void load(const char *string)
{
    if (!world_load(string, &s, &notices, &f)) {
        printf("    %s\n", f.text);
        CU_FAIL_FATAL("should load");
    }
}

static void string_beats_dsn_beats_default(void)
{
    load("DSN=plain;Schema=hr;");
    SPAN_IS(settings_text(&s, SETTING_SCHEMA), "hr");
    CU_ASSERT_EQUAL(s.at[SETTING_SCHEMA].origin, ORIGIN_STRING);
    SPAN_IS(settings_text(&s, SETTING_AWS_REGION), "eu-central-1");
    CU_ASSERT_EQUAL(s.at[SETTING_AWS_REGION].origin, ORIGIN_SYSTEM_DSN);
    SPAN_IS(settings_text(&s, SETTING_CATALOG), "AwsDataCatalog");
    CU_ASSERT_EQUAL(s.at[SETTING_CATALOG].origin, ORIGIN_DEFAULT);
    SPAN_IS(settings_text(&s, SETTING_WORKGROUP), "primary");
    CU_ASSERT_STRING_EQUAL(s.dsn, "plain");
    CU_ASSERT_EQUAL(notices.n, 0);
    settings_free(&s);
}

static void an_empty_value_counts_as_not_set(void)
{
    load("DSN=plain;Schema=;Workgroup={};");
    SPAN_IS(settings_text(&s, SETTING_SCHEMA), "sales");
    SPAN_IS(settings_text(&s, SETTING_WORKGROUP), "primary");
    settings_free(&s);
}

static void the_whole_chain_comes_from_a_dsn(void)
{
    load("DSN=central");
    SPAN_IS(settings_text(&s, SETTING_RUN_AS_ROLE), "arn:aws:iam::111111111111:role/RoleA");
    SPAN_IS(settings_text(&s, SETTING_CONSUMER_ACCOUNT_ROLE_ARN),
            "arn:aws:iam::222222222222:role/RoleB");
    SPAN_IS(settings_text(&s, SETTING_EXTERNAL_ID), "ext-1");
    SPAN_IS(settings_text(&s, SETTING_CATALOG), "AwsDataCatalog");
    settings_free(&s);
}

static void sqlconnect_hands_in_user_and_password(void)
{
    struct settings_input in = { .dsn = SPAN("plain"),
                                 .user = SPAN("AKID2"),
                                 .password = SPAN("call-secret") };

    memset(&notices, 0, sizeof(notices));
    CU_ASSERT_FATAL(settings_load(&s, &in, &notices, &f));
    SPAN_IS(settings_text(&s, SETTING_UID), "AKID2");
    SPAN_IS(settings_text(&s, SETTING_PWD), "call-secret");
    CU_ASSERT_EQUAL(s.at[SETTING_PWD].origin, ORIGIN_CALL);
    SPAN_IS(settings_text(&s, SETTING_SCHEMA), "sales");
    settings_free(&s);
}

static void dsn_and_driver_exclude_each_other(void)
{
    load("DRIVER={athena};DSN=plain;Schema=hr");
    CU_ASSERT_STRING_EQUAL(s.dsn, "");
    CU_ASSERT(span_is_null(settings_text(&s, SETTING_AWS_REGION)));
    settings_free(&s);
    load("DSN=plain;DRIVER={athena}");
    CU_ASSERT_STRING_EQUAL(s.dsn, "plain");
    settings_free(&s);
}

static void a_missing_data_source_is_named(void)
{
    CU_ASSERT_FALSE(world_load("DSN=nowhere", &s, &notices, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_SETTING);
    CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "nowhere"));
}

static void the_completed_string_repeats_only_what_was_given(void)
{
    struct settings_input in = {
        .connection_string = SPAN("dsn=central;database={a;b};pwd={x}}y};Schema=twice;Color=red")
    };
    struct buf out = { .ceiling = 4096 };

    memset(&notices, 0, sizeof(notices));
    CU_ASSERT_FATAL(settings_load(&s, &in, &notices, &f));
    CU_ASSERT_FATAL(settings_completed(&s, &in, &out, &f));
    SPAN_IS(buf_span(&out), "DSN=central;Schema={a;b};PWD={x}}y};");
    CU_ASSERT_EQUAL(notices.n, 2); /* Schema twice, Color */
    buf_free(&out);
    settings_free(&s);
}

static void flags_and_numbers_are_typed(void)
{
    load("DSN=plain;EnableResultReuse=TRUE;RequestTimeout=2500;ScopeDown=STRICT;LogLevel=4");
    CU_ASSERT(settings_flag(&s, SETTING_ENABLE_RESULT_REUSE));
    CU_ASSERT_FALSE(settings_flag(&s, SETTING_READ_ONLY));
    CU_ASSERT_EQUAL(settings_int(&s, SETTING_REQUEST_TIMEOUT, 7), 2500);
    CU_ASSERT_EQUAL(settings_int(&s, SETTING_NUM_RETRIES, 7), 7);
    SPAN_IS(settings_text(&s, SETTING_SCOPE_DOWN), "strict");
    SPAN_IS(settings_text(&s, SETTING_LOG_LEVEL), "INFO");
    settings_free(&s);
}

static void a_failed_load_leaves_the_output_untouched(void)
{
    memset(&s, 0x5a, sizeof(s));
    struct settings before = s;
    struct settings_input in = { .connection_string = SPAN("DSN=plain;VerifySSL=0") };

    CU_ASSERT_FALSE(settings_load(&s, &in, &notices, &f));
    CU_ASSERT_EQUAL(memcmp(&s, &before, sizeof(s)), 0);
    memset(&s, 0, sizeof(s));
}

static const struct unit_test tests[] = {
    { "a connection string beats a data source beats a default", string_beats_dsn_beats_default },
    { "an empty value counts as not set", an_empty_value_counts_as_not_set },
    { "the whole chain comes from a data source", the_whole_chain_comes_from_a_dsn },
    { "SQLConnect hands in user and password", sqlconnect_hands_in_user_and_password },
    { "of DSN and DRIVER the first one counts", dsn_and_driver_exclude_each_other },
    { "a missing data source is named", a_missing_data_source_is_named },
    { "the completed string repeats only what was given",
      the_completed_string_repeats_only_what_was_given },
    { "flags and numbers are typed", flags_and_numbers_are_typed },
    { "a failed load leaves the output untouched", a_failed_load_leaves_the_output_untouched },
};
WORLD_MAIN("config settings", tests, system_ini, "", "[athena]\nDriver=/nowhere/libathenaodbc.so\n")
