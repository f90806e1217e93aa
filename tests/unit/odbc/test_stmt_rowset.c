/* Large rowsets of rows that the source fills by itself: what becomes of odd rows, of a source that
   breaks, of SQLCancel in the middle, and of a static cursor that does not fit. */
#include "fake_world.h"

#include "fake_text.h"

#include "base/worker.h"

enum { MANY = 60000, CUT = 8 };

static SQLINTEGER numbers[MANY];
static SQLCHAR texts[MANY][CUT];
static SQLLEN lengths[MANY];
static SQLUSMALLINT statuses[MANY], want[MANY];
static SQLULEN n_fetched;

/* Two columns bound, blocks of so many rows. */
static struct stmt *bound(SQLULEN block)
{
    struct stmt *s = fake_stmt();

    s->ard->array_size = block;
    s->ird.array_status = statuses;
    s->ird.rows_processed = &n_fetched;
    CALL(s, stmt_bind_col(s, 1, SQL_C_SLONG, numbers, 0, NULL));
    CALL(s, stmt_bind_col(s, 2, SQL_C_CHAR, texts, CUT, lengths));
    return s;
}

static bool text_is(unsigned row, const SQLCHAR *got)
{
    char text[64];

    snprintf(text, sizeof(text), "%u xxxxxxxx", row);
    return strncmp((const char *)got, text, CUT - 1) == 0 && got[CUT - 1] == '\0';
}

/* Every row alone: what its status is. */
static void learn_statuses(void)
{
    struct stmt *s = bound(1);

    CU_ASSERT_EQUAL(text_execute(s), SQL_SUCCESS);
    for (unsigned i = 0; i < text_script.n_rows; i++) {
        (void)CALL(s, stmt_fetch(s));
        want[i] = statuses[0];
    }
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_NO_DATA);
    stmt_free(s);
}

/* Some rows of the rowset, by SQLGetData: the right bytes, or a refusal that says why. */
static void read_again(struct stmt *s)
{
    unsigned n_read = 0;

    for (unsigned i = 0; i < MANY; i += i < 30 ? 1 : 997) {
        SQLCHAR text[TEXT_ROOM];
        SQLLEN length = 0;
        CU_ASSERT_EQUAL(CALL(s, stmt_set_pos(s, i + 1, SQL_POSITION, SQL_LOCK_NO_CHANGE)),
                        SQL_SUCCESS);
        SQLRETURN rc = CALL(s, stmt_get_data(s, 2, SQL_C_CHAR, text, sizeof(text), &length));
        n_read += rc == SQL_SUCCESS;
        if (rc == SQL_SUCCESS) {
            CU_ASSERT_EQUAL(strtoul((char *)text, NULL, 10), i);
        } else {
            IS(fake_state(s, 1), "HY109");
        }
    }
    CU_ASSERT(n_read > 30);
}

/* 60,000 rows of 600 bytes, every text longer than its buffer, the last numbers too large: more
   than is kept for SQLGetData. */
static void large_rowset(const char *policy)
{
    unsigned n_wrong = 0, n_text_wrong = 0;

    text_connect(MANY, 1000, 585);
    text_script.odd_from = MANY - 3;
    fake_dbc.settings.at[SETTING_TRUNCATION_POLICY].text = span_of(policy);
    learn_statuses();
    CU_ASSERT_EQUAL(want[0], strcmp(policy, "error") == 0 ? SQL_ROW_ERROR
                                                          : SQL_ROW_SUCCESS_WITH_INFO);
    CU_ASSERT_EQUAL(want[MANY - 1], SQL_ROW_ERROR);
    memset(statuses, 0x55, sizeof(statuses));
    struct stmt *s = bound(MANY);
    CU_ASSERT_EQUAL(text_execute(s), SQL_SUCCESS);
    CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)),
                    strcmp(policy, "error") == 0 ? SQL_ERROR : SQL_SUCCESS_WITH_INFO);
    CU_ASSERT_EQUAL(n_fetched, MANY);
    for (unsigned i = 0; i < MANY; i++) {
        n_wrong += statuses[i] != want[i];
        n_text_wrong += !text_is(i, texts[i]) || (i < MANY - 3 && numbers[i] != (SQLINTEGER)i);
    }
    CU_ASSERT_EQUAL(n_wrong, 0);
    CU_ASSERT_EQUAL(n_text_wrong, 0);
    read_again(s);
    text_close_all(s);
}

static void every_row_of_a_large_rowset_has_the_status_it_has_alone(void)
{
    large_rowset("warn");
    large_rowset("error");
}

/* Fused, unfused, and one by one: the rows that came, then the fault for ever. */
static void a_broken_source_is_told_by_every_fetch_until_the_cursor_closes(void)
{
    for (unsigned way = 0; way < 3; way++) {
        text_connect(3000, 500, 20);
        text_script.break_at = 3;
        struct stmt *s = bound(way == 2 ? 1 : 1000);
        if (way == 1)
            CALL(s, stmt_free_option(s, SQL_UNBIND));
        CU_ASSERT_EQUAL(text_execute(s), SQL_SUCCESS);
        SQLULEN total = 0;
        SQLRETURN rc;
        while (SQL_SUCCEEDED(rc = CALL(s, stmt_fetch(s)))) {
            total += n_fetched;
            if (n_fetched == 500) {
                CU_ASSERT_EQUAL(rc, SQL_SUCCESS_WITH_INFO);
                IS(fake_state(s, 1), "01000");
                CU_ASSERT_PTR_NOT_NULL(strstr(fake_message(s, 1), "behind row 1500"));
                CU_ASSERT_EQUAL(statuses[500], SQL_ROW_NOROW);
            }
        }
        CU_ASSERT_EQUAL(total, 1500);
        for (unsigned k = 0; k < 3; k++) {
            CU_ASSERT_EQUAL(rc, SQL_ERROR);
            IS(fake_state(s, 1), "08S01");
            CU_ASSERT_EQUAL(n_fetched, 0);
            rc = CALL(s, stmt_fetch(s));
        }
        CU_ASSERT_EQUAL(CALL(s, stmt_get_data(s, 1, SQL_C_SLONG, numbers, 0, NULL)), SQL_ERROR);
        IS(fake_state(s, 1), "24000");
        CU_ASSERT_EQUAL(CALL(s, stmt_close_cursor(s)), SQL_SUCCESS);
        text_script.break_at = -1;
        CU_ASSERT_EQUAL(text_execute(s), SQL_SUCCESS);
        CU_ASSERT(SQL_SUCCEEDED(CALL(s, stmt_fetch(s))));
        text_close_all(s);
    }
}

static int64_t now_ms(void)
{
    const struct clock *clock = clock_system();

    return clock->steady_ms(clock);
}

static void cancel_soon(void *context)
{
    struct timespec pause = { 0, 100000000 };

    nanosleep(&pause, NULL);
    (void)stmt_cancel(context);
}

/* Hundred parts of 30 ms; cancelled after 100 ms. How long the call took, in ms. */
static int64_t cancelled(struct stmt *s, SQLRETURN (*call)(struct stmt *s))
{
    struct worker worker = { .is_running = false };
    struct fault f;

    CU_ASSERT(worker_start(&worker, cancel_soon, s, &f));
    int64_t from = now_ms();
    CU_ASSERT_EQUAL(call(s), SQL_ERROR);
    int64_t took = now_ms() - from;
    IS(fake_state(s, 1), "HY008");
    worker_join(&worker);
    return took;
}

static SQLRETURN fetch(struct stmt *s)
{
    return CALL(s, stmt_fetch(s));
}

static void cancel_ends_a_fetch_between_two_parts(void)
{
    for (unsigned way = 0; way < 2; way++) {
        text_connect(10000, 100, 20);
        text_script.ms_of_part = 30;
        struct stmt *s = bound(10000);
        if (way == 1)
            CALL(s, stmt_free_option(s, SQL_UNBIND));
        CU_ASSERT_EQUAL(text_execute(s), SQL_SUCCESS);
        CU_ASSERT(cancelled(s, fetch) < 1000);
        CU_ASSERT(text_script.n_parts_read < 40);
        CU_ASSERT_EQUAL(n_fetched, 0);
        CU_ASSERT_EQUAL(statuses[0], SQL_ROW_NOROW);
        CU_ASSERT_EQUAL(CALL(s, stmt_fetch(s)), SQL_ERROR);
        IS(fake_state(s, 1), "HY008");
        CU_ASSERT_EQUAL(CALL(s, stmt_close_cursor(s)), SQL_SUCCESS);
        text_close_all(s);
    }
}

static void cancel_ends_the_reading_of_a_static_cursor(void)
{
    text_connect(10000, 100, 20);
    text_script.ms_of_part = 30;
    struct stmt *s = bound(10);
    s->attributes.cursor_type = SQL_CURSOR_STATIC;
    CU_ASSERT(cancelled(s, text_execute) < 1000);
    CU_ASSERT(text_script.n_parts_read < 40);
    text_close_all(s);
}

/* All rows in order, in blocks. Returns how many. */
static unsigned rows_in_order(struct stmt *s)
{
    unsigned n = 0;

    while (SQL_SUCCEEDED(CALL(s, stmt_fetch(s)))) {
        for (SQLULEN i = 0; i < n_fetched; i++, n++)
            if (numbers[i] != (SQLINTEGER)n || !text_is(n, texts[i]))
                CU_FAIL("a row is not where it belongs");
    }
    return n;
}

/* Five megabytes under a ceiling of one: read into memory as far as it goes, or not at all where
   the source told its size. A limit on rows that fits makes it static again. */
static void a_static_cursor_above_the_ceiling_is_forward_only_until_it_closes(void)
{
    static const struct {
        bool tells;
        SQLULEN block, most;
        unsigned rows;
        bool is_static;
    } cases[] = { { false, 1, 0, 10000, false },      { false, 700, 0, 10000, false },
                  { false, 700, 9000, 9000, false },  { false, 700, 500, 500, true },
                  { true, 700, 0, 10000, false },     { true, 1, 0, 10000, false },
                  { true, 700, 9000, 9000, false },   { true, 700, 500, 500, true },
                  { false, 20000, 0, 10000, false } };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        text_connect(10000, 100, 500);
        text_script.tells_its_size = cases[i].tells;
        fake_dbc.settings.at[SETTING_MEMORY_CEILING].text = SPAN("1048576");
        struct stmt *s = bound(cases[i].block);
        s->attributes.cursor_type = SQL_CURSOR_STATIC;
        s->attributes.cursor_scrollable = SQL_SCROLLABLE;
        s->attributes.max_rows = cases[i].most;
        SQLRETURN rc = text_execute(s);
        if (cases[i].is_static) {
            CU_ASSERT_EQUAL(rc, SQL_SUCCESS);
        } else {
            CU_ASSERT_EQUAL(rc, SQL_SUCCESS_WITH_INFO);
            IS(fake_state(s, 1), "01S02");
            CU_ASSERT_EQUAL(s->attributes.cursor_type, SQL_CURSOR_FORWARD_ONLY);
            CU_ASSERT_EQUAL(s->attributes.cursor_scrollable, SQL_NONSCROLLABLE);
            CU_ASSERT_EQUAL(CALL(s, stmt_fetch_scroll(s, SQL_FETCH_FIRST, 0)), SQL_ERROR);
        }
        CU_ASSERT_EQUAL(text_script.n_parts_read > 0, !cases[i].tells || cases[i].most > 0);
        CU_ASSERT_EQUAL(rows_in_order(s), cases[i].rows);
        CALL(s, stmt_close_cursor(s));
        CU_ASSERT_EQUAL(s->attributes.cursor_type, SQL_CURSOR_STATIC);
        CU_ASSERT_EQUAL(s->attributes.cursor_scrollable, SQL_SCROLLABLE);
        text_close_all(s);
    }
}

static const struct unit_test tests[] = {
    { "every row of a large rowset has the status it has alone",
      every_row_of_a_large_rowset_has_the_status_it_has_alone },
    { "a broken source is told by every fetch until the cursor closes",
      a_broken_source_is_told_by_every_fetch_until_the_cursor_closes },
    { "cancel ends a fetch between two parts", cancel_ends_a_fetch_between_two_parts },
    { "cancel ends the reading of a static cursor", cancel_ends_the_reading_of_a_static_cursor },
    { "a static cursor above the ceiling is forward-only until it closes",
      a_static_cursor_above_the_ceiling_is_forward_only_until_it_closes },
};

UNIT_MAIN("odbc/stmt_rowset", tests)
