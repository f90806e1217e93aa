/* Bound parameters read: where the value of one set lies, and the SQL literal it becomes. */
#include "odbc/run.h"

SQLSMALLINT parameter_c_type(const struct stmt *s, unsigned n)
{
    SQLSMALLINT bound = s->apd->records[n].concise_type;

    return bound == SQL_C_DEFAULT ? value_default_c_type(s->ipd.records[n].concise_type) : bound;
}

bool parameter_is_variable(const struct stmt *s, unsigned n)
{
    return value_c_size(parameter_c_type(s, n)) == 0;
}

/* Bytes from one value to the next in column-wise binding. */
static SQLLEN element_bytes(const struct stmt *s, unsigned n)
{
    SQLLEN fixed = value_c_size(parameter_c_type(s, n));

    return fixed > 0 ? fixed : s->apd->records[n].octet_length;
}

struct place {
    char *data;
    const SQLLEN *length, *indicator;
};

static const void *shifted(const void *base, SQLLEN offset, SQLULEN bytes)
{
    return base == NULL ? NULL : (const char *)base + offset + bytes;
}

static struct place place_of(const struct stmt *s, SQLULEN set, unsigned n)
{
    const struct desc *apd = s->apd;
    const struct desc_record *r = &apd->records[n];
    SQLLEN offset = apd->bind_offset != NULL ? *apd->bind_offset : 0;
    bool by_row = apd->bind_type != SQL_PARAM_BIND_BY_COLUMN;
    SQLULEN data_step = by_row ? apd->bind_type : (SQLULEN)element_bytes(s, n);
    SQLULEN pointer_step = by_row ? apd->bind_type : sizeof(SQLLEN);

    return (struct place){
        .data = (char *)(uintptr_t)shifted(r->data, offset, set * data_step),
        .length = shifted(r->octet_length_ptr, offset, set * pointer_step),
        .indicator = shifted(r->indicator_ptr, offset, set * pointer_step),
    };
}

bool parameter_is_late(const struct stmt *s, SQLULEN set, unsigned n)
{
    struct place p = place_of(s, set, n);

    if (p.indicator != NULL && *p.indicator == SQL_NULL_DATA)
        return false;
    const SQLLEN *length = p.length != NULL ? p.length : p.indicator;
    return length != NULL &&
           (*length == SQL_DATA_AT_EXEC || *length <= SQL_LEN_DATA_AT_EXEC_OFFSET);
}

bool parameter_has_bad_length(const struct stmt *s, SQLULEN set, unsigned n, SQLLEN *length)
{
    enum { VALUE_BYTES_MAX = 64 * 1024 * 1024 };
    struct place p = place_of(s, set, n);

    if (p.length == NULL || p.data == NULL || parameter_is_late(s, set, n) ||
        (p.indicator != NULL && *p.indicator == SQL_NULL_DATA) ||
        !parameter_is_variable(s, n))
        return false;
    *length = *p.length;
    return *length > VALUE_BYTES_MAX || (*length < 0 && *length != SQL_NTS &&
                                         *length != SQL_NULL_DATA && *length != SQL_DEFAULT_PARAM);
}

bool parameter_set_is_ignored(const struct stmt *s, SQLULEN set)
{
    return s->apd->array_status != NULL && s->apd->array_size > 1 &&
           s->apd->array_status[set] == SQL_PARAM_IGNORE;
}

SQLRETURN parameter_check(struct stmt *s)
{
    for (unsigned n = 1; n <= s->sql.n_markers; n++) {
        if (n > s->apd->count || n > s->ipd.count || !s->apd->records[n].is_bound)
            return diag_post(&s->handle, STATE_07002,
                             "the statement has %u parameters, number %u is not bound",
                             s->sql.n_markers, n);
    }
    return SQL_SUCCESS;
}

/* Of a number only when it was set by hand; of an interval it is the digits of the seconds. */
static bool takes_precision(const struct desc_record *apd)
{
    return apd->has_explicit_scale || apd->type == SQL_INTERVAL;
}

/* Of an exact number the size is the descriptor's precision, which SQLSetDescField may have set. */
SQLULEN parameter_size(const struct desc_record *ipd)
{
    bool is_exact = ipd->concise_type == SQL_DECIMAL || ipd->concise_type == SQL_NUMERIC;

    return is_exact && ipd->precision > 0 ? (SQLULEN)ipd->precision : ipd->length;
}

bool parameter_literal(struct stmt *s, SQLULEN set, unsigned n, struct buf *out,
                       enum value_outcome *outcome, struct fault *f)
{
    const struct desc_record *apd = &s->apd->records[n], *ipd = &s->ipd.records[n];
    const struct late_value *late = late_find(s->run, set, n);
    struct place p = place_of(s, set, n);
    struct value_parameter v = {
        .c_type = parameter_c_type(s, n),
        .sql_type = ipd->concise_type,
        .column_size = parameter_size(ipd),
        .decimal_digits = ipd->scale,
        .data = p.data,
        .length = p.length != NULL ? *p.length : SQL_NTS,
        .wide_unit = handle_wide_unit(&s->handle),
        .zone = stmt_dbc(s)->options.zone,
        .numeric_precision = takes_precision(apd) ? apd->precision : 0,
        .numeric_scale = apd->has_explicit_scale ? apd->scale : 0,
    };

    if (late != NULL) {
        v.data = late->is_null ? NULL : buf_span(&late->data).at;
        v.length = late->is_null ? SQL_NULL_DATA : (SQLLEN)late->data.len;
    } else if (p.indicator != NULL && *p.indicator == SQL_NULL_DATA) {
        v.length = SQL_NULL_DATA;
    } else if (p.data == NULL && v.length != 0) {
        v.length = SQL_NULL_DATA;
    }
    if (v.length == SQL_DEFAULT_PARAM)
        return fault_set(f, FAULT_UNSUPPORTED,
                         "Parameter %u asks for a default value (SQL_DEFAULT_PARAM); only "
                         "procedures have those.",
                         n);
    return value_literal(&v, out, outcome, f);
}
