/* Builds the credential stack: cache(role(cache(role(cache(base), RunAsRole)),
   ConsumerAccountRoleArn)). Nothing is sent here. */
#include "spoke/chain.h"

#include <stdio.h>
#include <string.h>

#include "aws/creds_cache.h"
#include "aws/creds_role.h"
#include "aws/creds_static.h"
#include "aws/policy.h"
#include "aws/providers.h"
#include "spoke/parts.h"
#include "spoke/session.h"

static bool is_auth(const struct wiring *w, const char *name)
{
    return span_equal_nocase(w->auth, span_of(name));
}

static bool base_given(const struct wiring *w, struct creds_source **out, struct fault *f)
{
    const struct settings *s = w->settings;
    struct span key = settings_text(s, SETTING_UID), secret = settings_text(s, SETTING_PWD);
    struct creds given;

    if (key.len == 0 || secret.len == 0) {
        fault_set(f, FAULT_CREDENTIALS,
                  "AuthenticationType=IAM Credentials needs UID (access key id) and PWD (secret "
                  "access key); %s is missing.",
                  key.len == 0 ? "UID" : "PWD");
        if (f != NULL) {
            f->hop = HOP_BASE;
        }
        return false;
    }
    struct creds_texts texts = { key, secret, settings_text(s, SETTING_SESSION_TOKEN), NO_SPAN,
                                 "UID and PWD" };
    bool ok = creds_fill(&given, &texts, f) && creds_static_new(&given, out, f);
    creds_wipe(&given);
    return ok;
}

static bool base_jwt(struct chain *c, const struct wiring *w, struct creds_source **out,
                     struct fault *f)
{
    const struct settings *s = w->settings;
    struct web_identity id = {
        .role_arn = settings_text(s, SETTING_PREFERRED_ROLE),
        .session_name = span_of(w->session_name),
        .token = settings_text(s, SETTING_WEB_IDENTITY_TOKEN),
        .duration_seconds = (unsigned)settings_int(s, SETTING_DURATION, 0),
        .region = span_of(w->run_as_region),
        .sts_endpoint = span_of(w->endpoint[AWS_STS]),
        .use_fips = w->use_fips,
        .use_dualstack = w->use_dualstack,
    };

    if (id.role_arn.len == 0 || id.token.len == 0) {
        fault_set(f, FAULT_CREDENTIALS,
                  "AuthenticationType=JWT needs web_identity_token and preferred_role (the role "
                  "the token is exchanged for).");
        if (f != NULL) {
            f->hop = HOP_BASE;
        }
        return false;
    }
    return creds_provider_new(&c->world, PROVIDER_WEB_IDENTITY, NO_SPAN, &id, out, f);
}

static bool base_source(struct chain *c, const struct wiring *w, struct creds_source **out,
                        struct fault *f)
{
    static const struct { const char *name; enum provider provider;
    } providers[] = {
        { "IAM Profile", PROVIDER_PROFILE },
        { "IAM Identity Center", PROVIDER_PROFILE },
        { "Instance Profile", PROVIDER_INSTANCE },
        { "Container Credentials", PROVIDER_CONTAINER },
        { "Environment", PROVIDER_ENVIRONMENT },
        { "Web Identity", PROVIDER_WEB_IDENTITY },
        { "Default Credentials", PROVIDER_DEFAULT },
    };
    struct span profile = settings_text(w->settings, SETTING_AWS_PROFILE);

    if (is_auth(w, "IAM Credentials")) {
        return base_given(w, out, f);
    }
    if (is_auth(w, "JWT")) {
        return base_jwt(c, w, out, f);
    }
    for (size_t i = 0; i < sizeof(providers) / sizeof(providers[0]); i++) {
        if (is_auth(w, providers[i].name)) {
            /* A profile that is named is what is meant: the environment does not stand before
               it. */
            bool is_named = providers[i].provider == PROVIDER_DEFAULT && profile.len > 0;
            return creds_provider_new(&c->world,
                                      is_named ? PROVIDER_PROFILE : providers[i].provider, profile,
                                      NULL, out, f);
        }
    }
    return fault_set(f, FAULT_SETTING,
                     "AuthenticationType=%.*s is not known here. There are: IAM Credentials, IAM "
                     "Profile, Default Credentials, "
                     "Instance Profile, Container Credentials, Environment, Web Identity, IAM "
                     "Identity Center, JWT.",
                     (int)w->auth.len, w->auth.at);
}

static struct span before(struct span s, char byte, struct span *rest)
{
    size_t at = span_find_byte(s, byte);

    *rest = at < s.len ? span_trim(span_from(s, at + 1)) : SPAN("");
    return span_trim(span_part(s, 0, at));
}

/* A tag's value: filled in, and what a tag may not hold replaced. */
static bool tag_value(struct wiring *w, struct span pattern, struct span *out, struct fault *f)
{
    char value[512];

    session_expand(w->settings, pattern, value, sizeof(value));
    for (char *c = value; *c != 0; c++) {
        bool ok = ascii_is_letter(*c) || ascii_is_digit(*c) || (unsigned char)*c >= 0x80 ||
                  strchr(" _.:/=+@-", *c) != NULL;
        *c = ok ? *c : '-';
    }
    return arena_copy(&w->arena, span_of(value), out, f);
}

/* Tags and source identity go with the first hop; from there transitive tags and the source
   identity travel by themselves. */
static bool first_hop_extras(struct wiring *w, struct sts_role *role, struct fault *f)
{
    const struct settings *s = w->settings;
    struct span tags = settings_text(s, SETTING_SESSION_TAGS),
                keys = settings_text(s, SETTING_TRANSITIVE_TAG_KEYS);

    while (tags.len > 0 && role->n_tags < STS_TAGS_MAX) {
        struct span value, key = before(span_next(&tags, ','), '=', &value);
        role->tags[role->n_tags].key = key;
        if (!tag_value(w, value, &role->tags[role->n_tags].value, f)) {
            return false;
        }
        role->n_tags++;
    }
    while (keys.len > 0 && role->n_transitive < STS_TAGS_MAX) {
        role->transitive[role->n_transitive++] = span_trim(span_next(&keys, ','));
    }
    if (w->source_identity[0] != 0) {
        role->source_identity = span_of(w->source_identity);
    }
    role->mfa_serial = settings_text(s, SETTING_MFA_SERIAL);
    role->token_code = role->mfa_serial.len > 0 ? settings_text(s, SETTING_MFA_TOKEN) : NO_SPAN;
    return true;
}

/* What narrows the last hop: the user's policy, ReadOnly's denials, managed policies. */
static bool last_hop_policy(struct wiring *w, struct sts_role *role, struct buf *policy,
                            struct fault *f)
{
    const struct settings *s = w->settings;
    struct span given = settings_text(s, SETTING_SESSION_POLICY),
                arns = settings_text(s, SETTING_SESSION_POLICY_ARNS);

    if (settings_flag(s, SETTING_READ_ONLY)) {
        struct span results = settings_text(s, SETTING_S3_OUTPUT_LOCATION);
        if (!policy_read_only(policy_partition(role->role_arn),
                              span_is_null(results) ? SPAN("") : results,
                              span_is_null(given) ? SPAN("") : given, policy, f)) {
            return false;
        }
        role->policy = buf_span(policy);
    } else if (given.len > 0) {
        role->policy = given;
    }
    while (arns.len > 0 && role->n_policy_arns < STS_POLICY_ARNS_MAX) {
        role->policy_arns[role->n_policy_arns++] = span_trim(span_next(&arns, ','));
    }
    return true;
}

static bool cached(struct chain *c, struct creds_source *inner, int64_t advisory_ms,
                   struct creds_source **out, struct fault *f)
{
    struct creds_cache_settings settings = { .clock = c->world.clock,
                                             .advisory_ms = advisory_ms,
                                             .is_session = out != &c->base };

    if (!creds_cache_new(&settings, inner, out, f)) {
        creds_close(inner);
        return false;
    }
    return true;
}

/* One hop that is to be stacked. */
struct hop {
    const struct sts_role *role;
    bool is_consumer;
    struct creds_source *below; /* shared, not taken over */
    int64_t advisory_ms;
    struct creds_source **out;
};

static bool stack_hop(struct chain *c, const struct wiring *w, const struct hop *h, struct fault *f)
{
    bool is_consumer = h->is_consumer;
    struct creds_role_settings settings = {
        .world = &c->world,
        .role = *h->role,
        .sts_region = span_of(is_consumer ? w->consumer_region : w->run_as_region),
        .sts_endpoint = span_of(w->endpoint[AWS_STS]),
        .use_fips = w->endpoint[AWS_STS][0] == 0 && w->use_fips,
        .use_dualstack = w->endpoint[AWS_STS][0] == 0 && w->use_dualstack,
        .hop = is_consumer ? HOP_CONSUMER : HOP_RUN_AS,
    };
    struct creds_source *source = NULL;

    creds_cache_share(h->below);
    if (!creds_role_new(&settings, h->below, &source, f)) {
        creds_close(h->below);
        if (f != NULL) {
            f->hop = settings.hop;
        }
        return false;
    }
    return cached(c, source, h->advisory_ms, h->out, f);
}

/* Role A serves for one call of STS only: it is renewed when it is nearly over, not ahead. */
static bool run_as_hop(struct chain *c, struct wiring *w, struct fault *f)
{
    const struct settings *s = w->settings;
    struct span consumer = settings_text(s, SETTING_CONSUMER_ACCOUNT_ROLE_ARN),
                scope = settings_text(s, SETTING_SCOPE_DOWN);
    struct buf policy = { .ceiling = 64 * 1024 };
    struct sts_role role = {
        .role_arn = settings_text(s, SETTING_RUN_AS_ROLE),
        .session_name = span_of(w->session_name),
        .external_id = settings_text(s, SETTING_RUN_AS_EXTERNAL_ID),
        .duration_seconds = (unsigned)settings_int(s, SETTING_DURATION_SECONDS, 0),
    };
    bool is_last = consumer.len == 0;
    bool ok = first_hop_extras(w, &role, f);

    if (ok && is_last) {
        ok = last_hop_policy(w, &role, &policy, f);
    } else if (ok && !span_equal_nocase(scope, SPAN("off"))) {
        ok = policy_scope_down(consumer, span_equal_nocase(scope, SPAN("strict")), &policy, f);
        role.policy = buf_span(&policy);
    }
    ok = ok && stack_hop(c, w,
                         &(struct hop){ &role, false, c->base, is_last ? 0 : CACHE_MANDATORY_MS,
                                        &c->run_as },
                         f);
    buf_free(&policy);
    return ok;
}

static bool consumer_hop(struct chain *c, struct wiring *w, struct fault *f)
{
    const struct settings *s = w->settings;
    struct buf policy = { .ceiling = 256 * 1024 };
    struct sts_role role = {
        .role_arn = settings_text(s, SETTING_CONSUMER_ACCOUNT_ROLE_ARN),
        .session_name = span_of(w->session_name),
        .external_id = settings_text(s, SETTING_EXTERNAL_ID),
        .duration_seconds = (unsigned)settings_int(s, SETTING_DURATION_SECONDS, 0),
    };
    bool ok = (c->run_as != NULL || first_hop_extras(w, &role, f)) &&
              last_hop_policy(w, &role, &policy, f) &&
              stack_hop(c, w,
                        &(struct hop){ &role, true, c->run_as != NULL ? c->run_as : c->base, 0,
                                       &c->consumer },
                        f);

    buf_free(&policy);
    return ok;
}

bool chain_build(struct chain *c, void *wiring, struct fault *f)
{
    struct wiring *w = wiring;
    struct creds_source *base = NULL;

    c->world = w->world;
    c->use_fips = w->use_fips;
    c->use_dualstack = w->use_dualstack;
    c->is_base_renewable =
        !is_auth(w, "IAM Credentials") && !is_auth(w, "Environment") && !is_auth(w, "JWT");
    span_to_c(span_of(w->endpoint[AWS_STS]), c->sts_endpoint, sizeof(c->sts_endpoint));
    span_to_c(span_of(w->run_as_region), c->run_as_region, sizeof(c->run_as_region));
    span_to_c(span_of(w->consumer_region), c->consumer_region, sizeof(c->consumer_region));
    if (!base_source(c, w, &base, f) || !cached(c, base, 0, &c->base, f)) {
        return false;
    }
    bool has_run_as = settings_text(w->settings, SETTING_RUN_AS_ROLE).len > 0;
    bool has_consumer = settings_text(w->settings, SETTING_CONSUMER_ACCOUNT_ROLE_ARN).len > 0;
    return (!has_run_as || run_as_hop(c, w, f)) && (!has_consumer || consumer_hop(c, w, f));
}

void chain_done(struct chain *c)
{
    creds_close(c->consumer);
    creds_close(c->run_as);
    creds_close(c->base);
    lock_done(&c->lock);
}
