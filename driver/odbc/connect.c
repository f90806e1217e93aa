/* SQLConnect, SQLDriverConnect and SQLDisconnect: settings, then the spoke. Dialogs do not exist
   here, so every completion behaves as SQL_DRIVER_NOPROMPT. */
#include "odbc/connect.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "odbc/preset.h"
#include "odbc/stmt.h"

static void open_log(struct dbc *d)
{
    struct span path = settings_text(&d->settings, SETTING_LOG_PATH);
    enum log_level level = LOG_OFF;
    struct fault f = { 0 };
    char name[4096];

    if (path.len == 0 || path.len >= sizeof(name)
        || !log_parse_level(settings_text(&d->settings, SETTING_LOG_LEVEL), &level)
        || level == LOG_OFF) {
        return;
    }
    span_to_c(path, name, sizeof(name));
    if (!log_open(name, level, &f)) {
        diag_post(&d->handle, STATE_01000, "No log is written: %s", f.text);
    }
}

/* The labels stay: the data source's name is told with records after the connection's end. */
static void forget_settings(struct dbc *d)
{
    dbc_label(d);
    settings_free(&d->settings);
    memset(&d->settings, 0, sizeof(d->settings));
}

static SQLRETURN fail(struct dbc *d, const struct fault *f, struct notices *notices)
{
    diag_post_notices(&d->handle, notices);
    diag_post_fault(&d->handle, f);
    forget_settings(d);
    return SQL_ERROR;
}

/* With the lock given away: other calls on this connection are out of sequence meanwhile,
   SQLGetDiagRec and SQLCancelHandle work. */
static bool open_spoke(struct dbc *d, struct notices *notices, struct fault *f)
{
    const struct clock *clock = clock_system();
    struct aws_bounds bounds = { .cancel = &d->connecting };
    bool ok;

    if (d->login_timeout_s > 0) {
        bounds.deadline_steady_ms = clock->steady_ms(clock) + (int64_t)d->login_timeout_s * 1000;
    }
    d->is_busy = true;
    latch_give(&d->handle.latch);
    ok = spoke_open(&d->settings, &bounds, notices, &d->spoke, f);
    latch_take(&d->handle.latch);
    d->is_busy = false;
    return ok;
}

SQLRETURN dbc_open(struct dbc *d, struct notices *notices)
{
    struct fault f = { 0 };

    d->options = (struct value_options){ .odbc2 = handle_is_odbc2(&d->handle),
                                         .wide_unit = handle_wide_unit(&d->handle) };
    preset_options(&d->settings, NULL, &d->options);
    open_log(d);
    if (!open_spoke(d, notices, &f)) {
        return fail(d, &f, notices);
    }
    d->is_connected = true;
    d->is_browsing = false;
    buf_free(&d->browsed);
    dbc_reset_catalog(d);
    dbc_label(d);
    return diag_post_notices(&d->handle, notices);
}

static SQLRETURN load_and_open(struct dbc *d, const struct settings_input *in,
                               struct notices *notices)
{
    struct fault f = { 0 };

    wake_lower(&d->connecting);
    memset(&d->settings, 0, sizeof(d->settings));
    if (!settings_load(&d->settings, in, notices, &f)) {
        return fail(d, &f, notices);
    }
    return dbc_open(d, notices);
}

SQLRETURN dbc_connect(struct dbc *d, struct text dsn, struct text user, struct text password)
{
    struct arena texts = { .is_secret = true };
    struct settings_input in = { .connection_string = NO_SPAN,
                                 .manager_symbol = dbc_env(d)->manager_symbol };
    struct notices notices = { 0 };
    SQLRETURN rc = SQL_ERROR;

    env_learn_width(dbc_env(d), &dsn);
    if (text_take(&d->handle, dsn, &texts, &in.dsn) && text_take(&d->handle, user, &texts, &in.user)
        && text_take(&d->handle, password, &texts, &in.password)) {
        rc = load_and_open(d, &in, &notices);
    }
    arena_free(&texts);
    return rc;
}

static SQLRETURN put_completed(struct dbc *d, const struct settings_input *in, struct room out)
{
    struct fault f = { 0 };

    buf_clear(&d->completed);
    if (!settings_completed(&d->settings, in, &d->completed, &f)) {
        return diag_post_fault(&d->handle, &f);
    }
    return room_put(&d->handle, out, buf_span(&d->completed));
}

SQLRETURN dbc_driver_connect(struct dbc *d, SQLHWND window, struct text text, struct room out,
                             SQLUSMALLINT completion)
{
    struct arena texts = { .is_secret = true };
    struct settings_input in = { .manager_symbol = dbc_env(d)->manager_symbol };
    struct notices notices = { 0 };
    SQLRETURN rc = SQL_ERROR;

    (void)window;
    if (completion > SQL_DRIVER_COMPLETE_REQUIRED) {
        return diag_post(&d->handle, STATE_HY110, NULL);
    }
    if (out.at != NULL && out.room < 0) {
        return diag_post(&d->handle, STATE_HY090, NULL);
    }
    env_learn_width(dbc_env(d), &text);
    if (text_take(&d->handle, text, &texts, &in.connection_string)) {
        if (span_is_null(in.connection_string)) {
            in.connection_string = SPAN("");
        }
        rc = load_and_open(d, &in, &notices);
    }
    if (SQL_SUCCEEDED(rc)) {
        SQLRETURN put = put_completed(d, &in, out);
        rc = put == SQL_SUCCESS ? rc : put;
    }
    arena_free(&texts);
    return rc;
}

SQLRETURN dbc_cancel(struct dbc *d)
{
    wake_raise(&d->connecting); /* lowered when connecting begins */
    return SQL_SUCCESS;
}

/* Frees the statements one by one as SQLFreeHandle would, whatever they are doing: leaving them to
   the application would leave the connection open behind its back. The connection's lock is given
   away, stopping a query is a request. */
static void close_children(struct dbc *d)
{
    struct handle *h;

    while ((h = d->statements) != NULL) {
        latch_give(&d->handle.latch);
        stmt_free((struct stmt *)h);
        latch_take(&d->handle.latch);
    }
    while ((h = d->descriptors) != NULL) {
        latch_give(&d->handle.latch);
        desc_free_explicit((struct desc *)h);
        latch_take(&d->handle.latch);
    }
}

SQLRETURN dbc_disconnect(struct dbc *d)
{
    struct spoke *spoke = d->spoke;

    d->is_browsing = false;
    buf_free(&d->browsed);
    if (!d->is_connected) {
        return SQL_SUCCESS;
    }
    d->is_busy = true;
    close_children(d);
    d->is_connected = false;
    d->spoke = NULL;
    latch_give(&d->handle.latch);
    spoke_close(spoke);
    latch_take(&d->handle.latch);
    d->is_busy = false;
    if (settings_flag(&d->settings, SETTING_READ_ONLY)) {
        /* it was the data source's choice, not the application's */
        d->access_mode = SQL_MODE_READ_WRITE;
    }
    forget_settings(d);
    buf_free(&d->completed);
    return SQL_SUCCESS;
}
