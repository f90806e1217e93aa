/* Who the base credentials are: one free GetCallerIdentity a chain, however many connections want
   to know at the same time. */
#include "spoke/parts.h"

enum { IDENTIFY_MS = 3000, IDENTIFY_SLICE_MS = 25 };

/* The call itself; by the one caller who may. */
static void ask(struct chain *c, struct creds_source *source, struct chain_identity *slot,
                const struct aws_bounds *bounds, int64_t *skew_ms)
{
    struct aws_client_settings settings = {
        .service = AWS_STS,
        .region = span_of(c->run_as_region),
        .endpoint_override = span_of(c->sts_endpoint),
        .use_fips = c->sts_endpoint[0] == 0 && c->use_fips,
        .use_dualstack = c->sts_endpoint[0] == 0 && c->use_dualstack,
        .transport = c->world.transport,
        .source = source,
        .clock = c->world.clock,
        .attempts_max = 1,
        .user_agent = span_of(c->world.user_agent),
        .hop = HOP_BASE,
    };
    struct aws_client *sts = NULL;
    struct sts_identity who = { 0 };
    struct fault why = { 0 };
    bool ok =
        aws_client_new(&settings, &sts, &why) && sts_get_caller_identity(sts, bounds, &who, &why);

    *skew_ms = sts != NULL ? aws_client_skew_ms(sts) : 0;
    aws_client_free(sts);
    lock_take(&c->lock);
    slot->state = ok ? IDENTITY_KNOWN : why.code[0] != 0 ? IDENTITY_REFUSED : IDENTITY_UNKNOWN;
    slot->who = who;
    span_to_c(span_of(why.code), slot->code, sizeof(slot->code));
    lock_give(&c->lock);
}

static struct chain_identity copy(struct chain *c, const struct chain_identity *slot)
{
    lock_take(&c->lock);
    struct chain_identity seen = *slot;
    lock_give(&c->lock);
    return seen;
}

struct chain_identity chain_identify(struct chain *c, struct creds_source *source,
                                     struct chain_identity *slot, const struct aws_bounds *bounds,
                                     int64_t *skew_ms)
{
    const struct clock *clock = world_clock(&c->world);
    int64_t end = clock->steady_ms(clock) + IDENTIFY_MS;

    if (bounds->deadline_steady_ms != 0 && bounds->deadline_steady_ms < end) {
        end = bounds->deadline_steady_ms;
    }
    struct aws_bounds until = { .deadline_steady_ms = end, .cancel = bounds->cancel };
    struct creds_request pause = { .deadline_steady_ms = end, .cancel = bounds->cancel };
    for (;;) {
        lock_take(&c->lock);
        bool is_mine = slot->state == IDENTITY_UNKNOWN && clock->steady_ms(clock) < end;
        if (is_mine) {
            slot->state = IDENTITY_ASKING;
        }
        bool is_waiting = !is_mine && slot->state == IDENTITY_ASKING;
        lock_give(&c->lock);
        if (is_mine) {
            ask(c, source, slot, &until, skew_ms);
        }
        if (!is_waiting || !world_wait(&c->world, &pause, IDENTIFY_SLICE_MS, NULL)) {
            return copy(c, slot);
        }
    }
}
