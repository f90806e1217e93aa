/* CloudFormation for a consumer account: role, workgroup, result bucket. */
#include <stdio.h>

#include "cfn.h"
#include "template.h"

static void bucket(struct json_writer *w, struct span name)
{
    cfn_open_resource(w, "ResultBucket", "AWS::S3::Bucket");
    cfn_text_member(w, "DeletionPolicy", "Retain");
    cfn_text_member(w, "UpdateReplacePolicy", "Retain");
    cfn_open_member(w, "Properties", '{');
    json_string_member(w, "BucketName", name);
    cfn_open_member(w, "PublicAccessBlockConfiguration", '{');
    static const char *const blocks[] = { "BlockPublicAcls", "BlockPublicPolicy",
                                          "IgnorePublicAcls", "RestrictPublicBuckets" };
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        json_name(w, blocks[i]);
        json_flag(w, true);
    }
    json_close(w, '}');
    cfn_open_member(w, "OwnershipControls", '{');
    cfn_open_member(w, "Rules", '[');
    json_open(w, '{');
    cfn_text_member(w, "ObjectOwnership", "BucketOwnerEnforced");
    json_close(w, '}');
    json_close(w, ']');
    json_close(w, '}');
    cfn_open_member(w, "BucketEncryption", '{');
    cfn_open_member(w, "ServerSideEncryptionConfiguration", '[');
    json_open(w, '{');
    cfn_open_member(w, "ServerSideEncryptionByDefault", '{');
    cfn_text_member(w, "SSEAlgorithm", "AES256");
    cfn_close(w, 2);
    json_close(w, ']');
    json_close(w, '}');
    cfn_open_member(w, "LifecycleConfiguration", '{');
    cfn_open_member(w, "Rules", '[');
    json_open(w, '{');
    cfn_text_member(w, "Id", "ExpireResults");
    cfn_text_member(w, "Status", "Enabled");
    json_name(w, "ExpirationInDays");
    json_number(w, 7);
    cfn_open_member(w, "AbortIncompleteMultipartUpload", '{');
    json_name(w, "DaysAfterInitiation");
    json_number(w, 1);
    cfn_close(w, 2);
    json_close(w, ']');
    cfn_close(w, 3);
}

/* Nobody reads or writes results over a plain connection. */
static void bucket_policy(struct json_writer *w, const struct grant *g, struct span name)
{
    char arn[200];

    cfn_open_resource(w, "ResultBucketPolicy", "AWS::S3::BucketPolicy");
    cfn_open_member(w, "Properties", '{');
    json_name(w, "Bucket");
    cfn_function_of(w, "Ref", "ResultBucket");
    json_name(w, "PolicyDocument");
    document_open(w);
    json_open(w, '{');
    cfn_text_member(w, "Sid", "OnlyWithTls");
    cfn_text_member(w, "Effect", "Deny");
    cfn_text_member(w, "Principal", "*");
    cfn_text_member(w, "Action", "s3:*");
    cfn_open_member(w, "Resource", '[');
    for (int i = 0; i < 2; i++) {
        snprintf(arn, sizeof(arn), "arn:%.*s:s3:::%.*s%s", (int)g->partition.len, g->partition.at,
                 (int)(name.len < 80 ? name.len : 80), name.at, i == 0 ? "" : "/*");
        json_string(w, span_of(arn));
    }
    json_close(w, ']');
    cfn_open_member(w, "Condition", '{');
    cfn_open_member(w, "Bool", '{');
    cfn_text_member(w, "aws:SecureTransport", "false");
    cfn_close(w, 3);
    document_close(w);
    cfn_close(w, 2);
}

static void workgroup(struct json_writer *w, const struct grant *g)
{
    cfn_open_resource(w, "QueryWorkgroup", "AWS::Athena::WorkGroup");
    cfn_open_member(w, "Properties", '{');
    json_string_member(w, "Name", g->workgroup);
    cfn_text_member(w, "State", "ENABLED");
    cfn_open_member(w, "WorkGroupConfiguration", '{');
    json_name(w, "EnforceWorkGroupConfiguration");
    json_flag(w, true);
    json_name(w, "PublishCloudWatchMetricsEnabled");
    json_flag(w, true);
    json_name(w, "BytesScannedCutoffPerQuery");
    cfn_function_of(w, "Ref", "ScanLimitBytes");
    cfn_open_member(w, "EngineVersion", '{');
    cfn_text_member(w, "SelectedEngineVersion", "Athena engine version 3");
    json_close(w, '}');
    cfn_open_member(w, "ResultConfiguration", '{');
    json_string_member(w, "OutputLocation", g->results);
    json_name(w, "ExpectedBucketOwner");
    cfn_function_of(w, "Ref", "AWS::AccountId");
    cfn_open_member(w, "EncryptionConfiguration", '{');
    cfn_text_member(w, "EncryptionOption", "SSE_S3");
    cfn_close(w, 5);
}

/* The trust of the consumer role; the external id comes in as a parameter. */
static void consumer_role(struct json_writer *w, const struct grant *g)
{
    struct span name = arn_role_name(g->consumer);
    struct span path = span_from(g->consumer, span_find(g->consumer, SPAN(":role/")) + 5);

    cfn_open_resource(w, "ConsumerRole", "AWS::IAM::Role");
    cfn_open_member(w, "Properties", '{');
    json_string_member(w, "RoleName", name);
    json_string_member(w, "Path", span_part(path, 0, path.len - name.len));
    cfn_open_member(w, "AssumeRolePolicyDocument", '{');
    cfn_text_member(w, "Version", "2012-10-17");
    cfn_open_member(w, "Statement", '[');
    for (int i = 0; i < (g->has_tags ? 2 : 1); i++) {
        static const char *const assume[] = { "sts:AssumeRole", NULL }, *const carry[] = {
            "sts:TagSession", "sts:SetSourceIdentity", NULL
        };
        document_actions(w, i == 0 ? "AssumeRole" : "CarryTagsAndSourceIdentity",
                         i == 0 ? assume : carry);
        cfn_open_member(w, "Principal", '{');
        json_name(w, "AWS");
        cfn_function_of(w, "Ref", "RunAsRoleArn");
        json_close(w, '}');
        if (i == 0) {
            cfn_open_member(w, "Condition", '{');
            cfn_open_member(w, "StringEquals", '{');
            json_name(w, "sts:ExternalId");
            cfn_function_of(w, "Ref", "ExternalId");
            json_close(w, '}');
            json_close(w, '}');
        }
        json_close(w, '}');
    }
    json_close(w, ']');
    json_close(w, '}');
    cfn_open_member(w, "Policies", '[');
    json_open(w, '{');
    cfn_text_member(w, "PolicyName", "AthenaQueries");
    json_name(w, "PolicyDocument");
    document_consumer_policy(w, g);
    json_close(w, '}');
    json_close(w, ']');
    cfn_close(w, 2);
}

static void parameters(struct json_writer *w, const struct grant *g, bool with_id)
{
    cfn_open_member(w, "Parameters", '{');
    cfn_parameter(w, "RunAsRoleArn",
                  "Role of the central account that may assume the consumer role",
                  g->run_as.len > 0 ? g->run_as : g->base);
    cfn_open_member(w, "ExternalId", '{');
    cfn_text_member(w, "Type", "String");
    cfn_text_member(w, "Description",
                    "The external id agreed with the central account; used nowhere else");
    json_name(w, "MinLength");
    json_number(w, 2);
    json_string_member(w, "Default", with_id ? g->external_id : NO_SPAN);
    json_close(w, '}');
    cfn_open_member(w, "ScanLimitBytes", '{');
    cfn_text_member(w, "Type", "Number");
    cfn_text_member(w, "Description", "A query that scans more is stopped");
    json_name(w, "MinValue");
    json_number(w, 10000000);
    json_name(w, "Default");
    json_number(w, (int64_t)1024 * 1024 * 1024 * 1024);
    cfn_close(w, 2);
}

static void outputs(struct json_writer *w)
{
    cfn_open_member(w, "Outputs", '{');
    cfn_output_arn(w, "ConsumerAccountRoleArn", "ConsumerRole");
    cfn_output(w, "ExternalId", "Ref", "ExternalId");
    cfn_output(w, "Workgroup", "Ref", "QueryWorkgroup");
    cfn_output(w, "AwsRegion", "Ref", "AWS::Region");
    json_close(w, '}');
}

void template_consumer(struct json_writer *w, const struct grant *g, bool with_id)
{
    struct span place =
        span_starts(g->results, SPAN("s3://")) ? span_from(g->results, 5) : g->results;
    struct span name = span_part(place, 0, span_find_byte(place, '/'));

    json_open(w, '{');
    cfn_text_member(w, "AWSTemplateFormatVersion", "2010-09-09");
    cfn_text_member(
        w, "Description",
        "Athena through chained roles: role, workgroup and result bucket of the consumer account");
    parameters(w, g, with_id);
    cfn_open_member(w, "Resources", '{');
    bucket(w, name);
    bucket_policy(w, g, name);
    workgroup(w, g);
    consumer_role(w, g);
    json_close(w, '}');
    outputs(w);
    json_close(w, '}');
}
