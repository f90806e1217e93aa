/* Parameters on their way to a literal, private to this room: taken from the C buffer once, written
   per SQL type. */
#ifndef VALUE_LITERAL_H
#define VALUE_LITERAL_H

#include "value/waist.h"

/* Rows of the standard's "C to SQL" tables, by what the parameter is. */
enum source { SOURCE_TEXT, SOURCE_BINARY, SOURCE_EXACT, SOURCE_DOUBLE, SOURCE_BIT, SOURCE_DATE,
              SOURCE_TIME, SOURCE_TIMESTAMP,
    SOURCE_GUID, SOURCE_INTERVAL, SOURCES };
/* And their SQL types. */
enum target { TARGET_TEXT, TARGET_EXACT, TARGET_REAL, TARGET_BIT, TARGET_BINARY, TARGET_DATE,
              TARGET_TIME, TARGET_TIMESTAMP,
    TARGET_GUID, TARGET_YEAR_MONTH, TARGET_DAY_TIME, TARGETS };

struct target_row {
    SQLSMALLINT sql_type;
    enum target target;
    SQLSMALLINT c_default;
    int bits;          /* integers: width; 0 = decimal */
    const char *word;  /* what stands before the quoted value; "" = nothing, no quotes */
};

/* What was in the C buffer. */
struct taken {
    enum source source;
    SQLSMALLINT c_type;
    struct span text;        /* SOURCE_TEXT as UTF-8, SOURCE_BINARY as bytes */
    struct exact exact;
    double number;
    bool is_float;
    struct moment moment;
    bool has_valid_date, has_valid_time; /* of moment; what is not there is valid */
    bool is_valid;           /* intervals: whether the fields make sense */
    SQLGUID guid;
    struct interval interval;
    struct buf owned;        /* behind text */
};

const struct target_row *target_row(SQLSMALLINT sql_type);
/* BAD_TEXT when characters cannot be understood. buf_free(&out->owned) in any case. */
MUST_USE bool parameter_take(const struct value_parameter *p, const struct c_type_row *c,
                             struct taken *out,
                             enum value_outcome *outcome, struct fault *f);
/* Text that a parameter has as character data; room for LITERAL_TEXT_SMALL bytes in small. */
enum { LITERAL_TEXT_SMALL = 96 };
struct span parameter_text(const struct taken *t, char *small);
/* The text as number: SOURCE_TEXT, EXACT, DOUBLE, BIT, single-field INTERVAL. */
enum value_outcome parameter_exact(const struct taken *t, struct exact *out);
/* Fields that no form of forms alone asks for are not looked at. */
enum value_outcome parameter_moment(const struct taken *t, unsigned forms, struct moment *out);

/* Writers: each appends the literal unless the outcome forbids it (OK and FRACTION_LOST write). */
typedef bool literal_writer(const struct value_parameter *p, const struct target_row *row,
                            const struct taken *t, struct buf *out,
                            enum value_outcome *outcome, struct fault *f);
literal_writer write_text, write_exact, write_real, write_bit, write_binary, write_date, write_time,
    write_timestamp, write_guid,
    write_interval;

#endif
