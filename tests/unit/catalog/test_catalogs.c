/* Which catalogs are shown, and which service is asked for what is in each. */
#include "fake_glue.h"

static const char *const databases[] = { "sales" };
static const struct fake_table tables[] = { { .database = "sales", .name = "orders" } };
static const char *const nested[] = { "111122223333:s3tablescatalog/bucket",
                                      "111122223333:ddb" };

static void script(void)
{
    memset(&glue, 0, sizeof(glue));
    glue.databases = databases;
    glue.n_databases = 1;
    glue.tables = tables;
    glue.n_tables = 1;
    glue.nested = nested;
    glue.n_nested = 2;
}

static struct metadata world(struct arena *arena)
{
    struct metadata m = fake_metadata(arena);

    m.has_external = true;
    m.account = SPAN("111122223333");
    return m;
}

/* "name(Glue's id, who) ..." of the catalogs that a name means; NULL means all. */
static const char *catalogs(const struct metadata *m, const char *name)
{
    static char out[600];
    struct pattern wanted = pattern_name(span_of(name));
    struct catalog_list list;
    struct fault f;
    size_t at = 0;

    out[0] = '\0';
    CU_ASSERT_TRUE_FATAL(metadata_catalogs(m, &wanted, &list, &f));
    for (size_t i = 0; i < list.n; i++)
        at += (size_t)snprintf(out + at, sizeof(out) - at, "%.*s(%.*s%s%s) ",
                               (int)list.at[i].name.len, list.at[i].name.at,
                               (int)list.at[i].glue_id.len, list.at[i].glue_id.at,
                               list.at[i].is_glues ? " g" : "", list.at[i].is_athenas ? " a" : "");
    return out;
}

static void sources_and_nested_catalogs_are_listed_by_the_names_of_queries(void)
{
    struct arena arena = { 0 };
    struct metadata m = world(&arena);

    script();
    CU_ASSERT_STRING_EQUAL(catalogs(&m, NULL),
                           "AwsDataCatalog( g a) lambda_source( a) partner(999900001111 g a) "
                           "s3tablescatalog/bucket(111122223333:s3tablescatalog/bucket g) "
                           "ddb(111122223333:ddb g) ");
    CU_ASSERT_EQUAL(glue.n_get_catalog, 1); /* only a Glue source is looked at */
    m.has_external = false;
    glue.n_calls = 0;
    CU_ASSERT_STRING_EQUAL(catalogs(&m, NULL), "AwsDataCatalog( g a) ");
    CU_ASSERT_EQUAL(glue.n_calls, 0);
    arena_free(&arena);
}

static const struct {
    const char *name, *expect;
} exact[] = {
    { "awsdatacatalog", "AwsDataCatalog( g a) " },
    { "lambda_source", "lambda_source( a) " },
    { "partner", "partner(999900001111 g a) " },
    { "s3tablescatalog/other", "s3tablescatalog/other(111122223333:s3tablescatalog/other g) " },
    { "222233334444:s3tablescatalog/b",
      "222233334444:s3tablescatalog/b(222233334444:s3tablescatalog/b g) " },
    { "ddb", "ddb(111122223333:ddb g) " }, /* no data source of that name: nested in Glue */
};

static void an_exact_name_needs_no_list(void)
{
    struct arena arena = { 0 };
    struct metadata m = world(&arena);

    for (size_t i = 0; i < sizeof(exact) / sizeof(exact[0]); i++) {
        script();
        CU_ASSERT_STRING_EQUAL(catalogs(&m, exact[i].name), exact[i].expect);
        CU_ASSERT(glue.n_calls <= 1 && glue.n_calls == glue.n_get_catalog);
    }
    arena_free(&arena);
}

static void an_underscore_in_a_catalogs_name_is_itself_when_nothing_else_matches(void)
{
    static const struct {
        const char *pattern;
        bool has_external;
        const char *first;
        size_t n;
    } cases[] = {
        { "lambda_source", true, "lambda_source", 1 },
        { "lambda_source", false, "lambda_source", 1 },
        { "lambda_sourc_", true, "lambda_source", 1 },
        { "part_er", true, "partner", 1 },
        { "part_er", false, "part_er", 1 },
        { "Aws_ata_atalog", false, "AwsDataCatalog", 1 },
        { "lambda\\_x_", false, NULL, 0 },
        { "x_%", false, NULL, 0 },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arena arena = { 0 };
        struct metadata m = world(&arena);
        struct pattern wanted;
        struct catalog_list list;
        struct fault f;
        script();
        m.has_external = cases[i].has_external;
        CU_ASSERT_TRUE(pattern_parse(span_of(cases[i].pattern), &arena, &wanted, &f));
        CU_ASSERT_TRUE(metadata_catalogs(&m, &wanted, &list, &f));
        CU_ASSERT_EQUAL_FATAL(list.n, cases[i].n);
        if (list.n > 0)
            SPAN_IS(list.at[0].name, cases[i].first);
        arena_free(&arena);
    }
}

static void another_accounts_catalog_is_never_swapped_for_ones_own(void)
{
    struct arena arena = { 0 };
    struct metadata m = world(&arena);

    script();
    m.glue_catalog_id = SPAN("999900001111");
    CU_ASSERT_STRING_EQUAL(catalogs(&m, "AwsDataCatalog"), "AwsDataCatalog(999900001111 g) ");
    m.glue_catalog_id = m.account;
    CU_ASSERT_STRING_EQUAL(catalogs(&m, "AwsDataCatalog"), "AwsDataCatalog(111122223333 g a) ");
    arena_free(&arena);
}

static void a_source_that_may_not_be_looked_at_is_athenas(void)
{
    struct arena arena = { 0 };
    struct metadata m = world(&arena);

    script();
    glue.deny_get_catalog = true;
    CU_ASSERT_STRING_EQUAL(catalogs(&m, "partner"), "partner( a) ");
    arena_free(&arena);
}

static void refused_lists_are_told_and_the_rest_is_shown(void)
{
    struct arena arena = { 0 };
    struct metadata m = world(&arena);

    script();
    glue.deny_athena = true;
    CU_ASSERT_STRING_EQUAL(catalogs(&m, NULL),
                           "AwsDataCatalog( g a) "
                           "s3tablescatalog/bucket(111122223333:s3tablescatalog/bucket g) "
                           "ddb(111122223333:ddb g) ");
    CU_ASSERT_EQUAL_FATAL(glue_notices.n, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(glue_notices.at[0].text, "athena:ListDataCatalogs"));
    glue.deny_nested = true;
    glue_notices.n = 0;
    CU_ASSERT_STRING_EQUAL(catalogs(&m, NULL), "AwsDataCatalog( g a) ");
    CU_ASSERT_EQUAL_FATAL(glue_notices.n, 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(glue_notices.at[1].text, "glue:GetCatalogs"));
    arena_free(&arena);
}

static void the_method_decides_who_is_asked(void)
{
    struct arena arena = { 0 };
    struct metadata m = world(&arena);

    script();
    m.method = METADATA_GLUE;
    CU_ASSERT_PTR_NULL(strstr(catalogs(&m, NULL), "lambda_source"));
    CU_ASSERT_EQUAL(glue.n_calls, 1);
    script();
    m.method = METADATA_ATHENA;
    CU_ASSERT_STRING_EQUAL(catalogs(&m, NULL),
                           "AwsDataCatalog( g a) lambda_source( a) partner( a) ");
    CU_ASSERT_EQUAL(glue.n_calls, 1);
    arena_free(&arena);
}

static void a_single_catalog_hides_the_others(void)
{
    struct arena arena = { 0 };
    struct metadata m = world(&arena);

    script();
    m.is_single = true;
    CU_ASSERT_STRING_EQUAL(catalogs(&m, NULL), "AwsDataCatalog( g a) ");
    CU_ASSERT_STRING_EQUAL(catalogs(&m, "lambda_source"), "");
    CU_ASSERT_EQUAL(glue.n_calls, 0);
    arena_free(&arena);
}

/* Tables of "sales" in a catalog: the question's CatalogId to Glue, calls to Athena, notices. */
static const struct {
    const char *name;
    int method;
    bool deny;
    const char *catalog_id;
    unsigned n_tables, n_athena, n_notices;
} listed[] = {
    { "AwsDataCatalog", METADATA_AUTO, false, "", 1, 0, 0 },
    { "partner", METADATA_AUTO, false, "999900001111", 1, 0, 0 },
    { "s3tablescatalog/bucket", METADATA_AUTO, false, "111122223333:s3tablescatalog/bucket", 1, 0,
      0 },
    { "lambda_source", METADATA_AUTO, false, "lambda_source", 1, 1, 0 },
    { "AwsDataCatalog", METADATA_ATHENA, false, "AwsDataCatalog", 1, 1, 0 },
    { "AwsDataCatalog", METADATA_AUTO, true, "AwsDataCatalog", 1, 1, 0 },
    { "partner", METADATA_AUTO, true, "partner", 1, 1, 0 },
    { "s3tablescatalog/bucket", METADATA_AUTO, true, "111122223333:s3tablescatalog/bucket", 0, 0,
      1 },
    { "AwsDataCatalog", METADATA_GLUE, true, "", 0, 0, 1 },
    { "lambda_source", METADATA_GLUE, false, "", 0, 0, 1 },
};

static void each_catalog_is_listed_by_its_own_service(void)
{
    static const struct glue_database sales = { .name = { "sales", 5 } };

    for (size_t i = 0; i < sizeof(listed) / sizeof(listed[0]); i++) {
        struct arena arena = { 0 };
        struct metadata m = world(&arena);
        struct pattern wanted = pattern_name(span_of(listed[i].name)), any = pattern_name(NO_SPAN);
        struct catalog_list list;
        struct table_list found;
        struct fault f;

        script();
        m.method = listed[i].method;
        CU_ASSERT_TRUE_FATAL(metadata_catalogs(&m, &wanted, &list, &f));
        CU_ASSERT_EQUAL_FATAL(list.n, 1);
        glue.deny_tables_of = listed[i].deny ? "sales" : NULL;
        fault_clear(&f);
        CU_ASSERT_TRUE(metadata_tables(&m, &list.at[0], &sales, &any, false, &found, &f));
        CU_ASSERT_EQUAL(found.n, listed[i].n_tables);
        CU_ASSERT_STRING_EQUAL(glue.catalog_id, listed[i].catalog_id);
        CU_ASSERT_EQUAL(glue.n_athena, listed[i].n_athena);
        CU_ASSERT_EQUAL(glue_notices.n, listed[i].n_notices);
        arena_free(&arena);
    }
}

static void a_connector_that_is_not_reachable_leaves_the_others(void)
{
    struct arena arena = { 0 };
    struct metadata m = world(&arena);
    struct catalog_request r = { .options = &fake_options };
    struct builder b;
    struct fault f;

    script();
    glue.broken_source = "lambda_source";
    builder_init(&b, SHAPE_TABLES);
    CU_ASSERT_TRUE(tables_fill(&m, &r, &b, &f));
    CU_ASSERT_EQUAL(b.n, 4); /* one table in each of the other catalogs */
    CU_ASSERT_EQUAL_FATAL(glue_notices.n, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(glue_notices.at[0].text, "not reachable"));
    builder_done(&b);
    arena_free(&arena);
}

static const struct unit_test tests_[] = {
    { "sources and nested catalogs are listed by the names of queries",
      sources_and_nested_catalogs_are_listed_by_the_names_of_queries },
    { "an exact name needs no list", an_exact_name_needs_no_list },
    { "an underscore in a catalog's name is itself when nothing else matches",
      an_underscore_in_a_catalogs_name_is_itself_when_nothing_else_matches },
    { "another account's catalog is never swapped for one's own",
      another_accounts_catalog_is_never_swapped_for_ones_own },
    { "a source that may not be looked at is Athena's",
      a_source_that_may_not_be_looked_at_is_athenas },
    { "refused lists are told and the rest is shown",
      refused_lists_are_told_and_the_rest_is_shown },
    { "the method decides who is asked", the_method_decides_who_is_asked },
    { "a single catalog hides the others", a_single_catalog_hides_the_others },
    { "each catalog is listed by its own service", each_catalog_is_listed_by_its_own_service },
    { "a connector that is not reachable leaves the others",
      a_connector_that_is_not_reachable_leaves_the_others },
};

UNIT_MAIN("catalog/catalogs", tests_)
