/* Many databases side by side: in order, complete, and honest about failures. */
#include "fake_glue.h"

#include "catalog/sweep.h"

static char names[40][16];
static const char *databases[40];
static struct fake_table tables[40];

static void script(unsigned n)
{
    memset(&glue, 0, sizeof(glue));
    for (unsigned i = 0; i < n; i++) {
        snprintf(names[i], sizeof(names[i]), "db%02u", i);
        databases[i] = names[i];
        tables[i] = (struct fake_table){ .database = names[i], .name = "t", .n_columns = 0 };
    }
    glue.databases = databases;
    glue.n_databases = n;
    glue.tables = tables;
    glue.n_tables = n;
}

static char seen[1024];

static bool note(void *context, struct span catalog, const struct table_list *list, struct fault *f)
{
    size_t at = strlen(seen);

    (void)context, (void)catalog, (void)f;
    for (size_t i = 0; i < list->n; i++)
        at += (size_t)snprintf(seen + at, sizeof(seen) - at, "%.*s ", (int)list->at[i].database.len,
                               list->at[i].database.at);
    return true;
}

static bool run(struct fault *f)
{
    struct arena arena = { 0 };
    struct metadata m = fake_metadata(&arena);
    struct sweep sweep = { .catalog = pattern_name(NO_SPAN),
                           .schema = pattern_name(NO_SPAN),
                           .table = pattern_name(NO_SPAN),
                           .visit = note };

    seen[0] = '\0';
    bool ok = metadata_sweep(&m, &sweep, f);
    arena_free(&arena);
    return ok;
}

static void databases_come_in_order_whatever_their_number(void)
{
    for (unsigned n = 0; n <= 20; n++) {
        char want[1024] = "";
        struct fault f;
        script(n);
        for (unsigned i = 0; i < n; i++)
            snprintf(want + strlen(want), sizeof(want) - strlen(want), "db%02u ", i);
        CU_ASSERT_TRUE(run(&f));
        CU_ASSERT_STRING_EQUAL(seen, want);
        CU_ASSERT_EQUAL(glue.n_get_tables, n);
    }
}

static void a_refused_database_is_told_and_the_others_are_shown(void)
{
    struct fault f;

    script(9);
    glue.deny_tables_of = "db04";
    glue.deny_athena = true;
    CU_ASSERT_TRUE(run(&f));
    CU_ASSERT_STRING_EQUAL(seen, "db00 db01 db02 db03 db05 db06 db07 db08 ");
    CU_ASSERT_EQUAL(glue_notices.n, 2); /* one for each service */
}

static void a_failure_ends_the_sweep_with_its_own_words(void)
{
    struct fault f;

    script(9);
    glue.break_tables_of = "db03";
    CU_ASSERT_FALSE(run(&f));
    CU_ASSERT_EQUAL(f.kind, FAULT_NETWORK);
    CU_ASSERT_STRING_EQUAL(seen, "db00 db01 db02 ");
    CU_ASSERT(glue.n_get_tables <= SWEEP_AT_ONCE);
}

static const struct unit_test tests[] = {
    { "databases come in order, whatever their number",
      databases_come_in_order_whatever_their_number },
    { "a refused database is told and the others are shown",
      a_refused_database_is_told_and_the_others_are_shown },
    { "a failure ends the sweep with its own words", a_failure_ends_the_sweep_with_its_own_words },
};

UNIT_MAIN("catalog/sweep", tests)
