/* Names and search patterns. */
#include "catalog/pattern.h"
#include "unit.h"

static const struct {
    const char *pattern, *name;
    bool matches;
} cases[] = {
    { "%", "anything", true },
    { "", "anything", true },
    { NULL, "anything", true },
    { "abc", "ABC", true },
    { "abc", "abcd", false },
    { "a%", "abc", true },
    { "a%", "ba", false },
    { "%c", "abc", true },
    { "%b%", "abc", true },
    { "a_c", "abc", true },
    { "a_c", "ac", false },
    { "a_c",
      "a\xc3\xa9"
      "c",
      true },
    { "a\\_c", "a_c", true },
    { "a\\_c", "abc", false },
    { "100\\%", "100%", true },
    { "100\\%", "1000", false },
    { "a\\\\b", "a\\b", true },
    { "a\\b", "a\\b", true },
    { "%%", "", true },
    { "_%", "", false },
    { "_%", "x", true },
    { "%a%a%b", "aaab", true },
    { "%a%a%b", "aba", false },
    { "a.c", "abc", false },
    { "t+$[1]", "T+$[1]", true },
    { "%aaaaaaaab", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", true },
    { "%\\%", "50%", true },
    { "%\\%", "50", false },
    { "_", "\xf0\x9f\x98\x80", true },
    { "x%\xc3\xbc", "x1\xc3\xbc", true },
};

static void patterns_match_as_the_standard_says(void)
{
    struct arena arena = { 0 };
    struct fault f;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pattern p;
        CU_ASSERT_TRUE(pattern_parse(span_of(cases[i].pattern), &arena, &p, &f));
        if (pattern_matches(&p, span_of(cases[i].name)) != cases[i].matches)
            printf("    %s ~ %s\n", cases[i].pattern, cases[i].name);
        CU_ASSERT_EQUAL(pattern_matches(&p, span_of(cases[i].name)), cases[i].matches);
    }
    arena_free(&arena);
}

static void a_hostile_pattern_ends_soon(void)
{
    char pattern[400], name[20001];
    struct arena arena = { 0 };
    struct pattern p;
    struct fault f;

    for (size_t i = 0; i + 1 < sizeof(pattern); i += 2) {
        pattern[i] = '%';
        pattern[i + 1] = 'a';
    }
    pattern[398] = 'b';
    pattern[399] = '\0';
    memset(name, 'a', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    CU_ASSERT_TRUE(pattern_parse(span_of(pattern), &arena, &p, &f));
    CU_ASSERT_FALSE(pattern_matches(&p, span_of(name)));
    arena_free(&arena);
}

static const struct {
    const char *pattern;
    int kind;
    const char *prefix, *expression;
} kinds[] = {
    { "orders", PATTERN_EXACT, "orders", "" },
    { "Ord%", PATTERN_LIKE, "Ord", "ord.*" },
    { "my\\_t", PATTERN_EXACT, "my_t", "" },
    { "my_t", PATTERN_LIKE, "my", "my.t" },
    { "T_0_%", PATTERN_LIKE, "T", "t.0..*" },
    { "a\\_b_c", PATTERN_LIKE, "a_b", "a_b.c" },
    { "a%b.c_d", PATTERN_LIKE, "a", "a.*b.*" },
    { "\xc3\xa4_b", PATTERN_LIKE, "\xc3\xa4", "" },
    { "%x", PATTERN_LIKE, "", "" },
    { "a.b%", PATTERN_LIKE, "a.b", "a.*" },
    { "%", PATTERN_ANY, "", "" },
    { "a\\%b%", PATTERN_LIKE, "a%b", "a.*" },
};

static void exact_names_and_prefixes_are_recognised(void)
{
    struct arena arena = { 0 };
    struct fault f;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct buf b = { 0 };
        struct pattern p;
        CU_ASSERT_TRUE(pattern_parse(span_of(kinds[i].pattern), &arena, &p, &f));
        CU_ASSERT_EQUAL((int)p.kind, kinds[i].kind);
        SPAN_IS(p.prefix, kinds[i].prefix);
        CU_ASSERT_TRUE(pattern_expression(&p, 200, &b, &f));
        SPAN_IS(buf_span(&b), kinds[i].expression);
        buf_free(&b);
    }
    arena_free(&arena);
}

static const struct {
    const char *text, *name;
} identifiers[] = {
    { "Orders  ", "Orders" }, { "\"My Table\"", "My Table" },
    { "\"a\"\"b\"", "a\"b" }, { "100%", "100%" },
    { "a_b", "a_b" },
};

static void identifiers_are_taken_by_the_letter(void)
{
    struct arena arena = { 0 };
    struct fault f;

    for (size_t i = 0; i < sizeof(identifiers) / sizeof(identifiers[0]); i++) {
        struct pattern p;
        CU_ASSERT_TRUE(pattern_identifier(span_of(identifiers[i].text), &arena, &p, &f));
        CU_ASSERT_EQUAL(p.kind, PATTERN_EXACT);
        SPAN_IS(p.text, identifiers[i].name);
    }
    arena_free(&arena);
}

static const struct {
    const char *a, *b;
    bool is_same;
} spellings[] = {
    { "orders", "ORDERS", true },
    { "orders", "order", false },
    { "na\xc3\x8fve", "NA\xc3\xafVE", true }, /* the case of a letter beyond ASCII */
    { "na\xc3\x8f", "na", false },
    { "a\xc3\x8f" "b", "ab\xc3\x8f", false },
    { "", "", true },
};

static void spellings_of_one_name_are_told_from_other_names(void)
{
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
        CU_ASSERT_EQUAL(
            pattern_is_same_name(span_of(spellings[i].a), span_of(spellings[i].b)),
            spellings[i].is_same);
}

static const struct unit_test tests[] = {
    { "spellings of one name are told from other names",
      spellings_of_one_name_are_told_from_other_names },
    { "patterns match as the standard says", patterns_match_as_the_standard_says },
    { "a hostile pattern ends soon", a_hostile_pattern_ends_soon },
    { "exact names and prefixes are recognised", exact_names_and_prefixes_are_recognised },
    { "identifiers are taken by the letter", identifiers_are_taken_by_the_letter },
};

UNIT_MAIN("catalog/pattern", tests)
