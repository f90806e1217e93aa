/* Links: under whose names tables are shown, and what is told about links that lead nowhere. */
#include "fake_glue.h"

#include "catalog/links.h"

#define TEXT(literal) { literal, sizeof(literal) - 1 }

static const char *const databases[] = { "sales", "mesh" };
static const struct fake_table tables[] = {
    { .database = "sales", .name = "good", .target = "333333333333/shared/orders" },
    { .database = "sales", .name = "gone", .target = "333333333333/shared/nothing" },
    { .database = "shared",
      .name = "orders",
      .type = "EXTERNAL_TABLE",
      .columns = { { TEXT("id"), TEXT("bigint"), { NULL, 0 }, false } },
      .n_columns = 1,
      .rows = "7" },
};

static void script(const char *link)
{
    memset(&glue, 0, sizeof(glue));
    glue.databases = databases;
    glue.n_databases = 2;
    glue.tables = tables;
    glue.n_tables = 3;
    glue.database_link = link;
}

static char out[2000];

/* Rows "table|column or remark\n". */
static void rows(bool (*fill)(const struct metadata *m, const struct catalog_request *r,
                              struct builder *b, struct fault *f),
                 enum catalog_shape shape, const char *schema, unsigned column)
{
    struct arena arena = { 0 };
    struct metadata m = fake_metadata(&arena);
    struct catalog_request r = { .schema = span_of(schema), .options = &fake_options };
    struct builder b;
    struct fault f;
    size_t at = 0;

    out[0] = '\0';
    builder_init(&b, shape);
    CU_ASSERT_TRUE(fill(&m, &r, &b, &f));
    for (size_t i = 0; i < b.n; i++)
        at += (size_t)snprintf(out + at, sizeof(out) - at, "%.*s|%.*s\n", (int)b.rows[i][2].len,
                               b.rows[i][2].at, (int)b.rows[i][column].len, b.rows[i][column].at);
    builder_done(&b);
    arena_free(&arena);
}

static void a_bare_link_shows_its_targets_columns_or_says_why_not(void)
{
    script(NULL);
    rows(columns_fill, SHAPE_COLUMNS, "sales", 3);
    CU_ASSERT_STRING_EQUAL(out, "good|id\n");
    CU_ASSERT_EQUAL_FATAL(glue_notices.n, 1);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(glue_notices.at[0].text, "its target shared.nothing of account 333333333333"));
    rows(tables_fill, SHAPE_TABLES, "sales", 4);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "good|[link to shared.orders of account 333333333333, which "
                                       "the catalog does not follow]\n"));
}

static void a_service_that_wants_us_slower_still_tells_a_links_columns(void)
{
    struct arena arena = { 0 };
    struct metadata m = fake_metadata(&arena);
    struct metadata_catalog own = { .name = SPAN("AwsDataCatalog"), .is_glues = true };
    struct glue_table t = { .name = SPAN("good"),
                            .database = SPAN("sales"),
                            .target = { SPAN("333333333333"), SPAN("shared"), SPAN("orders"),
                                        NO_SPAN } };

    script(NULL);
    glue.throttle = 3;
    CU_ASSERT_TRUE(links_follow(&m, &own, &t));
    CU_ASSERT_EQUAL(t.n_columns, 1);
    CU_ASSERT_EQUAL(glue.n_pauses, 3);
    CU_ASSERT_EQUAL(glue_notices.n, 0);
    arena_free(&arena);
}

static const struct {
    const char *link, *deny, *lose, *told;
} databases_of_others[] = {
    { "mesh 333333333333/shared/eu-west-1", NULL, NULL, "which shows no tables" },
    { "mesh 333333333333/shared/", NULL, NULL, "a link to shared of account 333333333333" },
    { "mesh 333333333333/shared/us-east-1", NULL, NULL, "AwsRegion=us-east-1" },
    { "mesh 333333333333/shared/eu-west-1", NULL, "mesh", "does not exist or is not shared" },
    { "mesh 333333333333/shared/eu-west-1", "mesh", NULL, "has to let this role in" },
    { NULL, NULL, NULL, NULL },
    { NULL, NULL, "mesh", NULL },
};

static void a_linked_database_without_tables_is_explained(void)
{
    for (size_t i = 0; i < sizeof(databases_of_others) / sizeof(databases_of_others[0]); i++) {
        script(databases_of_others[i].link);
        glue.deny_tables_of = databases_of_others[i].deny;
        glue.deny_athena = true;
        glue.lose_database = databases_of_others[i].lose;
        rows(tables_fill, SHAPE_TABLES, "mesh", 4);
        CU_ASSERT_STRING_EQUAL(out, "");
        if (databases_of_others[i].told == NULL) {
            CU_ASSERT_EQUAL(glue_notices.n, 0);
            continue;
        }
        CU_ASSERT_FATAL(glue_notices.n > 0);
        CU_ASSERT_PTR_NOT_NULL(
            strstr(glue_notices.at[glue_notices.n - 1].text, databases_of_others[i].told));
    }
}

static const struct unit_test cases[] = {
    { "a bare link shows its target's columns or says why not",
      a_bare_link_shows_its_targets_columns_or_says_why_not },
    { "a service that wants us slower still tells a link's columns",
      a_service_that_wants_us_slower_still_tells_a_links_columns },
    { "a linked database without tables is explained",
      a_linked_database_without_tables_is_explained },
};

UNIT_MAIN("catalog/links", cases)
