/* Bodies of STS requests. */
#include "runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/sts.h"
#include "chain_cases.h"

static size_t n_parts(struct span form)
{
    size_t n = 0;

    for (; !span_is_null(form); n++) {
        (void)span_next(&form, '&');
    }
    return n;
}

/* %XX and + undone, so that both spellings of a blank are equal. */
static void decode(struct span s, char *to, size_t room)
{
    size_t n = 0;

    for (size_t i = 0; i < s.len && n + 1 < room; i++) {
        unsigned byte = 0;
        if (s.at[i] == '%' && i + 2 < s.len + 0 && sscanf(s.at + i + 1, "%2x", &byte) == 1) {
            to[n++] = (char)byte;
            i += 2;
        } else {
            to[n++] = s.at[i] == '+' ? ' ' : s.at[i];
        }
    }
    to[n] = 0;
}

static bool form_has(struct span form, const char *part)
{
    static char decoded[32768];

    while (!span_is_null(form)) {
        decode(span_next(&form, '&'), decoded, sizeof(decoded));
        if (strcmp(decoded, part) == 0) {
            return true;
        }
    }
    return false;
}

static bool same_form(struct span got, struct span want)
{
    static char decoded[32768];
    size_t n = n_parts(want);

    for (struct span rest = want; !span_is_null(rest);) {
        decode(span_next(&rest, '&'), decoded, sizeof(decoded));
        if (!form_has(got, decoded)) {
            return false;
        }
    }
    return n_parts(got) == n;
}

static void read_role(const struct json *p, struct sts_role *role)
{
    struct json *tags = json_member(p, "Tags"), *keys = json_member(p, "TransitiveTagKeys"),
                *arns = json_member(p, "PolicyArns");

    *role = (struct sts_role){
        .role_arn = json_text_of(p, "RoleArn"),
        .session_name = json_text_of(p, "RoleSessionName"),
        .policy = json_text_of(p, "Policy"),
        .external_id = json_text_of(p, "ExternalId"),
        .mfa_serial = json_text_of(p, "SerialNumber"),
        .token_code = json_text_of(p, "TokenCode"),
        .source_identity = json_text_of(p, "SourceIdentity"),
        .web_identity_token = json_text_of(p, "WebIdentityToken"),
        .duration_seconds = (unsigned)json_int(json_member(p, "DurationSeconds"), 0),
    };
    for (size_t i = 0; i < json_length(tags); i++) {
        role->tags[role->n_tags++] = (struct sts_tag){ json_text_of(json_at(tags, i), "Key"),
                                                       json_text_of(json_at(tags, i), "Value") };
    }
    for (size_t i = 0; i < json_length(keys); i++) {
        role->transitive[role->n_transitive++] = json_text(json_at(keys, i));
    }
    for (size_t i = 0; i < json_length(arns); i++) {
        role->policy_arns[role->n_policy_arns++] = json_text_of(json_at(arns, i), "arn");
    }
}

void body_case(const struct json *t)
{
    struct span operation = json_text_of(t, "operation");
    struct buf form = { 0 };
    struct sts_role role;
    bool is_role = span_starts(operation, SPAN("AssumeRole"));

    if (!is_role && !span_equal(operation, SPAN("GetCallerIdentity"))) {
        runner_skip(json_text_of(t, "name"), "the driver never makes this call");
        return;
    }
    read_role(json_member(t, "params"), &role);
    bool ok = is_role ? sts_role_form(&role, &form, NULL)
                      : buf_add(&form, SPAN("Action=GetCallerIdentity&Version=2011-06-15"), NULL);
    runner_case(json_text_of(t, "name"), ok && same_form(buf_span(&form), json_text_of(t, "body")),
                form.at);
    buf_free(&form);
}

