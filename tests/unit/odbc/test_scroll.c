/* Cursor positioning: the tables of the page on SQLFetchScroll, row by row. */
#include "odbc/scroll.h"
#include "unit.h"

/* Ten rows, rowset of three; start 0 is before the first, 11 after the end. */
static const struct {
    SQLSMALLINT orientation;
    int64_t start, previous, asked, offset, want;
    bool is_cut;
} cases[] = {
    { SQL_FETCH_NEXT, 0, 0, 3, 0, 1, false },
    { SQL_FETCH_NEXT, 1, 3, 3, 0, 4, false },
    { SQL_FETCH_NEXT, 7, 3, 5, 0, 10, false }, /* the size of the previous call counts */
    { SQL_FETCH_NEXT, 8, 3, 3, 0, 11, false },
    { SQL_FETCH_NEXT, 11, 3, 3, 0, 11, false },
    { SQL_FETCH_PRIOR, 0, 3, 3, 0, 0, false },
    { SQL_FETCH_PRIOR, 1, 3, 3, 0, 0, false },
    { SQL_FETCH_PRIOR, 2, 3, 3, 0, 1, true },
    { SQL_FETCH_PRIOR, 3, 3, 3, 0, 1, true },
    { SQL_FETCH_PRIOR, 4, 3, 3, 0, 1, false },
    { SQL_FETCH_PRIOR, 7, 3, 3, 0, 4, false },
    { SQL_FETCH_PRIOR, 11, 3, 3, 0, 8, false },
    { SQL_FETCH_PRIOR, 11, 3, 20, 0, 1, true },
    { SQL_FETCH_RELATIVE, 0, 3, 3, 2, 2, false },   /* as ABSOLUTE 2 */
    { SQL_FETCH_RELATIVE, 11, 3, 3, -2, 9, false }, /* as ABSOLUTE -2 */
    { SQL_FETCH_RELATIVE, 0, 3, 3, 0, 0, false },
    { SQL_FETCH_RELATIVE, 0, 3, 3, -1, 0, false },
    { SQL_FETCH_RELATIVE, 1, 3, 3, -1, 0, false },
    { SQL_FETCH_RELATIVE, 2, 3, 3, -4, 0, false },
    { SQL_FETCH_RELATIVE, 2, 3, 3, -3, 1, true },
    { SQL_FETCH_RELATIVE, 4, 3, 3, -3, 1, false },
    { SQL_FETCH_RELATIVE, 4, 3, 3, 0, 4, false },
    { SQL_FETCH_RELATIVE, 4, 3, 3, 6, 10, false },
    { SQL_FETCH_RELATIVE, 4, 3, 3, 7, 11, false },
    { SQL_FETCH_RELATIVE, 11, 3, 3, 0, 11, false },
    { SQL_FETCH_RELATIVE, 11, 3, 3, 5, 11, false },
    { SQL_FETCH_ABSOLUTE, 4, 3, 3, -10, 1, false },
    { SQL_FETCH_ABSOLUTE, 4, 3, 3, -1, 10, false },
    { SQL_FETCH_ABSOLUTE, 4, 3, 3, -11, 0, false },
    { SQL_FETCH_ABSOLUTE, 4, 3, 20, -11, 1, true },
    { SQL_FETCH_ABSOLUTE, 4, 3, 3, 0, 0, false },
    { SQL_FETCH_ABSOLUTE, 4, 3, 3, 10, 10, false },
    { SQL_FETCH_ABSOLUTE, 4, 3, 3, 11, 11, false },
    { SQL_FETCH_FIRST, 11, 3, 3, 0, 1, false },
    { SQL_FETCH_LAST, 0, 3, 3, 0, 8, false },
    { SQL_FETCH_LAST, 0, 3, 20, 0, 1, false },
    { SQL_FETCH_RELATIVE, 4, 3, 3, INT64_MAX, 11, false },
    { SQL_FETCH_RELATIVE, 4, 3, 3, INT64_MIN + 1, 0, false },
};

static void every_rule_of_the_standard_gives_its_row(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct scroll_place now = { cases[i].start, cases[i].previous, cases[i].asked, 10 };
        struct scroll_target got = scroll_find(&now, cases[i].orientation, cases[i].offset);
        if (got.start != cases[i].want || got.is_cut != cases[i].is_cut)
            printf("    case %zu: got %lld%s, want %lld\n", i, (long long)got.start,
                   got.is_cut ? " cut" : "", (long long)cases[i].want);
        CU_ASSERT_EQUAL(got.start, cases[i].want);
        CU_ASSERT_EQUAL(got.is_cut, cases[i].is_cut);
    }
}

static void an_empty_result_has_no_row_in_any_direction(void)
{
    static const SQLSMALLINT all[] = { SQL_FETCH_NEXT, SQL_FETCH_PRIOR,    SQL_FETCH_FIRST,
                                       SQL_FETCH_LAST, SQL_FETCH_ABSOLUTE, SQL_FETCH_RELATIVE };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        struct scroll_place now = { 0, 0, 3, 0 };
        struct scroll_target got = scroll_find(&now, all[i], 1);
        CU_ASSERT(got.start == 0 ||
                  got.start == 1); /* before the first, or after the end of nothing */
        CU_ASSERT_FALSE(got.is_cut);
    }
}

static const struct unit_test tests[] = {
    { "every rule of the standard gives its row", every_rule_of_the_standard_gives_its_row },
    { "an empty result has no row in any direction", an_empty_result_has_no_row_in_any_direction },
};

UNIT_MAIN("odbc/scroll", tests)
