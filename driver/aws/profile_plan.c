/* Walks from profile to source profile until credentials are found. No recursion: the way is a list
   with a limit. */
#include "aws/profile_plan.h"

#include <stdio.h>

static bool has(const struct profile_section *p, const char *name)
{
    return profile_get(p, name).len > 0;
}

/* "profile NAME (config, credentials)" says where to look. */
static bool wrong(const struct profile_set *set, const struct profile_section *p, struct fault *f,
                  const char *what)
{
    fault_set(f, FAULT_CREDENTIALS, "Profile \"%.*s\" in %.120s or %.120s: %s",
              (int)(p->name.len > 100 ? 100 : p->name.len), p->name.at, set->config_path,
              set->credentials_path, what);
    if (f != NULL) {
        f->hop = HOP_BASE;
    }
    return false;
}

static bool plan_named_source(const struct profile_set *set, const struct profile_section *p,
                              struct profile_plan *out, struct fault *f)
{
    static const struct { const char *name; enum plan_base base; } sources[] = {
        { "Environment", PLAN_ENVIRONMENT },
        { "Ec2InstanceMetadata", PLAN_INSTANCE },
        { "EcsContainer", PLAN_CONTAINER },
    };
    struct span given = profile_get(p, "credential_source");

    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        if (span_equal_nocase(given, span_of(sources[i].name))) {
            out->base = sources[i].base;
            return true;
        }
    }
    return wrong(set, p, f,
                 "credential_source must be Environment, Ec2InstanceMetadata or EcsContainer.");
}

/* A setting that may stand in the profile only when it equals the session's. */
static bool sso_same(const struct profile_section *p, const struct profile_section *session,
                     const char *name)
{
    struct span here = profile_get(p, name);

    return here.len == 0 || span_equal(here, profile_get(session, name));
}

static bool plan_sso_session(const struct profile_set *set, const struct profile_section *p,
                             struct plan_sso *out, struct fault *f)
{
    const struct profile_section *session = profile_find(set, PROFILE_SSO_SESSION, out->session);

    if (session == NULL) {
        return wrong(set, p, f,
                     "sso_session names a section [sso-session ...] that does not exist.");
    }
    if (!sso_same(p, session, "sso_region") || !sso_same(p, session, "sso_start_url")) {
        return wrong(set, p, f,
                     "sso_region and sso_start_url belong into the [sso-session] section when "
                     "sso_session is set.");
    }
    out->region = profile_get(session, "sso_region");
    out->start_url = profile_get(session, "sso_start_url");
    return true;
}

static bool plan_sso_fill(const struct profile_set *set, const struct profile_section *p,
                          struct profile_plan *out, struct fault *f)
{
    struct plan_sso *sso = &out->sso;

    *sso = (struct plan_sso){ .account = profile_get(p, "sso_account_id"),
                              .role = profile_get(p, "sso_role_name") };
    if (has(p, "sso_session")) {
        sso->session = profile_get(p, "sso_session");
        if (!plan_sso_session(set, p, sso, f)) {
            return false;
        }
    } else {
        sso->region = profile_get(p, "sso_region");
        sso->start_url = profile_get(p, "sso_start_url");
    }
    if (sso->account.len == 0 && sso->role.len == 0) {
        return wrong(set, p, f,
                     "it signs in for a token only; sso_account_id and sso_role_name are missing.");
    }
    if (sso->account.len == 0 || sso->role.len == 0) {
        return wrong(set, p, f, "sso_account_id and sso_role_name must both be set.");
    }
    if (sso->region.len == 0 || sso->start_url.len == 0) {
        return wrong(set, p, f, "sso_region and sso_start_url must be set.");
    }
    out->base = PLAN_SSO;
    return true;
}

static bool plan_keys(const struct profile_set *set, const struct profile_section *p,
                      bool may_be_empty, struct profile_plan *out, struct fault *f)
{
    bool has_key = has(p, "aws_access_key_id"), has_secret = has(p, "aws_secret_access_key");

    if (has_key && has_secret) {
        out->base = PLAN_STATIC;
        return true;
    }
    if (has_key || has_secret) {
        return wrong(set, p, f,
                     has_key ? "aws_secret_access_key is missing."
                             : "aws_access_key_id is missing.");
    }
    if (may_be_empty) {
        return creds_not_configured(f, "Profile \"%.*s\" contains no credential settings.",
                                    (int)p->name.len, p->name.at);
    }
    return wrong(set, p, f, "it contains no credential settings.");
}

static bool plan_base(const struct profile_set *set, const struct profile_section *p,
                      bool may_be_empty, struct profile_plan *out, struct fault *f)
{
    out->base_profile = p;
    if (has(p, "credential_source") && has(p, "role_arn")) {
        return plan_named_source(set, p, out, f);
    }
    if (has(p, "web_identity_token_file")) {
        out->base = PLAN_WEB_IDENTITY;
        return has(p, "role_arn")
                   ? true
                   : wrong(set, p, f, "web_identity_token_file is set but role_arn is missing.");
    }
    if (has(p, "sso_account_id") || has(p, "sso_role_name") || has(p, "sso_session")) {
        return plan_sso_fill(set, p, out, f);
    }
    if (has(p, "login_session")) {
        out->base = PLAN_LOGIN;
        return true;
    }
    if (has(p, "credential_process")) {
        out->base = PLAN_PROCESS;
        return true;
    }
    return plan_keys(set, p, may_be_empty, out, f);
}

/* Whether the walk ends at p; otherwise *next is the source profile. */
static bool plan_role(const struct profile_set *set, const struct profile_section *p,
                      struct profile_plan *out, const struct profile_section **next,
                      struct fault *f)
{
    struct span source = profile_get(p, "source_profile");

    *next = NULL;
    if (source.len > 0 && has(p, "credential_source")) {
        return wrong(set, p, f, "source_profile and credential_source must not both be set.");
    }
    if (source.len == 0 && !has(p, "credential_source")) {
        return wrong(set, p, f,
                     "role_arn is set, but neither source_profile nor credential_source says who "
                     "assumes the role.");
    }
    if (out->n_roles == PLAN_ROLES_MAX) {
        return wrong(set, p, f, "the chain of source profiles has more than 32 roles.");
    }
    out->roles[out->n_roles++] = p;
    if (source.len == 0 || span_equal(source, p->name)) {
        return true;
    }
    *next = profile_find(set, PROFILE_NAMED, source);
    if (*next == NULL) {
        return wrong(set, p, f, "source_profile names a profile that does not exist.");
    }
    for (unsigned i = 0; i < out->n_roles; i++) {
        if (out->roles[i] == *next) {
            return wrong(set, p, f, "the source profiles form a loop.");
        }
    }
    return true;
}

static void reverse(struct profile_plan *plan)
{
    for (unsigned i = 0, j = plan->n_roles; i + 1 < j; i++) {
        const struct profile_section *held = plan->roles[i];
        plan->roles[i] = plan->roles[--j];
        plan->roles[j] = held;
    }
}

bool profile_plan_make(const struct profile_set *set, struct span profile, bool may_be_empty,
                       struct profile_plan *out, struct fault *f)
{
    struct profile_plan plan = { 0 };
    const struct profile_section *p = profile_find(set, PROFILE_NAMED, profile);

    if (p == NULL && may_be_empty && span_equal(profile, SPAN("default"))) {
        return creds_not_configured(f, "There is no default profile in %s or %s.", set->config_path,
                                    set->credentials_path);
    }
    if (p == NULL) {
        fault_set(f, FAULT_CREDENTIALS, "There is no profile \"%.*s\" in %s or %s.",
                  (int)profile.len, profile.at, set->config_path, set->credentials_path);
        if (f != NULL) {
            f->hop = HOP_BASE;
        }
        return false;
    }
    for (bool is_first = true;; is_first = false) {
        bool has_keys = has(p, "aws_access_key_id") && has(p, "aws_secret_access_key");
        bool is_role =
            has(p, "role_arn") && !has(p, "web_identity_token_file") && (is_first || !has_keys);
        const struct profile_section *next = NULL;
        if (is_role && !plan_role(set, p, &plan, &next, f)) {
            return false;
        }
        if (next != NULL) {
            p = next;
            continue;
        }
        bool is_source = !is_first && has_keys;
        if (is_source) {
            plan.base = PLAN_STATIC;
            plan.base_profile = p;
        } else if (!plan_base(set, p, may_be_empty && is_first && !is_role, &plan, f)) {
            return false;
        }
        break;
    }
    reverse(&plan);
    *out = plan;
    return true;
}
