/* The companion object, byte by byte. */
#include "unit/unit.h"

#include <stdlib.h>

#include "athena/athena.h"

/* The column message of `SELECT 1 AS n`, as measured. */
#define COLUMN_N \
    "\x22\x1d\x0a\x04hive\x22\x01n\x2a\x01n\x32\x07integer\x38\x0a\x40\x00\x48\x03\x50\x00"
#define TOP "\x0a\x1b" "20260101_000000_00000_abcde" "\x12\x00"

#define BYTES(text) ((struct span){ (text), sizeof(text) - 1 })

static void a_measured_object_is_read(void)
{
    struct arena a = { 0 };
    struct result_metadata m = { 0 };
    struct fault f = { 0 };

    CU_ASSERT_FATAL(athena_read_metadata(BYTES(TOP COLUMN_N), &a, &m, &f));
    CU_ASSERT_EQUAL_FATAL(m.columns.n, 1);
    SPAN_IS(m.columns.at[0].name, "n");
    SPAN_IS(m.columns.at[0].label, "n");
    SPAN_IS(m.columns.at[0].type, "integer");
    CU_ASSERT_EQUAL(m.columns.at[0].precision, 10);
    CU_ASSERT_FALSE(m.columns.at[0].is_case_sensitive);
    CU_ASSERT_FALSE(m.has_update_count);
    arena_free(&a);
}

static void counts_wide_numbers_and_unknown_fields_are_read(void)
{
    struct arena a = { 0 };
    struct result_metadata m = { 0 };
    struct fault f = { 0 };

    /* update count 300, an unknown varint, 64-bit, bytes and 32-bit field, a varchar of
       2147483647 */
    CU_ASSERT_FATAL(athena_read_metadata(
                        BYTES("\x0a\x01q\x12\x06INSERT\x18\xac\x02"
                              "\x78\x96\x01"
                              "\x79"
                              "12345678"
                              "\x7a\x02xx"
                              "\x7d"
                              "1234"
                              "\x22\x16\x22\x01v\x32\x07varchar\x38\xff\xff\xff\xff\x07\x50\x01"
                              "\x79\x00"),
                        &a, &m, &f) == false);
    CU_ASSERT_FATAL(athena_read_metadata(
        BYTES("\x0a\x01q\x12\x06INSERT\x18\xac\x02"
              "\x78\x96\x01"
              "\x79"
              "12345678"
              "\x7a\x02xx"
              "\x7d"
              "1234"
              "\x22\x14\x22\x01v\x32\x07varchar\x38\xff\xff\xff\xff\x07\x50\x01"),
        &a, &m, &f));
    CU_ASSERT(m.has_update_count);
    CU_ASSERT_EQUAL(m.update_count, 300);
    CU_ASSERT_EQUAL(m.columns.at[0].precision, 2147483647);
    CU_ASSERT(m.columns.at[0].is_case_sensitive);
    SPAN_IS(m.columns.at[0].label, "v");
    arena_free(&a);
}

static void every_truncation_is_refused_or_shorter(void)
{
    static const char whole[] = TOP COLUMN_N COLUMN_N;
    unsigned n_accepted = 0;

    for (size_t n = 0; n < sizeof(whole) - 1; n++) {
        struct arena a = { 0 };
        struct result_metadata m = { 0 };
        struct fault f = { 0 };
        /* of exactly this size, so that the sanitizer sees a byte too many */
        char *copy = malloc(n + 1);
        memcpy(copy, whole, n);
        bool ok = athena_read_metadata((struct span){ copy, n }, &a, &m, &f);
        n_accepted += ok;
        CU_ASSERT(ok ? m.columns.n < 2 : f.kind == FAULT_PROTOCOL);
        free(copy);
        arena_free(&a);
    }
    /* behind each of the two first fields, and behind the first column */
    CU_ASSERT_EQUAL(n_accepted, 3);
}

static void encrypted_companions_are_refused(void)
{
    static const char *const list[] = { "AWlkZmFzZGZh",
                                        "",
                                        "\x01\x02\x03",
                                        "\n\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
                                        "\n\x05"
                                        "ab",
                                        "\n\x01"
                                        "a\x23" };
    for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
        struct arena a = { 0 };
        struct result_metadata m = { 0 };
        struct fault f = { 0 };
        CU_ASSERT_FALSE(athena_read_metadata(span_of(list[i]), &a, &m, &f));
        CU_ASSERT_EQUAL(f.kind, FAULT_PROTOCOL);
        CU_ASSERT(m.columns.at == NULL);
        arena_free(&a);
    }
}

static const struct unit_test tests[] = {
    { "a measured object is read", a_measured_object_is_read },
    { "counts, wide numbers and unknown fields are read",
      counts_wide_numbers_and_unknown_fields_are_read },
    { "every truncation is refused or shorter", every_truncation_is_refused_or_shorter },
    { "encrypted companions are refused", encrypted_companions_are_refused },
};

UNIT_MAIN("athena/metadata", tests)
