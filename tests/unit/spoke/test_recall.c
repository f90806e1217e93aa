/* What the process remembers: apart by owner, for a while, within its limits. */
#include "spoke/recall.h"
#include "unit.h"

static bool is_known(struct recall *r, const char *owner, const char *key, int64_t now_ms,
                     const char *want)
{
    struct buf b = { .ceiling = RECALL_VALUE_MAX };
    bool found = recall_get(r, owner, span_of(key), 1000, now_ms, &b);

    if (found && want != NULL)
        SPAN_IS(buf_span(&b), want);
    buf_free(&b);
    return found;
}

static void a_value_is_found_by_its_owner_until_it_is_old(void)
{
    struct recall *r = recall_new();

    recall_put(r, "a", recall_generation(r), SPAN("k"), SPAN("one"), 0);
    recall_put(r, "b", recall_generation(r), SPAN("k"), SPAN("other"), 0);
    CU_ASSERT_TRUE(is_known(r, "a", "k", 1000, "one"));
    CU_ASSERT_TRUE(is_known(r, "b", "k", 1000, "other"));
    CU_ASSERT_FALSE(is_known(r, "a", "k", 1001, NULL));
    CU_ASSERT_FALSE(is_known(r, "c", "k", 0, NULL));
    CU_ASSERT_FALSE(is_known(r, "a", "kk", 0, NULL));
    recall_put(r, "a", recall_generation(r), SPAN("k"), SPAN("two"), 2000);
    CU_ASSERT_TRUE(is_known(r, "a", "k", 2500, "two"));
    recall_forget(r, "a");
    CU_ASSERT_FALSE(is_known(r, "a", "k", 2500, NULL));
    CU_ASSERT_TRUE(is_known(r, "b", "k", 500, "other"));
    recall_free(r);
}

static void what_was_asked_before_something_was_forgotten_is_not_kept(void)
{
    struct recall *r = recall_new();
    uint64_t before = recall_generation(r);

    recall_put(r, "a", before, SPAN("k"), SPAN("old"), 0);
    recall_forget(r, "a");
    recall_put(r, "a", before, SPAN("k"), SPAN("old"), 0);
    CU_ASSERT_FALSE(is_known(r, "a", "k", 0, NULL));
    recall_put(r, "a", recall_generation(r), SPAN("k"), SPAN("new"), 0);
    CU_ASSERT_TRUE(is_known(r, "a", "k", 0, "new"));
    recall_free(r);
}

static void the_oldest_go_when_the_limit_is_reached(void)
{
    enum { VALUE = RECALL_VALUE_MAX, N = RECALL_BYTES_MAX / RECALL_VALUE_MAX };
    struct recall *r = recall_new();
    struct buf big = { .ceiling = 2 * VALUE };
    struct fault f;
    char *at = buf_reserve(&big, VALUE + 1, &f);
    char key[2] = "0";

    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    memset(at, 'x', VALUE + 1);
    buf_commit(&big, VALUE + 1);
    for (int i = 0; i < N; i++, key[0]++)
        recall_put(r, "a", recall_generation(r), span_of(key), span_part(buf_span(&big), 0, VALUE),
                   i);
    CU_ASSERT_FALSE(is_known(r, "a", "0", 0, NULL)); /* keys count too, so one had to go */
    CU_ASSERT_TRUE(is_known(r, "a", "1", 0, NULL));
    recall_put(r, "a", recall_generation(r), SPAN("huge"), buf_span(&big), 0);
    CU_ASSERT_FALSE(is_known(r, "a", "huge", 0, NULL));
    buf_free(&big);
    recall_free(r);
}

static const struct unit_test tests[] = {
    { "what was asked before something was forgotten is not kept",
      what_was_asked_before_something_was_forgotten_is_not_kept },
    { "a value is found by its owner until it is old",
      a_value_is_found_by_its_owner_until_it_is_old },
    { "the oldest go when the limit is reached", the_oldest_go_when_the_limit_is_reached },
};

UNIT_MAIN("spoke/recall", tests)
