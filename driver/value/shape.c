/* What a type looks like to the application: codes and sizes, by the standard's pages "Column
   Size", "Decimal Digits", "Transfer Octet Length" and "Display Size". */
#include "value/waist.h"

enum {
    TEXT_LENGTH_DEFAULT = 65535,
    INTERVAL_SECONDS = 3,
    INTERVAL_DAY_DIGITS = 12,   /* "-106751991167 07:12:55.807" */
    CHARACTER_BYTES_MAX = 4,    /* in UTF-8, in UTF-16 and in UCS-4 */
    ZONE_NAME_MAX = 34,         /* "America/Argentina/ComodRivadavia" and a little */
    IPADDRESS_LENGTH = 45,
    UUID_LENGTH = 36,
    BOOLEAN_TEXT_LENGTH = 5,
};

static uint32_t or_default(uint32_t length)
{
    return length > 0 ? length : TEXT_LENGTH_DEFAULT;
}

static SQLULEN fraction_size(uint32_t digits)
{
    return digits > 0 ? 1 + digits : 0;
}

static uint32_t fraction_digits(const struct value_type *type)
{
    return type->precision > 9 ? 9 : type->precision;
}

/* Fields of an interval, without the sign. */
static SQLULEN interval_length(bool has_seconds, SQLULEN leading)
{
    return has_seconds ? 10 + leading + INTERVAL_SECONDS : 3 + leading;
}

/* As text, with all digits that the service can send. */
static SQLULEN interval_text(bool has_seconds)
{
    return 1 + interval_length(has_seconds, has_seconds ? INTERVAL_DAY_DIGITS : INTERVAL_LEADING);
}

/* Whether the type itself, or a look at all values, says how long a text gets. */
static bool is_bounded(const struct value_type *type)
{
    bool has_length = type->kind == VALUE_VARCHAR || type->kind == VALUE_CHAR;

    return type->seen_length > 0 || (has_length && type->precision > 0);
}

static SQLULEN text_length(const struct value_type *type, const struct value_options *options)
{
    if (type->seen_length > 0) {
        return type->seen_length;
    }
    switch (type->kind) {
    case VALUE_VARCHAR:
    case VALUE_CHAR:      return type->precision > 0
        ? type->precision : or_default(options->string_length);
    case VALUE_STRING:    return or_default(options->string_length);
    case VALUE_IPADDRESS: return IPADDRESS_LENGTH;
    case VALUE_UUID:      return UUID_LENGTH;
    case VALUE_BOOLEAN:   return BOOLEAN_TEXT_LENGTH;
    case VALUE_INTERVAL_DAY:  return interval_text(true);
    case VALUE_INTERVAL_YEAR: return interval_text(false);
    case VALUE_TIME_TZ:   return 8 + fraction_size(type->precision) + 6;
    case VALUE_TIMESTAMP_TZ: return 19 + fraction_size(type->precision) + 1 + ZONE_NAME_MAX;
    default:              return or_default(options->complex_length);
    }
}

static void shape_text(const struct value_type *type, const struct value_options *options,
                       struct value_shape *s)
{
    SQLSMALLINT sql = kind_row(type->kind)->sql_type;

    if (sql != SQL_CHAR && sql != SQL_LONGVARCHAR) {
        sql = SQL_VARCHAR;
    }
    if (options->wide_strings) {
        sql = sql == SQL_CHAR ? SQL_WCHAR : sql == SQL_VARCHAR ? SQL_WVARCHAR : SQL_WLONGVARCHAR;
    }
    SQLLEN unit = !options->wide_strings ? 1 : options->wide_unit == WIDE_UCS4 ? 4 : 2;
    /* What was seen of a wide text was counted in units already. */
    SQLLEN most = options->wide_strings && (type->seen_length > 0 || !is_bounded(type))
        ? unit : CHARACTER_BYTES_MAX;
    s->concise_type = s->verbose_type = sql;
    s->c_default = options->wide_strings ? SQL_C_WCHAR : SQL_C_CHAR;
    s->column_size = text_length(type, options);
    s->octet_length = (SQLLEN)s->column_size * most;
    /* Programs make buffers of so many bytes or units. */
    s->display_size = is_bounded(type) ? s->octet_length / unit : (SQLLEN)s->column_size;
    s->is_case_sensitive = type->kind != VALUE_BOOLEAN && type->kind != VALUE_UUID
        && type->kind != VALUE_IPADDRESS;
}

/* Fixed sizes, in the order of the standard's tables. */
static const struct fixed_size {
    enum value_kind kind;
    SQLULEN column_size;
    SQLLEN display_size, octet_length;
    SQLSMALLINT decimal_digits, radix;
} fixed_sizes[] = {
    { VALUE_BOOLEAN,  1,  1,  1,  -1, 0 },
    { VALUE_TINYINT,  3,  4,  1,  0,  10 },
    { VALUE_SMALLINT, 5,  6,  2,  0,  10 },
    { VALUE_INTEGER,  10, 11, 4,  0,  10 },
    { VALUE_BIGINT,   19, 20, 8,  0,  10 },
    { VALUE_FLOAT,    7,  15, 4,  -1, 10 }, /* "-1.17549435E-38" */
    { VALUE_DOUBLE,   15, 24, 8,  -1, 10 },
    { VALUE_DATE,     10, 10, sizeof(SQL_DATE_STRUCT), -1, 0 },
    { VALUE_UUID,     36, 36, sizeof(SQLGUID), -1, 0 },
};

static void shape_fixed(const struct value_type *type, struct value_shape *s)
{
    for (size_t i = 0; i < sizeof(fixed_sizes) / sizeof(fixed_sizes[0]); i++) {
        const struct fixed_size *row = &fixed_sizes[i];
        if (row->kind == type->kind) {
            s->column_size = row->column_size;
            s->display_size = row->display_size;
            s->octet_length = row->octet_length;
            s->decimal_digits = row->decimal_digits;
            s->num_prec_radix = row->radix;
        }
    }
}

static void shape_decimal(const struct value_type *type, struct value_shape *s)
{
    s->column_size = type->precision;
    s->decimal_digits = (SQLSMALLINT)type->scale;
    /* Sign and point; without whole digits Athena writes a zero before the point. */
    s->display_size = s->octet_length = (SQLLEN)type->precision + 2
        + (type->scale == type->precision);
    s->num_prec_radix = 10;
}

static void shape_binary(const struct value_type *type, const struct value_options *options,
                         struct value_shape *s)
{
    s->column_size = type->seen_length > 0 ? type->seen_length : or_default(options->binary_length);
    s->display_size = (SQLLEN)s->column_size * 2;
    s->octet_length = (SQLLEN)s->column_size;
}

static void shape_interval(enum family family, struct value_shape *s)
{
    bool has_seconds = family == FAMILY_DAY_TIME;

    s->verbose_type = SQL_INTERVAL;
    s->datetime_code = has_seconds ? SQL_CODE_DAY_TO_SECOND : SQL_CODE_YEAR_TO_MONTH;
    s->column_size = interval_length(has_seconds, INTERVAL_LEADING);
    s->decimal_digits = has_seconds ? INTERVAL_SECONDS : -1;
    s->display_size = (SQLLEN)interval_text(has_seconds);
    s->octet_length = sizeof(SQL_INTERVAL_STRUCT);
}

static void shape_datetime(const struct value_type *type, enum family family, bool odbc2,
                           struct value_shape *s)
{
    uint32_t digits = fraction_digits(type);

    s->verbose_type = SQL_DATETIME;
    if (family == FAMILY_DATE) {
        s->datetime_code = SQL_CODE_DATE;
        s->concise_type = odbc2 ? SQL_DATE : SQL_TYPE_DATE;
        return;
    }
    bool is_time = family == FAMILY_TIME;
    s->datetime_code = is_time ? SQL_CODE_TIME : SQL_CODE_TIMESTAMP;
    s->concise_type = is_time ? (odbc2 ? SQL_TIME : SQL_TYPE_TIME) : odbc2 ? SQL_TIMESTAMP
        : SQL_TYPE_TIMESTAMP;
    s->column_size = (is_time ? 8 : 19) + fraction_size(digits);
    /* Text has all the digits that Athena sends. */
    s->display_size = (is_time ? 8 : 19) + (SQLLEN)fraction_size(type->precision);
    s->octet_length = is_time ? sizeof(SQL_TIME_STRUCT) : sizeof(SQL_TIMESTAMP_STRUCT);
    s->decimal_digits = (SQLSMALLINT)digits;
}

static bool is_numeric(enum family family)
{
    return family == FAMILY_INTEGER || family == FAMILY_DECIMAL || family == FAMILY_DOUBLE;
}

void value_type_shape(const struct value_type *type, const struct value_options *options,
                      struct value_shape *out)
{
    const struct kind_row *row = kind_row(type->kind);
    enum family family = value_family(type, options);
    struct value_shape s = {
        .concise_type = row->sql_type, .verbose_type = row->sql_type, .decimal_digits = -1,
            .c_default = row->c_default,
        .searchable = row->searchable, .is_unsigned = !is_numeric(family),
        .literal_prefix = row->prefix,
        .literal_suffix = row->suffix, .type_name = row->name,
    };

    shape_fixed(type, &s);
    switch (family) {
    case FAMILY_TEXT:
        s.decimal_digits = -1;
        s.num_prec_radix = 0;
        shape_text(type, options, &s);
        break;
    case FAMILY_DECIMAL:    shape_decimal(type, &s); break;
    case FAMILY_BINARY:     shape_binary(type, options, &s); break;
    case FAMILY_DATE:
    case FAMILY_TIME:
    case FAMILY_TIMESTAMP:  shape_datetime(type, family, options->odbc2, &s); break;
    case FAMILY_YEAR_MONTH:
    case FAMILY_DAY_TIME:   shape_interval(family, &s); break;
    default:                break;
    }
    *out = s;
}
