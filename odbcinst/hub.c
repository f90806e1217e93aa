/* Runs one statement on several spokes and merges the rows. A spoke that fails is reported; the
 * rows of the others stay. */
#include "hub.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crowd.h"
#include "documents.h"
#include "inventory.h"
#include "say.h"
#include "target.h"

enum { HUB_SPOKES_MAX = 1000 };
static const size_t hub_bytes_max = (size_t)1024 * 1024 * 1024; /* rows of all spokes together */

struct hub_spoke {
    char name[256];
    struct settings settings;
    struct notices notices;
    bool is_loaded, is_done, is_ok;
    struct fault fault;
    struct run_facts facts;
    struct arena arena; /* columns and cells */
    struct columns columns;
    struct buf cells; /* struct span, row by row */
    int64_t n_rows, n_changed;
};

struct hub {
    struct hub_spoke *at;
    unsigned n;
    struct span sql;
    struct wake *stop;
    _Atomic size_t held_bytes;
    bool is_terminal;
};

static bool keep_columns(struct hub_spoke *s, const struct columns *from, struct fault *f)
{
    s->columns.at =
        arena_take_array(&s->arena, from->n > 0 ? from->n : 1, sizeof(*s->columns.at), f);
    if (s->columns.at == NULL) {
        return false;
    }
    for (s->columns.n = 0; s->columns.n < from->n; s->columns.n++) {
        struct column *to = &s->columns.at[s->columns.n];
        *to = (struct column){ .type = from->at[s->columns.n].type };
        struct span label = from->at[s->columns.n].label.len > 0 ? from->at[s->columns.n].label
                                                                 : from->at[s->columns.n].name;
        if (!arena_copy(&s->arena, label, &to->label, f)) {
            return false;
        }
    }
    return true;
}

static bool keep_batch(struct hub *h, struct hub_spoke *s, const struct batch *b, struct fault *f)
{
    size_t n = (size_t)b->n_rows * b->n_columns, bytes = n * sizeof(struct span);

    for (size_t i = 0; i < n; i++) {
        bytes += b->cells[i].len;
    }
    if (atomic_fetch_add(&h->held_bytes, bytes) + bytes > hub_bytes_max) {
        return fault_set(f, FAULT_CEILING,
                         "The rows of all spokes together are larger than %zu bytes: aggregate in "
                         "the statement, or ask fewer "
                         "spokes at once.",
                         hub_bytes_max);
    }
    for (size_t i = 0; i < n; i++) {
        struct span kept;
        if (!arena_copy(&s->arena, b->cells[i], &kept, f) ||
            !buf_add(&s->cells, (struct span){ (const char *)&kept, sizeof(kept) }, f)) {
            return false;
        }
    }
    s->n_rows += b->n_rows;
    return true;
}

static bool keep_rows(struct hub *h, struct hub_spoke *s, struct row_source *source,
                      struct fault *f)
{
    struct batch batch;
    enum row_step step;

    if (!keep_columns(s, &source->columns, f)) {
        return false;
    }
    while ((step = row_source_next(source, &batch, f)) == ROW_BATCH) {
        if (!keep_batch(h, s, &batch, f)) {
            return false;
        }
    }
    return step == ROW_END;
}

static bool run_spoke(struct hub *h, struct hub_spoke *s)
{
    struct aws_bounds bounds = { .cancel = h->stop };
    struct spoke *spoke = NULL;
    struct run *r = NULL;

    if (!spoke_open(&s->settings, &bounds, &s->notices, &spoke, &s->fault)) {
        return false;
    }
    struct run_request request = {
        .spoke = spoke, .sql = h->sql, .stop = h->stop, .notices = &s->notices
    };
    span_to_c(span_of(spoke_identity(spoke)->account), s->facts.account, sizeof(s->facts.account));
    bool ok = run_open(&request, &r, &s->facts, &s->fault);
    if (ok) {
        s->n_changed = run_row_count(r);
        ok = run_source(r) == NULL || keep_rows(h, s, run_source(r), &s->fault);
    }
    run_close(r);
    spoke_close(spoke);
    return ok;
}

static void work(void *context, unsigned index)
{
    struct hub *h = context;
    struct hub_spoke *s = &h->at[index];

    if (s->is_loaded) {
        s->is_ok = run_spoke(h, s);
    }
    s->is_done = true;
}

static void progress(void *context, unsigned n_done, unsigned n)
{
    struct hub *h = context;

    if (h->is_terminal) {
        fprintf(stderr, "\r\033[K%u of %u spokes done", n_done, n);
        fflush(stderr);
    }
}

static bool begin_spoke(struct hub *h, struct span name, struct hub_spoke **out, struct fault *f)
{
    if (h->n == HUB_SPOKES_MAX) {
        return fault_ceiling(f, "spokes of one query", HUB_SPOKES_MAX);
    }
    *out = &h->at[h->n++];
    **out = (struct hub_spoke){ .arena = { .ceiling_bytes = hub_bytes_max },
                                .cells = { .ceiling = hub_bytes_max },
                                .n_changed = -1 };
    span_to_c(name, (*out)->name, sizeof((*out)->name));
    return true;
}

/* Whose account it is, as far as the settings tell: for spokes that do not get far. */
static void guess_account(struct hub_spoke *s)
{
    struct span role = settings_text(&s->settings, SETTING_CONSUMER_ACCOUNT_ROLE_ARN);

    if (role.len > 0) {
        span_to_c(arn_account(role), s->facts.account, sizeof(s->facts.account));
    }
}

static bool is_listed(struct span list, struct span name)
{
    while (!span_is_null(list)) {
        if (span_equal_nocase(span_trim(span_next(&list, ',')), name)) {
            return true;
        }
    }
    return false;
}

static bool take_inventory(struct hub *h, const char *path, const char *only, struct fault *f)
{
    struct inventory inv;
    struct hub_spoke *s = NULL;
    bool ok = inventory_load(&inv, path, f);
    struct span rest = span_of(only);

    while (ok && !span_is_null(rest)) {
        struct span name = span_trim(span_next(&rest, ','));
        if (name.len > 0 && inventory_find(&inv, name) == NULL) {
            ok = fault_set(f, FAULT_SETTING, "There is no spoke \"%.*s\" in %s.", (int)name.len,
                           name.at, path);
        }
    }
    for (unsigned i = 0; ok && i < inv.n; i++) {
        if (only != NULL && !is_listed(span_of(only), inv.at[i].word[WORD_NAME])) {
            continue;
        }
        ok = begin_spoke(h, inv.at[i].word[WORD_NAME], &s, f);
        if (ok) {
            s->is_loaded =
                inventory_settings(&inv, &inv.at[i], &s->settings, &s->notices, &s->fault);
            guess_account(s);
        }
    }
    inventory_free(&inv);
    return ok;
}

static bool take_sources(struct hub *h, const char *list, struct fault *f)
{
    struct span rest = span_of(list);
    struct hub_spoke *s = NULL;
    struct target t;

    while (!span_is_null(rest)) {
        struct span name = span_trim(span_next(&rest, ','));
        if (name.len == 0) {
            continue;
        }
        if (!begin_spoke(h, name, &s, f)) {
            return false;
        }
        s->is_loaded = target_load(&t, s->name, &s->fault);
        if (s->is_loaded) {
            s->settings = t.settings;
            s->notices = t.notices;
            guess_account(s);
        }
    }
    return true;
}

/* The columns are those of the first spoke that gave any; one whose columns differ cannot be
 * merged. */
static const struct columns *agree(struct hub *h)
{
    const struct columns *first = NULL;

    for (unsigned i = 0; i < h->n; i++) {
        struct hub_spoke *s = &h->at[i];
        bool is_same = true;
        if (!s->is_ok || s->columns.at == NULL) {
            continue;
        }
        first = first != NULL ? first : &s->columns;
        is_same = s->columns.n == first->n;
        for (unsigned k = 0; is_same && k < first->n; k++) {
            is_same = span_equal_nocase(first->at[k].label, s->columns.at[k].label);
        }
        if (!is_same) {
            s->is_ok = fault_set(&s->fault, FAULT_QUERY,
                                 "Its result has other columns than that of the spokes before it: "
                                 "it was left out. Name the "
                                 "columns in the statement.");
        }
    }
    return first;
}

static bool print_rows(const struct hub *h, struct rows_out *o, struct fault *f)
{
    for (unsigned i = 0; i < h->n; i++) {
        const struct hub_spoke *s = &h->at[i];
        const struct span *cells = (const struct span *)(const void *)s->cells.at;
        for (int64_t row = 0; s->is_ok && row < s->n_rows; row++) {
            if (!rows_out_row(o, span_of(s->facts.account), cells + (size_t)row * s->columns.n,
                              f)) {
                return false;
            }
        }
    }
    return true;
}

static const char *state_of(const struct hub_spoke *s)
{
    return s->is_ok ? "succeeded" : s->is_done ? "failed" : "not started";
}

static void json_spokes(const struct hub *h, struct json_writer *w)
{
    json_name(w, "spokes");
    json_open(w, '[');
    for (unsigned i = 0; i < h->n; i++) {
        const struct hub_spoke *s = &h->at[i];
        json_open(w, '{');
        json_string_member(w, "name", span_of(s->name));
        json_string_member(w, "state", span_of(state_of(s)));
        json_name(w, "rows");
        json_number(w, s->is_ok ? s->n_rows : 0);
        query_facts_members(w, &s->facts);
        if (!s->is_ok && s->is_done) {
            json_name(w, "error");
            json_open(w, '{');
            say_fault_members(w, &s->fault);
            json_close(w, '}');
        }
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void tell_spokes(const struct hub *h)
{
    static const char *const head[] = { "SPOKE",   "ACCOUNT", "STATE",           "ROWS",
                                        "SCANNED", "USD",     "QUERY OR REASON", NULL };
    struct table t;

    table_begin(&t, head);
    for (unsigned i = 0; i < h->n; i++) {
        const struct hub_spoke *s = &h->at[i];
        char rows[24], scanned[32], cost[40];
        snprintf(rows, sizeof(rows), "%lld", (long long)(s->is_ok ? s->n_rows : 0));
        say_bytes(s->facts.scanned_bytes, scanned, sizeof(scanned));
        say_cost(s->facts.cost_usd, cost, sizeof(cost));
        const char *const cells[] = { s->name,
                                      s->facts.account,
                                      state_of(s),
                                      rows,
                                      scanned,
                                      cost,
                                      s->is_ok ? s->facts.query_id : s->fault.text };
        for (size_t k = 0; k < sizeof(cells) / sizeof(cells[0]); k++) {
            table_cell_c(&t, cells[k]);
        }
    }
    fflush(stdout);
    (void)table_print(&t, stderr);
}

static bool print(struct hub *h, enum rows_format format, struct fault *f)
{
    static const struct columns none = { 0 };
    const struct columns *columns = agree(h);
    struct rows_out o;
    bool ok = rows_out_begin(&o, format, stdout, "account", columns != NULL ? columns : &none, f) &&
              print_rows(h, &o, f) && rows_out_end(&o, f);

    if (ok && format == ROWS_JSON) {
        json_spokes(h, &o.json);
    }
    ok = ok && rows_out_finish(&o, f);
    rows_out_free(&o);
    if (ok && format != ROWS_JSON) {
        tell_spokes(h);
    }
    return ok;
}

static int status_of(const struct hub *h)
{
    unsigned n_ok = 0;

    for (unsigned i = 0; i < h->n; i++) {
        n_ok += h->at[i].is_ok;
    }
    return n_ok == h->n ? STATUS_OK : n_ok == 0 ? STATUS_FAILED : STATUS_SOME;
}

static void hub_free(struct hub *h)
{
    for (unsigned i = 0; i < h->n; i++) {
        settings_free(&h->at[i].settings);
        arena_free(&h->at[i].arena);
        buf_free(&h->at[i].cells);
    }
    free(h->at);
}

int hub_query(const struct arguments *a, struct span sql, enum rows_format format,
              struct wake *stop)
{
    struct hub h = { .sql = sql, .stop = stop, .is_terminal = isatty(STDERR_FILENO) != 0 };
    struct fault f = { 0 };
    const char *inventory = option_value(a, "--inventory"), *only = option_value(a, "--spoke");
    int status;

    h.at = calloc(HUB_SPOKES_MAX, sizeof(*h.at));
    bool ok = h.at != NULL || fault_memory(&f);
    ok = ok &&
         (inventory != NULL ? take_inventory(&h, inventory, only, &f) : take_sources(&h, only, &f));
    struct crowd crowd = {
        .n = h.n, .work = work, .context = &h, .progress = progress, .stop = stop
    };
    ok = ok && crowd_run(&crowd, &f);
    if (h.is_terminal) {
        fputs("\r\033[K", stderr);
    }
    ok = ok && print(&h, format, &f);
    status = ok ? status_of(&h) : say_fault(&f, format == ROWS_JSON);
    hub_free(&h);
    return status;
}
