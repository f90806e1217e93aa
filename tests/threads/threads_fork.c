/* Children of a process that uses the driver: they are told of the fork by what they inherited,
   connect anew, and never hang on a lock of the driver's, whatever its threads were doing when the
   process was forked. By the manager, and straight at the driver: a manager's own locks cannot be
   left behind, so a process that goes through one forks while none of its threads is inside a
   call. */
#include <dlfcn.h>
#include <signal.h>
#include <sys/wait.h>

#include "threads.h"

enum { CHILDREN = 40, BUSY = 4, PATIENCE_S = 30 };

/* The calls that are made, of the manager or of the driver itself, and what to connect with. */
struct api {
    SQLRETURN (*alloc)(SQLSMALLINT, SQLHANDLE, SQLHANDLE *);
    SQLRETURN (*release)(SQLSMALLINT, SQLHANDLE);
    SQLRETURN (*set_env)(SQLHENV, SQLINTEGER, SQLPOINTER, SQLINTEGER);
    SQLRETURN (*connect)
    (SQLHDBC, SQLHWND, SQLCHAR *, SQLSMALLINT, SQLCHAR *, SQLSMALLINT, SQLSMALLINT *, SQLUSMALLINT);
    SQLRETURN (*disconnect)(SQLHDBC);
    SQLRETURN (*info)(SQLHDBC, SQLUSMALLINT, SQLPOINTER, SQLSMALLINT, SQLSMALLINT *);
    SQLRETURN (*execute)(SQLHSTMT, SQLCHAR *, SQLINTEGER);
    SQLRETURN (*fetch)(SQLHSTMT);
    SQLRETURN (*get)(SQLHSTMT, SQLUSMALLINT, SQLSMALLINT, SQLPOINTER, SQLLEN, SQLLEN *);
    SQLRETURN (*diagnose)
    (SQLSMALLINT, SQLHANDLE, SQLSMALLINT, SQLCHAR *, SQLINTEGER *, SQLCHAR *, SQLSMALLINT,
     SQLSMALLINT *);
    const char *string;
};

static struct api manager = { SQLAllocHandle, SQLFreeHandle, SQLSetEnvAttr, SQLDriverConnect,
                              SQLDisconnect,  SQLGetInfo,    SQLExecDirect, SQLFetch,
                              SQLGetData,     SQLGetDiagRec, "DSN=retail" };
static struct api driver;

static bool load_driver(void)
{
    void *library = dlopen(getenv("ATHENA_TEST_LIBRARY"), RTLD_NOW | RTLD_LOCAL);

    if (library == NULL)
        return false;
    *(void **)&driver.alloc = dlsym(library, "SQLAllocHandle");
    *(void **)&driver.release = dlsym(library, "SQLFreeHandle");
    *(void **)&driver.set_env = dlsym(library, "SQLSetEnvAttr");
    *(void **)&driver.connect = dlsym(library, "SQLDriverConnect");
    *(void **)&driver.disconnect = dlsym(library, "SQLDisconnect");
    *(void **)&driver.info = dlsym(library, "SQLGetInfo");
    *(void **)&driver.execute = dlsym(library, "SQLExecDirect");
    *(void **)&driver.fetch = dlsym(library, "SQLFetch");
    *(void **)&driver.get = dlsym(library, "SQLGetData");
    *(void **)&driver.diagnose = dlsym(library, "SQLGetDiagRec");
    driver.string = manager.string;
    return true;
}

struct link {
    const struct api *api;
    SQLHENV env;
    SQLHDBC dbc;
    SQLHSTMT stmt;
};

static struct record record_by(const struct api *api, SQLSMALLINT kind, SQLHANDLE h)
{
    struct record r = { "", "" };
    SQLINTEGER native;

    api->diagnose(kind, h, 1, (SQLCHAR *)r.state, &native, (SQLCHAR *)r.message, sizeof(r.message),
                  NULL);
    return r;
}

static bool open_link(struct link *l, const struct api *api)
{
    *l = (struct link){ .api = api };
    if (SQL_SUCCEEDED(api->alloc(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &l->env)) &&
        SQL_SUCCEEDED(api->set_env(l->env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0)) &&
        SQL_SUCCEEDED(api->alloc(SQL_HANDLE_DBC, l->env, &l->dbc)) &&
        SQL_SUCCEEDED(api->connect(l->dbc, NULL, text(api->string), SQL_NTS, NULL, 0, NULL,
                                   SQL_DRIVER_NOPROMPT)) &&
        SQL_SUCCEEDED(api->alloc(SQL_HANDLE_STMT, l->dbc, &l->stmt)))
        return true;
    struct record r = record_by(api, SQL_HANDLE_DBC, l->dbc);
    complain("no connection: [%s] %s", r.state, r.message);
    return false;
}

static void close_link(struct link *l)
{
    l->api->release(SQL_HANDLE_STMT, l->stmt);
    l->api->disconnect(l->dbc);
    l->api->release(SQL_HANDLE_DBC, l->dbc);
    l->api->release(SQL_HANDLE_ENV, l->env);
}

static SQLINTEGER ask(const struct link *l, const char *sql)
{
    SQLINTEGER value = -1;
    SQLHSTMT h = NULL;

    if (SQL_SUCCEEDED(l->api->alloc(SQL_HANDLE_STMT, l->dbc, &h)) &&
        SQL_SUCCEEDED(l->api->execute(h, text(sql), SQL_NTS)) && SQL_SUCCEEDED(l->api->fetch(h)))
        l->api->get(h, 1, SQL_C_SLONG, &value, 0, NULL);
    l->api->release(SQL_HANDLE_STMT, h);
    return value;
}

static bool names_fork(const struct api *api, SQLSMALLINT kind, SQLHANDLE h)
{
    struct record r = record_by(api, kind, h);

    if (strcmp(r.state, "08S01") == 0 && strstr(r.message, "fork") != NULL)
        return true;
    printf("     in the child: [%s] %s\n", r.state, r.message);
    return false;
}

/* What the child sees, as an exit code: 0 is all right. */
static int life_of_the_child(const struct link *inherited)
{
    const struct api *api = inherited->api;
    SQLCHAR name[32];
    SQLHSTMT h = NULL;
    struct link own;

    if (api->execute(inherited->stmt, text("SELECT 1"), SQL_NTS) != SQL_ERROR ||
        !names_fork(api, SQL_HANDLE_STMT, inherited->stmt))
        return 1;
    if (api->info(inherited->dbc, SQL_DBMS_NAME, name, sizeof(name), NULL) != SQL_ERROR ||
        !names_fork(api, SQL_HANDLE_DBC, inherited->dbc))
        return 2;
    if (api->alloc(SQL_HANDLE_STMT, inherited->dbc, &h) != SQL_ERROR ||
        !names_fork(api, SQL_HANDLE_DBC, inherited->dbc))
        return 3;
    if (!open_link(&own, api))
        return 4;
    SQLINTEGER value = ask(&own, "SELECT count(*) FROM flights.airlines");
    close_link(&own);
    return value == 16 ? 0 : 5;
}

static pid_t begin_child(const struct link *l)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        alarm(PATIENCE_S);
        int code = life_of_the_child(l);
        fflush(stdout);
        _exit(code);
    }
    return child;
}

static void see_child_end_well(pid_t child, unsigned i)
{
    int status = -1;

    waitpid(child, &status, 0);
    if (WIFSIGNALED(status))
        complain("child %u %s", i, WTERMSIG(status) == SIGALRM ? "hung" : "was ended by a signal");
    else if (WEXITSTATUS(status) != 0)
        complain("child %u ended with %d", i, WEXITSTATUS(status));
}

static void a_child_is_told_of_the_fork_and_connects_anew(void)
{
    struct link l;

    if (!open_link(&l, &manager))
        return;
    CHECK(ask(&l, "SELECT 2") == 2);
    see_child_end_well(begin_child(&l), 0);
    /* the parent never notices */
    CHECK(SQL_SUCCEEDED(SQLExecDirect(l.stmt, text("SELECT 3"), SQL_NTS)) &&
          SQL_SUCCEEDED(SQLFetch(l.stmt)));
    close_link(&l);
}

/* The threads that keep the process busy. The gate is shut while a process that must not be inside
   a call is forked. */
static struct link busy;
/* who waits to shut it goes first */
static pthread_rwlock_t gate = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
static bool is_gated;
static atomic_bool is_over;
static atomic_uint n_queries;

static void *query_on(void *context)
{
    (void)context;
    while (!atomic_load(&is_over)) {
        if (is_gated)
            pthread_rwlock_rdlock(&gate);
        CHECK(ask(&busy, "SELECT 4") == 4);
        if (is_gated)
            pthread_rwlock_unlock(&gate);
        atomic_fetch_add(&n_queries, 1);
    }
    return NULL;
}

static void have_children(unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (is_gated)
            pthread_rwlock_wrlock(&gate);
        pid_t child = begin_child(&busy);
        if (is_gated)
            pthread_rwlock_unlock(&gate);
        see_child_end_well(child, i);
        nap(i * 7 % 23); /* another moment each time */
    }
}

static void be_busy_and_fork(const struct api *api, bool gated)
{
    pthread_t threads[BUSY];

    if (!open_link(&busy, api))
        return;
    is_gated = gated;
    atomic_store(&is_over, false);
    atomic_store(&n_queries, 0);
    for (unsigned i = 0; i < BUSY; i++)
        pthread_create(&threads[i], NULL, query_on, NULL);
    have_children(CHILDREN);
    atomic_store(&is_over, true);
    for (unsigned i = 0; i < BUSY; i++)
        pthread_join(threads[i], NULL);
    CHECK(atomic_load(&n_queries) > BUSY);
    printf("     %u children while %u queries ran\n", CHILDREN, atomic_load(&n_queries));
    close_link(&busy);
}

static void children_forked_between_calls_of_a_busy_process_connect(void)
{
    be_busy_and_fork(&manager, true);
}

static void children_forked_while_threads_are_inside_the_driver_connect(void)
{
    CHECK(load_driver());
    if (driver.string != NULL)
        be_busy_and_fork(&driver, false);
}

int main(void)
{
    promise("a child is told of the fork and connects anew",
            a_child_is_told_of_the_fork_and_connects_anew);
    promise("children forked between calls of a busy process connect",
            children_forked_between_calls_of_a_busy_process_connect);
    promise("children forked while threads are inside the driver connect",
            children_forked_while_threads_are_inside_the_driver_connect);
    return finish("fork");
}
