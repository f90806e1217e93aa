/* Facts about types; text <-> value <-> C buffer; literals. Athena hands out text only, so: one
   parser per family, one store per C family, and one table of which pairs are legal. The pair is
   chosen once (a plan); the row loop calls it. */
#ifndef VALUE_VALUE_H
#define VALUE_VALUE_H

#include <sql.h>
#include <sqlext.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/utf.h"
#include "base/zone_file.h"

enum value_kind {
#define KIND(id, athena_name, sql_type, ...) VALUE_##id,
#include "value/kind.def"
#undef KIND
    VALUE_KINDS
};

enum { VALUE_ZONES = 8 };

/* What settings say about types; one per connection. */
struct value_options {
    uint32_t string_length;       /* StringColumnLength: for string and unbounded varchar */
    uint32_t complex_length;      /* ComplexTypeColumnLength */
    uint32_t binary_length;
    bool wide_strings;            /* UseWCharForStringTypes */
    /* the application asked for ODBC 2: date types 9/10/11, uuid as varchar */
    bool odbc2;
    bool timestamp_tz_as_text;
    bool boolean_as_text;
    bool interval_as_text;
    /* TimeZone, in which "with time zone" types are shown: an offset or a name; "" is UTC */
    char zone[ZONE_NAME_BYTES];
    enum wide_unit wide_unit;
};

/* A column's type with all sizes worked out. */
struct value_type {
    enum value_kind kind;
    /* decimal: p,s; varchar/char: length (0 = unbounded); others as reported */
    uint32_t precision, scale;
    /* ExactSizes: the longest value of the result, in bytes of binary, in characters of text, in
       units of text that is described as wide; 0 = not looked at */
    uint32_t seen_length;
    /* TYPE_NAME: Athena's own spelling, e.g. "decimal(10,2)"; long nested types are cut here
       only */
    char name[64];
};

/* What SQLDescribeCol, SQLColAttribute and SQLColumns say. */
struct value_shape {
    SQLSMALLINT concise_type, verbose_type, datetime_code;
    SQLULEN column_size;
    SQLSMALLINT decimal_digits;   /* -1 = not applicable (NULL in SQLColumns) */
    SQLLEN display_size, octet_length;
    SQLSMALLINT num_prec_radix;   /* 10, 2 or 0 */
    SQLSMALLINT c_default;        /* what SQL_C_DEFAULT means */
    SQLSMALLINT searchable;
    bool is_unsigned, is_case_sensitive, is_fixed_prec_scale;
    const char *literal_prefix, *literal_suffix; /* "" when none */
    const char *type_name;        /* bare, as in SQLGetTypeInfo: "varchar" */
};

/* From the service: "varchar" with precision and scale, or a Hive/Trino spelling such as
   "decimal(10,2)", "struct<a:int>", "timestamp(3) with time zone". Never fails: an unknown type is
   VALUE_UNKNOWN (long text) that keeps its name. */
void value_type_parse(struct span name, uint32_t precision, uint32_t scale, struct value_type *out);
/* Whether neither the type nor its family says how long a value can be: text, complex and binary
   types without a length. */
bool value_type_is_open(const struct value_type *type);
void value_type_shape(const struct value_type *type, const struct value_options *options,
                      struct value_shape *out);

enum value_outcome {
    VALUE_OK,
    VALUE_NULL,             /* NULL was stored through the indicator */
    VALUE_TRUNCATED,        /* 01004: character or binary data cut */
    VALUE_FRACTION_LOST,    /* 01S07 */
    VALUE_RANGE,            /* 22003 */
    VALUE_BAD_TEXT,         /* 22018 */
    VALUE_BAD_DATETIME,     /* 22007 */
    VALUE_DATETIME_OVERFLOW,/* 22008 */
    VALUE_INTERVAL_OVERFLOW,/* 22015 */
    VALUE_NO_INDICATOR,     /* 22002: NULL without an indicator */
    VALUE_ILLEGAL_PAIR,     /* 07006 */
    VALUE_ZONE_UNKNOWN,     /* 22007: value_zones.missing is no zone of this machine */
    VALUE_NO_DATA,          /* SQLGetData: everything was returned already */
    VALUE_OUTCOMES
};

/* The zone that values are shown in, and the zones that were seen with the stretches of time in
   which their offsets hold: rows repeat a few zones. Zeroed is UTC and empty. */
struct value_zones {
    char shown[ZONE_NAME_BYTES];
    char missing[ZONE_NAME_BYTES]; /* the name behind the last VALUE_ZONE_UNKNOWN */
    unsigned next;                /* the place that is given away next */
    struct value_zone_stretch {
        char name[ZONE_NAME_BYTES];
        bool is_utc;              /* which clock from and to are of: UTC's or the zone's own */
        int64_t from, to;         /* seconds since 1970, [from, to) */
        int64_t offset;           /* seconds east of UTC */
    } seen[VALUE_ZONES];
};

/* How a cell of one column becomes one C type. Built once per (column, binding) and, but for the
   zones seen, read-only afterwards: it belongs to one statement. */
struct value_plan {
    struct value_type type;
    SQLSMALLINT c_type;           /* concise, SQL_C_DEFAULT resolved */
    /* SQL_C_NUMERIC: those of an explicit ARD, else of an exact column */
    SQLSMALLINT numeric_precision, numeric_scale; bool has_numeric_scale;
    /* interval leading precision (the column's; 2 for other types), fraction digits (6) */
    SQLINTEGER interval_precision, seconds_precision;
    SQLLEN max_length;            /* SQL_ATTR_MAX_LENGTH; 0 = no limit */
    enum wide_unit wide_unit;
    int family;                   /* private to value/: the parser */
    struct value_zones zones;
    enum value_outcome (*store)(const struct value_plan *p, struct span cell, void *data,
                                SQLLEN room_bytes, SQLLEN *length);
    /* Stores a plain value that begins at `at` and ends at a double quote, and returns that quote;
       NULL when the value is not plain or the quote is not in reach: then nothing counts of what
       was written, and store does it. May be NULL; valid after value_plan_fuse. */
    const char *(*fuse)(const struct value_plan *p, const char *at, const char *end, void *data,
                        SQLLEN room_bytes, SQLLEN *length);
};
enum { VALUE_FUSE_BYTES = 32 };
/* To be called when the plan's public members have their final values. */
void value_plan_fuse(struct value_plan *p);

/* VALUE_ILLEGAL_PAIR when the standard does not allow it; else VALUE_OK and *out ready. */
enum value_outcome value_plan_build(const struct value_type *type, SQLSMALLINT c_type,
                                    const struct value_options *options, struct value_plan *out);
/* Stores one cell. A NULL cell writes SQL_NULL_DATA to *indicator. data may be NULL (only length
   wanted). *length gets the full length in bytes (before any cut), *indicator is written only for
   NULL (and 0... is left to the caller when they are two pointers; the same pointer twice is fine).
   Either may be NULL. Character data is always terminated when room allows a terminator. */
enum value_outcome value_store(const struct value_plan *p, struct span cell, void *data,
                               SQLLEN room_bytes, SQLLEN *length, SQLLEN *indicator);

/* SQLGetData in pieces: position of one column of one row. Zero it when the row or the C type
   changes. */
struct value_piece {
    /* bytes of the source (characters of its text form) that were handed out */
    size_t at;
    size_t left;          /* bytes of C data not handed out yet, terminator not counted */
    SQLSMALLINT c_type;
    /* second half of a surrogate pair that a buffer of one unit could not take */
    uint16_t low_half;
    bool is_started, is_done;
};
/* Like value_store, but character and binary data continue where the last call stopped; *length
   gets what was left before this call. VALUE_NO_DATA when all was returned. */
enum value_outcome value_store_piece(const struct value_plan *p, struct span cell,
                                     struct value_piece *piece, void *data, SQLLEN room_bytes,
                                     SQLLEN *length, SQLLEN *indicator);

/* A parameter on its way to the service. */
struct value_parameter {
    SQLSMALLINT c_type, sql_type; /* c_type with SQL_C_DEFAULT allowed */
    SQLULEN column_size; SQLSMALLINT decimal_digits;
    const void *data; SQLLEN length; /* SQL_NTS, bytes, or SQL_NULL_DATA */
    enum wide_unit wide_unit;
    SQLSMALLINT numeric_precision, numeric_scale;
    const char *zone;             /* whose today a time without a date gets; NULL or "" is UTC */
};
/* Appends a complete SQL literal (never a raw string): 'O''Brien', DATE '2024-01-31', DECIMAL
   '1.50', X'0102', NULL. Outcomes as for columns, but: VALUE_OK, VALUE_NULL and VALUE_FRACTION_LOST
   (a number was cut: 01S07 or, if preferred, a refusal) append; every other one appends nothing.
   VALUE_TRUNCATED = 22001: longer than its SQL type, or text that would lose digits.
   VALUE_ILLEGAL_PAIR = 07006. */
MUST_USE bool value_literal(const struct value_parameter *p, struct buf *out,
                            enum value_outcome *outcome, struct fault *f);

/* What SQL_C_DEFAULT means for a parameter of this SQL type; SQL_C_DEFAULT when it is unknown. */
SQLSMALLINT value_default_c_type(SQLSMALLINT sql_type);
/* Bytes that a fixed-length C type occupies; 0 for character and binary. */
SQLLEN value_c_size(SQLSMALLINT c_type);
/* Whether the concise C type is known. */
bool value_c_is_known(SQLSMALLINT c_type);

#endif
