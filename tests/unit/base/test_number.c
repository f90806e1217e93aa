#include "base/number.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "unit/unit.h"

static void integers_keep_their_limits(void)
{
    static const struct {
        const char *text;
        bool ok;
        int64_t value;
    } cases[] = {
        { "0", true, 0 },
        { "-0", true, 0 },
        { "+7", true, 7 },
        { "9223372036854775807", true, INT64_MAX },
        { "-9223372036854775808", true, INT64_MIN },
        { "9223372036854775808", false, 0 },
        { "-9223372036854775809", false, 0 },
        { "", false, 0 },
        { "-", false, 0 },
        { "1 ", false, 0 },
        { "0x1", false, 0 },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t value = -1;
        bool ok = number_parse_i64(span_of(cases[i].text), &value);
        CU_ASSERT_EQUAL(ok, cases[i].ok);
        CU_ASSERT(!ok || value == cases[i].value);
    }
}

static void check_double(const char *text)
{
    double got = 0;
    bool ok = number_parse_double(span_of(text), &got);
    double want = strtod(text, NULL);

    if (!ok || memcmp(&got, &want, sizeof(got)) != 0) {
        printf("    \"%s\": got %.17g, want %.17g\n", text, got, want);
    }
    CU_ASSERT(ok && memcmp(&got, &want, sizeof(got)) == 0);
}

static void doubles_are_rounded_as_the_c_library_rounds_them(void)
{
    static const char *const texts[] = {
        "0.0",
        "-0.0",
        "1.5",
        "100.0",
        "1.0E20",
        "1.0E-7",
        "1.23456789E7",
        "0.1",
        "2.2250738585072014E-308",
        "4.9E-324",
        "1.7976931348623157E308",
        "2.2250738585072011e-308",
        "9007199254740993",
        "9007199254740992.5",
        "179769313486231580793e289",
        "123456789012345678901234567890",
        "1e400",
        "1e-400",
        "0.000001e-320",
        "6.631236846766476e-316",
        "3.2378839133029012895883524125015321748630094388e-319",
        "7.2057594037927933e16",
        "8.988465674311580536e307",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        check_double(texts[i]);
    }
}

static void random_doubles_read_back_as_they_were_printed(void)
{
    uint64_t state = 88172645463325252u;

    for (unsigned i = 0; i < 200000; i++) {
        char text[64];
        double value = 0;
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        memcpy(&value, &state, sizeof(value));
        if (isnan(value) || isinf(value)) {
            continue;
        }
        snprintf(text, sizeof(text), "%.*e", (int)(state % 21), value);
        double got = 0, want = strtod(text, NULL);
        if (!number_parse_double(span_of(text), &got) || memcmp(&got, &want, sizeof(got)) != 0) {
            check_double(text);
            return;
        }
    }
}

static void printing_gives_the_shortest_text_that_reads_back(void)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        { 0.1, "0.1" },
        { 10.8, "10.8" },
        { -1500, "-1500" },
        { 0, "0" },
        { -0.0, "-0" },
        { 0.1 + 0.2, "0.30000000000000004" },
        { 1.0 / 3, "0.3333333333333333" },
        { 123456.789, "123456.789" },
        { 9007199254740993.0, "9007199254740992" },
        { 0.0000001, "0.0000001" },
        { 0.00000001, "1e-08" },
        { 1e20, "100000000000000000000" },
        { 1e21, "1e+21" },
        { 1e23, "1e+23" },
        { 5e-324, "5e-324" },
        { 2.2250738585072014e-308, "2.2250738585072014e-308" },
        { 1.7976931348623157e308, "1.7976931348623157e+308" },
        { 9.5367431640625e-07, "0.00000095367431640625" },
        { 5.684341886080802e-14, "5.684341886080802e-14" },
        { INFINITY, "Infinity" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[40];
        double again = 0;
        unsigned len = number_print_double(cases[i].value, text, sizeof(text));
        SPAN_IS(((struct span){ text, len }), cases[i].text);
        CU_ASSERT(number_parse_double(span_of(text), &again) && again == cases[i].value);
    }
}

/* Powers of two are where the nearest text of a length may fail and its neighbour still mean the
   number. */
static void no_shorter_text_means_the_same_number(void)
{
    for (int exponent = -1074; exponent < 1024; exponent++) {
        double value = ldexp(1, exponent), again = 0;
        char digits[NUMBER_DIGITS_MAX], text[40];
        int power = 0;
        int n = (int)number_shortest(value, digits, &power);
        snprintf(text, sizeof(text), "%.*se%d", n, digits, power - n + 1);
        CU_ASSERT(number_parse_double(span_of(text), &again) && again == value);
        for (int length = 1; length < n; length++) {
            snprintf(text, sizeof(text), "%.*e", length - 1, value);
            CU_ASSERT_FALSE(number_parse_double(span_of(text), &again) && again == value);
        }
    }
}

static void words_that_java_prints_are_numbers(void)
{
    double value = 0;

    CU_ASSERT(number_parse_double(SPAN("NaN"), &value) && isnan(value));
    CU_ASSERT(number_parse_double(SPAN("Infinity"), &value) && isinf(value) && value > 0);
    CU_ASSERT(number_parse_double(SPAN("-Infinity"), &value) && isinf(value) && value < 0);
    CU_ASSERT_FALSE(number_parse_double(SPAN("inf"), &value));
    CU_ASSERT_FALSE(number_parse_double(SPAN("1,5"), &value));
    CU_ASSERT_FALSE(number_parse_double(SPAN("1.5x"), &value));
    CU_ASSERT_FALSE(number_parse_double(SPAN("."), &value));
    CU_ASSERT_FALSE(number_parse_double(SPAN("1e"), &value));
}

static void flags_have_eight_spellings(void)
{
    bool flag = false;

    CU_ASSERT(number_parse_flag(SPAN("TRUE"), &flag) && flag);
    CU_ASSERT(number_parse_flag(SPAN("off"), &flag) && !flag);
    CU_ASSERT_FALSE(number_parse_flag(SPAN("2"), &flag));
    CU_ASSERT_FALSE(number_parse_flag(SPAN(""), &flag));
}

static void digits_and_exponent_make_the_double_of_their_text(void)
{
    uint64_t seed = 3;
    unsigned n_made = 0;

    for (unsigned i = 0; i < 20000; i++) {
        char text[48];
        double made = -1, parsed = -2;
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        uint64_t digits = seed >> (seed % 60);
        int exponent = (int)(seed >> 33) % 330;
        exponent = i % 2 == 0 ? exponent : -exponent;
        int len = snprintf(text, sizeof(text), "%lluE%d", (unsigned long long)digits, exponent);
        if (number_make_double(digits, exponent, &made)) {
            CU_ASSERT(number_parse_double((struct span){ text, (size_t)len }, &parsed));
            CU_ASSERT(made == strtod(text, NULL) && made == parsed);
            n_made++;
        }
    }
    CU_ASSERT(n_made > 10000);
    double zero = 1;
    CU_ASSERT(number_make_double(0, 5000, &zero) && zero == 0);
    CU_ASSERT_FALSE(number_make_double(1, 400, &zero));
}

static const struct unit_test tests[] = {
    { "integers keep their limits", integers_keep_their_limits },
    { "doubles are rounded as the C library rounds them",
      doubles_are_rounded_as_the_c_library_rounds_them },
    { "random doubles read back as they were printed",
      random_doubles_read_back_as_they_were_printed },
    { "printing gives the shortest text that reads back",
      printing_gives_the_shortest_text_that_reads_back },
    { "no shorter text means the same number", no_shorter_text_means_the_same_number },
    { "words that Java prints are numbers", words_that_java_prints_are_numbers },
    { "digits and exponent make the double of their text",
      digits_and_exponent_make_the_double_of_their_text },
    { "flags have eight spellings", flags_have_eight_spellings },
};

UNIT_MAIN("base/number", tests)
