/* What queries on one spoke and on many share. */
#ifndef ODBCINST_QUERY_H
#define ODBCINST_QUERY_H

#include "command.h"
#include "rows_out.h"
#include "run.h"

/* False when two formats are asked for. */
bool query_format(const struct arguments *a, enum rows_format *out);
/* The statement: as given, or from the standard input for "-". Free *out in any case. */
MUST_USE bool query_text(const char *given, struct buf *out, struct fault *f);
/* All rows of source into o. */
MUST_USE bool query_copy_rows(struct row_source *source, struct rows_out *o, struct span lead,
                              struct fault *f);
/* Id, account, bytes, time and cost, inside an open object. */
void query_facts_members(struct json_writer *w, const struct run_facts *facts);

#endif
