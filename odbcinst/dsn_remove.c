/* athena-odbc dsn remove: takes a data source out of its file and says what is left behind in AWS.
 */
#include "config/keyword.h"
#include "documents.h"
#include "say.h"
#include "section.h"

enum { STEPS_MAX = 4, STEP_BYTES = 600 };

struct steps {
    unsigned n;
    char at[STEPS_MAX][STEP_BYTES];
};

static struct span value_of(const struct ini_text *t, const struct ini_section *s,
                            enum setting_id id)
{
    struct span rest = span_part(buf_span(&t->text), s->from, s->to - s->from), key, value;

    while (ini_text_pair(&rest, &key, &value)) {
        if (keyword_find(key) == id) {
            return value;
        }
    }
    return NO_SPAN;
}

static void find_steps(const struct ini_text *t, const struct ini_section *s, struct steps *out)
{
    struct span consumer = value_of(t, s, SETTING_CONSUMER_ACCOUNT_ROLE_ARN),
                run_as = value_of(t, s, SETTING_RUN_AS_ROLE);
    struct span account = arn_account(consumer), role = arn_role_name(consumer),
                above = arn_role_name(run_as);

    out->n = 0;
    if (consumer.len == 0) {
        return;
    }
    snprintf(out->at[out->n++], STEP_BYTES,
             "Account %.*s: remove the external id's statement from the trust policy of %.*s, or "
             "delete the role when no other "
             "data source uses it: aws iam get-role --role-name %.*s",
             (int)account.len, account.at, (int)consumer.len, consumer.at, (int)role.len, role.at);
    if (run_as.len > 0) {
        snprintf(out->at[out->n++], STEP_BYTES,
                 "Central account: take %.*s out of the permissions of %.*s: aws iam "
                 "list-role-policies --role-name %.*s; "
                 "aws iam list-attached-role-policies --role-name %.*s",
                 (int)consumer.len, consumer.at, (int)run_as.len, run_as.at, (int)above.len,
                 above.at, (int)above.len, above.at);
    }
    snprintf(out->at[out->n++], STEP_BYTES,
             "Sessions that were given out end by themselves within an hour; to end them at once, "
             "attach a policy to %.*s that denies "
             "everything to tokens issued before now (aws:TokenIssueTime).",
             (int)role.len, role.at);
}

static int print(const struct arguments *a, const char *path, const struct steps *steps)
{
    struct buf out = { 0 };
    struct json_writer w = { .out = &out };

    if (!wants_json(a)) {
        printf("%s: data source [%s] removed\n", path, a->at[0]);
        for (unsigned i = 0; i < steps->n; i++) {
            printf("%s%u. ", i == 0 ? "\nLeft in AWS, when nothing else uses it:\n  " : "  ",
                   i + 1);
            say_text(stdout, span_of(steps->at[i]));
            fputc('\n', stdout);
        }
        return STATUS_OK;
    }
    json_open(&w, '{');
    json_string_member(&w, "removed", span_of(a->at[0]));
    json_string_member(&w, "file", span_of(path));
    json_name(&w, "steps");
    json_open(&w, '[');
    for (unsigned i = 0; i < steps->n; i++) {
        json_string(&w, span_of(steps->at[i]));
    }
    json_close(&w, ']');
    json_close(&w, '}');
    int status = say_json(&w, STATUS_OK);
    buf_free(&out);
    return status;
}

/* A generated section would come back with the next `dsn generate`. */
static bool is_generated(const struct ini_text *t, const struct ini_section *s)
{
    struct span before = span_part(buf_span(&t->text), 0, s->from);
    size_t opened = 0, closed = 0, at = 0;

    while (at < before.len) {
        struct span rest = span_from(before, at);
        size_t begin = span_find(rest, SPAN("# >>> athena-odbc inventory ")),
               end = span_find(rest, SPAN("# <<< athena-odbc inventory "));
        if (begin == rest.len && end == rest.len) {
            break;
        }
        opened += begin < end;
        closed += end < begin;
        at += (begin < end ? begin : end) + 5;
    }
    return opened > closed;
}

static int run(const struct arguments *a)
{
    struct section_places places;
    struct ini_text t = { .n = 0 };
    struct fault f = { 0 };
    struct steps steps = { 0 };
    const char *path = section_file(a, &places, &f);
    bool ok = path != NULL && ini_text_read(&t, path, &f);
    const struct ini_section *s = ok ? ini_text_find(&t, span_of(a->at[0]), 0) : NULL;

    if (ok && s == NULL) {
        ok = fault_set(&f, FAULT_SETTING, "%s has no data source [%s].", path, a->at[0]);
    } else if (ok && is_generated(&t, s)) {
        ok = fault_set(&f, FAULT_SETTING,
                       "%s:%u: [%s] was made from an inventory: take it out of the inventory and "
                       "run dsn generate again.",
                       path, s->line, a->at[0]);
    }
    if (ok) {
        find_steps(&t, s, &steps);
        ok = ini_text_replace(&t, s->from, s->to, SPAN(""), &f) && ini_text_write(&t, &f);
    }
    int status = ok ? print(a, path, &steps) : say_fault(&f, wants_json(a));
    ini_text_free(&t);
    return status;
}

static const struct option options[] = {
    { "--user", NULL, "from the user's odbc.ini (this is the default)" },
    { "--system", NULL, "from the system's odbc.ini" },
    { "--file", "PATH", "from this file" },
    { NULL, NULL, NULL },
};

const struct command command_dsn_remove = {
    "dsn remove", "NAME", "Removes a data source and says what is left in AWS", 1, 1, options, run
};
