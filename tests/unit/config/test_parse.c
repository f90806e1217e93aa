/* Connection strings read and written; a round trip must give every value back. */
#include "config/parse.h"
#include "unit/unit.h"

static void a_round_trip_gives_every_value_back(void)
{
    static const char *const values[] = {
        "",    "a",   " a",  "a ",    "{",         "}",      "}}",
        "{}",  "a;b", "a=b", "a}b{c", "p@ss!word", "日本;é", "{\"a\":{\"b\":[1,2]}}",
        ";;;", "a\tb"
    };
    struct arena arena = { .blocks = NULL };
    struct buf out = { .ceiling = 4096 };
    struct fault f = { .kind = FAULT_NONE };

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        CU_ASSERT_FATAL(pair_print(SPAN("Key"), span_of(values[i]), &out, &f));
    }
    struct span rest = buf_span(&out);
    struct pair p;

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        CU_ASSERT_EQUAL_FATAL(pair_next(&rest, &arena, &p, &f), PAIR_GOT);
        SPAN_IS(p.key, "Key");
        SPAN_IS(p.value, values[i]);
    }
    CU_ASSERT_EQUAL(pair_next(&rest, &arena, &p, &f), PAIR_END);
    buf_free(&out);
    arena_free(&arena);
}

static void a_fault_names_the_key_and_never_the_value(void)
{
    static const char *const broken[] = { "PWD={hunter2", "PWD={hunter2}x", "hunter2key" };

    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        struct span rest = span_of(broken[i]);
        struct fault f = { .kind = FAULT_NONE };
        struct pair p;

        CU_ASSERT_EQUAL(pair_next(&rest, NULL, &p, &f), PAIR_BROKEN);
        CU_ASSERT_EQUAL(f.kind, FAULT_SETTING);
        CU_ASSERT_PTR_NULL(i < 2 ? strstr(f.text, "hunter2") : NULL);
        CU_ASSERT_PTR_NOT_NULL(strstr(f.text, i < 2 ? "PWD" : "="));
    }
}

static void a_very_long_key_is_refused(void)
{
    char text[400];
    struct fault f = { .kind = FAULT_NONE };
    struct pair p;

    memset(text, 'k', sizeof(text));
    memcpy(text + sizeof(text) - 3, "=x", 3);
    struct span rest = span_of(text);

    CU_ASSERT_EQUAL(pair_next(&rest, NULL, &p, &f), PAIR_BROKEN);
}

static const struct unit_test tests[] = {
    { "a round trip gives every value back", a_round_trip_gives_every_value_back },
    { "a fault names the key and never the value", a_fault_names_the_key_and_never_the_value },
    { "a very long key is refused", a_very_long_key_is_refused },
};
UNIT_MAIN("config parse", tests)
