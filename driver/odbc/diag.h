/* Diagnostics: the only place that knows SQLSTATEs. Every handle carries a struct diag with a lock
   of its own, held only for copying, so that SQLGetDiagRec answers while a statement waits. */
#ifndef ODBC_DIAG_H
#define ODBC_DIAG_H

#include <sql.h>
#include <sqlext.h>

#include "base/fault.h"
#include "base/lock.h"
#include "value/value.h"

struct handle;

/* One name per row of sqlstate.def: STATE_HY010, STATE_01004 ... */
enum state {
#define STATE(v3, v2, outcome, text) STATE_##v3,
#include "odbc/sqlstate.def"
#undef STATE
    STATES
};

struct diag_record {
    enum state state;
    SQLINTEGER native;
    SQLLEN row;          /* SQL_ROW_NUMBER_UNKNOWN, SQL_NO_ROW_NUMBER, or from 1 */
    SQLINTEGER column;
    char text[700];      /* with the vendor prefix */
};

/* DIAG_NATIVE_MORE marks the record that stands for those beyond the limits. */
enum { DIAG_RECORDS_MAX = 128, DIAG_ROW_RECORDS_MAX = 100, DIAG_NATIVE_MORE = 20099 };

struct diag {
    struct lock lock;
    struct diag_record *records; /* owned; grows up to DIAG_RECORDS_MAX */
    /* where the first record lives, so that "out of memory" can be told */
    struct diag_record first;
    unsigned n, room, n_dropped;
    SQLRETURN return_code;
    SQLLEN row_count, cursor_row_count;
    SQLINTEGER dynamic_function_code;
    char dynamic_function[64];
    /* debug builds: 1 + enum function_id of the call that is in the handle; 0: none known */
    unsigned function;
};

/* Debug builds abort when a function posts a state that function_states.def does not list for
   it. */
#ifndef NDEBUG
static inline void diag_enter(struct diag *d, unsigned function_id)
{
    d->function = function_id + 1;
}
static inline void diag_leave(struct diag *d)
{
    d->function = 0;
}
void diag_hold(const struct diag *d, enum state state);
#else
static inline void diag_enter(struct diag *d, unsigned function_id)
{
    (void)d;
    (void)function_id;
}
static inline void diag_leave(struct diag *d)
{
    (void)d;
}
static inline void diag_hold(const struct diag *d, enum state state)
{
    (void)d;
    (void)state;
}
#endif

void diag_init(struct diag *d);
void diag_done(struct diag *d);
/* At the end of every call but the diagnostic ones: keeps the return code for the header, turns
   success with records into SQL_SUCCESS_WITH_INFO, and gives an error that left no record one.
   Returns what the application gets. */
SQLRETURN diag_finish(struct handle *h, SQLRETURN rc);
/* At the start of every call but the diagnostic ones. */
void diag_clear(struct handle *h);

/* Each posts one record (text NULL = the state's own) and returns SQL_ERROR for error states,
   SQL_SUCCESS_WITH_INFO for warnings, so that a function can end with it. */
SQLRETURN diag_post(struct handle *h, enum state state, const char *format, ...) PRINTF_LIKE(3, 4);
SQLRETURN diag_post_at(struct handle *h, enum state state, SQLLEN row, SQLINTEGER column,
                       const char *format, ...) PRINTF_LIKE(5, 6);
/* The fault's kind chooses the state; record 1 is its text, the notes follow. Returns SQL_ERROR. */
SQLRETURN diag_post_fault(struct handle *h, const struct fault *f);
/* As diag_post_fault but for one row of a rowset. */
SQLRETURN diag_post_fault_at(struct handle *h, const struct fault *f, SQLLEN row,
                             SQLINTEGER column);
/* Warnings collected below. SQL_SUCCESS when there are none, else SQL_SUCCESS_WITH_INFO. */
SQLRETURN diag_post_notices(struct handle *h, const struct notices *list);
/* The state of a conversion's outcome; STATES for those that are none (VALUE_OK, VALUE_NULL,
   VALUE_NO_DATA). */
enum state diag_outcome_state(enum value_outcome outcome);

/* SQLGetDiagRec, SQLGetDiagField without text conversion. */
struct text; struct room;
SQLRETURN diag_get_record(struct handle *h, SQLSMALLINT number, struct room state,
                          SQLINTEGER *native, struct room message);
SQLRETURN diag_get_field(struct handle *h, SQLSMALLINT number, SQLSMALLINT field, void *value,
                         struct room text);

#endif
