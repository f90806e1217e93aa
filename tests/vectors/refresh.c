/* When credentials are renewed: the credential cache driven step by step. */
#include "runner.h"

#include <stdio.h>
#include <string.h>

#include "aws/creds_cache.h"
#include "replay.h"

enum { LIFETIME_DEFAULT_S = 3600 };

/* A source that does what the step says. */
struct scripted {
    struct creds_source base;
    struct span response;
    int64_t lifetime_s;
    struct replay_clock *clock;
    unsigned n_asked;
};

static bool scripted_get(struct creds_source *source, const struct creds_request *q,
                         struct creds *out, struct fault *f)
{
    struct scripted *s = (struct scripted *)source;

    (void)q;
    s->n_asked++;
    if (span_equal(s->response, SPAN("error"))) {
        return fault_set(f, FAULT_NETWORK, "recoverable");
    }
    if (span_equal(s->response, SPAN("nonRecoverableError"))) {
        return fault_set(f, FAULT_DENIED, "not recoverable");
    }
    *out = (struct creds){ .access_key_id = "NEW", .secret_access_key = "secret" };
    out->expires_wall_ms =
        s->clock->wall_ms +
        (span_equal(s->response, SPAN("staleCredentials")) ? -60000 : s->lifetime_s * 1000);
    return true;
}

static void scripted_close(struct creds_source *source)
{
    (void)source;
}

static double chosen(void *context)
{
    return *(double *)context;
}

/* Puts the cache into the state that a case begins with. */
static void prepare(struct creds_source *cache, struct replay_clock *clock,
                    const struct json *given)
{
    struct span state = json_text_of(given, "cachedCredentials"),
                key = json_text_of(given, "accessKeyId");
    struct creds old = { .access_key_id = "OLD", .secret_access_key = "secret" };
    int64_t left_s = span_equal(state, SPAN("valid"))       ? 3000
                     : span_equal(state, SPAN("advisory"))  ? 240
                     : span_equal(state, SPAN("mandatory")) ? 30
                                                            : -10;

    if (span_equal(state, SPAN("none"))) {
        return;
    }
    if (!span_is_null(key)) {
        span_to_c(key, old.access_key_id, sizeof(old.access_key_id));
    }
    old.expires_wall_ms = clock->wall_ms + LIFETIME_DEFAULT_S * 1000;
    creds_cache_put(cache, &old);
    clock->wall_ms += (LIFETIME_DEFAULT_S - left_s) * 1000;
}

static bool result_is(struct span want, bool ok, const struct creds *got, const struct fault *f)
{
    if (span_equal(want, SPAN("cachedCredentials"))) {
        return ok && strcmp(got->access_key_id, "NEW") != 0;
    }
    if (span_equal(want, SPAN("newCredentials"))) {
        return ok && strcmp(got->access_key_id, "NEW") == 0;
    }
    if (span_equal(want, SPAN("nonRecoverableError"))) {
        return !ok && f->kind == FAULT_DENIED;
    }
    return !ok;
}

struct run {
    struct creds_source *cache;
    struct scripted *source;
    struct replay_clock *clock;
    char rejected[128];
};

static bool step_get(struct run *r, const struct json *step)
{
    struct json *want = json_member(step, "expected");
    struct creds_request q = { .rejected_key = r->rejected[0] != 0 ? r->rejected : NULL };
    struct creds got = { 0 };
    struct creds_cache_state state;
    struct fault f = { 0 };
    unsigned before = r->source->n_asked;

    r->source->response = json_text_of(step, "response");
    r->source->lifetime_s = json_int(json_member(step, "lifetimeSeconds"), LIFETIME_DEFAULT_S);
    bool ok = creds_get(r->cache, &q, &got, &f);
    r->rejected[0] = 0;
    creds_cache_look(r->cache, &state);
    int64_t window = json_int(json_member(want, "advisoryWindowSeconds"), -1);
    return result_is(json_text_of(want, "result"), ok, &got, &f) &&
           (r->source->n_asked > before) ==
               json_truth(json_member(want, "sourceContacted"), false) &&
           (window < 0 || state.advisory_ms == window * 1000) &&
           (!json_truth(json_member(want, "rateLimited"), false) || state.is_backing_off);
}

static void refresh_case(const struct json *t)
{
    static const struct creds_ops ops = { scripted_get, scripted_close };
    struct json *given = json_member(t, "given"), *steps = json_member(t, "steps");
    int64_t backoff_s = json_int(json_member(given, "refreshBackoffSeconds"), 300);
    double part = (double)(backoff_s - 300) / 300.0;
    struct replay_clock clock = replay_clock_at(1767225600000);
    struct scripted source = { .base = { &ops }, .clock = &clock };
    struct creds_cache_settings settings = {
        .clock = &clock.base,
        .random = chosen,
        .random_context = &part,
        .advisory_ms = json_int(json_member(given, "configuredAdvisoryWindowSeconds"), 0) * 1000
    };
    struct run r = { .source = &source, .clock = &clock };
    struct fault f = { 0 };
    char detail[64] = "";
    bool ok = creds_cache_new(&settings, &source.base, &r.cache, &f);

    if (ok) {
        prepare(r.cache, &clock, given);
    }
    for (size_t i = 0; ok && i < json_length(steps); i++) {
        const struct json *step = json_at(steps, i);
        struct span type = json_text_of(step, "type");
        if (span_equal(type, SPAN("advanceTime"))) {
            clock.wall_ms += json_int(json_member(step, "seconds"), 0) * 1000;
        } else if (span_equal(type, SPAN("invalidate"))) {
            span_to_c(json_text_of(step, "rejectedAccessKeyId"), r.rejected, sizeof(r.rejected));
        } else {
            ok = step_get(&r, step);
        }
        snprintf(detail, sizeof(detail), "at step %zu", i + 1);
    }
    runner_case(json_text_of(t, "documentation"), ok, detail);
    creds_close(r.cache);
}

void run_refresh(void)
{
    struct json *all = runner_json("chain/credential-refresh-tests.json");

    for (size_t i = 0; i < json_length(all); i++) {
        refresh_case(json_at(all, i));
    }
    json_free(all);
}
