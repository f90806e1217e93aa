/* Athena as plain C calls, and one execution as a step machine. */
#ifndef ATHENA_ATHENA_H
#define ATHENA_ATHENA_H

#include "aws/service.h"
#include "base/arena.h"
#include "base/lock.h"

/* One column of a result as the service describes it. Spans live where the list says. */
struct athena_column {
    struct span name, label, type; /* type: Athena's name, e.g. "varchar" */
    uint32_t precision, scale;
    bool is_case_sensitive;
};

struct athena_columns {
    unsigned n;
    struct athena_column *at;
};

struct workgroup_facts {
    bool is_known;                 /* false when athena:GetWorkGroup is denied: optional */
    bool is_disabled, is_enforced, has_managed_results, requester_pays, has_access_grants;
    int64_t bytes_cutoff;          /* 0 = none */
    char output_location[1024];
    char expected_owner[16];       /* of the bucket of output_location; "" = not checked */
    char engine_version[64];       /* "Athena engine version 3" */
};

/* FAULT_DENIED is for the caller to forgive; unknown workgroup is FAULT_NOT_FOUND. */
MUST_USE bool athena_get_workgroup(struct aws_client *c, struct span workgroup,
                                   const struct aws_bounds *bounds, struct workgroup_facts *out,
                                   struct fault *f);

/* What to run; borrowed until query_start returns. */
struct query_request {
    struct span sql, catalog, database, workgroup, output_location;
    const struct span *parameters;   /* SQL literals for ExecutionParameters */
    unsigned n_parameters;
    struct span encryption, kms_key, expected_owner, acl;
    bool reuse; unsigned reuse_minutes;
};

enum query_state { QUERY_QUEUED, QUERY_RUNNING, QUERY_SUCCEEDED, QUERY_FAILED, QUERY_CANCELLED };

/* One run in the service, as SQLCancel, the audit and the statement see it. Reference-counted; the
   last execution_drop frees it. */
struct execution {
    struct lock lock;              /* guards what follows up to the statistics */
    unsigned references;
    struct wake cancel;            /* raised by cancel, timeout, disconnect */
    bool is_started, is_stopped;
    char query_id[64];
    char token[40];                /* ClientRequestToken */
    enum query_state state;
    /* Filled when finished. */
    char statement_type[16], substatement_type[48];
    char output_location[1200];
    char catalog[260], database[260];
    bool has_managed_results, reused, has_access_grants;
    int64_t scanned_bytes, engine_ms, queue_ms, planning_ms, service_ms, total_ms;
    char encryption[16];
};

/* What an execution that has ended cost, an estimate, at that price for a tebibyte: whole
   mebibytes, ten at least; nothing when nothing was scanned, for a reused result and for a query
   that failed. */
double execution_cost(struct execution *e, double price_per_tb);
void execution_take(struct execution *e);
void execution_drop(struct execution *e);

struct query;

/* What the process shares between its queries: may this poll go out now? NULL = no limit. Returns
   ms to wait, 0 = go. */
struct poll_bucket_ops { int64_t (*ask)(void *context, int64_t steady_ms); void *context; };

/* Where the queries of one connection that wait at the same time are looked at by one call
   (athena/board.h). Outlives them. NULL with a fault when memory is short. */
struct query_board;
struct query_board *query_board_new(struct fault *f);
void query_board_free(struct query_board *b);

struct query_settings {
    struct aws_client *client;
    const struct clock *clock;
    const struct poll_bucket_ops *bucket;
    struct query_board *board;     /* NULL: each query is looked at by itself */
    unsigned first_poll_ms, poll_min_ms, poll_max_ms; /* 0 = 50, 50, 2000 */
    /* each pause from the last one, 200 = doubled; 0 = in proportion to the time elapsed */
    unsigned poll_growth_percent;
    int64_t deadline_steady_ms;    /* SQL_ATTR_QUERY_TIMEOUT; 0 = none */
    int64_t scanned_bytes_max;     /* MaxBytesScanned: stop and say so; 0 = none */
    struct notices *notices;       /* told of a query that ended above it; may be NULL */
};

enum query_step { QUERY_STEP_WAIT, QUERY_STEP_DONE, QUERY_STEP_FAULT };

/* Sends StartQueryExecution. *out is a machine to step; its execution can be reached from other
   threads at once (even before the answer). */
MUST_USE bool query_start(const struct query_settings *settings,
                          const struct query_request *request, struct execution *execution,
                          struct query **out, struct fault *f);
MUST_USE bool execution_new(struct execution **out, struct fault *f);
/* Does what can be done now. WAIT: look again after *wait_ms (wait on execution->cancel). DONE:
   succeeded, execution is filled; also when a cancel or time-out came too late to stop it. FAULT:
   failed, cancelled, timed out: f says which; what was running was stopped and the stop confirmed,
   or f says that it was not. */
enum query_step query_step(struct query *q, int64_t *wait_ms, struct fault *f);
/* while (step) wait. */
MUST_USE bool query_wait(struct query *q, struct fault *f);
/* Stops it if it still runs (confirmed, bounded to some seconds; else the log says so) and frees
   the machine. Cannot fail. */
void query_close(struct query *q);
/* What is known of a query that ran before, started by whomever. False unless it has succeeded: not
   known, still running (FAULT_UNSUPPORTED), failed. Nothing is ever stopped by this. */
MUST_USE bool execution_look_up(struct execution *e, struct aws_client *client,
                                struct span query_id, const struct aws_bounds *bounds,
                                struct fault *f);
/* From any thread: raises the flag and sends StopQueryExecution if it is started. Nothing when
   finished. */
void execution_cancel(struct execution *e, struct aws_client *client);

/* One page of GetQueryResults. A page of more bytes than an answer may have is asked for again with
   half as many rows, down to one; rows_max tells how many it was in the end. The arena holds cells
   and columns. cells is row-major n_rows x n_columns, short rows filled with NO_SPAN; n_in_row
   tells how many data each row really had. */
struct results_page {
    struct athena_columns columns;
    unsigned n_rows, n_columns;
    struct span *cells;
    unsigned *n_in_row;     /* NULL when there are no rows */
    bool has_update_count;
    int64_t update_count;
    struct span next_token; /* NO_SPAN = last page */
    unsigned rows_max;      /* what the next page should ask for */
};
MUST_USE bool athena_get_results(struct aws_client *c, struct span query_id, struct span next_token,
                                 unsigned rows_max, const struct aws_bounds *bounds,
                                 struct arena *arena, struct results_page *out, struct fault *f);

/* The .metadata companion (protobuf). false with FAULT_PROTOCOL when unreadable (encrypted or
   truncated): fall back to the API. */
struct result_metadata {
    struct athena_columns columns;
    bool has_update_count;
    int64_t update_count;
};
MUST_USE bool athena_read_metadata(struct span bytes, struct arena *arena,
                                   struct result_metadata *out, struct fault *f);

/* "s3://bucket/key" taken apart; spans into text. */
MUST_USE bool s3_uri_parse(struct span text, struct span *bucket, struct span *key,
                           struct fault *f);

#endif
