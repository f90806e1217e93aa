/* The statement attributes that are more than a member: descriptors, cursor properties, the query's
   own facts. */
#include <stddef.h>
#include <string.h>

#include "odbc/attribute_table.h"
#include "odbc/run.h"

static struct stmt *stmt_of(struct handle *h)
{
    return (struct stmt *)h;
}

SQLRETURN attribute_app_param_desc(struct handle *h, struct answer *out)
{
    out->pointer = stmt_of(h)->apd;
    return SQL_SUCCESS;
}

SQLRETURN attribute_app_row_desc(struct handle *h, struct answer *out)
{
    out->pointer = stmt_of(h)->ard;
    return SQL_SUCCESS;
}

SQLRETURN attribute_imp_param_desc(struct handle *h, struct answer *out)
{
    out->pointer = &stmt_of(h)->ipd;
    return SQL_SUCCESS;
}

SQLRETURN attribute_imp_row_desc(struct handle *h, struct answer *out)
{
    out->pointer = &stmt_of(h)->ird;
    return SQL_SUCCESS;
}

/* A null handle goes back to the descriptor the statement was born with. */
static SQLRETURN set_desc(struct handle *h, struct desc **current, struct desc *own, void *wished)
{
    struct desc *d = wished;

    if (d == NULL || d == own) {
        *current = own;
        return SQL_SUCCESS;
    }
    if (handle_check(d, SQL_HANDLE_DESC) == NULL) {
        return diag_post(h, STATE_HY024, "The value is not a descriptor.");
    }
    if (d->is_automatic) {
        return diag_post(h, STATE_HY017, NULL);
    }
    if (d->handle.parent != h->parent) {
        return diag_post(h, STATE_HY024, "The descriptor belongs to another connection.");
    }
    *current = d;
    return SQL_SUCCESS;
}

SQLRETURN attribute_set_app_param_desc(struct handle *h, const struct wish *wish)
{
    return set_desc(h, &stmt_of(h)->apd, &stmt_of(h)->auto_apd, wish->pointer);
}

SQLRETURN attribute_set_app_row_desc(struct handle *h, const struct wish *wish)
{
    struct stmt *s = stmt_of(h);
    struct desc *ard = s->ard;
    SQLRETURN rc = set_desc(h, &ard, &s->auto_ard, wish->pointer);

    stmt_use_ard(s, ard);
    return rc;
}

SQLRETURN attribute_no_implementation_desc(struct handle *h, const struct wish *wish)
{
    (void)wish;
    return diag_post(h, STATE_HY017, "Implementation descriptors cannot be replaced.");
}

/* Type, scrollability and sensitivity are three views of one choice: forward only, or static. */
static void choose_cursor(struct stmt *s, bool is_static)
{
    s->attributes.cursor_type = is_static ? SQL_CURSOR_STATIC : SQL_CURSOR_FORWARD_ONLY;
    s->attributes.cursor_scrollable = is_static ? SQL_SCROLLABLE : SQL_NONSCROLLABLE;
    s->attributes.cursor_sensitivity = is_static ? SQL_INSENSITIVE : SQL_UNSPECIFIED;
}

SQLRETURN attribute_follow_cursor_type(struct handle *h, const struct wish *wish)
{
    choose_cursor(stmt_of(h), wish->number == SQL_CURSOR_STATIC);
    return SQL_SUCCESS;
}

SQLRETURN attribute_follow_scrollable(struct handle *h, const struct wish *wish)
{
    choose_cursor(stmt_of(h), wish->number == SQL_SCROLLABLE);
    return SQL_SUCCESS;
}

SQLRETURN attribute_follow_sensitivity(struct handle *h, const struct wish *wish)
{
    if (wish->number == SQL_INSENSITIVE) {
        choose_cursor(stmt_of(h), true);
    }
    return SQL_SUCCESS;
}

/* A cursor keeps the limit it was opened with. */
SQLRETURN attribute_max_rows(struct handle *h, struct answer *out)
{
    const struct stmt *s = stmt_of(h);
    const struct cursor *c = &s->run->cursor;

    out->number = c->source != NULL ? c->max_rows : s->attributes.max_rows;
    return SQL_SUCCESS;
}

SQLRETURN attribute_set_max_rows(struct handle *h, const struct wish *wish)
{
    struct stmt *s = stmt_of(h);
    const struct cursor *c = &s->run->cursor;

    s->attributes.max_rows = wish->number;
    if (c->source == NULL || c->max_rows == wish->number) {
        return SQL_SUCCESS;
    }
    return diag_post(h, STATE_01S02,
                     "The open cursor keeps its limit of %llu rows (0: none); the new one holds "
                     "from the next execution on.",
                     (unsigned long long)c->max_rows);
}

SQLRETURN attribute_row_number(struct handle *h, struct answer *out)
{
    const struct stmt *s = stmt_of(h);
    const struct cursor *c = &s->run->cursor;

    if ((s->state != STMT_FETCHED && s->state != STMT_EXTENDED) || c->start < 1 || c->n_rows == 0) {
        return diag_post(h, STATE_24000, "The cursor is not on a row.");
    }
    out->number = (SQLULEN)c->start + c->row;
    return SQL_SUCCESS;
}

static SQLRETURN answer_text(struct handle *h, struct answer *out, size_t offset)
{
    struct execution *e = stmt_of(h)->last;

    if (e == NULL) {
        return SQL_NO_DATA;
    }
    lock_take(&e->lock);
    span_to_c(span_of((const char *)e + offset), out->room, sizeof(out->room));
    lock_give(&e->lock);
    out->text = span_of(out->room);
    return SQL_SUCCESS;
}

static SQLRETURN answer_number(struct handle *h, struct answer *out, size_t offset)
{
    struct execution *e = stmt_of(h)->last;
    int64_t number;

    if (e == NULL) {
        return SQL_NO_DATA;
    }
    lock_take(&e->lock);
    memcpy(&number, (const char *)e + offset, sizeof(number));
    lock_give(&e->lock);
    out->number = (SQLULEN)number;
    return SQL_SUCCESS;
}

SQLRETURN attribute_athena_query_id(struct handle *h, struct answer *out)
{
    return answer_text(h, out, offsetof(struct execution, query_id));
}

SQLRETURN attribute_athena_output_location(struct handle *h, struct answer *out)
{
    return answer_text(h, out, offsetof(struct execution, output_location));
}

SQLRETURN attribute_athena_statement_type(struct handle *h, struct answer *out)
{
    return answer_text(h, out, offsetof(struct execution, statement_type));
}

SQLRETURN attribute_athena_substatement_type(struct handle *h, struct answer *out)
{
    return answer_text(h, out, offsetof(struct execution, substatement_type));
}

SQLRETURN attribute_athena_scanned_bytes(struct handle *h, struct answer *out)
{
    return answer_number(h, out, offsetof(struct execution, scanned_bytes));
}

SQLRETURN attribute_athena_engine_ms(struct handle *h, struct answer *out)
{
    return answer_number(h, out, offsetof(struct execution, engine_ms));
}

SQLRETURN attribute_athena_queue_ms(struct handle *h, struct answer *out)
{
    return answer_number(h, out, offsetof(struct execution, queue_ms));
}

SQLRETURN attribute_athena_planning_ms(struct handle *h, struct answer *out)
{
    return answer_number(h, out, offsetof(struct execution, planning_ms));
}

SQLRETURN attribute_athena_service_ms(struct handle *h, struct answer *out)
{
    return answer_number(h, out, offsetof(struct execution, service_ms));
}

SQLRETURN attribute_athena_total_ms(struct handle *h, struct answer *out)
{
    return answer_number(h, out, offsetof(struct execution, total_ms));
}

SQLRETURN attribute_athena_reused(struct handle *h, struct answer *out)
{
    struct execution *e = stmt_of(h)->last;

    if (e == NULL) {
        return SQL_NO_DATA;
    }
    lock_take(&e->lock);
    out->number = e->reused ? 1 : 0;
    lock_give(&e->lock);
    return SQL_SUCCESS;
}
