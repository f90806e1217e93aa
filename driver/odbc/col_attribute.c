/* SQLNumResultCols, SQLDescribeCol, SQLColAttribute: what the IRD says, by the field numbers of
   ODBC 3 and 2. */
#include <stddef.h>

#include "odbc/run.h"

SQLRETURN stmt_num_result_cols(struct stmt *s, SQLSMALLINT *count)
{
    SQLRETURN rc = stmt_check_function(s, SQL_API_SQLNUMRESULTCOLS);

    if (SQL_SUCCEEDED(rc))
        rc = stmt_describe(s);
    if (SQL_SUCCEEDED(rc) && count != NULL)
        *count = (SQLSMALLINT)s->ird.count;
    return rc;
}

/* The record of column n, or NULL with a record in the diagnostics. */
static const struct desc_record *column_record(struct stmt *s, SQLUSMALLINT n,
                                               SQLUSMALLINT function, SQLRETURN *rc)
{
    *rc = stmt_check_function(s, function);
    if (SQL_SUCCEEDED(*rc))
        *rc = stmt_describe(s);
    if (!SQL_SUCCEEDED(*rc))
        return NULL;
    if (s->ird.count == 0) {
        *rc = diag_post(&s->handle, STATE_07005, "the statement has no result set");
        return NULL;
    }
    if (n == 0 || n > s->ird.count) {
        *rc = diag_post(&s->handle, STATE_07009, "the result has %u columns, there is no number %u",
                        s->ird.count, (unsigned)n);
        return NULL;
    }
    return &s->ird.records[n];
}

SQLRETURN stmt_describe_col(struct stmt *s, SQLUSMALLINT n, struct room name, SQLSMALLINT *type,
                            SQLULEN *size, SQLSMALLINT *digits, SQLSMALLINT *nullable)
{
    SQLRETURN rc = SQL_SUCCESS;
    const struct desc_record *r = column_record(s, n, SQL_API_SQLDESCRIBECOL, &rc);

    if (r == NULL)
        return rc;
    if (type != NULL)
        *type = r->concise_type;
    if (size != NULL)
        *size = r->length;
    if (digits != NULL)
        *digits = r->scale;
    if (nullable != NULL)
        *nullable = r->nullable;
    if (name.at == NULL && name.length16 == NULL && name.length32 == NULL)
        return rc;
    return room_put(&s->handle, name, r->name);
}

enum shape { TEXT_FIELD, SHORT_FIELD, INTEGER_FIELD, LENGTH_FIELD, COUNT_FIELD };

#define AT(member) offsetof(struct desc_record, member)

static const struct { SQLUSMALLINT field; enum shape shape; size_t at; } fields[] = {
    { SQL_DESC_AUTO_UNIQUE_VALUE,           SHORT_FIELD,   AT(auto_unique) },
    { SQL_DESC_BASE_COLUMN_NAME,            TEXT_FIELD,    AT(base_column) },
    { SQL_DESC_BASE_TABLE_NAME,             TEXT_FIELD,    AT(base_table) },
    { SQL_DESC_CASE_SENSITIVE,              SHORT_FIELD,   AT(case_sensitive) },
    { SQL_DESC_CATALOG_NAME,                TEXT_FIELD,    AT(catalog) },
    { SQL_DESC_CONCISE_TYPE,                SHORT_FIELD,   AT(concise_type) },
    { SQL_DESC_COUNT,                       COUNT_FIELD,   0 },
    { SQL_COLUMN_COUNT,                     COUNT_FIELD,   0 },
    { SQL_DESC_DATETIME_INTERVAL_CODE,      SHORT_FIELD,   AT(datetime_interval_code) },
    { SQL_DESC_DATETIME_INTERVAL_PRECISION, INTEGER_FIELD, AT(datetime_interval_precision) },
    { SQL_DESC_DISPLAY_SIZE,                LENGTH_FIELD,  AT(display_size) },
    { SQL_DESC_FIXED_PREC_SCALE,            SHORT_FIELD,   AT(fixed_prec_scale) },
    { SQL_DESC_LABEL,                       TEXT_FIELD,    AT(label) },
    { SQL_DESC_LENGTH,                      LENGTH_FIELD,  AT(length) },
    { SQL_COLUMN_LENGTH,                    LENGTH_FIELD,  AT(octet_length) },
    { SQL_DESC_LITERAL_PREFIX,              TEXT_FIELD,    AT(literal_prefix) },
    { SQL_DESC_LITERAL_SUFFIX,              TEXT_FIELD,    AT(literal_suffix) },
    { SQL_DESC_LOCAL_TYPE_NAME,             TEXT_FIELD,    AT(local_type_name) },
    { SQL_DESC_NAME,                        TEXT_FIELD,    AT(name) },
    { SQL_COLUMN_NAME,                      TEXT_FIELD,    AT(name) },
    { SQL_DESC_NULLABLE,                    SHORT_FIELD,   AT(nullable) },
    { SQL_COLUMN_NULLABLE,                  SHORT_FIELD,   AT(nullable) },
    { SQL_DESC_NUM_PREC_RADIX,              SHORT_FIELD,   AT(num_prec_radix) },
    { SQL_DESC_OCTET_LENGTH,                LENGTH_FIELD,  AT(octet_length) },
    { SQL_DESC_PRECISION,                   SHORT_FIELD,   AT(precision) },
    { SQL_COLUMN_PRECISION,                 LENGTH_FIELD,  AT(length) },
    { SQL_DESC_ROWVER,                      SHORT_FIELD,   AT(rowver) },
    { SQL_DESC_SCALE,                       SHORT_FIELD,   AT(scale) },
    { SQL_COLUMN_SCALE,                     SHORT_FIELD,   AT(scale) },
    { SQL_DESC_SCHEMA_NAME,                 TEXT_FIELD,    AT(schema) },
    { SQL_DESC_SEARCHABLE,                  SHORT_FIELD,   AT(searchable) },
    { SQL_DESC_TABLE_NAME,                  TEXT_FIELD,    AT(table) },
    { SQL_DESC_TYPE,                        SHORT_FIELD,   AT(type) },
    { SQL_DESC_TYPE_NAME,                   TEXT_FIELD,    AT(type_name) },
    { SQL_DESC_UNNAMED,                     SHORT_FIELD,   AT(unnamed) },
    { SQL_DESC_UNSIGNED,                    SHORT_FIELD,   AT(unsigned_flag) },
    { SQL_DESC_UPDATABLE,                   SHORT_FIELD,   AT(updatable) },
};

#undef AT

static SQLRETURN give(struct stmt *s, enum shape shape, const void *at, struct room text,
                      SQLLEN *number)
{
    SQLLEN value = 0;

    switch (shape) {
    case TEXT_FIELD: {
        struct span v = *(const struct span *)at;
        return room_put(&s->handle, text, span_is_null(v) ? SPAN("") : v);
    }
    case SHORT_FIELD:
        value = *(const SQLSMALLINT *)at;
        break;
    case INTEGER_FIELD:
        value = *(const SQLINTEGER *)at;
        break;
    case LENGTH_FIELD:
        value = *(const SQLLEN *)at;
        break;
    case COUNT_FIELD:
        value = (SQLLEN)s->ird.count;
        break;
    }
    if (number != NULL)
        *number = value;
    return SQL_SUCCESS;
}

SQLRETURN stmt_col_attribute(struct stmt *s, SQLUSMALLINT n, SQLUSMALLINT field, struct room text,
                             SQLLEN *number)
{
    SQLRETURN rc = SQL_SUCCESS;
    bool is_count = field == SQL_DESC_COUNT || field == SQL_COLUMN_COUNT;
    const struct desc_record *r = NULL;

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (fields[i].field != field)
            continue;
        if (is_count) {
            rc = stmt_check_function(s, SQL_API_SQLCOLATTRIBUTE);
            if (SQL_SUCCEEDED(rc))
                rc = stmt_describe(s);
            return SQL_SUCCEEDED(rc) ? give(s, COUNT_FIELD, NULL, text, number) : rc;
        }
        r = column_record(s, n, SQL_API_SQLCOLATTRIBUTE, &rc);
        return r == NULL ? rc
                         : give(s, fields[i].shape, (const char *)r + fields[i].at, text, number);
    }
    return diag_post(&s->handle, STATE_HY091, "%u is not a field of a column", (unsigned)field);
}
