/* IAM Identity Center: the token that `aws sso login` left behind, renewed while it can be,
   exchanged for a role's credentials. */
#include "aws/providers.h"

#include <stdio.h>
#include <string.h>

#include "aws/creds_fetch.h"
#include "aws/error.h"
#include "aws/token_cache.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/secret.h"
#include "net/url.h"

enum { SSO_RENEW_MS = 5 * 60 * 1000, SSO_TOKEN_MAX = 8192 };

#define SSO_FIX "aws sso login"

struct sso {
    const struct creds_world *w;
    const struct creds_request *q;
    const struct endpoint_view *view;
    const struct plan_sso *plan;
    char path[WORLD_TEXT_MAX];
    char token[SSO_TOKEN_MAX];
};

static bool cache_path(struct sso *s, struct fault *f)
{
    char hash[SHA1_HEX], home[WORLD_TEXT_MAX];
    struct span of = s->plan->session.len > 0 ? s->plan->session : s->plan->start_url;

    if (!digest_sha1_hex(of, hash, f)) {
        return false;
    }
    if (!world_home(s->w, home, sizeof(home))) {
        return fault_set(f, FAULT_CREDENTIALS,
                         "No home directory is known, so the sign-in token cannot be found.");
    }
    int n = snprintf(s->path, sizeof(s->path), "%s/.aws/sso/cache/%s.json", home, hash);
    return n > 0 && (size_t)n < sizeof(s->path)
               ? true
               : fault_set(f, FAULT_CREDENTIALS, "The home directory's name is too long.");
}

static bool has_text(const struct json *document, const char *name)
{
    return json_text_of(document, name).len > 0;
}

static bool token_request(const struct json *document, struct buf *out, struct fault *f)
{
    struct json_writer w = { .out = out, .f = f };

    json_open(&w, '{');
    json_string_member(&w, "clientId", json_text_of(document, "clientId"));
    json_string_member(&w, "clientSecret", json_text_of(document, "clientSecret"));
    json_string_member(&w, "grantType", SPAN("refresh_token"));
    json_string_member(&w, "refreshToken", json_text_of(document, "refreshToken"));
    json_close(&w, '}');
    return json_done(&w);
}

/* Takes the new token over, into memory and into the file. A file that cannot be written is no
   reason to fail. */
static bool take_new_token(struct sso *s, const struct json *document, const struct json *answer,
                           struct fault *f)
{
    struct span token = json_text_of(answer, "accessToken");
    int64_t seconds = json_int(json_member(answer, "expiresIn"), 0);
    int64_t now = world_clock(s->w)->wall_ms(world_clock(s->w));
    char expires[21];
    struct fault unwritten = { 0 };

    if (token.len == 0 || token.len >= sizeof(s->token) || seconds <= 0) {
        return fault_set(f, FAULT_PROTOCOL, "The token service's answer holds no usable token.");
    }
    span_to_c(token, s->token, sizeof(s->token));
    utc_print_iso(now + seconds * 1000, expires);
    const struct token_edit edits[] = {
        { "accessToken", token, NO_SPAN },
        { "expiresAt", span_of(expires), NO_SPAN },
        { "refreshToken", json_text_of(answer, "refreshToken"), NO_SPAN },
    };
    if (!token_cache_write(s->w, s->path, document, edits, 3, &unwritten)) {
        log_line(LOG_WARN, "the renewed sign-in token could not be kept: %s", unwritten.text);
    }
    return true;
}

static bool renew_token(struct sso *s, const struct json *document, struct fault *f)
{
    char url[SERVICE_URL_MAX];
    struct buf body = { .ceiling = 64 * 1024, .is_secret = true };
    struct http_response r = { 0 };
    struct json *answer = NULL;
    bool ok = creds_service_url(s->view, AWS_SSO_OIDC, s->plan->region, "/token", url, f) &&
              token_request(document, &body, f);

    if (ok) {
        struct creds_fetch what = {
            .method = SPAN("POST"),
            .url = span_of(url),
            .headers = { { SPAN("content-type"), SPAN("application/json") } },
            .body = buf_span(&body),
            .action = SPAN("sso-oidc:CreateToken"),
        };
        ok = creds_fetch(s->w, s->q, &what, &r, f);
    }
    if (ok && r.status != 200) {
        ok = fault_set(f, FAULT_CREDENTIALS,
                       "The sign-in token could not be renewed (answer %d). Run `" SSO_FIX "`.",
                       r.status);
    }
    ok = ok && json_parse(buf_span(&r.body), &answer, f) && take_new_token(s, document, answer, f);
    json_free(answer);
    http_response_free(&r);
    buf_free(&body);
    return ok;
}

static bool can_renew(const struct sso *s, const struct json *document, int64_t now)
{
    int64_t registered_until = 0;

    return s->plan->session.len > 0 && has_text(document, "refreshToken") &&
           has_text(document, "clientId") && has_text(document, "clientSecret") &&
           has_text(document, "registrationExpiresAt") &&
           utc_parse_iso(json_text_of(document, "registrationExpiresAt"), &registered_until) &&
           registered_until > now;
}

/* Chooses the token to use: the kept one, or a renewed one when the kept one is nearly over. */
static bool choose_token(struct sso *s, const struct json *document, struct fault *f)
{
    struct span kept = json_text_of(document, "accessToken");
    int64_t until = 0, now = world_clock(s->w)->wall_ms(world_clock(s->w));

    if (kept.len == 0 || kept.len >= sizeof(s->token) ||
        !utc_parse_iso(json_text_of(document, "expiresAt"), &until)) {
        return fault_set(f, FAULT_CREDENTIALS,
                         "The token file %s lacks accessToken or expiresAt. Run `" SSO_FIX "`.",
                         s->path);
    }
    if (until - now < SSO_RENEW_MS && can_renew(s, document, now)) {
        struct fault why = { 0 };
        if (renew_token(s, document, &why)) {
            return true;
        }
        if (until <= now) {
            *f = why;
            return false;
        }
    }
    if (until <= now) {
        char text[21];
        utc_print_iso(until, text);
        return fault_set(f, FAULT_CREDENTIALS,
                         "The Identity Center sign-in ended at %s. Run `" SSO_FIX "`.", text);
    }
    span_to_c(kept, s->token, sizeof(s->token));
    return true;
}

static bool read_role_credentials(const struct sso *s, const struct http_response *r,
                                  struct creds *out, struct fault *f)
{
    char source[96];
    struct json *answer = NULL;

    if (r->status != 200) {
        struct aws_error e;
        aws_error_read(r, &e);
        aws_error_to_fault(&e, r->status, SPAN("sso:GetRoleCredentials"), HOP_BASE, f);
        if (r->status == 401 && f != NULL) {
            f->kind = FAULT_SIGN_IN;
            fault_retext(f, "Identity Center refuses the sign-in token: it has ended or was "
                            "withdrawn. Run `" SSO_FIX "`.");
        }
        return false;
    }
    if (!json_parse(buf_span(&r->body), &answer, f)) {
        return false;
    }
    const struct json *c = json_member(answer, "roleCredentials");
    snprintf(source, sizeof(source), "Identity Center role %.*s",
             (int)(s->plan->role.len > 64 ? 64 : s->plan->role.len), s->plan->role.at);
    struct creds_texts texts = { json_text_of(c, "accessKeyId"), json_text_of(c, "secretAccessKey"),
                                 json_text_of(c, "sessionToken"), s->plan->account, source };
    bool ok = creds_fill(out, &texts, f);
    if (ok) {
        out->expires_wall_ms = json_int(json_member(c, "expiration"), 0);
        creds_fetch_correct(r, out);
    }
    json_free(answer);
    return ok;
}

static bool add_query(struct sso *s, struct buf *url, struct fault *f)
{
    return buf_add(url, SPAN("?account_id="), f) && url_encode(s->plan->account, false, url, f) &&
           buf_add(url, SPAN("&role_name="), f) && url_encode(s->plan->role, false, url, f);
}

static bool get_role_credentials(struct sso *s, struct creds *out, struct fault *f)
{
    char base[SERVICE_URL_MAX];
    struct buf url = { .ceiling = 16 * 1024 };
    struct http_response r = { 0 };
    bool ok =
        creds_service_url(s->view, AWS_SSO, s->plan->region, "/federation/credentials", base, f) &&
        buf_add(&url, span_of(base), f) && add_query(s, &url, f);

    if (ok) {
        struct creds_fetch what = {
            .method = SPAN("GET"),
            .url = buf_span(&url),
            .headers = { { SPAN("x-amz-sso_bearer_token"), span_of(s->token) } },
            .action = SPAN("sso:GetRoleCredentials"),
        };
        ok = creds_fetch(s->w, s->q, &what, &r, f) && read_role_credentials(s, &r, out, f);
    }
    http_response_free(&r);
    buf_free(&url);
    return ok;
}

bool provide_sso(const struct endpoint_view *v, const struct creds_request *q,
                 const struct plan_sso *sso, struct creds *out, struct fault *f)
{
    struct sso s = { .w = v->w, .q = q, .view = v, .plan = sso };
    struct json *document = NULL;
    bool ok = cache_path(&s, f) && token_cache_read(s.w, s.path, SSO_FIX, &document, f) &&
              choose_token(&s, document, f) && get_role_credentials(&s, out, f);

    json_free(document);
    secret_wipe(s.token, sizeof(s.token));
    return ok;
}
