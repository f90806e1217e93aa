/* The chain, walked one free step at a time: base credentials, RunAsRole, ConsumerAccountRoleArn.
   Where the driver wants one answer, the command wants each. */
#ifndef ODBCINST_PROBE_H
#define ODBCINST_PROBE_H

#include "spoke/parts.h"

struct probe {
    const struct settings *settings; /* borrowed, outlives the probe */
    struct wiring *wiring;
    struct chain *chain;
    struct aws_bounds bounds;
};

/* Sends nothing. probe_done it, failed or not. */
MUST_USE bool probe_wire(struct probe *p, const struct settings *settings, struct notices *notices,
                         struct fault *f);
void probe_done(struct probe *p);

/* The base credentials: found, and known to AWS (GetCallerIdentity). source is for people. */
struct probe_base {
    struct sts_identity who;
    char source[96], key[16]; /* key: its ends only */
    int64_t expires_wall_ms;  /* 0 = never */
    int64_t skew_ms;          /* server minus local clock */
};
MUST_USE bool probe_base(struct probe *p, struct probe_base *out, struct fault *f);

/* A hop; HOP_RUN_AS or HOP_CONSUMER, which must be there. The caller wipes *out. On failure the
 * diagnosis ladder has run: f is complete. */
bool probe_has(const struct probe *p, enum fault_hop hop);
MUST_USE bool probe_hop(struct probe *p, enum fault_hop hop, struct creds *out, struct fault *f);

/* A client that signs as the end of the chain. */
MUST_USE bool probe_client(struct probe *p, enum aws_service service, struct aws_client **out,
                           struct fault *f);

/* What a service's code means where it was said, and what mends it, by the driver's own table;
 * false when the table does not know it. */
bool probe_verdict(const struct fault *f, const char **verdict, const char **fix);

#endif
