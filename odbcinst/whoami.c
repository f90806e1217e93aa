/* athena-odbc whoami: the identities a data source goes through, as AWS names them. */
#include "command.h"
#include "probe.h"
#include "say.h"
#include "target.h"

enum { STEPS_MAX = 3 };

struct step {
    const char *title, *name; /* for people, for JSON */
    char arn[CREDS_ARN_MAX], account[16], source[96];
    int64_t expires_wall_ms;
};

static void take_base(struct step *s, const struct probe_base *base)
{
    *s = (struct step){ .title = "base", .name = "base", .expires_wall_ms = base->expires_wall_ms };
    span_to_c(span_of(base->who.arn), s->arn, sizeof(s->arn));
    span_to_c(span_of(base->who.account), s->account, sizeof(s->account));
    span_to_c(span_of(base->source), s->source, sizeof(s->source));
}

static void take_hop(struct step *s, enum fault_hop hop, const struct creds *c)
{
    *s = (struct step){ .title = hop == HOP_RUN_AS ? "RunAsRole" : "ConsumerAccountRoleArn",
                        .name = hop == HOP_RUN_AS ? "run_as" : "consumer",
                        .expires_wall_ms = c->expires_wall_ms };
    span_to_c(span_of(c->arn), s->arn, sizeof(s->arn));
    span_to_c(span_of(c->account), s->account, sizeof(s->account));
    span_to_c(SPAN("sts:AssumeRole"), s->source, sizeof(s->source));
}

/* Walks as far as it goes; false with f set where it ends early. */
static bool walk(struct probe *p, struct step steps[STEPS_MAX], unsigned *n, struct fault *f)
{
    static const enum fault_hop hops[] = { HOP_RUN_AS, HOP_CONSUMER };
    struct probe_base base;
    const char *verdict, *fix;

    *n = 0;
    if (!probe_base(p, &base, f)) {
        if (probe_verdict(f, &verdict, &fix)) {
            fault_note(f, "%s. %s", verdict, fix);
        }
        return false;
    }
    take_base(&steps[(*n)++], &base);
    for (size_t i = 0; i < sizeof(hops) / sizeof(hops[0]); i++) {
        struct creds held = { 0 };

        if (!probe_has(p, hops[i])) {
            continue;
        }
        if (!probe_hop(p, hops[i], &held, f)) {
            return false;
        }
        take_hop(&steps[(*n)++], hops[i], &held);
        creds_wipe(&held);
    }
    return true;
}

static void expiry(const struct step *s, char to[24])
{
    to[0] = 0;
    if (s->expires_wall_ms != 0) {
        utc_print_iso(s->expires_wall_ms, to);
    }
}

static int print_json(const struct step *steps, unsigned n, const struct fault *f)
{
    struct buf out = { 0 };
    struct json_writer w = { .out = &out };
    char when[24];

    json_open(&w, '{');
    json_name(&w, "identities");
    json_open(&w, '[');
    for (unsigned i = 0; i < n; i++) {
        expiry(&steps[i], when);
        json_open(&w, '{');
        json_string_member(&w, "step", span_of(steps[i].name));
        json_string_member(&w, "arn", span_of(steps[i].arn));
        json_string_member(&w, "account", span_of(steps[i].account));
        json_string_member(&w, "source", span_of(steps[i].source));
        json_string_member(&w, "expires", when[0] != 0 ? span_of(when) : NO_SPAN);
        json_close(&w, '}');
    }
    json_close(&w, ']');
    if (f != NULL) {
        json_name(&w, "error");
        json_open(&w, '{');
        say_fault_members(&w, f);
        json_close(&w, '}');
    }
    json_close(&w, '}');
    int status = say_json(&w, f == NULL ? STATUS_OK : STATUS_FAILED);
    buf_free(&out);
    return status;
}

static int print_table(const struct step *steps, unsigned n, const struct fault *f)
{
    static const char *const head[] = { "STEP", "ACCOUNT", "IDENTITY", "BY", "UNTIL", NULL };
    struct table t;
    char when[24];

    table_begin(&t, head);
    for (unsigned i = 0; i < n; i++) {
        expiry(&steps[i], when);
        table_cell_c(&t, steps[i].title);
        table_cell_c(&t, steps[i].account);
        table_cell_c(&t, steps[i].arn);
        table_cell_c(&t, steps[i].source);
        table_cell_c(&t, when[0] != 0 ? when : "-");
    }
    bool ok = table_print(&t, stdout);
    fflush(stdout);
    return f != NULL ? say_fault(f, false) : ok ? STATUS_OK : STATUS_FAILED;
}

static int run(const struct arguments *a)
{
    struct target target;
    struct probe probe = { 0 };
    struct fault f = { 0 };
    struct step steps[STEPS_MAX];
    unsigned n = 0;

    if (!target_load(&target, a->at[0], &f)) {
        return say_fault(&f, wants_json(a));
    }
    bool ok = probe_wire(&probe, &target.settings, &target.notices, &f);
    say_notices(&target.notices);
    int status;
    if (!ok) {
        status = say_fault(&f, wants_json(a));
    } else {
        ok = walk(&probe, steps, &n, &f);
        status = wants_json(a) ? print_json(steps, n, ok ? NULL : &f)
                               : print_table(steps, n, ok ? NULL : &f);
    }
    probe_done(&probe);
    target_free(&target);
    return status;
}

const struct command command_whoami = {
    "whoami", "DSN", "Says who the data source is to AWS at each step of its chain", 1, 1, NULL, run
};
