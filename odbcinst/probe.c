/* Walks the chain for whoami, doctor and policy. */
#include "probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

static const struct spoke_parts real = { 0 };

enum who { BASE, ROLE, TOKEN, ANY };

static const struct {
    const char *code;
    enum who who;
    const char *verdict, *fix;
} verdicts[] = {
#define VERDICT(code, who, verdict, fix) { code, who, verdict, fix },
#include "spoke/verdict.def"
#undef VERDICT
};

bool probe_verdict(const struct fault *f, const char **verdict, const char **fix)
{
    struct span code = span_of(f->code), action = span_of(f->action);
    bool has_token = span_find(action, SPAN("WithWebIdentity")) < action.len;
    enum who who = has_token ? TOKEN : f->hop == HOP_BASE || f->hop == HOP_NONE ? BASE : ROLE;

    for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
        bool fits = verdicts[i].who == ANY || verdicts[i].who == who;

        if (fits && code.len > 0 && span_starts(code, span_of(verdicts[i].code))) {
            *verdict = verdicts[i].verdict;
            *fix = verdicts[i].fix;
            return true;
        }
    }
    return false;
}

bool probe_wire(struct probe *p, const struct settings *settings, struct notices *notices,
                struct fault *f)
{
    unsigned char key[SHA256_BYTES];
    struct wiring *w = calloc(1, sizeof(*w));

    *p = (struct probe){ .settings = settings };
    if (w == NULL) {
        return fault_memory(f);
    }
    p->wiring = w;
    return wiring_make(settings, &real, notices, w, f) && wiring_key(w, key, f) &&
           process_chain_take(key, chain_build, w, &p->chain, f);
}

void probe_done(struct probe *p)
{
    if (p->wiring != NULL) {
        wiring_done(p->wiring);
        secret_wipe(p->wiring, sizeof(*p->wiring));
        free(p->wiring);
    }
    if (p->chain != NULL) {
        process_chain_drop(p->chain);
    }
    *p = (struct probe){ 0 };
}

static bool get(struct probe *p, struct creds_source *source, struct creds *out, struct fault *f)
{
    struct creds_request q = { .deadline_steady_ms = p->bounds.deadline_steady_ms,
                               .cancel = p->bounds.cancel };

    return creds_get(source, &q, out, f);
}

static bool ask_identity(struct probe *p, struct probe_base *out, struct fault *f)
{
    const struct chain *c = p->chain;
    bool has_override = c->sts_endpoint[0] != 0;
    struct aws_client_settings settings = {
        .service = AWS_STS,
        .region = span_of(c->run_as_region),
        .endpoint_override = span_of(c->sts_endpoint),
        .use_fips = !has_override && c->use_fips,
        .use_dualstack = !has_override && c->use_dualstack,
        .transport = c->world.transport,
        .source = c->base,
        .user_agent = span_of(c->world.user_agent),
        .hop = HOP_BASE,
    };
    struct aws_client *sts = NULL;
    bool ok = aws_client_new(&settings, &sts, f) &&
              sts_get_caller_identity(sts, &p->bounds, &out->who, f);

    out->skew_ms = sts != NULL ? aws_client_skew_ms(sts) : 0;
    aws_client_free(sts);
    return ok;
}

bool probe_base(struct probe *p, struct probe_base *out, struct fault *f)
{
    struct creds held = { 0 };

    *out = (struct probe_base){ 0 };
    if (!get(p, p->chain->base, &held, f)) {
        f->hop = HOP_BASE;
        return false;
    }
    size_t n = strlen(held.access_key_id);
    span_to_c(span_of(held.source), out->source, sizeof(out->source));
    snprintf(out->key, sizeof(out->key), "%.4s...%s", held.access_key_id,
             n > 8 ? held.access_key_id + n - 4 : "");
    out->expires_wall_ms = held.expires_wall_ms;
    creds_wipe(&held);
    return ask_identity(p, out, f);
}

bool probe_has(const struct probe *p, enum fault_hop hop)
{
    return hop == HOP_RUN_AS ? p->chain->run_as != NULL : p->chain->consumer != NULL;
}

bool probe_hop(struct probe *p, enum fault_hop hop, struct creds *out, struct fault *f)
{
    struct creds_source *source = hop == HOP_RUN_AS ? p->chain->run_as : p->chain->consumer;

    if (get(p, source, out, f)) {
        return true;
    }
    ladder_climb(p->wiring, p->chain, &p->bounds, f);
    return false;
}

bool probe_client(struct probe *p, enum aws_service service, struct aws_client **out,
                  struct fault *f)
{
    return wiring_client(p->wiring, p->chain, service, HOP_SERVICE, out, f);
}
