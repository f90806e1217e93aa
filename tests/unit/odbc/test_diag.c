/* Diagnostics: order, limits, both ways of reading them, both versions of the states. */
#include "fake_spoke.h"

static void records_are_read_back_by_both_functions(void)
{
    SQLCHAR state[6] = "", message[256] = "", text[64] = "";
    SQLINTEGER native = -1, number = -1;
    SQLSMALLINT length = -1;
    struct handle *h;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    h = &world_dbc->handle;
    CU_ASSERT_EQUAL(diag_post(h, STATE_HY024, "No %s.", "way"), SQL_ERROR);
    CU_ASSERT_EQUAL(diag_get_record(h, 1, room_a(state, 6, NULL), &native,
                                    room_a(message, sizeof(message), &length)),
                    SQL_SUCCESS);
    TEXT_IS(state, "HY024");
    TEXT_IS(message, "[Athena][ODBC Driver] No way.");
    CU_ASSERT_EQUAL(length, (SQLSMALLINT)strlen((char *)message));
    CU_ASSERT_EQUAL(native, 0);
    CU_ASSERT_EQUAL(diag_get_record(h, 2, room_a(state, 6, NULL), &native,
                                    room_a(message, sizeof(message), &length)),
                    SQL_NO_DATA);
    CU_ASSERT_EQUAL(diag_get_record(h, 0, room_a(state, 6, NULL), &native,
                                    room_a(message, sizeof(message), &length)),
                    SQL_ERROR);
    CU_ASSERT_EQUAL(
        diag_get_record(h, 1, room_a(state, 6, NULL), &native, room_a(message, -1, &length)),
        SQL_ERROR);
    CU_ASSERT_EQUAL(
        diag_get_record(h, 1, room_a(state, 6, NULL), &native, room_a(message, 9, &length)),
        SQL_SUCCESS_WITH_INFO);
    TEXT_IS(message, "[Athena]");
    CU_ASSERT_EQUAL(length, 29);
    CU_ASSERT_EQUAL(diag_get_field(h, 0, SQL_DIAG_NUMBER, &number, (struct room){ 0 }),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(number, 1);
    CU_ASSERT_EQUAL(
        diag_get_field(h, 1, SQL_DIAG_SQLSTATE, text, room_bytes_a(text, sizeof(text), &length)),
        SQL_SUCCESS);
    TEXT_IS(text, "HY024");
    CU_ASSERT_EQUAL(diag_get_field(h, 1, SQL_DIAG_NATIVE, &native, (struct room){ 0 }),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(diag_get_field(h, 1, 4711, text, room_bytes_a(text, sizeof(text), &length)),
                    SQL_ERROR);
    CU_ASSERT_EQUAL(
        diag_get_field(h, 0, SQL_DIAG_SQLSTATE, text, room_bytes_a(text, sizeof(text), &length)),
        SQL_ERROR);
    CU_ASSERT_EQUAL(
        diag_get_field(h, 2, SQL_DIAG_SQLSTATE, text, room_bytes_a(text, sizeof(text), &length)),
        SQL_NO_DATA);
    CU_ASSERT_EQUAL(diag_get_field(h, 1, SQL_DIAG_SQLSTATE, text, room_bytes_a(text, -1, &length)),
                    SQL_ERROR);
    world_free();
}

static void wide_records_have_the_unit_of_the_environment(void)
{
    uint16_t utf16[64];
    uint32_t ucs4[64];
    SQLSMALLINT length = -1;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    diag_post(&world_dbc->handle, STATE_HY000, "\xf0\x9f\x98\x80");
    CU_ASSERT_EQUAL(diag_get_record(&world_dbc->handle, 1, (struct room){ 0 }, NULL,
                                    room_w(utf16, 64, &length)),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(length, 24); /* characters */
    CU_ASSERT_EQUAL(utf16[22], 0xd83d);
    CU_ASSERT_EQUAL(utf16[24], 0);
    CU_ASSERT_EQUAL(diag_get_field(&world_dbc->handle, 1, SQL_DIAG_MESSAGE_TEXT, utf16,
                                   room_bytes_w(utf16, sizeof(utf16), &length)),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(length, 48); /* bytes */
    world_env->wide_unit = WIDE_UCS4;
    CU_ASSERT_EQUAL(diag_get_record(&world_dbc->handle, 1, (struct room){ 0 }, NULL,
                                    room_w((SQLWCHAR *)ucs4, 64, &length)),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(length, 23);
    CU_ASSERT_EQUAL(ucs4[22], 0x1f600);
    CU_ASSERT_EQUAL(diag_get_record(&world_dbc->handle, 1, room_w((SQLWCHAR *)ucs4, 6, NULL), NULL,
                                    (struct room){ 0 }),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(ucs4[0], 'H');
    CU_ASSERT_EQUAL(ucs4[5], 0);
    world_free();
}

static void odbc2_applications_get_odbc2_states(void)
{
    world_make(SQL_OV_ODBC2, WIDE_UTF16);
    diag_post(&world_dbc->handle, STATE_HY000, NULL);
    STATE_IS(world_dbc, 1, "S1000");
    TEXT_IS(message_at(&world_dbc->handle, 1), "[Athena][ODBC Driver] General error");
    diag_clear(&world_dbc->handle);
    diag_post(&world_dbc->handle, STATE_42S02, NULL);
    STATE_IS(world_dbc, 1, "S0002");
    world_free();
}

/* The page on SQLGetDiagField, "Sequence of Status Records". */
static void records_are_ordered_by_row_and_errors_come_first(void)
{
    struct handle *h;
    SQLLEN row = 0;
    SQLINTEGER column = 0;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    h = &world_dbc->handle;
    diag_post_at(h, STATE_01004, 7, 2, "seven, warning");
    diag_post_at(h, STATE_22003, 7, 1, "seven, error");
    diag_post_at(h, STATE_22018, 3, 1, "three, error");
    diag_post(h, STATE_01000, "no row, warning");
    diag_post_at(h, STATE_01S07, SQL_ROW_NUMBER_UNKNOWN, 1, "unknown row");
    diag_post(h, STATE_HY000, "no row, error");
    diag_post(h, STATE_HY001, "no row, second error");
    TEXT_IS(message_at(h, 1), "[Athena][ODBC Driver] unknown row");
    TEXT_IS(message_at(h, 2), "[Athena][ODBC Driver] no row, error");
    TEXT_IS(message_at(h, 3), "[Athena][ODBC Driver] no row, second error");
    TEXT_IS(message_at(h, 4), "[Athena][ODBC Driver] no row, warning");
    TEXT_IS(message_at(h, 5), "[Athena][ODBC Driver] three, error");
    TEXT_IS(message_at(h, 6), "[Athena][ODBC Driver] seven, error");
    TEXT_IS(message_at(h, 7), "[Athena][ODBC Driver] seven, warning");
    CU_ASSERT_EQUAL(diag_get_field(h, 7, SQL_DIAG_ROW_NUMBER, &row, (struct room){ 0 }),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(diag_get_field(h, 7, SQL_DIAG_COLUMN_NUMBER, &column, (struct room){ 0 }),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(row, 7);
    CU_ASSERT_EQUAL(column, 2);
    CU_ASSERT_EQUAL(diag_get_field(h, 2, SQL_DIAG_ROW_NUMBER, &row, (struct room){ 0 }),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(row, SQL_NO_ROW_NUMBER);
    world_free();
}

static void a_hundred_row_records_are_kept_and_one_tells_how_many_more(void)
{
    struct handle *h;
    SQLINTEGER number = 0;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    h = &world_dbc->handle;
    for (int row = 1; row <= 250; row++) {
        diag_post_at(h, STATE_22018, row, 1, "row %d", row);
    }
    CU_ASSERT_EQUAL(diag_get_field(h, 0, SQL_DIAG_NUMBER, &number, (struct room){ 0 }),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(number, 101);
    TEXT_IS(message_at(h, 100), "[Athena][ODBC Driver] row 100");
    STATE_IS(world_dbc, 101, "01000");
    TEXT_IS(message_at(h, 101), "[Athena][ODBC Driver] 150 more of these records were left out.");
    /* What ended the call has no row, and is told. */
    diag_post(h, STATE_08S01, "the network went away");
    TEXT_IS(message_at(h, 1), "[Athena][ODBC Driver] the network went away");
    diag_clear(h);
    STATE_IS(world_dbc, 1, "");
    for (int i = 0; i < 500; i++) {
        diag_post(h, STATE_01000, "warning %d", i);
    }
    CU_ASSERT_EQUAL(diag_get_field(h, 0, SQL_DIAG_NUMBER, &number, (struct room){ 0 }),
                    SQL_SUCCESS);
    CU_ASSERT(number <= DIAG_RECORDS_MAX);
    world_free();
}

static void a_fault_brings_its_notes_as_further_records(void)
{
    struct fault f = { 0 };
    char longest[FAULT_TEXT_MAX + 1];

    memset(longest, 'x', FAULT_TEXT_MAX);
    longest[FAULT_TEXT_MAX] = 0;
    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    fault_set(&f, FAULT_DENIED, "%s", longest);
    f.hop = HOP_CONSUMER;
    f.native = 17;
    fault_note(&f, "first note");
    fault_note(&f, "second note");
    CU_ASSERT_EQUAL(diag_post_fault(&world_dbc->handle, &f), SQL_ERROR);
    STATE_IS(world_dbc, 1, "28000");
    CU_ASSERT_EQUAL(strlen(message_at(&world_dbc->handle, 1)),
                    FAULT_TEXT_MAX + strlen("[Athena][ODBC Driver] "));
    CU_ASSERT(strlen(message_at(&world_dbc->handle, 1)) + strlen("[unixODBC]") <= 512);
    TEXT_IS(message_at(&world_dbc->handle, 2), "[Athena][ODBC Driver] first note");
    TEXT_IS(message_at(&world_dbc->handle, 3), "[Athena][ODBC Driver] second note");
    STATE_IS(world_dbc, 4, "");
    world_free();
}

static void notices_become_warnings_of_their_kind(void)
{
    struct notices list = { 0 };

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    CU_ASSERT_EQUAL(diag_post_notices(&world_dbc->handle, &list), SQL_SUCCESS);
    notice_add(&list, FAULT_SETTING_WARNING, "unknown key");
    notice_add(&list, FAULT_OPTION_CHANGED, "changed");
    notice_add(&list, FAULT_WARNING, "worth saying");
    CU_ASSERT_EQUAL(diag_post_notices(&world_dbc->handle, &list), SQL_SUCCESS_WITH_INFO);
    STATE_IS(world_dbc, 1, "01S00");
    STATE_IS(world_dbc, 2, "01S02");
    STATE_IS(world_dbc, 3, "01000");
    world_free();
}

static void names_and_origins_are_told(void)
{
    SQLCHAR text[128];
    SQLSMALLINT length;
    struct handle *h;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    CU_ASSERT(SQL_SUCCEEDED(world_connect(WORLD_STRING)));
    h = &world_dbc->handle;
    diag_clear(h);
    diag_post(h, STATE_HYT00, NULL);
    CU_ASSERT_EQUAL(
        diag_get_field(h, 1, SQL_DIAG_SERVER_NAME, text, room_bytes_a(text, sizeof(text), &length)),
        SQL_SUCCESS);
    TEXT_IS(text, "444455556666/eu-west-1");
    CU_ASSERT_EQUAL(diag_get_field(h, 1, SQL_DIAG_CONNECTION_NAME, text,
                                   room_bytes_a(text, sizeof(text), &length)),
                    SQL_SUCCESS);
    TEXT_IS(text, "");
    CU_ASSERT_EQUAL(diag_get_field(h, 1, SQL_DIAG_CLASS_ORIGIN, text,
                                   room_bytes_a(text, sizeof(text), &length)),
                    SQL_SUCCESS);
    TEXT_IS(text, "ISO 9075");
    CU_ASSERT_EQUAL(diag_get_field(h, 1, SQL_DIAG_SUBCLASS_ORIGIN, text,
                                   room_bytes_a(text, sizeof(text), &length)),
                    SQL_SUCCESS);
    TEXT_IS(text, "ODBC 3.0");
    CU_ASSERT_EQUAL(diag_get_field(h, 1, SQL_DIAG_ROW_COUNT, text, (struct room){ 0 }), SQL_ERROR);
    world_free();
}

static void finishing_makes_return_codes_honest(void)
{
    struct handle *h;
    SQLRETURN rc = 99;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    h = &world_dbc->handle;
    CU_ASSERT_EQUAL(diag_finish(h, SQL_SUCCESS), SQL_SUCCESS);
    CU_ASSERT_EQUAL(diag_finish(h, SQL_ERROR), SQL_ERROR);
    STATE_IS(world_dbc, 1, "HY000");
    CU_ASSERT_EQUAL(diag_get_field(h, 0, SQL_DIAG_RETURNCODE, &rc, (struct room){ 0 }),
                    SQL_SUCCESS);
    CU_ASSERT_EQUAL(rc, SQL_ERROR);
    diag_clear(h);
    diag_post(h, STATE_01000, NULL);
    CU_ASSERT_EQUAL(diag_finish(h, SQL_SUCCESS), SQL_SUCCESS_WITH_INFO);
    CU_ASSERT_EQUAL(diag_finish(h, SQL_NO_DATA), SQL_NO_DATA);
    world_free();
}

static const struct unit_test tests[] = {
    { "records are read back by SQLGetDiagRec and SQLGetDiagField",
      records_are_read_back_by_both_functions },
    { "wide records have the unit of the environment",
      wide_records_have_the_unit_of_the_environment },
    { "ODBC 2 applications get ODBC 2 states", odbc2_applications_get_odbc2_states },
    { "records are ordered by row and errors come first",
      records_are_ordered_by_row_and_errors_come_first },
    { "a hundred row records are kept and one tells how many more",
      a_hundred_row_records_are_kept_and_one_tells_how_many_more },
    { "a fault brings its notes as further records", a_fault_brings_its_notes_as_further_records },
    { "notices become warnings of their kind", notices_become_warnings_of_their_kind },
    { "server, connection and origins are told", names_and_origins_are_told },
    { "finishing a call makes its return code honest", finishing_makes_return_codes_honest },
};

UNIT_MAIN("odbc/diag", tests)
