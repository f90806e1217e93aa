/* Remembered listings: which calls they save, when they are not used, and the bytes they are kept
   as. */
#include "fake_glue.h"

#include "catalog/cache.h"
#include "spoke/recall.h"

#define TEXT(literal) { literal, sizeof(literal) - 1 }

static const char *const databases[] = { "sales", "hr" };
static const struct fake_table tables[] = {
    { "sales",
      "orders",
      "EXTERNAL_TABLE",
      "All",
      { { TEXT("id"), TEXT("bigint"), { NULL, 0 }, false },
        { TEXT("d"), TEXT("date"), TEXT(""), true } },
      2,
      NULL,
      "5",
      "6",
      NULL },
    { "hr", "link", NULL, NULL, { { { NULL, 0 } } }, 0, "3/sales/orders", NULL, NULL, "r" },
};

static struct recall *store;
static int64_t now_ms;
static const char *owner;

static bool recall_it(void *context, struct span key, int64_t max_age_ms, struct buf *out)
{
    (void)context;
    return recall_get(store, owner, key, max_age_ms, now_ms, out);
}

static void remember_it(void *context, uint64_t generation, struct span key, struct span value)
{
    (void)context;
    recall_put(store, owner, generation, key, value, now_ms);
}

static const struct cache_ops ops = { recall_it, remember_it };

static struct metadata world(struct arena *arena)
{
    struct metadata m = fake_metadata(arena);

    m.cache = &ops;
    m.cache_ttl_ms = 60000;
    m.cache_generation = recall_generation(store);
    return m;
}

static void script(void)
{
    memset(&glue, 0, sizeof(glue));
    glue.databases = databases;
    glue.n_databases = 2;
    glue.tables = tables;
    glue.n_tables = 2;
    recall_free(store);
    store = recall_new();
    now_ms = 1000;
    owner = "one";
}

/* Rows of SQLColumns for a table pattern; calls counted since the last time. */
static unsigned columns_of(const char *schema, const char *table, struct metadata *m,
                           unsigned *n_calls)
{
    struct catalog_request r = { .schema = span_of(schema),
                                 .table = span_of(table),
                                 .options = &fake_options };
    struct builder b;
    struct fault f;

    glue.n_calls = 0;
    builder_init(&b, SHAPE_COLUMNS);
    CU_ASSERT_TRUE(columns_fill(m, &r, &b, &f));
    unsigned n = (unsigned)b.n;
    builder_done(&b);
    *n_calls = glue.n_calls;
    return n;
}

static void the_same_question_costs_no_call_until_it_is_old(void)
{
    struct arena arena = { 0 };
    struct metadata m;
    unsigned calls = 0;

    script();
    m = world(&arena);
    CU_ASSERT_EQUAL(columns_of("sales", NULL, &m, &calls), 2);
    CU_ASSERT_EQUAL(calls, 1);
    CU_ASSERT_EQUAL(columns_of("SALES", NULL, &m, &calls), 2);
    CU_ASSERT_EQUAL(calls, 0);
    CU_ASSERT_EQUAL(columns_of("sales", "orders", &m, &calls), 2); /* found in the whole listing */
    CU_ASSERT_EQUAL(calls, 0);
    CU_ASSERT_EQUAL(columns_of("sales", "ord%", &m, &calls), 2);
    CU_ASSERT_EQUAL(calls, 0);
    CU_ASSERT_EQUAL(columns_of("hr", "lin_", &m, &calls), 0);
    CU_ASSERT_TRUE(calls > 0);
    (void)columns_of("hr", "LIN_", &m, &calls); /* what a pattern may mean is remembered for it */
    CU_ASSERT_TRUE(calls <= 1);                 /* the link's target */
    now_ms += 60000;
    (void)columns_of("sales", NULL, &m, &calls);
    CU_ASSERT_EQUAL(calls, 0);
    now_ms += 1;
    (void)columns_of("sales", NULL, &m, &calls);
    CU_ASSERT_EQUAL(calls, 1);
    arena_free(&arena);
}

static void another_owner_a_fresh_question_and_ttl_zero_ask_again(void)
{
    struct arena arena = { 0 };
    struct metadata m;
    unsigned calls = 0;

    script();
    m = world(&arena);
    (void)columns_of("sales", "orders", &m, &calls);
    (void)columns_of("sales", "orders", &m, &calls);
    CU_ASSERT_EQUAL(calls, 0);
    owner = "two";
    (void)columns_of("sales", "orders", &m, &calls);
    CU_ASSERT_EQUAL(calls, 1);
    m.is_fresh = true;
    (void)columns_of("sales", "orders", &m, &calls);
    CU_ASSERT_EQUAL(calls, 1);
    m.is_fresh = false;
    m.cache_ttl_ms = 0;
    (void)columns_of("sales", "orders", &m, &calls);
    CU_ASSERT_EQUAL(calls, 1);
    m.cache_ttl_ms = 60000;
    m.cache_generation = recall_generation(store);
    recall_forget(store, "two");
    (void)columns_of("sales", "orders", &m, &calls);
    CU_ASSERT_EQUAL(calls, 1);
    owner = "one"; /* not touched by the other's forgetting */
    (void)columns_of("sales", "orders", &m, &calls);
    CU_ASSERT_EQUAL(calls, 0);
    arena_free(&arena);
}

static void a_listing_begun_before_the_catalog_changed_is_not_remembered(void)
{
    struct arena arena = { 0 };
    struct metadata before, after;
    unsigned calls = 0;

    script();
    before = world(&arena);
    recall_forget(store, owner); /* as a DDL statement of another thread does */
    after = world(&arena);
    CU_ASSERT_EQUAL(columns_of("sales", NULL, &before, &calls), 2);
    CU_ASSERT_EQUAL(columns_of("sales", NULL, &after, &calls), 2);
    CU_ASSERT_EQUAL(calls, 1);
    CU_ASSERT_EQUAL(columns_of("sales", NULL, &after, &calls), 2);
    CU_ASSERT_EQUAL(calls, 0);
    arena_free(&arena);
}

static void refusals_and_filtered_listings_are_not_remembered(void)
{
    struct arena arena = { 0 };
    struct metadata m;
    unsigned calls = 0;

    script();
    m = world(&arena);
    glue.deny_tables_of = "sales";
    glue.deny_athena = true;
    CU_ASSERT_EQUAL(columns_of("sales", NULL, &m, &calls), 0);
    glue.deny_tables_of = NULL;
    CU_ASSERT_EQUAL(columns_of("sales", "zzz%", &m, &calls), 0);
    CU_ASSERT_EQUAL(columns_of("sales", NULL, &m, &calls), 2);
    CU_ASSERT_EQUAL(calls, 1);
    arena_free(&arena);
}

static void lists_come_back_as_they_were_packed(void)
{
    struct arena arena = { 0 };
    struct glue_table given[2];
    struct table_list got = { 0 };
    struct buf b = { 0 };
    struct fault f;

    memset(given, 0, sizeof(given));
    give_table(&tables[0], &given[0]);
    give_table(&tables[1], &given[1]);
    CU_ASSERT_TRUE(pack_tables(given, 2, &b, &f));
    CU_ASSERT_TRUE(unpack_tables(buf_span(&b), &arena, &got, &f));
    CU_ASSERT_EQUAL_FATAL(got.n, 2);
    SPAN_IS(got.at[0].name, "orders");
    SPAN_IS(got.at[0].row_count, "5");
    SPAN_IS(got.at[0].target.table, NULL);
    CU_ASSERT_TRUE(got.at[0].has_storage);
    CU_ASSERT_EQUAL_FATAL(got.at[0].n_columns, 2);
    SPAN_IS(got.at[0].columns[0].comment, NULL);
    SPAN_IS(got.at[0].columns[1].comment, "");
    CU_ASSERT_TRUE(got.at[0].columns[1].is_partition_key);
    SPAN_IS(got.at[1].target.region, "r");
    CU_ASSERT_FALSE(got.at[1].has_storage);
    for (size_t n = 0; n < b.len; n++)
        CU_ASSERT_FALSE(
            unpack_tables((struct span){ b.at, n }, &arena, &got, &f)); /* cut anywhere: refused */
    buf_free(&b);
    arena_free(&arena);
}

static void the_columns_of_a_followed_link_are_remembered(void)
{
    struct arena arena = { 0 };
    struct metadata m;
    unsigned calls = 0;

    script();
    m = world(&arena);
    m.region = SPAN("r");
    CU_ASSERT_EQUAL(columns_of("hr", NULL, &m, &calls), 2);
    CU_ASSERT_EQUAL(calls, 2); /* the list, and the link's target */
    CU_ASSERT_EQUAL(columns_of("hr", NULL, &m, &calls), 2);
    CU_ASSERT_EQUAL(calls, 0);
    CU_ASSERT_EQUAL(columns_of("hr", "link", &m, &calls), 2);
    CU_ASSERT_EQUAL(calls, 0);
    arena_free(&arena);
}

static void catalogs_and_their_services_are_remembered(void)
{
    struct arena arena = { 0 };
    struct pattern any = pattern_name(NO_SPAN), partner = pattern_name(SPAN("PARTNER"));
    struct catalog_list list;
    struct metadata m;
    struct fault f;

    script();
    m = world(&arena);
    m.has_external = true;
    CU_ASSERT_TRUE(metadata_catalogs(&m, &any, &list, &f));
    CU_ASSERT_EQUAL(list.n, 3);
    CU_ASSERT_EQUAL(glue.n_calls, 3); /* both lists, and the source that is Glue's */
    CU_ASSERT_TRUE(metadata_catalogs(&m, &any, &list, &f));
    CU_ASSERT_EQUAL(list.n, 3);
    CU_ASSERT_TRUE(metadata_catalogs(&m, &partner, &list, &f));
    SPAN_IS(list.at[0].glue_id, "999900001111");
    CU_ASSERT_EQUAL(glue.n_calls, 3);
    script();
    glue.deny_athena = true; /* a list with a gap is not remembered */
    CU_ASSERT_TRUE(metadata_catalogs(&m, &any, &list, &f));
    CU_ASSERT_TRUE(metadata_catalogs(&m, &any, &list, &f));
    CU_ASSERT_EQUAL(glue.n_calls, 4);
    arena_free(&arena);
}

static const struct unit_test tests[] = {
    { "the columns of a followed link are remembered",
      the_columns_of_a_followed_link_are_remembered },
    { "catalogs and their services are remembered", catalogs_and_their_services_are_remembered },
    { "the same question costs no call until it is old",
      the_same_question_costs_no_call_until_it_is_old },
    { "another owner, a fresh question and TTL zero ask again",
      another_owner_a_fresh_question_and_ttl_zero_ask_again },
    { "a listing begun before the catalog changed is not remembered",
      a_listing_begun_before_the_catalog_changed_is_not_remembered },
    { "refusals and filtered listings are not remembered",
      refusals_and_filtered_listings_are_not_remembered },
    { "lists come back as they were packed", lists_come_back_as_they_were_packed },
};

int main(void)
{
    int code = unit_run("catalog/cache", tests, sizeof(tests) / sizeof(tests[0]));

    recall_free(store);
    return code;
}
