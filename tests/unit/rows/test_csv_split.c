/* Records of Athena's CSV, whole and cut at every byte. */
#include "rows/csv_split.h"

#include <stdlib.h>

#include "unit.h"

enum { ROOM = 256, CELLS = 4 };

static const struct {
    const char *text;
    unsigned n_columns;
    const char *cells[CELLS]; /* NULL = SQL NULL */
} records[] = {
    { "\"a\",\"b\"\n", 2, { "a", "b" } },
    { "\"a\",\n", 2, { "a", NULL } },
    { ",\n", 2, { NULL, NULL } },
    { "\n", 1, { NULL } },
    { "\"\"\n", 1, { "" } },
    { "\"\",\"\"\n", 2, { "", "" } },
    { "\"a\"\"b\"\n", 1, { "a\"b" } },
    { "\"\"\"\"\n", 1, { "\"" } },
    { "\"\"\"a\"\"\",\"\"\"\"\"\"\n", 2, { "\"a\"", "\"\"" } },
    { "\"a\nb\",\"c,d\"\n", 2, { "a\nb", "c,d" } },
    { "\"\r\n\t\",\"\xf0\x9f\x98\x80\"\n", 2, { "\r\n\t", "\xf0\x9f\x98\x80" } },
    { "\"0123456789abcdef0123456789\",\"0123456789abcde\"\n", 2,
      { "0123456789abcdef0123456789", "0123456789abcde" } },
    { "\"0123456789abcde\"\"f\",\"\"\"0123456789abcdef\"\n", 2,
      { "0123456789abcde\"f", "\"0123456789abcdef" } },
    { "12,x\n", 2, { "12", "x" } },
};

static void check_cells(const struct span *cells, unsigned i)
{
    for (unsigned c = 0; c < records[i].n_columns; c++) {
        SPAN_IS(cells[c], records[i].cells[c]);
    }
}

static void records_are_split_and_quotes_undoubled(void)
{
    for (unsigned i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
        char text[ROOM];
        struct span cells[CELLS];
        size_t used = 0, len = strlen(records[i].text);
        unsigned n = 0;
        memcpy(text, records[i].text, len);
        text[len] = 'X'; /* what comes behind is not touched */
        CU_ASSERT_EQUAL(csv_split(text, len + 1, false, records[i].n_columns, cells, &used, &n),
                        CSV_RECORD);
        CU_ASSERT_EQUAL(used, len);
        check_cells(cells, i);
    }
}

static void a_record_without_its_end_asks_for_more_and_changes_nothing(void)
{
    for (unsigned i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
        size_t len = strlen(records[i].text);
        for (size_t cut = 0; cut < len; cut++) {
            char text[ROOM];
            struct span cells[CELLS];
            size_t used = 0;
            unsigned n = 0;
            memcpy(text, records[i].text, cut);
            CU_ASSERT_EQUAL(csv_split(text, cut, false, records[i].n_columns, cells, &used, &n),
                            CSV_MORE);
            CU_ASSERT(memcmp(text, records[i].text, cut) == 0);
        }
    }
}

static void the_last_record_needs_no_newline(void)
{
    char text[] = "\"a\",\"b\"";
    struct span cells[CELLS];
    size_t used = 0;
    unsigned n = 0;

    CU_ASSERT_EQUAL(csv_split(text, strlen(text), true, 2, cells, &used, &n), CSV_RECORD);
    CU_ASSERT_EQUAL(used, strlen(text));
    SPAN_IS(cells[1], "b");
}

static void damage_is_seen(void)
{
    static const struct {
        const char *text;
        unsigned n_columns;
        enum csv_step want;
    } cases[] = {
        { "\"a\"x\n", 1, CSV_BAD },
        { "\"a", 1, CSV_BAD },
        { "\"a\"\"", 1, CSV_BAD },
        { "\"a\",\"b\"\n", 1, CSV_COLUMNS },
        { "\"a\"\n", 2, CSV_COLUMNS },
        { "\n", 2, CSV_COLUMNS },
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[ROOM];
        struct span cells[CELLS];
        size_t used = 0;
        unsigned n = 0;
        memcpy(text, cases[i].text, strlen(cases[i].text));
        CU_ASSERT_EQUAL(csv_split(text, strlen(cases[i].text), true, cases[i].n_columns, cells,
                                  &used, &n), cases[i].want);
    }
}

static void the_end_of_a_record_is_found_across_texts(void)
{
    for (unsigned i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
        struct span text = span_of(records[i].text);
        for (size_t cut = 0; cut <= text.len; cut++) {
            bool in_quotes = false;
            size_t n = csv_find_end(span_part(text, 0, cut), &in_quotes);
            n = n > 0 ? n : cut + csv_find_end(span_from(text, cut), &in_quotes);
            CU_ASSERT_EQUAL(n, text.len);
        }
    }
}

static void any_bytes_are_split_without_harm(void)
{
    static const char usual[] = "\"\",\n\n,ab\r";
    uint64_t seed = 7;

    for (unsigned round = 0; round < 200000; round++) {
        struct span cells[CELLS];
        size_t used = 0;
        unsigned n = 0;
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        size_t len = seed >> 40 & 63;
        char *text = malloc(len + 1);
        uint64_t bits = seed;
        for (size_t i = 0; i < len; i++) {
            bits = bits * 6364136223846793005u + 1442695040888963407u;
            text[i] = usual[(bits >> 33) % (sizeof(usual) - 1)];
        }
        char *exact = realloc(text, len > 0 ? len : 1);
        enum csv_step step = csv_split(exact, len, round % 2 == 0, 2, cells, &used, &n);
        if (step == CSV_RECORD) {
            CU_ASSERT(used <= len && n == 2);
            for (unsigned c = 0; c < 2; c++) {
                CU_ASSERT(cells[c].at == NULL ||
                          (cells[c].at >= exact && cells[c].at + cells[c].len <= exact + len));
            }
        }
        CU_ASSERT(step != CSV_MORE || round % 2 == 1);
        free(exact);
    }
}

static const struct unit_test tests[] = {
    { "any bytes are split without harm", any_bytes_are_split_without_harm },
    { "records are split and quotes undoubled", records_are_split_and_quotes_undoubled },
    { "a record without its end asks for more and changes nothing",
      a_record_without_its_end_asks_for_more_and_changes_nothing },
    { "the last record needs no newline", the_last_record_needs_no_newline },
    { "damage is seen", damage_is_seen },
    { "the end of a record is found across texts", the_end_of_a_record_is_found_across_texts },
};

UNIT_MAIN("rows/csv_split", tests)
