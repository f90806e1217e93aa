/* Posting diagnostics and keeping them in the standard's order; reading them back is diag_get.c. */
#include "odbc/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf.h"
#include "odbc/handle.h"
#include "odbc/sqlstate.h"

#define MESSAGE_PREFIX "[Athena][ODBC Driver]"

void diag_init(struct diag *d)
{
    lock_init(&d->lock);
    d->records = &d->first;
    d->room = 1;
    d->n = 0;
    d->n_dropped = 0;
    d->return_code = SQL_SUCCESS;
    d->row_count = -1;
    d->cursor_row_count = -1;
    d->function = 0;
}

void diag_done(struct diag *d)
{
    if (d->records != &d->first) {
        free(d->records);
    }
    lock_done(&d->lock);
}

/* Records are written by whoever holds the handle's lock, so its holder may look at the counts
   without the diagnostics lock: that keeps the two calls around every SQLGetData cheap. */
void diag_clear(struct handle *h)
{
    struct diag *d = &h->diag;

    if (d->n == 0 && d->return_code == SQL_SUCCESS && d->row_count == -1) {
        return;
    }
    lock_take(&d->lock);
    d->n = 0;
    d->n_dropped = 0;
    d->return_code = SQL_SUCCESS;
    d->row_count = -1;
    lock_give(&d->lock);
}

SQLRETURN diag_finish(struct handle *h, SQLRETURN rc)
{
    struct diag *d = &h->diag;

    if (rc == SQL_SUCCESS && d->n == 0) {
        return rc;
    }
    if (rc == SQL_ERROR && d->n == 0) {
        diag_post(h, STATE_HY000, NULL);
    }
    lock_take(&d->lock);
    d->return_code = rc == SQL_SUCCESS ? SQL_SUCCESS_WITH_INFO : rc;
    rc = d->return_code;
    lock_give(&d->lock);
    return rc;
}

static bool grow(struct diag *d)
{
    unsigned room = d->room < 8 ? 8 : d->room * 2;
    struct diag_record *records = malloc(room * sizeof(*records));

    if (records == NULL) {
        return false;
    }
    memcpy(records, d->records, d->n * sizeof(*records));
    if (d->records != &d->first) {
        free(d->records);
    }
    d->records = records;
    d->room = room;
    return true;
}

/* Within a row "Error in row" comes first (SQLFetchScroll, "Error Handling"), then errors, then
   warnings; among equals the first posted stays first. */
static int rank_of(const struct diag_record *r)
{
    return r->state == STATE_01S01 ? -1 : sqlstate_of(r->state)->is_warning;
}

static bool goes_before(const struct diag_record *a, const struct diag_record *b)
{
    return a->row != b->row ? a->row < b->row : rank_of(a) < rank_of(b);
}

static void insert(struct diag *d, const struct diag_record *r)
{
    unsigned at = d->n;

    while (at > 0 && goes_before(r, &d->records[at - 1])) {
        at--;
    }
    memmove(&d->records[at + 1], &d->records[at], (d->n - at) * sizeof(*r));
    d->records[at] = *r;
    d->n++;
}

static unsigned count_row_records(const struct diag *d)
{
    unsigned n = 0;

    for (unsigned i = 0; i < d->n; i++) {
        n += d->records[i].row > 0;
    }
    return n;
}

static struct diag_record *find_more(struct diag *d)
{
    for (unsigned i = 0; i < d->n; i++) {
        if (d->records[i].native == DIAG_NATIVE_MORE) {
            return &d->records[i];
        }
    }
    return NULL;
}

/* One record stands for all that did not fit. It carries the row of the first of them, which keeps
   it behind the others. */
static void drop(struct diag *d, SQLLEN row)
{
    struct diag_record fresh = { .state = STATE_01000, .native = DIAG_NATIVE_MORE, .row = row,
                                 .column = SQL_NO_COLUMN_NUMBER };
    struct diag_record *more = find_more(d);

    d->n_dropped++;
    if (more == NULL && (d->n < d->room || grow(d))) {
        insert(d, &fresh);
        more = find_more(d);
    }
    if (more != NULL) {
        snprintf(more->text, sizeof(more->text),
                 MESSAGE_PREFIX " %u more of these records were left out.", d->n_dropped);
    }
}

static void add(struct handle *h, const struct diag_record *r)
{
    struct diag *d = &h->diag;

    diag_hold(d, r->state);
    lock_take(&d->lock);
    /* What ends the call has no row, and is told however many rows were. */
    if (d->n >= DIAG_RECORDS_MAX - 1
        || (r->row > 0 && (d->n_dropped > 0 || (d->n >= DIAG_ROW_RECORDS_MAX
                           && count_row_records(d) >= DIAG_ROW_RECORDS_MAX)))) {
        drop(d, r->row);
    } else if (d->n < d->room || grow(d)) {
        insert(d, r);
    }
    lock_give(&d->lock);
}

static SQLRETURN result_of(enum state state)
{
    return sqlstate_of(state)->is_warning ? SQL_SUCCESS_WITH_INFO : SQL_ERROR;
}

/* Prefix and text, cut on a character. */
static void set_text(struct diag_record *r, const char *text)
{
    const size_t prefix = sizeof(MESSAGE_PREFIX " ") - 1;
    struct span s = span_of(text);

    memcpy(r->text, MESSAGE_PREFIX " ", prefix);
    span_to_c(s, r->text + prefix, sizeof(r->text) - prefix);
}

static void set_text_format(struct diag_record *r, const char *format, va_list arguments)
{
    char text[sizeof(r->text)];

    if (format == NULL) {
        set_text(r, sqlstate_of(r->state)->text);
        return;
    }
    vsnprintf(text, sizeof(text), format, arguments);
    set_text(r, text);
}

SQLRETURN diag_post(struct handle *h, enum state state, const char *format, ...)
{
    struct diag_record r = { .state = state,
                             .row = SQL_NO_ROW_NUMBER,
                             .column = SQL_NO_COLUMN_NUMBER };
    va_list arguments;

    va_start(arguments, format);
    set_text_format(&r, format, arguments);
    va_end(arguments);
    add(h, &r);
    return result_of(state);
}

SQLRETURN diag_post_at(struct handle *h, enum state state, SQLLEN row, SQLINTEGER column,
                       const char *format, ...)
{
    struct diag_record r = { .state = state, .row = row, .column = column };
    va_list arguments;

    va_start(arguments, format);
    set_text_format(&r, format, arguments);
    va_end(arguments);
    add(h, &r);
    return result_of(state);
}

SQLRETURN diag_post_fault_at(struct handle *h, const struct fault *f, SQLLEN row, SQLINTEGER column)
{
    const struct dbc *d = handle_dbc(h);
    bool is_connecting = h->kind == HANDLE_DBC && !d->is_connected;
    struct diag_record r = { .state = sqlstate_of_fault(f, is_connecting),
                             .native = fault_native(f),
                             .row = row,
                             .column = column };

    set_text(&r, f->text[0] != 0 ? f->text : sqlstate_of(r.state)->text);
    add(h, &r);
    for (unsigned i = 0; i < f->n_notes; i++) {
        set_text(&r, f->notes[i]);
        add(h, &r);
    }
    return SQL_ERROR;
}

SQLRETURN diag_post_fault(struct handle *h, const struct fault *f)
{
    return diag_post_fault_at(h, f, SQL_NO_ROW_NUMBER, SQL_NO_COLUMN_NUMBER);
}

SQLRETURN diag_post_notices(struct handle *h, const struct notices *list)
{
    for (unsigned i = 0; i < list->n; i++) {
        struct fault as_fault = { .kind = list->at[i].kind };
        diag_post(h, sqlstate_of_fault(&as_fault, false), "%s", list->at[i].text);
    }
    return list->n == 0 ? SQL_SUCCESS : SQL_SUCCESS_WITH_INFO;
}
