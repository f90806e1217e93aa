/* Straight at the driver, because the manager's own books do not survive it: names that are set
   while statements read them, and statements that are freed while another thread waits in them. */
#include "threads.h"

enum { ROUNDS = 300 };

static SQLHENV env;
static SQLHDBC dbc;
static atomic_bool is_over;

static void *set_names(void *context)
{
    SQLCHAR name[300];

    (void)context;
    while (!atomic_load(&is_over)) {
        OK(SQL_HANDLE_DBC, dbc,
           SQLSetConnectAttr(dbc, SQL_ATTR_CURRENT_CATALOG, text("AwsDataCatalog"), SQL_NTS));
        OK(SQL_HANDLE_DBC, dbc,
           SQLGetConnectAttr(dbc, SQL_ATTR_CURRENT_CATALOG, name, sizeof(name), NULL));
    }
    return NULL;
}

static void names_are_set_while_statements_read_them(void)
{
    SQLHSTMT h = new_stmt(dbc);
    pthread_t thread;

    pthread_create(&thread, NULL, set_names, NULL);
    for (unsigned i = 0; i < ROUNDS; i++)
        OK(SQL_HANDLE_STMT, h, SQLPrepare(h, text("SELECT {fn DATABASE()}"), SQL_NTS));
    for (unsigned i = 0; i < 5; i++) {
        CHECK(number_of(dbc, "SELECT 7") == 7);
        OK(SQL_HANDLE_STMT, h,
           SQLTables(h, NULL, 0, text("flights"), SQL_NTS, text("airlines"), SQL_NTS, NULL, 0));
        SQLFreeStmt(h, SQL_CLOSE);
    }
    atomic_store(&is_over, true);
    pthread_join(thread, NULL);
    free_stmt(h);
}

static SQLRETURN ended;

static void *wait_for_it(void *context)
{
    ended = SQLExecDirect(context, text(SLOW("to be freed")), SQL_NTS);
    return NULL;
}

static bool something_runs(void)
{
    char *answer = control("GET", "queries?running=1", "");
    bool runs = strchr(answer, '{') != NULL;

    free(answer);
    return runs;
}

static void freeing_a_statement_ends_the_query_that_another_thread_waits_for(void)
{
    for (unsigned i = 0; i < 2; i++) {
        SQLHSTMT h = new_stmt(dbc);
        pthread_t thread;

        pthread_create(&thread, NULL, wait_for_it, h);
        for (unsigned tries = 0; tries < 400 && !something_runs(); tries++)
            nap(25);
        CHECK(something_runs());
        double start = now();
        CHECK((i == 0 ? SQLFreeHandle(SQL_HANDLE_STMT, h) : SQLFreeStmt(h, SQL_DROP)) ==
              SQL_SUCCESS);
        if (now() - start >= 15)
            complain("it took %.1f s", now() - start);
        pthread_join(thread, NULL);
        CHECK(ended == SQL_ERROR);
        CHECK(!something_runs());
    }
    CHECK(number_of(dbc, "SELECT 8") == 8);
}

int main(void)
{
    SQLHDBC made = SQL_NULL_HDBC;

    env = new_env(SQL_OV_ODBC3);
    if (!OK(SQL_HANDLE_ENV, env, SQLAllocHandle(SQL_HANDLE_DBC, env, &made)) ||
        !OK(SQL_HANDLE_DBC, made,
            SQLDriverConnect(made, NULL, text("DSN=retail"), SQL_NTS, NULL, 0, NULL,
                             SQL_DRIVER_NOPROMPT)))
        return 1;
    dbc = made;
    promise("names are set while statements read them", names_are_set_while_statements_read_them);
    promise("freeing a statement ends the query that another thread waits for",
            freeing_a_statement_ends_the_query_that_another_thread_waits_for);
    close_dbc(dbc);
    SQLFreeHandle(SQL_HANDLE_ENV, env);
    return finish("driver");
}
