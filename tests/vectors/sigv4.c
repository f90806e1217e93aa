/* Signatures, stage by stage: canonical request, string to sign, signature. */
#include "runner.h"

#include <stdio.h>
#include <string.h>

#include "aws/sigv4.h"
#include "net/url.h"

struct wire {
    struct http_header headers[HTTP_HEADERS_MAX];
    unsigned n;
    struct span method, path, query, body;
};

/* "METHOD target HTTP/1.1", headers (a line that begins with a blank continues the one before),
   blank line, body. */
static void read_wire(struct span text, struct wire *w)
{
    size_t end = span_find(text, SPAN("\n\n"));
    struct span head = span_part(text, 0, end), line = span_next(&head, '\n');
    size_t mark = span_find(line, SPAN(" HTTP/1.1")), blank = span_find_byte(line, ' ');
    struct span target = span_part(line, blank + 1, mark - blank - 1);
    size_t question = span_find_byte(target, '?');

    *w = (struct wire){ .method = span_part(line, 0, blank),
                        .path = span_part(target, 0, question) };
    w->query = question < target.len ? span_from(target, question + 1) : NO_SPAN;
    w->body = end < text.len ? span_from(text, end + 2) : SPAN("");
    while (!span_is_null(head)) {
        line = span_next(&head, '\n');
        size_t colon = span_find_byte(line, ':');
        if (line.len > 0 && ascii_is_blank(line.at[0]) && w->n > 0) {
            struct span *before = &w->headers[w->n - 1].value;
            before->len = (size_t)(line.at + line.len - before->at);
        } else if (colon < line.len) {
            w->headers[w->n++] =
                (struct http_header){ span_part(line, 0, colon), span_from(line, colon + 1) };
        }
    }
}

static bool file_is(const char *folder, const char *file, struct span got)
{
    char path[600];
    struct buf want = { 0 };

    snprintf(path, sizeof(path), "%s/%s", folder, file);
    bool ok = runner_read(path, &want) && span_equal(span_trim(buf_span(&want)), got);
    buf_free(&want);
    return ok;
}

static void suite_case(const char *folder, const char *name)
{
    char path[600];
    struct buf text = { 0 };
    struct sigv4_result r = { 0 };
    struct fault f = { 0 };
    struct wire w;
    int64_t when = 0;

    snprintf(path, sizeof(path), "%s/context.json", folder);
    struct json *context = runner_json(path), *creds = json_member(context, "credentials");
    snprintf(path, sizeof(path), "%s/request.txt", folder);
    bool ok = context != NULL && runner_read(path, &text) &&
              utc_parse_iso(json_text_of(context, "timestamp"), &when);
    if (ok) {
        read_wire(buf_span(&text), &w);
        struct sigv4_request q = { .method = w.method,
                                   .path = w.path,
                                   .query = w.query,
                                   .headers = w.headers,
                                   .n_headers = w.n,
                                   .body = w.body };
        struct sigv4_settings s = {
            .access_key_id = json_text_of(creds, "access_key_id"),
            .secret_access_key = json_text_of(creds, "secret_access_key"),
            .session_token = json_text_of(creds, "token"),
            .region = json_text_of(context, "region"),
            .service = json_text_of(context, "service"),
            .wall_ms = when,
            .normalise_path = json_truth(json_member(context, "normalize"), true),
            .double_encode = true,
            .sign_body_header = json_truth(json_member(context, "sign_body"), false),
            .omit_session_token = json_truth(json_member(context, "omit_session_token"), false),
        };
        ok = sigv4_sign(&q, &s, &r, &f) &&
             file_is(folder, "header-canonical-request.txt", buf_span(&r.canonical_request)) &&
             file_is(folder, "header-string-to-sign.txt", buf_span(&r.string_to_sign)) &&
             file_is(folder, "header-signature.txt", span_of(r.signature));
    }
    runner_case(span_of(name), ok, f.text[0] != 0 ? f.text : "differs");
    sigv4_free(&r);
    buf_free(&text);
    json_free(context);
}

/* A date header of the old suite stands for x-amz-date: it is signed in its place. */
static void legacy_case(const char *name)
{
    char path[600], base[500];
    struct buf text = { 0 }, want = { 0 };
    struct sigv4_result r = { 0 };
    struct fault f = { 0 };
    struct wire w;

    snprintf(base, sizeof(base), "sigv4/legacy/%s", name);
    snprintf(path, sizeof(path), "%s.req", base);
    if (!runner_read(path, &text)) {
        return;
    }
    struct buf plain = { 0 };
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] != '\r') {
            (void)!buf_add_byte(&plain, text.at[i], NULL);
        }
    }
    read_wire(buf_span(&plain), &w);
    unsigned n = 0;
    for (unsigned i = 0; i < w.n; i++) {
        if (!span_equal_nocase(w.headers[i].name, SPAN("x-amz-date"))) {
            w.headers[n++] = w.headers[i];
        }
    }
    struct sigv4_request q = { .method = w.method,
                               .path = w.path,
                               .query = w.query,
                               .headers = w.headers,
                               .n_headers = n,
                               .body = w.body };
    struct sigv4_settings s = { .access_key_id = SPAN("AKIDEXAMPLE"),
                                .secret_access_key =
                                    SPAN("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                                .region = SPAN("us-east-1"),
                                .service = SPAN("service"),
                                .wall_ms = 1440938160000,
                                .normalise_path = true,
                                .double_encode = true };
    bool ok = sigv4_sign(&q, &s, &r, &f);
    snprintf(path, sizeof(path), "%s.authz", base);
    ok = ok && runner_read(path, &want) &&
         span_equal(span_trim(buf_span(&want)), buf_span(&r.authorization));
    runner_case(span_of(base), ok, ok ? NULL : r.canonical_request.at);
    sigv4_free(&r);
    buf_free(&want);
    buf_free(&plain);
    buf_free(&text);
}

static void each_legacy(const char *folder, const char *name)
{
    struct span file = span_of(name);
    char base[256];

    (void)folder;
    if (span_ends(file, SPAN(".req"))) {
        span_to_c(span_part(file, 0, file.len - 4), base, sizeof(base));
        legacy_case(base);
    }
}

struct headers {
    struct http_header *at;
    unsigned n;
};

static bool add_header(struct span name, const struct json *value, void *context)
{
    static const char *const never[] = { "User-Agent", "Connection", "Expect", "Transfer-Encoding",
                                         "X-Amzn-Trace-Id" };
    struct headers *h = context;

    for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
        if (span_equal_nocase(name, span_of(never[i]))) {
            return true;
        }
    }
    h->at[h->n++] = (struct http_header){ name, json_text(value) };
    return true;
}

static int64_t basic_time(struct span s)
{
    char iso[32];
    int64_t ms = 0;

    snprintf(iso, sizeof(iso), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", s.at, s.at + 4, s.at + 6, s.at + 9,
             s.at + 11, s.at + 13);
    return utc_parse_iso(span_of(iso), &ms) ? ms : 0;
}

static bool is_or_absent(const struct json *object, const char *name, struct span got)
{
    struct span want = json_text_of(object, name);

    return span_is_null(want) || span_equal(want, got);
}

/* A request given whole (url) or in parts (path, query), with its credentials beside it or in an
   object. */
static void request_case(const struct json *c)
{
    struct json *in = json_member(c, "input"), *out = json_member(c, "output"),
                *creds = json_member(in, "credentials");
    struct span address = json_text_of(in, "url"), query = json_text_of(in, "query");
    struct http_header list[HTTP_HEADERS_MAX];
    struct headers headers = { list, 0 };
    struct url u = { .path = json_text_of(in, "path") };
    struct sigv4_result r = { 0 };
    struct fault f = { 0 };
    char host[300];
    bool ok = true, is_s3 = span_equal(json_text_of(in, "signer"), SPAN("s3")) ||
                            span_equal(json_text_of(in, "service"), SPAN("s3"));

    if (!span_is_null(address)) {
        size_t question = span_find_byte(address, '?');
        query = question < address.len ? span_from(address, question + 1) : NO_SPAN;
        ok = url_parse(span_part(address, 0, question), &u, &f);
        snprintf(host, sizeof(host), u.port != 0 ? "%.*s:%u" : "%.*s", (int)u.host.len, u.host.at,
                 u.port);
        list[headers.n++] = (struct http_header){ SPAN("Host"), span_of(host) };
    }
    json_each(json_member(in, "headers"), add_header, &headers);
    struct sigv4_request q = { .method = json_text_of(in, "method"),
                               .path = u.path,
                               .query = query,
                               .headers = list,
                               .n_headers = headers.n,
                               .body = json_text_of(in, "body"),
                               .payload_hash =
                                   json_truth(json_member(in, "unsigned_payload"), false)
                                       ? SPAN("UNSIGNED-PAYLOAD")
                                       : NO_SPAN };
    struct sigv4_settings s = { .access_key_id =
                                    json_text_of(creds != NULL ? creds : in, "access_key_id"),
                                .secret_access_key =
                                    json_text_of(creds != NULL ? creds : in, "secret_access_key"),
                                .session_token = json_text_of(creds, "session_token"),
                                .region = json_text_of(in, "region"),
                                .service = json_text_of(in, "service"),
                                .wall_ms = basic_time(json_text_of(in, "timestamp")),
                                .normalise_path = !is_s3,
                                .double_encode = !is_s3,
                                .sign_body_header = is_s3 };
    ok = ok && sigv4_sign(&q, &s, &r, &f) &&
         is_or_absent(out, "canonical_request", buf_span(&r.canonical_request)) &&
         is_or_absent(out, "string_to_sign", buf_span(&r.string_to_sign)) &&
         is_or_absent(out, "signature", span_of(r.signature)) &&
         is_or_absent(out, "authorization", buf_span(&r.authorization));
    runner_case(json_text_of(c, "name"), ok, f.text[0] != 0 ? f.text : "differs");
    sigv4_free(&r);
}

static void key_case(const struct json *c)
{
    unsigned char key[SHA256_BYTES];
    char hex[SHA256_HEX], name[200];
    struct span date = json_text_of(c, "date"), service = json_text_of(c, "service");
    bool ok = sigv4_key(json_text_of(c, "secret_access_key"), date, json_text_of(c, "region"),
                        service, key, NULL);

    digest_hex(key, sizeof(key), hex);
    snprintf(name, sizeof(name), "key of %.*s/%.*s", (int)date.len, date.at, (int)service.len,
             service.at);
    runner_case(span_of(name), ok && span_equal(span_of(hex), json_text_of(c, "kSigning")), hex);
}

static void each(const char *path, void (*run)(const struct json *c))
{
    struct json *document = runner_json(path), *list = json_member(document, "cases");

    for (size_t i = 0; i < json_length(list); i++) {
        run(json_at(list, i));
    }
    json_free(document);
}

void run_sigv4(void)
{
    runner_folders("sigv4/v4", suite_case);
    runner_folders("sigv4/legacy", each_legacy);
    each("sigv4/s3-published-examples.json", request_case);
    each("sigv4/key-derivation.json", key_case);
    each("sigv4/service-requests.json", request_case);
}
