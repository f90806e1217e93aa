#include "base/arena.h"
#include "base/buf.h"
#include "base/secret.h"

#include "unit/unit.h"

static void a_buffer_stops_at_its_ceiling_and_keeps_its_content(void)
{
    struct buf b = { .ceiling = 8 };
    struct fault f = { 0 };

    CU_ASSERT(buf_add(&b, SPAN("12345"), &f));
    CU_ASSERT_FALSE(buf_add(&b, SPAN("6789"), &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_CEILING);
    SPAN_IS(buf_span(&b), "12345");
    CU_ASSERT(buf_add_format(&b, &f, "%d", 678));
    SPAN_IS(buf_span(&b), "12345678");
    buf_free(&b);
    CU_ASSERT_EQUAL(b.ceiling, 8);
}

static void a_secret_buffer_moves_without_leaving_its_content_behind(void)
{
    struct buf b = { .is_secret = true };

    for (unsigned i = 0; i < 2000; i++) {
        CU_ASSERT_FATAL(buf_add_byte(&b, 's', NULL));
    }
    CU_ASSERT_EQUAL(b.len, 2000);
    CU_ASSERT_EQUAL(b.at[2000], '\0');
    buf_clear(&b);
    CU_ASSERT_EQUAL(b.at[1999], '\0');
    buf_free(&b);
}

static void an_arena_hands_out_zeroed_aligned_memory(void)
{
    struct arena a = { 0 };

    for (unsigned round = 0; round < 3; round++) {
        for (size_t bytes = 1; bytes < 5000; bytes += 37) {
            char *at = arena_take(&a, bytes, NULL);
            CU_ASSERT_FATAL(at != NULL);
            CU_ASSERT_EQUAL((uintptr_t)at % 16, 0);
            CU_ASSERT(at[0] == 0 && at[bytes - 1] == 0);
            memset(at, 0xAA, bytes);
        }
        arena_reset(&a);
    }
    arena_free(&a);
}

static void an_arena_has_a_ceiling_and_guards_products(void)
{
    struct arena a = { .ceiling_bytes = 1000 };
    struct fault f = { 0 };

    CU_ASSERT_PTR_NULL(arena_take(&a, 1001, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_CEILING);
    CU_ASSERT_PTR_NULL(arena_take_array(&a, SIZE_MAX / 2, 3, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_MEMORY);
    arena_free(&a);
}

static void copies_keep_null_apart_from_empty(void)
{
    struct arena a = { 0 };
    struct span out = SPAN("x");

    CU_ASSERT(arena_copy(&a, NO_SPAN, &out, NULL) && span_is_null(out));
    CU_ASSERT(arena_copy(&a, SPAN(""), &out, NULL) && !span_is_null(out) && out.len == 0);
    CU_ASSERT(arena_copy(&a, SPAN("abc"), &out, NULL));
    CU_ASSERT_STRING_EQUAL(out.at, "abc");
    arena_free(&a);
}

static void secrets_compare_whole(void)
{
    CU_ASSERT(secret_equal(SPAN("abc"), SPAN("abc")));
    CU_ASSERT_FALSE(secret_equal(SPAN("abc"), SPAN("abd")));
    CU_ASSERT_FALSE(secret_equal(SPAN("abc"), SPAN("abcd")));
}

static const struct unit_test tests[] = {
    { "a buffer stops at its ceiling and keeps its content",
      a_buffer_stops_at_its_ceiling_and_keeps_its_content },
    { "a secret buffer moves without leaving its content behind",
      a_secret_buffer_moves_without_leaving_its_content_behind },
    { "an arena hands out zeroed, aligned memory", an_arena_hands_out_zeroed_aligned_memory },
    { "an arena has a ceiling and guards products", an_arena_has_a_ceiling_and_guards_products },
    { "copies keep NULL apart from empty", copies_keep_null_apart_from_empty },
    { "secrets compare whole", secrets_compare_whole },
};

UNIT_MAIN("base/memory", tests)
