/* The grammar of the configuration files, where they are, and which custom endpoint wins. */
#include "runner.h"

#include <stdio.h>
#include <string.h>

#include "aws/configured.h"
#include "aws/endpoint.h"
#include "aws/profile.h"
#include "machine.h"

/* Counts the properties of a section and compares each with the expected object. */
struct comparing {
    const struct json *want;
    unsigned n, n_different;
};

static void compare_property(struct span name, struct span value, void *context)
{
    struct comparing *c = context;
    char key[256];

    span_to_c(name, key, sizeof(key));
    c->n++;
    if (!span_equal(json_text_of(c->want, key), value)) {
        c->n_different++;
    }
}

static bool count_member(struct span name, const struct json *value, void *context)
{
    (void)name;
    (void)value;
    ++*(unsigned *)context;
    return true;
}

static unsigned n_members(const struct json *object)
{
    unsigned n = 0;

    json_each(object, count_member, &n);
    return n;
}

static unsigned n_sections(const struct profile_set *set, enum profile_kind kind)
{
    unsigned n = 0;

    for (const struct profile_section *s = set->sections; s != NULL; s = s->next) {
        n += s->kind == kind;
    }
    return n;
}

static bool sections_equal(const struct profile_set *set, enum profile_kind kind,
                           const struct json *want)
{
    unsigned n_equal = 0;

    for (const struct profile_section *s = set->sections; s != NULL; s = s->next) {
        char name[256];
        span_to_c(s->name, name, sizeof(name));
        struct comparing c = { .want = json_member(want, name) };
        if (s->kind == kind && json_is_object(c.want)) {
            profile_each(s, compare_property, &c);
            n_equal += c.n_different == 0 && c.n == n_members(c.want);
        }
    }
    return n_equal == n_members(want) && n_equal == n_sections(set, kind);
}

static void grammar_case(const struct json *t)
{
    struct profile_set set = { 0 };
    struct fault f = { 0 };
    struct json *in = json_member(t, "input"), *out = json_member(t, "output"),
                *want = json_member(out, "config");
    struct span config = json_text_of(in, "configFile"),
                credentials = json_text_of(in, "credentialsFile");
    bool ok = (span_is_null(config) || profile_parse(&set, PROFILE_CONFIG, "config", config, &f)) &&
              (span_is_null(credentials) ||
               profile_parse(&set, PROFILE_CREDENTIALS, "credentials", credentials, &f));

    if (want == NULL) {
        runner_case(json_text_of(t, "name"),
                    !ok && !span_is_null(json_text_of(out, "errorContaining")), "was accepted");
    } else {
        bool equal = ok && sections_equal(&set, PROFILE_NAMED, json_member(want, "profiles")) &&
                     (json_member(want, "sso_sessions") == NULL ||
                      sections_equal(&set, PROFILE_SSO_SESSION, json_member(want, "sso_sessions")));
        runner_case(json_text_of(t, "name"), equal, ok ? "other profiles came out" : f.text);
    }
    profile_set_free(&set);
}

static void location_case(const struct json *t)
{
    struct machine m = { .env = json_member(t, "environment") };
    struct creds_world w = { .env = machine_env, .context = &m };
    struct profile_set set = { 0 };
    struct fault f = { 0 };
    char name[256], detail[2600];

    w.has_windows_names = span_equal(json_text_of(t, "platform"), SPAN("windows"));
    bool ok = profile_locate(&w, &set, &f);
    profile_default_name(&w, name, sizeof(name));
    struct span profile = json_text_of(t, "profile");
    ok = ok && span_equal(span_of(set.config_path), json_text_of(t, "configLocation")) &&
         span_equal(span_of(set.credentials_path), json_text_of(t, "credentialsLocation")) &&
         (span_is_null(profile) || span_equal(profile, span_of(name)));
    snprintf(detail, sizeof(detail), "got %s, %s, %s", set.config_path, set.credentials_path, name);
    runner_case(json_text_of(t, "name"), ok, detail);
}

/* Profiles given as JSON, written as a file and read again. */
struct printing {
    struct buf *out;
    const char *prefix;
};

static bool print_value(struct span name, const struct json *value, void *context)
{
    struct buf *out = context;

    if (json_is_object(value)) {
        bool ok = buf_add_format(out, NULL, "%.*s =\n", (int)name.len, name.at);
        size_t from = out->len;
        json_each(value, print_value, out);
        (void)from;
        return ok;
    }
    struct span text = json_text(value);
    return buf_add_format(out, NULL, "%.*s = %.*s\n", (int)name.len, name.at, (int)text.len,
                          text.at);
}

static bool print_nested(struct span name, const struct json *value, void *context)
{
    struct span url = json_text_of(value, "endpoint_url");

    return buf_add_format(context, NULL, "%.*s =\n  endpoint_url = %.*s\n", (int)name.len, name.at,
                          (int)url.len, url.at);
}

static bool print_section(struct span name, const struct json *value, void *context)
{
    struct printing *p = context;
    bool is_services = strcmp(p->prefix, "services") == 0;

    if (!buf_add_format(p->out, NULL, "[%s %.*s]\n", p->prefix, (int)name.len, name.at)) {
        return false;
    }
    json_each(value, is_services ? print_nested : print_value, p->out);
    return true;
}

bool machine_profiles(const struct json *profiles, const char *prefix, struct buf *out)
{
    json_each(profiles, print_section, &(struct printing){ out, prefix });
    return true;
}

static void endpoint_case(const struct json *suite, const struct json *t)
{
    char client[128], environment[128], service[32], got[ENDPOINT_TEXT_MAX];
    struct span client_name = json_text_of(t, "client_config"),
                environment_name = json_text_of(t, "environment");
    struct buf text = { 0 };
    struct profile_set set = { 0 };
    struct fault f = { 0 };

    span_to_c(client_name, client, sizeof(client));
    span_to_c(environment_name, environment, sizeof(environment));
    span_to_c(json_text_of(t, "service"), service, sizeof(service));
    struct machine m = { .env = json_member(json_member(suite, "environments"), environment) };
    struct creds_world w = { .env = machine_env, .context = &m, .http = WORLD_HTTP_ANY };
    struct json *settings = json_member(json_member(suite, "client_configs"), client);
    struct span given = json_text_of(settings, "endpoint_url"),
                want = json_path(t, "output.endpointUrl")
                           ? json_text(json_path(t, "output.endpointUrl"))
                           : NO_SPAN;
    bool ok = machine_profiles(json_member(suite, "profiles"), "profile", &text) &&
              machine_profiles(json_member(suite, "services"), "services", &text) &&
              profile_parse(&set, PROFILE_CONFIG, "config", buf_span(&text), &f);
    const struct profile_section *profile =
        ok ? profile_find(&set, PROFILE_NAMED, json_text_of(t, "profile")) : NULL;
    ok = profile != NULL &&
         endpoint_configured(&(struct endpoint_view){ &w, &set, profile }, service,
                             span_is_null(given) ? SPAN("") : given, got, &f);
    if (ok && got[0] == 0) { /* nothing configured: by region */
        struct endpoint_input in = { .service = AWS_S3, .region = profile_get(profile, "region") };
        struct endpoint e;
        ok = strcmp(service, "s3") == 0 && endpoint_resolve(&in, &e, &f) &&
             snprintf(got, sizeof(got), "%s://%s", e.scheme, e.host) > 0;
    }
    runner_case(json_text_of(t, "name"), ok && span_equal(span_of(got), want), ok ? got : f.text);
    profile_set_free(&set);
    buf_free(&text);
}

/* The reference's own sample files, with what it expects of each where the shared grammar expects
   the same. */
static void sample_file(const char *name, bool is_accepted, const char *profile, const char *key,
                        const char *sub, const char *want)
{
    char path[128];
    struct buf text = { 0 };
    struct profile_set set = { 0 };
    struct fault f = { 0 };

    snprintf(path, sizeof(path), "profile/botocore-cfg/%s", name);
    if (!runner_read(path, &text)) {
        return;
    }
    bool ok = profile_parse(&set, PROFILE_CONFIG, name, buf_span(&text), &f);
    const struct profile_section *p = NULL;
    if (ok && profile != NULL) {
        p = profile_find(&set, PROFILE_NAMED, span_of(profile));
        p = p != NULL ? p : profile_find(&set, PROFILE_SERVICES, span_of(profile));
        struct span got = p == NULL     ? NO_SPAN
                          : sub != NULL ? profile_get_nested(p, span_of(key), sub)
                                        : profile_get(p, key);
        ok = p != NULL && (key == NULL || span_equal(got, span_of(want)));
    }
    runner_case(span_of(path), ok == is_accepted, f.text);
    profile_set_free(&set);
    buf_free(&text);
}

void run_profile(void)
{
    struct json *grammar = runner_json("profile/profile-parser-tests.json"),
                *places = runner_json("profile/file-location-tests.json");
    struct json *urls = runner_json("profile/endpoint-url-tests.json"),
                *tests = json_member(grammar, "tests");

    for (size_t i = 0; i < json_length(tests); i++) {
        grammar_case(json_at(tests, i));
    }
    tests = json_member(places, "tests");
    for (size_t i = 0; i < json_length(tests); i++) {
        location_case(json_at(tests, i));
    }
    for (size_t s = 0; s < json_length(json_member(urls, "testSuites")); s++) {
        struct json *suite = json_at(json_member(urls, "testSuites"), s);
        for (size_t i = 0; i < json_length(json_member(suite, "endpointUrlTests")); i++) {
            endpoint_case(suite, json_at(json_member(suite, "endpointUrlTests"), i));
        }
    }
    sample_file("aws_config", true, "personal", "aws_access_key_id", NULL, "fie");
    sample_file("aws_config_other", true, "default", NULL, NULL, NULL);
    sample_file("aws_third_config", true, "third", NULL, NULL, NULL);
    sample_file("aws_config_nested", true, "default", "s3", "signature_version", "s3v4");
    sample_file("aws_config_nested_bad", false, NULL, NULL, NULL, NULL);
    sample_file("aws_config_bad", false, NULL, NULL, NULL, NULL);
    sample_file("aws_services_config", true, "my-services", "s3", "endpoint_url",
                "https://localhost:5678/");
    json_free(grammar);
    json_free(places);
    json_free(urls);
}
