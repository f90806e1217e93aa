/* The exported functions without text. */
#include "entry/surface.h"

#include "entry/guard.h"
#include "odbc/attribute.h"

static SQLRETURN alloc_statement(struct dbc *d, SQLHANDLE *out)
{
    SQLRETURN rc = d->is_connected ? stmt_new(d, out) : diag_post(&d->handle, STATE_08003, NULL);

    if (SQL_SUCCEEDED(rc)) {
        dbc_apply_options(d, *out);
    }
    return rc;
}

static SQLRETURN alloc_descriptor(struct dbc *d, SQLHANDLE *out)
{
    return d->is_connected ? desc_new_explicit(d, out) : diag_post(&d->handle, STATE_08003, NULL);
}

SQLRETURN SQL_API SQLAllocHandle(SQLSMALLINT kind, SQLHANDLE parent, SQLHANDLE *out)
{
    struct call c;

    switch (kind) {
    case SQL_HANDLE_ENV:
        return env_new(__builtin_return_address(0), out);
    case SQL_HANDLE_DBC:
        return guard_enter(&c, FUNCTION_SQLAllocHandle, SQL_HANDLE_ENV, parent)
                   ? guard_leave(&c, dbc_new(parent, out))
                   : c.result;
    case SQL_HANDLE_STMT:
        return guard_enter(&c, FUNCTION_SQLAllocHandle, SQL_HANDLE_DBC, parent)
                   ? guard_leave(&c, alloc_statement(parent, out))
                   : c.result;
    case SQL_HANDLE_DESC:
        return guard_enter(&c, FUNCTION_SQLAllocHandle, SQL_HANDLE_DBC, parent)
                   ? guard_leave(&c, alloc_descriptor(parent, out))
                   : c.result;
    default:
        return SQL_ERROR;
    }
}

static SQLRETURN free_object(SQLSMALLINT kind, SQLHANDLE h)
{
    switch (kind) {
    case SQL_HANDLE_ENV:
        return env_free(h);
    case SQL_HANDLE_DBC:
        return dbc_free(h);
    case SQL_HANDLE_STMT:
        return stmt_free(h);
    default:
        return desc_free_explicit(h);
    }
}

/* What another thread waits for in the statement is stopped: freeing does not wait it out. */
static void stop_what_waits(SQLSMALLINT kind, SQLHANDLE h)
{
    struct handle *found = kind == SQL_HANDLE_STMT ? handle_check(h, kind) : NULL;

    if (found != NULL && !handle_is_forked(found)) {
        stmt_cancel_busy((struct stmt *)found);
    }
}

SQLRETURN SQL_API SQLFreeHandle(SQLSMALLINT kind, SQLHANDLE h)
{
    struct call c;

    stop_what_waits(kind, h);
    if (!guard_enter(&c, FUNCTION_SQLFreeHandle, kind, h)) {
        return c.result;
    }
    guard_let_go(&c);
    return guard_left(&c, free_object(kind, h));
}

SQLRETURN SQL_API SQLFreeStmt(SQLHSTMT h, SQLUSMALLINT option)
{
    struct call c;

    if (option == SQL_DROP) {
        return SQLFreeHandle(SQL_HANDLE_STMT, h);
    }
    return guard_enter(&c, FUNCTION_SQLFreeStmt, SQL_HANDLE_STMT, h)
               ? guard_leave(&c, stmt_free_option(h, option))
               : c.result;
}

SQLRETURN SQL_API SQLDisconnect(SQLHDBC h)
{
    struct call c;
    return guard_enter(&c, FUNCTION_SQLDisconnect, SQL_HANDLE_DBC, h)
               ? guard_leave(&c, dbc_disconnect(h))
               : c.result;
}

SQLRETURN SQL_API SQLEndTran(SQLSMALLINT kind, SQLHANDLE h, SQLSMALLINT completion)
{
    struct call c;

    if (kind == SQL_HANDLE_ENV) {
        return guard_enter(&c, FUNCTION_SQLEndTran, kind, h)
                   ? guard_leave(&c, env_end_transaction(h, completion))
                   : c.result;
    }
    return guard_enter(&c, FUNCTION_SQLEndTran, SQL_HANDLE_DBC, h)
               ? guard_leave(&c, dbc_end_transaction(h, completion))
               : c.result;
}

SQLRETURN SQL_API SQLGetFunctions(SQLHDBC h, SQLUSMALLINT number, SQLUSMALLINT *supported)
{
    struct call c;
    return guard_enter(&c, FUNCTION_SQLGetFunctions, SQL_HANDLE_DBC, h)
               ? guard_leave(&c, dbc_get_functions(h, number, supported))
               : c.result;
}

SQLRETURN SQL_API SQLGetEnvAttr(SQLHENV h, SQLINTEGER attribute, SQLPOINTER value, SQLINTEGER room,
                                SQLINTEGER *length)
{
    struct call c;
    return guard_enter(&c, FUNCTION_SQLGetEnvAttr, SQL_HANDLE_ENV, h)
               ? guard_leave(&c, env_get_attribute(h, attribute, value, room, length))
               : c.result;
}

SQLRETURN SQL_API SQLSetEnvAttr(SQLHENV h, SQLINTEGER attribute, SQLPOINTER value,
                                SQLINTEGER length)
{
    struct call c;
    return guard_enter(&c, FUNCTION_SQLSetEnvAttr, SQL_HANDLE_ENV, h)
               ? guard_leave(&c, env_set_attribute(h, attribute, value, length))
               : c.result;
}

SQLRETURN SQL_API SQLSetDescRec(SQLHDESC h, SQLSMALLINT record, SQLSMALLINT type,
                                SQLSMALLINT subtype, SQLLEN length, SQLSMALLINT precision,
                                SQLSMALLINT scale, SQLPOINTER data, SQLLEN *string_length,
                                SQLLEN *indicator)
{
    struct desc_rec_values values = { .type = type,
                                      .subtype = subtype,
                                      .precision = precision,
                                      .scale = scale,
                                      .length = length,
                                      .data = data,
                                      .string_length = string_length,
                                      .indicator = indicator };
    struct call c;
    return guard_enter(&c, FUNCTION_SQLSetDescRec, SQL_HANDLE_DESC, h)
               ? guard_leave(&c, desc_set_rec(h, record, &values))
               : c.result;
}

SQLRETURN SQL_API SQLCopyDesc(SQLHDESC from, SQLHDESC to)
{
    struct call c;

    if (handle_check(from, SQL_HANDLE_DESC) == NULL) {
        return SQL_INVALID_HANDLE;
    }
    return guard_enter(&c, FUNCTION_SQLCopyDesc, SQL_HANDLE_DESC, to)
               ? guard_leave(&c, desc_copy(from, to))
               : c.result;
}

SQLRETURN SQL_API SQLExecute(SQLHSTMT h)
{
    struct call c;
    return guard_enter(&c, FUNCTION_SQLExecute, SQL_HANDLE_STMT, h)
               ? guard_leave(&c, stmt_execute(h))
               : c.result;
}

SQLRETURN SQL_API SQLParamData(SQLHSTMT h, SQLPOINTER *value)
{
    struct call c;
    return guard_enter(&c, FUNCTION_SQLParamData, SQL_HANDLE_STMT, h)
               ? guard_leave(&c, stmt_param_data(h, value))
               : c.result;
}

SQLRETURN SQL_API SQLPutData(SQLHSTMT h, SQLPOINTER data, SQLLEN length)
{
    struct call c;
    return guard_enter(&c, FUNCTION_SQLPutData, SQL_HANDLE_STMT, h)
               ? guard_leave(&c, stmt_put_data(h, data, length))
               : c.result;
}

SQLRETURN SQL_API SQLNumParams(SQLHSTMT h, SQLSMALLINT *count)
{
    struct call c;
    return guard_enter(&c, FUNCTION_SQLNumParams, SQL_HANDLE_STMT, h)
               ? guard_leave(&c, stmt_num_params(h, count))
               : c.result;
}

SQLRETURN SQL_API SQLDescribeParam(SQLHSTMT h, SQLUSMALLINT n, SQLSMALLINT *type, SQLULEN *size,
                                   SQLSMALLINT *digits, SQLSMALLINT *nullable)
{
    struct call c;
    return guard_enter(&c, FUNCTION_SQLDescribeParam, SQL_HANDLE_STMT, h)
               ? guard_leave(&c, stmt_describe_param(h, n, type, size, digits, nullable))
               : c.result;
}

SQLRETURN SQL_API SQLBindParameter(SQLHSTMT h, SQLUSMALLINT n, SQLSMALLINT io, SQLSMALLINT c_type,
                                   SQLSMALLINT sql_type, SQLULEN size, SQLSMALLINT digits,
                                   SQLPOINTER data, SQLLEN room, SQLLEN *indicator)
{
    struct call c;
    return guard_enter(&c, FUNCTION_SQLBindParameter, SQL_HANDLE_STMT, h)
               ? guard_leave(&c, stmt_bind_parameter(h, n, io, c_type, sql_type, size, digits, data,
                                                     room, indicator))
               : c.result;
}

SQLRETURN SQL_API SQLNumResultCols(SQLHSTMT h, SQLSMALLINT *count)
{
    struct call c;
    return guard_enter(&c, FUNCTION_SQLNumResultCols, SQL_HANDLE_STMT, h)
               ? guard_leave(&c, stmt_num_result_cols(h, count))
               : c.result;
}

SQLRETURN SQL_API SQLBindCol(SQLHSTMT h, SQLUSMALLINT n, SQLSMALLINT c_type, SQLPOINTER data,
                             SQLLEN room, SQLLEN *indicator)
{
    struct call c;
    return guard_enter(&c, FUNCTION_SQLBindCol, SQL_HANDLE_STMT, h)
               ? guard_leave(&c, stmt_bind_col(h, n, c_type, data, room, indicator))
               : c.result;
}

SQLRETURN SQL_API SQLFetch(SQLHSTMT h)
{
    struct call c;
    return guard_enter_often(&c, FUNCTION_SQLFetch, h)
               ? guard_leave_often(&c, stmt_fetch(h))
               : c.result;
}

SQLRETURN SQL_API SQLFetchScroll(SQLHSTMT h, SQLSMALLINT orientation, SQLLEN offset)
{
    struct call c;
    return guard_enter_often(&c, FUNCTION_SQLFetchScroll, h)
               ? guard_leave_often(&c, stmt_fetch_scroll(h, orientation, offset))
               : c.result;
}

SQLRETURN SQL_API SQLExtendedFetch(SQLHSTMT h, SQLUSMALLINT orientation, SQLLEN offset,
                                   SQLULEN *count, SQLUSMALLINT *status)
{
    struct call c;
    return guard_enter(&c, FUNCTION_SQLExtendedFetch, SQL_HANDLE_STMT, h)
               ? guard_leave(&c, stmt_extended_fetch(h, orientation, offset, count, status))
               : c.result;
}

SQLRETURN SQL_API SQLGetData(SQLHSTMT h, SQLUSMALLINT n, SQLSMALLINT c_type, SQLPOINTER data,
                             SQLLEN room, SQLLEN *indicator)
{
    struct call c;
    return guard_enter_often(&c, FUNCTION_SQLGetData, h)
               ? guard_leave_often(&c, stmt_get_data(h, n, c_type, data, room, indicator))
               : c.result;
}

SQLRETURN SQL_API SQLSetPos(SQLHSTMT h, SQLSETPOSIROW row, SQLUSMALLINT operation,
                            SQLUSMALLINT lock)
{
    struct call c;
    return guard_enter(&c, FUNCTION_SQLSetPos, SQL_HANDLE_STMT, h)
               ? guard_leave(&c, stmt_set_pos(h, row, operation, lock))
               : c.result;
}

SQLRETURN SQL_API SQLBulkOperations(SQLHSTMT h, SQLSMALLINT operation)
{
    struct call c;
    return guard_enter(&c, FUNCTION_SQLBulkOperations, SQL_HANDLE_STMT, h)
               ? guard_leave(&c, stmt_bulk_operations(h, operation))
               : c.result;
}

SQLRETURN SQL_API SQLRowCount(SQLHSTMT h, SQLLEN *count)
{
    struct call c;
    return guard_enter(&c, FUNCTION_SQLRowCount, SQL_HANDLE_STMT, h)
               ? guard_leave(&c, stmt_row_count(h, count))
               : c.result;
}

SQLRETURN SQL_API SQLMoreResults(SQLHSTMT h)
{
    struct call c;
    return guard_enter(&c, FUNCTION_SQLMoreResults, SQL_HANDLE_STMT, h)
               ? guard_leave(&c, stmt_more_results(h))
               : c.result;
}

SQLRETURN SQL_API SQLCloseCursor(SQLHSTMT h)
{
    struct call c;
    return guard_enter(&c, FUNCTION_SQLCloseCursor, SQL_HANDLE_STMT, h)
               ? guard_leave(&c, stmt_close_cursor(h))
               : c.result;
}

SQLRETURN SQL_API SQLCancel(SQLHSTMT h)
{
    struct call c;
    return guard_enter(&c, FUNCTION_SQLCancel, SQL_HANDLE_STMT, h)
               ? guard_leave(&c, stmt_cancel(h))
               : c.result;
}

SQLRETURN SQL_API SQLCancelHandle(SQLSMALLINT kind, SQLHANDLE h)
{
    struct call c;

    if (kind == SQL_HANDLE_STMT) {
        return SQLCancel(h);
    }
    return guard_enter(&c, FUNCTION_SQLCancelHandle, SQL_HANDLE_DBC, h)
               ? guard_leave(&c, dbc_cancel(h))
               : c.result;
}
