/* The table of keys: every name finds its row, none is taken twice, every default passes its own
   check. */
#include "config/validate.h"
#include "unit/unit.h"

static void every_name_and_alias_finds_its_row(void)
{
    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        const struct keyword *k = keyword_of((enum setting_id)i);

        if (keyword_find(span_of(k->name)) != (enum setting_id)i) {
            printf("    %s\n", k->name);
            CU_FAIL("a name is taken twice");
        }
        for (struct span rest = span_of(k->aliases); rest.len > 0;) {
            struct span alias = span_next(&rest, '|');

            if (keyword_find(alias) != (enum setting_id)i) {
                printf("    %s: %.*s\n", k->name, (int)alias.len, alias.at);
                CU_FAIL("an alias is taken twice");
            }
        }
        CU_ASSERT(strlen(k->help) > 0 && strlen(k->help) < 160);
    }
    CU_ASSERT_EQUAL(keyword_find(SPAN("nosuchkey")), SETTINGS_COUNT);
    CU_ASSERT_EQUAL(keyword_find(SPAN("")), SETTINGS_COUNT);
}

static void every_default_passes_its_own_check(void)
{
    struct arena arena = { .blocks = NULL };

    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        const struct keyword *k = keyword_of((enum setting_id)i);
        struct fault f = { .kind = FAULT_NONE };
        struct span normal = NO_SPAN;

        if (k->otherwise[0] != 0) {
            CU_ASSERT(
                validate_value((enum setting_id)i, span_of(k->otherwise), &arena, &normal, &f));
            SPAN_IS(normal, k->otherwise);
        }
    }
    arena_free(&arena);
}

static void the_names_other_drivers_document_are_known(void)
{
    static const char *const names[] = {
        "AwsRegion",
        "Region",
        "Catalog",
        "Schema",
        "Database",
        "Workgroup",
        "WorkGroup",
        "S3OutputLocation",
        "OutputLocation",
        "s3_staging_dir",
        "S3OutputEncOption",
        "EncryptionOption",
        "S3OutputEncKMSKey",
        "KmsKey",
        "AuthenticationType",
        "UID",
        "User",
        "AccessKeyId",
        "PWD",
        "Password",
        "SecretAccessKey",
        "SessionToken",
        "AWSProfile",
        "ProfileName",
        "preferred_role",
        "duration",
        "RoleSessionDuration",
        "web_identity_token",
        "role_session_name",
        "RowsToFetchPerBlock",
        "FetchSize",
        "ResultFetcher",
        "UseResultsetStreaming",
        "EnableS3Fetcher",
        "EnableResultReuse",
        "EnableResultReuseByAge",
        "ReusedResultMaxAgeInMinutes",
        "MaxResultReuseAgeInMinutes",
        "UseMultipleS3Threads",
        "S3ResultBlockSize",
        "UseSingleCatalogAndSchema",
        "UseQueryToListTables",
        "QueryExternalCatalogs",
        "MetadataRetrievalMethod",
        "UseWCharForStringTypes",
        "StringColumnLength",
        "ComplexTypeColumnLength",
        "VerifySSL",
        "TrustedCerts",
        "MinQueryExecutionPollingInterval",
        "MinQueryExecutionPollingIntervalMillis",
        "MaxQueryExecutionPollingInterval",
        "MaxQueryExecutionPollingIntervalMillis",
        "QueryExecutionPollingIntervalMultiplier",
        "MaxPollDuration",
        "ConnectionTimeout",
        "RequestTimeout",
        "NumRetries",
        "MaxErrorRetry",
        "EndpointOverride",
        "StreamingEndpointOverride",
        "StsEndpointOverride",
        "S3EndpointOverride",
        "GlueEndpointOverride",
        "LakeFormationEndpointOverride",
        "LfEndpointOverride",
        "UseProxy",
        "ProxyHost",
        "ProxyPort",
        "ProxyUID",
        "ProxyUsername",
        "ProxyPWD",
        "ProxyPassword",
        "NonProxyHost",
        "NonProxyHosts",
        "ProxyExemptHosts",
        "LogLevel",
        "LogPath",
        "UseAwsLogger",
        "ExpectedBucketOwner",
        "AclOption",
        "ApplicationName",
        "ConnectionTest",
        "Driver",
        "DSN",
        "Description",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (keyword_find(span_of(names[i])) == SETTINGS_COUNT) {
            printf("    %s\n", names[i]);
            CU_FAIL("unknown");
        }
    }
}

static void what_must_be_locked_is_locked(void)
{
    static const enum setting_id locked[] = {
        SETTING_RUN_AS_ROLE,
        SETTING_CONSUMER_ACCOUNT_ROLE_ARN,
        SETTING_PREFERRED_ROLE,
        SETTING_EXTERNAL_ID,
        SETTING_RUN_AS_EXTERNAL_ID,
        SETTING_ENDPOINT_OVERRIDE,
        SETTING_STS_ENDPOINT_OVERRIDE,
        SETTING_S3_ENDPOINT_OVERRIDE,
        SETTING_GLUE_ENDPOINT_OVERRIDE,
        SETTING_PROXY_HOST,
        SETTING_USE_PROXY,
        SETTING_TRUSTED_CERTS,
        SETTING_AWS_PROFILE,
        SETTING_AUTHENTICATION_TYPE,
        SETTING_ROLE_SESSION_NAME,
        SETTING_SOURCE_IDENTITY,
        SETTING_SESSION_TAGS,
        SETTING_TRANSITIVE_TAG_KEYS,
        SETTING_SESSION_POLICY,
        SETTING_SESSION_POLICY_ARNS,
        SETTING_WORKGROUP,
        SETTING_S3_OUTPUT_LOCATION,
        SETTING_EXPECTED_BUCKET_OWNER,
        SETTING_READ_ONLY,
        SETTING_MAX_BYTES_SCANNED,
        SETTING_SCOPE_DOWN,
        SETTING_LOG_PATH,
        SETTING_AUDIT_LOG,
        SETTING_AUDIT_REQUIRED,
        SETTING_VERIFY_SSL,
        SETTING_ALLOW_INSECURE_LOOPBACK,
        SETTING_ALLOW_ENDPOINT_OVERRIDE,
    };

    for (size_t i = 0; i < sizeof(locked) / sizeof(locked[0]); i++) {
        CU_ASSERT(keyword_is(locked[i], KEYWORD_LOCKED));
    }
    for (unsigned i = 0; i < SETTINGS_COUNT; i++) {
        CU_ASSERT(!keyword_is((enum setting_id)i, KEYWORD_ENDPOINT) ||
                  keyword_is((enum setting_id)i, KEYWORD_LOCKED));
        CU_ASSERT(keyword_of((enum setting_id)i)->kind != KEYWORD_URL ||
                  keyword_is((enum setting_id)i, KEYWORD_ENDPOINT));
    }
}

static void secrets_are_marked(void)
{
    CU_ASSERT(setting_is_secret(SETTING_PWD) && setting_is_secret(SETTING_SESSION_TOKEN) &&
              setting_is_secret(SETTING_WEB_IDENTITY_TOKEN));
    CU_ASSERT(setting_is_secret(SETTING_EXTERNAL_ID) && setting_is_secret(SETTING_PROXY_PWD) &&
              setting_is_secret(SETTING_MFA_TOKEN));
    CU_ASSERT_FALSE(setting_is_secret(SETTING_UID));
    CU_ASSERT_STRING_EQUAL(setting_name(SETTING_CONSUMER_ACCOUNT_ROLE_ARN),
                           "ConsumerAccountRoleArn");
}

static void typed_answers_fall_back(void)
{
    struct settings s = { .dsn = "" };

    CU_ASSERT_EQUAL(settings_int(&s, SETTING_NUM_RETRIES, 42), 42);
    CU_ASSERT_FALSE(settings_flag(&s, SETTING_READ_ONLY));
    s.at[SETTING_NUM_RETRIES].text = SPAN("7");
    s.at[SETTING_READ_ONLY].text = SPAN("1");
    CU_ASSERT_EQUAL(settings_int(&s, SETTING_NUM_RETRIES, 42), 7);
    CU_ASSERT(settings_flag(&s, SETTING_READ_ONLY));
}

static const struct unit_test tests[] = {
    { "every name and alias finds its row", every_name_and_alias_finds_its_row },
    { "every default passes its own check", every_default_passes_its_own_check },
    { "the names other drivers document are known", the_names_other_drivers_document_are_known },
    { "what must be locked is locked", what_must_be_locked_is_locked },
    { "secrets are marked", secrets_are_marked },
    { "typed answers fall back", typed_answers_fall_back },
};
UNIT_MAIN("config keyword", tests)
