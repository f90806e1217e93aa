/* Every case of cases.txt, read by each fetch path and in each way an application may read, gives
   the rows that the case states. A statement runs once for each workgroup; afterwards its result is
   read again by its id (SQL_ATTR_ATHENA_RESULT_OF). */
#include "cases.h"

#include "odbc/athenaodbc.h"

enum { ROOM = 2048, BLOCK = 40, PIECE = 7 };

struct path {
    const char *name, *connect;
    bool is_object;  /* cannot read what only pages have */
    bool is_paged;   /* does not see the object */
    bool is_managed; /* of another workgroup: runs by itself */
};

static const struct path paths[] = {
    { "auto", "DSN=retail", false, false, false },
    { "object", "DSN=retail;ResultFetcher=S3", true, false, false },
    { "object in blocks of 64 KiB", "DSN=retail;S3ResultBlockSize=65536", false, false, false },
    { "object by one connection", "DSN=retail;UseMultipleS3Threads=0;S3ResultBlockSize=65536",
      false, false, false },
    { "object below a ceiling of 1 MiB", "DSN=retail;MemoryCeiling=1048576", false, false, false },
    { "exact sizes", "DSN=retail;ExactSizes=1", false, false, false },
    { "pages", "DSN=retail;ResultFetcher=GetQueryResults", false, true, false },
    { "pages of 3 rows", "DSN=retail;ResultFetcher=GetQueryResults;RowsToFetchPerBlock=3", false,
      true, false },
    { "managed results", "DSN=retail_managed", false, true, true },
};

static const struct fetch_case *now;
static const struct path *on;

static void wrong(const char *way, unsigned row, unsigned column, const char *got, SQLLEN length)
{
    const struct cell *want = &now->rows[row][column];

    if (api_is_bad)
        return;
    api_fail(__LINE__, now->name, on->name);
    printf("     %s, row %u column %u: got %ld \"%.60s\", want %ld \"%.60s\"\n", way, row + 1,
           column + 1, (long)length, length >= 0 ? got : "",
           want->at != NULL ? (long)want->len : -1L, want->at != NULL ? want->at : "");
}

/* got: what fits the room; length: what the driver said. */
static void compare(const char *way, unsigned row, unsigned column, const char *got, SQLLEN length,
                    size_t room)
{
    const struct cell *want = row < now->n_rows ? &now->rows[row][column] : NULL;
    size_t shown = want == NULL || want->at == NULL ? 0
                   : want->len < room - 4           ? want->len
                                                    : room - 4;

    if (want == NULL || (want->at == NULL) != (length == SQL_NULL_DATA) ||
        (want->at != NULL && ((size_t)length != want->len || memcmp(got, want->at, shown) != 0)))
        wrong(way, row < now->n_rows ? row : 0, column, got, length);
}

static void rows_end(const char *way, SQLHSTMT h, SQLRETURN rc, unsigned row)
{
    if (rc != SQL_NO_DATA || row != now->n_rows) {
        api_fail(__LINE__, now->name, on->name);
        printf("     %s ended with %d after %u of %u rows: %s\n", way, rc, row, now->n_rows,
               api_records(SQL_HANDLE_STMT, h));
    }
}

static void by_get_data(SQLHSTMT h)
{
    static char text[70000];
    unsigned row = 0;
    SQLRETURN rc;

    while (SQL_SUCCEEDED(rc = SQLFetch(h)) && row < now->n_rows) {
        for (unsigned k = now->n_columns; k > 0; k--) {
            SQLLEN length = -7;
            OK(h, SQLGetData(h, (SQLUSMALLINT)k, SQL_C_CHAR, text, sizeof(text), &length));
            compare("SQLGetData", row, k - 1, text, length, sizeof(text));
        }
        row++;
    }
    rows_end("SQLGetData", h, rc, row);
}

static void by_pieces(SQLHSTMT h)
{
    static char text[70000];
    unsigned row = 0;
    SQLRETURN rc;

    while (SQL_SUCCEEDED(rc = SQLFetch(h)) && row < now->n_rows) {
        for (unsigned k = 1; k <= now->n_columns; k++) {
            SQLLEN length = 0, total = 0;
            size_t piece = now->rows[row][k - 1].len > 900 ? 500 : 64;
            SQLRETURN one = SQL_SUCCESS_WITH_INFO;
            while (one == SQL_SUCCESS_WITH_INFO && total + (SQLLEN)piece < (SQLLEN)sizeof(text)) {
                one = SQLGetData(h, (SQLUSMALLINT)k, SQL_C_CHAR, text + total, (SQLLEN)piece,
                                 &length);
                total += one == SQL_SUCCESS_WITH_INFO ? (SQLLEN)strlen(text + total) : length;
            }
            OK(h, one);
            compare("pieces", row, k - 1, text, total, sizeof(text));
        }
        row++;
    }
    rows_end("pieces", h, rc, row);
}

static char block[CASE_COLUMNS][BLOCK][ROOM];
static SQLLEN lengths[CASE_COLUMNS][BLOCK];

/* Column-wise arrays; also with every other column left to SQLGetData. */
static void by_blocks(SQLHSTMT h, SQLULEN size, unsigned step)
{
    static char text[70000];
    static SQLUSMALLINT status[BLOCK];
    SQLULEN n = 0;
    unsigned row = 0;
    SQLRETURN rc;

    SQLSetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)size, 0);
    SQLSetStmtAttr(h, SQL_ATTR_ROWS_FETCHED_PTR, &n, 0);
    SQLSetStmtAttr(h, SQL_ATTR_ROW_STATUS_PTR, status, 0);
    for (unsigned k = 0; k < now->n_columns; k += step)
        OK(h, SQLBindCol(h, (SQLUSMALLINT)(k + 1), SQL_C_CHAR, block[k], ROOM, lengths[k]));
    while (SQL_SUCCEEDED(rc = SQLFetch(h)) && row + n <= now->n_rows) {
        for (unsigned i = 0; i < n; i++) {
            for (unsigned k = 0; k < now->n_columns; k += step)
                compare("blocks", row + i, k, block[k][i], lengths[k][i], ROOM);
            OK(h, SQLSetPos(h, i + 1, SQL_POSITION, SQL_LOCK_NO_CHANGE));
            for (unsigned k = 0; k < now->n_columns; k += 1 + (unsigned)(row % 2)) {
                SQLLEN length = -7;
                OK(h,
                   SQLGetData(h, (SQLUSMALLINT)(k + 1), SQL_C_CHAR, text, sizeof(text), &length));
                compare("blocks with SQLGetData", row + i, k, text, length, sizeof(text));
            }
        }
        row += (unsigned)n;
    }
    rows_end("blocks", h, rc, row);
}

/* Row-wise, moved by the bind offset before each fetch; wide characters. */
static void by_rows_wide(SQLHSTMT h)
{
    struct one {
        SQLLEN length;
        SQLWCHAR text[ROOM];
    };
    static struct one rows[2 * 5][CASE_COLUMNS];
    SQLULEN n = 0, offset = 0;
    unsigned row = 0;
    SQLRETURN rc;

    SQLSetStmtAttr(h, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)5, 0);
    SQLSetStmtAttr(h, SQL_ATTR_ROWS_FETCHED_PTR, &n, 0);
    SQLSetStmtAttr(h, SQL_ATTR_ROW_BIND_TYPE, (SQLPOINTER)sizeof(rows[0]), 0);
    SQLSetStmtAttr(h, SQL_ATTR_ROW_BIND_OFFSET_PTR, &offset, 0);
    for (unsigned k = 0; k < now->n_columns; k++)
        OK(h, SQLBindCol(h, (SQLUSMALLINT)(k + 1), SQL_C_WCHAR, rows[0][k].text,
                         sizeof(rows[0][k].text), &rows[0][k].length));
    while (SQL_SUCCEEDED(rc = SQLFetch(h)) && row + n <= now->n_rows) {
        struct one(*base)[CASE_COLUMNS] = offset == 0 ? rows : rows + 5;
        for (unsigned i = 0; i < n; i++) {
            for (unsigned k = 0; k < now->n_columns; k++) {
                const struct cell *want = &now->rows[row + i][k];
                const struct one *got = &base[i][k];
                unsigned at = 0;
                bool same = (want->at == NULL) == (got->length == SQL_NULL_DATA);
                /* Characters below U+0080 one by one: the others are counted. */
                for (size_t b = 0; same && want->at != NULL && b < want->len && at < ROOM - 2;
                     b++) {
                    unsigned char c = (unsigned char)want->at[b];
                    if (c < 0x80)
                        same = got->text[at++] == c;
                    else if (c >= 0xc0)
                        at += c >= 0xf0 && sizeof(SQLWCHAR) == 2 ? 2 : 1;
                }
                if (want->at != NULL && want->len < ROOM - 2)
                    same = same && got->length == (SQLLEN)(at * sizeof(SQLWCHAR)) &&
                           got->text[at] == 0;
                if (!same)
                    wrong("wide rows", row + i, k, "(wide)", got->length);
            }
        }
        row += (unsigned)n;
        offset = offset == 0 ? (SQLULEN)((char *)rows[5] - (char *)rows[0]) : 0;
    }
    rows_end("wide rows", h, rc, row);
}

/* Backwards, then by number. */
static void by_scrolling(SQLHSTMT h)
{
    static char text[70000];
    SQLLEN length = 0;
    unsigned row = now->n_rows;
    SQLRETURN rc;

    for (rc = SQLFetchScroll(h, SQL_FETCH_LAST, 0); SQL_SUCCEEDED(rc) && row > 0;
         rc = SQLFetchScroll(h, SQL_FETCH_PRIOR, 0)) {
        row--;
        OK(h, SQLGetData(h, 1, SQL_C_CHAR, text, sizeof(text), &length));
        compare("scrolling back", row, 0, text, length, sizeof(text));
    }
    if (rc != SQL_NO_DATA || row != 0)
        rows_end("scrolling back", h, rc, row);
    for (unsigned k = 0; k < 4 && now->n_rows > 0; k++) {
        row = k * 7 % now->n_rows;
        OK(h, SQLFetchScroll(h, SQL_FETCH_ABSOLUTE, (SQLLEN)row + 1));
        OK(h, SQLGetData(h, (SQLUSMALLINT)now->n_columns, SQL_C_CHAR, text, sizeof(text), &length));
        compare("by number", row, now->n_columns - 1, text, length, sizeof(text));
    }
}

enum { WAYS = 6 };

static void read_one_way(SQLHSTMT h, unsigned way)
{
    switch (way) {
    case 0: by_get_data(h); break;
    case 1: by_pieces(h); break;
    case 2: by_blocks(h, BLOCK, 1); break;
    case 3: by_blocks(h, 17, 2); break;
    case 4: by_rows_wide(h); break;
    default: by_scrolling(h); break;
    }
}

/* Opens the case's result: by its text the first time, then by id. */
static SQLHSTMT open_case(char *id, SQLULEN cursor)
{
    SQLHSTMT h = api_stmt();
    SQLINTEGER length = 0;

    SQLSetStmtAttr(h, SQL_ATTR_CURSOR_TYPE, (SQLPOINTER)cursor, 0);
    if (id[0] != '\0')
        OK(h, SQLSetStmtAttr(h, SQL_ATTR_ATHENA_RESULT_OF, id, SQL_NTS));
    SQLRETURN rc = SQLExecDirect(h, id[0] != '\0' ? text("") : text(now->sql), SQL_NTS);
    if (!SQL_SUCCEEDED(rc)) {
        api_fail(__LINE__, now->name, on->name);
        printf("     %s\n", api_records(SQL_HANDLE_STMT, h));
        api_free(h);
        return SQL_NULL_HSTMT;
    }
    if (id[0] == '\0')
        OK(h, SQLGetStmtAttr(h, SQL_ATTR_ATHENA_QUERY_ID, id, 64, &length));
    return h;
}

static void read_every_way(char *id)
{
    for (unsigned way = 0; way < WAYS && !api_is_bad; way++) {
        SQLHSTMT h = open_case(id, way == 5 ? SQL_CURSOR_STATIC : SQL_CURSOR_FORWARD_ONLY);
        if (h == SQL_NULL_HSTMT)
            return;
        read_one_way(h, way);
        api_free(h);
    }
}

/* A result that cannot be read says so: when it is opened or when the damage is reached. */
static void reading_fails(char *id)
{
    SQLHSTMT h = api_stmt();
    SQLRETURN rc;

    (void)id;
    rc = SQLExecDirect(h, text(now->sql), SQL_NTS);
    while (SQL_SUCCEEDED(rc))
        rc = SQLFetch(h);
    if (rc != SQL_ERROR || strcmp(api_state(SQL_HANDLE_STMT, h), now->state) != 0) {
        api_fail(__LINE__, now->name, on->name);
        printf("     gave %d %s\n", rc, api_records(SQL_HANDLE_STMT, h));
    }
    api_free(h);
}

static SQLHDBC dbcs[sizeof(paths) / sizeof(paths[0])];

static void one_case(void)
{
    char id[64] = "", managed_id[64] = "";

    for (size_t p = 0; p < sizeof(paths) / sizeof(paths[0]); p++) {
        on = &paths[p];
        api_dbc = dbcs[p];
        if (api_dbc == SQL_NULL_HDBC || (now->is_pages && on->is_object) ||
            (now->is_object && on->is_paged))
            continue;
        char *which = on->is_managed ? managed_id : id;
        if (now->state[0] != '\0')
            reading_fails(which);
        else
            read_every_way(which);
    }
}

static SQLHDBC connect_to(const char *string)
{
    SQLHDBC dbc = SQL_NULL_HDBC;
    char full[1024];

    snprintf(full, sizeof(full), "%s;MinQueryExecutionPollingInterval=5", string);
    SQLAllocHandle(SQL_HANDLE_DBC, api_env, &dbc);
    if (!SQL_SUCCEEDED(
            SQLDriverConnect(dbc, NULL, text(full), SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT))) {
        api_fail(__LINE__, string, api_records(SQL_HANDLE_DBC, dbc));
        SQLFreeHandle(SQL_HANDLE_DBC, dbc);
        return SQL_NULL_HDBC;
    }
    return dbc;
}

int main(int argc, char **argv)
{
    const char *only = getenv("FETCH_CASE");

    if (argc < 2 || !cases_read(argv[1])) {
        printf("FAIL cases cannot be read\nfetch_paths: 0 passed, 1 failed\n");
        return 1;
    }
    SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &api_env);
    SQLSetEnvAttr(api_env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0);
    api_sentence = "every path connects";
    for (size_t p = 0; p < sizeof(paths) / sizeof(paths[0]); p++)
        dbcs[p] = connect_to(paths[p].connect);
    for (unsigned i = 0; i < n_cases; i++) {
        now = &cases[i];
        if (only != NULL && strcmp(only, now->name) != 0)
            continue;
        api_sentence = now->name;
        api_is_bad = false;
        one_case();
        api_is_bad ? api_failed++ : api_passed++;
        if (!api_is_bad)
            printf("ok   %s\n", now->name);
    }
    for (size_t p = 0; p < sizeof(paths) / sizeof(paths[0]); p++) {
        if (dbcs[p] != SQL_NULL_HDBC) {
            SQLDisconnect(dbcs[p]);
            SQLFreeHandle(SQL_HANDLE_DBC, dbcs[p]);
        }
    }
    SQLFreeHandle(SQL_HANDLE_ENV, api_env);
    cases_free();
    printf("fetch_paths: %u passed, %u failed\n", api_passed, api_failed);
    return api_failed == 0 ? 0 : 1;
}
