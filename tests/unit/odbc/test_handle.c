/* Handles: what counts as one, the lists they hang in, environments and their process. */
#include <sys/wait.h>
#include <unistd.h>

#include "fake_spoke.h"

static void only_living_objects_of_the_right_kind_are_handles(void)
{
    struct handle *h;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    h = &world_dbc->handle;
    CU_ASSERT_PTR_EQUAL(handle_check(world_dbc, SQL_HANDLE_DBC), h);
    CU_ASSERT_PTR_NULL(handle_check(world_dbc, SQL_HANDLE_STMT));
    CU_ASSERT_PTR_NULL(handle_check(world_env, SQL_HANDLE_DBC));
    CU_ASSERT_PTR_NULL(handle_check(NULL, SQL_HANDLE_DBC));
    h->magic = 0;
    CU_ASSERT_PTR_NULL(handle_check(world_dbc, SQL_HANDLE_DBC));
    h->magic = HANDLE_MAGIC;
    world_free();
}

static void lists_take_and_lose_members_anywhere(void)
{
    struct handle a = { .kind = HANDLE_STMT }, b = { .kind = HANDLE_STMT },
                  c = { .kind = HANDLE_STMT }, *list = NULL;

    handle_link(&list, &a);
    handle_link(&list, &b);
    handle_link(&list, &c);
    handle_unlink(&list, &b);
    CU_ASSERT(list == &c && c.next == &a && a.next == NULL);
    handle_unlink(&list, &b); /* not there: nothing happens */
    handle_unlink(&list, &c);
    handle_unlink(&list, &a);
    CU_ASSERT_PTR_NULL(list);
}

static void everything_below_follows_its_environment(void)
{
    SQLHANDLE h = NULL;

    world_make(SQL_OV_ODBC2, WIDE_UCS4);
    CU_ASSERT(SQL_SUCCEEDED(world_connect(WORLD_STRING)));
    latch_take(&world_dbc->handle.latch);
    CU_ASSERT_EQUAL(desc_new_explicit(world_dbc, &h), SQL_SUCCESS);
    latch_give(&world_dbc->handle.latch);
    CU_ASSERT_EQUAL(handle_wide_unit(h), WIDE_UCS4);
    CU_ASSERT(handle_is_odbc2(h));
    CU_ASSERT_PTR_EQUAL(handle_dbc(h), world_dbc);
    CU_ASSERT_PTR_NULL(handle_dbc(&world_env->handle));
    CU_ASSERT(world_dbc->options.odbc2 && world_dbc->options.wide_unit == WIDE_UCS4);
    world_free();
}

static void a_child_sees_that_the_handle_is_its_parents(void)
{
    int status = -1;
    pid_t child;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    CU_ASSERT_FALSE(handle_is_forked(&world_dbc->handle));
    child = fork();
    if (child == 0) {
        SQLHANDLE fresh = NULL;
        bool ok = handle_is_forked(&world_dbc->handle) && env_new(NULL, &fresh) == SQL_SUCCESS &&
                  !handle_is_forked(fresh);
        _exit(ok ? 0 : 1);
    }
    CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
    CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CU_ASSERT_FALSE(handle_is_forked(&world_dbc->handle));
    world_free();
}

static void nothing_is_made_without_a_place_to_put_it(void)
{
    CU_ASSERT_EQUAL(env_new(NULL, NULL), SQL_ERROR);
    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    CU_ASSERT_EQUAL(dbc_new(world_env, NULL), SQL_ERROR);
    STATE_IS(world_env, 1, "HY009");
    world_free();
}

static const struct unit_test tests[] = {
    { "only living objects of the right kind are handles",
      only_living_objects_of_the_right_kind_are_handles },
    { "lists take and lose members anywhere", lists_take_and_lose_members_anywhere },
    { "everything below follows its environment", everything_below_follows_its_environment },
    { "a child sees that the handle is its parent's", a_child_sees_that_the_handle_is_its_parents },
    { "nothing is made without a place to put it", nothing_is_made_without_a_place_to_put_it },
};

UNIT_MAIN("odbc/handle", tests)
