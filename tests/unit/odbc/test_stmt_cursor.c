/* What belongs to an open cursor and what to its statement: descriptors that come and go, status
   arrays, limits and options that change meanwhile. */
#include "fake_world.h"

#include "fake_text.h"

#include "odbc/attribute.h"

/* A descriptor freed may be the next one's memory at once. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=0:thread_local_quarantine_size_kb=0";
}

enum { BLOCK = 10 };

static struct stmt *opened(unsigned n_rows, SQLULEN cursor_type)
{
    text_connect(n_rows, 4, 20);
    struct stmt *s = fake_stmt();
    s->attributes.cursor_type = cursor_type;
    s->attributes.rowset_size = s->ard->array_size = BLOCK;
    CU_ASSERT_EQUAL(text_execute(s), SQL_SUCCESS);
    return s;
}

static void set(struct stmt *s, SQLINTEGER attribute, uintptr_t value, SQLRETURN want)
{
    CU_ASSERT_EQUAL(
        CALL(s, diag_finish(&s->handle, stmt_set_attribute(s, attribute, (void *)value,
                                                           (struct text){ 0 }))),
        want);
}

static SQLULEN get(struct stmt *s, SQLINTEGER attribute)
{
    SQLULEN value = 99;

    CU_ASSERT_EQUAL(CALL(s, stmt_get_attribute(s, attribute, &value, (struct room){ 0 })),
                    SQL_SUCCESS);
    return value;
}

static struct desc *new_desc(void)
{
    SQLHANDLE h = NULL;

    latch_take(&fake_dbc.handle.latch);
    CU_ASSERT_EQUAL(desc_new_explicit(&fake_dbc, &h), SQL_SUCCESS);
    latch_give(&fake_dbc.handle.latch);
    return h;
}

/* The second descriptor lives where the first one did, and was changed as often. */
static void a_new_descriptor_at_an_old_address_is_planned_anew(void)
{
    SQLCHAR text[8] = "", number[8] = "";
    struct stmt *s = opened(3, SQL_CURSOR_FORWARD_ONLY);
    bool is_same = false;

    struct desc *first = new_desc();
    set(s, SQL_ATTR_APP_ROW_DESC, (uintptr_t)first, SQL_SUCCESS);
    CALL(s, stmt_bind_col(s, 2, SQL_C_CHAR, text, sizeof(text), NULL));
    CU_ASSERT(SQL_SUCCEEDED(CALL(s, stmt_fetch(s))));
    IS((char *)text, "0 xxxxx");
    CU_ASSERT_EQUAL(desc_free_explicit(first), SQL_SUCCESS);
    struct desc *others[100];
    unsigned n = 0;
    while (n < 100 && !is_same) {
        others[n] = new_desc();
        is_same = others[n++] == first;
    }
    CU_ASSERT(is_same);
    set(s, SQL_ATTR_APP_ROW_DESC, (uintptr_t)others[n - 1], SQL_SUCCESS);
    CALL(s, stmt_bind_col(s, 1, SQL_C_CHAR, number, sizeof(number), NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS);
    IS((char *)number, "1");
    IS((char *)text, "0 xxxxx");
    while (n > 0)
        CU_ASSERT_EQUAL(desc_free_explicit(others[--n]), SQL_SUCCESS);
    text_close_all(s);
}

static void refresh_writes_where_the_fetch_wrote(void)
{
    SQLUSMALLINT *one = malloc(sizeof(*one)), statuses[BLOCK], other[BLOCK];
    SQLULEN n = 0, n_ird = 77;
    SQLINTEGER numbers[BLOCK];
    struct stmt *s = opened(25, SQL_CURSOR_STATIC);

    *one = 99;
    s->ird.array_status = one;
    s->ird.rows_processed = &n_ird;
    CALL(s, stmt_bind_col(s, 1, SQL_C_SLONG, numbers, 0, NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_extended_fetch(s, SQL_FETCH_NEXT, 0, &n, statuses)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(n, BLOCK);
    memset(statuses, 0x55, sizeof(statuses));
    memset(numbers, 0, sizeof(numbers));
    CU_ASSERT_EQUAL(CALL(s, stmt_set_pos(s, 0, SQL_REFRESH, SQL_LOCK_NO_CHANGE)), SQL_SUCCESS);
    for (unsigned i = 0; i < BLOCK; i++) {
        CU_ASSERT_EQUAL(statuses[i], SQL_ROW_SUCCESS);
        CU_ASSERT_EQUAL(numbers[i], (SQLINTEGER)i);
    }
    CU_ASSERT_EQUAL(*one, 99);
    CALL(s, stmt_close_cursor(s));
    /* After SQLFetch it is the descriptor's, as it is now, and the count is told of all rows. */
    CU_ASSERT_EQUAL(text_execute(s), SQL_SUCCESS);
    s->ird.array_status = statuses;
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS);
    s->ird.array_status = other;
    memset(other, 0x55, sizeof(other));
    memset(statuses, 0x55, sizeof(statuses));
    n_ird = 77;
    CU_ASSERT_EQUAL(CALL(s, stmt_set_pos(s, 3, SQL_REFRESH, SQL_LOCK_NO_CHANGE)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(n_ird, 77);
    CU_ASSERT_EQUAL(other[2], SQL_ROW_SUCCESS);
    CU_ASSERT_EQUAL(other[1], 0x5555);
    CU_ASSERT_EQUAL(CALL(s, stmt_set_pos(s, 0, SQL_REFRESH, SQL_LOCK_NO_CHANGE)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(n_ird, BLOCK);
    CU_ASSERT_EQUAL(other[1], SQL_ROW_SUCCESS);
    CU_ASSERT_EQUAL(statuses[2], 0x5555);
    text_close_all(s);
    free(one);
}

/* Warnings leave SQL_ROW_SUCCESS in the array of SQLExtendedFetch; its first record of a bad row is
   01S01, whatever else there is. */
static void extended_fetch_says_01s01_first(void)
{
    SQLUSMALLINT statuses[BLOCK];
    SQLULEN n = 0;
    SQLINTEGER numbers[BLOCK];
    SQLCHAR texts[BLOCK][4];

    for (SQLULEN type = SQL_CURSOR_FORWARD_ONLY; type <= SQL_CURSOR_STATIC;
         type += SQL_CURSOR_STATIC) {
        struct stmt *s = opened(BLOCK, type);
        CALL(s, stmt_bind_col(s, 1, SQL_C_SLONG, numbers, 0, NULL));
        CALL(s, stmt_bind_col(s, 2, SQL_C_CHAR, texts, 4, NULL));
        CALL(s, stmt_close_cursor(s));
        text_script.odd_from = BLOCK - 2;
        CU_ASSERT_EQUAL(text_execute(s), SQL_SUCCESS);
        CU_ASSERT_EQUAL(CALL(s, stmt_extended_fetch(s, SQL_FETCH_NEXT, 0, &n, statuses)),
                        SQL_SUCCESS_WITH_INFO);
        CU_ASSERT_EQUAL(statuses[0], SQL_ROW_SUCCESS);
        CU_ASSERT_EQUAL(statuses[BLOCK - 1], SQL_ROW_ERROR);
        IS(fake_state(s, 1), "01004");
        IS(fake_state(s, BLOCK - 1), "01S01");
        IS(fake_state(s, BLOCK), "22003");
        IS(fake_state(s, BLOCK + 1), "01004");
        IS(fake_state(s, BLOCK + 2), "01S01");
        if (type == SQL_CURSOR_STATIC) {
            CU_ASSERT_EQUAL(CALL(s, stmt_set_pos(s, 0, SQL_REFRESH, SQL_LOCK_NO_CHANGE)),
                            SQL_SUCCESS_WITH_INFO);
            CU_ASSERT_EQUAL(statuses[0], SQL_ROW_SUCCESS);
            CU_ASSERT_EQUAL(statuses[BLOCK - 1], SQL_ROW_ERROR);
        }
        text_close_all(s);
    }
}

static SQLULEN count_rows(struct stmt *s)
{
    SQLULEN n = 0, total = 0;

    s->ird.rows_processed = &n;
    while (SQL_SUCCEEDED(CALL(s, stmt_fetch(s))))
        total += n;
    s->ird.rows_processed = NULL;
    return total;
}

/* A cursor keeps the limit it was opened with, and the attribute tells it; the new one holds from
   the next execution on. */
static void a_limit_set_while_a_cursor_is_open_waits_for_the_next_one(void)
{
    static const struct {
        SQLULEN type, first, then;
        bool is_bound;
    } cases[] = {
        { SQL_CURSOR_FORWARD_ONLY, 33, 3, true },  { SQL_CURSOR_FORWARD_ONLY, 33, 44, true },
        { SQL_CURSOR_FORWARD_ONLY, 0, 3, true },   { SQL_CURSOR_FORWARD_ONLY, 33, 0, true },
        { SQL_CURSOR_FORWARD_ONLY, 33, 3, false }, { SQL_CURSOR_STATIC, 33, 3, true },
        { SQL_CURSOR_STATIC, 33, 44, false }
    };
    SQLINTEGER numbers[BLOCK];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        SQLULEN first = cases[i].first == 0 ? 50 : cases[i].first,
                then = cases[i].then == 0 ? 50 : cases[i].then;
        struct stmt *s = opened(50, cases[i].type);
        CALL(s, stmt_close_cursor(s));
        if (cases[i].is_bound)
            CALL(s, stmt_bind_col(s, 1, SQL_C_SLONG, numbers, 0, NULL));
        set(s, SQL_ATTR_MAX_ROWS, cases[i].first, SQL_SUCCESS);
        CU_ASSERT_EQUAL(text_execute(s), SQL_SUCCESS);
        CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS);
        set(s, SQL_ATTR_MAX_ROWS, cases[i].first, SQL_SUCCESS);
        set(s, SQL_ATTR_MAX_ROWS, cases[i].then, SQL_SUCCESS_WITH_INFO);
        IS(fake_state(s, 1), "01S02");
        CU_ASSERT_EQUAL(get(s, SQL_ATTR_MAX_ROWS), cases[i].first);
        CU_ASSERT_EQUAL(BLOCK + count_rows(s), first);
        CALL(s, stmt_close_cursor(s));
        CU_ASSERT_EQUAL(get(s, SQL_ATTR_MAX_ROWS), cases[i].then);
        CU_ASSERT_EQUAL(text_execute(s), SQL_SUCCESS);
        CU_ASSERT_EQUAL(count_rows(s), then);
        text_close_all(s);
    }
}

/* With SQL_RD_OFF a fetch moves and tells, and leaves the buffers alone. */
static void without_retrieving_the_cursor_only_moves(void)
{
    SQLINTEGER numbers[BLOCK], number = 0;
    SQLLEN lengths[BLOCK];
    SQLUSMALLINT statuses[BLOCK];
    SQLULEN n = 0;

    for (SQLULEN type = SQL_CURSOR_FORWARD_ONLY; type <= SQL_CURSOR_STATIC;
         type += SQL_CURSOR_STATIC) {
        struct stmt *s = opened(25, type);
        s->ird.array_status = statuses;
        s->ird.rows_processed = &n;
        CALL(s, stmt_bind_col(s, 1, SQL_C_SLONG, numbers, 0, lengths));
        for (unsigned round = 0; round < 3; round++) {
            bool is_on = round == 1;
            SQLULEN rows = round == 2 ? 5 : BLOCK;
            memset(numbers, 0x55, sizeof(numbers));
            memset(lengths, 0x55, sizeof(lengths));
            set(s, SQL_ATTR_RETRIEVE_DATA, is_on ? SQL_RD_ON : SQL_RD_OFF, SQL_SUCCESS);
            CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS);
            CU_ASSERT_EQUAL(n, rows);
            for (SQLULEN i = 0; i < BLOCK; i++) {
                CU_ASSERT_EQUAL(statuses[i], i < rows ? SQL_ROW_SUCCESS : SQL_ROW_NOROW);
                CU_ASSERT_EQUAL(numbers[i], is_on ? (SQLINTEGER)(round * BLOCK + i) : 0x55555555);
                CU_ASSERT_EQUAL(lengths[i], is_on ? 4 : 0x5555555555555555);
            }
            CALL(s, stmt_set_pos(s, 4, SQL_POSITION, SQL_LOCK_NO_CHANGE));
            CU_ASSERT_EQUAL(CALL(s, stmt_get_data(s, 1, SQL_C_SLONG, &number, 0, NULL)),
                            SQL_SUCCESS);
            CU_ASSERT_EQUAL(number, (SQLINTEGER)(round * BLOCK + 3));
        }
        CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_NO_DATA);
        text_close_all(s);
    }
}

static void rows_behind_the_end_are_no_rows(void)
{
    SQLUSMALLINT statuses[BLOCK];
    SQLULEN n = 0;
    struct stmt *s = opened(12, SQL_CURSOR_STATIC);

    s->ird.array_status = statuses;
    s->ird.rows_processed = &n;
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch_scroll(s, SQL_FETCH_ABSOLUTE, 10)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(n, 3);
    for (unsigned i = 0; i < BLOCK; i++)
        CU_ASSERT_EQUAL(statuses[i], i < 3 ? SQL_ROW_SUCCESS : SQL_ROW_NOROW);
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch_scroll(s, SQL_FETCH_ABSOLUTE, 13)), SQL_NO_DATA);
    CU_ASSERT_EQUAL(n, 0);
    for (unsigned i = 0; i < BLOCK; i++)
        CU_ASSERT_EQUAL(statuses[i], SQL_ROW_NOROW);
    text_close_all(s);
}

/* An option of the connection reaches the statements that are at rest and those to come. */
static void a_connections_option_leaves_open_cursors_alone(void)
{
    struct stmt *s = opened(12, SQL_CURSOR_FORWARD_ONLY), *idle = fake_stmt();

    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_SUCCESS);
    CU_ASSERT_EQUAL(stmt_cancel(s), SQL_SUCCESS);
    latch_take(&fake_dbc.handle.latch);
    CU_ASSERT_EQUAL(dbc_set_attribute(&fake_dbc, SQL_CURSOR_TYPE, (void *)SQL_CURSOR_STATIC,
                                      (struct text){ 0 }),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(
        dbc_set_attribute(&fake_dbc, SQL_MAX_ROWS, (void *)11, (struct text){ 0 }), SQL_SUCCESS);
    latch_give(&fake_dbc.handle.latch);
    CU_ASSERT_EQUAL(fake.n_sources_open, 1);
    CU_ASSERT_EQUAL(s->state, STMT_FETCHED);
    CU_ASSERT_EQUAL(get(s, SQL_ATTR_CURSOR_TYPE), SQL_CURSOR_FORWARD_ONLY);
    CU_ASSERT_EQUAL(get(idle, SQL_ATTR_CURSOR_TYPE), SQL_CURSOR_STATIC);
    CU_ASSERT_EQUAL(get(idle, SQL_ATTR_MAX_ROWS), 11);
    CALL(s, stmt_close_cursor(s));
    CU_ASSERT_EQUAL(get(s, SQL_ATTR_MAX_ROWS), 0);
    stmt_free(idle);
    text_close_all(s);
}

static const struct unit_test tests[] = {
    { "a new descriptor at an old address is planned anew",
      a_new_descriptor_at_an_old_address_is_planned_anew },
    { "refresh writes where the fetch wrote", refresh_writes_where_the_fetch_wrote },
    { "SQLExtendedFetch says 01S01 first", extended_fetch_says_01s01_first },
    { "a limit set while a cursor is open waits for the next one",
      a_limit_set_while_a_cursor_is_open_waits_for_the_next_one },
    { "without retrieving the cursor only moves", without_retrieving_the_cursor_only_moves },
    { "rows behind the end are no rows", rows_behind_the_end_are_no_rows },
    { "a connection's option leaves open cursors alone",
      a_connections_option_leaves_open_cursors_alone },
};

UNIT_MAIN("odbc/stmt_cursor", tests)
