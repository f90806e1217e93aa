/* SQL_ATTR_ATHENA_RESULT_OF: the next execution of the statement reads the result of a query that
   ran before, from this connection or any other, as long as the service keeps it. */
#include <string.h>

#include "base/number.h"
#include "odbc/attribute_table.h"
#include "odbc/run.h"

bool earlier_look_up(struct stmt *s, struct execution *e, struct fault *f)
{
    struct aws_bounds bounds = stmt_bounds(s, s->run->deadline);

    return execution_look_up(e, spoke_athena(stmt_dbc(s)->spoke), span_of(s->run->earlier), &bounds,
                             f);
}

static bool is_id(struct span id)
{
    for (size_t i = 0; i < id.len; i++) {
        if (id.at[i] != '-' && !ascii_is_digit(id.at[i]) &&
            (ascii_lower(id.at[i]) < 'a' || ascii_lower(id.at[i]) > 'f'))
            return false;
    }
    return true;
}

SQLRETURN attribute_athena_result_of(struct handle *h, struct answer *out)
{
    out->text = span_of(((struct stmt *)h)->run->earlier);
    return SQL_SUCCESS;
}

SQLRETURN attribute_set_athena_result_of(struct handle *h, const struct wish *wish)
{
    struct stmt *s = (struct stmt *)h;
    struct arena arena = { .ceiling_bytes = 64 * 1024 };
    struct span id = NO_SPAN;
    SQLRETURN rc = SQL_SUCCESS;

    if (wish->text.at != NULL && !text_take(h, wish->text, &arena, &id))
        rc = SQL_ERROR;
    else if (!is_id(id) || id.len >= sizeof(s->run->earlier))
        rc = diag_post(h, STATE_HY024, "the value is not the id of a query (QueryExecutionId)");
    else
        span_to_c(id, s->run->earlier, sizeof(s->run->earlier));
    arena_free(&arena);
    return rc;
}

/* In millionths of the currency of PricePerTB. */
SQLRETURN attribute_athena_cost_micros(struct handle *h, struct answer *out)
{
    struct stmt *s = (struct stmt *)h;
    double price = 0;

    if (s->last == NULL)
        return SQL_NO_DATA;
    (void)number_parse_double(settings_text(&stmt_dbc(s)->settings, SETTING_PRICE_PER_TB), &price);
    out->number = (SQLULEN)(execution_cost(s->last, price) * 1e6 + 0.5);
    return SQL_SUCCESS;
}
