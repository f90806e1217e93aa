/* JSON read in place. */
#include <stdlib.h>

#include "unit/unit.h"

#include "athena/page_scan.h"
#include "base/json.h"

/* A copy of exactly the text's size, so that the sanitizer sees a byte too many. */
static struct page_scan scan_of(const char *text, size_t n, char **memory)
{
    *memory = malloc(n > 0 ? n : 1);
    memcpy(*memory, text, n);
    return (struct page_scan){ *memory, *memory + n, false };
}

static void strings_are_unescaped_where_they_stand(void)
{
    static const struct {
        const char *json, *want;
    } cases[] = {
        { "\"\"", "" },
        { "\"plain\"", "plain" },
        { " \"a\\\"b\\\\c\\/d\\b\\f\\n\\r\\te\"", "a\"b\\c/d\b\f\n\r\te" },
        { "\"\\u0041\\u00e9\\u20AC\"", "A\xc3\xa9\xe2\x82\xac" },
        { "\"x\\ud83d\\ude00y\"", "x\xf0\x9f\x98\x80y" },
        { "\"\\ud83dz\"", "\xef\xbf\xbdz" },
        { "\"\\ude00\"", "\xef\xbf\xbd" },
        { "\"\xc3\xa9\"", "\xc3\xa9" },
        { "\"\\ud83d\\u0041\"", "\xef\xbf\xbd"
                                "A" },
        { "null", NULL },
        { "12", NULL },
        { "{\"a\":\"b\"}", NULL },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *memory;
        struct page_scan s = scan_of(cases[i].json, strlen(cases[i].json), &memory);
        SPAN_IS(page_scan_text(&s), cases[i].want);
        CU_ASSERT(page_scan_is_over(&s));
        free(memory);
    }
}

static void broken_strings_are_refused(void)
{
    static const char *const list[] = { "\"",        "\"a",         "\"\\",    "\"\\x\"",
                                        "\"\\u12\"", "\"\\u12g4\"", "\"a\\\"", "" };
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        char *memory;
        struct page_scan s = scan_of(list[i], strlen(list[i]), &memory);
        (void)page_scan_text(&s);
        CU_ASSERT(s.is_bad || !page_scan_is_over(&s));
        CU_ASSERT_FALSE(page_scan_is_over(&s));
        free(memory);
    }
}

static void any_value_can_be_stepped_over(void)
{
    static const struct {
        const char *json, *skipped;
    } cases[] = {
        { "[1,2]]", "[1,2]" },
        { " {\"a\":[\"}\\\"\",{}]},", "{\"a\":[\"}\\\"\",{}]}" },
        { "\"a\\\\\",", "\"a\\\\\"" },
        { "-1.5e3 ,", "-1.5e3 " },
        { "true}", "true" },
        { "\"]\"", "\"]\"" },
        { "[", NULL },
        { "[\"", NULL },
        { "{[}", NULL },
        { ",", NULL },
        { "", NULL },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *memory;
        struct page_scan s = scan_of(cases[i].json, strlen(cases[i].json), &memory);
        SPAN_IS(page_scan_skip(&s), cases[i].skipped);
        CU_ASSERT_EQUAL(s.is_bad, cases[i].skipped == NULL);
        free(memory);
    }
}

static void depth_costs_nothing(void)
{
    enum { DEEP = 200000 };
    char *text = malloc(2 * DEEP), *memory;

    memset(text, '[', DEEP);
    memset(text + DEEP, ']', DEEP);
    struct page_scan s = scan_of(text, 2 * DEEP, &memory);
    CU_ASSERT_EQUAL(page_scan_skip(&s).len, 2 * DEEP);
    free(memory);
    free(text);
}

/* Walks {"rows":[{"v":"x"},...],...} as the page reader does. */
static bool walk(struct page_scan *s, size_t *n)
{
    struct span name;

    if (!page_scan_open(s, '{')) {
        return false;
    }
    while (page_scan_member(s, &name)) {
        if (!span_equal(name, SPAN("rows"))) {
            page_scan_skip(s);
        } else if (page_scan_open(s, '[')) {
            while (page_scan_element(s)) {
                *n += !span_is_null(page_scan_text(s));
            }
        }
    }
    return page_scan_is_over(s);
}

static void every_truncation_ends_and_is_refused(void)
{
    static const char whole[] =
        "{\"skip\":[{\"a\":\"\\u00e9\"}],\"rows\":[\"a\",null,\"b\\n\",{\"x\":1}],\"z\":null}";

    for (size_t cut = 0; cut < sizeof(whole); cut++) {
        char *memory;
        size_t n = 0;
        bool is_whole = cut == sizeof(whole) - 1;
        struct page_scan s =
            scan_of(whole, cut < sizeof(whole) - 1 ? cut : sizeof(whole) - 1, &memory);
        CU_ASSERT_EQUAL(walk(&s, &n), is_whole);
        CU_ASSERT(!is_whole || n == 2);
        free(memory);
        if (is_whole) {
            break;
        }
    }
}

static void every_changed_byte_ends(void)
{
    static const char whole[] = "{\"rows\":[\"a\",null,\"\\ud83d\\ude00\"],\"z\":{\"y\":[1]}}";
    static const char bytes[] = "\"\\{}[],:u0n \x80";

    for (size_t at = 0; at < sizeof(whole) - 1; at++) {
        for (size_t k = 0; k < sizeof(bytes); k++) {
            char *memory;
            size_t n = 0;
            struct page_scan s = scan_of(whole, sizeof(whole) - 1, &memory);
            memory[at] = bytes[k];
            (void)walk(&s, &n);
            CU_ASSERT(n <= 3);
            free(memory);
        }
    }
}

static const struct unit_test tests[] = {
    { "strings are unescaped where they stand", strings_are_unescaped_where_they_stand },
    { "broken strings are refused", broken_strings_are_refused },
    { "any value can be stepped over", any_value_can_be_stepped_over },
    { "depth costs nothing", depth_costs_nothing },
    { "every truncation ends and is refused", every_truncation_ends_and_is_refused },
    { "every changed byte ends", every_changed_byte_ends },
};

UNIT_MAIN("athena/page_scan", tests)
