/* The one loop over pages. */
#include "catalog/pages.h"

#include "base/clock.h"
#include "base/lock.h"

bool pages_pause(const struct aws_bounds *bounds, int64_t ms, struct fault *f)
{
    const struct clock *clock = clock_system();
    struct wake nobody, *cancel = bounds->cancel;
    int64_t left_ms = bounds->deadline_steady_ms - clock->steady_ms(clock);

    if (bounds->deadline_steady_ms != 0 && left_ms <= ms)
        return fault_set(f, FAULT_TIMEOUT,
                         "The time given was over while the service wanted to be asked slower.");
    if (cancel == NULL) {
        wake_init(&nobody);
        cancel = &nobody;
    }
    bool is_cancelled = wake_wait(cancel, ms);
    if (cancel == &nobody)
        wake_done(&nobody);
    return is_cancelled ? fault_set(f, FAULT_CANCELLED, "The listing was cancelled.") : true;
}

/* One page, however often the service says "slower". */
static bool ask_patiently(struct pages *p, struct span *next_token, struct fault *f)
{
    int64_t pause_ms = PAGE_PAUSE_FIRST_MS;

    for (unsigned pauses = 0;; pauses++) {
        size_t before = p->to->n;
        *next_token = NO_SPAN;
        if (p->ask(p, next_token, f))
            return true;
        p->to->n = before;
        if (f->kind != FAULT_THROTTLED || pauses >= p->pauses_max ||
            !p->m->calls->pause(&p->m->bounds, pause_ms, f))
            return false;
        pause_ms = pause_ms * 2 < PAGE_PAUSE_MAX_MS ? pause_ms * 2 : PAGE_PAUSE_MAX_MS;
        fault_clear(f);
    }
}

/* Tokens do not live for ever; the services call an old one an invalid input. */
static bool is_token_refused(const struct fault *f)
{
    struct span code = span_of(f->code);

    return span_starts(code, SPAN("InvalidInput")) || span_starts(code, SPAN("InvalidRequest")) ||
           span_starts(code, SPAN("ExpiredNextToken")) ||
           span_starts(code, SPAN("InvalidNextToken")) || span_starts(code, SPAN("Validation"));
}

/* The page could not be had: may the list begin anew? */
static bool may_begin_anew(struct pages *p, unsigned n_pages, bool *has_begun_anew,
                           const struct fault *f)
{
    if (n_pages > 0 && listing_is_missing(f))
        p->to->is_cut = true;
    if (n_pages == 0 || *has_begun_anew || !is_token_refused(f))
        return false;
    *has_begun_anew = true;
    p->to->n = 0;
    return true;
}

bool pages_all(struct pages *p, struct fault *f)
{
    bool has_begun_anew = false;
    unsigned n = 0;

    p->q.next_token = NO_SPAN;
    for (unsigned calls = 0; calls < PAGES_MAX; calls++) {
        struct span next;
        if (!ask_patiently(p, &next, f)) {
            if (!may_begin_anew(p, n, &has_begun_anew, f))
                return false;
            p->q.next_token = NO_SPAN;
            n = 0;
            fault_clear(f);
            continue;
        }
        if (span_is_null(next))
            return true;
        if (!span_is_null(p->q.next_token) && span_equal(p->q.next_token, next))
            return fault_set(
                f, FAULT_PROTOCOL,
                "The service answered two pages of a list with the same continuation token.");
        p->q.next_token = next;
        n++;
    }
    return fault_ceiling(f, "pages of one list of the catalog", PAGES_MAX);
}
