/* Signatures held against published vectors. */
#include "unit/unit.h"
#include "unit/vectors.h"

#include <dirent.h>

#include "aws/sigv4.h"
#include "net/url.h"

/* Typed in: the examples of the S3 and IAM documentation. */
static void the_published_key_is_derived(void)
{
    unsigned char key[SHA256_BYTES];
    char hex[SHA256_HEX];
    struct fault f;

    CU_ASSERT(sigv4_key(SPAN("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), SPAN("20150830"),
                        SPAN("us-east-1"), SPAN("iam"), key, &f));
    digest_hex(key, sizeof(key), hex);
    CU_ASSERT_STRING_EQUAL(hex, "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
}

static void the_published_range_request_is_signed(void)
{
    struct http_header headers[] = { { SPAN("Host"), SPAN("examplebucket.s3.amazonaws.com") },
                                     { SPAN("Range"), SPAN("bytes=0-9") } };
    struct sigv4_request q = { .method = SPAN("GET"),
                               .path = SPAN("/test.txt"),
                               .query = NO_SPAN,
                               .headers = headers,
                               .n_headers = 2 };
    struct sigv4_settings s = { .access_key_id = SPAN("AKIAIOSFODNN7EXAMPLE"),
                                .secret_access_key =
                                    SPAN("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
                                .region = SPAN("us-east-1"),
                                .service = SPAN("s3"),
                                .wall_ms = 1369353600000,
                                .sign_body_header = true };
    struct sigv4_result r = { 0 };
    struct fault f;

    CU_ASSERT_FATAL(sigv4_sign(&q, &s, &r, &f));
    CU_ASSERT_STRING_EQUAL(r.signature,
                           "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    SPAN_IS(buf_span(&r.authorization),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    sigv4_free(&r);
    s.wall_ms += 1000;
    CU_ASSERT_FATAL(sigv4_sign(&q, &s, &r, &f));
    CU_ASSERT_STRING_NOT_EQUAL(r.signature,
                               "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    sigv4_free(&r);
}

static void paths_are_made_canonical(void)
{
    static const struct {
        const char *path;
        bool normal, twice;
        const char *want;
    } cases[] = {
        { "/", true, true, "/" },
        { "", true, true, "/" },
        { "/a/./b/../c//d/", true, true, "/a/c/d/" },
        { "/..", true, true, "/" },
        { "/../../x", true, true, "/x" },
        { "/a%20b", true, true, "/a%2520b" },
        { "/a/..", true, true, "/" },
        { "//", true, true, "/" },
        { "/a/../b//c", false, false, "/a/../b//c" },
        { "/k%2B1", false, false, "/k%2B1" },
        { "/a//b", false, true, "/a//b" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sigv4_request q = { .method = SPAN("GET"), .path = span_of(cases[i].path) };
        struct sigv4_settings s = { .normalise_path = cases[i].normal,
                                    .double_encode = cases[i].twice };
        struct sigv4_result r = { 0 };
        struct fault f;
        CU_ASSERT_FATAL(sigv4_sign(&q, &s, &r, &f));
        struct span rest = buf_span(&r.canonical_request);
        (void)span_next(&rest, '\n');
        SPAN_IS(span_next(&rest, '\n'), cases[i].want);
        sigv4_free(&r);
    }
}

/* One case of the signing test suite */

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

    memset(w, 0, sizeof(*w));
    w->method = span_part(line, 0, blank);
    w->path = span_part(target, 0, question);
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

static bool agrees(const char *name, const char *file, struct span got)
{
    char path[512];
    struct buf want = { 0 };

    snprintf(path, sizeof(path), "sigv4/%s/%s", name, file);
    bool ok = vectors_read(path, &want) && span_equal(span_trim(buf_span(&want)), got);
    if (!ok) {
        printf("    %s/%s:\n--- want\n%.*s\n--- got\n%.*s\n", name, file, (int)want.len,
               want.at ? want.at : "", (int)got.len, got.at);
    }
    buf_free(&want);
    return ok;
}

static bool run_suite_case(const char *name)
{
    char path[512];
    struct buf text = { 0 };
    struct sigv4_result r = { 0 };
    struct fault f;
    struct wire w;
    int64_t when = 0;

    snprintf(path, sizeof(path), "sigv4/%s/context.json", name);
    struct json *context = vectors_json(path), *creds = json_member(context, "credentials");
    snprintf(path, sizeof(path), "sigv4/%s/request.txt", name);
    bool ok = context != NULL && vectors_read(path, &text) &&
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
             agrees(name, "header-canonical-request.txt", buf_span(&r.canonical_request)) &&
             agrees(name, "header-string-to-sign.txt", buf_span(&r.string_to_sign)) &&
             agrees(name, "header-signature.txt", span_of(r.signature));
    }
    sigv4_free(&r);
    buf_free(&text);
    json_free(context);
    return ok;
}

static void the_signing_test_suite_agrees(void)
{
    char path[1100];
    struct dirent *entry;
    unsigned n = 0;

    if (vectors_directory() == NULL) {
        return;
    }
    snprintf(path, sizeof(path), "%s/sigv4/v4", vectors_directory());
    DIR *directory = opendir(path);
    CU_ASSERT_FATAL(directory != NULL);
    while ((entry = readdir(directory)) != NULL) {
        char name[300];
        if (entry->d_name[0] == '.') {
            continue;
        }
        snprintf(name, sizeof(name), "v4/%s", entry->d_name);
        bool ok = run_suite_case(name);
        if (!ok) {
            printf("    %s differs\n", name);
        }
        CU_ASSERT(ok);
        n++;
    }
    closedir(directory);
    CU_ASSERT(n >= 38);
}

/* Requests as the driver sends them */

struct header_reader {
    struct http_header *headers;
    unsigned *n;
};

static bool read_header(struct span name, const struct json *value, void *context)
{
    static const char *const untouched[] = { "User-Agent", "Connection", "Expect",
                                             "Transfer-Encoding", "X-Amzn-Trace-Id" };
    struct header_reader *to = context;
    for (size_t i = 0; i < sizeof(untouched) / sizeof(untouched[0]); i++) {
        if (span_equal_nocase(name, span_of(untouched[i]))) {
            return true;
        }
    }
    to->headers[(*to->n)++] = (struct http_header){ name, json_text(value) };
    return true;
}

static bool is_text(const char *name, const char *what, struct span got, struct span want)
{
    if (!span_equal(got, want)) {
        printf("    %s %s:\n--- want\n%.*s\n--- got\n%.*s\n", name, what, (int)want.len, want.at,
               (int)got.len, got.at);
        return false;
    }
    return true;
}

static int64_t basic_time(struct span s)
{
    char iso[32];
    int64_t ms = 0;
    snprintf(iso, sizeof(iso), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", s.at, s.at + 4, s.at + 6, s.at + 9,
             s.at + 11, s.at + 13);
    (void)!utc_parse_iso(span_of(iso), &ms);
    return ms;
}

static void run_service_case(const struct json *c)
{
    struct json *in = json_member(c, "input"), *out = json_member(c, "output"),
                *creds = json_member(in, "credentials");
    struct span address = json_text_of(in, "url"), name = json_text_of(c, "name");
    size_t question = span_find_byte(address, '?');
    struct http_header headers[HTTP_HEADERS_MAX];
    unsigned n = 0;
    struct url u;
    struct fault f;
    char host[300], label[100];
    struct sigv4_result r = { 0 };
    bool is_s3 = span_equal(json_text_of(in, "signer"), SPAN("s3"));

    span_to_c(name, label, sizeof(label));
    CU_ASSERT_FATAL(url_parse(span_part(address, 0, question), &u, &f));
    snprintf(host, sizeof(host), u.port != 0 ? "%.*s:%u" : "%.*s", (int)u.host.len, u.host.at,
             u.port);
    headers[n++] = (struct http_header){ SPAN("Host"), span_of(host) };
    json_each(json_member(in, "headers"), read_header, &(struct header_reader){ headers, &n });
    struct sigv4_request q = {
        .method = json_text_of(in, "method"),
        .path = u.path,
        .query = question < address.len ? span_from(address, question + 1) : NO_SPAN,
        .headers = headers,
        .n_headers = n,
        .body = json_text_of(in, "body"),
        .payload_hash = json_truth(json_member(in, "unsigned_payload"), false)
                            ? SPAN("UNSIGNED-PAYLOAD")
                            : NO_SPAN
    };
    struct sigv4_settings s = { .access_key_id = json_text_of(creds, "access_key_id"),
                                .secret_access_key = json_text_of(creds, "secret_access_key"),
                                .session_token = json_text_of(creds, "session_token"),
                                .region = json_text_of(in, "region"),
                                .service = json_text_of(in, "service"),
                                .wall_ms = basic_time(json_text_of(in, "timestamp")),
                                .normalise_path = !is_s3,
                                .double_encode = !is_s3,
                                .sign_body_header = is_s3 };
    CU_ASSERT_FATAL(sigv4_sign(&q, &s, &r, &f));
    CU_ASSERT(is_text(label, "canonical request", buf_span(&r.canonical_request),
                      json_text_of(out, "canonical_request")));
    CU_ASSERT(is_text(label, "string to sign", buf_span(&r.string_to_sign),
                      json_text_of(out, "string_to_sign")));
    CU_ASSERT(is_text(label, "authorization", buf_span(&r.authorization),
                      json_text_of(out, "authorization")));
    sigv4_free(&r);
}

static void requests_of_the_driver_are_signed_as_the_reference_does(void)
{
    if (vectors_directory() == NULL) {
        return;
    }
    struct json *all = vectors_json("sigv4/service-requests.json"),
                *cases = json_member(all, "cases");
    CU_ASSERT(json_length(cases) >= 15);
    for (size_t i = 0; i < json_length(cases); i++) {
        run_service_case(json_at(cases, i));
    }
    json_free(all);
}

static const struct unit_test tests[] = {
    { "the published key is derived", the_published_key_is_derived },
    { "the published range request is signed", the_published_range_request_is_signed },
    { "paths are made canonical", paths_are_made_canonical },
    { "the signing test suite agrees", the_signing_test_suite_agrees },
    { "requests of the driver are signed as the reference does",
      requests_of_the_driver_are_signed_as_the_reference_does },
};

UNIT_MAIN("aws/sigv4", tests)
