/* Connections as objects: made, named, freed. Connecting is connect.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "odbc/attribute.h"
#include "odbc/connect.h"
#include "odbc/stmt.h"

SQLRETURN dbc_new(struct env *e, SQLHANDLE *out)
{
    struct dbc *d;

    if (out == NULL) {
        return diag_post(&e->handle, STATE_HY009, NULL);
    }
    *out = SQL_NULL_HANDLE;
    d = calloc(1, sizeof(*d));
    if (d == NULL) {
        return diag_post(&e->handle, STATE_HY001, NULL);
    }
    handle_init(&d->handle, HANDLE_DBC, &e->handle);
    wake_init(&d->connecting);
    lock_init(&d->place_lock);
    d->browsed.is_secret = true;
    d->completed.is_secret = true;
    dbc_reset_attributes(d);
    handle_link(&e->connections, &d->handle);
    *out = d;
    return SQL_SUCCESS;
}

SQLRETURN dbc_free(struct dbc *d)
{
    struct env *e = dbc_env(d);
    bool is_open;

    latch_take(&e->handle.latch);
    latch_take(&d->handle.latch);
    is_open = d->is_connected || d->is_busy;
    if (!is_open) {
        handle_unlink(&e->connections, &d->handle);
    }
    latch_give(&d->handle.latch);
    latch_give(&e->handle.latch);
    if (is_open) {
        return diag_post(&d->handle, STATE_HY010, "The connection is open: disconnect it first.");
    }
    buf_free(&d->browsed);
    buf_free(&d->completed);
    settings_free(&d->settings);
    arena_free(&d->arena);
    wake_done(&d->connecting);
    lock_done(&d->place_lock);
    handle_done(&d->handle);
    free(d);
    return SQL_SUCCESS;
}

void dbc_place_of(struct dbc *d, struct dbc_place *out)
{
    lock_take(&d->place_lock);
    memcpy(out->catalog, d->current_catalog, sizeof(out->catalog));
    memcpy(out->schema, d->current_schema, sizeof(out->schema));
    lock_give(&d->place_lock);
}

/* The account in a role's or session's ARN: its fifth part. */
static struct span account_of(const char *arn)
{
    struct span rest = span_of(arn);
    struct span part = NO_SPAN;

    for (unsigned i = 0; i < 5 && !span_is_null(rest); i++) {
        part = span_next(&rest, ':');
    }
    return span_is_null(rest) ? NO_SPAN : part;
}

static void write_server_label(const struct dbc *d, char to[SERVER_LABEL_ROOM])
{
    struct span region = settings_text(&d->settings, SETTING_AWS_REGION);
    const struct spoke_identity *who = d->is_connected ? spoke_identity(d->spoke) : NULL;
    struct span account;

    to[0] = 0;
    if (who == NULL) {
        return;
    }
    account = span_of(who->account);
    if (account.len == 0) {
        account = account_of(who->consumer_arn[0] != 0 ? who->consumer_arn : who->run_as_arn);
    }
    snprintf(to, SERVER_LABEL_ROOM, "%.*s%s%.*s", (int)account.len,
             account.len > 0 ? account.at : "", account.len > 0 && region.len > 0 ? "/" : "",
             (int)region.len, region.len > 0 ? region.at : "");
}

void dbc_label(struct dbc *d)
{
    lock_take(&d->place_lock);
    span_to_c(span_of(d->settings.dsn), d->dsn_label, sizeof(d->dsn_label));
    write_server_label(d, d->server_label);
    lock_give(&d->place_lock);
}

void dbc_dsn_name(struct dbc *d, char to[DSN_NAME_ROOM])
{
    lock_take(&d->place_lock);
    memcpy(to, d->dsn_label, DSN_NAME_ROOM);
    lock_give(&d->place_lock);
}

void dbc_server_name(struct dbc *d, char to[SERVER_LABEL_ROOM])
{
    lock_take(&d->place_lock);
    memcpy(to, d->server_label, SERVER_LABEL_ROOM);
    lock_give(&d->place_lock);
}
