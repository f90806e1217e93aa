/* The connection attributes that are more than a member. */
#include <stdio.h>
#include <string.h>

#include "odbc/attribute_table.h"
#include "odbc/connect.h"

static struct dbc *dbc_of(struct handle *h)
{
    return (struct dbc *)h;
}

static void put_name(struct dbc *d, char to[DBC_NAME_ROOM], struct span name)
{
    lock_take(&d->place_lock);
    span_to_c(name, to, DBC_NAME_ROOM);
    lock_give(&d->place_lock);
}

void dbc_reset_catalog(struct dbc *d)
{
    put_name(d, d->current_catalog, settings_text(&d->settings, SETTING_CATALOG));
    put_name(d, d->current_schema, settings_text(&d->settings, SETTING_SCHEMA));
    if (settings_flag(&d->settings, SETTING_READ_ONLY)) {
        d->access_mode = SQL_MODE_READ_ONLY;
    }
}

void dbc_reset_attributes(struct dbc *d)
{
    d->access_mode = SQL_MODE_READ_WRITE;
    d->autocommit = SQL_AUTOCOMMIT_ON;
    d->login_timeout_s = LOGIN_TIMEOUT_DEFAULT_S;
    d->connection_timeout_s = 0;
    d->async_enable = SQL_ASYNC_ENABLE_OFF;
    d->async_dbc = SQL_ASYNC_DBC_ENABLE_OFF;
    d->metadata_id = SQL_FALSE;
    d->txn_isolation = 0;
    d->trace = SQL_OPT_TRACE_OFF;
    d->translate_option = 0;
    d->odbc_cursors = SQL_CUR_USE_DRIVER;
    d->quiet_mode = NULL;
    memset(d->option_is_set, 0, sizeof(d->option_is_set));
}

/* ReadOnly is a guard of whoever wrote the DSN: an application may not lift it. */
SQLRETURN attribute_keep_read_only(struct handle *h, const struct wish *wish)
{
    const struct dbc *d = dbc_of(h);

    if (wish->number == SQL_MODE_READ_WRITE && d->is_connected
        && settings_flag(&d->settings, SETTING_READ_ONLY)) {
        return diag_post(h, STATE_HYC00, "The connection is read only by the key ReadOnly.");
    }
    return SQL_SUCCESS;
}

SQLRETURN attribute_no_notification(struct handle *h, const struct wish *wish)
{
    (void)wish;
    return diag_post(h, STATE_S1118, NULL);
}

SQLRETURN attribute_not_offered(struct handle *h, const struct wish *wish)
{
    (void)wish;
    return diag_post(h, STATE_HYC00, NULL);
}

SQLRETURN attribute_no_packet_size(struct handle *h, const struct wish *wish)
{
    if (wish->number != 0) {
        return diag_post(h, STATE_01S02, "Athena is spoken to by HTTPS: there is no packet size.");
    }
    return SQL_SUCCESS;
}

/* What a pool hands on must be as good as new; statements are the manager's to free. */
SQLRETURN attribute_reset_connection(struct handle *h, const struct wish *wish)
{
    struct dbc *d = dbc_of(h);

    if (wish->number != SQL_RESET_CONNECTION_YES) {
        return diag_post(h, STATE_HY024, NULL);
    }
    dbc_reset_attributes(d);
    if (d->is_connected) {
        dbc_reset_catalog(d);
    }
    return SQL_SUCCESS;
}

static SQLRETURN take_name(struct handle *h, const struct wish *wish, char to[DBC_NAME_ROOM],
                           enum state too_long)
{
    struct arena arena = { 0 };
    struct span name;
    SQLRETURN rc = SQL_ERROR;

    if (text_take(h, wish->text, &arena, &name)) {
        if (name.len == 0 || name.len >= DBC_NAME_ROOM) {
            rc = diag_post(h, too_long, "A name has 1 to %d bytes.", DBC_NAME_ROOM - 1);
        } else {
            put_name(dbc_of(h), to, name);
            rc = SQL_SUCCESS;
        }
    }
    arena_free(&arena);
    return rc;
}

SQLRETURN attribute_set_current_catalog(struct handle *h, const struct wish *wish)
{
    return take_name(h, wish, dbc_of(h)->current_catalog, STATE_3D000);
}

SQLRETURN attribute_set_current_schema(struct handle *h, const struct wish *wish)
{
    return take_name(h, wish, dbc_of(h)->current_schema, STATE_3F000);
}

SQLRETURN attribute_is_false(struct handle *h, struct answer *out)
{
    (void)h;
    out->number = 0;
    return SQL_SUCCESS;
}

static SQLRETURN answer_text(struct answer *out, const char *text)
{
    out->text = span_of(text);
    return SQL_SUCCESS;
}

SQLRETURN attribute_is_empty(struct handle *h, struct answer *out)
{
    (void)h;
    return answer_text(out, "");
}

SQLRETURN attribute_connection_dead(struct handle *h, struct answer *out)
{
    out->number = spoke_is_dead(dbc_of(h)->spoke) ? SQL_CD_TRUE : SQL_CD_FALSE;
    return SQL_SUCCESS;
}

SQLRETURN attribute_current_catalog(struct handle *h, struct answer *out)
{
    return answer_text(out, dbc_of(h)->current_catalog);
}

SQLRETURN attribute_current_schema(struct handle *h, struct answer *out)
{
    return answer_text(out, dbc_of(h)->current_schema);
}

SQLRETURN attribute_athena_account(struct handle *h, struct answer *out)
{
    return answer_text(out, spoke_identity(dbc_of(h)->spoke)->account);
}

SQLRETURN attribute_athena_run_as_arn(struct handle *h, struct answer *out)
{
    return answer_text(out, spoke_identity(dbc_of(h)->spoke)->run_as_arn);
}

SQLRETURN attribute_athena_consumer_arn(struct handle *h, struct answer *out)
{
    return answer_text(out, spoke_identity(dbc_of(h)->spoke)->consumer_arn);
}

static SQLRETURN answer_setting(struct handle *h, enum setting_id id, struct answer *out)
{
    struct span text = settings_text(&dbc_of(h)->settings, id);

    out->text = span_is_null(text) ? SPAN("") : text;
    return SQL_SUCCESS;
}

SQLRETURN attribute_athena_workgroup(struct handle *h, struct answer *out)
{
    return answer_setting(h, SETTING_WORKGROUP, out);
}

SQLRETURN attribute_athena_region(struct handle *h, struct answer *out)
{
    return answer_setting(h, SETTING_AWS_REGION, out);
}

SQLRETURN attribute_athena_engine_version(struct handle *h, struct answer *out)
{
    return answer_text(out, spoke_workgroup(dbc_of(h)->spoke)->engine_version);
}
