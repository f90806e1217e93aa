/* Places: what the engine says about the native text is told in the user's. */
#include "sql_help.h"

#include "sql/escape.h"

static void places_behind_an_escape_are_shifted(void)
{
    struct translated t;
    unsigned line, column;

    translate("SELECT {fn UCASE(a)}, nosuch", &t);
    SPAN_IS(t.sql.native, "SELECT upper(a), nosuch");
    sql_place(&t.sql, 1, 18, &line, &column);
    CU_ASSERT_EQUAL(line, 1);
    CU_ASSERT_EQUAL(column, 23);
    sql_place(&t.sql, 1, 1, &line, &column);
    CU_ASSERT_EQUAL(column, 1);
    sql_place(&t.sql, 1, 14, &line, &column);
    CU_ASSERT_EQUAL(column, 8); /* inside: the escape */
    translated_free(&t);
}

static void lines_and_characters_are_counted_not_bytes(void)
{
    struct translated t;
    unsigned line, column;

    translate("SELECT 'é日', {fn\nUCASE(a)},\n {d '2024-01-01'}, x", &t);
    SPAN_IS(t.sql.native, "SELECT 'é日', upper(a),\n DATE '2024-01-01', x");
    sql_place(&t.sql, 1, 14, &line, &column);
    CU_ASSERT_EQUAL(line, 1);
    CU_ASSERT_EQUAL(column, 14);
    sql_place(&t.sql, 2, 21, &line, &column);
    CU_ASSERT_EQUAL(line, 3);
    CU_ASSERT_EQUAL(column, 20);
    translated_free(&t);
}

static void a_place_that_does_not_exist_is_the_end(void)
{
    struct translated t;
    unsigned line, column;

    translate("SELECT 1\nFROM t", &t);
    sql_place(&t.sql, 9, 9, &line, &column);
    CU_ASSERT_EQUAL(line, 2);
    CU_ASSERT_EQUAL(column, 7);
    sql_place(&t.sql, 1, 99, &line, &column);
    CU_ASSERT_EQUAL(line, 1);
    CU_ASSERT_EQUAL(column, 9);
    translated_free(&t);
}

static void a_text_without_escapes_maps_onto_itself(void)
{
    struct translated t;
    unsigned line, column;

    translate("SELECT 1,\n  2", &t);
    sql_place(&t.sql, 2, 3, &line, &column);
    CU_ASSERT_EQUAL(line, 2);
    CU_ASSERT_EQUAL(column, 3);
    translated_free(&t);
}

static const struct unit_test tests[] = {
    { "places behind an escape are shifted", places_behind_an_escape_are_shifted },
    { "lines and characters are counted, not bytes", lines_and_characters_are_counted_not_bytes },
    { "a place that does not exist is the end", a_place_that_does_not_exist_is_the_end },
    { "a text without escapes maps onto itself", a_text_without_escapes_maps_onto_itself },
};
UNIT_MAIN("sql place", tests)
