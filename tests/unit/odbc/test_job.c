/* From parameters to queries: literals beside the text, in it, arrays folded or one query each. */
#include <unistd.h>

#include "fake_parameters.h"

static void literals_go_beside_the_text_of_a_select(void)
{
    SQLINTEGER a = -5;
    SQLCHAR text[] = "O'Brien; --";
    SQLLEN null = SQL_NULL_DATA;

    script_select();
    struct stmt *s = fake_stmt();
    CALL(s, stmt_prepare(s, fake_text("SELECT a FROM t WHERE b = ? AND c = ? AND d = ?")));
    CALL(s, bind(s, 1, SQL_C_SLONG, SQL_INTEGER, &a, 0, NULL));
    CALL(s, bind(s, 2, SQL_C_CHAR, SQL_VARCHAR, text, sizeof(text), NULL));
    CALL(s, bind(s, 3, SQL_C_CHAR, SQL_VARCHAR, NULL, 0, &null));
    CU_ASSERT_EQUAL(CALL(s, stmt_execute(s)), SQL_SUCCESS);
    IS(fake.sql[0], "SELECT a FROM t WHERE b = ? AND c = ? AND d = ?");
    CU_ASSERT_EQUAL(fake.n_parameters[0], 3);
    IS(fake.parameters[0][0], "-5");
    IS(fake.parameters[0][1], "'O''Brien; --'");
    IS(fake.parameters[0][2], "NULL");
    stmt_free(s);
    fake_disconnect();
}

static void long_values_and_other_statements_are_written_into_the_text(void)
{
    static SQLCHAR text[1100];
    SQLINTEGER a = -5;

    memset(text, 'x', sizeof(text) - 1);
    script_select();
    struct stmt *s = fake_stmt();
    CALL(s, stmt_bind_parameter(s, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 2000, 0, text,
                                sizeof(text), NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t WHERE b = ?"))),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(fake.n_parameters[0], 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(fake.sql[0], "xxxx"));
    CU_ASSERT_PTR_NULL(strchr(fake.sql[0], '?'));
    CALL(s, stmt_close_cursor(s));
    fake.n_columns = 0;
    fake.row_count = 1;
    CALL(s, bind(s, 1, SQL_C_SLONG, SQL_INTEGER, &a, 0, NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("UPDATE t SET a = 3-?"))), SQL_SUCCESS);
    CU_ASSERT_EQUAL(fake.n_parameters[1], 0);
    CU_ASSERT_PTR_NULL(strstr(fake.sql[1], "--")); /* 3--5 would be a comment */
    CU_ASSERT_PTR_NOT_NULL(strstr(fake.sql[1], "-5"));
    stmt_free(s);
    fake_disconnect();
}

/* Athena takes 1,024 characters beside the text; here bytes are counted, so that no way of counting
   characters finds more. */
static void a_value_is_sent_beside_the_text_up_to_1024_bytes_of_any_width(void)
{
    static const char *const characters[] = { "a", "\xc3\xa9", "\xe2\x82\xac",
                                              "\xf0\x9f\x98\x80" };
    static SQLCHAR text[5000];

    for (size_t width = 1; width <= 4; width++) {
        for (size_t n = 250; n <= 1025; n++) {
            if (n != 1024 - 2 && n != 1025 - 2 && n * width + 2 < 1020)
                continue;
            if (n * width + 2 > 1030 && n < 1022)
                continue;
            for (size_t i = 0; i < n; i++)
                memcpy(text + i * width, characters[width - 1], width);
            text[n * width] = '\0';
            script_select();
            struct stmt *s = fake_stmt();
            CALL(s, stmt_bind_parameter(s, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 2000, 0,
                                        text, sizeof(text), NULL));
            CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t WHERE b = ?"))),
                            SQL_SUCCESS);
            CU_ASSERT_EQUAL(fake.n_parameters[0], n * width + 2 <= 1024);
            CU_ASSERT_EQUAL(strchr(fake.sql[0], '?') != NULL, n * width + 2 <= 1024);
            stmt_free(s);
            fake_disconnect();
        }
    }
}

/* A marker behind LIMIT, OFFSET or FETCH takes nothing but digits, beside the text and in it. */
static void a_parameter_that_counts_rows_is_sent_as_digits(void)
{
    static const struct {
        SQLSMALLINT c_type, sql_type;
        union {
            SQLBIGINT big;
            SQLINTEGER whole;
            SQLSMALLINT small;
            char text[8];
            SQLWCHAR wide[4];
        } value;
    } counts[] = {
        { SQL_C_SBIGINT, SQL_BIGINT, { .big = 10 } },
        { SQL_C_SLONG, SQL_INTEGER, { .whole = 10 } },
        { SQL_C_SSHORT, SQL_SMALLINT, { .small = 10 } },
        { SQL_C_CHAR, SQL_VARCHAR, { .text = "10" } },
        { SQL_C_CHAR, SQL_DECIMAL, { .text = "10" } },
        { SQL_C_WCHAR, SQL_WVARCHAR, { .wide = { '1', '0', 0 } } },
    };
    SQLCHAR note[] = "x";

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        void *value = (void *)(uintptr_t)&counts[i].value;
        script_select();
        struct stmt *s = fake_stmt();
        CALL(s, bind(s, 1, counts[i].c_type, counts[i].sql_type, value, 8, NULL));
        CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t LIMIT ?")));
        IS(fake.parameters[0][0], "10");
        CALL(s, stmt_close_cursor(s));
        CALL(s, bind(s, 1, SQL_C_CHAR, SQL_VARCHAR, note, sizeof(note), NULL));
        CALL(s, bind(s, 2, counts[i].c_type, counts[i].sql_type, value, 8, NULL));
        CALL(s, stmt_exec_direct(s, fake_text("SELECT ? FROM t FETCH FIRST ? ROWS ONLY")));
        IS(fake.sql[1], "SELECT 'x' FROM t FETCH FIRST 10 ROWS ONLY");
        stmt_free(s);
        fake_disconnect();
    }
}

static void a_quote_in_a_statement_of_the_hive_dialect_is_refused(void)
{
    SQLCHAR hostile[] = "\\'), PARTITION (dt <> 0) -- ", path[] = "C:\\x\\";

    script(-1);
    struct stmt *s = fake_stmt();
    CALL(s, bind(s, 1, SQL_C_CHAR, SQL_VARCHAR, hostile, sizeof(hostile), NULL));
    CU_ASSERT_EQUAL(
        CALL(s, stmt_exec_direct(s, fake_text("ALTER TABLE logs DROP PARTITION (dt = ?)"))),
        SQL_ERROR);
    IS(fake_state(s, 1), "HY000");
    CU_ASSERT_PTR_NOT_NULL(strstr(fake_message(s, 1), "Parameter 1 "));
    CU_ASSERT_EQUAL(fake.n_started, 0);
    CALL(s, bind(s, 1, SQL_C_CHAR, SQL_VARCHAR, path, sizeof(path), NULL));
    CALL(s, stmt_exec_direct(s, fake_text("ALTER TABLE logs DROP PARTITION (dt = ?)")));
    IS(fake.sql[0], "ALTER TABLE logs DROP PARTITION (dt = 'C:\\\\x\\\\')");
    stmt_free(s);
    fake_disconnect();
}

static void sets_of_an_insert_become_rows_of_one_statement(void)
{
    SQLINTEGER a[4] = { 1, 2, 3, 4 };
    SQLCHAR b[4][8] = { "one", "two", "three", "four" };
    SQLUSMALLINT operation[4] = { SQL_PARAM_PROCEED, SQL_PARAM_IGNORE, SQL_PARAM_PROCEED,
                                  SQL_PARAM_PROCEED },
                 status[4];
    SQLULEN n = 0;
    SQLLEN count = 0;

    script(3);
    struct stmt *s = fake_stmt();
    s->apd->array_size = 4;
    s->apd->array_status = operation;
    s->ipd.array_status = status;
    s->ipd.rows_processed = &n;
    CALL(s, bind(s, 1, SQL_C_SLONG, SQL_INTEGER, a, 0, NULL));
    CALL(s, bind(s, 2, SQL_C_CHAR, SQL_VARCHAR, b, sizeof(b[0]), NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("INSERT INTO t (a, b) VALUES (?, ?)"))),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(fake.n_started, 1);
    IS(fake.sql[0], "INSERT INTO t (a, b) VALUES (1, 'one'), (3, 'three'), (4, 'four')");
    CU_ASSERT_EQUAL(n, 4);
    CU_ASSERT_EQUAL(status[0], SQL_PARAM_SUCCESS);
    CU_ASSERT_EQUAL(status[1], SQL_PARAM_UNUSED);
    CU_ASSERT_EQUAL(status[3], SQL_PARAM_SUCCESS);
    CALL(s, stmt_row_count(s, &count));
    CU_ASSERT_EQUAL(count, 3);
    stmt_free(s);
    fake_disconnect();
}

static void many_sets_are_split_below_the_longest_statement(void)
{
    enum { SETS = 3000, WIDTH = 201 };
    char *texts = calloc(SETS, WIDTH);
    SQLUSMALLINT *status = calloc(SETS, sizeof(*status));
    SQLLEN count = 0;

    for (unsigned i = 0; i < SETS; i++)
        memset(texts + i * WIDTH, 'a' + (int)(i % 26), WIDTH - 1);
    script(10);
    struct stmt *s = fake_stmt();
    s->apd->array_size = SETS;
    s->ipd.array_status = status;
    CALL(s, bind(s, 1, SQL_C_CHAR, SQL_VARCHAR, texts, WIDTH, NULL));
    s->ipd.records[1].length = 300;
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("INSERT INTO t VALUES (?)"))),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(fake.n_started, 3);
    for (unsigned i = 0; i < fake.n_started; i++)
        CU_ASSERT(fake.sql_bytes[i] <= STATEMENT_BYTES_MAX);
    CALL(s, stmt_row_count(s, &count));
    CU_ASSERT_EQUAL(count, 30);
    CU_ASSERT_EQUAL(status[SETS - 1], SQL_PARAM_SUCCESS);
    stmt_free(s);
    fake_disconnect();
    free(texts);
    free(status);
}

static void one_bad_set_is_left_out_and_told(void)
{
    SQLCHAR a[3][8] = { "1", "x", "3" };
    SQLUSMALLINT status[3];

    script(2);
    struct stmt *s = fake_stmt();
    s->apd->array_size = 3;
    s->ipd.array_status = status;
    CALL(s, bind(s, 1, SQL_C_CHAR, SQL_INTEGER, a, sizeof(a[0]), NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("INSERT INTO t VALUES (?)"))),
                    SQL_SUCCESS_WITH_INFO);
    IS(fake_state(s, 1), "22018");
    IS(fake.sql[0], "INSERT INTO t VALUES (1), (3)");
    CU_ASSERT_EQUAL(status[0], SQL_PARAM_SUCCESS);
    CU_ASSERT_EQUAL(status[1], SQL_PARAM_ERROR);
    CU_ASSERT_EQUAL(status[2], SQL_PARAM_SUCCESS);
    stmt_free(s);
    fake_disconnect();
}

static void other_statements_run_once_per_set_and_go_on_after_a_failure(void)
{
    SQLINTEGER a[3] = { 1, 2, 3 };
    SQLUSMALLINT status[3];
    SQLLEN count = 0;

    script(5);
    fake.fail_query = 1;
    fake.fail_kind = FAULT_DATA;
    struct stmt *s = fake_stmt();
    s->apd->array_size = 3;
    s->ipd.array_status = status;
    CALL(s, bind(s, 1, SQL_C_SLONG, SQL_INTEGER, a, 0, NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("DELETE FROM t WHERE a = ?"))),
                    SQL_SUCCESS_WITH_INFO);
    CU_ASSERT_EQUAL(fake.n_started, 3);
    CU_ASSERT_EQUAL(status[0], SQL_PARAM_SUCCESS);
    CU_ASSERT_EQUAL(status[1], SQL_PARAM_ERROR);
    CU_ASSERT_EQUAL(status[2], SQL_PARAM_SUCCESS);
    CALL(s, stmt_row_count(s, &count));
    CU_ASSERT_EQUAL(count, 10);
    stmt_free(s);
    fake_disconnect();
}

static void too_many_queries_and_arrays_for_selects_are_refused(void)
{
    static SQLINTEGER a[101];

    script(1);
    struct stmt *s = fake_stmt();
    s->apd->array_size = 101;
    CALL(s, bind(s, 1, SQL_C_SLONG, SQL_INTEGER, a, 0, NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("DELETE FROM t WHERE a = ?"))),
                    SQL_ERROR);
    IS(fake_state(s, 1), "HYC00");
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t WHERE a = ?"))),
                    SQL_ERROR);
    IS(fake_state(s, 1), "HYC00");
    CU_ASSERT_EQUAL(fake.n_started, 0);
    stmt_free(s);
    fake_disconnect();
}

/* Only rows of VALUES become one statement. */
static void an_insert_that_cannot_be_folded_counts_as_queries(void)
{
    static SQLINTEGER a[101];

    script(1);
    struct stmt *s = fake_stmt();
    s->apd->array_size = 101;
    CALL(s, bind(s, 1, SQL_C_SLONG, SQL_INTEGER, a, 0, NULL));
    CU_ASSERT_EQUAL(
        CALL(s, stmt_exec_direct(s, fake_text("INSERT INTO t SELECT a FROM u WHERE b = ?"))),
        SQL_ERROR);
    IS(fake_state(s, 1), "HYC00");
    CU_ASSERT_EQUAL(fake.n_started, 0);
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("INSERT INTO t VALUES (?)"))),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(fake.n_started, 1);
    stmt_free(s);
    fake_disconnect();
}

static void a_failed_set_is_not_hidden_by_sets_that_touched_no_row(void)
{
    SQLINTEGER a[2] = { 1, 2 };
    SQLUSMALLINT status[2];

    script(0);
    fake.fail_query = 1;
    fake.fail_kind = FAULT_DATA;
    struct stmt *s = fake_stmt();
    s->apd->array_size = 2;
    s->ipd.array_status = status;
    CALL(s, bind(s, 1, SQL_C_SLONG, SQL_INTEGER, a, 0, NULL));
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("DELETE FROM t WHERE a = ?"))),
                    SQL_SUCCESS_WITH_INFO);
    CU_ASSERT_EQUAL(status[1], SQL_PARAM_ERROR);
    fake.fail_query = -1;
    CU_ASSERT_EQUAL(CALL(s, stmt_exec_direct(s, fake_text("DELETE FROM t WHERE a = ?"))),
                    SQL_NO_DATA);
    stmt_free(s);
    fake_disconnect();
}

/* The set that did not fit the first statement is converted again for the second. */
static void what_a_value_lost_is_told_once(void)
{
    enum { SETS = 3000, WIDTH = 201 };
    char *texts = calloc(SETS, WIDTH);
    double *numbers = calloc(SETS, sizeof(*numbers));
    unsigned n = 0;

    for (unsigned i = 0; i < SETS; i++) {
        memset(texts + i * WIDTH, 'a', WIDTH - 1);
        numbers[i] = i >= 1200 && i < 1290 ? 1.5 : 1;
    }
    script(10);
    struct stmt *s = fake_stmt();
    s->apd->array_size = SETS;
    CALL(s, stmt_bind_parameter(s, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR, 300, 0, texts,
                                WIDTH, NULL));
    CALL(s, bind(s, 2, SQL_C_DOUBLE, SQL_INTEGER, numbers, 0, NULL));
    CALL(s, stmt_exec_direct(s, fake_text("INSERT INTO t VALUES (?,?)")));
    CU_ASSERT(fake.n_started > 1);
    while (fake_state(s, (SQLSMALLINT)(n + 1))[0] != '\0')
        n++;
    CU_ASSERT_EQUAL(n, 90);
    stmt_free(s);
    fake_disconnect();
    free(texts);
    free(numbers);
}

/* Both sets of a parameter written into the text: the file has the statement as it was given. */
static void the_audit_file_never_has_the_value_of_a_parameter(void)
{
    static const char *const texts[] = { "UPDATE t SET a = ?", "SELECT ? FROM t",
                                         "INSERT INTO t VALUES (?)" };
    SQLCHAR values[2][16] = { "canary-one", "canary-two" };
    char path[] = "/tmp/athena-audit-XXXXXX", lines[16384] = "", digest[96], *at;
    int fd = mkstemp(path);
    unsigned n_same = 0;

    CU_ASSERT_FATAL(fd >= 0);
    for (size_t i = 0; i < 6; i++) {
        script(1);
        fake_dbc.settings.at[SETTING_AUDIT_LOG].text = span_of(path);
        fake_dbc.settings.at[SETTING_AUDIT_SQL].text = SPAN("1");
        struct stmt *s = fake_stmt();
        s->apd->array_size = i / 2 == 2 ? 2 : 1;
        CALL(s, bind(s, 1, SQL_C_CHAR, SQL_VARCHAR, values[i % 2], 0, NULL));
        CALL(s, stmt_exec_direct(s, fake_text(texts[i / 2])));
        CU_ASSERT_PTR_NOT_NULL(strstr(fake.sql[0], "canary"));
        stmt_free(s);
        fake_disconnect();
    }
    CU_ASSERT(read(fd, lines, sizeof(lines) - 1) > 0);
    CU_ASSERT_PTR_NULL(strstr(lines, "canary"));
    CU_ASSERT_PTR_NOT_NULL(strstr(lines, "UPDATE t SET a = ?"));
    for (at = strstr(lines, "\"sql_sha256\""); at != NULL; n_same++) {
        memcpy(digest, at, 80);
        digest[80] = '\0';
        at = strstr(at + 1, "\"sql_sha256\"");
        if (n_same % 2 == 0)
            CU_ASSERT(at != NULL && strncmp(at, digest, 80) == 0);
    }
    CU_ASSERT_EQUAL(n_same, 6);
    unlink(path);
    close(fd);
}

/* Pauses are spread by a fifth: a least one of 500 ms is never under 400. */
static void the_least_pause_between_looks_is_the_key_s(void)
{
    static const struct {
        const char *key;
        unsigned first_ms, least_ms;
    } rhythms[] = { { "400", 400, 500 }, { "10", 10, 50 }, { "3600000", 3600000, 4500000 } };

    for (size_t i = 0; i < sizeof(rhythms) / sizeof(rhythms[0]); i++) {
        script_select();
        fake_dbc.settings.at[SETTING_MIN_POLL_INTERVAL].text = span_of(rhythms[i].key);
        struct stmt *s = fake_stmt();
        CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t")));
        CU_ASSERT_EQUAL(fake.first_poll_ms, rhythms[i].first_ms);
        CU_ASSERT_EQUAL(fake.poll_min_ms, rhythms[i].least_ms);
        stmt_free(s);
        fake_disconnect();
    }
}

static void with_noscan_nothing_is_put_into_the_text(void)
{
    script_select();
    struct stmt *s = fake_stmt();
    s->attributes.max_rows = 5;
    s->attributes.no_scan = SQL_NOSCAN_ON;
    CALL(s, stmt_exec_direct(s, fake_text("SELECT a FROM t")));
    IS(fake.sql[0], "SELECT a FROM t");
    stmt_free(s);
    fake_disconnect();
}

static const struct unit_test tests[] = {
    { "literals go beside the text of a select", literals_go_beside_the_text_of_a_select },
    { "long values and other statements are written into the text",
      long_values_and_other_statements_are_written_into_the_text },
    { "a value is sent beside the text up to 1,024 bytes of any width",
      a_value_is_sent_beside_the_text_up_to_1024_bytes_of_any_width },
    { "a parameter that counts rows is sent as digits",
      a_parameter_that_counts_rows_is_sent_as_digits },
    { "a quote in a statement of the Hive dialect is refused",
      a_quote_in_a_statement_of_the_hive_dialect_is_refused },
    { "sets of an insert become rows of one statement",
      sets_of_an_insert_become_rows_of_one_statement },
    { "many sets are split below the longest statement",
      many_sets_are_split_below_the_longest_statement },
    { "one bad set is left out and told", one_bad_set_is_left_out_and_told },
    { "other statements run once per set and go on after a failure",
      other_statements_run_once_per_set_and_go_on_after_a_failure },
    { "too many queries and arrays for selects are refused",
      too_many_queries_and_arrays_for_selects_are_refused },
    { "an INSERT that cannot be folded counts as queries",
      an_insert_that_cannot_be_folded_counts_as_queries },
    { "a failed set is not hidden by sets that touched no row",
      a_failed_set_is_not_hidden_by_sets_that_touched_no_row },
    { "the audit file never has the value of a parameter",
      the_audit_file_never_has_the_value_of_a_parameter },
    { "the least pause between looks is the key's", the_least_pause_between_looks_is_the_key_s },
    { "with SQL_ATTR_NOSCAN nothing is put into the text",
      with_noscan_nothing_is_put_into_the_text },
    { "what a value lost is told once", what_a_value_lost_is_told_once },
};

UNIT_MAIN("odbc/job", tests)
