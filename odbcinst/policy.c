/* athena-odbc policy: the documents of both accounts for a data source, and what the driver narrows
 * its sessions to. */
#include <string.h>

#include "aws/policy.h"
#include "documents.h"
#include "policy.h"
#include "probe.h"
#include "say.h"
#include "target.h"

/* Asks AWS for what the settings leave open: who signs in, where the workgroup keeps results. What
 * cannot be learnt stays open. */
struct learnt {
    struct probe_base base;
    struct workgroup_facts workgroup;
    bool has_base, has_workgroup;
};

static void learn(const struct target *t, struct learnt *l)
{
    struct probe p;
    struct fault f = { 0 };
    struct creds held;
    struct notices notices = { 0 };
    struct aws_client *athena = NULL;

    *l = (struct learnt){ .has_base = false };
    if (probe_wire(&p, &t->settings, &notices, &f)) {
        l->has_base = probe_base(&p, &l->base, &f);
        bool ok =
            l->has_base && (!probe_has(&p, HOP_CONSUMER) ||
                            (probe_hop(&p, HOP_CONSUMER, &held, &f) && (creds_wipe(&held), true)));
        ok = ok && probe_client(&p, AWS_ATHENA, &athena, &f);
        l->has_workgroup =
            ok && athena_get_workgroup(athena, settings_text(&t->settings, SETTING_WORKGROUP),
                                       &p.bounds, &l->workgroup, &f);
        aws_client_free(athena);
    }
    probe_done(&p);
}

/* The ARN that a trust policy names: the role of an assumed-role session, not the session. */
void policy_trustable(const char *arn, char *to, size_t room)
{
    struct span rest = span_of(arn);
    size_t at = span_find(rest, SPAN(":sts::")), role = span_find(rest, SPAN(":assumed-role/"));

    if (at == rest.len || role == rest.len) {
        span_to_c(rest, to, room);
        return;
    }
    struct span partition = policy_partition(rest), account = arn_account(rest),
                name = span_from(rest, role + 14);
    name = span_part(name, 0, span_find_byte(name, '/'));
    snprintf(to, room, "arn:%.*s:iam::%.*s:role/%.*s", (int)partition.len, partition.at,
             (int)account.len, account.at, (int)name.len, name.at);
}

bool policy_grant(const struct arguments *a, const struct target *t, struct policy_room *room,
                  struct grant *g, struct fault *f)
{
    const char *base = option_value(a, "--base"), *results = option_value(a, "--results");
    struct learnt learnt = { .has_base = false };

    grant_from_settings(g, &t->settings);
    if (!option_is_set(a, "--offline") &&
        (base == NULL || (g->results.len == 0 && results == NULL))) {
        learn(t, &learnt);
    }
    if (learnt.has_base) {
        policy_trustable(learnt.base.who.arn, room->base, sizeof(room->base));
    }
    g->base = base != NULL ? span_of(base) : room->base[0] != 0 ? span_of(room->base) : NO_SPAN;
    span_to_c(span_of(learnt.workgroup.output_location), room->results, sizeof(room->results));
    bool is_enforced = learnt.has_workgroup &&
                       (learnt.workgroup.is_enforced || g->results.len == 0) &&
                       room->results[0] != 0;
    g->results = results != NULL ? span_of(results)
                 : is_enforced   ? span_of(room->results)
                                 : g->results;
    g->external_id = settings_text(&t->settings, SETTING_EXTERNAL_ID).len == 0 ? NO_SPAN
                     : option_is_set(a, "--with-external-id")
                         ? settings_text(&t->settings, SETTING_EXTERNAL_ID)
                         : SPAN("<ExternalId of the data source>");
    g->may_write = option_is_set(a, "--write");
    g->has_lake_formation = option_is_set(a, "--lake-formation");
    if (g->region.len == 0) {
        return fault_set(f, FAULT_SETTING,
                         "AwsRegion is not set in the data source: the documents name it.");
    }
    return (!option_is_set(a, "--database") ||
            grant_list_take(&g->databases, option_value(a, "--database"), "--database", f)) &&
           grant_list_take(&g->data, option_value(a, "--data"), "--data", f) &&
           grant_list_take(&g->keys, option_value(a, "--kms"), "--kms", f);
}

static bool scope_down(const struct settings *s, struct buf *out, struct fault *f)
{
    struct span consumer = settings_text(s, SETTING_CONSUMER_ACCOUNT_ROLE_ARN),
                scope = settings_text(s, SETTING_SCOPE_DOWN);

    if (consumer.len == 0 || settings_text(s, SETTING_RUN_AS_ROLE).len == 0 ||
        span_equal_nocase(scope, SPAN("off"))) {
        return true;
    }
    return policy_scope_down(consumer, span_equal_nocase(scope, SPAN("strict")), out, f);
}

static bool last_hop(const struct settings *s, struct span partition, struct buf *out,
                     struct fault *f)
{
    struct span given = settings_text(s, SETTING_SESSION_POLICY),
                results = settings_text(s, SETTING_S3_OUTPUT_LOCATION);

    if (settings_flag(s, SETTING_READ_ONLY)) {
        return policy_read_only(partition, results.len > 0 ? results : SPAN(""),
                                given.len > 0 ? given : SPAN(""), out, f);
    }
    return given.len == 0 || buf_add(out, given, f);
}

bool policy_sessions(const struct settings *s, struct span partition, struct buf *hop1,
                     struct buf *hop2, struct fault *f)
{
    return scope_down(s, hop1, f) && last_hop(s, partition, hop2, f);
}

/* One part of the answer: a title for people, a name for programs, a document as JSON text. */
struct part {
    const char *title, *name;
    struct buf text;
};
enum { PART_HOP1, PART_HOP2, PART_A_TRUST, PART_A_POLICY, PART_B_TRUST, PART_B_POLICY, PARTS };

static bool write_parts(const struct target *t, const struct grant *g, struct part parts[PARTS],
                        struct fault *f)
{
    static void (*const documents[PARTS])(struct json_writer *, const struct grant *) = {
        [PART_A_TRUST] = document_run_as_trust,
        [PART_A_POLICY] = document_run_as_policy,
        [PART_B_TRUST] = document_consumer_trust,
        [PART_B_POLICY] = document_consumer_policy,
    };

    if (!policy_sessions(&t->settings, g->partition, &parts[PART_HOP1].text, &parts[PART_HOP2].text,
                         f)) {
        return false;
    }
    for (unsigned i = PART_A_TRUST; i < PARTS; i++) {
        bool is_a = i == PART_A_TRUST || i == PART_A_POLICY;
        bool is_wanted = is_a ? g->run_as.len > 0 && (i == PART_A_TRUST || g->consumer.len > 0)
                              : g->consumer.len > 0 || i == PART_B_POLICY;
        struct json_writer w = { .out = &parts[i].text, .f = f };
        if (is_wanted) {
            documents[i](&w, g);
        }
        if (is_wanted && !json_done(&w)) {
            return false;
        }
    }
    return true;
}

static int print_json(const struct part parts[PARTS])
{
    struct buf out = { 0 };
    struct json_writer w = { .out = &out };

    json_open(&w, '{');
    for (unsigned i = 0; i < PARTS; i++) {
        if (parts[i].text.len > 0) {
            json_name(&w, parts[i].name);
            w.failed = w.failed || !buf_add(&out, buf_span(&parts[i].text), NULL);
            w.needs_comma = true;
        }
    }
    json_close(&w, '}');
    int status = say_json(&w, STATUS_OK);
    buf_free(&out);
    return status;
}

static int print_text(const struct part parts[PARTS], const struct grant *g)
{
    for (unsigned i = 0; i < PARTS; i++) {
        struct buf shown = { .is_secret = true };
        size_t n = parts[i].text.len;

        if (n == 0 || !say_indent(buf_span(&parts[i].text), &shown, NULL)) {
            continue;
        }
        if (i == PART_HOP1 || i == PART_HOP2) {
            printf("# %s: %zu of %d characters\n", parts[i].title, n, POLICY_PLAIN_MAX);
        } else {
            printf("# %s\n", parts[i].title);
        }
        printf("%.*s\n\n", (int)shown.len, shown.at);
        buf_free(&shown);
    }
    if (g->data.n == 0) {
        fputs("note: no right on data is listed: name the places of the tables with --data "
              "s3://bucket/prefix,...\n",
              stderr);
    }
    if (g->results.len == 0) {
        fputs("note: no result place is known: name it with --results, or leave it out when Athena "
              "manages the results\n",
              stderr);
    }
    return STATUS_OK;
}

/* One document by its name, as text for a file. */
static int print_one(const struct part parts[PARTS], const char *name)
{
    for (unsigned i = 0; i < PARTS; i++) {
        struct buf shown = { .is_secret = true };

        if (strcmp(parts[i].name, name) != 0) {
            continue;
        }
        if (parts[i].text.len == 0) {
            fprintf(stderr, "athena-odbc: this data source has no %s\n", name);
            return STATUS_FAILED;
        }
        bool ok = say_indent(buf_span(&parts[i].text), &shown, NULL);
        printf("%.*s\n", (int)shown.len, ok ? shown.at : "");
        buf_free(&shown);
        return ok ? STATUS_OK : STATUS_FAILED;
    }
    fputs("athena-odbc: --only takes one of", stderr);
    for (unsigned i = 0; i < PARTS; i++) {
        fprintf(stderr, "%s%s", i > 0 ? ", " : " ", parts[i].name);
    }
    fputs("\n", stderr);
    return STATUS_USAGE;
}

static int run(const struct arguments *a)
{
    const char *only = option_value(a, "--only");
    struct part parts[PARTS] = {
        { "Session policy of hop 1, attached by the driver", "run_as_session_policy", { 0 } },
        { "Session policy of hop 2, attached by the driver", "consumer_session_policy", { 0 } },
        { "RunAsRole, central account: trust policy", "run_as_trust", { 0 } },
        { "RunAsRole, central account: permissions", "run_as_policy", { 0 } },
        { "ConsumerAccountRoleArn, consumer account: trust policy", "consumer_trust", { 0 } },
        { "Consumer account: permissions of the role that queries", "consumer_policy", { 0 } },
    };
    struct target t;
    struct policy_room room = { .base = "" };
    struct grant g;
    struct fault f = { 0 };
    int status;

    if (!target_load(&t, a->at[0], &f)) {
        return say_fault(&f, wants_json(a));
    }
    bool ok = policy_grant(a, &t, &room, &g, &f) && write_parts(&t, &g, parts, &f);
    status = !ok             ? say_fault(&f, wants_json(a))
             : only != NULL  ? print_one(parts, only)
             : wants_json(a) ? print_json(parts)
                             : print_text(parts, &g);
    for (unsigned i = 0; i < PARTS; i++) {
        buf_free(&parts[i].text);
    }
    target_free(&t);
    return status;
}

static const struct option options[] = {
    POLICY_OPTIONS,
    { "--only", "NAME", "one document, ready for a file; by its name in --json" },
    { NULL, NULL, NULL },
};

const struct command command_policy = {
    "policy", "DSN", "Prints the session policies and the documents of both roles", 1, 1,
    options,  run
};
