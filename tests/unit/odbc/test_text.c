/* Text at the border: both widths, both measures, both units of a wide character. */
#include "fake_spoke.h"

/* a, two bytes, three bytes, four bytes, z */
static const char bytes_of_all[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z";

static const struct {
    bool is_wide, is_bytes;
    enum wide_unit unit;
    SQLLEN room;
    SQLRETURN rc;
    int length;       /* as reported */
    const char *kept; /* as UTF-8 */
} puts_[] = {
    { false, false, WIDE_UTF16, 100, SQL_SUCCESS, 11, "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z" },
    { false, false, WIDE_UTF16, 12, SQL_SUCCESS, 11, "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z" },
    { false, false, WIDE_UTF16, 11, SQL_SUCCESS_WITH_INFO, 11,
      "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
    { false, false, WIDE_UTF16, 10, SQL_SUCCESS_WITH_INFO, 11, "a\xc3\xa4\xe2\x82\xac" },
    { false, true, WIDE_UTF16, 3, SQL_SUCCESS_WITH_INFO, 11, "a" },
    { false, true, WIDE_UTF16, 1, SQL_SUCCESS_WITH_INFO, 11, "" },
    { true, false, WIDE_UTF16, 7, SQL_SUCCESS, 6, "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z" },
    { true, false, WIDE_UTF16, 6, SQL_SUCCESS_WITH_INFO, 6,
      "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
    /* a pair is not cut in half */
    { true, false, WIDE_UTF16, 5, SQL_SUCCESS_WITH_INFO, 6, "a\xc3\xa4\xe2\x82\xac" },
    { true, true, WIDE_UTF16, 14, SQL_SUCCESS, 12, "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z" },
    /* an odd buffer */
    { true, true, WIDE_UTF16, 13, SQL_SUCCESS_WITH_INFO, 12,
      "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
    { true, true, WIDE_UTF16, 2, SQL_SUCCESS_WITH_INFO, 12, "" },
    { true, false, WIDE_UCS4, 6, SQL_SUCCESS, 5, "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z" },
    { true, false, WIDE_UCS4, 5, SQL_SUCCESS_WITH_INFO, 5,
      "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
    { true, true, WIDE_UCS4, 24, SQL_SUCCESS, 20, "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z" },
    { true, true, WIDE_UCS4, 23, SQL_SUCCESS_WITH_INFO, 20,
      "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
};

static void rooms_are_filled_and_measured(void)
{
    for (size_t i = 0; i < sizeof(puts_) / sizeof(puts_[0]); i++) {
        uint32_t space[32];
        char *at = (char *)space;
        SQLSMALLINT length16 = -1;
        SQLINTEGER length32 = -1;
        struct buf back = { 0 };
        struct fault f = { 0 };
        struct room r = { .at = at,
                          .room = puts_[i].room,
                          .is_wide = puts_[i].is_wide,
                          .is_bytes = puts_[i].is_bytes };

        memset(space, 0x55, sizeof(space));
        r.length16 = &length16;
        CU_ASSERT_EQUAL(room_write(puts_[i].unit, r, span_of(bytes_of_all)), puts_[i].rc);
        r.length16 = NULL;
        r.length32 = &length32;
        CU_ASSERT_EQUAL(room_write(puts_[i].unit, r, span_of(bytes_of_all)), puts_[i].rc);
        CU_ASSERT_EQUAL(length16, puts_[i].length);
        CU_ASSERT_EQUAL(length32, puts_[i].length);
        if (puts_[i].is_wide) {
            CU_ASSERT(buf_add(&back, SPAN(""), &f));
            CU_ASSERT(
                utf8_from_wide(at, wide_length(at, puts_[i].unit), puts_[i].unit, &back, NULL, &f));
            SPAN_IS(buf_span(&back), puts_[i].kept);
        } else {
            SPAN_IS(span_of(at), puts_[i].kept);
        }
        size_t bytes = (size_t)puts_[i].room *
                       (puts_[i].is_wide && !puts_[i].is_bytes ? (size_t)puts_[i].unit : 1);
        CU_ASSERT_EQUAL(at[bytes], 0x55); /* nothing is written behind the room */
        buf_free(&back);
    }
}

static void a_null_buffer_only_asks_for_the_length(void)
{
    SQLSMALLINT length = -1;

    CU_ASSERT_EQUAL(room_write(WIDE_UTF16, room_a(NULL, 0, &length), SPAN("abc")), SQL_SUCCESS);
    CU_ASSERT_EQUAL(length, 3);
    CU_ASSERT_EQUAL(room_write(WIDE_UTF16, room_bytes_w(NULL, 0, &length), SPAN("abc")),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(length, 6);
}

static void an_empty_buffer_holds_nothing_and_says_so(void)
{
    SQLCHAR byte = 'x';
    SQLSMALLINT length = -1;

    CU_ASSERT_EQUAL(room_write(WIDE_UTF16, room_a(&byte, 0, &length), SPAN("abc")),
                    SQL_SUCCESS_WITH_INFO);
    CU_ASSERT_EQUAL(length, 3);
    CU_ASSERT_EQUAL(byte, 'x');
    CU_ASSERT_EQUAL(room_write(WIDE_UTF16, room_a(&byte, -1, &length), SPAN("abc")), SQL_ERROR);
}

static void a_cut_text_leaves_01004_and_a_bad_length_HY090(void)
{
    SQLCHAR to[4];
    SQLSMALLINT length;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    CU_ASSERT_EQUAL(room_put(&world_dbc->handle, room_a(to, 4, &length), SPAN("abcdef")),
                    SQL_SUCCESS_WITH_INFO);
    STATE_IS(world_dbc, 1, "01004");
    TEXT_IS(to, "abc");
    diag_clear(&world_dbc->handle);
    CU_ASSERT_EQUAL(room_put(&world_dbc->handle, room_a(to, -2, &length), SPAN("abcdef")),
                    SQL_ERROR);
    STATE_IS(world_dbc, 1, "HY090");
    world_free();
}

static void incoming_text_is_read_in_every_width(void)
{
    static const uint16_t utf16[] = { 'a', 0x20ac, 0xd83d, 0xde00, 'z', 0 };
    static const uint32_t ucs4[] = { 'a', 0x20ac, 0x1f600, 'z', 0 };
    struct arena arena = { 0 };
    struct span s;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    CU_ASSERT(text_take(&world_dbc->handle, text_a((SQLCHAR *)(uintptr_t) "caf\xc3\xa9", SQL_NTS),
                        &arena, &s));
    SPAN_IS(s, "caf\xc3\xa9");
    CU_ASSERT(text_take(&world_dbc->handle, text_a((SQLCHAR *)(uintptr_t)"abcdef", 3), &arena, &s));
    SPAN_IS(s, "abc");
    CU_ASSERT(text_take(&world_dbc->handle, text_a(NULL, SQL_NTS), &arena, &s));
    CU_ASSERT(span_is_null(s));
    CU_ASSERT(text_take(&world_dbc->handle, text_a((SQLCHAR *)(uintptr_t)"", 0), &arena, &s));
    SPAN_IS(s, "");
    CU_ASSERT(
        text_take(&world_dbc->handle, text_w((SQLWCHAR *)(uintptr_t)utf16, SQL_NTS), &arena, &s));
    SPAN_IS(s, "a\xe2\x82\xac\xf0\x9f\x98\x80z");
    CU_ASSERT(
        text_take(&world_dbc->handle, text_bytes_w((SQLWCHAR *)(uintptr_t)utf16, 4), &arena, &s));
    SPAN_IS(s, "a\xe2\x82\xac");
    world_env->wide_unit = WIDE_UCS4;
    CU_ASSERT(
        text_take(&world_dbc->handle, text_w((SQLWCHAR *)(uintptr_t)ucs4, SQL_NTS), &arena, &s));
    SPAN_IS(s, "a\xe2\x82\xac\xf0\x9f\x98\x80z");
    CU_ASSERT(text_take(&world_dbc->handle, text_w((SQLWCHAR *)(uintptr_t)ucs4, 2), &arena, &s));
    SPAN_IS(s, "a\xe2\x82\xac");
    CU_ASSERT(
        text_take(&world_dbc->handle, text_bytes_w((SQLWCHAR *)(uintptr_t)ucs4, 4), &arena, &s));
    SPAN_IS(s, "a");
    STATE_IS(world_dbc, 1, "");
    arena_free(&arena);
    world_free();
}

static void broken_text_is_replaced_with_a_warning_and_bad_lengths_are_refused(void)
{
    static const uint16_t half[] = { 'a', 0xd83d, 'z', 0 };
    struct arena arena = { 0 };
    struct span s;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    CU_ASSERT(text_take(&world_dbc->handle,
                        text_a((SQLCHAR *)(uintptr_t) "a\xff"
                                                      "b\xc3",
                               SQL_NTS),
                        &arena, &s));
    SPAN_IS(s, "a\xef\xbf\xbd" "b\xef\xbf\xbd");
    STATE_IS(world_dbc, 1, "01000");
    CU_ASSERT_PTR_NOT_NULL(strstr(message_at(&world_dbc->handle, 1), "2 characters"));
    diag_clear(&world_dbc->handle);
    CU_ASSERT(
        text_take(&world_dbc->handle, text_w((SQLWCHAR *)(uintptr_t)half, SQL_NTS), &arena, &s));
    SPAN_IS(s, "a\xef\xbf\xbdz");
    STATE_IS(world_dbc, 1, "01000");
    diag_clear(&world_dbc->handle);
    CU_ASSERT_FALSE(
        text_take(&world_dbc->handle, text_a((SQLCHAR *)(uintptr_t) "abc", -7), &arena, &s));
    STATE_IS(world_dbc, 1, "HY090");
    arena_free(&arena);
    world_free();
}

static void the_width_of_a_linked_in_manager_is_read_off_the_first_wide_text(void)
{
    static const uint16_t utf16[] = { 'D', 'S', 'N', '=', 'x', 0 };
    static const uint32_t ucs4[] = { 'D', 'S', 'N', '=', 'x', 0 };
    struct text narrow = text_a((SQLCHAR *)(uintptr_t) "DSN=x", SQL_NTS),
                two = text_w((SQLWCHAR *)(uintptr_t)utf16, 5),
                four = text_w((SQLWCHAR *)(uintptr_t)ucs4, SQL_NTS);

    CU_ASSERT_EQUAL(text_guess_unit(&two), WIDE_UTF16);
    CU_ASSERT_EQUAL(text_guess_unit(&four), WIDE_UCS4);
    uint16_t *empty = calloc(1, sizeof(*empty)); /* nothing behind it may be read */
    struct text none = text_w((SQLWCHAR *)(void *)empty, SQL_NTS);
    CU_ASSERT_EQUAL(text_guess_unit(&none), WIDE_UTF16);
    free(empty);
    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    CU_ASSERT_FALSE(world_env->is_width_known);
    env_learn_width(world_env, &narrow);
    CU_ASSERT_FALSE(world_env->is_width_known);
    env_learn_width(world_env, &four);
    CU_ASSERT_EQUAL(world_env->wide_unit, WIDE_UCS4);
    env_learn_width(world_env, &two); /* once known it stays */
    CU_ASSERT_EQUAL(world_env->wide_unit, WIDE_UCS4);
    world_free();
}

static const struct unit_test tests[] = {
    { "rooms are filled and measured in every width and unit", rooms_are_filled_and_measured },
    { "a null buffer only asks for the length", a_null_buffer_only_asks_for_the_length },
    { "an empty buffer holds nothing and says so", an_empty_buffer_holds_nothing_and_says_so },
    { "a cut text leaves 01004 and a bad length HY090",
      a_cut_text_leaves_01004_and_a_bad_length_HY090 },
    { "incoming text is read in every width", incoming_text_is_read_in_every_width },
    { "the width of a linked-in manager is read off the first wide text",
      the_width_of_a_linked_in_manager_is_read_off_the_first_wide_text },
    { "broken text is replaced with a warning, bad lengths are refused",
      broken_text_is_replaced_with_a_warning_and_bad_lengths_are_refused },
};

UNIT_MAIN("odbc/text", tests)
