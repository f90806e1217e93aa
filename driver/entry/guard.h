/* What every call passes on its way in and out, by its row of odbc/functions.def: handle, fork, lock, diagnostics, state,
   return code, log. */
#ifndef ENTRY_GUARD_H
#define ENTRY_GUARD_H

#include "odbc/functions.h"

struct call {
    const struct function *function;
    struct handle *handle;
    struct lock *lock; /* held; NULL when none is */
    SQLRETURN result;  /* of a call that was refused */
};

/* False: refused, c->result is what the application gets. True: guard_leave() must follow, with what the function returned:
       return guard_enter(&c, FUNCTION_SQLExecute, SQL_HANDLE_STMT, h) ? guard_leave(&c, stmt_execute(h)) : c.result; */
bool guard_enter(struct call *c, enum function_id id, SQLSMALLINT kind, SQLHANDLE handle);
SQLRETURN guard_leave(struct call *c, SQLRETURN rc);
/* Gives the lock back early, for the functions that free what they were given; then finish with guard_left(), which looks at the
   handle only if it is still alive (rc says so: an error). */
void guard_let_go(struct call *c);
SQLRETURN guard_left(struct call *c, SQLRETURN rc);

#endif
