/* Session policies: small, without blanks and statement ids, because packed size is a limit of its
   own. */
#include "aws/policy.h"

#include "base/json.h"

struct span policy_partition(struct span arn)
{
    struct span first = span_next(&arn, ':'),
                second = span_is_null(arn) ? NO_SPAN : span_next(&arn, ':');

    return span_equal(first, SPAN("arn")) && second.len > 0 ? second : SPAN("aws");
}

bool policy_scope_down(struct span consumer_arn, bool is_strict, struct buf *out, struct fault *f)
{
    struct json_writer w = { .out = out, .f = f };

    json_open(&w, '{');
    json_string_member(&w, "Version", SPAN("2012-10-17"));
    json_name(&w, "Statement");
    json_open(&w, '[');
    json_open(&w, '{');
    json_string_member(&w, "Effect", SPAN("Allow"));
    json_name(&w, "Action");
    if (is_strict) {
        json_string(&w, SPAN("sts:AssumeRole"));
    } else {
        json_open(&w, '[');
        json_string(&w, SPAN("sts:AssumeRole"));
        json_string(&w, SPAN("sts:TagSession"));
        json_string(&w, SPAN("sts:SetSourceIdentity"));
        json_close(&w, ']');
    }
    json_string_member(&w, "Resource", consumer_arn);
    json_close(&w, '}');
    json_close(&w, ']');
    json_close(&w, '}');
    return json_done(&w);
}

static const char *const denied_glue[] = { "glue:BatchCreate*", "glue:BatchDelete*",
                                           "glue:BatchUpdate*", "glue:Create*",
                                           "glue:Delete*",      "glue:Import*",
                                           "glue:Update*" };

/* One deny statement over all resources but those named. */
static bool deny_puts(struct span partition, struct span results, struct buf *out, struct fault *f)
{
    struct span place = span_starts(results, SPAN("s3://")) ? span_from(results, 5) : NO_SPAN;
    struct buf arn = { .ceiling = 4096 };
    bool ok = true;

    if (place.len > 0) {
        struct json_writer w = { .out = out, .f = f };
        bool is_open = place.at[place.len - 1] == '/';
        ok = buf_add_format(&arn, f, "arn:%.*s:s3:::%.*s%s", (int)partition.len, partition.at,
                            (int)place.len, place.at, is_open ? "*" : "/*") &&
             buf_add(out,
                     SPAN(",{\"Effect\":\"Deny\",\"Action\":\"s3:PutObject\",\"NotResource\":"), f);
        json_string(&w, buf_span(&arn));
        ok = ok && json_done(&w) && buf_add_byte(out, '}', f);
    }
    buf_free(&arn);
    return ok;
}

/* The statements of a given policy, without their brackets. */
static bool given_statements(struct span given, struct buf *out, struct fault *f)
{
    struct json *document = NULL;
    bool ok;

    if (!json_parse(given, &document, f)) {
        return false;
    }
    const struct json *statements = json_member(document, "Statement");
    if (json_is_object(statements)) {
        ok = json_print(statements, out, f);
    } else {
        ok = json_length(statements) > 0 ||
             fault_set(f, FAULT_SETTING,
                       "SessionPolicy is JSON but holds no Statement: it is not an IAM policy.");
        for (size_t i = 0; ok && i < json_length(statements); i++) {
            ok =
                (i == 0 || buf_add_byte(out, ',', f)) && json_print(json_at(statements, i), out, f);
        }
    }
    json_free(document);
    return ok;
}

bool policy_read_only(struct span partition, struct span results, struct span given,
                      struct buf *out, struct fault *f)
{
    bool ok =
        buf_add(out, SPAN("{\"Version\":\"2012-10-17\",\"Statement\":["), f) &&
        (given.len > 0
             ? given_statements(given, out, f)
             : buf_add(out, SPAN("{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}"),
                       f)) &&
        buf_add(out, SPAN(",{\"Effect\":\"Deny\",\"Action\":["), f);

    for (size_t i = 0; ok && i < sizeof(denied_glue) / sizeof(denied_glue[0]); i++) {
        ok = buf_add_format(out, f, "\"%s\",", denied_glue[i]);
    }
    return ok && buf_add(out, SPAN("\"s3:DeleteObject*\"],\"Resource\":\"*\"}"), f) &&
           deny_puts(partition, results, out, f) && buf_add(out, SPAN("]}"), f);
}

/* Whether an IAM pattern (with * and ?) covers an action; case does not matter. Iterative, with one
   point of return. */
static bool covers(struct span pattern, struct span action)
{
    size_t p = 0, a = 0, star = SIZE_MAX, mark = 0;

    while (a < action.len) {
        if (p < pattern.len && pattern.at[p] == '*') {
            star = p++;
            mark = a;
        } else if (p < pattern.len && (pattern.at[p] == '?' ||
                                       ascii_lower(pattern.at[p]) == ascii_lower(action.at[a]))) {
            p++;
            a++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            a = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.at[p] == '*') {
        p++;
    }
    return p == pattern.len;
}

static bool list_covers(const struct json *list, struct span action)
{
    if (json_is_string(list)) {
        return covers(json_text(list), action);
    }
    for (size_t i = 0; i < json_length(list); i++) {
        if (covers(json_text(json_at(list, i)), action)) {
            return true;
        }
    }
    return false;
}

static bool statement_allows(const struct json *statement, struct span action)
{
    if (!span_equal(json_text_of(statement, "Effect"), SPAN("Allow"))) {
        return false;
    }
    const struct json *except = json_member(statement, "NotAction");
    return except != NULL ? !list_covers(except, action)
                          : list_covers(json_member(statement, "Action"), action);
}

static bool policy_allows(const struct json *statements, struct span action)
{
    if (json_is_object(statements)) {
        return statement_allows(statements, action);
    }
    for (size_t i = 0; i < json_length(statements); i++) {
        if (statement_allows(json_at(statements, i), action)) {
            return true;
        }
    }
    return false;
}

bool policy_lint(struct span policy, struct buf *missing, struct fault *f)
{
    static const char *const needed[] = { "athena:StartQueryExecution",
                                          "athena:GetQueryExecution",
                                          "athena:GetQueryResults",
                                          "glue:GetDatabase",
                                          "glue:GetTable",
                                          "s3:GetObject",
                                          "s3:PutObject",
                                          "s3:GetBucketLocation" };
    struct json *document = NULL;
    bool ok = true;

    if (!json_parse(policy, &document, f)) {
        return false;
    }
    const struct json *statements = json_member(document, "Statement");
    for (size_t i = 0; ok && i < sizeof(needed) / sizeof(needed[0]); i++) {
        if (!policy_allows(statements, span_of(needed[i]))) {
            ok = buf_add_format(missing, f, "%s%s", missing->len > 0 ? ", " : "", needed[i]);
        }
    }
    json_free(document);
    return ok;
}
