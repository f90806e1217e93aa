/* The three calls behind a query, each one request: start, look, stop. */
#ifndef ATHENA_QUERY_CALL_H
#define ATHENA_QUERY_CALL_H

#include "athena/athena.h"

enum {
    QUERY_STOP_MS = 10000,        /* how long stopping and confirming may take */
    QUERY_SQL_MAX = 262144,       /* bytes of UTF-8 */
    QUERY_PARAMETER_MAX = 1024
};

/* The body of StartQueryExecution; refuses what the service would refuse for its size. */
MUST_USE bool query_call_body(const struct query_request *request, const char *token,
                              struct buf *out, struct fault *f);
MUST_USE bool query_call_start(struct aws_client *c, struct span body,
                               const struct aws_bounds *bounds, char id[64], struct fault *f);
/* One GetQueryExecution: *out is the QueryExecution's document (json_free *document). */
MUST_USE bool query_call_look(struct aws_client *c, struct span id, const struct aws_bounds *bounds,
                              struct json **document, struct fault *f);
/* The state a QueryExecution document tells; an unknown one is no end. */
enum query_state query_call_state(const struct json *execution);
bool query_is_final(enum query_state state);
MUST_USE bool query_call_stop(struct aws_client *c, struct span id, const struct aws_bounds *bounds,
                              struct fault *f);

/* Copies what a QueryExecution document says into e. */
void execution_fill(struct execution *e, const struct json *document, enum query_state state);

#endif
