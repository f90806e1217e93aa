/* A statement from text to end: states, refusals, waiting in both manners, cancelling, closing. */
#include <pthread.h>
#include <unistd.h>

#include "fake_world.h"

static const char *const one_integer[] = { "integer" };
static const char *const three_rows[] = { "1", "2", "3" };

static void script_rows(void)
{
    fake_reset();
    fake.types = one_integer;
    fake.n_columns = 1;
    fake.cells = three_rows;
    fake.n_rows = 3;
}

static void a_direct_query_opens_a_cursor_and_its_close_forgets_it(void)
{
    SQLSMALLINT n = 0;
    SQLLEN count = 0;

    script_rows();
    fake_connect(SQL_OV_ODBC3);
    struct stmt *s = fake_stmt();
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t"))), SQL_SUCCESS);
    CU_ASSERT_EQUAL(s->state, STMT_OPEN);
    IS(fake.sql[0], "SELECT a FROM t");
    CU_ASSERT_EQUAL(CALL(s, stmt_num_result_cols(s, &n)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(n, 1);
    CU_ASSERT_EQUAL(CALL(s, stmt_row_count(s, &count)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(count, -1);
    CU_ASSERT_EQUAL(CALL(s, stmt_more_results(s)), SQL_NO_DATA);
    CU_ASSERT_EQUAL(s->state, STMT_ALLOCATED);
    CU_ASSERT_EQUAL(CALL(s, stmt_close_cursor(s)), SQL_ERROR);
    IS(fake_state(s, 1), "24000");
    CU_ASSERT_EQUAL(s->ird.count, 0);
    stmt_free(s);
    fake_disconnect();
}

static void a_prepared_statement_runs_again_after_its_cursor_is_closed(void)
{
    script_rows();
    fake_connect(SQL_OV_ODBC3);
    struct stmt *s = fake_stmt();
    CU_ASSERT_EQUAL(CALL(s, stmt_prepare(s, fake_text("SELECT a FROM t"))), SQL_SUCCESS);
    CU_ASSERT_EQUAL(s->state, STMT_PREPARED);
    CU_ASSERT_EQUAL(fake.n_started, 0);
    for (unsigned i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(CALL(s, stmt_execute(s)), SQL_SUCCESS);
        CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS);
        CU_ASSERT_EQUAL(CALL(s, stmt_close_cursor(s)), SQL_SUCCESS);
        CU_ASSERT_EQUAL(s->state, STMT_PREPARED);
        CU_ASSERT_EQUAL(s->ird.count, 1); /* survives the cursor */
    }
    CU_ASSERT_EQUAL(fake.n_started, 3);
    stmt_free(s);
    fake_disconnect();
}

static const struct {
    const char *sql;
    int64_t count;
    SQLINTEGER version;
    SQLRETURN want;
} updates[] = {
    { "INSERT INTO t VALUES (1)", 1, SQL_OV_ODBC3, SQL_SUCCESS },
    { "DELETE FROM t WHERE a = 1", 0, SQL_OV_ODBC3, SQL_NO_DATA },
    { "UPDATE t SET a = 2 WHERE a = 1", 0, SQL_OV_ODBC3, SQL_NO_DATA },
    { "UPDATE t SET a = 2 WHERE a = 1", 0, SQL_OV_ODBC2, SQL_SUCCESS },
    { "DELETE FROM t WHERE a = 1", 7, SQL_OV_ODBC3, SQL_SUCCESS },
    { "CREATE DATABASE d", -1, SQL_OV_ODBC3, SQL_SUCCESS },
};

static void statements_without_rows_tell_their_count(void)
{
    for (size_t i = 0; i < sizeof(updates) / sizeof(updates[0]); i++) {
        SQLLEN count = 99;
        SQLSMALLINT n = 99;
        fake_reset();
        fake.row_count = updates[i].count;
        fake_connect(updates[i].version);
        struct stmt *s = fake_stmt();
        CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text(updates[i].sql))), updates[i].want);
        CU_ASSERT_EQUAL(s->state, STMT_EXECUTED);
        CALL(s, stmt_row_count(s, &count));
        CU_ASSERT_EQUAL(count, updates[i].count);
        CALL(s, stmt_num_result_cols(s, &n));
        CU_ASSERT_EQUAL(n, 0);
        stmt_free(s);
        fake_disconnect();
    }
}

static void a_failed_query_tells_its_state_and_its_place_in_the_users_text(void)
{
    script_rows();
    fake.fail_query = 0;
    fake.fail_kind = FAULT_NO_COLUMN;
    fake.fail_text = "COLUMN_NOT_FOUND: line 1:20: Column 'x' cannot be resolved";
    fake.fail_line = 1;
    fake.fail_column = 20;
    fake_connect(SQL_OV_ODBC3);
    struct stmt *s = fake_stmt();
    /* {fn UCASE('a')} is five characters longer than upper('a'). */
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT {fn UCASE('a')}, x FROM t"))),
                    SQL_ERROR);
    IS(fake_state(s, 1), "42S22");
    CU_ASSERT_PTR_NOT_NULL(strstr(fake_message(s, 1), "line 1:25"));
    CU_ASSERT_EQUAL(s->state, STMT_ALLOCATED);
    CU_ASSERT_EQUAL(fake.n_running, 0);
    stmt_free(s);
    fake_disconnect();
}

static const struct {
    const char *sql;
    SQLUINTEGER mode;
    const char *state;
} refusals[] = {
    { "INSERT INTO t VALUES (1)", SQL_MODE_READ_ONLY, "42000" },
    { "UNLOAD (SELECT 1) TO 's3://b/p' WITH (format = 'PARQUET')", SQL_MODE_READ_ONLY, "42000" },
    { "EXECUTE q", SQL_MODE_READ_ONLY, "42000" },
    { "EXPLAIN ANALYZE DELETE FROM t", SQL_MODE_READ_ONLY, "42000" },
    { "EXPLAIN ANALYZE VERBOSE SELECT a FROM t", SQL_MODE_READ_ONLY, "" },
    { "EXPLAIN SELECT a FROM t", SQL_MODE_READ_ONLY, "" },
    { "SHOW TABLES", SQL_MODE_READ_ONLY, "" },
    { "SELECT a FROM t", SQL_MODE_READ_ONLY, "" },
    { "SELECT a FROM t WHERE b = ?", SQL_MODE_READ_WRITE, "07002" },
    { "SELECT a FROM t; SELECT b FROM t", SQL_MODE_READ_WRITE, "42000" },
};

static void what_can_be_refused_here_is_not_sent(void)
{
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        script_rows();
        fake_connect(SQL_OV_ODBC3);
        fake_dbc.access_mode = refusals[i].mode;
        struct stmt *s = fake_stmt();
        bool is_refused = refusals[i].state[0] != '\0';
        CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text(refusals[i].sql))),
                        is_refused ? SQL_ERROR : SQL_SUCCESS);
        if (strcmp(fake_state(s, 1), refusals[i].state) != 0)
            printf("    %s: %s\n", refusals[i].sql, fake_message(s, 1));
        IS(fake_state(s, 1), refusals[i].state);
        CU_ASSERT_EQUAL(fake.n_started, is_refused ? 0 : 1);
        stmt_free(s);
        fake_disconnect();
    }
}

static void an_asynchronous_execute_takes_one_step_per_call(void)
{
    unsigned n_still = 0;
    SQLRETURN rc;

    script_rows();
    fake.n_waits = 4;
    fake_connect(SQL_OV_ODBC3);
    struct stmt *s = fake_stmt();
    s->attributes.async_enable = SQL_ASYNC_ENABLE_ON;
    while ((rc = CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t")))) ==
           SQL_STILL_EXECUTING) {
        CU_ASSERT_EQUAL(s->state, STMT_EXECUTING);
        CU_ASSERT_EQUAL(CALL(s, stmt_execute(s)), SQL_ERROR); /* another function */
        IS(fake_state(s, 1), "HY010");
        n_still++;
    }
    CU_ASSERT_EQUAL(rc, SQL_SUCCESS);
    CU_ASSERT(n_still >= 4); /* and as often as opening the result takes */
    CU_ASSERT_EQUAL(fake.n_started, 1);
    CU_ASSERT_EQUAL(s->state, STMT_OPEN);
    stmt_free(s);
    fake_disconnect();
}

static void cancel_ends_an_asynchronous_execute_with_hy008(void)
{
    script_rows();
    fake.n_waits = 1000;
    fake_connect(SQL_OV_ODBC3);
    struct stmt *s = fake_stmt();
    s->attributes.async_enable = SQL_ASYNC_ENABLE_ON;
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t"))),
                    SQL_STILL_EXECUTING);
    CU_ASSERT_EQUAL(stmt_cancel(s), SQL_SUCCESS);
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t"))), SQL_ERROR);
    IS(fake_state(s, 1), "HY008");
    CU_ASSERT_EQUAL(s->state, STMT_ALLOCATED);
    stmt_free(s);
    fake_disconnect();
}

static struct stmt *waiting;
static bool other_ran;

static void *cancel_waiting(void *context)
{
    (void)context;
    stmt_cancel(waiting);
    return NULL;
}

static void cancel_from_elsewhere(void)
{
    pthread_t thread;

    pthread_create(&thread, NULL, cancel_waiting, NULL);
    pthread_join(thread, NULL);
}

static void cancel_from_another_thread_ends_a_wait_and_dies_with_it(void)
{
    script_rows();
    fake.n_waits = 100000;
    fake.while_waiting = cancel_from_elsewhere;
    fake_connect(SQL_OV_ODBC3);
    waiting = fake_stmt();
    struct stmt *s = waiting;
    CU_ASSERT_EQUAL(stmt_cancel(s), SQL_SUCCESS); /* nothing runs: nothing happens */
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t"))), SQL_ERROR);
    IS(fake_state(s, 1), "HY008");
    fake.while_waiting = NULL;
    fake.n_waits = 0;
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t"))), SQL_SUCCESS);
    stmt_free(s);
    fake_disconnect();
}

/* While one statement waits: its lock is free for diagnostics, and another statement does its work.
 */
static void work_beside(void)
{
    void (*hook)(void) = fake.while_waiting;
    SQLSMALLINT n = 0;

    fake.while_waiting = NULL;
    struct stmt *other = fake_stmt();
    other_ran = CALL(other, stmt_exec_direct(other, fake_text("SELECT b FROM u"))) == SQL_SUCCESS &&
                CALL(other, stmt_fetch(other)) == SQL_SUCCESS &&
                CALL(other, stmt_num_result_cols(other, &n)) == SQL_SUCCESS;
    latch_take(&waiting->handle.latch); /* not held over the wait */
    latch_give(&waiting->handle.latch);
    IS(fake_state(waiting, 1), "");
    stmt_free(other);
    fake.while_waiting = hook;
}

static void while_one_statement_waits_another_executes_and_fetches(void)
{
    script_rows();
    fake.while_waiting = work_beside;
    fake_connect(SQL_OV_ODBC3);
    waiting = fake_stmt();
    other_ran = false;
    CU_ASSERT_EQUAL(CALL(waiting, stmt_exec_direct(waiting, fake_text("SELECT a FROM t"))),
                    SQL_SUCCESS);
    CU_ASSERT_TRUE(other_ran);
    stmt_free(waiting);
    fake_disconnect();
}

static enum stmt_state seen;
static pthread_t second;

static void *enter_second(void *context)
{
    struct stmt *s = context;

    fake_enter(s);
    seen = s->state;
    fake_leave(s, SQL_SUCCESS);
    return NULL;
}

static void start_second(void)
{
    pthread_create(&second, NULL, enter_second, waiting);
    (void)wake_wait(&waiting->run->stop, 50); /* time enough to come in, if it could */
}

static void a_second_thread_waits_until_the_first_call_is_through(void)
{
    script_rows();
    fake.while_waiting = start_second;
    fake_connect(SQL_OV_ODBC3);
    waiting = fake_stmt();
    seen = STMT_ALLOCATED;
    CU_ASSERT_EQUAL(CALL(waiting, stmt_exec_direct(waiting, fake_text("SELECT a FROM t"))),
                    SQL_SUCCESS);
    pthread_join(second, NULL);
    CU_ASSERT_EQUAL(seen, STMT_OPEN);
    stmt_free(waiting);
    fake_disconnect();
}

static void *free_waiting(void *context)
{
    stmt_free(context);
    return NULL;
}

static void free_from_elsewhere(void)
{
    pthread_create(&second, NULL, free_waiting, waiting);
}

static void freeing_from_another_thread_ends_the_wait_first(void)
{
    script_rows();
    fake.n_waits = 100000; /* more than a minute */
    fake.while_waiting = free_from_elsewhere;
    fake_connect(SQL_OV_ODBC3);
    waiting = fake_stmt();
    CU_ASSERT_EQUAL(CALL(waiting, stmt_exec_direct(waiting, fake_text("SELECT a FROM t"))),
                    SQL_ERROR);
    pthread_join(second, NULL);
    CU_ASSERT(fake.n_waited < 90000);
    fake_disconnect();
}

static void freeing_a_statement_stops_its_query(void)
{
    script_rows();
    fake.n_waits = 1000;
    fake_connect(SQL_OV_ODBC3);
    struct stmt *s = fake_stmt();
    s->attributes.async_enable = SQL_ASYNC_ENABLE_ON;
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t"))),
                    SQL_STILL_EXECUTING);
    CU_ASSERT_EQUAL(fake.n_running, 1);
    stmt_free(s);
    CU_ASSERT_EQUAL(fake.n_running, 0);
    fake_disconnect();
}

static void a_catalog_function_takes_the_place_of_a_prepared_text(void)
{
    struct catalog_texts t = { .catalog = fake_text("cat"),
                               .schema = fake_text("s%"),
                               .table = text_a(NULL, SQL_NTS) };
    SQLCHAR types[] = "TABLE,VIEW";

    script_rows();
    fake_connect(SQL_OV_ODBC3);
    struct stmt *s = fake_stmt();
    t.types = text_a(types, 5);
    CU_ASSERT_EQUAL(CALL(s, stmt_prepare(s, fake_text("SELECT a FROM t"))), SQL_SUCCESS);
    CU_ASSERT_EQUAL(CALL(s, stmt_catalog(s, SHAPE_TABLES, &t)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(s->state, STMT_OPEN);
    CU_ASSERT_EQUAL(fake_shape, SHAPE_TABLES);
    IS(fake_asked_text[0], "cat");
    IS(fake_asked_text[1], "s%");
    IS(fake_asked_text[2], "(null)");
    IS(fake_asked_text[4], "TABLE");
    CU_ASSERT_EQUAL(CALL(s, stmt_close_cursor(s)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(s->state, STMT_ALLOCATED);
    s->attributes.metadata_id = SQL_TRUE;
    CU_ASSERT_EQUAL(CALL(s, stmt_catalog(s, SHAPE_TABLES, &t)), SQL_ERROR);
    IS(fake_state(s, 1), "HY009");
    stmt_free(s);
    fake_disconnect();
}

static void cursor_names_are_unique_on_the_connection(void)
{
    SQLCHAR name[64] = "";
    SQLSMALLINT length = 0;

    fake_reset();
    fake_connect(SQL_OV_ODBC3);
    struct stmt *a = fake_stmt(), *b = fake_stmt();
    CU_ASSERT_EQUAL(CALL(a, stmt_get_cursor_name(a, room_a(name, sizeof(name), &length))),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(strncmp((char *)name, "SQL_CUR", 7), 0);
    CU_ASSERT_EQUAL(CALL(a, stmt_set_cursor_name(a, fake_text("rows"))), SQL_SUCCESS);
    CU_ASSERT_EQUAL(CALL(b, stmt_set_cursor_name(b, fake_text("ROWS"))), SQL_ERROR);
    IS(fake_state(b, 1), "3C000");
    CU_ASSERT_EQUAL(CALL(b, stmt_set_cursor_name(b, fake_text("SQL_CUR1"))), SQL_ERROR);
    IS(fake_state(b, 1), "34000");
    stmt_free(a);
    stmt_free(b);
    fake_disconnect();
}

static const struct {
    const char *sql;
    bool is_local;
} probes[] = {
    { "SELECT 1", true },      { " select 1 ; ", true }, { "SELECT 1 AS a", false },
    { "SELECT 1, 2", false },  { "SELECT 10", false },   { "SELECT 1 FROM t", false },
    { "SELECT 1 + 1", false },         { "/* ping */ SELECT 1 -- now", true },
    { "VALUES 1", true },      { "VALUES 1, 2", false }, { "SELECT '1'", false },
};

static void a_probe_is_answered_without_a_query_when_asked_for(void)
{
    for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
        script_rows();
        fake_n_workgroup_calls = 0;
        fake_connect(SQL_OV_ODBC3);
        fake_dbc.settings.at[SETTING_LOCAL_PROBE].text = SPAN("1");
        struct stmt *s = fake_stmt();
        CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text(probes[i].sql))), SQL_SUCCESS);
        CU_ASSERT_EQUAL(fake.n_started, probes[i].is_local ? 0 : 1);
        CU_ASSERT_EQUAL(fake_n_workgroup_calls, probes[i].is_local ? 1 : 0);
        CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS);
        stmt_free(s);
        fake_disconnect();
    }
}

static const struct {
    const char *given, *sent;
} limits[] = {
    { "SELECT a FROM t", "SELECT a FROM t LIMIT 5" },
    { "SELECT a FROM t WHERE b = ?", "SELECT a FROM t WHERE b = ? LIMIT 5" },
    { "SELECT a FROM t LIMIT 9", "SELECT a FROM t LIMIT 9" },
    { "SELECT ? AS a", "SELECT 3 AS a LIMIT 5" },
    { "SHOW TABLES", "SHOW TABLES" },
};

static void max_rows_becomes_a_limit_where_the_text_allows_it(void)
{
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        SQLINTEGER three = 3;
        script_rows();
        fake_connect(SQL_OV_ODBC3);
        struct stmt *s = fake_stmt();
        s->attributes.max_rows = 5;
        if (strchr(limits[i].given, '?') != NULL)
            CU_ASSERT_EQUAL(CALL(s, stmt_bind_parameter(s, 1, SQL_PARAM_INPUT, SQL_C_SLONG,
                                                        SQL_INTEGER, 0, 0, &three, 0, NULL)),
                            SQL_SUCCESS);
        CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text(limits[i].given))), SQL_SUCCESS);
        CU_ASSERT_STRING_EQUAL(fake.sql[0], limits[i].sent);
        stmt_free(s);
        fake_disconnect();
    }
}

static void statements_that_change_the_catalog_make_listings_forgotten(void)
{
    fake_reset();
    fake_n_forgotten = 0;
    fake_connect(SQL_OV_ODBC3);
    struct stmt *s = fake_stmt();
    CALL(s, stmt_exec_direct(s, fake_text("INSERT INTO t VALUES (1)")));
    CU_ASSERT_EQUAL(fake_n_forgotten, 0);
    CALL(s, stmt_exec_direct(s, fake_text("DROP TABLE t")));
    CU_ASSERT_EQUAL(fake_n_forgotten, 1);
    CALL(s, stmt_exec_direct(s, fake_text("CREATE TABLE t AS SELECT 1 AS a")));
    CU_ASSERT_EQUAL(fake_n_forgotten, 2);
    stmt_free(s);
    fake_disconnect();
}

/* Reads a file of the test into out. */
static void slurp(const char *path, char *out, size_t room)
{
    FILE *file = fopen(path, "r");
    size_t n = file != NULL ? fread(out, 1, room - 1, file) : 0;

    out[n] = '\0';
    if (file != NULL)
        fclose(file);
}

static void the_audit_file_gets_a_line_before_and_after_a_query_and_no_text(void)
{
    char path[] = "/tmp/athena-audit-XXXXXX", lines[4096];
    int fd = mkstemp(path);

    CU_ASSERT_FATAL(fd >= 0);
    script_rows();
    fake_connect(SQL_OV_ODBC3);
    fake_dbc.settings.at[SETTING_AUDIT_LOG].text = span_of(path);
    snprintf(fake_dbc.settings.dsn, sizeof(fake_dbc.settings.dsn), "accounts");
    snprintf(fake_identity.account, sizeof(fake_identity.account), "222233334444");
    snprintf(fake_identity.session_name, sizeof(fake_identity.session_name), "bi-1");
    struct stmt *s = fake_stmt();
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT 'secret text' FROM t"))),
                    SQL_SUCCESS);
    slurp(path, lines, sizeof(lines));
    CU_ASSERT_PTR_NOT_NULL(strstr(lines, "\"event\":\"query\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(lines, "\"class\":\"SELECT\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(lines, "\"event\":\"query_end\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(lines, "\"query_id\":\"query-0\""));
    const char *end = strstr(lines, "\"event\":\"query_end\"");
    CU_ASSERT_PTR_NOT_NULL_FATAL(end);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(end, "\"dsn\":\"accounts\",\"account\":\"222233334444\",\"session\":\"bi-1\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(end, "\"cost_estimate_usd\":\""));
    CU_ASSERT_PTR_NULL(strstr(lines, "secret text"));
    stmt_free(s);
    fake_disconnect();
    unlink(path);
    close(fd);
}

static void a_query_whose_audit_line_is_required_and_fails_is_not_sent(void)
{
    for (int required = 0; required < 2; required++) {
        script_rows();
        fake_connect(SQL_OV_ODBC3);
        fake_dbc.settings.at[SETTING_AUDIT_LOG].text = SPAN("/nonexistent/audit");
        fake_dbc.settings.at[SETTING_AUDIT_REQUIRED].text = required ? SPAN("1") : SPAN("0");
        struct stmt *s = fake_stmt();
        CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t"))),
                        required ? SQL_ERROR : SQL_SUCCESS_WITH_INFO);
        CU_ASSERT_EQUAL(fake.n_started, required ? 0 : 1);
        stmt_free(s);
        fake_disconnect();
    }
}

static const struct unit_test tests[] = {
    { "a direct query opens a cursor and its close forgets it",
      a_direct_query_opens_a_cursor_and_its_close_forgets_it },
    { "a prepared statement runs again after its cursor is closed",
      a_prepared_statement_runs_again_after_its_cursor_is_closed },
    { "statements without rows tell their count", statements_without_rows_tell_their_count },
    { "a failed query tells its state and its place in the user's text",
      a_failed_query_tells_its_state_and_its_place_in_the_users_text },
    { "what can be refused here is not sent", what_can_be_refused_here_is_not_sent },
    { "an asynchronous execute takes one step per call",
      an_asynchronous_execute_takes_one_step_per_call },
    { "cancel ends an asynchronous execute with HY008",
      cancel_ends_an_asynchronous_execute_with_hy008 },
    { "cancel from another thread ends a wait and dies with it",
      cancel_from_another_thread_ends_a_wait_and_dies_with_it },
    { "while one statement waits another executes and fetches",
      while_one_statement_waits_another_executes_and_fetches },
    { "a second thread waits until the first call is through",
      a_second_thread_waits_until_the_first_call_is_through },
    { "freeing from another thread ends the wait first",
      freeing_from_another_thread_ends_the_wait_first },
    { "freeing a statement stops its query", freeing_a_statement_stops_its_query },
    { "a catalog function takes the place of a prepared text",
      a_catalog_function_takes_the_place_of_a_prepared_text },
    { "a probe is answered without a query when asked for",
      a_probe_is_answered_without_a_query_when_asked_for },
    { "the audit file gets a line before and after a query and no text",
      the_audit_file_gets_a_line_before_and_after_a_query_and_no_text },
    { "a query whose audit line is required and fails is not sent",
      a_query_whose_audit_line_is_required_and_fails_is_not_sent },
    { "SQL_ATTR_MAX_ROWS becomes a limit where the text allows it",
      max_rows_becomes_a_limit_where_the_text_allows_it },
    { "statements that change the catalog make listings forgotten",
      statements_that_change_the_catalog_make_listings_forgotten },
    { "cursor names are unique on the connection", cursor_names_are_unique_on_the_connection },
};

UNIT_MAIN("odbc/stmt_execute", tests)
