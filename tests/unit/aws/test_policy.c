/* The policies that the driver writes, and its look at those of others. */
#include "unit/unit.h"

#include "aws/policy.h"
#include "base/json.h"

static void a_first_hop_may_assume_one_role_and_nothing_else(void)
{
    struct buf b = { 0 };
    struct fault f;

    CU_ASSERT(policy_scope_down(SPAN("arn:aws-us-gov:iam::222233334444:role/B"), false, &b, &f));
    SPAN_IS(
        buf_span(&b),
        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"sts:"
        "AssumeRole\",\"sts:TagSession\","
        "\"sts:SetSourceIdentity\"],\"Resource\":\"arn:aws-us-gov:iam::222233334444:role/B\"}]}");
    buf_clear(&b);
    CU_ASSERT(policy_scope_down(SPAN("arn:aws:iam::1:role/B"), true, &b, &f));
    SPAN_IS(buf_span(&b),
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:"
            "AssumeRole\",\"Resource\":\"arn:aws:iam::1:role/B\"}]}");
    buf_free(&b);
}

static void partitions_come_from_the_arn(void)
{
    SPAN_IS(policy_partition(SPAN("arn:aws-cn:iam::1:role/B")), "aws-cn");
    SPAN_IS(policy_partition(SPAN("nonsense")), "aws");
}

static void read_only_denies_writing_outside_the_results(void)
{
    struct buf b = { 0 };
    struct json *document = NULL;
    struct fault f;

    CU_ASSERT(policy_read_only(SPAN("aws"), SPAN("s3://results/mine/"), SPAN(""), &b, &f));
    CU_ASSERT_FATAL(json_parse(buf_span(&b), &document, &f));
    struct json *statements = json_member(document, "Statement");
    CU_ASSERT_EQUAL(json_length(statements), 3);
    SPAN_IS(json_text_of(json_at(statements, 0), "Effect"), "Allow");
    SPAN_IS(json_text_of(json_at(statements, 1), "Effect"), "Deny");
    SPAN_IS(json_text_of(json_at(statements, 2), "NotResource"), "arn:aws:s3:::results/mine/*");
    CU_ASSERT(span_find(buf_span(&b), SPAN("glue:Delete*")) < b.len);
    CU_ASSERT(b.len < POLICY_PLAIN_MAX);
    json_free(document);
    buf_clear(&b);
    CU_ASSERT(policy_read_only(
        SPAN("aws"), SPAN(""),
        SPAN("{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"athena:*\",\"Resource\":\"*\"}]}"),
        &b, &f));
    document = NULL;
    CU_ASSERT_FATAL(json_parse(buf_span(&b), &document, &f));
    CU_ASSERT_EQUAL(json_length(json_member(document, "Statement")), 2);
    SPAN_IS(json_text_of(json_at(json_member(document, "Statement"), 0), "Action"), "athena:*");
    json_free(document);
    buf_free(&b);
    CU_ASSERT_FALSE(policy_read_only(SPAN("aws"), SPAN(""), SPAN("{\"no\":\"policy\"}"), &b, &f));
    buf_free(&b);
}

static const struct {

    const char *policy, *missing;

} lints[] = {
    { "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}", "" },
    { "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":[\"ATHENA:*\",\"glue:Get*\",\"s3:*\"],"
      "\"Resource\":\"*\"}}",
      "" },
    { "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"athena:*\",\"s3:?etObject\",\"s3:"
      "GetBucket*\"],\"Resource\":\"*\"}]}",
      "glue:GetDatabase, glue:GetTable, s3:PutObject" },
    { "{\"Statement\":[{\"Effect\":\"Allow\",\"NotAction\":\"glue:*\",\"Resource\":\"*\"}]}",
      "glue:GetDatabase, glue:GetTable" },
    { "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}",
      "athena:StartQueryExecution, athena:GetQueryExecution, athena:GetQueryResults, "
      "glue:GetDatabase, glue:GetTable, s3:GetObject, s3:PutObject, s3:GetBucketLocation" },
};

static void what_a_query_needs_is_missed(void)
{
    for (size_t i = 0; i < sizeof(lints) / sizeof(lints[0]); i++) {
        struct buf missing = { 0 };
        struct fault f;
        CU_ASSERT(policy_lint(span_of(lints[i].policy), &missing, &f));
        SPAN_IS(buf_span(&missing), lints[i].missing);
        buf_free(&missing);
    }
}

static const struct unit_test tests[] = {
    { "a first hop may assume one role and nothing else",
      a_first_hop_may_assume_one_role_and_nothing_else },
    { "partitions come from the ARN", partitions_come_from_the_arn },
    { "read-only denies writing outside the results",
      read_only_denies_writing_outside_the_results },
    { "what a query needs is missed", what_a_query_needs_is_missed },
};

UNIT_MAIN("aws/policy", tests)
