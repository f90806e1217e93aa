/* The fused path against the plain one: the same object read by batches of cells and by fill gives
   the same values, lengths and outcomes, whatever the parts, the rowsets and the values are. */
#include "unit.h"

#include "fake_store.h"

enum { COLUMNS = 8, ROWSET = 64, ROOM = 48 };

static const char *const columns_page =
    "{\"ResultSet\":{\"Rows\":[{\"Data\":[{\"VarCharValue\":\"a\"}]}],\"ResultSetMetadata\":{"
    "\"ColumnInfo\":["
    "{\"Name\":\"a\",\"Type\":\"bigint\"},{\"Name\":\"b\",\"Type\":\"integer\"},{\"Name\":\"c\","
    "\"Type\":\"double\"},"
    "{\"Name\":\"d\",\"Type\":\"varchar\"},{\"Name\":\"e\",\"Type\":\"varchar\"},{\"Name\":\"f\","
    "\"Type\":\"date\"},"
    "{\"Name\":\"g\",\"Type\":\"timestamp\"},{\"Name\":\"h\",\"Type\":\"boolean\"}]}}}";

static uint32_t seed;

static unsigned dice(unsigned sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

/* Values a column may have; some do not belong there. */
static const char *const numbers[] = { "0", "-1", "42", "2147483647", "-2147483648", "2147483648",
                                       "12345678", "123456789", "9007199254740993",
                                       "999999999999999999", "9223372036854775807",
                                       "-9223372036854775808", "9223372036854775808", "+7", "1.5",
                                       "1e3", "", "abc", "-", "007", " 5" };
static const char *const doubles[] = { "0.0", "-0.0", "1.5", "1.0E7", "1.0E-4", "NaN", "Infinity",
                                       "-Infinity", "4.9E-324", "1.7976931348623157E308",
                                       "3.141592653589793", "x", "" };
static const char *const texts[] = { "", "a", "plain text", "sixteen bytes ok", "seventeen bytes o",
                                     "say \"hello\"", "\"", "\"\"", "a,b", "line\nbreak", "tab\t",
                                     "gr\xc3\xb6\xc3\x9f" "e", "\xf0\x9f\x98\x80", "ends with \"",
                                     "a text that is longer than the buffer that was bound to it",
                                     "forty-seven bytes are what fits in the buffer..",
                                     "\xff\xfe not utf-8", "quote , \",\" comma" };
static const char *const dates[] = { "2024-02-29", "0001-01-01", "9999-12-31", "2023-02-29",
                                     "24-1-1", "", "12024-01-01" };
static const char *const stamps[] = { "2024-02-29 12:34:56.789", "2024-02-29 12:34:56",
                                      "1969-12-31 23:59:59.123456789", "2024-02-30 00:00:00",
                                      "2024-02-29 12:34:56.123456789012", "noon" };
static const char *const bits[] = { "true", "false", "maybe", "" };

#define PICK(list) ((list)[dice(sizeof(list) / sizeof((list)[0]))])

static const char *pick(unsigned column)
{
    switch (column) {
    case 0:
    case 1: return PICK(numbers);
    case 2: return PICK(doubles);
    case 3:
    case 4: return PICK(texts);
    case 5: return PICK(dates);
    case 6: return PICK(stamps);
    default: return PICK(bits);
    }
}

static struct buf object_of(unsigned n_rows)
{
    struct buf b = { .ceiling = 0 };
    struct fault f;
    bool ok = buf_add(&b, SPAN("\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\"\n"), &f);

    seed = 4711;
    for (unsigned row = 0; ok && row < n_rows; row++) {
        for (unsigned column = 0; ok && column < COLUMNS; column++) {
            const char *text = pick(column);
            bool is_null = dice(9) == 0;
            ok = is_null || buf_add_byte(&b, '"', &f);
            for (; ok && !is_null && *text != '\0'; text++)
                ok = buf_add_byte(&b, *text, &f) && (*text != '"' || buf_add_byte(&b, '"', &f));
            ok = ok && (is_null || buf_add_byte(&b, '"', &f)) &&
                 buf_add_byte(&b, column + 1 < COLUMNS ? ',' : '\n', &f);
        }
    }
    CU_ASSERT_TRUE(ok);
    return b;
}

struct reader {
    struct row_source *source;
    struct row_target targets[COLUMNS];
    unsigned n_targets;
    char data[COLUMNS][ROWSET][ROOM];
    SQLLEN lengths[COLUMNS][ROWSET];
    struct raw_row raw[ROWSET];
    struct buf seen;
    uint64_t n_filled;
};

static const SQLSMALLINT c_types[][COLUMNS] = {
    { SQL_C_SBIGINT, SQL_C_SLONG, SQL_C_DOUBLE, SQL_C_CHAR, SQL_C_WCHAR, SQL_C_TYPE_DATE,
      SQL_C_TYPE_TIMESTAMP, SQL_C_BIT },
    { SQL_C_SSHORT, SQL_C_UBIGINT, SQL_C_FLOAT, SQL_C_WCHAR, SQL_C_BINARY, SQL_C_TYPE_TIMESTAMP,
      SQL_C_TYPE_DATE, SQL_C_CHAR },
    { SQL_C_CHAR, SQL_C_WCHAR, SQL_C_CHAR, SQL_C_SLONG, SQL_C_NUMERIC, SQL_C_CHAR, SQL_C_WCHAR,
      SQL_C_SLONG },
    { 0, SQL_C_SLONG, 0, SQL_C_CHAR, 0, 0, SQL_C_TYPE_TIMESTAMP, 0 },
};

static void bind(struct reader *r, const SQLSMALLINT *types)
{
    struct value_options options = { .string_length = 255, .wide_unit = WIDE_UTF16 };

    r->n_targets = 0;
    for (unsigned i = 0; i < COLUMNS; i++) {
        struct row_target *t = &r->targets[r->n_targets];
        if (types[i] == 0)
            continue;
        *t = (struct row_target){ .column = i,
                                  .room = ROOM,
                                  .data = r->data[i][0],
                                  .length = (char *)r->lengths[i],
                                  .indicator = (char *)r->lengths[i],
                                  .data_step = ROOM,
                                  .pointer_step = sizeof(SQLLEN) };
        t->built = value_plan_build(&r->source->columns.at[i].type, types[i], &options, &t->plan);
        CU_ASSERT_EQUAL(t->built, VALUE_OK);
        value_plan_fuse(&t->plan);
        r->n_targets++;
    }
}

/* What the application sees of row i, as bytes. */
static void note_row(struct reader *r, unsigned i, bool has_care,
                     const enum value_outcome *outcomes)
{
    struct fault f;
    bool ok = true;

    for (unsigned k = 0; k < r->n_targets && ok; k++) {
        const struct row_target *t = &r->targets[k];
        SQLLEN n = r->lengths[t->column][i];
        enum value_outcome outcome = has_care             ? outcomes[k]
                                     : n == SQL_NULL_DATA ? VALUE_NULL
                                                          : VALUE_OK;
        bool has_value =
            outcome == VALUE_OK || outcome == VALUE_FRACTION_LOST || outcome == VALUE_TRUNCATED;
        size_t shown = outcome == VALUE_TRUNCATED ? 40 : n > 0 ? (size_t)n : 0;
        ok = buf_add_format(&r->seen, &f, "%d %ld ", (int)outcome, has_value ? (long)n : -1L) &&
             (!has_value || buf_add(&r->seen, (struct span){ r->data[t->column][i], shown }, &f));
    }
    CU_ASSERT_TRUE_FATAL(ok && buf_add_byte(&r->seen, '\n', &f));
}

static void store_cells(struct reader *r, const struct span *cells, unsigned i)
{
    enum value_outcome outcomes[COLUMNS];

    for (unsigned k = 0; k < r->n_targets; k++)
        outcomes[k] = row_target_store(&r->targets[k], cells[r->targets[k].column], i);
    note_row(r, i, true, outcomes);
}

static enum row_step read_batch(struct reader *r, struct fault *f)
{
    struct batch batch;
    enum row_step step = row_source_next(r->source, &batch, f);

    for (unsigned i = 0; step == ROW_BATCH && i < batch.n_rows; i++)
        store_cells(r, batch.cells + (size_t)i * batch.n_columns, i % ROWSET);
    return step;
}

static enum row_step read_fill(struct reader *r, struct fault *f)
{
    struct span cells[COLUMNS];
    struct row_fill fill = { .targets = r->targets, .n_targets = r->n_targets,
                             .rows_max = 1 + dice(ROWSET), .rows = r->raw };
    enum row_step step = r->source->ops->fill(r->source, &fill, f);

    for (unsigned i = 0; i < fill.n_rows; i++) {
        if (!r->raw[i].has_care) {
            note_row(r, i, false, NULL);
            continue;
        }
        CU_ASSERT_TRUE(r->source->ops->split(r->source, &r->raw[i], cells));
        store_cells(r, cells, i);
    }
    r->n_filled += fill.n_rows;
    return step == ROW_BATCH && fill.n_rows == 0 ? read_batch(r, f) : step;
}

static struct buf read_object(struct span object, const SQLSMALLINT *types, size_t part_bytes,
                              bool by_fill)
{
    static struct reader r;
    struct desk d;
    struct result result = { .source = NULL };
    struct fault f = { .kind = FAULT_NONE };
    enum row_step step = ROW_BATCH;

    desk_open(&d, "DML", "SELECT", "s3://results/q1.csv");
    store_add(&d.store, "q1.csv", object);
    d.store.pages[0] = columns_page;
    d.store.n_pages = 1;
    d.request.part_bytes = part_bytes;
    d.request.memory_ceiling = part_bytes * 6;
    CU_ASSERT_TRUE_FATAL(result_open(&d.request, &result, &f));
    memset(&r, 0, sizeof(r));
    r.source = result.source;
    bind(&r, types);
    while (step == ROW_BATCH)
        step = by_fill ? read_fill(&r, &f) : read_batch(&r, &f);
    CU_ASSERT_EQUAL(step, ROW_END);
    if (by_fill)
        CU_ASSERT(r.n_filled > 1000);
    row_source_close(result.source);
    desk_close(&d);
    return r.seen;
}

static void both_paths_give_the_same_values_lengths_and_outcomes(void)
{
    struct buf object = object_of(4000);

    for (size_t k = 0; k < sizeof(c_types) / sizeof(c_types[0]); k++) {
        struct buf want = read_object(buf_span(&object), c_types[k], 0, false);
        for (size_t part = 65536; part <= 131072; part += 13107) {
            struct buf got = read_object(buf_span(&object), c_types[k], part, true);
            CU_ASSERT(got.len == want.len && memcmp(got.at, want.at, want.len) == 0);
            buf_free(&got);
        }
        buf_free(&want);
    }
    buf_free(&object);
}

static void an_object_without_a_last_newline_is_read_to_its_end(void)
{
    struct buf object = object_of(2000);
    struct buf want = read_object(buf_span(&object), c_types[0], 0, false);

    object.len--;
    struct buf got = read_object(buf_span(&object), c_types[0], 0, true);
    CU_ASSERT(got.len == want.len && memcmp(got.at, want.at, want.len) == 0);
    buf_free(&got);
    buf_free(&want);
    buf_free(&object);
}

static void a_damaged_record_is_told_behind_the_rows_before_it(void)
{
    static struct reader r;
    static const char text[] = "\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\"\n"
                               "\"1\",\"1\",,,,,,\n\"2\",\"2\",,,,,,\n\"3\",\"3\"x,,,,,,\n";
    struct desk d;
    struct result result = { .source = NULL };
    struct fault f = { .kind = FAULT_NONE };

    desk_open(&d, "DML", "SELECT", "s3://results/q1.csv");
    store_add(&d.store, "q1.csv", span_of(text));
    d.store.pages[0] = columns_page;
    d.store.n_pages = 1;
    CU_ASSERT_TRUE_FATAL(result_open(&d.request, &result, &f));
    memset(&r, 0, sizeof(r));
    r.source = result.source;
    bind(&r, c_types[0]);
    struct row_fill fill = {
        .targets = r.targets, .n_targets = r.n_targets, .rows_max = 10, .rows = r.raw
    };
    CU_ASSERT_EQUAL(result.source->ops->fill(result.source, &fill, &f), ROW_BATCH);
    CU_ASSERT_EQUAL(fill.n_rows, 0); /* the header has to be read first */
    CU_ASSERT_EQUAL(read_batch(&r, &f), ROW_BATCH);
    CU_ASSERT_EQUAL(result.source->ops->fill(result.source, &fill, &f), ROW_BATCH);
    CU_ASSERT_EQUAL(fill.n_rows, 1);
    SQLBIGINT value = 0;
    memcpy(&value, r.data[0][0], sizeof(value));
    CU_ASSERT_EQUAL(value, 2);
    CU_ASSERT_EQUAL(result.source->ops->fill(result.source, &fill, &f), ROW_BATCH);
    CU_ASSERT_EQUAL(fill.n_rows, 0);
    CU_ASSERT_EQUAL(read_batch(&r, &f), ROW_FAULT);
    CU_ASSERT_EQUAL(f.kind, FAULT_PROTOCOL);
    CU_ASSERT(span_find(span_of(f.text), SPAN("row 3")) < strlen(f.text));
    buf_free(&r.seen);
    row_source_close(result.source);
    desk_close(&d);
}

static const struct unit_test tests[] = {
    { "both paths give the same values, lengths and outcomes",
      both_paths_give_the_same_values_lengths_and_outcomes },
    { "an object without a last newline is read to its end",
      an_object_without_a_last_newline_is_read_to_its_end },
    { "a damaged record is told behind the rows before it",
      a_damaged_record_is_told_behind_the_rows_before_it },
};

UNIT_MAIN("rows/csv_fill", tests)
