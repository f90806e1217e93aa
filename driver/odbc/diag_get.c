/* SQLGetDiagRec and SQLGetDiagField: copies of records and header fields, taken under the
   diagnostics lock alone. */
#include <string.h>

#include "odbc/diag.h"
#include "odbc/handle.h"
#include "odbc/sqlstate.h"

static const char *state_name(const struct handle *h, enum state state)
{
    const struct sqlstate *s = sqlstate_of(state);

    return handle_is_odbc2(h) ? s->v2 : s->v3;
}

/* SQL_SUCCESS, SQL_NO_DATA or, for a number below 1, SQL_ERROR. */
static SQLRETURN copy_record(struct handle *h, SQLSMALLINT number, struct diag_record *out)
{
    SQLRETURN rc = SQL_NO_DATA;

    if (number < 1) {
        return SQL_ERROR;
    }
    lock_take(&h->diag.lock);
    if ((unsigned)number <= h->diag.n) {
        *out = h->diag.records[number - 1];
        rc = SQL_SUCCESS;
    }
    lock_give(&h->diag.lock);
    return rc;
}

SQLRETURN diag_get_record(struct handle *h, SQLSMALLINT number, struct room state,
                          SQLINTEGER *native, struct room message)
{
    enum wide_unit unit = handle_wide_unit(h);
    struct diag_record r;
    SQLRETURN rc;

    if (message.room < 0) {
        return SQL_ERROR;
    }
    rc = copy_record(h, number, &r);
    if (rc != SQL_SUCCESS) {
        return rc;
    }
    room_write(unit, state, span_of(state_name(h, r.state)));
    if (native != NULL) {
        *native = r.native;
    }
    return room_write(unit, message, span_of(r.text));
}

static SQLRETURN put_header_number(const struct diag *d, SQLSMALLINT field, void *value)
{
    switch (field) {
    case SQL_DIAG_NUMBER:
        *(SQLINTEGER *)value = (SQLINTEGER)d->n;
        return SQL_SUCCESS;
    case SQL_DIAG_RETURNCODE:
        *(SQLRETURN *)value = d->return_code;
        return SQL_SUCCESS;
    case SQL_DIAG_DYNAMIC_FUNCTION_CODE:
        *(SQLINTEGER *)value = d->dynamic_function_code;
        return SQL_SUCCESS;
    case SQL_DIAG_ROW_COUNT:
        *(SQLLEN *)value = d->row_count;
        return SQL_SUCCESS;
    default:
        *(SQLLEN *)value = d->cursor_row_count;
        return SQL_SUCCESS;
    }
}

static bool is_statement_field(SQLSMALLINT field)
{
    return field == SQL_DIAG_CURSOR_ROW_COUNT || field == SQL_DIAG_DYNAMIC_FUNCTION ||
           field == SQL_DIAG_DYNAMIC_FUNCTION_CODE || field == SQL_DIAG_ROW_COUNT;
}

static bool is_header_field(SQLSMALLINT field)
{
    return is_statement_field(field) || field == SQL_DIAG_NUMBER || field == SQL_DIAG_RETURNCODE;
}

static SQLRETURN get_header(struct handle *h, SQLSMALLINT field, void *value, struct room text)
{
    char name[sizeof(h->diag.dynamic_function)];
    SQLRETURN rc = SQL_SUCCESS;

    if (is_statement_field(field) && h->kind != HANDLE_STMT) {
        return SQL_ERROR;
    }
    lock_take(&h->diag.lock);
    memcpy(name, h->diag.dynamic_function, sizeof(name));
    if (field != SQL_DIAG_DYNAMIC_FUNCTION && value != NULL) {
        rc = put_header_number(&h->diag, field, value);
    }
    lock_give(&h->diag.lock);
    if (field == SQL_DIAG_DYNAMIC_FUNCTION) {
        return room_write(handle_wide_unit(h), text, span_of(name));
    }
    return rc;
}

static SQLRETURN put_record_number(const struct diag_record *r, SQLSMALLINT field, void *value)
{
    if (value == NULL) {
        return SQL_SUCCESS;
    }
    if (field == SQL_DIAG_ROW_NUMBER) {
        *(SQLLEN *)value = r->row;
    } else {
        *(SQLINTEGER *)value = field == SQL_DIAG_NATIVE ? r->native : r->column;
    }
    return SQL_SUCCESS;
}

/* NULL for a field that is not text. */
static const char *record_text(struct handle *h, const struct diag_record *r, SQLSMALLINT field,
                               char room[DSN_NAME_ROOM])
{
    struct dbc *d = handle_dbc(h);
    const char *v3 = sqlstate_of(r->state)->v3;

    room[0] = 0;
    switch (field) {
    case SQL_DIAG_SQLSTATE:
        return state_name(h, r->state);
    case SQL_DIAG_MESSAGE_TEXT:
        return r->text;
    case SQL_DIAG_CLASS_ORIGIN:
        return sqlstate_class_origin(v3);
    case SQL_DIAG_SUBCLASS_ORIGIN:
        return sqlstate_subclass_origin(v3);
    case SQL_DIAG_CONNECTION_NAME:
        if (d != NULL) {
            dbc_dsn_name(d, room);
        }
        return room;
    case SQL_DIAG_SERVER_NAME:
        if (d != NULL) {
            dbc_server_name(d, room);
        }
        return room;
    default:
        return NULL;
    }
}

SQLRETURN diag_get_field(struct handle *h, SQLSMALLINT number, SQLSMALLINT field, void *value,
                         struct room text)
{
    struct diag_record r;
    char label[DSN_NAME_ROOM];
    const char *found;
    SQLRETURN rc;

    if (is_header_field(field)) {
        return get_header(h, field, value, text);
    }
    rc = copy_record(h, number, &r);
    if (rc != SQL_SUCCESS) {
        return rc;
    }
    if (field == SQL_DIAG_NATIVE || field == SQL_DIAG_ROW_NUMBER ||
        field == SQL_DIAG_COLUMN_NUMBER) {
        return put_record_number(&r, field, value);
    }
    found = record_text(h, &r, field, label);
    if (found == NULL || (text.at != NULL && text.room < 0)) {
        return SQL_ERROR;
    }
    return room_write(handle_wide_unit(h), text, span_of(found));
}
