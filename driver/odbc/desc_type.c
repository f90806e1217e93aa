/* The three type fields of a record and what hangs on them. */
#include "odbc/desc_field.h"

/* Defaults that the standard leaves to the driver. */
enum { DECIMAL_PRECISION = 38, FLOAT_PRECISION = 15, REAL_PRECISION = 7, TIMESTAMP_PRECISION = 6,
       INTERVAL_LEADING = 2, INTERVAL_SECONDS = 6,
       INTERVAL_BASE = 100, DATETIME_BASE = 90 };

static bool is_datetime(SQLSMALLINT concise)
{
    return concise >= SQL_TYPE_DATE && concise <= SQL_TYPE_TIMESTAMP;
}

static bool is_interval(SQLSMALLINT concise)
{
    return concise >= SQL_INTERVAL_YEAR && concise <= SQL_INTERVAL_MINUTE_TO_SECOND;
}

/* Whether an interval's last field is the second. */
static bool has_seconds(SQLSMALLINT code)
{
    return code == SQL_CODE_SECOND || code == SQL_CODE_DAY_TO_SECOND ||
           code == SQL_CODE_HOUR_TO_SECOND || code == SQL_CODE_MINUTE_TO_SECOND;
}

void desc_record_set_defaults(struct desc_record *r)
{
    switch (r->type) {
    case SQL_CHAR:
    case SQL_VARCHAR:
        r->length = 1;
        r->precision = 0;
        break;
    case SQL_DATETIME:
        r->precision = r->datetime_interval_code == SQL_CODE_TIMESTAMP ? TIMESTAMP_PRECISION : 0;
        break;
    case SQL_DECIMAL:
    case SQL_NUMERIC:
        r->scale = 0;
        r->precision = DECIMAL_PRECISION;
        break;
    case SQL_FLOAT:
        r->precision = FLOAT_PRECISION;
        break;
    case SQL_REAL:
        r->precision = REAL_PRECISION;
        break;
    case SQL_INTERVAL:
        r->datetime_interval_precision = INTERVAL_LEADING;
        r->has_explicit_leading = false;
        r->precision = has_seconds(r->datetime_interval_code) ? INTERVAL_SECONDS : 0;
        break;
    default:
        break;
    }
}

/* The ODBC 2 numbers of date, time and timestamp are those of the verbose types; a concise type
   never means those. */
static SQLSMALLINT modern(SQLSMALLINT concise)
{
    return concise >= SQL_DATE && concise <= SQL_TIMESTAMP
               ? (SQLSMALLINT)(concise - SQL_DATE + SQL_TYPE_DATE)
               : concise;
}

bool desc_record_set_type(struct desc_record *r, SQLSMALLINT concise_type)
{
    SQLSMALLINT concise = modern(concise_type);

    r->concise_type = concise;
    r->datetime_interval_code = 0;
    r->type = concise;
    if (is_datetime(concise)) {
        r->type = SQL_DATETIME;
        r->datetime_interval_code = (SQLSMALLINT)(concise - DATETIME_BASE);
    } else if (is_interval(concise)) {
        r->type = SQL_INTERVAL;
        r->datetime_interval_code = (SQLSMALLINT)(concise - INTERVAL_BASE);
    }
    desc_record_set_defaults(r);
    return true;
}

static void join(struct desc_record *r)
{
    SQLSMALLINT concise = (SQLSMALLINT)((r->type == SQL_DATETIME ? DATETIME_BASE : INTERVAL_BASE) +
                                        r->datetime_interval_code);

    if (r->type == SQL_DATETIME ? is_datetime(concise) : is_interval(concise)) {
        r->concise_type = concise;
        desc_record_set_defaults(r);
    } else {
        r->concise_type = r->type;
    }
}

bool desc_record_set_verbose(struct desc_record *r, SQLSMALLINT type)
{
    if (is_datetime(type) || is_interval(type)) {
        return false;
    }
    if (type != SQL_DATETIME && type != SQL_INTERVAL) {
        r->type = r->concise_type = type;
        r->datetime_interval_code = 0;
        desc_record_set_defaults(r);
        return true;
    }
    r->type = type;
    join(r);
    return true;
}

void desc_record_set_code(struct desc_record *r, SQLSMALLINT code)
{
    r->datetime_interval_code = code;
    if (r->type == SQL_DATETIME || r->type == SQL_INTERVAL) {
        join(r);
    }
}

static bool is_sql_type(SQLSMALLINT concise)
{
    static const SQLSMALLINT plain[] = {
        SQL_CHAR,         SQL_VARCHAR, SQL_LONGVARCHAR, SQL_WCHAR,         SQL_WVARCHAR,
        SQL_WLONGVARCHAR, SQL_DECIMAL, SQL_NUMERIC,     SQL_SMALLINT,      SQL_INTEGER,
        SQL_REAL,         SQL_FLOAT,   SQL_DOUBLE,      SQL_BIT,           SQL_TINYINT,
        SQL_BIGINT,       SQL_BINARY,  SQL_VARBINARY,   SQL_LONGVARBINARY, SQL_GUID,
    };

    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        if (plain[i] == concise) {
            return true;
        }
    }
    return is_datetime(concise) || is_interval(concise);
}

static bool is_precision_fit(const struct desc_record *r)
{
    if (r->type == SQL_DECIMAL || r->type == SQL_NUMERIC) {
        return r->precision >= 1 && r->precision <= DECIMAL_PRECISION && r->scale <= r->precision;
    }
    if (r->concise_type == SQL_TYPE_TIMESTAMP || r->concise_type == SQL_TYPE_TIME
        || (r->type == SQL_INTERVAL && has_seconds(r->datetime_interval_code))) {
        return r->precision >= 0 && r->precision <= 12;
    }
    return true;
}

bool desc_record_is_consistent(const struct desc_record *r, bool is_application)
{
    bool is_known = is_application
                        ? r->concise_type == SQL_C_DEFAULT || r->concise_type == SQL_ARD_TYPE ||
                              value_c_is_known(r->concise_type)
                        : is_sql_type(r->concise_type);

    if (!is_known || r->concise_type == SQL_DATETIME || r->concise_type == SQL_INTERVAL) {
        return false;
    }
    if (r->type == SQL_INTERVAL
        && (r->datetime_interval_precision < 1 || r->datetime_interval_precision > 9)) {
        return false;
    }
    return is_precision_fit(r);
}
