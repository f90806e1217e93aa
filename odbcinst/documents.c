/* Writes trust and permission policies. What each action is needed for stands in
 * docs/cross-account.md. */
#include "documents.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "aws/policy.h"

static const char *const chain_actions[] = { "sts:AssumeRole", "sts:TagSession",
                                             "sts:SetSourceIdentity", NULL };
static const char *const query_actions[] = {
    "athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults",
    "athena:StopQueryExecution",  "athena:GetWorkGroup",      NULL
};
static const char *const catalog_actions[] = { "glue:GetDatabase",       "glue:GetDatabases",
                                               "glue:GetTable",          "glue:GetTables",
                                               "glue:GetPartition",      "glue:GetPartitions",
                                               "glue:BatchGetPartition", NULL };
static const char *const catalog_write_actions[] = {
    "glue:CreateTable",     "glue:UpdateTable",          "glue:DeleteTable",
    "glue:CreatePartition", "glue:BatchCreatePartition", "glue:UpdatePartition",
    "glue:DeletePartition", "glue:BatchDeletePartition", NULL
};
static const char *const browse_actions[] = { "athena:ListDatabases", "athena:ListTableMetadata",
                                              NULL };
static const char *const catalog_list_actions[] = { "athena:ListDataCatalogs", NULL };
static const char *const bucket_actions[] = { "s3:ListBucket", "s3:GetBucketLocation", NULL };
static const char *const read_actions[] = { "s3:GetObject", NULL };
static const char *const write_actions[] = { "s3:PutObject", "s3:DeleteObject",
                                             "s3:AbortMultipartUpload",
                                             "s3:ListMultipartUploadParts", NULL };
static const char *const result_bucket_actions[] = { "s3:GetBucketLocation", "s3:ListBucket",
                                                     "s3:ListBucketMultipartUploads", NULL };
static const char *const result_actions[] = { "s3:GetObject", "s3:PutObject",
                                              "s3:AbortMultipartUpload",
                                              "s3:ListMultipartUploadParts", NULL };
static const char *const lake_actions[] = { "lakeformation:GetDataAccess", NULL };
static const char *const key_actions[] = { "kms:Decrypt", "kms:GenerateDataKey", NULL };

struct span arn_account(struct span arn)
{
    struct span part = NO_SPAN;

    for (int i = 0; i < 5 && !span_is_null(arn); i++) {
        part = span_next(&arn, ':');
    }
    return part;
}

struct span arn_role_name(struct span arn)
{
    size_t at = arn.len;

    while (at > 0 && arn.at[at - 1] != '/') {
        at--;
    }
    return span_from(arn, at);
}

void grant_from_settings(struct grant *g, const struct settings *s)
{
    struct span run_as = settings_text(s, SETTING_RUN_AS_ROLE),
                consumer = settings_text(s, SETTING_CONSUMER_ACCOUNT_ROLE_ARN);
    struct span last = consumer.len > 0 ? consumer : run_as;

    *g = (struct grant){
        .partition = policy_partition(last),
        .region = settings_text(s, SETTING_AWS_REGION),
        .account = last.len > 0 ? arn_account(last) : NO_SPAN,
        .catalog_account = settings_text(s, SETTING_GLUE_CATALOG_ID),
        .workgroup = settings_text(s, SETTING_WORKGROUP),
        .run_as = run_as,
        .consumer = consumer,
        .results = settings_text(s, SETTING_S3_OUTPUT_LOCATION),
        .has_tags = settings_text(s, SETTING_SESSION_TAGS).len > 0 ||
                    settings_text(s, SETTING_SOURCE_IDENTITY).len > 0,
        .has_external = settings_flag(s, SETTING_QUERY_EXTERNAL_CATALOGS),
    };
    struct span catalog = settings_text(s, SETTING_CATALOG),
                method = settings_text(s, SETTING_METADATA_RETRIEVAL_METHOD);
    if (span_equal_nocase(method, SPAN("ProxyAPI")) ||
        (!span_equal_nocase(catalog, SPAN("AwsDataCatalog")) &&
         !span_equal_nocase(method, SPAN("Glue")))) {
        g->catalog = catalog;
    }
    struct span schema = settings_text(s, SETTING_SCHEMA);
    if (schema.len > 0 && !span_equal(schema, SPAN("default"))) {
        g->databases = (struct grant_list){ 1, { schema } };
    }
}

bool grant_list_take(struct grant_list *l, const char *text, const char *what, struct fault *f)
{
    struct span rest = span_of(text);

    l->n = 0;
    while (!span_is_null(rest)) {
        struct span item = span_trim(span_next(&rest, ','));
        if (item.len == 0) {
            continue;
        }
        for (size_t i = 0; i < item.len; i++) {
            if (strchr("*? \t\"\\", item.at[i]) != NULL) {
                return fault_set(f, FAULT_SETTING,
                                 "%s: \"%.*s\" holds a wildcard, a blank or a quote.", what,
                                 (int)item.len, item.at);
            }
        }
        if (l->n == GRANT_LIST_MAX) {
            return fault_ceiling(f, what, GRANT_LIST_MAX);
        }
        l->at[l->n++] = item;
    }
    return true;
}

void document_open(struct json_writer *w)
{
    json_open(w, '{');
    json_string_member(w, "Version", SPAN("2012-10-17"));
    json_name(w, "Statement");
    json_open(w, '[');
}

void document_close(struct json_writer *w)
{
    json_close(w, ']');
    json_close(w, '}');
}

/* Opens a statement and leaves it open. */
void document_actions(struct json_writer *w, const char *sid, const char *const *actions)
{
    json_open(w, '{');
    json_string_member(w, "Sid", span_of(sid));
    json_string_member(w, "Effect", SPAN("Allow"));
    json_name(w, "Action");
    json_open(w, '[');
    for (; *actions != NULL; actions++) {
        json_string(w, span_of(*actions));
    }
    json_close(w, ']');
}

static void add_arn(struct json_writer *w, const char *format, ...) PRINTF_LIKE(2, 3);

static void add_arn(struct json_writer *w, const char *format, ...)
{
    char text[2300];
    va_list list;

    va_start(list, format);
    vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    json_string(w, span_of(text));
}

/* Bucket and prefix of "s3://bucket/prefix"; the prefix without its last slash. */
static void take_place(struct span uri, struct span *bucket, struct span *prefix)
{
    struct span rest = span_starts(uri, SPAN("s3://")) ? span_from(uri, 5) : uri;
    size_t slash = span_find_byte(rest, '/');

    *bucket = span_part(rest, 0, slash);
    *prefix = span_from(rest, slash < rest.len ? slash + 1 : rest.len);
    while (prefix->len > 0 && prefix->at[prefix->len - 1] == '/') {
        prefix->len--;
    }
}

static void buckets(struct json_writer *w, const struct grant *g, const struct grant_list *places)
{
    json_name(w, "Resource");
    json_open(w, '[');
    for (unsigned i = 0; i < places->n; i++) {
        struct span bucket, prefix;
        take_place(places->at[i], &bucket, &prefix);
        add_arn(w, "arn:%.*s:s3:::%.*s", (int)g->partition.len, g->partition.at, (int)bucket.len,
                bucket.at);
    }
    json_close(w, ']');
    json_close(w, '}');
}

static void objects(struct json_writer *w, const struct grant *g, const struct grant_list *places)
{
    json_name(w, "Resource");
    json_open(w, '[');
    for (unsigned i = 0; i < places->n; i++) {
        struct span bucket, prefix;
        take_place(places->at[i], &bucket, &prefix);
        add_arn(w, "arn:%.*s:s3:::%.*s/%.*s%s", (int)g->partition.len, g->partition.at,
                (int)bucket.len, bucket.at, (int)prefix.len, prefix.at,
                prefix.len > 0 ? "/*" : "*");
    }
    json_close(w, ']');
    json_close(w, '}');
}

/* One ARN of Glue; the kind is "catalog", or "database/" and "table/" before a name. */
static void add_glue_arn(struct json_writer *w, const struct grant *g, struct span account,
                         const char *kind, struct span name, const char *rest)
{
    add_arn(w, "arn:%.*s:glue:%.*s:%.*s:%s%.*s%s", (int)g->partition.len, g->partition.at,
            (int)g->region.len, g->region.at, (int)account.len, account.at, kind, (int)name.len,
            name.at, rest);
}

/* The account of an entry "account:name", which loses it; own when it names none. */
static struct span owner_of(struct span *name, struct span own)
{
    size_t colon = span_find_byte(*name, ':');

    if (colon == name->len) {
        return own;
    }
    struct span account = span_part(*name, 0, colon);
    *name = span_from(*name, colon + 1);
    return account;
}

/* Whether an entry before the nth names the same account. */
static bool is_named_before(const struct grant *g, unsigned n, struct span account)
{
    for (unsigned i = 0; i < n; i++) {
        struct span name = g->databases.at[i];
        if (span_equal(owner_of(&name, NO_SPAN), account)) {
            return true;
        }
    }
    return false;
}

/* Databases of other accounts, behind resource links, are read and never changed. */
static void glue_resources(struct json_writer *w, const struct grant *g, bool is_for_reading)
{
    struct span own = g->catalog_account.len > 0 ? g->catalog_account : g->account;

    json_name(w, "Resource");
    json_open(w, '[');
    add_glue_arn(w, g, own, "catalog", SPAN(""), "");
    if (is_for_reading) {
        add_glue_arn(w, g, own, "database/", SPAN("default"), "");
    }
    for (unsigned i = 0; i < g->databases.n; i++) {
        struct span name = g->databases.at[i], account = owner_of(&name, own);
        bool is_own = span_equal(account, own);
        if (!is_own && !is_for_reading) {
            continue;
        }
        if (!is_own && !is_named_before(g, i, account)) {
            add_glue_arn(w, g, account, "catalog", SPAN(""), "");
        }
        add_glue_arn(w, g, account, "database/", name, "");
        add_glue_arn(w, g, account, "table/", name, "/*");
    }
    json_close(w, ']');
    json_close(w, '}');
}

void document_run_as_policy(struct json_writer *w, const struct grant *g)
{
    document_open(w);
    document_actions(w, "AssumeConsumerRole", chain_actions);
    json_string_member(w, "Resource", g->consumer);
    json_close(w, '}');
    document_close(w);
}

static void trust(struct json_writer *w, struct span principal, struct span external_id,
                  bool with_tags)
{
    static const char *const assume[] = { "sts:AssumeRole", NULL }, *const carry[] = {
        "sts:TagSession", "sts:SetSourceIdentity", NULL
    };

    for (int i = 0; i < (with_tags ? 2 : 1); i++) {
        document_actions(w, i == 0 ? "AssumeRole" : "CarryTagsAndSourceIdentity",
                         i == 0 ? assume : carry);
        json_name(w, "Principal");
        json_open(w, '{');
        json_string_member(w, "AWS", principal);
        json_close(w, '}');
        if (i == 0 && external_id.len > 0) {
            json_name(w, "Condition");
            json_open(w, '{');
            json_name(w, "StringEquals");
            json_open(w, '{');
            json_string_member(w, "sts:ExternalId", external_id);
            json_close(w, '}');
            json_close(w, '}');
        }
        json_close(w, '}');
    }
}

void document_run_as_trust(struct json_writer *w, const struct grant *g)
{
    document_open(w);
    trust(w, g->base.len > 0 ? g->base : SPAN("<ARN of the identity that programs sign in with>"),
          NO_SPAN, g->has_tags);
    document_close(w);
}

void document_consumer_trust(struct json_writer *w, const struct grant *g)
{
    struct span principal = g->run_as.len > 0 ? g->run_as : g->base;

    document_open(w);
    trust(w,
          principal.len > 0 ? principal : SPAN("<ARN of the identity that programs sign in with>"),
          g->external_id, g->has_tags);
    document_close(w);
}

/* Catalogs that are browsed through Athena's own calls. */
static void browse_statements(struct json_writer *w, const struct grant *g)
{
    if (g->catalog.len > 0 || g->has_external) {
        struct span name = g->has_external ? SPAN("*") : g->catalog;
        document_actions(w, "Browse", browse_actions);
        json_name(w, "Resource");
        add_arn(w, "arn:%.*s:athena:%.*s:%.*s:datacatalog/%.*s", (int)g->partition.len,
                g->partition.at, (int)g->region.len, g->region.at, (int)g->account.len,
                g->account.at, (int)name.len, name.at);
        json_close(w, '}');
    }
    if (g->has_external) {
        document_actions(w, "ListCatalogs", catalog_list_actions);
        json_string_member(w, "Resource", SPAN("*"));
        json_close(w, '}');
    }
}

static void data_statements(struct json_writer *w, const struct grant *g)
{
    if (g->data.n == 0) {
        return;
    }
    document_actions(w, "DataBuckets", bucket_actions);
    buckets(w, g, &g->data);
    document_actions(w, "ReadData", read_actions);
    objects(w, g, &g->data);
    if (g->may_write) {
        document_actions(w, "WriteData", write_actions);
        objects(w, g, &g->data);
    }
}

void document_consumer_policy(struct json_writer *w, const struct grant *g)
{
    struct grant_list results = { 1, { g->results } };

    document_open(w);
    document_actions(w, "Queries", query_actions);
    json_name(w, "Resource");
    add_arn(w, "arn:%.*s:athena:%.*s:%.*s:workgroup/%.*s", (int)g->partition.len, g->partition.at,
            (int)g->region.len, g->region.at, (int)g->account.len, g->account.at,
            (int)g->workgroup.len, g->workgroup.at);
    json_close(w, '}');
    document_actions(w, "Catalog", catalog_actions);
    glue_resources(w, g, true);
    if (g->may_write) {
        document_actions(w, "ChangeCatalog", catalog_write_actions);
        glue_resources(w, g, false);
    }
    browse_statements(w, g);
    data_statements(w, g);
    if (g->results.len > 0) {
        document_actions(w, "ResultBucket", result_bucket_actions);
        buckets(w, g, &results);
        document_actions(w, "Results", result_actions);
        objects(w, g, &results);
    }
    if (g->has_lake_formation) {
        document_actions(w, "GovernedData", lake_actions);
        json_string_member(w, "Resource", SPAN("*"));
        json_close(w, '}');
    }
    if (g->keys.n > 0) {
        document_actions(w, "Keys", key_actions);
        json_name(w, "Resource");
        json_open(w, '[');
        for (unsigned i = 0; i < g->keys.n; i++) {
            json_string(w, g->keys.at[i]);
        }
        json_close(w, ']');
        json_close(w, '}');
    }
    document_close(w);
}
