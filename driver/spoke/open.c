/* Opens a consumer account: settings -> chain -> clients -> what the workgroup says. Cold: one
   AssumeRole a hop and one GetWorkGroup; warm: GetWorkGroup alone. */
#include "spoke/parts.h"

#include <stdlib.h>
#include <string.h>

#include "aws/creds_cache.h"
#include "base/log.h"
#include "base/secret.h"

/* Fills what people ask for: who are we there, and who pays. */
static void fill_identity(struct spoke *s, const struct wiring *w, const struct creds *top)
{
    struct spoke_identity *id = &s->identity;
    struct creds below;

    if (creds_cache_peek(s->chain->base, &below)) {
        span_to_c(span_of(below.source), id->base_source, sizeof(id->base_source));
        span_to_c(span_of(below.account), id->account, sizeof(id->account));
        span_to_c(span_of(below.arn), id->base_arn, sizeof(id->base_arn));
        creds_wipe(&below);
    }
    if (s->chain->run_as != NULL && creds_cache_peek(s->chain->run_as, &below)) {
        span_to_c(span_of(below.arn), id->run_as_arn, sizeof(id->run_as_arn));
        creds_wipe(&below);
    }
    if (s->chain->consumer != NULL) {
        span_to_c(span_of(top->arn), id->consumer_arn, sizeof(id->consumer_arn));
    }
    if (top->account[0] != 0) {
        span_to_c(span_of(top->account), id->account, sizeof(id->account));
    }
    span_to_c(span_of(w->session_name), id->session_name, sizeof(id->session_name));
}

/* The first use of the chain: makes the hops, or finds them warm. */
static bool prove(struct spoke *s, const struct wiring *w, const struct aws_bounds *bounds,
                  struct fault *f)
{
    struct creds_request q = { .deadline_steady_ms = bounds->deadline_steady_ms,
                               .cancel = bounds->cancel };
    struct creds *top = calloc(1, sizeof(*top));

    if (top == NULL) {
        return fault_memory(f);
    }
    bool ok = creds_get(chain_top(s->chain), &q, top, f);
    if (ok) {
        fill_identity(s, w, top);
    }
    creds_wipe(top);
    free(top);
    return ok;
}

static bool make_clients(struct spoke *s, const struct wiring *w, struct fault *f)
{
    return wiring_client(w, s->chain, AWS_ATHENA, HOP_SERVICE, &s->athena, f) &&
           wiring_client(w, s->chain, AWS_GLUE, HOP_SERVICE, &s->glue, f) &&
           wiring_client(w, s->chain, AWS_S3, HOP_SERVICE, &s->s3, f);
}

/* GetWorkGroup is free and makes the driver set itself up; without the right to it everything still
   works. */
static bool ask_workgroup(struct spoke *s, const struct aws_bounds *bounds, struct notices *notices,
                          struct fault *f)
{
    struct span name = settings_text(s->settings, SETTING_WORKGROUP);
    struct fault why = { 0 };

    if (athena_get_workgroup(s->athena, name.len > 0 ? name : SPAN("primary"), bounds,
                             &s->workgroup, &why)) {
        s->workgroup.is_known = true;
        if (s->workgroup.is_disabled) {
            notice_add(notices, FAULT_WARNING,
                       "The workgroup is disabled: queries will be refused until an administrator "
                       "enables it.");
        }
        place_tell(s, notices);
        return true;
    }
    s->workgroup = (struct workgroup_facts){ 0 };
    if (why.kind == FAULT_DENIED) {
        log_line(LOG_INFO, "athena:GetWorkGroup is denied; the workgroup's settings are not known");
        return true;
    }
    if (why.kind == FAULT_THROTTLED || why.kind == FAULT_SERVICE) {
        notice_add(notices, FAULT_WARNING, "The workgroup's settings could not be read: %.300s",
                   why.text);
        return true;
    }
    if (why.kind == FAULT_NOT_FOUND) {
        fault_note(&why, "AWS said: %.460s", why.text);
        fault_retext(&why,
                     "There is no workgroup \"%.*s\" in account %s, region %s. Check Workgroup, "
                     "AwsRegion and whether the role is of the "
                     "account that has the workgroup.",
                     (int)name.len, name.at ? name.at : "",
                     s->identity.account[0] ? s->identity.account : "(unknown)", s->region);
    }
    if (f != NULL) {
        *f = why;
    }
    return false;
}

/* Differs whenever what can be seen through this spoke may differ. */
static bool make_cache_key(struct spoke *s, const struct wiring *w, struct fault *f)
{
    const struct span parts[] = {
        { (const char *)s->chain->key, SHA256_BYTES },
        span_of(s->region),
        span_of(w->endpoint[AWS_GLUE]),
        span_of(w->endpoint[AWS_ATHENA]),
        settings_text(s->settings, SETTING_WORKGROUP),
        settings_text(s->settings, SETTING_GLUE_CATALOG_ID),
    };
    struct buf all = { .ceiling = 16 * 1024, .is_secret = true };
    bool ok = true;

    for (size_t i = 0; ok && i < sizeof(parts) / sizeof(parts[0]); i++) {
        ok = buf_add_format(&all, f, "%zu:", parts[i].len) &&
             (parts[i].len == 0 || buf_add(&all, parts[i], f));
    }
    ok = ok && digest_sha256_hex(buf_span(&all), s->cache_key, f);
    buf_free(&all);
    return ok;
}

static bool assemble(struct spoke *s, struct wiring *w, const struct aws_bounds *bounds,
                     struct notices *notices, struct fault *f)
{
    unsigned char key[SHA256_BYTES];

    s->is_dead = calloc(1, sizeof(*s->is_dead));
    if (s->is_dead == NULL) {
        return fault_memory(f);
    }
    if (!wiring_key(w, key, f) || !process_chain_take(key, chain_build, w, &s->chain, f)) {
        return false;
    }
    span_to_c(span_of(w->region), s->region, sizeof(s->region));
    s->clock = w->parts->clock != NULL ? w->parts->clock : clock_system();
    if (!make_cache_key(s, w, f) || !make_clients(s, w, f)) {
        return false;
    }
    bool ok = prove(s, w, bounds, f) && ask_workgroup(s, bounds, notices, f);
    if (!ok) {
        ladder_climb(w, s->chain, bounds, f);
        return false;
    }
    s->bucket = process_poll_bucket(span_of(s->identity.account), span_of(s->region));
    s->board = query_board_new(f);
    return s->board != NULL;
}

bool spoke_open_parts(const struct settings *settings, const struct spoke_parts *parts,
                      const struct aws_bounds *bounds, struct notices *notices, struct spoke **out,
                      struct fault *f)
{
    static const struct aws_bounds unbounded = { 0 };
    struct spoke *s = calloc(1, sizeof(*s));
    struct wiring *w = calloc(1, sizeof(*w)); /* too large for the stack of a guest's thread */
    bool ok = s != NULL && w != NULL;

    if (!ok) {
        fault_memory(f);
    } else {
        s->settings = settings;
        ok = wiring_make(settings, parts, notices, w, f) &&
             assemble(s, w, bounds != NULL ? bounds : &unbounded, notices, f);
        wiring_done(w);
        secret_wipe(w, sizeof(*w));
    }
    free(w);
    if (!ok) {
        spoke_close(s);
        return false;
    }
    *out = s;
    return true;
}

bool spoke_open(const struct settings *settings, const struct aws_bounds *bounds,
                struct notices *notices, struct spoke **out, struct fault *f)
{
    static const struct spoke_parts real = { 0 };

    return spoke_open_parts(settings, &real, bounds, notices, out, f);
}

void spoke_close(struct spoke *s)
{
    if (s == NULL) {
        return;
    }
    aws_client_free(s->athena);
    aws_client_free(s->glue);
    aws_client_free(s->s3);
    query_board_free(s->board);
    process_chain_drop(s->chain);
    free((void *)s->is_dead);
    secret_wipe(s, sizeof(*s));
    free(s);
}

struct aws_client *spoke_athena(struct spoke *s)
{
    return s->athena;
}

struct aws_client *spoke_glue(struct spoke *s)
{
    return s->glue;
}

struct aws_client *spoke_s3(struct spoke *s)
{
    return s->s3;
}

const struct settings *spoke_settings(const struct spoke *s)
{
    return s->settings;
}

const struct workgroup_facts *spoke_workgroup(const struct spoke *s)
{
    return &s->workgroup;
}

const struct spoke_identity *spoke_identity(const struct spoke *s)
{
    return &s->identity;
}

const struct clock *spoke_clock(const struct spoke *s)
{
    return s->clock;
}

const struct poll_bucket_ops *spoke_poll_bucket(struct spoke *s)
{
    return s->bucket;
}

struct query_board *spoke_board(struct spoke *s)
{
    return s->board;
}

const char *spoke_cache_key(const struct spoke *s)
{
    return s->cache_key;
}

bool spoke_is_dead(const struct spoke *s)
{
    return *s->is_dead != 0 || process_is_forked();
}
