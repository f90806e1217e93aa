/* The CSV object as a source: parts from ranges.c, records split in place, cells that point into
   the part. A record that crosses parts is put together in a carry buffer. What the last batch
   points at stays until the next call. */
#include <stdlib.h>
#include <string.h>

#include "rows/csv_fill.h"
#include "rows/csv_split.h"
#include "rows/ranges.h"
#include "rows/source.h"

enum { CELLS_IN_BATCH = 16384, BATCH_ROWS_MIN = 16, BATCH_ROWS = 1024 };

struct csv_source {
    struct row_source base;
    struct arena arena;       /* the columns */
    struct ranges *ranges;
    struct part part;         /* at NULL: none */
    size_t at;                /* of the next record in the part */
    struct buf carry;         /* a record that crosses parts */
    struct buf scratch;       /* values with doubled quotes, on the fused path */
    bool is_over, is_header_read;
    bool is_cut;              /* the rest of the part is no whole record, as far as is known */
    bool is_filling;          /* the reader goes on with fill: one row is enough for a batch */
    struct span *cells;
    unsigned rows_max;
    size_t row_bytes_max;
    int64_t n_rows;
};

static bool bad_record(const struct csv_source *s, enum csv_step step, unsigned n_fields,
                       struct fault *f)
{
    uint64_t place = s->part.from + s->at;

    if (step == CSV_COLUMNS) {
        return fault_set(f, FAULT_PROTOCOL,
                         "The result object has %u fields in row %lld (byte %llu) "
                         "where %u columns were announced.",
                         n_fields, (long long)s->n_rows + 1, (unsigned long long)place,
                         s->base.columns.n);
    }
    return fault_set(f, FAULT_PROTOCOL,
                     "The result object is damaged in row %lld (byte %llu): "
                     "a quote is missing or out of place.",
                     (long long)s->n_rows + 1, (unsigned long long)place);
}

/* Gives back the part and takes the next one. */
static enum range_step turn(struct csv_source *s, struct fault *f)
{
    if (s->part.at != NULL) {
        ranges_release(s->ranges, &s->part);
        s->part = (struct part){ NULL, 0, s->part.from + s->part.len };
    }
    s->at = 0;
    s->is_cut = false;
    enum range_step step = ranges_next(s->ranges, &s->part, f);
    if (step != RANGE_PART) {
        s->part.at = NULL;
        s->part.len = 0;
    }
    return step;
}

static bool is_last_part(const struct csv_source *s)
{
    return s->part.from + s->part.len >= ranges_total(s->ranges);
}

static bool add_to_carry(struct csv_source *s, struct span bytes, struct fault *f)
{
    if (s->carry.len + bytes.len > s->row_bytes_max) {
        return fault_set(f, FAULT_CEILING,
                         "Row %lld is longer than %zu bytes; "
                         "the keys MaxRowBytes and MemoryCeiling allow longer ones.",
                         (long long)s->n_rows + 1, s->row_bytes_max);
    }
    return buf_add(&s->carry, bytes, f);
}

/* The record that ends behind the current part, whole, in the carry buffer. The end of the object
   ends it, too. */
static bool complete_carry(struct csv_source *s, bool *in_quotes, struct fault *f)
{
    for (;;) {
        struct span rest = { s->part.at + s->at, s->part.len - s->at };
        size_t n = csv_find_end(rest, in_quotes);
        bool is_end = n > 0 || is_last_part(s);
        n = n > 0 ? n : rest.len;
        if (!add_to_carry(s, span_part(rest, 0, n), f)) {
            return false;
        }
        s->at += n;
        if (is_end) {
            return true;
        }
        if (turn(s, f) != RANGE_PART) {
            return false;
        }
    }
}

/* Splits the record in the carry buffer into the first row. */
static bool split_carry(struct csv_source *s, struct fault *f)
{
    size_t used = 0;
    unsigned n_fields = 0;
    enum csv_step step = csv_split(s->carry.at, s->carry.len, true, s->base.columns.n, s->cells,
                                   &used, &n_fields);

    if (step != CSV_RECORD || used != s->carry.len) {
        return bad_record(s, step == CSV_COLUMNS ? step : CSV_BAD, n_fields, f);
    }
    return true;
}

/* As many records as the part and the batch hold; is_cut when the part ends inside a record. What
   is wrong with a record is told when it is the first one: good rows before it are delivered. */
static bool split_part(struct csv_source *s, unsigned *n_rows, struct fault *f)
{
    unsigned n_columns = s->base.columns.n;
    const char *ahead = s->part.at + s->at;

    s->is_cut = false;
    unsigned most = !s->is_filling ? s->rows_max : s->is_header_read ? 1 : 2;
    while (*n_rows < most && s->at < s->part.len) {
        size_t used = 0;
        unsigned n_fields = 0;
        ahead = csv_look_ahead(ahead, s->part.at + s->at);
        enum csv_step step = csv_split(s->part.at + s->at, s->part.len - s->at, is_last_part(s),
                                       n_columns,
                                       s->cells + (size_t)*n_rows * n_columns, &used, &n_fields);
        if (step == CSV_MORE) {
            s->is_cut = true;
            return true;
        }
        if (step != CSV_RECORD) {
            return *n_rows > 0 || bad_record(s, step, n_fields, f);
        }
        s->at += used;
        (*n_rows)++;
    }
    return true;
}

/* Moves to where a record begins with all of it in reach: in this part, in the next, or in the
   carry buffer (then row 0 is split). */
static enum row_step advance(struct csv_source *s, unsigned *n_rows, struct fault *f)
{
    while (*n_rows == 0) {
        if (s->at >= s->part.len) {
            enum range_step step = turn(s, f);
            if (step != RANGE_PART) {
                return step == RANGE_END ? ROW_END : ROW_FAULT;
            }
        }
        if (!split_part(s, n_rows, f)) {
            return ROW_FAULT;
        }
        if (*n_rows == 0 && s->is_cut) {
            bool in_quotes = false;
            buf_clear(&s->carry);
            struct span tail = { s->part.at + s->at, s->part.len - s->at };
            csv_find_end(tail, &in_quotes);
            if (!add_to_carry(s, tail, f) || turn(s, f) != RANGE_PART
                || !complete_carry(s, &in_quotes, f) || !split_carry(s, f)) {
                return ROW_FAULT;
            }
            *n_rows = 1;
            return split_part(s, n_rows, f) ? ROW_BATCH : ROW_FAULT;
        }
    }
    return ROW_BATCH;
}

/* The header is the first record and is dropped once; it shows whether the announced columns are
   those of the object. */
static enum row_step csv_next(struct row_source *src, struct batch *rows, struct fault *f)
{
    struct csv_source *s = (struct csv_source *)src;
    unsigned n_rows = 0;

    if (s->is_over) {
        return ROW_END;
    }
    enum row_step step = advance(s, &n_rows, f);
    struct span *cells = s->cells;

    s->is_filling = false;
    if (step == ROW_BATCH && !s->is_header_read) {
        s->is_header_read = true;
        cells += src->columns.n;
        n_rows--;
        if (n_rows == 0) {
            step = advance(s, &n_rows, f);
            cells = s->cells;
        }
    }
    if (step == ROW_BATCH) {
        *rows = (struct batch){ n_rows, src->columns.n, cells, { s->part.at, s->part.len } };
        s->n_rows += n_rows;
        return ROW_BATCH;
    }
    s->is_over = true;
    if (step == ROW_FAULT) {
        say_rows_read(f, s->n_rows);
    } else {
        src->row_count = s->n_rows;
    }
    return step;
}

static enum row_step csv_source_fill(struct row_source *src, struct row_fill *fill,
                                     struct fault *f)
{
    struct csv_source *s = (struct csv_source *)src;

    fill->n_rows = 0;
    s->is_filling = true;
    if (s->is_over || !s->is_header_read) {
        return ROW_BATCH;
    }
    if (s->at >= s->part.len) {
        enum range_step step = turn(s, f);
        if (step != RANGE_PART) {
            s->is_over = true;
            if (step == RANGE_FAULT) {
                say_rows_read(f, s->n_rows);
                return ROW_FAULT;
            }
            src->row_count = s->n_rows;
            return ROW_END;
        }
    }
    s->at += csv_fill(s->part.at + s->at, s->part.len - s->at, src->columns.n, fill, &s->scratch);
    s->n_rows += (int64_t)fill->n_rows;
    s->is_cut = fill->n_rows < fill->rows_max;
    return ROW_BATCH;
}

static bool csv_source_split(struct row_source *src, const struct raw_row *row, struct span *cells)
{
    size_t used = 0;
    unsigned n_fields = 0;

    return csv_split(row->at, row->len, true, src->columns.n, cells, &used, &n_fields)
           == CSV_RECORD;
}

/* A record that goes on through more than one part that is still on its way is found out by
   waiting: rare enough. */
static bool csv_is_ready(struct row_source *src)
{
    struct csv_source *s = (struct csv_source *)src;

    return s->is_over || (s->at < s->part.len && !s->is_cut) || ranges_is_ready(s->ranges);
}

static void csv_close(struct row_source *src)
{
    struct csv_source *s = (struct csv_source *)src;

    if (s->part.at != NULL) {
        ranges_release(s->ranges, &s->part);
    }
    ranges_close(s->ranges);
    buf_free(&s->carry);
    buf_free(&s->scratch);
    arena_free(&s->arena);
    free(s->cells);
    free(s);
}

static const struct row_source_ops csv_ops = { csv_next, csv_close, csv_source_fill,
                                               csv_source_split, csv_is_ready };

bool csv_source_new(const struct result_request *q, struct ranges *ranges, struct arena *arena,
                    const struct columns *columns,
                    struct row_source **out, struct fault *f)
{
    struct csv_source *s = calloc(1, sizeof(*s));
    unsigned rows = columns->n == 0 ? 1 : CELLS_IN_BATCH / columns->n;

    if (s == NULL) {
        return fault_memory(f);
    }
    s->rows_max = rows < BATCH_ROWS_MIN ? BATCH_ROWS_MIN : rows > BATCH_ROWS ? BATCH_ROWS : rows;
    s->cells = calloc((size_t)s->rows_max * (columns->n > 0 ? columns->n : 1), sizeof(*s->cells));
    if (s->cells == NULL) {
        free(s);
        return fault_memory(f);
    }
    s->base = (struct row_source){ &csv_ops, *columns, -1, ranges_total(ranges) };
    s->row_bytes_max = q->row_bytes_max > 0 ? q->row_bytes_max : ROW_BYTES_DEFAULT;
    if (q->memory_ceiling > 0 && q->memory_ceiling < s->row_bytes_max) {
        s->row_bytes_max = q->memory_ceiling;
    }
    s->carry.ceiling = s->scratch.ceiling = s->row_bytes_max + 1;
    s->ranges = ranges;
    s->arena = *arena;
    *arena = (struct arena){ .blocks = NULL };
    *out = &s->base;
    return true;
}
