/* The guard, through the exported functions themselves: handles, states, locks, diagnostics. */
#include <sys/wait.h>
#include <unistd.h>

#include "fake_spoke.h"

/* The room above is not a library of its own: its text is part of this program. */
#include "entry/guard.c"

#include "entry/entry.c"

#include "entry/plain_entry.c"
#include "odbc/run.h"

static SQLHENV env;
static SQLHDBC dbc;
static SQLHSTMT stmt;

static void open_all(void)
{
    memset(&fake_spoke, 0, sizeof(fake_spoke));
    CU_ASSERT_EQUAL(SQLAllocHandle(SQL_HANDLE_ENV, NULL, &env), SQL_SUCCESS);
    CU_ASSERT_EQUAL(SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc), SQL_SUCCESS);
    CU_ASSERT(SQL_SUCCEEDED(SQLDriverConnect(dbc, NULL, (SQLCHAR *)(uintptr_t)WORLD_STRING, SQL_NTS,
                                             NULL, 0, NULL, SQL_DRIVER_NOPROMPT)));
    CU_ASSERT_EQUAL(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &stmt), SQL_SUCCESS);
}

static void close_all(void)
{
    CU_ASSERT_EQUAL(SQLFreeHandle(SQL_HANDLE_STMT, stmt), SQL_SUCCESS);
    CU_ASSERT_EQUAL(SQLDisconnect(dbc), SQL_SUCCESS);
    CU_ASSERT_EQUAL(SQLFreeHandle(SQL_HANDLE_DBC, dbc), SQL_SUCCESS);
    CU_ASSERT_EQUAL(SQLFreeHandle(SQL_HANDLE_ENV, env), SQL_SUCCESS);
}

static const char *state_of_handle(SQLSMALLINT kind, SQLHANDLE h)
{
    static SQLCHAR state[6];

    state[0] = 0;
    (void)SQLGetDiagRec(kind, h, 1, state, NULL, NULL, 0, NULL);
    return (const char *)state;
}

#define HANDLE_STATE_IS(kind, h, want) \
    CU_ASSERT_STRING_EQUAL(state_of_handle(SQL_HANDLE_##kind, (h)), (want))

static void what_is_no_handle_is_refused(void)
{
    SQLCHAR text[6];
    SQLHANDLE out;

    open_all();
    CU_ASSERT_EQUAL(SQLFetch(NULL), SQL_INVALID_HANDLE);
    CU_ASSERT_EQUAL(SQLFetch(dbc), SQL_INVALID_HANDLE); /* a handle of the wrong kind */
    CU_ASSERT_EQUAL(SQLDisconnect(stmt), SQL_INVALID_HANDLE);
    CU_ASSERT_EQUAL(SQLAllocHandle(SQL_HANDLE_STMT, env, &out), SQL_INVALID_HANDLE);
    CU_ASSERT_EQUAL(SQLAllocHandle(SQL_HANDLE_DBC, NULL, &out), SQL_INVALID_HANDLE);
    CU_ASSERT_EQUAL(SQLGetDiagRec(SQL_HANDLE_STMT, dbc, 1, text, NULL, NULL, 0, NULL),
                    SQL_INVALID_HANDLE);
    CU_ASSERT_EQUAL(SQLCopyDesc(stmt, stmt), SQL_INVALID_HANDLE);
    CU_ASSERT_EQUAL(SQLFreeHandle(77, stmt), SQL_INVALID_HANDLE);
    close_all();
}

static void functions_out_of_their_state_are_refused_without_being_called(void)
{
    SQLSMALLINT n = 0;
    SQLHANDLE fresh = NULL, out = NULL;

    open_all();
    CU_ASSERT_EQUAL(SQLFetch(stmt), SQL_ERROR);
    HANDLE_STATE_IS(STMT, stmt, "HY010");
    CU_ASSERT_EQUAL(SQLCloseCursor(stmt), SQL_ERROR);
    HANDLE_STATE_IS(STMT, stmt, "24000");
    CU_ASSERT_EQUAL(SQLNumResultCols(stmt, &n), SQL_ERROR);
    HANDLE_STATE_IS(STMT, stmt, "HY010");
    CU_ASSERT_EQUAL(SQLFreeStmt(stmt, SQL_CLOSE), SQL_SUCCESS);
    HANDLE_STATE_IS(STMT, stmt, ""); /* cleared by the next call */
    CU_ASSERT_EQUAL(SQLDriverConnect(dbc, NULL, (SQLCHAR *)(uintptr_t)WORLD_STRING, SQL_NTS, NULL,
                                     0, NULL, SQL_DRIVER_NOPROMPT),
                    SQL_ERROR);
    HANDLE_STATE_IS(DBC, dbc, "08002");
    CU_ASSERT_EQUAL(SQLFreeHandle(SQL_HANDLE_DBC, dbc), SQL_ERROR);
    HANDLE_STATE_IS(DBC, dbc, "HY010");
    CU_ASSERT_EQUAL(SQLAllocHandle(SQL_HANDLE_DBC, env, &fresh), SQL_SUCCESS);
    CU_ASSERT_EQUAL(SQLAllocHandle(SQL_HANDLE_STMT, fresh, &out), SQL_ERROR);
    HANDLE_STATE_IS(DBC, fresh, "08003");
    CU_ASSERT_EQUAL(SQLGetInfo(fresh, SQL_DBMS_NAME, NULL, 0, NULL), SQL_ERROR);
    HANDLE_STATE_IS(DBC, fresh, "08003");
    CU_ASSERT_EQUAL(SQLDisconnect(fresh), SQL_ERROR);
    HANDLE_STATE_IS(DBC, fresh, "08003");
    CU_ASSERT_EQUAL(SQLFreeHandle(SQL_HANDLE_DBC, fresh), SQL_SUCCESS);
    close_all();
}

/* For every function that has one, each cell: refused calls leave the state of the cell. */
static void every_refusing_cell_refuses(void)
{
    open_all();
    for (unsigned id = 0; id < FUNCTIONS; id++) {
        const struct function *f = function_of((enum function_id)id);
        for (unsigned state = 0; f->locks && state < STMT_STATES; state++) {
            struct stmt *s = stmt;
            struct call c;
            enum state want = function_refusal(f, (enum cell)f->stmt[state], false, 0);
            s->state = (enum stmt_state)state;
            bool is_let_in = guard_enter(&c, (enum function_id)id, SQL_HANDLE_STMT, stmt);
            CU_ASSERT_EQUAL(is_let_in, want == STATES);
            if (is_let_in) {
                CU_ASSERT_EQUAL(guard_leave(&c, SQL_SUCCESS), SQL_SUCCESS);
            } else {
                CU_ASSERT_EQUAL(c.result, SQL_ERROR);
                CU_ASSERT_STRING_EQUAL(state_of_handle(SQL_HANDLE_STMT, stmt),
                                       want == STATE_HY010 ? "HY010" : "24000");
            }
            s->state = STMT_ALLOCATED;
        }
    }
    close_all();
}

static void an_asynchronous_statement_takes_only_the_function_it_runs(void)
{
    struct call c;
    struct stmt *s;

    open_all();
    s = stmt;
    CU_ASSERT(guard_enter(&c, FUNCTION_SQLExecDirect, SQL_HANDLE_STMT, stmt));
    s->state = STMT_EXECUTING;
    CU_ASSERT_EQUAL(guard_leave(&c, SQL_STILL_EXECUTING), SQL_STILL_EXECUTING);
    CU_ASSERT_FALSE(guard_enter(&c, FUNCTION_SQLFetch, SQL_HANDLE_STMT, stmt));
    HANDLE_STATE_IS(STMT, stmt, "HY010");
    CU_ASSERT(guard_enter(&c, FUNCTION_SQLExecDirect, SQL_HANDLE_STMT, stmt));
    s->state = STMT_ALLOCATED;
    CU_ASSERT_EQUAL(guard_leave(&c, SQL_SUCCESS), SQL_SUCCESS);
    CU_ASSERT_EQUAL(s->asynchronous, 0);
    close_all();
}

static void the_records_of_one_operation_stay_together_over_its_calls(void)
{
    struct call c;
    struct stmt *s;

    open_all();
    s = stmt;
    CU_ASSERT(guard_enter(&c, FUNCTION_SQLExecDirect, SQL_HANDLE_STMT, stmt));
    s->state = STMT_EXECUTING;
    diag_post(&s->handle, STATE_01S07, NULL);
    CU_ASSERT_EQUAL(guard_leave(&c, SQL_STILL_EXECUTING), SQL_STILL_EXECUTING);
    CU_ASSERT(guard_enter(&c, FUNCTION_SQLExecDirect, SQL_HANDLE_STMT, stmt));
    CU_ASSERT_EQUAL(guard_leave(&c, SQL_STILL_EXECUTING), SQL_STILL_EXECUTING);
    CU_ASSERT(guard_enter(&c, FUNCTION_SQLExecDirect, SQL_HANDLE_STMT, stmt));
    s->state = STMT_ALLOCATED;
    CU_ASSERT_EQUAL(guard_leave(&c, SQL_SUCCESS), SQL_SUCCESS_WITH_INFO);
    HANDLE_STATE_IS(STMT, stmt, "01S07");
    CU_ASSERT(guard_enter(&c, FUNCTION_SQLExecDirect, SQL_HANDLE_STMT, stmt));
    CU_ASSERT_EQUAL(guard_leave(&c, SQL_SUCCESS), SQL_SUCCESS);
    HANDLE_STATE_IS(STMT, stmt, "");
    close_all();
}

static void an_automatic_descriptor_shares_its_statements_state_and_lock(void)
{
    SQLHDESC ard = NULL, own = NULL;
    SQLSMALLINT n = -1;
    struct call c;

    open_all();
    CU_ASSERT_EQUAL(SQLGetStmtAttr(stmt, SQL_ATTR_APP_ROW_DESC, &ard, 0, NULL), SQL_SUCCESS);
    CU_ASSERT(guard_enter(&c, FUNCTION_SQLGetDescField, SQL_HANDLE_DESC, ard));
    CU_ASSERT_PTR_EQUAL(c.latch, &((struct stmt *)stmt)->handle.latch);
    CU_ASSERT_EQUAL(guard_leave(&c, SQL_SUCCESS), SQL_SUCCESS);
    ((struct stmt *)stmt)->state = STMT_NEED_DATA;
    CU_ASSERT_EQUAL(SQLGetDescField(ard, 0, SQL_DESC_COUNT, &n, 0, NULL), SQL_ERROR);
    HANDLE_STATE_IS(DESC, ard, "HY010");
    ((struct stmt *)stmt)->state = STMT_ALLOCATED;
    CU_ASSERT_EQUAL(SQLGetDescField(ard, 0, SQL_DESC_COUNT, &n, 0, NULL), SQL_SUCCESS);
    CU_ASSERT_EQUAL(n, 0);
    CU_ASSERT_EQUAL(SQLFreeHandle(SQL_HANDLE_DESC, ard), SQL_ERROR);
    HANDLE_STATE_IS(DESC, ard, "HY017");
    CU_ASSERT_EQUAL(SQLAllocHandle(SQL_HANDLE_DESC, dbc, &own), SQL_SUCCESS);
    CU_ASSERT_EQUAL(SQLCopyDesc(ard, own), SQL_SUCCESS);
    CU_ASSERT_EQUAL(SQLFreeHandle(SQL_HANDLE_DESC, own), SQL_SUCCESS);
    close_all();
}

static void an_error_always_leaves_a_record_and_warnings_change_the_return_code(void)
{
    struct call c;
    SQLCHAR text[3];
    SQLSMALLINT length;
    SQLRETURN rc = 77;

    open_all();
    CU_ASSERT(guard_enter(&c, FUNCTION_SQLPrepare, SQL_HANDLE_STMT, stmt));
    CU_ASSERT_EQUAL(guard_leave(&c, SQL_ERROR), SQL_ERROR);
    HANDLE_STATE_IS(STMT, stmt, "HY000");
    CU_ASSERT_EQUAL(SQLGetDiagField(SQL_HANDLE_STMT, stmt, 0, SQL_DIAG_RETURNCODE, &rc, 0, NULL),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(rc, SQL_ERROR);
    CU_ASSERT_EQUAL(SQLSetStmtAttr(stmt, SQL_ATTR_CONCURRENCY, (SQLPOINTER)SQL_CONCUR_LOCK, 0),
                    SQL_SUCCESS_WITH_INFO);
    HANDLE_STATE_IS(STMT, stmt, "01S02");
    CU_ASSERT_EQUAL(SQLGetInfo(dbc, SQL_DBMS_NAME, text, 3, &length), SQL_SUCCESS_WITH_INFO);
    HANDLE_STATE_IS(DBC, dbc, "01004");
    close_all();
}

static void a_handle_from_before_fork_answers_08S01(void)
{
    int status = -1;
    pid_t child;

    open_all();
    child = fork();
    if (child == 0) {
        SQLCHAR state[6] = "";
        SQLHANDLE fresh = NULL;
        bool ok =
            SQLFreeStmt(stmt, SQL_CLOSE) == SQL_ERROR &&
            SQLGetDiagRec(SQL_HANDLE_STMT, stmt, 1, state, NULL, NULL, 0, NULL) >= 0 &&
            strcmp((char *)state, "08S01") == 0 &&
            SQLAllocHandle(SQL_HANDLE_ENV, NULL, &fresh) == SQL_SUCCESS &&
            SQLSetEnvAttr(fresh, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0) == SQL_SUCCESS;
        _exit(ok ? 0 : 1);
    }
    CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
    CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close_all();
}

static void cancel_takes_no_lock_and_posts_nothing(void)
{
    open_all();
    latch_take(&((struct stmt *)stmt)->handle.latch); /* as if another thread were inside */
    CU_ASSERT_EQUAL(SQLCancel(stmt), SQL_SUCCESS);
    CU_ASSERT_EQUAL(SQLCancelHandle(SQL_HANDLE_STMT, stmt), SQL_SUCCESS);
    CU_ASSERT_EQUAL(SQLCancelHandle(SQL_HANDLE_DBC, dbc), SQL_SUCCESS);
    HANDLE_STATE_IS(STMT, stmt, "");
    latch_give(&((struct stmt *)stmt)->handle.latch);
    CU_ASSERT_EQUAL(SQLCancelHandle(SQL_HANDLE_ENV, env), SQL_INVALID_HANDLE);
    close_all();
}

/* A cursor without rows, as far as the guard can tell. */
static void pretend_a_cursor(void)
{
    ((struct stmt *)stmt)->state = STMT_OPEN;
}

/* unixODBC and iODBC believe that SQLCancel closed it, let no fetch through and execute again. */
static void a_cursor_that_was_cancelled_idly_makes_room_for_the_next_statement(void)
{
    SQLCHAR *sql = (SQLCHAR *)(uintptr_t)"SELECT 1";
    SQLINTEGER value;

    open_all();
    pretend_a_cursor();
    CU_ASSERT_EQUAL(SQLPrepare(stmt, sql, SQL_NTS), SQL_ERROR); /* nobody cancelled */
    HANDLE_STATE_IS(STMT, stmt, "24000");
    CU_ASSERT_EQUAL(SQLSetStmtAttr(stmt, SQL_ATTR_CONCURRENCY, (SQLPOINTER)SQL_CONCUR_READ_ONLY, 0),
                    SQL_ERROR);
    HANDLE_STATE_IS(STMT, stmt, "24000");
    CU_ASSERT_EQUAL(SQLCancel(stmt), SQL_SUCCESS);
    CU_ASSERT_EQUAL(((struct stmt *)stmt)->state, STMT_OPEN); /* ODBC 3.5: no effect by itself */
    CU_ASSERT_EQUAL(SQLGetData(stmt, 1, SQL_C_SLONG, &value, 0, NULL), SQL_ERROR);
    HANDLE_STATE_IS(STMT, stmt, "24000"); /* not a call that another statement begins with */
    CU_ASSERT_EQUAL(((struct stmt *)stmt)->state, STMT_OPEN);
    CU_ASSERT_EQUAL(SQLPrepare(stmt, sql, SQL_NTS), SQL_SUCCESS);
    CU_ASSERT_EQUAL(((struct stmt *)stmt)->state, STMT_PREPARED);
    pretend_a_cursor();
    CU_ASSERT_EQUAL(SQLCancel(stmt), SQL_SUCCESS);
    stmt_flight_begin(stmt); /* something was done since: the cancel is forgotten */
    stmt_flight_end(stmt);
    CU_ASSERT_EQUAL(SQLExecute(stmt), SQL_ERROR);
    HANDLE_STATE_IS(STMT, stmt, "24000");
    CU_ASSERT_EQUAL(SQLFreeStmt(stmt, SQL_CLOSE), SQL_SUCCESS);
    CU_ASSERT_EQUAL(SQLFreeStmt(stmt, SQL_CLOSE), SQL_SUCCESS);
    pretend_a_cursor();
    ((struct stmt *)stmt)->is_prepared = false;
    CU_ASSERT_EQUAL(SQLCancel(stmt), SQL_SUCCESS);
    CU_ASSERT_EQUAL(SQLSetStmtAttr(stmt, SQL_ATTR_CONCURRENCY, (SQLPOINTER)SQL_CONCUR_READ_ONLY, 0),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(((struct stmt *)stmt)->state, STMT_ALLOCATED);
    close_all();
}

static void both_widths_reach_the_same_function(void)
{
    SQLWCHAR wide[16];
    SQLCHAR narrow[16];
    SQLSMALLINT length;

    open_all();
    CU_ASSERT_EQUAL(SQLGetInfo(dbc, SQL_DBMS_NAME, narrow, sizeof(narrow), &length), SQL_SUCCESS);
    CU_ASSERT_EQUAL(length, 6);
    CU_ASSERT_EQUAL(SQLGetInfoW(dbc, SQL_DBMS_NAME, wide, sizeof(wide), &length), SQL_SUCCESS);
    CU_ASSERT_EQUAL(length, 12);
    CU_ASSERT_EQUAL(wide[5], 'a');
    CU_ASSERT_EQUAL(SQLEndTran(SQL_HANDLE_DBC, dbc, SQL_COMMIT), SQL_SUCCESS);
    CU_ASSERT_EQUAL(SQLEndTran(SQL_HANDLE_ENV, env, SQL_ROLLBACK), SQL_SUCCESS);
    CU_ASSERT_EQUAL(
        SQLStatistics(stmt, NULL, 0, NULL, 0, (SQLCHAR *)(uintptr_t) "t", SQL_NTS, 9, SQL_QUICK),
        SQL_ERROR);
    HANDLE_STATE_IS(STMT, stmt, "HY100");
    CU_ASSERT_EQUAL(SQLStatistics(stmt, NULL, 0, NULL, 0, (SQLCHAR *)(uintptr_t) "t", SQL_NTS,
                                  SQL_INDEX_ALL, 9),
                    SQL_ERROR);
    HANDLE_STATE_IS(STMT, stmt, "HY101");
    CU_ASSERT_EQUAL(
        SQLSpecialColumns(stmt, 9, NULL, 0, NULL, 0, (SQLCHAR *)(uintptr_t) "t", SQL_NTS, 0, 0),
        SQL_ERROR);
    HANDLE_STATE_IS(STMT, stmt, "HY097");
    CU_ASSERT_EQUAL(SQLSpecialColumns(stmt, SQL_BEST_ROWID, NULL, 0, NULL, 0,
                                      (SQLCHAR *)(uintptr_t) "t", SQL_NTS, 9, 0),
                    SQL_ERROR);
    HANDLE_STATE_IS(STMT, stmt, "HY098");
    CU_ASSERT_EQUAL(SQLSpecialColumns(stmt, SQL_BEST_ROWID, NULL, 0, NULL, 0,
                                      (SQLCHAR *)(uintptr_t) "t", SQL_NTS, 0, 9),
                    SQL_ERROR);
    HANDLE_STATE_IS(STMT, stmt, "HY099");
    close_all();
}

static const struct unit_test tests[] = {
    { "what is no handle is refused", what_is_no_handle_is_refused },
    { "functions out of their state are refused without being called",
      functions_out_of_their_state_are_refused_without_being_called },
    { "every refusing cell refuses", every_refusing_cell_refuses },
    { "an asynchronous statement takes only the function it runs",
      an_asynchronous_statement_takes_only_the_function_it_runs },
    { "the records of one operation stay together over its calls",
      the_records_of_one_operation_stay_together_over_its_calls },
    { "an automatic descriptor shares its statement's state and lock",
      an_automatic_descriptor_shares_its_statements_state_and_lock },
    { "an error always leaves a record, warnings change the return code",
      an_error_always_leaves_a_record_and_warnings_change_the_return_code },
    { "a handle from before fork answers 08S01", a_handle_from_before_fork_answers_08S01 },
    { "cancel takes no lock and posts nothing", cancel_takes_no_lock_and_posts_nothing },
    { "a cursor that was cancelled idly makes room for the next statement",
      a_cursor_that_was_cancelled_idly_makes_room_for_the_next_statement },
    { "both widths reach the same function", both_widths_reach_the_same_function },
};

UNIT_MAIN("odbc/guard", tests)
