/* Catalog functions over a scripted service: what they list, in which order, by how many calls, and
   what refusals become. */
#include "fake_glue.h"

static const char *const databases[] = { "sales", "hr", "archive" };
/* A span in a static table. */
#define TEXT(literal) { literal, sizeof(literal) - 1 }

static const struct fake_table tables[] = {
    { "sales",
      "orders",
      "EXTERNAL_TABLE",
      "All orders",
      { { TEXT("id"), TEXT("bigint"), { NULL, 0 }, false },
        { TEXT("price"), TEXT("decimal(10,2)"), TEXT("net"), false },
        { TEXT("name"), TEXT("varchar(30)"), { NULL, 0 }, false },
        { TEXT("note"), TEXT("string"), { NULL, 0 }, false },
        { TEXT("tags"), TEXT("array<struct<a:int,b:string>>"), { NULL, 0 }, false },
        { TEXT("day"), TEXT("date"), TEXT("by day"), true } },
      6,
      NULL,
      "1000",
      "8193",
      NULL },
    { "sales",
      "my_view",
      "VIRTUAL_VIEW",
      NULL,
      { { TEXT("x"), TEXT("int"), { NULL, 0 }, false } },
      1,
      NULL,
      NULL,
      NULL,
      NULL },
    { "sales",
      "Invoices",
      "MANAGED_TABLE",
      NULL,
      { { TEXT("x"), TEXT("int"), { NULL, 0 }, false } },
      1,
      NULL,
      NULL,
      NULL,
      NULL },
    { "hr",
      "people",
      NULL,
      NULL,
      { { TEXT("p"), TEXT("hyperloglog"), { NULL, 0 }, false } },
      1,
      NULL,
      NULL,
      NULL,
      NULL },
    { "hr",
      "shared",
      NULL,
      NULL,
      { { { NULL, 0 } } },
      0,
      "333333333333/sales/orders",
      NULL,
      NULL,
      NULL },
    { "archive",
      "far",
      NULL,
      NULL,
      { { { NULL, 0 } } },
      0,
      "333333333333/sales/orders",
      NULL,
      NULL,
      "us-east-1" },
};

static void script(void)
{
    memset(&glue, 0, sizeof(glue));
    glue.databases = databases;
    glue.n_databases = 3;
    glue.tables = tables;
    glue.n_tables = 6;
}

typedef bool filler(const struct metadata *m, const struct catalog_request *r, struct builder *b,
                    struct fault *f);

/* Runs a filler and reads the finished source: "a|b|c\n" of the chosen columns, NULL as "-". */
static void listing(filler *fill, enum catalog_shape shape, const struct catalog_request *r,
                    const unsigned *columns, unsigned n, char *out, size_t room)
{
    struct arena arena = { 0 };
    struct metadata m = fake_metadata(&arena);
    struct builder b;
    struct row_source *source = NULL;
    struct batch batch;
    struct fault f;
    size_t at = 0;

    fault_clear(&f);
    out[0] = '\0';
    builder_init(&b, shape);
    if (!fill(&m, r, &b, &f)) {
        snprintf(out, room, "fault: %s", f.text);
        builder_done(&b);
        arena_free(&arena);
        return;
    }
    arena_free(&arena); /* nothing of the result may live there */
    CU_ASSERT_TRUE_FATAL(builder_finish(&b, r->odbc2, &source, &f));
    while (row_source_next(source, &batch, &f) == ROW_BATCH) {
        for (unsigned i = 0; i < batch.n_rows; i++) {
            for (unsigned k = 0; k < n; k++) {
                struct span cell = batch.cells[i * batch.n_columns + columns[k]];
                at += (size_t)snprintf(out + at, room - at, "%s%.*s", k > 0 ? "|" : "",
                                       cell.at ? (int)cell.len : 1, cell.at ? cell.at : "-");
            }
            at += (size_t)snprintf(out + at, room - at, "\n");
        }
    }
    row_source_close(source);
}

static char out[8192];

#define IS(want) \
    CU_ASSERT_STRING_EQUAL(out, want); \
    if (strcmp(out, want) != 0) \
    printf("    got:\n%s", out)

static void list_tables(struct catalog_request r)
{
    static const unsigned all[] = { 0, 1, 2, 3, 4 };

    r.options = &fake_options;
    listing(tables_fill, SHAPE_TABLES, &r, all, 5, out, sizeof(out));
}

static void all_tables_are_sorted_and_carry_the_catalogs_own_word(void)
{
    script();
    list_tables((struct catalog_request){ 0 });
    IS("AwsDataCatalog|archive|far|TABLE|[link to sales.orders of account 333333333333, "
       "region us-east-1, which the catalog does not follow]\n"
       "AwsDataCatalog|hr|people|TABLE|-\n"
       "AwsDataCatalog|hr|shared|TABLE|[link to sales.orders of account 333333333333, "
       "which the catalog does not follow]\n"
       "AwsDataCatalog|sales|Invoices|TABLE|[MANAGED_TABLE]\n"
       "AwsDataCatalog|sales|orders|TABLE|All orders [EXTERNAL_TABLE]\n"
       "AwsDataCatalog|sales|my_view|VIEW|[VIRTUAL_VIEW]\n");
    CU_ASSERT_EQUAL(glue.n_calls, 4);
}

static void the_three_enumerations_hide_behind_percent_and_empty_names(void)
{
    script();
    list_tables(
        (struct catalog_request){ .catalog = SPAN("%"), .schema = SPAN(""), .table = SPAN("") });
    IS("AwsDataCatalog|-|-|-|-\n");
    list_tables(
        (struct catalog_request){ .catalog = SPAN(""), .schema = SPAN("%"), .table = SPAN("") });
    IS("-|archive|-|-|-\n-|hr|-|-|-\n-|sales|-|-|-\n");
    glue.n_calls = 0;
    list_tables((struct catalog_request){
        .catalog = SPAN(""), .schema = SPAN(""), .table = SPAN(""), .types = SPAN("%") });
    IS("-|-|-|TABLE|-\n-|-|-|VIEW|-\n");
    CU_ASSERT_EQUAL(glue.n_calls, 0);
}

static void types_select_and_unknown_types_cost_no_call(void)
{
    script();
    list_tables((struct catalog_request){ .schema = SPAN("sales"), .types = SPAN("'VIEW'") });
    IS("AwsDataCatalog|sales|my_view|VIEW|[VIRTUAL_VIEW]\n");
    list_tables(
        (struct catalog_request){ .schema = SPAN("sales"), .types = SPAN("TABLE, SYSTEM TABLE") });
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "orders"));
    CU_ASSERT_PTR_NULL(strstr(out, "my_view"));
    glue.n_calls = 0;
    list_tables((struct catalog_request){ .types = SPAN("SYSTEM TABLE,SYNONYM") });
    IS("");
    CU_ASSERT_EQUAL(glue.n_calls, 0);
}

static void exact_names_cost_one_call_and_prefixes_are_sent(void)
{
    script();
    list_tables((struct catalog_request){ .schema = SPAN("sales"), .table = SPAN("my\\_view") });
    IS("AwsDataCatalog|sales|my_view|VIEW|[VIRTUAL_VIEW]\n");
    CU_ASSERT_EQUAL(glue.n_calls, 1);
    CU_ASSERT_EQUAL(glue.n_get_table, 1);
    script();
    list_tables((struct catalog_request){ .schema = SPAN("SALES"), .table = SPAN("INV%") });
    CU_ASSERT_STRING_EQUAL(glue.expression, "inv.*");
    IS("AwsDataCatalog|sales|Invoices|TABLE|[MANAGED_TABLE]\n");
    CU_ASSERT_EQUAL(glue.n_calls, 1);
    script();
    list_tables((struct catalog_request){ .catalog = SPAN("AwsDataCatalog"),
                                          .schema = SPAN("sales"),
                                          .table = SPAN("100% \"x\""),
                                          .metadata_id = true });
    IS("");
    CU_ASSERT_EQUAL(glue.n_get_table, 1);
}

static void pages_are_followed_even_when_they_are_empty(void)
{
    script();
    glue.page = 1;
    list_tables((struct catalog_request){ .schema = SPAN("sales") });
    CU_ASSERT_EQUAL(glue.n_get_tables, 3);
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "orders"));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "Invoices"));
    script();
    glue.empty_pages = 3;
    list_tables((struct catalog_request){ .schema = SPAN("sales") });
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "orders"));
    script();
    glue.page = 1;
    glue.repeat_token = true;
    list_tables((struct catalog_request){ .schema = SPAN("%s%") });
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "fault: "));
}

static void what_is_missing_is_empty_and_what_is_denied_is_told(void)
{
    script();
    list_tables((struct catalog_request){ .schema = SPAN("sales"), .table = SPAN("nothing") });
    IS("");
    CU_ASSERT_EQUAL(glue_notices.n, 0);
    script();
    glue.lose_database = "hr";
    list_tables((struct catalog_request){ .table = SPAN("%e%") });
    CU_ASSERT_PTR_NULL(strstr(out, "people"));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "orders"));
    script();
    glue.lose_catalog = true;
    list_tables((struct catalog_request){ 0 });
    IS("");
    script();
    glue.deny_databases = glue.deny_athena = true;
    list_tables((struct catalog_request){ 0 });
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "|sales|orders|"));
    CU_ASSERT_PTR_NULL(strstr(out, "|hr|"));
    CU_ASSERT_EQUAL(glue_notices.n, 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(glue_notices.at[0].text, "glue:GetDatabases"));
    CU_ASSERT_PTR_NOT_NULL(strstr(glue_notices.at[1].text, "athena:ListDatabases"));
    script();
    glue.deny_tables_of = "hr";
    glue.deny_athena = true;
    list_tables((struct catalog_request){ 0 });
    CU_ASSERT_PTR_NULL(strstr(out, "|hr|"));
    CU_ASSERT_PTR_NOT_NULL(strstr(out, "|archive|"));
    CU_ASSERT_EQUAL(glue_notices.n, 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(glue_notices.at[0].text, "glue:GetTables"));
    CU_ASSERT_PTR_NOT_NULL(strstr(glue_notices.at[1].text, "athena:ListTableMetadata"));
}

static void athena_helps_out_when_glue_is_denied(void)
{
    script();
    glue.deny_databases = true;
    glue.deny_tables_of = "sales";
    list_tables((struct catalog_request){ .table = SPAN("ord%") });
    IS("AwsDataCatalog|sales|orders|TABLE|All orders [EXTERNAL_TABLE]\n");
    CU_ASSERT(glue.n_athena >= 2);
    CU_ASSERT_EQUAL(glue_notices.n, 0);
}

static void list_columns(struct catalog_request r, const unsigned *columns, unsigned n)
{
    r.options = &fake_options;
    listing(columns_fill, SHAPE_COLUMNS, &r, columns, n, out, sizeof(out));
}

#define CELL(name) (CELL_COLUMNS_##name - CELL_COLUMNS_TABLE_CAT)

static void columns_have_real_types_and_sizes(void)
{
    static const unsigned shown[] = { CELL(COLUMN_NAME),      CELL(DATA_TYPE),
                                      CELL(TYPE_NAME),        CELL(COLUMN_SIZE),
                                      CELL(BUFFER_LENGTH),    CELL(DECIMAL_DIGITS),
                                      CELL(NUM_PREC_RADIX),   CELL(SQL_DATA_TYPE),
                                      CELL(SQL_DATETIME_SUB), CELL(CHAR_OCTET_LENGTH),
                                      CELL(ORDINAL_POSITION), CELL(IS_NULLABLE),
                                      CELL(REMARKS) };

    script();
    list_columns((struct catalog_request){ .schema = SPAN("sales"), .table = SPAN("orders") },
                 shown, 13);
    IS("id|-5|bigint|19|8|0|10|-5|-|-|1|YES|-\n"
       "price|3|decimal|10|12|2|10|3|-|-|2|YES|net\n"
       "name|12|varchar|30|120|-|-|12|-|120|3|YES|-\n"
       "note|12|string|255|1020|-|-|12|-|1020|4|YES|-\n"
       "tags|-1|array<struct<a:int,b:string>>|65535|262140|-|-|-1|-|262140|5|YES|-\n"
       "day|91|date|10|6|-|-|9|1|-|6|YES|by day [partition key]\n");
    CU_ASSERT_EQUAL(glue.n_calls, 1);
}

static void columns_of_a_schema_cost_no_more_calls_than_its_tables(void)
{
    static const unsigned shown[] = { CELL(TABLE_NAME), CELL(COLUMN_NAME), CELL(ORDINAL_POSITION) };

    script();
    list_columns((struct catalog_request){ .schema = SPAN("sales"), .column = SPAN("x") }, shown,
                 3);
    IS("Invoices|x|1\nmy_view|x|1\n");
    CU_ASSERT_EQUAL(glue.n_calls, 1);
}

static void links_show_their_targets_columns_and_far_ones_are_told(void)
{
    static const unsigned shown[] = { CELL(TABLE_SCHEM), CELL(TABLE_NAME), CELL(COLUMN_NAME) };

    script();
    list_columns((struct catalog_request){ .schema = SPAN("hr"),
                                           .table = SPAN("shared"),
                                           .column = SPAN("p%") },
                 shown, 3);
    IS("hr|shared|price\n");
    list_columns((struct catalog_request){ .schema = SPAN("archive"), .table = SPAN("far") }, shown,
                 3);
    IS("");
    CU_ASSERT_EQUAL(glue_notices.n, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(glue_notices.at[0].text, "us-east-1"));
}

static void an_unknown_type_is_text_and_keeps_its_name(void)
{
    static const unsigned shown[] = { CELL(DATA_TYPE), CELL(TYPE_NAME) };

    script();
    list_columns((struct catalog_request){ .schema = SPAN("hr"), .table = SPAN("people") }, shown,
                 2);
    IS("-1|hyperloglog\n");
}

static void statistics_tell_rows_and_pages(void)
{
    static const unsigned shown[] = { 1, 2, 3, 6, 10, 11 };
    struct catalog_request r = { .table = SPAN("orders"), .options = &fake_options };

    script();
    listing(statistics_fill, SHAPE_STATISTICS, &r, shown, 6, out, sizeof(out));
    IS("sales|orders|-|0|1000|3\n");
    r.table = SPAN("Invoices");
    listing(statistics_fill, SHAPE_STATISTICS, &r, shown, 6, out, sizeof(out));
    IS("");
}

static bool type_info(const struct metadata *m, const struct catalog_request *r, struct builder *b,
                      struct fault *f)
{
    (void)m;
    return type_info_fill(r, b, f);
}

static void type_info_is_sorted_and_names_every_type_once(void)
{
    static const unsigned shown[] = { 0, 1 };
    struct catalog_request r = { .options = &fake_options, .data_type = SQL_ALL_TYPES };
    char names[32][32];
    int numbers[32], n = 0;

    listing(type_info, SHAPE_TYPE_INFO, &r, shown, 2, out, sizeof(out));
    for (char *line = out; *line != '\0'; line = strchr(line, '\n') + 1)
        n += sscanf(line, "%31[^|]|%d", names[n], &numbers[n]) == 2;
    CU_ASSERT_EQUAL(n, 14);
    for (int i = 1; i < n; i++) {
        CU_ASSERT(numbers[i - 1] <= numbers[i]);
        for (int k = 0; k < i; k++)
            CU_ASSERT_STRING_NOT_EQUAL(names[k], names[i]);
    }
    r.data_type = SQL_VARCHAR;
    listing(type_info, SHAPE_TYPE_INFO, &r, shown, 2, out, sizeof(out));
    IS("varchar|12\nstring|12\n");
    r.data_type = SQL_TYPE_DATE;
    listing(type_info, SHAPE_TYPE_INFO, &r, shown, 2, out, sizeof(out));
    IS("date|91\n");
    struct value_options old = fake_options;
    old.odbc2 = true;
    r.options = &old;
    listing(type_info, SHAPE_TYPE_INFO, &r, shown, 2, out, sizeof(out));
    IS("date|9\n");
}

/* Number of columns and first and last name, typed from the standard's pages. */
static const struct {
    enum catalog_shape shape;
    unsigned n;
    const char *first, *last, *old_first;
} shapes[] = {
    { SHAPE_TABLES, 5, "TABLE_CAT", "REMARKS", "TABLE_QUALIFIER" },
    { SHAPE_COLUMNS, 18, "TABLE_CAT", "IS_NULLABLE", "TABLE_QUALIFIER" },
    { SHAPE_TYPE_INFO, 19, "TYPE_NAME", "INTERVAL_PRECISION", "TYPE_NAME" },
    { SHAPE_PRIMARY_KEYS, 6, "TABLE_CAT", "PK_NAME", "TABLE_QUALIFIER" },
    { SHAPE_FOREIGN_KEYS, 14, "PKTABLE_CAT", "DEFERRABILITY", "PKTABLE_QUALIFIER" },
    { SHAPE_STATISTICS, 13, "TABLE_CAT", "FILTER_CONDITION", "TABLE_QUALIFIER" },
    { SHAPE_SPECIAL_COLUMNS, 8, "SCOPE", "PSEUDO_COLUMN", "SCOPE" },
    { SHAPE_PROCEDURES, 8, "PROCEDURE_CAT", "PROCEDURE_TYPE", "PROCEDURE_QUALIFIER" },
    { SHAPE_PROCEDURE_COLUMNS, 19, "PROCEDURE_CAT", "IS_NULLABLE", "PROCEDURE_QUALIFIER" },
    { SHAPE_TABLE_PRIVILEGES, 7, "TABLE_CAT", "IS_GRANTABLE", "TABLE_QUALIFIER" },
    { SHAPE_COLUMN_PRIVILEGES, 8, "TABLE_CAT", "IS_GRANTABLE", "TABLE_QUALIFIER" },
};

static void every_shape_has_the_standards_columns(void)
{
    struct catalog_request r = { .options = &fake_options };

    CU_ASSERT_EQUAL(sizeof(shapes) / sizeof(shapes[0]), CATALOG_SHAPES);
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        for (int old = 0; old < 2; old++) {
            struct row_source *source = NULL;
            struct batch batch;
            struct fault f;
            r.odbc2 = old == 1;
            CU_ASSERT_TRUE_FATAL(catalog_open(NULL, shapes[i].shape, &r, &source, &f));
            CU_ASSERT_EQUAL(source->columns.n, shapes[i].n);
            SPAN_IS(source->columns.at[0].name, old ? shapes[i].old_first : shapes[i].first);
            SPAN_IS(source->columns.at[shapes[i].n - 1].name, shapes[i].last);
            if (shapes[i].shape != SHAPE_TYPE_INFO)
                CU_ASSERT_EQUAL(row_source_next(source, &batch, &f), ROW_END);
            row_source_close(source);
        }
    }
}

static const struct unit_test tests[] = {
    { "all tables are sorted and carry the catalog's own word",
      all_tables_are_sorted_and_carry_the_catalogs_own_word },
    { "the three enumerations hide behind percent and empty names",
      the_three_enumerations_hide_behind_percent_and_empty_names },
    { "types select and unknown types cost no call", types_select_and_unknown_types_cost_no_call },
    { "exact names cost one call and prefixes are sent",
      exact_names_cost_one_call_and_prefixes_are_sent },
    { "pages are followed even when they are empty", pages_are_followed_even_when_they_are_empty },
    { "what is missing is empty and what is denied is told",
      what_is_missing_is_empty_and_what_is_denied_is_told },
    { "Athena helps out when Glue is denied", athena_helps_out_when_glue_is_denied },
    { "columns have real types and sizes", columns_have_real_types_and_sizes },
    { "columns of a schema cost no more calls than its tables",
      columns_of_a_schema_cost_no_more_calls_than_its_tables },
    { "links show their target's columns and far ones are told",
      links_show_their_targets_columns_and_far_ones_are_told },
    { "an unknown type is text and keeps its name", an_unknown_type_is_text_and_keeps_its_name },
    { "statistics tell rows and pages", statistics_tell_rows_and_pages },
    { "type info is sorted and names every type once",
      type_info_is_sorted_and_names_every_type_once },
    { "every shape has the standard's columns", every_shape_has_the_standards_columns },
};

UNIT_MAIN("catalog/catalog", tests)
