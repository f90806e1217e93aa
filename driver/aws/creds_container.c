/* Credentials of a container: the endpoint that ECS and EKS Pod Identity name in the
   environment. */
#include "aws/providers.h"

#include <stdio.h>
#include <string.h>

#include "aws/creds_fetch.h"
#include "net/url.h"

enum { AUTHORIZATION_MAX = 16 * 1024 };

/* The hosts that may be asked over plain http. */
static bool is_known_host(const struct url *u)
{
    static const char *const hosts[] = { "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]" };

    if (url_is_loopback(u)) {
        return true;
    }
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        if (span_equal(u->host, span_of(hosts[i]))) {
            return true;
        }
    }
    return false;
}

bool container_url(const struct creds_world *w, char *to, size_t room, struct fault *f)
{
    char value[WORLD_TEXT_MAX];
    struct url u;

    if (world_env(w, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", value, sizeof(value))) {
        if (value[0] != '/') {
            return fault_set(f, FAULT_CREDENTIALS,
                             "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI must begin with a slash.");
        }
        int n = snprintf(to, room, "http://169.254.170.2%s", value);
        return n > 0 && (size_t)n < room
                   ? true
                   : fault_set(f, FAULT_CREDENTIALS,
                               "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is too long.");
    }
    if (!world_env(w, "AWS_CONTAINER_CREDENTIALS_FULL_URI", value, sizeof(value))) {
        return creds_not_configured(f, "No container endpoint is named in the environment.");
    }
    if (!span_starts(span_of(value), SPAN("http://")) &&
        !span_starts(span_of(value), SPAN("https://"))) {
        return fault_set(
            f, FAULT_CREDENTIALS,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI must be a whole URL with scheme and host.");
    }
    struct span whole = span_of(value);
    if (!url_parse(span_part(whole, 0, span_find_byte(whole, '?')), &u, f)) {
        return false;
    }
    if (!span_equal(u.scheme, SPAN("https")) && !is_known_host(&u)) {
        return fault_set(f, FAULT_CREDENTIALS,
                         "AWS_CONTAINER_CREDENTIALS_FULL_URI names plain http on a host that is "
                         "neither this machine nor a "
                         "container endpoint; nothing was sent.");
    }
    span_to_c(whole, to, room);
    return true;
}

/* The Authorization header: the file is read at every fetch because its token is replaced. */
static bool read_authorization(const struct creds_world *w, struct buf *out, struct fault *f)
{
    char path[WORLD_TEXT_MAX], *to;

    if (world_env(w, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", path, sizeof(path))) {
        enum world_file got = world_read(w, path, out, f);
        if (got != WORLD_FILE_READ) {
            return got == WORLD_FILE_MISSING
                       ? fault_set(f, FAULT_CREDENTIALS, "The token file %s does not exist.", path)
                       : false;
        }
    } else {
        to = buf_reserve(out, AUTHORIZATION_MAX, f);
        if (to == NULL) {
            return false;
        }
        if (world_env(w, "AWS_CONTAINER_AUTHORIZATION_TOKEN", to, AUTHORIZATION_MAX)) {
            buf_commit(out, strlen(to));
        }
    }
    struct span token = span_trim(buf_span(out));
    if (span_find_byte(token, '\n') < token.len || span_find_byte(token, '\r') < token.len) {
        return fault_set(
            f, FAULT_CREDENTIALS,
            "The container's authorization token has more than one line; nothing was sent.");
    }
    return true;
}

static bool read_answer(const struct http_response *r, struct creds *out, struct fault *f)
{
    if (r->status != 200) {
        fault_set(f, FAULT_CREDENTIALS, "The container's credential endpoint answered %d.",
                  r->status);
        if (f != NULL) {
            f->http_status = r->status;
        }
        return false;
    }
    return creds_read_json(buf_span(&r->body), NO_SPAN, "container endpoint", out, f);
}

bool provide_container(const struct creds_world *w, const struct creds_request *q,
                       struct creds *out, struct fault *f)
{
    char url[2 * WORLD_TEXT_MAX];
    struct buf token = { .ceiling = WORLD_FILE_MAX + 16384, .is_secret = true };
    struct http_response r = { 0 };
    bool ok = false;

    if (!container_url(w, url, sizeof(url), f)) {
        return false;
    }
    if (read_authorization(w, &token, f)) {
        struct span authorization = span_trim(buf_span(&token));
        struct creds_fetch what = {
            .method = SPAN("GET"),
            .url = span_of(url),
            .headers = { { SPAN("accept"), SPAN("application/json") } },
            .action = SPAN("container:GetCredentials"),
            .connect_timeout_ms = 2000,
            .read_timeout_ms = 5000,
            .pause_ms = w->env != NULL ? 0 : 1000,
            .never_proxy = true,
        };
        if (authorization.len > 0) {
            what.headers[1] = (struct http_header){ SPAN("authorization"), authorization };
        }
        ok = creds_fetch(w, q, &what, &r, f) && read_answer(&r, out, f);
    }
    http_response_free(&r);
    buf_free(&token);
    return ok;
}
