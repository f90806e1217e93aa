/* The rows of functions.def as data, and SQLGetFunctions. */
#ifndef ODBC_FUNCTIONS_H
#define ODBC_FUNCTIONS_H

#include "odbc/stmt.h"

enum function_id {
#define FUNCTION(name, number, handle, width, lock, diagnostics, cells) FUNCTION_##name,
#include "odbc/functions.def"
#undef FUNCTION
    FUNCTIONS
};

/* What a cell of appendix B says. */
enum cell { CELL_OK, CELL_SEQ, CELL_CUR, CELL_PRE, CELL_CPR, CELL_NS, CELL_NOC, CELL_INU };

enum dbc_state { DBC_ALLOCATED, DBC_NEED_DATA, DBC_CONNECTED, DBC_STATES };

struct function {
    const char *name;
    SQLUSMALLINT number;
    bool is_both_widths, locks, clears;
    unsigned char stmt[STMT_STATES];
    unsigned char dbc[DBC_STATES];
};

extern const struct function function_table[FUNCTIONS];
static inline const struct function *function_of(enum function_id id)
{
    return &function_table[id];
}
/* The refusal that a cell means for this statement: STATES when the call may go on. */
enum state function_refusal(const struct function *f, enum cell cell, bool is_prepared,
                            SQLUSMALLINT asynchronous);

/* Whether function_states.def lists the state for the function; and its rows, one after the other:
   NULL behind the last. */
bool function_may_post(enum function_id id, enum state state);
const char *function_states(unsigned row, enum function_id *id);

SQLRETURN dbc_get_functions(struct dbc *d, SQLUSMALLINT number, SQLUSMALLINT *supported);

#endif
