/* Checks of who we become: base credentials, both hops, the external id, the session policies. */
#include "doctor.h"

#include <stdio.h>
#include <string.h>

#include "aws/policy.h"
#include "base/digest.h"
#include "documents.h"
#include "policy.h"

static void expires(int64_t wall_ms, char to[40])
{
    char when[21];

    to[0] = 0;
    if (wall_ms != 0) {
        utc_print_iso(wall_ms, when);
        snprintf(to, 40, ", until %s", when);
    }
}

void doctor_check_base(struct doctor *d)
{
    struct fault f = { 0 };
    const char *verdict = NULL, *fix = NULL;
    char until[40];

    if (!d->is_wired) {
        doctor_say(d, "base", CHECK_SKIP, "the settings do not stand");
        return;
    }
    if (!d->has_answer) {
        doctor_say(d, "base", CHECK_SKIP, "STS cannot be reached");
        return;
    }
    d->is_base_good = probe_base(&d->probe, &d->base, &f);
    if (d->base.skew_ms != 0) {
        d->skew_ms = d->base.skew_ms;
        d->has_skew = true;
    }
    if (d->is_base_good) {
        expires(d->base.expires_wall_ms, until);
        doctor_say(d, "base", CHECK_OK, "%s (%s, key %s%s)", d->base.who.arn, d->base.source,
                   d->base.key, until);
        doctor_who(d, d->base.who.arn);
        return;
    }
    if (probe_verdict(&f, &verdict, &fix)) {
        doctor_say(d, "base", CHECK_FAIL, "%s (%s)", verdict, f.code);
        doctor_fix(d, "%s", fix);
        doctor_detail(d, "AWS said: %s", f.text);
    } else {
        doctor_say(d, "base", CHECK_FAIL, "%s", f.text);
        doctor_fix(d,
                   "The base credentials are looked for by AuthenticationType=%.*s; docs/keys.md "
                   "tells the ways of signing in.",
                   (int)d->probe.wiring->auth.len, d->probe.wiring->auth.at);
    }
    if (d->base.key[0] != 0) {
        char who[160];
        snprintf(who, sizeof(who), "key %s (%s)", d->base.key, d->base.source);
        doctor_who(d, who);
    }
    doctor_notes(d, &f);
}

/* The one command for each account that decides between the causes AWS does not tell apart. */
static void tell_commands(struct doctor *d, enum fault_hop hop)
{
    const struct settings *s = &d->target.settings;
    struct span role = settings_text(s, hop == HOP_RUN_AS ? SETTING_RUN_AS_ROLE
                                                          : SETTING_CONSUMER_ACCOUNT_ROLE_ARN);
    struct span run_as = settings_text(s, SETTING_RUN_AS_ROLE), name = arn_role_name(role),
                account = arn_account(role);
    char caller[400];

    if (hop == HOP_CONSUMER && run_as.len > 0) {
        span_to_c(run_as, caller, sizeof(caller));
    } else {
        policy_trustable(d->base.who.arn, caller, sizeof(caller));
    }
    struct span above = arn_account(span_of(caller));
    doctor_detail(d,
                  "Decide, account %.*s: aws iam get-role --role-name %.*s --query "
                  "Role.AssumeRolePolicyDocument   (is it there, whom does it trust, "
                  "which sts:ExternalId does it want)",
                  (int)account.len, account.at, (int)name.len, name.at);
    doctor_detail(d,
                  "Decide, account %.*s: aws iam simulate-principal-policy --policy-source-arn %s "
                  "--action-names sts:AssumeRole --resource-arns %.*s   "
                  "(may the caller)",
                  (int)above.len, above.at, caller, (int)role.len, role.at);
}

static bool check_hop(struct doctor *d, enum fault_hop hop, const char *check,
                      char session[CREDS_ARN_MAX])
{
    struct creds held = { 0 };
    struct fault f = { 0 };
    char until[40];

    if (probe_hop(&d->probe, hop, &held, &f)) {
        span_to_c(span_of(held.arn), session, CREDS_ARN_MAX);
        span_to_c(span_of(held.account), d->account, sizeof(d->account));
        expires(held.expires_wall_ms, until);
        creds_wipe(&held);
        doctor_say(d, check, CHECK_OK, "%s%s", session, until);
        doctor_who(d, session);
        return true;
    }
    bool is_open = false;
    for (unsigned i = 0; i < f.n_notes; i++) {
        is_open = is_open || span_starts(span_of(f.notes[i]), SPAN("Cause "));
    }
    doctor_say(d, check, CHECK_FAIL, "%s", f.text);
    doctor_who(d, f.principal);
    doctor_notes(d, &f);
    if (is_open) {
        doctor_fix(d, "AWS does not say which of the causes below it is: the two commands decide.");
        tell_commands(d, hop);
    }
    return false;
}

void doctor_check_run_as(struct doctor *d)
{
    if (!d->is_base_good) {
        doctor_say(d, "hop 1", CHECK_SKIP, "the base credentials do not stand");
    } else if (!probe_has(&d->probe, HOP_RUN_AS)) {
        doctor_say(d, "hop 1", CHECK_SKIP, "no RunAsRole is set");
        d->is_chain_good = true;
        span_to_c(span_of(d->base.who.arn), d->end, sizeof(d->end));
        span_to_c(span_of(d->base.who.account), d->account, sizeof(d->account));
    } else {
        d->is_chain_good = check_hop(d, HOP_RUN_AS, "hop 1", d->run_as);
        span_to_c(span_of(d->run_as), d->end, sizeof(d->end));
    }
}

void doctor_check_consumer(struct doctor *d)
{
    if (!d->is_chain_good) {
        doctor_say(d, "hop 2", CHECK_SKIP, "the step before does not stand");
    } else if (!probe_has(&d->probe, HOP_CONSUMER)) {
        doctor_say(d, "hop 2", CHECK_SKIP, "no ConsumerAccountRoleArn is set");
    } else {
        d->is_chain_good = check_hop(d, HOP_CONSUMER, "hop 2", d->end);
        if (d->is_chain_good && settings_text(&d->target.settings, SETTING_EXTERNAL_ID).len == 0) {
            doctor_say(d, "hop 2", CHECK_WARN,
                       "the role is assumed without an external id: whoever is let into RunAsRole "
                       "by mistake gets here too");
            doctor_fix(d, "Ask for sts:ExternalId in the role's trust policy and set ExternalId; "
                          "athena-odbc dsn add makes one.");
        }
    }
}

/* Whether the consumer role opens with this external id. The settings are a copy that shares its
 * texts. */
static bool opens_with(struct doctor *d, struct span external_id)
{
    struct settings altered = d->target.settings;
    struct notices notices = { 0 };
    struct probe p;
    struct fault f = { 0 };
    struct creds held = { 0 };

    altered.at[SETTING_EXTERNAL_ID].text = external_id;
    bool opens = probe_wire(&p, &altered, &notices, &f) && probe_hop(&p, HOP_CONSUMER, &held, &f);
    creds_wipe(&held);
    probe_done(&p);
    return opens;
}

void doctor_check_external_id(struct doctor *d)
{
    char uuid[UUID_TEXT], pattern[200];
    const char *opened = NULL;
    struct fault f = { 0 };

    if (!option_is_set(d->arguments, "--probe-external-id")) {
        doctor_say(d, "external id", CHECK_SKIP,
                   "not probed; --probe-external-id tries wrong ones, which leaves AccessDenied in "
                   "the consumer's CloudTrail");
        return;
    }
    if (!d->is_chain_good || !probe_has(&d->probe, HOP_CONSUMER)) {
        doctor_say(d, "external id", CHECK_SKIP, "hop 2 does not stand");
        return;
    }
    fputs("athena-odbc: trying the consumer role with wrong external ids; each refusal is an "
          "AccessDenied in its account's CloudTrail\n",
          stderr);
    if (!digest_uuid(uuid, &f)) {
        doctor_say(d, "external id", CHECK_SKIP, "%s", f.text);
        return;
    }
    snprintf(pattern, sizeof(pattern), "arn:aws:quicksight:%s:%s:datasource/%s",
             d->probe.wiring->region, d->base.who.account, uuid);
    opened = opens_with(d, NO_SPAN)         ? "without any external id"
             : opens_with(d, span_of(uuid)) ? "with an external id made up at random"
             : opens_with(d, span_of(pattern))
                 ? "with any external id that looks like a Quick data source of your account"
                 : NULL;
    if (opened == NULL) {
        doctor_say(
            d, "external id", CHECK_OK,
            "the role's trust policy refuses none, a random one and one that looks like Quick's");
        return;
    }
    doctor_say(d, "external id", CHECK_FAIL,
               "the consumer role can be assumed %s: its trust policy does not check it", opened);
    doctor_who(d, d->run_as[0] != 0 ? d->run_as : d->base.who.arn);
    doctor_fix(d, "In the trust policy of the role: \"Condition\": {\"StringEquals\": "
                  "{\"sts:ExternalId\": \"<the agreed value>\"}} on the statement that allows "
                  "sts:AssumeRole.");
}

static void tell_size(struct doctor *d, const char *hop, size_t n)
{
    if (n > POLICY_PLAIN_MAX) {
        doctor_say(d, "session policy", CHECK_WARN,
                   "%s: %zu characters, more than the %d that AWS documents", hop, n,
                   POLICY_PLAIN_MAX);
        doctor_fix(d, "Shorten SessionPolicy, or name a managed policy with SessionPolicyArns.");
    } else {
        doctor_say(d, "session policy", CHECK_OK, "%s: %zu of %d characters", hop, n,
                   POLICY_PLAIN_MAX);
    }
}

void doctor_check_session_policy(struct doctor *d)
{
    struct buf hop1 = { 0 }, hop2 = { 0 }, missing = { .ceiling = 4096 };
    struct fault f = { 0 };

    if (!d->is_loaded) {
        doctor_say(d, "session policy", CHECK_SKIP, "the settings do not stand");
        return;
    }
    const struct settings *s = &d->target.settings;
    struct span given = settings_text(s, SETTING_SESSION_POLICY),
                last = settings_text(s, SETTING_CONSUMER_ACCOUNT_ROLE_ARN);
    last = last.len > 0 ? last : settings_text(s, SETTING_RUN_AS_ROLE);
    if (!policy_sessions(s, policy_partition(last), &hop1, &hop2, &f)) {
        doctor_say(d, "session policy", CHECK_FAIL, "%s", f.text);
    } else {
        if (hop1.len > 0) {
            tell_size(d, "hop 1, scope-down", hop1.len);
        }
        if (hop2.len > 0) {
            tell_size(d, "hop 2", hop2.len);
        }
        if (hop1.len == 0 && hop2.len == 0) {
            doctor_say(d, "session policy", CHECK_OK, "none is attached");
        }
        if (given.len > 0 && policy_lint(given, &missing, NULL) && missing.len > 0) {
            doctor_say(d, "session policy", CHECK_WARN, "SessionPolicy seems not to allow %.*s",
                       (int)(missing.len < 400 ? missing.len : 400), missing.at);
            doctor_fix(d, "Athena runs queries with this session: add what is missing, or expect "
                          "them to fail.");
        }
    }
    buf_free(&hop1);
    buf_free(&hop2);
    buf_free(&missing);
}
