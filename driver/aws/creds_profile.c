/* A profile's credentials: its base, then its roles one after the other. */
#include "aws/providers.h"

#include <stdio.h>
#include <string.h>

#include "aws/configured.h"
#include "aws/creds_role.h"
#include "aws/creds_static.h"
#include "base/number.h"

struct profile_way {
    const struct creds_world *w;
    const struct creds_request *q;
    const struct profile_set *set;
    const struct profile_section *selected;
    struct endpoint_view view; /* of the selected profile */
    char region[64], sts_endpoint[ENDPOINT_TEXT_MAX];
};

static bool base_static(const struct profile_section *p, struct creds *out, struct fault *f)
{
    char source[96];

    snprintf(source, sizeof(source), "profile %.60s (static keys)", p->name.at);
    struct creds_texts texts = { profile_get(p, "aws_access_key_id"),
                                 profile_get(p, "aws_secret_access_key"),
                                 profile_get(p, "aws_session_token"),
                                 profile_get(p, "aws_account_id"), source };
    return creds_fill(out, &texts, f);
}

static bool base_web_identity(const struct profile_way *way, const struct profile_section *p,
                              struct creds *out, struct fault *f)
{
    struct web_identity id = {
        .role_arn = profile_get(p, "role_arn"),
        .session_name = profile_get(p, "role_session_name"),
        .token_file = profile_get(p, "web_identity_token_file"),
        .region = span_of(way->region),
        .sts_endpoint = span_of(way->sts_endpoint),
        .use_fips = endpoint_uses_fips(&way->view),
        .use_dualstack = endpoint_uses_dualstack(&way->view),
    };
    return provide_web_identity(way->w, way->q, &id, out, f);
}

static bool base_of(const struct profile_way *way, const struct profile_plan *plan,
                    struct creds *out, struct fault *f)
{
    const struct profile_section *p = plan->base_profile;

    switch (plan->base) {
    case PLAN_STATIC:
        return base_static(p, out, f);
    case PLAN_ENVIRONMENT:
        return provide_environment(way->w, out, f);
    case PLAN_INSTANCE:
        return provide_instance(way->w, way->q, way->selected, false, out, f);
    case PLAN_CONTAINER:
        return provide_container(way->w, way->q, out, f);
    case PLAN_WEB_IDENTITY:
        return base_web_identity(way, p, out, f);
    case PLAN_SSO:
        return provide_sso(&way->view, way->q, &plan->sso, out, f);
    case PLAN_LOGIN:
        return provide_login(&(struct endpoint_view){ way->w, way->set, p }, way->q, out, f);
    default:
        return provide_process(way->w, way->q, p, out, f);
    }
}

static unsigned duration_of(const struct profile_section *p)
{
    int64_t seconds = 0;
    struct span text = profile_get(p, "duration_seconds");

    return !span_is_null(text) && number_parse_i64(text, &seconds) && seconds > 0 &&
                   seconds <= 43200
               ? (unsigned)seconds
               : 0;
}

/* From the credentials in *c to those of the role that p names. */
static bool assume(const struct profile_way *way, const struct profile_section *p, struct creds *c,
                   struct fault *f)
{
    struct span name = profile_get(p, "role_session_name"), serial = profile_get(p, "mfa_serial");
    struct span external_id = profile_get(p, "external_id");
    struct creds_source *from = NULL, *role = NULL;
    struct creds_role_settings settings = {
        .world = way->w,
        .sts_region = span_of(way->region),
        .sts_endpoint = span_of(way->sts_endpoint),
        .use_fips = endpoint_uses_fips(&way->view),
        .use_dualstack = endpoint_uses_dualstack(&way->view),
        .hop = HOP_BASE,
        .role = {
            .role_arn = profile_get(p, "role_arn"),
            .session_name = name.len > 0 ? name : span_of(way->w->session_name),
            .external_id = external_id.len > 0 ? external_id : NO_SPAN,
            .mfa_serial = serial.len > 0 ? serial : NO_SPAN,
            .token_code = serial.len > 0 ? span_of(way->w->token_code) : NO_SPAN,
            .duration_seconds = duration_of(p),
        },
    };

    if (serial.len > 0 && way->w->token_code[0] == 0) {
        return fault_set(
            f, FAULT_CREDENTIALS,
            "Profile \"%.*s\" asks for the code of an MFA device: give it as MfaToken.",
            (int)p->name.len, p->name.at);
    }
    if (!creds_static_new(c, &from, f)) {
        return false;
    }
    if (!creds_role_new(&settings, from, &role, f)) {
        creds_close(from);
        return false;
    }
    bool ok = creds_get(role, way->q, c, f);
    creds_close(role);
    return ok;
}

static bool follow(struct profile_way *way, struct span profile, bool is_default, struct creds *out,
                   struct fault *f)
{
    struct profile_plan plan;

    if (!profile_plan_make(way->set, profile, is_default, &plan, f)) {
        return false;
    }
    way->selected = profile_find(way->set, PROFILE_NAMED, profile);
    way->view = (struct endpoint_view){ way->w, way->set, way->selected };
    world_region(way->w, profile_get(way->selected, "region"), way->region, sizeof(way->region));
    if (!endpoint_configured(&way->view, "sts", span_of(way->w->endpoint[AWS_STS]),
                             way->sts_endpoint, f)) {
        return false;
    }
    struct fault why = { 0 };
    bool ok = base_of(way, &plan, out, &why);
    if (!ok && creds_is_not_configured(&why)) {
        why.code[0] = 0; /* the profile asked for this place: that it is empty ends the search */
    }
    for (unsigned i = 0; ok && i < plan.n_roles; i++) {
        ok = assume(way, plan.roles[i], out, &why);
    }
    if (!ok && f != NULL) {
        *f = why;
    }
    return ok;
}

bool provide_profile(const struct creds_world *w, const struct creds_request *q,
                     struct span profile, bool is_default, struct creds *out, struct fault *f)
{
    struct profile_set set = { .arena = { .is_secret = true } };
    struct profile_way way = { .w = w, .q = q, .set = &set };
    char name[256];
    bool ok;

    if (profile.len > 0) {
        span_to_c(profile, name, sizeof(name));
    } else {
        profile_default_name(w, name, sizeof(name));
    }
    ok = profile_load(w, &set, f) && follow(&way, span_of(name), is_default, out, f);
    profile_set_free(&set);
    if (!ok && f != NULL && f->hop == HOP_NONE) {
        f->hop = HOP_BASE;
    }
    if (!ok) {
        creds_wipe(out);
    }
    return ok;
}
