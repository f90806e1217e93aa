/* Which C types there are, which pairs the standard allows, and the plan: the store chosen once for
   a column and a C type. */
#include <string.h>

#include "value/waist.h"

#define ANY 0

/* "C Data Types" and, in the last rows, ODBC 2's spellings. */
static const struct c_type_row c_types[] = {
    { SQL_C_CHAR,       SQL_C_CHAR,       CLASS_CHAR,    ANY, 0 },
    { SQL_C_WCHAR,      SQL_C_WCHAR,      CLASS_WCHAR,   ANY, 0 },
    { SQL_C_BINARY,     SQL_C_BINARY,     CLASS_BINARY,  ANY, 0 },
    { SQL_C_BIT,        SQL_C_BIT,        CLASS_BIT,     1,  0 },
    { SQL_C_STINYINT,   SQL_C_STINYINT,   CLASS_INTEGER, 1,  8 },
    { SQL_C_UTINYINT,   SQL_C_UTINYINT,   CLASS_INTEGER, 1,  -8 },
    { SQL_C_TINYINT,    SQL_C_STINYINT,   CLASS_INTEGER, 1,  8 },
    { SQL_C_SSHORT,     SQL_C_SSHORT,     CLASS_INTEGER, 2,  16 },
    { SQL_C_USHORT,     SQL_C_USHORT,     CLASS_INTEGER, 2,  -16 },
    { SQL_C_SHORT,      SQL_C_SSHORT,     CLASS_INTEGER, 2,  16 },
    { SQL_C_SLONG,      SQL_C_SLONG,      CLASS_INTEGER, 4,  32 },
    { SQL_C_ULONG,      SQL_C_ULONG,      CLASS_INTEGER, 4,  -32 },
    { SQL_C_LONG,       SQL_C_SLONG,      CLASS_INTEGER, 4,  32 },
    { SQL_C_SBIGINT,    SQL_C_SBIGINT,    CLASS_INTEGER, 8,  64 },
    { SQL_C_UBIGINT,    SQL_C_UBIGINT,    CLASS_INTEGER, 8,  -64 },
    { SQL_C_FLOAT,      SQL_C_FLOAT,      CLASS_REAL,    sizeof(SQLREAL), 0 },
    { SQL_C_DOUBLE,     SQL_C_DOUBLE,     CLASS_REAL,    sizeof(SQLDOUBLE), 0 },
    { SQL_C_NUMERIC,    SQL_C_NUMERIC,    CLASS_NUMERIC, sizeof(SQL_NUMERIC_STRUCT), 0 },
    { SQL_C_TYPE_DATE,  SQL_C_TYPE_DATE,  CLASS_DATE,    sizeof(SQL_DATE_STRUCT), 0 },
    { SQL_C_TYPE_TIME,  SQL_C_TYPE_TIME,  CLASS_TIME,    sizeof(SQL_TIME_STRUCT), 0 },
    { SQL_C_TYPE_TIMESTAMP, SQL_C_TYPE_TIMESTAMP, CLASS_TIMESTAMP, sizeof(SQL_TIMESTAMP_STRUCT),
      0 },
    { SQL_C_GUID,       SQL_C_GUID,       CLASS_GUID,    sizeof(SQLGUID), 0 },
    { SQL_C_INTERVAL_YEAR,             SQL_C_INTERVAL_YEAR,             CLASS_YEAR_MONTH,
      sizeof(SQL_INTERVAL_STRUCT), 0 },
    { SQL_C_INTERVAL_MONTH,            SQL_C_INTERVAL_MONTH,            CLASS_YEAR_MONTH,
      sizeof(SQL_INTERVAL_STRUCT), 0 },
    { SQL_C_INTERVAL_YEAR_TO_MONTH,    SQL_C_INTERVAL_YEAR_TO_MONTH,    CLASS_YEAR_MONTH,
      sizeof(SQL_INTERVAL_STRUCT), 0 },
    { SQL_C_INTERVAL_DAY,              SQL_C_INTERVAL_DAY,              CLASS_DAY_TIME,
      sizeof(SQL_INTERVAL_STRUCT), 0 },
    { SQL_C_INTERVAL_HOUR,             SQL_C_INTERVAL_HOUR,             CLASS_DAY_TIME,
      sizeof(SQL_INTERVAL_STRUCT), 0 },
    { SQL_C_INTERVAL_MINUTE,           SQL_C_INTERVAL_MINUTE,           CLASS_DAY_TIME,
      sizeof(SQL_INTERVAL_STRUCT), 0 },
    { SQL_C_INTERVAL_SECOND,           SQL_C_INTERVAL_SECOND,           CLASS_DAY_TIME,
      sizeof(SQL_INTERVAL_STRUCT), 0 },
    { SQL_C_INTERVAL_DAY_TO_HOUR,      SQL_C_INTERVAL_DAY_TO_HOUR,      CLASS_DAY_TIME,
      sizeof(SQL_INTERVAL_STRUCT), 0 },
    { SQL_C_INTERVAL_DAY_TO_MINUTE,    SQL_C_INTERVAL_DAY_TO_MINUTE,    CLASS_DAY_TIME,
      sizeof(SQL_INTERVAL_STRUCT), 0 },
    { SQL_C_INTERVAL_DAY_TO_SECOND,    SQL_C_INTERVAL_DAY_TO_SECOND,    CLASS_DAY_TIME,
      sizeof(SQL_INTERVAL_STRUCT), 0 },
    { SQL_C_INTERVAL_HOUR_TO_MINUTE,   SQL_C_INTERVAL_HOUR_TO_MINUTE,   CLASS_DAY_TIME,
      sizeof(SQL_INTERVAL_STRUCT), 0 },
    { SQL_C_INTERVAL_HOUR_TO_SECOND,   SQL_C_INTERVAL_HOUR_TO_SECOND,   CLASS_DAY_TIME,
      sizeof(SQL_INTERVAL_STRUCT), 0 },
    { SQL_C_INTERVAL_MINUTE_TO_SECOND, SQL_C_INTERVAL_MINUTE_TO_SECOND, CLASS_DAY_TIME,
      sizeof(SQL_INTERVAL_STRUCT), 0 },
    { SQL_C_DATE,       SQL_C_TYPE_DATE,  CLASS_DATE,    sizeof(SQL_DATE_STRUCT), 0 },
    { SQL_C_TIME,       SQL_C_TYPE_TIME,  CLASS_TIME,    sizeof(SQL_TIME_STRUCT), 0 },
    { SQL_C_TIMESTAMP,  SQL_C_TYPE_TIMESTAMP, CLASS_TIMESTAMP, sizeof(SQL_TIMESTAMP_STRUCT), 0 },
};

const struct c_type_row *c_type_row(SQLSMALLINT c_type)
{
    for (size_t i = 0; i < sizeof(c_types) / sizeof(c_types[0]); i++) {
        if (c_types[i].c_type == c_type) {
            return &c_types[i];
        }
    }
    return NULL;
}

SQLLEN value_c_size(SQLSMALLINT c_type)
{
    const struct c_type_row *row = c_type_row(c_type);
    return row == NULL ? 0 : row->size;
}

bool value_c_is_known(SQLSMALLINT c_type)
{
    return c_type == SQL_C_DEFAULT || c_type_row(c_type) != NULL;
}

#define TO(class) (1u << CLASS_##class)
#define TO_TEXT (TO(CHAR) | TO(WCHAR) | TO(BINARY))
#define TO_NUMBER (TO(BIT) | TO(INTEGER) | TO(REAL) | TO(NUMERIC))

/* The pages "SQL to C: ...", one row each. Character data goes everywhere: the page "C Data Types"
   says so, for GUID too. A year-month interval may be asked as a number and then always has one
   field too many (22015); for day-time intervals the page says 07006. */
static const unsigned legal[FAMILIES] = {
    [FAMILY_TEXT]       =
        TO_TEXT | TO_NUMBER | TO(DATE) | TO(TIME) | TO(TIMESTAMP) | TO(GUID) | TO(YEAR_MONTH)
        | TO(DAY_TIME),
    [FAMILY_BIT]        = TO_TEXT | TO_NUMBER,
    [FAMILY_INTEGER]    = TO_TEXT | TO_NUMBER | TO(YEAR_MONTH) | TO(DAY_TIME),
    [FAMILY_DECIMAL]    = TO_TEXT | TO_NUMBER | TO(YEAR_MONTH) | TO(DAY_TIME),
    [FAMILY_DOUBLE]     = TO_TEXT | TO_NUMBER,
    [FAMILY_BINARY]     = TO_TEXT,
    [FAMILY_DATE]       = TO_TEXT | TO(DATE) | TO(TIMESTAMP),
    [FAMILY_TIME]       = TO_TEXT | TO(TIME) | TO(TIMESTAMP),
    [FAMILY_TIMESTAMP]  = TO_TEXT | TO(DATE) | TO(TIME) | TO(TIMESTAMP),
    [FAMILY_GUID]       = TO_TEXT | TO(GUID),
    [FAMILY_YEAR_MONTH] = TO_TEXT | TO(INTEGER) | TO(NUMERIC) | TO(YEAR_MONTH),
    [FAMILY_DAY_TIME]   = TO_TEXT | TO(DAY_TIME),
};
#undef TO
#undef TO_TEXT
#undef TO_NUMBER

bool value_pair_is_legal(enum family from, enum c_class to)
{
    return (legal[from] >> to & 1) != 0;
}

/* One store a class, in the order of enum c_class; text and binary have three sources. */
static value_store_function *const stores[C_CLASSES] = {
    store_checked_char, store_checked_wide, store_structure_binary, store_bit, store_integer,
        store_real, store_numeric, store_date,
    store_time, store_timestamp, store_guid, store_interval, store_interval,
};
static value_store_function *const text_stores[] = { store_text_char, store_text_wide,
                                                     store_text_binary };
static value_store_function *const hex_stores[] = { store_hex_char, store_hex_wide,
                                                    store_hex_binary };

/* Pairs that are asked for most have a store of their own. */
static const struct {
    enum family family;
    SQLSMALLINT c_type;
    value_store_function *store;
} short_ways[] = {
    { FAMILY_INTEGER,    SQL_C_SBIGINT,        store_i64 },
    { FAMILY_INTEGER,    SQL_C_SLONG,          store_i32 },
    { FAMILY_DOUBLE,     SQL_C_DOUBLE,         store_double },
    { FAMILY_DATE,       SQL_C_TYPE_DATE,      store_fixed_date },
    { FAMILY_TIMESTAMP,  SQL_C_TYPE_TIMESTAMP, store_fixed_timestamp },
};

value_store_function *store_choose(enum family family, const struct c_type_row *to)
{
    if (to->class <= CLASS_BINARY && family == FAMILY_TEXT) {
        return text_stores[to->class];
    }
    if (to->class <= CLASS_BINARY && family == FAMILY_BINARY) {
        return hex_stores[to->class];
    }
    if (family == FAMILY_YEAR_MONTH && (to->class == CLASS_INTEGER || to->class == CLASS_NUMERIC)) {
        return store_many_fields;
    }
    for (size_t i = 0; i < sizeof(short_ways) / sizeof(short_ways[0]); i++) {
        if (short_ways[i].family == family && short_ways[i].c_type == to->concise) {
            return short_ways[i].store;
        }
    }
    return stores[to->class];
}

enum { INTERVAL_LEADING_DEFAULT = 2, SECONDS_DEFAULT = 6 };

/* What an application gets that says nothing about it: exact numbers and intervals have the
   column's own precision. */
static void take_precision(struct value_plan *p, const struct value_shape *shape)
{
    if (p->family == FAMILY_DECIMAL || p->family == FAMILY_INTEGER) {
        p->numeric_precision = (SQLSMALLINT)shape->column_size;
        p->numeric_scale = shape->decimal_digits;
    }
    p->seconds_precision = SECONDS_DEFAULT;
    p->interval_precision = p->family == FAMILY_YEAR_MONTH || p->family == FAMILY_DAY_TIME
        ? INTERVAL_LEADING : INTERVAL_LEADING_DEFAULT;
}

enum value_outcome value_plan_build(const struct value_type *type, SQLSMALLINT c_type,
                                    const struct value_options *options,
                                    struct value_plan *out)
{
    enum family described = value_family(type, options);
    enum family own = kind_row(type->kind)->family;
    struct value_shape shape;

    value_type_shape(type, options, &shape);
    const struct c_type_row *to = c_type_row(c_type == SQL_C_DEFAULT ? shape.c_default : c_type);
    if (to == NULL || !(value_pair_is_legal(described, to->class)
                        || value_pair_is_legal(own, to->class))) {
        return VALUE_ILLEGAL_PAIR;
    }
    /* A type that is only described as text still converts as what it is: 'true' as text to
       SQL_C_BIT. */
    enum family family = to->class > CLASS_BINARY && value_pair_is_legal(own, to->class) ? own
        : described;
    *out = (struct value_plan){
        .type = *type, .c_type = to->concise, .family = (int)family,
        .wide_unit = options->wide_unit == WIDE_UCS4 ? WIDE_UCS4 : WIDE_UTF16,
        .store = store_choose(family, to),
    };
    memcpy(out->zones.shown, options->zone, sizeof(out->zones.shown));
    take_precision(out, &shape);
    return VALUE_OK;
}

struct span value_limit(const struct value_plan *p, struct span cell)
{
    size_t max = (size_t)p->max_length;

    if (p->max_length <= 0 || span_is_null(cell)) {
        return cell;
    }
    if (p->family == FAMILY_TEXT) {
        return span_part(cell, 0, utf8_cut(cell, max));
    }
    if (p->family == FAMILY_BINARY && hex_count(cell) > max) {
        return span_part(cell, 0, 3 * max - 1);
    }
    return cell;
}

enum value_outcome value_store(const struct value_plan *p, struct span cell, void *data,
                               SQLLEN room_bytes, SQLLEN *length,
                               SQLLEN *indicator)
{
    if (span_is_null(cell)) {
        if (indicator == NULL) {
            return VALUE_NO_INDICATOR;
        }
        *indicator = SQL_NULL_DATA;
        return VALUE_NULL;
    }
    if (p->max_length > 0) {
        cell = value_limit(p, cell);
    }
    return p->store(p, cell, data, room_bytes, length);
}
