/* Descriptors as objects: records that grow on demand, and explicit descriptors. */
#include "odbc/desc.h"

#include <stdlib.h>
#include <string.h>

#include "odbc/desc_field.h"
#include "odbc/stmt.h"

static struct desc_record fresh_record(enum desc_role role)
{
    bool is_application = role == DESC_ARD || role == DESC_APD || role == DESC_EXPLICIT;
    struct desc_record r = { .name = SPAN(""),
                             .label = SPAN(""),
                             .base_column = SPAN(""),
                             .catalog = SPAN(""),
                             .schema = SPAN(""),
                             .table = SPAN(""),
                             .base_table = SPAN(""),
                             .type_name = SPAN(""),
                             .local_type_name = SPAN(""),
                             .literal_prefix = SPAN(""),
                             .literal_suffix = SPAN("") };

    r.type = r.concise_type = is_application ? SQL_C_DEFAULT : 0;
    r.unnamed = SQL_UNNAMED;
    r.nullable = role == DESC_IPD ? SQL_NULLABLE : SQL_NULLABLE_UNKNOWN;
    r.parameter_type = SQL_PARAM_INPUT;
    return r;
}

static void init(struct desc *d, struct dbc *parent, enum desc_role role)
{
    handle_init(&d->handle, HANDLE_DESC, &parent->handle);
    d->role = role;
    d->array_size = 1;
    d->bind_type = SQL_BIND_BY_COLUMN;
}

static void done(struct desc *d)
{
    free(d->records);
    arena_free(&d->arena);
    handle_done(&d->handle);
}

void desc_init_automatic(struct desc *d, struct stmt *s, enum desc_role role)
{
    memset(d, 0, sizeof(*d));
    init(d, stmt_dbc(s), role);
    d->is_automatic = true;
    d->stmt = s;
}

void desc_done_automatic(struct desc *d)
{
    done(d);
}

SQLRETURN desc_new_explicit(struct dbc *dbc, SQLHANDLE *out)
{
    struct desc *d;

    if (out == NULL) {
        return diag_post(&dbc->handle, STATE_HY009, NULL);
    }
    *out = SQL_NULL_HANDLE;
    d = calloc(1, sizeof(*d));
    if (d == NULL) {
        return diag_post(&dbc->handle, STATE_HY001, NULL);
    }
    init(d, dbc, DESC_EXPLICIT);
    handle_link(&dbc->descriptors, &d->handle);
    *out = d;
    return SQL_SUCCESS;
}

SQLRETURN desc_check_unused(struct desc *d, struct handle *told)
{
    if (d->is_automatic || atomic_load(&d->n_users) == 0) {
        return SQL_SUCCESS; /* an automatic one shares its statement's lock and state */
    }
    return diag_post(told, STATE_HY010,
                     "A statement that uses this descriptor is executing or waits for values.");
}

/* Statements that use it go back to the descriptors they were born with; false when one of them is
   in the middle of something. The connection's lock is held. */
static bool take_back(struct handle *statements, const struct desc *d)
{
    bool is_free = true;

    for (struct handle *h = statements; is_free && h != NULL; h = h->next) {
        struct stmt *s = (struct stmt *)h;
        latch_take(&h->latch);
        is_free = !s->is_using || (s->ard != d && s->apd != d);
        if (is_free) {
            stmt_use_ard(s, s->ard == d ? &s->auto_ard : s->ard);
            s->apd = s->apd == d ? &s->auto_apd : s->apd;
        }
        latch_give(&h->latch);
    }
    return is_free;
}

SQLRETURN desc_free_explicit(struct desc *d)
{
    struct dbc *dbc = handle_dbc(&d->handle);

    if (d->is_automatic) {
        return diag_post(&d->handle, STATE_HY017, NULL);
    }
    latch_take(&dbc->handle.latch);
    SQLRETURN rc = desc_check_unused(d, &d->handle);
    if (rc == SQL_SUCCESS && !take_back(dbc->statements, d)) {
        rc = diag_post(&d->handle, STATE_HY010, NULL);
    }
    if (rc == SQL_SUCCESS) {
        handle_unlink(&dbc->descriptors, &d->handle);
    }
    latch_give(&dbc->handle.latch);
    if (rc == SQL_SUCCESS) {
        done(d);
        free(d);
    }
    return rc;
}

bool desc_is_application(const struct desc *d)
{
    return d->role == DESC_ARD || d->role == DESC_APD || d->role == DESC_EXPLICIT;
}

struct latch *desc_latch(struct desc *d)
{
    return d->stmt != NULL ? &d->stmt->handle.latch : &d->handle.latch;
}

static bool make_room(struct desc *d, unsigned n)
{
    unsigned room = d->room * 2 > n ? d->room * 2 : n;
    struct desc_record *records;

    room = room < 8 ? 8 : room > DESC_RECORDS_MAX ? DESC_RECORDS_MAX : room;
    records = realloc(d->records, ((size_t)room + 1) * sizeof(*records));
    if (records == NULL) {
        return false;
    }
    for (unsigned i = d->records == NULL ? 0 : d->room + 1; i <= room; i++) {
        records[i] = fresh_record(d->role);
    }
    d->records = records;
    d->room = room;
    return true;
}

struct desc_record *desc_record_at(struct desc *d, unsigned n)
{
    if (n > DESC_RECORDS_MAX) {
        return NULL;
    }
    if ((d->records == NULL || n > d->room) && !make_room(d, n)) {
        return NULL;
    }
    return &d->records[n];
}

void desc_set_count(struct desc *d, unsigned count)
{
    if (count > d->count && desc_record_at(d, count) == NULL) {
        return;
    }
    for (unsigned i = count + 1; i <= d->count; i++) {
        d->records[i] = fresh_record(d->role);
    }
    if (d->count != count) {
        d->count = count;
        d->generation++;
    }
}

void desc_trim_count(struct desc *d)
{
    unsigned count = d->count;

    while (count > 0 && !d->records[count].is_bound) {
        count--;
    }
    desc_set_count(d, count);
}

void desc_unbind_all(struct desc *d)
{
    for (unsigned i = 1; i <= d->count; i++) {
        struct desc_record *r = &d->records[i];
        r->data = NULL;
        r->octet_length_ptr = NULL;
        r->indicator_ptr = NULL;
        r->is_bound = false;
    }
    d->generation++;
}

SQLRETURN desc_ready(struct desc *d, struct desc *for_diag)
{
    if (d->role != DESC_IRD) {
        return SQL_SUCCESS;
    }
    if (d->stmt->state == STMT_ALLOCATED) {
        return diag_post(&for_diag->handle, STATE_HY007, NULL);
    }
    if (d->stmt->state == STMT_PREPARED && stmt_describe(d->stmt) == SQL_ERROR) {
        return diag_post(&for_diag->handle, STATE_HY000,
                         "The prepared statement could not be described; its own records say why.");
    }
    return SQL_SUCCESS;
}
