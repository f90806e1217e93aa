/* Facts of a workgroup, and places in S3. */
#include "unit/athena/bench.h"

static void facts_are_read(void)
{
    static const struct fake_step steps[] = {
        { 200,
          "{\"WorkGroup\":{\"Name\":\"w\",\"State\":\"ENABLED\",\"Configuration\":{"
          "\"ResultConfiguration\":{\"OutputLocation\":\"s3://b/p/"
          "\",\"ExpectedBucketOwner\":\"777788889999\"},\"EnforceWorkGroupConfiguration\":true,"
          "\"EngineVersion\":{\"SelectedEngineVersion\":\"AUTO\",\"EffectiveEngineVersion\":"
          "\"Athena engine version 3\"},\"RequesterPaysEnabled\":true,"
          "\"BytesScannedCutoffPerQuery\":10000000}}}",
          NULL, "AmazonAthena.GetWorkGroup\n\n{\"WorkGroup\":\"w\"}" },
        { 200, "{\"WorkGroup\":{\"Name\":\"w\",\"State\":\"DISABLED\",\"Configuration\":{"
               "\"ManagedQueryResultsConfiguration\":{\"Enabled\":true},"
               "\"QueryResultsS3AccessGrantsConfiguration\":{\"EnableS3AccessGrants\":true}}}}" },
        { 400, "{\"__type\":\"InvalidRequestException\",\"AthenaErrorCode\":\"INVALID_INPUT\","
               "\"Message\":\"WorkGroup is not found.\"}" },
        { 400, "{\"__type\":\"AccessDeniedException\",\"Message\":\"You are not authorized to "
               "perform: athena:GetWorkGroup on the resource.\"}" },
    };
    struct bench b;
    struct workgroup_facts w = { 0 };
    struct fault f = { 0 };

    bench_start(&b, steps, 4);
    CU_ASSERT_FATAL(athena_get_workgroup(b.client, SPAN("w"), NULL, &w, &f));
    CU_ASSERT(w.is_known && !w.is_disabled && w.is_enforced && w.requester_pays &&
              !w.has_managed_results);
    CU_ASSERT_EQUAL(w.bytes_cutoff, 10000000);
    CU_ASSERT_STRING_EQUAL(w.output_location, "s3://b/p/");
    CU_ASSERT_STRING_EQUAL(w.expected_owner, "777788889999");
    CU_ASSERT_STRING_EQUAL(w.engine_version, "Athena engine version 3");
    CU_ASSERT_FATAL(athena_get_workgroup(b.client, SPAN("w"), NULL, &w, &f));
    CU_ASSERT(w.is_disabled && w.has_managed_results && w.has_access_grants && !w.is_enforced);
    CU_ASSERT_STRING_EQUAL(w.output_location, "");
    CU_ASSERT_FALSE(athena_get_workgroup(b.client, SPAN("w"), NULL, &w, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_NOT_FOUND);
    CU_ASSERT_FALSE(athena_get_workgroup(b.client, SPAN("w"), NULL, &w, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_DENIED);
    CU_ASSERT_STRING_EQUAL(f.action, "athena:GetWorkGroup");
    bench_stop(&b);
}

static const struct unit_test tests[] = {
    { "facts are read", facts_are_read },
};

UNIT_MAIN("athena/workgroup", tests)
