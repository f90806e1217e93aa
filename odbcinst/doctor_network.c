/* Checks of the way to AWS: names, proxy, TLS, and the clock by what the services say, STS above
 * all. The driver's own transport asks. */
#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/endpoint.h"
#include "aws/error.h"
#include "config/validate.h"
#include "tls_look.h"

enum { REACH_MS = 10000, SKEW_WARN_MS = 60 * 1000 };

struct reach {
    enum aws_service service;
    const char *title, *region;
    bool is_wanted;
};

static const char *reach_fix(const struct fault *f)
{
    static const struct {
        const char *code, *fix;
    } rows[] = {
        { HTTP_FAILED_NAME, "The name does not resolve: check AwsRegion, DNS, and whether a proxy "
                            "(ProxyHost, HTTPS_PROXY) has to be used." },
        { HTTP_FAILED_CONNECT, "Nothing answers: check firewall, proxy (ProxyHost, HTTPS_PROXY, "
                               "NonProxyHost) and VPC endpoints; only port 443 is used." },
        { HTTP_FAILED_CERTIFICATE, "A certificate is not trusted, often a proxy's own: set "
                                   "TrustedCerts to a file with its authority." },
        { HTTP_FAILED_TLS, "TLS could not be agreed on: look for a proxy that breaks it up, or one "
                           "that speaks less than TLS 1.2." },
        { HTTP_FAILED_READ, "The connection stands but nothing comes: look for a proxy or firewall "
                            "that swallows answers." },
        { HTTP_FAILED_BROKEN, "The connection is cut: look for a proxy or firewall in between." },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(f->code, rows[i].code) == 0) {
            return rows[i].fix;
        }
    }
    return "See the proxy, the firewall and the endpoint overrides of the data source.";
}

static void tell_proxy(struct doctor *d)
{
    static const char *const names[] = { "HTTPS_PROXY", "https_proxy", "ALL_PROXY",
                                         "all_proxy",   "NO_PROXY",    "no_proxy" };
    struct span proxy = settings_text(&d->target.settings, SETTING_PROXY_HOST);

    if (proxy.len > 0) {
        doctor_detail(d, "ProxyHost = %.*s", (int)proxy.len, proxy.at);
        return;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (getenv(names[i]) != NULL) {
            doctor_detail(d, "%s is set in the environment",
                          names[i]); /* its value may hold a password */
        }
    }
}

static void tell_failure(struct doctor *d, const char *check, const struct endpoint *e,
                         const struct fault *f)
{
    char issuer[300] = "";

    doctor_say(d, check, CHECK_FAIL, "%s://%s cannot be reached: %s", e->scheme, e->host, f->text);
    if (strcmp(f->code, HTTP_FAILED_CERTIFICATE) == 0) {
        tls_look_issuer(&d->target.settings, e->host, e->port, true, issuer, sizeof(issuer));
    }
    if (issuer[0] != 0) {
        doctor_detail(d, "the certificate is issued by %s", issuer);
    }
    doctor_fix(d, "%s", reach_fix(f));
    tell_proxy(d);
}

static void tell_success(struct doctor *d, const char *check, const struct endpoint *e, int64_t ms)
{
    char issuer[300] = "";
    bool is_tls = strcmp(e->scheme, "https") == 0;

    if (is_tls) {
        tls_look_issuer(&d->target.settings, e->host, e->port, false, issuer, sizeof(issuer));
    }
    if (is_tls && issuer[0] != 0) {
        doctor_say(d, check, CHECK_OK, "%s://%s answers in %lld ms; certificate issued by %s",
                   e->scheme, e->host, (long long)ms, issuer);
    } else {
        doctor_say(d, check, CHECK_OK, "%s://%s answers in %lld ms", e->scheme, e->host,
                   (long long)ms);
    }
}

/* An unsigned GET of the root: any answer shows that the way is open, and most tell the time. */
static void ask(struct doctor *d, const struct reach *r, const char *check)
{
    const struct wiring *w = d->probe.wiring;
    const struct clock *clock = clock_system();
    struct endpoint_input in = {
        .service = r->service,
        .region = span_of(r->region),
        .override = span_of(w->endpoint[r->service]),
        .use_fips = w->endpoint[r->service][0] == 0 && w->use_fips,
        .use_dualstack = w->endpoint[r->service][0] == 0 && w->use_dualstack,
    };
    struct endpoint e;
    struct fault f = { 0 };
    struct http_response answer = { 0 };
    int64_t skew;

    if (!endpoint_resolve(&in, &e, &f)) {
        doctor_say(d, check, CHECK_FAIL, "%s", f.text);
        return;
    }
    struct http_request q = {
        .method = SPAN("GET"),
        .scheme = span_of(e.scheme),
        .host = span_of(e.host),
        .port = e.port,
        .path = SPAN("/"),
        .query = SPAN(""),
        .action = SPAN("doctor:Reach"),
        .attempts_max = 1,
        .body_bytes_max = 1024 * 1024,
        .deadline_steady_ms = clock->steady_ms(clock) + REACH_MS,
    };
    int64_t started = clock->steady_ms(clock);
    if (!http_send(w->world.transport, &q, &answer, &f)) {
        tell_failure(d, check, &e, &f);
    } else {
        d->has_answer = d->has_answer || r->service == AWS_STS;
        if (aws_skew_of(&answer, &skew)) {
            d->skew_ms = skew;
            d->has_skew = true;
        }
        tell_success(d, check, &e, clock->steady_ms(clock) - started);
    }
    http_response_free(&answer);
}

void doctor_check_reach(struct doctor *d)
{
    if (!d->is_wired) {
        doctor_say(d, "network", CHECK_SKIP, "the settings do not say where to go");
        return;
    }
    const struct wiring *w = d->probe.wiring;
    bool has_other = strcmp(w->run_as_region, w->consumer_region) != 0 &&
                     w->endpoint[AWS_STS][0] == 0 && probe_has(&d->probe, HOP_CONSUMER);
    const struct reach all[] = {
        { AWS_STS, "network STS", w->run_as_region, true },
        { AWS_STS, "network STS 2", w->consumer_region, has_other },
        { AWS_ATHENA, "network Athena", w->region, true },
        { AWS_GLUE, "network Glue", w->region, true },
        { AWS_S3, "network S3", w->region, true },
    };
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        doctor_begin(d);
        if (all[i].is_wanted) {
            ask(d, &all[i], all[i].title);
        }
    }
}

void doctor_check_clock(struct doctor *d)
{
    int64_t seconds = (d->skew_ms < 0 ? -d->skew_ms : d->skew_ms) / 1000;

    if (!d->has_skew) {
        doctor_say(d, "clock", CHECK_SKIP, "no service told the time");
    } else if (d->skew_ms > SKEW_WARN_MS || d->skew_ms < -SKEW_WARN_MS) {
        doctor_say(d, "clock", CHECK_WARN, "the clock of this machine is %lld seconds %s AWS's",
                   (long long)seconds, d->skew_ms > 0 ? "behind" : "ahead of");
        doctor_fix(d, "Let the machine set its clock (timedatectl set-ntp true). AWS refuses "
                      "signatures that are five minutes off; the driver corrects "
                      "its own, other programs may not.");
    } else {
        doctor_say(d, "clock", CHECK_OK, "as AWS's, within %lld second%s", (long long)(seconds + 1),
                   seconds == 0 ? "" : "s");
    }
}
