/* Reads function_states.def, and holds what is posted to it in debug builds. */
#include <stdio.h>
#include <stdlib.h>

#include "odbc/functions.h"
#include "odbc/sqlstate.h"

/* Macros of the table are texts; in rows they are needed until the last one. */
struct states {
    enum function_id id;
    const char *listed;
};

static const struct states lists[] = {
#define STATES_OF(name, states) { FUNCTION_##name, EVERY " " states },
#define OWN_STATE(name, states, reason) { FUNCTION_##name, states },
#include "odbc/function_states.def"
};

enum { LISTS = sizeof(lists) / sizeof(lists[0]) };

bool function_may_post(enum function_id id, enum state state)
{
    struct span wanted = span_of(sqlstate_of(state)->v3);

    for (unsigned i = 0; i < LISTS; i++) {
        struct span listed = span_of(lists[i].listed);
        if (lists[i].id == id && span_find(listed, wanted) < listed.len) {
            return true;
        }
    }
    return false;
}

const char *function_states(unsigned row, enum function_id *id)
{
    if (row >= LISTS) {
        return NULL;
    }
    *id = lists[row].id;
    return lists[row].listed;
}

#ifndef NDEBUG
void diag_hold(const struct diag *d, enum state state)
{
    enum function_id id = (enum function_id)(d->function - 1);

    if (d->function == 0 || function_may_post(id, state)) {
        return;
    }
    fprintf(stderr, "%s posts %s, which is not in odbc/function_states.def\n",
            function_of(id)->name, sqlstate_of(state)->v3);
    abort();
}
#endif
