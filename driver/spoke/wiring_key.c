/* The key under which a chain is shared. Whatever could make two chains different persons, or lead
   them elsewhere, is in it: the same user with another password must never find the first one's
   session. Only a digest with a random key of this process is kept. */
#include "spoke/parts.h"

static bool add(struct buf *b, struct span s, struct fault *f)
{
    return buf_add_format(b, f, "%zu%c", s.len, span_is_null(s) ? '-' : ':') &&
           (s.len == 0 || buf_add(b, s, f));
}

/* Settings that take part, wherever they came from. */
static const enum setting_id parts_of_key[] = {
    SETTING_AUTHENTICATION_TYPE,
    SETTING_UID,
    SETTING_PWD,
    SETTING_SESSION_TOKEN,
    SETTING_AWS_PROFILE,
    SETTING_PREFERRED_ROLE,
    SETTING_DURATION,
    SETTING_WEB_IDENTITY_TOKEN,
    SETTING_RUN_AS_ROLE,
    SETTING_RUN_AS_EXTERNAL_ID,
    SETTING_CONSUMER_ACCOUNT_ROLE_ARN,
    SETTING_EXTERNAL_ID,
    SETTING_SESSION_TAGS,
    SETTING_TRANSITIVE_TAG_KEYS,
    SETTING_DURATION_SECONDS,
    SETTING_SCOPE_DOWN,
    SETTING_SESSION_POLICY,
    SETTING_SESSION_POLICY_ARNS,
    SETTING_MFA_SERIAL,
    SETTING_MFA_TOKEN,
    SETTING_READ_ONLY,
    SETTING_S3_OUTPUT_LOCATION,
    SETTING_SSO_ENDPOINT_OVERRIDE,
    SETTING_SSO_OIDC_ENDPOINT_OVERRIDE,
    SETTING_SIGNIN_ENDPOINT_OVERRIDE,
    SETTING_ALLOW_INSECURE_LOOPBACK,
    SETTING_ALLOW_CREDENTIAL_PROCESS,
    SETTING_USE_PROXY,
    SETTING_PROXY_HOST,
    SETTING_PROXY_PORT,
    SETTING_PROXY_UID,
    SETTING_PROXY_PWD,
    SETTING_NON_PROXY_HOST,
    SETTING_TRUSTED_CERTS,
    SETTING_NUM_RETRIES,
};

/* Variables from which credentials can come. */
static const char *const ambient[] = {
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_ACCOUNT_ID",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    "AWS_LOGIN_CACHE_DIRECTORY",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_STS",
    "AWS_ENDPOINT_URL_SSO",
    "AWS_ENDPOINT_URL_SSO_OIDC",
    "AWS_ENDPOINT_URL_SIGNIN",
    "HOME",
};

static bool add_ambient(const struct wiring *w, struct buf *b, struct fault *f)
{
    struct buf value = { .ceiling = CREDS_TOKEN_MAX + 1, .is_secret = true };
    char *to = buf_reserve(&value, CREDS_TOKEN_MAX, f);
    bool ok = to != NULL;

    for (size_t i = 0; ok && i < sizeof(ambient) / sizeof(ambient[0]); i++) {
        bool has = world_env(&w->world, ambient[i], to, CREDS_TOKEN_MAX);
        ok = add(b, has ? span_of(to) : NO_SPAN, f);
    }
    buf_commit(&value, ok ? CREDS_TOKEN_MAX : 0);
    buf_free(&value);
    return ok;
}

/* The files themselves: keys that were exchanged in them make another chain. */
static bool add_file(const struct wiring *w, const char *path, struct buf *b, struct fault *f)
{
    struct buf text = { .ceiling = WORLD_FILE_MAX + 16384, .is_secret = true };
    bool is_read = path[0] != 0 && world_read(&w->world, path, &text, NULL) == WORLD_FILE_READ;
    bool ok = add(b, span_of(path), f) && add(b, is_read ? buf_span(&text) : NO_SPAN, f);

    buf_free(&text);
    return ok;
}

bool wiring_key(const struct wiring *w, unsigned char key[SHA256_BYTES], struct fault *f)
{
    struct buf all = { .ceiling = 4 * WORLD_FILE_MAX, .is_secret = true };
    bool is_given = span_equal_nocase(w->auth, SPAN("IAM Credentials")) ||
                    span_equal_nocase(w->auth, SPAN("JWT"));
    bool ok = buf_add_format(&all, f, "%p %p %d %d ", (const void *)w->parts->transport,
                             (const void *)w->parts->clock, w->use_fips, w->use_dualstack) &&
              add(&all, w->auth, f) && add(&all, span_of(w->run_as_region), f) &&
              add(&all, span_of(w->consumer_region), f) && add(&all, span_of(w->world.region), f) &&
              add(&all, span_of(w->session_name), f) && add(&all, span_of(w->source_identity), f) &&
              add(&all, span_of(w->endpoint[AWS_STS]), f) &&
              add(&all, span_of(w->world.may_run_process ? "process" : ""), f);

    for (size_t i = 0; ok && i < sizeof(parts_of_key) / sizeof(parts_of_key[0]); i++) {
        ok = add(&all, settings_text(w->settings, parts_of_key[i]), f);
    }
    if (ok && !is_given) {
        ok = add_ambient(w, &all, f) && add_file(w, w->profiles.config_path, &all, f) &&
             add_file(w, w->profiles.credentials_path, &all, f);
    }
    ok = ok && process_digest(buf_span(&all), key, f);
    buf_free(&all);
    return ok;
}
