/* A window of databases at a time: each has a thread, an arena and notices of its own, so that
   nothing is shared but the clients and the process's memory. */
#include "catalog/sweep.h"

#include <stdlib.h>

#include "base/worker.h"

struct job {
    struct worker worker;
    struct metadata m;
    struct arena arena;
    struct notices notices;
    const struct sweep *sweep;
    const struct metadata_catalog *catalog;
    const struct glue_database *database;
    struct table_list list;
    struct fault f;
    bool ok;
};

static void run_job(void *context)
{
    struct job *j = context;

    fault_clear(&j->f);
    j->ok = metadata_tables(&j->m, j->catalog, j->database, &j->sweep->table,
                            j->sweep->with_columns, &j->list, &j->f);
}

static void start_job(const struct metadata *m, const struct sweep *sweep,
                      const struct metadata_catalog *catalog, const struct glue_database *database,
                      struct job *j)
{
    struct fault f;

    *j = (struct job){ .m = *m, .sweep = sweep, .catalog = catalog, .database = database };
    j->m.arena = &j->arena;
    j->m.notices = &j->notices;
    if (!worker_start(&j->worker, run_job, j, &f))
        run_job(j); /* no thread left: one after the other */
}

static bool end_job(const struct metadata *m, struct job *j, bool goes_on, struct fault *f)
{
    worker_join(&j->worker);
    for (unsigned i = 0; i < j->notices.n; i++)
        notice_add(m->notices, j->notices.at[i].kind, "%s", j->notices.at[i].text);
    if (goes_on && !j->ok) {
        if (f != NULL)
            *f = j->f;
        goes_on = false;
    }
    goes_on = goes_on && j->sweep->visit(j->sweep->context, j->catalog->name, &j->list, f);
    arena_free(&j->arena);
    return goes_on;
}

static bool sweep_window(const struct metadata *m, const struct sweep *sweep,
                         const struct metadata_catalog *catalog, const struct glue_database *at,
                         size_t n, struct fault *f)
{
    struct job *jobs = calloc(n, sizeof(*jobs));
    bool goes_on = jobs != NULL;

    if (jobs == NULL)
        return fault_memory(f);
    for (size_t i = 0; i < n; i++)
        start_job(m, sweep, catalog, &at[i], &jobs[i]);
    for (size_t i = 0; i < n; i++)
        goes_on = end_job(m, &jobs[i], goes_on, f);
    free(jobs);
    return goes_on;
}

/* One database needs no thread. */
static bool sweep_single(const struct metadata *m, const struct sweep *sweep,
                         const struct metadata_catalog *catalog,
                         const struct glue_database *database, struct fault *f)
{
    struct table_list list;

    return metadata_tables(m, catalog, database, &sweep->table, sweep->with_columns, &list, f) &&
           sweep->visit(sweep->context, catalog->name, &list, f);
}

static bool sweep_catalog(const struct metadata *m, const struct sweep *sweep,
                          const struct metadata_catalog *catalog, struct fault *f)
{
    struct database_list list;

    if (!metadata_databases(m, catalog, &sweep->schema, &list, f))
        return false;
    if (list.n == 1)
        return sweep_single(m, sweep, catalog, &list.at[0], f);
    for (size_t i = 0; i < list.n; i += SWEEP_AT_ONCE) {
        size_t n = list.n - i < SWEEP_AT_ONCE ? list.n - i : SWEEP_AT_ONCE;
        if (!sweep_window(m, sweep, catalog, list.at + i, n, f))
            return false;
    }
    return true;
}

bool metadata_sweep(const struct metadata *m, const struct sweep *sweep, struct fault *f)
{
    struct catalog_list catalogs;

    if (!metadata_catalogs(m, &sweep->catalog, &catalogs, f))
        return false;
    for (size_t i = 0; i < catalogs.n; i++) {
        if (!sweep_catalog(m, sweep, &catalogs.at[i], f))
            return false;
    }
    return true;
}
