/* The driver as a part of somebody else's process: a hundred lives of an environment, a hundred
   loadings, with heap, threads and descriptors counted. Built without sanitizers, which keep
   accounts of their own. */
#include <dirent.h>
#include <dlfcn.h>
#include <malloc.h>

#include "threads.h"

struct account {
    size_t heap;
    unsigned threads, descriptors;
};

static unsigned entries_of(const char *path)
{
    DIR *folder = opendir(path);
    unsigned n = 0;

    while (folder != NULL && readdir(folder) != NULL)
        n++;
    if (folder != NULL)
        closedir(folder);
    return n;
}

static struct account take_stock(void)
{
    struct mallinfo2 m = mallinfo2();

    return (struct account){ m.uordblks + m.hblkhd, entries_of("/proc/self/task"),
                             entries_of("/proc/self/fd") };
}

/* The allocator rounds by where it finds room, a few dozen bytes one way or the other; one lost
   block a round would be 2,880. */
enum { ROUNDING = 1024 };

static void same_stock(const char *what, struct account early, struct account late)
{
    printf("     %s: heap %zu and %zu bytes, threads %u and %u, descriptors %u and %u after rounds "
           "10 and 100\n",
           what, early.heap, late.heap, early.threads - 2, late.threads - 2, early.descriptors - 2,
           late.descriptors - 2);
    CHECK(late.heap < early.heap + ROUNDING && early.heap < late.heap + ROUNDING);
    CHECK(early.threads == late.threads);
    CHECK(early.descriptors == late.descriptors);
}

/* The installer library keeps what it read for some seconds, a new copy of some of it with every
   connection. Its clock is put forward between rounds, so that every round begins with nothing
   kept; the driver and its libraries ask clock_gettime(). */
static atomic_long seconds_ahead;

time_t time(time_t *to)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    time_t when = t.tv_sec + atomic_load(&seconds_ahead);
    if (to != NULL)
        *to = when;
    return when;
}

static void one_life(void)
{
    SQLHENV e = new_env(SQL_OV_ODBC3);
    SQLHDBC d = open_dsn(e, "retail", NULL);
    SQLHSTMT h = new_stmt(d);
    SQLCHAR name[64];
    unsigned n = 0;

    OK(SQL_HANDLE_STMT, h, SQLExecDirect(h, text("SELECT name FROM flights.airlines"), SQL_NTS));
    while (SQL_SUCCEEDED(SQLFetch(h)) &&
           SQL_SUCCEEDED(SQLGetData(h, 1, SQL_C_CHAR, name, sizeof(name), NULL)))
        n++;
    CHECK(n == 16);
    SQLFreeStmt(h, SQL_CLOSE);
    CHECK(!SQL_SUCCEEDED(SQLExecDirect(h, text("SELECT nothing FROM flights.airlines"), SQL_NTS)));
    OK(SQL_HANDLE_STMT, h,
       SQLColumns(h, NULL, 0, text("flights"), SQL_NTS, text("airlines"), SQL_NTS, NULL, 0));
    free_stmt(h);
    close_dbc(d);
    SQLFreeHandle(SQL_HANDLE_ENV, e);
}

static void a_hundred_lives_of_an_environment_leave_nothing_behind(void)
{
    struct account early = { 0 };

    for (unsigned round = 1; round <= 100; round++) {
        atomic_fetch_add(&seconds_ahead, 3600);
        one_life();
        if (round == 10)
            early = take_stock();
    }
    same_stock("environments", early, take_stock());
}

/* Straight at the driver: the manager's part in the heap is left out. */
static void a_hundred_loadings_leave_nothing_behind(void)
{
    const char *library = getenv("ATHENA_TEST_LIBRARY");
    struct account early = { 0 };

    for (unsigned round = 1; round <= 100; round++) {
        void *driver = dlopen(library, RTLD_NOW | RTLD_LOCAL);
        SQLRETURN (*alloc)(SQLSMALLINT, SQLHANDLE, SQLHANDLE *), (*release)(SQLSMALLINT, SQLHANDLE);
        SQLHANDLE e = NULL, d = NULL;

        CHECK(driver != NULL);
        if (driver == NULL)
            return;
        *(void **)&alloc = dlsym(driver, "SQLAllocHandle");
        *(void **)&release = dlsym(driver, "SQLFreeHandle");
        CHECK(alloc(SQL_HANDLE_ENV, NULL, &e) == SQL_SUCCESS &&
              alloc(SQL_HANDLE_DBC, e, &d) == SQL_SUCCESS);
        CHECK(release(SQL_HANDLE_DBC, d) == SQL_SUCCESS &&
              release(SQL_HANDLE_ENV, e) == SQL_SUCCESS);
        dlclose(driver);
        if (round == 10)
            early = take_stock();
    }
    same_stock("loadings", early, take_stock());
}

int main(void)
{
    promise("a hundred loadings leave nothing behind", a_hundred_loadings_leave_nothing_behind);
    promise("a hundred lives of an environment leave nothing behind",
            a_hundred_lives_of_an_environment_leave_nothing_behind);
    return finish("process");
}
