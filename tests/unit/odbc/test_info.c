/* SQLGetInfo against a list of the standard's information types that was typed independently of
   info.def. */
#include "fake_spoke.h"

/* number, shape: s text, 2 SQLUSMALLINT, 4 SQLUINTEGER, h handle. From the pages of SQLGetInfo and
   the ODBC 2 list of its appendix. */
static const struct {
    SQLUSMALLINT from, to;
    const char *shapes;
} standard[] = {
    { 0, 9, "22shhhss42" },     { 10, 19, "ss2ss2ssss" },   { 20, 29, "ss222s4s2s" },
    { 30, 39, "222222ssss" },   { 40, 49, "sss44s2s44" },   { 50, 59, "4444444444" },
    { 60, 69, "4444444444" },   { 70, 79, "444s22hs44" },   { 80, 89, "4444224s2s" },
    { 90, 99, "s442s44222" },   { 100, 109, "224s442244" }, { 110, 119, "4s4s242444" },
    { 120, 129, "4444444444" }, { 130, 139, "44444h4444" }, { 140, 149, "4444444444" },
    { 150, 159, "4444444444" }, { 160, 169, "4444444444" }, { 170, 173, "4s44" },
    { 1750, 1750, "4" },        { 10000, 10005, "s4sss2" }, { 10021, 10025, "44444" },
};

static char shape_of(unsigned number)
{
    for (size_t i = 0; i < sizeof(standard) / sizeof(standard[0]); i++) {
        if (number >= standard[i].from && number <= standard[i].to) {
            return standard[i].shapes[number - standard[i].from];
        }
    }
    return 0;
}

static void open_world(const char *more)
{
    char string[512];

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    snprintf(string, sizeof(string), "%s%s", WORLD_STRING, more);
    CU_ASSERT(SQL_SUCCEEDED(world_connect(string)));
}

static void every_16_bit_number_answers_in_its_shape_or_says_HY096(void)
{
    open_world("");
    for (unsigned number = 0; number < 65536; number++) {
        unsigned char space[2048];
        SQLSMALLINT length = -1;
        SQLRETURN rc;
        char shape = shape_of(number);

        memset(space, 0xaa, sizeof(space));
        diag_clear(&world_dbc->handle);
        rc = dbc_get_info(world_dbc, (SQLUSMALLINT)number, space,
                          room_bytes_a(space, sizeof(space), &length));
        if (shape == 0) {
            CU_ASSERT_EQUAL(rc, SQL_ERROR);
            STATE_IS(world_dbc, 1, "HY096");
            continue;
        }
        if (rc != SQL_SUCCESS) {
            printf("    information type %u\n", number);
        }
        CU_ASSERT_EQUAL(rc, SQL_SUCCESS);
        size_t size = shape == '2'   ? 2
                      : shape == '4' ? 4
                      : shape == 'h' ? sizeof(void *)
                                     : strlen((char *)space) + 1;
        if (length != (SQLSMALLINT)(shape == 's' ? size - 1 : size)) {
            printf("    information type %u has length %d\n", number, length);
        }
        CU_ASSERT_EQUAL(length, (SQLSMALLINT)(shape == 's' ? size - 1 : size));
        CU_ASSERT_EQUAL(space[size], 0xaa);
    }
    world_free();
}

static const char *text_info(SQLUSMALLINT number)
{
    static SQLCHAR text[2048];
    SQLSMALLINT length = -1;

    CU_ASSERT_EQUAL(
        dbc_get_info(world_dbc, number, text, room_bytes_a(text, sizeof(text), &length)),
        SQL_SUCCESS);
    return (const char *)text;
}

static SQLUINTEGER number_info(SQLUSMALLINT number)
{
    SQLUINTEGER value = 0;

    CU_ASSERT_EQUAL(dbc_get_info(world_dbc, number, &value, (struct room){ 0 }), SQL_SUCCESS);
    return value;
}

/* What the tools that were studied look at. */
static void the_answers_that_tools_rely_on_are_these(void)
{
    open_world("");
    TEXT_IS(text_info(SQL_DBMS_NAME), "Athena");
    TEXT_IS(text_info(SQL_DBMS_VER), "03.00.0000");
    TEXT_IS(text_info(SQL_DRIVER_NAME), "libathenaodbc.so");
    TEXT_IS(text_info(SQL_DRIVER_ODBC_VER), "03.80");
    CU_ASSERT_EQUAL(strlen(text_info(SQL_DRIVER_VER)), 10);
    TEXT_IS(text_info(SQL_IDENTIFIER_QUOTE_CHAR), "\"");
    TEXT_IS(text_info(SQL_CATALOG_NAME_SEPARATOR), ".");
    TEXT_IS(text_info(SQL_SEARCH_PATTERN_ESCAPE), "\\");
    TEXT_IS(text_info(SQL_CATALOG_TERM), "catalog");
    TEXT_IS(text_info(SQL_SCHEMA_TERM), "database");
    TEXT_IS(text_info(SQL_NEED_LONG_DATA_LEN), "N");
    TEXT_IS(text_info(SQL_DESCRIBE_PARAMETER), "N");
    TEXT_IS(text_info(SQL_MULT_RESULT_SETS), "N");
    TEXT_IS(text_info(SQL_PROCEDURES), "N");
    TEXT_IS(text_info(SQL_DATA_SOURCE_READ_ONLY), "N");
    CU_ASSERT_EQUAL(number_info(SQL_TXN_CAPABLE), SQL_TC_NONE);
    CU_ASSERT_EQUAL(number_info(SQL_GETDATA_EXTENSIONS), 15);
    CU_ASSERT_EQUAL(number_info(SQL_MAX_COLUMN_NAME_LEN), 255);
    CU_ASSERT_EQUAL(number_info(SQL_MAX_STATEMENT_LEN), 262144);
    CU_ASSERT_EQUAL(number_info(SQL_CURSOR_COMMIT_BEHAVIOR), SQL_CB_PRESERVE);
    CU_ASSERT_EQUAL(number_info(SQL_IDENTIFIER_CASE), SQL_IC_LOWER);
    CU_ASSERT_EQUAL(number_info(SQL_NULL_COLLATION), SQL_NC_END);
    CU_ASSERT_EQUAL(number_info(SQL_ODBC_INTERFACE_CONFORMANCE), SQL_OIC_CORE);
    CU_ASSERT_EQUAL(number_info(SQL_ASYNC_MODE), SQL_AM_STATEMENT);
    CU_ASSERT_EQUAL(number_info(SQL_SQL_CONFORMANCE), SQL_SC_SQL92_ENTRY);
    CU_ASSERT_EQUAL(number_info(SQL_CREATE_TABLE), 0);
    CU_ASSERT_EQUAL(number_info(SQL_INSERT_STATEMENT), 0);
    world_free();
}

static void who_is_connected_where_is_told(void)
{
    open_world("Catalog=lake;DbmsName=Presto;");
    TEXT_IS(text_info(SQL_SERVER_NAME), "444455556666/eu-west-1");
    TEXT_IS(text_info(SQL_USER_NAME), "ada@desk");
    TEXT_IS(text_info(SQL_DATABASE_NAME), "lake");
    TEXT_IS(text_info(SQL_DBMS_NAME), "Presto");
    fake_spoke.identity.account[0] = 0; /* then the ARN tells it */
    dbc_label(world_dbc);               /* as connecting does */
    TEXT_IS(text_info(SQL_SERVER_NAME), "444455556666/eu-west-1");
    fake_spoke.identity.consumer_arn[0] = 0;
    fake_spoke.identity.run_as_arn[0] = 0;
    dbc_label(world_dbc);
    TEXT_IS(text_info(SQL_SERVER_NAME), "eu-west-1");
    snprintf(fake_spoke.workgroup.engine_version, sizeof(fake_spoke.workgroup.engine_version),
             "Athena engine version 4.1");
    TEXT_IS(text_info(SQL_DBMS_VER), "04.01.0000");
    fake_spoke.workgroup.engine_version[0] = 0;
    TEXT_IS(text_info(SQL_DBMS_VER), "03.00.0000");
    world_free();
}

static void settings_change_what_is_announced(void)
{
    open_world("AllowDdl=1;");
    CU_ASSERT_EQUAL(number_info(SQL_CREATE_TABLE), SQL_CT_CREATE_TABLE);
    CU_ASSERT_EQUAL(number_info(SQL_DROP_TABLE), SQL_DT_DROP_TABLE);
    CU_ASSERT_NOT_EQUAL(number_info(SQL_INSERT_STATEMENT), 0);
    world_free();
    open_world("AllowDdl=1;ReadOnly=1;");
    CU_ASSERT_EQUAL(number_info(SQL_CREATE_TABLE), 0);
    TEXT_IS(text_info(SQL_DATA_SOURCE_READ_ONLY), "Y");
    world_free();
}

/* The engine's casts: what a program may fold into CONVERT. */
static void conversions_are_those_of_the_engine(void)
{
    static const struct {
        SQLUSMALLINT from;
        SQLUINTEGER can, cannot;
    } casts[] = {
        { SQL_CONVERT_VARCHAR,
          SQL_CVT_BIGINT | SQL_CVT_DOUBLE | SQL_CVT_BIT | SQL_CVT_DATE | SQL_CVT_TIMESTAMP |
              SQL_CVT_GUID,
          SQL_CVT_VARBINARY },
        { SQL_CONVERT_WVARCHAR, SQL_CVT_DECIMAL | SQL_CVT_VARCHAR, SQL_CVT_INTERVAL_DAY_TIME },
        { SQL_CONVERT_BIGINT, SQL_CVT_VARCHAR | SQL_CVT_DECIMAL | SQL_CVT_BIT,
          SQL_CVT_DATE | SQL_CVT_VARBINARY },
        { SQL_CONVERT_BIT, SQL_CVT_INTEGER | SQL_CVT_VARCHAR, SQL_CVT_TIMESTAMP },
        { SQL_CONVERT_DATE, SQL_CVT_VARCHAR | SQL_CVT_TIMESTAMP, SQL_CVT_TIME | SQL_CVT_INTEGER },
        { SQL_CONVERT_TIME, SQL_CVT_VARCHAR | SQL_CVT_TIME, SQL_CVT_DATE | SQL_CVT_TIMESTAMP },
        { SQL_CONVERT_TIMESTAMP, SQL_CVT_DATE | SQL_CVT_TIME | SQL_CVT_WVARCHAR, SQL_CVT_BIGINT },
        { SQL_CONVERT_VARBINARY, SQL_CVT_BINARY, SQL_CVT_VARCHAR | SQL_CVT_INTEGER },
        { SQL_CONVERT_INTERVAL_DAY_TIME, SQL_CVT_VARCHAR,
          SQL_CVT_INTERVAL_DAY_TIME | SQL_CVT_BIGINT },
        { SQL_CONVERT_GUID, SQL_CVT_VARCHAR, SQL_CVT_INTEGER },
    };

    open_world("");
    for (size_t i = 0; i < sizeof(casts) / sizeof(casts[0]); i++) {
        SQLUINTEGER mask = number_info(casts[i].from);
        CU_ASSERT_EQUAL(mask & casts[i].can, casts[i].can);
        CU_ASSERT_EQUAL(mask & casts[i].cannot, 0);
    }
    CU_ASSERT_EQUAL(number_info(SQL_CONVERT_FUNCTIONS), SQL_FN_CVT_CAST | SQL_FN_CVT_CONVERT);
    CU_ASSERT_EQUAL(number_info(SQL_TIMEDATE_ADD_INTERVALS) & SQL_FN_TSI_FRAC_SECOND, 0);
    CU_ASSERT_EQUAL(number_info(SQL_AGGREGATE_FUNCTIONS), 127);
    CU_ASSERT_EQUAL(number_info(SQL_SCROLL_OPTIONS), SQL_SO_FORWARD_ONLY | SQL_SO_STATIC);
    world_free();
}

static void small_buffers_are_cut_terminated_and_told(void)
{
    SQLCHAR text[4] = "xxx";
    SQLWCHAR wide[4];
    SQLSMALLINT length = -1;

    open_world("");
    diag_clear(&world_dbc->handle);
    CU_ASSERT_EQUAL(dbc_get_info(world_dbc, SQL_DBMS_NAME, text, room_bytes_a(text, 4, &length)),
                    SQL_SUCCESS_WITH_INFO);
    TEXT_IS(text, "Ath");
    CU_ASSERT_EQUAL(length, 6);
    STATE_IS(world_dbc, 1, "01004");
    CU_ASSERT_EQUAL(dbc_get_info(world_dbc, SQL_DBMS_NAME, wide, room_bytes_w(wide, 8, &length)),
                    SQL_SUCCESS_WITH_INFO);
    CU_ASSERT_EQUAL(length, 12); /* bytes */
    CU_ASSERT_EQUAL(wide[3], 0);
    CU_ASSERT_EQUAL(dbc_get_info(world_dbc, SQL_DBMS_NAME, NULL, room_bytes_a(NULL, 0, &length)),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(length, 6);
    world_free();
}

static void handles_are_handed_through(void)
{
    SQLHANDLE h = NULL;
    SQLHANDLE given = &h;

    open_world("");
    CU_ASSERT_EQUAL(dbc_get_info(world_dbc, SQL_DRIVER_HDBC, &h, (struct room){ 0 }), SQL_SUCCESS);
    CU_ASSERT_PTR_EQUAL(h, world_dbc);
    CU_ASSERT_EQUAL(dbc_get_info(world_dbc, SQL_DRIVER_HENV, &h, (struct room){ 0 }), SQL_SUCCESS);
    CU_ASSERT_PTR_EQUAL(h, world_env);
    CU_ASSERT_EQUAL(dbc_get_info(world_dbc, SQL_DRIVER_HSTMT, &given, (struct room){ 0 }),
                    SQL_SUCCESS);
    CU_ASSERT_PTR_EQUAL(given, &h);
    world_free();
}

static void keywords_are_sorted_capitals_without_blanks(void)
{
    struct span rest, part, last = NO_SPAN;

    open_world("");
    rest = span_of(text_info(SQL_KEYWORDS));
    while (!span_is_null(rest)) {
        part = span_next(&rest, ',');
        CU_ASSERT(part.len > 1);
        for (size_t i = 0; i < part.len; i++) {
            CU_ASSERT((part.at[i] >= 'A' && part.at[i] <= 'Z') || part.at[i] == '_');
        }
        CU_ASSERT(span_is_null(last) || span_compare(last, part) < 0);
        last = part;
    }
    world_free();
}

static const struct unit_test tests[] = {
    { "every 16-bit number answers in its shape or says HY096",
      every_16_bit_number_answers_in_its_shape_or_says_HY096 },
    { "the answers that tools rely on are these", the_answers_that_tools_rely_on_are_these },
    { "who is connected where is told", who_is_connected_where_is_told },
    { "settings change what is announced", settings_change_what_is_announced },
    { "conversions are those of the engine", conversions_are_those_of_the_engine },
    { "small buffers are cut, terminated and told", small_buffers_are_cut_terminated_and_told },
    { "handles are handed through", handles_are_handed_through },
    { "keywords are sorted capitals without blanks", keywords_are_sorted_capitals_without_blanks },
};

UNIT_MAIN("odbc/info", tests)
