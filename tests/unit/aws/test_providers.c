/* Every place that base credentials can come from, on a made-up machine. The common vectors hold
   whole exchanges; here is what they leave out: refusals, renewals, secrets that stay where they
   are. */
#include "unit/fake_http.h"
#include "unit/unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "aws/providers.h"

struct variable {
    const char *name, *value;
};

/* A machine: variables, a directory of files, a scripted network, a clock. */
struct machine {
    struct variable env[8];
    char root[64];
    struct fake_clock hand;
    struct fake_http http;
    struct creds_world w;
};

static const char *env_of(const struct creds_world *w, const char *name)
{
    const struct machine *m = w->context;

    for (size_t i = 0; i < 8 && m->env[i].name != NULL; i++) {
        if (strcmp(m->env[i].name, name) == 0) {
            return m->env[i].value;
        }
    }
    return NULL;
}

static void begin(struct machine *m, const struct fake_step *steps, size_t n)
{
    struct variable env[8];

    memcpy(env, m->env, sizeof(env));
    memset(m, 0, sizeof(*m));
    memcpy(m->env, env, sizeof(env));
    strncpy(m->root, "/tmp/test-providers-XXXXXX", sizeof(m->root) - 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(m->root));
    m->hand = fake_clock_at(1795435200000); /* 2026-11-23 12:00 */
    fake_init(&m->http, steps, n);
    m->w = (struct creds_world){ .env = env_of,
                                 .context = m,
                                 .root = m->root,
                                 .transport = &m->http.base,
                                 .clock = &m->hand.base,
                                 .may_run_process = true,
                                 .attempts_max = 2,
                                 .session_name = "tester" };
}

static void put_file(const struct machine *m, const char *path, const char *text)
{
    char whole[512];

    snprintf(whole, sizeof(whole), "%s%s", m->root, path);
    for (char *slash = strchr(whole + strlen(m->root) + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(whole, 0700);
        *slash = '/';
    }
    FILE *file = fopen(whole, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

static void read_file(const struct machine *m, const char *path, char *to, size_t room)
{
    struct buf text = { 0 };

    to[0] = 0;
    if (world_read(&m->w, path, &text, NULL) == WORLD_FILE_READ) {
        span_to_c(buf_span(&text), to, room);
    }
    buf_free(&text);
}

static void end(struct machine *m)
{
    char command[256];

    fake_done(&m->http);
    snprintf(command, sizeof(command), "rm -rf %s", m->root);
    CU_ASSERT_EQUAL(system(command), 0);
    memset(m->env, 0, sizeof(m->env));
}

static struct machine m;
static struct creds got;
static struct fault f;
static const struct creds_request q = { 0 };

static bool by_default(void)
{
    memset(&f, 0, sizeof(f));
    return provide_default(&m.w, &q, &got, &f);
}

static bool by_profile(const char *name)
{
    memset(&f, 0, sizeof(f));
    return provide_profile(&m.w, &q, span_of(name), false, &got, &f);
}

static void nothing_set_up_says_where_was_looked(void)
{
    static const struct fake_step steps[] = { { 0, NULL, "connect" }, { 0, NULL, "connect" } };
    begin(&m, steps, 2);
    CU_ASSERT_FALSE(by_default());
    CU_ASSERT(creds_is_not_configured(&f));
    CU_ASSERT_EQUAL(f.n_notes, 5);
    CU_ASSERT_PTR_NOT_NULL(strstr(f.notes[4], "instance:"));
    end(&m);
}

static void a_wrong_set_up_ends_the_search(void)
{
    m.env[0] = (struct variable){ "AWS_WEB_IDENTITY_TOKEN_FILE", "/token" };
    begin(&m, NULL, 0);
    CU_ASSERT_FALSE(by_default());
    CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "AWS_ROLE_ARN is not"));
    CU_ASSERT_EQUAL(m.http.n_seen, 0);
    end(&m);
    m.env[0] = (struct variable){ "AWS_PROFILE", "nobody" };
    begin(&m, NULL, 0);
    CU_ASSERT_FALSE(by_default());
    CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "There is no profile \"nobody\""));
    end(&m);
}

static void a_process_prints_credentials(void)
{
    static const struct {
        const char *command, *says;
    } rows[] = {
        { "echo "
          "'{\"Version\":1,\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"SK\",\"Expiration\":\"2026-"
          "11-23T13:00:00Z\"}'",
          NULL },
        { "echo '{\"Version\":2,\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"SK\"}'",
          "Version is not 1" },
        { "echo nonsense", "printed no JSON" },
        { "echo broken >&2; exit 3", "ended with code 3: broken" },
        { "echo '{\"Version\":1,\"AccessKeyId\":\"AK\"}'", "gave no secret access key" },
        { "cat", "printed no JSON" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[512];
        m.env[0] = (struct variable){ "HOME", "/home" };
        begin(&m, NULL, 0);
        snprintf(text, sizeof(text), "[profile p]\ncredential_process = %s\n", rows[i].command);
        put_file(&m, "/home/.aws/config", text);
        bool ok = by_profile("p");
        bool fits = rows[i].says == NULL ? ok && strcmp(got.access_key_id, "AK") == 0 &&
                                               got.expires_wall_ms == m.hand.wall_ms + 3600000
                                         : !ok && strstr(f.text, rows[i].says) != NULL;
        if (!fits) {
            printf("    row %zu: %s\n", i, f.text);
        }
        CU_ASSERT(fits);
        CU_ASSERT_PTR_NULL(strstr(f.text, "echo"));
        end(&m);
    }
}

static void a_process_is_not_started_for_a_profile_that_a_connection_string_chose(void)
{
    m.env[0] = (struct variable){ "HOME", "/home" };
    begin(&m, NULL, 0);
    m.w.may_run_process = false;
    unlink("/tmp/test-providers-was-run");
    put_file(&m, "/home/.aws/config",
             "[profile p]\ncredential_process = touch /tmp/test-providers-was-run\n");
    CU_ASSERT_FALSE(by_profile("p"));
    CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "no program is started"));
    CU_ASSERT_NOT_EQUAL(access("/tmp/test-providers-was-run", F_OK), 0);
    end(&m);
}

static void a_process_that_does_not_end_is_ended_with_its_children(void)
{
    struct wake cancel;
    struct creds_request bounded = { .deadline_steady_ms =
                                         clock_system()->steady_ms(clock_system()) + 200 };
    m.env[0] = (struct variable){ "HOME", "/home" };
    begin(&m, NULL, 0);
    m.w.clock = clock_system();
    wake_init(&cancel);
    put_file(&m, "/home/.aws/config", "[profile p]\ncredential_process = sleep 30 | cat\n");
    int64_t began = clock_system()->steady_ms(clock_system());
    CU_ASSERT_FALSE(provide_profile(&m.w, &bounded, SPAN("p"), false, &got, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_TIMEOUT);
    CU_ASSERT(clock_system()->steady_ms(clock_system()) - began < 3000);
    wake_done(&cancel);
    end(&m);
}

#define PRINT_KEYS \
    "echo '{\"Version\":1,\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"SK\"}'"

static void what_a_process_leaves_behind_is_not_waited_for(void)
{
    static const struct {
        const char *command;
        bool is_good;
    } rows[] = {
        { PRINT_KEYS "; exec >&- 2>&-; sleep 30", false }, /* the pipes are closed, it lives */
        { "sleep 8 >/dev/null & " PRINT_KEYS, true },      /* stderr stays open */
        { "sleep 8 & " PRINT_KEYS, true },                 /* both stay open */
        { "(sleep 1; " PRINT_KEYS ") & exit 0", true },    /* it prints later */
        { "sleep 8 >/dev/null & echo none; exit 3", false },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct creds_request bounded = { .deadline_steady_ms =
                                             clock_system()->steady_ms(clock_system()) + 2500 };
        char text[512];
        m.env[0] = (struct variable){ "HOME", "/home" };
        begin(&m, NULL, 0);
        m.w.clock = clock_system();
        snprintf(text, sizeof(text), "[profile p]\ncredential_process = %s\n", rows[i].command);
        put_file(&m, "/home/.aws/config", text);
        int64_t began = clock_system()->steady_ms(clock_system());
        bool ok = provide_profile(&m.w, &bounded, SPAN("p"), false, &got, &f);
        CU_ASSERT_EQUAL(ok, rows[i].is_good);
        CU_ASSERT(clock_system()->steady_ms(clock_system()) - began < 5000);
        if (ok != rows[i].is_good) {
            printf("    row %zu: %s\n", i, f.text);
        }
        end(&m);
    }
}

static void a_container_is_asked_with_its_token_and_only_where_it_may_be(void)
{
    static const struct { const char *url, *token, *says; } rows[] = {
        { "http://127.0.0.1:1/c?a=b", "tok\n", NULL },
        { "https://any.example/c", "tok", NULL },
        { "http://any.example/c", "tok", "plain http" },
        { "http://127.0.0.1.any.example/c", "tok", "plain http" },
        { "ftp://127.0.0.1/c", "tok", "whole URL" },
        { "http://127.0.0.1:1/c", "tok\nx", "more than one line" },
    };
    static const struct fake_step steps[] = {
        { 200,
          "{\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"SK\",\"Token\":\"T\",\"Expiration\":"
          "\"2026-11-23T13:00:00Z\"}",
          NULL, "authorization: tok\n" }
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        m.env[0] = (struct variable){ "AWS_CONTAINER_CREDENTIALS_FULL_URI", rows[i].url };
        m.env[1] = (struct variable){ "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/token" };
        begin(&m, steps, 1);
        put_file(&m, "/token", rows[i].token);
        memset(&f, 0, sizeof(f));
        bool ok = provide_container(&m.w, &q, &got, &f);
        bool fits = rows[i].says == NULL
                        ? ok && m.http.n_unexpected == 0 && strcmp(got.session_token, "T") == 0
                        : !ok && m.http.n_seen == 0 && strstr(f.text, rows[i].says) != NULL;
        if (!fits) {
            printf("    row %zu: %s\n", i, f.text);
        }
        CU_ASSERT(fits);
        end(&m);
    }
}

#define INSTANCE_CREDS(until) \
    "{\"Code\":\"Success\",\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"SK\",\"Token\":\"T\"," \
    "\"Expiration\":\"" until "\"}"

static void an_instance_is_asked_by_version_two_alone(void)
{
    static const struct {
        struct fake_step steps[7];
        unsigned n;
        const char *says;
        unsigned n_sent;
    } rows[] = {
        { { { 200, "tok", NULL, "PUT http://127.0.0.1:1/latest/api/token" },
            { 200, "role", NULL, "x-aws-ec2-metadata-token: tok" },
            { 200, INSTANCE_CREDS("2026-11-23T13:00:00Z") } },
          3,
          NULL,
          3 },
        { { { 403 } }, 1, "switched off", 1 },
        { { { 404 } }, 1, "answered 404", 1 },
        { { { 200, "tok" }, { 404 } }, 2, "No role is attached", 2 },
        { { { 200, "tok" },
            { 200, "role" },
            { 401 },
            { 200, "new" },
            { 200, INSTANCE_CREDS("2026-11-23T13:00:00Z"), NULL,
              "x-aws-ec2-metadata-token: new" } },
          5,
          NULL,
          5 },
        { { { 200, "tok" },
            { 200, "role" },
            { 200, "{\"Code\":\"AssumeRoleUnauthorizedAccess\",\"Message\":\"no\"}" } },
          3,
          "AssumeRoleUnauthorizedAccess",
          3 },
        { { { 500 },
            { 200, "tok" },
            { 200, NULL },
            { 200, "role" },
            { 200, INSTANCE_CREDS("2026-11-23T13:00:00Z") } },
          5,
          NULL,
          5 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        m.env[0] = (struct variable){ "AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1/" };
        begin(&m, rows[i].steps, rows[i].n);
        memset(&f, 0, sizeof(f));
        bool ok = provide_instance(&m.w, &q, NULL, false, &got, &f);
        bool fits = (rows[i].says == NULL ? ok && strcmp(got.access_key_id, "AK") == 0
                                          : !ok && strstr(f.text, rows[i].says) != NULL) &&
                    m.http.n_seen == rows[i].n_sent && m.http.n_unexpected == 0;
        if (!fits) {
            printf("    row %zu: %s, %u requests\n", i, f.text, m.http.n_seen);
        }
        CU_ASSERT(fits);
        end(&m);
    }
}

static void an_instance_in_an_outage_goes_on_with_what_it_has(void)
{
    static const struct fake_step steps[] = { { 200, "tok" },
                                              { 200, "role" },
                                              { 200, INSTANCE_CREDS("2026-11-23T11:00:00Z") } };
    m.env[0] = (struct variable){ "AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1" };
    begin(&m, steps, 3);
    CU_ASSERT(provide_instance(&m.w, &q, NULL, false, &got, &f));
    int64_t left = got.expires_wall_ms - m.hand.wall_ms;
    CU_ASSERT(left >= 17 * 60000 && left <= 25 * 60000);
    end(&m);
}

#define SSO_CONFIG \
    "[profile p]\nsso_session = dev\nsso_account_id = 111122223333\nsso_role_name = " \
    "R\n[sso-session dev]\nsso_region = us-east-1\nsso_start_url = https://x\n"
/* SHA-1 of "dev" */
#define SSO_FILE "/home/.aws/sso/cache/34c6fceca75e456f25e7e99531e2425c6c1de443.json"

static void a_sign_in_token_is_renewed_and_kept_with_what_we_do_not_know(void)
{
    static const struct fake_step steps[] = {
        { 200,
          "{\"accessToken\":\"new-token\",\"expiresIn\":3600,\"refreshToken\":\"new-refresh\"}",
          NULL, "https://oidc.us-east-1.amazonaws.com/token" },
        { 200,
          "{\"roleCredentials\":{\"accessKeyId\":\"AK\",\"secretAccessKey\":\"SK\","
          "\"sessionToken\":\"T\",\"expiration\":1795438800000}}",
          NULL, "x-amz-sso_bearer_token: new-token" },
    };
    char text[2048];
    m.env[0] = (struct variable){ "HOME", "/home" };
    begin(&m, steps, 2);
    put_file(&m, "/home/.aws/config", SSO_CONFIG);
    put_file(&m, SSO_FILE,
             "{\"accessToken\":\"old\",\"expiresAt\":\"2026-11-23T12:01:00Z\",\"refreshToken\":"
             "\"r\",\"clientId\":\"c\",\"clientSecret\":\"s\","
             "\"registrationExpiresAt\":\"2027-01-01T00:00:00Z\",\"unknown\":{\"keep\":[1,2]}}");
    CU_ASSERT(by_profile("p"));
    CU_ASSERT_EQUAL(m.http.n_unexpected, 0);
    CU_ASSERT_EQUAL(got.expires_wall_ms, 1795438800000);
    CU_ASSERT_STRING_EQUAL(got.account, "111122223333");
    read_file(&m, SSO_FILE, text, sizeof(text));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"accessToken\":\"new-token\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"refreshToken\":\"new-refresh\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"expiresAt\":\"2026-11-23T13:00:00Z\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"keep\":[1,2]"));
    CU_ASSERT_PTR_NULL(strstr(text, "\"old\""));
    struct stat st;
    char whole[512];
    snprintf(whole, sizeof(whole), "%s" SSO_FILE, m.root);
    CU_ASSERT_EQUAL(stat(whole, &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
    end(&m);
}

static void an_ended_sign_in_says_what_to_run(void)
{
    static const struct {
        const char *file;
        struct fake_step steps[1];
        const char *says;
    } rows[] = {
        { NULL, { { 599 } }, "Run `aws sso login`" },
        { "{\"accessToken\":\"secret-token\",\"expiresAt\":\"2026-11-23T11:00:00Z\"}",
          { { 599 } },
          "sign-in ended at 2026-11-23T11:00:00Z" },
        { "{\"accessToken\":\"secret-token\",\"expiresAt\":\"2026-11-23T14:00:00Z\"}",
          { { 401, "{\"message\":\"x\"}", "x-amzn-ErrorType: UnauthorizedException" } },
          "refuses the sign-in token" },
        { "nonsense", { { 599 } }, "is no JSON" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        m.env[0] = (struct variable){ "HOME", "/home" };
        begin(&m, rows[i].steps, 1);
        put_file(&m, "/home/.aws/config", SSO_CONFIG);
        if (rows[i].file != NULL) {
            put_file(&m, SSO_FILE, rows[i].file);
        }
        CU_ASSERT_FALSE(by_profile("p"));
        if (strstr(f.text, rows[i].says) == NULL) {
            printf("    row %zu: %s\n", i, f.text);
        }
        CU_ASSERT_PTR_NOT_NULL(strstr(f.text, rows[i].says));
        CU_ASSERT_PTR_NULL(strstr(f.text, "secret-token"));
        end(&m);
    }
}

static void roles_of_a_profile_follow_each_other(void)
{
#define ROLE(n) \
    "<R><AssumeRoleResult><AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/" n \
    "/s</Arn></AssumedRoleUser><Credentials><AccessKeyId>K" n \
    "</AccessKeyId><SecretAccessKey>S</SecretAccessKey><SessionToken>T</" \
    "SessionToken><Expiration>2026-11-23T13:00:00Z</Expiration></Credentials></" \
    "AssumeRoleResult></R>"
    static const struct fake_step steps[] = { { 200, ROLE("1"), NULL, "Credential=BASE/" },
                                              { 200, ROLE("2"), NULL, "Credential=K1/" } };
    m.env[0] = (struct variable){ "HOME", "/home" };
    begin(&m, steps, 2);
    put_file(&m, "/home/.aws/config",
             "[profile "
             "p]\nregion=eu-west-1\nrole_arn=arn:aws:iam::111122223333:role/"
             "two\nsource_profile=q\nduration_seconds=7200\n"
             "[profile "
             "q]\nrole_arn=arn:aws:iam::111122223333:role/"
             "one\nsource_profile=base\nexternal_id=outside\n");
    put_file(&m, "/home/.aws/credentials",
             "[base]\naws_access_key_id=BASE\naws_secret_access_key=S\n");
    CU_ASSERT(by_profile("p"));
    CU_ASSERT_EQUAL(m.http.n_unexpected, 0);
    CU_ASSERT_STRING_EQUAL(got.access_key_id, "K2");
    CU_ASSERT_PTR_NOT_NULL(strstr(fake_seen(&m.http, 0), "ExternalId=outside"));
    CU_ASSERT_PTR_NOT_NULL(strstr(fake_seen(&m.http, 0), "RoleSessionName=tester"));
    /* a chained session has an hour at most */
    CU_ASSERT_PTR_NOT_NULL(strstr(fake_seen(&m.http, 1), "DurationSeconds=3600"));
    end(&m);
}

static const struct unit_test tests[] = {
    { "nothing set up says where was looked", nothing_set_up_says_where_was_looked },
    { "a wrong set-up ends the search", a_wrong_set_up_ends_the_search },
    { "a process prints credentials", a_process_prints_credentials },
    { "a process is not started for a profile that a connection string chose",
      a_process_is_not_started_for_a_profile_that_a_connection_string_chose },
    { "a process that does not end is ended with its children",
      a_process_that_does_not_end_is_ended_with_its_children },
    { "what a process leaves behind is not waited for",
      what_a_process_leaves_behind_is_not_waited_for },
    { "a container is asked with its token, and only where it may be",
      a_container_is_asked_with_its_token_and_only_where_it_may_be },
    { "an instance is asked by version two alone", an_instance_is_asked_by_version_two_alone },
    { "an instance in an outage goes on with what it has",
      an_instance_in_an_outage_goes_on_with_what_it_has },
    { "a sign-in token is renewed and kept with what we do not know",
      a_sign_in_token_is_renewed_and_kept_with_what_we_do_not_know },
    { "an ended sign-in says what to run", an_ended_sign_in_says_what_to_run },
    { "roles of a profile follow each other", roles_of_a_profile_follow_each_other },
};

UNIT_MAIN("aws/providers", tests)
