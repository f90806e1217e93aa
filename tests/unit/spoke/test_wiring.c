/* From settings to regions, endpoints and permissions, before anything is sent. */
#include "unit/spoke/fake_settings.h"

#include <unistd.h>

#include "spoke/session.h"

static struct fault f;
static struct notices notices;
static char root[64];

static const char *some_env(const struct creds_world *w, const char *name)
{
    (void)w;
    if (strcmp(name, "HOME") == 0) {
        return "/home";
    }
    return strcmp(name, "AWS_ENDPOINT_URL_GLUE") == 0 ? "https://glue.example" : NULL;
}

static void make_root(const char *config)
{
    char path[200];

    strncpy(root, "/tmp/test-wiring-XXXXXX", sizeof(root) - 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(root));
    snprintf(path, sizeof(path), "mkdir -p %s/home/.aws", root);
    CU_ASSERT_EQUAL(system(path), 0);
    snprintf(path, sizeof(path), "%s/home/.aws/config", root);
    FILE *file = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(config, file);
    fclose(file);
}

static void remove_root(void)
{
    char command[200];

    snprintf(command, sizeof(command), "rm -rf %s", root);
    CU_ASSERT_EQUAL(system(command), 0);
}

static bool wire(const struct setting_row *rows, size_t n, struct settings *s, struct wiring *w)
{
    static struct http nothing;
    static struct spoke_parts parts;

    parts = (struct spoke_parts){ .transport = &nothing, .env = some_env, .root = root };
    memset(&f, 0, sizeof(f));
    memset(&notices, 0, sizeof(notices));
    fake_settings(s, rows, n);
    return wiring_make(s, &parts, &notices, w, &f);
}

static void regions_come_from_the_base_for_hop_one_and_from_the_connection_for_hop_two(void)
{
    static struct settings s;
    static struct wiring w;
    static const struct setting_row rows[] = { { SETTING_AWS_PROFILE, "bi" },
                                               { SETTING_AWS_REGION, "eu-central-1" } };
    static const struct setting_row set[] = { { SETTING_AWS_PROFILE, "bi" },
                                              { SETTING_AWS_REGION, "eu-central-1" },
                                              { SETTING_STS_REGION, "us-east-2" },
                                              { SETTING_CONSUMER_STS_REGION, "us-west-2" } };
    static const struct setting_row given[] = { { SETTING_UID, "AK" },
                                                { SETTING_AWS_REGION, "eu-central-1" } };

    make_root("[profile bi]\nregion = eu-west-3\n");
    CU_ASSERT(wire(rows, 2, &s, &w));
    CU_ASSERT_STRING_EQUAL(w.region, "eu-central-1");
    CU_ASSERT_STRING_EQUAL(w.run_as_region, "eu-west-3");
    CU_ASSERT_STRING_EQUAL(w.consumer_region, "eu-central-1");
    SPAN_IS(w.auth, "IAM Profile");
    CU_ASSERT_STRING_EQUAL(w.endpoint[AWS_GLUE], "https://glue.example");
    wiring_done(&w);
    CU_ASSERT(wire(set, 4, &s, &w));
    CU_ASSERT_STRING_EQUAL(w.run_as_region, "us-east-2");
    CU_ASSERT_STRING_EQUAL(w.consumer_region, "us-west-2");
    wiring_done(&w);
    CU_ASSERT(wire(given, 2, &s, &w));
    CU_ASSERT_STRING_EQUAL(w.run_as_region, "eu-central-1");
    SPAN_IS(w.auth, "IAM Credentials");
    wiring_done(&w);
    CU_ASSERT(wire(rows, 1, &s, &w));
    CU_ASSERT_STRING_EQUAL(w.region, "eu-west-3");
    wiring_done(&w);
    remove_root();
}

static void no_region_anywhere_is_refused(void)
{
    static struct settings s;
    static struct wiring w;

    make_root("");
    CU_ASSERT_FALSE(wire(NULL, 0, &s, &w));
    CU_ASSERT_EQUAL(f.kind, FAULT_SETTING);
    CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "AwsRegion"));
    wiring_done(&w);
    remove_root();
}

static void a_broken_file_matters_only_to_those_who_need_it(void)
{
    static struct settings s;
    static struct wiring w;
    static const struct setting_row given[] = { { SETTING_UID, "AK" },
                                                { SETTING_AWS_REGION, "eu-central-1" } };
    static const struct setting_row profile[] = { { SETTING_AWS_PROFILE, "bi" },
                                                  { SETTING_AWS_REGION, "eu-central-1" } };

    make_root("nonsense\n");
    CU_ASSERT(wire(given, 2, &s, &w));
    CU_ASSERT_EQUAL(notices.n, 1);
    wiring_done(&w);
    CU_ASSERT_FALSE(wire(profile, 2, &s, &w));
    CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "/home/.aws/config, line 1"));
    wiring_done(&w);
    remove_root();
}

static void who_chose_the_profile_decides_about_its_process(void)
{
    static const struct {
        enum setting_origin origin;
        const char *allowed;
        bool may;
    } rows[] = {
        { ORIGIN_SYSTEM_DSN, NULL, true }, { ORIGIN_USER_DSN, NULL, true },
        { ORIGIN_STRING, NULL, false },    { ORIGIN_CALL, NULL, false },
        { ORIGIN_STRING, "1", true },
    };
    static struct settings s;
    static struct wiring w;
    static struct spoke_parts parts;
    static struct http nothing;

    make_root("[profile bi]\nregion=eu-west-3\n");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fake_settings(&s, (struct setting_row[]){ { SETTING_AWS_PROFILE, "bi" } }, 1);
        s.at[SETTING_AWS_PROFILE].origin = rows[i].origin;
        s.at[SETTING_ALLOW_CREDENTIAL_PROCESS].text = span_of(rows[i].allowed);
        parts = (struct spoke_parts){ .transport = &nothing, .env = some_env, .root = root };
        CU_ASSERT(wiring_make(&s, &parts, NULL, &w, &f));
        CU_ASSERT_EQUAL(w.world.may_run_process, rows[i].may);
        wiring_done(&w);
    }
    remove_root();
}

static void a_file_with_other_keys_is_another_chain(void)
{
    static struct settings s;
    static struct wiring w;
    unsigned char one[SHA256_BYTES], two[SHA256_BYTES], three[SHA256_BYTES];
    static const struct setting_row rows[] = { { SETTING_AWS_PROFILE, "bi" },
                                               { SETTING_AWS_REGION, "eu-west-1" } };
    char path[200];

    make_root("[profile bi]\naws_access_key_id=a\naws_secret_access_key=b\n");
    CU_ASSERT(wire(rows, 2, &s, &w) && wiring_key(&w, one, &f));
    wiring_done(&w);
    CU_ASSERT(wire(rows, 2, &s, &w) && wiring_key(&w, two, &f));
    wiring_done(&w);
    CU_ASSERT_EQUAL(memcmp(one, two, sizeof(one)), 0);
    snprintf(path, sizeof(path), "echo 'aws_session_token=c' >> %s/home/.aws/config", root);
    CU_ASSERT_EQUAL(system(path), 0);
    CU_ASSERT(wire(rows, 2, &s, &w) && wiring_key(&w, three, &f));
    wiring_done(&w);
    CU_ASSERT_NOT_EQUAL(memcmp(one, three, sizeof(one)), 0);
    remove_root();
}

static void two_hundred_applications_share_one_transport(void)
{
    static const struct spoke_parts real = { .env = some_env, .root = root };
    static struct settings s;
    static struct wiring w;
    struct http *first = NULL;
    char name[32], agent[80];

    make_root("");
    for (unsigned i = 0; i < 200; i++) {
        snprintf(name, sizeof(name), "Report-%u", i);
        snprintf(agent, sizeof(agent), "athena-odbc/" ATHENA_VERSION " app/Report-%u", i);
        fake_settings(&s, (struct setting_row[]){ { SETTING_AWS_REGION, "eu-west-1" },
                                                  { SETTING_APPLICATION_NAME, name } }, 2);
        CU_ASSERT_FATAL(wiring_make(&s, &real, NULL, &w, &f));
        CU_ASSERT_STRING_EQUAL(w.world.user_agent, agent);
        first = first == NULL ? w.world.transport : first;
        CU_ASSERT_PTR_EQUAL(w.world.transport, first);
        wiring_done(&w);
    }
    process_wipe();
    remove_root();
}

static void templates_are_filled_in(void)
{
    static struct settings s;
    char to[300], name[72];

    fake_settings(&s, (struct setting_row[]){ { SETTING_APPLICATION_NAME, "Tool" } }, 1);
    memcpy(s.dsn, "sales", 6);
    session_expand(&s, SPAN("{app}/{dsn}/{nobody}/{"), to, sizeof(to));
    CU_ASSERT_STRING_EQUAL(to, "Tool/sales/{nobody}/{");
    session_expand(&s, SPAN("{user}"), to, sizeof(to));
    CU_ASSERT(strlen(to) > 0 && strchr(to, '{') == NULL);
    session_name(
        &s,
        SPAN("{app} {app} {app} {app} {app} {app} {app} {app} {app} {app} {app} {app} {app} {app}"),
        name);
    CU_ASSERT_EQUAL(strlen(name), 64);
}

static const struct unit_test tests[] = {
    { "regions come from the base for hop one and from the connection for hop two",
      regions_come_from_the_base_for_hop_one_and_from_the_connection_for_hop_two },
    { "no region anywhere is refused", no_region_anywhere_is_refused },
    { "a broken file matters only to those who need it",
      a_broken_file_matters_only_to_those_who_need_it },
    { "who chose the profile decides about its process",
      who_chose_the_profile_decides_about_its_process },
    { "a file with other keys is another chain", a_file_with_other_keys_is_another_chain },
    { "two hundred applications share one transport",
      two_hundred_applications_share_one_transport },
    { "templates are filled in", templates_are_filled_in },
};

UNIT_MAIN("spoke/wiring", tests)
