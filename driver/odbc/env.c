/* Environments: which manager loaded us, which ODBC version is spoken, the list of connections. */
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "odbc/attribute.h"
#include "odbc/handle.h"

/* Asks the object that holds this address for a symbol. A manager loaded RTLD_LOCAL is invisible to
   a search of the whole process, so the object itself is opened again. */
static bool has_symbol(const void *address, const char *symbol)
{
    Dl_info info;
    void *object;
    bool found;

    if (address == NULL || dladdr(address, &info) == 0 || info.dli_fname == NULL) {
        return false;
    }
    object = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
    if (object == NULL) {
        return false;
    }
    found = dlsym(object, symbol) != NULL;
    dlclose(object);
    return found;
}

/* Each manager's library shows a name that the other one's does not. A program that has a manager
   linked into itself shows neither: then the first wide connection string tells the width. */
static void find_width(struct env *e, const void *caller_address)
{
    bool is_iodbc = has_symbol(caller_address, "iodbc_version");

    e->wide_unit = is_iodbc ? WIDE_UCS4 : WIDE_UTF16;
    e->is_width_known = is_iodbc || has_symbol(caller_address, "uodbc_get_stats");
}

void env_learn_width(struct env *e, const struct text *t)
{
    if (!e->is_width_known && t->is_wide && t->at != NULL) {
        e->wide_unit = text_guess_unit(t);
        e->is_width_known = true;
    }
}

/* A page that the system empties in a child: one look at it tells what asking for the process id
   would, on every call. */
static const volatile int *make_mark(void)
{
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    int *mark = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (mark == MAP_FAILED) {
        return NULL;
    }
    if (madvise(mark, size, MADV_WIPEONFORK) != 0) {
        munmap(mark, size);
        return NULL;
    }
    *mark = 1;
    return mark;
}

static void free_mark(const volatile int *mark)
{
    if (mark != NULL) {
        munmap((void *)(uintptr_t)mark, (size_t)sysconf(_SC_PAGESIZE));
    }
}

SQLRETURN env_new(const void *caller_address, SQLHANDLE *out)
{
    struct env *e;

    if (out == NULL) {
        return SQL_ERROR;
    }
    *out = SQL_NULL_HANDLE;
    e = calloc(1, sizeof(*e));
    if (e == NULL) {
        return SQL_ERROR;
    }
    handle_init(&e->handle, HANDLE_ENV, NULL);
    find_width(e, caller_address);
    e->handle.alive = make_mark();
    e->manager_symbol = caller_address;
    e->output_nts = true;
    *out = e;
    return SQL_SUCCESS;
}

SQLRETURN env_free(struct env *e)
{
    bool is_used;

    latch_take(&e->handle.latch);
    is_used = e->connections != NULL;
    latch_give(&e->handle.latch);
    if (is_used) {
        return diag_post(&e->handle, STATE_HY010,
                         "The environment still has connections: free them first.");
    }
    free_mark(e->handle.alive);
    handle_done(&e->handle);
    free(e);
    return SQL_SUCCESS;
}

static SQLRETURN check_completion(struct handle *h, SQLSMALLINT completion)
{
    if (completion != SQL_COMMIT && completion != SQL_ROLLBACK) {
        return diag_post(h, STATE_HY012, NULL);
    }
    return SQL_SUCCESS;
}

/* Athena has no transactions: every statement is committed by itself, so there is nothing to end
   and nobody to call. */
SQLRETURN env_end_transaction(struct env *e, SQLSMALLINT completion)
{
    return check_completion(&e->handle, completion);
}

SQLRETURN dbc_end_transaction(struct dbc *d, SQLSMALLINT completion)
{
    return check_completion(&d->handle, completion);
}
