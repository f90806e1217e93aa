/* function_states.def: every function has its list, every name in it is a state, what the guard
   itself refuses is in it, and a debug build ends when something else is posted. */
#include "fake_spoke.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "odbc/functions.h"
#include "odbc/sqlstate.h"

static bool is_state(struct span name)
{
    for (unsigned i = 0; i < STATES; i++) {
        if (span_equal(name, span_of(sqlstate_of((enum state)i)->v3))) {
            return true;
        }
    }
    return false;
}

static void every_function_has_a_list_of_states(void)
{
    bool has_row[FUNCTIONS] = { false };
    enum function_id id;
    const char *listed;

    for (unsigned row = 0; (listed = function_states(row, &id)) != NULL; row++) {
        struct span rest = span_of(listed);
        has_row[id] = true;
        while (!span_is_null(rest)) {
            struct span name = span_next(&rest, ' ');
            if (name.len > 0 && !is_state(name)) {
                printf("    %s: \"%.*s\" is no state\n", function_of(id)->name, (int)name.len,
                       name.at);
                CU_FAIL("a name that is no state");
            }
        }
    }
    for (unsigned i = 0; i < FUNCTIONS; i++) {
        CU_ASSERT_TRUE(has_row[i]);
    }
}

static void what_the_guard_refuses_is_in_the_lists(void)
{
    for (unsigned i = 0; i < FUNCTIONS; i++) {
        const struct function *f = function_of((enum function_id)i);
        for (unsigned state = 0; state < STMT_STATES + DBC_STATES; state++) {
            enum cell cell =
                (enum cell)(state < STMT_STATES ? f->stmt[state] : f->dbc[state - STMT_STATES]);
            for (unsigned prepared = 0; prepared < 2; prepared++) {
                enum state refusal = function_refusal(f, cell, prepared != 0, 0);
                if (refusal != STATES && !function_may_post((enum function_id)i, refusal)) {
                    printf("    %s refuses with %s\n", f->name, sqlstate_of(refusal)->v3);
                    CU_FAIL("a refusal that is not listed");
                }
            }
        }
    }
}

/* Some cells of the standard's pages, typed a second time. */
static void the_lists_say_what_the_pages_say(void)
{
    static const struct {
        enum function_id id;
        enum state state;
        bool is_listed;
    } cells[] = {
        { FUNCTION_SQLBindCol, STATE_HY003, true },
        { FUNCTION_SQLBindCol, STATE_24000, false },
        { FUNCTION_SQLRowCount, STATE_24000, false },
        { FUNCTION_SQLGetData, STATE_HY109, true },
        { FUNCTION_SQLGetData, STATE_42S02, false },
        { FUNCTION_SQLFetch, STATE_22002, true },
        { FUNCTION_SQLFetch, STATE_HY107, true },
        { FUNCTION_SQLExecDirect, STATE_42S02, true },
        { FUNCTION_SQLExecDirect, STATE_07005, false },
        { FUNCTION_SQLGetInfo, STATE_HY096, true },
        { FUNCTION_SQLGetInfo, STATE_HY092, false },
        { FUNCTION_SQLGetTypeInfo, STATE_HY004, true },
        { FUNCTION_SQLTables, STATE_HY004, false },
        { FUNCTION_SQLStatistics, STATE_HY100, true },
        { FUNCTION_SQLSetStmtAttr, STATE_HY017, true },
        { FUNCTION_SQLPutData, STATE_HY020, true },
        { FUNCTION_SQLPutData, STATE_24000, false },
        { FUNCTION_SQLDisconnect, STATE_25000, true },
        { FUNCTION_SQLFreeStmt, STATE_24000, false },
        { FUNCTION_SQLCloseCursor, STATE_24000, true },
        { FUNCTION_SQLDescribeCol, STATE_07005, true },
        { FUNCTION_SQLSetCursorName, STATE_3C000, true },
        { FUNCTION_SQLGetFunctions, STATE_HY095, true },
        { FUNCTION_SQLConnect, STATE_08002, true },
        { FUNCTION_SQLDriverConnect, STATE_HY110, true },
        { FUNCTION_SQLConnect, STATE_HY110, false },
        { FUNCTION_SQLEndTran, STATE_HY012, true },
    };

    for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
        CU_ASSERT_EQUAL(function_may_post(cells[i].id, cells[i].state), cells[i].is_listed);
    }
}

#ifndef NDEBUG
/* How a child ends that posts a state inside a function. */
static int ends_by(unsigned id, enum state state)
{
    int status = 0;
    pid_t child;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    fflush(NULL);
    child = fork();
    if (child == 0) {
        (void)!freopen("/dev/null", "w", stderr);
        struct handle *h = (struct handle *)world_dbc;
        signal(SIGABRT, SIG_DFL);
        diag_enter(&h->diag, id);
        diag_post(h, state, NULL);
        _exit(0);
    }
    waitpid(child, &status, 0);
    world_free();
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void a_state_that_is_not_listed_ends_a_debug_build(void)
{
    CU_ASSERT_EQUAL(ends_by(FUNCTION_SQLGetInfo, STATE_HY096), 0);
    CU_ASSERT_EQUAL(ends_by(FUNCTION_SQLGetInfo, STATE_HY092), SIGABRT);
}
#endif

static const struct unit_test tests[] = {
    { "every function has a list of states", every_function_has_a_list_of_states },
    { "what the guard refuses is in the lists", what_the_guard_refuses_is_in_the_lists },
    { "the lists say what the pages say", the_lists_say_what_the_pages_say },
#ifndef NDEBUG
    { "a state that is not listed ends a debug build",
      a_state_that_is_not_listed_ends_a_debug_build },
#endif
};

UNIT_MAIN("odbc/function_states", tests)
