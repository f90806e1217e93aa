/* One statement on one spoke, from its guards to its rows, for the command. What a data source
   forbids the driver it forbids here too, and the same audit lines are written. */
#ifndef ODBCINST_RUN_H
#define ODBCINST_RUN_H

#include "rows/rows.h"
#include "spoke/spoke.h"

struct run;

/* How far it is; called from the thread that runs it, at every look. */
typedef void (*run_progress)(void *context, const struct execution *e);

struct run_request {
    struct spoke *spoke;
    struct span sql;
    run_progress progress; /* may be NULL */
    void *context;
    struct wake *stop; /* raised: the query is stopped, confirmed; may be NULL */
    struct notices *notices;
};

/* What is known of a run, whether it succeeded or not. */
struct run_facts {
    char query_id[64], account[16];
    int64_t scanned_bytes, total_ms;
    bool is_reused;
    double cost_usd;           /* an estimate */
};

/* Runs it to its end. *out: rows not read yet; run_close it. facts (may be NULL) is filled in any
 * case. */
MUST_USE bool run_open(const struct run_request *request, struct run **out, struct run_facts *facts,
                       struct fault *f);
/* NULL when the statement gives no rows. Borrowed. */
struct row_source *run_source(struct run *r);
/* Rows changed, or -1. */
int64_t run_row_count(const struct run *r);
void run_close(struct run *r);

#endif
