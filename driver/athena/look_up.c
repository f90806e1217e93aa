/* A query that ran before, asked for by its id. */
#include <string.h>

#include "athena/failure.h"
#include "athena/query_call.h"

/* Why its result cannot be read; false always. */
static bool explain(const struct json *x, enum query_state state, const char *id, struct fault *f)
{
    const struct json *status = json_member(x, "Status");
    struct failure why = { .reason = json_text_of(status, "StateChangeReason"),
                           .message = json_text(json_path(status, "AthenaError.ErrorMessage")),
                           .type = json_int(json_path(status, "AthenaError.ErrorType"), -1),
                           .is_cancelled = state == QUERY_CANCELLED };

    if (!query_is_final(state)) {
        return fault_set(f, FAULT_UNSUPPORTED,
                         "Query %s has not ended yet: its result cannot be read.", id);
    }
    failure_explain(&why, id, f);
    return false;
}

bool execution_look_up(struct execution *e, struct aws_client *client, struct span query_id,
                       const struct aws_bounds *bounds, struct fault *f)
{
    struct json *document = NULL;

    lock_take(&e->lock);
    span_to_c(query_id, e->query_id, sizeof(e->query_id));
    lock_give(&e->lock); /* is_started stays false: nothing of ours runs, so nobody may stop it */
    if (!query_call_look(client, query_id, bounds, &document, f)) {
        return false;
    }
    const struct json *x = json_member(document, "QueryExecution");
    enum query_state state = query_call_state(x);
    execution_fill(e, x, state);
    bool ok = state == QUERY_SUCCEEDED || explain(x, state, e->query_id, f);
    json_free(document);
    return ok;
}
