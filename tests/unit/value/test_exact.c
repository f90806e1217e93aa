/* Exact numbers: text, scale, range. */
#include "unit.h"
#include "value/waist.h"

static const struct {
    const char *text, *printed; /* printed NULL: not a number */
    bool is_over, is_cut;
} cases[] = {
    { "0", "0", false, false },
    { "-0", "0", false, false },
    { "0.00", "0.00", false, false },
    { "-1.50", "-1.50", false, false },
    { "+7", "7", false, false },
    { ".5", "0.5", false, false },
    { "5.", "5", false, false },
    { "00012.3400", "12.3400", false, false },
    { "1e3", "1000", false, false },
    { "1.5E-3", "0.0015", false, false },
    { "12345e-2", "123.45", false, false },
    { "0e99999", "0", false, false },
    { "99999999999999999999999999999999999999", "99999999999999999999999999999999999999", false,
      false },
    { "0.00000000000000000000000000000000000001", "0.00000000000000000000000000000000000001", false,
      false },
    { "0.000000000000000000000000000000000000001", "0", false, true },
    { "123456789012345678901234567890123456789", "", true, true },
    { "1e38", "", true, false },
    { "1e999999999999", "", true, false },
    { "1e-999999999999", "0", false, true },
    { "1.00000000000000000000000000000000000000000000", "1.0000000000000000000000000000000000000",
      false, false },
    { "1.00000000000000000000000000000000000000000001", "1.0000000000000000000000000000000000000",
      false, true },
    { "", NULL, false, false },
    { "-", NULL, false, false },
    { ".", NULL, false, false },
    { "1e", NULL, false, false },
    { "1e+", NULL, false, false },
    { "1.2.3", NULL, false, false },
    { "1 ", NULL, false, false },
    { "0x10", NULL, false, false },
    { "NaN", NULL, false, false },
    { "1,5", NULL, false, false },
};

static void numbers_are_read_exactly(void)
{
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct exact e;
        char text[48] = "";
        bool ok = exact_parse(span_of(cases[i].text), &e);
        CU_ASSERT_EQUAL(ok, cases[i].printed != NULL);
        if (!ok || cases[i].printed == NULL) {
            continue;
        }
        CU_ASSERT_EQUAL(e.is_over, cases[i].is_over);
        CU_ASSERT_EQUAL(e.is_cut, cases[i].is_cut);
        if (!e.is_over) {
            exact_print(&e, text);
            if (strcmp(text, cases[i].printed) != 0) {
                printf("    %s: %s\n", cases[i].text, text);
            }
            CU_ASSERT_STRING_EQUAL(text, cases[i].printed);
        }
    }
}

static void rescaling_keeps_or_says_what_it_loses(void)
{
    static const struct {
        const char *text;
        unsigned precision;
        int scale;
        bool fits, lost;
        uint64_t want;
    } scales[] = {
        { "12.50", 4, 2, true, false, 1250 },
        { "12.50", 3, 1, true, false, 125 },
        { "12.55", 3, 1, true, true, 125 },
        { "12.50", 2, 0, true, true, 12 },
        { "12.50", 1, 0, false, false, 0 },
        { "12", 4, 2, true, false, 1200 },
        { "12", 3, 2, false, false, 0 },
        { "0", 1, 0, true, false, 0 },
        { "1200", 2, -2, true, false, 12 },
        { "1234", 2, -2, true, true, 12 },
    };

    for (unsigned i = 0; i < sizeof(scales) / sizeof(scales[0]); i++) {
        struct exact e;
        uint128 got = 0;
        bool lost = false;
        CU_ASSERT_TRUE(exact_parse(span_of(scales[i].text), &e));
        CU_ASSERT_EQUAL(exact_rescale(&e, scales[i].precision, scales[i].scale, &got, &lost),
                        scales[i].fits);
        if (scales[i].fits) {
            CU_ASSERT(got == scales[i].want && lost == scales[i].lost);
        }
    }
}

static void the_extremes_of_64_bits_survive(void)
{
    char text[48];
    struct exact e = exact_of_i64(INT64_MIN);

    exact_print(&e, text);
    CU_ASSERT_STRING_EQUAL(text, "-9223372036854775808");
    e = exact_of_u64(UINT64_MAX);
    exact_print(&e, text);
    CU_ASSERT_STRING_EQUAL(text, "18446744073709551615");
}

static const struct unit_test tests[] = {
    { "numbers are read exactly", numbers_are_read_exactly },
    { "rescaling keeps or says what it loses", rescaling_keeps_or_says_what_it_loses },
    { "the extremes of 64 bits survive", the_extremes_of_64_bits_survive },
};

UNIT_MAIN("value/exact", tests)
