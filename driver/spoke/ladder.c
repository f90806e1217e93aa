/* After a failed connect: finds out, by free calls only, which step works and which does not, and
   writes it down for the person who can mend it. AWS does not say why a role was refused; what
   stands here is a verdict where its answer proves one, else the causes in order of likelihood.
   Never an ExternalId, a token or a policy. */
#include "spoke/parts.h"

#include <stdio.h>
#include <string.h>

#include "aws/creds_cache.h"

enum { SHORT_ARN = 110, SKEW_WORTH_TELLING_MS = 240 * 1000 };

/* The failed step, and who stood before it. */
struct ladder {
    const struct wiring *w;
    struct chain *c;
    const struct aws_bounds *bounds;
    struct fault *f;
    enum fault_hop hop;         /* where the refused call was made, whoever is to blame */
    struct fault said;          /* as the service put it */
    bool is_signed_by_base;     /* the refused call bore the base credentials' signature */
    char principal[CREDS_ARN_MAX];
    char role[CREDS_ARN_MAX * 2];
    int64_t skew_ms;            /* server minus this machine, as the free call showed it */
    char step[FAULT_TEXT_MAX];  /* what the free call showed */
};

enum who { BASE, ROLE, TOKEN, ANY };

static const struct { const char *code; enum who who; const char *verdict, *fix; } verdicts[] = {
#define VERDICT(code, who, verdict, fix) { code, who, verdict, fix },
#include "spoke/verdict.def"
#undef VERDICT
};

/* An ARN short enough for a sentence: its end says most. */
static const char *brief(const char *arn, char to[SHORT_ARN + 4])
{
    size_t n = strlen(arn);

    if (n <= SHORT_ARN) {
        memcpy(to, arn, n + 1);
    } else {
        memcpy(to, "...", 3);
        memcpy(to + 3, arn + n - SHORT_ARN, SHORT_ARN + 1);
    }
    return to;
}

/* Who signed the refused call: known from the session, from AWS's own sentence, or asked for. */
static void find_principal(struct ladder *l)
{
    struct creds_source *before = l->c->base;
    struct creds held = { 0 };

    if (l->hop == HOP_CONSUMER && l->c->run_as != NULL) {
        before = l->c->run_as;
    } else if (l->hop == HOP_SERVICE) {
        before = chain_top(l->c);
    }
    l->is_signed_by_base = before == l->c->base;
    if (creds_cache_peek(before, &held)) {
        span_to_c(span_of(held.arn), l->principal, sizeof(l->principal));
        creds_wipe(&held);
    }
    if (l->principal[0] != 0 && !l->is_signed_by_base) {
        snprintf(l->step, sizeof(l->step),
                 "Step 1: the role before was assumed; its session is %.*s", SHORT_ARN * 2,
                 l->principal);
        return;
    }
    struct chain_identity id =
        chain_identify(l->c, l->c->base, &l->c->base_identity, l->bounds, &l->skew_ms);
    if (id.state == IDENTITY_KNOWN) {
        span_to_c(span_of(id.who.arn), l->principal, sizeof(l->principal));
        snprintf(l->step, sizeof(l->step),
                 "Step 1: the base credentials are good (GetCallerIdentity): account %s, %.*s",
                 id.who.account, SHORT_ARN * 2, id.who.arn);
    } else if (id.state == IDENTITY_REFUSED) {
        snprintf(l->step, sizeof(l->step),
                 "Step 1: the base credentials themselves are refused (GetCallerIdentity: %s).",
                 id.code);
    } else {
        span_to_c(SPAN("Step 1: GetCallerIdentity gave no answer in time."), l->step,
                  sizeof(l->step));
    }
}

static const char *hop_title(const struct ladder *l)
{
    if (l->f->hop == HOP_BASE && l->hop == HOP_RUN_AS) {
        return "Base credentials, refused at hop 1 (RunAsRole)";
    }
    if (l->f->hop == HOP_BASE && l->hop == HOP_CONSUMER) {
        return "Base credentials, refused at the hop to ConsumerAccountRoleArn";
    }
    if (l->f->hop == HOP_BASE && l->hop == HOP_SERVICE) {
        return "Base credentials, refused by Athena";
    }
    if (l->hop == HOP_RUN_AS) {
        return "Hop 1 (RunAsRole)";
    }
    if (l->hop == HOP_CONSUMER) {
        return l->c->run_as != NULL ? "Hop 2 (ConsumerAccountRoleArn)"
                                    : "Hop (ConsumerAccountRoleArn)";
    }
    return l->hop == HOP_SERVICE ? "Athena" : "Base credentials";
}

static bool says(const struct ladder *l, const char *words)
{
    struct span text = span_of(l->said.text);

    return span_find(text, span_of(words)) < text.len;
}

/* A denial that AWS explains. Returns NULL when it does not. */
static const char *proven(const struct ladder *l, const char **fix)
{
    static const struct {
        const char *words, *verdict, *fix;
    } rows[] = {
#define DENIAL(words, verdict, fix) { words, verdict, fix },
#include "spoke/denial.def"
#undef DENIAL
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (says(l, rows[i].words)) {
            *fix = rows[i].fix;
            return rows[i].verdict;
        }
    }
    return NULL;
}

static bool sent_external_id(const struct ladder *l)
{
    enum setting_id id = l->hop == HOP_RUN_AS ? SETTING_RUN_AS_EXTERNAL_ID : SETTING_EXTERNAL_ID;

    return settings_text(l->w->settings, id).len > 0;
}

static void causes_of_consumer(struct ladder *l)
{
    unsigned n = 1;

    if (sent_external_id(l)) {
        fault_note(l->f,
                   "Cause %u: the ExternalId sent (%zu characters) is not the one in the role's "
                   "trust policy (sts:ExternalId).",
                   n++, settings_text(l->w->settings, SETTING_EXTERNAL_ID).len);
    } else {
        fault_note(l->f,
                   "Cause %u: no ExternalId was sent and the role's trust policy asks for one: set "
                   "ExternalId.",
                   n++);
    }
    fault_note(l->f,
               "Cause %u: the role's trust policy does not name the principal (or its account) for "
               "sts:AssumeRole.",
               n++);
    fault_note(l->f,
               "Cause %u: the policy of the role before lacks sts:AssumeRole on this role; across "
               "accounts both sides must allow.",
               n++);
    fault_note(l->f,
               "Cause %u: there is no role with this name, path or account: compare "
               "ConsumerAccountRoleArn letter by letter.",
               n++);
    fault_note(l->f,
               "Cause %u: RunAsRole was deleted and made anew; save the trust policy again so that "
               "it means the new one.",
               n++);
    fault_note(l->f,
               "Cause %u: a condition (organisation, network, session name) or a control policy or "
               "VPC endpoint policy refuses.",
               n++);
}

static void causes_of_run_as(struct ladder *l)
{
    unsigned n = 1;

    fault_note(l->f,
               "Cause %u: the principal's own policy lacks sts:AssumeRole on RunAsRole (always "
               "needed across accounts).",
               n++);
    fault_note(
        l->f,
        "Cause %u: the trust policy of RunAsRole does not name the principal (or its account).",
        n++);
    fault_note(l->f,
               "Cause %u: there is no role with this name, path or account: compare RunAsRole "
               "letter by letter.",
               n++);
    if (sent_external_id(l)) {
        fault_note(l->f,
                   "Cause %u: RunAsExternalId (%zu characters sent) is not the one in the role's "
                   "trust policy.",
                   n++, settings_text(l->w->settings, SETTING_RUN_AS_EXTERNAL_ID).len);
    }
    fault_note(l->f,
               "Cause %u: a condition asks for MFA, an external id (RunAsExternalId), a network or "
               "an organisation; or a control policy "
               "or VPC endpoint policy refuses.",
               n++);
}

static void say_denied(struct ladder *l)
{
    char principal[SHORT_ARN + 4], role[SHORT_ARN + 4];
    const char *fix = NULL, *verdict = proven(l, &fix);
    const char *who = l->principal[0] != 0 ? brief(l->principal, principal) : "the caller";

    brief(l->role, role);
    if (verdict != NULL) {
        fault_retext(l->f, "%s: %s may not assume %s: %s. %s", hop_title(l), who, role, verdict,
                     fix);
    } else if (l->hop == HOP_CONSUMER) {
        fault_retext(l->f,
                     "%s: %s may not assume %s. AWS does not say why. %s Then look at that role's "
                     "trust policy and at the caller's policy.",
                     hop_title(l), who, role,
                     sent_external_id(l)
                         ? "First check that ExternalId is the one in the role's trust policy."
                         : "No ExternalId was sent: set ExternalId if the role's trust policy asks "
                           "for one.");
    } else {
        fault_retext(l->f,
                     "%s: %s may not assume %s. AWS does not say why. First check that its policy "
                     "allows sts:AssumeRole on this role, "
                     "then that the role's trust policy names it.",
                     hop_title(l), who, role);
    }
}

/* Whose proof of identity was refused. */
static enum who refused_proof(const struct ladder *l)
{
    if (strcmp(l->said.action, "sts:AssumeRoleWithWebIdentity") == 0) {
        return TOKEN;
    }
    return l->is_signed_by_base ? BASE : ROLE;
}

static bool say_verdict(struct ladder *l)
{
    enum who who = refused_proof(l);

    for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
        if ((verdicts[i].who == ANY || verdicts[i].who == who) &&
            span_starts(span_of(l->said.code), span_of(verdicts[i].code))) {
            fault_retext(l->f, "%s: %s (%s). %s", hop_title(l), verdicts[i].verdict, l->said.code,
                         verdicts[i].fix);
            return true;
        }
    }
    return false;
}

static void note_facts(struct ladder *l)
{
    struct fault *f = l->f;
    struct creds held = { 0 };

    if (l->principal[0] != 0) {
        fault_note(f, "Principal: %s", l->principal);
    }
    if (l->role[0] != 0) {
        fault_note(f, "Role: %.440s", l->role);
    }
    fault_note(f, "AWS said: %.460s", l->said.text);
    if (f->request_id[0] != 0) {
        fault_note(f, "Request id: %s", f->request_id);
    }
    if (creds_cache_peek(l->c->base, &held)) {
        fault_note(f, "Base credentials: %s (AuthenticationType %.*s), key %.4s...%s",
                   held.source, (int)l->w->auth.len, l->w->auth.at, held.access_key_id,
                   strlen(held.access_key_id) > 8
                       ? held.access_key_id + strlen(held.access_key_id) - 4
                       : "");
        creds_wipe(&held);
    }
    fault_note(f, "Sent: session name %s, STS region %s, %s", l->w->session_name,
               l->hop == HOP_CONSUMER ? l->c->consumer_region : l->c->run_as_region,
               sent_external_id(l) ? "an external id" : "no external id");
}

static void note_step(struct ladder *l)
{
    fault_note(l->f, "%s", l->step);
    if (l->skew_ms > SKEW_WORTH_TELLING_MS || l->skew_ms < -SKEW_WORTH_TELLING_MS) {
        fault_note(l->f, "The clock of this machine is %lld seconds %s AWS's.",
                   (long long)(l->skew_ms < 0 ? -l->skew_ms : l->skew_ms) / 1000,
                   l->skew_ms > 0 ? "behind" : "ahead of");
    }
}

static void climb_role(struct ladder *l)
{
    enum setting_id id =
        l->hop == HOP_RUN_AS ? SETTING_RUN_AS_ROLE : SETTING_CONSUMER_ACCOUNT_ROLE_ARN;

    span_to_c(settings_text(l->w->settings, id), l->role, sizeof(l->role));
    find_principal(l);
    if (l->is_signed_by_base && l->f->kind == FAULT_SIGN_IN &&
        !span_starts(span_of(l->said.code), SPAN("Region"))) {
        l->f->hop = HOP_BASE;
    }
    if (l->f->principal[0] == 0) {
        span_to_c(span_of(l->principal), l->f->principal, sizeof(l->f->principal));
    }
    if (l->f->resource[0] == 0) {
        span_to_c(span_of(l->role), l->f->resource, sizeof(l->f->resource));
    }
    if (l->f->kind == FAULT_DENIED) {
        say_denied(l);
    } else if (!say_verdict(l)) {
        fault_retext(l->f, "%s: %s", hop_title(l), l->said.text);
    }
    note_facts(l);
    note_step(l);
    const char *fix = NULL;
    if (l->f->kind == FAULT_DENIED && proven(l, &fix) == NULL) {
        if (l->hop == HOP_CONSUMER) {
            causes_of_consumer(l);
        } else {
            causes_of_run_as(l);
        }
    }
}

static void climb_service(struct ladder *l)
{
    find_principal(l);
    if (l->f->principal[0] == 0) {
        span_to_c(span_of(l->principal), l->f->principal, sizeof(l->f->principal));
    }
    if (l->f->kind == FAULT_SIGN_IN) {
        l->f->hop = l->is_signed_by_base ? HOP_BASE : l->f->hop;
        (void)say_verdict(l);
    }
    note_facts(l);
    note_step(l);
}

static bool is_worth_climbing(const struct fault *f)
{
    return f->kind == FAULT_DENIED || f->kind == FAULT_SIGN_IN ||
           ((f->hop == HOP_RUN_AS || f->hop == HOP_CONSUMER) && f->http_status >= 400 &&
            f->http_status < 500);
}

void ladder_climb(const struct wiring *w, struct chain *c, const struct aws_bounds *bounds,
                  struct fault *f)
{
    bool is_ours = f == NULL || f->kind == FAULT_CANCELLED || f->kind == FAULT_MEMORY ||
                   (f->kind == FAULT_SETTING && f->http_status == 0);

    if (is_ours) {
        return;
    }
    struct ladder l = { .w = w, .c = c, .bounds = bounds, .f = f, .hop = f->hop, .said = *f };
    explain_failed_renewals(c, f);
    if (is_worth_climbing(f) && (f->hop == HOP_RUN_AS || f->hop == HOP_CONSUMER)) {
        climb_role(&l);
    } else if (is_worth_climbing(f) && f->hop == HOP_SERVICE) {
        climb_service(&l);
    } else {
        l.is_signed_by_base = true;
        if (f->hop == HOP_BASE && f->code[0] != 0 && say_verdict(&l)) {
            fault_note(f, "AWS said: %.460s", l.said.text);
        } else {
            fault_retext(f, "%s: %s", hop_title(&l), l.said.text);
        }
        if (f->hop == HOP_BASE || f->hop == HOP_NONE) {
            fault_note(f, "The base credentials were looked for by AuthenticationType=%.*s.",
                       (int)w->auth.len, w->auth.at);
        }
        if (f->request_id[0] != 0) {
            fault_note(f, "Request id: %s", f->request_id);
        }
    }
}
