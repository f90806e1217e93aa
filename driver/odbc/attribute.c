/* Every Get...Attr and Set...Attr, by attribute.def. */
#include "odbc/attribute.h"

#include <string.h>

#include "odbc/attribute_table.h"
#include "odbc/desc_field.h"

#define B(value) (1u << (value))
#define ANYTHING { .kind = RULE_ANYTHING }
#define POSITIVE { .kind = RULE_POSITIVE }
#define VALUES(l) { .kind = RULE_VALUES, .legal = (l), .taken = (l) }
#define NEAREST(l, t, i) { .kind = RULE_NEAREST, .legal = (l), .taken = (t), .instead = (i) }
#define REFUSING(l, t) { .kind = RULE_REFUSING, .legal = (l), .taken = (t) }
#define attribute_NONE NULL

#define OBJECT_ENV struct env
#define OBJECT_DBC struct dbc
#define OBJECT_STMT struct stmt

/* Of the statement's four descriptors two are reached through a pointer. */
#define DESCRIPTOR_ard .descriptor = offsetof(struct stmt, ard), .is_pointer_to = true
#define DESCRIPTOR_apd .descriptor = offsetof(struct stmt, apd), .is_pointer_to = true
#define DESCRIPTOR_ird .descriptor = offsetof(struct stmt, ird)
#define DESCRIPTOR_ipd .descriptor = offsetof(struct stmt, ipd)

static const struct attribute attributes[] = {
#define FIELD_ATTRIBUTE(h, number, form, rights, when, member, values, hook) \
    { .handle = HANDLE_##h, \
      .id = number, \
      .shape = FORM_##form, \
      .access = ATTRIBUTE_##rights, \
      .time = TIME_##when, \
      .offset = offsetof(OBJECT_##h, member), \
      .size = sizeof(((OBJECT_##h *)0)->member), \
      .rule = values, \
      .set = attribute_##hook },
#define MADE_ATTRIBUTE(h, number, form, rights, when, getter, setter) \
    { .handle = HANDLE_##h, \
      .id = number, \
      .shape = FORM_##form, \
      .access = ATTRIBUTE_##rights, \
      .time = TIME_##when, \
      .get = attribute_##getter, \
      .set = attribute_##setter },
#define DESC_ATTRIBUTE(number, when, desc, desc_field) \
    { .handle = HANDLE_STMT, \
      .id = number, \
      .shape = FORM_ULEN, \
      .time = TIME_##when, \
      .field = desc_field, \
      DESCRIPTOR_##desc },
#include "odbc/attribute.def"
};

const struct attribute *attribute_find(enum handle_kind kind, SQLINTEGER id)
{
    for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
        if (attributes[i].id == id && attributes[i].handle == kind) {
            return &attributes[i];
        }
    }
    return NULL;
}

static struct desc *descriptor_of(const struct attribute *a, struct handle *h)
{
    char *at = (char *)h + a->descriptor;

    return a->is_pointer_to ? *(struct desc **)(void *)at : (struct desc *)(void *)at;
}

static SQLRETURN post_unknown(struct handle *h, SQLINTEGER id)
{
    return diag_post(h, STATE_HY092, "Attribute %ld is not defined for this handle.", (long)id);
}

/* Into the application's variable, at the width that the standard gives the attribute. */
static SQLRETURN put_answer(struct handle *h, const struct attribute *a, const struct answer *found,
                            void *value, struct room text)
{
    size_t size = a->shape == FORM_UINTEGER ? sizeof(SQLUINTEGER) : sizeof(SQLULEN);
    SQLUINTEGER narrow = (SQLUINTEGER)found->number;

    if (a->shape == FORM_TEXT) {
        return room_put(h, text, found->text);
    }
    if (text.length32 != NULL) {
        *text.length32 = (SQLINTEGER)size;
    }
    if (value == NULL) {
        return SQL_SUCCESS;
    }
    if (a->shape == FORM_POINTER) {
        memcpy(value, &found->pointer, sizeof(found->pointer));
    } else {
        memcpy(value, size == sizeof(narrow) ? (const void *)&narrow : (const void *)&found->number,
               size);
    }
    return SQL_SUCCESS;
}

static void read_member(const struct attribute *a, const struct handle *h, struct answer *out)
{
    const char *at = (const char *)h + a->offset;
    SQLUINTEGER narrow;

    if (a->shape == FORM_POINTER) {
        memcpy(&out->pointer, at, sizeof(out->pointer));
    } else if (a->size == sizeof(narrow)) {
        memcpy(&narrow, at, sizeof(narrow));
        out->number = narrow;
    } else {
        memcpy(&out->number, at, sizeof(out->number));
    }
}

/* Statement options that ODBC 2 applications set on a connection. Asynchronous execution is a
   connection's own as well. */
static bool is_option(const struct handle *h, SQLINTEGER id)
{
    return h->kind == HANDLE_DBC && id >= 0 && id < OPTIONS && id != SQL_ATTR_ASYNC_ENABLE;
}

static SQLRETURN get_option(struct dbc *d, SQLINTEGER id, void *value, struct room text)
{
    struct answer found = { .number = d->option_values[id] };

    if (!d->option_is_set[id]) {
        return diag_post(&d->handle, STATE_HYC00,
                         "Option %ld has not been set on the connection; ask a statement.",
                         (long)id);
    }
    return put_answer(&d->handle, attribute_find(HANDLE_STMT, id), &found, value, text);
}

static SQLRETURN get_attribute(struct handle *h, SQLINTEGER id, void *value, struct room text)
{
    const struct attribute *a = attribute_find(h->kind, id);
    struct answer found = { 0 };
    SQLRETURN rc = SQL_SUCCESS;

    if (is_option(h, id)) {
        return get_option((struct dbc *)h, id, value, text);
    }
    if (a == NULL || a->access == ATTRIBUTE_W_) {
        return post_unknown(h, id);
    }
    if (a->time == TIME_AFTER && !handle_dbc(h)->is_connected) {
        return diag_post(h, STATE_08003, NULL);
    }
    if (a->field != 0) {
        struct desc *d = descriptor_of(a, h);
        /* The same bytes as the descriptor's field, but an SQL_DESC_BIND_TYPE is an SQLULEN
           here. */
        if (a->field != SQL_DESC_BIND_TYPE) {
            return desc_get_field(d, 0, a->field, value, text);
        }
        found.number = d->bind_type;
        return put_answer(h, a, &found, value, text);
    }
    if (a->get != NULL) {
        rc = a->get(h, &found);
    } else {
        read_member(a, h, &found);
    }
    return rc == SQL_SUCCESS ? put_answer(h, a, &found, value, text) : rc;
}

static SQLRETURN check_time(struct handle *h, const struct attribute *a)
{
    struct stmt *s = (struct stmt *)h;
    bool is_connected = handle_dbc(h) != NULL && handle_dbc(h)->is_connected;

    if (a->time == TIME_BEFORE && is_connected) {
        return diag_post(h, STATE_HY011, "The attribute must be set before connecting.");
    }
    if (a->time == TIME_AFTER && !is_connected) {
        return diag_post(h, STATE_08003, NULL);
    }
    if (a->time == TIME_CURSOR) {
        (void)stmt_close_cancelled(s);
    }
    if (a->time == TIME_CURSOR && s->state == STMT_PREPARED) {
        return diag_post(h, STATE_HY011,
                         "The attribute must be set before the statement is prepared.");
    }
    if (a->time == TIME_CURSOR && s->state != STMT_ALLOCATED) {
        return diag_post(h, STATE_24000, NULL);
    }
    return SQL_SUCCESS;
}

static bool is_in(uint32_t set, SQLULEN value)
{
    return value < 32 && (set >> value & 1) != 0;
}

/* May replace *value. Warnings are posted and let the setting go on. */
static SQLRETURN apply_rule(struct handle *h, const struct attribute *a, SQLULEN *value)
{
    const struct rule *r = &a->rule;

    if (r->kind == RULE_ANYTHING) {
        return SQL_SUCCESS;
    }
    if (r->kind == RULE_POSITIVE ? *value == 0 : !is_in(r->legal, *value) && r->legal != ~0u) {
        return diag_post(h, STATE_HY024, "%lu is not a value of attribute %ld.",
                         (unsigned long)*value, (long)a->id);
    }
    if (r->kind == RULE_POSITIVE || is_in(r->taken, *value)) {
        return SQL_SUCCESS;
    }
    if (r->kind == RULE_REFUSING) {
        return diag_post(h, STATE_HYC00, "Value %lu of attribute %ld cannot be had here.",
                         (unsigned long)*value, (long)a->id);
    }
    diag_post(h, STATE_01S02, "Value %lu of attribute %ld cannot be had here; %lu is used instead.",
              (unsigned long)*value,
              (long)a->id, (unsigned long)r->instead);
    *value = r->instead;
    return SQL_SUCCESS;
}

static void write_member(const struct attribute *a, struct handle *h, const struct wish *wish)
{
    char *at = (char *)h + a->offset;
    SQLUINTEGER narrow = (SQLUINTEGER)wish->number;

    if (a->shape == FORM_POINTER) {
        memcpy(at, &wish->pointer, sizeof(wish->pointer));
    } else if (a->size == sizeof(narrow)) {
        memcpy(at, &narrow, sizeof(narrow));
    } else {
        memcpy(at, &wish->number, sizeof(wish->number));
    }
}

static SQLRETURN set_header_field(struct handle *h, const struct attribute *a,
                                  const struct wish *wish)
{
    struct desc *d = descriptor_of(a, h);

    if (a->field == SQL_DESC_ARRAY_SIZE && (SQLLEN)wish->number <= 0) {
        return diag_post(h, STATE_HY024, "An array has at least one element.");
    }
    SQLRETURN rc = desc_check_unused(d, h);
    if (rc != SQL_SUCCESS) {
        return rc;
    }
    if (a->field == SQL_DESC_BIND_TYPE) {
        d->bind_type = wish->number;
        d->generation++;
        return SQL_SUCCESS;
    }
    return desc_set_field(d, 0, a->field, wish->pointer, (struct text){ 0 });
}

/* For all statements of the connection, those to come included; one that executes or has a cursor
   open keeps what it has. */
static SQLRETURN set_option(struct dbc *d, SQLINTEGER id, SQLULEN value)
{
    SQLRETURN rc = apply_rule(&d->handle, attribute_find(HANDLE_STMT, id), &value);

    if (rc != SQL_SUCCESS) {
        return rc;
    }
    d->option_values[id] = value;
    d->option_is_set[id] = true;
    for (struct handle *h = d->statements; h != NULL; h = h->next) {
        struct stmt *s = (struct stmt *)h;
        latch_take(&h->latch);
        if (!s->is_busy && s->state <= STMT_EXECUTED) {
            (void)stmt_set_attribute(s, id, (void *)(uintptr_t)value, (struct text){ 0 });
        }
        latch_give(&h->latch);
    }
    return SQL_SUCCESS;
}

void dbc_apply_options(struct dbc *d, struct stmt *s)
{
    for (SQLINTEGER id = 0; id < OPTIONS; id++) {
        if (d->option_is_set[id]) {
            (void)stmt_set_attribute(s, id, (void *)(uintptr_t)d->option_values[id],
                                     (struct text){ 0 });
        }
    }
}

static SQLRETURN set_attribute(struct handle *h, SQLINTEGER id, void *value, struct text text)
{
    const struct attribute *a = attribute_find(h->kind, id);
    struct wish wish = { .number = (SQLULEN)(uintptr_t)value, .pointer = value, .text = text };
    SQLRETURN rc;

    if (is_option(h, id)) {
        return set_option((struct dbc *)h, id, wish.number);
    }
    if (a == NULL) {
        return post_unknown(h, id);
    }
    if (a->access == ATTRIBUTE_R_) {
        return diag_post(h, STATE_HY092, "Attribute %ld is read only.", (long)id);
    }
    if (a->shape == FORM_UINTEGER) {
        wish.number = (SQLUINTEGER)wish.number;
    }
    if (a->shape == FORM_TEXT && value == NULL) {
        return diag_post(h, STATE_HY009, NULL);
    }
    rc = check_time(h, a);
    if (rc != SQL_SUCCESS) {
        return rc;
    }
    if (a->field != 0) {
        return set_header_field(h, a, &wish);
    }
    rc = apply_rule(h, a, &wish.number);
    if (rc != SQL_SUCCESS || a->size == 0) {
        return rc != SQL_SUCCESS ? rc : a->set(h, &wish);
    }
    rc = a->set == NULL ? SQL_SUCCESS : a->set(h, &wish);
    if (rc != SQL_ERROR) {
        write_member(a, h, &wish);
    }
    return rc;
}

SQLRETURN env_get_attribute(struct env *e, SQLINTEGER attribute, void *value, SQLINTEGER room,
                            SQLINTEGER *length)
{
    return get_attribute(&e->handle, attribute, value,
                         room_bytes(value, room, NULL, length, false));
}

SQLRETURN env_set_attribute(struct env *e, SQLINTEGER attribute, void *value, SQLINTEGER length)
{
    return set_attribute(&e->handle, attribute, value, text_bytes_a(value, length));
}

SQLRETURN dbc_get_attribute(struct dbc *d, SQLINTEGER attribute, void *value, struct room text)
{
    return get_attribute(&d->handle, attribute, value, text);
}

SQLRETURN dbc_set_attribute(struct dbc *d, SQLINTEGER attribute, void *value, struct text text)
{
    return set_attribute(&d->handle, attribute, value, text);
}

SQLRETURN stmt_get_attribute(struct stmt *s, SQLINTEGER attribute, void *value, struct room text)
{
    return get_attribute(&s->handle, attribute, value, text);
}

SQLRETURN stmt_set_attribute(struct stmt *s, SQLINTEGER attribute, void *value, struct text text)
{
    return set_attribute(&s->handle, attribute, value, text);
}
