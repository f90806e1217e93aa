/* Scalar functions: what is announced is what is translated, and the standard's own numbers say
   which bit is whose. */
#include "sql_help.h"

#include <sql.h>
#include <sqlext.h>

static const struct {
    const char *call; /* a call that must be translated */
    uint32_t bit;
} strings[] = {
    { "ASCII('a')", SQL_FN_STR_ASCII },
    { "BIT_LENGTH('a')", SQL_FN_STR_BIT_LENGTH },
    { "CHAR(65)", SQL_FN_STR_CHAR },
    { "CHAR_LENGTH('a')", SQL_FN_STR_CHAR_LENGTH },
    { "CHARACTER_LENGTH('a')", SQL_FN_STR_CHARACTER_LENGTH },
    { "CONCAT('a', 'b')", SQL_FN_STR_CONCAT },
    { "INSERT('a', 1, 1, 'b')", SQL_FN_STR_INSERT },
    { "LCASE('a')", SQL_FN_STR_LCASE },
    { "LEFT('a', 1)", SQL_FN_STR_LEFT },
    { "LENGTH('a')", SQL_FN_STR_LENGTH },
    { "LOCATE('a', 'b')", SQL_FN_STR_LOCATE_2 },
    { "LOCATE('a', 'b', 1)", SQL_FN_STR_LOCATE },
    { "LTRIM('a')", SQL_FN_STR_LTRIM },
    { "OCTET_LENGTH('a')", SQL_FN_STR_OCTET_LENGTH },
    { "POSITION('a' IN 'b')", SQL_FN_STR_POSITION },
    { "REPEAT('a', 1)", SQL_FN_STR_REPEAT },
    { "REPLACE('a', 'b', 'c')", SQL_FN_STR_REPLACE },
    { "RIGHT('a', 1)", SQL_FN_STR_RIGHT },
    { "RTRIM('a')", SQL_FN_STR_RTRIM },
    { "SOUNDEX('a')", SQL_FN_STR_SOUNDEX },
    { "SPACE(1)", SQL_FN_STR_SPACE },
    { "SUBSTRING('a', 1, 1)", SQL_FN_STR_SUBSTRING },
    { "UCASE('a')", SQL_FN_STR_UCASE },
};
static const struct {
    const char *call;
    uint32_t bit;
} numerics[] = {
    { "ABS(1)", SQL_FN_NUM_ABS },
    { "ACOS(1)", SQL_FN_NUM_ACOS },
    { "ASIN(1)", SQL_FN_NUM_ASIN },
    { "ATAN(1)", SQL_FN_NUM_ATAN },
    { "ATAN2(1, 1)", SQL_FN_NUM_ATAN2 },
    { "CEILING(1)", SQL_FN_NUM_CEILING },
    { "COS(1)", SQL_FN_NUM_COS },
    { "COT(1)", SQL_FN_NUM_COT },
    { "DEGREES(1)", SQL_FN_NUM_DEGREES },
    { "EXP(1)", SQL_FN_NUM_EXP },
    { "FLOOR(1)", SQL_FN_NUM_FLOOR },
    { "LOG(1)", SQL_FN_NUM_LOG },
    { "LOG10(1)", SQL_FN_NUM_LOG10 },
    { "MOD(1, 1)", SQL_FN_NUM_MOD },
    { "PI()", SQL_FN_NUM_PI },
    { "POWER(1, 1)", SQL_FN_NUM_POWER },
    { "RADIANS(1)", SQL_FN_NUM_RADIANS },
    { "RAND()", SQL_FN_NUM_RAND },
    { "ROUND(1, 1)", SQL_FN_NUM_ROUND },
    { "SIGN(1)", SQL_FN_NUM_SIGN },
    { "SIN(1)", SQL_FN_NUM_SIN },
    { "SQRT(1)", SQL_FN_NUM_SQRT },
    { "TAN(1)", SQL_FN_NUM_TAN },
    { "TRUNCATE(1, 1)", SQL_FN_NUM_TRUNCATE },
};
static const struct {
    const char *call;
    uint32_t bit;
} times[] = {
    { "CURDATE()", SQL_FN_TD_CURDATE },
    { "CURRENT_DATE()", SQL_FN_TD_CURRENT_DATE },
    { "CURRENT_TIME()", SQL_FN_TD_CURRENT_TIME },
    { "CURRENT_TIMESTAMP()", SQL_FN_TD_CURRENT_TIMESTAMP },
    { "CURTIME()", SQL_FN_TD_CURTIME },
    { "DAYNAME(a)", SQL_FN_TD_DAYNAME },
    { "DAYOFMONTH(a)", SQL_FN_TD_DAYOFMONTH },
    { "DAYOFWEEK(a)", SQL_FN_TD_DAYOFWEEK },
    { "DAYOFYEAR(a)", SQL_FN_TD_DAYOFYEAR },
    { "EXTRACT(YEAR FROM a)", SQL_FN_TD_EXTRACT },
    { "HOUR(a)", SQL_FN_TD_HOUR },
    { "MINUTE(a)", SQL_FN_TD_MINUTE },
    { "MONTH(a)", SQL_FN_TD_MONTH },
    { "MONTHNAME(a)", SQL_FN_TD_MONTHNAME },
    { "NOW()", SQL_FN_TD_NOW },
    { "QUARTER(a)", SQL_FN_TD_QUARTER },
    { "SECOND(a)", SQL_FN_TD_SECOND },
    { "TIMESTAMPADD(SQL_TSI_DAY, 1, a)", SQL_FN_TD_TIMESTAMPADD },
    { "TIMESTAMPDIFF(SQL_TSI_DAY, a, b)", SQL_FN_TD_TIMESTAMPDIFF },
    { "WEEK(a)", SQL_FN_TD_WEEK },
    { "YEAR(a)", SQL_FN_TD_YEAR },
};
static const struct {
    const char *call;
    uint32_t bit;
} systems[] = {
    { "DATABASE()", SQL_FN_SYS_DBNAME },
    { "IFNULL(a, b)", SQL_FN_SYS_IFNULL },
    { "USER()", SQL_FN_SYS_USERNAME },
};

static bool is_translated(const char *call)
{
    char text[128];
    struct translated t;

    snprintf(text, sizeof(text), "{fn %s}", call);
    translate(text, &t);
    bool ok = t.ok && span_find_byte(t.sql.native, '{') == t.sql.native.len && t.sql.native.len > 0;

    if (!ok) {
        printf("    %s: %s\n", call, t.fault.text);
    }
    translated_free(&t);
    return ok;
}

#define CHECK_GROUP(list, bits)                                         \
    do {                                                                \
        uint32_t all = 0;                                               \
        for (size_t i = 0; i < sizeof(list) / sizeof((list)[0]); i++) { \
            CU_ASSERT(is_translated((list)[i].call));                   \
            all |= (list)[i].bit;                                       \
        }                                                               \
        CU_ASSERT_EQUAL(all, (bits));                                   \
    } while (0)

static void what_is_announced_is_translated_and_nothing_else(void)
{
    CHECK_GROUP(strings, sql_string_functions());
    CHECK_GROUP(numerics, sql_numeric_functions());
    CHECK_GROUP(times, sql_timedate_functions());
    CHECK_GROUP(systems, sql_system_functions());
    CU_ASSERT_EQUAL(sql_string_functions() & SQL_FN_STR_DIFFERENCE, 0);
}

static void unknown_functions_pass_unchanged(void)
{
    CU_ASSERT(translates_to("{fn DIFFERENCE('a', 'b')}", "DIFFERENCE('a', 'b')"));
    CU_ASSERT(translates_to("{fn approx_distinct( x )}", "approx_distinct( x )"));
}

static void values_bound_by_position_keep_their_order(void)
{
    CU_ASSERT(translates_to("{fn REPLACE(?, 'a', ?)}", "replace(?, 'a', ?)"));
    CU_ASSERT(translates_to("{fn LOCATE(?, ?)}", "position((?) IN (?))"));
    CU_ASSERT(translates_to("{fn LOCATE('?', '?', 1)}",
                            "(CASE WHEN strpos(substr('?', 1), '?') = 0 THEN 0 ELSE "
                            "strpos(substr('?', 1), '?') + (1) - 1 END)"));
    CU_ASSERT(translates_to("{fn INSERT('a', 1, ?, 'b')}",
                            "concat(substr('a', 1, (1) - 1), 'b', substr('a', (1) + (?)))"));
    CU_ASSERT(translates_to("{fn INSERT('a', 1, ?, ?)}", NULL));
    CU_ASSERT(translates_to("{fn TRUNCATE(1, ?)}", NULL));
}

static const struct unit_test tests[] = {
    { "what is announced is translated, and nothing else",
      what_is_announced_is_translated_and_nothing_else },
    { "unknown functions pass unchanged", unknown_functions_pass_unchanged },
    { "values bound by position keep their order", values_bound_by_position_keep_their_order },
};
UNIT_MAIN("sql escape_fn", tests)
