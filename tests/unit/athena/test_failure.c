/* Failure texts as the service writes them, and what they mean. */
#include "unit/unit.h"

#include "athena/failure.h"

static const struct {
    const char *reason, *message; /* message NULL = the same as the reason */
    int64_t type;
    enum fault_kind kind;
    const char *code;
    unsigned line, column;
} cases[] = {
    { "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.db.t' does not exist", NULL, 1301,
      FAULT_NO_TABLE, "TABLE_NOT_FOUND", 1, 15 },
    { "SCHEMA_NOT_FOUND: line 12:3: Schema 'db' does not exist", NULL, 1301, FAULT_NO_TABLE,
      "SCHEMA_NOT_FOUND", 12, 3 },
    { "CATALOG_NOT_FOUND: line 1:1: Catalog 'x' not found", NULL, 1006, FAULT_NO_TABLE,
      "CATALOG_NOT_FOUND", 1, 1 },
    { "COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved", NULL, 1006, FAULT_NO_COLUMN,
      "COLUMN_NOT_FOUND", 1, 8 },
    { "FUNCTION_NOT_FOUND: line 1:8: Function 'f' not registered", NULL, 1303, FAULT_SYNTAX,
      "FUNCTION_NOT_FOUND", 1, 8 },
    { "TYPE_MISMATCH: line 1:10: '+' cannot be applied", NULL, 1002, FAULT_SYNTAX, "TYPE_MISMATCH",
      1, 10 },
    { "DIVISION_BY_ZERO: Division by zero", NULL, 1001, FAULT_DIVISION, "DIVISION_BY_ZERO", 0, 0 },
    { "INVALID_CAST_ARGUMENT: Cannot cast 'x' to INT", NULL, 1100, FAULT_DATA,
      "INVALID_CAST_ARGUMENT", 0, 0 },
    { "NUMERIC_VALUE_OUT_OF_RANGE: integer overflow", NULL, 1100, FAULT_DATA,
      "NUMERIC_VALUE_OUT_OF_RANGE", 0, 0 },
    { "INVALID_FUNCTION_ARGUMENT: bad", NULL, 1106, FAULT_DATA, "INVALID_FUNCTION_ARGUMENT", 0, 0 },
    { "NOT_SUPPORTED: no", NULL, 1200, FAULT_UNSUPPORTED, "NOT_SUPPORTED", 0, 0 },
    { "Query type not supported by Athena Iceberg at this time", NULL, -1, FAULT_UNSUPPORTED, "", 0,
      0 },
    { "TABLE_ALREADY_EXISTS: line 1:1: Destination table 'x' already exists", NULL, 1110,
      FAULT_TABLE_EXISTS, "TABLE_ALREADY_EXISTS", 1, 1 },
    { "FAILED: Execution Error, return code 1 from org.x.DDLTask. "
      "AlreadyExistsException(message:Table t already exists.)",
      "other words", 1006, FAULT_TABLE_EXISTS, "", 0, 0 },
    { "FAILED: SemanticException [Error 10001]: Table not found db.t", "other", 1301,
      FAULT_NO_TABLE, "", 0, 0 },
    { "FAILED: SemanticException [Error 10072]: Database does not exist: db", "other", 1502,
      FAULT_NO_TABLE, "", 0, 0 },
    { "FAILED: ParseException line 1:0 cannot recognize input near", "other", 1003, FAULT_SYNTAX,
      "", 0, 0 },
    { "Query exhausted resources at this scale factor", NULL, 8, FAULT_QUERY, "", 0, 0 },
    { "PERMISSION_DENIED: Access Denied (Service: S3, Status Code: 403; Request ID: x)", NULL, 1500,
      FAULT_DENIED, "PERMISSION_DENIED", 0, 0 },
    { "HIVE_CANNOT_OPEN_SPLIT: Error opening s3://b/k: Slow Down (Service: Amazon S3; Status Code: "
      "503)",
      NULL, 1403, FAULT_THROTTLED, "HIVE_CANNOT_OPEN_SPLIT", 0, 0 },
    { "HIVE_CANNOT_OPEN_SPLIT: Error opening s3://b/k: Access Denied (Status Code: 403)", NULL,
      1500, FAULT_DENIED, "HIVE_CANNOT_OPEN_SPLIT", 0, 0 },
    { "GENERIC_INTERNAL_ERROR: oops", NULL, 100, FAULT_SERVICE, "GENERIC_INTERNAL_ERROR", 0, 0 },
    { "words of the future", NULL, 210, FAULT_TIMEOUT, "", 0, 0 },
    { "words of the future", NULL, 401, FAULT_DENIED, "", 0, 0 },
    { "words of the future", NULL, 7777, FAULT_QUERY, "", 0, 0 },
    { "words of the future", NULL, -1, FAULT_QUERY, "", 0, 0 },
    { "", "", -1, FAULT_QUERY, "", 0, 0 },
};

static void names_come_before_words_and_words_before_numbers(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct failure why = { .reason = span_of(cases[i].reason),
                               .message =
                                   span_of(cases[i].message ? cases[i].message : cases[i].reason),
                               .type = cases[i].type };
        struct fault f = { 0 };
        failure_explain(&why, "q-1", &f);
        if (f.kind != cases[i].kind || strcmp(f.code, cases[i].code) != 0) {
            printf("    %s: %s %s\n", cases[i].reason, fault_kind_name(f.kind), f.code);
        }
        CU_ASSERT_EQUAL(f.kind, cases[i].kind);
        CU_ASSERT_STRING_EQUAL(f.code, cases[i].code);
        CU_ASSERT_EQUAL(f.line, cases[i].line);
        CU_ASSERT_EQUAL(f.column, cases[i].column);
        CU_ASSERT_STRING_EQUAL(f.query_id, "q-1");
        CU_ASSERT(strstr(f.text, "q-1") != NULL);
        CU_ASSERT_EQUAL(f.n_notes, cases[i].message != NULL && cases[i].reason[0] != '\0');
    }
}

static void a_denial_inside_a_query_names_action_and_resource(void)
{
    struct failure why = { .reason = SPAN(
                               "Insufficient permissions to execute the query. User: arn:u is not "
                               "authorized to perform: glue:GetTable on resource: arn:t because x"),
                           .message = NO_SPAN,
                           .type = 1500 };
    struct fault f = { 0 };

    failure_explain(&why, "q", &f);
    CU_ASSERT_EQUAL(f.kind, FAULT_DENIED);
    CU_ASSERT_STRING_EQUAL(f.action, "glue:GetTable");
    CU_ASSERT_STRING_EQUAL(f.resource, "arn:t");
    CU_ASSERT_STRING_EQUAL(f.principal, "arn:u");
    CU_ASSERT_EQUAL(f.native, 1500);
}

static void a_cancelled_query_tells_who_cancelled(void)
{
    struct failure by_user = { .reason = SPAN("Query cancelled by user"),
                               .message = NO_SPAN,
                               .type = -1,
                               .is_cancelled = true };
    struct failure by_limit = { .reason = SPAN("Bytes scanned limit was exceeded"),
                                .message = NO_SPAN,
                                .type = -1,
                                .is_cancelled = true };
    struct fault f = { 0 };

    failure_explain(&by_user, "q", &f);
    CU_ASSERT_EQUAL(f.kind, FAULT_CANCELLED);
    failure_explain(&by_limit, "q", &f);
    CU_ASSERT_EQUAL(f.kind, FAULT_QUERY);
}

static const struct unit_test tests[] = {
    { "names come before words and words before numbers",
      names_come_before_words_and_words_before_numbers },
    { "a denial inside a query names action and resource",
      a_denial_inside_a_query_names_action_and_resource },
    { "a cancelled query tells who cancelled", a_cancelled_query_tells_who_cancelled },
};

UNIT_MAIN("athena/failure", tests)
