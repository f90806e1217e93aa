/* Addresses and patterns. */
#include "config/validate.h"
#include "unit/unit.h"

static const struct {
    const char *url;
    bool is_good;
} urls[] = {
    { "https://athena.eu-west-1.amazonaws.com", true },
    { "https://x:443/a/b", true },
    { "https://[::1]:8443", true },
    { "athena.example.com:444", true },
    { "http://localhost:1", true },
    { "http://127.0.0.1", true },
    { "http://127.1.2.3:9/x", true },
    { "http://[::1]/", true },
    { "http://128.0.0.1", false },
    { "http://127.0.0.1.evil.com", false },
    { "http://127.0.0.256", false },
    { "http://127.0.1", false },
    { "http://localhost.evil.com", false },
    { "http://169.254.169.254", false },
    { "ftp://x", false },
    { "file:///etc/passwd", false },
    { "https://", false },
    { "https:///x", false },
    { "https://a b", false },
    { "https://a:0", false },
    { "https://a:65536", false },
    { "https://a:x", false },
    { "https://u:p@a", false },
    { "https://a?b", false },
    { "https://a/#b", false },
    { "https://a\\b", false },
    { "https://[::1", false },
};

static void only_https_or_loopback(void)
{
    for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
        bool lacks_scheme;

        if ((check_address_url(span_of(urls[i].url), &lacks_scheme) == NULL) != urls[i].is_good) {
            printf("    %s\n", urls[i].url);
            CU_FAIL("wrong verdict");
        }
    }
}

static void proxies_are_hosts(void)
{
    CU_ASSERT_PTR_NULL(check_proxy_address(SPAN("proxy.example.com")));
    CU_ASSERT_PTR_NULL(check_proxy_address(SPAN("http://proxy:3128/")));
    CU_ASSERT_PTR_NULL(check_proxy_address(SPAN("10.0.0.1:8080")));
    CU_ASSERT_PTR_NOT_NULL(check_proxy_address(SPAN("socks5://proxy")));
    CU_ASSERT_PTR_NOT_NULL(check_proxy_address(SPAN("user:pw@proxy")));
    CU_ASSERT_PTR_NOT_NULL(check_proxy_address(SPAN("http://")));
}

static void hosts_are_cut_out(void)
{
    SPAN_IS(address_host(SPAN("https://a.b:1/c")), "a.b");
    SPAN_IS(address_host(SPAN("a.b/c:d")), "a.b");
    SPAN_IS(address_host(SPAN("https://[::1]:5/c")), "[::1]");
}

static const struct {
    const char *pattern, *text;
    char fence;
    bool matches;
} globs[] = {
    { "a", "a", 0, true },         { "a", "ab", 0, false },       { "*", "", 0, true },
    { "*", "a/b", 0, true },       { "*", "a/b", '/', false },    { "a*c", "abbc", 0, true },
    { "a*c", "ab/c", '/', false }, { "a*/c", "ab/c", '/', true }, { "*a*a*", "bab", 0, false },
    { "*a*a*", "aba", 0, true },   { "", "", 0, true },           { "", "a", 0, false },
    { "**", "abc", '/', true },    { "a?c", "abc", 0, false },
};

static void stars_stand_for_text(void)
{
    for (size_t i = 0; i < sizeof(globs) / sizeof(globs[0]); i++) {
        CU_ASSERT_EQUAL(
            glob_matches(span_of(globs[i].pattern), span_of(globs[i].text), globs[i].fence),
            globs[i].matches);
    }
}

static const struct unit_test tests[] = {
    { "only https, or http on this machine", only_https_or_loopback },
    { "proxies are hosts", proxies_are_hosts },
    { "hosts are cut out", hosts_are_cut_out },
    { "stars stand for text, up to a fence", stars_stand_for_text },
};
UNIT_MAIN("config address", tests)
