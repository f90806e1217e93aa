/* athena-odbc audit: sums up audit files. Local evidence and estimates; CloudTrail and the bill are
 * the record. */
#include "audit.h"
#include "command.h"
#include "say.h"

static int print_json(const struct audit_sum *s)
{
    struct buf out = { 0 };
    struct json_writer w = { .out = &out };
    char cost[40];

    json_open(&w, '{');
    for (unsigned by = 0; by < AUDIT_BYS; by++) {
        json_name(&w, audit_by_names[by]);
        json_open(&w, '[');
        for (unsigned i = 0; i < s->n[by]; i++) {
            const struct audit_group *g = &s->groups[by][i];
            snprintf(cost, sizeof(cost), "%.6f", g->cost_usd);
            json_open(&w, '{');
            json_string_member(&w, "name", g->name);
            json_name(&w, "queries");
            json_number(&w, g->n_queries);
            json_name(&w, "failed");
            json_number(&w, g->n_failed);
            json_name(&w, "scanned_bytes");
            json_number(&w, g->scanned_bytes);
            json_string_member(&w, "cost_estimate_usd", span_of(cost));
            json_close(&w, '}');
        }
        json_close(&w, ']');
    }
    json_name(&w, "unreadable_lines");
    json_number(&w, s->n_bad_lines);
    json_close(&w, '}');
    int status = say_json(&w, STATUS_OK);
    buf_free(&out);
    return status;
}

static int print_table(const struct audit_sum *s)
{
    static const char *const head[] = { "BY", "NAME", "QUERIES", "FAILED", "SCANNED", "USD", NULL };
    struct table t;
    char text[40];

    table_begin(&t, head);
    for (unsigned by = 0; by < AUDIT_BYS; by++) {
        for (unsigned i = 0; i < s->n[by]; i++) {
            const struct audit_group *g = &s->groups[by][i];
            table_cell_c(&t, audit_by_names[by]);
            table_cell(&t, g->name);
            snprintf(text, sizeof(text), "%lld", (long long)g->n_queries);
            table_cell_c(&t, text);
            snprintf(text, sizeof(text), "%lld", (long long)g->n_failed);
            table_cell_c(&t, text);
            say_bytes(g->scanned_bytes, text, sizeof(text));
            table_cell_c(&t, text);
            snprintf(text, sizeof(text), "%.6f", g->cost_usd);
            table_cell_c(&t, text);
        }
    }
    if (s->n_bad_lines > 0) {
        fprintf(stderr, "warning: %u lines could not be read\n", s->n_bad_lines);
    }
    return table_print(&t, stdout) ? STATUS_OK : STATUS_FAILED;
}

static int run(const struct arguments *a)
{
    struct audit_sum s = { .n_bad_lines = 0 };
    struct fault f = { 0 };
    const char *picture = option_value(a, "--svg");
    bool ok = true;

    for (unsigned i = 0; ok && i < a->n; i++) {
        ok = audit_read(&s, a->at[i], &f);
    }
    audit_sort(&s);
    ok = ok && (picture == NULL || audit_plot(&s, picture, &f));
    int status = !ok             ? say_fault(&f, wants_json(a))
                 : wants_json(a) ? print_json(&s)
                                 : print_table(&s);
    audit_free(&s);
    return status;
}

static const struct option options[] = { { "--svg", "FILE", "draw it too" }, { NULL, NULL, NULL } };

const struct command command_audit = {
    "audit", "FILE ...",    "Sums up audit files: bytes and cost by spoke, user and day",
    1,       ARGUMENTS_MAX, options,
    run
};
