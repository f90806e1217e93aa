/* athena-odbc dsn check: opens every spoke of an inventory, many at a time, and prints how far each
 * came. Free calls only. */
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "crowd.h"
#include "interrupt.h"
#include "inventory.h"
#include "say.h"
#include "spoke/spoke.h"

struct checked {
    struct span name, account, workgroup; /* in the inventory */
    struct settings settings;
    struct notices notices;
    struct fault fault;
    bool is_loaded, is_done, is_ok, is_workgroup_known, is_workgroup_disabled;
    char engine[64];
    int64_t took_ms;
};

struct check {
    struct checked *at;
    unsigned n, n_bad;
    struct wake stop;
    bool is_terminal;
};

static void work(void *context, unsigned index)
{
    struct check *c = context;
    struct checked *s = &c->at[index];
    const struct clock *clock = clock_system();
    struct aws_bounds bounds = { .cancel = &c->stop };
    struct spoke *spoke = NULL;
    int64_t started = clock->steady_ms(clock);

    if (s->is_loaded && spoke_open(&s->settings, &bounds, &s->notices, &spoke, &s->fault)) {
        const struct workgroup_facts *w = spoke_workgroup(spoke);
        s->is_ok = !w->is_disabled;
        s->is_workgroup_known = w->is_known;
        s->is_workgroup_disabled = w->is_disabled;
        span_to_c(span_of(w->engine_version), s->engine, sizeof(s->engine));
        spoke_close(spoke);
    }
    s->took_ms = clock->steady_ms(clock) - started;
    s->is_done = true;
}

static void progress(void *context, unsigned n_done, unsigned n)
{
    struct check *c = context;

    if (c->is_terminal) {
        fprintf(stderr, "\r\033[K%u of %u spokes checked", n_done, n);
        fflush(stderr);
    }
}

static bool load(struct check *c, const struct inventory *inv, struct fault *f)
{
    c->at = calloc(inv->n > 0 ? inv->n : 1, sizeof(*c->at));
    if (c->at == NULL) {
        return fault_memory(f);
    }
    for (c->n = 0; c->n < inv->n; c->n++) {
        struct checked *s = &c->at[c->n];
        const struct inventory_spoke *from = &inv->at[c->n];
        s->name = from->word[WORD_NAME];
        s->account = from->word[WORD_ACCOUNT];
        s->workgroup = from->text[SETTING_WORKGROUP];
        s->is_loaded = inventory_settings(inv, from, &s->settings, &s->notices, &s->fault);
    }
    return true;
}

/* The columns of the matrix: what is known of each step. */
enum cell { CELL_OK, CELL_FAIL, CELL_NONE };
static const char *const cell_names[] = { "OK", "FAIL", "-" };

static enum cell cell_of(const struct checked *s, enum fault_hop hop)
{
    enum fault_hop where = !s->is_loaded || s->fault.hop == HOP_NONE ? HOP_BASE : s->fault.hop;
    bool has_hop = hop == HOP_RUN_AS ? settings_text(&s->settings, SETTING_RUN_AS_ROLE).len > 0
                   : hop == HOP_CONSUMER
                       ? settings_text(&s->settings, SETTING_CONSUMER_ACCOUNT_ROLE_ARN).len > 0
                       : true;

    if (!s->is_done || !has_hop) {
        return CELL_NONE;
    }
    if (s->fault.kind == FAULT_NONE) {
        return hop == HOP_SERVICE && s->is_workgroup_disabled ? CELL_FAIL
               : hop == HOP_SERVICE && !s->is_workgroup_known ? CELL_NONE
                                                              : CELL_OK;
    }
    return hop < where ? CELL_OK : hop == where ? CELL_FAIL : CELL_NONE;
}

static const char *said(const struct checked *s)
{
    return s->fault.kind != FAULT_NONE ? s->fault.text
           : s->is_workgroup_disabled  ? "the workgroup is disabled"
           : s->is_done                ? s->engine
                                       : "not checked";
}

static void print_table(const struct check *c)
{
    static const char *const head[] = { "SPOKE",     "ACCOUNT", "BASE", "HOP 1", "HOP 2",
                                        "WORKGROUP", "MS",      "SAYS", NULL };
    static const enum fault_hop hops[] = { HOP_BASE, HOP_RUN_AS, HOP_CONSUMER, HOP_SERVICE };
    struct table t;

    table_begin(&t, head);
    for (unsigned i = 0; i < c->n; i++) {
        const struct checked *s = &c->at[i];
        char ms[24];
        snprintf(ms, sizeof(ms), "%lld", (long long)s->took_ms);
        table_cell(&t, s->name);
        table_cell(&t, s->account.len > 0 ? s->account : SPAN("-"));
        for (size_t k = 0; k < sizeof(hops) / sizeof(hops[0]); k++) {
            table_cell_c(&t, cell_names[cell_of(s, hops[k])]);
        }
        table_cell_c(&t, ms);
        table_cell_c(&t, said(s));
    }
    (void)table_print(&t, stdout);
    printf("%u of %u spokes are well\n", c->n - c->n_bad, c->n);
}

static void print_json(const struct check *c)
{
    static const struct {
        const char *name;
        enum fault_hop hop;
    } hops[] = {
        { "base", HOP_BASE },
        { "hop1", HOP_RUN_AS },
        { "hop2", HOP_CONSUMER },
        { "workgroup", HOP_SERVICE },
    };
    struct buf out = { 0 };
    struct json_writer w = { .out = &out };

    json_open(&w, '{');
    json_name(&w, "spokes");
    json_open(&w, '[');
    for (unsigned i = 0; i < c->n; i++) {
        const struct checked *s = &c->at[i];
        json_open(&w, '{');
        json_string_member(&w, "name", s->name);
        json_string_member(&w, "account", s->account);
        for (size_t k = 0; k < sizeof(hops) / sizeof(hops[0]); k++) {
            json_string_member(&w, hops[k].name, span_of(cell_names[cell_of(s, hops[k].hop)]));
        }
        json_name(&w, "ms");
        json_number(&w, s->took_ms);
        json_name(&w, "ok");
        json_flag(&w, s->is_ok);
        if (s->fault.kind != FAULT_NONE) {
            json_name(&w, "error");
            json_open(&w, '{');
            say_fault_members(&w, &s->fault);
            json_close(&w, '}');
        }
        json_close(&w, '}');
    }
    json_close(&w, ']');
    json_name(&w, "failed");
    json_number(&w, c->n_bad);
    json_close(&w, '}');
    (void)say_json(&w, STATUS_OK);
    buf_free(&out);
}

static int check(const struct arguments *a, const struct inventory *inv, struct fault *f)
{
    struct check c = { .is_terminal = isatty(STDERR_FILENO) != 0 };
    struct crowd crowd = {
        .n = inv->n, .work = work, .context = &c, .progress = progress, .stop = &c.stop
    };
    int status;

    wake_init(&c.stop);
    interrupt_begin(&c.stop);
    bool ok = load(&c, inv, f) && crowd_run(&crowd, f);
    interrupt_end();
    if (c.is_terminal) {
        fputs("\r\033[K", stderr);
    }
    for (unsigned i = 0; i < c.n; i++) {
        c.n_bad += !c.at[i].is_ok;
    }
    if (ok && wants_json(a)) {
        print_json(&c);
    } else if (ok) {
        print_table(&c);
    }
    status = !ok              ? say_fault(f, wants_json(a))
             : c.n_bad == 0   ? STATUS_OK
             : c.n_bad == c.n ? STATUS_FAILED
                              : STATUS_SOME;
    for (unsigned i = 0; i < c.n; i++) {
        settings_free(&c.at[i].settings);
    }
    free(c.at);
    wake_done(&c.stop);
    return status;
}

static int run(const struct arguments *a)
{
    struct inventory inv;
    struct fault f = { 0 };
    int status =
        inventory_load(&inv, a->at[0], &f) ? check(a, &inv, &f) : say_fault(&f, wants_json(a));

    inventory_free(&inv);
    return status;
}

const struct command command_dsn_check = {
    "dsn check", "INVENTORY", "Opens every spoke of an inventory and prints how far each came",
    1,           1,           NULL,
    run
};
