/* Settings written down by hand, without a DSN; and a made-up service behind them: STS, Athena. */
#ifndef TESTS_FAKE_SETTINGS_H
#define TESTS_FAKE_SETTINGS_H

#include <stdlib.h>
#include <string.h>

#include "spoke/parts.h"
#include "unit/fake_http.h"
#include "unit/unit.h"

struct setting_row {
    enum setting_id id;
    const char *value;
};

static inline void fake_settings(struct settings *s, const struct setting_row *rows, size_t n)
{
    memset(s, 0, sizeof(*s));
    for (size_t i = 0; i < n; i++) {
        s->at[rows[i].id].text = span_of(rows[i].value);
        s->at[rows[i].id].origin = ORIGIN_SYSTEM_DSN;
    }
}

/* Answers by what is asked, and counts. Safe from many threads. */
struct fake_aws {
    struct http base;
    struct lock lock;
    unsigned n_assume_a, n_assume_b, n_identity, n_workgroup, n_other;
    const char *workgroup; /* the Configuration that is answered; NULL: enforced, with a place */
    const char *refuse_a, *refuse_b, *refuse_workgroup,
        *refuse_identity;         /* an error code; NULL = answer */
    const char *message;          /* of a refusal */
    int64_t lifetime_ms;          /* of role sessions */
    const struct clock *clock;
    int64_t server_skew_ms;       /* server minus local clock */
    bool bad_base;                /* the base key is refused everywhere */
    bool breaks_a;                /* the connection breaks whenever role A is assumed */
    char last_a[4096], last_b[4096];
    int64_t delay_ms;             /* each answer takes so long */
    unsigned generation;
};

static inline bool fake_aws_refuse(struct http_response *r, bool is_xml, const char *code,
                                   const char *message, struct fault *f)
{
    r->status = is_xml ? 403 : 400;
    message = message != NULL ? message
                              : "User: arn:aws:iam::111122223333:user/bi is not authorized to "
                                "perform: sts:AssumeRole on resource: the role";
    return is_xml
               ? buf_add_format(
                     &r->body, f,
                     "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</"
                     "Message></Error>"
                     "<RequestId>11112222-3333-4444-5555-666677778888</RequestId></ErrorResponse>",
                     code, message)
               : buf_add_format(&r->body, f, "{\"__type\":\"%s\",\"message\":\"%s\"}", code,
                                message);
}

static inline bool fake_aws_role(struct fake_aws *a, struct http_response *r, char which,
                                 const char *account, struct fault *f)
{
    char until[21];

    utc_print_iso(a->clock->wall_ms(a->clock) + a->server_skew_ms + a->lifetime_ms, until);
    r->status = 200;
    return buf_add_format(
        &r->body, f,
        "<AssumeRoleResponse "
        "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><AssumedRoleUser>"
        "<Arn>arn:aws:sts::%s:assumed-role/Role%c/odbc</Arn></"
        "AssumedRoleUser><Credentials><AccessKeyId>ASIA%c%u</AccessKeyId>"
        "<SecretAccessKey>secretOf%c</SecretAccessKey><SessionToken>tokenOf%c</"
        "SessionToken><Expiration>%s</Expiration>"
        "</Credentials></AssumeRoleResult><ResponseMetadata><RequestId>1</RequestId></"
        "ResponseMetadata></AssumeRoleResponse>",
        account, which, which, a->generation, which, which, until);
}

static inline bool fake_aws_has(struct span body, const char *text)
{
    return span_find(body, span_of(text)) < body.len;
}

static inline void fake_aws_date(struct fake_aws *a, struct http_response *r)
{
    static const char *const days[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    int64_t now = a->clock->wall_ms(a->clock) + a->server_skew_ms;
    struct utc u = utc_from_ms(now);
    char text[40];

    snprintf(text, sizeof(text), "%s, %02d %s %04d %02d:%02d:%02d GMT", days[(now / 86400000) % 7],
             u.day, months[u.month - 1], u.year, u.hour, u.minute, u.second);
    (void)!http_response_keep_header(r, SPAN("date"), span_of(text), NULL);
    r->sent_wall_ms = a->clock->wall_ms(a->clock);
    r->elapsed_ms = 0;
}

static inline bool fake_aws_answer(struct fake_aws *a, const struct http_request *q,
                                   struct http_response *r, struct fault *f)
{
    if (fake_aws_has(q->body, "Action=AssumeRole") && fake_aws_has(q->body, "role%2FRoleA&")) {
        a->n_assume_a++;
        a->generation++;
        span_to_c(q->body, a->last_a, sizeof(a->last_a));
        if (a->breaks_a) {
            fault_set(f, FAULT_NETWORK, "sts:AssumeRole: the connection broke.");
            span_to_c(SPAN(HTTP_FAILED_BROKEN), f->code, sizeof(f->code));
            return false;
        }
        return a->refuse_a != NULL ? fake_aws_refuse(r, true, a->refuse_a, a->message, f)
                                   : fake_aws_role(a, r, 'A', "111122223333", f);
    }
    if (fake_aws_has(q->body, "Action=AssumeRole")) {
        a->n_assume_b++;
        a->generation++;
        span_to_c(q->body, a->last_b, sizeof(a->last_b));
        return a->refuse_b != NULL ? fake_aws_refuse(r, true, a->refuse_b, a->message, f)
                                   : fake_aws_role(a, r, 'B', "222233334444", f);
    }
    if (fake_aws_has(q->body, "Action=GetCallerIdentity")) {
        a->n_identity++;
        r->status = 200;
        return a->refuse_identity != NULL
                   ? fake_aws_refuse(r, true, a->refuse_identity, a->message, f)
                   : buf_add(&r->body,
                             SPAN("<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:"
                                  "aws:iam::111122223333:user/bi</Arn>"
                                  "<UserId>AIDA</UserId><Account>111122223333</Account></"
                                  "GetCallerIdentityResult>"
                                  "</GetCallerIdentityResponse>"),
                             f);
    }
    a->n_workgroup++;
    r->status = 200;
    return a->refuse_workgroup != NULL
               ? fake_aws_refuse(
                     r, false, a->refuse_workgroup,
                     "User: x is not authorized to perform: athena:GetWorkGroup on resource: y", f)
               : buf_add_format(&r->body, f,
                                "{\"WorkGroup\":{\"Name\":\"retail\",\"State\":\"ENABLED\","
                                "\"Configuration\":%s}}",
                                a->workgroup != NULL
                                    ? a->workgroup
                                    : "{\"EnforceWorkGroupConfiguration\":true,"
                                      "\"ResultConfiguration\":{\"OutputLocation\":\"s3://results/"
                                      "retail/\"}}");
}

static inline bool fake_aws_send(struct http *h, const struct http_request *q,
                                 struct http_response *r, struct fault *f)
{
    struct fake_aws *a = (struct fake_aws *)h;

    r->attempts = 1;
    if (a->delay_ms > 0) {
        struct wake pause;
        wake_init(&pause);
        wake_wait(&pause, a->delay_ms);
        wake_done(&pause);
    }
    lock_take(&a->lock);
    bool ok = a->bad_base
                  ? fake_aws_refuse(r, true, "InvalidClientTokenId",
                                    "The security token included in the request is invalid.", f)
                  : fake_aws_answer(a, q, r, f);
    if (a->bad_base) {
        a->n_other++;
    }
    fake_aws_date(a, r);
    lock_give(&a->lock);
    return ok;
}

static inline void fake_aws_close(struct http *h) { (void)h; }

static inline void fake_aws_init(struct fake_aws *a, const struct clock *clock)
{
    static const struct http_ops ops = { fake_aws_send, fake_aws_close };

    memset(a, 0, sizeof(*a));
    a->base.ops = &ops;
    a->clock = clock;
    a->lifetime_ms = 3600 * 1000;
    lock_init(&a->lock);
}

/* No environment at all. */
static inline const char *fake_no_env(const struct creds_world *w, const char *name)
{
    (void)w;
    return strcmp(name, "HOME") == 0 ? "/nonexistent" : NULL;
}

static const struct setting_row fake_chain[] = {
    { SETTING_AUTHENTICATION_TYPE, "IAM Credentials" },
    { SETTING_UID, "AKIABASE" },
    { SETTING_PWD, "canary-base-secret" },
    { SETTING_AWS_REGION, "eu-west-1" },
    { SETTING_RUN_AS_ROLE, "arn:aws:iam::111122223333:role/RoleA" },
    { SETTING_CONSUMER_ACCOUNT_ROLE_ARN, "arn:aws:iam::222233334444:role/RoleB" },
    { SETTING_EXTERNAL_ID, "canary-external-id" },
    { SETTING_WORKGROUP, "retail" },
    { SETTING_SCOPE_DOWN, "on" },
};

#define FAKE_CHAIN_ROWS (sizeof(fake_chain) / sizeof(fake_chain[0]))

static inline bool fake_open(const struct settings *s, struct fake_aws *a, struct spoke **out,
                             struct notices *notices, struct fault *f)
{
    struct spoke_parts *parts = calloc(1, sizeof(*parts)); /* chains outlive the call */
    bool ok;

    *parts = (struct spoke_parts){ .transport = &a->base, .clock = a->clock, .env = fake_no_env };
    ok = spoke_open_parts(s, parts, NULL, notices, out, f);
    free(parts);
    return ok;
}

/* Whether a text occurs in any record of a fault. */
static inline bool fault_says(const struct fault *f, const char *text)
{
    bool found = strstr(f->text, text) != NULL;

    for (unsigned i = 0; i < f->n_notes; i++) {
        found = found || strstr(f->notes[i], text) != NULL;
    }
    return found;
}

#endif
