/* The CSV object by ranges: every row arrives once and unchanged, whatever the sizes, borders and
   broken connections. */
#include "fake_store.h"
#include "unit.h"

static unsigned n_padding; /* x's behind the text of row 0: they move all that follows */

/* Three columns: a number, a text with everything that quoting is for, a value that is often NULL.
   */
static unsigned text_of(unsigned row, unsigned long_row, char *to)
{
    static const char *const words[] = { "plain", "quo\"te", "new\nline", "com,ma", "\"", "",
                                         "\"\"x", "\xf0\x9f\x98\x80" };
    unsigned at = (unsigned)sprintf(to, "%u ", row);

    for (unsigned i = 0; i < row % 7; i++) {
        at += (unsigned)sprintf(to + at, "%s", words[(row + i) % 8]);
    }
    if (row == 0) {
        memset(to + at, 'x', n_padding);
        at += n_padding;
    }
    if (row == long_row) {
        memset(to + at, 'x', 300000);
        at += 300000;
        to[at++] = '"';
    }
    to[at] = '\0';
    return at;
}

static char long_text[400000];

static bool add_quoted(struct buf *b, const char *text)
{
    struct fault f;
    bool ok = buf_add_byte(b, '"', &f);

    for (; ok && *text != '\0'; text++) {
        ok = buf_add_byte(b, *text, &f) && (*text != '"' || buf_add_byte(b, '"', &f));
    }
    return ok && buf_add_byte(b, '"', &f);
}

static struct buf object_of(unsigned n_rows, unsigned long_row)
{
    struct buf b = { .ceiling = 0 };
    struct fault f;
    bool ok = buf_add(&b, SPAN("\"id\",\"text\",\"maybe\"\n"), &f);

    for (unsigned row = 0; ok && row < n_rows; row++) {
        text_of(row, long_row, long_text);
        ok = buf_add_format(&b, &f, "\"%u\",", row) && add_quoted(&b, long_text)
            && buf_add(&b, row % 3 == 0 ? SPAN(",\n") : SPAN(",\"\"\n"), &f);
    }
    CU_ASSERT_TRUE(ok);
    return b;
}

static const char *const columns_page =
    "{\"ResultSet\":{\"Rows\":[{\"Data\":[{\"VarCharValue\":\"id\"}]}],\"ResultSetMetadata\":{"
    "\"ColumnInfo\":["
    "{\"Name\":\"id\",\"Type\":\"integer\",\"Precision\":10},{\"Name\":\"text\",\"Type\":"
    "\"varchar\",\"Precision\":2147483647},"
    "{\"Name\":\"maybe\",\"Type\":\"varchar\",\"Precision\":5}]}}}";

/* Reads all rows and compares them with what went in. */
static bool rows_are_right(struct row_source *source, unsigned n_rows, unsigned long_row,
                           struct fault *f)
{
    struct batch batch;
    unsigned row = 0;
    enum row_step step;

    while ((step = row_source_next(source, &batch, f)) == ROW_BATCH) {
        for (unsigned i = 0; i < batch.n_rows; i++, row++) {
            const struct span *cells = batch.cells + (size_t)i * batch.n_columns;
            char number[16];
            text_of(row, long_row, long_text);
            sprintf(number, "%u", row);
            if (!span_equal(cells[0], span_of(number)) || !span_equal(cells[1], span_of(long_text))
                || span_is_null(cells[2]) != (row % 3 == 0) || cells[2].len != 0) {
                printf("    row %u is wrong\n", row);
                return false;
            }
        }
    }
    return step == ROW_END && row == n_rows;
}

static bool read_object(unsigned n_rows, unsigned long_row, size_t cut_after, size_t memory,
                        size_t part_bytes)
{
    struct desk d;
    struct result result = { .source = NULL };
    struct fault f = { .kind = FAULT_NONE };
    struct buf object = object_of(n_rows, long_row);

    desk_open(&d, "DML", "SELECT", "s3://results/q1.csv");
    store_add(&d.store, "q1.csv", buf_span(&object));
    d.store.pages[0] = columns_page;
    d.store.n_pages = 1;
    d.store.cut_after = cut_after;
    d.request.memory_ceiling = memory;
    d.request.part_bytes = part_bytes;
    bool ok = result_open(&d.request, &result, &f) && rows_are_right(result.source, n_rows,
        long_row, &f);
    if (!ok) {
        printf("    %u rows, cut after %zu: %s\n", n_rows, cut_after, f.text);
    }
    row_source_close(result.source);
    desk_close(&d);
    buf_free(&object);
    return ok;
}

static bool read_back(unsigned n_rows, unsigned long_row, size_t cut_after, size_t memory)
{
    return read_object(n_rows, long_row, cut_after, memory, 0);
}

static bool read_back_in_parts(unsigned n_rows, size_t part_bytes)
{
    return read_object(n_rows, UINT32_MAX, 0, 0, part_bytes);
}

static void results_of_every_size_are_read(void)
{
    static const unsigned sizes[] = { 0, 1, 2, 999, 1000, 1001, 1023, 1024, 1025, 5000, 40000,
                                      60000 };

    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        CU_ASSERT_TRUE(read_back(sizes[i], UINT32_MAX, 0, 0));
    }
}

static void rows_longer_than_a_part_are_carried(void)
{
    CU_ASSERT_TRUE(read_back(60000, 30000, 0, 64 * 1024 * 6));
    CU_ASSERT_TRUE(read_back(60000, 59999, 0, 64 * 1024 * 6));
    CU_ASSERT_TRUE(read_back(10, 9, 0, 0));
    CU_ASSERT_TRUE(read_back(10, 0, 0, 0));
}

static void broken_connections_are_resumed_where_they_broke(void)
{
    static const size_t cuts[] = { 20000, 65535, 65536, 65537, 131072, 500000, 1048575, 1048576,
                                   1048577 };

    for (unsigned i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
        CU_ASSERT_TRUE(read_back(45000, 30000, cuts[i], 64 * 1024 * 6));
    }
}

/* What may be torn apart by the border between two parts. */
enum { TORN_NOTHING, TORN_RECORD_END, TORN_PAIR, TORN_NEWLINE, TORN_CHARACTER, TORN_ENDING, TORNS };

/* What stands around the border: both halves of a doubled quote, a newline inside quotes, the bytes
   of one character, the quote and the newline that end a record, or the end of a record before
   it. */
static unsigned torn_at(struct span object, size_t border)
{
    char before = object.at[border - 1], behind = object.at[border];
    bool is_quoted = false;

    for (size_t i = 0; i < border; i++) {
        is_quoted ^= object.at[i] == '"';
    }
    if (((unsigned char)behind & 0xC0) == 0x80) {
        return TORN_CHARACTER;
    }
    if (before == '\n' && !is_quoted) {
        return TORN_RECORD_END;
    }
    if (behind == '\n') {
        return is_quoted ? TORN_NEWLINE : TORN_ENDING;
    }
    /* a quote that closed the text so far and opens it again */
    return before == '"' && behind == '"' && !is_quoted && border > 1
        && object.at[border - 2] != ',' ? TORN_PAIR : TORN_NOTHING;
}

enum { TEST_PART = 65536, TEST_PADDING = 250 };

/* Pads byte by byte, so that a dozen of records and more move over the two borders. */
static void record_borders_meet_part_borders(void)
{
    enum { ROWS = 5000 };
    unsigned met[TORNS] = { 0 };

    for (n_padding = 0; n_padding < TEST_PADDING; n_padding++) {
        struct buf object = object_of(ROWS, UINT32_MAX);

        CU_ASSERT_FATAL(object.len > 2 * TEST_PART);
        for (size_t border = TEST_PART; border < object.len; border += TEST_PART) {
            met[torn_at(buf_span(&object), border)]++;
        }
        buf_free(&object);
        CU_ASSERT_TRUE(read_back_in_parts(ROWS, TEST_PART));
    }
    n_padding = 0;
    for (unsigned i = 0; i < TORNS; i++) {
        CU_ASSERT(met[i] > 0);
    }
}

/* The last part is full, one byte short, or one byte long. */
static void objects_end_at_part_borders(void)
{
    enum { ROWS = 1000 };
    struct buf object = object_of(ROWS, UINT32_MAX);
    size_t plain = object.len;

    buf_free(&object);
    CU_ASSERT_FATAL(plain < TEST_PART);
    for (unsigned n_parts = 1; n_parts <= 3; n_parts++) {
        for (int more = -2; more <= 2; more++) {
            n_padding = (unsigned)((int)(n_parts * TEST_PART - plain) + more);
            CU_ASSERT_TRUE(read_back_in_parts(ROWS, TEST_PART));
        }
    }
    n_padding = 0;
}

static void an_object_that_changes_is_noticed(void)
{
    struct desk d;
    struct result result = { .source = NULL };
    struct fault f = { .kind = FAULT_NONE };
    struct buf object = object_of(60000, UINT32_MAX);

    desk_open(&d, "DML", "SELECT", "s3://results/q1.csv");
    store_add(&d.store, "q1.csv", buf_span(&object));
    d.store.pages[0] = columns_page;
    d.store.n_pages = 1;
    d.request.memory_ceiling = 64 * 1024 * 6; /* many ranges */
    /* the first range and the missing companion object come before, in any order */
    d.store.change_after = 4;
    CU_ASSERT_TRUE(result_open(&d.request, &result, &f));
    CU_ASSERT_FALSE(rows_are_right(result.source, 60000, UINT32_MAX, &f));
    CU_ASSERT_EQUAL(f.kind, FAULT_PROTOCOL);
    CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "changed"));
    CU_ASSERT(f.n_notes > 0 && strstr(f.notes[f.n_notes - 1], "Rows delivered") != NULL);
    row_source_close(result.source);
    desk_close(&d);
    buf_free(&object);
}

static void closing_early_stops_the_transfers(void)
{
    struct desk d;
    struct result result = { .source = NULL };
    struct fault f = { .kind = FAULT_NONE };
    struct batch batch;
    struct buf object = object_of(60000, UINT32_MAX);

    desk_open(&d, "DML", "SELECT", "s3://results/q1.csv");
    store_add(&d.store, "q1.csv", buf_span(&object));
    d.store.pages[0] = columns_page;
    d.store.n_pages = 1;
    d.request.memory_ceiling = 64 * 1024 * 6;
    CU_ASSERT_TRUE(result_open(&d.request, &result, &f));
    CU_ASSERT_EQUAL(row_source_next(result.source, &batch, &f), ROW_BATCH);
    row_source_close(result.source);
    /* One part each for the workers and the spare slots, not the whole object. */
    CU_ASSERT(d.store.n_gets < 12);
    desk_close(&d);
    buf_free(&object);
}

static void a_cancel_ends_the_reading(void)
{
    struct desk d;
    struct result result = { .source = NULL };
    struct fault f = { .kind = FAULT_NONE };
    struct wake cancel;
    struct buf object = object_of(60000, UINT32_MAX);

    wake_init(&cancel);
    desk_open(&d, "DML", "SELECT", "s3://results/q1.csv");
    store_add(&d.store, "q1.csv", buf_span(&object));
    d.store.pages[0] = columns_page;
    d.store.n_pages = 1;
    d.store.cut_after = 1; /* so slow that it never ends by itself */
    d.request.memory_ceiling = 64 * 1024 * 6;
    d.request.bounds.cancel = &cancel;
    d.store.raise_at = &cancel;
    d.store.raise_get = 100;
    bool ok = result_open(&d.request, &result, &f) && rows_are_right(result.source, 60000,
        UINT32_MAX, &f);
    CU_ASSERT_FALSE(ok);
    CU_ASSERT_EQUAL(f.kind, FAULT_CANCELLED);
    row_source_close(result.source);
    desk_close(&d);
    wake_done(&cancel);
    buf_free(&object);
}

static void damaged_objects_and_endless_rows_are_refused_with_their_row(void)
{
    static const struct {
        const char *object, *words;
        size_t row_bytes_max;
    } cases[] = {
        { "\"id\",\"text\",\"maybe\"\n\"1\",\"a\",\n\"2\",\"b\"\n", "2 fields in row 2", 0 },
        { "\"id\",\"text\",\"maybe\"\n\"1\",\"a\"z,\n", "damaged in row 1", 0 },
        { "\"id\",\"text\",\"maybe\"\n\"1\",\"a", "damaged in row 1", 0 },
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct desk d;
        struct result result = { .source = NULL };
        struct fault f = { .kind = FAULT_NONE };
        struct batch batch;
        enum row_step step;
        desk_open(&d, "DML", "SELECT", "s3://results/q1.csv");
        store_add(&d.store, "q1.csv", span_of(cases[i].object));
        d.store.pages[0] = columns_page;
        d.store.n_pages = 1;
        CU_ASSERT_TRUE(result_open(&d.request, &result, &f));
        while ((step = row_source_next(result.source, &batch, &f)) == ROW_BATCH) {
        }
        CU_ASSERT_EQUAL(step, ROW_FAULT);
        CU_ASSERT_PTR_NOT_NULL(strstr(f.text, cases[i].words));
        row_source_close(result.source);
        desk_close(&d);
    }
}

/* The smaller of MaxRowBytes and MemoryCeiling. */
static void a_row_over_the_limit_names_the_keys(void)
{
    static const struct {
        size_t ceiling, row_bytes_max;
        const char *words;
    } cases[] = { { 64 * 1024 * 6, 200000, "longer than 200000 bytes" },
                  { 64 * 1024 * 4, 0, "longer than 262144 bytes" },
                  { 64 * 1024 * 4, 1024 * 1024, "longer than 262144 bytes" } };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct desk d;
        struct result result = { .source = NULL };
        struct fault f = { .kind = FAULT_NONE };
        struct buf object = object_of(60000, 50000);
        desk_open(&d, "DML", "SELECT", "s3://results/q1.csv");
        store_add(&d.store, "q1.csv", buf_span(&object));
        d.store.pages[0] = columns_page;
        d.store.n_pages = 1;
        d.request.memory_ceiling = cases[i].ceiling;
        d.request.row_bytes_max = cases[i].row_bytes_max;
        CU_ASSERT_TRUE(result_open(&d.request, &result, &f));
        CU_ASSERT_EQUAL(result.source->total_bytes, object.len);
        CU_ASSERT_FALSE(rows_are_right(result.source, 60000, 50000, &f));
        CU_ASSERT_EQUAL(f.kind, FAULT_CEILING);
        CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "Row 50001"));
        CU_ASSERT_PTR_NOT_NULL(strstr(f.text, cases[i].words));
        CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "MaxRowBytes"));
        CU_ASSERT_PTR_NOT_NULL(strstr(f.text, "MemoryCeiling"));
        row_source_close(result.source);
        desk_close(&d);
        buf_free(&object);
    }
}

static const struct unit_test tests[] = {
    { "results of every size are read", results_of_every_size_are_read },
    { "rows longer than a part are carried", rows_longer_than_a_part_are_carried },
    { "broken connections are resumed where they broke",
      broken_connections_are_resumed_where_they_broke },
    { "record borders meet part borders", record_borders_meet_part_borders },
    { "objects end at part borders", objects_end_at_part_borders },
    { "an object that changes is noticed", an_object_that_changes_is_noticed },
    { "closing early stops the transfers", closing_early_stops_the_transfers },
    { "a cancel ends the reading", a_cancel_ends_the_reading },
    { "damaged objects and endless rows are refused with their row",
      damaged_objects_and_endless_rows_are_refused_with_their_row },
    { "a row over the limit names the keys", a_row_over_the_limit_names_the_keys },
};

UNIT_MAIN("rows/csv_source", tests)
