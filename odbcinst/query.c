/* athena-odbc query: one statement on one data source. Several at once are hub.c's. */
#include "query.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "hub.h"
#include "interrupt.h"
#include "run.h"
#include "say.h"
#include "target.h"

enum { SQL_BYTES_MAX = 262144 };

bool query_format(const struct arguments *a, enum rows_format *out)
{
    *out = wants_json(a) ? ROWS_JSON : option_is_set(a, "--csv") ? ROWS_CSV : ROWS_TABLE;
    return !(wants_json(a) && option_is_set(a, "--csv"));
}

/* A dash reads the statement from the standard input. */
bool query_text(const char *given, struct buf *out, struct fault *f)
{
    char part[4096];
    size_t n;

    *out = (struct buf){ .ceiling = SQL_BYTES_MAX + 1 };
    if (given[0] != '-' || given[1] != 0) {
        return buf_add(out, span_of(given), f);
    }
    while ((n = fread(part, 1, sizeof(part), stdin)) > 0) {
        if (!buf_add(out, (struct span){ part, n }, f)) {
            return false;
        }
    }
    return true;
}

/* The line that is written over and over, on a terminal only. */
struct meter {
    const struct clock *clock;
    int64_t started_ms;
    bool is_shown;
};

static const char *state_name(enum query_state state)
{
    static const char *const names[] = { "queued", "running", "succeeded", "failed", "cancelled" };

    return (size_t)state < sizeof(names) / sizeof(names[0]) ? names[state] : "?";
}

static void show_progress(void *context, const struct execution *e)
{
    struct meter *m = context;
    struct execution *locked = (struct execution *)e; /* its lock is no part of what it says */
    char scanned[32];

    lock_take(&locked->lock);
    enum query_state state = e->state;
    int64_t bytes = e->scanned_bytes;
    lock_give(&locked->lock);
    say_bytes(bytes, scanned, sizeof(scanned));
    fprintf(stderr, "\r\033[K%s  %.1f s  %s scanned", state_name(state),
            (double)(m->clock->steady_ms(m->clock) - m->started_ms) / 1000, scanned);
    fflush(stderr);
    m->is_shown = true;
}

static void hide_progress(struct meter *m)
{
    if (m->is_shown) {
        fputs("\r\033[K", stderr);
        m->is_shown = false;
    }
}

void query_facts_members(struct json_writer *w, const struct run_facts *facts)
{
    char cost[40];

    say_cost(facts->cost_usd, cost, sizeof(cost));
    json_string_member(w, "query_id", facts->query_id[0] != 0 ? span_of(facts->query_id) : NO_SPAN);
    json_string_member(w, "account", facts->account[0] != 0 ? span_of(facts->account) : NO_SPAN);
    json_name(w, "scanned_bytes");
    json_number(w, facts->scanned_bytes);
    json_name(w, "total_ms");
    json_number(w, facts->total_ms);
    json_name(w, "reused");
    json_flag(w, facts->is_reused);
    json_string_member(w, "cost_estimate_usd", span_of(cost));
}

static void tell_end(const struct rows_out *o, const struct run *r, const struct run_facts *facts)
{
    char scanned[32], cost[40], rows[64];

    say_bytes(facts->scanned_bytes, scanned, sizeof(scanned));
    say_cost(facts->cost_usd, cost, sizeof(cost));
    if (run_source((struct run *)r) != NULL) {
        snprintf(rows, sizeof(rows), "%lld row%s", (long long)o->n_rows, o->n_rows == 1 ? "" : "s");
    } else if (run_row_count(r) >= 0) {
        snprintf(rows, sizeof(rows), "%lld rows changed", (long long)run_row_count(r));
    } else {
        snprintf(rows, sizeof(rows), "done");
    }
    fprintf(stderr, "%s; query %s; %s scanned, about %s USD; %.1f s%s; paid by account %s\n", rows,
            facts->query_id, scanned, cost, (double)facts->total_ms / 1000,
            facts->is_reused ? " (an earlier result)" : "",
            facts->account[0] != 0 ? facts->account : "(not known)");
}

bool query_copy_rows(struct row_source *source, struct rows_out *o, struct span lead,
                     struct fault *f)
{
    struct batch batch;
    enum row_step step;

    while ((step = row_source_next(source, &batch, f)) == ROW_BATCH) {
        for (unsigned row = 0; row < batch.n_rows; row++) {
            if (!rows_out_row(o, lead, batch.cells + (size_t)row * batch.n_columns, f)) {
                return false;
            }
        }
    }
    return step == ROW_END;
}

static bool print_result(struct run *r, enum rows_format format, const struct run_facts *facts,
                         struct fault *f)
{
    static const struct columns none = { 0 };
    struct row_source *source = run_source(r);
    struct rows_out o;
    bool ok =
        rows_out_begin(&o, format, stdout, NULL, source != NULL ? &source->columns : &none, f) &&
        (source == NULL || query_copy_rows(source, &o, NO_SPAN, f)) && rows_out_end(&o, f);

    if (ok && format == ROWS_JSON) {
        if (run_row_count(r) >= 0) {
            json_name(&o.json, "rows_changed");
            json_number(&o.json, run_row_count(r));
        }
        query_facts_members(&o.json, facts);
    }
    ok = ok && rows_out_finish(&o, f);
    if (ok && format != ROWS_JSON) {
        tell_end(&o, r, facts);
    }
    rows_out_free(&o);
    return ok;
}

static bool run_one(struct target *t, struct span sql, enum rows_format format, struct wake *stop,
                    struct fault *f)
{
    const struct clock *clock = clock_system();
    struct meter meter = { .clock = clock, .started_ms = clock->steady_ms(clock) };
    struct aws_bounds bounds = { .cancel = stop };
    struct spoke *spoke = NULL;
    struct run *r = NULL;
    struct run_facts facts;
    bool is_terminal = isatty(STDERR_FILENO) != 0;

    if (!spoke_open(&t->settings, &bounds, &t->notices, &spoke, f)) {
        return false;
    }
    struct run_request request = { spoke,  sql,  is_terminal ? show_progress : NULL,
                                   &meter, stop, &t->notices };
    bool ok = run_open(&request, &r, &facts, f);
    hide_progress(&meter);
    say_notices(&t->notices);
    ok = ok && print_result(r, format, &facts, f);
    run_close(r);
    spoke_close(spoke);
    return ok;
}

static int run(const struct arguments *a)
{
    struct target target = { 0 };
    struct buf sql = { 0 };
    struct fault f = { 0 };
    struct wake stop;
    enum rows_format format;
    bool is_hub = option_is_set(a, "--inventory") || option_is_set(a, "--spoke");

    if (!query_format(a, &format)) {
        return usage_error("--csv and --json exclude each other");
    }
    if (is_hub ? a->n != 1 : a->n != 2) {
        return usage_error("usage: athena-odbc query DSN SQL, or query --inventory FILE [--spoke "
                           "A,B] SQL, or query --spoke A,B SQL");
    }
    wake_init(&stop);
    interrupt_begin(&stop);
    bool ok = query_text(a->at[a->n - 1], &sql, &f);
    int status = STATUS_OK;
    if (ok && is_hub) {
        status = hub_query(a, buf_span(&sql), format, &stop);
    } else if (!ok || !target_load(&target, a->at[0], &f) ||
               !run_one(&target, buf_span(&sql), format, &stop, &f)) {
        status = say_fault(&f, wants_json(a));
    }
    interrupt_end();
    wake_done(&stop);
    buf_free(&sql);
    target_free(&target);
    return status;
}

static const struct option options[] = {
    { "--csv", NULL, "rows as comma-separated values; NULL is empty, an empty text is \"\"" },
    { "--inventory", "FILE", "run it on every spoke of an inventory" },
    { "--spoke", "A,B", "only on these spokes; without --inventory these data sources" },
    { NULL, NULL, NULL },
};

const struct command command_query = { "query",
                                       "DSN SQL | --inventory FILE SQL",
                                       "Runs a statement and prints its rows",
                                       1,
                                       2,
                                       options,
                                       run };
