/* SQLBindCol and SQLBindParameter: bindings are records of the current ARD, APD and the IPD. */
#include "odbc/run.h"

static bool is_c_type(SQLSMALLINT type)
{
    return type == SQL_C_DEFAULT || value_c_is_known(type);
}

static void unbind_column(struct desc *ard, SQLUSMALLINT n)
{
    if (n > ard->count)
        return;
    struct desc_record *r = &ard->records[n];
    r->data = NULL;
    r->octet_length_ptr = r->indicator_ptr = NULL;
    r->is_bound = false;
    unsigned count = ard->count;
    while (count > 0 && !ard->records[count].is_bound)
        count--;
    desc_set_count(ard, count);
    ard->generation++;
}

SQLRETURN stmt_bind_col(struct stmt *s, SQLUSMALLINT n, SQLSMALLINT c_type, SQLPOINTER data,
                        SQLLEN room, SQLLEN *indicator)
{
    struct desc *ard = s->ard;

    if (n == 0)
        return diag_post(&s->handle, STATE_07009,
                         "bookmarks are not offered, so there is no column 0");
    if (data == NULL && indicator == NULL) {
        unbind_column(ard, n);
        return SQL_SUCCESS;
    }
    if (!is_c_type(c_type))
        return diag_post(&s->handle, STATE_HY003, "%d is not a C type", (int)c_type);
    if (room < 0)
        return diag_post(&s->handle, STATE_HY090, "the buffer of column %u has a negative length",
                         (unsigned)n);
    struct desc_record *r = desc_record_at(ard, n);
    if (r == NULL)
        return diag_post(&s->handle, STATE_HY001, NULL);
    if (ard->count < n)
        desc_set_count(ard, n);
    r = &ard->records[n];
    bool is_new_plan = !r->is_bound || r->concise_type != c_type || r->has_explicit_scale ||
                       r->has_explicit_leading;
    (void)desc_record_set_type(r, c_type);
    r->has_explicit_scale = false;
    r->data = data;
    r->octet_length = room;
    r->length = (SQLULEN)room;
    r->octet_length_ptr = r->indicator_ptr = indicator;
    r->is_bound = true;
    if (is_new_plan)
        ard->generation++;
    return SQL_SUCCESS;
}

/* Every SQL type of the standard that a parameter may be declared as. */
static const SQLSMALLINT sql_types[] = {
    SQL_CHAR,
    SQL_VARCHAR,
    SQL_LONGVARCHAR,
    SQL_WCHAR,
    SQL_WVARCHAR,
    SQL_WLONGVARCHAR,
    SQL_DECIMAL,
    SQL_NUMERIC,
    SQL_SMALLINT,
    SQL_INTEGER,
    SQL_REAL,
    SQL_FLOAT,
    SQL_DOUBLE,
    SQL_BIT,
    SQL_TINYINT,
    SQL_BIGINT,
    SQL_BINARY,
    SQL_VARBINARY,
    SQL_LONGVARBINARY,
    SQL_TYPE_DATE,
    SQL_TYPE_TIME,
    SQL_TYPE_TIMESTAMP,
    SQL_DATE,
    SQL_TIME,
    SQL_TIMESTAMP,
    SQL_GUID,
    SQL_INTERVAL_YEAR,
    SQL_INTERVAL_MONTH,
    SQL_INTERVAL_DAY,
    SQL_INTERVAL_HOUR,
    SQL_INTERVAL_MINUTE,
    SQL_INTERVAL_SECOND,
    SQL_INTERVAL_YEAR_TO_MONTH,
    SQL_INTERVAL_DAY_TO_HOUR,
    SQL_INTERVAL_DAY_TO_MINUTE,
    SQL_INTERVAL_DAY_TO_SECOND,
    SQL_INTERVAL_HOUR_TO_MINUTE,
    SQL_INTERVAL_HOUR_TO_SECOND,
    SQL_INTERVAL_MINUTE_TO_SECOND,
};

bool stmt_is_sql_type(SQLSMALLINT type)
{
    for (size_t i = 0; i < sizeof(sql_types) / sizeof(sql_types[0]); i++) {
        if (sql_types[i] == type)
            return true;
    }
    return false;
}

static SQLRETURN check_parameter(struct stmt *s, SQLUSMALLINT n, SQLSMALLINT io, SQLSMALLINT c_type,
                                 SQLSMALLINT sql_type)
{
    if (n == 0)
        return diag_post(&s->handle, STATE_07009, "parameters are numbered from 1");
    if (io == SQL_PARAM_OUTPUT || io == SQL_PARAM_INPUT_OUTPUT || io == SQL_PARAM_OUTPUT_STREAM ||
        io == SQL_PARAM_INPUT_OUTPUT_STREAM)
        return diag_post(&s->handle, STATE_HYC00, "Athena has no output parameters");
    if (io != SQL_PARAM_INPUT)
        return diag_post(&s->handle, STATE_HY105, "%d is not a kind of parameter", (int)io);
    if (!is_c_type(c_type))
        return diag_post(&s->handle, STATE_HY003, "%d is not a C type", (int)c_type);
    if (!stmt_is_sql_type(sql_type))
        return diag_post(&s->handle, STATE_HY004, "%d is not an SQL type of the standard",
                         (int)sql_type);
    return SQL_SUCCESS;
}

static void fill_ipd(struct desc_record *r, SQLSMALLINT sql_type, SQLULEN size, SQLSMALLINT digits)
{
    (void)desc_record_set_type(r, sql_type);
    r->parameter_type = SQL_PARAM_INPUT;
    r->nullable = SQL_NULLABLE;
    r->length = size;
    r->scale = digits;
    r->precision = (SQLSMALLINT)(size > 32767 ? 32767 : size);
    if (r->type == SQL_DATETIME || r->type == SQL_INTERVAL)
        r->precision = digits;
    if (r->type == SQL_INTERVAL)
        r->datetime_interval_precision = (SQLINTEGER)(size > 0 && size < 10 ? size : 2);
}

SQLRETURN stmt_bind_parameter(struct stmt *s, SQLUSMALLINT n, SQLSMALLINT io, SQLSMALLINT c_type,
                              SQLSMALLINT sql_type, SQLULEN size, SQLSMALLINT digits,
                              SQLPOINTER data, SQLLEN room, SQLLEN *indicator)
{
    SQLRETURN rc = check_parameter(s, n, io, c_type, sql_type);

    if (rc != SQL_SUCCESS)
        return rc;
    if (room < 0)
        return diag_post(&s->handle, STATE_HY090,
                         "the buffer of parameter %u has a negative length", (unsigned)n);
    if (data == NULL && indicator == NULL)
        return diag_post(&s->handle, STATE_HY009, "parameter %u has neither data nor an indicator",
                         (unsigned)n);
    if (desc_record_at(s->apd, n) == NULL || desc_record_at(&s->ipd, n) == NULL)
        return diag_post(&s->handle, STATE_HY001, NULL);
    if (s->apd->count < n)
        desc_set_count(s->apd, n);
    if (s->ipd.count < n)
        desc_set_count(&s->ipd, n);
    fill_ipd(&s->ipd.records[n], sql_type, size, digits);
    struct desc_record *r = &s->apd->records[n];
    (void)desc_record_set_type(r, c_type);
    r->has_explicit_scale = false;
    r->data = data;
    r->octet_length = room;
    r->octet_length_ptr = r->indicator_ptr = indicator;
    r->is_bound = true;
    s->apd->generation++;
    return SQL_SUCCESS;
}
