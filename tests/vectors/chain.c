/* Where credentials come from: profile graphs, the default chain and single providers on recorded exchanges, endpoints of metadata
   services, sign-in sessions, request bodies of STS, refresh rules and the clock. */
#include "runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "aws/providers.h"
#include "aws/signed.h"
#include "aws/sts.h"
#include "machine.h"
#include "net/retry.h"
#include "net/url.h"
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
    struct json *keys = json_member(want, "AccessKey"), *sso = json_member(want, "Sso"), *web = json_member(want, "WebIdentityToken");
    struct span named = json_text_of(want, "NamedSource");

    if (keys != NULL) {
        return plan->base == PLAN_STATIC && text_is(profile_get(p, "aws_access_key_id"), keys, "access_key_id") &&
               text_is(profile_get(p, "aws_secret_access_key"), keys, "secret_access_key") &&
               text_is(profile_get(p, "aws_account_id"), keys, "account_id");
    }
    if (sso != NULL) {
        return plan->base == PLAN_SSO && text_is(plan->sso.account, sso, "sso_account_id") && text_is(plan->sso.region, sso, "sso_region") &&
               text_is(plan->sso.role, sso, "sso_role_name") && text_is(plan->sso.start_url, sso, "sso_start_url");
    }
    if (web != NULL) {
        return plan->base == PLAN_WEB_IDENTITY && text_is(profile_get(p, "role_arn"), web, "role_arn") &&
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

    runner_case(json_text_of(t, "docs"), want == NULL ? !ok : ok && plan_is(&plan, want), ok ? "another plan" : f.text);
    profile_set_free(&set);
    buf_free(&text);
}

/* Recorded exchanges */

static bool creds_are(const struct creds *got, const struct json *want, char *detail, size_t room)
{
    struct span token = json_text_of(want, "session_token"), account = json_text_of(want, "account_id");
    int64_t expiry = json_int(json_member(want, "expiry"), 0);
    bool ok = span_equal(span_of(got->access_key_id), json_text_of(want, "access_key_id")) &&
              span_equal(span_of(got->secret_access_key), json_text_of(want, "secret_access_key")) &&
              span_equal(span_of(got->session_token), span_is_null(token) ? SPAN("") : token) &&
              (span_is_null(account) || span_equal(account, span_of(got->account))) &&
              got->expires_wall_ms / 1000 == expiry;

    snprintf(detail, room, "got key %s, account %s, expiry %lld", got->access_key_id, got->account, (long long)(got->expires_wall_ms / 1000));
    return ok;
}

static bool clock_stands_at_zero(const char *name)
{
    return strcmp(name, "imds_default_chain_success") == 0 || strcmp(name, "imds_default_chain_retries") == 0 ||
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
    snprintf(label, sizeof(label), "%s/%s", is_profile_only ? "profile-provider" : "default-credential-provider-chain", name);
    struct machine m = { .env = env };
    struct replay_clock clock = replay_clock_at(clock_stands_at_zero(name) ? 0 : recorded_time(traffic));
    struct replay http;
    replay_init(&http, traffic, &clock);
    http.clock_stands = clock_stands_at_zero(name);
    struct creds_world w = { .env = machine_env, .context = &m, .root = root, .transport = &http.base, .clock = &clock.base,
                             .may_run_process = true, .http = WORLD_HTTP_ANY, .session_name = "conformance",
                             .attempts_max = strcmp(name, "sso_server_error") == 0 ? 1 : 3 };
    struct creds_request q = { 0 };
    struct creds got = { 0 };
    struct fault f = { 0 };

    bool ok = is_profile_only ? provide_profile(&w, &q, NO_SPAN, true, &got, &f) : provide_default(&w, &q, &got, &f);
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

    runner_case(json_text_of(t, "docs"), span_is_null(want) ? !ok : ok && span_equal(span_of(url), want), ok ? url : f.text);
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
    struct span endpoint = json_text_of(t, "endpoint_override"), mode = json_text_of(t, "mode_override");

    json_each(json_member(t, "fs"), add_file, &text);
    bool ok = profile_parse(&set, PROFILE_CONFIG, "config", buf_span(&text), &f);
    if (ok && (endpoint.len > 0 || mode.len > 0)) {
        runner_skip(json_text_of(t, "docs"), "the driver has no key for the metadata service's endpoint: environment or profile say it");
    } else {
        ok = ok && instance_endpoint(&w, profile_find(&set, PROFILE_NAMED, SPAN("default")), url, sizeof(url) - 64, &f);
        if (ok) {
            memcpy(url + strlen(url), "/latest/api/token", sizeof("/latest/api/token"));
        }
        runner_case(json_text_of(t, "docs"), span_is_null(want) ? !ok : ok && span_equal(span_of(url), want), ok ? url : f.text);
    }
    profile_set_free(&set);
    buf_free(&text);
}

/* Sign-in sessions */

struct login_server {
    struct http base;
    const struct json *calls;
    unsigned n_sent, n_wrong;
};

static bool login_send(struct http *h, const struct http_request *q, struct http_response *r, struct fault *f)
{
    struct login_server *s = (struct login_server *)h;
    const struct json *call = json_at(s->calls, s->n_sent++);
    struct json *body = NULL, *want = json_path(call, "request.tokenInput");
    struct span proof = NO_SPAN;

    for (unsigned i = 0; i < q->n_headers; i++) {
        proof = span_equal_nocase(q->headers[i].name, SPAN("dpop")) ? q->headers[i].value : proof;
    }
    bool ok = json_parse(q->body, &body, f) && span_equal(json_text_of(body, "clientId"), json_text_of(want, "clientId")) &&
              span_equal(json_text_of(body, "refreshToken"), json_text_of(want, "refreshToken")) &&
              span_equal(json_text_of(body, "grantType"), json_text_of(want, "grantType")) && proof.len > 100;
    json_free(body);
    s->n_wrong += !ok;
    const struct json *token = json_path(call, "response.tokenOutput");
    r->status = token != NULL ? 200 : (int)json_int(json_path(call, "response.status"), 400);
    return json_print(token != NULL ? token : json_member(call, "response"), &r->body, f);
}

static bool write_cache_file(struct span name, const struct json *value, void *context)
{
    char path[1200];
    struct buf text = { 0 };
    FILE *file;

    snprintf(path, sizeof(path), "%s/%.*s", (const char *)context, (int)name.len, name.at);
    if (json_print(value, &text, NULL) && (file = fopen(path, "wb")) != NULL) {
        fwrite(text.at, 1, text.len, file);
        fclose(file);
    }
    buf_free(&text);
    return true;
}

struct comparing_cache {
    const char *directory;
    bool equal;
};

static bool same_json(const struct json *a, const struct json *b);

struct comparing_members {
    const struct json *other;
    bool equal;
    unsigned n;
};

static bool same_member(struct span name, const struct json *value, void *context)
{
    struct comparing_members *c = context;
    char key[128];

    span_to_c(name, key, sizeof(key));
    c->n++;
    c->equal = c->equal && same_json(value, json_member(c->other, key));
    return c->equal;
}

/* Objects as sets, everything else as its text; depth is that of a cache file. */
static bool same_json(const struct json *a, const struct json *b)
{
    if (json_is_object(a)) {
        struct comparing_members there = { b, true, 0 }, back = { a, true, 0 };
        json_each(a, same_member, &there);
        json_each(b, same_member, &back);
        return there.equal && there.n == back.n;
    }
    return a != NULL && b != NULL && span_equal(json_text(a), json_text(b));
}

static bool compare_cache(struct span name, const struct json *value, void *context)
{
    struct comparing_cache *c = context;
    char path[1200], bytes[65536];

    if (!span_ends(name, SPAN(".json"))) {
        return true;
    }
    snprintf(path, sizeof(path), "%s/%.*s", c->directory, (int)name.len, name.at);
    FILE *file = fopen(path, "rb");
    struct json *got = NULL;
    size_t n = file != NULL ? fread(bytes, 1, sizeof(bytes), file) : 0;
    if (file != NULL) {
        fclose(file);
    }
    c->equal = json_parse((struct span){ bytes, n }, &got, NULL) && same_json(value, got);
    json_free(got);
    return true;
}

static bool outcome_is(const struct json *outcome, bool ok, const struct creds *got, const char *directory)
{
    struct span kind = json_text_of(outcome, "result");
    char expires[21];

    if (span_equal(kind, SPAN("error"))) {
        return !ok;
    }
    if (span_equal(kind, SPAN("cacheContents"))) {
        struct comparing_cache c = { directory, false };
        json_each(outcome, compare_cache, &c);
        return c.equal;
    }
    utc_print_iso(got->expires_wall_ms, expires);
    return ok && span_equal(span_of(got->access_key_id), json_text_of(outcome, "accessKeyId")) &&
           span_equal(span_of(got->secret_access_key), json_text_of(outcome, "secretAccessKey")) &&
           span_equal(span_of(got->session_token), json_text_of(outcome, "sessionToken")) &&
           span_equal(span_of(got->account), json_text_of(outcome, "accountId")) &&
           span_equal(span_of(expires), json_text_of(outcome, "expiresAt"));
}

static bool remove_file(struct span name, const struct json *value, void *context)
{
    char path[1200];

    (void)value;
    snprintf(path, sizeof(path), "%s/%.*s", (const char *)context, (int)name.len, name.at);
    unlink(path);
    return true;
}

static const char *login_directory;

static const char *login_env(const struct creds_world *w, const char *name)
{
    (void)w;
    return strcmp(name, "AWS_LOGIN_CACHE_DIRECTORY") == 0 ? login_directory : strcmp(name, "AWS_REGION") == 0 ? "us-east-1" : NULL;
}

static void login_nothing(struct http *h)
{
    (void)h;
}

static void login_case(const struct json *t)
{
    static const struct http_ops ops = { login_send, login_nothing };
    char directory[] = "/tmp/vectors-login-XXXXXX";
    struct login_server server = { .base = { &ops }, .calls = json_member(t, "mockApiCalls") };
    struct replay_clock clock = replay_clock_at(1763510400000); /* 2025-11-19 */
    struct creds_world w = { .env = login_env, .transport = &server.base, .clock = &clock.base, .attempts_max = 1 };
    struct profile_set set = { 0 };
    struct creds_request q = { 0 };
    struct creds got = { 0 };
    struct fault f = { 0 };

    if (mkdtemp(directory) == NULL || !profile_parse(&set, PROFILE_CONFIG, "config", json_text_of(t, "configContents"), &f)) {
        runner_case(json_text_of(t, "documentation"), false, f.text);
        return;
    }
    login_directory = directory;
    json_each(json_member(t, "cacheContents"), write_cache_file, directory);
    bool ok = provide_login(&w, &q, &set, profile_find(&set, PROFILE_NAMED, SPAN("signin")), &got, &f);
    bool fits = server.n_wrong == 0 && server.n_sent == json_length(server.calls);
    for (size_t i = 0; i < json_length(json_member(t, "outcomes")); i++) {
        fits = fits && outcome_is(json_at(json_member(t, "outcomes"), i), ok, &got, directory);
    }
    runner_case(json_text_of(t, "documentation"), fits, ok ? "another outcome" : f.text);
    json_each(json_member(t, "cacheContents"), remove_file, directory);
    rmdir(directory);
    profile_set_free(&set);
}

/* Bodies of STS */

static size_t n_parts(struct span form)
{
    size_t n = 0;

    for (; !span_is_null(form); n++) {
        (void)span_next(&form, '&');
    }
    return n;
}

/* %XX and + undone, so that both spellings of a blank are equal. */
static void decode(struct span s, char *to, size_t room)
{
    size_t n = 0;

    for (size_t i = 0; i < s.len && n + 1 < room; i++) {
        unsigned byte = 0;
        if (s.at[i] == '%' && i + 2 < s.len + 0 && sscanf(s.at + i + 1, "%2x", &byte) == 1) {
            to[n++] = (char)byte;
            i += 2;
        } else {
            to[n++] = s.at[i] == '+' ? ' ' : s.at[i];
        }
    }
    to[n] = 0;
}

static bool form_has(struct span form, const char *part)
{
    static char decoded[32768];

    while (!span_is_null(form)) {
        decode(span_next(&form, '&'), decoded, sizeof(decoded));
        if (strcmp(decoded, part) == 0) {
            return true;
        }
    }
    return false;
}

static bool same_form(struct span got, struct span want)
{
    static char decoded[32768];
    size_t n = n_parts(want);

    for (struct span rest = want; !span_is_null(rest);) {
        decode(span_next(&rest, '&'), decoded, sizeof(decoded));
        if (!form_has(got, decoded)) {
            return false;
        }
    }
    return n_parts(got) == n;
}

static void read_role(const struct json *p, struct sts_role *role)
{
    struct json *tags = json_member(p, "Tags"), *keys = json_member(p, "TransitiveTagKeys"), *arns = json_member(p, "PolicyArns");

    *role = (struct sts_role){
        .role_arn = json_text_of(p, "RoleArn"), .session_name = json_text_of(p, "RoleSessionName"), .policy = json_text_of(p, "Policy"),
        .external_id = json_text_of(p, "ExternalId"), .mfa_serial = json_text_of(p, "SerialNumber"),
        .token_code = json_text_of(p, "TokenCode"), .source_identity = json_text_of(p, "SourceIdentity"),
        .web_identity_token = json_text_of(p, "WebIdentityToken"),
        .duration_seconds = (unsigned)json_int(json_member(p, "DurationSeconds"), 0),
    };
    for (size_t i = 0; i < json_length(tags); i++) {
        role->tags[role->n_tags++] = (struct sts_tag){ json_text_of(json_at(tags, i), "Key"), json_text_of(json_at(tags, i), "Value") };
    }
    for (size_t i = 0; i < json_length(keys); i++) {
        role->transitive[role->n_transitive++] = json_text(json_at(keys, i));
    }
    for (size_t i = 0; i < json_length(arns); i++) {
        role->policy_arns[role->n_policy_arns++] = json_text_of(json_at(arns, i), "arn");
    }
}

static void body_case(const struct json *t)
{
    struct span operation = json_text_of(t, "operation");
    struct buf form = { 0 };
    struct sts_role role;
    bool is_role = span_starts(operation, SPAN("AssumeRole"));

    if (!is_role && !span_equal(operation, SPAN("GetCallerIdentity"))) {
        runner_skip(json_text_of(t, "name"), "the driver never makes this call");
        return;
    }
    read_role(json_member(t, "params"), &role);
    bool ok = is_role ? sts_role_form(&role, &form, NULL) : buf_add(&form, SPAN("Action=GetCallerIdentity&Version=2011-06-15"), NULL);
    runner_case(json_text_of(t, "name"), ok && same_form(buf_span(&form), json_text_of(t, "body")), form.at);
    buf_free(&form);
}

/* The clock */

struct clock_server {
    struct http base;
    const struct json *attempts;
    size_t at;
    struct replay_clock *clock;
    unsigned n_wrong;
};

static int64_t iso_ms(struct span s)
{
    int64_t ms = 0;

    return utc_parse_iso(s, &ms) ? ms : 0;
}

static bool clock_send(struct http *h, const struct http_request *q, struct http_response *r, struct fault *f)
{
    struct clock_server *s = (struct clock_server *)h;
    const struct json *a = json_at(s->attempts, s->at++), *response = json_member(a, "response");
    struct span code = json_text_of(response, "errorCode");
    char date[17] = "";
    bool is_signed_right = false;

    utc_print_basic(iso_ms(json_text_of(a, "expectedSigningTime")), date);
    for (unsigned i = 0; i < q->n_headers; i++) {
        is_signed_right |= span_equal_nocase(q->headers[i].name, SPAN("x-amz-date")) && span_equal(q->headers[i].value, span_of(date));
    }
    s->n_wrong += a == NULL || !is_signed_right;
    r->sent_wall_ms = iso_ms(json_text_of(a, "clientTimeAtSend"));
    int64_t received = iso_ms(json_text_of(a, "clientTimeAtReceive"));
    r->elapsed_ms = received - r->sent_wall_ms;
    const struct json *next = json_at(s->attempts, s->at);
    s->clock->wall_ms = next != NULL ? iso_ms(json_text_of(next, "clientTimeAtSend")) : received;
    r->status = (int)json_int(json_member(response, "statusCode"), 0);
    struct json *headers = json_member(response, "headers");
    struct span when = json_text_of(headers, "Date"), age = json_text_of(headers, "Age");
    (void)!(span_is_null(when) || http_response_keep_header(r, SPAN("date"), when, f));
    (void)!(span_is_null(age) || http_response_keep_header(r, SPAN("age"), age, f));
    return span_is_null(code) || buf_add_format(&r->body, f, "{\"__type\":\"%.*s\"}", (int)code.len, code.at);
}

static bool no_wait(void *context, const struct http_request *q, int64_t ms)
{
    (void)context;
    (void)q;
    (void)ms;
    return false;
}

static bool clock_operation(const struct json *op, struct http *signing, struct clock_server *s, unsigned max, struct http *stack)
{
    struct http_response r = { 0 };
    struct http_request q = { .method = SPAN("POST"), .scheme = SPAN("https"), .host = SPAN("athena.us-east-1.amazonaws.com"),
                              .path = SPAN("/"), .action = SPAN("athena:GetWorkGroup"), .attempts_max = max };
    struct fault f = { 0 };

    s->attempts = json_member(op, "attempts");
    s->at = 0;
    s->clock->wall_ms = iso_ms(json_text_of(json_at(s->attempts, 0), "clientTimeAtSend"));
    bool ok = http_send(stack, &q, &r, &f);
    bool is_success = ok && r.status < 300;
    bool fits = is_success == span_equal(json_text_of(op, "expectedOutcome"), SPAN("success")) && s->at == json_length(s->attempts) &&
                signed_http_skew_ms(signing) / 1000 == json_int(json_member(op, "expectedClientSkew"), 0) && s->n_wrong == 0;
    http_response_free(&r);
    return fits;
}

#include "aws/creds_static.h"
#include "aws/error.h"

/* A first, unrecorded answer teaches the client the skew that the case begins with. */
static void learn(struct http *stack, struct clock_server *s, int64_t skew_seconds)
{
    struct http_response r = { 0 };
    struct http_request q = { .method = SPAN("POST"), .scheme = SPAN("https"), .host = SPAN("athena.us-east-1.amazonaws.com"),
                              .path = SPAN("/"), .action = SPAN("athena:GetWorkGroup"), .attempts_max = 1 };
    char text[512];
    struct json *one = NULL;
    struct fault f = { 0 };

    snprintf(text, sizeof(text),
             "[{\"clientTimeAtSend\":\"2026-01-01T00:00:00Z\",\"clientTimeAtReceive\":\"2026-01-01T00:00:00Z\",\"expectedSigningTime\":"
             "\"2026-01-01T00:00:00Z\",\"response\":{\"statusCode\":200,\"headers\":{\"Date\":\"Thu, 01 Jan 2026 00:%02lld:%02lld GMT\"}}}]",
             (long long)(skew_seconds / 60), (long long)(skew_seconds % 60));
    if (json_parse(span_of(text), &one, &f)) {
        s->attempts = one;
        s->at = 0;
        s->clock->wall_ms = 1767225600000; /* 2026-01-01 */
        (void)!http_send(stack, &q, &r, &f);
    }
    http_response_free(&r);
    json_free(one);
}

static void clock_case(const struct json *t)
{
    static const struct http_ops ops = { clock_send, login_nothing };
    struct replay_clock clock = replay_clock_at(0);
    struct clock_server server = { .base = { &ops }, .clock = &clock };
    struct creds given = { .access_key_id = "AKIAEXAMPLE", .secret_access_key = "secret" };
    struct creds_source *source = NULL;
    struct http *signing = NULL, *stack = NULL;
    struct fault f = { 0 };
    bool ok = creds_static_new(&given, &source, &f);
    struct signed_settings sign = { .inner = &server.base, .source = source, .region = SPAN("us-east-1"), .service = SPAN("athena"),
                                    .clock = &clock.base };
    struct retry_settings again = { .clock = &clock.base, .judge = aws_judge, .wait = no_wait };

    ok = ok && signed_http_new(&sign, &signing, &f) && retry_http_new(signing, &again, &stack, &f);
    struct json *operations = json_member(t, "operations");
    int64_t first = json_int(json_member(json_at(operations, 0), "initialClientSkew"), 0);
    if (ok && first != 0) {
        learn(stack, &server, first);
    }
    for (size_t i = 0; ok && i < json_length(operations); i++) {
        struct json *op = json_at(operations, i);
        ok = clock_operation(op, signing, &server, (unsigned)json_int(json_member(op, "maxAttempts"), 0), stack);
    }
    runner_case(json_text_of(t, "description"), ok, f.text);
    if (stack != NULL) {
        http_close(stack);
    }
    creds_close(source);
}

static void each(const char *path, const char *member, void (*run)(const struct json *t))
{
    struct json *document = runner_json(path), *list = member != NULL ? json_member(document, member) : document;

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
