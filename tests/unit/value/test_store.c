/* The short ways of numbers: the same answer as the long way for every shape of text. */
#include <stdlib.h>

#include "unit.h"
#include "value/waist.h"

static struct value_plan plan(const char *type, SQLSMALLINT c_type)
{
    struct value_type t;
    struct value_plan p = { .c_type = 0 };
    struct value_options options = { .wide_unit = WIDE_UTF16 };

    value_type_parse(span_of(type), 0, 0, &t);
    CU_ASSERT_EQUAL(value_plan_build(&t, c_type, &options, &p), VALUE_OK);
    return p;
}

static void short_integers_agree_with_long_ones(void)
{
    struct value_plan p = plan("bigint", SQL_C_SBIGINT), small = plan("bigint", SQL_C_SLONG);
    uint64_t seed = 1;

    for (unsigned i = 0; i < 20000; i++) {
        char text[32];
        int64_t fast = 0, slow = 0;
        int32_t fast32 = 0, slow32 = 0;
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        snprintf(text, sizeof(text), "%lld",
                 (long long)(int64_t)(seed >> (seed % 64)) * (i % 2 == 0 ? 1 : -1));
        struct span cell = span_of(text);
        CU_ASSERT_EQUAL(store_i64(&p, cell, &fast, 0, NULL),
                        store_integer(&p, cell, &slow, 0, NULL));
        CU_ASSERT(fast == slow && fast == strtoll(text, NULL, 10));
        CU_ASSERT_EQUAL(store_i32(&small, cell, &fast32, 0, NULL),
                        store_integer(&small, cell, &slow32, 0, NULL));
        CU_ASSERT_EQUAL(fast32, slow32);
    }
}

static void what_is_no_integer_is_refused_at_every_length(void)
{
    struct value_plan p = plan("bigint", SQL_C_SBIGINT);

    for (unsigned len = 1; len < 18; len++) {
        for (unsigned at = 0; at < len; at++) {
            static const char bad[] = { '/', ':', ' ', 'a', '\x80', '\xff', '\0', ';', '&' };
            for (unsigned b = 0; b < sizeof(bad); b++) {
                char text[20];
                int64_t got = 77;
                memset(text, '5', sizeof(text));
                text[at] = bad[b];
                CU_ASSERT_EQUAL(store_i64(&p, (struct span){ text, len }, &got, 0, NULL),
                                VALUE_BAD_TEXT);
                CU_ASSERT_EQUAL(got, 77);
            }
        }
    }
}

static void buffers_need_no_alignment(void)
{
    struct value_plan p = plan("bigint", SQL_C_SBIGINT),
        t = plan("timestamp", SQL_C_TYPE_TIMESTAMP);
    char data[32];
    int64_t got = 0;
    SQL_TIMESTAMP_STRUCT stamp;

    CU_ASSERT_EQUAL(value_store(&p, SPAN("-5"), data + 1, 0, NULL, NULL), VALUE_OK);
    memcpy(&got, data + 1, 8);
    CU_ASSERT_EQUAL(got, -5);
    CU_ASSERT_EQUAL(value_store(&t, SPAN("2024-01-31 01:02:03.004"), data + 3, 0, NULL, NULL),
                    VALUE_OK);
    memcpy(&stamp, data + 3, sizeof(stamp));
    CU_ASSERT(stamp.second == 3 && stamp.fraction == 4000000);
}

static const struct unit_test tests[] = {
    { "short integers agree with long ones", short_integers_agree_with_long_ones },
    { "what is no integer is refused at every length",
      what_is_no_integer_is_refused_at_every_length },
    { "buffers need no alignment", buffers_need_no_alignment },
};

UNIT_MAIN("value/store", tests)
