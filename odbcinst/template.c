/* athena-odbc template: CloudFormation for the consumer account of a data source, or for the
 * central account of an inventory. */
#include "template.h"

#include "command.h"
#include "policy.h"
#include "say.h"
#include "target.h"

static bool make_central(const struct arguments *a, struct json_writer *w, struct fault *f)
{
    struct inventory inv;
    bool ok =
        inventory_load(&inv, option_value(a, "--inventory"), f) &&
        template_central(w, &inv, option_value(a, "--base"), option_value(a, "--organization"), f);

    inventory_free(&inv);
    return ok;
}

static bool make_consumer(const struct arguments *a, struct json_writer *w, struct fault *f)
{
    struct target t;
    struct policy_room room = { .base = "" };
    struct grant g;

    if (!target_load(&t, a->at[0], f)) {
        return false;
    }
    bool ok = policy_grant(a, &t, &room, &g, f);
    if (ok && g.consumer.len == 0) {
        ok = fault_set(f, FAULT_SETTING,
                       "The data source sets no ConsumerAccountRoleArn: there is nothing to make "
                       "in another account.");
    } else if (ok && g.results.len == 0) {
        ok = fault_set(f, FAULT_SETTING,
                       "No place for results is known: name the bucket that is to be made with "
                       "--results s3://bucket/prefix/.");
    }
    if (ok) {
        template_consumer(w, &g, option_is_set(a, "--with-external-id") && g.external_id.len > 0);
    }
    target_free(&t);
    return ok;
}

static int run(const struct arguments *a)
{
    struct buf out = { .is_secret = true };
    struct fault f = { 0 };
    struct json_writer w = { .out = &out, .f = &f };
    bool is_central = option_is_set(a, "--inventory");

    if (is_central == (a->n == 1)) {
        return usage_error("usage: athena-odbc template DSN, or template --inventory FILE");
    }
    bool ok = is_central ? make_central(a, &w, &f) : make_consumer(a, &w, &f);
    int status = ok ? say_json(&w, STATUS_OK) : say_fault(&f, wants_json(a));
    buf_free(&out);
    return status;
}

static const struct option options[] = {
    { "--inventory", "FILE", "the central account's role for all spokes of an inventory instead" },
    { "--organization", "ID",
      "with --inventory: one statement on the path /athena-odbc/ of this organisation" },
    POLICY_OPTIONS,
    { NULL, NULL, NULL },
};

const struct command command_template = {
    "template", "DSN | --inventory FILE", "Prints CloudFormation, filled in", 0, 1, options, run
};
