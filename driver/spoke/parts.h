/* The inner seams of spoke/: what open.c, wiring.c, ladder.c and explain.c share. Not for other
   rooms. */
#ifndef SPOKE_PARTS_H
#define SPOKE_PARTS_H

#include "aws/profile.h"
#include "spoke/process.h"
#include "spoke/spoke.h"

/* Stand-ins for tests; zeroed = the real things. */
struct spoke_parts {
    struct http *transport;
    const struct clock *clock;
    const char *(*env)(const struct creds_world *w, const char *name);
    const void *env_context;
    const char *root;
};

struct spoke {
    const struct settings *settings;
    struct chain *chain;
    struct aws_client *athena, *glue, *s3;
    struct workgroup_facts workgroup;
    struct spoke_identity identity;
    const struct poll_bucket_ops *bucket;
    struct query_board *board;
    const struct clock *clock;
    char region[64];
    char cache_key[SHA256_HEX];
    /* Behind a pointer, because explaining a fault to a const spoke may find it out. */
    _Atomic int *is_dead;
};

/* What the settings say, worked out before anything is built. wiring_done it. */
struct wiring {
    const struct settings *settings;
    const struct spoke_parts *parts;
    struct notices *notices;
    struct creds_world world;
    struct profile_set profiles;
    const struct profile_section *profile; /* the selected one, or NULL */
    struct span auth;                      /* AuthenticationType, never empty */
    char region[64];                       /* of Athena, Glue and S3 */
    char run_as_region[64], consumer_region[64];
    char endpoint[AWS_SERVICES][512];      /* "" = by region */
    bool use_fips, use_dualstack;
    char session_name[72], source_identity[72];
    struct arena arena;                    /* secret */
};

MUST_USE bool wiring_make(const struct settings *settings, const struct spoke_parts *parts,
                          struct notices *notices, struct wiring *out, struct fault *f);
void wiring_done(struct wiring *w);
/* Digest of everything that decides who the chain is, secrets included. */
MUST_USE bool wiring_key(const struct wiring *w, unsigned char key[SHA256_BYTES], struct fault *f);
/* Builds the chain's sources: chain_build(chain, wiring). For process_chain_take. */
bool chain_build(struct chain *c, void *wiring, struct fault *f);
MUST_USE bool wiring_client(const struct wiring *w, const struct chain *c, enum aws_service service,
                            enum fault_hop hop, struct aws_client **out, struct fault *f);

MUST_USE bool spoke_open_parts(const struct settings *settings, const struct spoke_parts *parts,
                               const struct aws_bounds *bounds, struct notices *notices,
                               struct spoke **out, struct fault *f);

/* place.c: one notice names the keys of the result's place that are set and have no effect. */
void place_tell(const struct spoke *s, struct notices *notices);

/* Who a source is: GetCallerIdentity, asked once for all connections of the chain, within some
   seconds. skew_ms: server minus this machine, as that call showed it. */
struct chain_identity chain_identify(struct chain *c, struct creds_source *source,
                                     struct chain_identity *slot, const struct aws_bounds *bounds,
                                     int64_t *skew_ms);

/* Sessions that are held are used on when they cannot be renewed; at their end a service refuses
   them, and does not know why they were not. Says it, naming the hop. */
void explain_failed_renewals(const struct chain *c, struct fault *f);

/* Completes the fault of a failed connect: asks the free questions that tell hops apart, then
   writes verdict, causes and steps. */
void ladder_climb(const struct wiring *w, struct chain *c, const struct aws_bounds *bounds,
                  struct fault *f);

#endif
