/* The cursor positioning rules of SQLFetchScroll, as arithmetic. */
#ifndef ODBC_SCROLL_H
#define ODBC_SCROLL_H

#include <sql.h>
#include <sqlext.h>
#include <stdbool.h>
#include <stdint.h>

/* start: first row of the rowset from 1; 0 before the first row, last + 1 after the end. */
struct scroll_place {
    int64_t start, n_previous /* rowset size of the previous fetch */, n_asked, last;
};
/* is_cut: the rowset was moved to row 1 because it would have begun before it (01S06). */
struct scroll_target {
    int64_t start;
    bool is_cut;
};

struct scroll_target scroll_find(const struct scroll_place *now, SQLSMALLINT orientation,
                                 int64_t offset);

#endif
