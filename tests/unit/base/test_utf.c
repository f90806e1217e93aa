#include "base/utf.h"

#include "unit/unit.h"

static void bad_bytes_become_one_replacement_per_subpart(void)
{
    /* The Unicode standard's example: 61 F1 80 80 E1 80 C2 62 80 63 80 BF 64. */
    struct span s = SPAN("\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64");
    static const uint32_t want[] = { 0x61,   0xFFFD, 0xFFFD, 0xFFFD, 0x62,
                                     0xFFFD, 0x63,   0xFFFD, 0xFFFD, 0x64 };
    size_t at = 0;
    unsigned n = 0;

    while (at < s.len) {
        CU_ASSERT_FATAL(n < 10);
        CU_ASSERT_EQUAL(utf8_next(s, &at), want[n++]);
    }
    CU_ASSERT_EQUAL(n, 10);
    CU_ASSERT_FALSE(utf8_is_valid(s));
    CU_ASSERT_FALSE(utf8_is_valid(SPAN("\xED\xA0\x80"))); /* a surrogate */
    CU_ASSERT_FALSE(utf8_is_valid(SPAN("\xC0\x80")));     /* overlong */
    CU_ASSERT(utf8_is_valid(SPAN("gr\xC3\xBC\xC3\x9F \xF0\x9F\x8E\x89")));
}

static void surrogate_pairs_are_never_halved(void)
{
    uint16_t wide[4] = { 0 };
    size_t used = 0;

    CU_ASSERT_EQUAL(utf8_to_wide(SPAN("a\xF0\x9F\x8E\x89z"), wide, 2, WIDE_UTF16, &used), 1);
    CU_ASSERT_EQUAL(used, 1);
    CU_ASSERT_EQUAL(utf8_to_wide(SPAN("a\xF0\x9F\x8E\x89z"), wide, 4, WIDE_UTF16, &used), 4);
    CU_ASSERT(wide[1] == 0xD83C && wide[2] == 0xDF89 && wide[3] == 'z');
    CU_ASSERT_EQUAL(utf8_wide_units(SPAN("a\xF0\x9F\x8E\x89"), WIDE_UTF16), 3);
    CU_ASSERT_EQUAL(utf8_wide_units(SPAN("a\xF0\x9F\x8E\x89"), WIDE_UCS4), 2);
}

static void wide_text_comes_back_as_utf8(void)
{
    static const uint16_t narrow[] = { 'g', 0xFC, 0xD83C, 0xDF89, 0xD800, 'x', 0 };
    static const uint32_t broad[] = { 'g', 0xFC, 0x1F389, 0x110000, 0 };
    struct buf out = { 0 };
    size_t replaced = 0;

    CU_ASSERT(
        utf8_from_wide(narrow, wide_length(narrow, WIDE_UTF16), WIDE_UTF16, &out, &replaced, NULL));
    SPAN_IS(buf_span(&out), "g\xC3\xBC\xF0\x9F\x8E\x89\xEF\xBF\xBDx");
    CU_ASSERT_EQUAL(replaced, 1);
    buf_clear(&out);
    CU_ASSERT(
        utf8_from_wide(broad, wide_length(broad, WIDE_UCS4), WIDE_UCS4, &out, &replaced, NULL));
    SPAN_IS(buf_span(&out), "g\xC3\xBC\xF0\x9F\x8E\x89\xEF\xBF\xBD");
    CU_ASSERT_EQUAL(replaced, 1);
    buf_free(&out);
}

static void cutting_keeps_whole_characters(void)
{
    struct span s = SPAN("\xE2\x82\xAC\xE2\x82\xAC");

    CU_ASSERT_EQUAL(utf8_cut(s, 5), 3);
    CU_ASSERT_EQUAL(utf8_cut(s, 3), 3);
    CU_ASSERT_EQUAL(utf8_cut(s, 2), 0);
    CU_ASSERT_EQUAL(utf8_cut(s, 60), 6);
    CU_ASSERT_EQUAL(utf8_count(s), 2);
}

static const struct unit_test tests[] = {
    { "bad bytes become one replacement per maximal subpart",
      bad_bytes_become_one_replacement_per_subpart },
    { "surrogate pairs are never halved", surrogate_pairs_are_never_halved },
    { "wide text comes back as UTF-8", wide_text_comes_back_as_utf8 },
    { "cutting keeps whole characters", cutting_keeps_whole_characters },
};

UNIT_MAIN("base/utf", tests)
