/* SQLSetDescField and SQLSetDescRec, by desc_field.def. */
#include <string.h>

#include "odbc/desc_field.h"

enum { NAME_MAX_BYTES = 255 };

static SQLRETURN set_count(struct desc *d, SQLLEN count)
{
    if (count < 0 || count > DESC_RECORDS_MAX) {
        return diag_post(&d->handle, STATE_07009, NULL);
    }
    if (desc_record_at(d, (unsigned)count) == NULL) {
        return diag_post(&d->handle, STATE_HY001, NULL);
    }
    desc_set_count(d, (unsigned)count);
    return SQL_SUCCESS;
}

static SQLRETURN set_header(struct desc *d, const struct desc_field *field, void *value)
{
    SQLLEN number = (SQLLEN)(intptr_t)value;

    switch (field->id) {
    case SQL_DESC_ARRAY_SIZE:
        if (number <= 0) {
            return diag_post(&d->handle, STATE_HY092, "An array has at least one element.");
        }
        d->array_size = (SQLULEN)number;
        return SQL_SUCCESS;
    case SQL_DESC_BIND_TYPE:
        d->bind_type = (SQLUINTEGER)number;
        d->generation++;
        return SQL_SUCCESS;
    case SQL_DESC_ARRAY_STATUS_PTR:
        d->array_status = value;
        return SQL_SUCCESS;
    case SQL_DESC_BIND_OFFSET_PTR:
        d->bind_offset = value;
        return SQL_SUCCESS;
    case SQL_DESC_ROWS_PROCESSED_PTR:
        d->rows_processed = value;
        return SQL_SUCCESS;
    default:
        return set_count(d, (SQLSMALLINT)number);
    }
}

static SQLRETURN set_data(struct desc *d, struct desc_record *r, void *data)
{
    bool was_bound = r->is_bound;

    if (data != NULL && !desc_record_is_consistent(r, desc_is_application(d))) {
        return diag_post(&d->handle, STATE_HY021,
                         "Type, subcode, precision and scale of the record do not fit together.");
    }
    if (!desc_is_application(d)) {
        return SQL_SUCCESS;
    }
    r->data = data;
    r->is_bound = data != NULL;
    d->generation += was_bound != r->is_bound;
    if (!r->is_bound && r == &d->records[d->count]) {
        desc_trim_count(d);
    }
    return SQL_SUCCESS;
}

static SQLRETURN set_type_field(struct desc *d, struct desc_record *r, SQLSMALLINT id,
                                SQLSMALLINT number)
{
    if (id == SQL_DESC_CONCISE_TYPE) {
        (void)desc_record_set_type(r, number);
    } else if (id == SQL_DESC_DATETIME_INTERVAL_CODE) {
        desc_record_set_code(r, number);
    } else if (!desc_record_set_verbose(r, number)) {
        return diag_post(
            &d->handle, STATE_HY021,
            "SQL_DESC_TYPE takes verbose types: %d belongs into SQL_DESC_CONCISE_TYPE.",
            (int)number);
    }
    r->has_explicit_scale = false;
    return SQL_SUCCESS;
}

static SQLRETURN set_name(struct desc *d, struct desc_record *r, struct text text)
{
    struct span name;

    if (!text_take(&d->handle, text, &d->arena, &name)) {
        return SQL_ERROR;
    }
    if (name.len > NAME_MAX_BYTES) {
        return diag_post(&d->handle, STATE_22001, NULL);
    }
    r->name = span_is_null(name) ? SPAN("") : name;
    r->unnamed = r->name.len > 0 ? SQL_NAMED : SQL_UNNAMED;
    return SQL_SUCCESS;
}

static SQLRETURN set_flagged(struct desc *d, struct desc_record *r, SQLSMALLINT id, SQLLEN number)
{
    bool is_direction = number == SQL_PARAM_INPUT || number == SQL_PARAM_INPUT_OUTPUT ||
                        number == SQL_PARAM_OUTPUT || number == SQL_PARAM_INPUT_OUTPUT_STREAM ||
                        number == SQL_PARAM_OUTPUT_STREAM;

    if (id == SQL_DESC_PARAMETER_TYPE) {
        if (!is_direction) {
            return diag_post(&d->handle, STATE_HY105, NULL);
        }
        r->parameter_type = (SQLSMALLINT)number;
        return SQL_SUCCESS;
    }
    if (number != SQL_UNNAMED) {
        return diag_post(
            &d->handle, STATE_HY092,
            "SQL_DESC_UNNAMED can only be set to SQL_UNNAMED; a name is set by SQL_DESC_NAME.");
    }
    r->unnamed = SQL_UNNAMED;
    r->name = SPAN("");
    return SQL_SUCCESS;
}

static void store_number(struct desc_record *r, const struct desc_field *field, SQLLEN number)
{
    char *at = (char *)r + field->offset;

    switch (field->size) {
    case sizeof(SQLSMALLINT):
        *(SQLSMALLINT *)(void *)at = (SQLSMALLINT)number;
        break;
    case sizeof(SQLINTEGER):
        *(SQLINTEGER *)(void *)at = (SQLINTEGER)number;
        break;
    default:
        *(SQLLEN *)(void *)at = number;
        break;
    }
    if (field->id == SQL_DESC_SCALE || field->id == SQL_DESC_PRECISION) {
        r->has_explicit_scale = true;
    }
    if (field->id == SQL_DESC_DATETIME_INTERVAL_PRECISION) {
        r->has_explicit_leading = true;
    }
}

static SQLRETURN set_number(struct desc *d, struct desc_record *r, const struct desc_field *field,
                            void *value)
{
    SQLLEN number = (SQLLEN)(intptr_t)value;

    switch (field->id) {
    case SQL_DESC_CONCISE_TYPE:
    case SQL_DESC_TYPE:
    case SQL_DESC_DATETIME_INTERVAL_CODE:
        return set_type_field(d, r, field->id, (SQLSMALLINT)number);
    case SQL_DESC_PARAMETER_TYPE:
    case SQL_DESC_UNNAMED:
        return set_flagged(d, r, field->id, number);
    default:
        store_number(r, field, field->shape == FIELD_SMALLINT  ? (SQLSMALLINT)number
                               : field->shape == FIELD_INTEGER ? (SQLINTEGER)number
                                                               : number);
        return SQL_SUCCESS;
    }
}

/* Anything but a deferred field unbinds the record: the application has to say the address
   again. */
static void unbind(struct desc *d, struct desc_record *r)
{
    if (desc_is_application(d)) {
        r->data = NULL;
        r->is_bound = false;
    }
    d->generation++;
}

static SQLRETURN set_record_field(struct desc *d, struct desc_record *r,
                                  const struct desc_field *field, void *value, struct text text)
{
    SQLRETURN rc;

    switch (field->id) {
    case SQL_DESC_DATA_PTR:
        return set_data(d, r, value);
    case SQL_DESC_INDICATOR_PTR:
        r->indicator_ptr = value;
        return SQL_SUCCESS;
    case SQL_DESC_OCTET_LENGTH_PTR:
        r->octet_length_ptr = value;
        return SQL_SUCCESS;
    case SQL_DESC_NAME:
        return set_name(d, r, text);
    default:
        rc = set_number(d, r, field, value);
        unbind(d, r);
        return rc;
    }
}

/* The record to write, made when it is not there; NULL with *rc set. */
static struct desc_record *writable_record(struct desc *d, SQLSMALLINT number, SQLRETURN *rc)
{
    struct desc_record *r;

    if (number < 0 || (number == 0 && (d->role == DESC_IPD || d->role == DESC_APD))) {
        *rc = diag_post(&d->handle, STATE_07009, NULL);
        return NULL;
    }
    r = desc_record_at(d, (unsigned)number);
    if (r == NULL) {
        *rc = diag_post(&d->handle, STATE_HY001, NULL);
        return NULL;
    }
    if ((unsigned)number > d->count) {
        desc_set_count(d, (unsigned)number);
    }
    return r;
}

SQLRETURN desc_set_field(struct desc *d, SQLSMALLINT number, SQLSMALLINT id, void *value,
                         struct text text)
{
    const struct desc_field *field = desc_field_find(id);
    struct desc_record *r;
    SQLRETURN rc = SQL_SUCCESS;

    if (field == NULL) {
        return diag_post(&d->handle, STATE_HY091, "%d is not a field of descriptors.", (int)id);
    }
    if (field->access[d->role] != ACCESS_RW) {
        return diag_post(&d->handle, d->role == DESC_IRD ? STATE_HY016 : STATE_HY091, NULL);
    }
    rc = desc_check_unused(d, &d->handle);
    if (rc != SQL_SUCCESS) {
        return rc;
    }
    if (field->is_header) {
        return set_header(d, field, value);
    }
    r = writable_record(d, number, &rc);
    return r == NULL ? rc : set_record_field(d, r, field, value, text);
}

SQLRETURN desc_set_rec(struct desc *d, SQLSMALLINT number, const struct desc_rec_values *values)
{
    struct desc_record *r;
    SQLRETURN rc = SQL_SUCCESS;

    if (d->role == DESC_IRD) {
        return diag_post(&d->handle, STATE_HY016, NULL);
    }
    rc = desc_check_unused(d, &d->handle);
    r = rc == SQL_SUCCESS ? writable_record(d, number, &rc) : NULL;
    if (r == NULL) {
        return rc;
    }
    if (!desc_record_set_verbose(r, values->type)) {
        return diag_post(
            &d->handle, STATE_HY021,
            "Type %d is a concise type; a record takes the verbose type and a subcode.",
            (int)values->type);
    }
    if (values->type == SQL_DATETIME || values->type == SQL_INTERVAL) {
        desc_record_set_code(r, values->subtype);
    }
    r->octet_length = values->length;
    r->length = (SQLULEN)values->length;
    r->precision = values->precision;
    r->scale = values->scale;
    r->has_explicit_scale = values->type == SQL_NUMERIC || values->type == SQL_DECIMAL;
    r->octet_length_ptr = values->string_length;
    r->indicator_ptr = values->indicator;
    d->generation++;
    if (!desc_record_is_consistent(r, desc_is_application(d))) {
        return diag_post(&d->handle, STATE_HY021,
                         "Type, subcode, precision and scale of the record do not fit together.");
    }
    return set_data(d, r, values->data);
}
