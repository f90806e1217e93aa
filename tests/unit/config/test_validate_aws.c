/* Names of AWS: the exact limits. */
#include "config/validate.h"
#include "unit/unit.h"

static void check(const char *(*rule)(struct span), const char *value, bool is_good)
{
    const char *broken = rule(span_of(value));

    if ((broken == NULL) != is_good) {
        printf("    %s: %s\n", value, broken == NULL ? "taken" : broken);
        CU_FAIL("wrong verdict");
    }
}

/* A text of n times c between two others. */
static const char *padded(const char *before, char c, size_t n, const char *behind)
{
    static char text[4096];

    snprintf(text, sizeof(text), "%s", before);
    memset(text + strlen(before), c, n);
    snprintf(text + strlen(before) + n, 64, "%s", behind);
    return text;
}

static void role_arns(void)
{
    check(check_role_arn, "arn:aws:iam::123456789012:role/A", true);
    check(check_role_arn, "arn:aws-cn:iam::123456789012:role/service-role/a/b/Name", true);
    check(check_role_arn, "arn:aws-iso-b:iam::123456789012:role/A", true);
    check(check_role_arn, "arn:aws-:iam::123456789012:role/A", false);
    check(check_role_arn, "arn:AWS:iam::123456789012:role/A", false);
    check(check_role_arn, "arn:aws:iam::123456789012:role/", false);
    check(check_role_arn, "arn:aws:iam::123456789012:role/A B", false);
    check(check_role_arn, "arn:aws:iam::123456789012:role/A:B", false);
    check(check_role_arn, "arn:aws:iam::123456789012:role/é", false);
    check(check_role_arn, "arn:aws:iam::123456789012:Role/A", false);
    check(check_role_arn, "arn:aws:iam", false);
    check(check_role_arn, padded("arn:aws:iam::123456789012:role/", 'a', 64, ""), true);
    check(check_role_arn, padded("arn:aws:iam::123456789012:role/", 'a', 65, ""), false);
    check(check_role_arn, padded("arn:aws:iam::123456789012:role/", 'p', 2048 - 31 - 2, "/A"),
          true);
    check(check_role_arn, padded("arn:aws:iam::123456789012:role/", 'p', 2048 - 31 - 1, "/A"),
          false);
}

static void external_ids(void)
{
    check(check_external_id, "ab", true);
    check(check_external_id, "a", false);
    check(check_external_id, "aZ09_+=,.@:/-", true);
    check(check_external_id, "a b", false);
    check(check_external_id, "aé", false);
    check(check_external_id, padded("", 'x', 1224, ""), true);
    check(check_external_id, padded("", 'x', 1225, ""), false);
}

static void session_names(void)
{
    check(check_session_name, "ab", true);
    check(check_session_name, "a", false);
    check(check_session_name, "{user}", true);
    check(check_session_name, "bi-{user}@{host}-{app}", true);
    check(check_session_name, "{User}", false);
    check(check_session_name, "{user", false);
    check(check_session_name, "a/b", false);
    check(check_session_name, padded("", 'x', 64, ""), true);
    check(check_session_name, padded("", 'x', 65, ""), false);
}

static void tags(void)
{
    check(check_tags, "a=b", true);
    check(check_tags, "a=", true);
    check(check_tags, "a=b=c, d = e f", true);
    check(check_tags, "Straße=Köln", true);
    check(check_tags, "user={user}", true);
    check(check_tags, "{user}=x", false);
    check(check_tags, "=b", false);
    check(check_tags, "a=b,", false);
    check(check_tags, "a=b,A=c", false);
    check(check_tags, "AWS:a=b", false);
    check(check_tags, padded("", 'k', 128, "=v"), true);
    check(check_tags, padded("", 'k', 129, "=v"), false);
    check(check_tags, padded("k=", 'v', 256, ""), true);
    check(check_tags, padded("k=", 'v', 257, ""), false);
    check(check_tag_keys, "a, b", true);
    check(check_tag_keys, "a,,b", false);
    struct buf many = { .ceiling = 4096 };
    struct fault f;

    for (unsigned i = 0; i < 51; i++) {
        CU_ASSERT_EQUAL(i == 0 || check_tags(buf_span(&many)) == NULL, true);
        CU_ASSERT_FATAL(buf_add_format(&many, &f, "%sk%u=v", i == 0 ? "" : ",", i));
    }
    CU_ASSERT_PTR_NOT_NULL(check_tags(buf_span(&many)));
    buf_free(&many);
}

static void policy_arns(void)
{
    check(check_policy_arns, "arn:aws:iam::aws:policy/ReadOnlyAccess", true);
    check(check_policy_arns, "arn:aws:iam::aws:policy/a/B, arn:aws:iam::123456789012:policy/C",
          true);
    check(check_policy_arns, "arn:aws:iam::aws:role/A", false);
    check(check_policy_arns, "arn:aws:iam::aws:policy/A,", false);
    struct buf many = { .ceiling = 4096 };
    struct fault f;

    for (unsigned i = 0; i < 11; i++) {
        CU_ASSERT_FATAL(
            buf_add_format(&many, &f, "%sarn:aws:iam::aws:policy/P%u", i == 0 ? "" : ",", i));
        CU_ASSERT_EQUAL(check_policy_arns(buf_span(&many)) == NULL, i < 10);
    }
    buf_free(&many);
}

static const struct unit_test tests[] = {
    { "role ARNs name one role", role_arns },
    { "external ids keep to their limits", external_ids },
    { "session names may be templates", session_names },
    { "tags keep to their limits", tags },
    { "at most ten policy ARNs", policy_arns },
};
UNIT_MAIN("config validate_aws", tests)
