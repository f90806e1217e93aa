/* Records of a result object straight into bound columns. Private to rows/. */
#ifndef ROWS_CSV_FILL_H
#define ROWS_CSV_FILL_H

#include "rows/rows.h"

/* Fills as many of the rows asked for as the text holds whole, plain records. Returns the bytes
   they take; fill->n_rows of them were delivered. The text is left as it is. What it stops at - the
   end of the text, a record with the wrong number of fields, a quote out of place - is for
   csv_split to judge. scratch: for values with doubled quotes. */
size_t csv_fill(char *text, size_t len, unsigned n_columns, struct row_fill *fill,
                struct buf *scratch);

#endif
