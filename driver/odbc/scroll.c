/* One function per table of the page on SQLFetchScroll, section "Cursor Positioning Rules", rows in
   its order. */
#include "odbc/scroll.h"

static bool is_before(const struct scroll_place *p)
{
    return p->start <= 0;
}

static bool is_after(const struct scroll_place *p)
{
    return p->start > p->last && p->start > 0;
}

static struct scroll_target at(int64_t start)
{
    return (struct scroll_target){ .start = start };
}

static struct scroll_target cut(void)
{
    return (struct scroll_target){ .start = 1, .is_cut = true };
}

static struct scroll_target find_next(const struct scroll_place *p)
{
    if (is_before(p))
        return at(1);
    if (is_after(p) || p->start > p->last - p->n_previous)
        return at(p->last + 1);
    return at(p->start + p->n_previous);
}

static struct scroll_target find_prior(const struct scroll_place *p)
{
    if (is_before(p) || (p->start == 1 && !is_after(p)))
        return at(0);
    if (is_after(p))
        return p->last < p->n_asked ? cut() : at(p->last - p->n_asked + 1);
    return p->start <= p->n_asked ? cut() : at(p->start - p->n_asked);
}

static struct scroll_target find_absolute(const struct scroll_place *p, int64_t offset)
{
    if (offset < 0) {
        if (offset >= -p->last)
            return at(p->last + offset + 1);
        return offset < -p->n_asked ? at(0) : cut();
    }
    return offset <= p->last ? at(offset) : at(p->last + 1);
}

static struct scroll_target find_relative(const struct scroll_place *p, int64_t offset)
{
    if ((is_before(p) && offset > 0) || (is_after(p) && offset < 0))
        return find_absolute(p, offset);
    if (is_before(p))
        return at(0);
    if (is_after(p))
        return at(p->last + 1);
    if (p->start == 1 && offset < 0)
        return at(0);
    if (offset < 1 - p->start)
        return offset < -p->n_asked ? at(0) : cut();
    return offset <= p->last - p->start ? at(p->start + offset) : at(p->last + 1);
}

struct scroll_target scroll_find(const struct scroll_place *now, SQLSMALLINT orientation,
                                 int64_t offset)
{
    switch (orientation) {
    case SQL_FETCH_PRIOR:
        return find_prior(now);
    case SQL_FETCH_FIRST:
        return at(1);
    case SQL_FETCH_LAST:
        return at(now->n_asked <= now->last ? now->last - now->n_asked + 1 : 1);
    case SQL_FETCH_ABSOLUTE:
        return find_absolute(now, offset);
    case SQL_FETCH_RELATIVE:
        return find_relative(now, offset);
    default:
        return find_next(now);
    }
}
