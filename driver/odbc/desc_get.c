/* SQLGetDescField and SQLGetDescRec, by desc_field.def. */
#include <string.h>

#include "odbc/desc_field.h"
#include "odbc/stmt.h"

#define MEMBER(member) \
    offsetof(struct desc_record, member), sizeof(((struct desc_record *)0)->member)
#define ACCESS(ard, apd, ird, ipd) \
    { \
        [DESC_ARD] = ACCESS_##ard, [DESC_APD] = ACCESS_##apd, [DESC_IRD] = ACCESS_##ird, \
        [DESC_IPD] = ACCESS_##ipd, [DESC_EXPLICIT] = ACCESS_##ard \
    }

static const struct desc_field fields[] = {
#define HEADER_FIELD(id, shape, ard, apd, ird, ipd) \
    { id, FIELD_##shape, true, 0, 0, ACCESS(ard, apd, ird, ipd) },
#define RECORD_FIELD(id, shape, member, ard, apd, ird, ipd) \
    { id, FIELD_##shape, false, MEMBER(member), ACCESS(ard, apd, ird, ipd) },
#include "odbc/desc_field.def"
};

const struct desc_field *desc_field_find(SQLSMALLINT id)
{
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (fields[i].id == id) {
            return &fields[i];
        }
    }
    return NULL;
}

void desc_field_put(enum field_shape shape, void *value, SQLLEN number)
{
    if (value == NULL) {
        return;
    }
    switch (shape) {
    case FIELD_SMALLINT:
        *(SQLSMALLINT *)value = (SQLSMALLINT)number;
        break;
    case FIELD_INTEGER:
        *(SQLINTEGER *)value = (SQLINTEGER)number;
        break;
    default:
        *(SQLLEN *)value = number;
        break;
    }
}

SQLLEN desc_field_number(const struct desc_field *field, const struct desc_record *r)
{
    const char *at = (const char *)r + field->offset;

    switch (field->size) {
    case sizeof(SQLSMALLINT):
        return *(const SQLSMALLINT *)(const void *)at;
    case sizeof(SQLINTEGER):
        return *(const SQLINTEGER *)(const void *)at;
    default:
        return *(const SQLLEN *)(const void *)at;
    }
}

static void put_pointer(void *value, const void *pointer)
{
    if (value != NULL) {
        memcpy(value, &pointer, sizeof(pointer));
    }
}

static SQLRETURN get_header(struct desc *d, const struct desc_field *field, void *value)
{
    switch (field->id) {
    case SQL_DESC_ALLOC_TYPE:
        desc_field_put(field->shape, value,
                       d->is_automatic ? SQL_DESC_ALLOC_AUTO : SQL_DESC_ALLOC_USER);
        return SQL_SUCCESS;
    case SQL_DESC_ARRAY_SIZE:
        desc_field_put(field->shape, value, (SQLLEN)d->array_size);
        return SQL_SUCCESS;
    case SQL_DESC_BIND_TYPE:
        desc_field_put(field->shape, value, (SQLLEN)d->bind_type);
        return SQL_SUCCESS;
    case SQL_DESC_ARRAY_STATUS_PTR:
        put_pointer(value, d->array_status);
        return SQL_SUCCESS;
    case SQL_DESC_BIND_OFFSET_PTR:
        put_pointer(value, d->bind_offset);
        return SQL_SUCCESS;
    case SQL_DESC_ROWS_PROCESSED_PTR:
        put_pointer(value, d->rows_processed);
        return SQL_SUCCESS;
    default: {
        SQLRETURN rc = desc_ready(d, d);
        desc_field_put(field->shape, value, (SQLLEN)d->count);
        return rc;
    }
    }
}

/* The record, or NULL with *rc set. */
static const struct desc_record *readable_record(struct desc *d, SQLSMALLINT number, SQLRETURN *rc)
{
    if (number < 0 || (number == 0 && (d->role == DESC_IPD || d->role == DESC_IRD))) {
        *rc = diag_post(&d->handle, STATE_07009, NULL);
        return NULL;
    }
    *rc = desc_ready(d, d);
    if (*rc != SQL_SUCCESS) {
        return NULL;
    }
    if ((unsigned)number > d->count) {
        *rc = SQL_NO_DATA;
        return NULL;
    }
    if (d->records == NULL && desc_record_at(d, 0) == NULL) {
        *rc = diag_post(&d->handle, STATE_HY001, NULL);
        return NULL;
    }
    return &d->records[number];
}

SQLRETURN desc_get_field(struct desc *d, SQLSMALLINT number, SQLSMALLINT id, void *value,
                         struct room text)
{
    const struct desc_field *field = desc_field_find(id);
    const struct desc_record *r;
    SQLRETURN rc;

    if (field == NULL || field->access[d->role] == ACCESS___) {
        return diag_post(&d->handle, STATE_HY091, "%d is not a field of this descriptor.", (int)id);
    }
    if (field->is_header) {
        return get_header(d, field, value);
    }
    r = readable_record(d, number, &rc);
    if (r == NULL) {
        return rc;
    }
    if (field->shape == FIELD_TEXT) {
        const void *at = (const char *)r + field->offset;
        const struct span *s = at;
        return room_put(&d->handle, text, *s);
    }
    if (field->shape == FIELD_POINTER) {
        if (value != NULL) {
            memcpy(value, (const char *)r + field->offset, sizeof(void *));
        }
        return SQL_SUCCESS;
    }
    desc_field_put(field->shape, value, desc_field_number(field, r));
    return SQL_SUCCESS;
}

SQLRETURN desc_get_rec(struct desc *d, SQLSMALLINT number, struct room name, SQLSMALLINT *type,
                       SQLSMALLINT *subtype, SQLLEN *length,
                       SQLSMALLINT *precision, SQLSMALLINT *scale, SQLSMALLINT *nullable)
{
    SQLRETURN rc;
    const struct desc_record *r = readable_record(d, number, &rc);

    if (r == NULL) {
        return rc;
    }
    desc_field_put(FIELD_SMALLINT, type, r->type);
    desc_field_put(FIELD_SMALLINT, subtype, r->datetime_interval_code);
    desc_field_put(FIELD_LEN, length, r->octet_length);
    desc_field_put(FIELD_SMALLINT, precision, r->precision);
    desc_field_put(FIELD_SMALLINT, scale, r->scale);
    desc_field_put(FIELD_SMALLINT, nullable, r->nullable);
    return room_put(&d->handle, name, r->name);
}
