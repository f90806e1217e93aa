/* What became of each parameter set. */
#include <stdlib.h>

#include "odbc/run.h"

bool sets_init(struct stmt *s)
{
    struct stmt_run *r = s->run;

    r->n_sets = s->apd->array_size > 1 && s->sql.n_markers > 0 ? s->apd->array_size : 1;
    r->set_at = r->set_end = 0;
    free(r->sets);
    r->sets = calloc(r->n_sets, 1);
    return r->sets != NULL;
}

void sets_mark(struct stmt_run *r, enum set_state state)
{
    for (SQLULEN set = r->set_at; set < r->set_end; set++) {
        if (r->sets[set] == SET_IN_JOB_CUT)
            r->sets[set] = (unsigned char)(state == SET_GOOD ? SET_GOOD_CUT : state);
        else if (r->sets[set] == SET_IN_JOB)
            r->sets[set] = (unsigned char)state;
    }
}

SQLULEN sets_count(const struct stmt_run *r, enum set_state state)
{
    SQLULEN n = 0;

    for (SQLULEN set = 0; set < r->n_sets; set++)
        n += r->sets[set] == state || (state == SET_GOOD && r->sets[set] == SET_GOOD_CUT);
    return n;
}

/* SQL_ATTR_PARAM_STATUS_PTR and SQL_ATTR_PARAMS_PROCESSED_PTR. */
void sets_tell(struct stmt *s)
{
    static const SQLUSMALLINT told[] = { [SET_UNUSED] = SQL_PARAM_UNUSED,
                                         [SET_IN_JOB] = SQL_PARAM_UNUSED,
                                         [SET_IN_JOB_CUT] = SQL_PARAM_UNUSED,
                                         [SET_GOOD] = SQL_PARAM_SUCCESS,
                                         [SET_GOOD_CUT] = SQL_PARAM_SUCCESS_WITH_INFO,
                                         [SET_BAD] = SQL_PARAM_ERROR };
    const struct stmt_run *r = s->run;

    if (s->sql.n_markers == 0)
        return;
    if (s->ipd.array_status != NULL) {
        for (SQLULEN set = 0; set < r->n_sets; set++)
            s->ipd.array_status[set] = told[r->sets[set]];
    }
    if (s->ipd.rows_processed != NULL)
        *s->ipd.rows_processed = r->set_end;
}
