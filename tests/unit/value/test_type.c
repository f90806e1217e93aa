/* Type names in the spellings of the service, of Hive and of Trino. */
#include "unit.h"
#include "value/value.h"

static const struct {
    const char *name;
    uint32_t precision, scale; /* as the service reports them */
    enum value_kind kind;
    uint32_t want_precision, want_scale;
    const char *want_name;
} cases[] = {
    { "boolean", 0, 0, VALUE_BOOLEAN, 0, 0, "boolean" },
    { "tinyint", 3, 0, VALUE_TINYINT, 3, 0, "tinyint" },
    { "smallint", 5, 0, VALUE_SMALLINT, 5, 0, "smallint" },
    { "integer", 10, 0, VALUE_INTEGER, 10, 0, "integer" },
    { "int", 0, 0, VALUE_INTEGER, 0, 0, "int" },
    { "bigint", 19, 0, VALUE_BIGINT, 19, 0, "bigint" },
    { "float", 17, 0, VALUE_FLOAT, 17, 0, "float" },
    { "real", 0, 0, VALUE_FLOAT, 0, 0, "real" },
    { "double", 17, 0, VALUE_DOUBLE, 17, 0, "double" },
    { "decimal", 10, 2, VALUE_DECIMAL, 10, 2, "decimal(10,2)" },
    { "decimal(38, 38)", 0, 0, VALUE_DECIMAL, 38, 38, "decimal(38, 38)" },
    { "decimal(5)", 0, 0, VALUE_DECIMAL, 5, 0, "decimal(5)" },
    { "decimal", 0, 0, VALUE_DECIMAL, 10, 0, "decimal(10,0)" },
    { "decimal(99,3)", 0, 0, VALUE_DECIMAL, 38, 3, "decimal(99,3)" },
    { "varchar", 3, 0, VALUE_VARCHAR, 3, 0, "varchar(3)" },
    { "varchar", 2147483647, 0, VALUE_VARCHAR, 0, 0, "varchar" },
    { "VARCHAR ( 10 )", 0, 0, VALUE_VARCHAR, 10, 0, "VARCHAR ( 10 )" },
    { "char", 4, 0, VALUE_CHAR, 4, 0, "char(4)" },
    { "char", 0, 0, VALUE_CHAR, 1, 0, "char(1)" },
    { "string", 0, 0, VALUE_STRING, 0, 0, "string" },
    { "varbinary", 1073741824, 0, VALUE_VARBINARY, 1073741824, 0, "varbinary" },
    { "binary", 0, 0, VALUE_VARBINARY, 0, 0, "binary" },
    { "date", 0, 0, VALUE_DATE, 0, 0, "date" },
    { "time", 3, 0, VALUE_TIME, 12, 0, "time" },
    { "time(6)", 0, 0, VALUE_TIME, 6, 0, "time(6)" },
    { "time with time zone", 3, 0, VALUE_TIME_TZ, 12, 0, "time with time zone" },
    { "timestamp", 3, 0, VALUE_TIMESTAMP, 12, 0, "timestamp" },
    { "timestamp(3)", 0, 0, VALUE_TIMESTAMP, 3, 0, "timestamp(3)" },
    { "timestamp(12) with time zone", 0, 0, VALUE_TIMESTAMP_TZ, 12, 0,
      "timestamp(12) with time zone" },
    { "Timestamp  With Time Zone", 0, 0, VALUE_TIMESTAMP_TZ, 12, 0, "Timestamp  With Time Zone" },
    { "timestamp with local time zone", 0, 0, VALUE_TIMESTAMP_TZ, 12, 0,
      "timestamp with local time zone" },
    { "interval day to second", 0, 0, VALUE_INTERVAL_DAY, 0, 0, "interval day to second" },
    { "interval_year_month", 0, 0, VALUE_INTERVAL_YEAR, 0, 0, "interval_year_month" },
    { "array<string>", 0, 0, VALUE_ARRAY, 0, 0, "array<string>" },
    { "array(row(a decimal(10,2), b varchar))", 0, 0, VALUE_ARRAY, 0, 0,
      "array(row(a decimal(10,2), b varchar))" },
    { "map(varchar, double)", 0, 0, VALUE_MAP, 0, 0, "map(varchar, double)" },
    { "row(a decimal(10,2), b varchar)", 0, 0, VALUE_ROW, 0, 0, "row(a decimal(10,2), b varchar)" },
    { "struct<a:int>", 0, 0, VALUE_ROW, 0, 0, "struct<a:int>" },
    { "json", 0, 0, VALUE_JSON, 0, 0, "json" },
    { "uuid", 0, 0, VALUE_UUID, 0, 0, "uuid" },
    { "ipaddress", 0, 0, VALUE_IPADDRESS, 0, 0, "ipaddress" },
    { "unknown", 0, 0, VALUE_UNKNOWN, 0, 0, "unknown" },
    { "void", 0, 0, VALUE_UNKNOWN, 0, 0, "void" },
    { "HyperLogLog", 0, 0, VALUE_UNKNOWN, 0, 0, "HyperLogLog" },
    { "uniontype<int,string>", 0, 0, VALUE_UNKNOWN, 0, 0, "uniontype<int,string>" },
    { "varchar(", 0, 0, VALUE_VARCHAR, 0, 0, "varchar(" },
    { "decimal)(", 1, 1, VALUE_DECIMAL, 1, 1, "decimal)(" },
    { "", 0, 0, VALUE_UNKNOWN, 0, 0, "unknown" },
};

static void every_spelling_is_understood(void)
{
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct value_type t;
        value_type_parse(span_of(cases[i].name), cases[i].precision, cases[i].scale, &t);
        bool ok = t.kind == cases[i].kind && t.precision == cases[i].want_precision
            && t.scale == cases[i].want_scale
                  && strcmp(t.name, cases[i].want_name) == 0;
        if (!ok) {
            printf("    %s: kind %d (%u,%u) %s\n", cases[i].name, (int)t.kind, t.precision, t.scale,
                   t.name);
        }
        CU_ASSERT(ok);
    }
}

static void long_names_are_cut_and_nothing_is_a_type(void)
{
    struct value_type t;
    char name[400] = "struct<";

    memset(name + 7, 'x', 380);
    value_type_parse(span_of(name), 0, 0, &t);
    CU_ASSERT_EQUAL(t.kind, VALUE_ROW);
    CU_ASSERT_EQUAL(strlen(t.name), sizeof(t.name) - 1);
    value_type_parse(NO_SPAN, 0, 0, &t);
    CU_ASSERT_EQUAL(t.kind, VALUE_UNKNOWN);
}

static const struct unit_test tests[] = {
    { "every spelling is understood", every_spelling_is_understood },
    { "long names are cut and nothing is a type", long_names_are_cut_and_nothing_is_a_type },
};

UNIT_MAIN("value/type", tests)
