/* Rowsets: one row, blocks in both layouts, errors of single rows, static cursors, SQLGetData,
   SQLSetPos. */
#include "fake_world.h"

static const char *const int_text[] = { "integer", "varchar(20)" };
static const char *const ten_rows[] = { "1",    "one",   "2",    "two",  "3",   NULL, "4",
                                        "four", "5",     "five", "6",    "six", "7",  "",
                                        "8",    "eight", "9",    "nine", "10",  "ten" };

static struct stmt *open_rows(unsigned batch_rows, SQLULEN cursor_type)
{
    fake_reset();
    fake.types = int_text;
    fake.n_columns = 2;
    fake.cells = ten_rows;
    fake.n_rows = 10;
    fake.batch_rows = batch_rows;
    fake_connect(SQL_OV_ODBC3);
    struct stmt *s = fake_stmt();
    s->attributes.cursor_type = cursor_type;
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT a, b FROM t"))), SQL_SUCCESS);
    return s;
}

static void close_rows(struct stmt *s)
{
    stmt_free(s);
    fake_disconnect();
}

static void rows_arrive_one_by_one_in_bound_columns(void)
{
    for (unsigned batch = 1; batch <= 11; batch += 5) {
        SQLINTEGER a = 0;
        SQLCHAR b[21];
        SQLLEN length_a = 0, length_b = 0;
        struct stmt *s = open_rows(batch, SQL_CURSOR_FORWARD_ONLY);
        CALL(s, stmt_bind_col(s, 1, SQL_C_SLONG, &a, 0, &length_a));
        CALL(s, stmt_bind_col(s, 2, SQL_C_CHAR, b, sizeof(b), &length_b));
        for (int i = 0; i < 10; i++) {
            const char *want = ten_rows[i * 2 + 1];
            CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS);
            CU_ASSERT_EQUAL(a, i + 1);
            CU_ASSERT_EQUAL(length_a, 4);
            CU_ASSERT_EQUAL(length_b, want == NULL ? SQL_NULL_DATA : (SQLLEN)strlen(want));
            if (want != NULL)
                IS((char *)b, want);
            CU_ASSERT_EQUAL(stmt_row_number(s), (SQLULEN)i + 1);
        }
        CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_NO_DATA);
        CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_NO_DATA);
        close_rows(s);
    }
}

static void an_asynchronous_fetch_goes_on_where_it_stopped(void)
{
    SQLINTEGER a[8] = { 0 };
    SQLULEN n = 0;
    struct stmt *s = open_rows(3, SQL_CURSOR_FORWARD_ONLY);

    s->attributes.async_enable = SQL_ASYNC_ENABLE_ON;
    s->ard->array_size = 8;
    s->ird.rows_processed = &n;
    CALL(s, stmt_bind_col(s, 1, SQL_C_SLONG, a, 0, NULL));
    fake.n_not_ready = 2;
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_STILL_EXECUTING);
    CU_ASSERT_EQUAL(s->state, STMT_EXECUTING);
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_STILL_EXECUTING);
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(s->state, STMT_FETCHED);
    CU_ASSERT_EQUAL(n, 8);
    for (int i = 0; i < 8; i++)
        CU_ASSERT_EQUAL(a[i], i + 1);
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(n, 2);
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_NO_DATA);
    close_rows(s);
}

static void cancel_between_the_steps_of_a_fetch_ends_it(void)
{
    struct stmt *s = open_rows(3, SQL_CURSOR_FORWARD_ONLY);

    s->attributes.async_enable = SQL_ASYNC_ENABLE_ON;
    fake.n_not_ready = 3;
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_STILL_EXECUTING);
    CU_ASSERT_EQUAL(stmt_cancel(s), SQL_SUCCESS);
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_STILL_EXECUTING);
    CU_ASSERT_EQUAL(s->state, STMT_CANCELLED);
    CU_ASSERT(stmt_is_stopped(s));
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_STILL_EXECUTING);
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_ERROR);
    IS(fake_state(s, 1), "HY008");
    CU_ASSERT_EQUAL(s->state, STMT_FETCHED);
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_ERROR);
    IS(fake_state(s, 1), "HY008");
    close_rows(s);
}

static void a_catalog_function_is_asked_for_again_until_it_is_done(void)
{
    const struct catalog_texts texts = { .schema = fake_text("sales"), .table = fake_text("%") };
    SQLRETURN rc;
    unsigned n = 0;

    struct stmt *s = open_rows(0, SQL_CURSOR_FORWARD_ONLY);
    CALL(s, stmt_close_cursor(s));
    s->attributes.async_enable = SQL_ASYNC_ENABLE_ON;
    while ((rc = CALL(s, stmt_catalog(s, SHAPE_TABLES, &texts))) == SQL_STILL_EXECUTING &&
           n++ < 1000000)
        CU_ASSERT_EQUAL(s->state, STMT_EXECUTING);
    CU_ASSERT_EQUAL(rc, SQL_SUCCESS);
    CU_ASSERT_EQUAL(s->state, STMT_OPEN);
    IS(fake_asked_text[1], "sales");
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS);
    CALL(s, stmt_close_cursor(s));
    /* One that nobody asks for again goes with its statement. */
    (void)CALL(s, stmt_catalog(s, SHAPE_TABLES, &texts));
    close_rows(s);
}

static void exact_sizes_are_those_of_the_longest_values(void)
{
    static const char *const types[] = { "integer", "varchar", "varbinary", "array(integer)" };
    static const char *const cells[] = { "1",
                                         "gr\xc3\xbc\xc3\x9f"
                                         "e",
                                         "01 02 ff",
                                         "[1, 2]",
                                         "2",
                                         NULL,
                                         NULL,
                                         NULL };

    for (unsigned on = 0; on < 2; on++) {
        fake_reset();
        fake.types = types;
        fake.n_columns = 4;
        fake.cells = cells;
        fake.n_rows = 2;
        fake.batch_rows = 1;
        fake_connect(SQL_OV_ODBC3);
        fake_dbc.settings.at[SETTING_EXACT_SIZES].text = on ? SPAN("1") : SPAN("0");
        struct stmt *s = fake_stmt();
        CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT 1"))), SQL_SUCCESS);
        CU_ASSERT_EQUAL(s->ird.records[1].length, 10);
        CU_ASSERT_EQUAL(s->ird.records[2].length, on ? 5 : 255);
        CU_ASSERT_EQUAL(s->ird.records[3].length, on ? 3 : 1024);
        CU_ASSERT_EQUAL(s->ird.records[4].length, on ? 6 : 65535);
        CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS);
        CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS);
        CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_NO_DATA);
        close_rows(s);
    }
}

static void columns_bound_between_fetches_are_filled_from_the_next_row_on(void)
{
    SQLINTEGER a = 0;
    SQLBIGINT big = 0;
    struct stmt *s = open_rows(3, SQL_CURSOR_FORWARD_ONLY);

    CALL(s, stmt_fetch(s));
    CALL(s, stmt_bind_col(s, 1, SQL_C_SLONG, &a, 0, NULL));
    CALL(s, stmt_fetch(s));
    CU_ASSERT_EQUAL(a, 2);
    CALL(s, stmt_bind_col(s, 1, SQL_C_SBIGINT, &big, 0, NULL));
    CALL(s, stmt_fetch(s));
    CU_ASSERT_EQUAL(big, 3);
    CU_ASSERT_EQUAL(a, 2);
    CALL(s, stmt_free_option(s, SQL_UNBIND));
    CALL(s, stmt_fetch(s));
    CU_ASSERT_EQUAL(big, 3);
    close_rows(s);
}

static void the_default_c_type_follows_the_column(void)
{
    SQLINTEGER a = 0;
    SQLCHAR b[21];
    struct stmt *s = open_rows(0, SQL_CURSOR_FORWARD_ONLY);

    CALL(s, stmt_bind_col(s, 1, SQL_C_DEFAULT, &a, sizeof(a), NULL));
    CALL(s, stmt_bind_col(s, 2, SQL_C_DEFAULT, b, sizeof(b), NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(a, 1);
    IS((char *)b, "one");
    close_rows(s);
}

static void blocks_by_column_fill_arrays_statuses_and_the_count(void)
{
    SQLINTEGER a[4] = { 0 };
    SQLCHAR b[4][8];
    SQLLEN length[4];
    SQLUSMALLINT status[4];
    SQLULEN n = 99;
    struct stmt *s = open_rows(3, SQL_CURSOR_FORWARD_ONLY);

    s->ard->array_size = 4;
    s->ird.array_status = status;
    s->ird.rows_processed = &n;
    CALL(s, stmt_bind_col(s, 1, SQL_C_SLONG, a, 0, NULL));
    CALL(s, stmt_bind_col(s, 2, SQL_C_CHAR, b, sizeof(b[0]), length));
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch_scroll(s, SQL_FETCH_NEXT, 0)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(n, 4);
    CU_ASSERT_EQUAL(a[3], 4);
    IS((char *)b[3], "four");
    CU_ASSERT_EQUAL(length[2], SQL_NULL_DATA);
    CALL(s, stmt_fetch(s));
    CU_ASSERT_EQUAL(a[0], 5);
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(n, 2);
    CU_ASSERT_EQUAL(a[1], 10);
    CU_ASSERT_EQUAL(status[1], SQL_ROW_SUCCESS);
    CU_ASSERT_EQUAL(status[2], SQL_ROW_NOROW);
    CU_ASSERT_EQUAL(status[3], SQL_ROW_NOROW);
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_NO_DATA);
    CU_ASSERT_EQUAL(n, 0);
    close_rows(s);
}

static void blocks_by_row_with_an_offset_fill_structures(void)
{
    struct row {
        SQLINTEGER a;
        SQLLEN length_a;
        SQLCHAR b[12];
        SQLLEN length_b;
    } rows[12];
    SQLLEN offset = 2 * (SQLLEN)sizeof(struct row);
    struct stmt *s = open_rows(4, SQL_CURSOR_FORWARD_ONLY);

    memset(rows, 0, sizeof(rows));
    s->ard->array_size = 10;
    s->ard->bind_type = sizeof(struct row);
    s->ard->bind_offset = &offset;
    CALL(s, stmt_bind_col(s, 1, SQL_C_SLONG, &rows[0].a, 0, &rows[0].length_a));
    CALL(s, stmt_bind_col(s, 2, SQL_C_CHAR, rows[0].b, sizeof(rows[0].b), &rows[0].length_b));
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(rows[1].a, 0);
    for (int i = 0; i < 10; i++) {
        const char *want = ten_rows[i * 2 + 1];
        CU_ASSERT_EQUAL(rows[i + 2].a, i + 1);
        CU_ASSERT_EQUAL(rows[i + 2].length_b, want == NULL ? SQL_NULL_DATA : (SQLLEN)strlen(want));
    }
    close_rows(s);
}

static void one_bad_cell_is_one_bad_row(void)
{
    static const char *const texts[] = { "varchar(9)" };
    static const char *const cells[] = { "1", "two", "3", "4444444444444444" };
    SQLINTEGER a[4] = { 0 };
    SQLUSMALLINT status[4];
    SQLULEN n = 0;

    fake_reset();
    fake.types = texts;
    fake.n_columns = 1;
    fake.cells = cells;
    fake.n_rows = 4;
    fake_connect(SQL_OV_ODBC3);
    struct stmt *s = fake_stmt();
    s->ard->array_size = 4;
    s->ird.array_status = status;
    s->ird.rows_processed = &n;
    CALL(s, stmt_bind_col(s, 1, SQL_C_SLONG, a, 0, NULL));
    CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t")));
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS_WITH_INFO);
    CU_ASSERT_EQUAL(n, 4);
    CU_ASSERT_EQUAL(status[0], SQL_ROW_SUCCESS);
    CU_ASSERT_EQUAL(status[1], SQL_ROW_ERROR);
    CU_ASSERT_EQUAL(status[2], SQL_ROW_SUCCESS);
    CU_ASSERT_EQUAL(status[3], SQL_ROW_ERROR);
    CU_ASSERT_EQUAL(a[2], 3);
    IS(fake_state(s, 1), "22018");
    IS(fake_state(s, 2), "22003");
    stmt_free(s);
    fake_disconnect();
}

static void a_rowset_of_bad_rows_only_is_an_error_and_the_cursor_moves_on(void)
{
    SQLINTEGER b = 0;
    SQLCHAR text[9];
    struct stmt *s = open_rows(0, SQL_CURSOR_FORWARD_ONLY);

    CALL(s, stmt_bind_col(s, 2, SQL_C_SLONG, &b, 0, NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_ERROR);
    IS(fake_state(s, 1), "22018");
    CALL(s, stmt_bind_col(s, 2, SQL_C_CHAR, text, sizeof(text), NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS);
    IS((char *)text, "two");
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_ERROR); /* NULL without an indicator */
    IS(fake_state(s, 1), "22002");
    close_rows(s);
}

static void a_cut_value_is_a_warning_with_its_true_length(void)
{
    SQLCHAR text[4];
    SQLLEN length = 0;
    struct stmt *s = open_rows(0, SQL_CURSOR_FORWARD_ONLY);

    CALL(s, stmt_bind_col(s, 2, SQL_C_CHAR, text, sizeof(text), &length));
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS_WITH_INFO);
    IS(fake_state(s, 1), "01004");
    IS((char *)text, "fou");
    CU_ASSERT_EQUAL(length, 4);
    close_rows(s);
}

static void max_rows_ends_the_result_early(void)
{
    static const SQLULEN types[] = { SQL_CURSOR_FORWARD_ONLY, SQL_CURSOR_STATIC };

    for (size_t i = 0; i < 2; i++) {
        unsigned n = 0;
        fake_reset();
        fake.types = int_text;
        fake.n_columns = 2;
        fake.cells = ten_rows;
        fake.n_rows = 10;
        fake.batch_rows = 2;
        fake_connect(SQL_OV_ODBC3);
        struct stmt *s = fake_stmt();
        s->attributes.cursor_type = types[i];
        s->attributes.max_rows = 5;
        CALL(s, stmt_exec_direct(s, fake_text("SELECT a, b FROM t")));
        while (CALL(s, stmt_fetch(s)) == SQL_SUCCESS)
            n++;
        CU_ASSERT_EQUAL(n, 5);
        close_rows(s);
    }
}

static void a_broken_source_delivers_what_it_had_and_then_tells(void)
{
    SQLULEN n = 0;
    SQLINTEGER a[4] = { 0 };

    struct stmt *s = open_rows(2, SQL_CURSOR_FORWARD_ONLY);
    fake.fault_at_row = 6;
    s->ard->array_size = 4;
    s->ird.rows_processed = &n;
    CALL(s, stmt_bind_col(s, 1, SQL_C_SLONG, a, 0, NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS_WITH_INFO);
    IS(fake_state(s, 1), "01000");
    CU_ASSERT_EQUAL(n, 2);
    CU_ASSERT_EQUAL(a[1], 6);
    for (unsigned i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_ERROR);
        IS(fake_state(s, 1), "08S01");
        CU_ASSERT_EQUAL(n, 0);
    }
    close_rows(s);
}

static void values_come_in_pieces_and_another_column_restarts_them(void)
{
    SQLCHAR piece[3];
    SQLINTEGER a = 0;
    SQLLEN length = 0;
    struct stmt *s = open_rows(0, SQL_CURSOR_FORWARD_ONLY);

    for (int i = 0; i < 4; i++)
        CALL(s, stmt_fetch(s));
    CU_ASSERT_EQUAL(CALL(s, stmt_get_data(s, 2, SQL_C_CHAR, piece, sizeof(piece), &length)),
                    SQL_SUCCESS_WITH_INFO);
    IS(fake_state(s, 1), "01004");
    IS((char *)piece, "fo");
    CU_ASSERT_EQUAL(length, 4);
    CU_ASSERT_EQUAL(CALL(s, stmt_get_data(s, 2, SQL_C_CHAR, piece, sizeof(piece), &length)),
                    SQL_SUCCESS);
    IS((char *)piece, "ur");
    CU_ASSERT_EQUAL(length, 2);
    CU_ASSERT_EQUAL(CALL(s, stmt_get_data(s, 2, SQL_C_CHAR, piece, sizeof(piece), &length)),
                    SQL_NO_DATA);
    CU_ASSERT_EQUAL(CALL(s, stmt_get_data(s, 1, SQL_C_SLONG, &a, 0, &length)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(a, 4);
    CU_ASSERT_EQUAL(CALL(s, stmt_get_data(s, 1, SQL_C_SLONG, &a, 0, &length)), SQL_NO_DATA);
    CU_ASSERT_EQUAL(CALL(s, stmt_get_data(s, 2, SQL_C_CHAR, piece, sizeof(piece), &length)),
                    SQL_SUCCESS_WITH_INFO);
    IS((char *)piece, "fo");
    close_rows(s);
}

static void another_c_type_and_another_row_start_the_value_again(void)
{
    SQLCHAR piece[3], text[8];
    SQLINTEGER a = 0;
    SQLLEN length = 0;
    SQLULEN n = 0;
    struct stmt *s = open_rows(0, SQL_CURSOR_FORWARD_ONLY);

    CALL(s, stmt_fetch(s));
    CU_ASSERT_EQUAL(CALL(s, stmt_get_data(s, 1, SQL_C_SLONG, &a, 0, &length)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(CALL(s, stmt_get_data(s, 1, SQL_C_CHAR, text, sizeof(text), &length)),
                    SQL_SUCCESS);
    IS((char *)text, "1");
    CALL(s, stmt_fetch(s));
    CU_ASSERT_EQUAL(CALL(s, stmt_get_data(s, 1, SQL_C_CHAR, text, sizeof(text), &length)),
                    SQL_SUCCESS);
    IS((char *)text, "2");
    s->ard->array_size = 4;
    s->ird.rows_processed = &n;
    CALL(s, stmt_fetch(s));
    CALL(s, stmt_set_pos(s, 2, SQL_POSITION, SQL_LOCK_NO_CHANGE));
    CU_ASSERT_EQUAL(CALL(s, stmt_get_data(s, 2, SQL_C_CHAR, piece, sizeof(piece), &length)),
                    SQL_SUCCESS_WITH_INFO);
    IS((char *)piece, "fo");
    CALL(s, stmt_set_pos(s, 3, SQL_POSITION, SQL_LOCK_NO_CHANGE));
    CU_ASSERT_EQUAL(CALL(s, stmt_get_data(s, 2, SQL_C_CHAR, piece, sizeof(piece), &length)),
                    SQL_SUCCESS_WITH_INFO);
    IS((char *)piece, "fi");
    close_rows(s);
}

static void get_data_refuses_what_it_must(void)
{
    SQLINTEGER a = 0;
    SQLLEN length = 0;
    struct stmt *s = open_rows(0, SQL_CURSOR_FORWARD_ONLY);

    CU_ASSERT_EQUAL(CALL(s, stmt_get_data(s, 1, SQL_C_SLONG, &a, 0, &length)), SQL_ERROR);
    IS(fake_state(s, 1), "24000");
    CALL(s, stmt_fetch(s));
    CU_ASSERT_EQUAL(CALL(s, stmt_get_data(s, 0, SQL_C_SLONG, &a, 0, &length)), SQL_ERROR);
    IS(fake_state(s, 1), "07009");
    CU_ASSERT_EQUAL(CALL(s, stmt_get_data(s, 3, SQL_C_SLONG, &a, 0, &length)), SQL_ERROR);
    IS(fake_state(s, 1), "07009");
    CU_ASSERT_EQUAL(CALL(s, stmt_get_data(s, 1, 12345, &a, 0, &length)), SQL_ERROR);
    IS(fake_state(s, 1), "HY003");
    CU_ASSERT_EQUAL(CALL(s, stmt_get_data(s, 1, SQL_C_GUID, &a, 0, &length)), SQL_ERROR);
    IS(fake_state(s, 1), "07006");
    CU_ASSERT_EQUAL(CALL(s, stmt_get_data(s, 1, SQL_C_SLONG, &a, -1, &length)), SQL_ERROR);
    IS(fake_state(s, 1), "HY090");
    close_rows(s);
}

/* Blocks larger and smaller than the batches, whichever row is asked afterwards: the same bytes. */
static void any_row_of_a_block_can_be_read_again(void)
{
    for (unsigned batch = 1; batch <= 10; batch++) {
        for (SQLULEN size = 1; size <= 11; size += 2) {
            struct stmt *s = open_rows(batch, SQL_CURSOR_FORWARD_ONLY);
            SQLULEN n = 0, at = 0;
            SQLINTEGER bound[11];
            s->ard->array_size = size;
            s->ird.rows_processed = &n;
            CALL(s, stmt_bind_col(s, 1, SQL_C_SLONG, bound, 0, NULL));
            while (SQL_SUCCEEDED(CALL(s, stmt_fetch(s)))) {
                for (SQLULEN i = n; i > 0; i--) {
                    SQLCHAR text[16] = "";
                    SQLLEN length = 0;
                    const char *want = ten_rows[(at + i - 1) * 2 + 1];
                    CU_ASSERT_EQUAL(CALL(s, stmt_set_pos(s, i, SQL_POSITION, SQL_LOCK_NO_CHANGE)),
                                    SQL_SUCCESS);
                    CU_ASSERT_EQUAL(
                        CALL(s, stmt_get_data(s, 2, SQL_C_CHAR, text, sizeof(text), &length)),
                        SQL_SUCCESS);
                    CU_ASSERT_EQUAL(length, want == NULL ? SQL_NULL_DATA : (SQLLEN)strlen(want));
                    IS((char *)text, want == NULL ? "" : want);
                    CU_ASSERT_EQUAL(
                        CALL(s, stmt_get_data(s, 1, SQL_C_CHAR, text, sizeof(text), &length)),
                        SQL_SUCCESS);
                    IS((char *)text, ten_rows[(at + i - 1) * 2]);
                }
                at += n;
            }
            CU_ASSERT_EQUAL(at, 10);
            close_rows(s);
        }
    }
}

static void a_static_cursor_scrolls(void)
{
    SQLINTEGER a[3] = { 0 };
    SQLULEN n = 0;
    SQLLEN count = 0;
    struct stmt *s = open_rows(4, SQL_CURSOR_STATIC);

    s->ard->array_size = 3;
    s->ird.rows_processed = &n;
    CALL(s, stmt_bind_col(s, 1, SQL_C_SLONG, a, 0, NULL));
    CALL(s, stmt_row_count(s, &count));
    CU_ASSERT_EQUAL(count, 10);
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch_scroll(s, SQL_FETCH_LAST, 0)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(a[0], 8);
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch_scroll(s, SQL_FETCH_NEXT, 0)), SQL_NO_DATA);
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch_scroll(s, SQL_FETCH_PRIOR, 0)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(a[2], 10);
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch_scroll(s, SQL_FETCH_ABSOLUTE, 2)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(a[0], 2);
    CU_ASSERT_EQUAL(stmt_row_number(s), 2);
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch_scroll(s, SQL_FETCH_PRIOR, 0)), SQL_SUCCESS_WITH_INFO);
    IS(fake_state(s, 1), "01S06");
    CU_ASSERT_EQUAL(a[0], 1);
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch_scroll(s, SQL_FETCH_ABSOLUTE, 9)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(n, 2);
    a[1] = 0;
    CU_ASSERT_EQUAL(CALL(s, stmt_set_pos(s, 2, SQL_REFRESH, SQL_LOCK_NO_CHANGE)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(a[1], 10);
    close_rows(s);
}

static void a_forward_cursor_does_not_scroll_and_nothing_is_changed_through_cursors(void)
{
    struct stmt *s = open_rows(0, SQL_CURSOR_FORWARD_ONLY);

    CU_ASSERT_EQUAL(CALL(s, stmt_fetch_scroll(s, SQL_FETCH_LAST, 0)), SQL_ERROR);
    IS(fake_state(s, 1), "HY106");
    CALL(s, stmt_fetch(s));
    CU_ASSERT_EQUAL(CALL(s, stmt_set_pos(s, 1, SQL_DELETE, SQL_LOCK_NO_CHANGE)), SQL_ERROR);
    IS(fake_state(s, 1), "HYC00");
    CU_ASSERT_EQUAL(CALL(s, stmt_set_pos(s, 2, SQL_POSITION, SQL_LOCK_NO_CHANGE)), SQL_ERROR);
    IS(fake_state(s, 1), "HY107");
    CU_ASSERT_EQUAL(CALL(s, stmt_bulk_operations(s, SQL_ADD)), SQL_ERROR);
    IS(fake_state(s, 1), "HYC00");
    close_rows(s);
}

static void extended_fetch_has_its_own_count_and_statuses(void)
{
    SQLULEN n = 0;
    SQLUSMALLINT status[4];
    SQLINTEGER b[4];
    struct stmt *s = open_rows(0, SQL_CURSOR_FORWARD_ONLY);

    s->attributes.rowset_size = 4;
    CALL(s, stmt_bind_col(s, 1, SQL_C_SLONG, b, 0, NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_extended_fetch(s, SQL_FETCH_NEXT, 0, &n, status)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(n, 4);
    CU_ASSERT_EQUAL(s->state, STMT_EXTENDED);
    CALL(s, stmt_bind_col(s, 1, SQL_C_SLONG, NULL, 0, NULL));
    CALL(s, stmt_bind_col(s, 2, SQL_C_SLONG, b, 0, NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_extended_fetch(s, SQL_FETCH_NEXT, 0, &n, status)),
                    SQL_SUCCESS_WITH_INFO);
    CU_ASSERT_EQUAL(status[0], SQL_ROW_ERROR);
    close_rows(s);
}

static const struct unit_test tests[] = {
    { "an asynchronous fetch goes on where it stopped",
      an_asynchronous_fetch_goes_on_where_it_stopped },
    { "cancel between the steps of a fetch ends it",
      cancel_between_the_steps_of_a_fetch_ends_it },
    { "a catalog function is asked for again until it is done",
      a_catalog_function_is_asked_for_again_until_it_is_done },
    { "exact sizes are those of the longest values", exact_sizes_are_those_of_the_longest_values },
    { "rows arrive one by one in bound columns", rows_arrive_one_by_one_in_bound_columns },
    { "columns bound between fetches are filled from the next row on",
      columns_bound_between_fetches_are_filled_from_the_next_row_on },
    { "the default C type follows the column", the_default_c_type_follows_the_column },
    { "blocks by column fill arrays, statuses and the count",
      blocks_by_column_fill_arrays_statuses_and_the_count },
    { "blocks by row with an offset fill structures",
      blocks_by_row_with_an_offset_fill_structures },
    { "one bad cell is one bad row", one_bad_cell_is_one_bad_row },
    { "a rowset of bad rows only is an error and the cursor moves on",
      a_rowset_of_bad_rows_only_is_an_error_and_the_cursor_moves_on },
    { "a cut value is a warning with its true length",
      a_cut_value_is_a_warning_with_its_true_length },
    { "SQL_ATTR_MAX_ROWS ends the result early", max_rows_ends_the_result_early },
    { "a broken source delivers what it had and then tells",
      a_broken_source_delivers_what_it_had_and_then_tells },
    { "values come in pieces and another column restarts them",
      values_come_in_pieces_and_another_column_restarts_them },
    { "another C type and another row start the value again",
      another_c_type_and_another_row_start_the_value_again },
    { "SQLGetData refuses what it must", get_data_refuses_what_it_must },
    { "any row of a block can be read again", any_row_of_a_block_can_be_read_again },
    { "a static cursor scrolls", a_static_cursor_scrolls },
    { "a forward cursor does not scroll and nothing is changed through cursors",
      a_forward_cursor_does_not_scroll_and_nothing_is_changed_through_cursors },
    { "SQLExtendedFetch has its own count and statuses",
      extended_fetch_has_its_own_count_and_statuses },
};

UNIT_MAIN("odbc/stmt_fetch", tests)
