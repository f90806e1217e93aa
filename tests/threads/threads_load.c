/* Sixteen threads of mixed load for a while, under the thread sanitizer. Half of them share one
   connection, each also cancels what its neighbour runs. With ATHENA_TEST_PLANT set two statements
   fetch into one variable at once, which the sanitizer must report. */
#include "threads.h"

enum { THREADS = 16, SHARED = 8, ROUNDS = 14 };

static SQLHENV env;
static SQLHDBC shared;
static SQLHSTMT statements[THREADS];
static SQLHDBC connections[THREADS];
static atomic_uint n_done, n_cancelled, n_wrong;
static pthread_barrier_t start;

static bool was_cancelled(SQLHSTMT h)
{
    struct record r = record_of(SQL_HANDLE_STMT, h);

    if (strcmp(r.state, "HY008") != 0) {
        complain("[%s] %s", r.state, r.message);
        return false;
    }
    atomic_fetch_add(&n_cancelled, 1);
    return true;
}

static void read_numbers(SQLHSTMT h, unsigned seed)
{
    SQLINTEGER rows[10];
    char sql[200];
    SQLRETURN rc;

    snprintf(sql, sizeof(sql), "SELECT %u + i FROM UNNEST(sequence(1, 30)) AS t(i) ORDER BY i",
             seed);
    if (!SQL_SUCCEEDED(SQLExecDirect(h, text(sql), SQL_NTS))) {
        was_cancelled(h);
        return;
    }
    SQLSetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)10, 0);
    SQLBindCol(h, 1, SQL_C_SLONG, rows, 0, NULL);
    for (unsigned i = 0; SQL_SUCCEEDED(rc = SQLFetch(h)); i += 10) {
        if (rows[0] != (SQLINTEGER)(seed + i + 1) || rows[9] != (SQLINTEGER)(seed + i + 10))
            atomic_fetch_add(&n_wrong, 1);
    }
    if (rc == SQL_ERROR)
        was_cancelled(h);
    SQLFreeStmt(h, SQL_UNBIND);
    SQLFreeStmt(h, SQL_CLOSE);
    SQLSetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)1, 0);
}

static void read_prepared(SQLHSTMT h)
{
    SQLCHAR carrier[] = "UA", name[64] = "";
    SQLLEN n = SQL_NTS;

    if (SQL_SUCCEEDED(
            SQLPrepare(h, text("SELECT name FROM flights.airlines WHERE carrier = ?"), SQL_NTS)) &&
        SQL_SUCCEEDED(SQLBindParameter(h, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 10, 0,
                                       carrier, sizeof(carrier), &n)) &&
        SQL_SUCCEEDED(SQLExecute(h)) && SQL_SUCCEEDED(SQLFetch(h)) &&
        SQL_SUCCEEDED(SQLGetData(h, 1, SQL_C_CHAR, name, sizeof(name), NULL))) {
        if (strcmp((char *)name, "United Air Lines Inc.") != 0)
            atomic_fetch_add(&n_wrong, 1);
    } else {
        was_cancelled(h);
    }
    SQLFreeStmt(h, SQL_CLOSE);
    SQLFreeStmt(h, SQL_RESET_PARAMS);
}

static void list_columns(SQLHSTMT h)
{
    unsigned n = 0;
    SQLRETURN rc =
        SQLColumns(h, NULL, 0, text("flights"), SQL_NTS, text("airlines"), SQL_NTS, NULL, 0);

    while (SQL_SUCCEEDED(rc) && SQL_SUCCEEDED(rc = SQLFetch(h)))
        n++;
    if (rc == SQL_ERROR)
        was_cancelled(h);
    else if (n != 2)
        atomic_fetch_add(&n_wrong, 1);
    SQLFreeStmt(h, SQL_CLOSE);
    if (SQL_SUCCEEDED(
            SQLTables(h, NULL, 0, text("flights"), SQL_NTS, text("air%"), SQL_NTS, NULL, 0)))
        SQLFreeStmt(h, SQL_CLOSE);
    else
        was_cancelled(h);
}

static void ask_around(SQLHDBC dbc, SQLHSTMT h)
{
    SQLCHAR name[32] = "";
    SQLULEN value = 0;

    if (!SQL_SUCCEEDED(SQLGetInfo(dbc, SQL_DBMS_NAME, name, sizeof(name), NULL)) ||
        strcmp((char *)name, "Athena") != 0)
        atomic_fetch_add(&n_wrong, 1);
    SQLGetConnectAttr(dbc, SQL_ATTR_CURRENT_CATALOG, name, sizeof(name), NULL);
    SQLGetStmtAttr(h, SQL_ATTR_QUERY_TIMEOUT, &value, 0, NULL);
    if (SQL_SUCCEEDED(SQLExecDirect(h, text("SELECT nothing FROM flights.airlines"), SQL_NTS)))
        atomic_fetch_add(&n_wrong, 1);
    else if (strcmp(record_of(SQL_HANDLE_STMT, h).state, "42S22") != 0)
        was_cancelled(h);
}

static void connect_once(void)
{
    close_dbc(open_dsn(env, "retail", NULL));
}

static void *work(void *context)
{
    unsigned me = (unsigned)(uintptr_t)context;
    SQLHSTMT h = statements[me];

    pthread_barrier_wait(&start);
    for (unsigned i = 0; i < ROUNDS; i++) {
        switch ((i + me) % 7) {
        case 0:
        case 1:
            read_numbers(h, me * 1000 + i);
            break;
        case 2:
            read_prepared(h);
            break;
        case 3:
            list_columns(h);
            break;
        case 4:
            ask_around(connections[me], h);
            break;
        case 5:
            connect_once();
            break;
        default:
            SQLCancel(statements[(me + 1) % THREADS]);
            record_of(SQL_HANDLE_STMT, statements[(me + 1) % THREADS]);
            read_numbers(h, me);
            break;
        }
        atomic_fetch_add(&n_done, 1);
    }
    return NULL;
}

static void mixed_load_gives_right_answers(void)
{
    pthread_t threads[THREADS];

    /* every request takes a moment, as over a network */
    control_do("POST", "faults", "{\"latency\": 0.05}");
    control_do("DELETE", "connections", "");
    pthread_barrier_init(&start, NULL, THREADS);
    for (uintptr_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, (void *)i);
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    CHECK(atomic_load(&n_done) == THREADS * ROUNDS);
    CHECK(atomic_load(&n_wrong) == 0);
}

static void at_least_eight_requests_were_in_flight_at_once(void)
{
    long peak = control_number("connections", "peak");

    printf("     %ld requests were in flight at once; %u calls were cancelled\n", peak,
           atomic_load(&n_cancelled));
    CHECK(peak >= 8);
    control_do("DELETE", "faults", "");
}

/* The planted race: the driver stores where both applications told it to, with nothing between
   them. Blocks, because the manager looks handles up under a lock of its own at the start of each
   call. */
static SQLINTEGER planted[1000];

static void *fetch_into_one_place(void *context)
{
    SQLHSTMT h = context;

    OK(SQL_HANDLE_STMT, h,
       SQLExecDirect(h, text("SELECT i FROM UNNEST(sequence(1, 9000)) AS t(i)"), SQL_NTS));
    SQLSetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)1000, 0);
    SQLBindCol(h, 1, SQL_C_SLONG, planted, 0, NULL);
    /* what is loaded for the first row takes locks, which would put the threads in order */
    OK(SQL_HANDLE_STMT, h, SQLFetch(h));
    pthread_barrier_wait(&start);
    while (SQL_SUCCEEDED(SQLFetch(h)))
        ;
    return NULL;
}

static void two_threads_fetch_into_one_variable(void)
{
    pthread_t threads[2];

    pthread_barrier_init(&start, NULL, 2);
    for (unsigned i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, fetch_into_one_place, statements[i]);
    for (unsigned i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
}

int main(void)
{
    env = new_env(SQL_OV_ODBC3);
    shared = open_dsn(env, "retail", NULL);
    if (shared == SQL_NULL_HDBC)
        return 1;
    for (unsigned i = 0; i < THREADS; i++) {
        connections[i] = i < SHARED ? shared : open_dsn(env, "retail", NULL);
        statements[i] = new_stmt(connections[i]);
    }
    if (getenv("ATHENA_TEST_PLANT") != NULL) {
        promise("two threads fetch into one variable", two_threads_fetch_into_one_variable);
    } else {
        promise("sixteen threads of mixed load get right answers", mixed_load_gives_right_answers);
        promise("at least eight requests were in flight at once",
                at_least_eight_requests_were_in_flight_at_once);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        free_stmt(statements[i]);
        if (i >= SHARED)
            close_dbc(connections[i]);
    }
    close_dbc(shared);
    SQLFreeHandle(SQL_HANDLE_ENV, env);
    return finish("load");
}
