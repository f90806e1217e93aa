/* Codes and sizes against the standard's tables, typed in here a second time. */
#include "unit.h"
#include "value/value.h"

static const struct {
    const char *type;
    SQLSMALLINT concise, verbose, code;
    SQLULEN size;
    SQLSMALLINT digits;
    SQLLEN display, octets;
    SQLSMALLINT radix, c_default;
} cases[] = {
    { "boolean", SQL_BIT, SQL_BIT, 0, 1, -1, 1, 1, 0, SQL_C_BIT },
    { "tinyint", SQL_TINYINT, SQL_TINYINT, 0, 3, 0, 4, 1, 10, SQL_C_STINYINT },
    { "smallint", SQL_SMALLINT, SQL_SMALLINT, 0, 5, 0, 6, 2, 10, SQL_C_SSHORT },
    { "integer", SQL_INTEGER, SQL_INTEGER, 0, 10, 0, 11, 4, 10, SQL_C_SLONG },
    { "bigint", SQL_BIGINT, SQL_BIGINT, 0, 19, 0, 20, 8, 10, SQL_C_SBIGINT },
    { "float", SQL_REAL, SQL_REAL, 0, 7, -1, 15, 4, 10, SQL_C_FLOAT },
    { "double", SQL_DOUBLE, SQL_DOUBLE, 0, 15, -1, 24, 8, 10, SQL_C_DOUBLE },
    { "decimal(10,3)", SQL_DECIMAL, SQL_DECIMAL, 0, 10, 3, 12, 12, 10, SQL_C_CHAR },
    { "decimal(2,2)", SQL_DECIMAL, SQL_DECIMAL, 0, 2, 2, 5, 5, 10, SQL_C_CHAR }, /* -0.05 */
    { "decimal(38,38)", SQL_DECIMAL, SQL_DECIMAL, 0, 38, 38, 41, 41, 10, SQL_C_CHAR },
    { "decimal(38,0)", SQL_DECIMAL, SQL_DECIMAL, 0, 38, 0, 40, 40, 10, SQL_C_CHAR },
    { "varchar(10)", SQL_VARCHAR, SQL_VARCHAR, 0, 10, -1, 40, 40, 0, SQL_C_CHAR },
    { "varchar", SQL_VARCHAR, SQL_VARCHAR, 0, 255, -1, 255, 1020, 0, SQL_C_CHAR },
    { "string", SQL_VARCHAR, SQL_VARCHAR, 0, 255, -1, 255, 1020, 0, SQL_C_CHAR },
    { "char(5)", SQL_CHAR, SQL_CHAR, 0, 5, -1, 20, 20, 0, SQL_C_CHAR },
    { "varbinary", SQL_VARBINARY, SQL_VARBINARY, 0, 1000, -1, 2000, 1000, 0, SQL_C_BINARY },
    { "date", SQL_TYPE_DATE, SQL_DATETIME, SQL_CODE_DATE, 10, -1, 10, 6, 0, SQL_C_TYPE_DATE },
    { "time", SQL_TYPE_TIME, SQL_DATETIME, SQL_CODE_TIME, 18, 9, 21, 6, 0, SQL_C_TYPE_TIME },
    { "time(0)", SQL_TYPE_TIME, SQL_DATETIME, SQL_CODE_TIME, 8, 0, 8, 6, 0, SQL_C_TYPE_TIME },
    { "timestamp", SQL_TYPE_TIMESTAMP, SQL_DATETIME, SQL_CODE_TIMESTAMP, 29, 9, 32, 16, 0,
      SQL_C_TYPE_TIMESTAMP },
    { "timestamp(3)", SQL_TYPE_TIMESTAMP, SQL_DATETIME, SQL_CODE_TIMESTAMP, 23, 3, 23, 16, 0,
      SQL_C_TYPE_TIMESTAMP },
    { "timestamp(0)", SQL_TYPE_TIMESTAMP, SQL_DATETIME, SQL_CODE_TIMESTAMP, 19, 0, 19, 16, 0,
      SQL_C_TYPE_TIMESTAMP },
    { "timestamp(12)", SQL_TYPE_TIMESTAMP, SQL_DATETIME, SQL_CODE_TIMESTAMP, 29, 9, 32, 16, 0,
      SQL_C_TYPE_TIMESTAMP },
    { "timestamp(6) with time zone", SQL_TYPE_TIMESTAMP, SQL_DATETIME, SQL_CODE_TIMESTAMP, 26, 6,
      26, 16, 0, SQL_C_TYPE_TIMESTAMP },
    { "time(3) with time zone", SQL_VARCHAR, SQL_VARCHAR, 0, 18, -1, 18, 72, 0, SQL_C_CHAR },
    { "interval day to second", SQL_INTERVAL_DAY_TO_SECOND, SQL_INTERVAL, SQL_CODE_DAY_TO_SECOND,
      22, 3, 26, 28, 0, SQL_C_INTERVAL_DAY_TO_SECOND },
    { "interval year to month", SQL_INTERVAL_YEAR_TO_MONTH, SQL_INTERVAL, SQL_CODE_YEAR_TO_MONTH,
      12, -1, 13, 28, 0, SQL_C_INTERVAL_YEAR_TO_MONTH },
    { "array(bigint)", SQL_LONGVARCHAR, SQL_LONGVARCHAR, 0, 5000, -1, 5000, 20000, 0, SQL_C_CHAR },
    { "json", SQL_LONGVARCHAR, SQL_LONGVARCHAR, 0, 5000, -1, 5000, 20000, 0, SQL_C_CHAR },
    { "uuid", SQL_GUID, SQL_GUID, 0, 36, -1, 36, 16, 0, SQL_C_GUID },
    { "ipaddress", SQL_VARCHAR, SQL_VARCHAR, 0, 45, -1, 45, 180, 0, SQL_C_CHAR },
    { "never heard of", SQL_LONGVARCHAR, SQL_LONGVARCHAR, 0, 5000, -1, 5000, 20000, 0, SQL_C_CHAR },
};

static struct value_shape shape_of(const char *name, struct value_options options)
{
    struct value_type t;
    struct value_shape s;

    options.string_length = 255;
    options.complex_length = 5000;
    options.binary_length = 1000;
    value_type_parse(span_of(name), 0, 0, &t);
    value_type_shape(&t, &options, &s);
    return s;
}

static void sizes_are_those_of_the_standard(void)
{
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct value_shape s = shape_of(cases[i].type,
                                        (struct value_options){ .wide_unit = WIDE_UTF16 });
        bool ok = s.concise_type == cases[i].concise && s.verbose_type == cases[i].verbose
            && s.datetime_code == cases[i].code
                  && s.column_size == cases[i].size && s.decimal_digits == cases[i].digits
                  && s.display_size == cases[i].display
                  && s.octet_length == cases[i].octets && s.num_prec_radix == cases[i].radix
                  && s.c_default == cases[i].c_default;
        if (!ok) {
            printf("    %s: type %d/%d/%d size %lu digits %d display %ld octets %ld radix %d "
                   "default %d\n",
                   cases[i].type, s.concise_type, s.verbose_type, s.datetime_code,
                   (unsigned long)s.column_size, s.decimal_digits, (long)s.display_size,
                   (long)s.octet_length, s.num_prec_radix, s.c_default);
        }
        CU_ASSERT(ok);
    }
}

static void odbc_2_applications_get_their_date_types(void)
{
    static const struct { const char *type; SQLSMALLINT want; } dates[] = {
        { "date", 9 }, { "time", 10 }, { "timestamp", 11 }, { "timestamp with time zone", 11 },
            { "uuid", SQL_VARCHAR } };

    for (unsigned i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
        CU_ASSERT_EQUAL(shape_of(dates[i].type,
                                 (struct value_options){ .odbc2 = true }).concise_type,
                                 dates[i].want);
    }
}

static void intervals_may_be_text(void)
{
    struct value_options text = { .interval_as_text = true, .wide_unit = WIDE_UTF16 };
    struct value_shape day = shape_of("interval day to second", text),
                       year = shape_of("interval year to month", text);

    CU_ASSERT(day.concise_type == SQL_VARCHAR && day.column_size == 26 &&
              day.c_default == SQL_C_CHAR);
    CU_ASSERT(year.concise_type == SQL_VARCHAR && year.column_size == 13 &&
              year.datetime_code == 0);
}

static void a_length_that_was_seen_is_the_size(void)
{
    struct value_options options = { .string_length = 255,
                                     .complex_length = 5000,
                                     .binary_length = 1000 };
    static const struct {
        const char *type;
        bool is_open;
        SQLLEN display;
    } open[] = { { "varchar", true, 28 },   { "string", true, 28 },      { "map", true, 28 },
                 { "varbinary", true, 14 }, { "varchar(9)", false, 36 }, { "integer", false, 11 },
                 { "ipaddress", false, 45 } };

    for (unsigned i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
        struct value_type t;
        struct value_shape s;
        value_type_parse(span_of(open[i].type), 0, 0, &t);
        CU_ASSERT_EQUAL(value_type_is_open(&t), open[i].is_open);
        t.seen_length = open[i].is_open ? 7 : 0;
        value_type_shape(&t, &options, &s);
        CU_ASSERT_EQUAL(s.display_size, open[i].display);
        CU_ASSERT(!open[i].is_open || s.column_size == 7);
    }
    /* Of wide text the units were counted. */
    struct value_type seen;
    struct value_shape s;
    options.wide_strings = true;
    options.wide_unit = WIDE_UTF16;
    value_type_parse(SPAN("varchar"), 0, 0, &seen);
    seen.seen_length = 7;
    value_type_shape(&seen, &options, &s);
    CU_ASSERT(s.column_size == 7 && s.display_size == 7 && s.octet_length == 14);
}

static void wide_strings_change_codes_and_octets(void)
{
    struct value_options wide = { .wide_strings = true, .wide_unit = WIDE_UTF16 },
        ucs4 = { .wide_strings = true, .wide_unit = WIDE_UCS4 };

    CU_ASSERT_EQUAL(shape_of("varchar(10)", wide).concise_type, SQL_WVARCHAR);
    /* Ten characters may be twenty units. */
    CU_ASSERT_EQUAL(shape_of("varchar(10)", wide).column_size, 10);
    CU_ASSERT_EQUAL(shape_of("varchar(10)", wide).octet_length, 40);
    CU_ASSERT_EQUAL(shape_of("varchar(10)", wide).display_size, 20);
    CU_ASSERT_EQUAL(shape_of("varchar(10)", ucs4).octet_length, 40);
    CU_ASSERT_EQUAL(shape_of("varchar(10)", ucs4).display_size, 10);
    CU_ASSERT_EQUAL(shape_of("varchar", wide).octet_length, 510);
    CU_ASSERT_EQUAL(shape_of("char(10)", wide).concise_type, SQL_WCHAR);
    CU_ASSERT_EQUAL(shape_of("json", wide).concise_type, SQL_WLONGVARCHAR);
    CU_ASSERT_EQUAL(shape_of("json", wide).c_default, SQL_C_WCHAR);
    CU_ASSERT_EQUAL(shape_of("decimal(5,2)", wide).concise_type, SQL_DECIMAL);
}

static void options_turn_types_into_text(void)
{
    struct value_shape s = shape_of("boolean", (struct value_options){ .boolean_as_text = true });

    CU_ASSERT_EQUAL(s.concise_type, SQL_VARCHAR);
    CU_ASSERT_EQUAL(s.column_size, 5);
    s = shape_of("timestamp(3) with time zone",
                 (struct value_options){ .timestamp_tz_as_text = true });
    CU_ASSERT_EQUAL(s.concise_type, SQL_VARCHAR);
    CU_ASSERT(s.column_size >= strlen("2024-01-31 12:34:56.789 America/Argentina/ComodRivadavia"));
}

static void lengths_that_nobody_set_are_not_zero(void)
{
    struct value_type t;
    struct value_options none = { .wide_unit = WIDE_UTF16 };
    struct value_shape s;

    value_type_parse(SPAN("string"), 0, 0, &t);
    value_type_shape(&t, &none, &s);
    CU_ASSERT(s.column_size > 0);
}

static const struct unit_test tests[] = {
    { "intervals may be text", intervals_may_be_text },
    { "a length that was seen is the size", a_length_that_was_seen_is_the_size },
    { "sizes are those of the standard", sizes_are_those_of_the_standard },
    { "ODBC 2 applications get their date types", odbc_2_applications_get_their_date_types },
    { "wide strings change codes and octets", wide_strings_change_codes_and_octets },
    { "options turn types into text", options_turn_types_into_text },
    { "lengths that nobody set are not zero", lengths_that_nobody_set_are_not_zero },
};

UNIT_MAIN("value/shape", tests)
