/* Descriptors: the ARD, APD, IRD and IPD are real, and every binding lives in one. */
#ifndef ODBC_DESC_H
#define ODBC_DESC_H

#include "odbc/handle.h"

enum desc_role { DESC_ARD, DESC_APD, DESC_IRD, DESC_IPD, DESC_EXPLICIT };

struct desc_record {
    SQLSMALLINT type, concise_type, datetime_interval_code, precision, scale, nullable,
        parameter_type, unnamed, unsigned_flag, searchable, case_sensitive, fixed_prec_scale,
        auto_unique, updatable, rowver, num_prec_radix;
    SQLINTEGER datetime_interval_precision;
    SQLULEN length;
    SQLLEN octet_length, display_size;
    SQLPOINTER data;
    SQLLEN *octet_length_ptr, *indicator_ptr;
    bool is_bound;             /* ARD: SQLBindCol; APD: SQLBindParameter */
    bool has_explicit_leading; /* an application set SQL_DESC_DATETIME_INTERVAL_PRECISION */
    bool has_explicit_scale;   /* an application set SQL_DESC_PRECISION/SCALE for SQL_C_NUMERIC */
    /* IRD and IPD: borrowed from the statement's prepared or result arena, or from the descriptor's
       own arena when set by the application. */
    struct span name, label, base_column, catalog, schema, table, base_table, type_name,
        local_type_name, literal_prefix, literal_suffix;
};

enum { DESC_RECORDS_MAX = 32767 };

struct desc {
    struct handle handle;
    enum desc_role role;
    bool is_automatic;         /* SQL_DESC_ALLOC_AUTO */
    struct stmt *stmt;         /* owner of an automatic one; NULL for explicit */
    /* moves whenever something that a plan depends on changes (not data pointers) */
    unsigned generation;
    SQLULEN array_size;        /* default 1 */
    SQLUSMALLINT *array_status;
    SQLLEN *bind_offset;
    SQLULEN bind_type;         /* SQL_BIND_BY_COLUMN or the row size */
    SQLULEN *rows_processed;
    unsigned count;            /* highest record in use */
    unsigned room;
    atomic_uint n_users;       /* statements in the middle of something that use it */
    struct desc_record *records; /* records[0] is the bookmark record; room+1 of them */
    struct arena arena;
};

SQLRETURN desc_new_explicit(struct dbc *d, SQLHANDLE *out);
SQLRETURN desc_free_explicit(struct desc *d);
/* HY010 posted on `told` when a statement that uses an explicit one is in the middle of something,
   else SQL_SUCCESS. */
SQLRETURN desc_check_unused(struct desc *d, struct handle *told);
void desc_init_automatic(struct desc *d, struct stmt *s, enum desc_role role);
void desc_done_automatic(struct desc *d);
/* The record, made (with the standard's defaults) if it is not there. NULL when memory is short or
   n > DESC_RECORDS_MAX. */
struct desc_record *desc_record_at(struct desc *d, unsigned n);
/* Cuts or grows count. */
void desc_set_count(struct desc *d, unsigned count);
void desc_unbind_all(struct desc *d);
/* Sets type, concise_type, code and interval precision consistently from a concise type. */
bool desc_record_set_type(struct desc_record *r, SQLSMALLINT concise_type);

SQLRETURN desc_get_field(struct desc *d, SQLSMALLINT record, SQLSMALLINT field, void *value,
                         struct room text);
SQLRETURN desc_set_field(struct desc *d, SQLSMALLINT record, SQLSMALLINT field, void *value,
                         struct text text);
SQLRETURN desc_get_rec(struct desc *d, SQLSMALLINT record, struct room name, SQLSMALLINT *type,
                       SQLSMALLINT *subtype, SQLLEN *length, SQLSMALLINT *precision,
                       SQLSMALLINT *scale, SQLSMALLINT *nullable);
struct desc_rec_values {
    SQLSMALLINT type, subtype, precision, scale;
    SQLLEN length;
    SQLPOINTER data;
    SQLLEN *string_length, *indicator;
};
SQLRETURN desc_set_rec(struct desc *d, SQLSMALLINT record, const struct desc_rec_values *values);
SQLRETURN desc_copy(struct desc *from, struct desc *to);

#endif
