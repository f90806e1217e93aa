/* Parameters to SQL literals: which pairs the standard allows, and who writes what. */
#include <string.h>

#include "value/literal.h"

static const struct target_row targets[] = {
    { SQL_CHAR,           TARGET_TEXT,      SQL_C_CHAR,   0, "" },
    { SQL_VARCHAR,        TARGET_TEXT,      SQL_C_CHAR,   0, "" },
    { SQL_LONGVARCHAR,    TARGET_TEXT,      SQL_C_CHAR,   0, "" },
    { SQL_WCHAR,          TARGET_TEXT,      SQL_C_WCHAR,  0, "" },
    { SQL_WVARCHAR,       TARGET_TEXT,      SQL_C_WCHAR,  0, "" },
    { SQL_WLONGVARCHAR,   TARGET_TEXT,      SQL_C_WCHAR,  0, "" },
    { SQL_DECIMAL,        TARGET_EXACT,     SQL_C_CHAR,   0, "DECIMAL" },
    { SQL_NUMERIC,        TARGET_EXACT,     SQL_C_CHAR,   0, "DECIMAL" },
    { SQL_TINYINT,        TARGET_EXACT,     SQL_C_STINYINT, 8, "TINYINT" },
    { SQL_SMALLINT,       TARGET_EXACT,     SQL_C_SSHORT, 16, "SMALLINT" },
    { SQL_INTEGER,        TARGET_EXACT,     SQL_C_SLONG,  32, "" },
    { SQL_BIGINT,         TARGET_EXACT,     SQL_C_SBIGINT, 64, "BIGINT" },
    { SQL_REAL,           TARGET_REAL,      SQL_C_FLOAT,  0, "REAL" },
    { SQL_FLOAT,          TARGET_REAL,      SQL_C_DOUBLE, 0, "DOUBLE" },
    { SQL_DOUBLE,         TARGET_REAL,      SQL_C_DOUBLE, 0, "DOUBLE" },
    { SQL_BIT,            TARGET_BIT,       SQL_C_BIT,    0, "" },
    { SQL_BINARY,         TARGET_BINARY,    SQL_C_BINARY, 0, "" },
    { SQL_VARBINARY,      TARGET_BINARY,    SQL_C_BINARY, 0, "" },
    { SQL_LONGVARBINARY,  TARGET_BINARY,    SQL_C_BINARY, 0, "" },
    { SQL_TYPE_DATE,      TARGET_DATE,      SQL_C_TYPE_DATE, 0, "DATE" },
    { SQL_DATE,           TARGET_DATE,      SQL_C_TYPE_DATE, 0, "DATE" },
    { SQL_TYPE_TIME,      TARGET_TIME,      SQL_C_TYPE_TIME, 0, "TIME" },
    { SQL_TIME,           TARGET_TIME,      SQL_C_TYPE_TIME, 0, "TIME" },
    { SQL_TYPE_TIMESTAMP, TARGET_TIMESTAMP, SQL_C_TYPE_TIMESTAMP, 0, "TIMESTAMP" },
    { SQL_TIMESTAMP,      TARGET_TIMESTAMP, SQL_C_TYPE_TIMESTAMP, 0, "TIMESTAMP" },
    { SQL_GUID,           TARGET_GUID,      SQL_C_GUID,   0, "UUID" },
    { SQL_INTERVAL_YEAR,             TARGET_YEAR_MONTH, SQL_C_INTERVAL_YEAR, 0, "" },
    { SQL_INTERVAL_MONTH,            TARGET_YEAR_MONTH, SQL_C_INTERVAL_MONTH, 0, "" },
    { SQL_INTERVAL_YEAR_TO_MONTH,    TARGET_YEAR_MONTH, SQL_C_INTERVAL_YEAR_TO_MONTH, 0, "" },
    { SQL_INTERVAL_DAY,              TARGET_DAY_TIME,   SQL_C_INTERVAL_DAY, 0, "" },
    { SQL_INTERVAL_HOUR,             TARGET_DAY_TIME,   SQL_C_INTERVAL_HOUR, 0, "" },
    { SQL_INTERVAL_MINUTE,           TARGET_DAY_TIME,   SQL_C_INTERVAL_MINUTE, 0, "" },
    { SQL_INTERVAL_SECOND,           TARGET_DAY_TIME,   SQL_C_INTERVAL_SECOND, 0, "" },
    { SQL_INTERVAL_DAY_TO_HOUR,      TARGET_DAY_TIME,   SQL_C_INTERVAL_DAY_TO_HOUR, 0, "" },
    { SQL_INTERVAL_DAY_TO_MINUTE,    TARGET_DAY_TIME,   SQL_C_INTERVAL_DAY_TO_MINUTE, 0, "" },
    { SQL_INTERVAL_DAY_TO_SECOND,    TARGET_DAY_TIME,   SQL_C_INTERVAL_DAY_TO_SECOND, 0, "" },
    { SQL_INTERVAL_HOUR_TO_MINUTE,   TARGET_DAY_TIME,   SQL_C_INTERVAL_HOUR_TO_MINUTE, 0, "" },
    { SQL_INTERVAL_HOUR_TO_SECOND,   TARGET_DAY_TIME,   SQL_C_INTERVAL_HOUR_TO_SECOND, 0, "" },
    { SQL_INTERVAL_MINUTE_TO_SECOND, TARGET_DAY_TIME,   SQL_C_INTERVAL_MINUTE_TO_SECOND, 0, "" },
};

const struct target_row *target_row(SQLSMALLINT sql_type)
{
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        if (targets[i].sql_type == sql_type) {
            return &targets[i];
        }
    }
    return NULL;
}

SQLSMALLINT value_default_c_type(SQLSMALLINT sql_type)
{
    const struct target_row *row = target_row(sql_type);

    return row == NULL ? SQL_C_DEFAULT : row->c_default;
}

#define TO(target) (1u << TARGET_##target)
#define TO_NUMBER (TO(EXACT) | TO(REAL) | TO(BIT))
#define TO_DATETIME (TO(DATE) | TO(TIME) | TO(TIMESTAMP))
#define TO_INTERVAL (TO(YEAR_MONTH) | TO(DAY_TIME))

/* The pages "C to SQL: ...", one row a C class. Beyond the pages: character data to GUID, because
   text is how people write one. */
static const unsigned legal[C_CLASSES] = {
    [CLASS_CHAR]       = TO(TEXT) | TO_NUMBER | TO(BINARY) | TO_DATETIME | TO_INTERVAL | TO(GUID),
    [CLASS_WCHAR]      = TO(TEXT) | TO_NUMBER | TO(BINARY) | TO_DATETIME | TO_INTERVAL | TO(GUID),
    [CLASS_BINARY]     = TO(TEXT) | TO_NUMBER | TO(BINARY) | TO_DATETIME,
    [CLASS_BIT]        = TO(TEXT) | TO_NUMBER,
    [CLASS_INTEGER]    = TO(TEXT) | TO_NUMBER | TO_INTERVAL,
    [CLASS_REAL]       = TO(TEXT) | TO_NUMBER,
    [CLASS_NUMERIC]    = TO(TEXT) | TO_NUMBER | TO_INTERVAL,
    [CLASS_DATE]       = TO(TEXT) | TO(DATE) | TO(TIMESTAMP),
    [CLASS_TIME]       = TO(TEXT) | TO(TIME) | TO(TIMESTAMP),
    [CLASS_TIMESTAMP]  = TO(TEXT) | TO_DATETIME,
    [CLASS_GUID]       = TO(TEXT) | TO(GUID),
    [CLASS_YEAR_MONTH] = TO(TEXT) | TO(EXACT) | TO(YEAR_MONTH),
    [CLASS_DAY_TIME]   = TO(TEXT) | TO(EXACT) | TO(DAY_TIME),
};
#undef TO
#undef TO_NUMBER
#undef TO_DATETIME
#undef TO_INTERVAL

static bool has_one_field(SQLSMALLINT type)
{
    struct interval_fields fields = { 0, 1 };
    return interval_fields_of(type, &fields) && fields.first == fields.last;
}

/* Numbers and intervals meet only where the interval has one field. */
static bool pair_is_legal(const struct c_type_row *c, const struct target_row *row)
{
    bool from_interval = c->class == CLASS_YEAR_MONTH || c->class == CLASS_DAY_TIME;
    bool to_interval = row->target == TARGET_YEAR_MONTH || row->target == TARGET_DAY_TIME;

    if ((legal[c->class] >> row->target & 1) == 0) {
        return false;
    }
    if (from_interval && row->target == TARGET_EXACT) {
        return has_one_field(c->concise);
    }
    if (to_interval && (c->class == CLASS_INTEGER || c->class == CLASS_NUMERIC)) {
        return has_one_field(row->sql_type);
    }
    return true;
}

static literal_writer *const writers[TARGETS] = {
    write_text, write_exact, write_real, write_bit, write_binary, write_date, write_time,
        write_timestamp, write_guid,
    write_interval, write_interval,
};

enum { STRUCTURE_MAX = 64 };

/* Binary C data for a type that is neither text nor binary: the bytes of the C structure of that
   type, exactly as many. */
static bool from_structure(const struct value_parameter *p, const struct target_row *row,
                           struct buf *out,
                           enum value_outcome *outcome, struct fault *f)
{
    _Alignas(8) unsigned char bytes[STRUCTURE_MAX];
    SQLSMALLINT c_type = row->target == TARGET_EXACT && row->bits == 0 ? SQL_C_NUMERIC
        : row->c_default;
    SQLLEN size = value_c_size(c_type);
    struct value_parameter inner = *p;

    if (p->length != size) {
        *outcome = VALUE_RANGE;
        return true;
    }
    memcpy(bytes, p->data, (size_t)size);
    inner.c_type = c_type;
    inner.data = bytes;
    struct taken t = { .source = SOURCE_TEXT };
    bool ok = parameter_take(&inner, c_type_row(c_type), &t, outcome, f);
    if (ok && *outcome == VALUE_OK) {
        ok = writers[row->target](p, row, &t, out, outcome, f);
    }
    buf_free(&t.owned);
    return ok;
}

static bool is_null(const struct value_parameter *p)
{
    return p->length == SQL_NULL_DATA || p->data == NULL;
}

bool value_literal(const struct value_parameter *p, struct buf *out, enum value_outcome *outcome,
                   struct fault *f)
{
    const struct target_row *row = target_row(p->sql_type);
    const struct c_type_row *c = row == NULL ? NULL : c_type_row(p->c_type == SQL_C_DEFAULT
        ? row->c_default : p->c_type);

    *outcome = VALUE_OK;
    if (c == NULL || !pair_is_legal(c, row) || p->length == SQL_DEFAULT_PARAM) {
        *outcome = VALUE_ILLEGAL_PAIR;
        return true;
    }
    if (is_null(p)) {
        *outcome = VALUE_NULL;
        return buf_add(out, SPAN("NULL"), f);
    }
    if (c->class == CLASS_BINARY && row->target != TARGET_TEXT && row->target != TARGET_BINARY) {
        return from_structure(p, row, out, outcome, f);
    }
    struct taken t = { .source = SOURCE_TEXT };
    bool ok = parameter_take(p, c, &t, outcome, f);
    if (ok && *outcome == VALUE_OK) {
        ok = writers[row->target](p, row, &t, out, outcome, f);
    }
    buf_free(&t.owned);
    return ok;
}
