/* Bodies and answers of the calls that run a query. */
#include "athena/query_call.h"

#include "athena/failure.h"

static void add_set(struct json_writer *w, const char *name, struct span text)
{
    if (text.len > 0) {
        json_string_member(w, name, text);
    }
}

static void add_context(struct json_writer *w, const struct query_request *r)
{
    if (r->catalog.len == 0 && r->database.len == 0) {
        return;
    }
    json_name(w, "QueryExecutionContext");
    json_open(w, '{');
    add_set(w, "Database", r->database);
    add_set(w, "Catalog", r->catalog);
    json_close(w, '}');
}

static void add_result_configuration(struct json_writer *w, const struct query_request *r)
{
    if (r->output_location.len == 0 && r->encryption.len == 0 && r->expected_owner.len == 0 &&
        r->acl.len == 0) {
        return;
    }
    json_name(w, "ResultConfiguration");
    json_open(w, '{');
    add_set(w, "OutputLocation", r->output_location);
    if (r->encryption.len > 0) {
        json_name(w, "EncryptionConfiguration");
        json_open(w, '{');
        add_set(w, "EncryptionOption", r->encryption);
        add_set(w, "KmsKey", r->kms_key);
        json_close(w, '}');
    }
    add_set(w, "ExpectedBucketOwner", r->expected_owner);
    if (r->acl.len > 0) {
        json_name(w, "AclConfiguration");
        json_open(w, '{');
        add_set(w, "S3AclOption", r->acl);
        json_close(w, '}');
    }
    json_close(w, '}');
}

static void add_parameters(struct json_writer *w, const struct query_request *r)
{
    if (r->n_parameters == 0) {
        return;
    }
    json_name(w, "ExecutionParameters");
    json_open(w, '[');
    for (unsigned i = 0; i < r->n_parameters; i++) {
        json_string(w, r->parameters[i]);
    }
    json_close(w, ']');
}

static void add_reuse(struct json_writer *w, const struct query_request *r)
{
    if (!r->reuse) {
        return;
    }
    json_name(w, "ResultReuseConfiguration");
    json_open(w, '{');
    json_name(w, "ResultReuseByAgeConfiguration");
    json_open(w, '{');
    json_name(w, "Enabled");
    json_flag(w, true);
    json_name(w, "MaxAgeInMinutes");
    json_number(w, r->reuse_minutes);
    json_close(w, '}');
    json_close(w, '}');
}

static bool check_sizes(const struct query_request *r, struct fault *f)
{
    if (r->sql.len == 0) {
        return fault_set(f, FAULT_SYNTAX, "The statement is empty.");
    }
    if (r->sql.len > QUERY_SQL_MAX) {
        return fault_set(f, FAULT_CEILING, "The statement has %zu bytes; Athena takes %d at most.",
                         r->sql.len, QUERY_SQL_MAX);
    }
    for (unsigned i = 0; i < r->n_parameters; i++) {
        if (r->parameters[i].len == 0 || r->parameters[i].len > QUERY_PARAMETER_MAX) {
            return fault_set(f, FAULT_CEILING,
                             "Parameter %u has %zu characters as a literal; Athena takes 1 to %d.",
                             i + 1, r->parameters[i].len, QUERY_PARAMETER_MAX);
        }
    }
    return true;
}

bool query_call_body(const struct query_request *request, const char *token, struct buf *out,
                     struct fault *f)
{
    struct json_writer w = { .out = out, .f = f };

    if (!check_sizes(request, f)) {
        return false;
    }
    json_open(&w, '{');
    json_string_member(&w, "QueryString", request->sql);
    json_string_member(&w, "ClientRequestToken", span_of(token));
    add_context(&w, request);
    add_result_configuration(&w, request);
    add_set(&w, "WorkGroup", request->workgroup);
    add_parameters(&w, request);
    add_reuse(&w, request);
    json_close(&w, '}');
    return json_done(&w);
}

bool query_call_start(struct aws_client *c, struct span body, const struct aws_bounds *bounds,
                      char id[64], struct fault *f)
{
    struct json *answer = NULL;

    if (!aws_json_call(c, "StartQueryExecution", body, bounds, &answer, f)) {
        failure_refine(f);
        return false;
    }
    struct span got = json_text_of(answer, "QueryExecutionId");
    bool ok = got.len > 0 && got.len < 64;
    if (ok) {
        span_to_c(got, id, 64);
    } else {
        fault_set(f, FAULT_PROTOCOL,
                  "athena:StartQueryExecution answered without a QueryExecutionId.");
        if (f != NULL) {
            f->may_have_arrived = true;
        }
    }
    json_free(answer);
    return ok;
}

static bool call_with_id(struct aws_client *c, const char *operation, struct span id,
                         const struct aws_bounds *bounds, struct json **document, struct fault *f)
{
    struct buf body = { 0 };
    struct json_writer w = { .out = &body, .f = f };

    json_open(&w, '{');
    json_string_member(&w, "QueryExecutionId", id);
    json_close(&w, '}');
    bool ok = json_done(&w) && aws_json_call(c, operation, buf_span(&body), bounds, document, f);
    if (!ok) {
        failure_refine(f);
        if (f != NULL) {
            span_to_c(id, f->query_id, sizeof(f->query_id));
        }
    }
    buf_free(&body);
    return ok;
}

bool query_call_look(struct aws_client *c, struct span id, const struct aws_bounds *bounds,
                     struct json **document, struct fault *f)
{
    return call_with_id(c, "GetQueryExecution", id, bounds, document, f);
}

bool query_call_stop(struct aws_client *c, struct span id, const struct aws_bounds *bounds,
                     struct fault *f)
{
    struct json *nothing = NULL;
    bool ok = call_with_id(c, "StopQueryExecution", id, bounds, &nothing, f);

    json_free(nothing);
    return ok;
}

enum query_state query_call_state(const struct json *execution)
{
    static const struct {
        const char *word;
        enum query_state state;
    } words[] = {
        { "QUEUED", QUERY_QUEUED }, { "RUNNING", QUERY_RUNNING }, { "SUCCEEDED", QUERY_SUCCEEDED },
        { "FAILED", QUERY_FAILED }, { "CANCELLED", QUERY_CANCELLED },
    };
    struct span word = json_text(json_path(execution, "Status.State"));

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (span_equal(word, span_of(words[i].word))) {
            return words[i].state;
        }
    }
    return QUERY_RUNNING; /* a state of the future is no end */
}

bool query_is_final(enum query_state state)
{
    return state == QUERY_SUCCEEDED || state == QUERY_FAILED || state == QUERY_CANCELLED;
}
