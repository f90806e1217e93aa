/* What the sources of rows share, private to this room. */
#ifndef ROWS_SOURCE_H
#define ROWS_SOURCE_H

#include "rows/rows.h"

/* What a statement gives, by StatementType and SubstatementType. */
enum result_class {
    RESULT_TABLE,    /* CSV object, header row: SELECT, SHOW FUNCTIONS */
    RESULT_PLAN,     /* text object with a header line: EXPLAIN */
    RESULT_TEXT,     /* text object, lines joined by tabs: SHOW, DESCRIBE */
    RESULT_COUNT,    /* no rows, an update count: INSERT ... CTAS, UNLOAD */
    RESULT_NOTHING,  /* DDL */
};
enum result_class result_class_of(const char *statement_type, const char *substatement_type,
                                  struct span output_location);

/* The execution's facts, copied once under its lock. */
struct finished {
    char query_id[64], statement[16], substatement[48], location[1200], encryption[16];
    bool has_managed_results, has_access_grants;
    enum result_class class;
};

/* Service columns to ours, in the arena. is_text: types are left out, everything is varchar. */
MUST_USE bool columns_from_athena(const struct athena_columns *from, struct arena *a,
                                  struct columns *out, struct fault *f);
/* The fixed lists of SHOW and DESCRIBE, for when the companion object cannot be read. n = 0: not
   known. */
MUST_USE bool columns_of_text(const char *substatement_type, struct arena *a, struct columns *out,
                              struct fault *f);

/* Takes the columns (and the arena they live in: *arena is zeroed) and reads the CSV object.
   FAULT_DENIED and FAULT_NOT_FOUND are for the caller to forgive. */
struct ranges;
MUST_USE bool csv_source_new(const struct result_request *q, struct ranges *ranges,
                             struct arena *arena, const struct columns *columns,
                             struct row_source **out, struct fault *f);
/* GetQueryResults; asks for the first page at once. */
MUST_USE bool page_source_new(const struct result_request *q, const struct finished *e,
                              struct row_source **out, struct fault *f);
/* The .txt object. */
MUST_USE bool text_source_new(const struct result_request *q, const struct finished *e,
                              struct row_source **out, struct fault *f);

/* A line of SHOW or DESCRIBE into its columns: at tabs, the last column takes the rest; what Hive
   padded is stripped. */
struct line_shape {
    unsigned n_columns;
    bool is_padded;
};
struct line_shape line_shape_of(const char *substatement_type, unsigned n_columns);
void line_split(const struct line_shape *shape, struct span line, struct span *cells);

/* Adds to a fault how far reading had come. */
void say_rows_read(struct fault *f, int64_t n_rows);

#endif
