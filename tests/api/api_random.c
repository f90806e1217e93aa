/* The same result read in every way gives the same bytes. The reference is the plainest way: one
   row at a time, SQLGetData with the C type and the room on a cursor of its own. Beside it, by
   dice: bound columns and SQLGetData after SQLSetPos, each column with its own C type and room,
   long cells in pieces, any rowset size, column-wise and row-wise with a bind offset, forward-only
   and static cursors that scroll, over every kind of source. API_SEED repeats a run. */
#include "api.h"

#include <time.h>

enum { COLUMNS_MAX = 18, ROWS_MAX = 2600, CUT_UNITS = 9, SIZE_MAX_ROWS = 97, AREAS = 2 };
/* Of a value: a timestamp with all its digits fits in units of any width. */
enum { ROOM = 32 * sizeof(SQLWCHAR) };

/* How a column may be read. Neighbours have different C types: a cell read by one is begun anew by
   the next. */
enum variant { NATIVE, WIDE, NARROW, WIDE_CUT, NARROW_CUT, AS_NUMERIC, VARIANTS };

struct cell {
    SQLRETURN rc;
    SQLLEN length;
    char bytes[ROOM];
};

static struct cell reference[ROWS_MAX][COLUMNS_MAX][VARIANTS];
static unsigned n_rows, n_columns;

static struct column {
    SQLSMALLINT native;
    bool is_text, is_number;
} columns[COLUMNS_MAX];

/* What is bound: room for two areas, so that the bind offset has somewhere to move. */
struct slot {
    SQLLEN length;
    char bytes[ROOM];
};

static struct slot row_wise[AREAS][SIZE_MAX_ROWS][COLUMNS_MAX];
static char column_wise[AREAS][COLUMNS_MAX][SIZE_MAX_ROWS * ROOM];
/* The bind offset moves lengths by as many bytes as data. */
static SQLLEN lengths[COLUMNS_MAX]
                     [SIZE_MAX_ROWS + sizeof(column_wise[0]) / sizeof(SQLLEN)];
static uint32_t seed;

static unsigned dice(unsigned sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

static SQLSMALLINT native_of(SQLLEN concise)
{
    static const SQLSMALLINT pairs[][2] = {
        { SQL_BIT, SQL_C_BIT },           { SQL_TINYINT, SQL_C_STINYINT },
        { SQL_SMALLINT, SQL_C_SSHORT },   { SQL_INTEGER, SQL_C_SLONG },
        { SQL_BIGINT, SQL_C_SBIGINT },    { SQL_REAL, SQL_C_FLOAT },
        { SQL_FLOAT, SQL_C_DOUBLE },      { SQL_DOUBLE, SQL_C_DOUBLE },
        { SQL_TYPE_DATE, SQL_C_TYPE_DATE }, { SQL_TYPE_TIMESTAMP, SQL_C_TYPE_TIMESTAMP },
        { SQL_VARBINARY, SQL_C_BINARY },
    };

    for (unsigned i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (pairs[i][0] == concise)
            return pairs[i][1];
    }
    return SQL_C_CHAR;
}

static SQLSMALLINT type_of(unsigned c, enum variant v)
{
    return v == NATIVE       ? columns[c].native
           : v == AS_NUMERIC ? SQL_C_NUMERIC
           : v == WIDE || v == WIDE_CUT ? SQL_C_WCHAR : SQL_C_CHAR;
}

static SQLLEN room_of(enum variant v)
{
    return v == WIDE_CUT     ? CUT_UNITS * (SQLLEN)sizeof(SQLWCHAR)
           : v == NARROW_CUT ? CUT_UNITS : ROOM;
}

/* A variant that the column's type allows: numbers cannot be cut and only they are
   SQL_C_NUMERIC. */
static enum variant any_variant(unsigned c)
{
    enum variant v = (enum variant)dice(VARIANTS);
    bool is_cut = v == WIDE_CUT || v == NARROW_CUT;

    return (is_cut && !columns[c].is_text) || (v == AS_NUMERIC && !columns[c].is_number) ? NATIVE
                                                                                          : v;
}

/* Bytes of the buffer that the driver answers for. */
static size_t meaning(SQLSMALLINT type, SQLLEN room, const char *bytes, SQLLEN length)
{
    size_t unit = type == SQL_C_CHAR ? 1 : sizeof(SQLWCHAR), at = 0;

    if (length < 0)
        return 0;
    if (type != SQL_C_CHAR && type != SQL_C_WCHAR)
        return (size_t)(length < room ? length : room);
    for (; at + unit <= (size_t)room; at += unit) {
        static const char nothing[sizeof(SQLWCHAR)];
        if (memcmp(bytes + at, nothing, unit) == 0)
            return at + unit;
    }
    return (size_t)room + 1; /* no terminator: equals nothing */
}

static void describe(SQLHSTMT h)
{
    SQLSMALLINT n = 0;

    OK(h, SQLNumResultCols(h, &n));
    n_columns = n < COLUMNS_MAX ? (unsigned)n : COLUMNS_MAX;
    for (unsigned c = 0; c < n_columns; c++) {
        SQLLEN concise = 0;
        OK(h, SQLColAttribute(h, (SQLUSMALLINT)(c + 1), SQL_DESC_CONCISE_TYPE, NULL, 0, NULL,
                              &concise));
        SQLSMALLINT native = native_of(concise);
        columns[c] = (struct column){ native, native == SQL_C_CHAR && concise != SQL_DECIMAL,
                                      concise == SQL_DECIMAL || native == SQL_C_SLONG ||
                                          native == SQL_C_SBIGINT || native == SQL_C_SSHORT };
    }
}

struct source {
    const char *name, *keys; /* keys: behind the usual ones, or a DSN of its own */
    void (*open)(SQLHSTMT h);
};

static void read_reference(const struct source *source)
{
    SQLHSTMT h = api_stmt();

    n_rows = 0;
    source->open(h);
    describe(h);
    while (n_rows < ROWS_MAX && SQL_SUCCEEDED(SQLFetch(h))) {
        for (unsigned c = 0; c < n_columns; c++) {
            for (enum variant v = NATIVE; v < VARIANTS; v++) {
                struct cell *cell = &reference[n_rows][c][v];
                bool is_cut = v == WIDE_CUT || v == NARROW_CUT;
                if ((is_cut && !columns[c].is_text) || (v == AS_NUMERIC && !columns[c].is_number))
                    continue;
                cell->length = -9;
                cell->rc = SQLGetData(h, (SQLUSMALLINT)(c + 1), type_of(c, v), cell->bytes,
                                      room_of(v), &cell->length);
                OK(h, cell->rc);
            }
        }
        n_rows++;
    }
    CHECK(n_rows > 1);
    api_free(h);
}

static void compare(const char *way, unsigned row, unsigned c, enum variant v, const char *got,
                    SQLLEN length)
{
    const struct cell *want = &reference[row][c][v];
    size_t n = meaning(type_of(c, v), room_of(v), got, length);

    if (length == want->length && n <= (size_t)room_of(v) && memcmp(got, want->bytes, n) == 0)
        return;
    if (!api_is_bad)
        printf("     %s, row %u column %u, variant %d: length %lld, want %lld\n", way, row + 1,
               c + 1, (int)v, (long long)length, (long long)want->length);
    api_fail(__LINE__, "different bytes", way);
}

/* One reader: what is bound how, and where the rowset stands. */
struct reader {
    SQLHSTMT h;
    SQLULEN size, n, offset;
    SQLUSMALLINT status[SIZE_MAX_ROWS];
    bool is_bound[COLUMNS_MAX], is_row_wise;
    enum variant variant[COLUMNS_MAX];
    unsigned first; /* of the rowset; 0 = none */
    bool is_behind;
};

static size_t element(unsigned c, enum variant v)
{
    switch (type_of(c, v)) {
    case SQL_C_BIT:
    case SQL_C_STINYINT: return 1;
    case SQL_C_SSHORT: return sizeof(SQLSMALLINT);
    case SQL_C_SLONG: return sizeof(SQLINTEGER);
    case SQL_C_SBIGINT: return sizeof(SQLBIGINT);
    case SQL_C_FLOAT: return sizeof(SQLREAL);
    case SQL_C_DOUBLE: return sizeof(SQLDOUBLE);
    case SQL_C_TYPE_DATE: return sizeof(SQL_DATE_STRUCT);
    case SQL_C_TYPE_TIMESTAMP: return sizeof(SQL_TIMESTAMP_STRUCT);
    case SQL_C_NUMERIC: return sizeof(SQL_NUMERIC_STRUCT);
    default: return (size_t)room_of(v);
    }
}

/* Throws the dice for size, way of binding, C types and rooms. */
static void bind_anew(struct reader *r)
{
    r->size = 1 + dice(dice(3) == 0 ? SIZE_MAX_ROWS : 5);
    r->is_row_wise = dice(2) == 0;
    SQLSetStmtAttr(r->h, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)r->size, 0);
    SQLSetStmtAttr(r->h, SQL_ATTR_ROW_BIND_TYPE,
                   (SQLPOINTER)(r->is_row_wise ? sizeof(row_wise[0][0]) : SQL_BIND_BY_COLUMN), 0);
    for (unsigned c = 0; c < n_columns; c++) {
        enum variant v = r->variant[c] = any_variant(c);
        char *data = r->is_row_wise ? row_wise[0][0][c].bytes : column_wise[0][c];
        SQLLEN *length = r->is_row_wise ? &row_wise[0][0][c].length : lengths[c];
        r->is_bound[c] = dice(3) != 0;
        OK(r->h,
           SQLBindCol(r->h, (SQLUSMALLINT)(c + 1), type_of(c, v), r->is_bound[c] ? data : NULL,
                      room_of(v), r->is_bound[c] ? length : NULL));
    }
}

/* The offset moves the second area under the pointers; lengths move by the same bytes. */
static void move(struct reader *r)
{
    r->offset = dice(2) == 0 ? 0 : r->is_row_wise ? sizeof(row_wise[0]) : sizeof(column_wise[0]);
    memset(row_wise, 0x55, sizeof(row_wise));
    memset(column_wise, 0x55, sizeof(column_wise));
}

static void check_bound(const struct reader *r, const char *way)
{
    for (unsigned i = 0; i < r->n; i++) {
        SQLUSMALLINT status = SQL_ROW_SUCCESS;
        for (unsigned c = 0; c < n_columns; c++) {
            enum variant v = r->variant[c];
            const struct slot *slot = &row_wise[r->offset != 0][i][c];
            if (!r->is_bound[c])
                continue;
            if (r->is_row_wise)
                compare(way, r->first - 1 + i, c, v, slot->bytes, slot->length);
            else
                compare(way, r->first - 1 + i, c, v,
                        column_wise[r->offset != 0][c] + i * element(c, v),
                        lengths[c][r->offset / sizeof(SQLLEN) + i]);
            for (SQLLEN at = room_of(v); r->is_row_wise && at < ROOM; at++)
                CHECK(slot->bytes[at] == 0x55);
            if (reference[r->first - 1 + i][c][v].rc == SQL_SUCCESS_WITH_INFO)
                status = SQL_ROW_SUCCESS_WITH_INFO;
        }
        if (r->status[i] != status && !api_is_bad) {
            printf("     %s, row %u: status %u, want %u\n", way, r->first + i, r->status[i],
                   status);
            api_fail(__LINE__, "status", way);
        }
    }
}

/* A whole cell of text in pieces of any size. */
static void check_pieces(const struct reader *r, unsigned row, unsigned c)
{
    const struct cell *want = &reference[row][c][NARROW];
    char whole[ROOM + ROOM] = "";
    size_t at = 0;
    SQLRETURN rc = SQL_SUCCESS_WITH_INFO;

    if (want->length >= ROOM)
        return;
    while (rc == SQL_SUCCESS_WITH_INFO && at < ROOM) {
        SQLLEN length = 0;
        rc = SQLGetData(r->h, (SQLUSMALLINT)(c + 1), SQL_C_CHAR, whole + at, 6 + dice(12), &length);
        OK(r->h, rc);
        if (length != (want->length < 0 ? want->length : want->length - (SQLLEN)at))
            api_fail(__LINE__, "length of a piece", "");
        at += strlen(whole + at);
    }
    if (want->length >= 0 && strcmp(whole, want->bytes) != 0)
        api_fail(__LINE__, "pieces differ", whole);
}

static void check_get_data(const struct reader *r, const char *way)
{
    for (unsigned k = 0; k < 4 && r->n > 0; k++) {
        struct slot slot;
        unsigned i = dice((unsigned)r->n), c = dice(n_columns);
        enum variant v = any_variant(c);
        memset(&slot, 0x55, sizeof(slot));
        OK(r->h, SQLSetPos(r->h, i + 1, SQL_POSITION, SQL_LOCK_NO_CHANGE));
        if (columns[c].is_text && dice(3) == 0) {
            check_pieces(r, r->first - 1 + i, c);
            continue;
        }
        RETURNS(r->h, reference[r->first - 1 + i][c][v].rc,
                SQLGetData(r->h, (SQLUSMALLINT)(c + 1), type_of(c, v), slot.bytes, room_of(v),
                           &slot.length));
        compare(way, r->first - 1 + i, c, v, slot.bytes, slot.length);
    }
}

/* Where SQLFetchScroll goes: the tables of its page. 0: before the first row or behind the last. */
static unsigned absolute(struct reader *r, long n)
{
    long last = n_rows, size = (long)r->size;

    r->is_behind = n > last;
    if (n < 0)
        n = -n <= last ? last + n + 1 : -n > size ? 0 : 1;
    return r->is_behind ? 0 : (unsigned)n;
}

static unsigned go(struct reader *r, SQLSMALLINT way, long n)
{
    long last = n_rows, size = (long)r->size, now = (long)r->first;
    bool was_behind = r->is_behind;

    r->is_behind = false;
    switch (way) {
    case SQL_FETCH_FIRST: return 1;
    case SQL_FETCH_LAST: return (unsigned)(size <= last ? last - size + 1 : 1);
    case SQL_FETCH_ABSOLUTE: return absolute(r, n);
    case SQL_FETCH_PRIOR:
        if (now == 0)
            return !was_behind ? 0 : (unsigned)(size <= last ? last - size + 1 : 1);
        return now == 1 ? 0 : now <= size ? 1 : (unsigned)(now - size);
    case SQL_FETCH_NEXT: n = now == 0 && !was_behind ? 1 : (long)r->n; break;
    default:
        if (now == 0)
            return (was_behind && n < 0) || (!was_behind && n > 0)
                ? absolute(r, n) : (unsigned)((r->is_behind = was_behind), 0);
        if (now + n < 1)
            return now == 1 || -n > size ? 0 : 1;
        break;
    }
    r->is_behind = was_behind || now + n > last;
    return r->is_behind ? 0 : (unsigned)(now + n);
}

static const char *const way_names[] = { "", "next", "first", "last", "prior", "absolute",
                                         "relative" };

/* iODBC's manager takes SQLFetch behind SQLFetchScroll for an error. */
static const bool may_mix = sizeof(SQLWCHAR) == 2;

/* One fetch and its proof; false: no row is left (only without scrolling). */
static bool step(struct reader *r, bool is_static)
{
    SQLSMALLINT way = is_static && dice(3) != 0 ? (SQLSMALLINT)(1 + dice(6)) : SQL_FETCH_NEXT;
    long n = (long)dice(2 * n_rows) - (long)n_rows;

    n = dice(2) == 0 ? n : (long)dice(9) - 4;
    move(r);
    unsigned first = go(r, way, n);
    SQLRETURN rc = way == SQL_FETCH_NEXT && may_mix && dice(2) == 0
                       ? SQLFetch(r->h) : SQLFetchScroll(r->h, way, n);
    if (first == 0) {
        RETURNS(r->h, SQL_NO_DATA, rc);
        r->first = 0;
        return false;
    }
    OK(r->h, rc);
    r->first = first;
    if (r->n != (n_rows - first + 1 < r->size ? n_rows - first + 1 : r->size)) {
        api_fail(__LINE__, "rows of the rowset", way_names[way]);
        return false;
    }
    check_bound(r, way_names[way]);
    check_get_data(r, way_names[way]);
    return true;
}

static void one_pass(const struct source *source, bool is_static)
{
    static struct reader reader;
    struct reader *r = &reader;
    unsigned n_seen = 0;

    *r = (struct reader){ .h = api_stmt() };
    SQLSetStmtAttr(r->h, SQL_ATTR_CURSOR_TYPE,
                   (SQLPOINTER)(is_static ? SQL_CURSOR_STATIC : SQL_CURSOR_FORWARD_ONLY), 0);
    SQLSetStmtAttr(r->h, SQL_ATTR_ROWS_FETCHED_PTR, &r->n, 0);
    SQLSetStmtAttr(r->h, SQL_ATTR_ROW_STATUS_PTR, r->status, 0);
    SQLSetStmtAttr(r->h, SQL_ATTR_ROW_BIND_OFFSET_PTR, &r->offset, 0);
    source->open(r->h);
    bind_anew(r);
    for (unsigned k = 0; !api_is_bad && (!is_static || k < 150); k++) {
        bool has_rows = step(r, is_static);
        n_seen += has_rows ? (unsigned)r->n : 0;
        if (!has_rows && !is_static)
            break;
        if (dice(4) == 0)
            bind_anew(r);
    }
    if (!is_static && n_seen != n_rows)
        api_fail(__LINE__, "rows are missing", source->name);
    api_free(r->h);
}

static void open_query(SQLHSTMT h)
{
    static const char query[] =
        "SELECT i, CAST(i AS varchar) AS s, CASE WHEN i % 7 = 0 THEN NULL ELSE i * 1.5 END AS d, "
        "i % 2 = 0 AS b, CASE WHEN i % 5 = 0 THEN '' WHEN i % 3 = 0 THEN 'say \"\xc3\xa4\", "
        "\xf0\x9f\x98\x80' || CAST(i AS varchar) ELSE NULL END AS t, DATE '2024-01-01' AS dt, "
        "CAST(i AS decimal(12,3)) / 8 AS n, TIMESTAMP '2024-02-29 23:59:58.123' AS ts "
        "FROM UNNEST(sequence(1, 2500)) AS x(i) ORDER BY i";

    OK(h, SQLExecDirect(h, text(query), SQL_NTS));
}

static void open_text(SQLHSTMT h)
{
    OK(h, SQLExecDirect(h, text("DESCRIBE edges.every_type"), SQL_NTS));
}

static void open_catalog(SQLHSTMT h)
{
    OK(h, SQLColumns(h, NULL, 0, NULL, 0, NULL, 0, NULL, 0));
}

static const struct source object = { "object", "", open_query },
    pages = { "pages", "ResultFetcher=GetQueryResults", open_query },
    managed = { "managed results", "DSN=retail_managed", open_query },
    blocks = { "small blocks", "S3ResultBlockSize=65536", open_query },
    narrow = { "one connection", "S3ResultBlockSize=65536;UseMultipleS3Threads=0;"
                                 "MemoryCeiling=1048576", open_query },
    exact = { "exact sizes", "ExactSizes=1", open_query },
    text_object = { "text object", "", open_text },
    catalog = { "catalog", "", open_catalog };

static void passes(const struct source *source, int n)
{
    SQLHDBC before = api_dbc, dbc = SQL_NULL_HDBC;
    const char *string = getenv("ATHENA_TEST_CONNECT");
    char keys[2048];
    uint32_t began = seed;

    bool has_dsn = strncmp(source->keys, "DSN=", strlen("DSN=")) == 0;
    snprintf(keys, sizeof(keys), "%s;%s", has_dsn ? source->keys : string != NULL ? string
             : "DSN=retail", has_dsn ? "" : source->keys);
    SQLAllocHandle(SQL_HANDLE_DBC, api_env, &dbc);
    if (!SQL_SUCCEEDED(SQLDriverConnect(dbc, NULL, text(keys), SQL_NTS, NULL, 0, NULL,
                                        SQL_DRIVER_NOPROMPT))) {
        api_fail(__LINE__, "connect", api_records(SQL_HANDLE_DBC, dbc));
    } else {
        api_dbc = dbc;
        read_reference(source);
        for (int i = 0; i < n && !api_is_bad; i++)
            one_pass(source, i % 2 == 1);
        api_dbc = before;
        SQLDisconnect(dbc);
    }
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    if (api_is_bad)
        printf("     %s, API_SEED=%u repeats it\n", source->name, began);
}

static void the_object_gives_the_same_bytes(void) { passes(&object, 6); }
static void pages_give_the_same_bytes(void) { passes(&pages, 4); }
static void managed_results_give_the_same_bytes(void) { passes(&managed, 2); }
static void small_blocks_give_the_same_bytes(void) { passes(&blocks, 4); passes(&narrow, 2); }
static void exact_sizes_give_the_same_bytes(void) { passes(&exact, 2); }
static void text_objects_give_the_same_bytes(void) { passes(&text_object, 6); }
static void catalog_results_give_the_same_bytes(void) { passes(&catalog, 6); }

static const struct api_test tests[] = {
    { "the object gives the same bytes in every way", the_object_gives_the_same_bytes },
    { "pages give the same bytes in every way", pages_give_the_same_bytes },
    { "managed results give the same bytes in every way", managed_results_give_the_same_bytes },
    { "small blocks give the same bytes in every way", small_blocks_give_the_same_bytes },
    { "exact sizes give the same bytes in every way", exact_sizes_give_the_same_bytes },
    { "text objects give the same bytes in every way", text_objects_give_the_same_bytes },
    { "catalog results give the same bytes in every way", catalog_results_give_the_same_bytes },
};

int main(void)
{
    const char *wanted = getenv("API_SEED");

    seed = wanted != NULL ? (uint32_t)strtoul(wanted, NULL, 10) : (uint32_t)time(NULL);
    printf("     seed %u\n", seed);
    return api_run("random", SQL_OV_ODBC3, tests, sizeof(tests) / sizeof(tests[0]));
}
