/* Connecting: what reaches the spoke, what comes back as records and completed strings, what a
   failure leaves behind. */
#include "fake_spoke.h"
#include "odbc/connect.h"

static SQLRETURN connect_out(const char *string, struct room out, SQLUSMALLINT completion)
{
    SQLRETURN rc;

    latch_take(&world_dbc->handle.latch);
    diag_clear(&world_dbc->handle);
    rc = dbc_driver_connect(world_dbc, NULL, text_a((SQLCHAR *)(uintptr_t)string, SQL_NTS), out,
                            completion);
    latch_give(&world_dbc->handle.latch);
    return rc;
}

static SQLRETURN browse(const char *string, struct room out)
{
    SQLRETURN rc;

    latch_take(&world_dbc->handle.latch);
    diag_clear(&world_dbc->handle);
    rc = dbc_browse_connect(world_dbc, text_a((SQLCHAR *)(uintptr_t)string, SQL_NTS), out);
    latch_give(&world_dbc->handle.latch);
    return rc;
}

static void every_completion_connects_without_a_dialog(void)
{
    SQLCHAR out[512];
    SQLSMALLINT length = 0;

    for (SQLUSMALLINT completion = SQL_DRIVER_NOPROMPT; completion <= SQL_DRIVER_COMPLETE_REQUIRED;
         completion++) {
        world_make(SQL_OV_ODBC3, WIDE_UTF16);
        CU_ASSERT(SQL_SUCCEEDED(
            connect_out(WORLD_STRING, room_a(out, sizeof(out), &length), completion)));
        CU_ASSERT(world_dbc->is_connected);
        CU_ASSERT_EQUAL(length, (SQLSMALLINT)strlen((char *)out));
        world_free();
    }
    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    CU_ASSERT_EQUAL(connect_out(WORLD_STRING, (struct room){ 0 }, 77), SQL_ERROR);
    STATE_IS(world_dbc, 1, "HY110");
    CU_ASSERT_EQUAL(connect_out(WORLD_STRING, room_a(out, -1, &length), SQL_DRIVER_NOPROMPT),
                    SQL_ERROR);
    STATE_IS(world_dbc, 1, "HY090");
    world_free();
}

static void the_completed_string_connects_again(void)
{
    SQLCHAR out[512] = "", again[512] = "";
    SQLSMALLINT length = 0;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    CU_ASSERT(SQL_SUCCEEDED(connect_out(WORLD_STRING "Catalog={la;ke};",
                                        room_a(out, sizeof(out), &length), SQL_DRIVER_COMPLETE)));
    TEXT_IS(world_dbc->current_catalog, "la;ke");
    latch_take(&world_dbc->handle.latch);
    CU_ASSERT_EQUAL(dbc_disconnect(world_dbc), SQL_SUCCESS);
    latch_give(&world_dbc->handle.latch);
    CU_ASSERT(SQL_SUCCEEDED(
        connect_out((char *)out, room_a(again, sizeof(again), &length), SQL_DRIVER_COMPLETE)));
    TEXT_IS(again, (char *)out);
    TEXT_IS(world_dbc->current_catalog, "la;ke");
    latch_take(&world_dbc->handle.latch);
    CU_ASSERT_EQUAL(dbc_disconnect(world_dbc), SQL_SUCCESS);
    latch_give(&world_dbc->handle.latch);
    CU_ASSERT_EQUAL(connect_out(WORLD_STRING, room_a(out, 10, &length), SQL_DRIVER_COMPLETE),
                    SQL_SUCCESS_WITH_INFO);
    STATE_IS(world_dbc, 1, "01004");
    CU_ASSERT(world_dbc->is_connected);
    world_free();
}

static void a_failed_connect_says_why_and_leaves_nothing(void)
{
    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    fault_set(&fake_spoke.fails, FAULT_DENIED, "Role B refused.");
    fake_spoke.fails.hop = HOP_CONSUMER;
    fault_note(&fake_spoke.fails, "Principal: me");
    CU_ASSERT_EQUAL(world_connect(WORLD_STRING), SQL_ERROR);
    STATE_IS(world_dbc, 1, "28000");
    TEXT_IS(message_at(&world_dbc->handle, 1), "[Athena][ODBC Driver] Role B refused.");
    TEXT_IS(message_at(&world_dbc->handle, 2), "[Athena][ODBC Driver] Principal: me");
    CU_ASSERT_FALSE(world_dbc->is_connected);
    CU_ASSERT_FALSE(world_dbc->is_busy);
    CU_ASSERT(span_is_null(settings_text(&world_dbc->settings, SETTING_PWD)));
    fake_spoke.fails.kind = FAULT_NONE;
    CU_ASSERT(SQL_SUCCEEDED(world_connect(WORLD_STRING)));
    world_free();
}

static void settings_are_refused_before_anything_is_sent(void)
{
    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    CU_ASSERT_EQUAL(world_connect(WORLD_STRING "RunAsRole=nonsense;"), SQL_ERROR);
    STATE_IS(world_dbc, 1, "HY000");
    CU_ASSERT_EQUAL(fake_spoke.n_opened, 0);
    CU_ASSERT_EQUAL(fake_spoke.deadline, 0);
    world_free();
}

static void unknown_keys_and_notices_are_warnings(void)
{
    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    fake_spoke.notice.kind = FAULT_OPTION_CHANGED;
    snprintf(fake_spoke.notice.text, sizeof(fake_spoke.notice.text), "The workgroup decides.");
    CU_ASSERT_EQUAL(world_connect(WORLD_STRING "Zzyzx=1;"), SQL_SUCCESS_WITH_INFO);
    STATE_IS(world_dbc, 1, "01S00");
    STATE_IS(world_dbc, 2, "01S02");
    CU_ASSERT_PTR_NOT_NULL(strstr(message_at(&world_dbc->handle, 1), "Zzyzx"));
    world_free();
}

static void the_login_timeout_is_a_deadline(void)
{
    const struct clock *clock = clock_system();
    int64_t now;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    CU_ASSERT_EQUAL(
        dbc_set_attribute(world_dbc, SQL_ATTR_LOGIN_TIMEOUT, (void *)7, (struct text){ 0 }),
        SQL_SUCCESS);
    now = clock->steady_ms(clock);
    CU_ASSERT(SQL_SUCCEEDED(world_connect(WORLD_STRING)));
    CU_ASSERT(fake_spoke.deadline >= now + 7000 && fake_spoke.deadline < now + 12000);
    world_free();
    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    CU_ASSERT_EQUAL(
        dbc_set_attribute(world_dbc, SQL_ATTR_LOGIN_TIMEOUT, (void *)0, (struct text){ 0 }),
        SQL_SUCCESS);
    CU_ASSERT(SQL_SUCCEEDED(world_connect(WORLD_STRING)));
    CU_ASSERT_EQUAL(fake_spoke.deadline, 0);
    world_free();
}

static bool cancel_meanwhile(const struct aws_bounds *bounds)
{
    latch_take(&world_dbc->handle.latch); /* it is free while the spoke opens */
    CU_ASSERT(world_dbc->is_busy);
    latch_give(&world_dbc->handle.latch);
    CU_ASSERT_EQUAL(dbc_cancel(world_dbc), SQL_SUCCESS);
    return !wake_is_raised(bounds->cancel);
}

static bool see_no_old_cancel(const struct aws_bounds *bounds)
{
    return !wake_is_raised(bounds->cancel);
}

static void connecting_holds_no_lock_and_can_be_cancelled(void)
{
    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    fake_spoke.while_opening = cancel_meanwhile;
    CU_ASSERT_EQUAL(world_connect(WORLD_STRING), SQL_ERROR);
    STATE_IS(world_dbc, 1, "HY008");
    fake_spoke.while_opening = see_no_old_cancel;
    /* the old cancel does not stop a new connect */
    CU_ASSERT(SQL_SUCCEEDED(world_connect(WORLD_STRING)));
    world_free();
}

static void disconnecting_frees_statements_and_descriptors(void)
{
    SQLHANDLE h = NULL;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    CU_ASSERT(SQL_SUCCEEDED(world_connect(WORLD_STRING)));
    latch_take(&world_dbc->handle.latch);
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(stmt_new(world_dbc, &h), SQL_SUCCESS);
        CU_ASSERT_EQUAL(desc_new_explicit(world_dbc, &h), SQL_SUCCESS);
    }
    CU_ASSERT_EQUAL(dbc_disconnect(world_dbc), SQL_SUCCESS);
    CU_ASSERT_PTR_NULL(world_dbc->statements);
    CU_ASSERT_PTR_NULL(world_dbc->descriptors);
    latch_give(&world_dbc->handle.latch);
    CU_ASSERT(SQL_SUCCEEDED(world_connect(WORLD_STRING)));
    CU_ASSERT_EQUAL(dbc_free(world_dbc), SQL_ERROR); /* open */
    STATE_IS(world_dbc, 1, "HY010");
    CU_ASSERT_EQUAL(env_free(world_env), SQL_ERROR);
    STATE_IS(world_env, 1, "HY010");
    world_free();
}

static void browsing_asks_for_the_region_then_connects(void)
{
    SQLCHAR out[1024] = "";
    SQLSMALLINT length = 0;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    CU_ASSERT_EQUAL(
        browse("DRIVER={Athena};AuthenticationType=IAM Credentials;UID=AKIAEXAMPLE;PWD=secret",
               room_a(out, sizeof(out), &length)),
        SQL_NEED_DATA);
    CU_ASSERT_PTR_NOT_NULL(strstr((char *)out, "AwsRegion:"));
    CU_ASSERT_PTR_NOT_NULL(strstr((char *)out, "*ExternalId:"));
    CU_ASSERT_PTR_NULL(strstr((char *)out, "PWD:"));
    CU_ASSERT(world_dbc->is_browsing);
    CU_ASSERT(SQL_SUCCEEDED(browse("AwsRegion=eu-west-1", room_a(out, sizeof(out), &length))));
    CU_ASSERT(world_dbc->is_connected);
    CU_ASSERT_FALSE(world_dbc->is_browsing);
    world_free();
}

static void browsing_keeps_asking_while_a_value_is_wrong_and_ends_by_disconnecting(void)
{
    SQLCHAR out[1024] = "";
    SQLSMALLINT length = 0;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    CU_ASSERT_EQUAL(browse("DRIVER={Athena};AuthenticationType=IAM "
                           "Credentials;UID=AKIAEXAMPLE;PWD=secret;RunAsRole=x",
                           room_a(out, sizeof(out), &length)),
                    SQL_NEED_DATA);
    STATE_IS(world_dbc, 1, "01S00");
    latch_take(&world_dbc->handle.latch);
    CU_ASSERT_EQUAL(dbc_disconnect(world_dbc), SQL_SUCCESS);
    latch_give(&world_dbc->handle.latch);
    CU_ASSERT_FALSE(world_dbc->is_browsing);
    CU_ASSERT_EQUAL(world_dbc->browsed.len, 0);
    CU_ASSERT(SQL_SUCCEEDED(world_connect(WORLD_STRING)));
    world_free();
}

static void native_sql_is_translated_locally(void)
{
    SQLCHAR out[128] = "";
    SQLINTEGER length = 0;

    world_make(SQL_OV_ODBC3, WIDE_UTF16);
    CU_ASSERT(SQL_SUCCEEDED(world_connect(WORLD_STRING)));
    diag_clear(&world_dbc->handle);
    CU_ASSERT_EQUAL(
        dbc_native_sql(world_dbc,
                       text_a((SQLCHAR *)(uintptr_t) "SELECT {fn UCASE(a)} FROM t", SQL_NTS),
                       room_long_a(out, sizeof(out), &length)),
        SQL_SUCCESS);
    TEXT_IS(out, "SELECT upper(a) FROM t");
    CU_ASSERT_EQUAL(length, 22);
    CU_ASSERT_EQUAL(
        dbc_native_sql(world_dbc, text_a(NULL, 0), room_long_a(out, sizeof(out), &length)),
        SQL_ERROR);
    STATE_IS(world_dbc, 1, "HY009");
    diag_clear(&world_dbc->handle);
    CU_ASSERT_EQUAL(
        dbc_native_sql(world_dbc, text_a((SQLCHAR *)(uintptr_t) "SELECT {d '2024-02-30'}", SQL_NTS),
                       room_long_a(out, sizeof(out), &length)),
        SQL_ERROR);
    CU_ASSERT_EQUAL(dbc_end_transaction(world_dbc, SQL_COMMIT), SQL_SUCCESS);
    CU_ASSERT_EQUAL(dbc_end_transaction(world_dbc, SQL_ROLLBACK), SQL_SUCCESS);
    diag_clear(&world_dbc->handle);
    CU_ASSERT_EQUAL(dbc_end_transaction(world_dbc, 7), SQL_ERROR);
    STATE_IS(world_dbc, 1, "HY012");
    CU_ASSERT_EQUAL(env_end_transaction(world_env, SQL_COMMIT), SQL_SUCCESS);
    world_free();
}

static const struct unit_test tests[] = {
    { "every completion connects without a dialog", every_completion_connects_without_a_dialog },
    { "the completed string connects again", the_completed_string_connects_again },
    { "a failed connect says why and leaves nothing",
      a_failed_connect_says_why_and_leaves_nothing },
    { "settings are refused before anything is sent",
      settings_are_refused_before_anything_is_sent },
    { "unknown keys and notices are warnings", unknown_keys_and_notices_are_warnings },
    { "the login timeout is a deadline", the_login_timeout_is_a_deadline },
    { "connecting holds no lock and can be cancelled",
      connecting_holds_no_lock_and_can_be_cancelled },
    { "disconnecting frees statements and descriptors",
      disconnecting_frees_statements_and_descriptors },
    { "browsing asks for the region, then connects", browsing_asks_for_the_region_then_connects },
    { "browsing keeps asking while a value is wrong and ends by disconnecting",
      browsing_keeps_asking_while_a_value_is_wrong_and_ends_by_disconnecting },
    { "native SQL is translated locally and transactions end by themselves",
      native_sql_is_translated_locally },
};

UNIT_MAIN("odbc/connect", tests)
