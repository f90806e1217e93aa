/* Bound columns: which conversion goes where. Types and strides are worked out when a descriptor
   changed; addresses at every fetch, because applications move their buffers under us. */
#include <stdlib.h>

#include "odbc/run.h"

static bool room_for(struct stmt_run *r, unsigned n, struct fault *f)
{
    if (n <= r->targets_room)
        return true;
    struct row_target *grown = realloc(r->targets, n * sizeof(*grown));
    if (grown == NULL)
        return fault_memory(f);
    r->targets = grown;
    r->targets_room = n;
    return true;
}

void plan_take_interval(struct value_plan *p, const struct desc_record *a)
{
    if (a->type != SQL_INTERVAL)
        return;
    if (a->has_explicit_leading)
        p->interval_precision = a->datetime_interval_precision;
    p->seconds_precision = a->precision;
}

static void build_one(struct stmt *s, unsigned n, struct row_target *t)
{
    const struct desc_record *a = &s->ard->records[n];
    const struct column *column = &s->run->cursor.source->columns.at[n - 1];

    *t = (struct row_target){ .column = n - 1 };
    t->built = value_plan_build(&column->type, a->concise_type, &stmt_dbc(s)->options, &t->plan);
    if (t->built != VALUE_OK)
        return;
    t->plan.max_length = (SQLLEN)s->attributes.max_length;
    t->plan.wide_unit = handle_wide_unit(&s->handle);
    if (a->has_explicit_scale) {
        t->plan.has_numeric_scale = true;
        t->plan.numeric_precision = a->precision;
        t->plan.numeric_scale = a->scale;
    }
    plan_take_interval(&t->plan, a);
    t->element = value_c_size(t->plan.c_type);
    value_plan_fuse(&t->plan);
}

bool plan_ready(struct stmt *s, struct fault *f)
{
    struct stmt_run *r = s->run;
    unsigned n_columns = r->cursor.source->columns.n,
             count = s->ard->count < n_columns ? s->ard->count : n_columns;

    if (r->is_planned && r->planned_ard == s->ard &&
        r->planned_ard_generation == s->ard->generation &&
        r->planned_ird_generation == s->ird.generation &&
        r->planned_max_length == s->attributes.max_length)
        return true;
    if (!room_for(r, count, f))
        return false;
    r->n_targets = 0;
    r->is_fused = true;
    r->is_strict = span_equal_nocase(
        settings_text(&stmt_dbc(s)->settings, SETTING_TRUNCATION_POLICY), SPAN("error"));
    for (unsigned n = 1; n <= count; n++) {
        if (!s->ard->records[n].is_bound)
            continue;
        build_one(s, n, &r->targets[r->n_targets]);
        r->is_fused = r->is_fused && r->targets[r->n_targets].built == VALUE_OK;
        r->n_targets++;
    }
    r->planned_ard = s->ard;
    r->planned_ard_generation = s->ard->generation;
    r->planned_ird_generation = s->ird.generation;
    r->planned_max_length = s->attributes.max_length;
    r->is_fused = r->is_fused && r->n_targets > 0;
    r->is_planned = true;
    return true;
}

void plan_aim(struct stmt *s)
{
    const struct desc *ard = s->ard;
    SQLLEN offset = ard->bind_offset != NULL ? *ard->bind_offset : 0;
    bool by_row = ard->bind_type != SQL_BIND_BY_COLUMN;

    for (unsigned i = 0; i < s->run->n_targets; i++) {
        struct row_target *t = &s->run->targets[i];
        const struct desc_record *a = &ard->records[t->column + 1];
        t->room = a->octet_length;
        t->data = a->data != NULL ? (char *)a->data + offset : NULL;
        t->length = a->octet_length_ptr != NULL ? (char *)a->octet_length_ptr + offset : NULL;
        t->indicator = a->indicator_ptr != NULL ? (char *)a->indicator_ptr + offset : NULL;
        t->data_step = by_row ? ard->bind_type : (size_t)(t->element > 0 ? t->element : t->room);
        t->pointer_step = by_row ? ard->bind_type : sizeof(SQLLEN);
    }
}

SQLRETURN plan_post(struct stmt *s, enum value_outcome outcome, const struct value_plan *p,
                    SQLLEN row, unsigned n)
{
    const struct column *c = &s->run->cursor.source->columns.at[n - 1];
    enum state state = diag_outcome_state(outcome);
    const char *name = c->name.at != NULL ? c->name.at : "";
    int length = (int)utf8_cut(c->name, 128);

    if (outcome == VALUE_ZONE_UNKNOWN)
        return diag_post_at(&s->handle, state, row, (SQLINTEGER)n,
                            "column %u (%.*s, %s): there is no zone \"%s\" in " ZONE_DIRECTORY
                            " (package tzdata)",
                            n, length, name, c->type.name, p->zones.missing);
    return diag_post_at(&s->handle, state == STATES ? STATE_HY000 : state, row, (SQLINTEGER)n,
                        "column %u (%.*s, %s)", n, length, name, c->type.name);
}

/* TruncationPolicy=error: a cut value fails its row. */
static void post_cut(struct stmt *s, const struct row_target *t, struct span cell, SQLULEN i)
{
    const struct column *c = &s->run->cursor.source->columns.at[t->column];
    SQLLEN needed = 0;

    (void)value_store(&t->plan, cell, NULL, 0, &needed, &needed);
    (void)diag_post_at(&s->handle, STATE_22001, (SQLLEN)i + 1, (SQLINTEGER)t->column + 1,
                       "column %u (%.*s, %s) is %lld bytes long and its buffer has room for %lld; "
                       "TruncationPolicy is error",
                       t->column + 1, (int)utf8_cut(c->name, 128),
                       c->name.at != NULL ? c->name.at : "", c->type.name, (long long)needed,
                       (long long)t->room);
}

/* SQL_ROW_... of one cell; the worst of a row counts. */
static SQLUSMALLINT judge_cell(struct stmt *s, enum value_outcome outcome, SQLULEN i,
                               const struct row_target *t, struct span cell)
{
    if (outcome == VALUE_TRUNCATED && s->run->is_strict) {
        post_cut(s, t, cell, i);
        return SQL_ROW_ERROR;
    }
    (void)plan_post(s, outcome, &t->plan, (SQLLEN)i + 1, t->column + 1);
    return outcome == VALUE_TRUNCATED || outcome == VALUE_FRACTION_LOST ? SQL_ROW_SUCCESS_WITH_INFO
                                                                        : SQL_ROW_ERROR;
}

SQLUSMALLINT plan_store_row(struct stmt *s, const struct span *cells, SQLULEN i)
{
    SQLUSMALLINT worst = SQL_ROW_SUCCESS;
    const struct stmt_run *r = s->run;

    for (unsigned k = 0; k < r->n_targets; k++) {
        const struct row_target *t = &r->targets[k];
        struct span cell = cells[t->column];
        enum value_outcome outcome = row_target_store(t, cell, i);
        if (outcome == VALUE_OK || outcome == VALUE_NULL)
            continue;
        SQLUSMALLINT status = judge_cell(s, outcome, i, t, cell);
        if (status == SQL_ROW_ERROR || worst == SQL_ROW_SUCCESS)
            worst = status;
    }
    return worst;
}
