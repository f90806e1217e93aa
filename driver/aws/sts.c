/* Forms and answers of the Security Token Service. */
#include "aws/sts.h"

#include <stdio.h>
#include <string.h>

#include "aws/world.h"
#include "base/number.h"
#include "net/url.h"

enum { FORM_CEILING = 256 * 1024 };

static bool is_from(struct span s, const char *others, bool blanks_too)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        bool is_word =
            ascii_is_letter(c) || ascii_is_digit(c) || (c != 0 && strchr(others, c) != NULL);
        if (!is_word && !(blanks_too && (c == ' ' || (unsigned char)c >= 0x80))) {
            return false;
        }
    }
    return true;
}

bool sts_is_session_name(struct span s)
{
    return s.len >= 2 && s.len <= 64 && is_from(s, "_+=,.@-", false);
}

void sts_session_name(struct span wanted, char *to, size_t room)
{
    size_t n = 0, most = room - 1 < 64 ? room - 1 : 64;

    for (size_t i = 0; i < wanted.len && n < most; i++) {
        struct span one = { wanted.at + i, 1 };
        if (((unsigned char)one.at[0] & 0xC0) == 0x80) {
            continue; /* the rest of a character that is already a '-' */
        }
        to[n++] = is_from(one, "_+=,.@-", false) ? one.at[0] : '-';
    }
    while (n < 2 && n < most) {
        to[n++] = '-';
    }
    to[n] = 0;
}

static bool is_role_arn(struct span s)
{
    return s.len >= 20 && s.len <= 2048 && span_starts(s, SPAN("arn:")) &&
           span_find(s, SPAN(":role/")) < s.len && is_from(s, "_:/+=,.@-", false);
}

static bool check_tags(const struct sts_role *role, struct fault *f)
{
    if (role->n_tags > STS_TAGS_MAX || role->n_transitive > STS_TAGS_MAX ||
        role->n_policy_arns > STS_POLICY_ARNS_MAX) {
        return fault_set(
            f, FAULT_SETTING,
            "At most 50 SessionTags and 10 SessionPolicyArns can be sent with a role.");
    }
    for (unsigned i = 0; i < role->n_tags; i++) {
        struct span key = role->tags[i].key, value = role->tags[i].value;
        if (key.len < 1 || key.len > 512 || value.len > 1024 || !is_from(key, "_.:/=+@-", true) ||
            !is_from(value, "_.:/=+@-", true)) {
            return fault_set(f, FAULT_SETTING,
                             "SessionTags: tag %u breaks the rules (key 1-128, value 0-256 of "
                             "letters, digits, blanks and _.:/=+@-).",
                             i + 1);
        }
        for (unsigned j = 0; j < i; j++) {
            if (span_equal_nocase(role->tags[j].key, key)) {
                return fault_set(
                    f, FAULT_SETTING,
                    "SessionTags: the key \"%.*s\" is there twice (case does not matter).",
                    (int)key.len, key.at);
            }
        }
    }
    return true;
}

bool sts_role_check(const struct sts_role *role, struct fault *f)
{
    if (!is_role_arn(role->role_arn)) {
        return fault_set(f, FAULT_SETTING,
                         "\"%.*s\" is not the ARN of a role (arn:PARTITION:iam::ACCOUNT:role/NAME, "
                         "no wildcards).",
                         (int)(role->role_arn.len > 200 ? 200 : role->role_arn.len),
                         role->role_arn.at ? role->role_arn.at : "");
    }
    if (!sts_is_session_name(role->session_name)) {
        return fault_set(f, FAULT_SETTING,
                         "RoleSessionName must be 2-64 of letters, digits and _+=,.@-");
    }
    struct span id = role->external_id;
    if (!span_is_null(id) && (id.len < 2 || id.len > 1224 || !is_from(id, "_+=,.@:/-", false))) {
        return fault_set(f, FAULT_SETTING,
                         "ExternalId must be 2-1224 of letters, digits and _+=,.@:/- (this one has "
                         "%zu characters).",
                         id.len);
    }
    struct span source = role->source_identity;
    if (!span_is_null(source) &&
        (!sts_is_session_name(source) || span_starts_nocase(source, SPAN("aws:")))) {
        return fault_set(
            f, FAULT_SETTING,
            "SourceIdentity must be 2-64 of letters, digits and _+=,.@- and not begin with aws:");
    }
    if (role->duration_seconds != 0 &&
        (role->duration_seconds < 900 || role->duration_seconds > 43200)) {
        return fault_set(f, FAULT_SETTING, "DurationSeconds must be 900-43200, not %u.",
                         role->duration_seconds);
    }
    return check_tags(role, f);
}

/* "&name=value", the value encoded; nothing for NO_SPAN. */
static bool add(struct buf *out, const char *name, struct span value, struct fault *f)
{
    return span_is_null(value) ||
           (buf_add_format(out, f, "&%s=", name) && url_encode(value, false, out, f));
}

static bool add_member(struct buf *out, const char *list, unsigned index, const char *member,
                       struct span value, struct fault *f)
{
    char name[64];

    snprintf(name, sizeof(name), "%s.member.%u%s", list, index + 1, member);
    return add(out, name, span_is_null(value) ? SPAN("") : value, f);
}

static bool add_lists(const struct sts_role *role, struct buf *out, struct fault *f)
{
    bool ok = true;

    for (unsigned i = 0; ok && i < role->n_policy_arns; i++) {
        ok = add_member(out, "PolicyArns", i, ".arn", role->policy_arns[i], f);
    }
    for (unsigned i = 0; ok && i < role->n_tags; i++) {
        ok = add_member(out, "Tags", i, ".Key", role->tags[i].key, f) &&
             add_member(out, "Tags", i, ".Value", role->tags[i].value, f);
    }
    for (unsigned i = 0; ok && i < role->n_transitive; i++) {
        ok = add_member(out, "TransitiveTagKeys", i, "", role->transitive[i], f);
    }
    return ok;
}

bool sts_role_form(const struct sts_role *role, struct buf *out, struct fault *f)
{
    bool is_web = !span_is_null(role->web_identity_token);

    return buf_add_format(out, f, "Action=%s&Version=2011-06-15",
                          is_web ? "AssumeRoleWithWebIdentity" : "AssumeRole") &&
           add(out, "RoleArn", role->role_arn, f) &&
           add(out, "RoleSessionName", role->session_name, f) &&
           add(out, "WebIdentityToken", role->web_identity_token, f) &&
           add(out, "Policy", role->policy, f) &&
           (role->duration_seconds == 0 ||
            buf_add_format(out, f, "&DurationSeconds=%u", role->duration_seconds)) &&
           add_lists(role, out, f) && add(out, "ExternalId", role->external_id, f) &&
           add(out, "SerialNumber", role->mfa_serial, f) &&
           add(out, "TokenCode", role->token_code, f) &&
           add(out, "SourceIdentity", role->source_identity, f);
}

/* The fifth part of an ARN. */
static struct span arn_account(struct span arn)
{
    struct span part = NO_SPAN;

    for (unsigned i = 0; i < 5 && !span_is_null(arn); i++) {
        part = span_next(&arn, ':');
    }
    return span_is_null(arn) ? NO_SPAN : part;
}

/* STS writes ISO 8601; its JSON form and its imitators write epoch seconds. */
static bool read_expiration(struct span text, int64_t *out)
{
    double seconds = 0;

    if (span_is_null(text) || utc_parse_iso(text, out)) {
        return !span_is_null(text);
    }
    if (!number_parse_double(text, &seconds) || !(seconds > 1e8 && seconds < 1e11)) {
        return false;
    }
    *out = (int64_t)(seconds * 1000);
    return true;
}

static bool read_credentials(const struct aws_answer *answer, const struct clock *clock,
                             const struct sts_role *role, struct creds *out, struct fault *f)
{
    struct span arn = aws_answer_text(answer, "AssumedRoleUser/Arn");
    struct span name = span_from(role->role_arn, span_find(role->role_arn, SPAN(":role/")) + 6);
    char source[96];
    int64_t expiration = 0;

    snprintf(source, sizeof(source), "role %.80s", name.at);
    if (!read_expiration(aws_answer_text(answer, "Credentials/Expiration"), &expiration)) {
        return fault_set(
            f, FAULT_PROTOCOL,
            "The answer of STS to AssumeRole says no time of expiry that can be read.");
    }
    struct creds_texts texts = { aws_answer_text(answer, "Credentials/AccessKeyId"),
                                 aws_answer_text(answer, "Credentials/SecretAccessKey"),
                                 aws_answer_text(answer, "Credentials/SessionToken"),
                                 arn_account(arn), source };
    if (!creds_fill(out, &texts, f)) {
        return false;
    }
    if (!span_is_null(arn)) {
        span_to_c(arn, out->arn, sizeof(out->arn));
    }
    out->expires_wall_ms = expiration - (aws_answer_server_ms(answer) - clock->wall_ms(clock));
    return true;
}

bool sts_assume_role(struct aws_client *c, const struct clock *clock, const struct sts_role *role,
                     const struct aws_bounds *bounds, struct creds *out, struct fault *f)
{
    const char *action =
        span_is_null(role->web_identity_token) ? "AssumeRole" : "AssumeRoleWithWebIdentity";
    struct buf form = { .ceiling = FORM_CEILING, .is_secret = true };
    struct aws_answer *answer = NULL;
    bool ok = sts_role_check(role, f) && sts_role_form(role, &form, f) &&
              aws_query_call(c, action, buf_span(&form), bounds, &answer, f) &&
              read_credentials(answer, clock, role, out, f);

    if (!ok && f != NULL && f->resource[0] == 0 && f->kind != FAULT_SETTING) {
        span_to_c(role->role_arn, f->resource, sizeof(f->resource));
    }
    if (!ok && f != NULL && f->action[0] == 0 && f->kind != FAULT_SETTING) {
        snprintf(f->action, sizeof(f->action), "sts:%s", action);
    }
    aws_answer_free(answer);
    buf_free(&form);
    return ok;
}

bool sts_get_caller_identity(struct aws_client *c, const struct aws_bounds *bounds,
                             struct sts_identity *out, struct fault *f)
{
    struct aws_answer *answer = NULL;

    if (!aws_query_call(c, "GetCallerIdentity", SPAN("Action=GetCallerIdentity&Version=2011-06-15"),
                        bounds, &answer, f)) {
        return false;
    }
    *out = (struct sts_identity){ 0 };
    struct span arn = aws_answer_text(answer, "Arn");
    bool ok = !span_is_null(arn);
    if (ok) {
        span_to_c(arn, out->arn, sizeof(out->arn));
        struct span account = aws_answer_text(answer, "Account"),
                    id = aws_answer_text(answer, "UserId");
        span_to_c(span_is_null(account) ? SPAN("") : account, out->account, sizeof(out->account));
        span_to_c(span_is_null(id) ? SPAN("") : id, out->user_id, sizeof(out->user_id));
    } else {
        fault_set(f, FAULT_PROTOCOL, "The answer of STS to GetCallerIdentity names no ARN.");
    }
    aws_answer_free(answer);
    return ok;
}
