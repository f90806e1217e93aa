/* The audit file's lines about queries, for everybody who sends one: the driver and the command. */
#ifndef SPOKE_AUDIT_H
#define SPOKE_AUDIT_H

#include "spoke/spoke.h"

/* A query as its lines tell it; borrowed. */
struct spoke_query {
    const char *app;          /* NULL: the driver */
    struct span sql, database;
    const char *class;        /* SELECT, INSERT ... */
};

/* Before it is sent. False only with AuditRequired and a line that cannot be written; without
   AuditRequired a notice says so. */
MUST_USE bool spoke_audit_start(const struct spoke *spoke, const struct spoke_query *query,
                                struct notices *notices, struct fault *f);
/* Before the result of a query that ran before is read again: an event without a cost. False as
   above. */
MUST_USE bool spoke_audit_read(const struct spoke *spoke, const char *app, struct span query_id,
                               struct notices *notices, struct fault *f);
/* After it ended; why is NULL when it succeeded. */
void spoke_audit_end(const struct spoke *spoke, const char *app, struct execution *e,
                     const struct fault *why, struct notices *notices);

#endif
