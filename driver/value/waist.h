/* The waist between text and C buffers, private to this room: one neutral value, parsers that make
   it from a cell or from a C buffer, stores that write it. N parsers and M stores instead of N x M
   conversions. */
#ifndef VALUE_WAIST_H
#define VALUE_WAIST_H

#include <string.h>

#include "value/value.h"

/* Wider than ISO C knows; gcc and clang have it on every 64-bit machine. */
__extension__ typedef unsigned __int128 uint128;

/* Which parser a kind has and which row of the standard's tables; the last column of kind.def. */
enum family { FAMILY_TEXT, FAMILY_BIT, FAMILY_INTEGER, FAMILY_DECIMAL, FAMILY_DOUBLE, FAMILY_BINARY,
              FAMILY_DATE, FAMILY_TIME,
    FAMILY_TIMESTAMP, FAMILY_GUID, FAMILY_YEAR_MONTH, FAMILY_DAY_TIME, FAMILIES };

/* Columns of the standard's tables: C types that behave alike. */
enum c_class { CLASS_CHAR, CLASS_WCHAR, CLASS_BINARY, CLASS_BIT, CLASS_INTEGER, CLASS_REAL,
               CLASS_NUMERIC, CLASS_DATE, CLASS_TIME,
    CLASS_TIMESTAMP, CLASS_GUID, CLASS_YEAR_MONTH, CLASS_DAY_TIME, C_CLASSES };

/* Rows of kind.def. */
struct kind_row {
    const char *name;
    SQLSMALLINT sql_type, c_default;
    const char *prefix, *suffix;
    SQLSMALLINT searchable;
    enum family family;
};
const struct kind_row *kind_row(enum value_kind kind);
/* The family in whose table row the column is described: an option may turn a type into text. */
enum family value_family(const struct value_type *type, const struct value_options *options);

/* What is known of a C type: ODBC 2 spellings are folded into ODBC 3's. NULL when unknown. */
struct c_type_row {
    SQLSMALLINT c_type;   /* as the application writes it */
    SQLSMALLINT concise;  /* ODBC 3 spelling */
    enum c_class class;
    SQLLEN size;          /* 0 = as long as the data */
    SQLSMALLINT bits;     /* integers: width, negative when unsigned */
};
const struct c_type_row *c_type_row(SQLSMALLINT c_type);
bool value_pair_is_legal(enum family from, enum c_class to);

/* ---- exact numbers: magnitude / 10^scale ---- */
enum { EXACT_DIGITS = 38 };
/* Leading digits of an interval column: as many as a descriptor can say; years never have more. */
enum { INTERVAL_LEADING = 9 };

struct exact {
    uint128 magnitude;
    int scale;           /* 0..38 */
    bool is_negative;
    bool is_over;        /* more whole digits than 38: out of range for every exact target */
    bool is_cut;         /* digits other than zero were lost behind the last one kept */
};
/* Digits, point, exponent; blanks around are the caller's business. false: not a numeric literal.
   */
bool exact_parse(struct span s, struct exact *out);
/* The whole part, cut towards zero; *lost tells whether a fraction fell away. */
uint128 exact_whole(const struct exact *e, bool *lost);
/* Brought to a scale; false when it does not fit into so many digits. *lost as above. */
bool exact_rescale(const struct exact *e, unsigned precision, int scale, uint128 *out, bool *lost);
struct exact exact_of_i64(int64_t value);
struct exact exact_of_u64(uint64_t value);
/* "-12.50": as many fraction digits as the scale says. Returns the length; room for 48 bytes. */
unsigned exact_print(const struct exact *e, char *to);
uint128 exact_power(unsigned n); /* 10^n, n <= 38 */

/* ---- points in time ---- */
struct moment {
    int64_t year;            /* any that text can say */
    int month, day, hour, minute, second;
    uint32_t nanos;
    bool has_date, has_time;
    uint32_t picos;          /* the tenth to the twelfth digit, which no C structure holds */
    bool has_more_fraction;  /* digits other than zero behind the ninth */
    unsigned n_fraction;     /* fraction digits written, at most 12 */
};

/* Which parts a text may or must have. */
enum { MOMENT_DATE = 1, MOMENT_TIME = 2, MOMENT_STAMP = 4, MOMENT_ZONE = 8 };
/* VALUE_OK, VALUE_BAD_DATETIME (not of the form, or no such day or hour), VALUE_ZONE_UNKNOWN.
   forms: which of the three forms are welcome, with or without a zone behind; a zone moves the
   fields into the shown one (zones NULL: UTC). */
enum value_outcome moment_parse(struct span s, unsigned forms, struct value_zones *zones,
                                struct moment *out);
/* Today in the shown zone into the date fields. */
void moment_today(struct moment *m, struct value_zones *zones);
/* Text of the parts that are there, with n_fraction digits. Room for 48 bytes. */
unsigned moment_print(const struct moment *m, char *to);
bool moment_is_day(int64_t year, int month, int day);
int64_t moment_days(int64_t year, int month, int day); /* since 1970-01-01 */
int64_t moment_day_of(int64_t seconds); /* the day in which so many seconds since 1970 end */
void moment_from_days(int64_t days, struct moment *m);

/* Seconds east of UTC that a zone has at a time, counted by the zone's own clock or, is_utc, by
   UTC's. false: unknown zone. zones may be NULL. */
bool zone_offset(struct span name, bool is_utc, int64_t seconds, struct value_zones *zones,
                 int64_t *offset);

/* ---- intervals ---- */
struct interval {
    bool is_negative, is_year_month;
    bool has_more_fraction;
    uint64_t months;
    uint64_t seconds;
    uint32_t nanos;
};
/* A C or SQL interval type as fields. Fields count from 0 = year to 5 = second. */
struct interval_fields { unsigned first, last; };
bool interval_fields_of(SQLSMALLINT type, struct interval_fields *out);
/* Text such as "2 10:00:00.5", "1-2", "-3", or a whole literal INTERVAL '...' DAY TO SECOND; meant
   for these fields. */
bool interval_parse(struct span s, struct interval_fields fields, struct interval *out);
/* Outcomes: OK, FRACTION_LOST (trailing fields cut), INTERVAL_OVERFLOW. */
enum value_outcome interval_put(const struct interval *i, SQLSMALLINT c_type, int leading,
                                int seconds_precision, SQL_INTERVAL_STRUCT *out);
bool interval_take(const SQL_INTERVAL_STRUCT *s, SQLSMALLINT c_type, int seconds_precision,
                   struct interval *out);
/* A number becomes the only field. */
enum value_outcome interval_of_exact(const struct exact *e, struct interval_fields fields,
                                     struct interval *out);
/* The text between the quotes of a literal, without sign. n_fraction digits of the second. *lost
   when a field outside was not zero. Room for 64 bytes. */
unsigned interval_print(const struct interval *i, struct interval_fields fields,
                        unsigned n_fraction, char *to, bool *lost);
/* "DAY TO SECOND" */
const char *interval_words(struct interval_fields fields);

/* ---- other values ---- */
bool guid_parse(struct span s, SQLGUID *out);
void guid_print(const SQLGUID *g, char to[37]); /* lower case, terminated */
/* Athena's "01 02 ff": how many bytes, and one of them (-1 when it is no hex pair). */
size_t hex_count(struct span cell);
int hex_at(struct span cell, size_t i);
int hex_digit(char c);

/* ---- stores ---- */
typedef enum value_outcome value_store_function(const struct value_plan *p, struct span cell,
                                                void *data, SQLLEN room, SQLLEN *length);

/* The text that a cell has as character data, and how many of its characters must not be cut (0: it
   may be cut anywhere). small has room for CELL_TEXT_SMALL bytes. Not for binary cells. */
enum { CELL_TEXT_SMALL = 64 };
enum value_outcome cell_text(const struct value_plan *p, struct span cell, char *small,
                             struct span *out, size_t *keep);

/* Copies a finished value out (data may be NULL), tells its length, gives the outcome back. */
static inline enum value_outcome store_bytes(void *data, const void *from, size_t bytes,
                                             SQLLEN *length, enum value_outcome outcome)
{
    if (length != NULL) {
        *length = (SQLLEN)bytes;
    }
    if (data != NULL) {
        memcpy(data, from, bytes);
    }
    return outcome;
}
/* A cell of any numeric, bit or text family as exact number. */
enum value_outcome cell_exact(const struct value_plan *p, struct span cell, struct exact *out);
/* SQL_ATTR_MAX_LENGTH: character and binary cells cut before they are stored. */
struct span value_limit(const struct value_plan *p, struct span cell);

value_store_function store_text_char, store_text_wide, store_checked_char, store_checked_wide,
    store_hex_char, store_hex_wide;
value_store_function store_text_binary, store_hex_binary, store_structure_binary;
value_store_function store_integer, store_i64, store_i32, store_bit, store_real, store_double,
    store_numeric;
value_store_function store_date, store_time, store_timestamp, store_fixed_date,
    store_fixed_timestamp, store_guid, store_interval, store_many_fields;

typedef const char *value_fuse_function(const struct value_plan *p, const char *at, const char *end,
                                        void *data, SQLLEN room, SQLLEN *length);
value_fuse_function fuse_i64, fuse_i32, fuse_double, fuse_numeric, fuse_short, fuse_char, fuse_wide;

/* For a legal pair. */
value_store_function *store_choose(enum family family, const struct c_type_row *to);

/* UTF-8 to wide units, ASCII runs many at a time; otherwise as utf8_to_wide. */
size_t text_widen(struct span s, void *to, size_t room_units, enum wide_unit unit, size_t *used);
size_t text_units(struct span s, enum wide_unit unit);
void text_terminate(void *at, enum wide_unit unit);

#endif
