/* Why Athena refused or failed a query, in our words: error names, error types and codes to fault
   kinds. */
#ifndef ATHENA_FAILURE_H
#define ATHENA_FAILURE_H

#include "base/fault.h"

/* What GetQueryExecution says about a FAILED or CANCELLED query. */
struct failure {
    struct span reason;   /* Status.StateChangeReason */
    struct span message;  /* Status.AthenaError.ErrorMessage; NO_SPAN for CANCELLED */
    int64_t type;         /* Status.AthenaError.ErrorType; -1 when absent */
    bool is_cancelled;
};

/* Sets f from it: kind by the leading ERROR_NAME, then by wording, then by type; line and column
   from the text. */
void failure_explain(const struct failure *why, const char *query_id, struct fault *f);

/* A refused call of Athena: narrows the kind by AthenaErrorCode (in f->code) and by wording, finds
   line and column. */
void failure_refine(struct fault *f);

#endif
