/* What lives as long as the process: the one mutable global. Credential chains that several
   connections share, transports, the poll bucket. Made at first use; a child after fork() gets a
   new, empty one and leaves the old one alone. */
#ifndef SPOKE_PROCESS_H
#define SPOKE_PROCESS_H

#include "athena/athena.h"
#include "base/digest.h"
#include "net/curl.h"
#include "spoke/chain.h"

enum {
    /* A chain that no connection uses is forgotten, secrets and all, after so long: when the
       process next opens or closes a connection (no thread does it sooner), or at the end. */
    CHAIN_IDLE_MS = 15 * 60 * 1000,
    POLLS_PER_SECOND = 50, /* half of what the service grants an account and region */
    POLLS_BURST = 100,
    POLL_BUCKETS = 32
};

/* A digest with this process's random key: of secrets, so that they need not be kept to be
   compared. */
MUST_USE bool process_digest(struct span text, unsigned char out[SHA256_BYTES], struct fault *f);

/* The chain with this key, or a new one made by build. Each take wants one drop. */
MUST_USE bool process_chain_take(const unsigned char key[SHA256_BYTES],
                                 bool (*build)(struct chain *c, void *context, struct fault *f),
                                 void *context, struct chain **out, struct fault *f);
void process_chain_drop(struct chain *c);

/* The transport for these settings in this environment, shared by all who want the same (who asks,
   the user agent, is the request's business). Lives as long as the process structure. */
MUST_USE bool process_transport(const struct curl_settings *settings, struct http **out,
                                struct fault *f);

/* The bucket of an account and region; lives for ever. */
const struct poll_bucket_ops *process_poll_bucket(struct span account, struct span region);

/* What the process remembers about metadata (recall.h); NULL when memory is short. Lives as long as
   the process structure. */
struct recall *process_recall(void);

/* Forgets every idle chain now; chains in use go when their connections do. For the library's
   destructor, and for tests. */
void process_wipe(void);
/* How many chains are held; for tests. */
unsigned process_chain_count(void);

#endif
