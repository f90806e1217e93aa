/* What only an opened connection knows about a service's refusal: who we were, and where the
   missing right is to be added. */
#include <string.h>

#include "aws/creds_cache.h"
#include "spoke/parts.h"

#define SIGNED_AS "Signed in as "

#define REQUEST_ID "Request id: "

static bool has_note(const struct fault *f, struct span beginning)
{
    for (unsigned i = 0; i < f->n_notes; i++) {
        if (span_starts(span_of(f->notes[i]), beginning)) {
            return true;
        }
    }
    return false;
}

/* What AWS's support asks for first. */
static void add_request_id(struct fault *f)
{
    if (f->request_id[0] != 0 && !has_note(f, SPAN(REQUEST_ID))) {
        fault_note(f, REQUEST_ID "%s", f->request_id);
    }
}

static const char *principal_of(const struct spoke *s)
{
    const struct spoke_identity *id = &s->identity;

    return id->consumer_arn[0] != 0 ? id->consumer_arn
           : id->run_as_arn[0] != 0 ? id->run_as_arn
                                    : id->base_arn;
}

/* The policy that the right goes into. */
static void add_fix(const struct spoke *s, struct fault *f)
{
    const struct settings *settings = s->settings;
    struct span role = settings_text(settings, SETTING_CONSUMER_ACCOUNT_ROLE_ARN);
    const char *action = f->action[0] != 0 ? f->action : "this action";
    struct span text = span_of(f->text);

    if (role.len == 0) {
        role = settings_text(settings, SETTING_RUN_AS_ROLE);
    }
    if (span_find(text, SPAN("no session policy allows")) < text.len) {
        fault_note(f,
                   "Fix: the session policy of this connection (SessionPolicy, SessionPolicyArns "
                   "or ReadOnly) has to allow %s.",
                   action);
    } else if (span_find(text, SPAN("explicit deny")) < text.len) {
        fault_note(f, "Fix: a policy denies %s explicitly; AWS names its kind above.", action);
    } else if (span_starts(span_of(f->action), SPAN("lakeformation:"))) {
        fault_note(f, "Fix: grant %s in Lake Formation to %.*s.", action,
                   (int)(role.len > 200 ? 200 : role.len), role.at ? role.at : "the caller");
    } else {
        fault_note(f,
                   "Fix: allow %s on %.200s in a policy of %.*s%s%s. Data of other accounts also "
                   "needs their bucket, catalog or key policy.",
                   action, f->resource[0] != 0 ? f->resource : "the resource",
                   (int)(role.len > 150 ? 150 : role.len), role.len > 0 ? role.at : "the caller",
                   s->identity.account[0] != 0 ? ", account " : "", s->identity.account);
    }
}

/* The base cannot renew itself: says whose time is over. Given keys do not tell when they end, so
   the time is that of the refusal, by the servers' clock. */
static void add_expiry(const struct spoke *s, struct fault *f)
{
    const struct clock *clock = spoke_clock(s);
    struct creds base;
    char when[21];

    if (!creds_cache_peek(s->chain->base, &base)) {
        return;
    }
    if (base.expires_wall_ms != 0) {
        utc_print_iso(base.expires_wall_ms, when);
        fault_note(f, "The base credentials (%s) ended at %s.%s", base.source, when,
                   s->chain->is_base_renewable
                       ? " Sign in again."
                       : " They were given and cannot be renewed from here.");
    } else if (base.session_token[0] != 0 && !s->chain->is_base_renewable) {
        utc_print_iso(clock->wall_ms(clock) + aws_client_skew_ms(s->athena), when);
        fault_note(f,
                   "The base credentials (%s) are temporary and cannot be renewed from here%s%s: "
                   "give a fresh SessionToken.",
                   base.source, f->is_expired_token ? "; they were over when this was refused, at "
                                                    : "",
                   f->is_expired_token ? when : "");
    }
    creds_wipe(&base);
}

void explain_failed_renewals(const struct chain *c, struct fault *f)
{
    const struct {
        struct creds_source *cache;
        const char *whose;
    } all[] = {
        { c->base, "The base credentials" },
        { c->run_as, "The session of RunAsRole (hop 1)" },
        { c->consumer, c->run_as != NULL ? "The session of ConsumerAccountRoleArn (hop 2)"
                                         : "The session of ConsumerAccountRoleArn" },
    };
    struct fault why;

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (all[i].cache != NULL && creds_cache_error(all[i].cache, &why) &&
            strcmp(why.text, f->text) != 0) {
            fault_note(f, "%s could not be renewed: %s", all[i].whose, why.text);
        }
    }
}

/* Without credentials, or without one of the roles, nothing on this connection can succeed: a pool
   had better connect anew. */
static bool ends_connection(const struct fault *f)
{
    bool is_role_refused =
        f->kind == FAULT_DENIED && (f->hop == HOP_RUN_AS || f->hop == HOP_CONSUMER);

    return f->kind == FAULT_SIGN_IN || f->kind == FAULT_CREDENTIALS || f->kind == FAULT_FORKED ||
           is_role_refused;
}

void spoke_explain(const struct spoke *s, struct fault *f)
{
    if (s == NULL || f == NULL || f->kind == FAULT_NONE || has_note(f, SPAN(SIGNED_AS))) {
        return;
    }
    bool is_identity =
        f->kind == FAULT_DENIED || f->kind == FAULT_SIGN_IN || f->kind == FAULT_CREDENTIALS;
    if (ends_connection(f)) {
        *s->is_dead = 1;
    }
    if (!is_identity) {
        add_request_id(f);
        return;
    }
    const char *principal = principal_of(s);
    if (f->principal[0] == 0) {
        span_to_c(span_of(principal), f->principal, sizeof(f->principal));
    }
    if (f->hop == HOP_NONE) {
        f->hop = HOP_SERVICE;
    }
    fault_note(f, SIGNED_AS "%s%s", principal[0] != 0 ? principal : s->identity.base_source,
               f->hop == HOP_SERVICE ? "" : " (renewing its session failed)");
    explain_failed_renewals(s->chain, f);
    if (f->kind == FAULT_DENIED && f->hop == HOP_SERVICE) {
        add_fix(s, f);
    } else if (f->kind != FAULT_DENIED) {
        add_expiry(s, f);
    }
    add_request_id(f);
}
