/* From settings to what is needed for building: regions, endpoints, transport, names. Nothing is
   sent in here. */
#include "spoke/parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "aws/configured.h"
#include "aws/policy.h"
#include "net/url.h"
#include "spoke/session.h"

enum { CONNECT_TIMEOUT_MS = 10000, READ_TIMEOUT_MS = 60000 };

static bool is_set(const struct settings *s, enum setting_id id)
{
    return settings_text(s, id).len > 0;
}

/* AuthenticationType, or what the other keys imply. */
static struct span auth_of(const struct settings *s)
{
    struct span given = settings_text(s, SETTING_AUTHENTICATION_TYPE);

    if (given.len > 0) {
        return given;
    }
    if (is_set(s, SETTING_UID)) {
        return SPAN("IAM Credentials");
    }
    return is_set(s, SETTING_AWS_PROFILE) ? SPAN("IAM Profile") : SPAN("Default Credentials");
}

static bool is_auth(const struct wiring *w, const char *name)
{
    return span_equal_nocase(w->auth, span_of(name));
}

static bool needs_profile(const struct wiring *w)
{
    return is_auth(w, "IAM Profile") || is_auth(w, "IAM Identity Center") ||
           is_auth(w, "Default Credentials");
}

/* Who chose the profile: a program is started only for a profile that no connection string
   named. */
static bool may_run_process(const struct settings *s)
{
    bool is_chosen_by_string =
        is_set(s, SETTING_AWS_PROFILE) && (s->at[SETTING_AWS_PROFILE].origin == ORIGIN_STRING ||
                                           s->at[SETTING_AWS_PROFILE].origin == ORIGIN_CALL);

    return !is_chosen_by_string || settings_flag(s, SETTING_ALLOW_CREDENTIAL_PROCESS);
}

static void make_world(struct wiring *w)
{
    static const struct { enum aws_service service; enum setting_id id;
    } overrides[] = {
        { AWS_STS, SETTING_STS_ENDPOINT_OVERRIDE },
        { AWS_ATHENA, SETTING_ENDPOINT_OVERRIDE },
        { AWS_GLUE, SETTING_GLUE_ENDPOINT_OVERRIDE },
        { AWS_S3, SETTING_S3_ENDPOINT_OVERRIDE },
        { AWS_SSO, SETTING_SSO_ENDPOINT_OVERRIDE },
        { AWS_SSO_OIDC, SETTING_SSO_OIDC_ENDPOINT_OVERRIDE },
        { AWS_SIGNIN, SETTING_SIGNIN_ENDPOINT_OVERRIDE },
    };
    const struct settings *s = w->settings;

    w->world = (struct creds_world){
        .env = w->parts->env,
        .context = w->parts->env_context,
        .root = w->parts->root,
        .clock = w->parts->clock,
        .use_fips = settings_flag(s, SETTING_USE_FIPS),
        .use_dualstack = settings_flag(s, SETTING_USE_DUALSTACK),
        .may_run_process = may_run_process(s),
        .http = settings_flag(s, SETTING_ALLOW_INSECURE_LOOPBACK) ? WORLD_HTTP_LOOPBACK
                                                                  : WORLD_HTTP_NEVER,
        .attempts_max = is_set(s, SETTING_NUM_RETRIES)
                            ? (unsigned)settings_int(s, SETTING_NUM_RETRIES, 2) + 1
                            : 0,
    };
    span_to_c(settings_text(s, SETTING_AWS_REGION), w->world.region, sizeof(w->world.region));
    span_to_c(settings_text(s, SETTING_MFA_TOKEN), w->world.token_code,
              sizeof(w->world.token_code));
    for (size_t i = 0; i < sizeof(overrides) / sizeof(overrides[0]); i++) {
        span_to_c(settings_text(s, overrides[i].id), w->world.endpoint[overrides[i].service],
                  sizeof(w->world.endpoint[0]));
    }
}

/* The configuration files. Broken ones matter only to those who need them; others are told. */
static bool load_profiles(struct wiring *w, struct fault *f)
{
    struct fault why = { 0 };
    char name[256];

    if (is_set(w->settings, SETTING_AWS_PROFILE)) {
        span_to_c(settings_text(w->settings, SETTING_AWS_PROFILE), name, sizeof(name));
    } else {
        profile_default_name(&w->world, name, sizeof(name));
    }
    if (!profile_load(&w->world, &w->profiles, &why)) {
        if (needs_profile(w)) {
            if (f != NULL) {
                *f = why;
                f->hop = HOP_BASE;
            }
            return false;
        }
        notice_add(w->notices, FAULT_WARNING, "The AWS configuration files were left aside: %.300s",
                   why.text);
        profile_set_free(&w->profiles);
        w->profiles = (struct profile_set){ .arena = { .is_secret = true } };
        return true;
    }
    w->profile = profile_find(&w->profiles, PROFILE_NAMED, span_of(name));
    return true;
}

static struct span profile_region(const struct wiring *w)
{
    struct span region = w->profile != NULL ? profile_get(w->profile, "region") : NO_SPAN;

    return region.len > 0 ? region : NO_SPAN;
}

/* Role A is asked for where the base lives, Role B where its account works. */
static bool choose_regions(struct wiring *w, struct fault *f)
{
    const struct settings *s = w->settings;
    struct span run_as = settings_text(s, SETTING_STS_REGION),
                consumer = settings_text(s, SETTING_CONSUMER_STS_REGION);
    struct creds_world unbound = w->world;
    char base[64] = "";

    world_region(&w->world, profile_region(w), w->region, sizeof(w->region));
    if (w->region[0] == 0) {
        return fault_set(f, FAULT_SETTING,
                         "No region is known: set AwsRegion (e.g. eu-central-1) in the DSN, "
                         "AWS_REGION, or region in the profile.");
    }
    if (needs_profile(w)) {
        unbound.region[0] = 0;
        world_region(&unbound, profile_region(w), base, sizeof(base));
    }
    span_to_c(run_as.len > 0 ? run_as
              : base[0] != 0 ? span_of(base)
                             : span_of(w->region),
              w->run_as_region, sizeof(w->run_as_region));
    span_to_c(consumer.len > 0 ? consumer : span_of(w->region), w->consumer_region,
              sizeof(w->consumer_region));
    if (w->world.region[0] == 0) {
        span_to_c(span_of(w->region), w->world.region, sizeof(w->world.region));
    }
    return true;
}

static bool choose_endpoints(struct wiring *w, struct fault *f)
{
    static const enum aws_service asked[] = { AWS_STS, AWS_ATHENA, AWS_GLUE, AWS_S3 };

    struct endpoint_view view = { &w->world, &w->profiles, w->profile };

    for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        enum aws_service service = asked[i];
        if (!endpoint_configured(&view, endpoint_key(service), span_of(w->world.endpoint[service]),
                                 w->endpoint[service], f)) {
            return false;
        }
    }
    w->use_fips = endpoint_uses_fips(&view);
    w->use_dualstack = endpoint_uses_dualstack(&view);
    return true;
}

/* Commas between hosts, whatever the other drivers' habit was. */
static bool no_proxy_list(struct wiring *w, struct span *out, struct fault *f)
{
    struct span given = settings_text(w->settings, SETTING_NON_PROXY_HOST);

    if (!arena_copy(&w->arena, given, out, f)) {
        return false;
    }
    for (size_t i = 0; i < out->len; i++) {
        if (out->at[i] == '|' || out->at[i] == ';') {
            ((char *)out->at)[i] = ',';
        }
    }
    return true;
}

/* "athena-odbc/0.1.0 app/NAME"; the name's other characters replaced. */
static void user_agent(const struct settings *s, char *to, size_t room)
{
    char name[72];
    struct span given = settings_text(s, SETTING_APPLICATION_NAME);

    if (given.len > 0) {
        sts_session_name(given, name, sizeof(name));
        snprintf(to, room, "athena-odbc/%s app/%s", ATHENA_VERSION, name);
    } else {
        snprintf(to, room, "athena-odbc/%s", ATHENA_VERSION);
    }
}

/* Told before anything is sent, and where no TLS would ever have looked at it. */
static bool check_certificates(const struct wiring *w, struct fault *f)
{
    char path[4096];

    if (!is_set(w->settings, SETTING_TRUSTED_CERTS)) {
        return true;
    }
    span_to_c(settings_text(w->settings, SETTING_TRUSTED_CERTS), path, sizeof(path));
    if (access(path, R_OK) == 0) {
        return true;
    }
    return fault_set(f, FAULT_SETTING,
                     "TrustedCerts names %.300s, which cannot be read: %s. Nothing was sent.", path,
                     strerror(errno));
}

static bool choose_transport(struct wiring *w, struct fault *f)
{
    const struct settings *s = w->settings;
    bool has_proxy = is_set(s, SETTING_PROXY_HOST) &&
                     (!is_set(s, SETTING_USE_PROXY) || settings_flag(s, SETTING_USE_PROXY));
    int64_t connect_ms = settings_int(s, SETTING_CONNECTION_TIMEOUT, 0),
            read_ms = settings_int(s, SETTING_REQUEST_TIMEOUT, 0);
    struct curl_settings settings = {
        .ca_file = settings_text(s, SETTING_TRUSTED_CERTS),
        .connect_timeout_ms = connect_ms > 0 ? (unsigned)connect_ms : CONNECT_TIMEOUT_MS,
        .read_timeout_ms = read_ms > 0 ? (unsigned)read_ms : READ_TIMEOUT_MS,
    };

    user_agent(s, w->world.user_agent, sizeof(w->world.user_agent));
    if (w->parts->transport != NULL) {
        w->world.transport = w->parts->transport;
        return true;
    }
    if (has_proxy) {
        settings.proxy_host = settings_text(s, SETTING_PROXY_HOST);
        settings.proxy_port = (unsigned)settings_int(s, SETTING_PROXY_PORT, 0);
        settings.proxy_user = settings_text(s, SETTING_PROXY_UID);
        settings.proxy_password = settings_text(s, SETTING_PROXY_PWD);
    }
    return check_certificates(w, f) && no_proxy_list(w, &settings.no_proxy, f) &&
           process_transport(&settings, &w->world.transport, f);
}

static void choose_names(struct wiring *w)
{
    struct span name = settings_text(w->settings, SETTING_ROLE_SESSION_NAME);
    struct span source = settings_text(w->settings, SETTING_SOURCE_IDENTITY);

    session_name(w->settings, name.len > 0 ? name : SPAN("odbc-{user}"), w->session_name);
    if (source.len > 0) {
        session_name(w->settings, source, w->source_identity);
    }
    span_to_c(span_of(w->session_name), w->world.session_name, sizeof(w->world.session_name));
}

/* Athena runs queries with the session of the last role, so its policy must let a query do its
   work. */
static void warn_of_policy(const struct wiring *w)
{
    struct span policy = settings_text(w->settings, SETTING_SESSION_POLICY);
    struct buf missing = { .ceiling = 4096 };

    if (policy.len > 0 && policy_lint(policy, &missing, NULL) && missing.len > 0) {
        notice_add(w->notices, FAULT_WARNING,
                   "SessionPolicy seems not to allow %.*s. Athena runs queries with this session, "
                   "so they may fail.",
                   (int)missing.len, missing.at);
    }
    buf_free(&missing);
}

bool wiring_make(const struct settings *settings, const struct spoke_parts *parts,
                 struct notices *notices, struct wiring *out, struct fault *f)
{
    *out = (struct wiring){ .settings = settings, .parts = parts, .notices = notices };
    out->arena.is_secret = true;
    out->profiles.arena.is_secret = true;
    out->auth = auth_of(settings);
    make_world(out);
    choose_names(out);
    warn_of_policy(out);
    return load_profiles(out, f) && choose_regions(out, f) && choose_endpoints(out, f) &&
           choose_transport(out, f);
}

void wiring_done(struct wiring *w)
{
    profile_set_free(&w->profiles);
    arena_free(&w->arena);
}

bool wiring_client(const struct wiring *w, const struct chain *c, enum aws_service service,
                   enum fault_hop hop, struct aws_client **out, struct fault *f)
{
    struct url u;
    bool is_loopback = w->endpoint[service][0] != 0 &&
                       url_parse(span_of(w->endpoint[service]), &u, NULL) && url_is_loopback(&u);
    struct aws_client_settings settings = {
        .service = service,
        .region = span_of(w->region),
        .endpoint_override = span_of(w->endpoint[service]),
        .use_fips = w->endpoint[service][0] == 0 && w->use_fips,
        .use_dualstack = w->endpoint[service][0] == 0 && w->use_dualstack,
        .force_path_style = service == AWS_S3 && is_loopback,
        .transport = w->world.transport,
        .source = chain_top(c),
        .clock = w->parts->clock,
        .attempts_max = w->world.attempts_max,
        .user_agent = span_of(w->world.user_agent),
        .hop = hop,
    };

    return aws_client_new(&settings, out, f);
}
