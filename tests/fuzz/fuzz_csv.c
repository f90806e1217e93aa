/* Athena's CSV: the first byte says how many columns, the second where the text is cut in two. A
   record is the same whether its text comes at once or in two parts. */
#include "fuzz.h"

#include "rows/csv_split.h"

enum { COLUMNS_MAX = 9 };

/* Splits what one text holds; how many records, and a sum over their cells. */
static unsigned split_all(char *text, size_t size, unsigned n_columns, uint64_t *sum)
{
    struct span cells[COLUMNS_MAX];
    size_t at = 0, used = 0;
    unsigned n_records = 0, n_fields = 0;

    *sum = 0;
    while (at < size && csv_split(text + at, size - at, true, n_columns, cells, &used, &n_fields) ==
                            CSV_RECORD) {
        PROMISE(used > 0 && used <= size - at);
        for (unsigned i = 0; i < n_columns; i++) {
            PROMISE(fuzz_is_inside(cells[i], text + at, used));
            *sum = *sum * 31 + (cells[i].at == NULL ? 7 : cells[i].len);
        }
        at += used;
        n_records++;
    }
    return n_records;
}

/* A text that ends early gives whole records only, the same ones, and is left as it was behind
   them. */
static void split_cut(const uint8_t *data, size_t cut, unsigned n_columns)
{
    char *text = fuzz_copy(data, cut);
    struct span cells[COLUMNS_MAX];
    size_t at = 0, used = 0;
    unsigned n_fields = 0;
    enum csv_step step = CSV_RECORD;

    while (at < cut && (step = csv_split(text + at, cut - at, false, n_columns, cells, &used,
                                         &n_fields)) == CSV_RECORD) {
        PROMISE(used > 0 && text[at + used - 1] == '\n');
        at += used;
    }
    if (step == CSV_MORE) {
        PROMISE(memcmp(text + at, data + at, cut - at) == 0);
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned n_columns = fuzz_byte(&data, &size) % COLUMNS_MAX + 1;
    size_t cut = fuzz_byte(&data, &size);
    char *text = fuzz_copy(data, size);
    bool in_quotes = false;
    uint64_t sum;

    PROMISE(csv_find_end((struct span){ text, size }, &in_quotes) <= size);
    (void)split_all(text, size, n_columns, &sum);
    split_cut(data, cut < size ? cut : size, n_columns);
    free(text);
    return 0;
}
