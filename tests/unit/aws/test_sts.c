/* Requests to STS: checked before they are sent, written as the reference writes them; answers
   turned into local time. */
#include "unit/fake_http.h"
#include "unit/unit.h"

#include "aws/sts.h"

#define A50 "12345678901234567890123456789012345678901234567890"

static const struct {
    const char *arn, *name, *external_id, *source, *tag_key;
    unsigned seconds;
    const char *says;
} checks[] = {
    { "arn:aws:iam::111122223333:role/A", "odbc", NULL, NULL, NULL, 0, NULL },
    { "arn:aws-us-gov:iam::111122223333:role/path/to/A", "odbc", "id:/@=,.+-", "me", "Cost Center",
      900, NULL },
    { "arn:aws:iam::111122223333:user/A", "odbc", NULL, NULL, NULL, 0, "ARN of a role" },
    { "arn:aws:iam::111122223333:role/*", "odbc", NULL, NULL, NULL, 0, "ARN of a role" },
    { "arn:aws:iam::111122223333:role/A?", "odbc", NULL, NULL, NULL, 0, "ARN of a role" },
    { "arn:aws:iam::111122223333:role/A", "o", NULL, NULL, NULL, 0, "RoleSessionName" },
    { "arn:aws:iam::111122223333:role/A", A50 A50, NULL, NULL, NULL, 0, "RoleSessionName" },
    { "arn:aws:iam::111122223333:role/A", "o dbc", NULL, NULL, NULL, 0, "RoleSessionName" },
    { "arn:aws:iam::111122223333:role/A", "odbc", "1", NULL, NULL, 0, "ExternalId must be 2-1224" },
    { "arn:aws:iam::111122223333:role/A", "odbc", "a b", NULL, NULL, 0, "ExternalId" },
    { "arn:aws:iam::111122223333:role/A", "odbc", NULL, "aws:x", NULL, 0, "SourceIdentity" },
    { "arn:aws:iam::111122223333:role/A", "odbc", NULL, NULL, "bad*key", 0, "SessionTags" },
    { "arn:aws:iam::111122223333:role/A", "odbc", NULL, NULL, NULL, 899,
      "DurationSeconds must be" },
    { "arn:aws:iam::111122223333:role/A", "odbc", NULL, NULL, NULL, 43201,
      "DurationSeconds must be" },
};

static void limits_are_checked_before_anything_is_sent(void)
{
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        struct sts_role role = { .role_arn = span_of(checks[i].arn),
                                 .session_name = span_of(checks[i].name),
                                 .external_id = span_of(checks[i].external_id),
                                 .source_identity = span_of(checks[i].source),
                                 .duration_seconds = checks[i].seconds };
        struct fault f = { 0 };
        if (checks[i].tag_key != NULL) {
            role.tags[role.n_tags++] = (struct sts_tag){ span_of(checks[i].tag_key), SPAN("v") };
        }
        bool ok = sts_role_check(&role, &f);
        bool fits = checks[i].says == NULL
                        ? ok
                        : !ok && f.kind == FAULT_SETTING && strstr(f.text, checks[i].says) != NULL;
        if (!fits) {
            printf("    row %zu: %s\n", i, f.text);
        }
        CU_ASSERT(fits);
        CU_ASSERT(checks[i].external_id == NULL || strlen(checks[i].external_id) < 3 ||
                  strstr(f.text, checks[i].external_id) == NULL);
    }
}

static void tag_keys_differ_in_more_than_case(void)
{
    struct sts_role role = { .role_arn = SPAN("arn:aws:iam::111122223333:role/A"),
                             .session_name = SPAN("odbc"),
                             .n_tags = 2,
                             .tags = { { SPAN("Team"), SPAN("a") }, { SPAN("team"), SPAN("b") } } };
    struct fault f;

    CU_ASSERT_FALSE(sts_role_check(&role, &f));
    CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "twice"));
}

static void session_names_are_made_fit(void)
{
    static const struct {
        const char *given, *want;
    } names[] = {
        { "odbc-me", "odbc-me" },
        { "a b/c", "a-b-c" },
        { "x", "x-" },
        { "", "--" },
        { "j\xc3\xb6rg", "j-rg" },
        { A50 A50, "1234567890123456789012345678901234567890123456789012345678901234" },
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char to[72];
        sts_session_name(span_of(names[i].given), to, sizeof(to));
        CU_ASSERT_STRING_EQUAL(to, names[i].want);
        CU_ASSERT(sts_is_session_name(span_of(to)));
    }
}

#define ANSWER(until) \
    "<AssumeRoleResponse><AssumeRoleResult><AssumedRoleUser><Arn>arn:aws:sts::222233334444:" \
    "assumed-role/B/odbc</Arn></AssumedRoleUser>" \
    "<Credentials><AccessKeyId>ASIAB</AccessKeyId><SecretAccessKey>s</" \
    "SecretAccessKey><SessionToken>t</SessionToken><Expiration>" until \
    "</Expiration></Credentials></AssumeRoleResult><ResponseMetadata><RequestId>1</RequestId></" \
    "ResponseMetadata></AssumeRoleResponse>"

static const struct {

    const char *body;

    int64_t expires;

} answers[] = {
    /* The server says 10:00:00, we stand at 12:00:00: an hour left there is an hour left here. */
    { ANSWER("2026-11-23T11:00:00Z"), 3600 },
    { ANSWER("2026-11-23T11:00:00.250Z"), 3600 },
    { "{\"AssumeRoleResponse\":{\"AssumeRoleResult\":{\"AssumedRoleUser\":{\"Arn\":\"arn:aws:sts::"
      "222233334444:assumed-role/B/odbc\"},\"Credentials\":"
      "{\"AccessKeyId\":\"ASIAB\",\"SecretAccessKey\":\"s\",\"SessionToken\":\"t\",\"Expiration\":"
      "1.7954316E9}}}}",
      3600 },
};

static void an_expiry_is_turned_into_local_time(void)
{
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        struct fake_clock hand = fake_clock_at(1795435200000); /* 2026-11-23 12:00 */
        struct fake_step step = { 200, answers[i].body, "date: Mon, 23 Nov 2026 10:00:00 GMT" };
        struct fake_http http;
        struct aws_client *c = NULL;
        struct creds out = { 0 };
        struct fault f = { 0 };
        fake_init(&http, &step, 1);
        http.clock = &hand;
        struct aws_client_settings settings = { .service = AWS_STS,
                                                .region = SPAN("eu-west-1"),
                                                .transport = &http.base,
                                                .clock = &hand.base };
        struct sts_role role = { .role_arn = SPAN("arn:aws:iam::222233334444:role/B"),
                                 .session_name = SPAN("odbc") };
        CU_ASSERT_FATAL(aws_client_new(&settings, &c, &f));
        bool ok = sts_assume_role(c, &hand.base, &role, &(struct aws_bounds){ 0 }, &out, &f);
        bool fits = ok && (out.expires_wall_ms - hand.wall_ms) / 1000 == answers[i].expires &&
                    strcmp(out.account, "222233334444") == 0;
        if (!fits) {
            printf("    row %zu: %s, %lld s left\n", i, f.text,
                   (long long)(out.expires_wall_ms - hand.wall_ms) / 1000);
        }
        CU_ASSERT(fits);
        aws_client_free(c);
        fake_done(&http);
    }
}

static const struct unit_test tests[] = {
    { "limits are checked before anything is sent", limits_are_checked_before_anything_is_sent },
    { "tag keys differ in more than case", tag_keys_differ_in_more_than_case },
    { "session names are made fit", session_names_are_made_fit },
    { "an expiry is turned into local time", an_expiry_is_turned_into_local_time },
};

UNIT_MAIN("aws/sts", tests)
