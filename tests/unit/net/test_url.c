/* Endpoints as people write them, and encoding. */
#include "unit/unit.h"

#include "net/url.h"

static const struct {
    const char *given, *scheme, *host, *path; /* scheme NULL = refused */
    unsigned port;
} cases[] = {
    { "https://athena.eu-west-1.amazonaws.com", "https", "athena.eu-west-1.amazonaws.com", "", 0 },
    { "athena.eu-west-1.amazonaws.com", "https", "athena.eu-west-1.amazonaws.com", "", 0 },
    { "http://127.0.0.1:4566", "http", "127.0.0.1", "", 4566 },
    { "http://127.0.0.1:80/x", "http", "127.0.0.1", "/x", 0 },
    { "https://h:443", "https", "h", "", 0 },
    { "http://h:443", "http", "h", "", 443 },
    { "https://[fd00:ec2::23]:8080/a/b", "https", "[fd00:ec2::23]", "/a/b", 8080 },
    { "https://[::1]", "https", "[::1]", "", 0 },
    { "https://h/", "https", "h", "/", 0 },
    { "ftp://h", NULL, NULL, NULL, 0 },
    { "abcde://nota#url", NULL, NULL, NULL, 0 },
    { "https://User:pw@h", NULL, NULL, NULL, 0 },
    { "https://user@h", NULL, NULL, NULL, 0 },
    { "https://HOST", NULL, NULL, NULL, 0 },
    { "https://h:0", NULL, NULL, NULL, 0 },
    { "https://h:65536", NULL, NULL, NULL, 0 },
    { "https://h:", NULL, NULL, NULL, 0 },
    { "https://h:12x", NULL, NULL, NULL, 0 },
    { "https://", NULL, NULL, NULL, 0 },
    { "", NULL, NULL, NULL, 0 },
    { "https://h/a?b", NULL, NULL, NULL, 0 },
    { "https://h?b", NULL, NULL, NULL, 0 },
    { "https://h/a#b", NULL, NULL, NULL, 0 },
    { "https://h/a b", NULL, NULL, NULL, 0 },
    { "https://[::1", NULL, NULL, NULL, 0 },
    { "https://-h", NULL, NULL, NULL, 0 },
    { "https://h\nx", NULL, NULL, NULL, 0 },
};

static void urls_are_taken_apart_or_refused(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct url u = { 0 };
        struct fault f = { 0 };
        bool ok = url_parse(span_of(cases[i].given), &u, &f);
        if (ok != (cases[i].scheme != NULL)) {
            printf("    %s\n", cases[i].given);
        }
        CU_ASSERT_EQUAL(ok, cases[i].scheme != NULL);
        if (ok) {
            SPAN_IS(u.scheme, cases[i].scheme);
            SPAN_IS(u.host, cases[i].host);
            SPAN_IS(u.path, cases[i].path);
            CU_ASSERT_EQUAL(u.port, cases[i].port);
        } else {
            CU_ASSERT_EQUAL(f.kind, FAULT_SETTING);
            CU_ASSERT(u.scheme.at == NULL);
        }
    }
}

static void a_password_in_a_url_is_not_repeated(void)
{
    struct url u;
    struct fault f = { 0 };

    CU_ASSERT_FALSE(url_parse(SPAN("https://me:topsecret@h"), &u, &f));
    CU_ASSERT(strstr(f.text, "topsecret") == NULL);
}

static void only_true_loopback_is_loopback(void)
{
    static const struct {
        const char *given;
        bool is;
    } hosts[] = {
        { "http://127.0.0.1", true },           { "http://127.255.3.4:1", true },
        { "http://localhost", true },           { "http://[::1]:9", true },
        { "http://127.0.0.1.evil.com", false }, { "http://127.1", false },
        { "http://128.0.0.1", false },          { "http://127.0.0.256", false },
        { "http://localhost.evil.com", false }, { "http://[::2]", false },
        { "http://10.0.0.1", false },
    };
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        struct url u;
        struct fault f = { 0 };
        CU_ASSERT_FATAL(url_parse(span_of(hosts[i].given), &u, &f));
        CU_ASSERT_EQUAL(url_is_loopback(&u), hosts[i].is);
    }
}

static void everything_but_the_unreserved_is_encoded(void)
{
    struct buf b = { 0 };
    struct fault f;

    CU_ASSERT(url_encode(SPAN("aZ0-._~/+ =%\xc3\xa9"), false, &b, &f));
    SPAN_IS(buf_span(&b), "aZ0-._~%2F%2B%20%3D%25%C3%A9");
    buf_clear(&b);
    CU_ASSERT(url_encode(SPAN("a/b//c"), true, &b, &f));
    SPAN_IS(buf_span(&b), "a/b//c");
    buf_free(&b);
}

static const struct unit_test tests[] = {
    { "URLs are taken apart or refused", urls_are_taken_apart_or_refused },
    { "a password in a URL is not repeated", a_password_in_a_url_is_not_repeated },
    { "only true loopback is loopback", only_true_loopback_is_loopback },
    { "everything but the unreserved is encoded", everything_but_the_unreserved_is_encoded },
};

UNIT_MAIN("net/url", tests)
