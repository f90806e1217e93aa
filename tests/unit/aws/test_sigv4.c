/* Signatures held against published examples; the area vectors runs the signing test suite. */
#include "unit/unit.h"

#include "aws/sigv4.h"

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

static const struct unit_test tests[] = {
    { "the published key is derived", the_published_key_is_derived },
    { "the published range request is signed", the_published_range_request_is_signed },
    { "paths are made canonical", paths_are_made_canonical },
};

UNIT_MAIN("aws/sigv4", tests)
