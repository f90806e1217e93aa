/* What one thread may do to a statement that another one is in: cancelling at odd moments, freeing,
   changing its descriptors. */
#include <pthread.h>
#include <unistd.h>

#include "fake_world.h"

/* The room above is not a library of its own: its text is part of this program. */
#include "entry/guard.c"

#include "entry/entry.c"

#include "entry/plain_entry.c"

static const char *const one_integer[] = { "integer" };
static const char *const three_rows[] = { "1", "2", "3" };

static struct stmt *victim;

static struct stmt *start(void)
{
    fake_reset();
    fake.types = one_integer;
    fake.n_columns = 1;
    fake.cells = three_rows;
    fake.n_rows = 3;
    fake_connect(SQL_OV_ODBC3);
    victim = fake_stmt();
    return victim;
}

static void stop(struct stmt *s)
{
    stmt_free(s);
    fake_disconnect();
}

static SQLCHAR *sql(const char *text)
{
    return (SQLCHAR *)(uintptr_t)text;
}

static const char *state_of_desc(SQLHDESC h)
{
    static SQLCHAR state[6];

    state[0] = 0;
    (void)SQLGetDiagRec(SQL_HANDLE_DESC, h, 1, state, NULL, NULL, 0, NULL);
    return (const char *)state;
}

static void cancel_victim(void)
{
    (void)SQLCancel(victim);
}

static void a_cancel_before_the_query_is_shown_starts_nothing(void)
{
    struct stmt *s = start();

    fake.before_audit = cancel_victim;
    CU_ASSERT_EQUAL(SQLExecDirect(s, sql("SELECT a FROM t"), SQL_NTS), SQL_ERROR);
    IS(fake_state(s, 1), "HY008");
    CU_ASSERT_EQUAL(fake.n_started, 0);
    CU_ASSERT_EQUAL(SQLExecDirect(s, sql("SELECT a FROM t"), SQL_NTS), SQL_SUCCESS);
    stop(s);
}

static void a_cancel_before_the_query_that_describes_starts_nothing(void)
{
    struct stmt *s = start();
    SQLSMALLINT n = 0;

    CU_ASSERT_EQUAL(SQLPrepare(s, sql("SELECT a FROM t"), SQL_NTS), SQL_SUCCESS);
    fake.before_audit = cancel_victim;
    CU_ASSERT_EQUAL(SQLNumResultCols(s, &n), SQL_ERROR);
    IS(fake_state(s, 1), "HY008");
    CU_ASSERT_EQUAL(fake.n_started, 0);
    CU_ASSERT_EQUAL(SQLNumResultCols(s, &n), SQL_SUCCESS);
    CU_ASSERT_EQUAL(n, 1);
    stop(s);
}

static SQLRETURN freed;

static void *free_victim(void *context)
{
    SQLUSMALLINT *option = context;

    freed = option != NULL ? SQLFreeStmt(victim, *option)
                           : SQLFreeHandle(SQL_HANDLE_STMT, victim);
    return NULL;
}

static pthread_t other;

static void free_from_elsewhere(void)
{
    pthread_create(&other, NULL, free_victim, NULL);
}

static void drop_from_elsewhere(void)
{
    static SQLUSMALLINT drop = SQL_DROP;

    pthread_create(&other, NULL, free_victim, &drop);
}

static void freeing_a_statement_that_waits_stops_what_it_waits_for(void)
{
    void (*const ways[])(void) = { free_from_elsewhere, drop_from_elsewhere };

    for (unsigned i = 0; i < 2; i++) {
        struct stmt *s = start();
        int64_t from = clock_system()->steady_ms(clock_system());
        fake.n_waits = 10000; /* ten seconds */
        fake.while_waiting = ways[i];
        CU_ASSERT_EQUAL(SQLExecDirect(s, sql("SELECT a FROM t"), SQL_NTS), SQL_ERROR);
        pthread_join(other, NULL);
        CU_ASSERT_EQUAL(freed, SQL_SUCCESS);
        CU_ASSERT(clock_system()->steady_ms(clock_system()) - from < 5000);
        fake_disconnect(); /* nothing runs, no statement is left */
    }
}

static void an_asynchronous_statement_is_not_freed_between_its_steps(void)
{
    struct stmt *s = start();

    fake.n_waits = 3;
    s->attributes.async_enable = SQL_ASYNC_ENABLE_ON;
    CU_ASSERT_EQUAL(SQLExecDirect(s, sql("SELECT a FROM t"), SQL_NTS), SQL_STILL_EXECUTING);
    CU_ASSERT_EQUAL(SQLFreeHandle(SQL_HANDLE_STMT, s), SQL_ERROR);
    IS(fake_state(s, 1), "HY010");
    SQLRETURN rc;
    while ((rc = SQLExecDirect(s, sql("SELECT a FROM t"), SQL_NTS)) == SQL_STILL_EXECUTING)
        continue;
    CU_ASSERT_EQUAL(rc, SQL_SUCCESS);
    stop(s);
}

/* Neither changed nor freed. */
static void is_locked(SQLHDESC d, struct stmt *s)
{
    CU_ASSERT_EQUAL(SQLFreeHandle(SQL_HANDLE_DESC, d), SQL_ERROR);
    IS(state_of_desc(d), "HY010");
    CU_ASSERT_EQUAL(SQLSetDescField(d, 0, SQL_DESC_ARRAY_SIZE, (SQLPOINTER)5, 0), SQL_ERROR);
    IS(state_of_desc(d), "HY010");
    CU_ASSERT_EQUAL(SQLSetDescRec(d, 1, SQL_C_SLONG, 0, 4, 0, 0, NULL, NULL, NULL), SQL_ERROR);
    IS(state_of_desc(d), "HY010");
    CU_ASSERT_EQUAL(SQLCopyDesc(&victim->auto_ard, d), SQL_ERROR);
    IS(state_of_desc(d), "HY010");
    CU_ASSERT(s->apd == d || s->ard == d);
}

/* Another statement with the same descriptor hears it on its own handle. */
static void is_locked_for(struct stmt *s, SQLHDESC d)
{
    static const SQLINTEGER attributes[] = { SQL_ATTR_PARAMSET_SIZE, SQL_ATTR_PARAM_BIND_TYPE,
                                             SQL_ATTR_PARAM_BIND_OFFSET_PTR };

    CU_ASSERT_EQUAL(SQLSetStmtAttr(s, SQL_ATTR_APP_PARAM_DESC, d, 0), SQL_SUCCESS);
    for (unsigned i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
        CU_ASSERT_EQUAL(SQLSetStmtAttr(s, attributes[i], (SQLPOINTER)5, 0), SQL_ERROR);
        IS(fake_state(s, 1), "HY010");
    }
}

static void a_descriptor_is_locked_while_its_statement_asks_for_values(void)
{
    struct stmt *s = start();
    SQLLEN late = SQL_DATA_AT_EXEC;
    SQLHDESC d = NULL;
    SQLPOINTER token = NULL;
    char here = 0;

    CU_ASSERT_EQUAL(SQLAllocHandle(SQL_HANDLE_DESC, &fake_dbc, &d), SQL_SUCCESS);
    CU_ASSERT_EQUAL(SQLSetStmtAttr(s, SQL_ATTR_APP_PARAM_DESC, d, 0), SQL_SUCCESS);
    CU_ASSERT_EQUAL(
        SQLBindParameter(s, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 10, 0, &here, 0, &late),
        SQL_SUCCESS);
    CU_ASSERT_EQUAL(SQLExecDirect(s, sql("SELECT a FROM t WHERE b = ?"), SQL_NTS), SQL_NEED_DATA);
    CU_ASSERT_EQUAL(SQLParamData(s, &token), SQL_NEED_DATA);
    victim = fake_stmt(); /* whose descriptor is the source of a copy */
    is_locked(d, s);
    is_locked_for(victim, d);
    CU_ASSERT_EQUAL(SQLPutData(s, "abc", 3), SQL_SUCCESS);
    is_locked(d, s);
    CU_ASSERT_EQUAL(SQLParamData(s, &token), SQL_SUCCESS);
    IS(fake.parameters[0][0], "'abc'");
    CU_ASSERT_EQUAL(SQLFreeHandle(SQL_HANDLE_DESC, d), SQL_SUCCESS);
    CU_ASSERT_PTR_EQUAL(s->apd, &s->auto_apd);
    stmt_free(victim);
    stop(s);
}

static struct stmt *busy;
static SQLHDESC busy_ard;

static void see_it_locked(void)
{
    is_locked(busy_ard, busy);
}

static void a_descriptor_is_locked_while_its_statement_executes(void)
{
    SQLRETURN rc;

    busy = start();
    CU_ASSERT_EQUAL(SQLAllocHandle(SQL_HANDLE_DESC, &fake_dbc, &busy_ard), SQL_SUCCESS);
    CU_ASSERT_EQUAL(SQLSetStmtAttr(busy, SQL_ATTR_APP_ROW_DESC, busy_ard, 0), SQL_SUCCESS);
    victim = fake_stmt();
    fake.while_waiting = see_it_locked;
    CU_ASSERT_EQUAL(SQLExecDirect(busy, sql("SELECT a FROM t"), SQL_NTS), SQL_SUCCESS);
    CU_ASSERT_EQUAL(SQLSetDescField(busy_ard, 0, SQL_DESC_ARRAY_SIZE, (SQLPOINTER)2, 0),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(SQLCloseCursor(busy), SQL_SUCCESS);
    busy->attributes.async_enable = SQL_ASYNC_ENABLE_ON;
    fake.n_waits = 2;
    CU_ASSERT_EQUAL(SQLExecDirect(busy, sql("SELECT a FROM t"), SQL_NTS), SQL_STILL_EXECUTING);
    is_locked(busy_ard, busy); /* between two steps */
    while ((rc = SQLExecDirect(busy, sql("SELECT a FROM t"), SQL_NTS)) == SQL_STILL_EXECUTING)
        continue;
    CU_ASSERT_EQUAL(rc, SQL_SUCCESS);
    CU_ASSERT_EQUAL(SQLFreeHandle(SQL_HANDLE_DESC, busy_ard), SQL_SUCCESS);
    CU_ASSERT_PTR_EQUAL(busy->ard, &busy->auto_ard);
    stmt_free(victim);
    stop(busy);
}

static void *cancel_in_thread(void *context)
{
    (void)context;
    (void)SQLCancel(victim);
    return NULL;
}

/* The cancel finds the dialogue, waits for the lock, and gets it when the statement executes. */
static void a_cancel_that_meets_the_last_value_stops_the_query(void)
{
    struct stmt *s = start();
    SQLLEN late = SQL_DATA_AT_EXEC;
    SQLPOINTER token = NULL;
    pthread_t thread;
    char here = 0;

    fake.n_waits = 3000;
    SQLBindParameter(s, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 10, 0, &here, 0, &late);
    CU_ASSERT_EQUAL(SQLExecDirect(s, sql("SELECT a FROM t WHERE b = ?"), SQL_NTS), SQL_NEED_DATA);
    CU_ASSERT_EQUAL(SQLParamData(s, &token), SQL_NEED_DATA);
    CU_ASSERT_EQUAL(SQLPutData(s, "abc", 3), SQL_SUCCESS);
    fake_enter(s);
    pthread_create(&thread, NULL, cancel_in_thread, NULL);
    usleep(100 * 1000);
    diag_enter(&s->handle.diag, FUNCTION_SQLParamData);
    SQLRETURN rc = stmt_param_data(s, &token);
    diag_leave(&s->handle.diag);
    fake_leave(s, rc);
    pthread_join(thread, NULL);
    CU_ASSERT_EQUAL(rc, SQL_ERROR);
    IS(fake_state(s, 1), "HY008");
    CU_ASSERT_EQUAL(s->state, STMT_ALLOCATED);
    CU_ASSERT(fake.n_waited < 3000);
    stop(s);
}

static void an_asynchronous_listing_whose_rows_cannot_be_read_is_over(void)
{
    struct stmt *s = start();
    SQLRETURN rc;

    fake.fault_at_row = 0;
    s->attributes.async_enable = SQL_ASYNC_ENABLE_ON;
    s->attributes.cursor_type = SQL_CURSOR_STATIC; /* its rows are read at once */
    while ((rc = SQLTables(s, NULL, 0, NULL, 0, NULL, 0, NULL, 0)) == SQL_STILL_EXECUTING)
        usleep(1000);
    CU_ASSERT_EQUAL(rc, SQL_ERROR);
    IS(fake_state(s, 1), "08S01");
    CU_ASSERT_EQUAL(s->state, STMT_ALLOCATED);
    stop(s);
}

static const struct unit_test tests[] = {
    { "a cancel before the query is shown starts nothing",
      a_cancel_before_the_query_is_shown_starts_nothing },
    { "a cancel before the query that describes starts nothing",
      a_cancel_before_the_query_that_describes_starts_nothing },
    { "freeing a statement that waits stops what it waits for",
      freeing_a_statement_that_waits_stops_what_it_waits_for },
    { "an asynchronous statement is not freed between its steps",
      an_asynchronous_statement_is_not_freed_between_its_steps },
    { "a descriptor is locked while its statement asks for values",
      a_descriptor_is_locked_while_its_statement_asks_for_values },
    { "a descriptor is locked while its statement executes",
      a_descriptor_is_locked_while_its_statement_executes },
    { "a cancel that meets the last value stops the query",
      a_cancel_that_meets_the_last_value_stops_the_query },
    { "an asynchronous listing whose rows cannot be read is over",
      an_asynchronous_listing_whose_rows_cannot_be_read_is_over },
};

UNIT_MAIN("odbc/cancel", tests)
