/* The rows of desc_field.def as data, for the functions that read and write descriptors. */
#ifndef ODBC_DESC_FIELD_H
#define ODBC_DESC_FIELD_H

#include "odbc/desc.h"

enum field_shape {
    FIELD_SMALLINT,
    FIELD_INTEGER,
    FIELD_LEN,
    FIELD_ULEN,
    FIELD_POINTER,
    FIELD_TEXT
};
enum field_access { ACCESS___, ACCESS_R_, ACCESS_RW };

struct desc_field {
    SQLSMALLINT id;
    enum field_shape shape;
    bool is_header;
    size_t offset, size;           /* of the member of struct desc_record */
    /* by enum desc_role; an explicit descriptor is an application descriptor */
    unsigned char access[DESC_EXPLICIT + 1];
};

/* NULL for a number the standard does not define. Lives for ever. */
const struct desc_field *desc_field_find(SQLSMALLINT id);
/* An integer into the application's variable, in the shape's width. value may be NULL. */
void desc_field_put(enum field_shape shape, void *value, SQLLEN number);
/* The member's value as a number; not for pointers and text. */
SQLLEN desc_field_number(const struct desc_field *field, const struct desc_record *r);

/* desc_type.c: whether type, subcode, precision and scale fit together; a C type for application
   descriptors, an SQL type for an IPD. */
bool desc_record_is_consistent(const struct desc_record *r, bool is_application);
/* The standard's defaults of a type's attributes, when a type is set. */
void desc_record_set_defaults(struct desc_record *r);
/* Sets SQL_DESC_TYPE as SQLSetDescField may: a verbose type waits for its subcode. False for a
   concise datetime or interval type. */
bool desc_record_set_verbose(struct desc_record *r, SQLSMALLINT type);
void desc_record_set_code(struct desc_record *r, SQLSMALLINT code);

/* desc.c */
bool desc_is_application(const struct desc *d);
/* Count without the unbound records at its end. */
void desc_trim_count(struct desc *d);
/* The lock that guards it: its statement's, when it is automatic. */
struct latch *desc_latch(struct desc *d);
/* For readers of an IRD: HY007 when nothing is prepared; describes a prepared statement first.
   SQL_SUCCESS for every other descriptor. */
SQLRETURN desc_ready(struct desc *d, struct desc *for_diag);

#endif
