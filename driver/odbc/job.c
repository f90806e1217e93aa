/* From parameter sets to queries: literals sent beside the text, written into it, or folded into
   one INSERT of many rows. */
#include "odbc/fold.h"
#include "odbc/run.h"

/* Athena knows parameters in these statements only; elsewhere the literals are written into the
   text. */
static bool takes_parameters(const struct sql_text *t)
{
    switch (t->class) {
    case SQL_CLASS_SELECT:
    case SQL_CLASS_INSERT:
    case SQL_CLASS_CTAS:
    case SQL_CLASS_UNLOAD:
        return fold_markers_are_sendable(t);
    default:
        return false;
    }
}

static void refuse_value(struct stmt *s, SQLULEN set, unsigned n, enum value_outcome outcome)
{
    SQLLEN row = s->run->n_sets > 1 ? (SQLLEN)set + 1 : SQL_NO_ROW_NUMBER;
    enum state state = diag_outcome_state(outcome);

    if (outcome == VALUE_TRUNCATED)
        state = STATE_22001;
    s->run->sets[set] = SET_BAD;
    (void)diag_post_at(&s->handle, state == STATES ? STATE_HY000 : state, row, (SQLINTEGER)n,
                       "parameter %u cannot be converted to its SQL type", n);
}

/* Said before the value is looked at: nothing says how much of it is there. */
static bool refuse_length(struct stmt *s, SQLULEN set, unsigned n)
{
    SQLLEN row = s->run->n_sets > 1 ? (SQLLEN)set + 1 : SQL_NO_ROW_NUMBER, length = 0;

    if (!parameter_has_bad_length(s, set, n, &length))
        return false;
    s->run->sets[set] = SET_BAD;
    (void)diag_post_at(
        &s->handle, STATE_HY090, row, (SQLINTEGER)n,
        "%lld is not a length that parameter %u can have (is the length's variable an SQLLEN?)",
        (long long)length, n);
    return true;
}

/* The value goes with what is left of it: 01S07, and the set's status says so. */
static void tell_cut(struct stmt *s, SQLULEN set, unsigned n)
{
    SQLLEN row = s->run->n_sets > 1 ? (SQLLEN)set + 1 : SQL_NO_ROW_NUMBER;

    s->run->sets[set] = SET_IN_JOB_CUT;
    (void)diag_post_at(&s->handle, STATE_01S07, row, (SQLINTEGER)n,
                       "parameter %u has more fraction digits than its SQL type takes", n);
}

static void enter_job(struct stmt_run *r, SQLULEN set)
{
    if (r->sets[set] != SET_IN_JOB_CUT)
        r->sets[set] = SET_IN_JOB;
}

/* All literals of one set. False without a fault when a value was refused (its record is posted).
 */
static bool set_literals(struct stmt *s, SQLULEN set, struct arena *arena, struct span *out,
                         struct fault *f)
{
    struct buf b = { .ceiling = BUF_CEILING_DEFAULT };
    bool is_again = s->run->sets[set] != SET_UNUSED; /* it did not fit the statement before */
    bool ok = false;

    for (unsigned n = 1; n <= s->sql.n_markers; n++) {
        enum value_outcome outcome = VALUE_OK;
        buf_clear(&b);
        if (refuse_length(s, set, n))
            goto done;
        if (!parameter_literal(s, set, n, &b, &outcome, f))
            goto done;
        if (outcome == VALUE_FRACTION_LOST) {
            if (!is_again)
                tell_cut(s, set, n);
        } else if (outcome != VALUE_OK && outcome != VALUE_NULL) {
            refuse_value(s, set, n, outcome);
            goto done;
        }
        if (!arena_copy(arena, buf_span(&b), &out[n - 1], f))
            goto done;
        if (s->sql.marker_counts[n - 1])
            out[n - 1] = sql_bare_count(out[n - 1]);
    }
    ok = true;
done:
    buf_free(&b);
    return ok;
}

static bool all_can_be_sent(const struct span *literals, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (literals[i].len > LITERAL_SENT_MAX)
            return false;
    }
    return true;
}

static bool write_literals(struct stmt *s, const struct span *literals, struct job *out,
                           struct fault *f)
{
    struct buf edits = { .ceiling = BUF_CEILING_DEFAULT };
    bool ok = sql_inline(&s->sql, literals, &out->sql, &edits, f);

    if (ok)
        stmt_keep_sent(s, buf_span(&out->sql), &edits);
    buf_free(&edits);
    return ok;
}

/* One set, one query. */
static enum job_step build_single(struct stmt *s, struct arena *arena, struct job *out,
                                  struct fault *f)
{
    struct stmt_run *r = s->run;
    unsigned n = s->sql.n_markers;
    struct span *literals = arena_take_array(arena, n, sizeof(*literals), f);

    if (literals == NULL)
        return JOB_FAULT;
    for (; r->set_end < r->n_sets; r->set_end++) {
        SQLULEN set = r->set_end;
        if (parameter_set_is_ignored(s, set))
            continue;
        fault_clear(f);
        if (!set_literals(s, set, arena, literals, f)) {
            if (f->kind != FAULT_NONE)
                return JOB_FAULT;
            continue;
        }
        enter_job(r, set);
        r->set_end++;
        if (takes_parameters(&s->sql) && all_can_be_sent(literals, n)) {
            out->parameters = literals;
            out->n_parameters = n;
            return JOB_READY;
        }
        return write_literals(s, literals, out, f) ? JOB_READY : JOB_FAULT;
    }
    return JOB_NONE;
}

struct folding {
    struct fold fold;
    struct sql_text group; /* the values alone, with their markers */
    struct span *literals;
};

static bool folding_init(struct stmt *s, struct arena *arena, const struct fold *fold,
                         struct folding *out, struct fault *f)
{
    unsigned n = s->sql.n_markers;
    size_t *at = arena_take_array(arena, n, sizeof(*at), f);

    out->literals = arena_take_array(arena, n, sizeof(*out->literals), f);
    if (at == NULL || out->literals == NULL)
        return false;
    for (unsigned i = 0; i < n; i++)
        at[i] = s->sql.marker_at[i] - fold->group_at;
    out->fold = *fold;
    out->group = (struct sql_text){ .native = fold->group,
                                    .original = fold->group,
                                    .class = SQL_CLASS_OTHER,
                                    .n_markers = n,
                                    .marker_at = at };
    return true;
}

/* Sets become rows of one statement until it is full. */
static enum job_step build_folded(struct stmt *s, struct arena *arena, const struct fold *fold,
                                  struct job *out, struct fault *f)
{
    struct stmt_run *r = s->run;
    struct folding folding;
    bool any = false;

    if (!folding_init(s, arena, fold, &folding, f) || !buf_add(&out->sql, fold->head, f))
        return JOB_FAULT;
    for (; r->set_end < r->n_sets; r->set_end++) {
        SQLULEN set = r->set_end;
        size_t before = out->sql.len;
        if (parameter_set_is_ignored(s, set))
            continue;
        fault_clear(f);
        if (!set_literals(s, set, arena, folding.literals, f)) {
            if (f->kind != FAULT_NONE)
                return JOB_FAULT;
            continue;
        }
        if ((any && !buf_add(&out->sql, SPAN(", "), f)) ||
            !sql_inline(&folding.group, folding.literals, &out->sql, NULL, f))
            return JOB_FAULT;
        if (out->sql.len > STATEMENT_BYTES_MAX && any) {
            out->sql.len = before;
            out->sql.at[before] = '\0';
            break;
        }
        any = true;
        enter_job(r, set);
    }
    s->run->is_sent_strange = true;
    return any ? JOB_READY : JOB_NONE;
}

static enum job_step build(struct stmt *s, struct arena *arena, struct job *out, struct fault *f)
{
    struct stmt_run *r = s->run;
    struct fold fold;

    r->set_at = r->set_end;
    if (r->set_at >= r->n_sets)
        return JOB_NONE;
    if (s->sql.n_markers == 0) {
        r->sets[0] = SET_IN_JOB;
        r->set_end = r->n_sets;
        return JOB_READY;
    }
    if (r->n_sets > 1 && fold_find(&s->sql, &fold))
        return build_folded(s, arena, &fold, out, f);
    return build_single(s, arena, out, f);
}

/* SQL_ATTR_MAX_ROWS is kept by the fetch; where the text allows it the engine hears it too and need
   not make the other rows. With SQL_ATTR_NOSCAN the text is nobody's to change. */
static bool limit_rows(struct stmt *s, struct job *out, struct fault *f)
{
    struct buf limited = { .ceiling = BUF_CEILING_DEFAULT };
    struct span text = out->sql.len > 0 ? buf_span(&out->sql) : s->sql.native;
    bool is_limited = false;

    if (s->attributes.no_scan == SQL_NOSCAN_ON)
        return true;
    if (!sql_limit(text, s->sql.class, s->attributes.max_rows, &limited, &is_limited, f)) {
        buf_free(&limited);
        return false;
    }
    if (is_limited) {
        buf_free(&out->sql);
        out->sql = limited;
    }
    return true;
}

enum job_step job_build(struct stmt *s, struct arena *arena, struct job *out, struct fault *f)
{
    *out = (struct job){ .sql = { .ceiling = BUF_CEILING_DEFAULT } };
    stmt_forget_sent(s);
    enum job_step step = build(s, arena, out, f);

    return step == JOB_READY && !limit_rows(s, out, f) ? JOB_FAULT : step;
}
