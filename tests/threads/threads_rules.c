/* What threads may count on: one statement is serialised, a waiting one holds up nobody, a cancel
   ends a query within a second, a crowd signs in once. */
#include "threads.h"

#include "odbc/athenaodbc.h"

enum { CROWD = 100 };

static SQLHENV env;
static SQLHDBC dbc;

/* --- one statement, several threads
   ------------------------------------------------------------ */

static SQLHSTMT common;
static atomic_uint n_rows;

static void *fetch_what_is_there(void *context)
{
    SQLRETURN rc;

    (void)context;
    while (SQL_SUCCEEDED(rc = SQLFetch(common)))
        atomic_fetch_add(&n_rows, 1);
    if (rc != SQL_NO_DATA)
        complain("SQLFetch gave %d: %s", rc, record_of(SQL_HANDLE_STMT, common).message);
    return NULL;
}

static void a_statement_used_from_four_threads_is_serialised(void)
{
    pthread_t threads[4];
    SQLINTEGER value;

    common = new_stmt(dbc);
    OK(SQL_HANDLE_STMT, common,
       SQLExecDirect(common, text("SELECT i FROM UNNEST(sequence(1, 3000)) AS t(i)"), SQL_NTS));
    /* stored under the statement's lock, by one thread at a time */
    SQLBindCol(common, 1, SQL_C_SLONG, &value, 0, NULL);
    for (unsigned i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, fetch_what_is_there, NULL);
    for (unsigned i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    CHECK(atomic_load(&n_rows) == 3000);
    free_stmt(common);
}

/* Executes, reads and closes again and again; the other thread's cursor may be in the way, which is
   an error of sequence and no more. */
static void *execute_again_and_again(void *context)
{
    unsigned *n_good = context;

    for (unsigned i = 0; i < 15; i++) {
        SQLINTEGER value = 0;

        if (SQL_SUCCEEDED(SQLExecDirect(common, text("SELECT 5"), SQL_NTS)) &&
            SQL_SUCCEEDED(SQLFetch(common)) &&
            SQL_SUCCEEDED(SQLGetData(common, 1, SQL_C_SLONG, &value, 0, NULL)))
            *n_good += value == 5;
        SQLFreeStmt(common, SQL_CLOSE);
    }
    return NULL;
}

static void quarrelling_threads_get_errors_of_sequence_and_nothing_worse(void)
{
    pthread_t threads[2];
    unsigned n_good[2] = { 0 };

    common = new_stmt(dbc);
    for (unsigned i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, execute_again_and_again, &n_good[i]);
    for (unsigned i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    CHECK(n_good[0] + n_good[1] > 0);
    CHECK(number_of(dbc, "SELECT 6") == 6);
    free_stmt(common);
}

/* --- a statement that waits
   --------------------------------------------------------------------- */

struct waiting {
    SQLHSTMT h;
    const char *sql;
    SQLRETURN rc;
    struct record record;
    double ended;
    pthread_t thread;
};

static void *wait_for_it(void *context)
{
    struct waiting *w = context;

    w->rc = SQLExecDirect(w->h, text(w->sql), SQL_NTS);
    w->ended = now();
    w->record = record_of(SQL_HANDLE_STMT, w->h);
    return NULL;
}

static void begin(struct waiting *w, const char *sql)
{
    *w = (struct waiting){ .h = new_stmt(dbc), .sql = sql };
    pthread_create(&w->thread, NULL, wait_for_it, w);
}

/* Until the sandbox runs something, so that what follows meets a query that waits. */
static void until_it_runs(void)
{
    for (unsigned i = 0; i < 200; i++) {
        char *answer = control("GET", "queries?running=1", "");
        bool runs = strstr(answer, "\"RUNNING\"") != NULL;

        free(answer);
        if (runs)
            return;
        nap(25);
    }
    complain("nothing runs");
}

static void while_one_statement_waits_everything_else_answers(void)
{
    struct waiting w;
    SQLCHAR name[32];
    SQLULEN size = 0;
    double start;
    SQLHSTMT h = new_stmt(dbc);

    begin(&w, SLOW("waiting"));
    until_it_runs();
    start = now();
    OK(SQL_HANDLE_DBC, dbc, SQLGetInfo(dbc, SQL_DBMS_NAME, name, sizeof(name), NULL));
    (void)record_of(SQL_HANDLE_STMT, w.h);
    (void)record_of(SQL_HANDLE_DBC, dbc);
    OK(SQL_HANDLE_DBC, dbc,
       SQLGetConnectAttr(dbc, SQL_ATTR_CURRENT_CATALOG, name, sizeof(name), NULL));
    OK(SQL_HANDLE_STMT, h, SQLGetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, &size, 0, NULL));
    CHECK(now() - start < 0.25);
    CHECK(number_of(dbc, "SELECT 7") == 7);
    OK(SQL_HANDLE_STMT, h,
       SQLTables(h, NULL, 0, text("flights"), SQL_NTS, text("airlines"), SQL_NTS, NULL, 0));
    OK(SQL_HANDLE_STMT, h, SQLFetch(h));
    CHECK(w.ended == 0 && now() - start < 10);
    SQLCancel(w.h);
    pthread_join(w.thread, NULL);
    CHECK(w.rc == SQL_ERROR && strcmp(w.record.state, "HY008") == 0);
    free_stmt(h);
    free_stmt(w.h);
}

/* --- a result that waits
   --------------------------------------------------------------------- */

enum { LARGE_ROWS = 12000 }; /* two ranges of 64 KiB */

/* The result of an earlier query, opened and read again by another thread. */
struct reading {
    SQLHSTMT h;
    atomic_bool is_open, is_over;
    atomic_uint n_rows;
};

static void *read_again(void *context)
{
    struct reading *r = context;
    SQLINTEGER value = 0;
    SQLRETURN rc;

    OK(SQL_HANDLE_STMT, r->h, SQLExecDirect(r->h, text(""), SQL_NTS));
    atomic_store(&r->is_open, true);
    SQLBindCol(r->h, 1, SQL_C_SLONG, &value, 0, NULL);
    while (SQL_SUCCEEDED(rc = SQLFetch(r->h)))
        CHECK(value == (SQLINTEGER)atomic_fetch_add(&r->n_rows, 1) + 1);
    CHECK(rc == SQL_NO_DATA);
    atomic_store(&r->is_over, true);
    return NULL;
}

/* What needs no service answers at once; another statement of the connection executes and reads. */
static void everything_else_answers(SQLHDBC on, SQLHSTMT waiting)
{
    SQLHSTMT h = new_stmt(on);
    SQLCHAR name[32];
    SQLULEN size = 0;
    double start = now();

    OK(SQL_HANDLE_DBC, on, SQLGetInfo(on, SQL_DBMS_NAME, name, sizeof(name), NULL));
    (void)record_of(SQL_HANDLE_STMT, waiting);
    (void)record_of(SQL_HANDLE_DBC, on);
    OK(SQL_HANDLE_STMT, h, SQLGetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, &size, 0, NULL));
    CHECK(now() - start < 0.25);
    CHECK(number_of(on, "SELECT 7") == 7);
    free_stmt(h);
}

static void make_slow(const char *id)
{
    char rule[256];

    snprintf(rule, sizeof(rule), "{\"service\": \"s3\", \"operation\": \"GetObject\", \"key\": "
             "\"%s.csv\", \"latency\": 4}", id);
    control_do("POST", "faults", rule);
}

/* The thread waits in SQLFetch: no row comes for a while. */
static unsigned until_the_fetch_waits(struct reading *r)
{
    unsigned n = 0, last = 1;

    for (unsigned i = 0; i < 600 && (n != last || n == 0) && !atomic_load(&r->is_over); i++) {
        last = n;
        nap(100);
        n = atomic_load(&r->n_rows);
    }
    return n;
}

/* Its ranges come four seconds late each: first SQLExecDirect waits for one, then SQLFetch. */
static void while_a_result_is_opened_and_read_everything_else_answers(void)
{
    SQLHDBC on = SQL_NULL_HDBC;
    struct reading r = { .n_rows = 0 };
    SQLCHAR id[64] = "";
    pthread_t thread;

    SQLAllocHandle(SQL_HANDLE_DBC, env, &on);
    OK(SQL_HANDLE_DBC, on,
       SQLDriverConnect(on, NULL, text("DSN=retail;S3ResultBlockSize=65536"), SQL_NTS, NULL, 0,
                        NULL, SQL_DRIVER_NOPROMPT));
    r.h = new_stmt(on);
    OK(SQL_HANDLE_STMT, r.h,
       SQLExecDirect(r.h, text("SELECT i FROM UNNEST(sequence(1, 12000)) AS t(i) ORDER BY i"),
                     SQL_NTS));
    OK(SQL_HANDLE_STMT, r.h,
       SQLGetStmtAttr(r.h, SQL_ATTR_ATHENA_QUERY_ID, id, sizeof(id), NULL));
    SQLFreeStmt(r.h, SQL_CLOSE);
    OK(SQL_HANDLE_STMT, r.h, SQLSetStmtAttr(r.h, SQL_ATTR_ATHENA_RESULT_OF, id, SQL_NTS));
    make_slow((const char *)id);
    pthread_create(&thread, NULL, read_again, &r);
    nap(500);
    everything_else_answers(on, r.h);
    CHECK(!atomic_load(&r.is_open));
    unsigned n = until_the_fetch_waits(&r);
    CHECK(atomic_load(&r.is_open) && n > 0 && n < LARGE_ROWS);
    everything_else_answers(on, r.h);
    CHECK(atomic_load(&r.n_rows) == n);
    pthread_join(thread, NULL);
    control_do("DELETE", "faults", "");
    CHECK(atomic_load(&r.n_rows) == LARGE_ROWS);
    free_stmt(r.h);
    close_dbc(on);
}

/* The state that the sandbox shows for the last query with this mark, and why. The members come as
   id, state, ..., query, reason. */
static void find_state(const char *mark, char *state, size_t room, char *reason, size_t reason_room)
{
    char *answer = control("GET", "queries", ""), *query = NULL, *found = NULL, *why;

    state[0] = reason[0] = 0;
    for (char *at = answer; (at = strstr(at, mark)) != NULL; at++)
        query = at;
    for (char *at = answer;
         query != NULL && (at = strstr(at, "\"state\": \"")) != NULL && at < query; at++)
        found = at;
    if (found != NULL)
        snprintf(state, room, "%.*s", (int)strcspn(found + 10, "\""), found + 10);
    why = query == NULL ? NULL : strstr(query, "\"reason\"");
    if (why != NULL)
        snprintf(reason, reason_room, "%.*s", (int)strcspn(why, "\n"), why);
    free(answer);
}

/* How long the cancelled call took to return. */
static double cancel_one(void)
{
    struct waiting w;
    char state[20] = "", reason[300] = "", *running;
    double asked;

    begin(&w, SLOW("to be cancelled"));
    until_it_runs();
    asked = now();
    CHECK(SQL_SUCCEEDED(SQLCancel(w.h)));
    pthread_join(w.thread, NULL);
    CHECK(w.rc == SQL_ERROR && strcmp(w.record.state, "HY008") == 0);
    for (unsigned i = 0; i < 40 && strcmp(state, "CANCELLED") != 0; i++) {
        find_state("to be cancelled", state, sizeof(state), reason, sizeof(reason));
        nap(25);
    }
    if (strcmp(state, "CANCELLED") != 0)
        complain("the sandbox shows %s, %s", state, reason);
    running = control("GET", "queries?running=1", "");
    if (strchr(running, '{') != NULL)
        complain("the sandbox still runs %.600s", running);
    free(running);
    /* the statement is as good as new */
    OK(SQL_HANDLE_STMT, w.h, SQLExecDirect(w.h, text("SELECT 1"), SQL_NTS));
    free_stmt(w.h);
    return w.ended - asked;
}

/* The sandbox's engine is busy on the same machine, so the best of four tries counts. */
static void a_cancel_from_another_thread_ends_a_query_within_a_second(void)
{
    double best = 60;

    for (unsigned i = 0; i < 4 && best >= 1.0; i++) {
        double took = cancel_one();

        best = took < best ? took : best;
    }
    if (best >= 1.0)
        complain("it took %.2f s", best);
}

/* --- a crowd
   ------------------------------------------------------------------------------------ */

struct visitor {
    const char *dsn;
    SQLHDBC dbc;
    struct record why;
    pthread_t thread;
};

static pthread_barrier_t door;

static void *enter(void *context)
{
    struct visitor *v = context;

    pthread_barrier_wait(&door);
    v->dbc = open_dsn(env, v->dsn, &v->why);
    return NULL;
}

/* How many AssumeRole calls a hundred connections at once cost. */
static long crowd_at(struct visitor *visitors, const char *dsn)
{
    long before = control_number("counters", "sts:AssumeRole");

    pthread_barrier_init(&door, NULL, CROWD);
    for (unsigned i = 0; i < CROWD; i++) {
        visitors[i] = (struct visitor){ .dsn = dsn };
        pthread_create(&visitors[i].thread, NULL, enter, &visitors[i]);
    }
    for (unsigned i = 0; i < CROWD; i++)
        pthread_join(visitors[i].thread, NULL);
    pthread_barrier_destroy(&door);
    return control_number("counters", "sts:AssumeRole") - before;
}

static void a_hundred_connections_at_once_make_two_calls_of_assumerole(void)
{
    static struct visitor visitors[CROWD];
    long calls = crowd_at(visitors, "crowd");

    if (calls != 2)
        complain("AssumeRole was called %ld times", calls);
    for (unsigned i = 0; i < CROWD; i++) {
        if (visitors[i].dbc == SQL_NULL_HDBC)
            complain("connection %u: [%s] %s", i, visitors[i].why.state, visitors[i].why.message);
        else if (i % 20 == 0)
            CHECK(number_of(visitors[i].dbc, "SELECT 8") == 8);
        close_dbc(visitors[i].dbc);
    }
}

static void refused_crowd(const char *dsn, const char *role, long calls_max)
{
    static struct visitor visitors[CROWD];
    long calls = crowd_at(visitors, dsn);

    if (calls < 1 || calls > calls_max)
        complain("AssumeRole was called %ld times", calls);
    for (unsigned i = 0; i < CROWD; i++) {
        CHECK(visitors[i].dbc == SQL_NULL_HDBC);
        if (strcmp(visitors[i].why.state, "28000") != 0 ||
            strstr(visitors[i].why.message, role) == NULL)
            complain("connection %u: [%s] %s", i, visitors[i].why.state, visitors[i].why.message);
    }
}

static void a_hundred_refused_at_the_first_role_get_a_hundred_diagnostics(void)
{
    refused_crowd("crowd_refused_at_first", "AthenaRunAs", 2);
}

/* One call or two of the hop that succeeds, two at most of the one that fails. */
static void a_hundred_refused_at_the_second_role_get_a_hundred_diagnostics(void)
{
    refused_crowd("crowd_refused_at_second", "AthenaConsumer", 4);
}

int main(void)
{
    env = new_env(SQL_OV_ODBC3);
    dbc = open_dsn(env, "retail", NULL);
    if (dbc == SQL_NULL_HDBC)
        return 1;
    promise("a statement used from four threads is serialised",
            a_statement_used_from_four_threads_is_serialised);
    promise("quarrelling threads get errors of sequence and nothing worse",
            quarrelling_threads_get_errors_of_sequence_and_nothing_worse);
    promise("while one statement waits everything else answers",
            while_one_statement_waits_everything_else_answers);
    promise("while a result is opened and read everything else answers",
            while_a_result_is_opened_and_read_everything_else_answers);
    promise("a cancel from another thread ends a query within a second",
            a_cancel_from_another_thread_ends_a_query_within_a_second);
    promise("a hundred connections at once make two calls of AssumeRole",
            a_hundred_connections_at_once_make_two_calls_of_assumerole);
    promise("a hundred refused at the first role get a hundred diagnostics",
            a_hundred_refused_at_the_first_role_get_a_hundred_diagnostics);
    promise("a hundred refused at the second role get a hundred diagnostics",
            a_hundred_refused_at_the_second_role_get_a_hundred_diagnostics);
    close_dbc(dbc);
    SQLFreeHandle(SQL_HANDLE_ENV, env);
    return finish("rules");
}
