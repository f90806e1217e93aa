/* Catalog pages of Glue and of Athena. */
#include "unit/athena/bench.h"

#include "athena/glue.h"

static void databases_and_links_are_read(void)
{
    static const struct fake_step steps[] = {
        { 200,
          "{\"DatabaseList\":[{\"Name\":\"sales\",\"Description\":\"d\",\"CatalogId\":"
          "\"444455556666\",\"CreateTime\":1.7E9},"
          "{\"Name\":\"link\",\"TargetDatabase\":{\"CatalogId\":\"777788889999\",\"DatabaseName\":"
          "\"remote\",\"Region\":\"eu-west-1\"}}],\"NextToken\":\"n\"}",
          NULL,
          "AWSGlue.GetDatabases\n\n{\"CatalogId\":\"444455556666\",\"MaxResults\":100,"
          "\"ResourceShareType\":\"ALL\",\"AttributesToGet\":[\"NAME\",\"TARGET_DATABASE\"]}" },
        { 200, "{\"Database\":{\"Name\":\"sales\"}}", NULL,
          "AWSGlue.GetDatabase\n\n{\"Name\":\"sales\"}" },
        { 400, "{\"__type\":\"EntityNotFoundException\",\"Message\":\"Database x not found.\"}" },
        { 200, "{}", NULL, "\"NextToken\":\"n\"" },
    };
    struct bench b;
    struct arena a = { 0 };
    struct glue_databases list = { 0 };
    struct glue_database one = { 0 };
    struct fault f = { 0 };
    struct glue_query q = { .catalog_id = SPAN("444455556666"),
                            .names_only = true,
                            .foreign = true };

    bench_start_as(&b, AWS_GLUE, steps, 4);
    CU_ASSERT_FATAL(glue_get_databases(b.client, &q, NULL, &a, &list, &f));
    CU_ASSERT_EQUAL_FATAL(list.n, 2);
    SPAN_IS(list.at[0].name, "sales");
    SPAN_IS(list.at[0].description, "d");
    SPAN_IS(list.at[0].target.database, NULL);
    SPAN_IS(list.at[1].description, NULL);
    SPAN_IS(list.at[1].target.database, "remote");
    SPAN_IS(list.at[1].target.catalog_id, "777788889999");
    SPAN_IS(list.at[1].target.region, "eu-west-1");
    SPAN_IS(list.next_token, "n");
    q = (struct glue_query){ .database = SPAN("sales") };
    CU_ASSERT(glue_get_database(b.client, &q, NULL, &a, &one, &f));
    SPAN_IS(one.name, "sales");
    CU_ASSERT_FALSE(glue_get_database(b.client, &q, NULL, &a, &one, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_NOT_FOUND);
    q.next_token = SPAN("n");
    CU_ASSERT(glue_get_databases(b.client, &q, NULL, &a, &list, &f));
    CU_ASSERT(list.n == 0 && span_is_null(list.next_token));
    arena_free(&a);
    bench_stop(&b);
}

static const char orders[] =
    "{\"Name\":\"orders\",\"DatabaseName\":\"sales\",\"TableType\":\"EXTERNAL_TABLE\","
    "\"CatalogId\":\"4\",\"Parameters\":{\"comment\":\"all "
    "orders\",\"numRows\":\"12\",\"totalSize\":\"99\"},"
    "\"StorageDescriptor\":{\"Location\":\"s3://d/o/"
    "\",\"Columns\":[{\"Name\":\"id\",\"Type\":\"bigint\",\"Comment\":\"key\"},"
    "{\"Name\":\"dropped\",\"Type\":\"int\",\"Parameters\":{\"iceberg.field.current\":\"false\"}},"
    "{\"Name\":\"kept\",\"Type\":\"int\",\"Parameters\":{\"iceberg.field.current\":\"true\"}},{"
    "\"Name\":\"untyped\"},{\"Type\":\"int\"}]},"
    "\"PartitionKeys\":[{\"Name\":\"day\",\"Type\":\"date\"}]}";

static void tables_are_read_with_partition_keys_behind(void)
{
    char list_body[2000], one_body[2000];
    struct fake_step steps[] = {
        { 200, list_body, NULL,
          "AWSGlue.GetTables\n\n{\"DatabaseName\":\"sales\",\"Expression\":\"ord.*\","
          "\"MaxResults\":100}" },
        { 200, one_body, NULL,
          "AWSGlue.GetTable\n\n{\"DatabaseName\":\"sales\",\"Name\":\"orders\"}" },
        { 200, "{\"TableList\":[{\"Name\":\"t\"},{\"TableType\":\"x\"}]}", NULL,
          "\"AttributesToGet\":[\"NAME\",\"TABLE_TYPE\"]" },
    };
    struct bench b;
    struct arena a = { 0 };
    struct glue_tables list = { 0 };
    struct glue_table one = { 0 };
    struct fault f = { 0 };
    struct glue_query q = { .database = SPAN("sales"),
                            .table = SPAN("orders"),
                            .expression = SPAN("ord.*") };

    snprintf(list_body, sizeof(list_body),
             "{\"TableList\":[%s,{\"Name\":\"bare\",\"TargetTable\":{\"CatalogId\":\"7\","
             "\"DatabaseName\":\"r\",\"Name\":\"rt\"}}],\"NextToken\":\"n\"}",
             orders);
    snprintf(one_body, sizeof(one_body), "{\"Table\":%s}", orders);
    bench_start_as(&b, AWS_GLUE, steps, 3);
    CU_ASSERT_FATAL(glue_get_tables(b.client, &q, NULL, &a, &list, &f));
    CU_ASSERT_EQUAL_FATAL(list.n, 2);
    SPAN_IS(list.next_token, "n");
    SPAN_IS(list.at[1].target.table, "rt");
    SPAN_IS(list.at[1].database, "sales");
    CU_ASSERT_FALSE(list.at[1].has_storage);
    CU_ASSERT_EQUAL(list.at[1].n_columns, 0);
    CU_ASSERT_FATAL(glue_get_table(b.client, &q, NULL, &a, &one, &f));
    CU_ASSERT(one.has_storage);
    SPAN_IS(one.type, "EXTERNAL_TABLE");
    SPAN_IS(one.description, "all orders");
    SPAN_IS(one.location, "s3://d/o/");
    SPAN_IS(one.row_count, "12");
    SPAN_IS(one.total_size, "99");
    CU_ASSERT_EQUAL_FATAL(one.n_columns, 4);
    SPAN_IS(one.columns[0].comment, "key");
    SPAN_IS(one.columns[1].name, "kept");
    SPAN_IS(one.columns[2].type, "string");
    SPAN_IS(one.columns[3].name, "day");
    CU_ASSERT(one.columns[3].is_partition_key && !one.columns[0].is_partition_key);
    q.names_only = true;
    /* the second has no name */
    CU_ASSERT_FALSE(glue_get_tables(b.client, &q, NULL, &a, &list, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_PROTOCOL);
    arena_free(&a);
    bench_stop(&b);
}

static void athenas_catalogs_have_the_same_shapes(void)
{
    static const struct fake_step steps[] = {
        { 200,
          "{\"DataCatalogsSummary\":[{\"CatalogName\":\"AwsDataCatalog\",\"Type\":\"GLUE\"},{"
          "\"Type\":\"LAMBDA\"}]}",
          NULL, "AmazonAthena.ListDataCatalogs\n\n{\"WorkGroup\":\"w\",\"MaxResults\":50}" },
        { 200, "{\"DatabaseList\":[{\"Name\":\"d\"}]}", NULL,
          "AmazonAthena.ListDatabases\n\n{\"CatalogName\":\"c\",\"WorkGroup\":\"w\",\"MaxResults\":"
          "50}" },
        { 200,
          "{\"TableMetadataList\":[{\"Name\":\"t\",\"TableType\":\"EXTERNAL_TABLE\",\"Columns\":[{"
          "\"Name\":\"a\",\"Type\":\"varchar\"}],\"PartitionKeys\":[]}],\"NextToken\":\"n\"}",
          NULL,
          "AmazonAthena.ListTableMetadata\n\n{\"CatalogName\":\"c\",\"DatabaseName\":\"d\","
          "\"MaxResults\":50}" },
        { 400, "{\"__type\":\"MetadataException\",\"Message\":\"Database x not found (Service: "
               "AmazonDataCatalog; Error Code: EntityNotFoundException)\"}" },
    };
    struct bench b;
    struct arena a = { 0 };
    struct glue_catalogs names = { 0 };
    struct glue_databases databases = { 0 };
    struct glue_tables tables = { 0 };
    struct fault f = { 0 };
    struct glue_query q = { .catalog_id = SPAN("c"), .database = SPAN("d") };

    bench_start(&b, steps, 4);
    CU_ASSERT_FATAL(athena_list_catalogs(b.client, &q, SPAN("w"), NULL, &a, &names, &f));
    CU_ASSERT_EQUAL(names.n, 1);
    SPAN_IS(names.at[0].name, "AwsDataCatalog");
    SPAN_IS(names.at[0].type, "GLUE");
    CU_ASSERT_FATAL(athena_list_databases(b.client, &q, SPAN("w"), NULL, &a, &databases, &f));
    SPAN_IS(databases.at[0].name, "d");
    CU_ASSERT_FATAL(athena_list_tables(b.client, &q, NO_SPAN, NULL, &a, &tables, &f));
    SPAN_IS(tables.at[0].columns[0].type, "varchar");
    SPAN_IS(tables.at[0].database, "d");
    CU_ASSERT(tables.at[0].has_storage);
    SPAN_IS(tables.next_token, "n");
    CU_ASSERT_FALSE(athena_list_tables(b.client, &q, NO_SPAN, NULL, &a, &tables, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_NO_TABLE);
    arena_free(&a);
    bench_stop(&b);
}

static void nested_catalogs_are_named_as_queries_address_them(void)
{
    static const struct fake_step steps[] = {
        { 200,
          "{\"CatalogList\":[{\"CatalogId\":\"444455556666\"},{\"CatalogId\":\"444455556666:"
          "s3tablescatalog/b\",\"Name\":\"b\"},{\"CatalogId\":\"bare/"
          "c\"},{\"Name\":\"x\"}],\"NextToken\":\"n\"}",
          NULL,
          "AWSGlue.GetCatalogs\n\n{\"Recursive\":true,\"HasDatabases\":true,\"MaxResults\":1000}" },
        { 200,
          "{\"DataCatalog\":{\"Name\":\"p\",\"Type\":\"GLUE\",\"Parameters\":{\"catalog-id\":"
          "\"777788889999\"}}}",
          NULL, "AmazonAthena.GetDataCatalog\n\n{\"Name\":\"p\",\"WorkGroup\":\"w\"}" },
        { 200,
          "{\"TableMetadata\":{\"Name\":\"t\",\"Parameters\":{\"numRows\":\"-1\",\"recordCount\":"
          "\"8\",\"sizeKey\":\"9\"}}}",
          NULL,
          "AmazonAthena.GetTableMetadata\n\n{\"CatalogName\":\"p\",\"DatabaseName\":\"d\","
          "\"TableName\":\"t\",\"WorkGroup\":\"w\"}" },
    };
    struct bench glues, athenas;
    struct arena a = { 0 };
    struct glue_catalogs list = { 0 };
    struct glue_catalog one = { 0 };
    struct glue_table table = { 0 };
    struct fault f = { 0 };
    struct glue_query q = { 0 };

    bench_start_as(&glues, AWS_GLUE, steps, 1);
    CU_ASSERT_FATAL(glue_get_catalogs(glues.client, &q, NULL, &a, &list, &f));
    CU_ASSERT_EQUAL_FATAL(list.n, 2);
    SPAN_IS(list.at[0].name, "s3tablescatalog/b");
    SPAN_IS(list.at[0].id, "444455556666:s3tablescatalog/b");
    SPAN_IS(list.at[1].name, "bare/c");
    SPAN_IS(list.next_token, "n");
    bench_stop(&glues);
    bench_start(&athenas, steps + 1, 2);
    q = (struct glue_query){ .catalog_id = SPAN("p"), .database = SPAN("d"), .table = SPAN("t") };
    CU_ASSERT_FATAL(athena_get_catalog(athenas.client, &q, SPAN("w"), NULL, &a, &one, &f));
    SPAN_IS(one.type, "GLUE");
    SPAN_IS(one.id, "777788889999");
    CU_ASSERT_FATAL(athena_get_table(athenas.client, &q, SPAN("w"), NULL, &a, &table, &f));
    SPAN_IS(table.row_count, "8");
    SPAN_IS(table.total_size, "9");
    SPAN_IS(table.database, "d");
    bench_stop(&athenas);
    arena_free(&a);
}

static const struct unit_test tests[] = {
    { "nested catalogs are named as queries address them",
      nested_catalogs_are_named_as_queries_address_them },
    { "databases and links are read", databases_and_links_are_read },
    { "tables are read with partition keys behind", tables_are_read_with_partition_keys_behind },
    { "Athena's catalogs have the same shapes", athenas_catalogs_have_the_same_shapes },
};

UNIT_MAIN("athena/glue", tests)
