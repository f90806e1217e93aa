/* The lexer: every byte belongs to one token, quotes and comments hide what is in them. */
#include "sql/lexer.h"
#include "unit/unit.h"

/* One letter a token: B blank, L line comment, C block comment, T text, Q quoted, W word, N number,
   M marker, S sign; small when not closed. */
static void kinds_of(const char *text, bool has_backslash, char *to)
{
    static const char letters[] = "EBLCTQWNMS";
    struct lexer l = { .text = span_of(text), .has_backslash = has_backslash };
    struct token t;
    size_t covered = 0;

    while ((t = lexer_next(&l)).kind != TOKEN_END) {
        CU_ASSERT_EQUAL(t.from, covered);
        CU_ASSERT(t.text.len > 0);
        covered += t.text.len;
        *to++ = t.is_closed ? letters[t.kind] : ascii_lower(letters[t.kind]);
    }
    *to = 0;
    CU_ASSERT_EQUAL(covered, strlen(text));
}

static const struct {
    const char *text, *kinds;
    bool has_backslash;
} cases[] = {
    { "", "", false },
    { "SELECT 1", "WBN", false },
    { "'it''s'?", "TM", false },
    { "'a\\'?", "TM", false },
    { "'a\\'?'", "T", true },
    { "\"a\\\"?\"", "Q", true },
    { "`a\\`?", "QM", true },
    { "\"a\"\"b\"?", "QM", false },
    { "`a``b`?", "QM", false },
    { "--a?\n?", "LBM", false },
    { "--a", "L", false },
    { "--a?\r?\r\n?", "LBMBM", false },
    { "/*?*/?", "CM", false },
    { "/*/*/?", "CM", false },
    { "/*?", "c", false },
    { "/*/", "c", false },
    { "'?", "t", false },
    { "\"?", "q", false },
    { "U&'\\0041' X'00'", "WSTBWT", false },
    { "1.5e-3+1", "NSN", false },
    { ".5 a.b", "NBWSW", false },
    { "1e5-2", "NSN", false },
    { "a-b->c", "WSWSSW", false },
    { "été = 日本", "WBSBW", false },
    { "$x @y _z", "WBWBW", false },
    { "{}[](),;", "SSSSSSSS", false },
    { "a?b", "WMW", false },
    { "\x01\x7f", "SS", false },
};

static void every_byte_belongs_to_a_token(void)
{
    char kinds[256];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        kinds_of(cases[i].text, cases[i].has_backslash, kinds);
        if (strcmp(kinds, cases[i].kinds) != 0) {
            printf("    %s: got %s, want %s\n", cases[i].text, kinds, cases[i].kinds);
        }
        CU_ASSERT_STRING_EQUAL(kinds, cases[i].kinds);
    }
}

static unsigned markers_in(const char *text)
{
    struct lexer l = { .text = span_of(text) };
    struct token t;
    unsigned n = 0;

    while ((t = lexer_next(&l)).kind != TOKEN_END) {
        n += t.kind == TOKEN_MARKER;
    }
    return n;
}

static void quantifiers_of_row_patterns_are_no_markers(void)
{
    CU_ASSERT_EQUAL(
        markers_in("SELECT ? FROM t MATCH_RECOGNIZE (PATTERN (A? (B?? C*)?) DEFINE A AS x > ?)"),
        2);
    CU_ASSERT_EQUAL(markers_in("SELECT sum(x) OVER (ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING "
                               "PATTERN (A?) DEFINE A AS x = ?)"),
                    1);
    CU_ASSERT_EQUAL(markers_in("SELECT pattern(?) FROM t"), 1);
    CU_ASSERT_EQUAL(markers_in("SELECT '?' \"?\" -- ?\n /* ? */ ?"), 1);
}

static void blanks_and_comments_are_skipped_on_request(void)
{
    struct lexer l = { .text = SPAN(" /* a */ -- b\n\tword") };
    struct token t = lexer_next_word(&l);

    CU_ASSERT(token_is_word(&t, "WORD"));
    t = lexer_next_word(&l);
    CU_ASSERT_EQUAL(t.kind, TOKEN_END);
}

static const struct unit_test tests[] = {
    { "every byte belongs to one token", every_byte_belongs_to_a_token },
    { "quantifiers of row patterns are no markers", quantifiers_of_row_patterns_are_no_markers },
    { "blanks and comments are skipped on request", blanks_and_comments_are_skipped_on_request },
};
UNIT_MAIN("sql lexer", tests)
