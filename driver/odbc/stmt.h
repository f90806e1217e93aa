/* Statements: state, attributes, and what runs. */
#ifndef ODBC_STMT_H
#define ODBC_STMT_H

#include "catalog/catalog.h"
#include "odbc/desc.h"
#include "rows/rows.h"
#include "sql/sql.h"

/* The columns of functions.def. is_prepared is separate: a prepared statement keeps it through
   every state. */
enum stmt_state {
    STMT_ALLOCATED,
    STMT_PREPARED,
    STMT_EXECUTED /* no result set */,
    STMT_OPEN,
    STMT_FETCHED,
    STMT_EXTENDED,
    STMT_NEED_DATA,
    STMT_MUST_PUT,
    STMT_CAN_PUT,
    STMT_EXECUTING /* asynchronous */,
    STMT_CANCELLED /* asynchronous, cancel asked */,
    STMT_STATES
};

struct stmt_attributes {
    SQLULEN cursor_type, cursor_scrollable, cursor_sensitivity, concurrency, max_rows, max_length,
        query_timeout_s, async_enable, no_scan, retrieve_data, rowset_size /* 9 */, simulate_cursor,
        use_bookmarks, metadata_id, enable_auto_ipd, keyset_size,
        metadata_fresh /* catalog functions ask the service whatever is remembered */;
    SQLPOINTER fetch_bookmark;
};

struct stmt_run; /* what is executing or open: private to the statement files (odbc/run.h) */

struct stmt {
    struct handle handle;
    enum stmt_state state;
    /* number of the function that returned SQL_STILL_EXECUTING, else 0; kept by the guard */
    SQLUSMALLINT asynchronous;
    bool is_prepared;
    /* a call of this statement is waiting without the latch: see stmt_settle */
    bool is_busy;
    /* its descriptors are counted as being used: see stmt_mark_use */
    bool is_using;
    struct desc *ard, *apd;                      /* current: automatic or explicit */
    struct desc auto_ard, auto_apd, ird, ipd;
    struct stmt_attributes attributes;
    /* text, markers, IRD of a prepared statement; survives SQLCloseCursor */
    struct arena prepared;
    struct arena result;                         /* reset when the cursor closes */
    struct sql_text sql;
    /* guards the pointer below for SQLCancel, held for an instant */
    struct lock run_lock;
    struct execution *execution;                 /* reached by SQLCancel; NULL when nothing runs */
    /* of the latest execute: query id, statistics for the driver's attributes */
    struct execution *last;
    struct stmt_run *run;
    char cursor_name[64];
    struct notices notices;
};

static inline struct dbc *stmt_dbc(const struct stmt *s)
{
    return (struct dbc *)s->handle.parent;
}

/* What was planned for another ARD is void: the next one may live where that one did. */
static inline void stmt_use_ard(struct stmt *s, struct desc *ard)
{
    s->ird.generation += s->ard != ard;
    s->ard = ard;
}

/* Locking. The guard takes s->handle.latch, calls stmt_settle, then looks at the state, then calls
   one of the functions below. Whenever such a function sends a request or waits, it gives the lock
   back and takes it again behind it (stmt_pause, stmt_resume in run.h); the statement is marked
   busy meanwhile. A second thread that comes in between finds the mark in stmt_settle and waits
   there, without the lock, until the first is through, so that it sees the state the first one
   left. SQLCancel and diagnostics take no lock and never wait. */
void stmt_wait_idle(struct stmt *s);
static inline void stmt_settle(struct stmt *s)
{
    if (s->is_busy) {
        stmt_wait_idle(s);
    }
}

/* The only place where the state changes; asserts the edge. */
void stmt_become(struct stmt *s, enum stmt_state state);
/* After a change of state or of is_busy: while the statement waits, executes asynchronously or asks
   for values, explicit descriptors that it uses can neither be changed nor freed. */
void stmt_mark_use(struct stmt *s);
/* The connection's lock is held (SQLAllocHandle's guard has it); the statement enters its list. */
SQLRETURN stmt_new(struct dbc *d, SQLHANDLE *out);
/* Closes what is open, stops what runs, leaves the connection's list, frees. Neither the
   statement's nor the connection's lock is held by the caller: stopping is a request.
   SQLDisconnect: take the connection's lock, read d->statements, give it, free, until there is
   none. */
SQLRETURN stmt_free(struct stmt *s);
/* Close the cursor if any, stop what runs; no error when nothing is open. The statement's lock is
   held. */
void stmt_close(struct stmt *s);
/* Fills the IRD of a prepared statement that has not been described yet, by a zero-row query where
   there is no other way; for readers of the IRD (SQLGetDescField on it) and SQLNumResultCols.
   Nothing to do in other states. The statement's lock is held. */
SQLRETURN stmt_describe(struct stmt *s);

SQLRETURN stmt_prepare(struct stmt *s, struct text sql);
SQLRETURN stmt_exec_direct(struct stmt *s, struct text sql);
SQLRETURN stmt_execute(struct stmt *s);
SQLRETURN stmt_param_data(struct stmt *s, SQLPOINTER *value);
SQLRETURN stmt_put_data(struct stmt *s, SQLPOINTER data, SQLLEN length);
SQLRETURN stmt_num_params(struct stmt *s, SQLSMALLINT *count);
SQLRETURN stmt_describe_param(struct stmt *s, SQLUSMALLINT n, SQLSMALLINT *type, SQLULEN *size,
                              SQLSMALLINT *digits, SQLSMALLINT *nullable);
SQLRETURN stmt_bind_parameter(struct stmt *s, SQLUSMALLINT n, SQLSMALLINT io, SQLSMALLINT c_type,
                              SQLSMALLINT sql_type, SQLULEN size, SQLSMALLINT digits,
                              SQLPOINTER data, SQLLEN room, SQLLEN *indicator);
SQLRETURN stmt_num_result_cols(struct stmt *s, SQLSMALLINT *count);
SQLRETURN stmt_describe_col(struct stmt *s, SQLUSMALLINT n, struct room name, SQLSMALLINT *type,
                            SQLULEN *size, SQLSMALLINT *digits, SQLSMALLINT *nullable);
SQLRETURN stmt_col_attribute(struct stmt *s, SQLUSMALLINT n, SQLUSMALLINT field, struct room text,
                             SQLLEN *number);
SQLRETURN stmt_bind_col(struct stmt *s, SQLUSMALLINT n, SQLSMALLINT c_type, SQLPOINTER data,
                        SQLLEN room, SQLLEN *indicator);
SQLRETURN stmt_fetch(struct stmt *s);
SQLRETURN stmt_fetch_scroll(struct stmt *s, SQLSMALLINT orientation, SQLLEN offset);
SQLRETURN stmt_extended_fetch(struct stmt *s, SQLUSMALLINT orientation, SQLLEN offset,
                              SQLULEN *count, SQLUSMALLINT *status);
SQLRETURN stmt_get_data(struct stmt *s, SQLUSMALLINT n, SQLSMALLINT c_type, SQLPOINTER data,
                        SQLLEN room, SQLLEN *indicator);
SQLRETURN stmt_set_pos(struct stmt *s, SQLSETPOSIROW row, SQLUSMALLINT operation,
                       SQLUSMALLINT lock);
SQLRETURN stmt_bulk_operations(struct stmt *s, SQLSMALLINT operation);
SQLRETURN stmt_row_count(struct stmt *s, SQLLEN *count);
SQLRETURN stmt_more_results(struct stmt *s);
SQLRETURN stmt_close_cursor(struct stmt *s);
/* SQL_CLOSE, SQL_UNBIND, SQL_RESET_PARAMS */
SQLRETURN stmt_free_option(struct stmt *s, SQLUSMALLINT option);
/* Number of the current row from 1 (SQL_ATTR_ROW_NUMBER); 0 when there is none. */
SQLULEN stmt_row_number(const struct stmt *s);
/* No lock is held by the caller; does nothing when nothing runs. Takes the statement's lock for an
   instant only while data-at-execution values are being asked for, when no call of this statement
   can be waiting. */
SQLRETURN stmt_cancel(struct stmt *s);
/* The same while another thread waits in it, until none does; nothing else. No lock is held by the
   caller. */
void stmt_cancel_busy(struct stmt *s);
/* From ODBC 3.5 on SQLCancel leaves the cursor of an idle statement alone, but unixODBC and iODBC
   take it for closed: they let no fetch through any more, and the next execute. Where an open
   cursor is in the way of a call, this closes it if such a SQLCancel was the last thing that
   happened, and tells whether it did. The statement's lock is held. */
bool stmt_close_cancelled(struct stmt *s);
SQLRETURN stmt_get_cursor_name(struct stmt *s, struct room name);
SQLRETURN stmt_set_cursor_name(struct stmt *s, struct text name);

/* SQLTables ... SQLGetTypeInfo: arguments still in the application's width. */
struct catalog_texts { struct text catalog, schema, table, column, types; SQLSMALLINT data_type; };
SQLRETURN stmt_catalog(struct stmt *s, enum catalog_shape shape, const struct catalog_texts *texts);

#endif
