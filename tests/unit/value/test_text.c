/* Character buffers of every length: never a byte behind the end, never half a pair, always a
   terminator, always the true length. */
#include "unit.h"
#include "value/waist.h"

enum { ROOM_MAX = 200 };

static const char *const texts[] = { "", "a", "abcdefghijklmnopqrstuvwxyz0123456789",
                                     "h\xc3\xa9llo w\xc3\xb6rld and some more to pass sixteen",
                                     "\xf0\x9f\x98\x80", "a\xf0\x9f\x98\x80z\xf0\x9f\x98\x80",
                                     "exactly sixteen!\xe2\x82\xac", "bad \xff\xc3 bytes" };
enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };

static void wide_text_is_cut_between_characters(void)
{
    for (unsigned unit = 2; unit <= 4; unit += 2) {
        struct value_plan p = { .wide_unit = (enum wide_unit)unit };
        for (unsigned i = 0; i < TEXTS; i++) {
            struct span text = span_of(texts[i]);
            uint32_t whole[ROOM_MAX];
            size_t n_units = utf8_to_wide(text, whole, ROOM_MAX, (enum wide_unit)unit, NULL);
            for (SQLLEN room = 0; room < ROOM_MAX; room++) {
                _Alignas(4) unsigned char data[ROOM_MAX + 8];
                SQLLEN length = -1;
                memset(data, 0xAA, sizeof(data));
                enum value_outcome outcome = store_text_wide(&p, text, data, room, &length);
                bool fits = (size_t)room >= (n_units + 1) * unit;
                CU_ASSERT_EQUAL(outcome, fits ? VALUE_OK : VALUE_TRUNCATED);
                CU_ASSERT_EQUAL(length, (SQLLEN)(n_units * unit));
                CU_ASSERT_EQUAL(data[room], 0xAA);
                if ((size_t)room < unit) {
                    continue;
                }
                size_t got = wide_length(data, (enum wide_unit)unit);
                CU_ASSERT((got + 1) * unit <= (size_t)room && memcmp(data, whole, got * unit) == 0);
                uint16_t last = 0;
                if (unit == 2 && got > 0) {
                    memcpy(&last, data + (got - 1) * 2, 2);
                }
                CU_ASSERT_FALSE(last >= 0xD800 && last <= 0xDBFF);
            }
        }
    }
}

static void narrow_text_is_cut_between_characters(void)
{
    struct value_plan p = { .wide_unit = WIDE_UTF16 };

    for (unsigned i = 0; i < TEXTS; i++) {
        struct span text = span_of(texts[i]);
        for (SQLLEN room = 0; room < 100; room++) {
            char data[128];
            SQLLEN length = -1;
            memset(data, 0x55, sizeof(data));
            enum value_outcome outcome = store_text_char(&p, text, data, room, &length);
            CU_ASSERT_EQUAL(outcome, (SQLLEN)text.len < room ? VALUE_OK : VALUE_TRUNCATED);
            CU_ASSERT_EQUAL(length, (SQLLEN)text.len);
            CU_ASSERT_EQUAL(data[room], 0x55);
            if (room > 0) {
                size_t got = strlen(data);
                CU_ASSERT(got < (size_t)room && memcmp(data, text.at, got) == 0);
                CU_ASSERT(!utf8_is_valid(text) || utf8_is_valid((struct span){ data, got }));
            }
        }
    }
}

static void widening_agrees_with_the_plain_way(void)
{
    for (unsigned i = 0; i < TEXTS; i++) {
        for (size_t from = 0; from <= strlen(texts[i]); from++) {
            struct span text = span_of(texts[i] + from);
            uint16_t fast[ROOM_MAX], plain[ROOM_MAX];
            size_t used = 0, plain_used = 0;
            for (size_t room = 0; room < 60; room++) {
                size_t n = text_widen(text, fast, room, WIDE_UTF16, &used);
                CU_ASSERT_EQUAL(n, utf8_to_wide(text, plain, room, WIDE_UTF16, &plain_used));
                CU_ASSERT_EQUAL(used, plain_used);
                CU_ASSERT(memcmp(fast, plain, 2 * n) == 0);
            }
            CU_ASSERT_EQUAL(text_units(text, WIDE_UTF16), utf8_wide_units(text, WIDE_UTF16));
        }
    }
}

static void hex_is_read_strictly(void)
{
    CU_ASSERT_EQUAL(hex_count(SPAN("01 02 ff")), 3);
    CU_ASSERT_EQUAL(hex_count(SPAN("")), 0);
    CU_ASSERT_EQUAL(hex_at(SPAN("01 02 ff"), 2), 255);
    CU_ASSERT_EQUAL(hex_at(SPAN("01 02 ff"), 3), -1);
    CU_ASSERT_EQUAL(hex_at(SPAN("01x02"), 0), -1);
    CU_ASSERT_EQUAL(hex_at(SPAN("0g"), 0), -1);
}

static const struct unit_test tests[] = {
    { "wide text is cut between characters", wide_text_is_cut_between_characters },
    { "narrow text is cut between characters", narrow_text_is_cut_between_characters },
    { "widening agrees with the plain way", widening_agrees_with_the_plain_way },
    { "hex is read strictly", hex_is_read_strictly },
};

UNIT_MAIN("value/text", tests)
