/* Sign-in sessions of `aws login`: used while good, renewed with a proof of possession, written
   back. */
#include "runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aws/providers.h"
#include "chain_cases.h"
#include "replay.h"

struct login_server {
    struct http base;
    const struct json *calls;
    unsigned n_sent, n_wrong;
};

static bool login_send(struct http *h, const struct http_request *q, struct http_response *r,
                       struct fault *f)
{
    struct login_server *s = (struct login_server *)h;
    const struct json *call = json_at(s->calls, s->n_sent++);
    struct json *body = NULL, *want = json_path(call, "request.tokenInput");
    struct span proof = NO_SPAN;

    for (unsigned i = 0; i < q->n_headers; i++) {
        proof = span_equal_nocase(q->headers[i].name, SPAN("dpop")) ? q->headers[i].value : proof;
    }
    bool ok = json_parse(q->body, &body, f) &&
              span_equal(json_text_of(body, "clientId"), json_text_of(want, "clientId")) &&
              span_equal(json_text_of(body, "refreshToken"), json_text_of(want, "refreshToken")) &&
              span_equal(json_text_of(body, "grantType"), json_text_of(want, "grantType")) &&
              proof.len > 100;
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

static bool outcome_is(const struct json *outcome, bool ok, const struct creds *got,
                       const char *directory)
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
    return strcmp(name, "AWS_LOGIN_CACHE_DIRECTORY") == 0 ? login_directory
           : strcmp(name, "AWS_REGION") == 0              ? "us-east-1"
                                                          : NULL;
}

static void login_nothing(struct http *h)
{
    (void)h;
}

void login_case(const struct json *t)
{
    static const struct http_ops ops = { login_send, login_nothing };
    char directory[] = "/tmp/vectors-login-XXXXXX";
    struct login_server server = { .base = { &ops }, .calls = json_member(t, "mockApiCalls") };
    struct replay_clock clock = replay_clock_at(1763510400000); /* 2025-11-19 */
    struct creds_world w = {
        .env = login_env, .transport = &server.base, .clock = &clock.base, .attempts_max = 1
    };
    struct profile_set set = { 0 };
    struct creds_request q = { 0 };
    struct creds got = { 0 };
    struct fault f = { 0 };

    if (mkdtemp(directory) == NULL ||
        !profile_parse(&set, PROFILE_CONFIG, "config", json_text_of(t, "configContents"), &f)) {
        runner_case(json_text_of(t, "documentation"), false, f.text);
        return;
    }
    login_directory = directory;
    json_each(json_member(t, "cacheContents"), write_cache_file, directory);
    bool ok = provide_login(
        &(struct endpoint_view){ &w, &set, profile_find(&set, PROFILE_NAMED, SPAN("signin")) }, &q,
        &got, &f);
    bool fits = server.n_wrong == 0 && server.n_sent == json_length(server.calls);
    for (size_t i = 0; i < json_length(json_member(t, "outcomes")); i++) {
        fits = fits && outcome_is(json_at(json_member(t, "outcomes"), i), ok, &got, directory);
    }
    runner_case(json_text_of(t, "documentation"), fits, ok ? "another outcome" : f.text);
    json_each(json_member(t, "cacheContents"), remove_file, directory);
    rmdir(directory);
    profile_set_free(&set);
}

