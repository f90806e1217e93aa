/* Credentials of an EC2 instance: the metadata service, version 2 only. */
#include "aws/providers.h"

#include <stdio.h>
#include <string.h>

#include "aws/creds_fetch.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/secret.h"
#include "net/url.h"

enum { INSTANCE_TOKEN_MAX = 512, INSTANCE_ROLE_MAX = 256, INSTANCE_TIMEOUT_MS = 1000 };

#define ROLES_PATH "/latest/meta-data/iam/security-credentials/"

static bool by_mode(struct span mode, char *to, size_t room, struct fault *f)
{
    if (span_equal_nocase(mode, SPAN("IPv4"))) {
        span_to_c(SPAN("http://169.254.169.254"), to, room);
        return true;
    }
    if (span_equal_nocase(mode, SPAN("IPv6"))) {
        span_to_c(SPAN("http://[fd00:ec2::254]"), to, room);
        return true;
    }
    return fault_set(f, FAULT_CREDENTIALS,
                     "The metadata service's endpoint mode must be IPv4 or IPv6, not \"%.*s\".",
                     (int)(mode.len > 40 ? 40 : mode.len), mode.at);
}

static bool is_url(struct span url, char *to, size_t room, struct fault *f)
{
    struct url u;

    if (!span_starts(url, SPAN("http")) || span_find(url, SPAN("://")) == url.len ||
        !url_parse(url, &u, f)) {
        return fault_set(f, FAULT_CREDENTIALS, "The metadata service's endpoint is not a URL.");
    }
    while (url.len > 0 && url.at[url.len - 1] == '/') {
        url.len--;
    }
    span_to_c(url, to, room);
    return true;
}

bool instance_endpoint(const struct creds_world *w, const struct profile_section *profile, char *to,
                       size_t room, struct fault *f)
{
    char value[WORLD_TEXT_MAX];

    if (world_env(w, "AWS_EC2_METADATA_SERVICE_ENDPOINT", value, sizeof(value))) {
        return is_url(span_of(value), to, room, f);
    }
    struct span set =
        profile != NULL ? profile_get(profile, "ec2_metadata_service_endpoint") : NO_SPAN;
    if (set.len > 0) {
        return is_url(set, to, room, f);
    }
    if (world_env(w, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", value, sizeof(value))) {
        return by_mode(span_of(value), to, room, f);
    }
    set = profile != NULL ? profile_get(profile, "ec2_metadata_service_endpoint_mode") : NO_SPAN;
    return by_mode(set.len > 0 ? set : SPAN("IPv4"), to, room, f);
}

/* One conversation with the service. */
struct instance {
    const struct creds_world *w;
    const struct creds_request *q;
    char endpoint[WORLD_TEXT_MAX];
    char token[INSTANCE_TOKEN_MAX];
};

static bool ask(struct instance *i, struct span method, const char *path, struct http_response *r,
                struct fault *f)
{
    char url[2 * WORLD_TEXT_MAX];
    bool is_token = span_equal(method, SPAN("PUT"));

    snprintf(url, sizeof(url), "%s%s", i->endpoint, path);
    struct creds_fetch what = {
        .method = method,
        .url = span_of(url),
        .action = is_token ? SPAN("imds:GetToken") : SPAN("imds:GetCredentials"),
        .connect_timeout_ms = INSTANCE_TIMEOUT_MS,
        .read_timeout_ms = INSTANCE_TIMEOUT_MS,
        .never_proxy = true,
        .wants_body = true,
    };
    what.headers[0] =
        is_token
            ? (struct http_header){ SPAN("x-aws-ec2-metadata-token-ttl-seconds"), SPAN("21600") }
            : (struct http_header){ SPAN("x-aws-ec2-metadata-token"), span_of(i->token) };
    return creds_fetch(i->w, i->q, &what, r, f);
}

static bool bad_status(const struct http_response *r, const char *what, struct fault *f)
{
    fault_set(f, FAULT_CREDENTIALS,
              "The instance metadata service answered %d when asked for %s.%s", r->status, what,
              r->status == 403 ? " It is switched off for this instance." : "");
    if (f != NULL) {
        f->http_status = r->status;
    }
    return false;
}

static bool get_token(struct instance *i, bool is_default, struct fault *f)
{
    struct http_response r = { 0 };
    bool ok = false, came = ask(i, SPAN("PUT"), "/latest/api/token", &r, f);

    if (!came && is_default && f != NULL && f->kind == FAULT_NETWORK) {
        creds_not_configured(f, "No instance metadata service answers (this is no EC2 instance, or "
                                "a container behind a hop limit of 1).");
    } else if (!came && f != NULL && f->kind == FAULT_NETWORK) {
        fault_retext(f, "The instance metadata service does not answer. In a container the "
                        "instance's hop limit must be 2 or more.");
    } else if (came && r.status != 200) {
        bad_status(&r, "a session token", f);
    } else if (came) {
        struct span token = span_trim(buf_span(&r.body));
        ok = token.len > 0 && token.len < sizeof(i->token);
        if (ok) {
            span_to_c(token, i->token, sizeof(i->token));
        } else {
            fault_set(f, FAULT_CREDENTIALS,
                      "The instance metadata service gave an unusable session token.");
        }
    }
    http_response_free(&r);
    return ok;
}

static bool get_role(struct instance *i, char role[INSTANCE_ROLE_MAX], struct fault *f)
{
    struct http_response r = { 0 };
    bool ok = false;

    if (!ask(i, SPAN("GET"), ROLES_PATH, &r, f)) {
        /* f says why */
    } else if (r.status == 404) {
        creds_not_configured(f, "No role is attached to this instance.");
    } else if (r.status != 200) {
        bad_status(&r, "its role", f);
    } else {
        struct span all = buf_span(&r.body);
        struct span first = span_trim(span_next(&all, '\n'));
        ok = first.len > 0 && first.len < INSTANCE_ROLE_MAX;
        if (ok) {
            span_to_c(first, role, INSTANCE_ROLE_MAX);
        } else {
            fault_set(f, FAULT_CREDENTIALS, "The instance metadata service named no role.");
        }
    }
    http_response_free(&r);
    return ok;
}

/* During an outage the service hands out credentials that are over; they stay usable and are asked
   for again after a quarter of an hour. */
static void keep_stable(const struct creds_world *w, struct creds *out)
{
    int64_t now = world_clock(w)->wall_ms(world_clock(w));
    uint32_t bits = 0;

    if (out->expires_wall_ms != 0 && out->expires_wall_ms <= now) {
        bool is_random = digest_random(&bits, sizeof(bits), NULL);
        out->expires_wall_ms =
            now + 17 * 60 * 1000 + (is_random ? (int64_t)(bits % (8 * 60 * 1000)) : 0);
    }
}

static bool read_credentials(struct instance *i, const struct http_response *r, const char *role,
                             struct creds *out, struct fault *f)
{
    struct json *answer = NULL;
    char source[96];

    if (r->status != 200) {
        return bad_status(r, "credentials", f);
    }
    if (!json_parse(buf_span(&r->body), &answer, f)) {
        fault_set(f, FAULT_CREDENTIALS,
                  "The instance metadata service gave credentials that cannot be read.");
        return false;
    }
    struct span code = json_text_of(answer, "Code"), message = json_text_of(answer, "Message");
    bool ok = false;
    snprintf(source, sizeof(source), "instance role %.70s", role);
    if (!span_is_null(code) && !span_equal(code, SPAN("Success"))) {
        fault_set(f, FAULT_CREDENTIALS,
                  "The instance metadata service has no credentials for role %s: %.*s %.*s", role,
                  (int)(code.len > 60 ? 60 : code.len), code.at,
                  (int)(message.len > 200 ? 200 : message.len), message.at ? message.at : "");
    } else {
        ok = creds_read_json(buf_span(&r->body), NO_SPAN, source, out, f);
    }
    json_free(answer);
    if (ok) {
        keep_stable(i->w, out);
    }
    return ok;
}

static bool converse(struct instance *i, bool is_default, struct creds *out, struct fault *f)
{
    char role[INSTANCE_ROLE_MAX], path[sizeof(ROLES_PATH) + INSTANCE_ROLE_MAX];

    if (!get_token(i, is_default, f) || !get_role(i, role, f)) {
        return false;
    }
    snprintf(path, sizeof(path), ROLES_PATH "%s", role);
    for (bool is_again = false;; is_again = true) {
        struct http_response r = { 0 };
        bool came = ask(i, SPAN("GET"), path, &r, f);
        bool is_old_token = came && r.status == 401 && !is_again;
        bool ok = came && !is_old_token && read_credentials(i, &r, role, out, f);
        http_response_free(&r);
        if (!is_old_token || !get_token(i, false, f)) {
            return ok;
        }
    }
}

bool provide_instance(const struct creds_world *w, const struct creds_request *q,
                      const struct profile_section *profile, bool is_default, struct creds *out,
                      struct fault *f)
{
    struct instance i = { .w = w, .q = q };

    if (world_env_is_true(w, "AWS_EC2_METADATA_DISABLED")) {
        return creds_not_configured(
            f, "The instance metadata service is switched off by AWS_EC2_METADATA_DISABLED.");
    }
    if (!instance_endpoint(w, profile, i.endpoint, sizeof(i.endpoint), f)) {
        return false;
    }
    bool ok = converse(&i, is_default, out, f);
    secret_wipe(i.token, sizeof(i.token));
    return ok;
}
