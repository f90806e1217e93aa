/* URLs taken apart and put together. Deliberately strict: an endpoint that needs guessing is
   refused, because our credentials go where it points. */
#include "net/url.h"

#include "base/number.h"

enum { HOST_BYTES_MAX = 253, PORT_MAX = 65535 };

static bool is_host_byte(char c)
{
    return (c >= 'a' && c <= 'z') || ascii_is_digit(c) || c == '-' || c == '.' || c == '_';
}

static bool is_address6_byte(char c)
{
    return (c >= 'a' && c <= 'f') || ascii_is_digit(c) || c == ':' || c == '.';
}

static bool host_is_valid(struct span host)
{
    bool is_bracketed = host.len > 3 && host.at[0] == '[' && host.at[host.len - 1] == ']';
    struct span inner = is_bracketed ? span_part(host, 1, host.len - 2) : host;

    if (inner.len == 0 || host.len > HOST_BYTES_MAX) {
        return false;
    }
    for (size_t i = 0; i < inner.len; i++) {
        if (!(is_bracketed ? is_address6_byte(inner.at[i]) : is_host_byte(inner.at[i]))) {
            return false;
        }
    }
    return is_bracketed || (inner.at[0] != '.' && inner.at[0] != '-');
}

/* Where the host ends and the port begins; the length when there is no port. */
static size_t find_port(struct span authority)
{
    size_t bracket = span_find_byte(authority, ']');
    size_t from = bracket < authority.len ? bracket : 0;
    return from + span_find_byte(span_from(authority, from), ':');
}

static bool parse_authority(struct span authority, struct url *out)
{
    size_t colon = find_port(authority);
    uint64_t port = 0;

    out->host = span_part(authority, 0, colon);
    if (colon < authority.len) {
        if (!number_parse_u64(span_from(authority, colon + 1), &port) || port == 0 ||
            port > PORT_MAX) {
            return false;
        }
    }
    bool is_own = port == (span_equal(out->scheme, SPAN("https")) ? 443u : 80u);
    out->port = is_own ? 0 : (unsigned)port;
    return host_is_valid(out->host);
}

static bool path_is_valid(struct span path)
{
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.at[i];
        if (c <= ' ' || c >= 0x7f || c == '?' || c == '#' || c == '"' || c == '<' || c == '>' ||
            c == '\\') {
            return false;
        }
    }
    return true;
}

/* A URL with a user part may hold a password, and is not repeated in a diagnostic. */
static bool refuse(struct span text, const char *why, struct fault *f)
{
    bool is_shown = text.len > 0 && text.len < 200 && span_find_byte(text, '@') == text.len;
    return fault_set(f, FAULT_SETTING, "%s%.*s%s is not usable: %s",
                     is_shown ? "The URL \"" : "The URL",
                     is_shown ? (int)text.len : 0, is_shown ? text.at : "", is_shown ? "\"" : "",
                     why);
}

bool url_parse(struct span text, struct url *out, struct fault *f)
{
    struct url u = { .scheme = SPAN("https") };
    struct span rest = text;
    size_t mark = span_find(text, SPAN("://"));

    if (mark < text.len) {
        u.scheme = span_part(text, 0, mark);
        rest = span_from(text, mark + 3);
    }
    if (!span_equal(u.scheme, SPAN("https")) && !span_equal(u.scheme, SPAN("http"))) {
        return refuse(text, "only https:// and http:// are known.", f);
    }
    size_t slash = span_find_byte(rest, '/');
    u.path = slash < rest.len ? span_from(rest, slash) : SPAN("");
    if (!parse_authority(span_part(rest, 0, slash), &u) || !path_is_valid(u.path)) {
        return refuse(text, "scheme://host[:port][/path] in lower case is expected, without user, "
                      "query or fragment.", f);
    }
    *out = u;
    return true;
}

/* Four decimal numbers of up to 255, the first of which is 127. */
static bool is_loopback_address4(struct span host)
{
    unsigned n = 0;
    struct span rest = host;

    while (!span_is_null(rest)) {
        uint64_t number;
        struct span part = span_next(&rest, '.');
        if (part.len > 3 || !number_parse_u64(part, &number) || number > 255 ||
            (n == 0 && number != 127)) {
            return false;
        }
        n++;
    }
    return n == 4;
}

bool url_is_loopback(const struct url *u)
{
    return span_equal(u->host, SPAN("localhost")) || span_equal(u->host, SPAN("[::1]")) ||
           is_loopback_address4(u->host);
}

bool url_encode(struct span s, bool keep_slash, struct buf *out, struct fault *f)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        bool is_plain = ascii_is_letter((char)c) || ascii_is_digit((char)c) || c == '-' ||
                        c == '.' || c == '_' || c == '~' || (keep_slash && c == '/');
        char coded[3] = { '%', digits[c >> 4], digits[c & 15] };
        if (is_plain ? !buf_add_byte(out, (char)c, f) : !buf_add(out, (struct span){ coded, 3 },
                                                                 f)) {
            return false;
        }
    }
    return true;
}
