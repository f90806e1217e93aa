/* Addresses: where requests may go, and patterns that name them. Nothing is looked up here. */
#include "config/validate.h"

#include <string.h>

#include "base/number.h"

struct span address_host(struct span url)
{
    size_t scheme = span_find(url, SPAN("://"));
    struct span rest = scheme < url.len ? span_from(url, scheme + 3) : url;

    rest = span_part(rest, 0, span_find_byte(rest, '/'));
    if (rest.len > 0 && rest.at[0] == '[') {
        return span_part(rest, 0, span_find_byte(rest, ']') + 1);
    }
    return span_part(rest, 0, span_find_byte(rest, ':'));
}

bool address_is_loopback(struct span host)
{
    if (span_equal_nocase(host, SPAN("localhost")) || span_equal(host, SPAN("[::1]"))) {
        return true;
    }
    struct span rest = host;
    unsigned n_parts = 0;

    while (!span_is_null(rest)) {
        struct span part = span_next(&rest, '.');
        uint64_t number;

        if (part.len > 3 || !number_parse_u64(part, &number) || number > 255 ||
            (n_parts == 0 && number != 127)) {
            return false;
        }
        n_parts++;
    }
    return n_parts == 4;
}

static bool is_host(struct span host)
{
    bool is_v6 = host.len > 2 && host.at[0] == '[' && host.at[host.len - 1] == ']';
    struct span inner = is_v6 ? span_part(host, 1, host.len - 2) : host;

    for (size_t i = 0; i < inner.len; i++) {
        char b = inner.at[i];

        if (!ascii_is_letter(b) && !ascii_is_digit(b) && b != '-' && b != '.' && b != '_' &&
            !(is_v6 && b == ':')) {
            return false;
        }
    }
    return inner.len > 0 && inner.len <= 253;
}

/* What stands between host and path: nothing, or a colon and a port. */
static bool is_port(struct span s)
{
    uint64_t port;

    return s.len == 0 || (s.at[0] == ':' && number_parse_u64(span_from(s, 1), &port) && port >= 1 &&
                          port <= 65535);
}

/* Everything behind the scheme: host, port, path; no user, query, fragment or blank. */
static const char *check_address(struct span url)
{
    static const char *const rule = "must be https://host[:port][/path]";
    struct span host = address_host(url);
    size_t scheme = span_find(url, SPAN("://"));
    struct span rest = span_from(url, (scheme < url.len ? scheme + 3 : 0) + host.len);
    size_t slash = span_find_byte(rest, '/');

    if (!is_host(host) || !is_port(span_part(rest, 0, slash))) {
        return rule;
    }
    for (size_t i = slash; i < rest.len; i++) {
        if (rest.at[i] <= 0x20 || rest.at[i] >= 0x7f ||
            memchr("?#\"\\<>{}|^`", rest.at[i], 11) != NULL) {
            return rule;
        }
    }
    return NULL;
}

const char *check_address_url(struct span value, bool *lacks_scheme)
{
    *lacks_scheme = span_find(value, SPAN("://")) == value.len;
    if (!*lacks_scheme && !span_starts_nocase(value, SPAN("https://")) &&
        !span_starts_nocase(value, SPAN("http://"))) {
        return "must be https://host[:port][/path]";
    }
    if (span_starts_nocase(value, SPAN("http://")) && !address_is_loopback(address_host(value))) {
        return "must be https; plain http is for addresses of this machine only";
    }
    return check_address(value);
}

const char *check_proxy_address(struct span v)
{
    size_t scheme = span_find(v, SPAN("://"));

    if (scheme < v.len && !span_starts_nocase(v, SPAN("http://")) &&
        !span_starts_nocase(v, SPAN("https://"))) {
        return "must be a host name, or http://host or https://host";
    }
    struct span rest = scheme < v.len ? span_from(v, scheme + 3) : v;
    struct span host = address_host(v);
    struct span behind = span_from(rest, host.len);

    if (behind.len > 0 && behind.at[behind.len - 1] == '/') {
        behind.len--;
    }
    return is_host(host) && is_port(behind) ? NULL
                                            : "must be a host name, or http://host or https://host";
}

bool glob_matches(struct span pattern, struct span text, char fence)
{
    size_t p = 0, t = 0, star = pattern.len, retry = 0;

    while (t < text.len) {
        if (p < pattern.len && pattern.at[p] == '*') {
            star = p++;
            retry = t;
        } else if (p < pattern.len && pattern.at[p] == text.at[t]) {
            p++;
            t++;
        } else if (star < pattern.len && !(fence != 0 && text.at[retry] == fence)) {
            p = star + 1;
            t = ++retry;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.at[p] == '*') {
        p++;
    }
    return p == pattern.len;
}
