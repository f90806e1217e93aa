/* One consumer account, opened: settings -> governance -> credential stack, HTTP stack, clients,
   workgroup facts. The one place where the lower rooms are wired together; the driver and the
   athena-odbc command both enter here. */
#ifndef SPOKE_SPOKE_H
#define SPOKE_SPOKE_H

#include "athena/athena.h"
#include "config/settings.h"

struct spoke;

struct spoke_identity {
    char base_source[96];                 /* "environment", "profile bi" ... */
    char base_arn[CREDS_ARN_MAX];         /* empty when not looked up (only the ladder asks) */
    char run_as_arn[CREDS_ARN_MAX];       /* session ARN of hop 1, empty without that hop */
    char consumer_arn[CREDS_ARN_MAX];     /* session ARN of hop 2, empty without that hop */
    char account[16];                     /* who pays; empty when unknown */
    char session_name[72];
};

/* Builds everything, proves the chain (no call when a warm session is cached), asks GetWorkGroup
   (free; forgiven when denied). deadline_steady_ms bounds it all (login timeout; 0 = none); cancel
   may be NULL. On failure the free diagnosis ladder has run (when there is time) and f is complete:
   record 1 = hop, verdict, fix; notes = principal, resource, request id, candidate causes in order,
   steps. settings is borrowed and must outlive the spoke. */
MUST_USE bool spoke_open(const struct settings *settings, const struct aws_bounds *bounds,
                         struct notices *notices, struct spoke **out, struct fault *f);
void spoke_close(struct spoke *s);

/* Borrowed; live as long as the spoke. */
struct aws_client *spoke_athena(struct spoke *s);
struct aws_client *spoke_glue(struct spoke *s);
struct aws_client *spoke_s3(struct spoke *s);
const struct settings *spoke_settings(const struct spoke *s);
const struct workgroup_facts *spoke_workgroup(const struct spoke *s);
/* Whether queries may say where their results go and how they are kept: a workgroup that enforces
   its settings or keeps results itself decides that. */
bool spoke_may_place_results(const struct spoke *s);
/* The account that must own the bucket of a result that is read; NO_SPAN = not checked. */
struct span spoke_result_owner(const struct spoke *s);
const struct spoke_identity *spoke_identity(const struct spoke *s);
const struct clock *spoke_clock(const struct spoke *s);
const struct poll_bucket_ops *spoke_poll_bucket(struct spoke *s);
struct query_board *spoke_board(struct spoke *s);
/* A digest that differs whenever identity, policy, endpoint, workgroup, region or catalog id
   differ: the metadata cache's key. 64 hex. */
const char *spoke_cache_key(const struct spoke *s);
/* Whether the last service call showed that the connection is dead for good
   (SQL_ATTR_CONNECTION_DEAD). */
bool spoke_is_dead(const struct spoke *s);

/* Adds what only a spoke knows to a fault of a service call: principal ARN, hop, which permission
   to add and where. Idempotent. */
void spoke_explain(const struct spoke *s, struct fault *f);

/* After fork() in a child: handles made before are unusable. */
bool process_is_forked(void);

#endif
