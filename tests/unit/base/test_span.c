#include "base/span.h"

#include "unit/unit.h"

static void parts_are_cut_to_what_is_there(void)
{
    SPAN_IS(span_part(SPAN("athena"), 2, 3), "hen");
    SPAN_IS(span_part(SPAN("athena"), 4, 30), "na");
    SPAN_IS(span_from(SPAN("athena"), 30), "");
    CU_ASSERT(span_is_null(span_from(NO_SPAN, 3)));
}

static void next_walks_every_part_once(void)
{
    static const char *const want[] = { "a", "", "b" };
    struct span rest = SPAN("a,,b");
    unsigned n = 0;

    while (!span_is_null(rest)) {
        struct span part = span_next(&rest, ',');
        CU_ASSERT_FATAL(n < 3);
        SPAN_IS(part, want[n++]);
    }
    CU_ASSERT_EQUAL(n, 3);
}

static void case_folds_ascii_only(void)
{
    CU_ASSERT(span_equal_nocase(SPAN("RunAsRole"), SPAN("runasROLE")));
    CU_ASSERT_FALSE(span_equal_nocase(SPAN("\xC3\x84"), SPAN("\xC3\xA4")));
    CU_ASSERT(span_compare_nocase(SPAN("b"), SPAN("A")) > 0);
    CU_ASSERT(span_starts_nocase(SPAN("SELECT 1"), SPAN("select")));
    CU_ASSERT(span_ends(SPAN("x.csv"), SPAN(".csv")));
}

static void finding_says_the_length_when_there_is_none(void)
{
    CU_ASSERT_EQUAL(span_find(SPAN("abcabc"), SPAN("ca")), 2);
    CU_ASSERT_EQUAL(span_find(SPAN("abc"), SPAN("x")), 3);
    CU_ASSERT_EQUAL(span_find_byte(NO_SPAN, 'x'), 0);
}

static void c_strings_are_cut_between_characters(void)
{
    char room[4];

    /* the euro sign does not fit behind the a */
    span_to_c(SPAN("a\xE2\x82\xAC"), room, sizeof(room));
    CU_ASSERT_STRING_EQUAL(room, "a");
    span_to_c(SPAN("abc"), room, sizeof(room));
    CU_ASSERT_STRING_EQUAL(room, "abc");
}

static void trimming_takes_all_blanks(void)
{
    SPAN_IS(span_trim(SPAN(" \t x y\r\n")), "x y");
    SPAN_IS(span_trim(SPAN("   ")), "");
}

static const struct unit_test tests[] = {
    { "parts are cut to what is there", parts_are_cut_to_what_is_there },
    { "next walks every part once", next_walks_every_part_once },
    { "case folds ASCII only", case_folds_ascii_only },
    { "finding says the length when there is none", finding_says_the_length_when_there_is_none },
    { "C strings are cut between characters", c_strings_are_cut_between_characters },
    { "trimming takes all blanks", trimming_takes_all_blanks },
};

UNIT_MAIN("base/span", tests)
