/* What a workgroup imposes on its queries. */
#include "athena/athena.h"
#include "athena/failure.h"

static void keep(struct span s, char *to, size_t room)
{
    if (!span_is_null(s)) {
        span_to_c(s, to, room);
    }
}

static void read_facts(const struct json *group, struct workgroup_facts *out)
{
    const struct json *configuration = json_member(group, "Configuration");
    const struct json *grants =
        json_member(configuration, "QueryResultsS3AccessGrantsConfiguration");
    const struct json *managed = json_member(configuration, "ManagedQueryResultsConfiguration");

    out->is_known = true;
    out->is_disabled = span_equal(json_text_of(group, "State"), SPAN("DISABLED"));
    out->is_enforced = json_truth(json_member(configuration, "EnforceWorkGroupConfiguration"),
                                  false);
    out->has_managed_results = json_truth(json_member(managed, "Enabled"), false);
    out->requester_pays = json_truth(json_member(configuration, "RequesterPaysEnabled"), false);
    out->has_access_grants = json_truth(json_member(grants, "EnableS3AccessGrants"), false);
    out->bytes_cutoff = json_int(json_member(configuration, "BytesScannedCutoffPerQuery"), 0);
    keep(json_text(json_path(configuration, "ResultConfiguration.OutputLocation")),
         out->output_location, sizeof(out->output_location));
    keep(json_text(json_path(configuration, "ResultConfiguration.ExpectedBucketOwner")),
         out->expected_owner, sizeof(out->expected_owner));
    keep(json_text(json_path(configuration, "EngineVersion.EffectiveEngineVersion")),
         out->engine_version, sizeof(out->engine_version));
}

bool athena_get_workgroup(struct aws_client *c, struct span workgroup,
                          const struct aws_bounds *bounds,
                          struct workgroup_facts *out, struct fault *f)
{
    struct buf body = { 0 };
    struct json_writer w = { .out = &body, .f = f };
    struct json *answer = NULL;

    json_open(&w, '{');
    json_string_member(&w, "WorkGroup", workgroup);
    json_close(&w, '}');
    bool ok = json_done(&w) && aws_json_call(c, "GetWorkGroup", buf_span(&body), bounds, &answer,
                                             f);
    if (ok) {
        *out = (struct workgroup_facts){ 0 };
        read_facts(json_member(answer, "WorkGroup"), out);
    } else {
        failure_refine(f);
    }
    json_free(answer);
    buf_free(&body);
    return ok;
}
