/* `aws login`: the session that the command line tool left behind, renewed with a proof of
   possession of its key. */
#include "aws/providers.h"

#include <stdio.h>
#include <string.h>

#include "aws/creds_fetch.h"
#include "aws/token_cache.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/secret.h"

enum { LOGIN_RENEW_MS = 5 * 60 * 1000 };

#define LOGIN_FIX "aws login"

struct login {
    const struct creds_world *w;
    const struct creds_request *q;
    char path[WORLD_TEXT_MAX];
    char url[SERVICE_URL_MAX];
};

static bool cache_path(struct login *l, struct span session, struct fault *f)
{
    char hash[SHA256_HEX], directory[WORLD_TEXT_MAX], given[WORLD_TEXT_MAX];

    if (!digest_sha256_hex(session, hash, f)) {
        return false;
    }
    bool is_given = world_env(l->w, "AWS_LOGIN_CACHE_DIRECTORY", given, sizeof(given));
    if (!world_expand(l->w, is_given ? span_of(given) : SPAN("~/.aws/login/cache"), directory,
                      sizeof(directory))) {
        return fault_set(f, FAULT_CREDENTIALS,
                         "No home directory is known, so the sign-in session cannot be found.");
    }
    int n = snprintf(l->path, sizeof(l->path), "%s/%s.json", directory, hash);
    return n > 0 && (size_t)n < sizeof(l->path)
               ? true
               : fault_set(f, FAULT_CREDENTIALS, "The sign-in directory's name is too long.");
}

static bool read_access_token(const struct json *token, struct span account, const char *expires,
                              struct creds *out, struct fault *f)
{
    int64_t until = 0;
    struct span own = json_text_of(token, "accountId");
    struct span when = expires != NULL ? span_of(expires) : json_text_of(token, "expiresAt");

    if (span_is_null(when) || !utc_parse_iso(when, &until)) {
        return fault_set(f, FAULT_CREDENTIALS,
                         "The sign-in session says no time of expiry. Run `" LOGIN_FIX "`.");
    }
    struct creds_texts texts = { json_text_of(token, "accessKeyId"),
                                 json_text_of(token, "secretAccessKey"),
                                 json_text_of(token, "sessionToken"), own.len > 0 ? own : account,
                                 "aws login session" };
    if (!creds_fill(out, &texts, f)) {
        return false;
    }
    out->expires_wall_ms = until;
    return true;
}

/* A part of the proof: JSON, then base64url. */
static bool add_part(struct span json, struct buf *out, struct fault *f)
{
    return digest_base64url(json, out, f);
}

/* The proof's header: the public key. */
static bool proof_header(const struct es256_proof *key, struct buf *out, struct fault *f)
{
    return buf_add(out,
                   SPAN("{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":{\"kty\":\"EC\",\"x\":\""),
                   f) &&
           digest_base64url((struct span){ (const char *)key->x, 32 }, out, f) &&
           buf_add(out, SPAN("\",\"y\":\""), f) &&
           digest_base64url((struct span){ (const char *)key->y, 32 }, out, f) &&
           buf_add(out, SPAN("\",\"crv\":\"P-256\"}}"), f);
}

static bool proof_payload(const struct login *l, struct buf *out, struct fault *f)
{
    char id[UUID_TEXT];
    struct json_writer w = { .out = out, .f = f };

    if (!digest_uuid(id, f)) {
        return false;
    }
    json_open(&w, '{');
    json_string_member(&w, "htm", SPAN("POST"));
    json_string_member(&w, "htu", span_of(l->url));
    json_name(&w, "iat");
    json_number(&w, world_clock(l->w)->wall_ms(world_clock(l->w)) / 1000);
    json_string_member(&w, "jti", span_of(id));
    json_close(&w, '}');
    return json_done(&w);
}

static bool make_proof(const struct login *l, struct span pem, struct buf *out, struct fault *f)
{
    struct es256_proof key;
    struct buf header = { .ceiling = 4096 }, payload = { .ceiling = 4096 };
    bool ok = digest_es256_public(pem, &key, f) && proof_header(&key, &header, f) &&
              proof_payload(l, &payload, f) && add_part(buf_span(&header), out, f) &&
              buf_add_byte(out, '.', f) && add_part(buf_span(&payload), out, f) &&
              digest_es256_sign(pem, buf_span(out), &key, f) && buf_add_byte(out, '.', f) &&
              digest_base64url((struct span){ (const char *)key.signature, sizeof(key.signature) },
                               out, f);

    buf_free(&header);
    buf_free(&payload);
    return ok;
}

static bool token_request(const struct json *document, struct buf *out, struct fault *f)
{
    struct json_writer w = { .out = out, .f = f };

    json_open(&w, '{');
    json_string_member(&w, "clientId", json_text_of(document, "clientId"));
    json_string_member(&w, "grantType", SPAN("refresh_token"));
    json_string_member(&w, "refreshToken", json_text_of(document, "refreshToken"));
    json_close(&w, '}');
    return json_done(&w);
}

static bool refused(const struct http_response *r, struct fault *f)
{
    struct json *answer = NULL;
    bool is_json = json_parse(buf_span(&r->body), &answer, NULL);
    struct span error = is_json ? json_text_of(answer, "error") : NO_SPAN;

    if (span_equal(error, SPAN("INSUFFICIENT_PERMISSIONS"))) {
        fault_set(f, FAULT_CREDENTIALS,
                  "The signed-in user may not use `aws login` sessions; an administrator has to "
                  "allow it.");
    } else if (r->status >= 500) {
        fault_set(f, FAULT_SERVICE, "The sign-in service failed with %d.", r->status);
    } else {
        fault_set(f, FAULT_CREDENTIALS,
                  "The sign-in session cannot be renewed (answer %d, %.*s). Run `" LOGIN_FIX
                  "` again.",
                  r->status, (int)(error.len > 60 ? 60 : error.len), error.at ? error.at : "");
    }
    json_free(answer);
    return false;
}

/* The new session as JSON for the file. */
static bool print_access_token(const struct creds *c, const char *expires, struct buf *out,
                               struct fault *f)
{
    struct json_writer w = { .out = out, .f = f };

    json_open(&w, '{');
    json_string_member(&w, "accessKeyId", span_of(c->access_key_id));
    json_string_member(&w, "secretAccessKey", span_of(c->secret_access_key));
    json_string_member(&w, "sessionToken", span_of(c->session_token));
    json_string_member(&w, "accountId", span_of(c->account));
    json_string_member(&w, "expiresAt", span_of(expires));
    json_close(&w, '}');
    return json_done(&w);
}

static bool take_session(struct login *l, const struct json *document, const struct json *answer,
                         struct creds *out, struct fault *f)
{
    char expires[21];
    struct buf token = { .ceiling = 64 * 1024, .is_secret = true };
    int64_t now = world_clock(l->w)->wall_ms(world_clock(l->w));
    int64_t seconds = json_int(json_member(answer, "expiresIn"), 900);
    struct fault unwritten = { 0 };

    utc_print_iso(now + (seconds > 0 && seconds <= 43200 ? seconds : 900) * 1000, expires);
    if (!read_access_token(json_member(answer, "accessToken"),
                           json_text(json_path(document, "accessToken.accountId")), expires, out,
                           f)) {
        return false;
    }
    bool ok = print_access_token(out, expires, &token, &unwritten);
    const struct token_edit edits[] = {
        { "accessToken", NO_SPAN, buf_span(&token) },
        { "refreshToken", json_text_of(answer, "refreshToken"), NO_SPAN },
    };
    if (!ok || !token_cache_write(l->w, l->path, document, edits, 2, &unwritten)) {
        log_line(LOG_WARN, "the renewed sign-in session could not be kept: %s", unwritten.text);
    }
    buf_free(&token);
    return true;
}

static bool renew(struct login *l, const struct json *document, struct creds *out, struct fault *f)
{
    struct buf proof = { .ceiling = 16 * 1024, .is_secret = true },
               body = { .ceiling = 64 * 1024, .is_secret = true };
    struct http_response r = { 0 };
    struct json *answer = NULL;
    bool ok = make_proof(l, json_text_of(document, "dpopKey"), &proof, f) &&
              token_request(document, &body, f);

    if (ok) {
        struct creds_fetch what = {
            .method = SPAN("POST"),
            .url = span_of(l->url),
            .headers = { { SPAN("content-type"), SPAN("application/json") },
                         { SPAN("dpop"), buf_span(&proof) } },
            .body = buf_span(&body),
            .action = SPAN("signin:CreateOAuth2Token"),
        };
        ok = creds_fetch(l->w, l->q, &what, &r, f) && (r.status == 200 || refused(&r, f));
    }
    ok = ok && json_parse(buf_span(&r.body), &answer, f) &&
         take_session(l, document, answer, out, f);
    json_free(answer);
    http_response_free(&r);
    buf_free(&body);
    buf_free(&proof);
    return ok;
}

static bool is_whole(const struct login *l, const struct json *document, struct fault *f)
{
    static const char *const needed[] = { "accessToken.accessKeyId", "refreshToken", "clientId",
                                          "dpopKey" };

    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        if (json_text(json_path(document, needed[i])).len == 0) {
            return fault_set(f, FAULT_CREDENTIALS,
                             "The sign-in session in %s lacks %s. Run `" LOGIN_FIX "`.", l->path,
                             needed[i]);
        }
    }
    return true;
}

bool provide_login(const struct endpoint_view *v, const struct creds_request *q, struct creds *out,
                   struct fault *f)
{
    const struct creds_world *w = v->w;
    struct login l = { .w = w, .q = q };
    struct json *document = NULL;
    char region[64];
    struct fault why = { 0 };

    world_region(w, profile_get(v->profile, "region"), region, sizeof(region));
    bool ok = cache_path(&l, profile_get(v->profile, "login_session"), f) &&
              token_cache_read(w, l.path, LOGIN_FIX, &document, f) && is_whole(&l, document, f) &&
              read_access_token(json_member(document, "accessToken"), NO_SPAN, NULL, out, f);
    int64_t now = world_clock(w)->wall_ms(world_clock(w));
    if (ok && out->expires_wall_ms - now <= LOGIN_RENEW_MS) {
        bool is_over = out->expires_wall_ms <= now;
        bool is_renewed =
            creds_service_url(v, AWS_SIGNIN, span_of(region), "/v1/token", l.url, &why) &&
            renew(&l, document, out, &why);
        ok = is_renewed || !is_over;
        if (!ok && f != NULL) {
            *f = why;
        }
    }
    json_free(document);
    return ok;
}
