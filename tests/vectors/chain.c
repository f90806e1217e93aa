/* Where credentials come from: profile graphs, the default chain and single providers on recorded
   exchanges, endpoints of metadata services, sign-in sessions, request bodies of STS, refresh rules
   and the clock. */
#include "runner.h"

#include <stdio.h>
#include <string.h>

#include "aws/providers.h"
#include "chain_cases.h"
#include "machine.h"
#include "replay.h"

const char *machine_env(const struct creds_world *w, const char *name)
{
    const struct machine *m = w->context;

    return json_text_of(m->env, name).at;
}

/* Profile graphs */

static bool text_is(struct span got, const struct json *object, const char *name)
{
    struct span want = json_text_of(object, name);

    return span_is_null(want) ? got.len == 0 : span_equal(got, want);
}

static bool base_is(const struct profile_plan *plan, const struct json *want)
{
    const struct profile_section *p = plan->base_profile;
    struct json *keys = json_member(want, "AccessKey"), *sso = json_member(want, "Sso"),
                *web = json_member(want, "WebIdentityToken");
    struct span named = json_text_of(want, "NamedSource");

    if (keys != NULL) {
        return plan->base == PLAN_STATIC &&
               text_is(profile_get(p, "aws_access_key_id"), keys, "access_key_id") &&
               text_is(profile_get(p, "aws_secret_access_key"), keys, "secret_access_key") &&
               text_is(profile_get(p, "aws_account_id"), keys, "account_id");
    }
    if (sso != NULL) {
        return plan->base == PLAN_SSO && text_is(plan->sso.account, sso, "sso_account_id") &&
               text_is(plan->sso.region, sso, "sso_region") &&
               text_is(plan->sso.role, sso, "sso_role_name") &&
               text_is(plan->sso.start_url, sso, "sso_start_url");
    }
    if (web != NULL) {
        return plan->base == PLAN_WEB_IDENTITY &&
               text_is(profile_get(p, "role_arn"), web, "role_arn") &&
               text_is(profile_get(p, "web_identity_token_file"), web, "web_identity_token_file");
    }
    return (span_equal(named, SPAN("Ec2InstanceMetadata")) && plan->base == PLAN_INSTANCE) ||
           (span_equal(named, SPAN("Environment")) && plan->base == PLAN_ENVIRONMENT) ||
           (span_equal(named, SPAN("EcsContainer")) && plan->base == PLAN_CONTAINER);
}

static bool plan_is(const struct profile_plan *plan, const struct json *want)
{
    bool ok = json_length(want) == plan->n_roles + 1 && base_is(plan, json_at(want, 0));

    for (unsigned i = 0; ok && i < plan->n_roles; i++) {
        struct json *role = json_member(json_at(want, i + 1), "AssumeRole");
        ok = role != NULL && text_is(profile_get(plan->roles[i], "role_arn"), role, "role_arn") &&
             text_is(profile_get(plan->roles[i], "external_id"), role, "external_id") &&
             text_is(profile_get(plan->roles[i], "role_session_name"), role, "role_session_name");
    }
    return ok;
}

static void graph_case(const struct json *t)
{
    struct json *in = json_member(t, "input"), *want = json_path(t, "output.ProfileChain");
    struct buf text = { 0 };
    struct profile_set set = { 0 };
    struct profile_plan plan = { 0 };
    struct fault f = { 0 };
    bool ok = machine_profiles(json_member(in, "profiles"), "profile", &text) &&
              machine_profiles(json_member(in, "sso_sessions"), "sso-session", &text) &&
              profile_parse(&set, PROFILE_CONFIG, "config", buf_span(&text), &f) &&
              profile_plan_make(&set, json_text_of(in, "selected_profile"), false, &plan, &f);

    runner_case(json_text_of(t, "docs"), want == NULL ? !ok : ok && plan_is(&plan, want),
                ok ? "another plan" : f.text);
    profile_set_free(&set);
    buf_free(&text);
}

/* Recorded exchanges */

static bool creds_are(const struct creds *got, const struct json *want, char *detail, size_t room)
{
    struct span token = json_text_of(want, "session_token"),
                account = json_text_of(want, "account_id");
    int64_t expiry = json_int(json_member(want, "expiry"), 0);
    bool ok =
        span_equal(span_of(got->access_key_id), json_text_of(want, "access_key_id")) &&
        span_equal(span_of(got->secret_access_key), json_text_of(want, "secret_access_key")) &&
        span_equal(span_of(got->session_token), span_is_null(token) ? SPAN("") : token) &&
        (span_is_null(account) || span_equal(account, span_of(got->account))) &&
        got->expires_wall_ms / 1000 == expiry;

    snprintf(detail, room, "got key %s, account %s, expiry %lld", got->access_key_id, got->account,
             (long long)(got->expires_wall_ms / 1000));
    return ok;
}

static bool clock_stands_at_zero(const char *name)
{
    return strcmp(name, "imds_default_chain_success") == 0 ||
           strcmp(name, "imds_default_chain_retries") == 0 ||
           strcmp(name, "imds_config_with_no_creds") == 0;
}

/* The date of the first answer: the time of the recording. */
static int64_t recorded_time(const struct json *traffic)
{
    struct json *events = json_member(traffic, "events");
    int64_t when = 0;

    for (size_t i = 0; i < json_length(events); i++) {
        struct json *headers = json_path(json_at(events, i), "action.Response.response.Ok.headers");
        struct span date = json_text(json_at(json_member(headers, "date"), 0));
        date = span_is_null(date) ? json_text(json_at(json_member(headers, "Date"), 0)) : date;
        if (!span_is_null(date) && utc_parse_http(date, &when)) {
            return when;
        }
    }
    return 1700000000000;
}

static void exchange_case(const char *folder, const char *name, bool is_profile_only)
{
    char path[1024], root[2048], label[300], detail[FAULT_TEXT_MAX + 600] = "";
    snprintf(path, sizeof(path), "%s/env.json", folder);
    struct json *env = runner_json(path);
    snprintf(path, sizeof(path), "%s/http-traffic.json", folder);
    struct json *traffic = runner_json(path);
    snprintf(path, sizeof(path), "%s/test-case.json", folder);
    struct json *test = runner_json(path), *want = json_path(test, "result.Ok");
    snprintf(root, sizeof(root), "%s/%s/fs", runner_directory(), folder);
    snprintf(label, sizeof(label), "%s/%s",
             is_profile_only ? "profile-provider" : "default-credential-provider-chain", name);
    struct machine m = { .env = env };
    struct replay_clock clock =
        replay_clock_at(clock_stands_at_zero(name) ? 0 : recorded_time(traffic));
    struct replay http;
    replay_init(&http, traffic, &clock);
    http.clock_stands = clock_stands_at_zero(name);
    struct creds_world w = { .env = machine_env,
                             .context = &m,
                             .root = root,
                             .transport = &http.base,
                             .clock = &clock.base,
                             .may_run_process = true,
                             .http = WORLD_HTTP_ANY,
                             .session_name = "conformance",
                             .attempts_max = strcmp(name, "sso_server_error") == 0 ? 1 : 3 };
    struct creds_request q = { 0 };
    struct creds got = { 0 };
    struct fault f = { 0 };

    bool ok = is_profile_only ? provide_profile(&w, &q, NO_SPAN, true, &got, &f)
                              : provide_default(&w, &q, &got, &f);
    if (want == NULL) {
        runner_case(span_of(label), !ok && http.n_wrong == 0, ok ? "gave credentials" : f.text);
    } else {
        bool fits = ok && creds_are(&got, want, detail, sizeof(detail)) && replay_is_over(&http);
        runner_case(span_of(label), fits, ok ? detail : f.text);
    }
    json_free(env);
    json_free(traffic);
    json_free(test);
}

static void default_case(const char *folder, const char *name)
{
    exchange_case(folder, name, false);
}

static void provider_case(const char *folder, const char *name)
{
    exchange_case(folder, name, true);
}

/* The token chain yields bearer tokens, which no service of ours takes. */
static void token_case(const char *folder, const char *name)
{
    (void)folder;
    char label[300];
    snprintf(label, sizeof(label), "default-token-provider-chain/%s", name);
    runner_skip(span_of(label), "bearer tokens as such are not used by any call of the driver");
}

/* Metadata endpoints */

static void container_case(const struct json *t)
{
    struct machine m = { .env = json_member(t, "env") };
    struct creds_world w = { .env = machine_env, .context = &m };
    struct fault f = { 0 };
    char url[2048] = "";
    struct span want = json_path(t, "result.Ok") ? json_text(json_path(t, "result.Ok")) : NO_SPAN;
    bool ok = container_url(&w, url, sizeof(url), &f);

    runner_case(json_text_of(t, "docs"),
                span_is_null(want) ? !ok : ok && span_equal(span_of(url), want), ok ? url : f.text);
}

static bool add_file(struct span name, const struct json *value, void *context)
{
    (void)name;
    return buf_add(context, json_text(value), NULL);
}

static void instance_case(const struct json *t)
{
    struct machine m = { .env = json_member(t, "env") };
    struct creds_world w = { .env = machine_env, .context = &m };
    struct buf text = { 0 };
    struct profile_set set = { 0 };
    struct fault f = { 0 };
    char url[2048] = "";
    struct span want = json_path(t, "result.Ok") ? json_text(json_path(t, "result.Ok")) : NO_SPAN;
    struct span endpoint = json_text_of(t, "endpoint_override"),
                mode = json_text_of(t, "mode_override");

    json_each(json_member(t, "fs"), add_file, &text);
    bool ok = profile_parse(&set, PROFILE_CONFIG, "config", buf_span(&text), &f);
    if (ok && (endpoint.len > 0 || mode.len > 0)) {
        runner_skip(json_text_of(t, "docs"), "the driver has no key for the metadata service's "
                                             "endpoint: environment or profile say it");
    } else {
        ok = ok && instance_endpoint(&w, profile_find(&set, PROFILE_NAMED, SPAN("default")), url,
                                     sizeof(url) - 64, &f);
        if (ok) {
            memcpy(url + strlen(url), "/latest/api/token", sizeof("/latest/api/token"));
        }
        runner_case(json_text_of(t, "docs"),
                    span_is_null(want) ? !ok : ok && span_equal(span_of(url), want),
                    ok ? url : f.text);
    }
    profile_set_free(&set);
    buf_free(&text);
}

static void each(const char *path, const char *member, void (*run)(const struct json *t))
{
    struct json *document = runner_json(path),
                *list = member != NULL ? json_member(document, member) : document;

    for (size_t i = 0; i < json_length(list); i++) {
        run(json_at(list, i));
    }
    json_free(document);
}

void run_chain(void)
{
    each("chain/assume-role-tests.json", NULL, graph_case);
    each("chain/ecs-tests.json", "tests", container_case);
    each("chain/imds-endpoint-tests.json", "tests", instance_case);
    each("chain/login-provider-test-cases.json", NULL, login_case);
    each("chain/sts-request-bodies.json", "cases", body_case);
    each("chain/clock-skew-test-cases.json", "tests", clock_case);
    runner_folders("chain/default-credential-provider-chain", default_case);
    runner_folders("chain/profile-provider", provider_case);
    runner_folders("chain/default-token-provider-chain", token_case);
    run_refresh();
}
