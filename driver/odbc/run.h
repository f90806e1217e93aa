/* What a statement executes and has open. Private to the statement files of this room.

   One struct stmt_run lives as long as its statement. Its parts are those of one execution:
   parameter values that are still to come, the query, the cursor over its rows, the plans that
   carry cells into the application's buffers. */
#ifndef ODBC_RUN_H
#define ODBC_RUN_H

#include "odbc/stmt.h"

enum {
    /* Bytes of one ExecutionParameters value. Athena counts characters, of whatever width: nothing
       is longer in those than in bytes. */
    LITERAL_SENT_MAX = 1024,
    STATEMENT_BYTES_MAX = 262144, /* what Athena takes as one statement */
    PIN_BYTES_MAX = 32 * 1024 *
        1024, /* cells kept for SQLGetData when a rowset straddles batches */
    SPOOL_BYTES_DEFAULT = 128 * 1024 * 1024,
};

/* A value that the application sends by SQLPutData. */
struct late_value {
    SQLULEN set;
    unsigned parameter; /* from 1 */
    bool is_null, is_given;
    struct buf data;
};

/* Rows kept in memory: static cursors. */
struct spool {
    struct arena arena;
    struct span **rows;
    size_t n, room;
    bool is_complete;
};

struct cursor {
    struct row_source *source; /* NULL: none open */
    struct batch batch;
    unsigned batch_at;
    bool is_at_end;
    struct spool spool;
    size_t spool_at;
    bool is_static;
    SQLULEN max_rows;    /* SQL_ATTR_MAX_ROWS when it was opened */
    SQLULEN n_delivered; /* rows handed out */
    struct fault fault;  /* what broke the source: every fetch tells it until the cursor closes */
    /* The rowset. */
    const struct span **rows; /* NULL: still raw, or could not be kept */
    struct raw_row *raw;      /* at NULL: this row came in cells, or could not be kept */
    struct span *row_cells;   /* room for one row: see cursor_split */
    size_t rows_room;
    SQLUSMALLINT *extended_status; /* the array of SQLExtendedFetch, for SQLSetPos */
    SQLULEN n_rows, n_asked, row; /* row: current one, from 0 */
    const struct span *cells;     /* of the current row, once SQLGetData asked for it; else NULL */
    SQLULEN n_kept;               /* rows from the first that need nothing of the source any more */
    int64_t
        start; /* number of its first row; 0 = before the first, past the last = after the end */
    struct arena pins;
    bool is_tight; /* a row of this rowset could not be kept */
    SQLULEN n_good, n_info, n_bad; /* rows of this rowset by their status */
    /* A fetch has had to wait: SQLCancel finds it from then on. Between the calls of an
       asynchronous one it stands in the middle of the rowset. */
    bool is_in_flight;
};

/* How SQLGetData converts a column: kept while the same C type is asked. */
struct way {
    bool is_ready;
    bool is_quick; /* and nothing cuts its cells: a whole one may go straight through the store */
    SQLSMALLINT asked;
    SQLULEN max_length;
    struct value_plan plan;
};

/* _CUT: a value lost fraction digits on its way (01S07). */
enum set_state { SET_UNUSED, SET_IN_JOB, SET_IN_JOB_CUT, SET_GOOD, SET_GOOD_CUT, SET_BAD };

struct stmt_run {
    struct wake idle; /* who is inside is through: see stmt_settle */
    /* Guarded by run_lock: what SQLCancel finds. */
    bool is_in_flight, is_asking;
    bool is_idly_cancelled; /* SQLCancel came with nothing to cancel, and nothing was begun since */
    struct wake stop;

    /* Execution. */
    SQLUSMALLINT function; /* SQL_API_... being executed asynchronously */
    struct query *query;
    /* What the engine was sent when that is not the native text (sent.native; NULL: it is), for the
       places in its errors. is_sent_strange: places in it cannot be told. */
    struct arena sent_arena;
    struct sql_text sent;
    bool is_sent_strange;
    struct catalog_task *task; /* a catalog function being executed asynchronously */
    struct opening *opening;   /* a result being opened asynchronously */
    char earlier[64]; /* the next execution reads the result of this query; "" = runs its text */
    SQLULEN n_sets, set_at, set_end; /* parameter sets of the running job: [set_at, set_end) */
    unsigned char *sets;             /* enum set_state of each */
    int64_t row_count, deadline;
    struct late_value *late;
    unsigned n_late, late_room, late_at;
    bool is_described; /* the IRD tells the columns of the prepared text */

    /* Result. */
    struct cursor cursor;
    SQLULEN asked_cursor_type, asked_scrollable;
    bool is_cursor_changed;
    struct row_target *targets; /* bases and steps are read again at every fetch */
    unsigned n_targets, targets_room;
    const struct desc *planned_ard;
    unsigned planned_ard_generation, planned_ird_generation;
    SQLULEN planned_max_length;
    /* is_fused: every target may be filled by the source; is_strict: TruncationPolicy=error */
    bool is_planned, is_fused, is_strict;
    /* SQLGetData. */
    struct value_piece piece;
    SQLUSMALLINT piece_column; /* 0: no piece has been read of this row */
    struct way *ways;          /* one for each column of the open cursor */
    unsigned n_ways;
};

/* run.c */
struct stmt_run *run_new(void);
void run_free(struct stmt_run *r);
/* Around every request and wait: gives the statement's lock, marks it busy; and back. */
void stmt_pause(struct stmt *s);
void stmt_resume(struct stmt *s);
/* An operation that SQLCancel may end begins and ends. */
void stmt_flight_begin(struct stmt *s);
void stmt_flight_end(struct stmt *s);
bool stmt_is_stopped(struct stmt *s);
/* Puts an execution where SQLCancel and the attributes find it; takes a reference. NULL when it is
   over. */
void stmt_show_execution(struct stmt *s, struct execution *e);
/* The text that goes out, and the edits (struct sql_edit, bytewise) that made it of the native
   one. */
void stmt_keep_sent(struct stmt *s, struct span text, const struct buf *edits);
void stmt_forget_sent(struct stmt *s);
/* Adds what the connection knows, maps the place in the text back, posts. Returns SQL_ERROR. */
SQLRETURN stmt_post_fault(struct stmt *s, struct fault *f);
/* An asynchronous function has returned SQL_STILL_EXECUTING and not yet its end. */
static inline bool stmt_is_waiting(const struct stmt *s)
{
    return s->state == STMT_EXECUTING || s->state == STMT_CANCELLED;
}
/* The state of a function that has to be called again: SQLCancel shows in it. */
void stmt_wait(struct stmt *s, SQLUSMALLINT function);
/* HY010 when another function of this statement is being executed asynchronously; SQL_SUCCESS else.
 */
SQLRETURN stmt_check_function(struct stmt *s, SQLUSMALLINT function);
/* Stops the query, drops the rows, forgets late values. The state is not touched. Sends requests:
   pauses. */
void run_drop(struct stmt *s);
struct aws_bounds stmt_bounds(struct stmt *s, int64_t deadline_steady_ms);
int64_t stmt_deadline(const struct stmt *s);

/* bind.c: whether the standard knows this SQL type. */
bool stmt_is_sql_type(SQLSMALLINT type);

/* parameter.c */
/* The literal of one parameter of one set, appended. */
bool parameter_literal(struct stmt *s, SQLULEN set, unsigned n, struct buf *out,
                       enum value_outcome *outcome, struct fault *f);
bool parameter_is_late(const struct stmt *s, SQLULEN set, unsigned n);
/* The C type of its values: SQL_C_DEFAULT resolved. */
SQLSMALLINT parameter_c_type(const struct stmt *s, unsigned n);
/* The column size of an IPD record, of exact numbers the precision; 0 = none. */
SQLULEN parameter_size(const struct desc_record *ipd);
/* Whether its values have a length of their own. */
bool parameter_is_variable(const struct stmt *s, unsigned n);
/* A length that is none the standard knows, or more than any value can have: what stands there may
   not be a length at all (programs have been seen that pass the address of a 4-byte integer).
   *length is it. */
bool parameter_has_bad_length(const struct stmt *s, SQLULEN set, unsigned n, SQLLEN *length);
bool parameter_set_is_ignored(const struct stmt *s, SQLULEN set);
/* SQL_SUCCESS, or 07002 and the like posted. */
SQLRETURN parameter_check(struct stmt *s);

/* late.c */
/* Finds all values to be sent by SQLPutData; true in *any when there are some. */
bool late_collect(struct stmt *s, bool *any, struct fault *f);
const struct late_value *late_find(const struct stmt_run *r, SQLULEN set, unsigned n);
void late_forget(struct stmt_run *r);
/* Whether SQLCancel finds a dialogue about late values. */
void late_ask(struct stmt *s, bool is_asking);

/* sets.c: one enum set_state for each set. False when memory is short. */
bool sets_init(struct stmt *s);
/* The sets of the running job get their end. */
void sets_mark(struct stmt_run *r, enum set_state state);
SQLULEN sets_count(const struct stmt_run *r, enum set_state state);
/* SQL_ATTR_PARAM_STATUS_PTR and SQL_ATTR_PARAMS_PROCESSED_PTR. */
void sets_tell(struct stmt *s);

/* job.c: the text and parameters of the next query. */
struct job {
    struct buf sql;          /* empty: the native text as it is */
    struct span *parameters; /* in the arena */
    unsigned n_parameters;
};
enum job_step { JOB_READY, JOB_NONE, JOB_FAULT };
/* Takes one set from set_at on, or as many sets of an INSERT as fit one statement, and moves
   set_end behind them. A set whose value cannot be converted gets its record and is left out.
   JOB_NONE: no set is left. */
enum job_step job_build(struct stmt *s, struct arena *arena, struct job *out, struct fault *f);

/* query.c */
/* Makes the execution that SQLCancel sees; execution_drop it. The lock is held. */
struct execution *query_announce(struct stmt *s, struct fault *f);
/* The statement's latest query, for the driver's attributes. Takes the reference over. */
void query_keep(struct stmt *s, struct execution *e);
/* The following three wait: the lock is not held. */
bool query_launch(struct stmt *s, struct span sql, const struct job *job, struct execution *e,
                  struct fault *f);
bool query_result(struct stmt *s, const struct execution *e, struct result *out, struct fault *f);
/* A query of the driver's own, from start to rows. */
bool query_whole(struct stmt *s, struct span sql, struct execution *e, struct result *out,
                 struct fault *f);

/* audit_query.c: nothing happens without AuditLog. False when the line must be written
   (AuditRequired) and cannot be. */
bool audit_query_start(struct stmt *s, struct span sql, struct fault *f);
/* How it ended; a line that cannot be written becomes a notice. */
void audit_query_end(struct stmt *s, struct execution *e, const struct fault *why);
/* A result is read that a query before left: no cost of its own. False as above. */
bool audit_result_read(struct stmt *s, struct span query_id, struct fault *f);

/* probe.c: whether LocalProbe answers this text. */
bool probe_is_local(struct stmt *s);
/* Asks the service something free and opens a cursor over the one row that the text means. */
SQLRETURN probe_answer(struct stmt *s);

/* catalog_call.c: stops it, waits for its end, frees it. NULL is fine. The lock is not held. */
void catalog_task_drop(struct catalog_task *t);

/* earlier.c: SQL_ATTR_ATHENA_RESULT_OF. */
/* Looks the query up into the execution: finished and successful, or a fault. The lock is not
   held. */
bool earlier_look_up(struct stmt *s, struct execution *e, struct fault *f);

/* execute.c */
SQLRETURN execute_begin(struct stmt *s, SQLUSMALLINT function);
SQLRETURN execute_go(struct stmt *s);
SQLRETURN execute_continue(struct stmt *s);

/* opening.c */
enum opening_step { OPENING_WAIT, OPENING_DONE, OPENING_FAULT };
/* The result of s->last, its rows already with the cursor when it has any; an asynchronous
   statement has to come again. The lock is held, and given away where that waits. After a fault
   run_drop closes what was opened. */
enum opening_step opening_step(struct stmt *s, struct result *out, struct fault *f);
/* Stops it and waits for its end. NULL is fine. The lock is not held. */
void opening_drop(struct opening *o);

/* open.c */
/* The cursor takes the source over and reads what a static cursor or exact sizes want of it. The
   lock is not held. */
bool cursor_read(struct stmt *s, struct row_source *source, struct fault *f);
/* Describes what cursor_read has read: the cursor is open. */
SQLRETURN cursor_show(struct stmt *s, SQLRETURN so_far);
/* Opens a cursor over the source (taken over), describes it, spools it for a static cursor. */
SQLRETURN cursor_open(struct stmt *s, struct row_source *source, SQLRETURN so_far);

/* describe.c */
bool ird_fill(struct stmt *s, const struct columns *columns, struct arena *arena, struct fault *f);
void ird_clear(struct stmt *s);

/* spool.c */
bool spool_add(struct spool *p, const struct span *cells, unsigned n_cells, struct fault *f);
void spool_free(struct spool *p);

/* cursor.c */
void cursor_done(struct cursor *c);
/* The next row of a forward-only cursor. */
enum row_step cursor_next(struct stmt *s, const struct span **cells, struct fault *f);
/* Whether row i of the rowset could be kept when its batch goes. */
bool cursor_keep_row(struct cursor *c, SQLULEN i, const struct span *cells);
/* A row that the source filled is taken apart, once: that changes its text. Its cells are those of
   the last row that was split, and kept for cursor_cells as far as there is room. NULL: it is no
   record. */
const struct span *cursor_split(struct cursor *c, SQLULEN i);
/* Cells of row i of the rowset; a row that was filled by the source is split now. NULL: not
   kept. */
const struct span *cursor_cells(struct cursor *c, SQLULEN i);
/* Before a fetch waits, and between its waits: the first makes it a flight, which lasts until the
   fetch ends. False: SQLCancel came. */
bool cursor_fly(struct stmt *s, struct fault *f);
/* The next rows straight into the bound columns, into rows [c->n_rows, ...) of the rowset, at most
   rows_max; *n of them came and are raw rows now. None: cursor_next goes on. */
enum row_step cursor_fill(struct stmt *s, SQLULEN rows_max, SQLULEN *n, struct fault *f);

/* plan.c */
bool plan_ready(struct stmt *s, struct fault *f);
/* Bases and steps for this fetch. */
void plan_aim(struct stmt *s);
/* The digits of an interval: the column's unless an application set others in its descriptor. */
void plan_take_interval(struct value_plan *p, const struct desc_record *a);
/* Posts what became of a cell of column n (from 1) on its way into a buffer. */
SQLRETURN plan_post(struct stmt *s, enum value_outcome outcome, const struct value_plan *p,
                    SQLLEN row, unsigned n);
/* Writes row i of the rowset; its SQL_ROW_... status, records posted. */
SQLUSMALLINT plan_store_row(struct stmt *s, const struct span *cells, SQLULEN i);

#endif
