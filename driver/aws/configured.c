/* The precedence of custom endpoints: connection, AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL,
   [services], endpoint_url. */
#include "aws/configured.h"

#include <stdio.h>

#include "net/url.h"

const char *endpoint_key(enum aws_service service)
{
    static const char *const keys[AWS_SERVICES] = {
        [AWS_STS] = "sts", [AWS_ATHENA] = "athena",     [AWS_GLUE] = "glue",     [AWS_S3] = "s3",
        [AWS_SSO] = "sso", [AWS_SSO_OIDC] = "sso_oidc", [AWS_SIGNIN] = "signin",
    };
    return keys[service];
}

bool endpoint_is_allowed(const struct creds_world *w, struct span url, const char *where,
                         struct fault *f)
{
    struct url u;

    if (!url_parse(url, &u, f)) {
        return false;
    }
    if (span_equal(u.scheme, SPAN("https")) || w->http == WORLD_HTTP_ANY) {
        return true;
    }
    if (url_is_loopback(&u) && w->http == WORLD_HTTP_LOOPBACK) {
        return true;
    }
    return fault_set(f, FAULT_SETTING,
                     url_is_loopback(&u) ? "%s names a plain http endpoint. On loopback that needs "
                                           "AllowInsecureLoopback=1 in the DSN."
                                         : "%s names a plain http endpoint. Only https is used; "
                                           "plain http is for loopback addresses alone.",
                     where);
}

static bool take(const struct creds_world *w, struct span url, const char *where,
                 char out[ENDPOINT_TEXT_MAX], struct fault *f)
{
    if (url.len >= ENDPOINT_TEXT_MAX) {
        return fault_set(f, FAULT_SETTING, "%s is longer than %d characters.", where,
                         ENDPOINT_TEXT_MAX - 1);
    }
    if (!endpoint_is_allowed(w, url, where, f)) {
        return false;
    }
    span_to_c(url, out, ENDPOINT_TEXT_MAX);
    return true;
}

static void variable_name(const char *key, char *to, size_t room)
{
    int n = snprintf(to, room, "AWS_ENDPOINT_URL_%s", key);

    for (int i = 0; i < n && (size_t)i < room; i++) {
        to[i] = ascii_upper(to[i]);
    }
}

static bool from_file(const struct endpoint_view *v, const char *key, char out[ENDPOINT_TEXT_MAX],
                      struct fault *f)
{
    const struct profile_section *profile = v->profile;
    struct span services = profile_get(profile, "services"), url = NO_SPAN;

    if (services.len > 0) {
        const struct profile_section *section = profile_find(v->set, PROFILE_SERVICES, services);
        if (section == NULL) {
            return fault_set(
                f, FAULT_CREDENTIALS,
                "Profile \"%.*s\" names the section [services %.*s], which is not in %s.",
                (int)profile->name.len, profile->name.at, (int)services.len, services.at,
                v->set->config_path);
        }
        url = profile_get_nested(section, span_of(key), "endpoint_url");
    }
    if (url.len == 0) {
        url = profile_get(profile, "endpoint_url");
    }
    return url.len == 0 || take(v->w, url, "endpoint_url in the shared configuration file", out, f);
}

bool endpoint_configured(const struct endpoint_view *v, const char *key, struct span given,
                         char out[ENDPOINT_TEXT_MAX], struct fault *f)
{
    const struct creds_world *w = v->w;
    char variable[64], value[ENDPOINT_TEXT_MAX];

    out[0] = 0;
    if (given.len > 0) {
        return take(w, given, "The endpoint override", out, f);
    }
    if (world_env_is_true(w, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") ||
        (v->profile != NULL && profile_is_true(v->profile, "ignore_configured_endpoint_urls"))) {
        return true;
    }
    variable_name(key, variable, sizeof(variable));
    if (world_env(w, variable, value, sizeof(value))) {
        return take(w, span_of(value), variable, out, f);
    }
    if (world_env(w, "AWS_ENDPOINT_URL", value, sizeof(value))) {
        return take(w, span_of(value), "AWS_ENDPOINT_URL", out, f);
    }
    return v->profile == NULL || from_file(v, key, out, f);
}

static bool is_switched(const struct endpoint_view *v, bool connection, const char *variable,
                        const char *property)
{
    char value[16];

    if (connection) {
        return true;
    }
    if (world_env(v->w, variable, value, sizeof(value))) {
        return span_equal_nocase(span_of(value), SPAN("true"));
    }
    return v->profile != NULL && profile_is_true(v->profile, property);
}

bool endpoint_uses_fips(const struct endpoint_view *v)
{
    return is_switched(v, v->w->use_fips, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");
}

bool endpoint_uses_dualstack(const struct endpoint_view *v)
{
    return is_switched(v, v->w->use_dualstack, "AWS_USE_DUALSTACK_ENDPOINT",
                       "use_dualstack_endpoint");
}
