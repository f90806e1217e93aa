/* Rows on the way out: an aligned table, CSV or JSON. Bounded memory: the table looks at its first
 * rows to choose widths. */
#ifndef ODBCINST_ROWS_OUT_H
#define ODBCINST_ROWS_OUT_H

#include <stdio.h>

#include "base/arena.h"
#include "base/json.h"
#include "rows/rows.h"

enum rows_format { ROWS_TABLE, ROWS_CSV, ROWS_JSON };

struct rows_out {
    enum rows_format format;
    FILE *to;
    const char *leading; /* name of a column before the others, or NULL */
    unsigned n_columns;  /* the leading one counts */
    int64_t n_rows;
    /* Table: rows held until the widths are known. */
    struct arena held;
    struct span *cells;
    unsigned n_held;
    unsigned *width;
    bool *is_number;
    bool are_widths_known;
    /* JSON */
    struct buf text;
    struct json_writer json;
    bool *is_plain; /* numbers and truths stand without quotes */
};

/* The JSON format writes the members "columns" and "rows" into the object that is open in o->json.
 */
MUST_USE bool rows_out_begin(struct rows_out *o, enum rows_format format, FILE *to,
                             const char *leading, const struct columns *columns, struct fault *f);
/* cells: as many as the columns have; lead is the leading column's value, or NO_SPAN. */
MUST_USE bool rows_out_row(struct rows_out *o, struct span lead, const struct span *cells,
                           struct fault *f);
/* Writes what is held. JSON: closes "rows" and leaves the object open, for members about the query.
 */
MUST_USE bool rows_out_end(struct rows_out *o, struct fault *f);
/* JSON: closes the object and writes the rest. */
MUST_USE bool rows_out_finish(struct rows_out *o, struct fault *f);
void rows_out_free(struct rows_out *o);

#endif
