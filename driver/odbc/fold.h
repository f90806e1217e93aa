/* Where the markers of a statement stand, as far as parameters need it. */
#ifndef ODBC_FOLD_H
#define ODBC_FOLD_H

#include "sql/sql.h"

/* INSERT ... VALUES (?, ...): the text before the group of values, and the group with its
   parentheses. */
struct fold {
    struct span head, group;
    size_t group_at;
};

/* True when the statement is an INSERT that ends with exactly one group of values that holds every
   marker: then several sets fit one statement. */
bool fold_find(const struct sql_text *t, struct fold *out);
/* True when every marker stands where Athena takes execution parameters: not in a select list. */
bool fold_markers_are_sendable(const struct sql_text *t);

#endif
