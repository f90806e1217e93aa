/* CloudFormation for the central account: the role that may assume the consumer roles, for as many
 * as an inventory has. */
#include <stdio.h>

#include "cfn.h"
#include "template.h"

enum {
    MANAGED_POLICY_CHARACTERS = 6144, /* of one managed policy, blanks not counted */
    MANAGED_POLICIES_MAX = 10         /* attached to one role without raising the quota */
};

/* The Role Bs of an inventory, each once. */
struct central {
    const struct inventory *inv;
    struct span *roles;
    unsigned n_roles, n_policies;
    struct span run_as;
};

static bool collect(struct central *c, struct arena *arena, struct fault *f)
{
    c->roles = arena_take_array(arena, c->inv->n > 0 ? c->inv->n : 1, sizeof(*c->roles), f);
    if (c->roles == NULL) {
        return false;
    }
    for (unsigned i = 0; i < c->inv->n; i++) {
        const struct inventory_spoke *s = &c->inv->at[i];
        struct span role = s->text[SETTING_CONSUMER_ACCOUNT_ROLE_ARN],
                    above = s->text[SETTING_RUN_AS_ROLE];
        bool is_known = role.len == 0;
        for (unsigned k = 0; k < c->n_roles && !is_known; k++) {
            is_known = span_equal(c->roles[k], role);
        }
        if (!is_known) {
            c->roles[c->n_roles++] = role;
        }
        if (above.len > 0 && c->run_as.len > 0 && !span_equal(above, c->run_as)) {
            return fault_set(f, FAULT_SETTING,
                             "%s names more than one RunAsRole: make one inventory for each.",
                             c->inv->path);
        }
        c->run_as = above.len > 0 ? above : c->run_as;
    }
    if (c->run_as.len == 0 || c->n_roles == 0) {
        return fault_set(f, FAULT_SETTING, "%s: RunAsRole and ConsumerAccountRoleArn are needed.",
                         c->inv->path);
    }
    return true;
}

/* How many roles from `from` on go into one managed policy. The frame around the list is 150
 * characters. */
static unsigned shard(const struct central *c, unsigned from)
{
    enum { FRAME = 160 };
    size_t used = FRAME;
    unsigned n = 0;

    while (from + n < c->n_roles &&
           used + c->roles[from + n].len + 3 <= MANAGED_POLICY_CHARACTERS) {
        used += c->roles[from + n++].len + 3;
    }
    return n;
}

static void managed_policy(struct json_writer *w, const struct central *c, unsigned from,
                           unsigned n)
{
    static const char *const actions[] = { "sts:AssumeRole", "sts:TagSession",
                                           "sts:SetSourceIdentity", NULL };
    char name[40];

    snprintf(name, sizeof(name), "AssumeConsumers%u", from + 1);
    cfn_open_resource(w, name, "AWS::IAM::ManagedPolicy");
    cfn_open_member(w, "Properties", '{');
    cfn_open_member(w, "Roles", '[');
    cfn_function_of(w, "Ref", "RunAsRole");
    json_close(w, ']');
    json_name(w, "PolicyDocument");
    document_open(w);
    document_actions(w, "AssumeConsumers", actions);
    cfn_open_member(w, "Resource", '[');
    for (unsigned i = 0; i < n; i++) {
        json_string(w, c->roles[from + i]);
    }
    json_close(w, ']');
    json_close(w, '}');
    document_close(w);
    cfn_close(w, 2);
}

/* One statement for all roles under a path of one organisation: for hundreds of spokes. Each
 * session is narrowed to one of them anyway. */
static void wildcard_policy(struct json_writer *w, const char *organisation)
{
    static const char *const actions[] = { "sts:AssumeRole", "sts:TagSession",
                                           "sts:SetSourceIdentity", NULL };

    cfn_open_resource(w, "AssumeConsumers", "AWS::IAM::ManagedPolicy");
    cfn_open_member(w, "Properties", '{');
    cfn_open_member(w, "Roles", '[');
    cfn_function_of(w, "Ref", "RunAsRole");
    json_close(w, ']');
    json_name(w, "PolicyDocument");
    document_open(w);
    document_actions(w, "AssumeConsumers", actions);
    json_name(w, "Resource");
    cfn_function_of(w, "Fn::Sub", "arn:${AWS::Partition}:iam::*:role/athena-odbc/*");
    cfn_open_member(w, "Condition", '{');
    cfn_open_member(w, "StringEquals", '{');
    json_string_member(w, "aws:ResourceOrgID", span_of(organisation));
    cfn_close(w, 3);
    document_close(w);
    cfn_close(w, 2);
}

static void run_as_role(struct json_writer *w, const struct central *c)
{
    static const char *const actions[] = { "sts:AssumeRole", "sts:TagSession",
                                           "sts:SetSourceIdentity", NULL };
    struct span name = arn_role_name(c->run_as),
                path = span_from(c->run_as, span_find(c->run_as, SPAN(":role/")) + 5);

    cfn_open_resource(w, "RunAsRole", "AWS::IAM::Role");
    cfn_open_member(w, "Properties", '{');
    json_string_member(w, "RoleName", name);
    json_string_member(w, "Path", span_part(path, 0, path.len - name.len));
    json_name(w, "AssumeRolePolicyDocument");
    document_open(w);
    document_actions(w, "AssumeRole", actions);
    cfn_open_member(w, "Principal", '{');
    json_name(w, "AWS");
    cfn_function_of(w, "Ref", "BaseIdentityArn");
    cfn_close(w, 2);
    document_close(w);
    cfn_close(w, 2);
}

/* Counts the managed policies that the list needs. */
static bool check_size(struct central *c, struct fault *f)
{
    for (unsigned from = 0; from < c->n_roles; c->n_policies++) {
        unsigned n = shard(c, from);
        if (n == 0) {
            return fault_set(f, FAULT_SETTING, "A role's ARN is too long for a managed policy.");
        }
        from += n;
    }
    if (c->n_policies > MANAGED_POLICIES_MAX) {
        return fault_set(f, FAULT_CEILING,
                         "%u roles need %u managed policies, and %d can be attached to a role. Put "
                         "the roles under the path /athena-odbc/ and use "
                         "--organization o-...: one statement then covers them all.",
                         c->n_roles, c->n_policies, MANAGED_POLICIES_MAX);
    }
    return true;
}

static bool write_template(struct json_writer *w, struct central *c, const char *base,
                           const char *organisation, struct fault *f)
{
    if (organisation == NULL && !check_size(c, f)) {
        return false;
    }
    json_open(w, '{');
    cfn_text_member(w, "AWSTemplateFormatVersion", "2010-09-09");
    cfn_text_member(w, "Description",
                    "Athena through chained roles: the role of the central account, which may "
                    "assume consumer roles and nothing else");
    cfn_open_member(w, "Parameters", '{');
    cfn_parameter(w, "BaseIdentityArn", "The identity that programs sign in with", span_of(base));
    json_close(w, '}');
    cfn_open_member(w, "Resources", '{');
    run_as_role(w, c);
    if (organisation != NULL) {
        wildcard_policy(w, organisation);
    }
    for (unsigned from = 0; organisation == NULL && from < c->n_roles;) {
        unsigned n = shard(c, from);
        managed_policy(w, c, from, n);
        from += n;
    }
    json_close(w, '}');
    cfn_open_member(w, "Outputs", '{');
    cfn_output_arn(w, "RunAsRole", "RunAsRole");
    cfn_close(w, 2);
    return true;
}

bool template_central(struct json_writer *w, const struct inventory *inv, const char *base,
                      const char *organisation, struct fault *f)
{
    struct arena arena = { 0 };
    struct central c = { .inv = inv };
    bool ok = collect(&c, &arena, f) && write_template(w, &c, base, organisation, f);

    arena_free(&arena);
    return ok;
}
