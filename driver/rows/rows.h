/* One interface, several sources of rows: the CSV object, pages, text objects, memory. Every cell
   is text, because text is all that Athena speaks. */
#ifndef ROWS_ROWS_H
#define ROWS_ROWS_H

#include "athena/athena.h"
#include "value/value.h"

/* What a result looks like: names and types; lives in the arena of the result. */
struct column {
    struct span name, label;
    struct span catalog, schema, table;  /* empty unless known */
    struct value_type type;
    SQLSMALLINT nullable;                /* SQL_NULLABLE_UNKNOWN unless known */
};
struct columns { unsigned n; struct column *at; };

enum { BATCH_ROWS_MAX = 4096, ROW_BYTES_DEFAULT = 64 * 1024 * 1024 };

struct batch {
    unsigned n_rows, n_columns;
    struct span *cells; /* row-major */
    struct span quoted; /* text as it came, where a quote follows each cell that points into it and
                           was quoted; NO_SPAN: there is none */
};

enum row_step { ROW_BATCH, ROW_END, ROW_FAULT };

/* Where the cells of one bound column go. */
struct row_target {
    unsigned column;             /* from 0 */
    SQLLEN room;
    char *data;
    char *length, *indicator;    /* of SQLLEN; either may be NULL, often both are one */
    size_t data_step, pointer_step;
    SQLLEN element;              /* step in column-wise binding */
    enum value_outcome built;    /* VALUE_ILLEGAL_PAIR: every row says so */
    struct value_plan plan;
};
/* Stores one cell in row `row` of the target's arrays. */
enum value_outcome row_target_store(const struct row_target *t, struct span cell, size_t row);

/* A record as it stands in memory: what SQLGetData needs of it is split from it later. */
struct raw_row {
    char *at;
    size_t len;
    /* a value was cut, out of range, ...: store it again, cell by cell, and tell */
    bool has_care;
};

struct row_fill {
    const struct row_target *targets; /* by column; all built, their plans fused */
    unsigned n_targets;
    size_t first_row, rows_max;       /* rows of the target's arrays to fill */
    struct raw_row *rows;             /* rows_max of them */
    size_t n_rows;                    /* out */
};

struct row_source {
    const struct row_source_ops *ops;
    struct columns columns;
    int64_t row_count; /* -1 unknown */
    uint64_t total_bytes; /* of the object it reads; 0 unknown */
};

struct row_source_ops {
    /* Hands over the next rows (at least one). ROW_END is not a fault. The spans are borrowed until
       the next call on src; a NULL pointer inside one means SQL NULL. */
    enum row_step (*next_batch)(struct row_source *src, struct batch *rows, struct fault *f);
    /* Stops transfers still in flight and frees src. Cannot fail. */
    void (*close)(struct row_source *src);
    /* The following may be NULL.
       fill: parses the next rows and stores them straight by their plans, where a source can. What
       the last batch or fill gave stays valid until the next call, as with next_batch. ROW_BATCH
       with no row: the next row has to be asked for by next_batch, which then gives few rows. A raw
       row is one row of text: split takes it apart into n_columns cells, once, and may change the
       text. */
    enum row_step (*fill)(struct row_source *src, struct row_fill *fill, struct fault *f);
    bool (*split)(struct row_source *src, const struct raw_row *row, struct span *cells);
    /* Whether next_batch or fill would give something without waiting for the network. */
    bool (*is_ready)(struct row_source *src);
};

enum row_step row_source_next(struct row_source *src, struct batch *rows, struct fault *f);
void row_source_close(struct row_source *src); /* NULL is fine */

/* is_ready of a source that has no such thing is true. */
bool row_source_is_ready(struct row_source *src);

/* What a finished execution has to give. */
struct result_request {
    struct aws_client *athena, *s3;
    const struct execution *execution;       /* finished, succeeded */
    /* the deadline holds for opening; the cancel, which must outlive the source, for reading too */
    struct aws_bounds bounds;
    enum { FETCH_AUTO, FETCH_S3, FETCH_API } fetcher;
    unsigned page_rows;                      /* RowsToFetchPerBlock; 0 = 1000 */
    struct span expected_owner;
    bool requester_pays;
    size_t memory_ceiling;                   /* 0 = default */
    /* S3ResultBlockSize: bytes of one range; 0 = chosen here */
    size_t part_bytes;
    bool one_connection;                     /* UseMultipleS3Threads=0 */
    /* MaxRowBytes: the longest row; 0 = ROW_BYTES_DEFAULT */
    size_t row_bytes_max;
    struct notices *notices;                 /* may be NULL */
};
struct result {
    struct row_source *source;   /* NULL: no result set */
    int64_t row_count;           /* SQLRowCount: update count, or -1 */
};
/* Chooses the source by statement class and workgroup: DML SELECT from the CSV object (falls back
   to pages), SHOW/DESCRIBE from pages or the text object, split into their real columns;
   INSERT/UPDATE/DELETE/MERGE/CTAS/UNLOAD/DDL give no source and a row count. */
MUST_USE bool result_open(const struct result_request *request, struct result *out,
                          struct fault *f);

/* Rows that are already there: catalog functions. Takes over nothing: cells and columns must
   outlive the source (same arena). */
MUST_USE bool memory_source_new(const struct columns *columns, const struct span *cells,
                                size_t n_rows, struct row_source **out, struct fault *f);

#endif
