/* A role hop. The client of STS signs with the base source, so a base that expired in between is
   healed there. */
#include "aws/creds_role.h"

#include <stdlib.h>

struct creds_role {
    struct creds_source base;
    struct creds_source *from; /* owned */
    struct aws_client *sts;
    const struct clock *clock;
    struct arena arena; /* secret: the ExternalId, the token code */
    struct sts_role role;
    enum fault_hop hop;
};

static bool copy_texts(struct arena *a, struct sts_role *r, struct fault *f)
{
    struct span *const texts[] = { &r->role_arn,    &r->session_name,      &r->policy,
                                   &r->external_id, &r->source_identity,   &r->mfa_serial,
                                   &r->token_code,  &r->web_identity_token };
    bool ok = true;

    for (size_t i = 0; ok && i < sizeof(texts) / sizeof(texts[0]); i++) {
        ok = arena_copy(a, *texts[i], texts[i], f);
    }
    for (unsigned i = 0; ok && i < r->n_tags; i++) {
        ok = arena_copy(a, r->tags[i].key, &r->tags[i].key, f) &&
             arena_copy(a, r->tags[i].value, &r->tags[i].value, f);
    }
    for (unsigned i = 0; ok && i < r->n_transitive; i++) {
        ok = arena_copy(a, r->transitive[i], &r->transitive[i], f);
    }
    for (unsigned i = 0; ok && i < r->n_policy_arns; i++) {
        ok = arena_copy(a, r->policy_arns[i], &r->policy_arns[i], f);
    }
    return ok;
}

static bool role_get(struct creds_source *s, const struct creds_request *q, struct creds *out,
                     struct fault *f)
{
    struct creds_role *self = (struct creds_role *)s;
    struct aws_bounds bounds = { .deadline_steady_ms = q->deadline_steady_ms, .cancel = q->cancel };
    struct sts_role role = self->role;
    struct creds from = { 0 };

    /* Asked for here too, although the client will ask again: a base that is not there is a fault
       of the base, not of this hop. */
    if (!creds_get(self->from, &(struct creds_request){ q->deadline_steady_ms, q->cancel, NULL },
                   &from, f)) {
        return false;
    }
    if (from.session_token[0] != 0 && role.duration_seconds > STS_CHAINED_SECONDS_MAX) {
        role.duration_seconds = STS_CHAINED_SECONDS_MAX;
    }
    bool ok = sts_assume_role(self->sts, self->clock, &role, &bounds, out, f);
    if (!ok && f != NULL) {
        f->hop = f->hop == HOP_NONE ? self->hop : f->hop;
        if (f->principal[0] == 0) {
            span_to_c(span_of(from.arn), f->principal, sizeof(f->principal));
        }
    }
    creds_wipe(&from);
    return ok;
}

static void role_close(struct creds_source *s)
{
    struct creds_role *self = (struct creds_role *)s;

    aws_client_free(self->sts);
    creds_close(self->from);
    arena_free(&self->arena);
    free(self);
}

bool creds_role_new(const struct creds_role_settings *settings, struct creds_source *base,
                    struct creds_source **out, struct fault *f)
{
    static const struct creds_ops ops = { .get = role_get, .close = role_close };
    const struct creds_world *w = settings->world;
    struct creds_role *self = calloc(1, sizeof(*self));

    if (self == NULL) {
        return fault_memory(f);
    }
    self->base.ops = &ops;
    self->clock = world_clock(w);
    self->hop = settings->hop;
    self->role = settings->role;
    self->arena.is_secret = true;
    struct aws_client_settings client = {
        .service = AWS_STS,
        .region = settings->sts_region,
        .endpoint_override = settings->sts_endpoint,
        .use_fips = settings->use_fips,
        .use_dualstack = settings->use_dualstack,
        .transport = w->transport,
        .source = base,
        .clock = w->clock,
        .attempts_max = w->attempts_max,
        .user_agent = span_of(w->user_agent),
        .hop = settings->hop,
    };
    if (!copy_texts(&self->arena, &self->role, f) || !sts_role_check(&self->role, f) ||
        !aws_client_new(&client, &self->sts, f)) {
        role_close(&self->base);
        return false;
    }
    self->from = base;
    *out = &self->base;
    return true;
}
