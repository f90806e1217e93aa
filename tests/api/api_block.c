/* Block fetches into arrays of exactly as many rows as the rowset has, each array an allocation of
   its own: under the address sanitizer whatever is written beside them ends the program. Rowsets
   divide the driver's own blocks and do not. */
#include "api.h"

enum { ROWS = 4200, COLUMNS = 17 };

static const SQLULEN rowsets[] = { 1,   2,   3,   7,    63,   64,   65,   127,  128,
                                   255, 256, 257, 1000, 1023, 1024, 1025, 4096, 4097 };

static const char query[] =
    "SELECT i, i, i, i % 100, i % 2 = 0, CAST(i AS double), CAST(i AS double), CAST(i AS "
    "decimal(18,2)), "
    "CAST(i AS varchar), CAST(i AS varchar), X'0102ff', DATE '2024-02-29', TIMESTAMP '2024-02-29 "
    "12:34:56', "
    "TIMESTAMP '2024-02-29 12:34:56', '01234567-89ab-cdef-0123-456789abcdef', '2 10:00:00', "
    "'twenty and thirteen bytes: ' || CAST(i + 10000 AS varchar) "
    "FROM UNNEST(sequence(1, 4200)) AS x(i) ORDER BY i";

/* One of each family of C types; the last text fills its buffer to the last byte. */
static const struct { SQLSMALLINT type; size_t size; } wanted[COLUMNS] = {
    { SQL_C_SBIGINT, 8 },
    { SQL_C_SLONG, 4 },
    { SQL_C_SSHORT, 2 },
    { SQL_C_STINYINT, 1 },
    { SQL_C_BIT, 1 },
    { SQL_C_DOUBLE, 8 },
    { SQL_C_FLOAT, 4 },
    { SQL_C_NUMERIC, sizeof(SQL_NUMERIC_STRUCT) },
    { SQL_C_CHAR, 5 },
    { SQL_C_WCHAR, 10 },
    { SQL_C_BINARY, 3 },
    { SQL_C_TYPE_DATE, sizeof(SQL_DATE_STRUCT) },
    { SQL_C_TYPE_TIME, sizeof(SQL_TIME_STRUCT) },
    { SQL_C_TYPE_TIMESTAMP, sizeof(SQL_TIMESTAMP_STRUCT) },
    { SQL_C_GUID, sizeof(SQLGUID) },
    { SQL_C_INTERVAL_DAY_TO_SECOND, sizeof(SQL_INTERVAL_STRUCT) },
    { SQL_C_CHAR, 33 },
};

struct block {
    SQLULEN rowset;
    bool by_row;
    size_t step[COLUMNS], length_step, row_bytes;
    char *rows;                            /* by row: all of it */
    char *data[COLUMNS], *length[COLUMNS]; /* of the first row; by column: allocations */
    SQLUSMALLINT *status;
};

static size_t rounded(size_t bytes)
{
    return (bytes + 7) / 8 * 8;
}

static void place_by_row(struct block *b)
{
    size_t at = 0;

    for (unsigned c = 0; c < COLUMNS; c++)
        b->row_bytes += sizeof(SQLLEN) + rounded(wanted[c].size);
    b->length_step = b->row_bytes;
    b->rows = malloc(b->rowset * b->row_bytes);
    for (unsigned c = 0; c < COLUMNS; c++) {
        b->step[c] = b->row_bytes;
        b->length[c] = b->rows + at;
        b->data[c] = b->rows + at + sizeof(SQLLEN);
        at += sizeof(SQLLEN) + rounded(wanted[c].size);
    }
}

static void place_by_column(struct block *b)
{
    b->length_step = sizeof(SQLLEN);
    for (unsigned c = 0; c < COLUMNS; c++) {
        b->step[c] = wanted[c].size;
        b->data[c] = malloc(b->rowset * wanted[c].size);
        b->length[c] = malloc(b->rowset * sizeof(SQLLEN));
    }
}

static void bind(SQLHSTMT h, struct block *b)
{
    SQLULEN by = b->by_row ? b->row_bytes : SQL_BIND_BY_COLUMN;

    b->status = malloc(b->rowset * sizeof(*b->status));
    OK(h, SQLSetStmtAttr(h, SQL_ATTR_ROW_BIND_TYPE, (SQLPOINTER)(uintptr_t)by, 0));
    OK(h, SQLSetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)(uintptr_t)b->rowset, 0));
    OK(h, SQLSetStmtAttr(h, SQL_ATTR_ROW_STATUS_PTR, b->status, 0));
    for (unsigned c = 0; c < COLUMNS; c++)
        OK(h, SQLBindCol(h, (SQLUSMALLINT)(c + 1), wanted[c].type, b->data[c],
                         (SQLLEN)wanted[c].size, (SQLLEN *)(void *)b->length[c]));
}

static void done(struct block *b)
{
    for (unsigned c = 0; c < COLUMNS && !b->by_row; c++) {
        free(b->data[c]);
        free(b->length[c]);
    }
    free(b->rows);
    free(b->status);
}

static const void *cell(const struct block *b, unsigned c, SQLULEN i)
{
    return b->data[c] + i * b->step[c];
}

static void check_row(const struct block *b, SQLULEN i, unsigned number)
{
    SQL_NUMERIC_STRUCT n;
    SQL_TIMESTAMP_STRUCT t;
    SQL_INTERVAL_STRUCT v;
    SQLBIGINT big = 0;
    SQLREAL real = 0;
    char text_of_it[40];

    memcpy(&big, cell(b, 0, i), sizeof(big));
    memcpy(&real, cell(b, 6, i), sizeof(real));
    memcpy(&n, cell(b, 7, i), sizeof(n));
    memcpy(&t, cell(b, 13, i), sizeof(t));
    memcpy(&v, cell(b, 15, i), sizeof(v));
    CHECK(big == number && real == (SQLREAL)number);
    CHECK(*(const signed char *)cell(b, 3, i) == (signed char)(number % 100));
    CHECK(*(const unsigned char *)cell(b, 4, i) == (number % 2 == 0));
    CHECK(n.scale == 2 && n.sign == 1 &&
          n.val[0] + 256u * n.val[1] + 65536u * n.val[2] == number * 100u);
    snprintf(text_of_it, sizeof(text_of_it), "%u", number);
    CHECK(strcmp(cell(b, 8, i), text_of_it) == 0);
    CHECK(memcmp(cell(b, 10, i), "\x01\x02\xff", 3) == 0);
    CHECK(t.year == 2024 && t.day == 29 && t.second == 56);
    CHECK(v.intval.day_second.day == 2 && v.intval.day_second.hour == 10);
    snprintf(text_of_it, sizeof(text_of_it), "twenty and thirteen bytes: %u", number + 10000);
    CHECK(strcmp(cell(b, 16, i), text_of_it) == 0);
}

static void read_with(SQLULEN rowset, bool by_row)
{
    struct block b = { .rowset = rowset, .by_row = by_row };
    SQLHSTMT h = api_stmt();
    SQLULEN n = 0;
    unsigned number = 0;

    if (by_row)
        place_by_row(&b);
    else
        place_by_column(&b);
    bind(h, &b);
    OK(h, SQLSetStmtAttr(h, SQL_ATTR_ROWS_FETCHED_PTR, &n, 0));
    OK(h, SQLExecDirect(h, text(query), SQL_NTS));
    for (SQLRETURN rc = SQLFetch(h); rc != SQL_NO_DATA && !api_is_bad; rc = SQLFetch(h)) {
        OK(h, rc);
        for (SQLULEN i = 0; i < n && !api_is_bad; i++)
            check_row(&b, i, ++number);
    }
    CHECK(number == ROWS);
    api_free(h);
    done(&b);
}

static void rows_of_the_object_stay_within_arrays_of_exactly_the_rowset(void)
{
    for (size_t i = 0; i < sizeof(rowsets) / sizeof(rowsets[0]); i++) {
        read_with(rowsets[i], false);
        read_with(rowsets[i], true);
    }
}

static void rows_of_pages_stay_within_arrays_of_exactly_the_rowset(void)
{
    SQLHDBC before = api_dbc, dbc = SQL_NULL_HDBC;
    const char *string = getenv("ATHENA_TEST_CONNECT");
    char pages[2048];

    snprintf(pages, sizeof(pages), "%s;ResultFetcher=GetQueryResults",
             string != NULL ? string : "DSN=retail");
    SQLAllocHandle(SQL_HANDLE_DBC, api_env, &dbc);
    if (SQL_SUCCEEDED(SQLDriverConnect(dbc, NULL, text(pages), SQL_NTS, NULL, 0, NULL,
                                       SQL_DRIVER_NOPROMPT))) {
        api_dbc = dbc;
        for (size_t i = 0; i < sizeof(rowsets) / sizeof(rowsets[0]); i++)
            read_with(rowsets[i], i % 2 == 0);
        api_dbc = before;
        SQLDisconnect(dbc);
    } else {
        api_fail(__LINE__, "connect", api_records(SQL_HANDLE_DBC, dbc));
    }
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
}

/* The types' names and numbers, as many as a rowset of them asks for. */
static unsigned read_types(SQLULEN rowset)
{
    SQLHSTMT h = api_stmt();
    char *names = malloc(rowset * 40);
    SQLSMALLINT *types = malloc(rowset * sizeof(*types));
    SQLLEN *lengths = malloc(rowset * sizeof(*lengths));
    SQLULEN n = 0;
    unsigned count = 0;

    OK(h, SQLSetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)(uintptr_t)rowset, 0));
    OK(h, SQLSetStmtAttr(h, SQL_ATTR_ROWS_FETCHED_PTR, &n, 0));
    OK(h, SQLBindCol(h, 1, SQL_C_CHAR, names, 40, lengths));
    OK(h, SQLBindCol(h, 2, SQL_C_SSHORT, types, 0, NULL));
    OK(h, SQLGetTypeInfo(h, SQL_ALL_TYPES));
    while (SQL_SUCCEEDED(SQLFetch(h))) {
        for (SQLULEN i = 0; i < n; i++)
            CHECK(lengths[i] == (SQLLEN)strlen(names + 40 * i) && types[i] != 0);
        count += (unsigned)n;
    }
    api_free(h);
    free(names);
    free(types);
    free(lengths);
    return count;
}

static void rows_from_memory_stay_within_arrays_of_exactly_the_rowset(void)
{
    unsigned count = read_types(1);

    CHECK(count > 10);
    for (size_t i = 0; i < sizeof(rowsets) / sizeof(rowsets[0]); i++)
        CHECK(read_types(rowsets[i]) == count);
}

static const struct api_test tests[] = {
    { "rows of the object stay within arrays of exactly the rowset",
      rows_of_the_object_stay_within_arrays_of_exactly_the_rowset },
    { "rows of pages stay within arrays of exactly the rowset",
      rows_of_pages_stay_within_arrays_of_exactly_the_rowset },
    { "rows from memory stay within arrays of exactly the rowset",
      rows_from_memory_stay_within_arrays_of_exactly_the_rowset },
};

API_MAIN("block", SQL_OV_ODBC3, tests)
