/* The audit lines of a statement that the command runs: the same as the driver's, with "app":
 * "athena-odbc". */
#ifndef ODBCINST_RUN_AUDIT_H
#define ODBCINST_RUN_AUDIT_H

#include "spoke/spoke.h"
#include "sql/sql.h"

/* Before it is sent. False only with AuditRequired and a line that cannot be written. */
MUST_USE bool run_audit_start(const struct spoke *spoke, struct span sql, enum sql_class class,
                              struct notices *notices, struct fault *f);
/* After it ended; why is NULL when it succeeded. */
void run_audit_end(const struct spoke *spoke, const struct execution *e, const struct fault *why,
                   struct notices *notices);

#endif
