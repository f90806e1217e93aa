/* The loop over pages: pauses, tokens that are not known any more, lists that break off. */
#include "fake_glue.h"

#include "base/clock.h"
#include "base/lock.h"
#include "catalog/pages.h"

static const char *const databases[] = { "a", "b", "c", "d", "e", "f", "g" };
static const struct fake_table tables[] = {
    { .database = "a", .name = "t1" }, { .database = "a", .name = "t2" },
    { .database = "a", .name = "t3" }, { .database = "a", .name = "t4" },
    { .database = "a", .name = "t5" },
};

static void script(void)
{
    memset(&glue, 0, sizeof(glue));
    glue.databases = databases;
    glue.n_databases = 7;
    glue.tables = tables;
    glue.n_tables = 5;
    glue.page = 2;
}

/* Tables of database a; n of them, or -1 and the fault. */
static int list(struct fault *f)
{
    static const struct glue_database a = { .name = { "a", 1 }, .is_listed = true };
    static const struct metadata_catalog own = { .name = { "AwsDataCatalog", 14 },
                                                 .is_glues = true };
    struct arena arena = { 0 };
    struct metadata m = fake_metadata(&arena);
    struct pattern any = pattern_name(NO_SPAN);
    struct table_list out = { 0 };

    fault_clear(f);
    bool ok = metadata_tables(&m, &own, &a, &any, false, &out, f);
    arena_free(&arena);
    return ok ? (int)out.n : -1;
}

static void a_service_that_wants_us_slower_is_asked_again_after_pauses(void)
{
    struct fault f;

    script();
    glue.throttle = PAGE_PAUSES_MAX;
    CU_ASSERT_EQUAL(list(&f), 5);
    CU_ASSERT_EQUAL(glue.n_pauses, PAGE_PAUSES_MAX);
    CU_ASSERT_EQUAL(glue.paused_ms, 200 + 400 + 800 + 1600 + 3200 + 5000);
    CU_ASSERT_EQUAL(glue_notices.n, 0);
    script();
    glue.throttle = 1000;
    CU_ASSERT_EQUAL(list(&f), 0);
    CU_ASSERT_EQUAL(glue.n_pauses, PAGE_PAUSES_MAX);
    CU_ASSERT_EQUAL_FATAL(glue_notices.n, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(glue_notices.at[0].text, "Rate exceeded"));
}

static void a_token_that_is_not_known_any_more_makes_the_list_begin_anew_once(void)
{
    struct fault f;

    script();
    glue.stale_token_at = 4;
    CU_ASSERT_EQUAL(list(&f), 5);
    CU_ASSERT_EQUAL(glue.n_get_tables, 6); /* 1, 2, refused, 1, 2, 3 */
    script();
    glue.stale_token_at = 2;
    glue.stale_token_for_ever = true;
    CU_ASSERT_EQUAL(list(&f), -1);
    CU_ASSERT_EQUAL(f.kind, FAULT_QUERY);
    CU_ASSERT_EQUAL(glue.n_get_tables, 4);
}

static void a_repeated_token_is_a_fault_and_no_endless_loop(void)
{
    struct fault f;

    script();
    glue.empty_pages = 3; /* tokens "00", "00", ... */
    glue.repeat_token = true;
    CU_ASSERT_EQUAL(list(&f), -1);
    CU_ASSERT_EQUAL(f.kind, FAULT_PROTOCOL);
}

static void a_database_that_vanishes_between_pages_is_told(void)
{
    struct fault f;

    script();
    glue.lose_after_first = true;
    CU_ASSERT_EQUAL(list(&f), 0);
    CU_ASSERT_EQUAL_FATAL(glue_notices.n, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(glue_notices.at[0].text, "a vanished"));
}

static void a_pause_ends_with_the_time_given_and_with_a_cancel(void)
{
    const struct clock *clock = clock_system();
    struct aws_bounds bounds = { .deadline_steady_ms = clock->steady_ms(clock) + 50 };
    struct wake stop;
    struct fault f;

    CU_ASSERT_FALSE(pages_pause(&bounds, 200, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_TIMEOUT);
    wake_init(&stop);
    wake_raise(&stop);
    bounds = (struct aws_bounds){ .cancel = &stop };
    CU_ASSERT_FALSE(pages_pause(&bounds, 60000, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_CANCELLED);
    wake_done(&stop);
    bounds = (struct aws_bounds){ 0 };
    CU_ASSERT_TRUE(pages_pause(&bounds, 1, &f));
}

static const struct unit_test cases[] = {
    { "a service that wants us slower is asked again after pauses",
      a_service_that_wants_us_slower_is_asked_again_after_pauses },
    { "a token that is not known any more makes the list begin anew, once",
      a_token_that_is_not_known_any_more_makes_the_list_begin_anew_once },
    { "a repeated token is a fault and no endless loop",
      a_repeated_token_is_a_fault_and_no_endless_loop },
    { "a database that vanishes between pages is told",
      a_database_that_vanishes_between_pages_is_told },
    { "a pause ends with the time given and with a cancel",
      a_pause_ends_with_the_time_given_and_with_a_cancel },
};

UNIT_MAIN("catalog/pages", cases)
