/* The part of a query that others may reach: a cancel from another thread, the audit, the statement
   after the end. */
#include <stdlib.h>
#include <string.h>

#include "athena/query_call.h"

bool execution_new(struct execution **out, struct fault *f)
{
    struct execution *e = calloc(1, sizeof(*e));

    if (e == NULL) {
        return fault_memory(f);
    }
    lock_init(&e->lock);
    wake_init(&e->cancel);
    e->references = 1;
    *out = e;
    return true;
}

double execution_cost(struct execution *e, double price_per_tb)
{
    static const double tebibyte_mib = 1024.0 * 1024.0;
    const int64_t mebibyte = 1024 * 1024, least_mib = 10;

    lock_take(&e->lock);
    bool is_free = e->reused || e->state == QUERY_FAILED || e->scanned_bytes <= 0;
    int64_t mib = is_free ? 0 : (e->scanned_bytes - 1) / mebibyte + 1;
    lock_give(&e->lock);
    mib = !is_free && mib < least_mib ? least_mib : mib;
    return (double)mib / tebibyte_mib * price_per_tb;
}

void execution_take(struct execution *e)
{
    lock_take(&e->lock);
    e->references++;
    lock_give(&e->lock);
}

void execution_drop(struct execution *e)
{
    if (e == NULL) {
        return;
    }
    lock_take(&e->lock);
    bool is_last = --e->references == 0;
    lock_give(&e->lock);
    if (is_last) {
        wake_done(&e->cancel);
        lock_done(&e->lock);
        free(e);
    }
}

/* Claims the one stop that is sent without being asked again; false when there is nothing to
   stop. */
static bool claim_stop(struct execution *e, char query_id[64])
{
    lock_take(&e->lock);
    bool is_mine = e->is_started && !e->is_stopped && !query_is_final(e->state);
    if (is_mine) {
        e->is_stopped = true;
        memcpy(query_id, e->query_id, sizeof(e->query_id));
    }
    lock_give(&e->lock);
    return is_mine;
}

void execution_cancel(struct execution *e, struct aws_client *client)
{
    char query_id[64];
    int64_t now_ms = clock_system()->steady_ms(clock_system());
    struct aws_bounds bounds = { .deadline_steady_ms = now_ms + QUERY_STOP_MS };
    /* who waits for the query confirms the stop, and repeats it when it had no effect */
    struct fault ignored;

    wake_raise(&e->cancel);
    if (client != NULL && claim_stop(e, query_id) &&
        !query_call_stop(client, span_of(query_id), &bounds, &ignored)) {
        lock_take(&e->lock);
        e->is_stopped = false;
        lock_give(&e->lock);
    }
}

static void keep(const struct json *value, char *to, size_t room)
{
    struct span text = json_text(value);
    if (!span_is_null(text)) {
        span_to_c(text, to, room);
    }
}

void execution_fill(struct execution *e, const struct json *document, enum query_state state)
{
    const struct json *statistics = json_member(document, "Statistics");
    const struct json *result = json_member(document, "ResultConfiguration");
    const struct json *grants = json_member(document, "QueryResultsS3AccessGrantsConfiguration");
    const struct json *managed = json_member(document, "ManagedQueryResultsConfiguration");

    lock_take(&e->lock);
    e->state = state;
    keep(json_member(document, "StatementType"), e->statement_type, sizeof(e->statement_type));
    keep(json_member(document, "SubstatementType"), e->substatement_type,
         sizeof(e->substatement_type));
    keep(json_member(result, "OutputLocation"), e->output_location, sizeof(e->output_location));
    keep(json_path(result, "EncryptionConfiguration.EncryptionOption"), e->encryption,
         sizeof(e->encryption));
    keep(json_path(document, "QueryExecutionContext.Catalog"), e->catalog, sizeof(e->catalog));
    keep(json_path(document, "QueryExecutionContext.Database"), e->database, sizeof(e->database));
    e->has_managed_results = json_truth(json_member(managed, "Enabled"), false);
    e->has_access_grants = json_truth(json_member(grants, "EnableS3AccessGrants"), false);
    e->reused = json_truth(json_path(statistics, "ResultReuseInformation.ReusedPreviousResult"),
                           false);
    e->scanned_bytes = json_int(json_member(statistics, "DataScannedInBytes"), 0);
    e->engine_ms = json_int(json_member(statistics, "EngineExecutionTimeInMillis"), 0);
    e->queue_ms = json_int(json_member(statistics, "QueryQueueTimeInMillis"), 0);
    e->planning_ms = json_int(json_member(statistics, "QueryPlanningTimeInMillis"), 0);
    e->service_ms = json_int(json_member(statistics, "ServiceProcessingTimeInMillis"), 0);
    e->total_ms = json_int(json_member(statistics, "TotalExecutionTimeInMillis"), 0);
    lock_give(&e->lock);
}
