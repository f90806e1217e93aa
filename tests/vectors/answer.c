/* Answers questions of the differential test, one JSON object a line: what does the driver sign,
   write, read, resolve? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/endpoint.h"
#include "aws/profile.h"
#include "aws/sigv4.h"
#include "net/url.h"
#include "role.h"

static bool is(struct span s, const char *text)
{
    return span_equal(s, span_of(text));
}

static struct span or_empty(struct span s)
{
    return span_is_null(s) ? SPAN("") : s;
}

struct headers {
    struct http_header at[HTTP_HEADERS_MAX];
    unsigned n;
};

static bool add_header(struct span name, const struct json *value, void *context)
{
    struct headers *h = context;

    h->at[h->n++] = (struct http_header){ name, json_text(value) };
    return true;
}

static bool answer_sign(const struct json *q, struct json_writer *w, struct fault *f)
{
    struct headers headers = { .n = 0 };
    struct sigv4_result r = { 0 };
    struct span query = json_text_of(q, "query");
    bool is_s3 = json_truth(json_member(q, "s3"), false);

    json_each(json_member(q, "headers"), add_header, &headers);
    struct sigv4_request request = { .method = json_text_of(q, "method"),
                                     .path = json_text_of(q, "path"),
                                     .query = query,
                                     .headers = headers.at,
                                     .n_headers = headers.n,
                                     .body = or_empty(json_text_of(q, "body")) };
    struct sigv4_settings s = { .access_key_id = json_text_of(q, "key"),
                                .secret_access_key = json_text_of(q, "secret"),
                                .session_token = json_text_of(q, "token"),
                                .region = json_text_of(q, "region"),
                                .service = json_text_of(q, "service"),
                                .wall_ms = json_int(json_member(q, "ms"), 0),
                                .normalise_path = !is_s3,
                                .double_encode = !is_s3,
                                .sign_body_header = is_s3 };
    bool ok = sigv4_sign(&request, &s, &r, f);
    if (ok) {
        json_string_member(w, "authorization", buf_span(&r.authorization));
        json_string_member(w, "canonical", buf_span(&r.canonical_request));
    }
    sigv4_free(&r);
    return ok;
}

static bool answer_sts(const struct json *q, struct json_writer *w, struct fault *f)
{
    struct buf form = { 0 };
    static struct sts_role role;

    role_read(json_member(q, "params"), &role);
    bool ok = sts_role_check(&role, f) && sts_role_form(&role, &form, f);
    if (ok) {
        json_string_member(w, "body", buf_span(&form));
    }
    buf_free(&form);
    return ok;
}

static void print_property(struct span name, struct span value, void *context)
{
    struct json_writer *w = context;
    char key[300];

    span_to_c(name, key, sizeof(key));
    json_string_member(w, key, value);
}

static bool answer_profile(const struct json *q, struct json_writer *w, struct fault *f)
{
    static const char *const names[] = { "profiles", "sso_sessions", "services" };
    struct profile_set set = { 0 };
    bool ok =
        profile_parse(&set, PROFILE_CONFIG, "config", or_empty(json_text_of(q, "config")), f) &&
        profile_parse(&set, PROFILE_CREDENTIALS, "credentials",
                      or_empty(json_text_of(q, "credentials")), f);

    for (int kind = 0; ok && kind < 3; kind++) {
        json_name(w, names[kind]);
        json_open(w, '{');
        for (const struct profile_section *s = set.sections; s != NULL; s = s->next) {
            char name[300];
            span_to_c(s->name, name, sizeof(name));
            if ((int)s->kind == kind) {
                json_name(w, name);
                json_open(w, '{');
                profile_each(s, print_property, w);
                json_close(w, '}');
            }
        }
        json_close(w, '}');
    }
    profile_set_free(&set);
    return ok;
}

static bool answer_endpoint(const struct json *q, struct json_writer *w, struct fault *f)
{
    static const struct {
        const char *name;
        enum aws_service service;
    } services[] = {
        { "athena", AWS_ATHENA }, { "glue", AWS_GLUE }, { "sts", AWS_STS },
        { "s3", AWS_S3 },         { "sso", AWS_SSO },   { "sso-oidc", AWS_SSO_OIDC },
    };
    struct endpoint_input in = { .region = or_empty(json_text_of(q, "region")),
                                 .bucket = or_empty(json_text_of(q, "bucket")),
                                 .override = or_empty(json_text_of(q, "endpoint")),
                                 .use_fips = json_truth(json_member(q, "fips"), false),
                                 .use_dualstack = json_truth(json_member(q, "dualstack"), false) };
    struct endpoint e;
    char url[1200], port[16] = "";

    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        if (is(json_text_of(q, "service"), services[i].name)) {
            in.service = services[i].service;
        }
    }
    if (!endpoint_resolve(&in, &e, f)) {
        return false;
    }
    if (e.port != 0) {
        snprintf(port, sizeof(port), ":%u", e.port);
    }
    snprintf(url, sizeof(url), "%s://%s%s%s", e.scheme, e.host, port, e.path);
    json_string_member(w, "url", span_of(url));
    json_string_member(w, "region", span_of(e.region));
    return true;
}

static void answer(struct span line)
{
    static const struct {
        const char *name;
        bool (*run)(const struct json *q, struct json_writer *w, struct fault *f);
    } kinds[] = {
        { "sign", answer_sign },
        { "sts", answer_sts },
        { "profile", answer_profile },
        { "endpoint", answer_endpoint },
    };
    struct json *q = NULL;
    struct buf out = { 0 };
    struct fault f = { 0 }, unused = { 0 };
    struct json_writer w = { .out = &out, .f = &unused };
    bool ok = json_parse(line, &q, &f);

    json_open(&w, '{');
    for (size_t i = 0; ok && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (is(json_text_of(q, "ask"), kinds[i].name)) {
            ok = kinds[i].run(q, &w, &f);
            break;
        }
    }
    json_close(&w, '}');
    if (!ok) {
        buf_clear(&out);
        w = (struct json_writer){ .out = &out, .f = &unused };
        json_open(&w, '{');
        json_string_member(&w, "refused", span_of(f.text));
        json_close(&w, '}');
    }
    printf("%.*s\n", (int)out.len, out.at != NULL ? out.at : "{}");
    fflush(stdout);
    buf_free(&out);
    json_free(q);
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;

    while ((n = getline(&line, &room, stdin)) > 0) {
        answer(span_trim((struct span){ line, (size_t)n }));
    }
    free(line);
    return 0;
}
